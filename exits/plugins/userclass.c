/* SPDX-License-Identifier: Apache-2.0 */
/*
 * userclass - sort users into classes: one more column in every table that has a user.
 *
 *     monreduce reduce -x ./userclass.so:file=classes.csv FILE
 *
 *   file=FILE      lines USER,CLASS below a line "user,class"; USER may have * and ?; # begins a comment
 *   column=NAME    the name of the column (USERCLASS)
 *   default=CLASS  of users that no line fits; without it their cell is missing
 *
 * A line with the whole name of a user goes before those with * and ?; of these the first one that fits counts.
 */
#include "monreduce_exit.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLASS_BYTES 32
#define USER_BYTES 16
#define LINE_BYTES 512
#define LINES_MAX 1000000u
#define TABLES_MAX 64

struct line {
    char user[USER_BYTES + 1];
    char class[CLASS_BYTES + 1];
    unsigned number;
};

struct target {
    int table, user, class;
};

struct state {
    const struct mr_exit_host *host;
    struct line *exact, *patterns;
    size_t exact_count, exact_room, pattern_count, pattern_room;
    char otherwise[CLASS_BYTES + 1];
    struct target targets[TABLES_MAX];
    unsigned target_count;
};

static int by_user(const void *a, const void *b)
{
    return strcmp(((const struct line *)a)->user, ((const struct line *)b)->user);
}

static const char *class_of(const struct state *state, const char *user)
{
    struct line wanted;
    const struct line *found;

    strcpy(wanted.user, user);
    found = state->exact_count == 0
                ? NULL
                : bsearch(&wanted, state->exact, state->exact_count, sizeof *state->exact, by_user);
    if (found != NULL)
        return found->class;
    for (size_t i = 0; i < state->pattern_count; i++) {
        if (fnmatch(state->patterns[i].user, user, FNM_NOESCAPE) == 0)
            return state->patterns[i].class;
    }
    return state->otherwise[0] == '\0' ? NULL : state->otherwise;
}

static int classify(void *data, struct mr_exit_row *row, int table)
{
    const struct state *state = data;
    const struct mr_exit_host *host = state->host;
    const struct target *target = state->targets;
    const char *text, *class;
    char user[USER_BYTES + 1];
    size_t length;

    while (target < state->targets + state->target_count && target->table != table)
        target++;
    if (target == state->targets + state->target_count ||
        host->get_text(host, row, target->user, &text, &length) != MR_EXIT_OK || length > USER_BYTES)
        return MR_EXIT_OK;
    memcpy(user, text, length);
    user[length] = '\0';
    class = class_of(state, user);
    return class == NULL ? MR_EXIT_OK : host->set_text(host, row, target->class, class, strlen(class));
}

static struct line *add_line(struct line **lines, size_t *count, size_t *room)
{
    if (*count == *room) {
        size_t wanted = *room == 0 ? 64 : *room * 2;
        struct line *grown = wanted > LINES_MAX ? NULL : realloc(*lines, wanted * sizeof **lines);

        if (grown == NULL)
            return NULL;
        *lines = grown;
        *room = wanted;
    }
    return &(*lines)[(*count)++];
}

/* A word of a line, without blanks around it and without its quotes; NULL behind the last one. */
static char *next_word(char **rest)
{
    char *word = *rest, *end;

    if (word == NULL)
        return NULL;
    word += strspn(word, " \t");
    if (*word == '"') {
        end = strchr(++word, '"');
        if (end == NULL)
            return NULL;
        *end++ = '\0';
        *rest = *(end += strspn(end, " \t")) == ',' ? end + 1 : NULL;
        return word;
    }
    end = word + strcspn(word, ",");
    *rest = *end == ',' ? end + 1 : NULL;
    *end = '\0';
    while (end > word && strchr(" \t", end[-1]) != NULL)
        *--end = '\0';
    return word;
}

static int fault(const struct state *state, const char *file, unsigned number, const char *what)
{
    char text[400];

    if (number > 0)
        snprintf(text, sizeof text, "%.200s:%u: %s", file, number, what);
    else
        snprintf(text, sizeof text, "%.200s: %s", file, what);
    state->host->message(state->host, MR_EXIT_WARNING, text);
    return MR_EXIT_FAILED;
}

static int take_line(struct state *state, char *text, const char *file, unsigned number, int *header)
{
    char *rest = text, *user = next_word(&rest), *class = next_word(&rest);
    struct line *line;

    if (user == NULL || class == NULL || rest != NULL)
        return fault(state, file, number, "a line is USER,CLASS");
    if (!*header) {
        *header = strcmp(user, "user") == 0 && strcmp(class, "class") == 0;
        return *header ? MR_EXIT_OK : fault(state, file, number, "the first line must be user,class");
    }
    if (user[0] == '\0' || strlen(user) > USER_BYTES || strlen(class) > CLASS_BYTES)
        return fault(state, file, number, "no user, or a name that is too long");
    line = strpbrk(user, "*?[") == NULL ? add_line(&state->exact, &state->exact_count, &state->exact_room)
                                        : add_line(&state->patterns, &state->pattern_count, &state->pattern_room);
    if (line == NULL)
        return fault(state, file, number, "not enough memory");
    strcpy(line->user, user);
    strcpy(line->class, class);
    line->number = number;
    return MR_EXIT_OK;
}

static int read_lines(struct state *state, const char *file)
{
    FILE *in = fopen(file, "r");
    char text[LINE_BYTES];
    unsigned number = 0;
    int header = 0, status = MR_EXIT_OK;

    if (in == NULL)
        return fault(state, file, 0, strerror(errno));
    while (status == MR_EXIT_OK && fgets(text, sizeof text, in) != NULL) {
        number++;
        if (strchr(text, '\n') == NULL && !feof(in))
            status = fault(state, file, number, "this line is too long");
        text[strcspn(text, "\r\n")] = '\0';
        if (status == MR_EXIT_OK && text[strspn(text, " \t")] != '\0' && text[0] != '#')
            status = take_line(state, text, file, number, &header);
    }
    fclose(in);
    if (state->exact_count > 0)
        qsort(state->exact, state->exact_count, sizeof *state->exact, by_user);
    for (size_t i = 1; i < state->exact_count && status == MR_EXIT_OK; i++) {
        if (by_user(&state->exact[i - 1], &state->exact[i]) == 0)
            status = fault(state, file, state->exact[i].number, "this user has a line already");
    }
    return status;
}

/* Tables with a user, and what IBM calls the user there. */
static const struct {
    const char *table, *user;
} sources[] = {
    {"VMXVXU00", "USEACT_VMDUSER"}, {"VMXVXT00", "USEINT_VMDUSER"}, {"VMXVXULF", "USELOF_VMDUSER"},
    {"VMX_VU00", "USEATE_VMDUSER"}, {"VMXVXUT1", "STOXSU_VMDUSER"},
};

static int add_columns(struct state *state, const char *name)
{
    const struct mr_exit_host *host = state->host;

    for (unsigned i = 0; i < sizeof sources / sizeof *sources; i++) {
        struct target *target = &state->targets[state->target_count++];

        target->table = host->table(host, sources[i].table);
        target->user = host->column(host, target->table, sources[i].user);
        target->class = host->add_column(host, target->table, name, MR_EXIT_TEXT, CLASS_BYTES, "",
                                         "Class of the user, by the site");
        if (target->user < 0 || target->class < 0)
            return MR_EXIT_ENAME;
    }
    return MR_EXIT_OK;
}

static void release(void *data)
{
    struct state *state = data;

    free(state->exact);
    free(state->patterns);
    free(state);
}

static int set_up(struct state *state)
{
    const struct mr_exit_host *host = state->host;
    const char *file = host->argument(host, "file"), *column = host->argument(host, "column");
    const char *otherwise = host->argument(host, "default");

    if (file == NULL) {
        host->message(host, MR_EXIT_WARNING, "the argument file=FILE is missing");
        return MR_EXIT_FAILED;
    }
    snprintf(state->otherwise, sizeof state->otherwise, "%s", otherwise == NULL ? "" : otherwise);
    return read_lines(state, file) == MR_EXIT_OK ? add_columns(state, column == NULL ? "USERCLASS" : column)
                                                 : MR_EXIT_FAILED;
}

int mr_exit_init(const struct mr_exit_host *host, struct mr_exit *exit)
{
    struct state *state = calloc(1, sizeof *state);
    int status;

    mr_exit_declare(exit);
    if (state == NULL)
        return MR_EXIT_EMEMORY;
    state->host = host;
    status = set_up(state);
    if (status != MR_EXIT_OK) {
        release(state);
        return status;
    }
    exit->data = state;
    exit->close = release;
    exit->usrsvxu = classify;
    exit->usrsvxt = classify;
    exit->usrs_vu = classify;
    return MR_EXIT_OK;
}

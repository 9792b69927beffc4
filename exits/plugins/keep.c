/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep - keep or leave out rows by conditions in a text file; no compiler needed.
 *
 *     monreduce reduce -x ./keep.so:rules=rules.txt FILE
 *
 * A rule is a line; # begins a comment:
 *
 *     VMXVXU00 drop USEACT_VMDUSER = "OPERATOR"
 *     VMXVXU00 drop USEACT_VMDTTIME < 0.5 and USEACT_VMDUSER like "LINUX*"
 *     VMXXDV00 keep IODDEV_RDEVDEV = 0x0200
 *
 *   conditions  COLUMN OPERATOR VALUE, joined by "and"; operators = != < <= > >= like
 *   values      numbers (durations in seconds), "texts", 0x digits for columns that are shown so, and the word
 *               missing, which goes with = and != only.  A missing cell fulfils nothing but "= missing" and the like.
 *   like        texts with * and ?
 *
 * The first rule of its table that a row fits decides.  A row that fits none stays where its table has only drop
 * rules, and is left out where it has a keep rule.
 */
#include "monreduce_exit.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 1024
#define VALUE_BYTES 256
#define CONDITIONS_MAX 8
#define RULES_MAX 4096

enum operator { EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, MORE, MORE_EQUAL, LIKE, OPERATORS };

static const char *const operators[OPERATORS] = {"=", "!=", "<", "<=", ">", ">=", "like"};

struct condition {
    int column, type;
    enum operator operator;
    int missing; /* compared with the word missing */
    double number;
    char text[VALUE_BYTES];
};

struct rule {
    int table, drop;
    struct condition conditions[CONDITIONS_MAX];
    unsigned count;
};

struct state {
    const struct mr_exit_host *host;
    struct rule *rules;
    size_t count, room;
};

static int is_number(int type)
{
    return type >= 0 && type <= MR_EXIT_REAL && type != MR_EXIT_TIME;
}

static int decide(enum operator operator, int order)
{
    switch (operator) {
    case EQUAL:
        return order == 0;
    case NOT_EQUAL:
        return order != 0;
    case LESS:
        return order < 0;
    case LESS_EQUAL:
        return order <= 0;
    case MORE:
        return order > 0;
    default:
        return order >= 0;
    }
}

static int fits(const struct mr_exit_host *host, struct mr_exit_row *row, const struct condition *c)
{
    char text[VALUE_BYTES];
    double number = 0;
    int status, order;

    if (is_number(c->type)) {
        status = host->get_number(host, row, c->column, &number);
        if (c->missing)
            return (status == MR_EXIT_MISSING) == (c->operator == EQUAL);
        return status == MR_EXIT_OK && decide(c->operator, number < c->number ? -1 : number > c->number);
    }
    status = host->get_shown(host, row, c->column, text, sizeof text);
    if (c->missing)
        return (status == 0) == (c->operator == EQUAL);
    if (status <= 0)
        return 0;
    if (c->operator == LIKE)
        return fnmatch(c->text, text, FNM_NOESCAPE) == 0;
    order = strcmp(text, c->text);
    return decide(c->operator, order);
}

static int fits_all(const struct mr_exit_host *host, struct mr_exit_row *row, const struct rule *rule)
{
    for (unsigned i = 0; i < rule->count; i++) {
        if (!fits(host, row, &rule->conditions[i]))
            return 0;
    }
    return 1;
}

static int choose(void *data, struct mr_exit_row *row, int table)
{
    const struct state *state = data;
    int only_drops = 1;

    for (size_t i = 0; i < state->count; i++) {
        const struct rule *rule = &state->rules[i];

        if (rule->table != table)
            continue;
        if (fits_all(state->host, row, rule))
            return rule->drop ? MR_EXIT_SKIP_REC : MR_EXIT_OK;
        only_drops = only_drops && rule->drop;
    }
    return only_drops ? MR_EXIT_OK : MR_EXIT_SKIP_REC;
}

/* The next word of a line, a text in quotes without them; NULL at its end or where a quote is open. */
static char *next_word(char **rest, int *quoted)
{
    char *word = *rest + strspn(*rest, " \t"), *end;

    *quoted = *word == '"';
    if (*word == '\0' || (*word == '#' && !*quoted))
        return NULL;
    if (*quoted) {
        end = strchr(++word, '"');
        if (end == NULL)
            return NULL;
    } else {
        end = word + strcspn(word, " \t");
    }
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
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

static int operator_of(const char *word)
{
    for (int i = 0; word != NULL && i < OPERATORS; i++) {
        if (strcmp(word, operators[i]) == 0)
            return i;
    }
    return -1;
}

/* What is wrong with a value, or NULL. */
static const char *take_value(struct condition *c, const char *word, int quoted)
{
    char *end;

    if (!quoted && strcmp(word, "missing") == 0) {
        c->missing = 1;
        return c->operator == EQUAL || c->operator == NOT_EQUAL ? NULL : "missing goes with = and != only";
    }
    if (strlen(word) >= sizeof c->text)
        return "a value that is too long";
    strcpy(c->text, word);
    if (c->operator == LIKE)
        return c->type == MR_EXIT_TEXT ? NULL : "like is for texts";
    if (!is_number(c->type)) /* only texts are quoted: a row that is not wanted in this run has no type */
        return c->type == MR_EXIT_TEXT && !quoted ? "a text stands in quotes" : NULL;
    c->number = strtod(word, &end);
    return quoted || end == word || *end != '\0' ? "a number is due here" : NULL;
}

static const char *take_condition(const struct state *state, struct rule *rule, char **rest)
{
    struct condition *c = &rule->conditions[rule->count];
    const struct mr_exit_host *host = state->host;
    int quoted, operator;
    char *word;

    if (rule->count == CONDITIONS_MAX)
        return "too many conditions in one rule";
    word = next_word(rest, &quoted);
    if (word == NULL)
        return "a condition is COLUMN OPERATOR VALUE";
    c->column = host->column(host, rule->table, word);
    if (c->column < 0)
        return "no such column";
    c->type = host->column_type(host, c->column);
    operator = operator_of(next_word(rest, &quoted));
    if (operator < 0)
        return "the operators are = != < <= > >= like";
    c->operator = (enum operator)operator;
    word = next_word(rest, &quoted);
    rule->count++;
    return word == NULL ? "a condition is COLUMN OPERATOR VALUE" : take_value(c, word, quoted);
}

static const char *take_rule(const struct state *state, struct rule *rule, char *text)
{
    const struct mr_exit_host *host = state->host;
    char *rest = text, *word;
    const char *wrong;
    int quoted;

    *rule = (struct rule){.table = host->table(host, next_word(&rest, &quoted))};
    if (rule->table < 0)
        return "no such table";
    word = next_word(&rest, &quoted);
    if (word == NULL || (strcmp(word, "drop") != 0 && strcmp(word, "keep") != 0))
        return "the second word is keep or drop";
    rule->drop = word[0] == 'd';
    do {
        wrong = take_condition(state, rule, &rest);
        if (wrong != NULL)
            return wrong;
        word = next_word(&rest, &quoted);
    } while (word != NULL && strcmp(word, "and") == 0);
    return word == NULL ? NULL : "conditions are joined by and";
}

static struct rule *add_rule(struct state *state)
{
    if (state->count == state->room) {
        size_t room = state->room == 0 ? 16 : state->room * 2;
        struct rule *grown = room > RULES_MAX ? NULL : realloc(state->rules, room * sizeof *grown);

        if (grown == NULL)
            return NULL;
        state->rules = grown;
        state->room = room;
    }
    return &state->rules[state->count++];
}

static int read_rules(struct state *state, const char *file)
{
    FILE *in = fopen(file, "r");
    char text[LINE_BYTES];
    const char *wrong = NULL;
    unsigned number = 0;

    if (in == NULL)
        return fault(state, file, 0, strerror(errno));
    while (wrong == NULL && fgets(text, sizeof text, in) != NULL) {
        const char *first = text + strspn(text, " \t\r\n");
        struct rule *rule;

        number++;
        if (strchr(text, '\n') == NULL && !feof(in)) {
            wrong = "this line is too long";
            break;
        }
        if (*first == '\0' || *first == '#')
            continue;
        text[strcspn(text, "\r\n")] = '\0';
        rule = add_rule(state);
        wrong = rule == NULL ? "too many rules" : take_rule(state, rule, text);
    }
    fclose(in);
    return wrong == NULL ? MR_EXIT_OK : fault(state, file, number, wrong);
}

static void release(void *data)
{
    struct state *state = data;

    free(state->rules);
    free(state);
}

int mr_exit_init(const struct mr_exit_host *host, struct mr_exit *exit)
{
    struct state *state = calloc(1, sizeof *state);
    const char *file = host->argument(host, "rules");

    mr_exit_declare(exit);
    if (state == NULL)
        return MR_EXIT_EMEMORY;
    state->host = host;
    if (file == NULL)
        host->message(host, MR_EXIT_WARNING, "the argument rules=FILE is missing");
    if (file == NULL || read_rules(state, file) != MR_EXIT_OK) {
        release(state);
        return MR_EXIT_FAILED;
    }
    exit->data = state;
    exit->close = release;
    exit->other = choose; /* no hook of a table is set: this one gets them all */
    return MR_EXIT_OK;
}

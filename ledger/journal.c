/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/private.h"

#include "base/grow.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEPS_MAX 1000000u
#define TITLE "monreduce journal 1"

int mr_ledger_sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

    if (fd < 0)
        return MR_FATAL;
    rc = fsync(fd);
    /* File systems that cannot make a folder safe say so; they do what they can. */
    if (rc != 0 && (errno == EINVAL || errno == ENOTSUP || errno == ENOSYS))
        rc = 0;
    close(fd);
    return rc == 0 ? MR_OK : MR_FATAL;
}

int mr_ledger_sync_folder_of(const char *path)
{
    char folder[MR_LEDGER_PATH_MAX];
    char *slash;

    if (snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder)
        return MR_FATAL;
    slash = strrchr(folder, '/');
    if (slash == NULL)
        return mr_ledger_sync_folder(".");
    slash[slash == folder] = '\0';
    return mr_ledger_sync_folder(folder);
}

int mr_journal_add(struct mr_journal *journal, const struct mr_journal_step *step)
{
    struct mr_journal_step copy = *step;

    copy.path = strdup(step->path);
    copy.temporary = step->temporary == NULL ? NULL : strdup(step->temporary);
    copy.cut = step->cut_size == 0 ? NULL : malloc(step->cut_size);
    if (copy.path == NULL || (step->temporary != NULL && copy.temporary == NULL) ||
        (step->cut_size > 0 && copy.cut == NULL) ||
        mr_grow(&journal->steps, &journal->room, journal->count + 1, sizeof copy, STEPS_MAX) != MR_OK) {
        free(copy.path);
        free(copy.temporary);
        free(copy.cut);
        errno = ENOMEM;
        return MR_FATAL;
    }
    if (step->cut_size > 0)
        memcpy(copy.cut, step->cut, step->cut_size);
    journal->steps[journal->count++] = copy;
    return MR_OK;
}

static void put_name(FILE *out, const char *name)
{
    for (; *name != '\0'; name++) {
        unsigned char c = (unsigned char)*name;

        if (c > 0x20 && c < 0x7F && c != '%')
            fputc(c, out);
        else
            fprintf(out, "%%%02X", c);
    }
}

static void put_step(FILE *out, const struct mr_journal_step *step)
{
    switch (step->kind) {
    case MR_JOURNAL_APPEND:
        fprintf(out, "append %" PRIu64 " %" PRIu64 " ", step->offset, step->size);
        for (size_t i = 0; i < step->cut_size; i++)
            fprintf(out, "%02X", step->cut[i]);
        fputs(step->cut_size == 0 ? "- " : " ", out);
        break;
    case MR_JOURNAL_PLACE:
        fputs("place ", out);
        put_name(out, step->temporary);
        fputc(' ', out);
        break;
    default:
        fputs("remove ", out);
        break;
    }
    put_name(out, step->path);
    fputc('\n', out);
}

int mr_journal_write(const struct mr_journal *journal, const char *path)
{
    char temporary[MR_LEDGER_PATH_MAX];
    FILE *out;
    int status = MR_OK;

    if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary) {
        errno = ENAMETOOLONG;
        return MR_FATAL;
    }
    out = fopen(temporary, "we");
    if (out == NULL)
        return MR_FATAL;
    fprintf(out, TITLE "\nrun %" PRId64 "\n", journal->run);
    for (size_t i = 0; i < journal->count; i++)
        put_step(out, &journal->steps[i]);
    fputs("end\n", out);
    if (fflush(out) != 0 || fsync(fileno(out)) != 0)
        status = MR_FATAL;
    if (fclose(out) != 0)
        status = MR_FATAL;
    if (status == MR_OK && (rename(temporary, path) != 0 || mr_ledger_sync_folder_of(path) != MR_OK))
        status = MR_FATAL;
    return status;
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* %XX back to bytes, in place. */
static bool unescape(char *name)
{
    char *out = name;

    for (; *name != '\0'; name++) {
        if (*name != '%') {
            *out++ = *name;
            continue;
        }
        if (hex(name[1]) < 0 || hex(name[2]) < 0)
            return false;
        *out++ = (char)(hex(name[1]) << 4 | hex(name[2]));
        name += 2;
    }
    *out = '\0';
    return true;
}

static bool take_cut(char *word, struct mr_journal_step *step)
{
    size_t size = strlen(word);

    step->cut_size = 0;
    if (strcmp(word, "-") == 0)
        return true;
    for (size_t i = 0; i + 1 < size; i += 2) {
        if (hex(word[i]) < 0 || hex(word[i + 1]) < 0)
            return false;
        word[i / 2] = (char)(hex(word[i]) << 4 | hex(word[i + 1]));
    }
    step->cut = (uint8_t *)word;
    step->cut_size = size / 2;
    return size % 2 == 0;
}

static bool take_line(char *line, struct mr_journal_step *step)
{
    char *rest = NULL, *word = strtok_r(line, " ", &rest), *first, *second, *cut;

    *step = (struct mr_journal_step){0};
    if (word == NULL)
        return false;
    if (strcmp(word, "append") == 0) {
        step->kind = MR_JOURNAL_APPEND;
        first = strtok_r(NULL, " ", &rest);
        second = strtok_r(NULL, " ", &rest);
        cut = strtok_r(NULL, " ", &rest);
        if (first == NULL || second == NULL || cut == NULL || !take_cut(cut, step))
            return false;
        step->offset = strtoull(first, NULL, 10);
        step->size = strtoull(second, NULL, 10);
        if (step->offset + step->cut_size != step->size)
            return false;
    } else if (strcmp(word, "place") == 0) {
        step->kind = MR_JOURNAL_PLACE;
        step->temporary = strtok_r(NULL, " ", &rest);
        if (step->temporary == NULL || !unescape(step->temporary))
            return false;
    } else if (strcmp(word, "remove") == 0) {
        step->kind = MR_JOURNAL_REMOVE;
    } else {
        return false;
    }
    step->path = strtok_r(NULL, " ", &rest);
    return step->path != NULL && unescape(step->path);
}

int mr_journal_read(struct mr_journal *journal, const char *path)
{
    FILE *in = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool title = false, end = false;
    int status = MR_OK;

    *journal = (struct mr_journal){0};
    if (in == NULL)
        return errno == ENOENT ? MR_EOF : MR_FATAL;
    while (status == MR_OK && !end && (length = getline(&line, &room, in)) > 0) {
        struct mr_journal_step step;

        if (line[length - 1] != '\n')
            break;
        line[length - 1] = '\0';
        if (!title)
            title = strcmp(line, TITLE) == 0;
        else if (strncmp(line, "run ", 4) == 0)
            journal->run = strtoll(line + 4, NULL, 10);
        else if (strcmp(line, "end") == 0)
            end = true;
        else if (take_line(line, &step))
            status = mr_journal_add(journal, &step);
        else
            break;
        if (!title)
            break;
    }
    free(line);
    fclose(in);
    if (status == MR_OK && end)
        return MR_OK;
    mr_journal_free(journal);
    return status == MR_OK ? MR_EOF : MR_FATAL;
}

int mr_journal_redo(const struct mr_journal *journal)
{
    for (size_t i = 0; i < journal->count; i++) {
        const struct mr_journal_step *step = &journal->steps[i];

        if (step->kind == MR_JOURNAL_PLACE && rename(step->temporary, step->path) != 0 && errno != ENOENT)
            return MR_FATAL;
        if (step->kind == MR_JOURNAL_REMOVE && unlink(step->path) != 0 && errno != ENOENT)
            return MR_FATAL;
    }
    for (size_t i = 0; i < journal->count; i++) {
        if (journal->steps[i].kind != MR_JOURNAL_APPEND && mr_ledger_sync_folder_of(journal->steps[i].path) != MR_OK &&
            errno != ENOENT)
            return MR_FATAL;
    }
    return MR_OK;
}

/* A file that has gone since is nobody's: there is nothing to take back. */
static int undo_append(const struct mr_journal_step *step)
{
    int fd = open(step->path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat about;
    int status = MR_OK, error;

    if (fd < 0)
        return errno == ENOENT ? MR_OK : MR_FATAL;
    if (fstat(fd, &about) != 0 || (uint64_t)about.st_size < step->offset)
        status = MR_OK; /* somebody else has cut it: the next run will see that */
    else if ((step->cut_size > 0 &&
              pwrite(fd, step->cut, step->cut_size, (off_t)step->offset) != (ssize_t)step->cut_size) ||
             ftruncate(fd, (off_t)step->size) != 0 || fsync(fd) != 0)
        status = MR_FATAL;
    error = errno;
    close(fd);
    errno = error;
    return status;
}

int mr_journal_undo(const struct mr_journal *journal)
{
    for (size_t i = 0; i < journal->count; i++) {
        const struct mr_journal_step *step = &journal->steps[i];

        if (step->kind == MR_JOURNAL_APPEND && undo_append(step) != MR_OK)
            return MR_FATAL;
        if (step->kind == MR_JOURNAL_PLACE && unlink(step->temporary) != 0 && errno != ENOENT)
            return MR_FATAL;
    }
    return MR_OK;
}

void mr_journal_free(struct mr_journal *journal)
{
    for (size_t i = 0; i < journal->count; i++) {
        free(journal->steps[i].path);
        free(journal->steps[i].temporary);
        free(journal->steps[i].cut);
    }
    free(journal->steps);
    *journal = (struct mr_journal){0};
}

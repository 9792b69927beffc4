/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/commit.h"

#include "base/grow.h"
#include "writers/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_NAME "commit"
#define ENTRIES_MAX ((size_t)4 * 1024 * 1024)

/* Second names are temporary names too, so that those of a killed run are removed like all others. */
#define SECOND_SERIAL 1000u

int mr_commit_add(struct mr_commit *commit, struct mr_outfile *file, const char *below)
{
    struct mr_commit_entry entry = {.folder = file->folder, .below = below};

    if (file->state != MR_OUTFILE_SEALED || file->folder->failed)
        return MR_FATAL;
    entry.temporary = strdup(file->temporary);
    if (entry.temporary == NULL || mr_grow(&commit->entries, &commit->room, commit->count + 1, sizeof entry,
                                           ENTRIES_MAX) != MR_OK) {
        free(entry.temporary);
        return mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "");
    }
    commit->entries[commit->count++] = entry;
    file->state = MR_OUTFILE_HANDED;
    return MR_OK;
}

int mr_commit_join(struct mr_commit *commit, struct mr_commit *other)
{
    if (mr_grow(&commit->entries, &commit->room, commit->count + other->count + 1, sizeof *commit->entries,
                ENTRIES_MAX) != MR_OK ||
        mr_grow(&commit->gone, &commit->gone_room, commit->gone_count + other->gone_count + 1, sizeof *commit->gone,
                ENTRIES_MAX) != MR_OK)
        return MR_FATAL;
    for (size_t i = 0; i < other->count; i++)
        commit->entries[commit->count++] = other->entries[i];
    for (size_t i = 0; i < other->gone_count; i++)
        commit->gone[commit->gone_count++] = other->gone[i];
    other->count = other->gone_count = 0;
    return MR_OK;
}

int mr_commit_remove(struct mr_commit *commit, const char *name)
{
    char *copy = strdup(name);

    if (copy == NULL || mr_grow(&commit->gone, &commit->gone_room, commit->gone_count + 1, sizeof *commit->gone,
                                ENTRIES_MAX) != MR_OK) {
        free(copy);
        return MR_FATAL;
    }
    commit->gone[commit->gone_count++] = copy;
    return MR_OK;
}

/* Written like any other output file, so that it is there as a whole or not at all. */
static int write_list(const struct mr_commit *commit, struct mr_outfolder *folder, char *list)
{
    struct mr_outfile file;
    int status = mr_outfile_open(&file, folder, LIST_NAME);

    if (status == MR_OK)
        mr_outfile_put(&file, MR_COMMIT_FIRST, sizeof MR_COMMIT_FIRST - 1);
    for (size_t i = 0; i < commit->count && status == MR_OK; i++) {
        const struct mr_commit_entry *entry = &commit->entries[i];
        char line[2 * MR_OUTFOLDER_TEMPORARY_MAX + 4];
        int size = snprintf(line, sizeof line, "+%s%s%s\n", entry->below == NULL ? "" : entry->below,
                            entry->below == NULL ? "" : "/", entry->temporary);

        status = mr_outfile_put(&file, line, (size_t)size);
    }
    for (size_t i = 0; i < commit->gone_count && status == MR_OK; i++) {
        char line[MR_OUTFOLDER_TEMPORARY_MAX + 4];
        int size = snprintf(line, sizeof line, "-%.*s\n", MR_OUTFOLDER_NAME_MAX, commit->gone[i]);

        status = mr_outfile_put(&file, line, (size_t)size);
    }
    if (status == MR_OK)
        status = mr_outfile_put(&file, MR_COMMIT_LAST, sizeof MR_COMMIT_LAST - 1);
    if (status == MR_OK)
        status = mr_outfile_seal(&file);
    if (status == MR_OK)
        status = mr_outfile_place_as(&file, list);
    mr_outfile_discard(&file);
    return status;
}

static void second_name(char *text, const char *name)
{
    mr_outfolder_temporary(text, name, SECOND_SERIAL);
}

/* The old file keeps a second name until all is done.  Where the file system has no links there is no way back. */
static int place(struct mr_commit_entry *entry)
{
    char name[MR_OUTFOLDER_TEMPORARY_MAX], second[MR_OUTFOLDER_TEMPORARY_MAX];
    int fd = entry->folder->fd;

    if (mr_outfolder_final(name, entry->temporary) != MR_OK)
        return MR_FATAL;
    second_name(second, name);
    (void)unlinkat(fd, second, 0);
    entry->kept = linkat(fd, name, fd, second, 0) == 0;
    if (renameat(fd, entry->temporary, fd, name) != 0)
        return MR_FATAL;
    entry->placed = true;
    return MR_OK;
}

static bool is_there(int fd, const char *name)
{
    struct stat st;

    return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The new file has its temporary name again before it loses the final one: killed here, the list is still right. */
static int take_back(struct mr_commit_entry *entry, bool was_there)
{
    char name[MR_OUTFOLDER_TEMPORARY_MAX], second[MR_OUTFOLDER_TEMPORARY_MAX];
    int fd = entry->folder->fd;

    if (!entry->placed)
        return MR_OK;
    if (was_there && !entry->kept)
        return MR_FATAL;
    if (mr_outfolder_final(name, entry->temporary) != MR_OK)
        return MR_FATAL;
    second_name(second, name);
    if (!entry->kept)
        return renameat(fd, name, fd, entry->temporary) == 0 ? MR_OK : MR_FATAL;
    if (linkat(fd, name, fd, entry->temporary, 0) != 0 || renameat(fd, second, fd, name) != 0)
        return MR_FATAL;
    entry->kept = false;
    return MR_OK;
}

static int take_all_back(struct mr_commit *commit, const bool *was_there)
{
    int status = MR_OK;

    for (size_t i = commit->count; i > 0; i--) {
        struct mr_commit_entry *entry = &commit->entries[i - 1];

        if (take_back(entry, was_there[i - 1]) != MR_OK)
            status = MR_FATAL;
        else
            entry->placed = false;
    }
    return status;
}

static void look(const struct mr_commit *commit, bool *was_there)
{
    char name[MR_OUTFOLDER_TEMPORARY_MAX];

    for (size_t i = 0; i < commit->count; i++)
        was_there[i] = mr_outfolder_final(name, commit->entries[i].temporary) == MR_OK &&
                       is_there(commit->entries[i].folder->fd, name);
}

/* The names in the folders of tables, each folder once: the entries of one stand together. */
static int sync_below(const struct mr_commit *commit)
{
    const struct mr_outfolder *last = NULL;

    for (size_t i = 0; i < commit->count; i++) {
        struct mr_outfolder *present = commit->entries[i].folder;

        if (commit->entries[i].below != NULL && present != last && mr_outfolder_sync(present) != MR_OK)
            return MR_FATAL;
        last = present;
    }
    return MR_OK;
}

static void drop_second_names(const struct mr_commit *commit)
{
    char name[MR_OUTFOLDER_TEMPORARY_MAX], second[MR_OUTFOLDER_TEMPORARY_MAX];

    for (size_t i = 0; i < commit->count; i++) {
        if (!commit->entries[i].kept || mr_outfolder_final(name, commit->entries[i].temporary) != MR_OK)
            continue;
        second_name(second, name);
        (void)unlinkat(commit->entries[i].folder->fd, second, 0);
    }
}

int mr_commit_remove_file(int fd, const char *name)
{
    struct stat st;

    if (!mr_outfolder_name_valid(name) || fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
        return MR_OK;
    return unlinkat(fd, name, 0) == 0 || errno == ENOENT ? MR_OK : MR_FATAL;
}

/* What a failure leaves: everything as before, or the list for the next run. */
static int give_up(struct mr_commit *commit, const bool *was_there, struct mr_outfolder *folder, const char *list,
                   size_t at)
{
    char name[MR_OUTFOLDER_TEMPORARY_MAX] = "";
    const char *why = strerror(errno);

    if (at < commit->count && mr_outfolder_final(name, commit->entries[at].temporary) != MR_OK)
        name[0] = '\0';
    if (take_all_back(commit, was_there) == MR_OK) {
        (void)unlinkat(folder->fd, list, 0);
        (void)fsync(folder->fd);
        return mr_outfolder_fail(at < commit->count ? commit->entries[at].folder : folder, MR_MSG_OUTPUT_PLACE,
                                 name[0] == '\0' ? NULL : name, why);
    }
    for (size_t i = 0; i < commit->count; i++)
        commit->entries[i].placed = true; /* the list has them: they must stay */
    return mr_outfolder_fail(at < commit->count ? commit->entries[at].folder : folder, MR_MSG_OUTPUT_UNDONE,
                             name[0] == '\0' ? NULL : name, why);
}

/* The new files stand whatever comes now.  Should this fail, the list stays: to follow it twice does no harm. */
static int remove_all(const struct mr_commit *commit, struct mr_outfolder *folder)
{
    struct mr_place place = {.file = folder->path, .offset = MR_NO_OFFSET};
    int status = MR_OK;

    for (size_t i = 0; i < commit->gone_count && status == MR_OK; i++)
        status = mr_commit_remove_file(folder->fd, commit->gone[i]);
    if (status == MR_OK && commit->gone_count > 0)
        status = mr_outfolder_sync(folder);
    if (status != MR_OK)
        mr_report(folder->log, MR_MSG_OUTPUT_STALE, &place, "%s", strerror(errno));
    return status;
}

/* Between the list and its end. */
static int perform(struct mr_commit *commit, const bool *was_there, struct mr_outfolder *folder, const char *list)
{
    for (size_t i = 0; i < commit->count; i++) {
        if (place(&commit->entries[i]) != MR_OK)
            return give_up(commit, was_there, folder, list, i);
    }
    if (sync_below(commit) != MR_OK || mr_outfolder_sync(folder) != MR_OK)
        return give_up(commit, was_there, folder, list, commit->count);
    if (remove_all(commit, folder) == MR_OK)
        (void)unlinkat(folder->fd, list, 0);
    return MR_OK;
}

/* The list must not be safe on the disk before the names that it lists. */
static int begin_list(const struct mr_commit *commit, struct mr_outfolder *folder, char *list)
{
    if (sync_below(commit) != MR_OK)
        return mr_outfolder_fail(folder, MR_MSG_OUTPUT_PLACE, NULL, strerror(errno));
    mr_outfolder_list(list, LIST_NAME);
    if (write_list(commit, folder, list) != MR_OK)
        return MR_FATAL;
    if (mr_outfolder_sync(folder) == MR_OK)
        return MR_OK;
    mr_outfolder_fail(folder, MR_MSG_OUTPUT_PLACE, NULL, strerror(errno));
    (void)unlinkat(folder->fd, list, 0);
    return MR_FATAL;
}

int mr_commit_run(struct mr_commit *commit, struct mr_outfolder *folder)
{
    char list[MR_OUTFOLDER_TEMPORARY_MAX];
    bool *was_there;
    int status;

    if (folder->failed)
        return MR_FATAL;
    was_there = calloc(commit->count + 1, sizeof *was_there);
    if (was_there == NULL)
        return mr_outfolder_fail(folder, MR_MSG_OUTPUT_MEMORY, NULL, "");
    look(commit, was_there);
    status = begin_list(commit, folder, list);
    if (status == MR_OK)
        status = perform(commit, was_there, folder, list);
    drop_second_names(commit);
    free(was_there);
    return status;
}

void mr_commit_destroy(struct mr_commit *commit)
{
    for (size_t i = 0; i < commit->count; i++) {
        if (!commit->entries[i].placed)
            (void)unlinkat(commit->entries[i].folder->fd, commit->entries[i].temporary, 0);
        free(commit->entries[i].temporary);
    }
    for (size_t i = 0; i < commit->gone_count; i++)
        free(commit->gone[i]);
    free(commit->entries);
    free(commit->gone);
    *commit = (struct mr_commit){.count = 0};
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/commit.h"

#include "base/grow.h"
#include "writers/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_NAME "commit"
#define ENTRIES_MAX ((size_t)4 * 1024 * 1024)

/* Second names are temporary names too, so that those of a killed run are removed like all others. */
#define SECOND_SERIAL 1000u

static char *copy_of(const char *text)
{
    return text == NULL ? NULL : strdup(text);
}

static void free_entry(struct mr_commit_entry *entry)
{
    free(entry->below);
    free(entry->temporary);
}

int mr_commit_add(struct mr_commit *commit, struct mr_outfile *file, const char *below)
{
    struct mr_commit_entry entry = {.below = copy_of(below), .temporary = strdup(file->temporary)};

    if (file->state != MR_OUTFILE_SEALED || file->folder->failed) {
        free_entry(&entry);
        return MR_FATAL;
    }
    if (entry.temporary == NULL || (below != NULL && entry.below == NULL) ||
        mr_grow(&commit->entries, &commit->room, commit->count + 1, sizeof entry, ENTRIES_MAX) != MR_OK) {
        free_entry(&entry);
        return mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "");
    }
    commit->entries[commit->count++] = entry;
    file->state = MR_OUTFILE_HANDED;
    return MR_OK;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

int mr_commit_note_folder(struct mr_commit *commit, const char *below, bool *first)
{
    char *copy = strdup(below);
    char **found = copy == NULL ? NULL : tsearch(copy, &commit->folders, by_text);

    if (found == NULL) {
        free(copy);
        return MR_FATAL;
    }
    *first = *found == copy;
    if (!*first)
        free(copy);
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

int mr_commit_remove(struct mr_commit *commit, const char *path)
{
    char *copy = strdup(path);

    if (copy == NULL || mr_grow(&commit->gone, &commit->gone_room, commit->gone_count + 1, sizeof *commit->gone,
                                ENTRIES_MAX) != MR_OK) {
        free(copy);
        return MR_FATAL;
    }
    commit->gone[commit->gone_count++] = copy;
    return MR_OK;
}

/* Nothing to free but the node: keys belong to somebody else. */
static void leave(void *key)
{
    (void)key;
}

/* The path of the final name of an entry; NULL where memory is short. */
static char *final_path(const struct mr_commit_entry *entry)
{
    char name[MR_OUTFOLDER_TEMPORARY_MAX];
    size_t size = (entry->below == NULL ? 0 : strlen(entry->below)) + sizeof name + 1;
    char *path = malloc(size);

    if (path == NULL || mr_outfolder_final(name, entry->temporary) != MR_OK) {
        free(path);
        return NULL;
    }
    snprintf(path, size, "%s%s%s", entry->below == NULL ? "" : entry->below, entry->below == NULL ? "" : "/", name);
    return path;
}

static int find_replaced(struct mr_commit *commit, void **tree)
{
    for (size_t i = 0; i < commit->gone_count; i++) {
        if (tsearch(commit->gone[i], tree, by_text) == NULL)
            return MR_FATAL;
    }
    for (size_t i = 0; i < commit->count; i++) {
        char *path = final_path(&commit->entries[i]);
        char **found = path == NULL ? NULL : tfind(path, tree, by_text);

        if (path == NULL)
            return MR_FATAL;
        if (found != NULL) {
            char *gone = *found;

            (void)tdelete(path, tree, by_text);
            gone[0] = '\0';
        }
        free(path);
    }
    return MR_OK;
}

/* What is replaced does not go. */
static int drop_replaced(struct mr_commit *commit)
{
    void *tree = NULL;
    size_t kept = 0;
    int status;

    if (commit->gone_count == 0)
        return MR_OK;
    status = find_replaced(commit, &tree);
    tdestroy(tree, leave);
    for (size_t i = 0; i < commit->gone_count; i++) {
        if (commit->gone[i][0] != '\0')
            commit->gone[kept++] = commit->gone[i];
        else
            free(commit->gone[i]);
    }
    commit->gone_count = kept;
    return status;
}

int mr_commit_open_below(int folder, const char *below, size_t size)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    while (fd >= 0 && size > 0) {
        const char *slash = memchr(below, '/', size);
        size_t step = slash == NULL ? size : (size_t)(slash - below);
        char name[MR_COMMIT_PATH_MAX];
        int next = -1;

        errno = EINVAL;
        if (step < sizeof name) {
            memcpy(name, below, step);
            name[step] = '\0';
            if (mr_outfolder_part_valid(name))
                next = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        }
        close(fd);
        fd = next;
        below += step + (slash != NULL);
        size -= step + (slash != NULL);
    }
    return fd;
}

/* The folder of an entry stays open until that of another is wanted: those of one folder stand together. */
struct reach {
    int folder, fd;
    const char *below; /* of fd; NULL: none is open */
};

static int reach(struct reach *reach, const struct mr_commit_entry *entry)
{
    if (entry->below == NULL)
        return reach->folder;
    if (reach->below == NULL || strcmp(reach->below, entry->below) != 0) {
        if (reach->fd >= 0)
            close(reach->fd);
        reach->fd = mr_commit_open_below(reach->folder, entry->below, strlen(entry->below));
        reach->below = reach->fd < 0 ? NULL : entry->below;
    }
    return reach->fd;
}

static void let_go(struct reach *reach)
{
    if (reach->fd >= 0)
        close(reach->fd);
    reach->fd = -1;
    reach->below = NULL;
}

/* Written like any other output file, so that it is there as a whole or not at all. */
static int put_line(struct mr_outfile *file, const char *sign, const char *below, const char *name)
{
    const char *const parts[] = {sign, below == NULL ? "" : below, below == NULL ? "" : "/", name, "\n"};
    int status = MR_OK;

    for (size_t i = 0; i < sizeof parts / sizeof *parts && status == MR_OK; i++)
        status = mr_outfile_put(file, parts[i], strlen(parts[i]));
    return status;
}

static int write_list(const struct mr_commit *commit, struct mr_outfolder *folder, char *list)
{
    struct mr_outfile file;
    int status = mr_outfile_open(&file, folder, LIST_NAME);

    if (status == MR_OK)
        mr_outfile_put(&file, MR_COMMIT_FIRST, sizeof MR_COMMIT_FIRST - 1);
    for (size_t i = 0; i < commit->count && status == MR_OK; i++)
        status = put_line(&file, "+", commit->entries[i].below, commit->entries[i].temporary);
    for (size_t i = 0; i < commit->gone_count && status == MR_OK; i++)
        status = put_line(&file, "-", NULL, commit->gone[i]);
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
static int place(struct mr_commit_entry *entry, int fd)
{
    char name[MR_OUTFOLDER_TEMPORARY_MAX], second[MR_OUTFOLDER_TEMPORARY_MAX];

    if (fd < 0 || mr_outfolder_final(name, entry->temporary) != MR_OK)
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
static int take_back(struct mr_commit_entry *entry, int fd)
{
    char name[MR_OUTFOLDER_TEMPORARY_MAX], second[MR_OUTFOLDER_TEMPORARY_MAX];

    if (!entry->placed)
        return MR_OK;
    if (fd < 0 || (entry->was_there && !entry->kept) || mr_outfolder_final(name, entry->temporary) != MR_OK)
        return MR_FATAL;
    second_name(second, name);
    if (!entry->kept)
        return renameat(fd, name, fd, entry->temporary) == 0 ? MR_OK : MR_FATAL;
    if (linkat(fd, name, fd, entry->temporary, 0) != 0 || renameat(fd, second, fd, name) != 0)
        return MR_FATAL;
    entry->kept = false;
    return MR_OK;
}

static int take_all_back(struct mr_commit *commit, struct reach *at)
{
    int status = MR_OK;

    for (size_t i = commit->count; i > 0; i--) {
        struct mr_commit_entry *entry = &commit->entries[i - 1];

        if (take_back(entry, entry->placed ? reach(at, entry) : -1) != MR_OK)
            status = MR_FATAL;
        else
            entry->placed = false;
    }
    return status;
}

static void look(struct mr_commit *commit, struct reach *at)
{
    char name[MR_OUTFOLDER_TEMPORARY_MAX];

    for (size_t i = 0; i < commit->count; i++) {
        struct mr_commit_entry *entry = &commit->entries[i];
        int fd = reach(at, entry);

        entry->was_there = fd >= 0 && mr_outfolder_final(name, entry->temporary) == MR_OK && is_there(fd, name);
    }
}

/* The names in the folders of tables, each folder once: the entries of one stand together. */
static int sync_below(const struct mr_commit *commit, struct reach *at)
{
    const char *last = NULL;

    for (size_t i = 0; i < commit->count; i++) {
        const struct mr_commit_entry *entry = &commit->entries[i];

        if (entry->below == NULL || (last != NULL && strcmp(last, entry->below) == 0))
            continue;
        if (reach(at, entry) < 0 || mr_outfolder_sync_fd(at->fd) != MR_OK)
            return MR_FATAL;
        last = entry->below;
    }
    return MR_OK;
}

static void drop_second_names(const struct mr_commit *commit, struct reach *at)
{
    char name[MR_OUTFOLDER_TEMPORARY_MAX], second[MR_OUTFOLDER_TEMPORARY_MAX];

    for (size_t i = 0; i < commit->count; i++) {
        const struct mr_commit_entry *entry = &commit->entries[i];

        if (!entry->kept || mr_outfolder_final(name, entry->temporary) != MR_OK || reach(at, entry) < 0)
            continue;
        second_name(second, name);
        (void)unlinkat(reach(at, entry), second, 0);
    }
}

int mr_commit_remove_file(int folder, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    int fd = mr_commit_open_below(folder, path, slash == NULL ? 0 : (size_t)(slash - path)), error;
    struct stat st;
    bool done;

    /* A path that leads elsewhere is none of ours. */
    if (fd < 0)
        return errno == ENOENT || errno == EINVAL || errno == ELOOP || errno == ENOTDIR ? MR_OK : MR_FATAL;
    done = !mr_outfolder_name_valid(name) || fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode) ||
           unlinkat(fd, name, 0) == 0 || errno == ENOENT;
    error = errno;
    close(fd);
    errno = error;
    return done ? MR_OK : MR_FATAL;
}

/* What a failure leaves: everything as before, or the list for the next run. */
static int give_up(struct mr_commit *commit, struct reach *at, struct mr_outfolder *folder, const char *list,
                   size_t failed)
{
    const char *why = strerror(errno);
    char *path = failed < commit->count ? final_path(&commit->entries[failed]) : NULL;
    enum mr_message_id id = MR_MSG_OUTPUT_PLACE;

    if (take_all_back(commit, at) == MR_OK) {
        (void)unlinkat(folder->fd, list, 0);
        (void)fsync(folder->fd);
    } else {
        for (size_t i = 0; i < commit->count; i++)
            commit->entries[i].placed = true; /* the list has them: they must stay */
        id = MR_MSG_OUTPUT_UNDONE;
    }
    mr_outfolder_fail(folder, id, path, why);
    free(path);
    return MR_FATAL;
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
static int perform(struct mr_commit *commit, struct reach *at, struct mr_outfolder *folder, const char *list)
{
    for (size_t i = 0; i < commit->count; i++) {
        if (place(&commit->entries[i], reach(at, &commit->entries[i])) != MR_OK)
            return give_up(commit, at, folder, list, i);
    }
    if (sync_below(commit, at) != MR_OK || mr_outfolder_sync(folder) != MR_OK)
        return give_up(commit, at, folder, list, commit->count);
    if (remove_all(commit, folder) == MR_OK)
        (void)unlinkat(folder->fd, list, 0);
    return MR_OK;
}

/* The list must not be safe on the disk before the names that it lists. */
static int begin_list(const struct mr_commit *commit, struct reach *at, struct mr_outfolder *folder, char *list)
{
    if (sync_below(commit, at) != MR_OK)
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
    struct reach at = {.folder = folder->fd, .fd = -1};
    char list[MR_OUTFOLDER_TEMPORARY_MAX];
    int status;

    if (folder->failed)
        return MR_FATAL;
    if (drop_replaced(commit) != MR_OK)
        return mr_outfolder_fail(folder, MR_MSG_OUTPUT_MEMORY, NULL, "");
    look(commit, &at);
    status = begin_list(commit, &at, folder, list);
    if (status == MR_OK)
        status = perform(commit, &at, folder, list);
    drop_second_names(commit, &at);
    let_go(&at);
    return status;
}

void mr_commit_destroy(struct mr_commit *commit, const struct mr_outfolder *folder)
{
    struct reach at = {.folder = folder->fd, .fd = -1};

    for (size_t i = 0; i < commit->count; i++) {
        struct mr_commit_entry *entry = &commit->entries[i];

        if (!entry->placed && folder->fd >= 0 && reach(&at, entry) >= 0)
            (void)unlinkat(reach(&at, entry), entry->temporary, 0);
    }
    let_go(&at);
    for (size_t i = 0; i < commit->count; i++)
        free_entry(&commit->entries[i]);
    for (size_t i = 0; i < commit->gone_count; i++)
        free(commit->gone[i]);
    free(commit->entries);
    free(commit->gone);
    tdestroy(commit->folders, free);
    *commit = (struct mr_commit){.count = 0};
}

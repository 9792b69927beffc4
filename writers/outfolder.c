/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/outfolder.h"

#include "writers/commit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)
#define DIGITS "0123456789"

int mr_outfolder_fail(struct mr_outfolder *folder, enum mr_message_id id, const char *name, const char *detail)
{
    char path[PATH_MAX];
    struct mr_place place = {.file = path, .offset = MR_NO_OFFSET};

    if (folder->failed)
        return MR_FATAL;
    folder->failed = true;
    if (name != NULL)
        snprintf(path, sizeof path, "%s/%s", folder->path, name);
    else
        snprintf(path, sizeof path, "%s", folder->path);
    mr_report(folder->log, id, &place, "%s", detail);
    return MR_FATAL;
}

static bool is_valid(const char *name, size_t most)
{
    size_t size = strlen(name);

    for (const char *p = name; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20)
            return false;
    }
    return size >= 1 && size <= most && name[0] != '.' && strchr(name, '/') == NULL;
}

bool mr_outfolder_name_valid(const char *name)
{
    return is_valid(name, MR_OUTFOLDER_NAME_MAX);
}

bool mr_outfolder_part_valid(const char *name)
{
    return is_valid(name, NAME_MAX);
}

void mr_outfolder_temporary(char *text, const char *name, unsigned serial)
{
    snprintf(text, MR_OUTFOLDER_TEMPORARY_MAX, ".%.*s.%ld-%u" MR_OUTFOLDER_SUFFIX, MR_OUTFOLDER_NAME_MAX, name,
             (long)getpid(), serial);
}

void mr_outfolder_list(char *text, const char *name)
{
    snprintf(text, MR_OUTFOLDER_TEMPORARY_MAX, ".%.*s.%ld-0" MR_OUTFOLDER_LIST_SUFFIX, MR_OUTFOLDER_NAME_MAX, name,
             (long)getpid());
}

/* Steps back from end over digits; the position of the first one, NULL if there is none or mark is not before it. */
static const char *digits_before(const char *start, const char *end, char mark)
{
    const char *p = end;

    while (p > start && strchr(DIGITS, p[-1]) != NULL)
        p--;
    return p < end && p > start && p[-1] == mark ? p : NULL;
}

/* A temporary name ends with the suffix; a database keeps files of its own beside it (NAME-wal, NAME-shm). */
static size_t temporary_size(const char *name)
{
    static const char *const beside[] = {"-wal", "-shm", "-journal"};
    size_t size = strlen(name);

    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        size_t more = strlen(beside[i]);

        if (size > more && strcmp(name + size - more, beside[i]) == 0)
            return size - more;
    }
    return size;
}

/* The point before the process in a temporary name; NULL if the name is not one of ours. */
static const char *owner_in(const char *name, const char *suffix)
{
    size_t size = temporary_size(name);
    size_t ending = strlen(suffix);
    const char *serial;
    const char *pid;

    if (name[0] != '.' || size <= ending || strncmp(name + size - ending, suffix, ending) != 0)
        return NULL;
    serial = digits_before(name, name + size - ending, '-');
    if (serial == NULL)
        return NULL;
    pid = digits_before(name, serial - 1, '.');
    return pid == NULL || pid - name < 3 ? NULL : pid - 1;
}

int mr_outfolder_final(char *name, const char *temporary)
{
    const char *end = owner_in(temporary, MR_OUTFOLDER_SUFFIX);
    size_t size;

    if (end == NULL || end - temporary > MR_OUTFOLDER_NAME_MAX + 1)
        return MR_FAILED;
    size = (size_t)(end - temporary) - 1;
    memcpy(name, temporary + 1, size);
    name[size] = '\0';
    return mr_outfolder_name_valid(name) ? MR_OK : MR_FAILED;
}

bool mr_outfolder_abandoned(int folder, const char *name, const char *suffix)
{
    const char *digits = owner_in(name, suffix);
    intmax_t value = digits == NULL ? 0 : strtoimax(digits + 1, NULL, 10);
    pid_t owner = value <= INT_MAX ? (pid_t)value : 0;
    struct stat st;

    if (owner <= 0)
        return false;
    /* Our own number is a former process's: no writer here holds the lock.  In containers that is the usual case. */
    if (owner != getpid() && (kill(owner, 0) == 0 || errno != ESRCH))
        return false;
    return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static void remove_leftovers(struct mr_outfolder *folder)
{
    int fd = openat(folder->fd, ".", FOLDER_FLAGS);
    DIR *list = fd < 0 ? NULL : fdopendir(fd);
    struct mr_place place = {.file = folder->path, .offset = MR_NO_OFFSET};
    const struct dirent *entry;
    unsigned count = 0;

    if (list == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    while ((entry = readdir(list)) != NULL)
        if (mr_outfolder_abandoned(folder->fd, entry->d_name, MR_OUTFOLDER_SUFFIX) &&
            unlinkat(folder->fd, entry->d_name, 0) == 0)
            count++;
    closedir(list);
    if (count > 0)
        mr_report(folder->log, MR_MSG_OUTPUT_LEFTOVER, &place, "%u", count);
}

/*
 * A process number says nothing about another machine or container, so it does not suffice: only who gets the folder
 * for itself may touch anything.  Nobody waits for a lock; a run that gets none works all the same.
 */
static int lock_and_clean(struct mr_outfolder *folder)
{
    int status = MR_OK;

    if (flock(folder->fd, LOCK_EX | LOCK_NB) == 0) {
        status = mr_commit_resume(folder);
        if (status == MR_OK)
            remove_leftovers(folder);
    }
    (void)flock(folder->fd, LOCK_SH | LOCK_NB);
    return status;
}

/* The folder is there or has been made; flags say whether it may be a link. */
static int use_folder(struct mr_outfolder *folder, const char *path, int flags, bool clean)
{
    if (mkdir(path, 0777) == 0)
        folder->created = true;
    else if (errno != EEXIST)
        return mr_outfolder_fail(folder, MR_MSG_OUTPUT_FOLDER, NULL, strerror(errno));
    folder->fd = open(path, FOLDER_FLAGS | flags);
    if (folder->fd < 0 || faccessat(folder->fd, ".", W_OK | X_OK, AT_EACCESS) != 0)
        return mr_outfolder_fail(folder, MR_MSG_OUTPUT_FOLDER, NULL, strerror(errno));
    if (clean)
        return lock_and_clean(folder);
    (void)flock(folder->fd, LOCK_SH | LOCK_NB);
    return MR_OK;
}

static int no_memory(struct mr_outfolder *folder)
{
    folder->failed = true;
    mr_report(folder->log, MR_MSG_OUTPUT_MEMORY, MR_NOWHERE, "%s", "");
    return MR_FATAL;
}

int mr_outfolder_open(struct mr_outfolder *folder, const char *path, struct mr_log *log)
{
    *folder = (struct mr_outfolder){.fd = -1, .log = log, .path = strdup(path)};
    return folder->path == NULL ? no_memory(folder) : use_folder(folder, path, 0, true);
}

int mr_outfolder_open_below(struct mr_outfolder *folder, const struct mr_outfolder *above, const char *name,
                            bool clean)
{
    size_t size = strlen(above->path) + strlen(name) + 2;

    *folder = (struct mr_outfolder){.fd = -1, .log = above->log, .path = malloc(size)};
    if (folder->path == NULL)
        return no_memory(folder);
    snprintf(folder->path, size, "%s/%s", above->path, name);
    return use_folder(folder, folder->path, O_NOFOLLOW, clean);
}

/* The entry of a folder that we have created is in the folder above, which need not be readable. */
static void sync_above(const struct mr_outfolder *folder)
{
    int above = openat(folder->fd, "..", FOLDER_FLAGS);

    if (above < 0)
        return;
    fsync(above);
    close(above);
}

/* File systems that cannot make a folder safe say so with EINVAL or the like; they do what they can. */
int mr_outfolder_sync_fd(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP || errno == ENOSYS ? MR_OK : MR_FATAL;
}

int mr_outfolder_sync(struct mr_outfolder *folder)
{
    if (folder->scratch)
        return MR_OK;
    if (mr_outfolder_sync_fd(folder->fd) != MR_OK)
        return MR_FATAL;
    if (folder->created)
        sync_above(folder);
    return MR_OK;
}

void mr_outfolder_close(struct mr_outfolder *folder)
{
    if (folder->fd >= 0)
        close(folder->fd);
    free(folder->path);
    *folder = (struct mr_outfolder){.fd = -1};
}

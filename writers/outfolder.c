/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/outfolder.h"

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

bool mr_outfolder_name_valid(const char *name)
{
    size_t size = strlen(name);

    return size >= 1 && size <= MR_OUTFOLDER_NAME_MAX && name[0] != '.' && strchr(name, '/') == NULL;
}

void mr_outfolder_temporary(char *text, const char *name, unsigned serial)
{
    snprintf(text, MR_OUTFOLDER_TEMPORARY_MAX, ".%.*s.%ld-%u" MR_OUTFOLDER_SUFFIX, MR_OUTFOLDER_NAME_MAX, name,
             (long)getpid(), serial);
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

/* The process in a temporary name, 0 if the name is not one of ours. */
static pid_t temporary_owner(const char *name)
{
    size_t size = temporary_size(name);
    size_t suffix = strlen(MR_OUTFOLDER_SUFFIX);
    const char *serial;
    const char *pid;
    intmax_t value;

    if (name[0] != '.' || size <= suffix || strncmp(name + size - suffix, MR_OUTFOLDER_SUFFIX, suffix) != 0)
        return 0;
    serial = digits_before(name, name + size - suffix, '-');
    if (serial == NULL)
        return 0;
    pid = digits_before(name, serial - 1, '.');
    if (pid == NULL || pid - name < 3)
        return 0;
    value = strtoimax(pid, NULL, 10);
    return value <= INT_MAX ? (pid_t)value : 0;
}

static bool is_leftover(int folder, const char *name)
{
    pid_t owner = temporary_owner(name);
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
        if (is_leftover(folder->fd, entry->d_name) && unlinkat(folder->fd, entry->d_name, 0) == 0)
            count++;
    closedir(list);
    if (count > 0)
        mr_report(folder->log, MR_MSG_OUTPUT_LEFTOVER, &place, "%u", count);
}

/*
 * A process number says nothing about another machine or container, so it does not suffice: only who gets the folder
 * for itself may remove anything.  Nobody waits for a lock; a run that gets none works all the same.
 */
static void lock_and_clean(struct mr_outfolder *folder)
{
    if (flock(folder->fd, LOCK_EX | LOCK_NB) == 0)
        remove_leftovers(folder);
    (void)flock(folder->fd, LOCK_SH | LOCK_NB);
}

int mr_outfolder_open(struct mr_outfolder *folder, const char *path, struct mr_log *log)
{
    *folder = (struct mr_outfolder){.fd = -1, .log = log};
    folder->path = strdup(path);
    if (folder->path == NULL) {
        folder->failed = true;
        mr_report(log, MR_MSG_OUTPUT_MEMORY, MR_NOWHERE, "%s", "");
        return MR_FATAL;
    }
    if (mkdir(path, 0777) == 0)
        folder->created = true;
    else if (errno != EEXIST)
        return mr_outfolder_fail(folder, MR_MSG_OUTPUT_FOLDER, NULL, strerror(errno));
    folder->fd = open(path, FOLDER_FLAGS);
    if (folder->fd < 0 || faccessat(folder->fd, ".", W_OK | X_OK, AT_EACCESS) != 0)
        return mr_outfolder_fail(folder, MR_MSG_OUTPUT_FOLDER, NULL, strerror(errno));
    lock_and_clean(folder);
    return MR_OK;
}

/* File systems that cannot make a folder safe say so with EINVAL or the like; they do what they can. */
static int sync_folder(int fd)
{
    if (fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP || errno == ENOSYS)
        return MR_OK;
    return MR_FATAL;
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

int mr_outfolder_sync(struct mr_outfolder *folder)
{
    if (folder->scratch)
        return MR_OK;
    if (sync_folder(folder->fd) != MR_OK)
        return mr_outfolder_fail(folder, MR_MSG_OUTPUT_PLACE, NULL, strerror(errno));
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

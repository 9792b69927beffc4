/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library to be loaded before the program (LD_PRELOAD): one call out of many fails, or is the last one of the process.
 *
 *   FAULT_CALL   write, fsync, rename, link, unlink, open, close, mkdir, read or malloc
 *   FAULT_AT     which one, from 1; 0: none, they are only counted
 *   FAULT_HOW    ENOSPC, EIO ...: the call fails; KILL, TERM, INT, TRAP: the process gets this signal just before it;
 *                GROW, CUT: the file that is read grows or is cut just before it
 *   FAULT_STAY   also all later calls of the kind fail; of the first write half goes out
 *   FAULT_PATH   of the file, for read: names that contain it
 *   FAULT_FAST   fsync does nothing and succeeds: only a loss of power would show it, and tests have none
 *   FAULT_COUNT  a file that gets the number of calls at the end of the process
 *
 * Calls that write count only where they are about files opened for writing: not the terminal.  Nothing of the C library
 * is called but what makes no calls of these kinds itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#define DESCRIPTORS 1024

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static const char *kind, *how, *path_part, *count_file;
static long at, seen;
static bool stays, ready, fast;
static bool written[DESCRIPTORS], watched[DESCRIPTORS];

static const struct {
    const char *name;
    int number;
} errors[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"ENOMEM", ENOMEM}, {"EDQUOT", EDQUOT}, {"EROFS", EROFS}},
  signals[] = {{"KILL", SIGKILL}, {"TERM", SIGTERM}, {"INT", SIGINT}, {"TRAP", SIGTRAP}};

__attribute__((constructor)) static void begin(void)
{
    const char *number = getenv("FAULT_AT");

    kind = getenv("FAULT_CALL");
    how = getenv("FAULT_HOW");
    path_part = getenv("FAULT_PATH");
    count_file = getenv("FAULT_COUNT");
    stays = getenv("FAULT_STAY") != NULL;
    fast = getenv("FAULT_FAST") != NULL;
    at = number == NULL ? 0 : atol(number);
    ready = kind != NULL && how != NULL;
}

__attribute__((destructor)) static void finish(void)
{
    char text[32];
    int size = snprintf(text, sizeof text, "%ld\n", seen), fd;

    if (count_file == NULL || !ready)
        return;
    fd = (int)syscall(SYS_openat, AT_FDCWD, count_file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd >= 0 && syscall(SYS_write, fd, text, (size_t)size) == size)
        syscall(SYS_close, fd);
}

static bool is_signal(void)
{
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        if (strcmp(how, signals[i].name) != 0)
            continue;
        syscall(SYS_kill, (pid_t)syscall(SYS_getpid), signals[i].number);
        return true;
    }
    return false;
}

/* Counts a call; true where it has to fail, with errno set. */
static bool fails(const char *call)
{
    if (!ready || strcmp(kind, call) != 0)
        return false;
    seen++;
    if (at == 0 || seen < at || (seen > at && !stays))
        return false;
    if (is_signal())
        return false;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (strcmp(how, errors[i].name) == 0)
            errno = errors[i].number;
    }
    return true;
}

static bool is_written(int fd)
{
    return fd >= 0 && fd < DESCRIPTORS && written[fd];
}

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
    int fd;

    if ((flags & O_CREAT) != 0 && fails("open"))
        return -1;
    fd = (int)syscall(SYS_openat, folder, path, flags, mode);
    if (fd >= 0 && fd < DESCRIPTORS) {
        written[fd] = (flags & O_ACCMODE) != O_RDONLY;
        watched[fd] = path_part != NULL && strstr(path, path_part) != NULL;
    }
    return fd;
}

#define MODE_OF(flags, mode) \
    do { \
        va_list list; \
        va_start(list, flags); \
        mode = ((flags) & O_CREAT) != 0 ? (mode_t)va_arg(list, unsigned) : 0; \
        va_end(list); \
    } while (0)

int open(const char *path, int flags, ...)
{
    mode_t mode;

    MODE_OF(flags, mode);
    return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    mode_t mode;

    MODE_OF(flags, mode);
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    mode_t mode;

    MODE_OF(flags, mode);
    return open_at(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...)
{
    mode_t mode;

    MODE_OF(flags, mode);
    return open_at(folder, path, flags, mode);
}

int close(int fd)
{
    bool bad = is_written(fd) && fails("close");
    int error = errno;
    int result = (int)syscall(SYS_close, fd);

    if (fd >= 0 && fd < DESCRIPTORS)
        written[fd] = watched[fd] = false;
    if (!bad)
        return result;
    errno = error; /* it is closed all the same, as on Linux */
    return -1;
}

/* The size that may still go out before a full disk is felt; SIZE_MAX: all, 0: nothing. */
static size_t room(int fd, size_t size)
{
    if (!is_written(fd) || !fails("write"))
        return size;
    return stays && seen == at ? size / 2 : 0;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    size_t part = room(fd, size);

    return part == 0 && size > 0 ? -1 : syscall(SYS_write, fd, bytes, part);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    size_t part = room(fd, size);

    return part == 0 && size > 0 ? -1 : syscall(SYS_pwrite64, fd, bytes, part, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t offset)
{
    return pwrite(fd, bytes, size, offset);
}

/* The file behind fd becomes longer by its own first bytes, or loses its last half. */
static void change_file(int fd)
{
    char name[64], bytes[4096];
    struct stat about;
    int other;
    ssize_t n;

    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    other = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_APPEND, 0);
    if (other < 0 || fstat(other, &about) != 0)
        return;
    n = syscall(SYS_pread64, other, bytes, sizeof bytes, 0);
    if (strcmp(how, "CUT") == 0)
        (void)syscall(SYS_ftruncate, other, about.st_size / 2);
    else if (n > 0)
        (void)syscall(SYS_write, other, bytes, (size_t)n);
    syscall(SYS_close, other);
}

ssize_t read(int fd, void *bytes, size_t size)
{
    if (fd >= 0 && fd < DESCRIPTORS && watched[fd] && fails("read")) {
        if (strcmp(how, "CUT") != 0 && strcmp(how, "GROW") != 0)
            return -1;
        change_file(fd);
    }
    return syscall(SYS_read, fd, bytes, size);
}

int fsync(int fd)
{
    return fails("fsync") ? -1 : fast ? 0 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return fails("fsync") ? -1 : fast ? 0 : (int)syscall(SYS_fdatasync, fd);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return fails("rename") ? -1 : (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    return fails("link") ? -1 : (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
}

int unlinkat(int folder, const char *name, int flags)
{
    return fails("unlink") ? -1 : (int)syscall(SYS_unlinkat, folder, name, flags);
}

int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

int mkdir(const char *name, mode_t mode)
{
    return fails("mkdir") ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, name, mode);
}

void *malloc(size_t size)
{
    return fails("malloc") ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails("malloc") ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails("malloc") ? NULL : __libc_realloc(old, size);
}

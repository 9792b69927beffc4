/* SPDX-License-Identifier: Apache-2.0 */
#include "exits/crash.h"

#include "base/message.h"
#include "writers/outfolder.h" /* the form of temporary names */

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CODE_CRASH 16
#define STACK_BYTES (64u * 1024u) /* a stack of its own: the exit may have used up the other one */
#define LINE_BYTES 1024u

struct mr_crash_scene mr_crash_scene;

static const struct {
    int number;
    const char *name;
} signals[] = {
    {SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"}, {SIGFPE, "SIGFPE"}, {SIGILL, "SIGILL"}, {SIGABRT, "SIGABRT"},
};
#define SIGNALS (sizeof signals / sizeof *signals)

static struct sigaction former[SIGNALS];
static stack_t former_stack;
static bool armed, watches_exit;
static char stack_bytes[STACK_BYTES];
static char folder_path[PATH_MAX];
static char pid_text[24]; /* ".12345-" as in temporary names */

/* A line put together without the C library. */
struct line {
    char text[LINE_BYTES];
    size_t used;
};

static void put(struct line *line, const char *text)
{
    while (text != NULL && *text != '\0' && line->used + 1 < LINE_BYTES)
        line->text[line->used++] = *text++;
}

static void put_number(struct line *line, uint64_t value)
{
    char digits[24];
    char *p = digits + sizeof digits;

    *--p = '\0';
    do {
        *--p = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    put(line, p);
}

static void put_place(struct line *line)
{
    const struct mr_record *record = mr_crash_scene.record;

    if (mr_crash_scene.input == NULL || record == NULL)
        return;
    put(line, mr_crash_scene.input);
    if (record->offset != MR_NO_OFFSET) {
        put(line, " at byte ");
        put_number(line, record->offset);
    }
    put(line, ", record ");
    put_number(line, mr_own_domain(record));
    put(line, "/");
    put_number(line, mr_own_number(record));
    put(line, ": ");
}

static void say(enum mr_message_id id, const char *how)
{
    const struct mr_message_text *text = mr_message_text(id);
    struct line line = {.used = 0};
    ssize_t ignored;

    put(&line, text->id);
    put(&line, " ");
    put_place(&line);
    put(&line, text->text);
    put(&line, ": ");
    put(&line, mr_crash_scene.exit);
    put(&line, " in ");
    put(&line, mr_crash_scene.hook);
    if (mr_crash_scene.table != NULL) {
        put(&line, ", table ");
        put(&line, mr_crash_scene.table);
    }
    put(&line, how[0] != '\0' ? ", " : "");
    put(&line, how);
    put(&line, ". ");
    put(&line, text->advice);
    put(&line, "\n");
    ignored = write(STDERR_FILENO, line.text, line.used);
    (void)ignored;
}

/* One of this process's: .NAME.PID-SERIAL and the suffix. */
static bool is_temporary(const char *name)
{
    size_t size = strlen(name), suffix = sizeof MR_OUTFOLDER_SUFFIX - 1;

    return name[0] == '.' && size > suffix && memcmp(name + size - suffix, MR_OUTFOLDER_SUFFIX, suffix) == 0 &&
           strstr(name, pid_text) != NULL;
}

/* As the kernel gives it to getdents64. */
struct entry {
    uint64_t inode;
    int64_t offset;
    unsigned short size;
    unsigned char type;
    char name[];
};

/*
 * readdir() allocates memory and must not be called here; the system call behind it may.  Removing entries can make a
 * pass miss some, so passes go on until one has removed nothing.
 */
static void remove_temporaries(void)
{
    static union {
        struct entry first;
        char bytes[8192];
    } buffer;
    int fd = folder_path[0] == '\0' ? -1 : open(folder_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool removed = fd >= 0;

    while (removed) {
        long n;

        removed = false;
        if (lseek(fd, 0, SEEK_SET) != 0)
            break;
        while ((n = syscall(SYS_getdents64, fd, buffer.bytes, sizeof buffer.bytes)) > 0) {
            for (long at = 0; at < n;) {
                const struct entry *entry = (const struct entry *)(const void *)(buffer.bytes + at);

                at += entry->size;
                if (is_temporary(entry->name) && unlinkat(fd, entry->name, 0) == 0)
                    removed = true;
            }
        }
    }
    if (fd >= 0)
        close(fd);
}

static void crashed(int number)
{
    size_t which = 0;

    while (which + 1 < SIGNALS && signals[which].number != number)
        which++;
    if (mr_crash_scene.exit == NULL) {
        /* Not in an exit: what was there before decides, when the instruction is tried again. */
        sigaction(number, &former[which], NULL);
        if (number == SIGABRT)
            raise(number);
        return;
    }
    say(MR_MSG_EXIT_CRASH, signals[which].name);
    mr_crash_scene.exit = NULL; /* should the next lines crash too, the system's own end of it will do */
    remove_temporaries();
    _exit(CODE_CRASH);
}

static void process_ends(void)
{
    if (mr_crash_scene.exit == NULL)
        return;
    say(MR_MSG_EXIT_ENDED, "");
    remove_temporaries();
    _exit(CODE_CRASH);
}

static void make_pid_text(void)
{
    char digits[24];
    char *p = digits + sizeof digits;
    long pid = (long)getpid();

    *--p = '\0';
    *--p = '-';
    for (; pid > 0; pid /= 10)
        *--p = (char)('0' + pid % 10);
    *--p = '.';
    strcpy(pid_text, p);
}

void mr_crash_arm(const char *folder)
{
    struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK};
    stack_t stack = {.ss_sp = stack_bytes, .ss_size = sizeof stack_bytes};

    if (armed)
        return;
    armed = true;
    mr_crash_scene.exit = NULL;
    folder_path[0] = '\0';
    if (folder != NULL && strlen(folder) < sizeof folder_path)
        strcpy(folder_path, folder);
    make_pid_text();
    if (!watches_exit)
        watches_exit = atexit(process_ends) == 0;
    sigaltstack(&stack, &former_stack);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i].number, &action, &former[i]);
}

void mr_crash_disarm(void)
{
    if (!armed)
        return;
    armed = false;
    for (size_t i = 0; i < SIGNALS; i++)
        sigaction(signals[i].number, &former[i], NULL);
    sigaltstack(&former_stack, NULL);
}

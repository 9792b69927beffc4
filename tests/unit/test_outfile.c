/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of an output file: none is lost, whatever the system does with them. */
#include "tests/unit/scratch.h"
#include "tests/unit/seen.h"
#include "writers/outfile.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(outfile, .init = scratch_make, .fini = scratch_remove);

static char pattern(size_t position)
{
    return (char)(position * 31 + position / 251);
}

/* Texts of many sizes one after the other, put whole or into reserved room: the file is their sum. */
Test(outfile, bytes_arrive_in_order)
{
    static char chunk[3 * MR_OUTFILE_BUFFER + 1];
    const size_t sizes[] = {0, 1, 100, MR_OUTFILE_RESERVE_MAX - 1, MR_OUTFILE_RESERVE_MAX,
                            MR_OUTFILE_RESERVE_MAX + 1, sizeof chunk, 7, 65001, 4097, 64999, MR_OUTFILE_BUFFER, 65533,
                            MR_OUTFILE_BUFFER - 1, 65531, 4096 * 65, 3, sizeof chunk};
    struct mr_outfolder out;
    struct mr_outfile file;
    char path[SCRATCH_PATH];
    size_t total = 0;
    FILE *stream;

    cr_assert_eq(mr_outfolder_open(&out, scratch, NULL), MR_OK);
    cr_assert_eq(mr_outfile_open(&file, &out, "bytes"), MR_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t k = 0; k < sizes[i]; k++)
            chunk[k] = pattern(total + k);
        if (sizes[i] <= MR_OUTFILE_RESERVE_MAX && i % 2 == 0) {
            char *p = mr_outfile_reserve(&file, sizes[i]);

            memcpy(p, chunk, sizes[i]);
            mr_outfile_commit(&file, p + sizes[i]);
        } else {
            cr_assert_eq(mr_outfile_put(&file, chunk, sizes[i]), MR_OK);
        }
        total += sizes[i];
        cr_assert_eq(mr_outfile_offset(&file), total);
    }
    cr_assert_eq(mr_outfile_place_as(&file, file.name), MR_FATAL, "only a sealed file may be placed");
    cr_assert_eq(mr_outfile_seal(&file), MR_OK);
    cr_assert_not(scratch_has("bytes"));
    cr_assert_eq(mr_outfile_place_as(&file, file.name), MR_OK);
    mr_outfile_discard(&file);
    cr_assert_eq(mr_outfolder_sync(&out), MR_OK);
    mr_outfolder_close(&out);
    stream = fopen(scratch_path(path, "bytes"), "r");
    cr_assert_not_null(stream);
    for (size_t i = 0; i < total; i++)
        cr_assert_eq((char)getc(stream), pattern(i), "byte %zu", i);
    cr_assert_eq(getc(stream), EOF);
    fclose(stream);
}

/* Parts of pages are written only at the end, however much is put at a time. */
Test(outfile, whole_blocks_go_out)
{
    static const char text[1001];
    static char large[MR_OUTFILE_BUFFER + 8193];
    struct mr_outfolder out;
    struct mr_outfile file;
    struct stat about;
    off_t before = 0;

    cr_assert_eq(mr_outfolder_open(&out, scratch, NULL), MR_OK);
    cr_assert_eq(mr_outfile_open(&file, &out, "blocks"), MR_OK);
    for (unsigned i = 0; i < 2000; i++) {
        bool all_at_once = i % 500 == 499;

        cr_assert_eq(mr_outfile_put(&file, all_at_once ? large : text, all_at_once ? sizeof large : sizeof text), MR_OK);
        cr_assert_eq(fstat(file.fd, &about), 0);
        cr_assert_eq(about.st_size % 4096, 0, "%lld bytes", (long long)about.st_size);
        cr_assert_geq(about.st_size, before);
        before = about.st_size;
    }
    cr_assert_gt(before, 0);
    cr_assert_eq(mr_outfile_flush(&file), MR_OK);
    cr_assert_eq(fstat(file.fd, &about), 0);
    cr_assert_eq((uint64_t)about.st_size, mr_outfile_offset(&file));
    mr_outfile_discard(&file);
    mr_outfolder_close(&out);
}

/* The descriptors of a run must not get into programs that exits or the host may start. */
Test(outfile, descriptors_close_on_exec)
{
    struct mr_outfolder out;
    struct mr_outfile file;

    cr_assert_eq(mr_outfolder_open(&out, scratch, NULL), MR_OK);
    cr_assert_eq(mr_outfile_open(&file, &out, "file"), MR_OK);
    cr_assert(fcntl(out.fd, F_GETFD) & FD_CLOEXEC);
    cr_assert(fcntl(file.fd, F_GETFD) & FD_CLOEXEC);
    mr_outfile_discard(&file);
    mr_outfolder_close(&out);
    cr_assert_eq(scratch_names(true), 0);
}

/* Let what the file writes go to another descriptor, which is used up. */
static void divert(struct mr_outfile *file, int fd)
{
    cr_assert(fd >= 0);
    cr_assert_eq(dup2(fd, file->fd), file->fd);
    close(fd);
}

static const char zeros[2 * MR_OUTFILE_BUFFER];

Test(outfile, full_disk)
{
    struct seen seen = {.log = {.sink = seen_keep, .context = &seen}};
    struct mr_outfolder out;
    struct mr_outfile file;
    struct mr_outfile other;

    cr_assert_eq(mr_outfolder_open(&out, scratch, &seen.log), MR_OK);
    cr_assert_eq(mr_outfile_open(&other, &out, "other"), MR_OK);
    cr_assert_eq(mr_outfile_open(&file, &out, "file"), MR_OK);
    divert(&file, open("/dev/full", O_WRONLY | O_CLOEXEC));
    cr_assert_eq(mr_outfile_put(&file, "x", 1), MR_OK);
    cr_assert_eq(mr_outfile_flush(&file), MR_FATAL);
    seen_expect(&seen, MR_MSG_OUTPUT_WRITE, "file", ENOSPC);
    cr_assert_eq(mr_outfile_put(&other, zeros, sizeof zeros), MR_FATAL);
    cr_assert_eq(mr_outfile_status(&other), MR_FATAL);
    for (unsigned i = 0; i < 10; i++)
        mr_outfile_commit(&other, mr_outfile_reserve(&other, MR_OUTFILE_RESERVE_MAX) + MR_OUTFILE_RESERVE_MAX);
    cr_assert_leq(mr_outfile_offset(&other), MR_OUTFILE_BUFFER, "what cannot be written is thrown away");
    cr_assert_eq(mr_outfile_seal(&file), MR_FATAL);
    cr_assert_eq(mr_outfile_seal(&other), MR_FATAL);
    cr_assert_eq(mr_outfile_place_as(&other, other.name), MR_FATAL);
    cr_assert_eq(seen.count, 1);
    mr_outfile_discard(&file);
    mr_outfile_discard(&other);
    mr_outfolder_close(&out);
    cr_assert_eq(scratch_names(false) + scratch_names(true), 0);
}

/* A pipe takes the bytes and cannot make them safe, like a disk that fails at the last moment. */
Test(outfile, fsync_fails)
{
    struct seen seen = {.log = {.sink = seen_keep, .context = &seen}};
    struct mr_outfolder out;
    struct mr_outfile file;
    int ends[2];

    cr_assert_eq(mr_outfolder_open(&out, scratch, &seen.log), MR_OK);
    cr_assert_eq(mr_outfile_open(&file, &out, "file"), MR_OK);
    cr_assert_eq(pipe(ends), 0);
    divert(&file, ends[1]);
    cr_assert_eq(mr_outfile_put(&file, "x", 1), MR_OK);
    cr_assert_eq(mr_outfile_seal(&file), MR_FATAL);
    seen_expect(&seen, MR_MSG_OUTPUT_WRITE, "file", EINVAL);
    mr_outfile_discard(&file);
    mr_outfolder_close(&out);
    close(ends[0]);
    cr_assert_eq(scratch_names(false) + scratch_names(true), 0);
}

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
    (void)number;
    signals++;
}

static void signal_every_millisecond(void)
{
    const struct sigaction action = {.sa_handler = count_signal};
    const struct itimerval every = {{0, 1000}, {0, 1000}};

    cr_assert_eq(sigaction(SIGALRM, &action, NULL), 0);
    cr_assert_eq(setitimer(ITIMER_REAL, &every, NULL), 0);
}

/* Exits with 0 if total bytes of the pattern come through the pipe, a few at a time. */
static void read_slowly(int fd, size_t total)
{
    char bytes[3000];
    size_t position = 0;
    ssize_t n;

    while ((n = read(fd, bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            if (bytes[i] != pattern(position++))
                _exit(1);
        usleep(1500);
    }
    _exit(position == total ? 0 : 2);
}

/* A small pipe with a slow reader, and signals all the time: writes are interrupted and taken in part. */
Test(outfile, signals_and_short_writes)
{
    const size_t total = MR_OUTFILE_BUFFER + 3 * MR_OUTFILE_RESERVE_MAX + 17;
    struct mr_outfolder out;
    struct mr_outfile file;
    int ends[2];
    int status;
    pid_t pid;

    cr_assert_eq(mr_outfolder_open(&out, scratch, NULL), MR_OK);
    cr_assert_eq(mr_outfile_open(&file, &out, "file"), MR_OK);
    cr_assert_eq(pipe(ends), 0);
    cr_assert(fcntl(ends[1], F_SETPIPE_SZ, 4096) >= 0);
    pid = fork();
    cr_assert(pid >= 0);
    if (pid == 0) {
        close(ends[1]);
        read_slowly(ends[0], total);
    }
    close(ends[0]);
    divert(&file, ends[1]);
    signal_every_millisecond();
    for (size_t i = 0; i < total; i++) {
        const char byte = pattern(i);

        cr_assert_eq(mr_outfile_put(&file, &byte, 1), MR_OK);
    }
    cr_assert_eq(mr_outfile_flush(&file), MR_OK);
    cr_assert_eq(setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL), 0);
    cr_assert_gt(signals, 0);
    mr_outfile_discard(&file);
    mr_outfolder_close(&out);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

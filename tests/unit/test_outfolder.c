/* SPDX-License-Identifier: Apache-2.0 */
/* Output files of a run appear complete or not at all, and what goes wrong is said once. */
#include "tests/unit/scratch.h"
#include "tests/unit/seen.h"
#include "writers/format.h"
#include "writers/outfile.h"
#include "writers/writer.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME_SIZE 256

TestSuite(outfolder, .init = scratch_make, .fini = scratch_remove);

static const struct mr_column column = {"A", "", "", MR_CELL_UINT, 0};
static const struct mr_table_head one = {.name = "ONE", .title = "", .columns = &column, .column_count = 1};
static const struct mr_table_head two = {.name = "TWO", .title = "", .columns = &column, .column_count = 1};

static struct mr_writer *open_writer(struct seen *seen)
{
    const struct mr_writer_options options = {.folder = scratch};
    struct mr_writer *writer;

    *seen = (struct seen){.log = {.sink = seen_keep, .context = seen}};
    cr_assert_eq(mr_writer_open(&writer, "csv", &options, &seen->log), MR_OK);
    return writer;
}

static struct mr_writer_table *begin_table(struct mr_writer *writer, const struct mr_table_head *head)
{
    struct mr_writer_table *table;

    cr_assert_eq(mr_writer_begin(writer, head, &table), MR_OK);
    return table;
}

static int put_row(struct mr_writer_table *table, uint64_t value)
{
    const struct mr_cell cell = {.value.u = value, .present = 1};

    return mr_writer_row(table, &cell);
}

Test(outfolder, nothing_is_seen_before_finish)
{
    struct seen seen;
    struct mr_writer *writer = open_writer(&seen);
    struct mr_writer_table *first = begin_table(writer, &one);
    struct mr_writer_table *second = begin_table(writer, &two);

    for (uint64_t i = 0; i < 100000; i++)
        cr_assert_eq(put_row(second, i), MR_OK);
    cr_assert_eq(put_row(first, 5), MR_OK);
    cr_assert_eq(mr_writer_file(writer, "manifest.json", "{}\n", 3), MR_OK);
    cr_assert_eq(scratch_names(false), 0);
    cr_assert_eq(scratch_names(true), 3);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_eq(scratch_names(true), 0);
    cr_assert_eq(scratch_names(false), 3);
    scratch_expect("ONE.csv", "A\n5\n");
    scratch_expect("manifest.json", "{}\n");
    cr_assert_eq(seen.count, 0);
}

Test(outfolder, old_files_stay_when_abandoned)
{
    struct seen seen;
    struct mr_writer *writer;

    scratch_put("ONE.csv", "old");
    writer = open_writer(&seen);
    cr_assert_eq(put_row(begin_table(writer, &one), 5), MR_OK);
    mr_writer_abandon(writer);
    scratch_expect("ONE.csv", "old");
    cr_assert_eq(scratch_names(true), 0);
    cr_assert_eq(seen.count, 0);
    mr_writer_abandon(NULL);
}

Test(outfolder, old_files_are_replaced)
{
    char path[SCRATCH_PATH];
    char target[SCRATCH_PATH];
    struct seen seen;
    struct mr_writer *writer;

    scratch_put("ONE.csv", "old");
    scratch_put("kept", "kept");
    cr_assert_eq(symlink(scratch_path(target, "kept"), scratch_path(path, "TWO.csv")), 0);
    writer = open_writer(&seen);
    begin_table(writer, &one);
    begin_table(writer, &two);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    scratch_expect("ONE.csv", "A\n");
    scratch_expect("TWO.csv", "A\n");
    scratch_expect("kept", "kept");
}

Test(outfolder, folder_is_made_one_level)
{
    char path[SCRATCH_PATH];
    struct mr_writer_options options = {.folder = scratch_path(path, "new")};
    struct mr_writer *writer;
    struct stat st;

    umask(027);
    cr_assert_eq(mr_writer_open(&writer, "csv", &options, NULL), MR_OK);
    begin_table(writer, &one);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert(stat(path, &st) == 0 && S_ISDIR(st.st_mode) && (st.st_mode & 0777) == 0750);
    cr_assert(stat(scratch_path(path, "new/ONE.csv"), &st) == 0 && (st.st_mode & 0777) == 0640);
    cr_assert_eq(unlink(path), 0);
}

Test(outfolder, folder_errors)
{
    static const struct {
        const char *name;
        int error;
    } rows[] = {
        {"missing/deeper", ENOENT},
        {"file", ENOTDIR},
        {"file/below", ENOTDIR},
        {"dangling", ENOENT},
    };
    char path[SCRATCH_PATH];

    scratch_put("file", "");
    cr_assert_eq(symlink("/nonexistent/place", scratch_path(path, "dangling")), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mr_writer_options options = {.folder = scratch_path(path, rows[i].name)};
        struct seen seen = {.log = {.sink = seen_keep, .context = &seen}};
        struct mr_writer *writer = (struct mr_writer *)&seen;

        cr_assert_eq(mr_writer_open(&writer, "csv", &options, &seen.log), MR_FATAL);
        cr_assert_null(writer);
        seen_expect(&seen, MR_MSG_OUTPUT_FOLDER, rows[i].name, rows[i].error);
    }
}

/* Root may write everywhere, so root becomes somebody else for a moment. */
Test(outfolder, folder_not_writable)
{
    const bool root = geteuid() == 0;
    struct mr_writer_options options = {.folder = scratch};
    struct seen seen = {.log = {.sink = seen_keep, .context = &seen}};
    struct mr_writer *writer;

    cr_assert_eq(chmod(scratch, 0555), 0);
    cr_assert(!root || seteuid(65534) == 0);
    cr_assert_eq(mr_writer_open(&writer, "csv", &options, &seen.log), MR_FATAL);
    cr_assert(!root || seteuid(0) == 0);
    cr_assert_null(writer);
    cr_assert_eq(seen.count, 1);
    cr_assert_eq(seen.id, MR_MSG_OUTPUT_FOLDER);
    cr_assert_str_eq(seen.file, scratch);
    cr_assert_str_eq(seen.detail, strerror(EACCES));
}

Test(outfolder, formats)
{
    const char *const *names = mr_writer_formats();
    struct mr_writer_options options = {.folder = scratch};
    struct seen seen = {.log = {.sink = seen_keep, .context = &seen}};
    struct mr_writer *writer;
    size_t i;

    for (i = 0; names[i] != NULL; i++) {
        cr_assert_not_null(mr_writer_format_list[i]);
        cr_assert_str_eq(names[i], mr_writer_format_list[i]->name);
    }
    cr_assert_null(mr_writer_format_list[i]);
    cr_assert_eq(mr_writer_open(&writer, "punchcards", &options, &seen.log), MR_FATAL);
    cr_assert_null(writer);
    cr_assert_eq(seen.count, 1);
    cr_assert_eq(seen.id, MR_MSG_OUTPUT_FORMAT);
    cr_assert_str_eq(seen.detail, "punchcards");
}

/* Someone else's link at the temporary name must not lead us to write anywhere. */
Test(outfolder, link_at_the_temporary_name)
{
    char temporary[MR_OUTFOLDER_TEMPORARY_MAX];
    char path[SCRATCH_PATH];
    char target[SCRATCH_PATH];
    struct seen seen;
    struct mr_writer *writer;

    scratch_put("victim", "untouched");
    mr_outfolder_temporary(temporary, "ONE.csv", 0);
    cr_assert_eq(symlink(scratch_path(target, "victim"), scratch_path(path, temporary)), 0);
    mr_outfolder_temporary(temporary, "ONE.csv", 1);
    cr_assert_eq(symlink("nowhere", scratch_path(path, temporary)), 0);
    writer = open_writer(&seen);
    cr_assert_eq(put_row(begin_table(writer, &one), 1), MR_OK);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    scratch_expect("victim", "untouched");
    scratch_expect("ONE.csv", "A\n1\n");
    cr_assert_not(scratch_has("nowhere"));
    cr_assert_eq(seen.count, 0);
}

Test(outfolder, bad_names)
{
    char longest[MR_OUTFOLDER_NAME_MAX + 2];
    const char *const names[] = {"", ".", "..", ".hidden", "../up", "a/b", "/tmp/x", longest};

    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct seen seen;
        struct mr_writer *writer = open_writer(&seen);

        cr_assert_eq(mr_writer_file(writer, names[i], "x", 1), MR_FATAL);
        cr_assert_eq(seen.count, 1);
        cr_assert_eq(seen.id, MR_MSG_OUTPUT_OPEN);
        cr_assert_eq(mr_writer_file(writer, "good", "x", 1), MR_FATAL);
        cr_assert_eq(mr_writer_finish(writer), MR_FATAL);
        cr_assert_eq(seen.count, 1);
    }
    cr_assert_eq(scratch_names(false), 0);
    cr_assert_eq(scratch_names(true), 0);
    cr_assert(mr_outfolder_name_valid(longest + 1));
}

Test(outfolder, same_name_twice)
{
    struct seen seen;
    struct mr_writer *writer = open_writer(&seen);
    struct mr_writer_table *table = begin_table(writer, &one);
    struct mr_writer_table *again = table;

    cr_assert_eq(mr_writer_begin(writer, &one, &again), MR_FATAL);
    cr_assert_null(again);
    seen_expect(&seen, MR_MSG_OUTPUT_OPEN, "ONE.csv", 0);
    cr_assert_eq(put_row(table, 1), MR_FATAL);
    cr_assert_eq(mr_writer_gap(table, 0, 1), MR_FATAL);
    cr_assert_eq(mr_writer_finish(writer), MR_FATAL);
    cr_assert_eq(scratch_names(false), 0);
}

/* No file may grow beyond size bytes: a disk that fills up, also for root. */
static void limit_files(rlim_t size)
{
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){size, RLIM_INFINITY}), 0);
}

Test(outfolder, write_error_is_reported_once)
{
    struct seen seen;
    struct mr_writer *writer;
    struct mr_writer_table *first;
    struct mr_writer_table *second;
    unsigned rows = 0;

    scratch_put("ONE.csv", "old");
    scratch_put("TWO.csv", "old");
    writer = open_writer(&seen);
    first = begin_table(writer, &one);
    second = begin_table(writer, &two);
    limit_files(100000);
    while (put_row(first, 1000000000) == MR_OK)
        cr_assert(++rows < 100000);
    seen_expect(&seen, MR_MSG_OUTPUT_WRITE, "ONE.csv", EFBIG);
    for (unsigned i = 0; i < 100000; i++) {
        cr_assert_eq(put_row(first, 1), MR_FATAL);
        cr_assert_eq(put_row(second, 1), MR_FATAL);
    }
    cr_assert_eq(mr_writer_file(writer, "manifest.json", "{}", 2), MR_FATAL);
    cr_assert_eq(mr_writer_finish(writer), MR_FATAL);
    cr_assert_eq(seen.count, 1);
    scratch_expect("ONE.csv", "old");
    scratch_expect("TWO.csv", "old");
    cr_assert_not(scratch_has("manifest.json"));
    cr_assert_eq(scratch_names(true), 0);
}

/* The disk fills up with what was still in the buffers: the first file is complete by then, and must not show. */
Test(outfolder, write_error_at_finish)
{
    struct seen seen;
    struct mr_writer *writer;

    scratch_put("ONE.csv", "old");
    writer = open_writer(&seen);
    cr_assert_eq(put_row(begin_table(writer, &one), 1), MR_OK);
    cr_assert_eq(put_row(begin_table(writer, &two), UINT64_MAX), MR_OK);
    limit_files(10);
    cr_assert_eq(mr_writer_finish(writer), MR_FATAL);
    seen_expect(&seen, MR_MSG_OUTPUT_WRITE, "TWO.csv", EFBIG);
    scratch_expect("ONE.csv", "old");
    cr_assert_not(scratch_has("TWO.csv"));
    cr_assert_eq(scratch_names(true), 0);
}

Test(outfolder, write_error_in_a_further_file)
{
    static const char long_text[2 * MR_OUTFILE_BUFFER];
    struct seen seen;
    struct mr_writer *writer = open_writer(&seen);

    begin_table(writer, &one);
    limit_files(1000);
    cr_assert_eq(mr_writer_file(writer, "manifest.json", long_text, sizeof long_text), MR_FATAL);
    seen_expect(&seen, MR_MSG_OUTPUT_WRITE, "manifest.json", EFBIG);
    cr_assert_eq(mr_writer_finish(writer), MR_FATAL);
    cr_assert_eq(seen.count, 1);
    cr_assert_eq(scratch_names(false), 0);
}

Test(outfolder, folder_removed_meanwhile)
{
    struct seen seen;
    struct mr_writer *writer = open_writer(&seen);
    struct mr_writer_table *table;

    cr_assert_eq(rmdir(scratch), 0);
    cr_assert_eq(mr_writer_begin(writer, &one, &table), MR_FATAL);
    cr_assert_null(table);
    seen_expect(&seen, MR_MSG_OUTPUT_OPEN, "ONE.csv", ENOENT);
    cr_assert_eq(mr_writer_finish(writer), MR_FATAL);
    cr_assert_eq(seen.count, 1);
}

Test(outfolder, final_name_is_a_folder)
{
    char path[SCRATCH_PATH];
    struct seen seen;
    struct mr_writer *writer = open_writer(&seen);
    struct mr_writer_table *table;

    cr_assert_eq(mkdir(scratch_path(path, "ONE.csv"), 0700), 0);
    cr_assert_eq(mr_writer_begin(writer, &one, &table), MR_FATAL);
    seen_expect(&seen, MR_MSG_OUTPUT_OPEN, "ONE.csv", EISDIR);
    mr_writer_abandon(writer);
}

Test(outfolder, leftovers_are_recognised)
{
    const long dead = scratch_dead_process();
    const struct {
        const char *format;
        long pid;
        bool stays;
    } rows[] = {
        {".ONE.csv.%ld-0.mrtmp", dead, false},     {".a.b.c.%ld-12.mrtmp", dead, false},
        {".TWO.csv.%ld-0.mrtmp", getpid(), false}, {".ONE.csv.%ld-0.mrtmp", getppid(), true},
        {".ONE.csv.%ld-0.mrtmp", 1, true},         {".ONE.csv.%ld-0.mrtmp", 0, true},
        {"ONE.csv.%ld-0.mrtmp", dead, true},       {".ONE.csv.%ld-0.tmp", dead, true},
        {".ONE.csv.%ld-.mrtmp", dead, true},       {".ONE.csv.%ld.mrtmp", dead, true},
        {".%ld-0.mrtmp", dead, true},              {"..%ld-0.mrtmp", dead, true},
        {".ONE.csv.9%ld999999999999999999-0.mrtmp", dead, true},
        {".mrtmp", dead, true},                    {".ONE.csv.-%ld-0.mrtmp", dead, true},
    };
    char name[NAME_SIZE];
    char path[SCRATCH_PATH];
    struct seen seen;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(name, sizeof name, rows[i].format, rows[i].pid);
        scratch_put(name, "");
    }
    snprintf(name, sizeof name, ".LINK.csv.%ld-0.mrtmp", dead);
    cr_assert_eq(symlink("somewhere", scratch_path(path, name)), 0);
    mr_writer_abandon(open_writer(&seen));
    cr_assert(scratch_has(name));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(name, sizeof name, rows[i].format, rows[i].pid);
        cr_assert_eq(scratch_has(name), rows[i].stays, "%s", name);
    }
    cr_assert_eq(seen.count, 1);
    cr_assert_eq(seen.id, MR_MSG_OUTPUT_LEFTOVER);
    cr_assert_str_eq(seen.detail, "3");
    cr_assert_eq(seen.log.code, 0);
}

/* Another run, perhaps on another machine, whose process numbers mean nothing here: hands off. */
Test(outfolder, leftovers_stay_while_another_run_writes)
{
    char name[NAME_SIZE];
    struct seen other;
    struct seen seen;
    struct mr_writer *running = open_writer(&other);
    struct mr_writer *writer;

    snprintf(name, sizeof name, ".ONE.csv.%ld-0.mrtmp", (long)scratch_dead_process());
    scratch_put(name, "");
    begin_table(running, &two);
    writer = open_writer(&seen);
    cr_assert(scratch_has(name));
    cr_assert_eq(seen.count, 0);
    mr_writer_abandon(writer);
    cr_assert_eq(mr_writer_finish(running), MR_OK);
    mr_writer_abandon(open_writer(&seen));
    cr_assert_not(scratch_has(name));
    cr_assert_eq(seen.count, 1);
}

Test(outfolder, killed_run_leaves_old_files)
{
    struct seen seen;
    pid_t pid;
    int status;

    scratch_put("ONE.csv", "old");
    pid = fork();
    cr_assert(pid >= 0);
    if (pid == 0) {
        struct mr_writer_table *table = begin_table(open_writer(&seen), &one);

        for (uint64_t i = 0; i < 100000; i++)
            if (put_row(table, i) != MR_OK)
                _exit(1);
        kill(getpid(), SIGKILL);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    scratch_expect("ONE.csv", "old");
    cr_assert_eq(scratch_names(true), 1);
    mr_writer_abandon(open_writer(&seen));
    cr_assert_eq(scratch_names(true), 0);
    cr_assert_eq(seen.id, MR_MSG_OUTPUT_LEFTOVER);
    scratch_expect("ONE.csv", "old");
}

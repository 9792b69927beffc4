/* SPDX-License-Identifier: Apache-2.0 */
/* Output files appear complete or not at all, and what goes wrong is said once. */
#include "writers/format.h"
#include "writers/outfile.h"
#include "writers/writer.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME_SIZE 256
#define PATH_SIZE 512

static char folder[64];

static char *path_of(char *path, const char *name)
{
    snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    return path;
}

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/test-outfile-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void)
{
    char path[PATH_SIZE];
    DIR *list = opendir(folder);
    const struct dirent *entry;

    while (list != NULL && (entry = readdir(list)) != NULL)
        if (unlink(path_of(path, entry->d_name)) != 0)
            rmdir(path);
    if (list != NULL)
        closedir(list);
    rmdir(folder);
}

TestSuite(outfile, .init = make_folder, .fini = remove_folder);

static void put_file(const char *name, const char *text)
{
    char path[PATH_SIZE];
    FILE *file = fopen(path_of(path, name), "w");

    cr_assert_not_null(file);
    cr_assert(fputs(text, file) >= 0 && fclose(file) == 0);
}

static bool exists(const char *name)
{
    char path[PATH_SIZE];
    struct stat st;

    return lstat(path_of(path, name), &st) == 0;
}

static void expect_file(const char *name, const char *text)
{
    char path[PATH_SIZE];
    char found[256];
    FILE *file = fopen(path_of(path, name), "r");
    size_t size;

    cr_assert_not_null(file, "%s", name);
    size = fread(found, 1, sizeof found - 1, file);
    fclose(file);
    found[size] = '\0';
    cr_assert_str_eq(found, text);
}

/* Names in the folder: all of them, or only the temporary ones. */
static unsigned count_names(bool temporary)
{
    DIR *list = opendir(folder);
    const struct dirent *entry;
    unsigned count = 0;

    cr_assert_not_null(list);
    while ((entry = readdir(list)) != NULL)
        if (temporary ? strstr(entry->d_name, MR_OUTFOLDER_SUFFIX) != NULL : entry->d_name[0] != '.')
            count++;
    closedir(list);
    return count;
}

/* A log that keeps the last message. */
struct seen {
    struct mr_log log;
    unsigned count;
    enum mr_message_id id;
    char file[PATH_SIZE];
    char detail[PATH_SIZE];
};

static void keep_message(void *context, const struct mr_message *message)
{
    struct seen *seen = context;

    seen->count++;
    seen->id = message->id;
    snprintf(seen->file, sizeof seen->file, "%s", message->place.file != NULL ? message->place.file : "");
    snprintf(seen->detail, sizeof seen->detail, "%s", message->detail);
}

static void expect_message(const struct seen *seen, enum mr_message_id id, const char *name, int error)
{
    char path[PATH_SIZE];

    cr_assert_eq(seen->count, 1, "%u messages", seen->count);
    cr_assert_eq(seen->id, id, "%s", mr_message_text(seen->id)->id);
    cr_assert_str_eq(seen->file, path_of(path, name));
    if (error != 0)
        cr_assert_str_eq(seen->detail, strerror(error));
    cr_assert_eq(seen->log.code, 16);
}

static const struct mr_column column = {"A", "", "", MR_CELL_UINT, 0};
static const struct mr_table_head one = {.name = "ONE", .title = "", .columns = &column, .column_count = 1};
static const struct mr_table_head two = {.name = "TWO", .title = "", .columns = &column, .column_count = 1};

static struct mr_writer *open_writer(struct seen *seen)
{
    const struct mr_writer_options options = {.folder = folder};
    struct mr_writer *writer;

    *seen = (struct seen){.log = {.sink = keep_message, .context = seen}};
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

Test(outfile, nothing_is_seen_before_finish)
{
    struct seen seen;
    struct mr_writer *writer = open_writer(&seen);
    struct mr_writer_table *first = begin_table(writer, &one);
    struct mr_writer_table *second = begin_table(writer, &two);

    for (uint64_t i = 0; i < 100000; i++)
        cr_assert_eq(put_row(second, i), MR_OK);
    cr_assert_eq(put_row(first, 5), MR_OK);
    cr_assert_eq(mr_writer_file(writer, "manifest.json", "{}\n", 3), MR_OK);
    cr_assert_eq(count_names(false), 0);
    cr_assert_eq(count_names(true), 3);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_eq(count_names(true), 0);
    cr_assert_eq(count_names(false), 3);
    expect_file("ONE.csv", "A\n5\n");
    expect_file("manifest.json", "{}\n");
    cr_assert_eq(seen.count, 0);
}

Test(outfile, old_files_stay_when_abandoned)
{
    struct seen seen;
    struct mr_writer *writer;

    put_file("ONE.csv", "old");
    writer = open_writer(&seen);
    cr_assert_eq(put_row(begin_table(writer, &one), 5), MR_OK);
    mr_writer_abandon(writer);
    expect_file("ONE.csv", "old");
    cr_assert_eq(count_names(true), 0);
    cr_assert_eq(seen.count, 0);
    mr_writer_abandon(NULL);
}

Test(outfile, old_files_are_replaced)
{
    char path[PATH_SIZE];
    char target[PATH_SIZE];
    struct seen seen;
    struct mr_writer *writer;

    put_file("ONE.csv", "old");
    put_file("kept", "kept");
    cr_assert_eq(symlink(path_of(target, "kept"), path_of(path, "TWO.csv")), 0);
    writer = open_writer(&seen);
    begin_table(writer, &one);
    begin_table(writer, &two);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    expect_file("ONE.csv", "A\n");
    expect_file("TWO.csv", "A\n");
    expect_file("kept", "kept");
}

Test(outfile, folder_is_made_one_level)
{
    char path[PATH_SIZE];
    struct mr_writer_options options = {.folder = path_of(path, "new")};
    struct mr_writer *writer;
    struct stat st;

    umask(027);
    cr_assert_eq(mr_writer_open(&writer, "csv", &options, NULL), MR_OK);
    begin_table(writer, &one);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert(stat(path, &st) == 0 && S_ISDIR(st.st_mode) && (st.st_mode & 0777) == 0750);
    cr_assert(stat(path_of(path, "new/ONE.csv"), &st) == 0 && (st.st_mode & 0777) == 0640);
    cr_assert_eq(unlink(path), 0);
}

Test(outfile, folder_errors)
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
    char path[PATH_SIZE];

    put_file("file", "");
    cr_assert_eq(symlink("/nonexistent/place", path_of(path, "dangling")), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mr_writer_options options = {.folder = path_of(path, rows[i].name)};
        struct seen seen = {.log = {.sink = keep_message, .context = &seen}};
        struct mr_writer *writer = (struct mr_writer *)&seen;

        cr_assert_eq(mr_writer_open(&writer, "csv", &options, &seen.log), MR_FATAL);
        cr_assert_null(writer);
        expect_message(&seen, MR_MSG_OUTPUT_FOLDER, rows[i].name, rows[i].error);
    }
}

/* Root may write everywhere, so root becomes somebody else for a moment. */
Test(outfile, folder_not_writable)
{
    const bool root = geteuid() == 0;
    struct mr_writer_options options = {.folder = folder};
    struct seen seen = {.log = {.sink = keep_message, .context = &seen}};
    struct mr_writer *writer;

    cr_assert_eq(chmod(folder, 0555), 0);
    cr_assert(!root || seteuid(65534) == 0);
    cr_assert_eq(mr_writer_open(&writer, "csv", &options, &seen.log), MR_FATAL);
    cr_assert(!root || seteuid(0) == 0);
    cr_assert_null(writer);
    cr_assert_eq(seen.count, 1);
    cr_assert_eq(seen.id, MR_MSG_OUTPUT_FOLDER);
    cr_assert_str_eq(seen.file, folder);
    cr_assert_str_eq(seen.detail, strerror(EACCES));
}

Test(outfile, formats)
{
    const char *const *names = mr_writer_formats();
    struct mr_writer_options options = {.folder = folder};
    struct seen seen = {.log = {.sink = keep_message, .context = &seen}};
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
Test(outfile, link_at_the_temporary_name)
{
    char temporary[MR_OUTFOLDER_TEMPORARY_MAX];
    char path[PATH_SIZE];
    char target[PATH_SIZE];
    struct seen seen;
    struct mr_writer *writer;

    put_file("victim", "untouched");
    mr_outfolder_temporary(temporary, "ONE.csv", 0);
    cr_assert_eq(symlink(path_of(target, "victim"), path_of(path, temporary)), 0);
    mr_outfolder_temporary(temporary, "ONE.csv", 1);
    cr_assert_eq(symlink("nowhere", path_of(path, temporary)), 0);
    writer = open_writer(&seen);
    cr_assert_eq(put_row(begin_table(writer, &one), 1), MR_OK);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    expect_file("victim", "untouched");
    expect_file("ONE.csv", "A\n1\n");
    cr_assert_not(exists("nowhere"));
    cr_assert_eq(seen.count, 0);
}

Test(outfile, bad_names)
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
    cr_assert_eq(count_names(false), 0);
    cr_assert_eq(count_names(true), 0);
    cr_assert(mr_outfolder_name_valid(longest + 1));
}

Test(outfile, same_name_twice)
{
    struct seen seen;
    struct mr_writer *writer = open_writer(&seen);
    struct mr_writer_table *table = begin_table(writer, &one);
    struct mr_writer_table *again = table;

    cr_assert_eq(mr_writer_begin(writer, &one, &again), MR_FATAL);
    cr_assert_null(again);
    expect_message(&seen, MR_MSG_OUTPUT_OPEN, "ONE.csv", 0);
    cr_assert_eq(put_row(table, 1), MR_FATAL);
    cr_assert_eq(mr_writer_gap(table, 0, 1), MR_FATAL);
    cr_assert_eq(mr_writer_finish(writer), MR_FATAL);
    cr_assert_eq(count_names(false), 0);
}

/* No file may grow beyond size bytes: a disk that fills up, also for root. */
static void limit_files(rlim_t size)
{
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){size, RLIM_INFINITY}), 0);
}

Test(outfile, write_error_is_reported_once)
{
    struct seen seen;
    struct mr_writer *writer;
    struct mr_writer_table *first;
    struct mr_writer_table *second;
    unsigned rows = 0;

    put_file("ONE.csv", "old");
    put_file("TWO.csv", "old");
    writer = open_writer(&seen);
    first = begin_table(writer, &one);
    second = begin_table(writer, &two);
    limit_files(100000);
    while (put_row(first, 1000000000) == MR_OK)
        cr_assert(++rows < 100000);
    expect_message(&seen, MR_MSG_OUTPUT_WRITE, "ONE.csv", EFBIG);
    for (unsigned i = 0; i < 100000; i++) {
        cr_assert_eq(put_row(first, 1), MR_FATAL);
        cr_assert_eq(put_row(second, 1), MR_FATAL);
    }
    cr_assert_eq(mr_writer_file(writer, "manifest.json", "{}", 2), MR_FATAL);
    cr_assert_eq(mr_writer_finish(writer), MR_FATAL);
    cr_assert_eq(seen.count, 1);
    expect_file("ONE.csv", "old");
    expect_file("TWO.csv", "old");
    cr_assert_not(exists("manifest.json"));
    cr_assert_eq(count_names(true), 0);
}

/* The disk fills up with what was still in the buffers: the first file is complete by then, and must not show. */
Test(outfile, write_error_at_finish)
{
    struct seen seen;
    struct mr_writer *writer;

    put_file("ONE.csv", "old");
    writer = open_writer(&seen);
    cr_assert_eq(put_row(begin_table(writer, &one), 1), MR_OK);
    cr_assert_eq(put_row(begin_table(writer, &two), UINT64_MAX), MR_OK);
    limit_files(10);
    cr_assert_eq(mr_writer_finish(writer), MR_FATAL);
    expect_message(&seen, MR_MSG_OUTPUT_WRITE, "TWO.csv", EFBIG);
    expect_file("ONE.csv", "old");
    cr_assert_not(exists("TWO.csv"));
    cr_assert_eq(count_names(true), 0);
}

Test(outfile, write_error_in_a_further_file)
{
    static const char long_text[2 * MR_OUTFILE_RESERVE_MAX];
    struct seen seen;
    struct mr_writer *writer = open_writer(&seen);

    begin_table(writer, &one);
    limit_files(1000);
    cr_assert_eq(mr_writer_file(writer, "manifest.json", long_text, sizeof long_text), MR_FATAL);
    expect_message(&seen, MR_MSG_OUTPUT_WRITE, "manifest.json", EFBIG);
    cr_assert_eq(mr_writer_finish(writer), MR_FATAL);
    cr_assert_eq(seen.count, 1);
    cr_assert_eq(count_names(false), 0);
}

Test(outfile, folder_removed_meanwhile)
{
    struct seen seen;
    struct mr_writer *writer = open_writer(&seen);
    struct mr_writer_table *table;

    cr_assert_eq(rmdir(folder), 0);
    cr_assert_eq(mr_writer_begin(writer, &one, &table), MR_FATAL);
    cr_assert_null(table);
    expect_message(&seen, MR_MSG_OUTPUT_OPEN, "ONE.csv", ENOENT);
    cr_assert_eq(mr_writer_finish(writer), MR_FATAL);
    cr_assert_eq(seen.count, 1);
}

Test(outfile, final_name_is_a_folder)
{
    char path[PATH_SIZE];
    struct seen seen;
    struct mr_writer *writer = open_writer(&seen);
    struct mr_writer_table *table;

    cr_assert_eq(mkdir(path_of(path, "ONE.csv"), 0700), 0);
    cr_assert_eq(mr_writer_begin(writer, &one, &table), MR_FATAL);
    expect_message(&seen, MR_MSG_OUTPUT_OPEN, "ONE.csv", EISDIR);
    mr_writer_abandon(writer);
}

/* The one failure after which some files are new: it has a message of its own, and the manifest is not put there. */
Test(outfile, rename_fails)
{
    char path[PATH_SIZE];
    struct seen seen;
    struct mr_writer *writer = open_writer(&seen);

    begin_table(writer, &one);
    begin_table(writer, &two);
    cr_assert_eq(mr_writer_file(writer, "manifest.json", "{}", 2), MR_OK);
    cr_assert_eq(mkdir(path_of(path, "TWO.csv"), 0700), 0);
    cr_assert_eq(mr_writer_finish(writer), MR_FATAL);
    expect_message(&seen, MR_MSG_OUTPUT_PLACE, "TWO.csv", EISDIR);
    expect_file("ONE.csv", "A\n");
    cr_assert_not(exists("manifest.json"));
    cr_assert_eq(count_names(true), 0);
}

/* A number that was a process's and is one no more. */
static pid_t dead_process(void)
{
    pid_t pid = fork();

    cr_assert(pid >= 0);
    if (pid == 0)
        _exit(0);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    return pid;
}

Test(outfile, leftovers_are_recognised)
{
    const long dead = dead_process();
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
    char path[PATH_SIZE];
    struct seen seen;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(name, sizeof name, rows[i].format, rows[i].pid);
        put_file(name, "");
    }
    snprintf(name, sizeof name, ".LINK.csv.%ld-0.mrtmp", dead);
    cr_assert_eq(symlink("somewhere", path_of(path, name)), 0);
    mr_writer_abandon(open_writer(&seen));
    cr_assert(exists(name));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(name, sizeof name, rows[i].format, rows[i].pid);
        cr_assert_eq(exists(name), rows[i].stays, "%s", name);
    }
    cr_assert_eq(seen.count, 1);
    cr_assert_eq(seen.id, MR_MSG_OUTPUT_LEFTOVER);
    cr_assert_str_eq(seen.detail, "3");
    cr_assert_eq(seen.log.code, 0);
}

/* Another run, perhaps on another machine, whose process numbers mean nothing here: hands off. */
Test(outfile, leftovers_stay_while_another_run_writes)
{
    char name[NAME_SIZE];
    struct seen other;
    struct seen seen;
    struct mr_writer *running = open_writer(&other);
    struct mr_writer *writer;

    snprintf(name, sizeof name, ".ONE.csv.%ld-0.mrtmp", (long)dead_process());
    put_file(name, "");
    begin_table(running, &two);
    writer = open_writer(&seen);
    cr_assert(exists(name));
    cr_assert_eq(seen.count, 0);
    mr_writer_abandon(writer);
    cr_assert_eq(mr_writer_finish(running), MR_OK);
    mr_writer_abandon(open_writer(&seen));
    cr_assert_not(exists(name));
    cr_assert_eq(seen.count, 1);
}

Test(outfile, killed_run_leaves_old_files)
{
    struct seen seen;
    pid_t pid;
    int status;

    put_file("ONE.csv", "old");
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
    expect_file("ONE.csv", "old");
    cr_assert_eq(count_names(true), 1);
    mr_writer_abandon(open_writer(&seen));
    cr_assert_eq(count_names(true), 0);
    cr_assert_eq(seen.id, MR_MSG_OUTPUT_LEFTOVER);
    expect_file("ONE.csv", "old");
}

static char pattern(size_t position)
{
    return (char)(position * 31 + position / 251);
}

/* Texts of many sizes one after the other, put whole or into reserved room: the file is their sum. */
Test(outfile, bytes_arrive_in_order)
{
    static char chunk[3 * MR_OUTFILE_RESERVE_MAX + 1];
    const size_t sizes[] = {0, 1, 100, MR_OUTFILE_RESERVE_MAX - 1, MR_OUTFILE_RESERVE_MAX,
                            MR_OUTFILE_RESERVE_MAX + 1, sizeof chunk, 7};
    struct mr_outfolder out;
    struct mr_outfile file;
    char path[PATH_SIZE];
    size_t total = 0;
    FILE *stream;

    cr_assert_eq(mr_outfolder_open(&out, folder, NULL), MR_OK);
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
    cr_assert_eq(mr_outfile_place(&file), MR_FATAL, "only a sealed file may be placed");
    cr_assert_eq(mr_outfile_seal(&file), MR_OK);
    cr_assert_not(exists("bytes"));
    cr_assert_eq(mr_outfile_place(&file), MR_OK);
    mr_outfile_discard(&file);
    cr_assert_eq(mr_outfolder_sync(&out), MR_OK);
    mr_outfolder_close(&out);
    stream = fopen(path_of(path, "bytes"), "r");
    cr_assert_not_null(stream);
    for (size_t i = 0; i < total; i++)
        cr_assert_eq((char)getc(stream), pattern(i), "byte %zu", i);
    cr_assert_eq(getc(stream), EOF);
    fclose(stream);
}

/* The descriptors of a run must not get into programs that exits or the host may start. */
Test(outfile, descriptors_close_on_exec)
{
    struct mr_outfolder out;
    struct mr_outfile file;

    cr_assert_eq(mr_outfolder_open(&out, folder, NULL), MR_OK);
    cr_assert_eq(mr_outfile_open(&file, &out, "file"), MR_OK);
    cr_assert(fcntl(out.fd, F_GETFD) & FD_CLOEXEC);
    cr_assert(fcntl(file.fd, F_GETFD) & FD_CLOEXEC);
    mr_outfile_discard(&file);
    mr_outfolder_close(&out);
    cr_assert_eq(count_names(true), 0);
}

/* Let what the file writes go to another descriptor, which is used up. */
static void divert(struct mr_outfile *file, int fd)
{
    cr_assert(fd >= 0);
    cr_assert_eq(dup2(fd, file->fd), file->fd);
    close(fd);
}

static const char zeros[2 * MR_OUTFILE_RESERVE_MAX];

Test(outfile, full_disk)
{
    struct seen seen = {.log = {.sink = keep_message, .context = &seen}};
    struct mr_outfolder out;
    struct mr_outfile file;
    struct mr_outfile other;

    cr_assert_eq(mr_outfolder_open(&out, folder, &seen.log), MR_OK);
    cr_assert_eq(mr_outfile_open(&other, &out, "other"), MR_OK);
    cr_assert_eq(mr_outfile_open(&file, &out, "file"), MR_OK);
    divert(&file, open("/dev/full", O_WRONLY | O_CLOEXEC));
    cr_assert_eq(mr_outfile_put(&file, "x", 1), MR_OK);
    cr_assert_eq(mr_outfile_flush(&file), MR_FATAL);
    expect_message(&seen, MR_MSG_OUTPUT_WRITE, "file", ENOSPC);
    cr_assert_eq(mr_outfile_put(&other, zeros, sizeof zeros), MR_FATAL);
    cr_assert_eq(mr_outfile_status(&other), MR_FATAL);
    for (unsigned i = 0; i < 10; i++)
        mr_outfile_commit(&other, mr_outfile_reserve(&other, MR_OUTFILE_RESERVE_MAX) + MR_OUTFILE_RESERVE_MAX);
    cr_assert_eq(mr_outfile_offset(&other), MR_OUTFILE_RESERVE_MAX, "what cannot be written is thrown away");
    cr_assert_eq(mr_outfile_seal(&file), MR_FATAL);
    cr_assert_eq(mr_outfile_seal(&other), MR_FATAL);
    cr_assert_eq(mr_outfile_place(&other), MR_FATAL);
    cr_assert_eq(seen.count, 1);
    mr_outfile_discard(&file);
    mr_outfile_discard(&other);
    mr_outfolder_close(&out);
    cr_assert_eq(count_names(false) + count_names(true), 0);
}

/* A pipe takes the bytes and cannot make them safe, like a disk that fails at the last moment. */
Test(outfile, fsync_fails)
{
    struct seen seen = {.log = {.sink = keep_message, .context = &seen}};
    struct mr_outfolder out;
    struct mr_outfile file;
    int ends[2];

    cr_assert_eq(mr_outfolder_open(&out, folder, &seen.log), MR_OK);
    cr_assert_eq(mr_outfile_open(&file, &out, "file"), MR_OK);
    cr_assert_eq(pipe(ends), 0);
    divert(&file, ends[1]);
    cr_assert_eq(mr_outfile_put(&file, "x", 1), MR_OK);
    cr_assert_eq(mr_outfile_seal(&file), MR_FATAL);
    expect_message(&seen, MR_MSG_OUTPUT_WRITE, "file", EINVAL);
    mr_outfile_discard(&file);
    mr_outfolder_close(&out);
    close(ends[0]);
    cr_assert_eq(count_names(false) + count_names(true), 0);
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
    const size_t total = 3 * MR_OUTFILE_RESERVE_MAX + 17;
    struct mr_outfolder out;
    struct mr_outfile file;
    int ends[2];
    int status;
    pid_t pid;

    cr_assert_eq(mr_outfolder_open(&out, folder, NULL), MR_OK);
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

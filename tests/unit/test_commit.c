/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a run take their places together or not at all, also where a run is killed while they do. */
#include "tests/unit/scratch.h"
#include "tests/unit/seen.h"
#include "writers/writer.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_SIZE 256

TestSuite(commit, .init = scratch_make, .fini = scratch_remove);

static const struct mr_column column = {"A", "", "", MR_CELL_UINT, 0};
static const struct mr_table_head one = {.name = "ONE", .title = "", .columns = &column, .column_count = 1};
static const struct mr_table_head two = {.name = "TWO", .title = "", .columns = &column, .column_count = 1};
static const struct mr_table_head three = {.name = "THREE", .title = "", .columns = &column, .column_count = 1};

static int open_writer(struct mr_writer **writer, struct seen *seen, enum mr_split split)
{
    const struct mr_writer_options options = {.folder = scratch, .split = split};

    *seen = (struct seen){.log = {.sink = seen_keep, .context = seen}};
    return mr_writer_open(writer, "csv", &options, &seen->log);
}

static void begin(struct mr_writer *writer, const struct mr_table_head *head)
{
    struct mr_writer_table *table;

    cr_assert_eq(mr_writer_begin(writer, head, &table), MR_OK);
}

static void put(const char *format, long pid, const char *text)
{
    char name[NAME_SIZE];

    snprintf(name, sizeof name, format, pid);
    scratch_put(name, text);
}

static bool has(const char *format, long pid)
{
    char name[NAME_SIZE];

    snprintf(name, sizeof name, format, pid);
    return scratch_has(name);
}

/* A list whose lines are a format with one process number. */
static void put_list(const char *lines, long pid)
{
    char text[1024], name[NAME_SIZE];
    size_t used = (size_t)snprintf(text, sizeof text, "monreduce 1\n");

    for (const char *p = lines; *p != '\0'; p++) {
        if (*p == '#')
            used += (size_t)snprintf(text + used, sizeof text - used, "%ld", pid);
        else
            text[used++] = *p;
    }
    text[used] = '\0';
    snprintf(name, sizeof name, ".commit.%ld-0.mrlist", pid);
    scratch_put(name, text);
}

/* The second of three cannot be placed: the first one's predecessor comes back, the new names go, nothing is left. */
Test(commit, failure_is_taken_back)
{
    char path[SCRATCH_PATH];
    struct seen seen;
    struct mr_writer *writer;

    scratch_put("ONE.csv", "old");
    scratch_put("GONE.csv", "old too");
    cr_assert_eq(open_writer(&writer, &seen, MR_SPLIT_NONE), MR_OK);
    begin(writer, &three);
    begin(writer, &one);
    begin(writer, &two);
    cr_assert_eq(mr_writer_file(writer, "manifest.json", "{}", 2), MR_OK);
    cr_assert_eq(mr_writer_remove(writer, "GONE.csv"), MR_OK);
    cr_assert_eq(mkdir(scratch_path(path, "TWO.csv"), 0700), 0);
    cr_assert_eq(mr_writer_finish(writer), MR_FATAL);
    seen_expect(&seen, MR_MSG_OUTPUT_PLACE, "TWO.csv", EISDIR);
    cr_assert_eq(seen.count, 1);
    scratch_expect("ONE.csv", "old");
    scratch_expect("GONE.csv", "old too");
    cr_assert_not(scratch_has("THREE.csv"));
    cr_assert_not(scratch_has("manifest.json"));
    cr_assert_eq(scratch_names(true), 0);
}

Test(commit, predecessors_go)
{
    char path[SCRATCH_PATH];
    struct seen seen;
    struct mr_writer *writer;

    scratch_put("GONE.csv", "old");
    cr_assert_eq(mkdir(scratch_path(path, "FOLDER.csv"), 0700), 0);
    cr_assert_eq(symlink("ONE.csv", scratch_path(path, "LINK.csv")), 0);
    cr_assert_eq(open_writer(&writer, &seen, MR_SPLIT_NONE), MR_OK);
    begin(writer, &one);
    cr_assert_eq(mr_writer_remove(writer, "GONE.csv"), MR_OK);
    cr_assert_eq(mr_writer_remove(writer, "FOLDER.csv"), MR_OK);
    cr_assert_eq(mr_writer_remove(writer, "LINK.csv"), MR_OK);
    cr_assert_eq(mr_writer_remove(writer, "NEVER.csv"), MR_OK);
    cr_assert(scratch_has("GONE.csv"));
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_not(scratch_has("GONE.csv"));
    cr_assert(scratch_has("FOLDER.csv") && scratch_has("LINK.csv"));
    scratch_expect("ONE.csv", "A\n");
    cr_assert_eq(scratch_names(true), 0);
}

/* Parts wait for the end of the run like everything else. */
Test(commit, parts_wait)
{
    static const struct mr_column columns[] = {{"SYSID", "", "", MR_CELL_TEXT, 0}, {"VMCINTTS", "", "", MR_CELL_TIME, 0}};
    static const struct mr_table_head head = {.name = "ONE", .title = "", .columns = columns, .column_count = 2};
    struct seen seen;
    struct mr_writer *writer;
    struct mr_writer_table *table;

    cr_assert_eq(open_writer(&writer, &seen, MR_SPLIT_HOUR), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &head, &table), MR_OK);
    for (int64_t hour = 0; hour < 2; hour++) {
        const struct mr_cell cells[] = {{.value.text = "S", .size = 1, .present = 1},
                                        {.value.i = hour * INT64_C(3600000000), .present = 1}};

        cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    }
    cr_assert_not(scratch_has("ONE/ONE_S_19700101T000000.csv"));
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    scratch_expect("ONE/ONE_S_19700101T000000.csv", "SYSID,VMCINTTS\nS,1970-01-01 00:00:00.000000\n");
    scratch_expect("ONE/ONE_S_19700101T010000.csv", "SYSID,VMCINTTS\nS,1970-01-01 01:00:00.000000\n");
}

/* Killed after the first of three files: the next run places the others, removes what was to go, and says so. */
Test(commit, killed_run_is_finished)
{
    const long dead = scratch_dead_process();
    char path[SCRATCH_PATH];
    struct seen seen;
    struct mr_writer *writer;

    scratch_put("ONE.csv", "new");
    put(".ONE.csv.%ld-1000.mrtmp", dead, "old");
    scratch_put("TWO.csv", "old");
    put(".TWO.csv.%ld-0.mrtmp", dead, "new");
    cr_assert_eq(mkdir(scratch_path(path, "SUB"), 0700), 0);
    put("SUB/.SUB_A.csv.%ld-0.mrtmp", dead, "new part");
    scratch_put("GONE.csv", "old");
    put_list("+.ONE.csv.#-0.mrtmp\n+.TWO.csv.#-0.mrtmp\n+SUB/.SUB_A.csv.#-0.mrtmp\n+NOT/.X.#-0.mrtmp\n-GONE.csv\n.\n", dead);
    cr_assert_eq(open_writer(&writer, &seen, MR_SPLIT_NONE), MR_OK);
    scratch_expect("ONE.csv", "new");
    scratch_expect("TWO.csv", "new");
    scratch_expect("SUB/SUB_A.csv", "new part");
    cr_assert_not(scratch_has("GONE.csv"));
    cr_assert_not(has(".commit.%ld-0.mrlist", dead));
    cr_assert_not(has(".ONE.csv.%ld-1000.mrtmp", dead));
    cr_assert_eq(seen.log.counts[MR_MSG_OUTPUT_RESUMED], 1);
    cr_assert_eq(seen.log.code, 0);
    mr_writer_abandon(writer);
}

/* A list of a process that exists is none of our business, even when the process is of another machine. */
Test(commit, list_of_a_living_process)
{
    struct seen seen;
    struct mr_writer *writer;

    put_list("-GONE.csv\n.\n", (long)getppid());
    scratch_put("GONE.csv", "old");
    cr_assert_eq(open_writer(&writer, &seen, MR_SPLIT_NONE), MR_OK);
    cr_assert(scratch_has("GONE.csv"));
    cr_assert(has(".commit.%ld-0.mrlist", (long)getppid()));
    mr_writer_abandon(writer);
}

/* Nothing is done by halves, and nothing that could leave the folder: the run ends, and says which list it is. */
Test(commit, lists_that_cannot_be_followed)
{
    static const char *const lists[] = {
        "+.ONE.csv.#-0.mrtmp\n",                          /* cut */
        "",                                               /* empty */
        "+.ONE.csv.#-0.mrtmp\n?strange\n.\n",             /* unknown */
        "+ONE.csv\n.\n",                                  /* no temporary name */
        "+../.ONE.csv.#-0.mrtmp\n.\n",                    /* out of the folder */
        "+LINK/.ONE.csv.#-0.mrtmp\n.\n",                  /* through a link */
        "+SUB/../.ONE.csv.#-0.mrtmp\n.\n",
        "+.ONE.csv.#-0.mrtmp\n+./.ONE.csv.#-0.mrtmp\n.\n",
    };
    char path[SCRATCH_PATH];

    cr_assert_eq(symlink("/tmp", scratch_path(path, "LINK")), 0);
    cr_assert_eq(mkdir(scratch_path(path, "SUB"), 0700), 0);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const long dead = scratch_dead_process();
        struct seen seen;
        struct mr_writer *writer;

        put_list(lists[i], dead);
        cr_assert_eq(open_writer(&writer, &seen, MR_SPLIT_NONE), MR_FATAL, "list %zu", i);
        cr_assert_eq(seen.id, MR_MSG_OUTPUT_UNDONE, "list %zu", i);
        cr_assert_eq(seen.log.code, 16);
        cr_assert(has(".commit.%ld-0.mrlist", dead));
        snprintf(path, sizeof path, "%s/.commit.%ld-0.mrlist", scratch, dead);
        cr_assert_eq(unlink(path), 0);
    }
}

/* A removal that leads elsewhere does nothing. */
Test(commit, removals_stay_in_the_folder)
{
    const long dead = scratch_dead_process();
    char path[SCRATCH_PATH];
    struct seen seen;
    struct mr_writer *writer;

    cr_assert_eq(mkdir(scratch_path(path, "SUB"), 0700), 0);
    cr_assert_eq(symlink("SUB", scratch_path(path, "LINK")), 0);
    scratch_put("SUB/kept", "kept");
    scratch_put("SUB/part", "goes");
    scratch_put(".hidden", "kept");
    put_list("-LINK/kept\n-SUB/../SUB/kept\n-../kept\n-.hidden\n-SUB\n-SUB/part\n.\n", dead);
    cr_assert_eq(open_writer(&writer, &seen, MR_SPLIT_NONE), MR_OK);
    scratch_expect("SUB/kept", "kept");
    scratch_expect(".hidden", "kept");
    cr_assert(!scratch_has("SUB/part"));
    mr_writer_abandon(writer);
}

/* The folder of a table's parts could be a link to anywhere. */
Test(commit, link_in_place_of_a_tables_folder)
{
    static const struct mr_column columns[] = {{"VMCINTTS", "", "", MR_CELL_TIME, 0}};
    static const struct mr_table_head head = {.name = "ONE", .title = "", .columns = columns, .column_count = 1};
    char path[SCRATCH_PATH], target[SCRATCH_PATH];
    struct seen seen;
    struct mr_writer *writer;
    struct mr_writer_table *table;

    cr_assert_eq(mkdir(scratch_path(target, "elsewhere"), 0700), 0);
    cr_assert_eq(symlink(target, scratch_path(path, "ONE")), 0);
    cr_assert_eq(open_writer(&writer, &seen, MR_SPLIT_DAY), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &head, &table), MR_FATAL);
    cr_assert_eq(seen.id, MR_MSG_OUTPUT_FOLDER);
    mr_writer_abandon(writer);
    cr_assert_eq(rmdir(target), 0);
}

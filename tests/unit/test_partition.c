/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions: names of folders, what a later run into the same folder replaces, and what it refuses. */
#include "tests/unit/scratch.h"
#include "writers/parts.h"
#include "writers/writer.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOUR (INT64_C(3600) * 1000000)
#define DAY (24 * HOUR)
#define NOON (INT64_C(20000) * DAY + 12 * HOUR) /* 2024-10-04 12:00 */
#define PLACE "TABLE/SYSID=A/DATE=2024-10-04/"

TestSuite(partition, .init = scratch_make, .fini = scratch_remove);

static const struct mr_column columns[] = {
    {"SYSID", "", "", MR_CELL_TEXT, 8},
    {"VMCINTTS", "", "UTC", MR_CELL_TIME, 0},
    {"N", "", "count", MR_CELL_UINT, 8},
};

static const struct mr_table_head head = {.name = "TABLE", .title = "", .columns = columns, .column_count = 3};

static struct mr_writer *open_with(const char *format, const struct mr_writer_options *options,
                                   struct mr_writer_table **table, struct mr_log *log)
{
    struct mr_writer *writer;

    if (mr_writer_open(&writer, format, options, log) != MR_OK)
        return NULL;
    cr_assert_eq(mr_writer_begin(writer, &head, table), MR_OK);
    return writer;
}

static void put(struct mr_writer_table *table, const char *sysid, int64_t start)
{
    const struct mr_cell cells[] = {{.value.text = sysid, .size = (uint32_t)strlen(sysid), .present = 1},
                                    {.value.i = start, .present = 1},
                                    {.value.u = 1, .present = 1}};

    cr_assert_eq(mr_writer_row(table, cells), MR_OK);
}

/* A run with so many rows of system A from noon on, a second apart, then one of B and one of A again. */
static void run(const struct mr_writer_options *options, unsigned rows, bool again, struct mr_log *log)
{
    struct mr_writer_table *table;
    struct mr_writer *writer = open_with("parquet", options, &table, log);

    cr_assert_not_null(writer);
    for (unsigned i = 0; i < rows; i++)
        put(table, "A", NOON + i);
    if (again) {
        put(table, "B", NOON);
        put(table, "A", NOON + rows);
    }
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
}

/* As Hive names folders: what it encodes, hex digits in upper case; characters beyond ASCII as they are. */
Test(partition, folders)
{
    static const struct {
        const char *text, *folder;
    } rows[] = {
        {"VMDEMO", "SYSID=VMDEMO"},          {"A/B=C%", "SYSID=A%2FB%3DC%25"},
        {"", "SYSID=__HIVE_DEFAULT_PARTITION__"}, {"..", "SYSID=.."},
        {"A#@$B", "SYSID=A%23@$B"},          {"\x01:\\*?\"'[]{}^", "SYSID=%01%3A%5C%2A%3F%22%27%5B%5D%7B%7D%5E"},
        {"B\xC3\x84R", "SYSID=B\xC3\x84R"},  {"A B", "SYSID=A%20B"},
    };
    char folder[MR_PARTS_FOLDER_MAX], date[MR_PARTITION_DATE_MAX];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        mr_partition_folder(folder, "SYSID", rows[i].text, (uint32_t)strlen(rows[i].text));
        cr_assert_str_eq(folder, rows[i].folder);
    }
    mr_partition_date(date, "20241004T120000", true);
    cr_assert_str_eq(date, "DATE=2024-10-04");
    mr_partition_date(date, "19700101T000000", false);
    cr_assert_str_eq(date, "DATE=__HIVE_DEFAULT_PARTITION__");
}

/* The numbers of files: those that are remembered, those that are new, and those of which nothing is known any more. */
Test(partition, parts_remembered)
{
    struct mr_parts parts;
    struct mr_part part;
    struct mr_cell cells[] = {{.value.text = "A", .size = 1, .present = 1}, {.present = 1}, {.present = 0}};

    mr_parts_open(&parts, &head, MR_SPLIT_HOUR);
    for (int i = 0; i < 100; i++) {
        cells[1].value.i = NOON + i * HOUR;
        cr_assert_eq(mr_parts_next(&parts, cells, 0, &part), MR_OK);
        cr_assert_eq(part.number, 1, "part %d is new", i);
    }
    cr_assert_eq(mr_parts_next(&parts, cells, 0, &part), MR_OK);
    cr_assert_eq(part.number, 2, "the same again");
    cells[1].value.i = NOON + 40 * HOUR;
    cr_assert_eq(mr_parts_next(&parts, cells, 0, &part), MR_OK);
    cr_assert_eq(part.number, 2, "60 parts later it is remembered");
    cells[1].value.i = NOON + 20 * HOUR;
    cr_assert_eq(mr_parts_next(&parts, cells, 0, &part), MR_OK);
    cr_assert_eq(part.number, 0, "80 parts later it is not");
    cells[1].value.i = NOON - HOUR;
    cr_assert_eq(mr_parts_next(&parts, cells, 0, &part), MR_OK);
    cr_assert_eq(part.number, 1, "before all others there was none");
    cr_assert_str_eq(part.name, "TABLE_A_20241004T110000");
    cr_assert_str_eq(part.sysid, "SYSID=A");
    cr_assert_str_eq(part.date, "DATE=2024-10-04");
    mr_parts_close(&parts);
}

/* What an earlier run wrote for the same day goes, all files of it; other days and systems stay. */
Test(partition, rerun_replaces)
{
    struct mr_writer_options options = {.folder = scratch, .partition = true};
    struct mr_log log = {0};
    off_t size;

    run(&options, 1000, true, &log);
    size = scratch_size(PLACE "TABLE_A_20241004T000000.parquet");
    cr_assert_gt(size, 0);
    cr_assert_gt(scratch_size(PLACE "TABLE_A_20241004T000000_2.parquet"), 0);
    cr_assert_gt(scratch_size("TABLE/SYSID=B/DATE=2024-10-04/TABLE_B_20241004T000000.parquet"), 0);
    run(&options, 1000, true, &log);
    cr_assert_eq(scratch_size(PLACE "TABLE_A_20241004T000000.parquet"), size);
    cr_assert_gt(scratch_size(PLACE "TABLE_A_20241004T000000_2.parquet"), 0);
    cr_assert_eq(log.code, 0, "the same again is nothing to warn of");
    run(&options, 2000, false, &log);
    cr_assert_gt(scratch_size(PLACE "TABLE_A_20241004T000000.parquet"), size);
    cr_assert_eq(scratch_size(PLACE "TABLE_A_20241004T000000_2.parquet"), -1, "it would be read besides");
    cr_assert_gt(scratch_size("TABLE/SYSID=B/DATE=2024-10-04/TABLE_B_20241004T000000.parquet"), 0);
    cr_assert_eq(log.code, 0);
}

Test(partition, smaller_part_is_said)
{
    struct mr_writer_options options = {.folder = scratch, .partition = true};
    struct mr_log log = {0};

    run(&options, 1000, false, &log);
    run(&options, 10, false, &log);
    cr_assert_eq(log.counts[MR_MSG_OUTPUT_SMALLER], 1);
    cr_assert_eq(log.code, 4);
}

/* Files of a part that this run no longer remembers must not be lost: the number that is free is taken. */
Test(partition, late_rows_do_not_replace)
{
    struct mr_writer_options options = {.folder = scratch, .partition = true, .split = MR_SPLIT_HOUR};
    struct mr_writer_table *table;
    struct mr_writer *writer = open_with("parquet", &options, &table, NULL);

    for (int i = 0; i < 100; i++)
        put(table, "A", NOON + i * HOUR);
    put(table, "A", NOON);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_gt(scratch_size(PLACE "TABLE_A_20241004T120000.parquet"), 0);
    cr_assert_gt(scratch_size(PLACE "TABLE_A_20241004T120000_2.parquet"), 0);
    cr_assert_eq(scratch_size(PLACE "TABLE_A_20241004T130000_2.parquet"), -1);
}

/* Every way to lay out parts, one after the other into the same folder: only the first one may go on. */
Test(partition, other_layouts_are_refused)
{
    static const struct mr_writer_options all[] = {
        {.split = MR_SPLIT_NONE},
        {.split = MR_SPLIT_DAY},
        {.split = MR_SPLIT_HOUR},
        {.split = MR_SPLIT_INTERVAL},
        {.partition = true},
        {.partition = true, .split = MR_SPLIT_HOUR},
    };

    for (size_t first = 1; first < sizeof all / sizeof *all; first++) {
        struct mr_writer_options options = all[first];

        scratch_remove();
        scratch_make();
        options.folder = scratch;
        run(&options, 3, false, NULL);
        for (size_t next = 0; next < sizeof all / sizeof *all; next++) {
            struct mr_log log = {0};
            struct mr_writer_table *table;
            struct mr_writer *writer;

            options = all[next];
            options.folder = scratch;
            /* Names of days, hours and intervals can be equal: then only the account of the run before tells. */
            options.relaid = next != first;
            writer = open_with("parquet", &options, &table, &log);
            cr_assert_eq(writer != NULL, next == first, "%zu after %zu", next, first);
            cr_assert_eq(log.counts[MR_MSG_OUTPUT_LAYOUT], next != first);
            mr_writer_abandon(writer);
        }
    }
}

/* Where the names tell, nothing else is needed. */
Test(partition, layouts_told_by_names)
{
    struct mr_writer_options options = {.folder = scratch, .split = MR_SPLIT_INTERVAL};
    struct mr_writer_table *table;
    struct mr_writer *writer = open_with("csv", &options, &table, NULL);
    struct mr_log log = {0};

    put(table, "A", NOON + 60000000);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    options.split = MR_SPLIT_HOUR;
    cr_assert_null(open_with("csv", &options, &table, &log), "12:01 is no hour");
    options.split = MR_SPLIT_DAY;
    cr_assert_null(open_with("csv", &options, &table, &log));
    options.split = MR_SPLIT_NONE;
    cr_assert_null(open_with("csv", &options, &table, &log));
    options = (struct mr_writer_options){.folder = scratch, .split = MR_SPLIT_INTERVAL, .gzip = true};
    cr_assert_null(open_with("csv", &options, &table, &log), "plain and compressed are the same data twice");
    cr_assert_eq(log.counts[MR_MSG_OUTPUT_LAYOUT], 4);
    writer = open_with("ndjson", &options, &table, &log);
    cr_assert_not_null(writer, "another format is no business of this one");
    mr_writer_abandon(writer);
}

/* A file of the user's that only looks a little like a part. */
Test(partition, other_files_do_not_matter)
{
    struct mr_writer_options options = {.folder = scratch};
    static const char *const names[] = {"TABLE_A_20241004.csv", "TABLE_notes.csv", "OTHER_A_20241004T120000.csv",
                                        "TABLE_A_20241004T120000.txt", "TABLE_A_2024100xT120000.csv"};
    struct mr_writer_table *table;
    struct mr_writer *writer;
    char path[300];

    snprintf(path, sizeof path, "%s/TABLE", scratch);
    cr_assert_eq(mkdir(path, 0700), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        FILE *file;

        snprintf(path, sizeof path, "%s/TABLE/%s", scratch, names[i]);
        file = fopen(path, "w");
        cr_assert_not_null(file);
        fclose(file);
    }
    writer = open_with("csv", &options, &table, NULL);
    cr_assert_not_null(writer);
    mr_writer_abandon(writer);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite: types and values as the library gives them back; a file that is complete or not there. */
#include "writers/writer.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/test-sqlite-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void)
{
    char path[512];
    DIR *list = opendir(folder);
    const struct dirent *entry;

    while (list != NULL && (entry = readdir(list)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    if (list != NULL)
        closedir(list);
    rmdir(folder);
}

TestSuite(sqlite, .init = make_folder, .fini = remove_folder);

static const uint8_t bytes[] = {0x0A, 0x42};

static const struct mr_column columns[] = {
    {"MTRSYS_SYSID", "Name of the system", "", MR_CELL_TEXT, 8},
    {"U", "", "count", MR_CELL_UINT, 8},
    {"I", "", "count", MR_CELL_INT, 4},
    {"S", "", "s", MR_CELL_SECONDS, 8},
    {"T", "", "UTC", MR_CELL_TIME, 8},
    {"R", "", "%", MR_CELL_REAL, 0},
    {"H", "", "", MR_CELL_HEX, 2},
    {"D", "", "", MR_CELL_DIGITS, 2},
};

#define COLUMNS (sizeof columns / sizeof *columns)

static const struct mr_table_head head = {
    .name = "TABLE", .title = "Title", .columns = columns, .column_count = COLUMNS};

/* One row with a value in every cell, one with none. */
static void write_rows(struct mr_writer_table *table)
{
    static const char text[] = "A\"\\\x01\xC3\xA4";
    const struct mr_cell cells[COLUMNS] = {
        {.value.text = text, .size = sizeof text - 1, .present = 1},
        {.value.u = UINT64_MAX, .present = 1},
        {.value.i = -5, .present = 1},
        {.value.i = -1500000, .present = 1},
        {.value.i = 1, .present = 1},
        {.value.d = 0.25, .present = 1},
        {.value.bytes = bytes, .size = 2, .present = 1},
        {.value.bytes = bytes, .size = 2, .present = 1},
    };
    const struct mr_cell none[COLUMNS] = {{.present = 0}};

    cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    cr_assert_eq(mr_writer_row(table, none), MR_OK);
}

static struct mr_writer *open_table(struct mr_writer_table **table, struct mr_log *log)
{
    const struct mr_writer_options options = {.folder = folder};
    struct mr_writer *writer;

    cr_assert_eq(mr_writer_open(&writer, "sqlite", &options, log), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &head, table), MR_OK);
    return writer;
}

static int names_left(void)
{
    DIR *list = opendir(folder);
    int count = -2;

    while (readdir(list) != NULL)
        count++;
    closedir(list);
    return count;
}

Test(sqlite, cells)
{
    static const int types[] = {SQLITE_TEXT, SQLITE_NULL,  SQLITE_INTEGER, SQLITE_FLOAT,
                                SQLITE_TEXT, SQLITE_FLOAT, SQLITE_TEXT,    SQLITE_TEXT};
    struct mr_log log = {0};
    struct mr_writer_table *table;
    struct mr_writer *writer = open_table(&table, &log);
    sqlite3_stmt *query;
    char path[128];
    sqlite3 *db;

    snprintf(path, sizeof path, "%s/monreduce.db", folder);
    write_rows(table);
    cr_assert_neq(access(path, F_OK), 0, "not before it is complete");
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_eq(names_left(), 1, "no log is left beside it");
    cr_assert_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(db, "SELECT * FROM \"TABLE\"", -1, &query, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_step(query), SQLITE_ROW);
    for (int c = 0; c < (int)COLUMNS; c++)
        cr_assert_eq(sqlite3_column_type(query, c), types[c], "column %d", c);
    cr_assert_eq(log.counts[MR_MSG_OUTPUT_CUT], 1, "a number that would be rounded is blank, and that is said");
    cr_assert_eq(sqlite3_column_double(query, 3), -1.5);
    cr_assert_str_eq((const char *)sqlite3_column_text(query, 4), "1970-01-01 00:00:00.000001");
    cr_assert_str_eq((const char *)sqlite3_column_text(query, 6), "0x0A42");
    cr_assert_str_eq((const char *)sqlite3_column_text(query, 7), "0A42");
    cr_assert_eq(sqlite3_step(query), SQLITE_ROW);
    for (int c = 0; c < (int)COLUMNS; c++)
        cr_assert_eq(sqlite3_column_type(query, c), SQLITE_NULL);
    cr_assert_eq(sqlite3_step(query), SQLITE_DONE);
    sqlite3_finalize(query);
    sqlite3_close(db);
}

Test(sqlite, abandoned)
{
    struct mr_writer_table *table;
    struct mr_writer *writer = open_table(&table, NULL);

    write_rows(table);
    mr_writer_abandon(writer);
    cr_assert_eq(names_left(), 0);
}

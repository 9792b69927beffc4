/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite: types and values as the library gives them back; a file that is complete or not there. */
#include "tests/unit/scratch.h"
#include "tests/unit/typed_table.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

TestSuite(sqlite, .init = scratch_make, .fini = scratch_remove);

static int names_left(void)
{
    DIR *list = opendir(scratch);
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
    struct mr_writer *writer = typed_open("sqlite", &table, &log);
    sqlite3_stmt *query;
    char path[128];
    sqlite3 *db;

    snprintf(path, sizeof path, "%s/monreduce.db", scratch);
    typed_rows(table, UINT64_MAX);
    cr_assert_neq(access(path, F_OK), 0, "not before it is complete");
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_eq(names_left(), 1, "no log is left beside it");
    cr_assert_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(db, "SELECT * FROM \"TABLE\"", -1, &query, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_step(query), SQLITE_ROW);
    for (int c = 0; c < (int)TYPED_COLUMNS; c++)
        cr_assert_eq(sqlite3_column_type(query, c), types[c], "column %d", c);
    cr_assert_eq(log.counts[MR_MSG_OUTPUT_CUT], 1, "a number that would be rounded is blank, and that is said");
    cr_assert_eq(sqlite3_column_double(query, 3), -1.5);
    cr_assert_str_eq((const char *)sqlite3_column_text(query, 4), "1970-01-01 00:00:00.000001");
    cr_assert_str_eq((const char *)sqlite3_column_text(query, 6), "0x0A42");
    cr_assert_str_eq((const char *)sqlite3_column_text(query, 7), "0A42");
    cr_assert_eq(sqlite3_step(query), SQLITE_ROW);
    for (int c = 0; c < (int)TYPED_COLUMNS; c++)
        cr_assert_eq(sqlite3_column_type(query, c), SQLITE_NULL);
    cr_assert_eq(sqlite3_step(query), SQLITE_DONE);
    sqlite3_finalize(query);
    sqlite3_close(db);
}

Test(sqlite, abandoned)
{
    struct mr_writer_table *table;
    struct mr_writer *writer = typed_open("sqlite", &table, NULL);

    typed_rows(table, UINT64_MAX);
    mr_writer_abandon(writer);
    cr_assert_eq(names_left(), 0);
}

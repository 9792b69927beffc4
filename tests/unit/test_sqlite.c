/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite: types and values as the library gives them back; a file that is complete or not there. */
#include "tests/unit/scratch.h"
#include "tests/unit/typed_table.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

TestSuite(sqlite, .init = scratch_make, .fini = scratch_remove);

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
    cr_assert_eq(scratch_all_names(), 1, "no log is left beside it");
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
    cr_assert_eq(scratch_all_names(), 0);
}

/*
 * Transactions that the write-ahead log holds: a header of 32 bytes, then frames of 24 bytes and a page, and the second
 * word of a frame is not zero where a transaction ends (the SQLite file format, section 4).
 */
static int transactions(void)
{
    DIR *list = opendir(scratch);
    const struct dirent *entry;
    uint8_t head[32], frame[24];
    char path[512] = "";
    uint32_t page;
    int count = 0;
    FILE *log;

    while ((entry = readdir(list)) != NULL) {
        if (strstr(entry->d_name, "-wal") != NULL)
            snprintf(path, sizeof path, "%s/%s", scratch, entry->d_name);
    }
    closedir(list);
    log = fopen(path, "rb");
    if (log == NULL || fread(head, 1, sizeof head, log) != sizeof head) {
        if (log != NULL)
            fclose(log);
        return 0;
    }
    page = (uint32_t)head[8] << 24 | (uint32_t)head[9] << 16 | (uint32_t)head[10] << 8 | head[11];
    while (fread(frame, 1, sizeof frame, log) == sizeof frame) {
        count += (frame[4] | frame[5] | frame[6] | frame[7]) != 0;
        cr_assert_eq(fseek(log, (long)page, SEEK_CUR), 0);
    }
    fclose(log);
    return count;
}

/* However many rows an interval has, they become visible together; and those of the next one do not go with them. */
Test(sqlite, one_transaction_an_interval)
{
    static const struct mr_column columns[] = {{"VMCINTTS", "", "UTC", MR_CELL_TIME, 0},
                                               {"N", "", "count", MR_CELL_UINT, 8}};
    static const struct mr_table_head heads[] = {
        {.name = "ONE", .title = "", .columns = columns, .column_count = 2},
        {.name = "TWO", .title = "", .columns = columns, .column_count = 2},
    };
    const struct mr_writer_options options = {.folder = scratch};
    struct mr_writer_table *one, *two;
    struct mr_writer *writer;
    cr_assert_eq(mr_writer_open(&writer, "sqlite", &options, NULL), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &heads[0], &one), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &heads[1], &two), MR_OK);
    for (int interval = 1; interval <= 3; interval++) {
        for (unsigned i = 0; i < 30000; i++) {
            const struct mr_cell cells[] = {{.value.i = interval * 60000000, .present = i % 2},
                                            {.value.u = i, .present = 1}};

            cr_assert_eq(mr_writer_row(i % 3 == 0 ? one : two, cells), MR_OK);
        }
        cr_assert_eq(transactions(), interval - 1, "interval %d", interval);
    }
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_eq(scratch_all_names(), 1);
}

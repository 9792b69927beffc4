/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parquet: the encoding of its structures, row groups as memory allows, and values that do not fit.  What the files
 * hold is read back by readers of their own in the command tests.
 */
#include "tests/unit/scratch.h"
#include "writers/parquet.h"
#include "writers/writer.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(parquet, .init = scratch_make, .fini = scratch_remove);

Test(parquet, structures)
{
    static const uint8_t expected[] = {
        0x15, 0x01,             /* field 1, I32 -1 */
        0x11,                   /* field 2, true */
        0x28, 2,    'a',  'b',  /* field 4, binary */
        0x05, 0x28, 0xD8, 0x04, /* field 20: too far for a step; I32 300 */
        0x19, 0x15, 0x06,       /* field 21, list of one I32: 3 */
        0x1C, 0x16, 0x00, 0x00, /* field 22, structure with field 1, I64 0; its end */
        0x00,
    };
    struct mr_bytes bytes = {0};
    struct mr_thrift t = {.out = &bytes};

    mr_thrift_i32(&t, 1, -1);
    mr_thrift_bool(&t, 2, true);
    mr_thrift_text(&t, 4, "ab");
    mr_thrift_i32(&t, 20, 300);
    mr_thrift_list(&t, 21, MR_THRIFT_I32, 1);
    mr_thrift_element_i32(&t, 3);
    mr_thrift_begin(&t, 22);
    mr_thrift_i64(&t, 1, 0);
    mr_thrift_end(&t);
    mr_thrift_end(&t);
    cr_assert_not(bytes.failed);
    cr_assert_eq(bytes.used, sizeof expected);
    cr_assert_eq(memcmp(bytes.data, expected, sizeof expected), 0);
    free(bytes.data);
}

static const struct mr_column columns[] = {
    {"SMALL", "", "", MR_CELL_UINT, 2},
    {"WORD", "", "", MR_CELL_TEXT, 8},
    {"BIG", "", "", MR_CELL_UINT, 4},
};

static const struct mr_table_head head = {.name = "TABLE", .title = "", .columns = columns, .column_count = 3};

static struct mr_writer *open_table(struct mr_writer_table **table, struct mr_log *log)
{
    const struct mr_writer_options options = {.folder = scratch};
    struct mr_writer *writer;

    cr_assert_eq(mr_writer_open(&writer, "parquet", &options, log), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &head, table), MR_OK);
    return writer;
}

static off_t size_of(const char *name)
{
    char path[128];
    struct stat st;

    snprintf(path, sizeof path, "%s/%s", scratch, name);
    return stat(path, &st) == 0 ? st.st_size : -1;
}

/* An exit may have made a value larger than the field could hold: blank and said, not another number. */
Test(parquet, values_that_do_not_fit)
{
    struct mr_log log = {0};
    struct mr_writer_table *table;
    struct mr_writer *writer = open_table(&table, &log);
    struct mr_cell cells[] = {{.value.u = 65535, .present = 1},
                              {.value.text = "x", .size = 1, .present = 1},
                              {.value.u = INT64_MAX, .present = 1}};

    cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    cr_assert_eq(log.code, 0);
    cells[0].value.u = (uint64_t)INT32_MAX + 1;
    cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    cells[2].value.u = UINT64_MAX;
    cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    cr_assert_eq(log.counts[MR_MSG_OUTPUT_CUT], 1, "said once a file");
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_gt(size_of("TABLE.parquet"), 12);
}

/* Texts that never come again: memory stays bounded, for what is full is written. */
Test(parquet, many_texts)
{
    struct mr_log log = {0};
    struct mr_writer_table *table;
    struct mr_writer *writer = open_table(&table, &log);
    char text[201];
    struct mr_cell cells[] = {{.present = 0}, {.value.text = text, .size = 200, .present = 1}, {.present = 0}};

    memset(text, 'x', sizeof text);
    for (unsigned i = 0; i < 60000; i++) {
        snprintf(text, sizeof text, "%08u", i);
        text[8] = 'x';
        cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    }
    cr_assert_eq(mr_writer_rows(table), 60000);
    cr_assert_eq(size_of("TABLE.parquet"), -1, "not before it is complete");
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_gt(size_of("TABLE.parquet"), 60000 * 200);
    cr_assert_eq(log.code, 0);
}

Test(parquet, abandoned)
{
    struct mr_writer_table *table;
    struct mr_writer *writer = open_table(&table, NULL);
    const struct mr_cell cells[3] = {{.present = 0}, {.present = 0}, {.present = 0}};

    cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    mr_writer_abandon(writer);
    cr_assert_eq(size_of("TABLE.parquet"), -1);
    cr_assert_eq(rmdir(scratch), 0, "nothing is left");
}

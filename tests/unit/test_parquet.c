/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parquet: the encoding of its structures, row groups as memory allows, and values that do not fit.  What the files
 * hold is read back by readers of their own in the command tests.
 */
#include "tests/unit/scratch.h"
#include "writers/parquet.h"
#include "writers/outfolder.h"
#include "writers/writer.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
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
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_eq(log.counts[MR_MSG_OUTPUT_CUT], 1, "said once a file");
    cr_assert_gt(scratch_size("TABLE.parquet"), 12);
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
    cr_assert_eq(scratch_size("TABLE.parquet"), -1, "not before it is complete");
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_gt(scratch_size("TABLE.parquet"), 60000 * 200);
    cr_assert_eq(log.code, 0);
}

Test(parquet, abandoned)
{
    struct mr_writer_table *table;
    struct mr_writer *writer = open_table(&table, NULL);
    const struct mr_cell cells[3] = {{.present = 0}, {.present = 0}, {.present = 0}};

    cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    mr_writer_abandon(writer);
    cr_assert_eq(scratch_size("TABLE.parquet"), -1);
    cr_assert_eq(rmdir(scratch), 0, "nothing is left");
}

/* A table with a small share of the data has small row groups: what the footer says of them waits on the disk. */
static struct mr_writer *many_groups(struct mr_writer_table **table, struct mr_log *log)
{
    struct mr_writer *writer = open_table(table, log);

    mr_writer_input(writer, UINT64_C(1) << 50);
    return writer;
}

/* Every row group is in the footer, which is as long as the file says at its end. */
Test(parquet, footer_from_the_disk)
{
    const struct mr_cell cells[3] = {{.present = 0}, {.present = 0}, {.present = 0}};
    struct mr_writer_table *table;
    struct mr_writer *writer = many_groups(&table, NULL);
    uint8_t tail[8];
    uint32_t footer;
    char path[128];
    FILE *file;

    for (unsigned i = 0; i < 64 * 2000; i++)
        cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    cr_assert_eq(scratch_all_names(), 1, "what waits has no name");
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    snprintf(path, sizeof path, "%s/TABLE.parquet", scratch);
    file = fopen(path, "rb");
    cr_assert_not_null(file);
    cr_assert_eq(fseek(file, -8, SEEK_END), 0);
    cr_assert_eq(fread(tail, 1, 8, file), 8);
    footer = tail[0] | (uint32_t)tail[1] << 8 | (uint32_t)tail[2] << 16 | (uint32_t)tail[3] << 24;
    cr_assert_eq(memcmp(tail + 4, "PAR1", 4), 0);
    cr_assert_gt(footer, 3 * 65536);
    cr_assert_eq(fseek(file, -8 - (long)footer, SEEK_END), 0);
    cr_assert_eq(fread(tail, 1, 2, file), 2);
    cr_assert(tail[0] == 0x15 && tail[1] == 0x04, "the footer begins where it should: field 1, version 2");
    fclose(file);
}

/* No room on the disk for it: the run fails with the one message, and nothing has its name. */
Test(parquet, no_room_for_the_footer)
{
    const struct rlimit limit = {.rlim_cur = 100000, .rlim_max = RLIM_INFINITY};
    const struct mr_cell cells[3] = {{.present = 0}, {.present = 0}, {.present = 0}};
    struct mr_log log = {0};
    struct mr_writer_table *table;
    struct mr_writer *writer = many_groups(&table, &log);
    int status = MR_OK;

    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    for (unsigned i = 0; i < 64 * 2000 && status == MR_OK; i++)
        status = mr_writer_row(table, cells);
    cr_assert_eq(status, MR_FATAL);
    cr_assert_eq(log.counts[MR_MSG_OUTPUT_WRITE], 1);
    cr_assert_eq(mr_writer_finish(writer), MR_FATAL);
    cr_assert_eq(scratch_all_names(), 0);
}

/* A part that has become large ends with an interval, and goes on in another file. */
Test(parquet, large_parts)
{
    static const struct mr_column wide[] = {{"VMCINTTS", "", "UTC", MR_CELL_TIME, 0},
                                            {"WORD", "", "", MR_CELL_TEXT, 255}};
    static const struct mr_table_head two = {.name = "TABLE", .title = "", .columns = wide, .column_count = 2};
    const struct mr_writer_options options = {.folder = scratch, .split = MR_SPLIT_DAY};
    const char *first = "TABLE/TABLE__19700101T000000.parquet", *next = "TABLE/TABLE__19700101T000000_2.parquet";
    struct mr_writer_table *table;
    struct mr_writer *writer;
    char text[4096], waiting[MR_OUTFOLDER_TEMPORARY_MAX], begun[MR_OUTFOLDER_TEMPORARY_MAX + 8];
    unsigned i;

    mr_outfolder_temporary(waiting, next + strlen("TABLE/"), 0);
    snprintf(begun, sizeof begun, "TABLE/%s", waiting);
    memset(text, 'x', sizeof text);
    cr_assert_eq(mr_writer_open(&writer, "parquet", &options, NULL), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &two, &table), MR_OK);
    for (i = 0; i < 80000 && scratch_size(begun) < 0; i++) {
        const struct mr_cell cells[] = {{.value.i = 1000000 + i / 1000, .present = 1},
                                        {.value.text = text, .size = sizeof text, .present = 1}};

        memcpy(text, &i, sizeof i);
        cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    }
    cr_assert_eq(i % 1000, 1, "with the first row of an interval, not after %u", i);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_gt(scratch_size(first), 256 << 20);
    cr_assert_lt(scratch_size(first), 270 << 20);
    cr_assert_gt(scratch_size(next), 0);
}

/*
 * Texts that are chosen so that the hash of all is the same in the bits that count: found out by turning the hash round.
 * Looking each up among all others would take seconds.
 */
Test(parquet, texts_that_collide)
{
    const uint64_t factor = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t inverse = factor, text;
    struct mr_writer_table *table;
    struct mr_writer *writer = open_table(&table, NULL);
    struct mr_cell cells[] = {
        {.present = 0}, {.value.text = (const char *)&text, .size = sizeof text, .present = 1}, {.present = 0}};
    clock_t before = clock();

    for (int i = 0; i < 5; i++)
        inverse *= 2 - factor * inverse;
    cr_assert_eq(factor * inverse, 1);
    for (uint64_t i = 0; i < 60000; i++) {
        uint64_t h = (i << 51 | i >> 13) * inverse;

        h ^= h >> 32;
        text = h * inverse ^ sizeof text;
        cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    }
    cr_assert_lt((double)(clock() - before) / CLOCKS_PER_SEC, 1.5);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_gt(scratch_size("TABLE.parquet"), 60000 * 12);
}

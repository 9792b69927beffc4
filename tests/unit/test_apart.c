/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that are made in writers without files and appended to the tables of the one that has them. */
#include "domains/census.h"
#include "tests/unit/scratch.h"
#include "tests/unit/seen.h"
#include "writers/writer.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(apart, .init = scratch_make, .fini = scratch_remove);

static const struct mr_column columns[] = {{"WHO", "", "", MR_CELL_TEXT, 8}, {"N", "", "count", MR_CELL_UINT, 8}};
static const struct mr_table_head head = {.name = "TABLE", .title = "", .columns = columns, .column_count = 2};

/* Who takes what is handed over: it goes to the table, which begins with it. */
struct taker {
    struct mr_writer *writer;
    struct mr_writer_table *table;
    unsigned calls;
    uint64_t rows;
    int status; /* what the taker says */
};

static int take(void *context, const struct mr_table_head *of, const char *bytes, size_t size, uint64_t rows)
{
    struct taker *taker = context;

    cr_assert_eq(of, &head);
    taker->calls++;
    taker->rows += rows;
    if (taker->table == NULL)
        cr_assert_eq(mr_writer_begin(taker->writer, of, &taker->table), MR_OK);
    return taker->status == MR_OK ? mr_writer_append(taker->table, bytes, size, rows) : taker->status;
}

static struct mr_writer *open_apart(struct taker *taker, const char *format, struct mr_writer_table **table)
{
    const struct mr_writer_options options = {.folder = scratch};
    struct mr_writer *writer;

    cr_assert_eq(mr_writer_open_apart(&writer, format, &options, take, taker, NULL), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &head, table), MR_OK);
    return writer;
}

static int put(struct mr_writer_table *table, const char *who, uint64_t number)
{
    const struct mr_cell cells[] = {{.value.text = who, .size = (uint32_t)strlen(who), .present = 1},
                                    {.value.u = number, .present = 1}};

    return mr_writer_row(table, cells);
}

static void two_hands(const char *format, const char *name, const char *text)
{
    const struct mr_writer_options options = {.folder = scratch};
    struct taker taker = {.status = MR_OK};
    struct mr_writer_table *left, *right;
    struct mr_writer *one = open_apart(&taker, format, &left), *other = open_apart(&taker, format, &right);

    cr_assert_eq(mr_writer_open(&taker.writer, format, &options, NULL), MR_OK);
    cr_assert(mr_writer_can_append(format, &options));
    cr_assert_eq(mr_writer_hand_over(one), MR_OK);
    cr_assert_eq(taker.calls, 0, "no row, no table");
    cr_assert_eq(put(left, "left", 1), MR_OK);
    cr_assert_eq(put(right, "right", 2), MR_OK);
    cr_assert_eq(put(left, "a,b", 3), MR_OK);
    cr_assert_eq(mr_writer_hand_over(one), MR_OK);
    cr_assert_eq(mr_writer_hand_over(other), MR_OK);
    cr_assert_eq(put(left, "left", 4), MR_OK);
    cr_assert_eq(mr_writer_hand_over(one), MR_OK);
    cr_assert_eq(mr_writer_rows(taker.table), 4);
    cr_assert_eq(mr_writer_files(taker.table), 1);
    mr_writer_abandon(one);
    mr_writer_abandon(other);
    cr_assert_eq(mr_writer_finish(taker.writer), MR_OK);
    scratch_expect(name, text);
    cr_assert_eq(scratch_names(false), 1, "nothing else was made");
}

Test(apart, csv)
{
    two_hands("csv", "TABLE.csv", "WHO,N\nleft,1\n\"a,b\",3\nright,2\nleft,4\n");
}

Test(apart, ndjson)
{
    two_hands("ndjson", "TABLE.ndjson",
              "{\"WHO\":\"left\",\"N\":1}\n{\"WHO\":\"a,b\",\"N\":3}\n{\"WHO\":\"right\",\"N\":2}\n"
              "{\"WHO\":\"left\",\"N\":4}\n");
}

/* More than a buffer holds is handed over in parts, which need not end with a row; nothing of it is lost. */
Test(apart, many_rows)
{
    const struct mr_writer_options options = {.folder = scratch};
    const unsigned count = 100000;
    struct taker taker = {.status = MR_OK};
    struct mr_writer_table *table;
    struct mr_writer *apart = open_apart(&taker, "csv", &table);
    char path[SCRATCH_PATH], line[64], wanted[64];
    FILE *file;

    cr_assert_eq(mr_writer_open(&taker.writer, "csv", &options, NULL), MR_OK);
    for (unsigned i = 0; i < count; i++)
        cr_assert_eq(put(table, "name", i), MR_OK);
    cr_assert_gt(taker.calls, 2);
    cr_assert_eq(mr_writer_hand_over(apart), MR_OK);
    cr_assert_eq(taker.rows, count);
    mr_writer_abandon(apart);
    cr_assert_eq(mr_writer_finish(taker.writer), MR_OK);
    file = fopen(scratch_path(path, "TABLE.csv"), "r");
    cr_assert_not_null(file);
    cr_assert_str_eq(fgets(line, sizeof line, file), "WHO,N\n");
    for (unsigned i = 0; i < count; i++) {
        snprintf(wanted, sizeof wanted, "name,%u\n", i);
        cr_assert_str_eq(fgets(line, sizeof line, file), wanted);
    }
    cr_assert_null(fgets(line, sizeof line, file));
    fclose(file);
}

/* Who wants no more is not asked again. */
Test(apart, refused)
{
    const struct mr_writer_options options = {.folder = scratch};
    struct taker taker = {.status = MR_FATAL};
    struct mr_writer_table *table;
    struct mr_writer *apart = open_apart(&taker, "csv", &table);

    cr_assert_eq(mr_writer_open(&taker.writer, "csv", &options, NULL), MR_OK);
    cr_assert_eq(put(table, "name", 1), MR_OK);
    cr_assert_eq(mr_writer_hand_over(apart), MR_FATAL);
    cr_assert_eq(put(table, "name", 2), MR_FATAL);
    cr_assert_eq(taker.calls, 1);
    mr_writer_abandon(apart);
    mr_writer_abandon(taker.writer);
    cr_assert_eq(scratch_names(true) + scratch_names(false), 0);
}

Test(apart, only_where_rows_stand_for_themselves)
{
    const struct mr_writer_options options[] = {{.folder = "x", .gzip = true},
                                                {.folder = "x", .spreadsheet = true},
                                                {.folder = "x", .split = MR_SPLIT_DAY},
                                                {.folder = "x", .partition = true},
                                                {.folder = "x", .times = MR_TIMES_LOCAL},
                                                {.folder = "x", .times = MR_TIMES_BOTH}};
    const struct mr_writer_options plain = {.folder = "x", .crlf = true};
    static const char *const others[] = {"parquet", "sqlite", "xpt", "nothing"};

    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        cr_assert_not(mr_writer_can_append("csv", &options[i]), "%zu", i);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_assert_not(mr_writer_can_append(others[i], &plain), "%s", others[i]);
    cr_assert(mr_writer_can_append("csv", &plain));
}

/* Two censuses joined are the census of all records. */
Test(apart, census)
{
    static const uint8_t data[64];
    const struct mr_record records[] = {
        {.domain = 1, .number = 1, .tod = 50, .length = 40, .data = data, .kind = 'E'},
        {.domain = 1, .number = 11, .tod = 90, .length = 20, .data = data, .kind = 'S'},
        {.domain = 0, .number = 2, .tod = 70, .length = 64, .data = data, .kind = 'S'},
        {.domain = 0, .number = 2, .tod = 20, .length = 60, .data = data, .kind = 'S'},
        {.domain = 1, .number = 11, .tod = 95, .length = 20, .data = data, .kind = 'E'},
    };
    struct mr_census *all = calloc(4, sizeof *all), *first = all + 1, *second = all + 2, *empty = all + 3;

    cr_assert_not_null(all);
    for (size_t r = 0; r < sizeof records / sizeof *records; r++) {
        mr_census_record(all, &records[r]);
        mr_census_record(r < 3 ? first : second, &records[r]);
    }
    mr_census_join(first, second);
    mr_census_join(first, empty);
    cr_assert_eq(memcmp(first, all, sizeof *all), 0);
    mr_census_join(empty, all);
    cr_assert_eq(memcmp(empty, all, sizeof *all), 0);
    free(all);
}

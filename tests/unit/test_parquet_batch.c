/* SPDX-License-Identifier: Apache-2.0 */
/* Parquet: what becomes of cells in their columns, against a calculation cell by cell. */
#include "writers/outfolder.h"
#include "writers/parquet.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 100u
#define COLUMNS 7u

/* One of each way, in the order of enum mr_parquet_how. */
static const struct mr_column abouts[COLUMNS] = {
    {"ANY", "", "", MR_CELL_UINT, 8},     {"POSITIVE", "", "", MR_CELL_UINT, 4}, {"SMALL", "", "", MR_CELL_UINT, 2},
    {"SMALL_INT", "", "", MR_CELL_INT, 4}, {"SECONDS", "", "", MR_CELL_SECONDS, 8}, {"REAL", "", "", MR_CELL_REAL, 0},
    {"WORD", "", "", MR_CELL_TEXT, 8},
};
static const enum mr_parquet_type types[COLUMNS] = {MR_PARQUET_INT64, MR_PARQUET_INT64,  MR_PARQUET_INT32,
                                                    MR_PARQUET_INT32, MR_PARQUET_DOUBLE, MR_PARQUET_DOUBLE,
                                                    MR_PARQUET_TEXT};
static const struct mr_table_head head = {.name = "TABLE", .title = "", .columns = abouts, .column_count = COLUMNS};

static struct mr_log messages;
static struct mr_outfolder folder = {.log = &messages};
static const struct mr_outfile file = {.folder = &folder};

struct table {
    struct mr_parquet parquet;
    struct mr_parquet_column columns[COLUMNS], *texts[1];
    struct mr_cell batch[MR_PARQUET_BATCH * (COLUMNS + 1)];
    uint8_t values[COLUMNS][8 * ROWS], present[COLUMNS][ROWS];
};

static struct table *make_table(void)
{
    struct table *table = calloc(1, sizeof *table);

    cr_assert_not_null(table);
    for (uint32_t c = 0; c < COLUMNS; c++)
        table->columns[c] = (struct mr_parquet_column){.about = &abouts[c],
                                                       .type = types[c],
                                                       .how = (enum mr_parquet_how)c,
                                                       .number = c,
                                                       .present = table->present[c],
                                                       .values = table->values[c]};
    table->texts[0] = &table->columns[MR_PARQUET_WORD];
    table->parquet = (struct mr_parquet){.head = &head,
                                         .columns = table->columns,
                                         .room = ROWS,
                                         .batch = table->batch,
                                         .texts = table->texts,
                                         .text_count = 1};
    memset(&messages, 0, sizeof messages);
    return table;
}

static void free_table(struct table *table)
{
    mr_parquet_free_words(&table->columns[MR_PARQUET_WORD].words);
    free(table);
}

static void put_rows(struct table *table, struct mr_cell (*cells)[COLUMNS], uint32_t rows)
{
    for (uint32_t row = 0; row < rows; row++) {
        cr_assert_eq(mr_parquet_add_row(&table->parquet, cells[row]), MR_OK);
        if (table->parquet.batched == MR_PARQUET_BATCH)
            mr_parquet_take_batch(&table->parquet, &file);
    }
    mr_parquet_take_batch(&table->parquet, &file);
    cr_assert_eq(table->parquet.batched, 0);
    cr_assert_eq(table->parquet.rows, rows);
}

/* Bytes of the value that a cell should become; 0 where it is blank. */
static size_t expected_value(uint32_t c, const struct mr_cell *cell, uint32_t words, uint8_t *bytes)
{
    const uint64_t u = cell->value.u;
    double seconds = (double)cell->value.i / 1e6;
    uint64_t bits;
    size_t size = types[c] == MR_PARQUET_INT64 || types[c] == MR_PARQUET_DOUBLE ? 8 : 4;

    if (!cell->present || (c == MR_PARQUET_POSITIVE && u >> 63 != 0) || (c == MR_PARQUET_SMALL && u >> 31 != 0) ||
        (c == MR_PARQUET_SMALL_INT && (cell->value.i < -2147483648 || cell->value.i > 2147483647)) ||
        (c == MR_PARQUET_REAL && !isfinite(cell->value.d)))
        return 0;
    bits = u;
    if (c == MR_PARQUET_SECONDS)
        memcpy(&bits, &seconds, sizeof bits);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(bits >> 8 * i);
    if (c == MR_PARQUET_WORD)
        memcpy(bytes, &words, sizeof words);
    return size;
}

/* Numbers of the only texts there are: "A" and "BC", in the order in which they came. */
static uint32_t expected_word(struct mr_cell (*cells)[COLUMNS], uint32_t row)
{
    for (uint32_t first = 0; first < row; first++) {
        if (cells[first][MR_PARQUET_WORD].present)
            return cells[first][MR_PARQUET_WORD].size != cells[row][MR_PARQUET_WORD].size;
    }
    return 0;
}

static void check_column(const struct table *table, uint32_t c, struct mr_cell (*cells)[COLUMNS], uint32_t rows)
{
    const struct mr_parquet_column *column = &table->columns[c];
    uint8_t bytes[8];
    size_t at = 0;
    uint32_t count = 0;

    for (uint32_t row = 0; row < rows; row++) {
        size_t size = expected_value(c, &cells[row][c], expected_word(cells, row), bytes);

        cr_assert_eq(memcmp(column->values + at, bytes, size), 0, "%s, row %u of %u", abouts[c].name, row, rows);
        if (column->mixed)
            cr_assert_eq(column->present[row], size > 0, "%s, row %u of %u", abouts[c].name, row, rows);
        at += size;
        count += size > 0;
    }
    cr_assert_eq(column->count, count, "%s, %u rows", abouts[c].name, rows);
    cr_assert(column->mixed || count == 0 || count == rows, "%s, %u rows", abouts[c].name, rows);
}

static void check(struct mr_cell (*cells)[COLUMNS], uint32_t rows, unsigned said)
{
    struct table *table = make_table();

    put_rows(table, cells, rows);
    for (uint32_t c = 0; c < COLUMNS; c++)
        check_column(table, c, cells, rows);
    cr_assert_eq(messages.counts[MR_MSG_OUTPUT_CUT], said);
    free_table(table);
}

/* Values that fit just so, and the first that do not. */
static const struct mr_cell edges[COLUMNS][4] = {
    {{.value.u = 0}, {.value.u = UINT64_MAX}, {.value.u = 1}, {.value.u = UINT64_C(1) << 63}},
    {{.value.u = INT64_MAX}, {.value.u = (uint64_t)INT64_MAX + 1}, {.value.u = 0}, {.value.u = UINT64_MAX}},
    {{.value.u = INT32_MAX}, {.value.u = (uint64_t)INT32_MAX + 1}, {.value.u = 7}, {.value.u = UINT64_MAX}},
    {{.value.i = INT32_MIN}, {.value.i = INT64_C(-2147483649)}, {.value.i = INT32_MAX}, {.value.i = 2147483648}},
    {{.value.i = 1}, {.value.i = -1}, {.value.i = INT64_MAX}, {.value.i = 86400000000}},
    {{.value.d = 0.1}, {.value.d = NAN}, {.value.d = -1.7e308}, {.value.d = INFINITY}},
    {{.value.text = "A", .size = 1}, {.value.text = "BC", .size = 2}, {.value.text = "A", .size = 1},
     {.value.text = "BC", .size = 2}},
};

static void fill(struct mr_cell (*cells)[COLUMNS], uint32_t rows, unsigned (*choose)(uint32_t row, uint32_t c))
{
    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t c = 0; c < COLUMNS; c++) {
            unsigned choice = choose(row, c);

            cells[row][c] = edges[c][choice % 4];
            cells[row][c].present = choice < 4;
        }
    }
}

static unsigned fitting(uint32_t row, uint32_t c)
{
    return c == MR_PARQUET_WORD ? row % 4 : row % 2 * 2;
}

static unsigned none(uint32_t row, uint32_t c)
{
    (void)row;
    (void)c;
    return 4;
}

static unsigned late(uint32_t row, uint32_t c)
{
    return row < 5 * c ? 4 : fitting(row, c);
}

static unsigned early(uint32_t row, uint32_t c)
{
    return row < 5 * c ? fitting(row, c) : 4;
}

static unsigned any(uint32_t row, uint32_t c)
{
    uint32_t mix = (row * COLUMNS + c + 1) * 2654435761u;

    return mix >> 29;
}

/* Full batches and begun ones; columns that are full, empty, or change at any row; and all mixed. */
Test(parquet_batch, columns)
{
    static struct mr_cell cells[ROWS][COLUMNS];

    for (uint32_t rows = 0; rows <= ROWS; rows++) {
        fill(cells, rows, fitting);
        check(cells, rows, 0);
        fill(cells, rows, none);
        check(cells, rows, 0);
        fill(cells, rows, late);
        check(cells, rows, 0);
        fill(cells, rows, early);
        check(cells, rows, 0);
    }
    fill(cells, ROWS, any);
    check(cells, ROWS, 1);
}

/* What is no number is blank, and nobody is told; what does not fit is told once a table. */
Test(parquet_batch, said_once)
{
    struct mr_cell cells[2][COLUMNS];

    fill(cells, 2, fitting);
    cells[1][MR_PARQUET_REAL].value.d = NAN;
    check(cells, 2, 0);
    cells[1][MR_PARQUET_SMALL].value.u = UINT64_MAX;
    check(cells, 2, 1);
    cells[0][MR_PARQUET_POSITIVE].value.u = UINT64_MAX;
    check(cells, 2, 1);
    cells[0][MR_PARQUET_POSITIVE].present = 0;
    cells[1][MR_PARQUET_SMALL].present = 0;
    check(cells, 2, 0);
}

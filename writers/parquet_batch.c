/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers of some rows at a time, column by column: what is known of a column is looked at once for all of them, and
 * its values are put one beside the other.  Texts are borrowed for one row only, so they are not among them.
 */
#include "writers/parquet.h"

#include <stdlib.h>
#include <string.h>

/* A number as it goes into the page; false where it does not fit its column, or is none. */
static inline bool number_of(const struct mr_cell *cell, enum mr_parquet_how how, uint64_t *number)
{
    double seconds;

    *number = cell->value.u;
    switch (how) {
    case MR_PARQUET_POSITIVE:
        return cell->value.u <= INT64_MAX;
    case MR_PARQUET_SMALL:
        return cell->value.u <= INT32_MAX;
    case MR_PARQUET_SMALL_INT:
        return cell->value.i >= INT32_MIN && cell->value.i <= INT32_MAX;
    case MR_PARQUET_SECONDS:
        seconds = (double)cell->value.i / 1e6;
        memcpy(number, &seconds, sizeof seconds);
        return true;
    case MR_PARQUET_REAL:
        return cell->value.d - cell->value.d == 0;
    default:
        return true;
    }
}

/* What became of the cells of one column. */
struct taken {
    uint32_t count;                /* of the values */
    bool odd;                      /* there was one that does not fit */
    uint8_t put[MR_PARQUET_BATCH]; /* of each row: 1 where there is a value, else 0 */
};

static inline bool is_small(enum mr_parquet_how how)
{
    return how == MR_PARQUET_SMALL || how == MR_PARQUET_SMALL_INT;
}

static inline uint8_t *put_number(uint8_t *at, uint64_t number, enum mr_parquet_how how)
{
    if (is_small(how))
        mr_parquet_put32(at, (uint32_t)number);
    else
        mr_parquet_put64(at, number);
    return at + (is_small(how) ? 4 : 8);
}

/* Some cells have no value.  One is stored in any case: the next takes its place, and there is room for one a row. */
static inline void take_some(struct taken *taken, const struct mr_cell *cell, size_t step, uint32_t rows, uint8_t *at,
                             enum mr_parquet_how how)
{
    taken->count = 0;
    for (uint32_t row = 0; row < rows; row++, cell += step) {
        uint64_t number;
        bool present = cell->present != 0, fits = number_of(cell, how, &number);
        uint8_t *next = put_number(at, number, how);

        taken->put[row] = present && fits;
        taken->odd |= present && !fits;
        taken->count += taken->put[row];
        at = present && fits ? next : at;
    }
}

/*
 * how is a constant wherever this is called, so that no cell asks for it.  Mostly all cells have a value, or none has:
 * one look at the end tells for all.
 */
static inline void take_as(struct taken *taken, const struct mr_parquet *parquet, size_t c, enum mr_parquet_how how)
{
    const size_t step = parquet->head->column_count;
    const uint32_t rows = parquet->batched;
    const struct mr_parquet_column *column = &parquet->columns[c];
    const struct mr_cell *cell = &parquet->batch[c], *end = cell + step * rows;
    uint8_t *start = column->values + (size_t)(is_small(how) ? 4 : 8) * column->count, *at = start;
    uint32_t missing = 0;
    bool misfit = false;

    for (; cell < end; cell += step) {
        uint64_t number;

        missing += cell->present == 0;
        misfit |= !number_of(cell, how, &number);
        at = put_number(at, number, how);
    }
    taken->odd = false;
    taken->count = rows - missing;
    if (missing == rows || (missing == 0 && !misfit))
        memset(taken->put, missing == 0, sizeof taken->put);
    else
        take_some(taken, &parquet->batch[c], step, rows, start, how);
}

static void take(struct taken *taken, const struct mr_parquet *parquet, size_t c)
{
    switch (parquet->columns[c].how) {
    case MR_PARQUET_POSITIVE:
        take_as(taken, parquet, c, MR_PARQUET_POSITIVE);
        break;
    case MR_PARQUET_SMALL:
        take_as(taken, parquet, c, MR_PARQUET_SMALL);
        break;
    case MR_PARQUET_SMALL_INT:
        take_as(taken, parquet, c, MR_PARQUET_SMALL_INT);
        break;
    case MR_PARQUET_SECONDS:
        take_as(taken, parquet, c, MR_PARQUET_SECONDS);
        break;
    case MR_PARQUET_REAL:
        take_as(taken, parquet, c, MR_PARQUET_REAL);
        break;
    default:
        take_as(taken, parquet, c, MR_PARQUET_AS_IT_IS);
        break;
    }
}

/* Which of count rows from this one on have a value, the first of which is number before of the column: 1 or 0 each. */
static void note_presence(struct mr_parquet_column *column, uint32_t row, uint32_t before, const uint8_t *put,
                          uint32_t count)
{
    if (!column->mixed)
        memset(column->present, before > 0, row);
    column->mixed = true;
    memcpy(column->present + row, put, count);
}

/* Said once a table.  What is no number is blank in the other formats, too. */
static void note_odd(struct mr_parquet *parquet, const struct mr_outfile *file, const struct mr_column *column)
{
    if (column->type == MR_CELL_REAL || parquet->odd)
        return;
    parquet->odd = true;
    mr_report(file->folder->log, MR_MSG_OUTPUT_CUT, MR_NOWHERE, "%s, column %s", parquet->head->name,
              column->name);
}

void mr_parquet_take_batch(struct mr_parquet *parquet, const struct mr_outfile *file)
{
    const uint32_t rows = parquet->batched, row = parquet->rows - rows;

    for (size_t c = 0; rows > 0 && c < parquet->head->column_count; c++) {
        struct mr_parquet_column *column = &parquet->columns[c];
        const uint32_t before = column->count;
        struct taken taken;

        if (column->how == MR_PARQUET_WORD)
            continue;
        take(&taken, parquet, c);
        column->count += taken.count;
        if (taken.odd)
            note_odd(parquet, file, column->about);
        /* Nothing to note as long as all rows have a value, or none has. */
        if (column->mixed || (column->count > 0 && column->count < row + rows))
            note_presence(column, row, before, taken.put, rows);
    }
    parquet->batched = 0;
}

static int add_text(struct mr_parquet_column *column, uint32_t row, const struct mr_cell *cell)
{
    static const uint8_t put = 1;
    uint32_t number = mr_parquet_guess(&column->words, cell->value.bytes, cell->size), before = column->count;

    if (number == MR_PARQUET_NO_WORD)
        number = mr_parquet_word(&column->words, cell->value.bytes, cell->size);
    if (number == MR_PARQUET_NO_WORD)
        return MR_FATAL;
    memcpy(column->values + 4 * (size_t)before, &number, sizeof number);
    column->count = before + 1;
    if (column->mixed)
        column->present[row] = put;
    else if (before < row)
        note_presence(column, row, before, &put, 1);
    return MR_OK;
}

static void add_no_text(struct mr_parquet_column *column, uint32_t row)
{
    static const uint8_t put = 0;

    if (column->mixed || column->count > 0)
        note_presence(column, row, column->count, &put, 1);
}

int mr_parquet_add_row(struct mr_parquet *parquet, const struct mr_cell *cells)
{
    const size_t columns = parquet->head->column_count, texts = parquet->text_count;
    const uint32_t row = parquet->rows;

    for (size_t i = 0; i < texts; i++) {
        struct mr_parquet_column *column = parquet->texts[i];
        const struct mr_cell *cell = &cells[column->number];

        if (cell->present == 0)
            add_no_text(column, row);
        else if (add_text(column, row, cell) != MR_OK)
            return MR_FATAL;
    }
    memcpy(parquet->batch + parquet->batched++ * columns, cells, columns * sizeof *cells);
    parquet->rows++;
    return MR_OK;
}

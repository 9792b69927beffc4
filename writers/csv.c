/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/format.h"
#include "writers/number.h"
#include "writers/sheet.h"

#include <csv.h>
#include <string.h>

#define LONG_NUMBER UINT64_C(1000000000000000) /* one more digit than MR_SHEET_DIGITS */

/* Long cells go through the buffer in parts, which can double and have two characters added. */
#define PART_MAX ((MR_OUTFILE_RESERVE_MAX - 2) / 2)

struct csv_state {
    const struct mr_column *columns;
    size_t count;
    bool crlf;
    bool sheet;
};

static inline bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/*
 * RFC 4180 wants quotes around a comma, a quote or a line end.  Blanks at the ends get them as well: many readers,
 * libcsv among them, take them off otherwise.
 */
static bool needs_quotes(const char *text, size_t size)
{
    static const bool special[256] = {[','] = true, ['"'] = true, ['\r'] = true, ['\n'] = true};
    bool found = is_blank(text[0]) || is_blank(text[size - 1]);

    for (size_t i = 0; i < size; i++)
        found |= special[(unsigned char)text[i]];
    return found;
}

/*
 * libcsv puts quotes around what it is given; those between two parts of one text are taken out again, and the first
 * one where the text goes on behind something else.
 */
static void put_quoted(struct mr_outfile *file, const char *text, size_t size, bool first)
{
    while (size > 0) {
        size_t part = size < PART_MAX ? size : PART_MAX;
        char *p = mr_outfile_reserve(file, 2 * part + 2);
        size_t length = csv_write2(p, 2 * part + 2, text, part, '"');

        if (!first)
            memmove(p, p + 1, --length);
        if (part < size)
            length--;
        mr_outfile_commit(file, p + length);
        text += part;
        size -= part;
        first = false;
    }
}

static void put_text(struct mr_outfile *file, const char *text, size_t size)
{
    if (size == 0)
        return;
    if (needs_quotes(text, size))
        put_quoted(file, text, size, true);
    else
        (void)mr_outfile_put(file, text, size);
}

/* With an apostrophe in front where a spreadsheet would make something else of the text. */
static void put_guarded(struct mr_outfile *file, const char *text, size_t size)
{
    if (!mr_sheet_mistakes(text, size)) {
        put_text(file, text, size);
    } else if (needs_quotes(text, size)) {
        (void)mr_outfile_put(file, "\"'", 2);
        put_quoted(file, text, size, false);
    } else {
        (void)mr_outfile_put(file, "'", 1);
        (void)mr_outfile_put(file, text, size);
    }
}

static void put_digits(struct mr_outfile *file, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        size_t part = size < PART_MAX ? size : PART_MAX;

        mr_outfile_commit(file, mr_put_digits(mr_outfile_reserve(file, 2 * part), bytes, part));
        bytes += part;
        size -= part;
    }
}

static void put_hex(struct mr_outfile *file, const uint8_t *bytes, size_t size)
{
    size_t part = size < PART_MAX ? size : PART_MAX;

    if (size == 0)
        return;
    mr_outfile_commit(file, mr_put_hex(mr_outfile_reserve(file, 2 * part + 2), bytes, part));
    put_digits(file, bytes + part, size - part);
}

static inline void put_cell(struct mr_outfile *file, enum mr_cell_type type, const struct mr_cell *cell)
{
    char *p = mr_outfile_reserve(file, MR_NUMBER_MAX_TEXT);

    switch (type) {
    case MR_CELL_UINT:
        p = mr_put_u64(p, cell->value.u);
        break;
    case MR_CELL_INT:
        p = mr_put_i64(p, cell->value.i);
        break;
    case MR_CELL_SECONDS:
        p = mr_put_seconds(p, cell->value.i);
        break;
    case MR_CELL_TIME:
        p = mr_put_time(p, cell->value.i);
        break;
    case MR_CELL_REAL:
        p = mr_put_real(p, cell->value.d);
        break;
    case MR_CELL_TEXT:
        put_text(file, cell->value.text, cell->size);
        return;
    case MR_CELL_HEX:
        put_hex(file, cell->value.bytes, cell->size);
        return;
    case MR_CELL_DIGITS:
        put_digits(file, cell->value.bytes, cell->size);
        return;
    }
    mr_outfile_commit(file, p);
}

/* More digits than a spreadsheet keeps, or zeros in front, which it does not keep either. */
static bool loses_digits(const struct mr_column *column, const struct mr_cell *cell)
{
    switch (column->type) {
    case MR_CELL_UINT:
        return cell->value.u >= LONG_NUMBER;
    case MR_CELL_INT:
        return cell->value.i >= (int64_t)LONG_NUMBER || cell->value.i <= -(int64_t)LONG_NUMBER;
    case MR_CELL_DIGITS:
        return cell->size > 0 && (cell->value.bytes[0] < 0x10 || 2 * cell->size > MR_SHEET_DIGITS);
    default:
        return false;
    }
}

static void put_sheet_cell(struct mr_outfile *file, const struct mr_column *column, const struct mr_cell *cell)
{
    if (column->type == MR_CELL_TEXT) {
        if (cell->size > 0)
            put_guarded(file, cell->value.text, cell->size);
        return;
    }
    if (loses_digits(column, cell))
        (void)mr_outfile_put(file, "'", 1);
    put_cell(file, column->type, cell);
}

static inline void put_comma(struct mr_outfile *file)
{
    char *p = mr_outfile_reserve(file, 1);

    *p++ = ',';
    mr_outfile_commit(file, p);
}

static void end_line(struct mr_outfile *file, bool crlf)
{
    char *p = mr_outfile_reserve(file, 2);

    if (crlf)
        *p++ = '\r';
    *p++ = '\n';
    mr_outfile_commit(file, p);
}

static int csv_begin(void *state, struct mr_outfile *file, const struct mr_table_head *head,
                     const struct mr_writer_options *options)
{
    struct csv_state *csv = state;

    *csv = (struct csv_state){.columns = head->columns,
                              .count = head->column_count,
                              .crlf = options->crlf,
                              .sheet = options->spreadsheet};
    for (size_t i = 0; i < csv->count; i++) {
        if (i > 0)
            put_comma(file);
        put_text(file, csv->columns[i].name, strlen(csv->columns[i].name));
    }
    end_line(file, csv->crlf);
    return mr_outfile_status(file);
}

static int csv_row(void *state, struct mr_outfile *file, const struct mr_cell *cells)
{
    const struct csv_state *csv = state;
    uint64_t start = mr_outfile_offset(file);

    for (size_t i = 0; i < csv->count; i++) {
        if (i > 0)
            put_comma(file);
        if (cells[i].present && csv->sheet)
            put_sheet_cell(file, &csv->columns[i], &cells[i]);
        else if (cells[i].present)
            put_cell(file, csv->columns[i].type, &cells[i]);
    }
    /* The only cell of a row is empty: readers would pass over an empty line. */
    if (mr_outfile_offset(file) == start)
        (void)mr_outfile_put(file, "\"\"", 2);
    end_line(file, csv->crlf);
    return mr_outfile_status(file);
}

const struct mr_writer_format mr_format_csv = {
    .name = "csv",
    .suffix = ".csv",
    .state_size = sizeof(struct csv_state),
    .begin = csv_begin,
    .row = csv_row,
    .abilities = MR_CAN_CRLF | MR_CAN_SPREADSHEET | MR_CAN_SPLIT | MR_CAN_GZIP,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/format.h"
#include "writers/number.h"
#include "writers/sheet.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#define MICROS 1000000
#define YEAR_10000 INT64_C(253402300800) /* seconds since 1970: from then on a year has five digits */
#define TIME_TEXT 26                     /* YYYY-MM-DD HH:MM:SS.ffffff; the year has four digits */
#define TIME_COPIED 32                   /* a round number of bytes */

#define LONG_NUMBER UINT64_C(1000000000000000) /* one more digit than MR_SHEET_DIGITS */

/* Long cells go through the buffer in parts, which can double and have two characters added. */
#define PART_MAX ((MR_OUTFILE_RESERVE_MAX - 2) / 2)

/* Texts and bytes up to so many go into the buffer at once, behind one look at how much room there is. */
#define SHORT_TEXT 64

/* What a cell can need, with its comma and the end of the line; a text that is not short makes room for itself. */
#define CELL_ROOM (2 * SHORT_TEXT + 4)

#define RUN_MAX 64 /* columns */

/* Neighbouring columns of one type. */
struct run {
    enum mr_cell_type type;
    size_t first, count;
    size_t times;  /* MR_CELL_TIME: where those of the row before are */
    size_t room;   /* bytes that it needs, and runs behind it; 0: a run before has seen to it */
    size_t behind; /* of them, those of the runs behind it */
};

/* The time of the row before, with its text; times of one table are mostly those of one interval. */
struct known_time {
    int64_t micros;
    char text[MR_NUMBER_MAX_TEXT];
};

/* A quote of a formula, in a cell that is in quotes itself. */
#define QUOTE "\"\""
#define FORMULA_BEGIN "\"=" QUOTE
#define FORMULA_END QUOTE "\""

struct csv_state {
    const struct mr_column *columns;
    size_t count;
    bool crlf;
    bool sheet;
    struct run *runs;
    size_t run_count;
    struct known_time *times; /* one for each time of a row, at first 1970 */
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

/* As many bytes of the text as go into one string of a formula: no character of UTF-8 is torn. */
static size_t string_part(const char *text, size_t size)
{
    size_t part = size < MR_SHEET_STRING ? size : MR_SHEET_STRING;

    while (part > 1 && part < size && ((unsigned char)text[part] & 0xC0) == 0x80)
        part--;
    return part;
}

/* ="text": a quote is doubled for the formula, and each of those again for the cell. */
static void put_string(struct mr_outfile *file, const char *text, size_t size)
{
    for (const char *quote; (quote = memchr(text, '"', size)) != NULL;) {
        (void)mr_outfile_put(file, text, (size_t)(quote - text));
        (void)mr_outfile_put(file, QUOTE QUOTE, 4);
        size -= (size_t)(quote + 1 - text);
        text = quote + 1;
    }
    (void)mr_outfile_put(file, text, size);
}

static void put_formula(struct mr_outfile *file, const char *text, size_t size)
{
    (void)mr_outfile_put(file, FORMULA_BEGIN, strlen(FORMULA_BEGIN));
    while (size > 0) {
        size_t part = string_part(text, size);

        put_string(file, text, part);
        text += part;
        size -= part;
        if (size > 0)
            (void)mr_outfile_put(file, QUOTE "&" QUOTE, 5);
    }
    (void)mr_outfile_put(file, FORMULA_END, strlen(FORMULA_END));
}

/* A text that a spreadsheet would make something else of, as the formula that has it as its value. */
static void put_guarded(struct mr_outfile *file, const char *text, size_t size)
{
    if (!mr_sheet_mistakes(text, size)) {
        put_text(file, text, size);
    } else if (mr_sheet_fits(text, size)) {
        put_formula(file, text, size);
    } else {
        (void)mr_outfile_put(file, "\"'", 2);
        put_quoted(file, text, size, false);
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

static void put_cell(struct mr_outfile *file, enum mr_cell_type type, const struct mr_cell *cell)
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

/* More digits than a spreadsheet keeps; or the digits of a code, whose zeros in front it does not keep. */
static bool loses_digits(const struct mr_column *column, const struct mr_cell *cell)
{
    switch (column->type) {
    case MR_CELL_UINT:
        return cell->value.u >= LONG_NUMBER;
    case MR_CELL_INT:
        return cell->value.i >= (int64_t)LONG_NUMBER || cell->value.i <= -(int64_t)LONG_NUMBER;
    case MR_CELL_DIGITS:
        return cell->size > 0;
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
    if (!loses_digits(column, cell)) {
        put_cell(file, column->type, cell);
        return;
    }
    if (column->type == MR_CELL_DIGITS && 2 * cell->size > MR_SHEET_STRING) {
        (void)mr_outfile_put(file, "'", 1);
        put_digits(file, cell->value.bytes, cell->size);
        return;
    }
    (void)mr_outfile_put(file, FORMULA_BEGIN, strlen(FORMULA_BEGIN));
    put_cell(file, column->type, cell);
    (void)mr_outfile_put(file, FORMULA_END, strlen(FORMULA_END));
}

/* With room for what may come instead of the comma at the end of the line. */
static void put_comma(struct mr_outfile *file)
{
    char *p = mr_outfile_reserve(file, 2);

    *p++ = ',';
    mr_outfile_commit(file, p);
}

/* The comma that has just been put is taken back. */
static void take_comma(struct mr_outfile *file)
{
    mr_outfile_commit(file, file->at - 1);
}

/* Bytes that may need quotes: whatever is not above the comma.  Eight at a time; those above 127 need none. */
static inline bool has_low(uint64_t text)
{
    return ((text - 0x2D2D2D2D2D2D2D2D) & ~text & 0x8080808080808080) != 0;
}

static inline uint64_t load_8(const char *p)
{
    uint64_t value;

    memcpy(&value, p, sizeof value);
    return value;
}

static inline uint32_t load_4(const char *p)
{
    uint32_t value;

    memcpy(&value, p, sizeof value);
    return value;
}

/* A short text that needs no quotes; NULL where it needs a closer look.  There is room for 8 bytes more than its size. */
static inline char *put_simple(char *p, const char *text, size_t size)
{
    if (size >= 8) {
        uint64_t last = load_8(text + size - 8);
        bool low = has_low(last);

        for (size_t i = 0; i + 8 < size; i += 8) {
            uint64_t part = load_8(text + i);

            low |= has_low(part);
            memcpy(p + i, &part, sizeof part);
        }
        memcpy(p + size - 8, &last, sizeof last);
        return low ? NULL : p + size;
    }
    if (size >= 4) {
        uint32_t first = load_4(text), last = load_4(text + size - 4);

        memcpy(p, &first, sizeof first);
        memcpy(p + size - 4, &last, sizeof last);
        return has_low((uint64_t)last << 32 | first) ? NULL : p + size;
    }
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)text[i] < 0x2D)
            return NULL;
        p[i] = text[i];
    }
    return p + size;
}

static char *put_texts(struct mr_outfile *file, char *p, const struct mr_cell *cell, const struct mr_cell *end,
                       size_t behind)
{
    for (; cell < end; cell++) {
        char *next = p;

        if (cell->present) {
            next = cell->size <= SHORT_TEXT ? put_simple(p, cell->value.text, cell->size) : NULL;
            if (next == NULL) {
                mr_outfile_commit(file, p);
                put_text(file, cell->value.text, cell->size);
                next = mr_outfile_reserve(file, (size_t)(end - cell) * CELL_ROOM + behind);
            }
        }
        p = next;
        *p++ = ',';
    }
    return p;
}

/* At most SHORT_TEXT bytes; most have 1, 2, 4 or 8. */
static inline char *put_short_hex(char *p, const uint8_t *bytes, size_t size)
{
    memcpy(p, "0x", 2);
    if (size > 8)
        return mr_put_digits(p + 2, bytes, size);
    for (p += 2; size >= 4; size -= 4, bytes += 4, p += 8)
        mr_put_four_bytes(p, bytes);
    for (; size > 0; size--, bytes++, p += 2)
        memcpy(p, mr_hex_pairs + 2 * bytes[0], 2);
    return p;
}

static char *put_hexes(struct mr_outfile *file, char *p, const struct mr_cell *cell, const struct mr_cell *end,
                       size_t behind)
{
    for (; cell < end; cell++) {
        if (cell->present && cell->size == 1) {
            memcpy(p, "0x", 2);
            memcpy(p + 2, mr_hex_pairs + 2 * cell->value.bytes[0], 2);
            p += 4;
        } else if (cell->present && cell->size > 0 && cell->size <= SHORT_TEXT) {
            p = put_short_hex(p, cell->value.bytes, cell->size);
        } else if (cell->present) {
            mr_outfile_commit(file, p);
            put_hex(file, cell->value.bytes, cell->size);
            p = mr_outfile_reserve(file, (size_t)(end - cell) * CELL_ROOM + behind);
        }
        *p++ = ',';
    }
    return p;
}

static char *put_uints(char *p, const struct mr_cell *cell, const struct mr_cell *end)
{
    for (; cell < end; cell++) {
        if (cell->present)
            p = mr_put_u64(p, cell->value.u);
        *p++ = ',';
    }
    return p;
}

static char *put_ints(char *p, const struct mr_cell *cell, const struct mr_cell *end)
{
    for (; cell < end; cell++) {
        if (cell->present)
            p = mr_put_i64(p, cell->value.i);
        *p++ = ',';
    }
    return p;
}

static char *put_durations(char *p, const struct mr_cell *cell, const struct mr_cell *end)
{
    for (; cell < end; cell++) {
        if (cell->present)
            p = mr_put_seconds(p, cell->value.i);
        *p++ = ',';
    }
    return p;
}

static char *put_reals(char *p, const struct mr_cell *cell, const struct mr_cell *end)
{
    for (; cell < end; cell++) {
        if (cell->present)
            p = mr_put_real(p, cell->value.d);
        *p++ = ',';
    }
    return p;
}

/* Nothing is new where the time is that of the row before, only the fraction where the second is. */
static inline char *put_time(char *p, int64_t micros, struct known_time *known)
{
    uint64_t fraction;

    if (micros < 0 || micros >= YEAR_10000 * MICROS)
        return mr_put_time(p, micros);
    if (micros / MICROS != known->micros / MICROS)
        mr_put_time(known->text, micros);
    memcpy(p, known->text, TIME_COPIED);
    if (micros != known->micros) {
        fraction = (mr_eight_digits((uint32_t)(micros % MICROS)) | 0x3030303030303030) >> 16;
        mr_put_bytes(p + TIME_TEXT - 6, fraction);
        mr_put_bytes(known->text + TIME_TEXT - 6, fraction);
        known->micros = micros;
    }
    return p + TIME_TEXT;
}

static char *put_times(char *p, const struct mr_cell *cell, const struct mr_cell *end, struct known_time *known)
{
    for (; cell < end; cell++, known++) {
        if (cell->present)
            p = put_time(p, cell->value.i, known);
        *p++ = ',';
    }
    return p;
}

/* What is rare goes cell by cell. */
static char *put_others(struct mr_outfile *file, char *p, const struct run *run, const struct mr_cell *cell,
                        const struct mr_cell *end)
{
    for (; cell < end; cell++) {
        mr_outfile_commit(file, p);
        if (cell->present)
            put_cell(file, run->type, cell);
        p = mr_outfile_reserve(file, (size_t)(end - cell) * CELL_ROOM + run->behind);
        *p++ = ',';
    }
    return p;
}

static char *put_run(const struct csv_state *csv, struct mr_outfile *file, char *p, const struct run *run,
                     const struct mr_cell *cells)
{
    const struct mr_cell *cell = cells + run->first, *end = cell + run->count;

    switch (run->type) {
    case MR_CELL_UINT:
        return put_uints(p, cell, end);
    case MR_CELL_INT:
        return put_ints(p, cell, end);
    case MR_CELL_SECONDS:
        return put_durations(p, cell, end);
    case MR_CELL_TIME:
        return put_times(p, cell, end, csv->times + run->times);
    case MR_CELL_REAL:
        return put_reals(p, cell, end);
    case MR_CELL_TEXT:
        return put_texts(file, p, cell, end, run->behind);
    case MR_CELL_HEX:
        return put_hexes(file, p, cell, end, run->behind);
    default:
        return put_others(file, p, run, cell, end);
    }
}

static void put_row(const struct csv_state *csv, struct mr_outfile *file, const struct mr_cell *cells)
{
    const struct run *end = csv->runs + csv->run_count;
    char *p = file->at;

    for (const struct run *run = csv->runs; run < end; run++) {
        if (run->room > 0) {
            mr_outfile_commit(file, p);
            p = mr_outfile_reserve(file, run->room);
        }
        p = put_run(csv, file, p, run, cells);
    }
    mr_outfile_commit(file, p);
}

/* One at a time: what a spreadsheet would take for something else is looked at. */
static void put_sheet_row(const struct csv_state *csv, struct mr_outfile *file, const struct mr_cell *cells)
{
    for (size_t i = 0; i < csv->count; i++) {
        if (cells[i].present)
            put_sheet_cell(file, &csv->columns[i], &cells[i]);
        put_comma(file);
    }
}

/* In place of the last comma; every cell has reserved room for the byte more that this can be. */
static void end_line(struct mr_outfile *file, bool crlf)
{
    char *p;

    take_comma(file);
    p = file->at;
    if (crlf)
        *p++ = '\r';
    *p++ = '\n';
    mr_outfile_commit(file, p);
}

/* Room is asked for as seldom as can be: mostly once a row. */
static void share_room(struct csv_state *csv)
{
    struct run *next = NULL;

    for (size_t r = csv->run_count; r-- > 0;) {
        struct run *run = &csv->runs[r];

        run->room = run->count * CELL_ROOM;
        if (next != NULL && run->room + next->room <= MR_OUTFILE_RESERVE_MAX) {
            run->behind = next->room;
            run->room += next->room;
            next->room = 0;
        }
        next = run;
    }
}

static int make_runs(struct csv_state *csv)
{
    size_t times = 0;

    csv->runs = calloc(csv->count + 1, sizeof *csv->runs);
    csv->times = calloc(csv->count + 1, sizeof *csv->times);
    if (csv->runs == NULL || csv->times == NULL)
        return MR_FATAL;
    for (size_t i = 0; i < csv->count; i++) {
        struct run *run = csv->run_count == 0 ? NULL : &csv->runs[csv->run_count - 1];

        if (run == NULL || run->type != csv->columns[i].type || run->count == RUN_MAX) {
            run = &csv->runs[csv->run_count++];
            *run = (struct run){.type = csv->columns[i].type, .first = i, .times = times};
        }
        run->count++;
        times += run->type == MR_CELL_TIME;
    }
    for (size_t i = 0; i < csv->count; i++)
        mr_put_time(csv->times[i].text, csv->times[i].micros);
    share_room(csv);
    return MR_OK;
}

static int csv_begin(void *state, struct mr_outfile *file, const struct mr_table_head *head,
                     const struct mr_writer_options *options)
{
    struct csv_state *csv = state;

    *csv = (struct csv_state){.columns = head->columns,
                              .count = head->column_count,
                              .crlf = options->crlf,
                              .sheet = options->spreadsheet};
    if (make_runs(csv) != MR_OK)
        return mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, head->name, "");
    for (size_t i = 0; i < csv->count; i++) {
        put_text(file, csv->columns[i].name, strlen(csv->columns[i].name));
        put_comma(file);
    }
    end_line(file, csv->crlf);
    return mr_outfile_status(file);
}

static int csv_row(void *state, struct mr_outfile *file, const struct mr_cell *cells)
{
    const struct csv_state *csv = state;
    uint64_t start = csv->count == 1 ? mr_outfile_offset(file) : 0;

    if (csv->sheet)
        put_sheet_row(csv, file, cells);
    else
        put_row(csv, file, cells);
    /* The only cell of a row is empty: readers would pass over an empty line. */
    if (csv->count == 1 && mr_outfile_offset(file) == start + 1) {
        take_comma(file);
        (void)mr_outfile_put(file, "\"\"", 2);
        put_comma(file);
    }
    end_line(file, csv->crlf);
    return mr_outfile_status(file);
}

static void csv_destroy(void *state)
{
    struct csv_state *csv = state;

    free(csv->runs);
    free(csv->times);
}

const struct mr_writer_format mr_format_csv = {
    .name = "csv",
    .suffix = ".csv",
    .state_size = sizeof(struct csv_state),
    .begin = csv_begin,
    .row = csv_row,
    .destroy = csv_destroy,
    .abilities = MR_CAN_CRLF | MR_CAN_SPREADSHEET | MR_CAN_SPLIT | MR_CAN_GZIP | MR_CAN_APPEND,
};

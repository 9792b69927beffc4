/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows are collected column by column until their row group is large enough.  Large row groups read faster and keep
 * the footer small, but all tables of a run collect at the same time.  So a table begins with little room and doubles
 * it as it fills, up to a limit of its own, and no further once all tables together hold what a run may hold: from
 * then on a full table writes its row group instead.
 */
#include "writers/parquet.h"

#include "writers/number.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_MIN 64u
#define ROWS_MAX (1u << 20)
#define TABLE_BYTES_MAX ((size_t)16 << 20)
#define RUN_BYTES_MAX ((size_t)144 << 20)
#define WORD_BYTES_MAX ((size_t)2 << 20) /* of the texts of one column in a row group */
#define TABLE_WORDS_MAX ((size_t)4 << 20)
#define WORDS_MIN 64u

static enum mr_parquet_type type_of(const struct mr_column *column)
{
    switch (column->type) {
    case MR_CELL_UINT:
        return column->size == 1 || column->size == 2 ? MR_PARQUET_INT32 : MR_PARQUET_INT64;
    case MR_CELL_INT:
        return column->size > 0 && column->size <= 4 ? MR_PARQUET_INT32 : MR_PARQUET_INT64;
    case MR_CELL_TIME:
        return MR_PARQUET_INT64;
    case MR_CELL_SECONDS:
    case MR_CELL_REAL:
        return MR_PARQUET_DOUBLE;
    default:
        return MR_PARQUET_TEXT;
    }
}

static int no_memory(const struct mr_outfile *file)
{
    return mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "");
}

static void hold(struct mr_parquet *parquet, struct mr_outfile *file, size_t bytes)
{
    parquet->held += bytes;
    if (file->held != NULL)
        *file->held += bytes;
}

static size_t row_bytes(const struct mr_parquet *parquet)
{
    size_t bytes = 0;

    for (size_t c = 0; c < parquet->head->column_count; c++)
        bytes += 1 + mr_parquet_width(parquet->columns[c].type);
    return bytes;
}

static int set_room(struct mr_parquet *parquet, struct mr_outfile *file, uint32_t room)
{
    for (size_t c = 0; c < parquet->head->column_count; c++) {
        struct mr_parquet_column *column = &parquet->columns[c];
        uint8_t *present = realloc(column->present, room), *values;

        if (present == NULL)
            return no_memory(file);
        column->present = present;
        values = realloc(column->values, room * mr_parquet_width(column->type));
        if (values == NULL)
            return no_memory(file);
        column->values = values;
    }
    hold(parquet, file, (room - parquet->room) * row_bytes(parquet));
    parquet->room = room;
    return MR_OK;
}

static int parquet_begin(void *state, struct mr_outfile *file, const struct mr_table_head *head,
                         const struct mr_writer_options *options)
{
    struct mr_parquet *parquet = state;

    parquet->head = head;
    parquet->options = options;
    parquet->columns = calloc(head->column_count + 1, sizeof *parquet->columns);
    if (parquet->columns == NULL)
        return no_memory(file);
    for (size_t c = 0; c < head->column_count; c++) {
        struct mr_parquet_column *column = &parquet->columns[c];

        column->about = &head->columns[c];
        column->type = type_of(column->about);
        column->is_unsigned = column->about->type == MR_CELL_UINT && column->type == MR_PARQUET_INT64 &&
                              (column->about->size == 0 || column->about->size > 4);
    }
    if (set_room(parquet, file, ROWS_MIN) != MR_OK)
        return MR_FATAL;
    return mr_outfile_put(file, "PAR1", 4);
}

static uint32_t hash(const uint8_t *text, size_t size)
{
    uint32_t h = UINT32_C(2166136261);

    for (size_t i = 0; i < size; i++)
        h = (h ^ text[i]) * UINT32_C(16777619);
    return h ^ h >> 15;
}

static const uint8_t *word(const struct mr_parquet_words *words, uint32_t number, size_t *size)
{
    uint32_t from = number == 0 ? 0 : words->ends[number - 1];

    *size = words->ends[number] - from;
    return words->bytes.data == NULL ? (const uint8_t *)"" : words->bytes.data + from;
}

/* Where the text stands in the hash table, or where it belongs. */
static uint32_t *slot_of(const struct mr_parquet_words *words, const uint8_t *text, size_t size)
{
    size_t mask = 2 * words->room - 1, at = hash(text, size) & mask;

    while (words->slots[at] != 0) {
        size_t length;
        const uint8_t *other = word(words, words->slots[at] - 1, &length);

        if (length == size && (size == 0 || memcmp(other, text, size) == 0))
            break;
        at = (at + 1) & mask;
    }
    return &words->slots[at];
}

/* Twice as many words, all in their places again. */
static int grow_words(struct mr_parquet_words *words)
{
    size_t room = words->room == 0 ? WORDS_MIN : 2 * words->room;
    uint32_t *ends = realloc(words->ends, room * sizeof *ends);
    uint32_t *slots = calloc(2 * room, sizeof *slots);

    if (ends != NULL)
        words->ends = ends;
    if (ends == NULL || slots == NULL) {
        free(slots);
        return MR_FATAL;
    }
    free(words->slots);
    words->slots = slots;
    words->room = room;
    for (uint32_t i = 0; i < words->count; i++) {
        size_t size;
        const uint8_t *text = word(words, i, &size);

        *slot_of(words, text, size) = i + 1;
    }
    return MR_OK;
}

/* The number of a text, which is added if it is new. */
static int number_of(struct mr_parquet_words *words, const uint8_t *text, size_t size, uint32_t *number)
{
    uint32_t *slot;

    if (words->count == words->room && grow_words(words) != MR_OK)
        return MR_FATAL;
    slot = slot_of(words, text, size);
    if (*slot == 0) {
        mr_bytes_put(&words->bytes, text, size);
        if (words->bytes.failed)
            return MR_FATAL;
        words->ends[words->count++] = (uint32_t)words->bytes.used;
        *slot = (uint32_t)words->count;
    }
    *number = *slot - 1;
    return MR_OK;
}

/* A cell as UTF-8: as it is, or hex bytes and digits as CSV has them. */
static const uint8_t *text_of(struct mr_parquet *parquet, enum mr_cell_type type, const struct mr_cell *cell,
                              size_t *size)
{
    char *p, *end;

    *size = cell->size;
    if (type == MR_CELL_TEXT || cell->size == 0)
        return cell->size == 0 ? (const uint8_t *)"" : (const uint8_t *)cell->value.text;
    parquet->scratch.used = 0;
    p = (char *)mr_bytes_reserve(&parquet->scratch, 2 * (size_t)cell->size + 2);
    if (p == NULL)
        return NULL;
    end = type == MR_CELL_HEX ? mr_put_hex(p, cell->value.bytes, cell->size)
                              : mr_put_digits(p, cell->value.bytes, cell->size);
    *size = (size_t)(end - p);
    return (const uint8_t *)p;
}

static void put_le(uint8_t *p, uint64_t value, size_t width)
{
    for (size_t i = 0; i < width; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t bits_of(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Does the number fit its column?  An exit may have put anything there. */
static bool fits(const struct mr_parquet_column *column, const struct mr_cell *cell)
{
    if (column->about->type == MR_CELL_INT)
        return column->type == MR_PARQUET_INT64 || (cell->value.i >= INT32_MIN && cell->value.i <= INT32_MAX);
    if (column->about->type == MR_CELL_UINT && !column->is_unsigned)
        return cell->value.u <= (column->type == MR_PARQUET_INT64 ? (uint64_t)INT64_MAX : (uint64_t)INT32_MAX);
    /* What is no number is blank in the other formats, too. */
    return column->about->type != MR_CELL_REAL || (cell->value.d - cell->value.d == 0);
}

static uint64_t number_bits(enum mr_cell_type type, const struct mr_cell *cell)
{
    if (type == MR_CELL_SECONDS)
        return bits_of((double)cell->value.i / 1e6);
    if (type == MR_CELL_REAL)
        return bits_of(cell->value.d);
    return cell->value.u;
}

/* The value of a cell that is there; false where memory is short. */
static bool put_value(struct mr_parquet *parquet, struct mr_parquet_column *column, const struct mr_cell *cell)
{
    uint8_t *at = column->values + column->count * mr_parquet_width(column->type);
    const uint8_t *text;
    uint32_t number;
    size_t size;

    column->count++;
    if (column->type == MR_PARQUET_TEXT) {
        text = text_of(parquet, column->about->type, cell, &size);
        if (text == NULL || number_of(&column->words, text, size, &number) != MR_OK)
            return false;
        memcpy(at, &number, sizeof number);
    } else if (column->type == MR_PARQUET_INT32) {
        put_le(at, cell->value.u, 4);
    } else {
        put_le(at, number_bits(column->about->type, cell), 8);
    }
    return true;
}

/* Room for another row: more of it, or by writing what is there. */
static int make_room(struct mr_parquet *parquet, struct mr_outfile *file)
{
    size_t more = parquet->room * row_bytes(parquet);
    size_t all = file->held == NULL ? parquet->held : *file->held;

    if (parquet->room < ROWS_MAX && parquet->held + more <= TABLE_BYTES_MAX && all + more <= RUN_BYTES_MAX)
        return set_room(parquet, file, 2 * parquet->room);
    return mr_parquet_put_group(parquet, file);
}

static void free_words(struct mr_parquet *parquet)
{
    for (size_t c = 0; c < parquet->head->column_count; c++) {
        struct mr_parquet_words *words = &parquet->columns[c].words;

        free(words->bytes.data);
        free(words->ends);
        free(words->slots);
        *words = (struct mr_parquet_words){.count = 0};
    }
}

/*
 * Texts need room as they come, so it is counted now and then.  Where it has become too much the row group ends
 * before it has all its rows, and the room is given back.
 */
static int count_words(struct mr_parquet *parquet, struct mr_outfile *file)
{
    size_t now = 0, longest = 0;

    for (size_t c = 0; c < parquet->head->column_count; c++) {
        const struct mr_parquet_words *words = &parquet->columns[c].words;

        now += words->bytes.room + words->room * (sizeof *words->ends + 2 * sizeof *words->slots);
        longest = words->bytes.used > longest ? words->bytes.used : longest;
    }
    hold(parquet, file, now - parquet->words_held);
    parquet->words_held = now;
    if (longest < WORD_BYTES_MAX && now <= TABLE_WORDS_MAX && (file->held == NULL || *file->held <= RUN_BYTES_MAX))
        return MR_OK;
    if (mr_parquet_put_group(parquet, file) != MR_OK)
        return MR_FATAL;
    free_words(parquet);
    hold(parquet, file, 0 - now);
    parquet->words_held = 0;
    return MR_OK;
}

static int parquet_row(void *state, struct mr_outfile *file, const struct mr_cell *cells)
{
    struct mr_parquet *parquet = state;

    if (parquet->rows == parquet->room && make_room(parquet, file) != MR_OK)
        return MR_FATAL;
    for (size_t c = 0; c < parquet->head->column_count; c++) {
        struct mr_parquet_column *column = &parquet->columns[c];
        bool put = cells[c].present && fits(column, &cells[c]);

        if (cells[c].present && !put && column->about->type != MR_CELL_REAL && !parquet->odd) {
            parquet->odd = true;
            mr_report(file->folder->log, MR_MSG_OUTPUT_CUT, MR_NOWHERE, "%s, column %s", parquet->head->name,
                      column->about->name);
        }
        column->present[parquet->rows] = put;
        if (put && !put_value(parquet, column, &cells[c]))
            return no_memory(file);
    }
    parquet->rows++;
    if (parquet->rows % ROWS_MIN == 0 && count_words(parquet, file) != MR_OK)
        return MR_FATAL;
    return mr_outfile_status(file);
}

static int parquet_end(void *state, struct mr_outfile *file)
{
    struct mr_parquet *parquet = state;

    if (mr_parquet_put_group(parquet, file) != MR_OK)
        return MR_FATAL;
    if (file->held != NULL)
        *file->held -= parquet->held;
    return mr_parquet_put_footer(parquet, file);
}

static void parquet_destroy(void *state)
{
    struct mr_parquet *parquet = state;

    for (size_t c = 0; parquet->columns != NULL && c < parquet->head->column_count; c++) {
        struct mr_parquet_column *column = &parquet->columns[c];

        free(column->present);
        free(column->values);
    }
    if (parquet->columns != NULL)
        free_words(parquet);
    free(parquet->columns);
    free(parquet->groups.data);
    free(parquet->scratch.data);
}

const struct mr_writer_format mr_format_parquet = {
    .name = "parquet",
    .suffix = ".parquet",
    .state_size = sizeof(struct mr_parquet),
    .begin = parquet_begin,
    .row = parquet_row,
    .end = parquet_end,
    .destroy = parquet_destroy,
    .abilities = MR_CAN_SPLIT | MR_CAN_GZIP_PARTS,
};

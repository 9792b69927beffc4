/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows are collected column by column until their row group is large enough.  Large row groups read faster and keep
 * the footer small, but all tables of a run collect at the same time.  So a table begins with little room and doubles
 * it as it fills, up to a limit that depends on its share of the data:
 *
 *   RUN_BYTES / 16 * sqrt(bytes of the table so far / bytes of monitor data so far)
 *
 * With the root small tables still get row groups that are worth their entry in the footer, and the sum of all limits
 * stays below RUN_BYTES as long as tables and data in them, in bytes of monitor data, multiply to no more than 16 * 16
 * (the sum of n roots is at most the root of n times the sum).  What other tables hold does not matter: files are the
 * same however tables are shared among threads.
 */
#include "writers/parquet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MIN 64u /* a multiple of a batch, as all room for rows is of this */
#define ROWS_MAX (1u << 20)
#define RUN_BYTES ((double)(192u << 20))
#define RUN_ROOTS 16.0
#define TABLE_BYTES_MAX ((size_t)16 << 20)
#define WORD_BYTES_MAX ((size_t)2 << 20) /* of the texts of one column in a row group */
#define TABLE_WORDS_MIN ((size_t)128 << 10)
#define TABLE_WORDS_MAX ((size_t)4 << 20)
#define PAGE 4096u
#define LINE 64u
#define SHIFT_MAX 1024u
#define FOOTER_BYTES ((size_t)64 << 10)   /* in memory; the rest waits in a spool */
#define FOOTER_MAX ((uint64_t)64 << 20)   /* of a file: then there is another, readers take a footer into memory */
#define PART_BYTES ((uint64_t)256 << 20)  /* of a file, where a table has several anyway */

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

static enum mr_parquet_how how_of(const struct mr_parquet_column *column)
{
    switch (column->about->type) {
    case MR_CELL_UINT:
        return column->type == MR_PARQUET_INT32 ? MR_PARQUET_SMALL
               : column->is_unsigned            ? MR_PARQUET_AS_IT_IS
                                                : MR_PARQUET_POSITIVE;
    case MR_CELL_INT:
        return column->type == MR_PARQUET_INT32 ? MR_PARQUET_SMALL_INT : MR_PARQUET_AS_IT_IS;
    case MR_CELL_TIME:
        return MR_PARQUET_AS_IT_IS;
    case MR_CELL_SECONDS:
        return MR_PARQUET_SECONDS;
    case MR_CELL_REAL:
        return MR_PARQUET_REAL;
    default:
        return MR_PARQUET_WORD;
    }
}

static int no_memory(const struct mr_outfile *file)
{
    return mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "");
}

static size_t row_bytes(const struct mr_parquet *parquet)
{
    size_t bytes = 0;

    for (size_t c = 0; c < parquet->head->column_count; c++)
        bytes += 1 + mr_parquet_width(parquet->columns[c].type);
    return bytes;
}

/*
 * Large blocks begin at the same place of a page each, and rows go to all columns at the same distance from there:
 * all would want the same few lines of the processor's cache.  So each column begins a line further on than the one
 * before, and again at the front after some.
 */
static int set_column_room(struct mr_parquet_column *column, size_t number, uint32_t room)
{
    size_t size = room * mr_parquet_width(column->type), shift = size < PAGE ? 0 : number * LINE % SHIFT_MAX;
    uint8_t *present = realloc(column->present, room), *block;

    if (present == NULL)
        return MR_FATAL;
    column->present = present;
    block = malloc(size + shift);
    if (block == NULL)
        return MR_FATAL;
    if (column->count > 0)
        memcpy(block + shift, column->values, column->count * mr_parquet_width(column->type));
    free(column->block);
    column->block = block;
    column->values = block + shift;
    return MR_OK;
}

static int set_room(struct mr_parquet *parquet, struct mr_outfile *file, uint32_t room)
{
    for (size_t c = 0; c < parquet->head->column_count; c++) {
        if (set_column_room(&parquet->columns[c], c, room) != MR_OK)
            return no_memory(file);
    }
    parquet->room = room;
    return MR_OK;
}

static size_t limit_of(const struct mr_parquet *parquet, const struct mr_outfile *file)
{
    double table, share;

    if (file->input_bytes == NULL || file->table_rows == NULL || *file->input_bytes == 0)
        return TABLE_BYTES_MAX;
    table = (double)*file->table_rows * (double)row_bytes(parquet);
    share = RUN_BYTES / RUN_ROOTS * sqrt(table / (double)*file->input_bytes);
    return share > (double)TABLE_BYTES_MAX ? TABLE_BYTES_MAX : (size_t)share;
}

static int parquet_begin(void *state, struct mr_outfile *file, const struct mr_table_head *head,
                         const struct mr_writer_options *options)
{
    struct mr_parquet *parquet = state;

    parquet->head = head;
    parquet->options = options;
    parquet->columns = calloc(head->column_count + 1, sizeof *parquet->columns);
    parquet->texts = calloc(head->column_count + 1, sizeof *parquet->texts);
    parquet->batch = calloc(head->column_count + 1, MR_PARQUET_BATCH * sizeof *parquet->batch);
    if (parquet->columns == NULL || parquet->texts == NULL || parquet->batch == NULL)
        return no_memory(file);
    for (size_t c = 0; c < head->column_count; c++) {
        struct mr_parquet_column *column = &parquet->columns[c];

        column->about = &head->columns[c];
        column->number = (uint32_t)c;
        column->type = type_of(column->about);
        column->is_unsigned = column->about->type == MR_CELL_UINT && column->type == MR_PARQUET_INT64 &&
                              (column->about->size == 0 || column->about->size > 4);
        column->how = how_of(column);
        if (column->how == MR_PARQUET_WORD)
            parquet->texts[parquet->text_count++] = column;
    }
    if (set_room(parquet, file, ROWS_MIN) != MR_OK)
        return MR_FATAL;
    return mr_outfile_put(file, "PAR1", 4);
}

static int write_group(struct mr_parquet *parquet, struct mr_outfile *file)
{
    mr_parquet_take_batch(parquet, file);
    if (mr_parquet_put_group(parquet, file) != MR_OK)
        return MR_FATAL;
    return parquet->groups.used < FOOTER_BYTES ? MR_OK : mr_parquet_spool(&parquet->spool, &parquet->groups, file);
}

/* Room for another row: more of it, or by writing what is there. */
static int make_room(struct mr_parquet *parquet, struct mr_outfile *file)
{
    size_t row = row_bytes(parquet), limit = limit_of(parquet, file);

    if (parquet->room < ROWS_MAX && 2 * parquet->room * row <= limit)
        return set_room(parquet, file, 2 * parquet->room);
    if (write_group(parquet, file) != MR_OK)
        return MR_FATAL;
    return parquet->room > ROWS_MIN && parquet->room * row > limit ? set_room(parquet, file, parquet->room / 2) : MR_OK;
}

/*
 * Texts need room as they come, so it is counted now and then.  Where it has become too much the row group ends
 * before it has all its rows, and the room is given back.
 */
static int count_words(struct mr_parquet *parquet, struct mr_outfile *file)
{
    size_t now = 0, longest = 0, limit = limit_of(parquet, file) / 2;

    for (size_t i = 0; i < parquet->text_count; i++) {
        const struct mr_parquet_words *words = &parquet->texts[i]->words;

        now += words->bytes.room + words->room * (sizeof *words->ends + (words->plain ? 0 : 2) * sizeof *words->slots);
        longest = mr_parquet_words_size(words) > longest ? mr_parquet_words_size(words) : longest;
    }
    limit = limit < TABLE_WORDS_MIN ? TABLE_WORDS_MIN : limit > TABLE_WORDS_MAX ? TABLE_WORDS_MAX : limit;
    if (longest < WORD_BYTES_MAX && now <= limit)
        return MR_OK;
    if (write_group(parquet, file) != MR_OK)
        return MR_FATAL;
    for (size_t i = 0; i < parquet->text_count; i++)
        mr_parquet_free_words(&parquet->texts[i]->words);
    return MR_OK;
}

static int parquet_row(void *state, struct mr_outfile *file, const struct mr_cell *cells)
{
    struct mr_parquet *parquet = state;

    if (parquet->rows == parquet->room && make_room(parquet, file) != MR_OK)
        return MR_FATAL;
    if (mr_parquet_add_row(parquet, cells) != MR_OK)
        return no_memory(file);
    if (parquet->batched == MR_PARQUET_BATCH)
        mr_parquet_take_batch(parquet, file);
    if (parquet->rows % ROWS_MIN == 0 && count_words(parquet, file) != MR_OK)
        return MR_FATAL;
    return mr_outfile_status(file);
}

static bool parquet_full(const void *state, const struct mr_outfile *file)
{
    const struct mr_parquet *parquet = state;

    return parquet->spool.size >= FOOTER_MAX ||
           (parquet->options->split != MR_SPLIT_NONE && mr_outfile_offset(file) >= PART_BYTES);
}

static int parquet_end(void *state, struct mr_outfile *file)
{
    struct mr_parquet *parquet = state;

    return write_group(parquet, file) == MR_OK ? mr_parquet_put_footer(parquet, file) : MR_FATAL;
}

static void parquet_destroy(void *state)
{
    struct mr_parquet *parquet = state;

    for (size_t c = 0; parquet->columns != NULL && c < parquet->head->column_count; c++) {
        struct mr_parquet_column *column = &parquet->columns[c];

        free(column->present);
        free(column->block);
        mr_parquet_free_words(&column->words);
    }
    free(parquet->columns);
    free(parquet->texts);
    free(parquet->batch);
    free(parquet->groups.data);
    mr_parquet_spool_close(&parquet->spool);
}

const struct mr_writer_format mr_format_parquet = {
    .name = "parquet",
    .suffix = ".parquet",
    .state_size = sizeof(struct mr_parquet),
    .begin = parquet_begin,
    .row = parquet_row,
    .end = parquet_end,
    .full = parquet_full,
    .destroy = parquet_destroy,
    .abilities = MR_CAN_SPLIT | MR_CAN_GZIP_PARTS | MR_CAN_PARTITION,
};

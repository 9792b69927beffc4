/* SPDX-License-Identifier: Apache-2.0 */
/* Row groups: values, dictionaries, pages and what the footer says of them. */
#include "base/checksum.h"
#include "writers/number.h"
#include "writers/parquet.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ENCODING_PLAIN = 0, ENCODING_RLE = 3, ENCODING_RLE_DICTIONARY = 8 };
enum { CODEC_NONE = 0, CODEC_GZIP = 2 };
enum { PAGE_DATA = 0, PAGE_DICTIONARY = 2 };

#define GZIP_WINDOW (15 + 16)
#define GZIP_LEVEL 1
#define GZIP_MEMORY 8
#define FEW_VALUES 64 /* a column of numbers that has no more different ones is written with a dictionary */
#define FEW_SLOTS 256

/* The different values of a column of numbers. */
struct few {
    uint64_t values[FEW_VALUES];
    uint8_t slots[FEW_SLOTS]; /* number of the value + 1 */
    unsigned count;
};

/* What is made of one column. */
struct chunk {
    struct mr_parquet *parquet;
    struct mr_parquet_column *column;
    struct mr_bytes body, packed, header;
    const uint8_t *tail; /* more of the body, where it stands; not owned */
    size_t tail_size;
    uint64_t plain_size, packed_size; /* with the headers */
    uint64_t dictionary_at, data_at;
    bool dictionary;
    struct few few;
    struct mr_bytes numbers; /* of the values in few */
};

/* A word as UTF-8 behind its length: as it is, or hex bytes and digits as CSV has them. */
static void put_text(struct mr_bytes *out, const struct mr_parquet_column *column, uint32_t number)
{
    const struct mr_parquet_words *words = &column->words;
    const uint32_t from = number == 0 ? 0 : words->ends[number - 1], size = words->ends[number] - from;
    const enum mr_cell_type type = size == 0 ? MR_CELL_TEXT : column->about->type;
    uint8_t *start = mr_bytes_reserve(out, sizeof size + 2 * (size_t)size + 2), *p;

    if (start == NULL)
        return;
    p = start + sizeof size;
    if (type == MR_CELL_HEX)
        p = (uint8_t *)mr_put_hex((char *)p, words->bytes.data + from, size);
    else if (type == MR_CELL_DIGITS)
        p = (uint8_t *)mr_put_digits((char *)p, words->bytes.data + from, size);
    else
        p = (uint8_t *)memcpy(p, words->bytes.data + from, size) + size;
    mr_parquet_put32(start, (uint32_t)(p - start - (ptrdiff_t)sizeof size));
    out->used += (size_t)(p - start);
}

/* All values one after another; numbers stand in the column as they go into the page. */
static void put_plain(struct chunk *chunk)
{
    const struct mr_parquet_column *column = chunk->column;

    if (column->type != MR_PARQUET_TEXT) {
        chunk->tail = column->values;
        chunk->tail_size = column->count * mr_parquet_width(column->type);
        return;
    }
    for (uint32_t i = 0; i < column->count; i++)
        put_text(&chunk->body, column, mr_parquet_number_at(column->values, i));
}

/* Everything that goes into the page, in one piece; memory that is short shows in the body. */
static void pack(struct chunk *chunk)
{
    z_stream z = {0};
    uint8_t *p;
    size_t most;

    mr_bytes_put(&chunk->body, chunk->tail, chunk->tail_size);
    chunk->tail_size = 0;
    if (deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
        chunk->packed.failed = true;
        return;
    }
    most = deflateBound(&z, chunk->body.used);
    chunk->packed.used = 0;
    p = mr_bytes_reserve(&chunk->packed, most);
    if (p != NULL) {
        z.next_in = chunk->body.data;
        z.avail_in = (uInt)chunk->body.used;
        z.next_out = p;
        z.avail_out = (uInt)most;
        chunk->packed.failed |= deflate(&z, Z_FINISH) != Z_STREAM_END;
        chunk->packed.used = most - z.avail_out;
    }
    (void)deflateEnd(&z);
}

static uint32_t checksum(const struct chunk *chunk, const struct mr_bytes *body)
{
    return mr_crc32(mr_crc32(0, body->data, body->used), chunk->tail, chunk->tail_size);
}

static void page_header(struct chunk *chunk, const struct mr_bytes *body, int page, size_t values)
{
    struct mr_thrift t = {.out = &chunk->header};

    chunk->header.used = 0;
    mr_thrift_i32(&t, 1, page);
    mr_thrift_i32(&t, 2, (int32_t)(chunk->body.used + chunk->tail_size));
    mr_thrift_i32(&t, 3, (int32_t)(body->used + chunk->tail_size));
    mr_thrift_i32(&t, 4, (int32_t)checksum(chunk, body));
    mr_thrift_begin(&t, page == PAGE_DATA ? 5 : 7);
    mr_thrift_i32(&t, 1, (int32_t)values);
    mr_thrift_i32(&t, 2, page == PAGE_DATA && chunk->dictionary ? ENCODING_RLE_DICTIONARY : ENCODING_PLAIN);
    if (page == PAGE_DATA) {
        mr_thrift_i32(&t, 3, ENCODING_RLE);
        mr_thrift_i32(&t, 4, ENCODING_RLE);
    }
    mr_thrift_end(&t);
    mr_thrift_end(&t);
}

/* The body is there: give it a header and write both.  MR_FATAL also where memory was short on the way. */
static int put_page(struct chunk *chunk, struct mr_outfile *file, int page, size_t values)
{
    const struct mr_bytes *body = &chunk->body;

    if (chunk->parquet->options->gzip && !chunk->body.failed) {
        pack(chunk);
        body = &chunk->packed;
    }
    if (chunk->body.failed || body->failed)
        return mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "");
    page_header(chunk, body, page, values);
    if (chunk->header.failed)
        return mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "");
    chunk->plain_size += chunk->header.used + chunk->body.used + chunk->tail_size;
    chunk->packed_size += chunk->header.used + body->used + chunk->tail_size;
    (void)mr_outfile_put(file, chunk->header.data, chunk->header.used);
    (void)mr_outfile_put(file, body->data, body->used);
    return mr_outfile_put(file, chunk->tail, chunk->tail_size);
}

/* Empty cells, and of times the first and the last: readers pass over row groups by them. */
static void statistics(struct mr_thrift *t, const struct mr_parquet_column *column, uint32_t rows)
{
    int64_t least = INT64_MAX, most = INT64_MIN;
    uint8_t bytes[8];

    mr_thrift_begin(t, 12);
    mr_thrift_i64(t, 3, (int64_t)rows - column->count);
    if (column->about->type == MR_CELL_TIME && column->count > 0) {
        for (uint32_t i = 0; i < column->count; i++) {
            int64_t value = mr_parquet_get64(column->values + 8 * (size_t)i);

            least = value < least ? value : least;
            most = value > most ? value : most;
        }
        mr_parquet_put64(bytes, (uint64_t)most);
        mr_thrift_binary(t, 5, bytes, 8);
        mr_parquet_put64(bytes, (uint64_t)least);
        mr_thrift_binary(t, 6, bytes, 8);
    }
    mr_thrift_end(t);
}

static void describe_chunk(struct mr_thrift *t, const struct chunk *chunk)
{
    const struct mr_parquet_column *column = chunk->column;

    mr_thrift_element_begin(t);
    mr_thrift_i64(t, 2, 0);
    mr_thrift_begin(t, 3);
    mr_thrift_i32(t, 1, (int32_t)column->type);
    mr_thrift_list(t, 2, MR_THRIFT_I32, chunk->dictionary ? 3 : 2);
    mr_thrift_element_i32(t, ENCODING_PLAIN);
    mr_thrift_element_i32(t, ENCODING_RLE);
    if (chunk->dictionary)
        mr_thrift_element_i32(t, ENCODING_RLE_DICTIONARY);
    mr_thrift_list(t, 3, MR_THRIFT_BINARY, 1);
    mr_thrift_element_text(t, column->about->name);
    mr_thrift_i32(t, 4, chunk->parquet->options->gzip ? CODEC_GZIP : CODEC_NONE);
    mr_thrift_i64(t, 5, chunk->parquet->rows);
    mr_thrift_i64(t, 6, (int64_t)chunk->plain_size);
    mr_thrift_i64(t, 7, (int64_t)chunk->packed_size);
    mr_thrift_i64(t, 9, (int64_t)chunk->data_at);
    if (chunk->dictionary)
        mr_thrift_i64(t, 11, (int64_t)chunk->dictionary_at);
    statistics(t, column, chunk->parquet->rows);
    mr_thrift_end(t);
    mr_thrift_end(t);
}

/* With the bytes as they stand. */
static inline uint64_t value_at(const uint8_t *values, size_t width, uint32_t i)
{
    uint64_t value;
    uint32_t small;

    if (width == sizeof value) {
        memcpy(&value, values + sizeof value * i, sizeof value);
        return value;
    }
    memcpy(&small, values + sizeof small * i, sizeof small);
    return small;
}

/* The number of a value; FEW_VALUES where there are too many different ones. */
static unsigned number_of(struct few *few, uint64_t value)
{
    uint64_t hash = value * UINT64_C(0x9E3779B97F4A7C15);
    unsigned at = (unsigned)(hash >> 56);

    while (few->slots[at] != 0 && few->values[few->slots[at] - 1] != value)
        at = (at + 1) % FEW_SLOTS;
    if (few->slots[at] != 0)
        return few->slots[at] - 1u;
    if (few->count == FEW_VALUES)
        return FEW_VALUES;
    few->values[few->count++] = value;
    few->slots[at] = (uint8_t)few->count;
    return few->count - 1;
}

/* Numbers of all values; false where they are not few.  width is a constant wherever this is called. */
static inline bool number_values(struct few *few, const uint8_t *values, size_t width, uint32_t count, uint8_t *numbers)
{
    uint64_t before = ~value_at(values, width, 0);
    uint32_t number = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint64_t value = value_at(values, width, i);

        if (value != before)
            number = number_of(few, value);
        if (number == FEW_VALUES)
            return false;
        before = value;
        memcpy(numbers + 4 * (size_t)i, &number, 4);
    }
    return true;
}

/* Counters are zero most of the time, and states are few: numbers of some bits instead of 8 bytes each. */
static bool has_few_values(struct chunk *chunk)
{
    const struct mr_parquet_column *column = chunk->column;
    struct few *few = &chunk->few;
    uint8_t *numbers;

    chunk->numbers.used = 0;
    numbers = mr_bytes_reserve(&chunk->numbers, 4 * (size_t)column->count);
    if (numbers == NULL || column->count < FEW_VALUES)
        return false;
    few->count = 0;
    memset(few->slots, 0, sizeof few->slots);
    return mr_parquet_width(column->type) == 8 ? number_values(few, column->values, 8, column->count, numbers)
                                               : number_values(few, column->values, 4, column->count, numbers);
}

/* A dictionary pays where texts come again, and where numbers are few. */
static struct mr_parquet_indices make_dictionary(struct chunk *chunk)
{
    const struct mr_parquet_column *column = chunk->column;

    if (column->type == MR_PARQUET_TEXT) {
        chunk->dictionary = column->count > 0 && !column->words.plain && column->words.count <= column->count / 2 + 1;
        return (struct mr_parquet_indices){column->values, column->count, column->words.count};
    }
    chunk->dictionary = has_few_values(chunk);
    return (struct mr_parquet_indices){chunk->numbers.data, column->count, chunk->few.count};
}

/* A value as value_at() has taken it: with the bytes as they stood. */
static void put_bits_of(struct mr_bytes *out, uint64_t value, size_t width)
{
    const uint32_t small = (uint32_t)value;

    if (width == sizeof value)
        mr_bytes_put(out, &value, sizeof value);
    else
        mr_bytes_put(out, &small, sizeof small);
}

static int put_dictionary(struct chunk *chunk, struct mr_outfile *file, size_t words)
{
    const struct mr_parquet_column *column = chunk->column;

    chunk->dictionary_at = mr_outfile_offset(file);
    chunk->body.used = 0;
    for (uint32_t i = 0; i < words; i++) {
        if (column->type == MR_PARQUET_TEXT)
            put_text(&chunk->body, column, i);
        else
            put_bits_of(&chunk->body, chunk->few.values[i], mr_parquet_width(column->type));
    }
    return put_page(chunk, file, PAGE_DICTIONARY, words);
}

static int put_chunk(struct chunk *chunk, struct mr_outfile *file)
{
    const struct mr_parquet_column *column = chunk->column;
    struct mr_parquet_indices in = make_dictionary(chunk);

    chunk->plain_size = chunk->packed_size = 0;
    chunk->tail = NULL;
    chunk->tail_size = 0;
    if (chunk->dictionary && put_dictionary(chunk, file, in.words) != MR_OK)
        return MR_FATAL;
    chunk->data_at = mr_outfile_offset(file);
    chunk->body.used = 0;
    mr_parquet_put_levels(&chunk->body, column, chunk->parquet->rows);
    if (chunk->dictionary)
        mr_parquet_put_indices(&chunk->body, &in);
    else
        put_plain(chunk);
    chunk->body.failed |= chunk->numbers.failed;
    return put_page(chunk, file, PAGE_DATA, chunk->parquet->rows);
}

static int put_chunks(struct mr_parquet *parquet, struct mr_outfile *file, struct chunk *chunk, uint64_t *plain)
{
    struct mr_thrift t = {.out = &parquet->groups};

    /* The structure of a row group is an element of a list: it has no field of its own around it. */
    mr_thrift_list(&t, 1, MR_THRIFT_STRUCT, parquet->head->column_count);
    for (size_t c = 0; c < parquet->head->column_count; c++) {
        chunk->column = &parquet->columns[c];
        if (put_chunk(chunk, file) != MR_OK)
            return MR_FATAL;
        describe_chunk(&t, chunk);
        *plain += chunk->plain_size;
        mr_parquet_clear_words(&chunk->column->words, chunk->column->count);
        chunk->column->count = 0;
        chunk->column->mixed = false;
    }
    mr_thrift_i64(&t, 2, (int64_t)*plain);
    mr_thrift_i64(&t, 3, parquet->rows);
    mr_thrift_end(&t);
    return parquet->groups.failed ? mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "") : MR_OK;
}

int mr_parquet_put_group(struct mr_parquet *parquet, struct mr_outfile *file)
{
    struct chunk chunk = {.parquet = parquet};
    uint64_t plain = 0;
    int status = MR_OK;

    if (parquet->rows > 0) {
        status = put_chunks(parquet, file, &chunk, &plain);
        parquet->all_rows += parquet->rows;
        parquet->group_count++;
        parquet->rows = 0;
    }
    free(chunk.numbers.data);
    free(chunk.body.data);
    free(chunk.packed.data);
    free(chunk.header.data);
    return status;
}

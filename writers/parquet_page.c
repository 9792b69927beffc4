/* SPDX-License-Identifier: Apache-2.0 */
/* Row groups: definition levels, values, dictionaries, pages and what the footer says of them. */
#include "writers/parquet.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ENCODING_PLAIN = 0, ENCODING_RLE = 3, ENCODING_RLE_DICTIONARY = 8 };
enum { CODEC_NONE = 0, CODEC_GZIP = 2 };
enum { PAGE_DATA = 0, PAGE_DICTIONARY = 2 };

#define GROUP_OF_VALUES 8 /* bit-packed values come in groups of so many */
#define GZIP_WINDOW (15 + 16)
#define GZIP_LEVEL 1
#define GZIP_MEMORY 8

/* What is made of one column. */
struct chunk {
    struct mr_parquet *parquet;
    struct mr_parquet_column *column;
    struct mr_bytes body, packed, header;
    uint64_t plain_size, packed_size; /* with the headers */
    uint64_t dictionary_at, data_at;
    bool dictionary;
};

static void put_bits(struct mr_bytes *out, const uint8_t *values, uint32_t count)
{
    uint32_t groups = (count + GROUP_OF_VALUES - 1) / GROUP_OF_VALUES;
    uint8_t *p;

    mr_bytes_varint(out, (uint64_t)groups << 1 | 1);
    p = mr_bytes_reserve(out, groups);
    if (p == NULL)
        return;
    memset(p, 0, groups);
    for (uint32_t i = 0; i < count; i++)
        p[i / 8] |= (uint8_t)(values[i] << i % 8);
    out->used += groups;
}

/* One bit a row: is there a value?  Runs where all or none are, which is most columns. */
static void put_levels(struct mr_bytes *out, const struct mr_parquet_column *column, uint32_t rows)
{
    size_t at = out->used, size;

    mr_bytes_le32(out, 0);
    if (column->count == rows || column->count == 0) {
        const uint8_t level = column->count > 0;

        mr_bytes_varint(out, (uint64_t)rows << 1);
        mr_bytes_put(out, &level, 1);
    } else {
        put_bits(out, column->present, rows);
    }
    if (out->failed)
        return;
    size = out->used - at - 4;
    for (int i = 0; i < 4; i++)
        out->data[at + (size_t)i] = (uint8_t)(size >> 8 * i);
}

static uint32_t word_at(const struct mr_parquet_column *column, uint32_t i)
{
    uint32_t number;

    memcpy(&number, column->values + 4 * (size_t)i, 4);
    return number;
}

static uint32_t run_from(const struct mr_parquet_column *column, uint32_t start)
{
    uint32_t i = start + 1;

    while (i < column->count && word_at(column, i) == word_at(column, start))
        i++;
    return i - start;
}

static void put_packed(struct mr_bytes *out, const struct mr_parquet_column *column, uint32_t from, uint32_t to,
                       unsigned width)
{
    uint32_t groups = (to - from + GROUP_OF_VALUES - 1) / GROUP_OF_VALUES;
    size_t size = (size_t)groups * width;
    uint64_t bits = 0;
    unsigned have = 0;
    uint8_t *p;

    mr_bytes_varint(out, (uint64_t)groups << 1 | 1);
    p = mr_bytes_reserve(out, size);
    if (p == NULL)
        return;
    for (uint32_t i = from; i < from + groups * GROUP_OF_VALUES; i++) {
        bits |= (uint64_t)(i < to ? word_at(column, i) : 0) << have;
        for (have += width; have >= 8; have -= 8, bits >>= 8)
            *p++ = (uint8_t)bits;
    }
    out->used += size;
}

/* Numbers of words: long runs of one as a run, what lies between packed into as few bits as the largest needs. */
static void put_words(struct mr_bytes *out, const struct mr_parquet_column *column)
{
    unsigned width = 1;
    uint8_t byte;
    uint32_t i = 0;

    while (column->words.count > UINT64_C(1) << width)
        width++;
    byte = (uint8_t)width;
    mr_bytes_put(out, &byte, 1);
    while (i < column->count) {
        uint32_t run = run_from(column, i), from = i;

        if (run >= GROUP_OF_VALUES) {
            mr_bytes_varint(out, (uint64_t)run << 1);
            for (unsigned bit = 0; bit < width; bit += 8) {
                byte = (uint8_t)(word_at(column, i) >> bit);
                mr_bytes_put(out, &byte, 1);
            }
            i += run;
            continue;
        }
        do
            i += GROUP_OF_VALUES;
        while (i < column->count && run_from(column, i) < GROUP_OF_VALUES);
        put_packed(out, column, from, i < column->count ? i : column->count, width);
    }
}

static void put_text(struct mr_bytes *out, const struct mr_parquet_words *words, uint32_t number)
{
    uint32_t from = number == 0 ? 0 : words->ends[number - 1];

    mr_bytes_le32(out, words->ends[number] - from);
    if (words->ends[number] > from)
        mr_bytes_put(out, words->bytes.data + from, words->ends[number] - from);
}

static void put_values(struct mr_bytes *out, const struct mr_parquet_column *column, bool dictionary)
{
    if (column->type != MR_PARQUET_TEXT) {
        mr_bytes_put(out, column->values, column->count * mr_parquet_width(column->type));
    } else if (dictionary) {
        put_words(out, column);
    } else {
        for (uint32_t i = 0; i < column->count; i++)
            put_text(out, &column->words, word_at(column, i));
    }
}

static void pack(struct chunk *chunk)
{
    z_stream z = {0};
    uint8_t *p;
    size_t most;

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

static void page_header(struct chunk *chunk, const struct mr_bytes *body, int page, size_t values)
{
    struct mr_thrift t = {.out = &chunk->header};

    chunk->header.used = 0;
    mr_thrift_i32(&t, 1, page);
    mr_thrift_i32(&t, 2, (int32_t)chunk->body.used);
    mr_thrift_i32(&t, 3, (int32_t)body->used);
    mr_thrift_i32(&t, 4, (int32_t)crc32(0, body->data, (uInt)body->used));
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
    chunk->plain_size += chunk->header.used + chunk->body.used;
    chunk->packed_size += chunk->header.used + body->used;
    (void)mr_outfile_put(file, chunk->header.data, chunk->header.used);
    return mr_outfile_put(file, body->data, body->used);
}

static int64_t value_at(const struct mr_parquet_column *column, uint32_t i)
{
    uint64_t value = 0;

    for (int b = 7; b >= 0; b--)
        value = value << 8 | column->values[8 * (size_t)i + (size_t)b];
    return (int64_t)value;
}

/* Empty cells, and of times the first and the last: readers pass over row groups by them. */
static void statistics(struct mr_thrift *t, const struct mr_parquet_column *column, uint32_t rows)
{
    uint32_t least = 0, most = 0;

    mr_thrift_begin(t, 12);
    mr_thrift_i64(t, 3, (int64_t)rows - column->count);
    if (column->about->type == MR_CELL_TIME && column->count > 0) {
        for (uint32_t i = 1; i < column->count; i++) {
            least = value_at(column, i) < value_at(column, least) ? i : least;
            most = value_at(column, i) > value_at(column, most) ? i : most;
        }
        mr_thrift_binary(t, 5, column->values + 8 * (size_t)most, 8);
        mr_thrift_binary(t, 6, column->values + 8 * (size_t)least, 8);
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

static void clear_words(struct mr_parquet_words *words)
{
    if (words->slots != NULL)
        memset(words->slots, 0, 2 * words->room * sizeof *words->slots);
    words->bytes.used = 0;
    words->count = 0;
}

static int put_chunk(struct chunk *chunk, struct mr_outfile *file)
{
    const struct mr_parquet_column *column = chunk->column;

    chunk->plain_size = chunk->packed_size = 0;
    /* A dictionary pays where texts come again. */
    chunk->dictionary = column->type == MR_PARQUET_TEXT && column->count > 0 &&
                        column->words.count <= column->count / 2 + 1;
    if (chunk->dictionary) {
        chunk->dictionary_at = mr_outfile_offset(file);
        chunk->body.used = 0;
        for (uint32_t i = 0; i < column->words.count; i++)
            put_text(&chunk->body, &column->words, i);
        if (put_page(chunk, file, PAGE_DICTIONARY, column->words.count) != MR_OK)
            return MR_FATAL;
    }
    chunk->data_at = mr_outfile_offset(file);
    chunk->body.used = 0;
    put_levels(&chunk->body, column, chunk->parquet->rows);
    put_values(&chunk->body, column, chunk->dictionary);
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
        chunk->column->count = 0;
        clear_words(&chunk->column->words);
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
    free(chunk.body.data);
    free(chunk.packed.data);
    free(chunk.header.data);
    return status;
}

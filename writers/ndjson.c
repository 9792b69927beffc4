/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NDJSON: one JSON object a line, with every column of the table, null where the cell is missing.  Numbers are JSON
 * numbers with all their digits; times, hex bytes and packed digits are the texts that CSV has.
 */
#include "writers/format.h"
#include "writers/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PART_MAX 4096
#define ESCAPED_MAX 6 /* \u001F */

struct ndjson_state {
    const struct mr_column *columns;
    size_t count;
    char *keys;       /* ,"NAME": one after another */
    uint32_t *starts; /* of each, and the end of the last */
};

/* Whatever JSON does not allow in a text as it is.  Returns the position behind. */
static char *put_escaped(char *p, const char *text, size_t size)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '"' || c == '\\') {
            *p++ = '\\';
            *p++ = (char)c;
        } else if (c < 0x20) {
            memcpy(p, "\\u00", 4);
            p[4] = hex[c >> 4];
            p[5] = hex[c & 15];
            p += ESCAPED_MAX;
        } else {
            *p++ = (char)c;
        }
    }
    return p;
}

static void put_text(struct mr_outfile *file, const char *text, size_t size)
{
    (void)mr_outfile_put(file, "\"", 1);
    while (size > 0) {
        size_t part = size < PART_MAX ? size : PART_MAX;

        mr_outfile_commit(file, put_escaped(mr_outfile_reserve(file, ESCAPED_MAX * part), text, part));
        text += part;
        size -= part;
    }
    (void)mr_outfile_put(file, "\"", 1);
}

static void put_bytes(struct mr_outfile *file, const struct mr_cell *cell, const char *prefix)
{
    const uint8_t *bytes = cell->value.bytes;
    size_t size = cell->size;

    (void)mr_outfile_put(file, "\"", 1);
    if (size > 0)
        (void)mr_outfile_put(file, prefix, strlen(prefix));
    while (size > 0) {
        size_t part = size < PART_MAX ? size : PART_MAX;

        mr_outfile_commit(file, mr_put_digits(mr_outfile_reserve(file, 2 * part), bytes, part));
        bytes += part;
        size -= part;
    }
    (void)mr_outfile_put(file, "\"", 1);
}

static char *put_time(char *p, int64_t micros)
{
    *p++ = '"';
    p = mr_put_time(p, micros);
    *p++ = '"';
    return p;
}

/* JSON has no way to write what is no number. */
static char *put_real(char *p, double value)
{
    char *end = mr_put_real(p, value);

    if (end > p)
        return end;
    memcpy(p, "null", 4);
    return p + 4;
}

static void put_cell(struct mr_outfile *file, enum mr_cell_type type, const struct mr_cell *cell)
{
    char *p = mr_outfile_reserve(file, MR_NUMBER_MAX_TEXT + 2);

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
        p = put_time(p, cell->value.i);
        break;
    case MR_CELL_REAL:
        p = put_real(p, cell->value.d);
        break;
    case MR_CELL_TEXT:
        put_text(file, cell->value.text, cell->size);
        return;
    case MR_CELL_HEX:
        put_bytes(file, cell, "0x");
        return;
    case MR_CELL_DIGITS:
        put_bytes(file, cell, "");
        return;
    }
    mr_outfile_commit(file, p);
}

static int ndjson_begin(void *state, struct mr_outfile *file, const struct mr_table_head *head,
                        const struct mr_writer_options *options)
{
    struct ndjson_state *json = state;
    size_t size = 1;
    char *p;

    (void)options;
    for (size_t i = 0; i < head->column_count; i++)
        size += ESCAPED_MAX * strlen(head->columns[i].name) + 4;
    json->columns = head->columns;
    json->count = head->column_count;
    json->keys = malloc(size);
    json->starts = malloc((head->column_count + 1) * sizeof *json->starts);
    if (json->keys == NULL || json->starts == NULL)
        return mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "");
    p = json->keys;
    for (size_t i = 0; i < json->count; i++) {
        json->starts[i] = (uint32_t)(p - json->keys);
        *p++ = i == 0 ? '{' : ',';
        *p++ = '"';
        p = put_escaped(p, head->columns[i].name, strlen(head->columns[i].name));
        *p++ = '"';
        *p++ = ':';
    }
    json->starts[json->count] = (uint32_t)(p - json->keys);
    return MR_OK;
}

static int ndjson_row(void *state, struct mr_outfile *file, const struct mr_cell *cells)
{
    const struct ndjson_state *json = state;

    for (size_t i = 0; i < json->count; i++) {
        (void)mr_outfile_put(file, json->keys + json->starts[i], json->starts[i + 1] - json->starts[i]);
        if (cells[i].present)
            put_cell(file, json->columns[i].type, &cells[i]);
        else
            (void)mr_outfile_put(file, "null", 4);
    }
    return mr_outfile_put(file, "}\n", 2);
}

static void ndjson_destroy(void *state)
{
    struct ndjson_state *json = state;

    free(json->keys);
    free(json->starts);
}

const struct mr_writer_format mr_format_ndjson = {
    .name = "ndjson",
    .suffix = ".ndjson",
    .state_size = sizeof(struct ndjson_state),
    .begin = ndjson_begin,
    .row = ndjson_row,
    .destroy = ndjson_destroy,
    .abilities = MR_CAN_SPLIT | MR_CAN_GZIP | MR_CAN_APPEND,
};

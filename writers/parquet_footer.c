/* SPDX-License-Identifier: Apache-2.0 */
/* The footer: types of the columns, where the row groups are, and what it all means. */
#include "writers/parquet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONAL = 1 };
enum { CONVERTED_UTF8 = 0, CONVERTED_TIMESTAMP_MICROS = 10, CONVERTED_UINT_64 = 14 };
enum { LOGICAL_STRING = 1, LOGICAL_TIMESTAMP = 8, LOGICAL_INTEGER = 10 };

/* A time is in UTC unless its unit says that it is local. */
static bool is_utc(const struct mr_column *column)
{
    return strcmp(column->unit, "local") != 0;
}

static void put_converted_type(struct mr_thrift *t, const struct mr_parquet_column *column)
{
    if (column->type == MR_PARQUET_TEXT)
        mr_thrift_i32(t, 6, CONVERTED_UTF8);
    else if (column->about->type == MR_CELL_TIME && is_utc(column->about))
        mr_thrift_i32(t, 6, CONVERTED_TIMESTAMP_MICROS);
    else if (column->is_unsigned)
        mr_thrift_i32(t, 6, CONVERTED_UINT_64);
}

static void put_empty(struct mr_thrift *t, int id)
{
    mr_thrift_begin(t, id);
    mr_thrift_end(t);
}

static void put_logical_type(struct mr_thrift *t, const struct mr_parquet_column *column)
{
    bool time = column->about->type == MR_CELL_TIME;

    if (column->type != MR_PARQUET_TEXT && !time && !column->is_unsigned)
        return;
    mr_thrift_begin(t, 10);
    if (time) {
        mr_thrift_begin(t, LOGICAL_TIMESTAMP);
        mr_thrift_bool(t, 1, is_utc(column->about));
        mr_thrift_begin(t, 2);
        put_empty(t, 2); /* microseconds */
        mr_thrift_end(t);
        mr_thrift_end(t);
    } else if (column->is_unsigned) {
        mr_thrift_begin(t, LOGICAL_INTEGER);
        mr_thrift_i8(t, 1, 64);
        mr_thrift_bool(t, 2, false);
        mr_thrift_end(t);
    } else {
        put_empty(t, LOGICAL_STRING);
    }
    mr_thrift_end(t);
}

static void put_schema(struct mr_thrift *t, const struct mr_parquet *parquet)
{
    size_t count = parquet->head->column_count;

    mr_thrift_list(t, 2, MR_THRIFT_STRUCT, count + 1);
    mr_thrift_element_begin(t);
    mr_thrift_text(t, 4, parquet->head->name);
    mr_thrift_i32(t, 5, (int32_t)count);
    mr_thrift_end(t);
    for (size_t c = 0; c < count; c++) {
        const struct mr_parquet_column *column = &parquet->columns[c];

        mr_thrift_element_begin(t);
        mr_thrift_i32(t, 1, (int32_t)column->type);
        mr_thrift_i32(t, 3, OPTIONAL);
        mr_thrift_text(t, 4, column->about->name);
        put_converted_type(t, column);
        put_logical_type(t, column);
        mr_thrift_end(t);
    }
}

static void put_pair(struct mr_thrift *t, const char *key, const char *value)
{
    mr_thrift_element_begin(t);
    mr_thrift_text(t, 1, key);
    mr_thrift_text(t, 2, value == NULL ? "" : value);
    mr_thrift_end(t);
}

static void put_quoted(struct mr_bytes *json, const char *text, size_t size)
{
    static const char hex[] = "0123456789ABCDEF";

    mr_bytes_put(json, "\"", 1);
    for (const char *end = text + size; text < end; text++) {
        unsigned char c = (unsigned char)*text;
        const char control[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, escaped[] = {'\\', *text};

        if (c < 0x20)
            mr_bytes_put(json, control, sizeof control);
        else if (c == '"' || c == '\\')
            mr_bytes_put(json, escaped, sizeof escaped);
        else
            mr_bytes_put(json, text, 1);
    }
    mr_bytes_put(json, "\"", 1);
}

/* key is with all that stands before the value. */
static void put_member(struct mr_bytes *json, const char *key, const char *text, size_t size)
{
    mr_bytes_put(json, key, strlen(key));
    put_quoted(json, text, size);
}

/* Where column c comes from, at the beginning of *text; its size, 0 where that is not known. */
static size_t put_source(const struct mr_table_head *head, size_t c, FILE *memory)
{
    long size;

    if (head->put_source == NULL)
        return 0;
    rewind(memory);
    head->put_source(head->context, head->numbers == NULL ? c : head->numbers[c], memory);
    size = ftell(memory);
    return fflush(memory) == 0 && size > 0 ? (size_t)size : 0;
}

/* Names, labels, units and sources of all columns as JSON, with a zero at the end.  MR_FATAL when memory is short. */
static int describe_columns(struct mr_bytes *json, const struct mr_table_head *head)
{
    char *source = NULL;
    size_t room = 0;
    FILE *memory = open_memstream(&source, &room);

    if (memory == NULL)
        return MR_FATAL;
    mr_bytes_put(json, "[", 1);
    for (size_t c = 0; c < head->column_count; c++) {
        const struct mr_column *column = &head->columns[c];
        size_t size = put_source(head, c, memory);

        put_member(json, c == 0 ? "{\"name\":" : ",{\"name\":", column->name, strlen(column->name));
        put_member(json, ",\"label\":", column->label, strlen(column->label));
        put_member(json, ",\"unit\":", column->unit, strlen(column->unit));
        if (size > 0)
            put_member(json, ",\"source\":", source, size);
        mr_bytes_put(json, "}", 1);
    }
    mr_bytes_put(json, "]", 2);
    (void)fclose(memory);
    free(source);
    return json->failed ? MR_FATAL : MR_OK;
}

/* The folders of a partition stand for a column; a file that has left them must still tell: SYSID=X/DATE=... */
static const char *partition_of(const struct mr_parquet *parquet, const struct mr_outfile *file)
{
    const char *path = file->folder->path, *p = path + strlen(path);

    for (unsigned slashes = 0; parquet->options->partition && p > path; p--) {
        if (p[-1] == '/' && ++slashes == 2)
            return p;
    }
    return NULL;
}

static int put_meaning(struct mr_thrift *t, const struct mr_parquet *parquet, const struct mr_outfile *file)
{
    const char *partition = partition_of(parquet, file);
    struct mr_bytes columns = {0};

    if (describe_columns(&columns, parquet->head) != MR_OK) {
        free(columns.data);
        return MR_FATAL;
    }
    mr_thrift_list(t, 5, MR_THRIFT_STRUCT, partition == NULL ? 6 : 7);
    put_pair(t, "monreduce.version", parquet->options->version);
    put_pair(t, "monreduce.schema", parquet->options->schema);
    put_pair(t, "monreduce.table", parquet->head->name);
    put_pair(t, "monreduce.title", parquet->head->title);
    put_pair(t, "monreduce.records", parquet->head->source);
    put_pair(t, "monreduce.columns", (const char *)columns.data);
    if (partition != NULL)
        put_pair(t, "monreduce.partition", partition);
    free(columns.data);
    return MR_OK;
}

/* The order in which texts and numbers are compared: each type's own. */
static void put_orders(struct mr_thrift *t, size_t count)
{
    mr_thrift_list(t, 7, MR_THRIFT_STRUCT, count);
    for (size_t c = 0; c < count; c++) {
        mr_thrift_element_begin(t);
        put_empty(t, 1);
        mr_thrift_end(t);
    }
}

/* What stands before the row groups. */
static void put_front(struct mr_thrift *t, const struct mr_parquet *parquet)
{
    mr_thrift_i32(t, 1, 2);
    put_schema(t, parquet);
    mr_thrift_i64(t, 3, (int64_t)parquet->all_rows);
    mr_thrift_list(t, 4, MR_THRIFT_STRUCT, parquet->group_count);
}

/* What stands behind them.  MR_FATAL where memory is short. */
static int put_back(struct mr_thrift *t, const struct mr_parquet *parquet, const struct mr_outfile *file)
{
    char made_by[64];

    snprintf(made_by, sizeof made_by, "monreduce version %s",
             parquet->options->version == NULL ? "0" : parquet->options->version);
    if (put_meaning(t, parquet, file) != MR_OK)
        return MR_FATAL;
    mr_thrift_text(t, 6, made_by);
    put_orders(t, parquet->head->column_count);
    mr_thrift_end(t);
    return t->out->failed ? MR_FATAL : MR_OK;
}

static int put_all(const struct mr_parquet *parquet, const struct mr_bytes *front, struct mr_bytes *back,
                   struct mr_outfile *file)
{
    mr_bytes_le32(back, (uint32_t)(front->used + parquet->spool.size + parquet->groups.used + back->used));
    mr_bytes_put(back, "PAR1", 4);
    if (front->failed || back->failed)
        return mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "");
    (void)mr_outfile_put(file, front->data, front->used);
    if (mr_parquet_unspool(&parquet->spool, file) != MR_OK)
        return MR_FATAL;
    (void)mr_outfile_put(file, parquet->groups.data, parquet->groups.used);
    return mr_outfile_put(file, back->data, back->used);
}

int mr_parquet_put_footer(struct mr_parquet *parquet, struct mr_outfile *file)
{
    struct mr_bytes front = {0}, back = {0};
    struct mr_thrift t = {.out = &front};
    int status;

    put_front(&t, parquet);
    t.out = &back;
    if (put_back(&t, parquet, file) != MR_OK)
        status = mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "");
    else
        status = put_all(parquet, &front, &back, file);
    free(front.data);
    free(back.data);
    return status;
}

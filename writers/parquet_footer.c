/* SPDX-License-Identifier: Apache-2.0 */
/* The footer: types of the columns, where the row groups are, and what it all means. */
#include "writers/parquet.h"

#include <jansson.h>
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

/* json_dumps() does not notice where memory for a text runs out (jansson 2.14): a stream remembers it. */
static char *json_text(const json_t *value)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    bool good = false;

    if (out != NULL) {
        good = json_dumpf(value, out, JSON_COMPACT) == 0;
        good = ferror(out) == 0 && good;
        good = fclose(out) == 0 && good;
    }
    if (good)
        return text;
    free(text);
    return NULL;
}

/* Names, labels and units of all columns as JSON; NULL when memory is short. */
static char *describe_columns(const struct mr_table_head *head)
{
    json_t *list = json_array();
    char *text;

    for (size_t c = 0; c < head->column_count; c++) {
        const struct mr_column *column = &head->columns[c];

        (void)json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", column->name, "label", column->label,
                                                    "unit", column->unit));
    }
    text = json_array_size(list) == head->column_count ? json_text(list) : NULL;
    json_decref(list);
    return text;
}

static int put_meaning(struct mr_thrift *t, const struct mr_parquet *parquet)
{
    char *columns = describe_columns(parquet->head);

    if (columns == NULL)
        return MR_FATAL;
    mr_thrift_list(t, 5, MR_THRIFT_STRUCT, 5);
    put_pair(t, "monreduce.version", parquet->options->version);
    put_pair(t, "monreduce.table", parquet->head->name);
    put_pair(t, "monreduce.title", parquet->head->title);
    put_pair(t, "monreduce.records", parquet->head->source);
    put_pair(t, "monreduce.columns", columns);
    free(columns);
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

int mr_parquet_put_footer(struct mr_parquet *parquet, struct mr_outfile *file)
{
    struct mr_bytes footer = {0};
    struct mr_thrift t = {.out = &footer};
    char made_by[64];
    int status;

    snprintf(made_by, sizeof made_by, "monreduce version %s",
             parquet->options->version == NULL ? "0" : parquet->options->version);
    mr_thrift_i32(&t, 1, 2);
    put_schema(&t, parquet);
    mr_thrift_i64(&t, 3, (int64_t)parquet->all_rows);
    mr_thrift_list(&t, 4, MR_THRIFT_STRUCT, parquet->group_count);
    mr_bytes_put(&footer, parquet->groups.data, parquet->groups.used);
    status = put_meaning(&t, parquet);
    mr_thrift_text(&t, 6, made_by);
    put_orders(&t, parquet->head->column_count);
    mr_thrift_end(&t);
    mr_bytes_le32(&footer, (uint32_t)footer.used);
    mr_bytes_put(&footer, "PAR1", 4);
    if (status != MR_OK || footer.failed)
        status = mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "");
    else
        status = mr_outfile_put(file, footer.data, footer.used);
    free(footer.data);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/layout.h"
#include "writers/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct mr_writer_format *mr_writer_find_format(const char *name)
{
    const struct mr_writer_format *const *format = mr_writer_format_list;

    while (*format != NULL && strcmp((*format)->name, name) != 0)
        format++;
    return *format;
}

/* An option that means nothing to the format: silence would let people believe that it was heeded. */
static const char *strange_option(const struct mr_writer_format *format, const struct mr_writer_options *options)
{
    unsigned can = format->abilities;

    if (options->crlf && (can & MR_CAN_CRLF) == 0)
        return "--crlf";
    if (options->spreadsheet && (can & MR_CAN_SPREADSHEET) == 0)
        return "--spreadsheet";
    if (options->gzip && (can & (MR_CAN_GZIP | MR_CAN_GZIP_PARTS)) == 0)
        return "--gzip";
    if (options->split != MR_SPLIT_NONE && (can & MR_CAN_SPLIT) == 0)
        return "--split";
    if (options->partition && (can & MR_CAN_PARTITION) == 0)
        return "--partition";
    return NULL;
}

static int open_shared(struct mr_writer *writer)
{
    const struct mr_writer_format *format = writer->format;

    if (format->single == NULL)
        return MR_OK;
    if (mr_outfile_open(&writer->shared, &writer->folder, format->single) != MR_OK)
        return MR_FATAL;
    writer->shared_open = true;
    return mr_writer_settle(writer, format->open(&writer->shared, &writer->options));
}

struct mr_writer *mr_writer_new(const struct mr_writer_format *format, const struct mr_writer_options *options,
                                struct mr_log *log)
{
    struct mr_writer *writer = calloc(1, sizeof *writer);

    if (writer == NULL) {
        mr_report(log, MR_MSG_OUTPUT_MEMORY, MR_NOWHERE, "%s", "");
        return NULL;
    }
    writer->format = format;
    writer->log = log;
    writer->folder.fd = -1;
    writer->shared.fd = -1;
    writer->options = *options;
    if (options->partition && options->split == MR_SPLIT_NONE)
        writer->options.split = MR_SPLIT_DAY;
    writer->tables.end = &writer->tables.first;
    writer->extras.end = &writer->extras.first;
    return writer;
}

int mr_writer_open(struct mr_writer **out, const char *format, const struct mr_writer_options *options,
                   struct mr_log *log)
{
    const struct mr_writer_format *found = mr_writer_find_format(format);
    struct mr_writer *writer;

    *out = NULL;
    if (found == NULL) {
        mr_report(log, MR_MSG_OUTPUT_FORMAT, MR_NOWHERE, "%s", format);
        return MR_FATAL;
    }
    if (strange_option(found, options) != NULL) {
        mr_report(log, MR_MSG_OUTPUT_OPTION, MR_NOWHERE, "%s: %s", format, strange_option(found, options));
        return MR_FATAL;
    }
    writer = mr_writer_new(found, options, log);
    if (writer == NULL)
        return MR_FATAL;
    if (mr_outfolder_open(&writer->folder, options->folder, log) != MR_OK ||
        mr_layout_check(&writer->folder, found, &writer->options) != MR_OK || open_shared(writer) != MR_OK) {
        mr_writer_abandon(writer);
        return MR_FATAL;
    }
    writer->options.folder = writer->folder.path;
    writer->folder.scratch = options->scratch;
    *out = writer;
    return MR_OK;
}

const char *mr_writer_suffix(const char *name, const struct mr_writer_options *options)
{
    static const struct {
        const char *plain, *packed;
    } suffixes[] = {{".csv", ".csv.gz"}, {".ndjson", ".ndjson.gz"}};
    const struct mr_writer_format *format = mr_writer_find_format(name);

    if (format == NULL || format->single != NULL)
        return "";
    for (size_t i = 0; options->gzip && i < sizeof suffixes / sizeof *suffixes; i++) {
        if (strcmp(format->suffix, suffixes[i].plain) == 0)
            return suffixes[i].packed;
    }
    return format->suffix;
}

const char *mr_writer_split_word(const struct mr_writer_options *options)
{
    static const char *const words[] = {"none", "day", "hour", "interval"};

    return words[options->partition && options->split == MR_SPLIT_NONE ? MR_SPLIT_DAY : options->split];
}

const char *mr_writer_times_word(const struct mr_writer_options *options)
{
    static const char *const words[] = {"utc", "local", "both"};

    return words[options->times];
}

/* The first file of a table, as it is called where the output is not split. */
static void table_name(const struct mr_writer *writer, const char *table, char *name)
{
    snprintf(name, MR_OUTFOLDER_TEMPORARY_MAX, "%s%s", table,
             mr_writer_suffix(writer->format->name, &writer->options));
}

static bool name_taken(const struct mr_writer *writer, const char *name)
{
    char other[MR_OUTFOLDER_TEMPORARY_MAX];

    for (const struct mr_writer_table *item = writer->tables.first; item != NULL; item = item->next) {
        table_name(writer, item->head->name, other);
        if (strcmp(other, name) == 0)
            return true;
    }
    for (const struct mr_writer_table *item = writer->extras.first; item != NULL; item = item->next) {
        if (strcmp(item->file.name, name) == 0)
            return true;
    }
    return writer->shared_open && strcmp(writer->shared.name, name) == 0;
}

/* Add an item to the list, which owns it; head NULL is a further file.  NULL after a message. */
static struct mr_writer_table *add_item(struct mr_writer *writer, struct mr_file_list *list, const char *name,
                                        const struct mr_table_head *head)
{
    struct mr_writer_table *item;

    if (writer->folder.failed)
        return NULL;
    if (name_taken(writer, name)) {
        mr_outfolder_fail(&writer->folder, MR_MSG_OUTPUT_OPEN, name, "begun twice in one run");
        return NULL;
    }
    item = calloc(1, sizeof *item + (head == NULL ? 0 : writer->format->state_size));
    if (item == NULL) {
        mr_outfolder_fail(&writer->folder, MR_MSG_OUTPUT_MEMORY, name, "");
        return NULL;
    }
    item->writer = writer;
    item->head = head;
    item->is_extra = head == NULL;
    item->file.fd = -1;
    *list->end = item;
    list->end = &item->next;
    return item;
}

int mr_writer_settle(struct mr_writer *writer, int rc)
{
    if (rc != MR_OK)
        writer->folder.failed = true;
    return rc;
}

int mr_writer_begin(struct mr_writer *writer, const struct mr_table_head *head, struct mr_writer_table **table)
{
    char name[MR_OUTFOLDER_TEMPORARY_MAX];
    struct mr_writer_table *item;

    *table = NULL;
    table_name(writer, head->name, name);
    item = add_item(writer, &writer->tables, name, head);
    if (item == NULL)
        return MR_FATAL;
    if (mr_writer_settle(writer, mr_table_begin(item)) != MR_OK)
        return MR_FATAL;
    *table = item;
    return MR_OK;
}

int mr_writer_row(struct mr_writer_table *table, const struct mr_cell *cells)
{
    return table->writer->folder.failed ? MR_FATAL : mr_table_row(table, cells);
}

void mr_writer_zone(struct mr_writer *writer, bool known, int32_t seconds)
{
    writer->zone_known = known;
    writer->zone = seconds;
}

void mr_writer_input(struct mr_writer *writer, uint64_t bytes)
{
    writer->input_bytes = bytes;
}

bool mr_writer_wants(const struct mr_table_head *head, const struct mr_writer_options *options)
{
    struct mr_shape shape;
    bool wanted = mr_shape_make(&shape, head, options) != MR_OK || shape.head.column_count > 0;

    mr_shape_destroy(&shape);
    return wanted;
}

int mr_writer_gap(struct mr_writer_table *table, int64_t from, int64_t to)
{
    struct mr_writer *writer = table->writer;

    if (writer->folder.failed)
        return MR_FATAL;
    if (writer->format->gap == NULL || !table->begun)
        return MR_OK;
    return mr_writer_settle(writer, writer->format->gap(table->state, writer->format->single != NULL ? &writer->shared
                                                                                                      : &table->file,
                                                        from, to));
}

const struct mr_column *mr_writer_columns(const struct mr_writer_table *table, size_t *count)
{
    *count = table->shape.head.column_count;
    return table->shape.head.columns;
}

uint64_t mr_writer_rows(const struct mr_writer_table *table)
{
    return table->rows;
}

unsigned mr_writer_files(const struct mr_writer_table *table)
{
    return table->file_count;
}

int mr_writer_file(struct mr_writer *writer, const char *name, const void *bytes, size_t size)
{
    struct mr_writer_table *item = add_item(writer, &writer->extras, name, NULL);

    if (item == NULL)
        return MR_FATAL;
    if (mr_outfile_open(&item->file, &writer->folder, name) != MR_OK)
        return MR_FATAL;
    return mr_outfile_put(&item->file, bytes, size);
}

static int for_all(struct mr_writer *writer, struct mr_file_list *list, int (*step)(struct mr_writer_table *))
{
    for (struct mr_writer_table *item = list->first; item != NULL; item = item->next)
        if (mr_writer_settle(writer, step(item)) != MR_OK)
            return MR_FATAL;
    return MR_OK;
}

static int close_shared(struct mr_writer *writer)
{
    if (writer->format->single == NULL)
        return MR_OK;
    if (mr_writer_settle(writer, writer->format->close(&writer->shared)) != MR_OK)
        return MR_FATAL;
    return mr_outfile_seal(&writer->shared);
}

static int flush_tables(struct mr_writer *writer)
{
    return writer->folder.failed ? MR_FATAL : for_all(writer, &writer->tables, mr_table_flush);
}

static int seal_all(struct mr_writer *writer)
{
    if (close_shared(writer) != MR_OK || for_all(writer, &writer->tables, mr_table_seal) != MR_OK)
        return MR_FATAL;
    return for_all(writer, &writer->extras, mr_table_seal);
}

static int place_tables(struct mr_writer *writer)
{
    if (for_all(writer, &writer->tables, mr_table_place) != MR_OK)
        return MR_FATAL;
    return writer->format->single != NULL ? mr_commit_add(&writer->commit, &writer->shared, NULL) : MR_OK;
}

static int place_extras(struct mr_writer *writer)
{
    return for_all(writer, &writer->extras, mr_table_place);
}

/* Everything is handed to the system before the first wait for the disk, which then has it all to do at once. */
static int finish(struct mr_writer *const *writers, size_t count)
{
    static int (*const steps[])(struct mr_writer *) = {flush_tables, seal_all, place_tables, place_extras};

    for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
        for (size_t w = 0; w < count; w++) {
            if (steps[s](writers[w]) != MR_OK)
                return MR_FATAL;
        }
    }
    for (size_t w = 1; w < count; w++) {
        if (mr_commit_join(&writers[0]->commit, &writers[w]->commit) != MR_OK)
            return mr_outfolder_fail(&writers[0]->folder, MR_MSG_OUTPUT_MEMORY, NULL, "");
    }
    return mr_commit_run(&writers[0]->commit, &writers[0]->folder);
}

int mr_writer_remove(struct mr_writer *writer, const char *name)
{
    if (mr_commit_remove(&writer->commit, name) != MR_OK)
        return mr_outfolder_fail(&writer->folder, MR_MSG_OUTPUT_MEMORY, name, "");
    return MR_OK;
}

int mr_writer_finish_all(struct mr_writer *const *writers, size_t count)
{
    int rc = finish(writers, count);

    /* The first has the list of all, which needs the folders of all. */
    for (size_t w = 0; w < count; w++)
        mr_writer_abandon(writers[w]);
    return rc;
}

int mr_writer_finish(struct mr_writer *writer)
{
    return mr_writer_finish_all(&writer, 1);
}

static void free_list(struct mr_file_list *list)
{
    while (list->first != NULL) {
        struct mr_writer_table *item = list->first;

        list->first = item->next;
        mr_table_free(item);
    }
}

void mr_writer_abandon(struct mr_writer *writer)
{
    if (writer == NULL)
        return;
    mr_commit_destroy(&writer->commit, &writer->folder);
    free_list(&writer->tables);
    free_list(&writer->extras);
    if (writer->shared_open)
        writer->format->shut(&writer->shared);
    mr_outfile_discard(&writer->shared);
    mr_outfolder_close(&writer->folder);
    free(writer);
}

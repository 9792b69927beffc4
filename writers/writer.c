/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file of the set: a table, or a further file, which has no head and whose content is complete. */
struct mr_writer_table {
    struct mr_writer_table *next;
    struct mr_writer *writer;
    const struct mr_table_head *head;
    uint64_t rows;
    struct mr_outfile file;
    bool begun;
    max_align_t state[]; /* the format's */
};

/* In the order in which they were begun, which is the order in which they are put in place. */
struct file_list {
    struct mr_writer_table *first;
    struct mr_writer_table **end;
};

struct mr_writer {
    const struct mr_writer_format *format;
    struct mr_writer_options options;
    struct mr_outfolder folder;
    struct file_list tables;
    struct file_list extras; /* last in place: a manifest stands for a set that is all there */
};

static const struct mr_writer_format *find_format(const char *name)
{
    const struct mr_writer_format *const *format = mr_writer_format_list;

    while (*format != NULL && strcmp((*format)->name, name) != 0)
        format++;
    return *format;
}

int mr_writer_open(struct mr_writer **out, const char *format, const struct mr_writer_options *options,
                   struct mr_log *log)
{
    const struct mr_writer_format *found = find_format(format);
    struct mr_writer *writer;

    *out = NULL;
    if (found == NULL) {
        mr_report(log, MR_MSG_OUTPUT_FORMAT, MR_NOWHERE, "%s", format);
        return MR_FATAL;
    }
    writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        mr_report(log, MR_MSG_OUTPUT_MEMORY, MR_NOWHERE, "%s", "");
        return MR_FATAL;
    }
    writer->format = found;
    writer->options = *options;
    writer->tables.end = &writer->tables.first;
    writer->extras.end = &writer->extras.first;
    if (mr_outfolder_open(&writer->folder, options->folder, log) != MR_OK) {
        mr_writer_abandon(writer);
        return MR_FATAL;
    }
    writer->options.folder = writer->folder.path;
    *out = writer;
    return MR_OK;
}

static bool name_taken(const struct file_list *list, const char *name)
{
    for (const struct mr_writer_table *item = list->first; item != NULL; item = item->next)
        if (strcmp(item->file.name, name) == 0)
            return true;
    return false;
}

/* Add a file to the list and open it; the list owns it even if that fails.  NULL after a message. */
static struct mr_writer_table *add_file(struct mr_writer *writer, struct file_list *list, const char *name,
                                        size_t state_size)
{
    struct mr_writer_table *item;

    if (writer->folder.failed)
        return NULL;
    if (name_taken(&writer->tables, name) || name_taken(&writer->extras, name)) {
        mr_outfolder_fail(&writer->folder, MR_MSG_OUTPUT_OPEN, name, "begun twice in one run");
        return NULL;
    }
    item = calloc(1, sizeof *item + state_size);
    if (item == NULL) {
        mr_outfolder_fail(&writer->folder, MR_MSG_OUTPUT_MEMORY, name, "");
        return NULL;
    }
    item->writer = writer;
    *list->end = item;
    list->end = &item->next;
    return mr_outfile_open(&item->file, &writer->folder, name) == MR_OK ? item : NULL;
}

/* Whatever a format's callback says is final for the run, also where no file has failed. */
static int settle(struct mr_writer *writer, int rc)
{
    if (rc != MR_OK)
        writer->folder.failed = true;
    return rc;
}

int mr_writer_begin(struct mr_writer *writer, const struct mr_table_head *head, struct mr_writer_table **table)
{
    const struct mr_writer_format *format = writer->format;
    char name[MR_OUTFOLDER_TEMPORARY_MAX];
    struct mr_writer_table *item;

    *table = NULL;
    snprintf(name, sizeof name, "%s%s", head->name, format->suffix);
    item = add_file(writer, &writer->tables, name, format->state_size);
    if (item == NULL)
        return MR_FATAL;
    item->head = head;
    item->begun = true;
    if (settle(writer, format->begin(item->state, &item->file, head, &writer->options)) != MR_OK)
        return MR_FATAL;
    *table = item;
    return MR_OK;
}

int mr_writer_row(struct mr_writer_table *table, const struct mr_cell *cells)
{
    struct mr_writer *writer = table->writer;

    if (writer->folder.failed)
        return MR_FATAL;
    table->rows++;
    return settle(writer, writer->format->row(table->state, &table->file, cells));
}

int mr_writer_gap(struct mr_writer_table *table, int64_t from, int64_t to)
{
    struct mr_writer *writer = table->writer;

    if (writer->folder.failed)
        return MR_FATAL;
    if (writer->format->gap == NULL)
        return MR_OK;
    return settle(writer, writer->format->gap(table->state, &table->file, from, to));
}

uint64_t mr_writer_rows(const struct mr_writer_table *table)
{
    return table->rows;
}

int mr_writer_file(struct mr_writer *writer, const char *name, const void *bytes, size_t size)
{
    struct mr_writer_table *item = add_file(writer, &writer->extras, name, 0);

    return item == NULL ? MR_FATAL : mr_outfile_put(&item->file, bytes, size);
}

/* Everything is handed to the system before the first wait for the disk, which then has it all to do at once. */
static int flush_all(struct mr_writer *writer)
{
    const struct mr_writer_format *format = writer->format;

    for (struct mr_writer_table *item = writer->tables.first; item != NULL; item = item->next) {
        if (format->end != NULL && settle(writer, format->end(item->state, &item->file)) != MR_OK)
            return MR_FATAL;
        if (mr_outfile_flush(&item->file) != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

static int for_all(struct file_list *list, int (*step)(struct mr_outfile *))
{
    for (struct mr_writer_table *item = list->first; item != NULL; item = item->next)
        if (step(&item->file) != MR_OK)
            return MR_FATAL;
    return MR_OK;
}

static int finish(struct mr_writer *writer)
{
    if (writer->folder.failed || flush_all(writer) != MR_OK)
        return MR_FATAL;
    if (for_all(&writer->tables, mr_outfile_seal) != MR_OK || for_all(&writer->extras, mr_outfile_seal) != MR_OK)
        return MR_FATAL;
    if (for_all(&writer->tables, mr_outfile_place) != MR_OK || for_all(&writer->extras, mr_outfile_place) != MR_OK)
        return MR_FATAL;
    return mr_outfolder_sync(&writer->folder);
}

int mr_writer_finish(struct mr_writer *writer)
{
    int rc = finish(writer);

    mr_writer_abandon(writer);
    return rc;
}

static void free_list(struct mr_writer *writer, struct file_list *list)
{
    while (list->first != NULL) {
        struct mr_writer_table *item = list->first;

        list->first = item->next;
        if (item->begun && writer->format->destroy != NULL)
            writer->format->destroy(item->state);
        mr_outfile_discard(&item->file);
        free(item);
    }
}

void mr_writer_abandon(struct mr_writer *writer)
{
    if (writer == NULL)
        return;
    free_list(writer, &writer->tables);
    free_list(writer, &writer->extras);
    mr_outfolder_close(&writer->folder);
    free(writer);
}

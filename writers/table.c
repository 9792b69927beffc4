/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sheet has 1,048,576 rows, and the first is the header. */
#define SHEET_ROWS UINT64_C(1048575)

#define MICROS INT64_C(1000000)

static struct mr_outfile *file_of(struct mr_writer_table *table)
{
    return table->writer->format->single != NULL ? &table->writer->shared : &table->file;
}

static const int32_t *zone_of(const struct mr_writer *writer)
{
    return writer->zone_known ? &writer->zone : NULL;
}

/* Parts are those of the times that the rows show. */
static int64_t shift_of(const struct mr_writer *writer)
{
    return writer->options.times == MR_TIMES_LOCAL && writer->zone_known ? writer->zone * MICROS : 0;
}

/* The format is given an empty file. */
static int begin_file(struct mr_writer_table *table, struct mr_outfolder *folder, const char *stem)
{
    struct mr_writer *writer = table->writer;
    const struct mr_writer_format *format = writer->format;
    char name[MR_OUTFOLDER_TEMPORARY_MAX];

    if (format->single == NULL) {
        snprintf(name, sizeof name, "%s%s", stem, mr_writer_suffix(format->name, &writer->options));
        if (mr_outfile_open(&table->file, folder, name) != MR_OK)
            return mr_writer_settle(writer, MR_FATAL);
        if (writer->options.gzip && (format->abilities & MR_CAN_GZIP) != 0 &&
            mr_outfile_compress(&table->file) != MR_OK)
            return mr_writer_settle(writer, MR_FATAL);
    }
    file_of(table)->held = &writer->held;
    memset(table->state, 0, format->state_size);
    table->begun = true;
    table->file_rows = 0;
    return mr_writer_settle(writer,
                            format->begin(table->state, file_of(table), &table->shape.head, &writer->options));
}

/* The format is done with its file. */
static int end_file(struct mr_writer_table *table)
{
    const struct mr_writer_format *format = table->writer->format;
    int status = MR_OK;

    if (!table->begun)
        return MR_OK;
    if (format->end != NULL)
        status = mr_writer_settle(table->writer, format->end(table->state, file_of(table)));
    table->begun = false;
    if (format->destroy != NULL)
        format->destroy(table->state);
    return status;
}

static int no_memory(struct mr_writer_table *table)
{
    return mr_outfolder_fail(&table->writer->folder, MR_MSG_OUTPUT_MEMORY, table->head->name, "");
}

/* A full file of a set that is not split waits under its temporary name, like all the others. */
static int keep_file(struct mr_writer_table *table)
{
    struct mr_full_file *full = calloc(1, sizeof *full);

    if (full == NULL)
        return no_memory(table);
    full->file = table->file;
    table->file = (struct mr_outfile){.fd = -1};
    full->next = table->full;
    table->full = full;
    return MR_OK;
}

/* The present file is complete and waits for the end of the run; of a part no more is kept than its name. */
static int finish_file(struct mr_writer_table *table)
{
    struct mr_writer *writer = table->writer;

    if (!table->begun)
        return MR_OK;
    if (end_file(table) != MR_OK || mr_outfile_seal(&table->file) != MR_OK)
        return mr_writer_settle(writer, MR_FATAL);
    if (writer->options.split == MR_SPLIT_NONE)
        return keep_file(table);
    if (mr_commit_add(&writer->commit, &table->file, table->head->name) != MR_OK)
        return mr_writer_settle(writer, MR_FATAL);
    mr_outfile_discard(&table->file);
    return MR_OK;
}

static int next_file(struct mr_writer_table *table)
{
    char name[MR_PARTS_NAME_MAX];

    if (finish_file(table) != MR_OK)
        return MR_FATAL;
    table->file_count++;
    if (table->file_count == 1)
        return begin_file(table, &table->writer->folder, table->head->name);
    snprintf(name, sizeof name, "%.180s_%u", table->head->name, table->file_count);
    return begin_file(table, &table->writer->folder, name);
}

static int next_part(struct mr_writer_table *table, const struct mr_cell *cells)
{
    struct mr_writer *writer = table->writer;
    char name[MR_PARTS_NAME_MAX];

    if (finish_file(table) != MR_OK)
        return MR_FATAL;
    if (mr_parts_next(&table->parts, cells, shift_of(writer), name) != MR_OK)
        return no_memory(table);
    return begin_file(table, &table->folder, name);
}

static int open_folder(struct mr_writer_table *table)
{
    struct mr_writer *writer = table->writer;

    if (!mr_outfolder_name_valid(table->head->name))
        return mr_outfolder_fail(&writer->folder, MR_MSG_OUTPUT_OPEN, table->head->name,
                                 "not allowed as the name of a folder");
    return mr_writer_settle(writer, mr_outfolder_open_below(&table->folder, &writer->folder, table->head->name));
}

int mr_table_begin(struct mr_writer_table *table)
{
    struct mr_writer *writer = table->writer;

    if (mr_shape_make(&table->shape, table->head, &writer->options) != MR_OK)
        return no_memory(table);
    if (writer->options.split == MR_SPLIT_NONE)
        return next_file(table);
    mr_parts_open(&table->parts, table->head, writer->options.split);
    return open_folder(table);
}

/* Said once a run: the manifest counts messages, not rows. */
static void miss_zone(struct mr_writer *writer)
{
    if (!writer->zone_missed)
        mr_report(writer->log, MR_MSG_OUTPUT_ZONE, MR_NOWHERE, "%s", "");
    writer->zone_missed = true;
}

int mr_table_row(struct mr_writer_table *table, const struct mr_cell *cells)
{
    struct mr_writer *writer = table->writer;
    bool full = writer->options.spreadsheet && table->file_rows == SHEET_ROWS;
    int status = MR_OK;

    if (writer->options.times != MR_TIMES_UTC && !writer->zone_known)
        miss_zone(writer);
    if (writer->options.split == MR_SPLIT_NONE)
        status = full ? next_file(table) : MR_OK;
    else if (full || !table->begun || !mr_parts_same(&table->parts, cells, shift_of(writer)))
        status = next_part(table, cells);
    if (status != MR_OK)
        return MR_FATAL;
    table->rows++;
    table->file_rows++;
    return mr_writer_settle(writer, writer->format->row(table->state, file_of(table),
                                                        mr_shape_row(&table->shape, cells, zone_of(writer))));
}

int mr_table_flush(struct mr_writer_table *table)
{
    if (table->is_extra)
        return mr_outfile_flush(&table->file);
    if (table->writer->options.split != MR_SPLIT_NONE)
        return finish_file(table);
    if (end_file(table) != MR_OK)
        return MR_FATAL;
    return table->writer->format->single != NULL ? MR_OK : mr_outfile_flush(&table->file);
}

int mr_table_seal(struct mr_writer_table *table)
{
    if (!table->is_extra && (table->writer->format->single != NULL || table->writer->options.split != MR_SPLIT_NONE))
        return MR_OK;
    return mr_outfile_seal(&table->file);
}

/* The files of one table in their order: the list has the latest first. */
static int place_full(struct mr_commit *commit, struct mr_full_file *full)
{
    if (full == NULL)
        return MR_OK;
    return place_full(commit, full->next) == MR_OK ? mr_commit_add(commit, &full->file, NULL) : MR_FATAL;
}

int mr_table_place(struct mr_writer_table *table)
{
    struct mr_commit *commit = &table->writer->commit;

    if (!table->is_extra && (table->writer->format->single != NULL || table->writer->options.split != MR_SPLIT_NONE))
        return MR_OK;
    return place_full(commit, table->full) == MR_OK ? mr_commit_add(commit, &table->file, NULL) : MR_FATAL;
}

void mr_table_free(struct mr_writer_table *table)
{
    if (table->begun && table->writer->format->destroy != NULL)
        table->writer->format->destroy(table->state);
    while (table->full != NULL) {
        struct mr_full_file *next = table->full->next;

        mr_outfile_discard(&table->full->file);
        free(table->full);
        table->full = next;
    }
    mr_outfile_discard(&table->file);
    if (table->folder.path != NULL)
        mr_outfolder_close(&table->folder);
    mr_parts_close(&table->parts);
    mr_shape_destroy(&table->shape);
    free(table);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/table.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

    if (writer->take != NULL) {
        if (mr_table_open_apart(table) != MR_OK)
            return mr_writer_settle(writer, MR_FATAL);
    } else if (format->single == NULL) {
        snprintf(name, sizeof name, "%s%s", stem, mr_writer_suffix(format->name, &writer->options));
        if (mr_outfile_open(&table->file, folder, name) != MR_OK)
            return mr_writer_settle(writer, MR_FATAL);
        if (writer->options.gzip && (format->abilities & MR_CAN_GZIP) != 0 &&
            mr_outfile_compress(&table->file) != MR_OK)
            return mr_writer_settle(writer, MR_FATAL);
    }
    file_of(table)->input_bytes = &writer->input_bytes;
    file_of(table)->table_rows = &table->rows;
    memset(table->state, 0, format->state_size);
    table->begun = true;
    table->file_rows = 0;
    if (mr_writer_settle(writer,
                         format->begin(table->state, file_of(table), &table->shape.head, &writer->options)) != MR_OK)
        return MR_FATAL;
    /* The head of the file is not handed over (apart.c). */
    return writer->take == NULL ? MR_OK : mr_outfile_flush(&table->file);
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

static void part_file_name(const struct mr_writer *writer, const char *stem, unsigned number, char *name)
{
    const char *suffix = mr_writer_suffix(writer->format->name, &writer->options);

    if (number > 1)
        snprintf(name, MR_OUTFOLDER_TEMPORARY_MAX, "%s_%u%s", stem, number, suffix);
    else
        snprintf(name, MR_OUTFOLDER_TEMPORARY_MAX, "%s%s", stem, suffix);
}

/*
 * The first file of a part takes the place of all that an earlier run wrote for it: its further files would be read
 * besides.  Those that this run makes anew stay on the list of what takes its place.
 */
static int remove_further_files(struct mr_writer_table *table)
{
    const struct mr_outfolder *folder = table->file.folder;
    char name[MR_OUTFOLDER_TEMPORARY_MAX], path[MR_COMMIT_PATH_MAX];
    int status = MR_OK;

    for (unsigned number = 2; table->fresh && status == MR_OK; number++) {
        part_file_name(table->writer, table->stem, number, name);
        if (faccessat(folder->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
            break;
        if (snprintf(path, sizeof path, "%s/%s", table->below, name) >= (int)sizeof path ||
            mr_commit_remove(&table->writer->commit, path) != MR_OK)
            status = no_memory(table);
    }
    table->fresh = false;
    return status;
}

/* An earlier run knew more of this time than this one does: said, because what it knew goes now. */
static void compare_sizes(const struct mr_writer_table *table)
{
    const struct mr_outfile *file = &table->file;
    char path[PATH_MAX];
    struct mr_place place = {.file = path, .offset = MR_NO_OFFSET};
    struct stat before, now;

    if (!table->fresh || fstatat(file->folder->fd, file->name, &before, AT_SYMLINK_NOFOLLOW) != 0 ||
        fstatat(file->folder->fd, file->temporary, &now, AT_SYMLINK_NOFOLLOW) != 0 || now.st_size >= before.st_size)
        return;
    snprintf(path, sizeof path, "%s/%s", file->folder->path, file->name);
    mr_report(table->writer->log, MR_MSG_OUTPUT_SMALLER, &place, "%lld bytes, before %lld", (long long)now.st_size,
              (long long)before.st_size);
}

/* A part is complete and waits for the end of the run; no more is kept of it than its name. */
static int hand_over_part(struct mr_writer_table *table)
{
    int status;

    compare_sizes(table);
    status = remove_further_files(table);
    if (status == MR_OK)
        status = mr_commit_add(&table->writer->commit, &table->file, table->below);
    mr_outfile_discard(&table->file);
    if (table->inner.path != NULL)
        mr_outfolder_close(&table->inner);
    return status;
}

/* The present file is complete. */
static int finish_file(struct mr_writer_table *table)
{
    struct mr_writer *writer = table->writer;

    if (!table->begun)
        return MR_OK;
    if (end_file(table) != MR_OK || mr_outfile_seal(&table->file) != MR_OK)
        return mr_writer_settle(writer, MR_FATAL);
    return writer->options.split == MR_SPLIT_NONE ? keep_file(table) : mr_writer_settle(writer, hand_over_part(table));
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

/*
 * SYSID=... and in it DATE=...  What is made must be safe on the disk like what goes into it.  A folder that this run
 * has used before has files of it that wait.
 */
static int open_partition(struct mr_writer_table *table, const struct mr_part *part)
{
    struct mr_writer *writer = table->writer;
    struct mr_outfolder system;
    bool first = true;
    int status = MR_OK;

    if (snprintf(table->below, sizeof table->below, "%s/%s/%s", table->head->name, part->sysid, part->date) >=
            (int)sizeof table->below ||
        mr_commit_note_folder(&writer->commit, table->below, &first) != MR_OK)
        return no_memory(table);
    status = mr_outfolder_open_below(&system, &table->folder, part->sysid, first);
    if (status == MR_OK)
        status = mr_outfolder_open_below(&table->inner, &system, part->date, first);
    if (status == MR_OK && (system.created || table->inner.created) && mr_outfolder_sync(&system) != MR_OK)
        status = mr_outfolder_fail(&system, MR_MSG_OUTPUT_WRITE, NULL, strerror(errno));
    mr_outfolder_close(&system);
    return mr_writer_settle(writer, status);
}

/*
 * A number of which this run has no file: parts that are not remembered may have files that wait, which must not be
 * lost.
 */
static unsigned free_number(const struct mr_writer_table *table, const struct mr_outfolder *folder, const char *stem)
{
    char name[MR_OUTFOLDER_TEMPORARY_MAX], temporary[MR_OUTFOLDER_TEMPORARY_MAX];
    unsigned number = 1;

    do {
        part_file_name(table->writer, stem, number++, name);
        mr_outfolder_temporary(temporary, name, 0);
    } while (faccessat(folder->fd, temporary, F_OK, AT_SYMLINK_NOFOLLOW) == 0);
    return number - 1;
}

static int next_part(struct mr_writer_table *table, const struct mr_cell *cells)
{
    struct mr_writer *writer = table->writer;
    struct mr_outfolder *folder = writer->options.partition ? &table->inner : &table->folder;
    char name[MR_PARTS_NAME_MAX];
    struct mr_part part;

    if (finish_file(table) != MR_OK)
        return MR_FATAL;
    if (mr_parts_next(&table->parts, cells, shift_of(writer), &part) != MR_OK)
        return no_memory(table);
    if (writer->options.partition && open_partition(table, &part) != MR_OK)
        return MR_FATAL;
    snprintf(table->stem, sizeof table->stem, "%s", part.name);
    if (part.number == 0)
        part.number = free_number(table, folder, part.name);
    table->fresh = part.number == 1;
    if (part.number > 1)
        snprintf(name, sizeof name, "%.180s_%u", part.name, part.number);
    else
        snprintf(name, sizeof name, "%.199s", part.name);
    return begin_file(table, folder, name);
}

static int open_folder(struct mr_writer_table *table)
{
    struct mr_writer *writer = table->writer;

    if (!mr_outfolder_name_valid(table->head->name))
        return mr_outfolder_fail(&writer->folder, MR_MSG_OUTPUT_OPEN, table->head->name,
                                 "not allowed as the name of a folder");
    snprintf(table->below, sizeof table->below, "%s", table->head->name);
    if (mr_writer_settle(writer, mr_outfolder_open_below(&table->folder, &writer->folder, table->head->name, true)) !=
        MR_OK)
        return MR_FATAL;
    table->folder.scratch = writer->options.scratch;
    return MR_OK;
}

static size_t find_start(const struct mr_table_head *head)
{
    size_t c = 0;

    while (c < head->column_count && strcmp(head->columns[c].name, "VMCINTTS") != 0)
        c++;
    return c < head->column_count ? c : SIZE_MAX;
}

int mr_table_begin(struct mr_writer_table *table)
{
    struct mr_writer *writer = table->writer;

    if (mr_shape_make(&table->shape, table->head, &writer->options) != MR_OK)
        return no_memory(table);
    table->start = find_start(table->head);
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

/* Is the row of another interval than the one before it?  One without VMCINTTS is not. */
static bool turns(struct mr_interval *interval, const struct mr_cell *start)
{
    bool turned = start != NULL && start->present && interval->known && interval->start != start->value.i;

    if (start != NULL && start->present)
        *interval = (struct mr_interval){.start = start->value.i, .known = true};
    return turned;
}

/* Formats may want to do something when an interval of the run is over. */
static int note_interval(struct mr_writer *writer, const struct mr_cell *start)
{
    if (writer->format->interval == NULL || !turns(&writer->interval, start))
        return MR_OK;
    return mr_writer_settle(writer, writer->format->interval(&writer->shared));
}

/* A file that has become large ends with an interval. */
static bool is_full(struct mr_writer_table *table, const struct mr_cell *start)
{
    const struct mr_writer_format *format = table->writer->format;

    if (table->writer->options.spreadsheet && table->file_rows == SHEET_ROWS)
        return true;
    return format->full != NULL && turns(&table->interval, start) && table->begun &&
           format->full(table->state, &table->file);
}

int mr_table_row(struct mr_writer_table *table, const struct mr_cell *cells)
{
    struct mr_writer *writer = table->writer;
    const struct mr_cell *start = table->start == SIZE_MAX ? NULL : &cells[table->start];
    bool full = is_full(table, start);
    int status = note_interval(writer, start);

    if (writer->options.times != MR_TIMES_UTC && !writer->zone_known)
        miss_zone(writer);
    if (status != MR_OK)
        return MR_FATAL;
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
    if (table->inner.path != NULL)
        mr_outfolder_close(&table->inner);
    if (table->folder.path != NULL)
        mr_outfolder_close(&table->folder);
    mr_parts_close(&table->parts);
    mr_shape_destroy(&table->shape);
    free(table);
}

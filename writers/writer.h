/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_WRITER_H
#define MR_WRITERS_WRITER_H

/*
 * Writers put rows of typed columns into files.  A writer never knows which table it writes; it sees columns and
 * cells.  Each output format is one file that fills one struct mr_writer_format; the list is in writers/formats.c.
 *
 * Files appear complete or not at all: everything is written beside its place under a temporary name, and
 * mr_writer_finish() puts all files of a run in place at once, after they are safe on the disk.  One file of each
 * table stays open until then.
 *
 * Only the first failure of a run is reported.  After it every call on this writer and its tables returns MR_FATAL
 * quietly and nothing will be put in place.  A writer and its tables are used by one thread at a time.
 */
#include "base/cell.h"
#include "base/message.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a writer is told of a table; borrowed until mr_writer_finish() or mr_writer_abandon(). */
struct mr_table_head {
    const char *name;  /* VMXSP001 */
    const char *title;
    const struct mr_column *columns;
    size_t column_count;
};

struct mr_writer_options {
    const char *folder; /* created if missing, one level; not NULL */
    bool crlf;          /* CSV: CR LF line ends */
};

struct mr_writer;       /* a run's output in one format */
struct mr_writer_table; /* one open table */

/*
 * mr_writer_open - prepare output.  format is a name from the list ("csv"); options are copied.  Temporary files that
 * killed runs have left in the folder are removed where that is safe (writers/outfolder.h).
 * Returns MR_OK, or MR_FATAL after a message (unknown format, folder not there or not writable); *out is then NULL.
 */
int mr_writer_open(struct mr_writer **out, const char *format, const struct mr_writer_options *options,
                   struct mr_log *log) MR_CHECK;

/*
 * Begin a table; nothing appears under its final name yet.  *table belongs to the writer.
 * MR_OK, or MR_FATAL after a message (also when a table or file of that name has been begun before); *table is then
 * NULL.
 */
int mr_writer_begin(struct mr_writer *writer, const struct mr_table_head *head,
                    struct mr_writer_table **table) MR_CHECK;

/*
 * Write one row: head->column_count cells in column order.  MR_OK, or MR_FATAL after a message when the disk is full
 * or failed; further rows are then refused with MR_FATAL and no further message.
 */
int mr_writer_row(struct mr_writer_table *table, const struct mr_cell *cells) MR_CHECK;

/* Intervals are missing here: formats that can show it do, the others ignore it.  Microseconds since 1970. */
int mr_writer_gap(struct mr_writer_table *table, int64_t from, int64_t to) MR_CHECK;

/* Rows written so far. */
uint64_t mr_writer_rows(const struct mr_writer_table *table);

/*
 * mr_writer_file - a further file that belongs to the set (the manifest): written in one go under name in the folder,
 * put in place after the tables, in the order given.  MR_OK or MR_FATAL after a message.
 */
int mr_writer_file(struct mr_writer *writer, const char *name, const void *bytes, size_t size) MR_CHECK;

/*
 * mr_writer_finish - flush, make safe, put every file in place, free everything, whatever the result.
 * Returns MR_OK, or MR_FATAL after a message; then no file of this run has its final name, unless the message is
 * OUTPUT_PLACE: the very last step, renaming, failed or broke off.
 */
int mr_writer_finish(struct mr_writer *writer) MR_CHECK;

/* Throw away all temporary files and free everything.  NULL is allowed. */
void mr_writer_abandon(struct mr_writer *writer);

/* Names of the formats, NULL at the end; static. */
const char *const *mr_writer_formats(void);

#endif

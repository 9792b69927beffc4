/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_WRITER_H
#define MR_WRITERS_WRITER_H

/*
 * Writers put rows of typed columns into files.  A writer never knows which table it writes; it sees columns and
 * cells.  Each output format is one file that fills one struct mr_writer_format; the list is in writers/formats.c.
 *
 * Files appear complete or not at all: everything is written beside its place under a temporary name, and
 * mr_writer_finish() puts all files of a run in place at once, after they are safe on the disk.  One file of each
 * table stays open until then.  Where the output is split by time, each part appears when it is complete:
 *
 *   DIR/TABLE.csv                               not split
 *   DIR/TABLE/TABLE_SYSID_YYYYMMDDTHHMMSS.csv   split: start of the hour, day or interval
 *   DIR/TABLE/SYSID=SYSID/DATE=YYYY-MM-DD/TABLE_SYSID_YYYYMMDDTHHMMSS.parquet   partitioned
 *
 * A row belongs to the hour or day in which its interval begins (VMCINTTS; ENDTS where that is blank).  A part is
 * closed when a row of another part comes.  Rows that come for a part which is closed already begin another file, its
 * name ending with _2, _3 ...; so do rows beyond what a spreadsheet can hold, or what makes a good Parquet file.  That
 * one ends with an interval.
 *
 * A part takes the place of the same part of an earlier run with all files of it; parts for which there are no rows
 * stay as they are.  A folder whose parts are laid out in another way is refused: rows would be read twice.
 *
 * Only the first failure of a run is reported.  After it every call on this writer and its tables returns MR_FATAL
 * quietly and nothing will be put in place.  A writer and its tables are used by one thread at a time; another thread may
 * use another writer of the same folder, for other tables.
 */
#include "base/cell.h"
#include "base/message.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What a writer is told of a table; borrowed until mr_writer_finish() or mr_writer_abandon(). */
struct mr_table_head {
    const char *name;  /* VMXSP001 */
    const char *title;
    const struct mr_column *columns;
    size_t column_count;
    const char *source; /* the records it is made from, "0/1 0/2"; NULL: not said */
    /* Where a column comes from, to out: record and field, or a formula; nothing where there is neither.  NULL: not said */
    void (*put_source)(const void *context, size_t column, FILE *out);
    const void *context;     /* for put_source */
    const uint32_t *numbers; /* of each column for put_source; NULL: as they stand */
};

enum mr_split { MR_SPLIT_NONE, MR_SPLIT_DAY, MR_SPLIT_HOUR, MR_SPLIT_INTERVAL };

/* Times in UTC, in the system's local time, or both: then each time is followed by one of the name NAME_LOCAL. */
enum mr_times { MR_TIMES_UTC, MR_TIMES_LOCAL, MR_TIMES_BOTH };

/* All zero but the folder is the usual output.  Not every format knows every option: mr_writer_open() tells. */
struct mr_writer_options {
    const char *folder; /* created if missing, one level; not NULL */
    bool crlf;          /* CSV: CR LF line ends */
    bool spreadsheet;   /* CSV: no text is taken for a formula, number or date; no file has more rows than a sheet */
    bool gzip;          /* compressed, level 1 */
    bool cumulative;    /* a column that is followed by one of its name and _CUM is left out */
    enum mr_split split;
    bool partition;     /* parts in folders SYSID=..., DATE=...; of a day where split does not say something finer */
    bool relaid;        /* the last run into the folder in this format laid out its parts in another way */
    enum mr_times times;
    bool scratch;               /* the files are read again at once and thrown away: nobody waits for the disk */
    const char *const *columns; /* names of the columns wanted, in this order, NULL at the end; NULL: all; borrowed */
    const char *version;        /* of the program, for files that tell; NULL: not said; borrowed, like schema */
    const char *schema;         /* digest of the layouts and tables in force */
};

struct mr_writer;       /* a run's output in one format */
struct mr_writer_table; /* one open table */

/*
 * mr_writer_open - prepare output.  format is a name from the list ("csv"); options are copied.  Temporary files that
 * killed runs have left in the folder are removed where that is safe (writers/outfolder.h).
 * Returns MR_OK, or MR_FATAL after a message (unknown format, an option that the format does not have, folder not
 * there or not writable); *out is then NULL.
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

/*
 * The rows that follow are of a system whose local time is so many seconds ahead of UTC; not known: their local times
 * are blank.  Looked at only where options.times wants it or parts are split by local time.
 */
void mr_writer_zone(struct mr_writer *writer, bool known, int32_t seconds);

/*
 * The bytes of monitor data that the rows so far were made from: what a format keeps in memory for a table depends on
 * how much of the data goes into it, and on nothing else, so that the same data gives the same files in any number of
 * writers.  Not told: as if all went into each table.
 */
void mr_writer_input(struct mr_writer *writer, uint64_t bytes);

/* Whether a table with these columns would have any of the columns wanted. */
bool mr_writer_wants(const struct mr_table_head *head, const struct mr_writer_options *options);

/* Intervals are missing here: formats that can show it do, the others ignore it.  Microseconds since 1970. */
int mr_writer_gap(struct mr_writer_table *table, int64_t from, int64_t to) MR_CHECK;

/* The columns as they are written: chosen, with local times beside the others and so on.  Borrowed like the table. */
const struct mr_column *mr_writer_columns(const struct mr_writer_table *table, size_t *count);

/* Rows written so far. */
uint64_t mr_writer_rows(const struct mr_writer_table *table);

/* Files begun so far, TABLE, TABLE_2 ...; 0 where the output is split. */
unsigned mr_writer_files(const struct mr_writer_table *table);

/*
 * Rows made apart.  Several threads can make rows of the same tables where rows of the format are text that is the same
 * wherever it stands: each begins its tables in a writer of its own, which has no files and hands the text over, and
 * one thread at a time appends it to the tables of the writer that has the files.
 */

/* Whether that can be done in the format, with these options.  An unknown format cannot. */
bool mr_writer_can_append(const char *format, const struct mr_writer_options *options);

/*
 * Who is given the text of rows of a table, in their order: size bytes, which are borrowed, in which so many more rows
 * end or begin.  Returns MR_OK, or MR_FATAL where nothing is wanted any more.
 */
typedef int mr_rows_taker(void *context, const struct mr_table_head *head, const char *bytes, size_t size,
                          uint64_t rows);

/*
 * mr_writer_open_apart - a writer that hands over, for a format and options that mr_writer_can_append() allows.
 * take is called from mr_writer_row() and mr_writer_hand_over().  Never finished; abandon it.
 * Returns MR_OK, or MR_FATAL after a message (memory).
 */
int mr_writer_open_apart(struct mr_writer **out, const char *format, const struct mr_writer_options *options,
                         mr_rows_taker *take, void *taker, struct mr_log *log) MR_CHECK;

/* Hand over what has not been yet, so that all rows so far are complete.  MR_OK or MR_FATAL. */
int mr_writer_hand_over(struct mr_writer *writer) MR_CHECK;

/* Append text of so many rows of another writer's table.  Returns as mr_writer_row(). */
int mr_writer_append(struct mr_writer_table *table, const char *bytes, size_t size, uint64_t rows) MR_CHECK;

/*
 * mr_writer_file - a further file that belongs to the set (the manifest): written in one go under name in the folder,
 * put in place after the tables, in the order given.  MR_OK or MR_FATAL after a message.
 */
int mr_writer_file(struct mr_writer *writer, const char *name, const void *bytes, size_t size) MR_CHECK;

/* A file of an earlier run that has no successor: it goes when the set takes its place.  MR_OK or MR_FATAL (memory). */
int mr_writer_remove(struct mr_writer *writer, const char *name) MR_CHECK;

/*
 * mr_writer_finish - flush, make safe, put every file in place, free everything, whatever the result.
 * All files take their places together (writers/commit.h).  Returns MR_OK, or MR_FATAL after a message; then the folder
 * is as it was before the run, unless the message is OUTPUT_UNDONE: taking back what was done failed as well, and the
 * next run into the folder will do the rest.
 */
int mr_writer_finish(struct mr_writer *writer) MR_CHECK;

/* The same for several writers of one folder together: their further files are put in place behind the tables of all. */
int mr_writer_finish_all(struct mr_writer *const *writers, size_t count) MR_CHECK;

/* Throw away all temporary files and free everything.  NULL is allowed. */
void mr_writer_abandon(struct mr_writer *writer);

/* How the output is split, and which times it has, in the words of the command line; static. */
const char *mr_writer_split_word(const struct mr_writer_options *options);
const char *mr_writer_times_word(const struct mr_writer_options *options);

/* How the name of a table's file ends ("" where the tables share one), with that of the options. */
const char *mr_writer_suffix(const char *format, const struct mr_writer_options *options);

/* Names of the formats, NULL at the end; static. */
const char *const *mr_writer_formats(void);

#endif

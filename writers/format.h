/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_FORMAT_H
#define MR_WRITERS_FORMAT_H

/*
 * What an output format supplies.  Private to writers/.  A format is one file that fills one struct with designated
 * initialisers and has a line in writers/formats.c.  A member that comes later is optional (NULL or 0), so that the
 * formats there are need no change.
 */
#include "writers/outfile.h"
#include "writers/writer.h"

struct mr_writer_format {
    const char *name;   /* as given with -f */
    const char *suffix; /* ".csv" */
    size_t state_size;  /* bytes of private state per table, zeroed before begin, aligned for any type */

    /*
     * All return MR_OK or MR_FATAL; a failed write has been reported by the outfile, and mr_outfile_status() tells.
     * file is open and, in begin, empty.  head and options stay valid until destroy.  No call of a table follows a
     * MR_FATAL but destroy.
     */
    int (*begin)(void *state, struct mr_outfile *file, const struct mr_table_head *head,
                 const struct mr_writer_options *options);
    int (*row)(void *state, struct mr_outfile *file, const struct mr_cell *cells);
    int (*gap)(void *state, struct mr_outfile *file, int64_t from, int64_t to); /* NULL: not shown */
    int (*end)(void *state, struct mr_outfile *file);                           /* NULL: nothing to add */
    bool (*full)(const void *state, const struct mr_outfile *file); /* large enough for another; NULL: never */
    void (*destroy)(void *state); /* NULL: nothing to free; called once for each begin, failed or not */

    unsigned abilities; /* MR_CAN_ bits: options that mean something to this format; the others are refused */

    /*
     * A format whose tables share one file: its name ("monreduce.db"; suffix is then not used) and the three calls of
     * that file, of which all but interval are set.  open comes before the first begin, close when all tables have
     * ended and before the file is made safe; shut frees, once for each open, failed or not.  begin, row and end are given that file.
     * What they share is kept in file->context.
     */
    const char *single;
    int (*open)(struct mr_outfile *file, const struct mr_writer_options *options);
    int (*close)(struct mr_outfile *file);
    int (*interval)(struct mr_outfile *file); /* the rows that follow are of another interval; NULL: all the same */
    void (*shut)(struct mr_outfile *file);
};

enum {
    MR_CAN_CRLF = 1,
    MR_CAN_SPREADSHEET = 2,
    MR_CAN_SPLIT = 4,
    MR_CAN_GZIP = 8,      /* its files are compressed as a whole and get the suffix .gz */
    MR_CAN_GZIP_PARTS = 16, /* it compresses parts of its files itself */
    MR_CAN_PARTITION = 32,
    MR_CAN_APPEND = 64    /* a row is the same text wherever it stands, and end adds nothing */
};

/* The list of formats, NULL at the end: writers/formats.c. */
extern const struct mr_writer_format *const mr_writer_format_list[];

extern const struct mr_writer_format mr_format_csv;
extern const struct mr_writer_format mr_format_ndjson;
extern const struct mr_writer_format mr_format_parquet;
extern const struct mr_writer_format mr_format_sqlite;
extern const struct mr_writer_format mr_format_xpt;

#endif

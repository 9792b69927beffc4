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
    void (*destroy)(void *state); /* NULL: nothing to free; called once for each begin, failed or not */
};

/* The list of formats, NULL at the end: writers/formats.c. */
extern const struct mr_writer_format *const mr_writer_format_list[];

extern const struct mr_writer_format mr_format_csv;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_BASE_CSVFILE_H
#define MR_BASE_CSVFILE_H

/*
 * Reading a CSV file whose header line must name a known set of columns, in any order; used for the schema and for a
 * site's configuration.  The text is parsed by libcsv in strict mode; lines that begin with # are comments.
 */
#include "base/message.h"
#include "base/status.h"

#include <stddef.h>

#define MR_CSV_COLUMNS_MAX 24

/* What a file must look like. */
struct mr_csv_form {
    const char *const *columns; /* names, in the order in which the row function gets the cells */
    size_t column_count;        /* at most MR_CSV_COLUMNS_MAX */
    size_t required_count;      /* the first so many must be in the header; the others may be missing and read "" */
    enum mr_message_id open_message;   /* the file cannot be read */
    enum mr_message_id csv_message;    /* the text is no CSV */
    enum mr_message_id header_message; /* the header does not fit */
};

/*
 * Called for each line below the header.  cells are borrowed, never NULL; line counts from 1.
 * Returns MR_OK or, after a message of its own, MR_FAILED (go on with the next line) or MR_FATAL (stop).
 */
typedef int mr_csv_row(void *context, const char *const *cells, unsigned line);

/*
 * mr_csv_read - read a whole file.
 * Returns MR_OK; MR_FATAL when the file cannot be opened or read or is no CSV, or when any row function failed: every
 * fault has been reported with file and line.
 */
int mr_csv_read(const char *path, const struct mr_csv_form *form, mr_csv_row *row, void *context, struct mr_log *log)
    MR_CHECK;

#endif

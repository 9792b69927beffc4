/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_TABLE_H
#define MR_WRITERS_TABLE_H

/*
 * A writer and its tables, and the files of a table one after another.  Private to writers/: writer.c has the set as
 * a whole, table.c what happens within one table.
 */
#include "writers/commit.h"
#include "writers/format.h"
#include "writers/parts.h"
#include "writers/shape.h"

/* A file that is complete and waits for the end of the run. */
struct mr_full_file {
    struct mr_full_file *next;
    struct mr_outfile file;
};

/* The interval of rows as they come. */
struct mr_interval {
    int64_t start;
    bool known;
};

/* A file of the set: a table, or a further file, which has no head and whose content is complete. */
struct mr_writer_table {
    struct mr_writer_table *next;
    struct mr_writer *writer;
    const struct mr_table_head *head; /* as given */
    struct mr_shape shape;
    struct mr_parts parts;
    struct mr_outfolder folder; /* of the table's parts, where the output is split */
    struct mr_outfolder inner;  /* of the present part, where it is partitioned */
    struct mr_interval interval; /* of its latest row */
    size_t start;                /* column VMCINTTS, or SIZE_MAX */
    char stem[MR_PARTS_NAME_MAX]; /* name of the present part */
    char below[MR_COMMIT_PATH_MAX]; /* its folder within that of the run */
    bool fresh;                 /* the present file is the first of its part in this run */
    struct mr_full_file *full;  /* the latest first */
    unsigned file_count;        /* begun, where the output is not split */
    uint64_t rows;
    uint64_t file_rows;         /* in the present file */
    uint64_t handed_rows;       /* of rows, those that have been handed over */
    struct mr_outfile file;
    bool is_extra;
    bool begun;                 /* the format has the present file */
    max_align_t state[];        /* the format's */
};

/* In the order in which they were begun, which is the order in which they are put in place. */
struct mr_file_list {
    struct mr_writer_table *first;
    struct mr_writer_table **end;
};

struct mr_writer {
    const struct mr_writer_format *format;
    struct mr_writer_options options;
    struct mr_outfolder folder;
    struct mr_log *log;
    struct mr_file_list tables;
    struct mr_file_list extras; /* last in place: a manifest stands for a set that is all there */
    struct mr_commit commit;    /* what takes its place at the end */
    struct mr_outfile shared;   /* of all tables, if the format has one file */
    bool shared_open;           /* the format has it */
    bool zone_known;
    bool zone_missed;           /* said that a zone is not known */
    int32_t zone;
    struct mr_interval interval; /* of the latest row of any table */
    uint64_t input_bytes;        /* that the rows so far were made from */
    mr_rows_taker *take;         /* rows are handed over (apart.c); NULL: they are written */
    void *taker;                 /* its context */
};

/* Whatever a format's callback says is final for the run, also where no file has failed.  Returns rc. */
int mr_writer_settle(struct mr_writer *writer, int rc);

/* A format by its name; NULL where there is none.  In writer.c, like the next two. */
const struct mr_writer_format *mr_writer_find_format(const char *name);

/* A writer without a folder.  NULL when memory is short. */
struct mr_writer *mr_writer_new(const struct mr_writer_format *format, const struct mr_writer_options *options,
                                struct mr_log *log);

/* The file of a table whose rows are handed over; in apart.c. */
int mr_table_open_apart(struct mr_writer_table *table) MR_CHECK;

/* The head is there: get ready for rows.  The first file begins at once, that of a part with its first row. */
int mr_table_begin(struct mr_writer_table *table) MR_CHECK;

int mr_table_row(struct mr_writer_table *table, const struct mr_cell *cells) MR_CHECK;

/*
 * The steps of the end, each for all tables before the next: hand all to the system, make it safe, put it
 * on the list of what takes its place.
 */
int mr_table_flush(struct mr_writer_table *table) MR_CHECK;
int mr_table_seal(struct mr_writer_table *table) MR_CHECK;
int mr_table_place(struct mr_writer_table *table) MR_CHECK;

/* Throw away what is not in its place. */
void mr_table_free(struct mr_writer_table *table);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_PARTS_H
#define MR_WRITERS_PARTS_H

/*
 * Which part of a table a row belongs to, and the names of the parts' files.  Private to writers/.  No file is named
 * twice in a run.  What is remembered of each system are its latest MR_PARTS_REMEMBERED parts; one that comes after
 * more of them than that, and may have been begun before, is added to.
 */
#include "writers/partition.h"
#include "writers/writer.h"

#define MR_PARTS_SYSID_MAX 64
#define MR_PARTS_REMEMBERED 64
#define MR_PARTS_NAME_MAX 200
#define MR_PARTS_FOLDER_MAX 256

struct mr_parts_system;

/* Where a part goes. */
struct mr_part {
    char name[MR_PARTS_NAME_MAX];  /* of its file without number and suffix */
    /* Where the output is partitioned: the folders SYSID=... and DATE=... */
    char sysid[MR_PARTS_FOLDER_MAX], date[MR_PARTITION_DATE_MAX];
    unsigned number; /* of the file within the part, from 1; 0: not remembered, there may be some already */
};

/* All zero but the first two members is a table of which nothing has been written. */
struct mr_parts {
    enum mr_split split;
    const struct mr_table_head *head;
    struct mr_parts_system *systems; /* owned */
    struct mr_parts_system *current; /* of the file that is being written */
    size_t sysid, start, end;        /* columns; SIZE_MAX where there is none */
    int64_t key;                     /* of the part that is being written */
};

/* Look up the columns.  split must not be MR_SPLIT_NONE. */
void mr_parts_open(struct mr_parts *parts, const struct mr_table_head *head, enum mr_split split);

/* Does the row belong to the part that is being written?  shift is added to its times, in microseconds. */
bool mr_parts_same(const struct mr_parts *parts, const struct mr_cell *cells, int64_t shift);

/*
 * mr_parts_next - the part of the row is the one that is written from now on.  To be called again for the same part when
 * its file is full.  The first file of a part in a run has the number 1: it takes the place of whatever an earlier run
 * wrote for that part.
 * Returns MR_OK, or MR_FATAL when memory is short.
 */
int mr_parts_next(struct mr_parts *parts, const struct mr_cell *cells, int64_t shift, struct mr_part *part) MR_CHECK;

void mr_parts_close(struct mr_parts *parts);

#endif

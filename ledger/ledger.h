/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_LEDGER_LEDGER_H
#define MR_LEDGER_LEDGER_H

/*
 * The ledger: what has been reduced into a folder of tables by all runs so far, and where its rows are.  It lives in a
 * state folder:
 *
 *   STATE/ledger.db   SQLite: inputs, segments, files and the ranges of bytes in them
 *   STATE/lock        locked for the whole of a run
 *   STATE/journal     only while a run puts its results in place (ledger/journal.h)
 *   STATE/work/       rows of the present run, before they are in place
 *   STATE/waiting/    copies of inputs whose system is not known yet
 *
 * A segment is what one input gave for one system without a break by other segments.  The segments of a system are
 * ordered by time; each has the rows of its head (its first sample intervals), of its rest, and, where it is the last
 * one, of its tail: what would come out if nothing followed.  A table's file holds its header, the heads
 * and rests of all segments in order of time, then the tails:
 *
 *   | header | head rest | head rest | head rest ... | tail | tail
 *              segment 1   segment 2   segment 3
 *
 * This part knows files and ranges of bytes, neither records nor columns: states, heads and accounts are kept as they
 * are given.  It is a folder of its own because it has its own file formats (man 5 monreduce-state), and because
 * everything that must happen together or not at all is in it.
 *
 * All changes are in one transaction, which mr_ledger_commit() ends.  Functions return MR_OK or, after a message,
 * MR_FATAL; a ledger on which one has failed may only be closed.
 */
#include "base/message.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MR_LEDGER_DIGEST_BYTES 32
#define MR_LEDGER_PATH_MAX 4096

struct mr_ledger;

/* Bytes that belong to the caller, who frees them with free(). */
struct mr_blob {
    void *bytes;
    size_t size;
};

/* A system as the ledger knows it. */
struct mr_ledger_system {
    int64_t id; /* 0: not known */
    char sysid[65], orgsysid[65], cpumodel[65], serial[17];
};

enum mr_ledger_part { MR_PART_HEAD, MR_PART_REST, MR_PART_TAIL };

/* A segment without its blobs. */
struct mr_ledger_segment {
    int64_t id; /* 0: none */
    int64_t system, input;
    int64_t base;           /* segment that its head was made behind, 0: none; -1: to be made again */
    uint64_t first, last;   /* TOD of its first and last data */
    uint32_t head_interval; /* number of the interval at the end of the head */
    bool whole;             /* the head is all of it */
    bool restarts;          /* the system was started again behind the head */
    bool tail;              /* its tail has been made */
    uint64_t intervals, missing_before, missing_inside;
};

enum mr_ledger_blob { MR_BLOB_HEAD, MR_BLOB_SESSIONS, MR_BLOB_STATE, MR_BLOB_COVERAGE };

/* An input that was reduced or waits. */
struct mr_ledger_input {
    int64_t id; /* 0: none */
    const char *name;
    uint8_t digest[MR_LEDGER_DIGEST_BYTES];
    uint64_t size;
    bool waiting;
    const char *account; /* what is said of it in the account of the run, JSON; NULL: nothing */
};

/*
 * mr_ledger_open - use a state folder, created if it is missing.  Waits for a run that uses it, with a message, or is
 * refused if wait is false.  What a killed run left is put right.  MR_OK or MR_FATAL; *out is then NULL.
 */
int mr_ledger_open(struct mr_ledger **out, const char *folder, bool wait, struct mr_log *log) MR_CHECK;

/*
 * mr_ledger_bind - a state folder belongs to one folder of tables and the options that they are made with.  options has
 * a line NAME=VALUE for each.  The first run sets them; MR_FATAL after a message where they are others.
 */
int mr_ledger_bind(struct mr_ledger *ledger, const char *output, const char *options) MR_CHECK;

/* A folder of its own below STATE/work, not yet made: text has MR_LEDGER_PATH_MAX bytes. */
int mr_ledger_work_folder(struct mr_ledger *ledger, char *path) MR_CHECK;

/* Inputs.  find: *input has id 0 where there is none of this digest.  Names and accounts are not filled in. */
int mr_ledger_find_input(struct mr_ledger *ledger, const uint8_t *digest, struct mr_ledger_input *input) MR_CHECK;
int mr_ledger_put_input(struct mr_ledger *ledger, struct mr_ledger_input *input) MR_CHECK;
int mr_ledger_account_input(struct mr_ledger *ledger, int64_t input, const char *account) MR_CHECK;

/*
 * Inputs that wait.  keep copies the file.  next gives the one behind the id given (0: the first): its id (0: no more),
 * its name, and the path of the copy; both freed with free().  settle: it has been reduced, the copy may go.
 */
int mr_ledger_keep_input(struct mr_ledger *ledger, const char *path, const uint8_t *digest) MR_CHECK;
int mr_ledger_next_waiting(struct mr_ledger *ledger, int64_t *id, char **name, char **path) MR_CHECK;
int mr_ledger_settle_waiting(struct mr_ledger *ledger, int64_t id) MR_CHECK;

/* Systems.  find by name fills id (0: not known).  near: systems with data less than so many TOD units from tod. */
int mr_ledger_find_system(struct mr_ledger *ledger, struct mr_ledger_system *system) MR_CHECK;
int mr_ledger_put_system(struct mr_ledger *ledger, struct mr_ledger_system *system) MR_CHECK;
int mr_ledger_near_systems(struct mr_ledger *ledger, uint64_t tod, uint64_t distance,
                           struct mr_ledger_system *system, unsigned *count) MR_CHECK;
int mr_ledger_systems(struct mr_ledger *ledger, struct mr_ledger_system **systems, size_t *count) MR_CHECK;

/* Segments of a system in order of time; freed with free(). */
int mr_ledger_segments(struct mr_ledger *ledger, int64_t system, struct mr_ledger_segment **segments,
                       size_t *count) MR_CHECK;
int mr_ledger_put_segment(struct mr_ledger *ledger, struct mr_ledger_segment *segment) MR_CHECK; /* id 0: a new one */
int mr_ledger_put_blob(struct mr_ledger *ledger, int64_t segment, enum mr_ledger_blob which, const void *bytes,
                       size_t size) MR_CHECK;
int mr_ledger_get_blob(struct mr_ledger *ledger, int64_t segment, enum mr_ledger_blob which,
                       struct mr_blob *blob) MR_CHECK; /* bytes NULL: there is none */

/* Forget an input, or what lies between two TOD values, with its rows; *forgotten counts segments. */
int mr_ledger_forget_input(struct mr_ledger *ledger, const uint8_t *digest, const char *name,
                           size_t *forgotten) MR_CHECK;
int mr_ledger_forget_range(struct mr_ledger *ledger, uint64_t from, uint64_t to, size_t *forgotten) MR_CHECK;

/*
 * mr_ledger_take_rows - the files of a folder, as a writer has made them, are the rows of this part of a segment now,
 * instead of those it had.  folder NULL: none.  header: a file begins with a header line, which is not among the rows.
 * gzip: they become members of a gzip file of the name with .gz behind it.
 */
int mr_ledger_take_rows(struct mr_ledger *ledger, int64_t segment, enum mr_ledger_part part, const char *folder,
                        bool header, bool gzip) MR_CHECK;

/* How many rows of a table this part of a segment has. */
int mr_ledger_count_rows(struct mr_ledger *ledger, int64_t segment, enum mr_ledger_part part, const char *table,
                         uint64_t rows) MR_CHECK;

/* The rows of the ledger's tables, one call each, in the order of their names. */
int mr_ledger_tables(struct mr_ledger *ledger, int (*table)(void *context, const char *name, uint64_t rows),
                     void *context) MR_CHECK;

/* Accounts of the inputs, one call each, in the order in which they were reduced. */
int mr_ledger_inputs(struct mr_ledger *ledger,
                     int (*input)(void *context, const char *name, const uint8_t *digest, bool waiting,
                                  const char *account),
                     void *context) MR_CHECK;

/* Drop heads and states of segments that end before this; what the last one of each system needs stays. */
int mr_ledger_thin(struct mr_ledger *ledger, uint64_t before) MR_CHECK;

/* A further file of the set (the manifest); the bytes are copied. */
int mr_ledger_file(struct mr_ledger *ledger, const char *name, const void *bytes, size_t size) MR_CHECK;

/*
 * mr_ledger_commit - put everything in place: tables, further files, then the ledger, so that a run that is killed
 * leaves the state before it or the state behind it.  Nothing of it can be called again but close.
 */
int mr_ledger_commit(struct mr_ledger *ledger) MR_CHECK;

/* Without commit everything is as it was before.  NULL is allowed. */
void mr_ledger_close(struct mr_ledger *ledger);

#endif

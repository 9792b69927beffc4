/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_PIPELINE_STATE_H
#define MR_PIPELINE_STATE_H

/*
 * A run with a state: tables that grow from run to run.  Private to state*.c.
 *
 *   state.c          the run: inputs, those that wait, the account, the commit
 *   state_pass.c     one input into the holes between segments
 *   state_piece.c    rows and blobs of a segment that is being made
 *   state_account.c  the account of all runs in the manifest
 *   state_settle.c   heads made again behind another segment than before, and tails
 *
 * An input is read once for each hole that it fills: the segments of its system that come later than its first data
 * bound the windows.  In each the engine begins with the state of the segment before the window.
 */
#include "domains/recall.h"
#include "ledger/ledger.h"
#include "pipeline/ways.h"
#include "writers/writer.h"

#define MR_PIECES_MAX 1024
#define MR_HEAD_SAMPLES 2 /* sample intervals of a head: the first may have been cut */
#define MR_HEAD_MAX ((size_t)64 << 20) /* bytes of records that a head may have; behind it is its end */

/* Rows of a part of a segment on their way to files. */
struct mr_rows {
    struct mr_writer *writer; /* NULL: no rows yet */
    struct mr_writer_table **tables; /* one for each plan */
    char folder[MR_LEDGER_PATH_MAX];
};

/* A segment that is being made. */
struct mr_piece {
    struct mr_identity identity;
    struct mr_rows rows[2]; /* MR_PART_HEAD, MR_PART_REST */
    struct mr_pack head, sessions; /* records */
    bool head_done, used;
    unsigned samples;       /* ended by a 1/11 */
    uint32_t head_interval;
    uint64_t first, last, any_first; /* TOD of data, and of any record */
    uint64_t intervals, missing, restarts; /* of the system's account when the piece began */
    uint64_t head_missing, head_restarts;  /* at the end of the head */
    uint64_t end_intervals, end_missing, end_restarts;
};

/* A system that the present input has. */
struct mr_met {
    struct mr_ledger_system system; /* id 0: not in the ledger when it was met */
    struct mr_identity identity;
    uint64_t tod;      /* of its first data in this input, as far as is known */
    uint64_t *starts;  /* of the segments behind that, in order: each begins a window */
    int64_t *ids;      /* of these segments */
    bool *needed;      /* the window has data that is not reduced */
    size_t count;
    int64_t base;      /* segment that the present window goes on from, 0: none */
};

struct mr_state_run {
    const struct mr_pipeline_options *options;
    struct mr_account *account;
    struct mr_ledger *ledger;
    struct mr_run run;
    struct mr_recall recall;
    struct mr_run_ways ways;
    uint64_t *table_rows;     /* one for each plan: rows of this run */
    bool *has_table;          /* likewise: the output has rows of it */
    struct mr_rows shapes;    /* a writer that only tells of columns */
    bool shapes_failed;
    int64_t *input_ids;       /* in the ledger, of the inputs of the account in their order; 0: not there */
    size_t input_id_count, input_id_room;
    uint64_t bytes_before, input_bytes_before; /* of finished inputs, uncompressed and as they are */
    bool changed;             /* something is to be put in place */
    bool header, gzip;        /* of the table files */
    /* the present input */
    uint64_t input_tod;       /* of its first data */
    unsigned pass;
    struct mr_met *met;
    size_t met_count, met_room;
    struct mr_piece *pieces;
    size_t piece_count, piece_room;
    struct mr_piece *last_piece;
    /* a replay */
    struct mr_rows *replayed; /* where its rows go; NULL: none is under way */
    const struct mr_identity *replayed_identity;
};

int mr_state_no_memory(const struct mr_state_run *s);

/* The table of a plan in a writer of its own below the ledger's work folder, begun if it is new; NULL after a message. */
struct mr_writer_table *mr_rows_table(struct mr_state_run *s, struct mr_rows *rows, const struct mr_plan *plan);

/* They are the part of the segment now.  counted: they are rows that this run has made.  Frees in any case. */
int mr_rows_take(struct mr_state_run *s, struct mr_rows *rows, int64_t segment, enum mr_ledger_part part,
                 bool counted) MR_CHECK;
void mr_rows_drop(struct mr_rows *rows);

/* The sink of the engine, and what it says of records that were used. */
int mr_state_row(void *context, struct mr_plan *plan, struct mr_cell *cells);
int mr_state_used(void *context, const struct mr_system_account *account, const struct mr_identity *identity,
                  const struct mr_record *record, unsigned flags);

/* What the pass has made becomes segments of this input. */
int mr_pieces_finish(struct mr_state_run *s, int64_t input) MR_CHECK;
void mr_pieces_drop(struct mr_state_run *s);

/* A record from the bytes of a pack; false where there is none. */
bool mr_state_unpack_record(struct mr_unpack *in, struct mr_record *record);

/* Keep a pack as a blob of a segment; an empty one is none. */
int mr_state_put_pack(struct mr_state_run *s, int64_t segment, enum mr_ledger_blob which,
                      const struct mr_pack *pack) MR_CHECK;

/* Read one back; a damaged one counts as none, and it is said.  Freed with mr_pack_free(). */
int mr_state_get_pack(struct mr_state_run *s, int64_t segment, enum mr_ledger_blob which, struct mr_pack *pack) MR_CHECK;

/* A piece of a system begins; what its account says by now belongs to others. */
int mr_piece_begin(struct mr_state_run *s, const struct mr_identity *identity) MR_CHECK;

/* What became of an input. */
enum mr_state_outcome { MR_INPUT_REDUCED, MR_INPUT_WAITING, MR_INPUT_UNUSABLE };

/*
 * One file into the tables.  path is read; input tells of it and gets an id in the ledger if it is reduced (0: none
 * yet).  What it is that waits (nobody knows whose data it is) or is not usable has not changed anything.
 */
int mr_state_reduce_file(struct mr_state_run *s, const char *path, struct mr_ledger_input *input,
                         enum mr_state_outcome *outcome) MR_CHECK;

/* TOD of the first record of a file that is no configuration, else of its first one; 0 where there is none. */
uint64_t mr_state_probe(const char *path);

/* Recall functions (domains/recall.h). */
int mr_state_system(void *context, struct mr_engine *engine, const struct mr_identity *identity, uint64_t tod);
void mr_state_outside(void *context, const struct mr_identity *identity, uint64_t tod);

/* Give the engine a system as it is behind a segment (base NULL: by name), with all that was reduced up to there. */
int mr_state_recall(struct mr_state_run *s, const struct mr_identity *identity, const struct mr_ledger_segment *segments,
                    size_t count, const struct mr_ledger_segment *base, bool later) MR_CHECK;

/*
 * Heads whose segment before is another one now, and tails of those that are the last: of the systems that the present
 * input has, or of all.
 */
int mr_state_settle(struct mr_state_run *s, bool all) MR_CHECK;

/* The input that was just added to the account has this id in the ledger; 0: it is not there. */
int mr_state_note_input(struct mr_state_run *s, int64_t id) MR_CHECK;

/*
 * The account of this run as JSON with what the ledger says of all runs (key ledger; monreduce-manifest(5)).  What it
 * says of inputs goes into the ledger.  The text is freed with free().
 */
int mr_state_manifest(struct mr_state_run *s, char **text, size_t *size) MR_CHECK;

/* TOD of the latest data of all systems, 0: none. */
uint64_t mr_state_latest(struct mr_state_run *s);

#endif

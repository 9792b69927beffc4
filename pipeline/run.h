/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_PIPELINE_RUN_H
#define MR_PIPELINE_RUN_H

/*
 * One run, as its parts see it.  Private to the pipeline:
 *
 *   pipeline.c  what a run consists of, and what it leaves behind
 *   lanes.c     the inputs in their order, and which of them can be read side by side (lanes.h)
 *   turns.c     what comes next from them
 *   share.c     who works in which way: which worker makes which tables, or those of which lane
 *   inputs.c    all inputs, and the way where one thread does it all
 *   crew.c      the way where one thread reads and others make some of the tables each
 *   beside.c    the way where threads read and make all tables of a lane each
 *   stop.c      where a request to stop has ended it
 *   state*.c    runs that go on from each other (state.h)
 *
 * A worker has engines, one for each lane that it is given the records of, and a writer.  There is always one, in the
 * thread of the caller.  Others, in threads of their own, are given the same records and make other tables, or other
 * lanes and make the same tables, so that they have nothing in common while records flow.
 */
#include "base/notes.h"
#include "dictionary/dictionary.h"
#include "pipeline/pipeline.h"
#include "pipeline/lanes.h"

#define MR_WORKERS_MAX 64
#define MR_SOURCE_MAX 200

struct beside;
struct mr_origin;
struct mr_run;

/* How the inputs of a run are worked on. */
enum mr_run_way { MR_RUN_ALONE, MR_RUN_CREW, MR_RUN_BESIDE };

struct mr_worker {
    struct mr_run *run;
    struct mr_engine *engines[MR_LANES_MAX]; /* NULL: another worker's lane */
    struct mr_engine *engine;   /* of them, the one whose records are being used; the first one at the beginning */
    uint64_t other_bytes;       /* of the records that the other ones have been given by now */
    struct mr_writer *writer;   /* NULL: no tables are made */
    struct mr_writer_table **tables; /* one for each plan, NULL until its first row */
    struct mr_log *log;         /* that of the run, or of the relay where threads work beside each other */
    struct mr_relay relay;
};

struct mr_run {
    const struct mr_pipeline_options *options;
    struct mr_account *account;
    struct mr_exits *exits;          /* NULL: none */
    struct mr_input *inputs;
    struct mr_lane lanes[MR_LANES_MAX];
    size_t lane_count;
    struct mr_claims *claims;
    char mixed[sizeof(((struct mr_identity *)NULL)->sysid)]; /* a system in more than one lane after all; "": none */
    bool in_sequence;                /* one lane, whatever the inputs are */
    enum mr_run_way way;
    struct beside *beside;           /* what the way keeps; NULL: nothing */
    struct mr_worker workers[MR_WORKERS_MAX];
    size_t worker_count;
    bool threads;                    /* one thread is not enough: what is said is noted, and told in order */
    struct mr_writer *writer;        /* who has the files that are not tables, and the first worker's tables */
    struct mr_writer_table **tables; /* one for each plan; NULL until its first row */
    struct mr_table_head *heads;     /* likewise: what writers are told of it */
    char (*sources)[MR_SOURCE_MAX];  /* likewise: the records it is made from */
    struct mr_dictionary dictionary; /* to look up where columns come from */
    struct mr_origin *origins;       /* likewise */
    uint64_t total_bytes;            /* of all inputs, as far as it is known */
    const struct mr_run_ways *ways;  /* of a run with a state (ways.h); NULL: none */
    bool stopped;                    /* a request to stop has been heeded: nothing is begun any more */
    bool stop_noted;                 /* and where that was */
    bool input_ended;                /* the inputs have been read to their ends, as far as they were begun */
};

/* Say that memory is short.  Returns MR_FATAL. */
int mr_run_no_memory(const struct mr_run *run);

/* An engine of a worker for a lane; the first one is opened before all others.  MR_OK or MR_FATAL after a message. */
int mr_run_open_engine(struct mr_run *run, size_t worker, size_t lane) MR_CHECK;

/* Find the way, and share tables or lanes out among workers.  MR_OK or MR_FATAL after a message. */
int mr_run_share(struct mr_run *run) MR_CHECK;

/* All inputs.  MR_OK, or MR_FATAL after a message: only engine, writer and exits can end a run. */
int mr_run_inputs(struct mr_run *run) MR_CHECK;

/* The ways, with the same contract. */
int mr_run_crew(struct mr_run *run) MR_CHECK;
int mr_run_beside(struct mr_run *run) MR_CHECK;

/* Free what the last one keeps, which its workers' writers need until all engines have finished. */
void mr_run_beside_end(struct mr_run *run);

/* A worker goes on with another lane. */
void mr_worker_turn(struct mr_worker *worker, const struct mr_lane *lane);

/* An input begins or ends for a worker.  MR_OK or MR_FATAL after a message. */
int mr_worker_begin_input(struct mr_worker *worker, const char *name) MR_CHECK;
int mr_worker_end_input(struct mr_worker *worker, const char *name) MR_CHECK;

/* Records up to the end of a lane's turn, to a worker that has an engine for it.  MR_OK or MR_FATAL after a message. */
int mr_worker_take_turn(struct mr_worker *worker, struct mr_lane *lane) MR_CHECK;

/* What a turn leaves for the account; by one thread at a time, in the order of the turns.  Returns likewise. */
int mr_run_close_turn(struct mr_run *run, struct mr_lane *lane) MR_CHECK;

/* What is known of an input goes to the account; its reader is closed.  MR_OK or MR_FATAL after a message. */
int mr_run_take_input(struct mr_run *run, struct mr_input_end *end) MR_CHECK;

/* This input has been read as far as it will be; reader NULL: it could not be used. */
void mr_run_note_input(struct mr_run *run, const char *name, const struct mr_reader *reader);

/* The run stops with so many inputs not begun: tell it and note it, unless all have been read by now. */
void mr_run_note_stop(struct mr_run *run, size_t not_read);

/* Tell how far the run is: bytes of all inputs by now, uncompressed and as they are. */
void mr_run_progress(const struct mr_run *run, const char *input, uint64_t bytes, uint64_t input_bytes, uint64_t rows);

#endif

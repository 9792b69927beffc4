/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_PIPELINE_RUN_H
#define MR_PIPELINE_RUN_H

/*
 * One run, as its parts see it.  Private to the pipeline:
 *
 *   pipeline.c  what a run consists of, and what it leaves behind
 *   inputs.c    the inputs in their order, one after the other
 *   share.c     which worker makes which tables
 *   crew.c      one input with a thread that reads and several that work
 *   stop.c      where a request to stop has ended it
 *   state*.c    runs that go on from each other (state.h)
 *
 * A worker is an engine with a writer.  There is always one, in the thread of the caller.  Others, in threads of their
 * own, are given the same records and make other tables, so that they have nothing in common while records flow: tables,
 * heads and sources of the run have a place for each plan, which only the worker that makes the table uses.
 */
#include "base/notes.h"
#include "dictionary/dictionary.h"
#include "pipeline/pipeline.h"
#include "reader/stop.h"

#define MR_WORKERS_MAX 64
#define MR_SOURCE_MAX 200

struct mr_origin;
struct mr_run;

struct mr_worker {
    struct mr_run *run;
    struct mr_engine *engine;
    struct mr_writer *writer; /* NULL: no tables are made */
    struct mr_log *log;       /* that of the run, or of the relay where threads work beside each other */
    struct mr_relay relay;
};

struct mr_run {
    const struct mr_pipeline_options *options;
    struct mr_account *account;
    struct mr_exits *exits;          /* NULL: none */
    struct mr_worker workers[MR_WORKERS_MAX];
    size_t worker_count;
    bool threads;                    /* a crew works: one thread reads, each worker has one */
    struct mr_table_head *heads;     /* one for each plan */
    char (*sources)[MR_SOURCE_MAX];  /* likewise: the records it is made from */
    struct mr_dictionary dictionary; /* to look up where columns come from */
    struct mr_origin *origins;       /* likewise */
    struct mr_writer_table **tables; /* one for each plan; NULL until its first row */
    uint64_t bytes_before;           /* of finished inputs, uncompressed */
    uint64_t input_bytes_before;
    uint64_t total_bytes;
    const struct mr_run_ways *ways;  /* of a run with a state (ways.h); NULL: none */
    struct mr_stop_watch stop;       /* used by the thread that reads */
    bool input_ended;                /* the last input has been read to its end */
};

/* Say that memory is short.  Returns MR_FATAL. */
int mr_run_no_memory(const struct mr_run *run);

/* An engine for a worker; the first one is opened before all others.  MR_OK or MR_FATAL after a message. */
int mr_run_open_worker(struct mr_run *run, size_t number) MR_CHECK;

/* Share the tables out among as many workers as are asked for and useful.  MR_OK or MR_FATAL after a message. */
int mr_run_share(struct mr_run *run) MR_CHECK;

/* All inputs, in time order.  MR_OK, or MR_FATAL after a message: only engine, writer and exits can end a run. */
int mr_run_inputs(struct mr_run *run) MR_CHECK;

/* This input has been read as far as it will be; reader NULL: it could not be used. */
void mr_run_note_input(struct mr_run *run, const char *name, const struct mr_reader *reader);

/* The run stops with so many inputs not begun: tell it and note it, unless all have been read by now. */
void mr_run_note_stop(struct mr_run *run, size_t not_read);

/*
 * The records of an open input to all workers, by threads; relay is that of the log that the reader was opened with.
 * MR_OK, or MR_FATAL after a message.
 */
int mr_run_crew(struct mr_run *run, struct mr_reader *reader, struct mr_relay *relay) MR_CHECK;

/* Tell how far the run is: bytes are those of the present input. */
void mr_run_progress(const struct mr_run *run, const char *input, uint64_t bytes, uint64_t input_bytes, uint64_t rows);

#endif

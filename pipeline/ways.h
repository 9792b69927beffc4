/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_PIPELINE_WAYS_H
#define MR_PIPELINE_WAYS_H

/*
 * A run in pieces, for the pipeline with a state (state.c), which reads and writes in another order than the
 * plain one, with one worker.  Private to the pipeline.
 */
#include "domains/recall.h"
#include "pipeline/run.h"

/* What is done in another way.  All members are set. */
struct mr_run_ways {
    void *context;
    mr_row_sink *row;
    const struct mr_recall *recall;
    int (*file)(void *context, const char *name, const void *bytes, size_t size); /* MR_OK or MR_FATAL after a message */
    /* A table of this plan as it is written; NULL: the output has no rows of it. */
    const struct mr_writer_table *(*table)(void *context, const struct mr_plan *plan);
};

/*
 * Options checked, exits, engine and columns ready.  run is all zero before.  Returns and account as
 * mr_pipeline_reduce(); close it always.
 */
int mr_run_open(struct mr_run *run, const struct mr_pipeline_options *options, struct mr_account *account,
                const struct mr_run_ways *ways) MR_CHECK;

/* All inputs have ended: the account, but for its tables, and the dictionary, by ways->file. */
int mr_run_finish(struct mr_run *run) MR_CHECK;

void mr_run_close(struct mr_run *run);

/* mr_pipeline_reduce() with options.state. */
int mr_pipeline_reduce_state(const struct mr_pipeline_options *options, struct mr_account *account) MR_CHECK;

#endif

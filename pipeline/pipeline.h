/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_PIPELINE_H
#define MR_PIPELINE_H

/*
 * The pipeline wires reader -> domains -> exits -> writers and keeps account of the run.  It is the only part that knows
 * them all.
 */
#include "account/account.h"
#include "base/message.h"
#include "base/stop.h"
#include "domains/engine.h"
#include "exits/exits.h"
#include "reader/reader.h"
#include "schema/schema.h"
#include "writers/writer.h"

/* How far a run is; called now and then. */
struct mr_progress {
    const char *input;
    uint64_t input_bytes; /* read of this and all earlier inputs, compressed as they are */
    uint64_t total_bytes; /* of all inputs, 0 where not known */
    uint64_t bytes;       /* uncompressed */
    uint64_t rows;
};

struct mr_pipeline_options {
    const struct mr_schema *schema;  /* borrowed */
    const char *const *inputs;       /* file names, "-" for standard input */
    size_t input_count;
    const char *folder;              /* for the tables */
    const char *format;              /* "csv" */
    const char *const *tables;       /* NULL at the end; NULL: all */
    const char *const *exits;        /* user exits in order, FILE[:key=value,...]; NULL: none */
    size_t exit_count;
    bool chp_sel;                    /* leave out rows of channel paths without devices */
    void (*observe)(void *context, const struct mr_exit_change *change); /* what exits do with rows; or NULL */
    void *observer;                  /* its context */
    bool dictionary;                 /* further files beside dictionary.csv: metadata and load scripts */
    struct mr_writer_options output; /* how tables are written; folder and version are filled in by the pipeline */
    bool readings;                   /* counters as recorded in columns NAME_CUM */
    const int64_t *from, *to;        /* only intervals that begin at from or later, and before to; NULL: no limit */
    bool empty_tables;               /* also tables that have no rows */
    const struct mr_systems *systems; /* the site's systems.csv, or NULL; borrowed */
    unsigned threads;                /* workers that make tables, beside one that reads; 0 or 1: all in one thread */
    bool strict;                     /* stop where configuration records are missing */
    const char *state;               /* folder with what earlier runs left (ledger/ledger.h); NULL: none */
    bool no_wait;                    /* another run uses it: refuse, do not wait */
    bool force;                      /* reduce the inputs again, or what lies between the next two */
    const int64_t *force_from, *force_to; /* NULL: the inputs */
    struct mr_log *log;
    const struct mr_stop *stop;      /* requests to stop before the end of the inputs; borrowed; NULL: none */
    void (*progress)(void *context, const struct mr_progress *progress); /* or NULL */
    void *context;
};

/*
 * mr_pipeline_reduce - reduce all inputs into tables, with the account of the run in manifest.json beside them, and
 * what their columns mean in dictionary.csv.
 * A request to stop ends the reading; what came before is reduced, and where nothing came nothing is written.
 * Data never ends a run: an input that cannot be used is reported and left out.  Returns MR_OK with *account filled;
 * MR_FATAL after a message when nothing was written (unknown table, output not writable, no memory).  Either way
 * *account is freed with mr_account_free().  The return code of the run is log->code.  With options.state the tables
 * grow from run to run (state.c); where there was nothing to do nothing is written and account->inputs is empty.
 */
int mr_pipeline_reduce(const struct mr_pipeline_options *options, struct mr_account *account) MR_CHECK;

/*
 * mr_pipeline_exit_test - reduce all inputs with the exits of the options, tell observe what they do, and write nothing;
 * folder and format mean nothing here.  Returns and account as above.
 */
int mr_pipeline_exit_test(const struct mr_pipeline_options *options, struct mr_account *account) MR_CHECK;

/*
 * mr_pipeline_census - read all inputs and keep account of what is in them, without any table; folder, format and
 * tables of the options mean nothing here.  Returns and account as above; nothing is written.
 */
int mr_pipeline_census(const struct mr_pipeline_options *options, struct mr_account *account) MR_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_EXITS_EXITS_H
#define MR_EXITS_EXITS_H

/*
 * User exits of a run: loaded, given their hooks by the engine, counted, closed.  What an exit itself sees is
 * monreduce_exit.h; this is what the pipeline sees.
 *
 *   loader.c     the shared object: path, permissions, dlopen, version        loader.h
 *   names.c      tables, columns and fields by name, with suggestions         private.h
 *   cells.c      cells of the present row; what was changed can be undone
 *   records.c    fields of the present record
 *   hooks.c      which exit is called when, its policy and its counts
 *   crash.c      what is said when an exit crashes                            crash.h
 *   exits.c      all of them together; counts for the account of the run
 */
#include "base/cell.h"
#include "base/message.h"
#include "base/status.h"
#include "domains/hooks.h"
#include "schema/schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mr_exits;

/* What an exit did with one row; everything is borrowed until the function returns. */
struct mr_exit_change {
    const char *exit;
    const char *hook; /* "USRSVXU" */
    struct mr_plan *plan;
    const struct mr_cell *cells; /* as they are now */
    const uint16_t *columns;     /* those that have another value than before, in the order of their first change */
    const struct mr_cell *before;
    size_t count;
    bool dropped;
    bool failed; /* the changes have been taken back */
};

struct mr_exits_options {
    const struct mr_schema *schema; /* borrowed */
    const char *const *specs;       /* FILE[:key=value,...] in order */
    size_t count;
    const char *folder; /* of the output: temporary files of this process there are removed after a crash; or NULL */
    void (*observe)(void *context, const struct mr_exit_change *change); /* each call of a row hook; or NULL */
    void *context;
    struct mr_log *log;
};

/* Counts of one hook of one exit. */
struct mr_exit_hook_result {
    const char *hook; /* static */
    uint64_t calls;
    uint64_t changed; /* rows with at least one cell of another value than before */
    uint64_t dropped; /* rows, or records for USRSEL */
    uint64_t refused; /* USRSEL: records that it would have dropped from a configuration set */
    uint64_t failed;
    double seconds;   /* inside; of the row hooks measured on some of the calls */
};

/* A column that an exit has added. */
struct mr_exit_column_result {
    const char *table; /* borrowed from the schema */
    char *name, *unit, *label;
    enum mr_cell_type type;
};

/* What became of one exit. */
struct mr_exit_result {
    char *name, *path;
    const char *policy; /* static */
    bool disabled;      /* by its policy, after a failure */
    struct mr_exit_hook_result *hooks; /* those that were called */
    size_t hook_count;
    struct mr_exit_column_result *columns;
    size_t column_count;
};

/*
 * mr_exits_open - load all exits; none of their code but constructors runs yet.
 * Returns MR_OK, or MR_FATAL after a message; *out is then NULL and everything is closed again.
 */
int mr_exits_open(struct mr_exits **out, const struct mr_exits_options *options) MR_CHECK;

/* What to give to the engine; borrowed until close.  Its prepare function initialises the exits. */
const struct mr_engine_hooks *mr_exits_hooks(struct mr_exits *exits);

/*
 * Begin and end of the run and of an input.  NULL is allowed: nothing happens.  MR_OK, or MR_FATAL after a message.
 */
int mr_exits_begin_run(struct mr_exits *exits) MR_CHECK;
int mr_exits_begin_input(struct mr_exits *exits, const char *name) MR_CHECK;
int mr_exits_end_input(struct mr_exits *exits, const char *name) MR_CHECK;
int mr_exits_end_run(struct mr_exits *exits) MR_CHECK;

/*
 * mr_exits_results - the counts of all exits so far, as a list of *count entries, freed with mr_exit_results_free().
 * NULL for no exits, and when memory is short.
 */
struct mr_exit_result *mr_exits_results(const struct mr_exits *exits, size_t *count);
void mr_exit_results_free(struct mr_exit_result *results, size_t count);

/*
 * The text of a cell as CSV has it, without quotes: at most size - 1 bytes and a zero byte; the length of the whole.
 */
size_t mr_exit_show_cell(const struct mr_column *column, const struct mr_cell *cell, char *buffer, size_t size);

/*
 * mr_exits_shut - let the exits go: their close hooks are called and they are unloaded.  To be called before the
 * output gets its final names, so that a crash there still leaves the old tables.  NULL is allowed.
 */
void mr_exits_shut(struct mr_exits *exits);

/* Shut if that has not been done, and free everything.  NULL is allowed. */
void mr_exits_close(struct mr_exits *exits);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_ENGINE_H
#define MR_DOMAINS_ENGINE_H

/*
 * The engine: records in, rows out.  It knows which system a record belongs to, follows the 1/11 records from interval
 * to interval, keeps the last readings of every counter, and holds what has to wait for something else.
 */
#include "base/message.h"
#include "base/status.h"
#include "domains/plan.h"
#include "reader/record.h"

#include <stdbool.h>

struct mr_census;
struct mr_engine;
struct mr_systems;
struct mr_engine_hooks;
struct mr_recall;

/* Identity of a system, as it stands in the first columns of every row. */
struct mr_identity {
    char sysid[65];
    char orgsysid[65];
    char cpumodel[65];
    char serial[17]; /* of the first 1/5 of the set, hex digits; "" where there was none */
    bool zone_known;      /* 1/4 told it */
    int32_t zone_seconds; /* local time less UTC */
};

/*
 * A finished row.  cells are in column order; they and what they point to are borrowed until the function returns.
 * Returns MR_OK; anything else stops the run with that status.
 */
typedef int mr_row_sink(void *context, struct mr_plan *plan, struct mr_cell *cells);

/*
 * Asked when a system is met for the first time.  Returns MR_OK, or anything else where its records are another
 * engine's as well: the engine then gives up with MR_FATAL, without a message.
 */
typedef int mr_claim(void *claimant, const struct mr_identity *identity);

struct mr_engine_options {
    const struct mr_schema *schema; /* borrowed */
    const char *const *tables;      /* names of the tables wanted, NULL at the end; NULL: all */
    const struct mr_systems *systems; /* the site's systems.csv, or NULL; borrowed */
    bool strict;                    /* stop where configuration records are missing */
    mr_row_sink *row;
    void *context;
    struct mr_log *log;             /* borrowed */
    const struct mr_engine_hooks *hooks; /* borrowed; NULL: nobody looks in (domains/hooks.h) */
    const struct mr_recall *recall; /* who keeps what earlier runs left (domains/recall.h); borrowed; NULL: nobody */
    bool chp_sel;                   /* leave out rows of channel paths without devices */
    bool readings;                  /* beside each difference of a counter a column NAME_CUM with the counter itself */
    const int64_t *from, *to;       /* only rows whose interval (VMCINTTS, else ENDTS) begins at from or later and
                                       before to; NULL: no limit; borrowed */
    bool local_limits;              /* the limits are in the local time of the system, UTC where it is not known */
    bool second;                    /* another engine is given the same records and reports what is not of a table */
    mr_claim *claim;                /* of whom records are; NULL: of anyone */
    void *claimant;                 /* its context */
};

/* What has been seen; for the account of a run. */
struct mr_engine_counts {
    uint64_t records;             /* given to the engine */
    uint64_t record_bytes;        /* of them */
    uint64_t reduced;             /* that fed at least one table */
    uint64_t structural;          /* 1/11, 1/12, 1/13: no fields of their own */
    uint64_t unknown;             /* no layout known */
    uint64_t not_selected;        /* layout known, but no wanted table takes it */
    uint64_t duplicates;          /* given twice and used once; in none of the four above, nor in the census */
    uint64_t duplicate_bytes;
    uint64_t rows;
    uint64_t intervals;           /* ends of samples seen */
    uint64_t missing_intervals;
    uint64_t lost_events;         /* told by 1/3 */
    uint64_t suspends;
    uint64_t orphans;             /* rows left out because their channel path has no devices */
};

/* MR_OK, or MR_FATAL after a message (memory, unknown table).  *out is freed with mr_engine_close(). */
int mr_engine_open(struct mr_engine **out, const struct mr_engine_options *options) MR_CHECK;

/* The plans of all wanted tables, in the order of the schema; borrowed until close. */
struct mr_plan *const *mr_engine_plans(const struct mr_engine *engine, size_t *count);

/* A new input begins: records that follow belong to it.  name is borrowed until the next input or close. */
void mr_engine_begin_input(struct mr_engine *engine, const char *name);

/*
 * One record.  MR_OK, or what the row sink returned, or MR_FATAL after a message when memory is short.  MR_FAILED with
 * options.recall only: nobody knows whose records these are, nothing of the input has been used.
 */
int mr_engine_record(struct mr_engine *engine, const struct mr_record *record) MR_CHECK;

/* The input has ended: what waits for its identity is given one.  Returns as mr_engine_record(). */
int mr_engine_end_input(struct mr_engine *engine) MR_CHECK;

/* All inputs have ended: release what is held. */
int mr_engine_finish(struct mr_engine *engine) MR_CHECK;

/*
 * Several engines, each with all records and some of the tables, make what one would.  All are opened with the same
 * options but for row, context, log and second.
 *
 * Tables that one engine has to make because one's rows or state go into another are of one unit: unit[p] is that of
 * plan p, counted from 0.  unit has room for every plan.  Returns the number of units.
 */
size_t mr_engine_units(const struct mr_engine *engine, size_t *unit);

/* How much work a plan is if records come as counted; comparable within one engine. */
double mr_engine_work(const struct mr_engine *engine, const struct mr_plan *plan, const struct mr_census *census);

/* Make only the tables of the plans with mine[p] set, which are whole units.  Before the first record. */
void mr_engine_keep(struct mr_engine *engine, const bool *mine);

/* Add what another engine, with other tables, has counted of its rows.  Both have finished. */
void mr_engine_gather(struct mr_engine *engine, const struct mr_engine *other);

/*
 * Engines that were given the records of different systems, all tables each: add what the other has counted, and take
 * over its systems, which come behind those that are there.  Both have finished, and what engines with other tables of
 * the same records have counted has been gathered before.  MR_OK or MR_FATAL (memory).
 */
int mr_engine_join(struct mr_engine *engine, struct mr_engine *other) MR_CHECK;

/*
 * The system of the present input, where a configuration set at its front has named it; NULL where it has not, or not
 * yet.  Borrowed until the next record.
 */
const struct mr_identity *mr_engine_named_system(const struct mr_engine *engine);

/* Who the row that the sink has been given is from; borrowed until the sink returns. */
const struct mr_identity *mr_engine_row_identity(const struct mr_engine *engine);

const struct mr_engine_counts *mr_engine_counts(const struct mr_engine *engine);

/* NULL is allowed. */
void mr_engine_close(struct mr_engine *engine);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_HOLD_H
#define MR_DOMAINS_HOLD_H

/* Rows that are put together from several records or rows, and when they are let go (VMX processing, section 4). */
#include "domains/system.h"

/* The held row of a key, ready to be filled; NULL when memory is short. */
struct mr_held_row *mr_hold_row(struct mr_system *system, const struct mr_plan *plan, const uint8_t *key,
                                size_t key_length);

/* A record that is part of a held row.  MR_OK, MR_FATAL (memory) or what the row sink returned. */
int mr_hold_take(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                 const struct mr_record *record, struct mr_part *parts) MR_CHECK;

/* The row before is forgotten: neither time nor sums reach back to it. */
void mr_hold_forget(struct mr_held_row *held);

/* Note that a part of a held row has come. */
void mr_hold_part(const struct mr_system *system, struct mr_held_row *held, uint32_t part,
                  const struct mr_row_facts *facts);

/* The interval that differences of a held row begin at: that of the row before, or of the sample before. */
static inline uint32_t mr_hold_base(const struct mr_system *system, const struct mr_held_row *held)
{
    return held->last_interval != 0 ? held->last_interval : system->previous;
}

/* Do these differences reach back behind the row before? */
static inline bool mr_hold_older(const struct mr_system *system, const struct mr_held_row *held, uint32_t base)
{
    return base != MR_BASE_NONE && base < mr_hold_base(system, held);
}

/* End of a sample, a new configuration set, or the end of all input: rows of the interval go. */
int mr_hold_release(struct mr_engine *engine, struct mr_system *system) MR_CHECK;

/* The first 1/11 after a configuration set, or the end of all input: the row of the monitor start goes. */
int mr_hold_release_start(struct mr_engine *engine, struct mr_system *system) MR_CHECK;

/*
 * A finished row to the tables that it is a part of (parts), or whose sums it is in (not parts); in join.c.
 */
int mr_join_take(struct mr_system *system, const struct mr_plan *source, const struct mr_row_facts *facts,
                 const struct mr_cell *cells, bool parts) MR_CHECK;

/* A held row has begun: sums that lack what was told of too early become blank. */
void mr_join_owed(const struct mr_plan *target, struct mr_held_row *held);

/* A held row is about to go: sums that lack a row which was there before become blank. */
void mr_join_missing(const struct mr_system *system, const struct mr_plan *target, struct mr_held_row *held);

/* All rows of an interval are about to go: fill the columns that are sums over them.  MR_OK or MR_FATAL (memory). */
int mr_join_totals(struct mr_system *system, const struct mr_plan *plan) MR_CHECK;

#endif

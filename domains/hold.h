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

/* Note that a part of a held row has come. */
void mr_hold_part(struct mr_held_row *held, uint32_t part, enum mr_quality quality, uint64_t tod);

/* End of a sample, a new configuration set, or the end of all input: rows of the interval go. */
int mr_hold_release(struct mr_engine *engine, struct mr_system *system) MR_CHECK;

/* The first 1/11 after a configuration set, or the end of all input: the row of the monitor start goes. */
int mr_hold_release_start(struct mr_engine *engine, struct mr_system *system) MR_CHECK;

/* A finished row to the tables that are joined from it; in join.c. */
int mr_join_take(struct mr_engine *engine, struct mr_system *system, const struct mr_plan *source, uint64_t tod,
                 enum mr_quality quality, const struct mr_cell *cells) MR_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_DELTA_H
#define MR_DOMAINS_DELTA_H

/* The difference of two readings of a counter, and whether it can be right. */
#include "domains/plan.h"

/*
 * mr_delta - what a counter moved by.
 *   now, before   the readings as recorded
 *   elapsed       TOD units between them, above 0
 *   delta         the difference in the counter's own units
 * Returns MR_OK; MR_WARN when a counter of 16 or 32 bits wrapped once and was corrected; MR_FAILED when the counter
 * fell, or moved by more than its bound (schema/bounds.csv) allows in that time: a new base.
 */
int mr_delta(const struct mr_step *step, uint64_t now, uint64_t before, uint64_t elapsed, uint64_t *delta) MR_CHECK;

/* How far a counter can move in a time: rise is in its units for one TOD unit, 0: no bound. */
static inline uint64_t mr_delta_limit(double rise, uint64_t elapsed)
{
    double limit = rise * (double)(int64_t)elapsed;

    return rise == 0 || limit >= 9e18 || (int64_t)elapsed < 0 ? INT64_MAX : (uint64_t)limit;
}

#endif

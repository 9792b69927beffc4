/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_DELTA_H
#define MR_DOMAINS_DELTA_H

/* The difference of two readings of a counter, and whether it can be right. */
#include "domains/plan.h"

/* How far the differences of a row can be trusted (design, section 4); the worst part decides. */
enum mr_quality { MR_QUALITY_OK, MR_QUALITY_GAP, MR_QUALITY_FIRST, MR_QUALITY_RESET, MR_QUALITY_PARTIAL };

const char *mr_quality_word(enum mr_quality quality);

/*
 * mr_delta - what a counter moved by.
 *   now, before   the readings as recorded
 *   elapsed       TOD units between them, above 0
 *   delta         the difference in the counter's own units
 * Returns MR_OK; MR_WARN when a counter of 16 or 32 bits wrapped once and was corrected; MR_FAILED when the counter
 * fell, or moved by more than is possible: a new base.
 */
int mr_delta(const struct mr_step *step, uint64_t now, uint64_t before, uint64_t elapsed, uint64_t *delta) MR_CHECK;

#endif

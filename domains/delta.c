/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/delta.h"

/*
 * A counter of 32 bits that fell either wrapped or began anew.  It is taken as wrapped only where the difference modulo
 * 2^32 is below its bound, and not above half of the range: a counter that begins anew after a moderate reading gives
 * nearly the whole range.
 */
#define HALF_RANGE UINT64_C(0x80000000)

const char *mr_quality_word(enum mr_quality quality)
{
    static const char *const words[] = {"ok", "begun", "gap", "first", "reset", "partial"};

    return words[quality];
}

/* Even a slow counter of 16 bits can pass 65,536 in an interval, and more than once: wider counts decide (observe.c). */
static bool wrap_possible(const struct mr_step *step, uint64_t delta, uint64_t limit)
{
    return step->length == 2 || (step->length == 4 && delta <= HALF_RANGE && delta <= limit);
}

static int up(const struct mr_step *step, uint64_t now, uint64_t before, uint64_t limit, uint64_t *delta)
{
    uint64_t range = step->length >= 8 ? 0 : UINT64_C(1) << (8 * step->length);

    *delta = now - before;
    if (now >= before)
        return *delta <= limit ? MR_OK : MR_FAILED;
    *delta += range;
    return range != 0 && wrap_possible(step, *delta, limit) ? MR_WARN : MR_FAILED;
}

/* A processor time whose direction is not established: the smaller difference, if it is not above the time elapsed. */
static int either(uint64_t now, uint64_t before, uint64_t elapsed, uint64_t *delta)
{
    uint64_t rise = now - before, fall = before - now;

    *delta = rise < fall ? rise : fall;
    /* The two clocks are not read at the same moment: an eighth more is let pass. */
    return *delta <= elapsed + elapsed / 8 ? MR_OK : MR_FAILED;
}

int mr_delta(const struct mr_step *step, uint64_t now, uint64_t before, uint64_t elapsed, uint64_t *delta)
{
    uint64_t limit = mr_delta_limit(step->rise, elapsed);

    switch (step->diff) {
    case MR_DIFF_DOWN:
        return up(step, before, now, limit, delta);
    case MR_DIFF_AUTO:
        return either(now, before, elapsed, delta);
    default:
        return up(step, now, before, limit, delta);
    }
}

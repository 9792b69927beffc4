/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/delta.h"

#include "reader/tod.h"

/*
 * A counter of 32 bits that fell either wrapped or began anew.  It is taken as wrapped only where the difference
 * modulo 2^32 is possible in the time elapsed: not above this many events a second, nor half of the range.  Even
 * counts of single instructions stay below it for one processor, and a counter that begins anew after a moderate
 * reading gives nearly the whole range.
 */
#define EVENTS_PER_SECOND UINT64_C(10000000)
#define HALF_RANGE UINT64_C(0x80000000)

/* Times of several parallel activities (aliases of a device) may run faster than the clock. */
#define PARALLEL 16u

const char *mr_quality_word(enum mr_quality quality)
{
    static const char *const words[] = {"ok", "gap", "first", "reset", "partial"};

    return words[quality];
}

static bool wrap_possible(const struct mr_step *step, uint64_t delta, uint64_t elapsed)
{
    uint64_t seconds = elapsed / MR_TOD_SECOND + 1;

    if (step->length == 2)
        return true; /* even a slow counter can pass 65,536 in an interval; the wider ones of the row decide */
    if (step->length != 4 || delta > HALF_RANGE)
        return false;
    if (step->load == MR_LOAD_SCALED)
        return delta <= (mr_tod_duration(elapsed) * PARALLEL + 1000000u) / step->scale;
    return delta / EVENTS_PER_SECOND <= seconds;
}

static int up(const struct mr_step *step, uint64_t now, uint64_t before, uint64_t elapsed, uint64_t *delta)
{
    uint64_t range = step->length >= 8 ? 0 : UINT64_C(1) << (8 * step->length);

    *delta = now - before;
    if (now >= before)
        return MR_OK;
    *delta += range;
    return range != 0 && wrap_possible(step, *delta, elapsed) ? MR_WARN : MR_FAILED;
}

/* A processor time whose direction is not established: the smaller difference, if it is not above the time elapsed. */
static int either(uint64_t now, uint64_t before, uint64_t elapsed, uint64_t *delta)
{
    uint64_t rise = now - before, fall = before - now;

    *delta = rise < fall ? rise : fall;
    /* The two clocks are not read at the same moment: an eighth more and a second are let pass. */
    return *delta <= elapsed + elapsed / 8 + MR_TOD_SECOND ? MR_OK : MR_FAILED;
}

int mr_delta(const struct mr_step *step, uint64_t now, uint64_t before, uint64_t elapsed, uint64_t *delta)
{
    switch (step->diff) {
    case MR_DIFF_DOWN:
        return up(step, before, now, elapsed, delta);
    case MR_DIFF_AUTO:
        return either(now, before, elapsed, delta);
    default:
        return up(step, now, before, elapsed, delta);
    }
}

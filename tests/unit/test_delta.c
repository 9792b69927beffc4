/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Differences of counters (design, sections 4 and 10.3): never negative, never taken where the counter began anew, never
 * above what is possible in the time elapsed; a counter of 16 or 32 bits that wrapped once is corrected only where the
 * result is possible.
 */
#include "domains/delta.h"
#include "reader/tod.h"

#include <criterion/criterion.h>

#define MINUTE (60 * MR_TOD_SECOND)
#define MAX32 UINT64_C(0xFFFFFFFF)
#define MAX64 UINT64_MAX

struct delta_case {
    const char *what;
    struct mr_step step;
    uint64_t now, before, elapsed;
    int status;
    uint64_t delta; /* not looked at after MR_FAILED */
};

#define TOD_SECOND 4096e6 /* TOD units of a second */
#define STEP(LENGTH, LOAD, DIFF, RISE)                                                                               \
    {                                                                                                                \
        .length = (LENGTH), .load = (LOAD), .diff = (DIFF), .scale = 1, .rise = (RISE)                               \
    }
#define COUNT(LENGTH) STEP(LENGTH, MR_LOAD_UINT, MR_DIFF_UP, 1e7 / TOD_SECOND)
#define PAGES(LENGTH) STEP(LENGTH, MR_LOAD_UINT, MR_DIFF_UP, 1e6 / TOD_SECOND)
#define FREE(LENGTH) STEP(LENGTH, MR_LOAD_UINT, MR_DIFF_UP, 0)
#define TIMER(DIFF) STEP(8, MR_LOAD_TIMER, DIFF, 1.125)
#define MICROS(LENGTH, SCALE)                                                                                        \
    {                                                                                                                \
        .length = (LENGTH), .load = MR_LOAD_SCALED, .diff = MR_DIFF_UP, .scale = (SCALE),                            \
        .rise = 1.125 / (4096.0 * (SCALE))                                                                           \
    }

static const struct delta_case cases[] = {
    {"32 bits, grows", COUNT(4), 150, 100, MINUTE, MR_OK, 50},
    {"32 bits, stands still", COUNT(4), 100, 100, MINUTE, MR_OK, 0},
    {"32 bits, grows by much", COUNT(4), 3000000000u, 0, 10 * MINUTE, MR_OK, 3000000000u},
    {"32 bits, as fast as it can", COUNT(4), 600000000u, 0, MINUTE, MR_OK, 600000000u},
    {"32 bits, faster than it can", COUNT(4), 600000001u, 0, MINUTE, MR_FAILED, 0},
    {"pages, as fast as they can", PAGES(4), 60000000u, 0, MINUTE, MR_OK, 60000000u},
    {"pages, faster than they can", PAGES(4), 60000001u, 0, MINUTE, MR_FAILED, 0},
    {"pages that began anew above half of the range", PAGES(4), 30000, 2600060000u, 5 * MINUTE, MR_FAILED, 0},
    {"no bound", FREE(8), MAX64 / 2, 0, 1, MR_OK, MAX64 / 2},
    {"32 bits, wraps once", COUNT(4), 49, MAX32 - 50, MINUTE, MR_WARN, 100},
    {"32 bits, wraps to zero", COUNT(4), 0, MAX32, MINUTE, MR_WARN, 1},
    {"32 bits, begins anew after a low reading", COUNT(4), 10, 5000, MINUTE, MR_FAILED, 0},
    {"32 bits, begins anew after a high reading", COUNT(4), 10, 2000000000u, MINUTE, MR_FAILED, 0},
    {"32 bits, falls to zero", COUNT(4), 0, 1, MINUTE, MR_FAILED, 0},
    {"32 bits, wrap that is too fast", COUNT(4), 1500000000u, MAX32 - 100, MINUTE, MR_FAILED, 0},
    {"32 bits, the same wrap in an hour", COUNT(4), 1500000000u, MAX32 - 99, 60 * MINUTE, MR_WARN, 1500000100u},
    {"16 bits, grows", COUNT(2), 40000, 100, MINUTE, MR_OK, 39900},
    {"16 bits, wraps", COUNT(2), 99, 0xFFFF, MINUTE, MR_WARN, 100},
    {"time up, an eighth more than the time", TIMER(MR_DIFF_UP), MINUTE + MINUTE / 8, 0, MINUTE, MR_OK,
     MINUTE + MINUTE / 8},
    {"time up, more than that", TIMER(MR_DIFF_UP), MINUTE + MINUTE / 8 + 1, 0, MINUTE, MR_FAILED, 0},
    {"time down, more than that", TIMER(MR_DIFF_DOWN), 0, MINUTE + MINUTE / 8 + 1, MINUTE, MR_FAILED, 0},
    {"64 bits, grows", COUNT(8), MAX64, MAX64 - 7, MINUTE, MR_OK, 7},
    {"64 bits, falls", COUNT(8), 5, 6, MINUTE, MR_FAILED, 0},
    {"64 bits, never wraps", COUNT(8), 5, MAX64, MINUTE, MR_FAILED, 0},
    {"time up", TIMER(MR_DIFF_UP), 30 * MR_TOD_SECOND, 10 * MR_TOD_SECOND, MINUTE, MR_OK, 20 * MR_TOD_SECOND},
    {"time up, falls", TIMER(MR_DIFF_UP), 10 * MR_TOD_SECOND, 30 * MR_TOD_SECOND, MINUTE, MR_FAILED, 0},
    {"time down", TIMER(MR_DIFF_DOWN), 10 * MR_TOD_SECOND, 30 * MR_TOD_SECOND, MINUTE, MR_OK, 20 * MR_TOD_SECOND},
    {"time down, rises", TIMER(MR_DIFF_DOWN), 30 * MR_TOD_SECOND, 10 * MR_TOD_SECOND, MINUTE, MR_FAILED, 0},
    {"time auto, rises", TIMER(MR_DIFF_AUTO), 30 * MR_TOD_SECOND, 10 * MR_TOD_SECOND, MINUTE, MR_OK,
     20 * MR_TOD_SECOND},
    {"time auto, falls", TIMER(MR_DIFF_AUTO), 10 * MR_TOD_SECOND, 30 * MR_TOD_SECOND, MINUTE, MR_OK,
     20 * MR_TOD_SECOND},
    {"time auto, passes zero upwards", TIMER(MR_DIFF_AUTO), 5, MAX64 - 4, MINUTE, MR_OK, 10},
    {"time auto, passes zero downwards", TIMER(MR_DIFF_AUTO), MAX64 - 4, 5, MINUTE, MR_OK, 10},
    {"time auto, all of the interval", TIMER(MR_DIFF_AUTO), MINUTE, 0, MINUTE, MR_OK, MINUTE},
    {"time auto, more than is possible", TIMER(MR_DIFF_AUTO), 3 * MINUTE, 0, MINUTE, MR_FAILED, 0},
    {"time auto, more than is possible downwards", TIMER(MR_DIFF_AUTO), 0, 3 * MINUTE, MINUTE, MR_FAILED, 0},
    {"microseconds in 32 bits, grow", MICROS(4, 1), 60000000, 1, MINUTE, MR_OK, 59999999},
    {"microseconds in 32 bits, wrap", MICROS(4, 1), 29999999, MAX32 - 30000000, MINUTE, MR_WARN, 60000000},
    {"128 microseconds in 32 bits, wrap", MICROS(4, 128), 99999, MAX32 - 100000, MINUTE, MR_WARN, 200000},
    {"128 microseconds in 32 bits, longer than the time", MICROS(4, 128), 530000, 0, MINUTE, MR_FAILED, 0},
    {"128 microseconds in 32 bits, begin anew", MICROS(4, 128), 10, MAX32 / 2 + 100, MINUTE, MR_FAILED, 0},
};

Test(delta, table)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct delta_case *c = &cases[i];
        uint64_t delta = 0;
        int status = mr_delta(&c->step, c->now, c->before, c->elapsed, &delta);

        cr_expect_eq(status, c->status, "%s: %d instead of %d", c->what, status, c->status);
        if (c->status != MR_FAILED)
            cr_expect_eq(delta, c->delta, "%s: %llu instead of %llu", c->what, (unsigned long long)delta,
                         (unsigned long long)c->delta);
    }
}

/* Whatever the readings: a difference that is given is no more than the counter's range, and adds up modulo it. */
Test(delta, adds_up)
{
    static const uint64_t readings[] = {0, 1, 2, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF};

    for (unsigned diff = MR_DIFF_UP; diff <= MR_DIFF_DOWN; diff++) {
        struct mr_step step = {.length = 2, .load = MR_LOAD_UINT, .diff = (uint8_t)diff, .scale = 1};

        for (size_t a = 0; a < sizeof readings / sizeof *readings; a++) {
            for (size_t b = 0; b < sizeof readings / sizeof *readings; b++) {
                uint64_t delta = 0, now = readings[a], before = readings[b];

                if (mr_delta(&step, now, before, MINUTE, &delta) == MR_FAILED)
                    continue;
                cr_expect_leq(delta, 0xFFFF);
                cr_expect_eq(diff == MR_DIFF_UP ? (before + delta) % 0x10000 : (now + delta) % 0x10000,
                             diff == MR_DIFF_UP ? now : before);
            }
        }
    }
}

Test(delta, words_of_quality)
{
    cr_expect_str_eq(mr_quality_word(MR_QUALITY_OK), "ok");
    cr_expect_str_eq(mr_quality_word(MR_QUALITY_BEGUN), "begun");
    cr_expect_str_eq(mr_quality_word(MR_QUALITY_FIRST), "first");
    cr_expect_str_eq(mr_quality_word(MR_QUALITY_RESET), "reset");
    cr_expect_str_eq(mr_quality_word(MR_QUALITY_GAP), "gap");
    cr_expect_str_eq(mr_quality_word(MR_QUALITY_PARTIAL), "partial");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Where the fields of a layout that was worked out are (design, section 10.8): once for all, by no single odd record. */
#include "domains/fit.h"

#include <criterion/criterion.h>

#include <stdarg.h>

#define LAYOUT 360

static struct mr_fit fit;
static struct mr_anchor_fit *anchor;

static void begin(void)
{
    mr_fit_begin(&fit, 4, 3, LAYOUT, LAYOUT);
    anchor = &fit.anchors[0];
}

static int index_of(int shift)
{
    for (int i = 0; i < MR_FIT_SHIFTS; i++) {
        if (mr_fit_tried(&fit, i) && mr_fit_shift(&fit, i) == shift)
            return i;
    }
    cr_assert_fail("shift %d is not tried", shift);
    return 0;
}

/* A record that fits at so many shifts and nowhere else. */
static void record(unsigned count, ...)
{
    enum mr_finding findings[MR_FIT_SHIFTS];
    va_list shifts;

    for (int i = 0; i < MR_FIT_SHIFTS; i++)
        findings[i] = MR_FINDING_BAD;
    va_start(shifts, count);
    for (unsigned i = 0; i < count; i++)
        findings[index_of(va_arg(shifts, int))] = MR_FINDING_BEST;
    va_end(shifts);
    mr_fit_vote(anchor, findings, 0, true);
}

static void nothing(void)
{
    const enum mr_finding findings[MR_FIT_SHIFTS] = {MR_FINDING_NOTHING};

    mr_fit_vote(anchor, findings, 0, true);
}

Test(fit, every_shift_of_the_facts_is_tried, .init = begin)
{
    const int wanted[] = {0, 4, -4, 36, 40, 44};

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        cr_assert_eq(mr_fit_shift(&fit, index_of(wanted[i])), wanted[i]);
    for (int i = 0; i < MR_FIT_SHIFTS; i++) {
        cr_assert_eq(mr_fit_shift(&fit, i) % 4, 0);
        for (int k = 0; k < i; k++)
            cr_assert(!mr_fit_tried(&fit, i) || mr_fit_shift(&fit, i) != mr_fit_shift(&fit, k));
    }
}

Test(fit, the_length_suggests_a_shift)
{
    const struct {
        unsigned length;
        int shift; /* 0: none besides those that are always tried */
    } cases[] = {{360, 0}, {364, 0}, {400, 0}, {440, 80}, {508, 148}, {300, -60}, {361, 0}, {8188, 0}, {20, -340}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_fit_begin(&fit, 4, 3, cases[i].length, LAYOUT);
        cr_assert_eq(mr_fit_tried(&fit, MR_FIT_BY_LENGTH), cases[i].shift != 0, "%u", cases[i].length);
        cr_assert_eq(fit.by_length, cases[i].shift, "%u", cases[i].length);
    }
}

Test(fit, the_first_record_shows_that_the_layout_fits, .init = begin)
{
    record(1, 0);
    cr_assert_eq(anchor->chosen, index_of(0));
}

Test(fit, what_says_nothing_decides_nothing, .init = begin)
{
    for (int i = 0; i < 1000; i++)
        nothing();
    cr_assert_eq(anchor->chosen, MR_FIT_UNKNOWN);
    record(0);
    cr_assert_eq(anchor->chosen, MR_FIT_UNKNOWN);
}

Test(fit, another_place_takes_three_records, .init = begin)
{
    record(1, -4);
    record(1, -4);
    cr_assert_eq(anchor->chosen, MR_FIT_UNKNOWN);
    nothing();
    record(1, -4);
    cr_assert_eq(anchor->chosen, index_of(-4));
}

Test(fit, two_places_are_none, .init = begin)
{
    for (int i = 0; i < 10; i++) {
        record(2, 0, 40);
        cr_assert_eq(anchor->chosen, MR_FIT_UNKNOWN);
    }
    record(1, 40);
    cr_assert_eq(anchor->chosen, index_of(40));
}

Test(fit, a_record_that_does_not_fit_first, .init = begin)
{
    record(0);
    record(1, 0);
    cr_assert_eq(anchor->chosen, MR_FIT_UNKNOWN, "one for, one against");
    record(1, 0);
    cr_assert_eq(anchor->chosen, index_of(0));
}

Test(fit, a_number_that_is_possible_yields_to_one_that_is_sure, .init = begin)
{
    enum mr_finding findings[MR_FIT_SHIFTS] = {MR_FINDING_NOTHING};

    findings[index_of(0)] = MR_FINDING_GOOD;
    findings[index_of(-8)] = MR_FINDING_BEST;
    for (int i = 0; i < 10; i++)
        mr_fit_vote(anchor, findings, 0, false);
    cr_assert_eq(anchor->chosen, MR_FIT_UNKNOWN, "numbers do not tell another place");
    findings[index_of(-8)] = MR_FINDING_NOTHING;
    begin();
    mr_fit_vote(anchor, findings, 0, false);
    cr_assert_eq(anchor->chosen, index_of(0));
}

Test(fit, odd_records_are_borne, .init = begin)
{
    record(1, 0);
    for (int i = 0; i < 10000; i++)
        cr_assert(mr_fit_keep(anchor, i % 3 == 0 ? MR_FINDING_BEST : i % 3 == 1 ? MR_FINDING_NOTHING : MR_FINDING_BAD));
}

Test(fit, a_choice_that_most_speak_against_is_given_up, .init = begin)
{
    int broken = 0;

    record(1, 0);
    for (int i = 0; i < 100000; i++)
        cr_assert(mr_fit_keep(anchor, MR_FINDING_GOOD));
    while (mr_fit_keep(anchor, MR_FINDING_BAD))
        cr_assert_lt(broken++, 1000);
    mr_fit_give_up(anchor);
    for (int i = 0; i < 7; i++) {
        record(1, 4);
        cr_assert_eq(anchor->chosen, MR_FIT_UNKNOWN, "the next one takes more");
    }
    record(1, 4);
    cr_assert_eq(anchor->chosen, index_of(4));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/tod.h"

#include <criterion/criterion.h>
#include <time.h>

/* The check values of the format description, section 5, and the ends of the scale. */
static const struct {
    uint64_t tod;
    int year, month, day, hour, minute, second;
    int64_t micros;
    int exact; /* the low twelve bits are zero */
} times[] = {
    {UINT64_C(0x7D91048BCA000000), 1970, 1, 1, 0, 0, 0, 0, 1},
    {UINT64_C(0xB361183F48000000), 2000, 1, 1, 0, 0, 0, 0, 1},
    {UINT64_C(0x9FE4781301ABE000), 1989, 2, 19, 5, 24, 13, 942462, 1},
    {UINT64_C(0x8853BAF0B4000000), 1976, 1, 1, 0, 0, 0, 0, 1},
    {UINT64_C(0xDECBF84504400000), 2024, 3, 15, 9, 0, 0, 0, 1},
    {UINT64_C(0xDECBF84504400FFF), 2024, 3, 15, 9, 0, 0, 0, 0},
    {UINT64_C(0x9FE4781301ABE001), 1989, 2, 19, 5, 24, 13, 942462, 0},
    {UINT64_C(0xFFFFFFFFFFFFFFFF), 2042, 9, 17, 23, 53, 47, 370495, 0},
    {UINT64_C(0x0000000000000000), 2042, 9, 17, 23, 53, 47, 370496, 1},
    {UINT64_C(0x0000000000001000), 2042, 9, 17, 23, 53, 47, 370497, 1},
};

static int64_t calendar(size_t i)
{
    struct tm tm = {.tm_year = times[i].year - 1900,
                    .tm_mon = times[i].month - 1,
                    .tm_mday = times[i].day,
                    .tm_hour = times[i].hour,
                    .tm_min = times[i].minute,
                    .tm_sec = times[i].second};

    return (int64_t)timegm(&tm) * 1000000 + times[i].micros;
}

Test(tod, check_values)
{
    size_t i;

    for (i = 0; i < sizeof times / sizeof times[0]; i++) {
        cr_expect_eq(mr_tod_micros(times[i].tod), calendar(i), "row %zu", i);
        if (times[i].exact)
            cr_expect_eq(mr_tod_from_micros(calendar(i)), times[i].tod, "row %zu, back", i);
    }
}

/* A value below X'4000000000000000' is past the wrap, one at it is in 1936. */
Test(tod, wrap_border)
{
    cr_expect_gt(mr_tod_micros(MR_TOD_WRAP_BELOW - 1), mr_tod_micros(UINT64_MAX));
    cr_expect_lt(mr_tod_micros(MR_TOD_WRAP_BELOW), 0);
    cr_expect_eq(mr_tod_micros(0), mr_tod_micros(UINT64_MAX) + 1);
}

Test(tod, units_and_differences)
{
    const uint64_t second = UINT64_C(0xF4240000);
    const uint64_t minute = UINT64_C(0x3938700000);
    const uint64_t hour = UINT64_C(0xD693A400000);
    const uint64_t day = UINT64_C(0x141DD76000000);

    cr_expect_eq(MR_TOD_SECOND, second);
    cr_expect_eq(mr_tod_duration(second), 1000000);
    cr_expect_eq(mr_tod_duration(minute), 60000000);
    cr_expect_eq(mr_tod_duration(hour), UINT64_C(3600000000));
    cr_expect_eq(mr_tod_duration(day), UINT64_C(86400000000));
    cr_expect_eq(mr_tod_duration(4095), 0);
    cr_expect_eq(mr_tod_duration(4096), 1);
    cr_expect_eq(mr_tod_difference(day + hour, day), (int64_t)hour);
    cr_expect_eq(mr_tod_difference(day, day + hour), -(int64_t)hour);
    cr_expect_eq(mr_tod_difference(hour, 0 - hour), 2 * (int64_t)hour, "across the wrap");
    cr_expect_eq(mr_tod_difference(0 - hour, hour), -2 * (int64_t)hour, "back across the wrap");
}

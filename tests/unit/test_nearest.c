/* SPDX-License-Identifier: Apache-2.0 */
/* Suggestions for a wrong name: the nearest ones, nearest first, and none that have nothing to do with it. */
#include "base/nearest.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *suggested(const char *wrong, const char *const *names, char *buffer, size_t size)
{
    struct mr_nearest s = {.wrong = wrong};

    for (; *names != NULL; names++)
        mr_nearest_offer(&s, *names);
    return mr_nearest_text(&s, buffer, size);
}

static const char *const columns[] = {"SYSID", "USEACT_VMDUSER", "USEACT_VMDTTIME", "USEACT_VMDVTIME",
                                      "QUALITY", NULL};

Test(nearest, offer_the_nearest_names)
{
    char text[200];

    cr_assert_str_eq(suggested("USEACT_VMDTIME", columns, text, sizeof text),
                     " (nearest: USEACT_VMDTTIME, USEACT_VMDVTIME, USEACT_VMDUSER)");
    cr_assert_str_eq(suggested("SYSD", columns, text, sizeof text), " (nearest: SYSID)");
}

Test(nearest, take_a_part_of_a_name_or_other_letters_for_near)
{
    char text[200];

    cr_assert_str_eq(suggested("VMDUSER", columns, text, sizeof text), " (nearest: USEACT_VMDUSER)");
    cr_assert_str_eq(suggested("quality", columns, text, sizeof text), " (nearest: QUALITY)");
}

Test(nearest, say_nothing_where_nothing_is_near)
{
    char text[200];

    cr_assert_str_eq(suggested("XXXXXXXXXXXXXXXXXX", columns, text, sizeof text), "");
    cr_assert_str_eq(suggested("", columns, text, sizeof text), "");
}

Test(nearest, never_write_beyond_the_buffer)
{
    for (size_t size = 1; size < 70; size++) {
        char text[80];

        memset(text, '#', sizeof text);
        suggested("USEACT_VMDTIME", columns, text, size);
        cr_assert_eq(text[size], '#');
        cr_assert_lt(strlen(text), size);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A cell as an exit is shown it: as in CSV, cut where the buffer ends, the whole length told. */
#include "exits/private.h"

#include <criterion/criterion.h>
#include <string.h>

static size_t show(enum mr_cell_type type, struct mr_cell cell, char *buffer, size_t size)
{
    const struct mr_column column = {"X", "", "", type, 0};

    cell.present = 1;
    return mr_exit_show_cell(&column, &cell, buffer, size);
}

Test(exit_show_cell, show_each_type_as_csv_does)
{
    char text[64];

    show(MR_CELL_UINT, (struct mr_cell){.value.u = UINT64_MAX}, text, sizeof text);
    cr_assert_str_eq(text, "18446744073709551615");
    show(MR_CELL_INT, (struct mr_cell){.value.i = -5}, text, sizeof text);
    cr_assert_str_eq(text, "-5");
    show(MR_CELL_SECONDS, (struct mr_cell){.value.i = 1500000}, text, sizeof text);
    cr_assert_str_eq(text, "1.500000");
    show(MR_CELL_TIME, (struct mr_cell){.value.i = 0}, text, sizeof text);
    cr_assert_str_eq(text, "1970-01-01 00:00:00.000000");
    show(MR_CELL_REAL, (struct mr_cell){.value.d = 0.25}, text, sizeof text);
    cr_assert_str_eq(text, "0.25");
    show(MR_CELL_TEXT, (struct mr_cell){.value.text = "LINUX001xxx", .size = 8}, text, sizeof text);
    cr_assert_str_eq(text, "LINUX001");
    show(MR_CELL_HEX, (struct mr_cell){.value.bytes = (const uint8_t *)"\x1E\x10", .size = 2}, text, sizeof text);
    cr_assert_str_eq(text, "0x1E10");
    show(MR_CELL_DIGITS, (struct mr_cell){.value.bytes = (const uint8_t *)"\x12\x34", .size = 2}, text, sizeof text);
    cr_assert_str_eq(text, "1234");
}

Test(exit_show_cell, show_a_missing_cell_as_nothing)
{
    const struct mr_column column = {"X", "", "", MR_CELL_TEXT, 0};
    const struct mr_cell cell = {.value.text = "old", .size = 3};
    char text[8] = "full";

    cr_assert_eq(mr_exit_show_cell(&column, &cell, text, sizeof text), 0);
    cr_assert_str_eq(text, "");
}

Test(exit_show_cell, cut_where_the_buffer_ends_and_tell_the_whole_length)
{
    static const uint8_t bytes[] = {0x01, 0x23, 0x45, 0x67};

    for (size_t size = 0; size < 12; size++) {
        char text[16];

        memset(text, '#', sizeof text);
        cr_assert_eq(show(MR_CELL_HEX, (struct mr_cell){.value.bytes = bytes, .size = 4}, text, size), 10);
        cr_assert_eq(text[size], '#');
        if (size > 0)
            cr_assert_eq(strlen(text), size - 1 < 10 ? size - 1 : 10);
    }
}

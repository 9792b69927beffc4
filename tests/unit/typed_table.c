/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/typed_table.h"

#include "tests/unit/scratch.h"

#include <criterion/criterion.h>

static const uint8_t bytes[] = {0x0A, 0x42};

const struct mr_column typed_columns[TYPED_COLUMNS] = {
    {"MTRSYS_SYSID", "Name of the system", "", MR_CELL_TEXT, 8},
    {"U", "", "count", MR_CELL_UINT, 8},
    {"I", "", "count", MR_CELL_INT, 4},
    {"S", "", "s", MR_CELL_SECONDS, 8},
    {"T", "", "UTC", MR_CELL_TIME, 8},
    {"R", "", "%", MR_CELL_REAL, 0},
    {"H", "", "", MR_CELL_HEX, 2},
    {"D", "", "", MR_CELL_DIGITS, 2},
};

static const struct mr_table_head head = {
    .name = "TABLE", .title = "Title", .columns = typed_columns, .column_count = TYPED_COLUMNS};

struct mr_writer *typed_open(const char *format, struct mr_writer_table **table, struct mr_log *log)
{
    const struct mr_writer_options options = {.folder = scratch};
    struct mr_writer *writer;

    cr_assert_eq(mr_writer_open(&writer, format, &options, log), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &head, table), MR_OK);
    return writer;
}

void typed_rows(struct mr_writer_table *table, uint64_t whole)
{
    static const char text[] = "A\"\\\x01\xC3\xA4";
    const struct mr_cell cells[TYPED_COLUMNS] = {
        {.value.text = text, .size = sizeof text - 1, .present = 1},
        {.value.u = whole, .present = 1},
        {.value.i = -5, .present = 1},
        {.value.i = -1500000, .present = 1},
        {.value.i = 1, .present = 1},
        {.value.d = 0.25, .present = 1},
        {.value.bytes = bytes, .size = 2, .present = 1},
        {.value.bytes = bytes, .size = 2, .present = 1},
    };
    const struct mr_cell none[TYPED_COLUMNS] = {{.present = 0}};

    cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    cr_assert_eq(mr_writer_row(table, none), MR_OK);
}

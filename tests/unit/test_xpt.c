/* SPDX-License-Identifier: Apache-2.0 */
/* SAS transport: records of 80 bytes, IBM floating point, short names. */
#include "tests/unit/scratch.h"
#include "tests/unit/typed_table.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(xpt, .init = scratch_make, .fini = scratch_remove);

static uint8_t data[8192];
static size_t size;

static void read_file(void)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof path, "%s/TABLE.xpt", scratch);
    file = fopen(path, "rb");
    cr_assert_not_null(file);
    size = fread(data, 1, sizeof data, file);
    fclose(file);
}

Test(xpt, cells)
{
    /*
     * 2^53-1, -5, -1.5, the first microsecond of 1970 since 1960, 0.25; a microsecond is
     * 16.8 of the 2^-24 that a double of this size holds
     */
    static const uint8_t numbers[][8] = {{0x4E, 0x1F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
                                         {0xC1, 0x50, 0, 0, 0, 0, 0, 0},
                                         {0xC1, 0x18, 0, 0, 0, 0, 0, 0},
                                         {0x48, 0x12, 0xCF, 0xF7, 0x80, 0x00, 0x00, 0x11},
                                         {0x40, 0x40, 0, 0, 0, 0, 0, 0}};
    struct mr_log log = {0};
    struct mr_writer_table *table;
    struct mr_writer *writer = typed_open("xpt", &table, &log);
    const uint8_t *row;

    typed_rows(table, UINT64_C(9007199254740991));
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_eq(log.code, 0);
    read_file();
    cr_assert_eq(size % 80, 0);
    cr_assert_eq(memcmp(data + 640 + 8, "SYSID   Name of the system  ", 28), 0, "the mnemonic and the label");
    row = data + 640 + 8 * 140 + 80; /* 8 descriptions fill their records */
    cr_assert_eq(memcmp(row - 80, "HEADER RECORD*******OBS     ", 28), 0);
    cr_assert_eq(memcmp(row, "A\"\\\x01\xC3\xA4            ", 18), 0);
    for (int i = 0; i < 5; i++)
        cr_assert_eq(memcmp(row + 18 + 8 * i, numbers[i], 8), 0, "number %d", i);
    cr_assert_eq(memcmp(row + 58, "0x0A420A42  ", 12), 0);
    row += 18 + 40 + 6 + 6;
    cr_assert_eq(memcmp(row, "                  .\0\0\0\0\0\0\0.", 27), 0, "missing cells");
}

Test(xpt, names)
{
    static const char *const names[][2] = {
        {"SYTRSG_RSAAVAIL", "RSAAVAIL"},     {"USEACT_RSAAVAIL", "RSAAVAI2"},      {"CPU_PCT", "CPU_PCT"},
        {"SYTPRP_LONGERNAME_7", "LONGERN7"}, {"SYTPRP_LONGERNAME_12", "LONGER12"}, {"VMCINTTS", "VMCINTTS"},
        {"VMCINTTS_LOCAL", "VMCINTT2"},      {"lower-case", "LOWER_CA"},
    };
    struct mr_column wide[8];
    struct mr_table_head table_head = {.name = "TABLE", .title = "", .columns = wide, .column_count = 8};
    const struct mr_writer_options options = {.folder = scratch};
    struct mr_writer_table *table;
    struct mr_writer *writer;

    for (int i = 0; i < 8; i++)
        wide[i] = (struct mr_column){names[i][0], "", "", MR_CELL_UINT, 4};
    cr_assert_eq(mr_writer_open(&writer, "xpt", &options, NULL), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &table_head, &table), MR_OK);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    read_file();
    for (int i = 0; i < 8; i++)
        cr_assert_eq(memcmp(data + 640 + 140 * i + 8, names[i][1], strlen(names[i][1])), 0, "%s: %.8s", names[i][0],
                     (const char *)data + 640 + 140 * i + 8);
}

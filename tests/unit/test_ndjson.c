/* SPDX-License-Identifier: Apache-2.0 */
/* NDJSON: what is written read back by jansson, bytes against literals. */
#include "writers/writer.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/test-ndjson-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void)
{
    char path[512];
    DIR *list = opendir(folder);
    const struct dirent *entry;

    while (list != NULL && (entry = readdir(list)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    if (list != NULL)
        closedir(list);
    rmdir(folder);
}

TestSuite(ndjson, .init = make_folder, .fini = remove_folder);

static const uint8_t bytes[] = {0x0A, 0x42};

static const struct mr_column columns[] = {
    {"MTRSYS_SYSID", "Name of the system", "", MR_CELL_TEXT, 8},
    {"U", "", "count", MR_CELL_UINT, 8},
    {"I", "", "count", MR_CELL_INT, 4},
    {"S", "", "s", MR_CELL_SECONDS, 8},
    {"T", "", "UTC", MR_CELL_TIME, 8},
    {"R", "", "%", MR_CELL_REAL, 0},
    {"H", "", "", MR_CELL_HEX, 2},
    {"D", "", "", MR_CELL_DIGITS, 2},
};

#define COLUMNS (sizeof columns / sizeof *columns)

static const struct mr_table_head head = {
    .name = "TABLE", .title = "Title", .columns = columns, .column_count = COLUMNS};

/* One row with a value in every cell, one with none. */
static void write_rows(struct mr_writer_table *table)
{
    static const char text[] = "A\"\\\x01\xC3\xA4";
    const struct mr_cell cells[COLUMNS] = {
        {.value.text = text, .size = sizeof text - 1, .present = 1},
        {.value.u = UINT64_MAX, .present = 1},
        {.value.i = -5, .present = 1},
        {.value.i = -1500000, .present = 1},
        {.value.i = 1, .present = 1},
        {.value.d = 0.25, .present = 1},
        {.value.bytes = bytes, .size = 2, .present = 1},
        {.value.bytes = bytes, .size = 2, .present = 1},
    };
    const struct mr_cell none[COLUMNS] = {{.present = 0}};

    cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    cr_assert_eq(mr_writer_row(table, none), MR_OK);
}

static struct mr_writer *open_table(struct mr_writer_table **table, struct mr_log *log)
{
    const struct mr_writer_options options = {.folder = folder};
    struct mr_writer *writer;

    cr_assert_eq(mr_writer_open(&writer, "ndjson", &options, log), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &head, table), MR_OK);
    return writer;
}

Test(ndjson, cells)
{
    struct mr_log log = {0};
    struct mr_writer_table *table;
    struct mr_writer *writer = open_table(&table, &log);
    char path[128], line[1024];
    FILE *file;
    json_t *row;

    write_rows(table);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    snprintf(path, sizeof path, "%s/TABLE.ndjson", folder);
    file = fopen(path, "r");
    cr_assert_not_null(file);
    cr_assert_not_null(fgets(line, sizeof line, file));
    cr_assert_str_eq(line, "{\"MTRSYS_SYSID\":\"A\\\"\\\\\\u0001\xC3\xA4\",\"U\":18446744073709551615,\"I\":-5,"
                           "\"S\":-1.500000,\"T\":\"1970-01-01 00:00:00.000001\",\"R\":0.25,\"H\":\"0x0A42\","
                           "\"D\":\"0A42\"}\n");
    row = json_loads(line, JSON_DECODE_INT_AS_REAL, NULL);
    cr_assert_eq(json_object_size(row), COLUMNS);
    json_decref(row);
    cr_assert_not_null(fgets(line, sizeof line, file));
    row = json_loads(line, 0, NULL);
    cr_assert(json_is_null(json_object_get(row, "U")));
    cr_assert_eq(json_object_size(row), COLUMNS);
    json_decref(row);
    cr_assert_null(fgets(line, sizeof line, file));
    fclose(file);
}

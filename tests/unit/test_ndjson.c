/* SPDX-License-Identifier: Apache-2.0 */
/* NDJSON: what is written read back by jansson, bytes against literals. */
#include "tests/unit/scratch.h"
#include "tests/unit/typed_table.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>

TestSuite(ndjson, .init = scratch_make, .fini = scratch_remove);

Test(ndjson, cells)
{
    struct mr_log log = {0};
    struct mr_writer_table *table;
    struct mr_writer *writer = typed_open("ndjson", &table, &log);
    char path[128], line[1024];
    FILE *file;
    json_t *row;

    typed_rows(table, UINT64_MAX);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    snprintf(path, sizeof path, "%s/TABLE.ndjson", scratch);
    file = fopen(path, "r");
    cr_assert_not_null(file);
    cr_assert_not_null(fgets(line, sizeof line, file));
    cr_assert_str_eq(line, "{\"MTRSYS_SYSID\":\"A\\\"\\\\\\u0001\xC3\xA4\",\"U\":18446744073709551615,\"I\":-5,"
                           "\"S\":-1.500000,\"T\":\"1970-01-01 00:00:00.000001\",\"R\":0.25,\"H\":\"0x0A42\","
                           "\"D\":\"0A42\"}\n");
    row = json_loads(line, JSON_DECODE_INT_AS_REAL, NULL);
    cr_assert_eq(json_object_size(row), TYPED_COLUMNS);
    json_decref(row);
    cr_assert_not_null(fgets(line, sizeof line, file));
    row = json_loads(line, 0, NULL);
    cr_assert(json_is_null(json_object_get(row, "U")));
    cr_assert_eq(json_object_size(row), TYPED_COLUMNS);
    json_decref(row);
    cr_assert_null(fgets(line, sizeof line, file));
    fclose(file);
}

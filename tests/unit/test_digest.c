/* SPDX-License-Identifier: Apache-2.0 */
/* The number of a schema: the same for the same, another one for whatever changes what tables have in them. */
#include "schema/schema.h"

#include <criterion/criterion.h>

TestSuite(digest);

Test(digest, compiled_and_loaded_are_the_same)
{
    struct mr_schema *loaded;

    cr_assert_eq(mr_schema_load(&loaded, NULL, "schema", NULL), MR_OK);
    cr_assert_eq(mr_schema_digest(loaded), mr_schema_digest(mr_schema_builtin()));
    mr_schema_free(loaded);
}

/* FNV-1a of the eleven counts of an empty schema, all zero: basis * prime^11 modulo 2^64. */
Test(digest, of_nothing)
{
    struct mr_schema nothing = {.layout_count = 0};
    uint64_t expected = UINT64_C(0xCBF29CE484222325);

    for (int i = 0; i < 11; i++)
        expected *= UINT64_C(0x100000001B3);
    cr_assert_eq(mr_schema_digest(&nothing), expected);
}

Test(digest, changes)
{
    struct mr_field field = {.name = "F", .label = "L", .since = "", .note = "", .origin = "", .length = 4, .count = 1,
                             .group = MR_NO_INDEX, .length_field = MR_NO_INDEX};
    struct mr_layout layout = {.domain = 1, .number = 2, .variant = "", .dsect = "D", .title = "T", .lengths = "",
                               .first_release = "", .note = "", .source = "", .origin = "", .fields = &field,
                               .field_count = 1};
    struct mr_table table = {.name = "T", .title = "", .variant = "", .rows = "", .elapsed = "", .list = ""};
    struct mr_derived derived = {.table = "T", .column = "C", .unit = "", .formula = "A+B", .condition = "",
                                 .label = ""};
    struct mr_schema schema = {.layouts = &layout, .layout_count = 1, .tables = &table, .table_count = 1,
                               .derived = &derived, .derived_count = 1};
    uint64_t before = mr_schema_digest(&schema);

    field.note = "says more";
    cr_assert_eq(mr_schema_digest(&schema), before, "a note changes no table");
    field.offset = 8;
    cr_assert_neq(mr_schema_digest(&schema), before);
    field.offset = 0;
    field.unit = MR_UNIT_PAGES;
    cr_assert_neq(mr_schema_digest(&schema), before);
    field.unit = 0;
    derived.formula = "A-B";
    cr_assert_neq(mr_schema_digest(&schema), before);
    derived.formula = "A+B";
    table.rule = MR_RULE_MERGE;
    cr_assert_neq(mr_schema_digest(&schema), before);
    table.rule = 0;
    cr_assert_eq(mr_schema_digest(&schema), before);
    /* Texts do not run into each other. */
    derived.table = "TC";
    derived.column = "";
    cr_assert_neq(mr_schema_digest(&schema), before);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From bytes to cells with layouts made by hand: a field is there only if it lies inside the record; entries of
 * groups are found by fields of the record, and no value of such a field, however hostile, leads outside.
 */
#include "base/bytes.h"
#include "domains/decode.h"

#include <criterion/criterion.h>
#include <string.h>

#define NONE                                                                                                         \
    {                                                                                                                \
        .field = MR_NO_INDEX                                                                                         \
    }
#define FIXED(N)                                                                                                     \
    {                                                                                                                \
        .value = (N), .field = MR_NO_INDEX                                                                           \
    }
#define FIELD(F)                                                                                                     \
    {                                                                                                                \
        .field = (F)                                                                                                 \
    }
#define FROM(N, F)                                                                                                   \
    {                                                                                                                \
        .value = (N), .field = (F)                                                                                   \
    }

enum { AT, STRIDE, COUNT, KIND, SIGNED, ENTRY_KIND, WIDE };

/* at (4) at 20, stride (2) at 24, count (2) at 26, kind (1) at 28, signed (4) at 32; in entries: kind (1) at 0 */
static const struct mr_field fields[] = {
    [AT] = {.name = "AT", .offset = 20, .length = 4, .count = 1, .group = MR_NO_INDEX, .type = MR_TYPE_U32},
    [STRIDE] = {.name = "STRIDE", .offset = 24, .length = 2, .count = 1, .group = MR_NO_INDEX, .type = MR_TYPE_U16},
    [COUNT] = {.name = "COUNT", .offset = 26, .length = 2, .count = 1, .group = MR_NO_INDEX, .type = MR_TYPE_U16},
    [KIND] = {.name = "KIND", .offset = 28, .length = 1, .count = 1, .group = MR_NO_INDEX, .type = MR_TYPE_U8},
    [SIGNED] = {.name = "SIGNED", .offset = 32, .length = 4, .count = 1, .group = MR_NO_INDEX, .type = MR_TYPE_S32},
    [ENTRY_KIND] = {.name = "ENTRY", .offset = 0, .length = 1, .count = 1, .group = 0, .type = MR_TYPE_U8},
    [WIDE] = {.name = "WIDE", .offset = 36, .length = 8, .count = 1, .group = MR_NO_INDEX, .type = MR_TYPE_U64},
};

static const struct mr_group groups[] = {
    {.name = "all", .at = FIELD(AT), .stride = FIELD(STRIDE), .count = FIELD(COUNT), .when_field = MR_NO_INDEX},
    {.name = "fixed", .at = FIXED(44), .stride = FIXED(8), .count = FIXED(3), .when_field = MR_NO_INDEX},
    {.name = "open", .at = FIXED(44), .stride = FIXED(8), .count = NONE, .when_field = MR_NO_INDEX},
    {.name = "shifted", .at = FROM(40, AT), .stride = FIXED(8), .count = FIXED(1), .when_field = MR_NO_INDEX},
    {.name = "if", .at = FIXED(44), .stride = FIXED(8), .count = FIXED(1), .when_field = KIND, .when_value = 7},
    {.name = "cases",
     .at = FIXED(44),
     .stride = {.field = ENTRY_KIND, .case_count = 2, .cases = {{1, 4}, {2, 10}}},
     .count = NONE,
     .when_field = MR_NO_INDEX},
    {.name = "signed", .at = FIELD(SIGNED), .stride = FIXED(8), .count = FIXED(1), .when_field = MR_NO_INDEX},
    {.name = "wide", .at = FIELD(WIDE), .stride = FIELD(WIDE), .count = FIELD(WIDE), .when_field = MR_NO_INDEX},
};

enum { ALL, FIXED_GROUP, OPEN, SHIFTED, IF, CASES, SIGNED_GROUP, WIDE_GROUP };

static const struct mr_layout layout = {.domain = 12,
                                        .number = 1,
                                        .variant = "",
                                        .fields = fields,
                                        .field_count = sizeof fields / sizeof *fields,
                                        .groups = groups,
                                        .group_count = sizeof groups / sizeof *groups};

static void make_record(uint8_t *data, size_t length, uint32_t at, unsigned stride, unsigned count, uint8_t kind)
{
    for (size_t i = 0; i < length; i++)
        data[i] = (uint8_t)i;
    memset(data + 20, 0, 24);
    mr_put_be16(data + 20, (uint16_t)(at >> 16));
    mr_put_be16(data + 22, (uint16_t)at);
    mr_put_be16(data + 24, (uint16_t)stride);
    mr_put_be16(data + 26, (uint16_t)count);
    data[28] = kind;
}

Test(decode, numbers)
{
    static const uint8_t bytes[] = {0x81, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};
    static const uint64_t wanted[] = {0,
                                      0x81,
                                      0x8102,
                                      0x810203,
                                      0x81020304u,
                                      UINT64_C(0x8102030405),
                                      UINT64_C(0x810203040506),
                                      UINT64_C(0x81020304050607),
                                      UINT64_C(0x8102030405060708)};

    for (size_t n = 1; n <= 8; n++)
        cr_expect_eq(mr_decode_uint(bytes, n), wanted[n], "%zu bytes", n);
}

/* A number field is there exactly when all its bytes are. */
Test(decode, number_fields_by_length)
{
    uint8_t data[64];
    static const struct {
        int field;
        unsigned end;
        uint64_t value;
    } cases[] = {{AT, 24, 0x01020304}, {STRIDE, 26, 8}, {COUNT, 28, 3}, {KIND, 29, 9}, {SIGNED, 36, 0}};

    make_record(data, sizeof data, 0x01020304, 8, 3, 9);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (unsigned length = 20; length <= 64; length++) {
            struct mr_part record = {.bytes = data, .length = length};
            uint64_t value = 99;
            int status = mr_decode_number(&layout, cases[i].field, &record, &value);

            cr_expect_eq(status, length >= cases[i].end ? MR_OK : MR_FAILED, "%s, %u bytes",
                         fields[cases[i].field].name, length);
            if (status == MR_OK)
                cr_expect_eq(value, cases[i].value, "%s", fields[cases[i].field].name);
        }
    }
}

struct part_case {
    const char *what;
    int group;
    unsigned index;
    size_t length; /* of the record */
    uint32_t at;
    unsigned stride, count;
    uint8_t kind;
    int wanted; /* offset of the entry, -1: absent */
    size_t bytes;
};

static const struct part_case parts[] = {
    {"first", ALL, 0, 100, 44, 10, 3, 0, 44, 10},
    {"last", ALL, 2, 100, 44, 10, 3, 0, 64, 10},
    {"behind the count", ALL, 3, 100, 44, 10, 3, 0, -1, 0},
    {"no entries", ALL, 0, 100, 44, 10, 0, 0, -1, 0},
    {"cut off by the end", ALL, 2, 70, 44, 10, 3, 0, 64, 6},
    {"at the end", ALL, 2, 64, 44, 10, 3, 0, -1, 0},
    {"count of 65535", ALL, 65534, 100, 44, 10, 65535, 0, -1, 0},
    {"stride 0", ALL, 0, 100, 44, 0, 3, 0, -1, 0},
    {"stride 65535", ALL, 0, 100, 44, 65535, 3, 0, 44, 56},
    {"stride 65535, second", ALL, 1, 100, 44, 65535, 3, 0, -1, 0},
    {"in the header", ALL, 0, 100, 19, 10, 3, 0, -1, 0},
    {"offset 0", ALL, 0, 100, 0, 10, 3, 0, -1, 0},
    {"offset at the end", ALL, 0, 100, 100, 10, 3, 0, -1, 0},
    {"offset of 4 GB", ALL, 0, 100, 0xFFFFFFFFu, 10, 3, 0, -1, 0},
    {"offset of 4 GB, later", ALL, 2, 100, 0xFFFFFFF0u, 16, 3, 0, -1, 0},
    {"fields of the group are missing", ALL, 0, 26, 20, 2, 3, 0, -1, 0},
    {"fixed", FIXED_GROUP, 1, 100, 0, 0, 0, 0, 52, 8},
    {"fixed, behind the count", FIXED_GROUP, 3, 100, 0, 0, 0, 0, -1, 0},
    {"open", OPEN, 6, 100, 0, 0, 0, 0, 92, 8},
    {"open, at the end", OPEN, 7, 100, 0, 0, 0, 0, -1, 0},
    {"shifted", SHIFTED, 0, 100, 12, 0, 0, 0, 52, 8},
    {"shifted beyond 4 GB", SHIFTED, 0, 100, 0xFFFFFFF0u, 0, 0, 0, -1, 0},
    {"condition met", IF, 0, 100, 0, 0, 0, 7, 44, 8},
    {"condition not met", IF, 0, 100, 0, 0, 0, 6, -1, 0},
};

Test(decode, entries)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct part_case *c = &parts[i];
        uint8_t data[128];
        struct mr_part record = {.bytes = data, .length = c->length}, part = {0};
        int status;

        make_record(data, sizeof data, c->at, c->stride, c->count, c->kind);
        status = mr_decode_part(&layout, &groups[c->group], c->index, &record, &part);
        cr_expect_eq(status, c->wanted < 0 ? MR_FAILED : MR_OK, "%s", c->what);
        if (status != MR_OK || c->wanted < 0)
            continue;
        cr_expect_eq(part.bytes - data, c->wanted, "%s: at %td", c->what, part.bytes - data);
        cr_expect_eq(part.length, c->bytes, "%s: %zu bytes", c->what, part.length);
        cr_expect_eq(part.index, c->index, "%s", c->what);
    }
}

/* Entries of 4 and 10 bytes by their own type; an unknown type ends the list. */
Test(decode, entries_of_different_length)
{
    static const struct {
        int at;
        size_t length;
    } wanted[] = {{44, 4}, {48, 10}, {58, 10}, {68, 4}};
    uint8_t data[100];
    struct mr_part record = {.bytes = data, .length = sizeof data}, part;

    make_record(data, sizeof data, 0, 0, 0, 0);
    data[44] = 1;
    data[48] = data[58] = 2;
    data[68] = 1;
    data[72] = 3;
    for (unsigned i = 0; i < 4; i++) {
        cr_assert_eq(mr_decode_part(&layout, &groups[CASES], i, &record, &part), MR_OK, "%u", i);
        cr_expect_eq(part.bytes - data, wanted[i].at, "%u", i);
        cr_expect_eq(part.length, wanted[i].length, "%u", i);
    }
    cr_expect_eq(mr_decode_part(&layout, &groups[CASES], 4, &record, &part), MR_FAILED);
    cr_expect_eq(mr_decode_part(&layout, &groups[CASES], 4000000000u, &record, &part), MR_FAILED);
    record.length = 62;
    cr_expect_eq(mr_decode_part(&layout, &groups[CASES], 2, &record, &part), MR_OK);
    cr_expect_eq(part.length, 4, "cut off by the end");
    cr_expect_eq(mr_decode_part(&layout, &groups[CASES], 3, &record, &part), MR_FAILED);
}

/* Numbers of 8 bytes, and negative ones, as offset, length and count: nothing overflows, nothing is outside. */
Test(decode, hostile_numbers)
{
    static const uint64_t values[] = {0,
                                      1,
                                      19,
                                      20,
                                      43,
                                      44,
                                      99,
                                      100,
                                      0x7FFFFFFF,
                                      0x80000000,
                                      0xFFFFFFFF,
                                      UINT64_C(0x100000000),
                                      INT64_MAX,
                                      UINT64_C(0x8000000000000000),
                                      UINT64_MAX - 44,
                                      UINT64_MAX};
    static const unsigned indexes[] = {0, 1, 2, 255, 65535, 0x7FFFFFFF, 0xFFFFFFFFu};
    uint8_t data[100];
    struct mr_part record = {.bytes = data, .length = sizeof data};

    make_record(data, sizeof data, 0, 0, 0, 0);
    for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
        for (int b = 0; b < 8; b++)
            data[36 + b] = (uint8_t)(values[v] >> (56 - 8 * b));
        memcpy(data + 32, data + 40, 4);
        for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++) {
            for (int g = SIGNED_GROUP; g <= WIDE_GROUP; g++) {
                struct mr_part part = {0};

                if (mr_decode_part(&layout, &groups[g], indexes[i], &record, &part) != MR_OK)
                    continue;
                cr_expect(part.bytes >= data + 20 && part.bytes < data + 100, "value %zu", v);
                cr_expect_leq(part.length, (size_t)(data + 100 - part.bytes), "value %zu", v);
            }
        }
    }
}

/* A feed with one step: everything else as plan.c makes it. */
static struct mr_feed feed_of(struct mr_step *step)
{
    return (struct mr_feed){.layout = &layout, .steps = step, .step_count = 1, .region_count = 2, .mark = -1};
}

Test(decode, fields_by_length)
{
    static const struct {
        const char *what;
        uint16_t offset, length;
        int16_t length_field;
        size_t record;
        int at; /* -1: absent */
        size_t got;
    } cases[] = {
        {"whole", 44, 8, MR_NO_INDEX, 60, 44, 8},
        {"ends with the record", 44, 8, MR_NO_INDEX, 52, 44, 8},
        {"one byte short", 44, 8, MR_NO_INDEX, 51, -1, 0},
        {"begins at the end", 44, 8, MR_NO_INDEX, 44, -1, 0},
        {"begins behind the end", 44, 8, MR_NO_INDEX, 30, -1, 0},
        {"the rest", 44, MR_LENGTH_REST, MR_NO_INDEX, 60, 44, 16},
        {"the rest is nothing", 44, MR_LENGTH_REST, MR_NO_INDEX, 44, -1, 0},
        {"the rest of a short record", 44, MR_LENGTH_REST, MR_NO_INDEX, 40, -1, 0},
        {"length in a field", 44, 0, COUNT, 60, 44, 5},
        {"length in a field, cut off", 44, 0, COUNT, 47, 44, 3},
        {"length in a field that is 0", 44, 0, KIND, 60, -1, 0},
        {"length in a field beyond the record", 44, 0, AT, 60, 44, 16},
        {"length in a field that is negative", 44, 0, SIGNED, 60, -1, 0},
    };
    uint8_t data[64];

    make_record(data, sizeof data, 0xFFFFFFFFu, 8, 5, 0);
    data[32] = 0xFF;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_step step = {.field = &fields[AT],
                               .offset = cases[i].offset,
                               .alternate = cases[i].offset,
                               .length = cases[i].length,
                               .length_field = cases[i].length_field};
        struct mr_feed feed = feed_of(&step);
        struct mr_part parts_of[2] = {{.bytes = data, .length = cases[i].record}};
        size_t length = 0;
        const uint8_t *bytes = mr_decode_bytes(&feed, &step, parts_of, &length);

        cr_expect_eq(bytes == NULL ? -1 : (int)(bytes - data), cases[i].at, "%s", cases[i].what);
        if (bytes != NULL)
            cr_expect_eq(length, cases[i].got, "%s: %zu", cases[i].what, length);
    }
}

/* Fields of an entry that is not there are not there. */
Test(decode, absent_parts)
{
    struct mr_step step = {.field = &fields[AT], .length = 4, .length_field = MR_NO_INDEX, .region = 1};
    struct mr_feed feed = feed_of(&step);
    uint8_t data[64] = {0};
    struct mr_part parts_of[2] = {{.bytes = data, .length = sizeof data}, {.bytes = NULL, .length = 0}};
    size_t length;

    cr_expect_null(mr_decode_bytes(&feed, &step, parts_of, &length));
    parts_of[1] = (struct mr_part){.bytes = data + 60, .length = 4};
    cr_expect_eq(mr_decode_bytes(&feed, &step, parts_of, &length), data + 60);
    parts_of[1].length = 3;
    cr_expect_null(mr_decode_bytes(&feed, &step, parts_of, &length));
}

struct cell_case {
    const char *what;
    uint8_t load, type;
    uint32_t scale;
    size_t length;
    uint8_t bytes[16];
    int present;
    int64_t number;   /* value.i, also for numbers without sign */
    const char *text; /* of texts */
};

static const struct cell_case cells[] = {
    {"u8", MR_LOAD_UINT, MR_TYPE_U8, 0, 1, {0xFF}, 1, 255, NULL},
    {"u64", MR_LOAD_UINT, MR_TYPE_U64, 0, 8, {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, 1, -1, NULL},
    {"s16", MR_LOAD_INT, MR_TYPE_S16, 0, 2, {0xFF, 0xFE}, 1, -2, NULL},
    {"s32", MR_LOAD_INT, MR_TYPE_S32, 0, 4, {0x80, 0, 0, 0}, 1, INT32_MIN, NULL},
    {"tod 2000-01-01",
     MR_LOAD_TIME,
     MR_TYPE_TOD,
     0,
     8,
     {0xB3, 0x61, 0x18, 0x3F, 0x48},
     1,
     INT64_C(946684800000000),
     NULL},
    {"tod, fraction is cut",
     MR_LOAD_TIME,
     MR_TYPE_TOD,
     0,
     8,
     {0xB3, 0x61, 0x18, 0x3F, 0x48, 0, 0x1F, 0xFF},
     1,
     INT64_C(946684800000001),
     NULL},
    {"tod 0 is no time", MR_LOAD_TIME, MR_TYPE_TOD, 0, 8, {0}, 0, 0, NULL},
    {"timer", MR_LOAD_TIMER, MR_TYPE_TIMER, 0, 8, {0, 0, 0, 0, 0xF4, 0x24, 0, 0}, 1, 1000000, NULL},
    {"seconds", MR_LOAD_SCALED, MR_TYPE_U32, 1000000, 4, {0, 0, 0, 60}, 1, 60000000, NULL},
    {"128 microseconds", MR_LOAD_SCALED, MR_TYPE_U32, 128, 4, {0, 0, 1, 0}, 1, 32768, NULL},
    {"seconds with sign", MR_LOAD_SCALED, MR_TYPE_S32, 1000000, 4, {0xFF, 0xFF, 0xF1, 0xF0}, 1, -3600000000, NULL},
    {"more than time has", MR_LOAD_SCALED, MR_TYPE_U64, 1000000, 8, {0x7F, 0xFF, 0xFF, 0xFF}, 0, 0, NULL},
    {"text", MR_LOAD_TEXT, MR_TYPE_CHAR, 0, 8, {0xC1, 0xC2, 0x40, 0xF1, 0x40, 0x40, 0x40, 0x40}, 1, 0, "AB 1"},
    {"text of blanks", MR_LOAD_TEXT, MR_TYPE_CHAR, 0, 4, {0x40, 0x40, 0x40, 0x40}, 0, 0, NULL},
    {"text of zeros", MR_LOAD_TEXT, MR_TYPE_CHAR, 0, 4, {0}, 0, 0, NULL},
    {"text that ends with zeros", MR_LOAD_TEXT, MR_TYPE_CHAR, 0, 4, {0xC1, 0xC2, 0, 0}, 1, 0, "AB"},
    {"bytes where text is due", MR_LOAD_TEXT, MR_TYPE_CHAR, 0, 4, {0xC1, 0x01, 0xC2, 0xFF}, 1, 0, "0xC101C2FF"},
};

Test(decode, cells)
{
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        const struct cell_case *c = &cells[i];
        struct mr_field field = {.name = "F", .type = c->type, .length = (uint16_t)c->length, .count = 1};
        struct mr_step step = {.field = &field, .load = c->load, .scale = c->scale, .length = (uint16_t)c->length};
        char room[64];
        struct mr_text text = {.bytes = room, .room = sizeof room};
        struct mr_cell cell = {0};

        mr_decode_cell(&step, c->bytes, c->length, false, &text, &cell);
        cr_expect_eq(cell.present, (uint32_t)c->present, "%s", c->what);
        if (!c->present)
            continue;
        if (c->text != NULL) {
            cr_expect_eq(cell.size, strlen(c->text), "%s: %u bytes", c->what, cell.size);
            cr_expect_eq(strncmp(cell.value.text, c->text, cell.size), 0, "%s", c->what);
        } else {
            cr_expect_eq(cell.value.i, c->number, "%s: %lld", c->what, (long long)cell.value.i);
        }
    }
}

/* Raw bytes are borrowed, or copied where the row has to outlive the record; without room the cell is missing. */
Test(decode, raw_bytes)
{
    static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6};
    struct mr_field field = {.name = "F", .type = MR_TYPE_BYTES, .length = 6, .count = 1};
    struct mr_step step = {.field = &field, .load = MR_LOAD_BYTES, .length = 6};
    char room[10];
    struct mr_text text = {.bytes = room, .room = sizeof room};
    struct mr_cell cell = {0};

    mr_decode_cell(&step, bytes, 6, false, &text, &cell);
    cr_expect_eq(cell.value.bytes, bytes);
    cr_expect_eq(cell.size, 6);
    cr_expect_eq(text.used, 0);
    mr_decode_cell(&step, bytes, 6, true, &text, &cell);
    cr_expect_eq((const char *)cell.value.bytes, room);
    cr_expect_eq(memcmp(cell.value.bytes, bytes, 6), 0);
    cr_expect_eq(cell.present, 1);
    mr_decode_cell(&step, bytes, 6, true, &text, &cell);
    cr_expect_eq(cell.present, 0, "no room left");
    step.load = MR_LOAD_TEXT;
    text.used = 0;
    mr_decode_cell(&step, bytes, 6, false, &text, &cell);
    cr_expect_eq(cell.present, 0, "no room for the text at its longest");
}

Test(decode, differences)
{
    static const struct {
        uint8_t load;
        uint32_t scale;
        uint64_t delta;
        int64_t number;
    } cases[] = {
        {MR_LOAD_UINT, 0, 12345, 12345},
        {MR_LOAD_UINT, 0, UINT64_MAX, -1},
        {MR_LOAD_TIMER, 0, UINT64_C(0xF4240000), 1000000},
        {MR_LOAD_TIMER, 0, 4095, 0},
        {MR_LOAD_SCALED, 128, 1000, 128000},
        {MR_LOAD_SCALED, 1, 59999999, 59999999},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_step step = {.load = cases[i].load, .scale = cases[i].scale};
        struct mr_cell cell = {0};

        mr_decode_delta(&step, cases[i].delta, &cell);
        cr_expect_eq(cell.present, 1);
        cr_expect_eq(cell.value.i, cases[i].number, "%zu: %lld", i, (long long)cell.value.i);
    }
}

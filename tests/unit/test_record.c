/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/record.h"

#include <criterion/criterion.h>
#include <string.h>

/* The record 1/9 of the worked example (format description, section 6). */
static const uint8_t good[36] = {0x00, 0x24, 0x00, 0x00, 0x01, 0x00, 0x00, 0x09, 0xDE, 0xCB, 0xF8, 0x45,
                                 0x04, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x3C,
                                 0x00, 0x00, 0x00, 0xC8, 0xDE, 0x00, 0xDE, 0x00, 0x00, 0x3C, 0x00, 0x00};

Test(record, good_header)
{
    struct mr_record record;

    cr_assert_eq(mr_record_header(good, sizeof good, &record), MR_OK);
    cr_expect_eq(record.data, good);
    cr_expect_eq(record.length, 36);
    cr_expect_eq(record.domain, 1);
    cr_expect_eq(record.number, 9);
    cr_expect_eq(record.tod, UINT64_C(0xDECBF84504400000));
}

/* One fault in one field; n bytes at offset are replaced. */
static const struct {
    const char *name;
    size_t offset;
    uint8_t bytes[8];
    size_t n;
    int status;
} fields[] = {
    {"length 0", 0, {0x00, 0x00}, 2, MR_FAILED},
    {"length 19", 0, {0x00, 0x13}, 2, MR_FAILED},
    {"length 20", 0, {0x00, 0x14}, 2, MR_OK},
    {"length one beyond the room", 0, {0x00, 0x25}, 2, MR_FAILED},
    {"length 65535", 0, {0xFF, 0xFF}, 2, MR_FAILED},
    {"zero field, high byte", 2, {0x01}, 1, MR_FAILED},
    {"zero field, low byte", 3, {0x01}, 1, MR_FAILED},
    {"domain 0", 4, {0x00}, 1, MR_OK},
    {"domain 15", 4, {0x0F}, 1, MR_OK},
    {"domain 16", 4, {0x10}, 1, MR_FAILED},
    {"reserved byte 5 used", 5, {0xFF}, 1, MR_OK},
    {"number 0", 6, {0x00, 0x00}, 2, MR_FAILED},
    {"number 255", 6, {0x00, 0xFF}, 2, MR_OK},
    {"number 256", 6, {0x01, 0x00}, 2, MR_FAILED},
    {"TOD zero", 8, {0}, 8, MR_FAILED},
    {"TOD 1976", 8, {0x88, 0x53, 0xBA, 0xF0, 0xB4, 0x00, 0x00, 0x00}, 8, MR_FAILED},
    {"TOD just before 1985", 8, {0x98, 0x79, 0xAF, 0x54, 0x43, 0xFF, 0xFF, 0xFF}, 8, MR_FAILED},
    {"TOD 1985", 8, {0x98, 0x79, 0xAF, 0x54, 0x44, 0x00, 0x00, 0x00}, 8, MR_OK},
    {"TOD 2042, before the wrap", 8, {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, 8, MR_OK},
    {"TOD 2042, after the wrap", 8, {0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x00}, 8, MR_OK},
    {"TOD 1936", 8, {0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}, 8, MR_FAILED},
    {"reserved bytes 16-19 used", 16, {0xE2, 0xD7, 0xFF, 0xFF}, 4, MR_OK},
};

Test(record, one_fault_per_field)
{
    struct mr_record record;
    uint8_t data[sizeof good];
    size_t i;

    for (i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        memcpy(data, good, sizeof good);
        memcpy(data + fields[i].offset, fields[i].bytes, fields[i].n);
        cr_expect_eq(mr_record_header(data, sizeof data, &record), fields[i].status, "%s", fields[i].name);
    }
}

Test(record, room)
{
    static uint8_t large[9000];
    struct mr_record record;
    size_t room;

    for (room = 0; room < sizeof good; room++)
        cr_expect_eq(mr_record_header(good, room, &record), MR_FAILED, "%zu bytes are not enough", room);
    memcpy(large, good, sizeof good);
    large[0] = 8188 >> 8;
    large[1] = 8188 & 0xFF;
    cr_expect_eq(mr_record_header(large, sizeof large, &record), MR_OK, "the largest record");
    large[1]++;
    cr_expect_eq(mr_record_header(large, sizeof large, &record), MR_FAILED, "one byte more than the largest");
}

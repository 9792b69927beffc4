/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "tests/unit/monfile.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * Damaged inputs.  The base file has three sets of one control record and three frames (13, 13 and 4 records of 300
 * bytes, 1/13 behind the first two, 1/11 behind the last) and an end-of-data record:
 *
 *   0 control | 1 2 3 frames | 4 control | 5 6 7 frames | 8 control | 9 10 11 frames | 12 end of data
 */
#define START 0x0B001000u
#define BLOCK MONFILE_BLOCK
#define SET (4 * BLOCK)
#define SET_RECORDS 33u
#define LAST_FRAME (4 * 300 + 20)

static void base_file(struct monfile *file, bool stale)
{
    uint32_t i;

    for (i = 0; i < 3; i++) {
        struct monfile_frames frames = {START + i * 0x100000, MONFILE_TOD + i * MONFILE_MINUTE, 30, 300, true, stale};

        monfile_set(file, &frames);
    }
    monfile_fill(file, 0, BLOCK);
}

static void expect_sound(const struct monfile_result *result, const struct monfile *file, const char *name)
{
    size_t i;

    cr_expect(result->adds_up, "%s: the account", name);
    cr_expect(result->same_bytes, "%s: the records are bytes of the input", name);
    cr_expect_eq(result->status, MR_EOF, "%s", name);
    cr_expect_eq(result->counts.bytes, file->length, "%s: all bytes were seen", name);
    cr_expect_eq(result->counts.damage_count, result->damage_count, "%s", name);
    for (i = 1; i < result->count; i++)
        cr_expect_geq(result->records[i].offset, result->records[i - 1].offset + result->records[i - 1].length,
                      "%s: record %zu", name, i);
}

/* Records of the file that were found, by place and length. */
static size_t genuine(const struct monfile_result *result, const struct monfile *file)
{
    size_t hits = 0;
    size_t i = 0;
    size_t j = 0;

    while (i < result->count && j < file->count) {
        if (result->records[i].offset == file->records[j].offset) {
            hits += result->records[i].length == file->records[j].length;
            i++, j++;
        } else if (result->records[i].offset < file->records[j].offset) {
            i++;
        } else {
            j++;
        }
    }
    return hits;
}

#define CONTROL SET                        /* control record of the second set */
#define RECORD (SET + BLOCK + 5 * 300)     /* sixth record of its first frame: 8 records, 1/13 follow in the frame */
#define FRAME_END (SET + BLOCK + 13 * 300) /* its 1/13 */

/* One fault in one field, and what is lost by it. */
static const struct {
    const char *name;
    size_t offset;
    uint32_t value;
    size_t bytes; /* of the value */
    size_t lost;  /* records */
    uint64_t damaged;
    enum mr_message_id message;
    int code;
} faults[] = {
    {"control record, type 0", CONTROL + 3, 0x00, 1, SET_RECORDS, SET, MR_MSG_SKIPPED_DAMAGE, 8},
    {"control record, type X'0A'", CONTROL + 3, 0x0A, 1, SET_RECORDS, SET, MR_MSG_SKIPPED_DAMAGE, 8},
    {"control record, type X'08'", CONTROL + 3, 0x08, 1, 0, 0, MR_MSG_COUNT, 0},
    {"control record, path", CONTROL, 0xFFFF, 2, 0, 0, MR_MSG_COUNT, 0},
    {"control record, class", CONTROL + 8, 0xFFFF, 2, 0, 0, MR_MSG_COUNT, 0},
    {"area size no multiple of 12", CONTROL + 16, 0x0B00000C, 4, 0, 0, MR_MSG_BAD_ENTRY, 4},
    {"area size beyond the record", CONTROL + 16, 0x0B001000, 4, 0, 0, MR_MSG_BAD_ENTRY, 4},
    {"area end below start", CONTROL + 16, 0x0A000000, 4, 0, 0, MR_MSG_BAD_ENTRY, 4},
    {"area of two entries, second empty", CONTROL + 16, 0x0B000017, 4, 0, 0, MR_MSG_BAD_ENTRY, 4},
    {"area far from the data", CONTROL + 12, 0x8B000000, 4, 0, 0, MR_MSG_BAD_ENTRY, 4},
    {"entry type 0", CONTROL + 40, 0x00, 1, SET_RECORDS, SET, MR_MSG_SKIPPED_DAMAGE, 8},
    {"entry type ASCII S", CONTROL + 40, 0x53, 1, SET_RECORDS, SET, MR_MSG_SKIPPED_DAMAGE, 8},
    {"entry domains 0", CONTROL + 41, 0x00, 1, 0, 0, MR_MSG_COUNT, 0},
    {"start above end", CONTROL + 44, 0x0C000000, 4, SET_RECORDS, SET, MR_MSG_SKIPPED_DAMAGE, 8},
    {"end below start", CONTROL + 48, 0x0B000000, 4, SET_RECORDS, SET, MR_MSG_SKIPPED_DAMAGE, 8},
    {"end near 2^32", CONTROL + 48, 0xFFFFFFFF, 4, SET_RECORDS, SET, MR_MSG_SKIPPED_DAMAGE, 8},
    /* 20 bytes of a record that is cut by the end address; then a block of data where a control record is due. */
    {"end one page lower", CONTROL + 48, START + 0x100000 + BLOCK + LAST_FRAME - 1, 4, 14 - 4 + 5, BLOCK + 20,
     MR_MSG_SKIPPED_DAMAGE, 8},
    /* Two pages too many: what is left over in the last page is damage, and the next control record comes early. */
    {"end two pages higher", CONTROL + 48, START + 0x100000 + 4 * BLOCK + LAST_FRAME - 1, 4, 0, BLOCK - LAST_FRAME,
     MR_MSG_LOST_DATA, 8},
    {"end 2 GB higher", CONTROL + 48, 0x8B000000, 4, 0, BLOCK - LAST_FRAME, MR_MSG_LOST_DATA, 8},
    {"record length 0", RECORD, 0, 2, 9, BLOCK - 1500, MR_MSG_BAD_RECORD, 8},
    {"record length 1", RECORD, 1, 2, 9, BLOCK - 1500, MR_MSG_BAD_RECORD, 8},
    {"record length 19", RECORD, 19, 2, 9, BLOCK - 1500, MR_MSG_BAD_RECORD, 8},
    {"record length beyond the frame", RECORD, BLOCK - 1500 + 1, 2, 9, BLOCK - 1500, MR_MSG_BAD_RECORD, 8},
    {"record length 65535", RECORD, 0xFFFF, 2, 9, BLOCK - 1500, MR_MSG_BAD_RECORD, 8},
    {"record length too small", RECORD, 200, 2, 9, BLOCK - 1700, MR_MSG_BAD_RECORD, 8},
    {"record length too large", RECORD, 400, 2, 9, BLOCK - 1900, MR_MSG_BAD_RECORD, 8},
    {"record, zero field", RECORD + 2, 1, 2, 0, 0, MR_MSG_ZERO_NONZERO, 4},
    {"record, domain 16", RECORD + 4, 16, 1, 0, 0, MR_MSG_COUNT, 0},
    {"record, domain 255, number 65535", RECORD + 4, 0xFF00FFFF, 4, 0, 0, MR_MSG_COUNT, 0},
    {"1/13, domain 16", FRAME_END + 4, 16, 1, 1, BLOCK - 3900, MR_MSG_BAD_RECORD, 8},
    {"record, number 0", RECORD + 6, 0, 2, 9, BLOCK - 1500, MR_MSG_BAD_RECORD, 8},
    {"record, number 256", RECORD + 6, 256, 2, 9, BLOCK - 1500, MR_MSG_BAD_RECORD, 8},
    {"record, TOD of 1936", RECORD + 8, 0x40000000, 4, 9, BLOCK - 1500, MR_MSG_BAD_RECORD, 8},
    {"record, number unknown", RECORD + 6, 255, 2, 0, 0, MR_MSG_COUNT, 0},
    {"1/13, length 0", FRAME_END, 0, 2, 1, BLOCK - 3900, MR_MSG_BAD_RECORD, 8},
    {"1/13, number 0", FRAME_END + 6, 0, 2, 1, BLOCK - 3900, MR_MSG_BAD_RECORD, 8},
    {"first header of a frame", SET + BLOCK, 0xFFFF, 2, 14, BLOCK, MR_MSG_BAD_RECORD, 8},
    {"first header of a frame, domain 255", SET + BLOCK + 4, 0xFF, 1, 0, 0, MR_MSG_COUNT, 0},
};

static void put_value(struct monfile *file, size_t i)
{
    size_t n;

    for (n = 0; n < faults[i].bytes; n++)
        file->data[faults[i].offset + n] = (uint8_t)(faults[i].value >> 8 * (faults[i].bytes - 1 - n));
}

Test(damage, one_fault_per_field)
{
    struct monfile file = {0};
    struct monfile_result result;
    size_t i;

    for (i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        base_file(&file, false);
        put_value(&file, i);
        monfile_read(&result, &file);
        expect_sound(&result, &file, faults[i].name);
        cr_expect_eq(genuine(&result, &file), 3 * SET_RECORDS - faults[i].lost, "%s: %zu records", faults[i].name,
                     genuine(&result, &file));
        cr_expect_eq(result.counts.damaged, faults[i].damaged, "%s: %llu bytes damaged", faults[i].name,
                     (unsigned long long)result.counts.damaged);
        if (faults[i].message != MR_MSG_COUNT)
            cr_expect_eq(result.log.counts[faults[i].message], 1, "%s", faults[i].name);
        cr_expect_eq(result.log.code, faults[i].code, "%s: code %d", faults[i].name, result.log.code);
        monfile_result_free(&result);
        monfile_free(&file);
    }
}

Test(damage, is_remembered)
{
    struct monfile file = {0};
    struct monfile_result result;
    size_t i;

    base_file(&file, false);
    mr_put_be16(file.data + RECORD, 0);
    file.data[2 * SET + 3] = 0;
    monfile_read(&result, &file);
    cr_assert_eq(result.damage_count, 2);
    cr_expect_eq(result.damage[0].offset, RECORD);
    cr_expect_eq(result.damage[0].bytes, BLOCK - 1500);
    cr_expect_eq(result.damage[0].reason, MR_MSG_BAD_RECORD);
    cr_expect_eq(result.damage[1].offset, 2 * SET);
    cr_expect_eq(result.damage[1].bytes, SET);
    cr_expect_eq(result.damage[1].reason, MR_MSG_SKIPPED_DAMAGE);
    cr_expect_eq(result.counts.bad_record_count, 1);
    for (i = 0; i < result.count; i++)
        cr_expect_eq(result.records[i].after_damage, result.records[i].offset == SET + 2 * BLOCK, "record %zu", i);
    monfile_result_free(&result);
    monfile_free(&file);
}

/* A block overwritten with zeros is an end-of-data record to the eye; what follows it shows that it was not. */
Test(damage, zeroed_control_record)
{
    struct monfile file = {0};
    struct monfile_result result;

    base_file(&file, false);
    memset(file.data + SET, 0, BLOCK);
    monfile_read(&result, &file);
    expect_sound(&result, &file, "zeros");
    cr_expect_eq(result.count, 2 * SET_RECORDS);
    cr_expect_eq(result.counts.damaged, 3 * BLOCK);
    cr_expect_eq(result.counts.end_data, 2 * BLOCK);
    cr_expect_eq(result.log.code, 8);
    monfile_result_free(&result);
    monfile_free(&file);
}

/* Files that do not begin with a control record: cut between blocks, and anywhere. */
Test(damage, cut_at_the_front)
{
    static const size_t cuts[] = {BLOCK, 2 * BLOCK, 3 * BLOCK, 1, 100, 4095, BLOCK + 1500, BLOCK + 1, SET - 2000};
    struct monfile file = {0};
    struct monfile_result result;
    size_t i;

    for (i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        base_file(&file, true);
        monfile_remove(&file, 0, cuts[i]);
        monfile_read(&result, &file);
        cr_expect_eq(result.opened, MR_OK, "cut %zu", cuts[i]);
        expect_sound(&result, &file, "front");
        cr_expect_eq(result.container, MR_CONTAINER_NATIVE, "cut %zu", cuts[i]);
        cr_expect_eq(result.count, 2 * SET_RECORDS, "cut %zu: %zu records", cuts[i], result.count);
        cr_expect_eq(result.counts.damaged, SET - cuts[i], "cut %zu", cuts[i]);
        cr_expect_eq(result.log.counts[MR_MSG_SKIPPED_FRONT], 1, "cut %zu", cuts[i]);
        cr_expect_eq(result.log.code, 8);
        monfile_result_free(&result);
        monfile_free(&file);
    }
}

/* The first control record is farther away than the first look reaches. */
Test(damage, long_front)
{
    struct monfile_frames frames = {START, MONFILE_TOD, 1000, 300, true, true};
    struct monfile file = {0};
    struct monfile_result result;
    size_t front;
    int destroyed;

    for (destroyed = 0; destroyed < 2; destroyed++) {
        monfile_set(&file, &frames);
        front = file.length;
        base_file(&file, true);
        if (destroyed)
            memset(file.data, 0xC1, 100);
        else
            monfile_remove(&file, 0, BLOCK);
        monfile_read(&result, &file);
        cr_expect_eq(result.container, MR_CONTAINER_NATIVE);
        expect_sound(&result, &file, "long front");
        cr_expect_eq(result.count, 3 * SET_RECORDS);
        cr_expect_eq(result.counts.damaged, destroyed ? front : front - BLOCK);
        monfile_result_free(&result);
        monfile_free(&file);
    }
}

/* Steps that also stop at each block. */
static size_t next_cut(size_t length)
{
    size_t block = (length / BLOCK + 1) * BLOCK;

    return length + 61 < block ? length + 61 : length == block - 1 ? block : block - 1;
}

/* Cut at the end, at very many places: what lies before is there, what lies behind is not made up. */
Test(damage, cut_at_the_end)
{
    struct monfile file = {0};
    struct monfile cut = {0};
    struct monfile_result result;
    size_t length;
    size_t expected;
    size_t i;

    base_file(&file, true);
    for (length = 52; length < file.length; length = next_cut(length)) {
        char name[40];

        snprintf(name, sizeof name, "cut to %zu bytes", length);
        monfile_bytes(&cut, file.data, length);
        monfile_read(&result, &cut);
        cr_expect_eq(result.opened, MR_OK, "%s", name);
        expect_sound(&result, &cut, name);
        for (expected = 0, i = 0; i < file.count; i++)
            expected += file.records[i].offset + file.records[i].length <= length;
        cr_expect_eq(result.count, expected, "%s: %zu records, not %zu", name, result.count, expected);
        cr_expect_eq(genuine(&result, &file), expected, "%s", name);
        cr_expect_eq(result.log.counts[MR_MSG_TRUNCATED_BLOCK], length % BLOCK != 0, "%s", name);
        /* A whole block of announced data is missing; a block that is there in part is only cut. */
        cr_expect_eq(result.log.counts[MR_MSG_MISSING_FRAMES],
                     length < 12 * BLOCK && length % SET >= BLOCK && length % SET <= 3 * BLOCK, "%s", name);
        cr_expect_eq(result.log.code, length % BLOCK == 0 && length % SET == 0 ? 0 : 8, "%s", name);
        monfile_result_free(&result);
        monfile_free(&cut);
    }
    monfile_free(&file);
}

/* Bytes lost or gained in the first set: the two others are there whatever the number. */
Test(damage, bytes_lost_or_gained)
{
    static const size_t places[] = {
        60,                   /* behind the entries of the control record */
        2,                    /* in its header */
        BLOCK + 10,           /* a record header */
        BLOCK + 450,          /* a record */
        BLOCK + 4000,         /* behind 1/13 */
        3 * BLOCK,            /* between two frames */
        3 * BLOCK + 1000,     /* a record of the last frame */
        3 * BLOCK + 1230,     /* behind the end address */
        SET - 1,              /* the last byte before the next control record */
    };
    static const size_t numbers[] = {1, 2, 4, 77, 1000, 4095, 4096, 4097, 8192};
    struct monfile file = {0};
    struct monfile_result result;
    char name[60];
    size_t first;
    size_t i;
    size_t j;
    size_t k;
    int gain;

    for (i = 0; i < sizeof places / sizeof places[0]; i++)
        for (j = 0; j < sizeof numbers / sizeof numbers[0]; j++)
            for (gain = 0; gain < 2; gain++) {
                if (!gain && places[i] + numbers[j] > SET)
                    continue;
                snprintf(name, sizeof name, "%zu bytes %s at %zu", numbers[j], gain ? "gained" : "lost", places[i]);
                base_file(&file, true);
                if (gain)
                    monfile_insert(&file, places[i], numbers[j]);
                else
                    monfile_remove(&file, places[i], numbers[j]);
                monfile_read(&result, &file);
                cr_expect_eq(result.opened, MR_OK, "%s", name);
                expect_sound(&result, &file, name);
                for (first = 0; first < result.count && result.records[first].tod <= MONFILE_TOD; first++)
                    continue;
                cr_assert_eq(result.count - first, 2 * SET_RECORDS, "%s: %zu records behind it", name,
                             result.count - first);
                for (k = 0; k < 2 * SET_RECORDS; k++)
                    cr_expect_eq(result.records[first + k].offset,
                                 file.records[SET_RECORDS + k].offset + (gain ? numbers[j] : 0 - numbers[j]), "%s",
                                 name);
                cr_expect_eq(result.log.code, 8, "%s", name);
                monfile_result_free(&result);
                monfile_free(&file);
            }
}

/*
 * The rest of a set is lost from any place on, so the next control record stands inside a control record, a record, the
 * fill of a frame or of the set: it is found, and nothing of its set is lost.
 */
Test(damage, rest_of_a_set_lost)
{
    struct monfile file = {0};
    struct monfile_result result;
    size_t at;
    size_t i;
    size_t first;
    int stale;

    for (stale = 0; stale < 2; stale++)
        for (at = 49; at < SET; at += at > SET - BLOCK + LAST_FRAME - 80 && at < SET - BLOCK + LAST_FRAME + 5 ? 1 : 37) {
            base_file(&file, stale);
            monfile_remove(&file, SET + at, SET - at);
            monfile_read(&result, &file);
            expect_sound(&result, &file, "rest lost");
            for (first = 0; first < result.count && result.records[first].tod < MONFILE_TOD + 2 * MONFILE_MINUTE; first++)
                continue;
            cr_assert_eq(result.count - first, SET_RECORDS, "from %zu on: %zu records behind it", at,
                         result.count - first);
            for (i = 0; i < SET_RECORDS; i++)
                cr_expect_eq(result.records[first + i].offset, file.records[2 * SET_RECORDS + i].offset - (SET - at),
                             "from %zu on", at);
            cr_expect_leq(genuine(&result, &file), result.count);
            monfile_result_free(&result);
            monfile_free(&file);
        }
}

static const struct {
    const char *name;
    size_t byte; /* of the clock value */
    uint8_t change;
    bool lost;
} clocks[] = {
    {"203 days", 0, 0x01, true}, {"years", 0, 0x10, true},     {"19 hours", 1, 0x01, true},
    {"200 days", 1, 0xF7, true}, {"4 minutes", 2, 0x01, true}, {"1 hour", 2, 0x10, true},
    {"a second", 3, 0x01, false},
};

/* One damaged clock value: its record is left out, whichever it is, and no other. */
Test(damage, clock_of_one_record)
{
    static const size_t victims[] = {1, 5, 12, 13, 31, 32, 33, 34, 45, 46, 65, 66, 98};
    struct monfile file = {0};
    struct monfile_result result;
    size_t i;
    size_t v;

    for (i = 0; i < sizeof clocks / sizeof clocks[0]; i++)
        for (v = 0; v < sizeof victims / sizeof victims[0]; v++) {
            base_file(&file, true);
            file.data[file.records[victims[v]].offset + 8 + clocks[i].byte] ^= clocks[i].change;
            monfile_read(&result, &file);
            expect_sound(&result, &file, clocks[i].name);
            cr_expect_eq(genuine(&result, &file), 3 * SET_RECORDS - clocks[i].lost, "%s, record %zu: %zu",
                         clocks[i].name, victims[v], genuine(&result, &file));
            cr_expect_eq(result.count, 3 * SET_RECORDS - clocks[i].lost, "%s, record %zu", clocks[i].name, victims[v]);
            cr_expect_eq(result.counts.damaged, clocks[i].lost ? file.records[victims[v]].length : 0);
            cr_expect_eq(result.log.counts[MR_MSG_TIME_ASTRAY], clocks[i].lost, "%s, record %zu", clocks[i].name,
                         victims[v]);
            cr_expect_eq(result.log.code, clocks[i].lost ? 8 : 0);
            monfile_result_free(&result);
            monfile_free(&file);
        }
}

/* A clock that is set, in either direction, and a hole of days are no damage: all that follows agrees. */
Test(damage, clock_that_is_set)
{
    static const int64_t steps[] = {-3600, -86400 * 400LL, 3600, 86400 * 40LL};
    struct monfile file = {0};
    struct monfile_result result;
    size_t i;
    size_t r;

    for (i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        base_file(&file, false);
        for (r = SET_RECORDS + 5; r < file.count; r++)
            mr_put_be64(file.data + file.records[r].offset + 8,
                        file.records[r].tod + (uint64_t)steps[i] * UINT64_C(0xF4240000));
        monfile_read(&result, &file);
        cr_expect_eq(result.count, 3 * SET_RECORDS, "%lld seconds: %zu", (long long)steps[i], result.count);
        cr_expect_eq(result.log.code, 0);
        monfile_result_free(&result);
        monfile_free(&file);
    }
}

/* Streams: a fault loses the record that it is in, and no more. */
static void stream(struct monfile *file, bool rdw)
{
    uint8_t word[4] = {0};
    size_t i;

    for (i = 0; i < 200; i++) {
        mr_put_be16(word, (uint16_t)(100 + i + 4));
        if (rdw)
            monfile_bytes(file, word, sizeof word);
        monfile_record(file, 4, 3, MONFILE_TOD + i, 100 + i);
    }
}

static const struct {
    const char *name;
    size_t field; /* from the record */
    uint8_t value;
    bool foreign; /* no fault: a record of another domain */
} stream_faults[] = {
    {"length", 0, 0xFF, false},  {"length short", 1, 0x15, false}, {"zero field", 2, 0x01, false},
    {"domain", 4, 0x10, true},   {"number", 7, 0x00, false},       {"TOD", 8, 0x40, false},
};

Test(damage, streams)
{
    struct monfile file = {0};
    struct monfile_result result;
    size_t victims[] = {0, 1, 50, 198, 199};
    size_t i;
    size_t j;
    int rdw;

    for (rdw = 0; rdw < 2; rdw++)
        for (i = 0; i < sizeof stream_faults / sizeof stream_faults[0]; i++)
            for (j = 0; j < sizeof victims / sizeof victims[0]; j++) {
                stream(&file, rdw);
                file.data[file.records[victims[j]].offset + stream_faults[i].field] = stream_faults[i].value;
                monfile_read(&result, &file);
                expect_sound(&result, &file, stream_faults[i].name);
                cr_expect_eq(result.container, rdw ? MR_CONTAINER_RDW : MR_CONTAINER_BARE, "%s, record %zu",
                             stream_faults[i].name, victims[j]);
                cr_expect_eq(genuine(&result, &file), 199 + stream_faults[i].foreign, "%s, record %zu: %zu",
                             stream_faults[i].name, victims[j], genuine(&result, &file));
                cr_expect_eq(result.log.code, stream_faults[i].foreign ? 0 : 8, "%s, record %zu",
                             stream_faults[i].name, victims[j]);
                monfile_result_free(&result);
                monfile_free(&file);
            }
}

/* Of the first and the last record of a stream nothing can be said. */
Test(damage, clock_in_a_stream)
{
    static const size_t victims[] = {1, 50, 198};
    struct monfile file = {0};
    struct monfile_result result;
    size_t i;
    int rdw;

    for (rdw = 0; rdw < 2; rdw++)
        for (i = 0; i < sizeof victims / sizeof victims[0]; i++) {
            stream(&file, rdw);
            file.data[file.records[victims[i]].offset + 9] ^= 0x01;
            monfile_read(&result, &file);
            expect_sound(&result, &file, "clock");
            cr_expect_eq(result.count, 199, "record %zu", victims[i]);
            cr_expect_eq(genuine(&result, &file), 199, "record %zu", victims[i]);
            cr_expect_eq(result.log.counts[MR_MSG_TIME_ASTRAY], 1);
            cr_expect_eq(result.log.code, 8);
            monfile_result_free(&result);
            monfile_free(&file);
        }
}

/* One header in the middle of a damaged record is not enough to go on with. */
Test(damage, header_inside_a_damaged_record)
{
    struct monfile file = {0};
    struct monfile_result result;
    int rdw;

    for (rdw = 0; rdw < 2; rdw++) {
        stream(&file, rdw);
        memcpy(file.data + file.records[50].offset + 30 - 4 * rdw, file.data + file.records[10].offset - 4 * rdw,
               20 + 4 * rdw);
        file.data[file.records[50].offset + 7] = 0;
        monfile_read(&result, &file);
        expect_sound(&result, &file, "inside");
        cr_expect_eq(result.count, 199);
        cr_expect_eq(genuine(&result, &file), 199);
        monfile_result_free(&result);
        monfile_free(&file);
    }
}

Test(damage, streams_cut)
{
    struct monfile file = {0};
    struct monfile_result result;
    size_t cuts[] = {1, 19, 20, 100, 298};
    size_t i;
    int rdw;

    for (rdw = 0; rdw < 2; rdw++)
        for (i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
            stream(&file, rdw);
            file.length -= cuts[i];
            monfile_read(&result, &file);
            expect_sound(&result, &file, "cut");
            cr_expect_eq(genuine(&result, &file), 199, "cut by %zu", cuts[i]);
            cr_expect_eq(result.log.counts[MR_MSG_CUT_RECORD], 1, "cut by %zu", cuts[i]);
            cr_expect_eq(result.log.code, 8);
            monfile_result_free(&result);
            monfile_free(&file);
        }
}

static void capture(struct monfile *file)
{
    uint32_t i;

    for (i = 0; i < 5; i++) {
        struct monfile data = {0};
        struct monfile_frames frames = {START + i * 0x10000, MONFILE_TOD, 30, 300, true, true};
        size_t bytes = monfile_frames(&data, &frames);
        struct monfile_entry entry = {'S', frames.start, frames.start + (uint32_t)bytes - 1};

        monfile_element(file, &entry);
        monfile_append(file, &data);
        monfile_free(&data);
    }
}

#define CAPTURE_SET (12 + 2 * BLOCK + LAST_FRAME)

static const struct {
    const char *name;
    size_t offset;
    uint32_t value;
    size_t bytes;
    size_t lost;
} capture_faults[] = {
    {"element type", CAPTURE_SET, 0, 1, SET_RECORDS},
    {"element domains", CAPTURE_SET + 1, 0, 1, SET_RECORDS},
    {"element start", CAPTURE_SET + 4, 0xFF, 1, SET_RECORDS},
    {"element end two pages higher", CAPTURE_SET + 8, START + 0x10000 + 4 * BLOCK + LAST_FRAME - 1, 4, 0},
    {"record length", CAPTURE_SET + 12 + 5 * 300, 0, 2, 9},
    {"the first element", 0, 0, 1, SET_RECORDS},
};

Test(damage, monreader)
{
    struct monfile file = {0};
    struct monfile_result result;
    size_t i;
    size_t n;

    for (i = 0; i < sizeof capture_faults / sizeof capture_faults[0]; i++) {
        capture(&file);
        for (n = 0; n < capture_faults[i].bytes; n++)
            file.data[capture_faults[i].offset + n] =
                (uint8_t)(capture_faults[i].value >> 8 * (capture_faults[i].bytes - 1 - n));
        monfile_read(&result, &file);
        expect_sound(&result, &file, capture_faults[i].name);
        cr_expect_eq(result.container, MR_CONTAINER_MONREADER, "%s", capture_faults[i].name);
        cr_expect_eq(genuine(&result, &file), 5 * SET_RECORDS - capture_faults[i].lost, "%s: %zu",
                     capture_faults[i].name, genuine(&result, &file));
        cr_expect_eq(result.log.code, 8, "%s", capture_faults[i].name);
        monfile_result_free(&result);
        monfile_free(&file);
    }
    capture(&file);
    file.length -= 700;
    monfile_read(&result, &file);
    expect_sound(&result, &file, "cut");
    cr_expect_eq(genuine(&result, &file), 5 * SET_RECORDS - 4);
    cr_expect_eq(result.log.counts[MR_MSG_MISSING_FRAMES], 1);
    monfile_result_free(&result);
    monfile_free(&file);
}

/* Bad frames in great number: the list of damage ends, the counts do not. */
Test(damage, more_than_is_remembered)
{
    struct monfile_frames frames = {START, MONFILE_TOD, 20000, 300, true, false};
    struct monfile file = {0};
    struct monfile_result result;
    size_t frame;

    monfile_set(&file, &frames);
    for (frame = 1; frame < file.length / BLOCK; frame++)
        file.data[frame * BLOCK + 300 + 7] = 0;
    monfile_read(&result, &file);
    cr_expect(result.adds_up);
    cr_expect_eq(result.damage_count, MR_DAMAGE_MAX);
    cr_expect_eq(result.counts.damage_count, file.length / BLOCK - 1);
    cr_expect_eq(result.count, file.length / BLOCK - 1);
    monfile_result_free(&result);
    monfile_free(&file);
}

/*
 * 1 % random bytes in every form: no crash, no hang, and the account adds up.  The seed is in each failure, and
 * MR_TEST_SEED repeats it.
 */
Test(damage, random_bytes)
{
    struct monfile forms[6] = {{0}};
    struct monfile_result result;
    unsigned seed = (unsigned)time(NULL);
    const char *given = getenv("MR_TEST_SEED");
    size_t round;
    size_t form;
    size_t n;

    if (given != NULL)
        seed = (unsigned)strtoul(given, NULL, 10);
    cr_log_info("seed %u", seed);
    srand(seed);
    base_file(&forms[0], true);
    base_file(&forms[1], false);
    monfile_remove(&forms[1], 0, BLOCK);
    stream(&forms[2], false);
    stream(&forms[3], true);
    capture(&forms[4]);
    base_file(&forms[5], true);
    base_file(&forms[5], true);
    for (round = 0; round < 300; round++) {
        for (form = 0; form < 6; form++) {
            struct monfile file = {0};
            size_t percent = 1 + (round % 10 == 0) * 20;
            char name[80];

            snprintf(name, sizeof name, "seed %u, round %zu, form %zu", seed, round, form);
            monfile_bytes(&file, forms[form].data, forms[form].length);
            for (n = file.length * percent / 100; n > 0; n--)
                file.data[(size_t)rand() % file.length] = (uint8_t)rand();
            if (round % 3 == 0)
                monfile_remove(&file, (size_t)rand() % (file.length - 5000), (size_t)rand() % 5000);
            monfile_read(&result, &file);
            if (result.opened == MR_OK)
                expect_sound(&result, &file, name);
            monfile_result_free(&result);
            monfile_free(&file);
        }
    }
    for (form = 0; form < 6; form++)
        monfile_free(&forms[form]);
}

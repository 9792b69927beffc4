/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "tests/unit/monfile.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define START 0x0B001000u

static void put(struct monfile *file, size_t offset, const char *words)
{
    unsigned word;
    int used;

    while (sscanf(words, "%8x%n", &word, &used) == 1) {
        mr_put_be32(file->data + offset, word);
        words += used;
        offset += 4;
    }
}

/* Reads the file and expects all of its records, in order, and nothing lost. */
static void expect_all(struct monfile_result *result, const struct monfile *file, const char *name)
{
    size_t i;

    monfile_read(result, file);
    cr_assert_eq(result->opened, MR_OK, "%s", name);
    cr_expect_eq(result->status, MR_EOF, "%s", name);
    cr_expect(result->adds_up, "%s: the account", name);
    cr_expect(result->same_bytes, "%s", name);
    cr_expect_eq(result->counts.bytes, file->length, "%s", name);
    cr_expect_eq(result->counts.damaged, 0, "%s: %llu bytes damaged", name,
                 (unsigned long long)result->counts.damaged);
    cr_assert_eq(result->count, file->count, "%s: %zu records, not %zu", name, result->count, file->count);
    for (i = 0; i < file->count; i++) {
        cr_expect_eq(result->records[i].offset, file->records[i].offset, "%s, record %zu", name, i);
        cr_expect_eq(result->records[i].length, file->records[i].length, "%s, record %zu", name, i);
        cr_expect_eq(result->records[i].domain, file->records[i].domain, "%s, record %zu", name, i);
        cr_expect_eq(result->records[i].number, file->records[i].number, "%s, record %zu", name, i);
        cr_expect_eq(result->records[i].tod, file->records[i].tod, "%s, record %zu", name, i);
        cr_expect_not(result->records[i].after_damage, "%s, record %zu", name, i);
    }
    monfile_result_free(result);
}

/* The worked example of the format description, section 6, byte for byte. */
Test(container, worked_example)
{
    struct monfile file = {0};
    struct monfile_result result;
    static const struct {
        uint16_t domain, number;
        uint32_t length;
        uint64_t offset;
    } expected[] = {{1, 9, 36, 0x1000}, {1, 13, 20, 0x1024}, {1, 11, 20, 0x2000}};
    size_t i;

    monfile_fill(&file, 0, 0x1000);
    monfile_fill(&file, 0xAA, 0x2000);
    monfile_fill(&file, 0, 0x1000);
    put(&file, 0x00, "00018009 0000002A E2C30000 0B000000 0B00000B");
    put(&file, 0x28, "E2400000 0B001000 0B002013");
    put(&file, 0x1000, "00240000 01000009 DECBF845 04400000 00000000 0000003C 000000C8 DE00DE00 003C0000");
    put(&file, 0x1024, "00140000 0100000D DECBF845 04400000 00000000");
    put(&file, 0x2000, "00140000 0100000B DECBF845 04400000 00000000");
    monfile_read(&result, &file);
    cr_assert_eq(result.opened, MR_OK);
    cr_expect_eq(result.container, MR_CONTAINER_NATIVE);
    cr_assert_eq(result.count, 3);
    for (i = 0; i < 3; i++) {
        cr_expect_eq(result.records[i].domain, expected[i].domain);
        cr_expect_eq(result.records[i].number, expected[i].number);
        cr_expect_eq(result.records[i].length, expected[i].length);
        cr_expect_eq(result.records[i].offset, expected[i].offset);
        cr_expect_eq(result.records[i].tod, UINT64_C(0xDECBF84504400000));
        cr_expect_eq(result.records[i].kind, 'S');
    }
    cr_expect_eq(result.counts.bytes, 16384);
    cr_expect_eq(result.counts.control, 4096);
    cr_expect_eq(result.counts.records, 76);
    cr_expect_eq(result.counts.leftover, 8192 - 76);
    cr_expect_eq(result.counts.end_data, 4096);
    cr_expect_eq(result.counts.damaged, 0);
    cr_expect_eq(result.counts.frame_count, 2);
    cr_expect_eq(result.counts.control_count, 1);
    cr_expect_eq(result.log.code, 0);
    monfile_result_free(&result);
    monfile_free(&file);
}

static void three_sets(struct monfile *file, size_t n, size_t length, bool stale)
{
    uint32_t i;

    for (i = 0; i < 3; i++) {
        struct monfile_frames frames = {START + i * 0x100000, MONFILE_TOD + i * MONFILE_MINUTE, n, length, true,
                                        stale};

        monfile_set(file, &frames);
    }
}

/* Record sizes and numbers that end frames in all sorts of places. */
static const struct {
    const char *name;
    size_t n;
    size_t length;
    bool stale;
} shapes[] = {
    {"one record", 1, 100, false},
    {"only 1/11", 0, 20, false},
    {"headers only", 500, 20, false},
    {"three frames", 30, 300, false},
    {"leftovers that look like records", 30, 300, true},
    {"one record fills each frame", 5, 4076, false},
    {"1/11 alone in the last frame", 1, 4060, false},
    {"frames full to the last byte", 15, 1019, true},
    {"many frames", 4000, 228, true},
};

Test(container, native_shapes)
{
    struct monfile file = {0};
    struct monfile_result result;
    size_t i;

    for (i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        three_sets(&file, shapes[i].n, shapes[i].length, shapes[i].stale);
        monfile_fill(&file, 0, MONFILE_BLOCK);
        expect_all(&result, &file, shapes[i].name);
        cr_expect_eq(result.container, MR_CONTAINER_NATIVE, "%s", shapes[i].name);
        cr_expect_eq(result.log.code, 0, "%s", shapes[i].name);
        cr_expect_eq(result.counts.control, 3 * MONFILE_BLOCK, "%s", shapes[i].name);
        cr_expect_eq(result.counts.end_data, MONFILE_BLOCK, "%s", shapes[i].name);
        cr_expect_eq(result.log.counts[MR_MSG_NO_END_RECORD], 0, "%s", shapes[i].name);
        monfile_free(&file);
    }
}

Test(container, event_data_has_no_last_record)
{
    struct monfile file = {0};
    struct monfile data = {0};
    struct monfile_frames frames = {START, MONFILE_TOD, 30, 300, false, true};
    size_t bytes = monfile_frames(&data, &frames);
    struct monfile_entry entry = {'E', START, START + (uint32_t)bytes - 1};
    struct monfile_result result;

    monfile_control(&file, &entry, 1);
    monfile_append(&file, &data);
    while (file.length % MONFILE_BLOCK + 300 <= MONFILE_BLOCK && file.length % MONFILE_BLOCK != 0)
        monfile_stale(&file, 4, 3, MONFILE_TOD - MONFILE_MINUTE, 300);
    monfile_pad(&file, 0xAA);
    monfile_fill(&file, 0, MONFILE_BLOCK);
    expect_all(&result, &file, "event data");
    cr_expect_eq(result.log.code, 0);
    monfile_free(&data);
    monfile_free(&file);
}

Test(container, end_of_data_records)
{
    struct monfile file = {0};
    struct monfile_result result;

    three_sets(&file, 30, 300, true);
    expect_all(&result, &file, "no end-of-data record");
    cr_expect_eq(result.log.counts[MR_MSG_NO_END_RECORD], 1);
    cr_expect_eq(result.log.code, 0);
    monfile_fill(&file, 0, 3 * MONFILE_BLOCK);
    expect_all(&result, &file, "several end-of-data records");
    cr_expect_eq(result.log.counts[MR_MSG_NO_END_RECORD], 0);
    cr_expect_eq(result.log.counts[MR_MSG_JOINED_FILE], 0);
    cr_expect_eq(result.log.code, 0);
    three_sets(&file, 10, 100, true);
    monfile_fill(&file, 0, MONFILE_BLOCK);
    expect_all(&result, &file, "joined files");
    cr_expect_eq(result.log.counts[MR_MSG_JOINED_FILE], 1);
    cr_expect_eq(result.log.code, 0);
    monfile_fill(&file, 0xC1, MONFILE_BLOCK);
    expect_all(&result, &file, "a last block of something else");
    cr_expect_eq(result.log.counts[MR_MSG_END_RECORD_ODD], 1);
    cr_expect_eq(result.log.code, 4);
    monfile_free(&file);
}

/* Several entries of one control record; each begins a block. */
static void many_entries(struct monfile *file, size_t n, size_t records)
{
    struct monfile_entry entries[338];
    struct monfile data = {0};
    size_t i;

    for (i = 0; i < n; i++) {
        struct monfile_frames frames = {START + (uint32_t)i * 0x10000, MONFILE_TOD, records, 300, false, true};
        size_t bytes = monfile_frames(&data, &frames);

        entries[i] = (struct monfile_entry){i % 2 ? 'S' : 'E', frames.start, frames.start + (uint32_t)bytes - 1};
        monfile_pad(&data, 0xAA);
    }
    monfile_control(file, entries, n);
    monfile_append(file, &data);
    monfile_free(&data);
}

Test(container, many_entries)
{
    static const size_t counts[] = {2, 3, 337, 338};
    struct monfile file = {0};
    struct monfile_result result;
    size_t i;

    for (i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        many_entries(&file, counts[i], 20);
        monfile_fill(&file, 0, MONFILE_BLOCK);
        expect_all(&result, &file, "entries");
        cr_expect_eq(result.log.code, 0, "%zu entries", counts[i]);
        cr_expect_eq(result.counts.control_count, 1);
        monfile_free(&file);
    }
}

Test(container, kind_of_entry)
{
    struct monfile file = {0};
    struct monfile_result result;

    many_entries(&file, 2, 1);
    monfile_fill(&file, 0, MONFILE_BLOCK);
    monfile_read(&result, &file);
    cr_assert_eq(result.count, 2);
    cr_expect_eq(result.records[0].kind, 'E');
    cr_expect_eq(result.records[1].kind, 'S');
    monfile_result_free(&result);
    monfile_free(&file);
}

/* Start and end equal: no room for a record, with and without a block of data in the file. */
Test(container, one_byte_of_data)
{
    struct monfile_entry entry = {'E', START, START};
    struct monfile file = {0};
    struct monfile_result result;
    int with_block;

    for (with_block = 0; with_block < 2; with_block++) {
        three_sets(&file, 30, 300, true);
        monfile_control(&file, &entry, 1);
        if (with_block)
            monfile_fill(&file, 0xAA, MONFILE_BLOCK);
        three_sets(&file, 30, 300, true);
        monfile_fill(&file, 0, MONFILE_BLOCK);
        expect_all(&result, &file, with_block ? "a block of data" : "no block of data");
        cr_expect_eq(result.log.counts[MR_MSG_BAD_ENTRY], 1);
        cr_expect_eq(result.log.code, 4);
        monfile_free(&file);
    }
}

/*
 * Data that does not start on a page (format description, section 2.3): whole pages written, with what the page held
 * before in front, or moved to the front of the block.
 */
static void unaligned_set(struct monfile *file, uint32_t start, size_t n, bool whole, uint8_t before)
{
    struct monfile data = {0};
    struct monfile_frames frames = {start, MONFILE_TOD, n, 300, true, true};
    size_t bytes = monfile_frames(&data, &frames);
    struct monfile_entry entry = {'S', start, start + (uint32_t)bytes - 1};
    size_t lead = start % MONFILE_BLOCK;

    monfile_control(file, &entry, 1);
    if (whole && before == 0) {
        while (lead % 300 != 0)
            monfile_stale(file, 1, 1, MONFILE_TOD - MONFILE_MINUTE, 20), lead -= 20;
        for (; lead > 0; lead -= 300)
            monfile_stale(file, 4, 3, MONFILE_TOD - MONFILE_MINUTE, 300);
    } else if (whole) {
        monfile_fill(file, before, lead);
    }
    monfile_append(file, &data);
    monfile_pad(file, 0xAA);
    monfile_free(&data);
}

static const struct {
    const char *name;
    uint32_t start;
    size_t n;
    bool whole;
    uint8_t before; /* 0: valid older records */
} unaligned[] = {
    {"moved, one frame", START + 1200, 3, false, 0xAA},
    {"moved, several frames", START + 1200, 60, false, 0xAA},
    {"moved, one block less", START + 4000, 3, false, 0xAA},
    {"moved, 4 bytes", START + 4, 30, false, 0xAA},
    {"whole pages, one frame", START + 1200, 3, true, 0xAA},
    {"whole pages, several frames", START + 1200, 60, true, 0xAA},
    {"whole pages, behind valid records", START + 1200, 60, true, 0},
    {"whole pages, one frame behind valid records", START + 920, 3, true, 0},
    {"whole pages, 36 bytes of the first", START + 4060, 30, true, 0xAA},
};

Test(container, unaligned_starts)
{
    struct monfile file = {0};
    struct monfile_result result;
    size_t i;

    for (i = 0; i < sizeof unaligned / sizeof unaligned[0]; i++) {
        three_sets(&file, 30, 300, true);
        unaligned_set(&file, unaligned[i].start, unaligned[i].n, unaligned[i].whole, unaligned[i].before);
        three_sets(&file, 30, 300, true);
        unaligned_set(&file, unaligned[i].start, unaligned[i].n, unaligned[i].whole, unaligned[i].before);
        monfile_fill(&file, 0, MONFILE_BLOCK);
        expect_all(&result, &file, unaligned[i].name);
        cr_expect_eq(result.log.counts[MR_MSG_UNALIGNED_START], 2, "%s", unaligned[i].name);
        cr_expect_eq(result.log.code, 4, "%s", unaligned[i].name);
        monfile_free(&file);
    }
}

/* Entries whose data follow each other without new blocks. */
Test(container, packed_entries)
{
    struct monfile file = {0};
    struct monfile data = {0};
    struct monfile_result result;
    struct monfile_entry entries[3];
    uint32_t start = START;
    size_t i;

    for (i = 0; i < 3; i++) {
        struct monfile_frames frames = {start, MONFILE_TOD, 4, 300, false, false};
        uint32_t bytes = (uint32_t)monfile_frames(&data, &frames);

        entries[i] = (struct monfile_entry){'E', start, start + bytes - 1};
        start += bytes;
    }
    three_sets(&file, 30, 300, true);
    monfile_control(&file, entries, 3);
    monfile_append(&file, &data);
    monfile_pad(&file, 0xAA);
    three_sets(&file, 30, 300, true);
    monfile_fill(&file, 0, MONFILE_BLOCK);
    expect_all(&result, &file, "packed entries");
    cr_expect_eq(result.log.counts[MR_MSG_UNALIGNED_START], 2);
    monfile_free(&data);
    monfile_free(&file);
}

/* Bare records and the form with RDW, of sizes that frames cannot hold. */
static void stream(struct monfile *file, bool rdw, size_t n)
{
    static const size_t lengths[] = {20, 21, 300, 64, 4096, 8188, 36, 4060};
    uint8_t word[4] = {0};
    size_t length;
    size_t i;

    for (i = 0; i < n; i++) {
        length = lengths[i % 8];
        mr_put_be16(word, (uint16_t)(length + 4));
        if (rdw)
            monfile_bytes(file, word, sizeof word);
        monfile_record(file, (unsigned)(i % 11), (unsigned)(1 + i % 20), MONFILE_TOD + i * MONFILE_MINUTE, length);
    }
}

Test(container, record_streams)
{
    static const size_t counts[] = {1, 2, 3, 100};
    struct monfile file = {0};
    struct monfile_result result;
    size_t i;
    int rdw;

    for (rdw = 0; rdw < 2; rdw++) {
        for (i = 0; i < 4; i++) {
            stream(&file, rdw, counts[i]);
            expect_all(&result, &file, rdw ? "RDW" : "bare");
            cr_expect_eq(result.container, rdw ? MR_CONTAINER_RDW : MR_CONTAINER_BARE, "%zu records", counts[i]);
            cr_expect_eq(result.counts.control, rdw ? 4 * counts[i] : 0);
            cr_expect_eq(result.log.code, 0);
            monfile_fill(&file, 0, 50);
            expect_all(&result, &file, "filled up with zeros");
            cr_expect_eq(result.counts.leftover, 50);
            monfile_free(&file);
        }
    }
}

/* Bare records whose sizes divide 4096 never cross a block, like frames. */
Test(container, bare_records_in_step_with_blocks)
{
    struct monfile file = {0};
    struct monfile_result result;
    size_t i;

    for (i = 0; i < 1000; i++)
        monfile_record(&file, 4, 3, MONFILE_TOD, 128);
    expect_all(&result, &file, "128 bytes each");
    cr_expect_eq(result.container, MR_CONTAINER_BARE);
    monfile_free(&file);
}

Test(container, monreader_capture)
{
    struct monfile file = {0};
    struct monfile_result result;
    uint32_t i;

    for (i = 0; i < 20; i++) {
        struct monfile data = {0};
        struct monfile_frames frames = {START + i * 0x10000 + (i % 3) * 700, MONFILE_TOD, 5 * i, 300, true, true};
        size_t bytes = monfile_frames(&data, &frames);
        struct monfile_entry entry = {i % 2 ? 'S' : 'E', frames.start, frames.start + (uint32_t)bytes - 1};

        monfile_element(&file, &entry);
        monfile_append(&file, &data);
        monfile_free(&data);
    }
    expect_all(&result, &file, "monreader");
    cr_expect_eq(result.container, MR_CONTAINER_MONREADER);
    cr_expect_eq(result.counts.control, 20 * 12);
    cr_expect_eq(result.counts.control_count, 20);
    cr_expect_eq(result.log.code, 0);
    monfile_free(&file);
}

/* Inputs that are something else, each with the message that names it. */
static const struct {
    const char *name;
    uint8_t bytes[16];
    size_t n;
    size_t zeros;
    enum mr_message_id message;
} foreign[] = {
    {"nothing", {0}, 0, 0, MR_MSG_INPUT_EMPTY},
    {"one byte", {0x00}, 1, 0, MR_MSG_NOT_MONWRITE},
    {"zeros", {0}, 0, 8192, MR_MSG_NOT_MONWRITE},
    {"a ZIP file", {0x50, 0x4B, 0x03, 0x04, 0x14}, 5, 4091, MR_MSG_NOT_MONWRITE},
    {"VMARC", {0x7A, 0xC3, 0xC6, 0xC6, 0x40, 0x40, 0x40, 0x40}, 8, 72, MR_MSG_VMARC_FILE},
    {"VMARC in ASCII", {':', 'C', 'F', 'F', ' ', ' ', ' ', ' '}, 8, 72, MR_MSG_VMARC_FILE},
    {"TERSE SPACK", {0x05, 0x00, 0x10, 0x00, 0, 0, 0, 0, 0, 0, 0x10, 0x00}, 12, 1012, MR_MSG_TERSE_FILE},
    {"TERSE PACK", {0x02, 0x01, 0x10, 0x00, 0, 0, 0, 0, 0, 0, 0, 0}, 12, 1012, MR_MSG_TERSE_FILE},
    {"TERSE of MVS", {0x02, 0x00, 0x10, 0x00, 0x04, 0x10, 0x40, 0x00, 0, 0, 0, 0}, 12, 1012, MR_MSG_TERSE_FILE},
    {"TERSE native", {0x01, 0x89, 0x69, 0xA5, 0x10, 0x00}, 6, 1018, MR_MSG_TERSE_FILE},
    {"CMS packed", {0x00, 0x01, 0x40, 0xC6, 0x00, 0x00, 0x10, 0x00}, 8, 1016, MR_MSG_CMS_PACKED},
};

Test(container, foreign_inputs)
{
    struct monfile file = {0};
    struct monfile_result result;
    size_t i;

    for (i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        monfile_bytes(&file, foreign[i].bytes, foreign[i].n);
        monfile_fill(&file, 0, foreign[i].zeros);
        monfile_read(&result, &file);
        cr_expect_eq(result.opened, MR_FATAL, "%s", foreign[i].name);
        cr_expect_eq(result.log.counts[foreign[i].message], 1, "%s", foreign[i].name);
        cr_expect_eq(result.log.code, 12, "%s", foreign[i].name);
        monfile_free(&file);
    }
}

/* A file translated from EBCDIC to ISO 8859-1 by code page 1047, for the bytes that matter. */
Test(container, text_transfer)
{
    static const uint8_t from[] = {0xE2, 0xC5, 0xC3, 0x09, 0x80, 0x2A, 0x0B, 0x48, 0xDE, 0xCB};
    static const uint8_t to[] = {0x53, 0x45, 0x43, 0x8D, 0xD8, 0x8A, 0x0B, 0xE7, 0xFA, 0xF4};
    struct monfile file = {0};
    struct monfile_result result;
    const uint8_t *hit;
    size_t i;

    three_sets(&file, 30, 300, true);
    for (i = 0; i < file.length; i++) {
        hit = memchr(from, file.data[i], sizeof from);
        if (hit != NULL)
            file.data[i] = to[hit - from];
    }
    monfile_read(&result, &file);
    cr_expect_eq(result.opened, MR_FATAL);
    cr_expect_eq(result.log.counts[MR_MSG_TEXT_TRANSFER], 1);
    monfile_free(&file);
}

Test(container, names)
{
    cr_expect_str_eq(mr_container_name(MR_CONTAINER_UNKNOWN), "unknown");
    cr_expect_str_eq(mr_container_name(MR_CONTAINER_NATIVE), "native");
    cr_expect_str_eq(mr_container_name(MR_CONTAINER_MONREADER), "monreader");
}

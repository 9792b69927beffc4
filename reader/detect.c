/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "reader/container.h"

#include <string.h>

/*
 * What an input is, told by its first bytes (at most MR_SOURCE_PEEK_MAX of them) and never by its name.  First what
 * begins as it should, then what is known to be something else, then what was cut or damaged at its front.
 */
#define BLOCKS_MIN 2

struct form_test {
    bool (*test)(const uint8_t *data, size_t got);
    const struct mr_form *form;
};

struct foreign_test {
    bool (*test)(const uint8_t *data, size_t got);
    enum mr_message_id message;
};

static bool is_native(const uint8_t *data, size_t got)
{
    return mr_control_due(data, got);
}

/*
 * The descriptor words of a bare record and of a record behind an RDW exclude each other: the second would have to be
 * record number 0 of the first, which does not exist.
 */
static bool is_rdw(const uint8_t *data, size_t got)
{
    struct mr_record record;

    return mr_record_there(data, got, MR_ROOM_UNKNOWN, MR_RDW_BYTES, &record) ||
           mr_block_there(data, got, MR_RDW_BYTES) ||
           mr_foreign_there(data, got, MR_ROOM_UNKNOWN, MR_RDW_BYTES, 0, &record);
}

static bool is_blocks(const uint8_t *data, size_t got)
{
    return mr_block_there(data, got, 0);
}

static bool is_monreader(const uint8_t *data, size_t got)
{
    return mr_form_monreader.find(data, 1, got) == 0;
}

static bool step(const uint8_t *data, size_t got, struct mr_record *record)
{
    return mr_record_header(data, got, record) == MR_OK ||
           mr_foreign_there(data, got, MR_ROOM_UNKNOWN, 0, 0, record);
}

/* Records one behind the other until one of them crosses a border of 4 KB: frames never do that. */
static bool crosses_block(const uint8_t *data, size_t got)
{
    struct mr_record record;
    size_t at = 0;

    while (step(data + at, got - at, &record)) {
        if (at / MR_BLOCK_BYTES != (at + record.length - 1) / MR_BLOCK_BYTES)
            return true;
        at += record.length;
    }
    return false;
}

static bool has_end_of_frame(const uint8_t *data, size_t got)
{
    struct mr_record record;

    while (step(data, got, &record)) {
        if (record.domain == 1 && record.number == MR_END_OF_FRAME)
            return true;
        data += record.length;
        got -= record.length;
    }
    return false;
}

/* A native file that was cut at its front begins with frames; bare records look the same for a while. */
static bool is_frames(const uint8_t *data, size_t got)
{
    if (!mr_header_there(data, got) || crosses_block(data, got))
        return false;
    return has_end_of_frame(data, got) && got > MR_BLOCK_BYTES &&
           mr_header_there(data + MR_BLOCK_BYTES, got - MR_BLOCK_BYTES);
}

static bool holds_control(const uint8_t *data, size_t got)
{
    return mr_form_native.find(data, got, got) < got;
}

static bool is_bare(const uint8_t *data, size_t got)
{
    return mr_header_there(data, got);
}

/* Frames at one and the same place of most blocks, wherever the file was cut. */
static bool holds_frames(const uint8_t *data, size_t got)
{
    size_t blocks = got / MR_BLOCK_BYTES;
    struct mr_record record;
    size_t place;
    size_t block;
    size_t headers;

    for (place = 0; blocks > BLOCKS_MIN && place < MR_BLOCK_BYTES; place++) {
        headers = 0;
        for (block = 0; block < blocks; block++)
            if (mr_record_there(data + block * MR_BLOCK_BYTES + place, got - block * MR_BLOCK_BYTES - place,
                                MR_ROOM_UNKNOWN, 0, &record))
                headers++;
        if (headers > BLOCKS_MIN && headers > blocks / 2)
            return true;
    }
    return false;
}

static bool holds_rdw(const uint8_t *data, size_t got)
{
    return mr_form_rdw.find(data, got, got) < got;
}

static bool holds_elements(const uint8_t *data, size_t got)
{
    return mr_form_monreader.find(data, got, got) < got;
}

static bool holds_records(const uint8_t *data, size_t got)
{
    return mr_form_bare.find(data, got, got) < got;
}

/* VMARC: each file begins with ":CFF" and four blanks, in EBCDIC as it is written, in ASCII after translation. */
static bool is_vmarc(const uint8_t *data, size_t got)
{
    static const uint8_t ebcdic[] = {0x7A, 0xC3, 0xC6, 0xC6, 0x40, 0x40, 0x40, 0x40};

    return got >= sizeof ebcdic && (memcmp(data, ebcdic, sizeof ebcdic) == 0 || memcmp(data, ":CFF    ", 8) == 0);
}

/*
 * TERSE: X'01' or X'07' and a fixed mark, or the 12-byte header of the host's PACK and SPACK: version 2 or 5, record
 * format 0 or 1, record length (2), flags, ratio, block size (2), record length again (4).  The record lengths agree
 * where both are given; without the MVS flag the next four bytes are zero.
 */
static bool is_terse(const uint8_t *data, size_t got)
{
    static const uint8_t mark[] = {0x89, 0x69, 0xA5};
    uint32_t first;
    uint32_t second;

    if (got < 12)
        return false;
    if ((data[0] == 0x01 || data[0] == 0x07) && memcmp(data + 1, mark, sizeof mark) == 0)
        return true;
    first = mr_be16(data + 2);
    second = mr_be32(data + 8);
    if ((data[0] != 0x02 && data[0] != 0x05) || data[1] > 1 || (first == 0 && second == 0) || second > UINT16_MAX)
        return false;
    if (first != 0 && second != 0 && first != second)
        return false;
    return (data[4] & 0x04) != 0 || mr_be32(data + 4) == 0;
}

/*
 * CMS COPYFILE PACK.  Its format is not published; the packed form of ISPF is said to be nearly the same and begins
 * X'00', X'01', the fill character (a blank), the record format F or V and the record length.  This test takes any
 * second byte, wants the CMS record size of 1024 bytes where the file is long enough to tell, and is made only
 * when nothing else fits.
 */
static bool is_packed(const uint8_t *data, size_t got)
{
    uint32_t length;

    if (got < 8 || data[0] != 0 || data[2] != 0x40 || (data[3] != 0xC6 && data[3] != 0xE5))
        return false;
    length = mr_be32(data + 4);
    return length > 0 && length <= UINT16_MAX && (got >= MR_SOURCE_PEEK_MAX || got % 1024 == 0);
}

/*
 * A control record after translation from EBCDIC to ASCII: the letter of its first entry became X'53' or X'45', and
 * the zeros of the reserved field survived (section 7, 12).
 */
static bool is_text_transfer(const uint8_t *data, size_t got)
{
    return got >= MR_CONTROL_TEST_BYTES && (data[MR_CONTROL_AREA] == 'S' || data[MR_CONTROL_AREA] == 'E') &&
           mr_all_zero(data + 20, 12) && !mr_all_zero(data, 20) && !holds_control(data, got);
}

static const struct form_test whole[] = {
    {is_native, &mr_form_native},
    {is_rdw, &mr_form_rdw},
    {is_blocks, &mr_form_bare},
    {is_monreader, &mr_form_monreader},
};

static const struct foreign_test foreign[] = {
    {is_vmarc, MR_MSG_VMARC_FILE},
    {is_text_transfer, MR_MSG_TEXT_TRANSFER},
    {is_terse, MR_MSG_TERSE_FILE},
    {is_packed, MR_MSG_CMS_PACKED},
};

static const struct form_test damaged[] = {
    {holds_control, &mr_form_native},
    {is_frames, &mr_form_native},
    {is_bare, &mr_form_bare},
    {holds_frames, &mr_form_native},
    {holds_rdw, &mr_form_rdw},
    {holds_elements, &mr_form_monreader},
    {holds_records, &mr_form_bare},
};

static const struct mr_form *first_form(const struct form_test *tests, size_t n, const uint8_t *data, size_t got)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (tests[i].test(data, got))
            return tests[i].form;
    return NULL;
}

const struct mr_form *mr_detect(struct mr_reader *reader)
{
    struct mr_place place = mr_here(reader);
    const struct mr_form *form;
    const uint8_t *data;
    size_t got = mr_look(reader, MR_SOURCE_PEEK_MAX, &data);
    size_t i;

    form = first_form(whole, sizeof whole / sizeof whole[0], data, got);
    if (form != NULL)
        return form;
    place.offset = MR_NO_OFFSET;
    for (i = 0; !mr_header_there(data, got) && i < sizeof foreign / sizeof foreign[0]; i++) {
        if (foreign[i].test(data, got)) {
            mr_report(reader->log, foreign[i].message, &place, "%s", "");
            return NULL;
        }
    }
    form = first_form(damaged, sizeof damaged / sizeof damaged[0], data, got);
    if (form == NULL)
        mr_report(reader->log, MR_MSG_NOT_MONWRITE, &place, "%s", "");
    return form;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "reader/container.h"
#include "reader/tod.h"

/*
 * Streams of records: bare, where the first four bytes of a record are its own descriptor word, and RDW, where a
 * descriptor word of the transfer stands in front of that (format description, section 7, 13 and 14).  There are no
 * frames to fall back on: after damage the next run of believable headers counts.  A transfer in blocks leaves the
 * descriptor word of each block in the stream; they have no other meaning here than to be stepped over.
 */
#define RUN_RECORDS 3
#define DAY (UINT64_C(86400) * MR_TOD_SECOND)

static bool same_day(uint64_t a, uint64_t b)
{
    int64_t difference = mr_tod_difference(a, b);

    return difference < (int64_t)DAY && difference > -(int64_t)DAY;
}

/* Records one behind the other, of times that belong together; fewer than a run only where they end the input. */
static bool is_run(const uint8_t *data, size_t got, size_t descriptor)
{
    struct mr_record record;
    uint64_t tod = 0;
    size_t n;

    for (n = 0; n < RUN_RECORDS; n++) {
        if (n > 0 && got == 0)
            return true;
        if (n > 0 && !mr_record_there(data, got, MR_ROOM_UNKNOWN, descriptor, &record) &&
            mr_block_there(data, got, descriptor)) {
            data += MR_BDW_BYTES;
            got -= MR_BDW_BYTES;
        }
        if (!mr_record_there(data, got, MR_ROOM_UNKNOWN, descriptor, &record) &&
            (n == 0 || !mr_foreign_there(data, got, MR_ROOM_UNKNOWN, descriptor, tod, &record)))
            return false;
        if (got < descriptor + record.length || (n > 0 && !same_day(record.tod, tod)))
            return false;
        tod = record.tod;
        data += descriptor + record.length;
        got -= descriptor + record.length;
    }
    return true;
}

static size_t stream_find(const uint8_t *data, size_t places, size_t got, size_t descriptor)
{
    size_t i;

    for (i = 0; i < places && i + descriptor + MR_HEADER_BYTES <= got; i++)
        if (is_run(data + i, got - i, descriptor))
            return i;
    return places;
}

static size_t bare_find(const uint8_t *data, size_t places, size_t got)
{
    return stream_find(data, places, got, 0);
}

static size_t rdw_find(const uint8_t *data, size_t places, size_t got)
{
    return stream_find(data, places, got, MR_RDW_BYTES);
}

static int cut_record(struct mr_reader *reader, size_t got)
{
    struct mr_place place = mr_here(reader);

    mr_report(reader->log, MR_MSG_CUT_RECORD, &place, "%zu bytes", got);
    mr_note_damage(reader, place.offset, got, MR_MSG_CUT_RECORD);
    mr_take(reader, &reader->counts.damaged, got);
    reader->counts.bad_record_count++;
    return mr_end(reader);
}

/* A record that CP wrote, if it is not astray; it is taken from the input in either case. */
static bool take_record(struct mr_reader *reader, const uint8_t *data, size_t got, size_t descriptor,
                        struct mr_record *record)
{
    size_t behind = descriptor + record->length;
    bool astray = mr_astray(reader, record, data + behind, got - behind, descriptor);

    mr_take(reader, &reader->counts.control, descriptor);
    if (astray)
        mr_pass_over(reader, record);
    else
        mr_hand_out(reader, record, 0);
    return !astray;
}

/* A record of another domain; to know it more is looked at than for others. */
static bool take_foreign(struct mr_reader *reader, size_t descriptor, struct mr_record *record)
{
    const uint8_t *data;
    size_t got = mr_look(reader, MR_SOURCE_PEEK_MAX, &data);

    if (!mr_foreign_there(data, got, MR_ROOM_UNKNOWN, descriptor, reader->last_tod, record))
        return false;
    mr_take(reader, &reader->counts.control, descriptor);
    mr_hand_out(reader, record, 0);
    return true;
}

static bool take_block(struct mr_reader *reader, size_t descriptor)
{
    const uint8_t *data;
    size_t got = mr_look(reader, MR_SOURCE_PEEK_MAX, &data);

    if (!mr_block_there(data, got, descriptor))
        return false;
    mr_take(reader, &reader->counts.control, MR_BDW_BYTES);
    return true;
}

/* What looked like an RDW in front of each record so far were the descriptor words of blocks with one record each. */
static bool were_blocks(struct mr_reader *reader)
{
    if (!take_block(reader, 0))
        return false;
    reader->form = &mr_form_bare;
    return true;
}

/* The last block of a transfer may have a fixed length (32 KB at most); it is filled up with zeros. */
static bool take_fill(struct mr_reader *reader)
{
    const uint8_t *data;
    size_t got = mr_look(reader, MR_SOURCE_PEEK_MAX, &data);

    if (got == MR_SOURCE_PEEK_MAX || !mr_all_zero(data, got))
        return false;
    mr_take(reader, &reader->counts.leftover, got);
    return true;
}

static int stream_next(struct mr_reader *reader, struct mr_record *record, size_t descriptor)
{
    size_t want = descriptor + MR_RECORD_MAX;
    const uint8_t *data;
    size_t got;
    bool there;

    for (;;) {
        got = mr_look(reader, want + MR_FIND_BYTES, &data);
        if (got == 0)
            return mr_end(reader);
        there = mr_record_there(data, got, MR_ROOM_UNKNOWN, descriptor, record);
        if (!there && take_block(reader, descriptor))
            continue;
        if (!there || mr_is_foreign(record)) {
            if (take_foreign(reader, descriptor, record))
                return MR_OK;
            if (!there && descriptor > 0 && were_blocks(reader)) {
                descriptor = 0;
                continue;
            }
            got = mr_look(reader, want + MR_FIND_BYTES, &data);
            there = mr_record_there(data, got, MR_ROOM_UNKNOWN, descriptor, record);
        }
        if (there) {
            if (got < descriptor + record->length)
                return cut_record(reader, got);
            if (take_record(reader, data, got, descriptor, record))
                return MR_OK;
            continue;
        }
        if (take_fill(reader))
            return mr_end(reader);
        got = mr_look(reader, want + MR_FIND_BYTES, &data);
        if (got < want && mr_cut_there(data, got, descriptor))
            return cut_record(reader, got);
        mr_resync(reader, MR_MSG_SKIPPED_STREAM, 0);
        reader->counts.bad_record_count++;
    }
}

static int bare_next(struct mr_reader *reader, struct mr_record *record)
{
    return stream_next(reader, record, 0);
}

static int rdw_next(struct mr_reader *reader, struct mr_record *record)
{
    return stream_next(reader, record, MR_RDW_BYTES);
}

const struct mr_form mr_form_bare = {
    .container = MR_CONTAINER_BARE,
    .name = "bare records",
    .next = bare_next,
    .find = bare_find,
};

const struct mr_form mr_form_rdw = {
    .container = MR_CONTAINER_RDW,
    .name = "variable records with RDW",
    .next = rdw_next,
    .find = rdw_find,
};

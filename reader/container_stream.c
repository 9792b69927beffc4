/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "reader/container.h"
#include "reader/tod.h"

/*
 * Streams of records: bare, where the first four bytes of a record are its own descriptor word, and RDW, where a
 * descriptor word of the transfer stands in front of that (format description, section 7, 13 and 14).  There are no
 * blocks to fall back on: after damage the next run of believable headers counts.
 */
#define RUN_RECORDS 3
#define DAY (UINT64_C(86400) * MR_TOD_SECOND)

/* A record at data with descriptor bytes in front of it, which have to agree with its length. */
static bool stream_header(const uint8_t *data, size_t got, size_t descriptor, struct mr_record *record)
{
    if (got < descriptor + MR_HEADER_BYTES)
        return false;
    if (mr_record_header(data + descriptor, MR_RECORD_MAX, record) != MR_OK)
        return false;
    return descriptor == 0 || (mr_be16(data) == record->length + descriptor && mr_be16(data + 2) == 0);
}

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
        if (!stream_header(data, got, descriptor, &record) || got < descriptor + record.length)
            return false;
        if (n > 0 && !same_day(record.tod, tod))
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

static int stream_next(struct mr_reader *reader, struct mr_record *record, size_t descriptor)
{
    size_t want = descriptor + MR_RECORD_MAX;
    size_t behind;
    const uint8_t *data;
    size_t got;
    bool astray;

    for (;;) {
        got = mr_look(reader, want + MR_FIND_BYTES, &data);
        if (got == 0)
            return mr_end(reader);
        if (stream_header(data, got, descriptor, record)) {
            if (got < descriptor + record->length)
                return cut_record(reader, got);
            behind = descriptor + record->length;
            astray = mr_astray(reader, record, data + behind, got - behind, descriptor);
            mr_take(reader, &reader->counts.control, descriptor);
            if (astray) {
                mr_pass_over(reader, record);
                continue;
            }
            mr_hand_out(reader, record, 0);
            return MR_OK;
        }
        if (got < want && mr_all_zero(data, got)) {
            /* Fixed-length blocks of a transfer are filled up with zeros. */
            mr_take(reader, &reader->counts.leftover, got);
            return mr_end(reader);
        }
        if (got < descriptor + MR_HEADER_BYTES)
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

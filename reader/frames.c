/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "reader/container.h"

#include <string.h>

/*
 * Frames are pages of the monitor's segment: their borders are those of the address, not of the file (format
 * description, section 3).  A record never crosses a border; what follows 1/13 up to the border is left over from
 * older use of the page and must not be decoded.
 */

/* Bytes up to the border of the frame or the end of the data, whichever comes first. */
static size_t room_in_frame(uint64_t address, uint64_t end)
{
    uint64_t border = address | (MR_BLOCK_BYTES - 1);

    return (size_t)((border < end ? border : end) - address + 1);
}

static bool ends_frame(const struct mr_record *record)
{
    return record->domain == 1 && record->number == MR_END_OF_FRAME;
}

bool mr_entry_begins(const uint8_t *data, size_t got, const struct mr_entry *entry)
{
    size_t all = (size_t)(entry->end - entry->start + 1);
    size_t frame = room_in_frame(entry->start, entry->end);
    struct mr_record record;

    return mr_record_there(data, got, all, 0, &record) ||
           mr_foreign_there(data, got < frame ? got : frame, frame, 0, 0, &record);
}

/*
 * A header whose only fault is the half-word that should be zero is used where its length is confirmed by what
 * follows: another header, or the end of the frame.
 */
static bool header_but_zero(struct mr_reader *reader, const uint8_t *data, size_t room, struct mr_record *record)
{
    struct mr_record follower;
    uint8_t header[MR_HEADER_BYTES];
    struct mr_place place = mr_here(reader);

    if (room < MR_HEADER_BYTES || mr_be16(data + 2) == 0)
        return false;
    memcpy(header, data, sizeof header);
    mr_put_be16(header + 2, 0);
    if (mr_record_header(header, room, record) != MR_OK)
        return false;
    record->data = data;
    if (record->length < room &&
        mr_record_header(data + record->length, room - record->length, &follower) != MR_OK)
        return false;
    place.domain = record->domain;
    place.number = record->number;
    mr_report(reader->log, MR_MSG_ZERO_NONZERO, &place, "X'%04X'", mr_be16(data + 2));
    return true;
}

/* The record, and behind 1/13 what is left of the frame.  A record that is astray is left out. */
static void take_record(struct mr_reader *reader, struct mr_record *record, size_t room, bool astray)
{
    struct mr_extent *extent = &reader->extent;
    size_t rest = room - record->length;

    if (!extent->counted)
        reader->counts.frame_count++;
    extent->counted = true;
    if (astray)
        mr_pass_over(reader, record);
    else
        mr_hand_out(reader, record, extent->kind);
    extent->begun = extent->begun || (!astray && !mr_is_foreign(record));
    extent->address += record->length;
    if (ends_frame(record)) {
        mr_take(reader, &reader->counts.leftover, rest);
        extent->address += rest;
    }
    if (extent->address % MR_BLOCK_BYTES == 0)
        extent->counted = false;
}

/* The input ended inside the frame, and no whole record is left. */
static enum mr_walk cut(struct mr_reader *reader, size_t got)
{
    if (got > 0) {
        mr_note_damage(reader, reader->counts.bytes, got,
                       reader->form == &mr_form_native ? MR_MSG_TRUNCATED_BLOCK : MR_MSG_CUT_RECORD);
        mr_take(reader, &reader->counts.damaged, got);
        reader->counts.bad_record_count++;
        reader->extent.address += got;
    }
    return MR_WALK_CUT;
}

/* Bytes of the frame that are no record, or a part of one. */
static void skip_bytes(struct mr_reader *reader, size_t bytes)
{
    struct mr_place place = mr_here(reader);

    mr_report(reader->log, MR_MSG_BAD_RECORD, &place, "%zu bytes at address X'%08llX'", bytes,
              (unsigned long long)reader->extent.address);
    mr_note_damage(reader, place.offset, bytes, MR_MSG_BAD_RECORD);
    mr_take(reader, &reader->counts.damaged, bytes);
    reader->counts.bad_record_count++;
    reader->extent.address += bytes;
    reader->extent.counted = false;
}

/*
 * A record cannot be used, so the rest of its frame is lost, and no more (section 7).  Where bytes are missing from
 * the input, new framing begins inside what should be this frame.
 */
static bool skip_frame(struct mr_reader *reader, size_t room)
{
    const uint8_t *data;
    size_t got = mr_look(reader, room + MR_FIND_BYTES, &data);
    size_t found = reader->form->find(data, room, got);

    if (found > 0)
        skip_bytes(reader, found);
    return found == room;
}

/*
 * Where bytes are missing inside a record or behind 1/13, new framing begins in what should be its body or fill, and is
 * not to be taken for that.  Only where no record stands behind it is it looked for.  Returns the place of the new
 * framing, or room.
 */
static size_t early_framing(const struct mr_reader *reader, const uint8_t *data, size_t got, size_t room,
                            const struct mr_record *record)
{
    size_t behind = ends_frame(record) ? room : record->length;
    size_t found;

    if (reader->extent.address + behind > reader->extent.end)
        behind = record->length; /* the last of the data: it is short, and what stands behind it is not known here */
    else if (got < behind + MR_HEADER_BYTES || mr_header_there(data + behind, got - behind))
        return room;
    found = reader->form->find(data, behind, got);
    return found < behind ? found : room;
}

static bool is_astray(const struct mr_reader *reader, const uint8_t *data, size_t seen, size_t room,
                      const struct mr_record *record)
{
    size_t behind = ends_frame(record) ? room : record->length;

    if (reader->extent.address + behind > reader->extent.end)
        return mr_astray_at_end(reader, record);
    return mr_astray(reader, record, data + behind, seen > behind ? seen - behind : 0, 0);
}

/* A record at the front of what is left of the frame; seen: bytes that are there, also behind the frame. */
static bool record_at(struct mr_reader *reader, const uint8_t *data, size_t seen, size_t room, struct mr_record *record)
{
    size_t got = seen < room ? seen : room;
    bool usable = mr_record_header(data, got, record) == MR_OK;

    if (usable && !mr_is_foreign(record))
        return true;
    return mr_foreign_there(data, got, room, 0, reader->last_tod, record) || usable ||
           header_but_zero(reader, data, got, record);
}

enum mr_walk mr_frames_next(struct mr_reader *reader, struct mr_record *record)
{
    struct mr_extent *extent = &reader->extent;
    const uint8_t *data;
    size_t room;
    size_t seen; /* also behind the frame */
    size_t got;
    size_t behind;
    bool astray;

    while (extent->address <= extent->end) {
        room = room_in_frame(extent->address, extent->end);
        seen = mr_look(reader, room + MR_FIND_BYTES, &data);
        got = seen < room ? seen : room;
        if (record_at(reader, data, seen, room, record)) {
            behind = ends_frame(record) ? room : record->length;
            astray = false;
            if (extent->address + behind > extent->end || seen < behind + MR_HEADER_BYTES ||
                !mr_in_line(reader, record, data + behind)) {
                got = early_framing(reader, data, seen, got, record);
                if (got < record->length) {
                    skip_bytes(reader, got);
                    return MR_WALK_FOUND;
                }
                astray = !mr_is_foreign(record) && is_astray(reader, data, seen, got, record);
            }
            take_record(reader, record, got, astray);
            if (!astray)
                return MR_WALK_RECORD;
            continue;
        }
        if (got < room)
            return cut(reader, got);
        if (!skip_frame(reader, room))
            return MR_WALK_FOUND;
    }
    return MR_WALK_DONE;
}

/* True when records fill the frame up to 1/13, or exactly up to its end. */
static bool frame_fits(const uint8_t *data, size_t room)
{
    struct mr_record record = {0};

    while (room > 0 && (mr_record_header(data, room, &record) == MR_OK ||
                        mr_foreign_there(data, room, room, 0, 0, &record))) {
        if (ends_frame(&record))
            return true;
        data += record.length;
        room -= record.length;
    }
    return room == 0;
}

unsigned mr_frames_fit(const uint8_t *data, size_t got, uint64_t start, uint64_t end)
{
    unsigned frames = 0;
    size_t room;

    while (start <= end) {
        room = room_in_frame(start, end);
        if (room > got || !frame_fits(data, room))
            break;
        frames++;
        data += room;
        got -= room;
        start += room;
    }
    return frames;
}

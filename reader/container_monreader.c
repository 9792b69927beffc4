/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "reader/container.h"

/*
 * A capture of the Linux monreader device: each control element of 12 bytes is followed by exactly the bytes that it
 * announces, in frames as in a native file.  There are no blocks and nothing is filled up.
 */

static bool element_there(const uint8_t *data, size_t got, struct mr_entry *entry)
{
    return got >= MR_ELEMENT_BYTES && mr_entry_read(data, entry) && (data[1] != 0 || data[2] != 0);
}

/* An element is little to go by: a search believes it only with a record behind it. */
static size_t monreader_find(const uint8_t *data, size_t places, size_t got)
{
    struct mr_entry entry;
    size_t i;

    for (i = 0; i < places && i + MR_ELEMENT_BYTES + MR_HEADER_BYTES <= got; i++)
        if (element_there(data + i, got - i, &entry) &&
            mr_entry_begins(data + i + MR_ELEMENT_BYTES, got - i - MR_ELEMENT_BYTES, &entry))
            return i;
    return places;
}

/* An element of records of other domains only names none: a record has to stand behind it. */
static bool foreign_element(struct mr_reader *reader, struct mr_entry *entry)
{
    const uint8_t *data;
    size_t got = mr_look(reader, MR_ELEMENT_BYTES + MR_BLOCK_BYTES + MR_HEADER_BYTES, &data);

    return got >= MR_ELEMENT_BYTES + MR_HEADER_BYTES && mr_entry_read(data, entry) &&
           data[MR_ELEMENT_BYTES + 4] > MR_DOMAIN_CP_MAX &&
           mr_entry_begins(data + MR_ELEMENT_BYTES, got - MR_ELEMENT_BYTES, entry);
}

static int monreader_cut(struct mr_reader *reader, size_t got)
{
    struct mr_place place = mr_here(reader);

    mr_note_damage(reader, place.offset, got, MR_MSG_CUT_RECORD);
    mr_take(reader, &reader->counts.damaged, got);
    mr_report(reader->log, MR_MSG_CUT_RECORD, &place, "%zu bytes of a control element", got);
    return mr_end(reader);
}

static int monreader_missing(struct mr_reader *reader)
{
    struct mr_place place = mr_here(reader);

    mr_report(reader->log, MR_MSG_MISSING_FRAMES, &place, "%llu bytes",
              (unsigned long long)(reader->extent.end + 1 - reader->extent.address));
    return mr_end(reader);
}

static void monreader_lost(struct mr_reader *reader)
{
    struct mr_place place = mr_here(reader);

    mr_report(reader->log, MR_MSG_LOST_DATA, &place, "%s", "");
    mr_note_damage(reader, place.offset, 0, MR_MSG_LOST_DATA);
    reader->in_extent = false;
}

/* Elements are read until one has room for a record. */
static int monreader_element(struct mr_reader *reader)
{
    struct mr_place place = mr_here(reader);
    struct mr_entry entry;
    const uint8_t *data;
    size_t got = mr_look(reader, MR_ELEMENT_BYTES + MR_HEADER_BYTES, &data);
    size_t bytes;

    if (got == 0)
        return mr_end(reader);
    if (got < MR_ELEMENT_BYTES)
        return monreader_cut(reader, got);
    if (!element_there(data, got, &entry) && !foreign_element(reader, &entry)) {
        mr_resync(reader, reader->counts.bytes == 0 ? MR_MSG_SKIPPED_FRONT : MR_MSG_SKIPPED_DAMAGE, 0);
        return MR_OK;
    }
    mr_take(reader, &reader->counts.control, MR_ELEMENT_BYTES);
    reader->counts.control_count++;
    if (entry.end - entry.start + 1 < MR_HEADER_BYTES) {
        mr_report(reader->log, MR_MSG_BAD_ENTRY, &place, "%llu bytes of data announced",
                  (unsigned long long)(entry.end - entry.start + 1));
        bytes = (size_t)(entry.end - entry.start + 1);
        got -= MR_ELEMENT_BYTES;
        mr_take(reader, &reader->counts.leftover, bytes < got ? bytes : got);
        return MR_OK;
    }
    reader->extent = (struct mr_extent){.address = entry.start, .end = entry.end, .kind = entry.kind};
    reader->in_extent = true;
    return MR_OK;
}

static int monreader_next(struct mr_reader *reader, struct mr_record *record)
{
    enum mr_walk walk;
    int status;

    for (;;) {
        while (reader->in_extent) {
            walk = mr_frames_next(reader, record);
            if (walk == MR_WALK_RECORD)
                return MR_OK;
            if (walk == MR_WALK_CUT)
                return monreader_missing(reader);
            if (walk == MR_WALK_FOUND)
                monreader_lost(reader);
            else
                reader->in_extent = false;
        }
        status = monreader_element(reader);
        if (status != MR_OK)
            return status;
    }
}

const struct mr_form mr_form_monreader = {
    .container = MR_CONTAINER_MONREADER,
    .name = "monreader",
    .next = monreader_next,
    .find = monreader_find,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/container.h"

/*
 * MONWRITE files: control records, each followed by the frames that its entries announce (format description,
 * sections 1 to 4 and 7).  A file that lost or gained bytes is no longer in step with its 4 KB blocks, so whatever
 * is not where it should be is searched for at every byte; where framing was overwritten in place that finds the
 * same control record as steps of 4 KB would.
 */

static size_t native_find(const uint8_t *data, size_t places, size_t got)
{
    size_t i;

    for (i = 0; i < places && i + MR_CONTROL_TEST_BYTES <= got; i++)
        if ((data[i + 3] == 0x08 || data[i + 3] == 0x09) && mr_control_test(data + i, got - i))
            return i;
    return places;
}

/* Bytes since the last control record that lie in the present block. */
static size_t in_block(const struct mr_reader *reader)
{
    return (size_t)((reader->counts.bytes - reader->native.base) % MR_BLOCK_BYTES);
}

static void report_cut_block(struct mr_reader *reader)
{
    struct mr_place place = mr_here(reader);

    mr_report(reader->log, MR_MSG_TRUNCATED_BLOCK, &place, "%zu of %u bytes", in_block(reader), MR_BLOCK_BYTES);
    reader->native.cut = true;
}

static int native_end(struct mr_reader *reader)
{
    struct mr_place place = mr_here(reader);

    if (!reader->native.end_seen && !reader->native.cut && !reader->failed)
        mr_report(reader->log, MR_MSG_NO_END_RECORD, &place, "%s", "");
    return mr_end(reader);
}

/* The input ended before the data that was announced. */
static int native_missing(struct mr_reader *reader)
{
    struct mr_native *native = &reader->native;
    struct mr_place place = mr_here(reader);
    uint64_t missing = 0;
    uint64_t rest = 0; /* of the block that is cut */

    if (in_block(reader) > 0) {
        rest = MR_BLOCK_BYTES - in_block(reader);
        report_cut_block(reader);
    }
    if (reader->in_extent)
        missing = reader->extent.end + 1 - reader->extent.address;
    missing = missing > rest ? missing - rest : 0;
    for (; native->next < native->count; native->next++)
        missing += native->entries[native->next].end - native->entries[native->next].start + 1;
    if (missing > 0)
        mr_report(reader->log, MR_MSG_MISSING_FRAMES, &place, "%llu bytes", (unsigned long long)missing);
    native->cut = true;
    return native_end(reader);
}

/* A control record begins before the data that was announced is complete. */
static void native_lost(struct mr_reader *reader)
{
    struct mr_native *native = &reader->native;
    struct mr_place place = mr_here(reader);

    mr_report(reader->log, MR_MSG_LOST_DATA, &place, "%s", "");
    mr_note_damage(reader, place.offset, 0, MR_MSG_LOST_DATA);
    native->next = native->count;
    reader->in_extent = false;
}

static bool block_due(const uint8_t *data, size_t got)
{
    size_t block = got < MR_BLOCK_BYTES ? got : MR_BLOCK_BYTES;

    return mr_control_due(data, got) || mr_all_zero(data, block);
}

/* Data of an entry can begin at two places of its first block (format description, section 2.3). */
static bool entry_due(const uint8_t *data, size_t got, const struct mr_entry *entry)
{
    size_t lead = (size_t)(entry->start % MR_BLOCK_BYTES);

    return mr_entry_begins(data, got, entry) || (got > lead && mr_entry_begins(data + lead, got - lead, entry));
}

/* What has to follow the present entry's data stands at data. */
static bool successor_due(const struct mr_native *native, const uint8_t *data, size_t got)
{
    if (got == 0)
        return true;
    if (native->next < native->count)
        return entry_due(data, got, &native->entries[native->next]);
    return block_due(data, got);
}

static void report_unaligned(struct mr_reader *reader, const char *rule)
{
    struct mr_place place = mr_here(reader);

    mr_report(reader->log, MR_MSG_UNALIGNED_START, &place, "%s", rule);
}

/*
 * The block in which an entry's data ended is filled up.  Two things are looked for instead: the next entry's data
 * without a new block (it is only believed to start one, section 2.3), and a control record that comes too early
 * because bytes of the fill were lost.
 */
static bool native_fill(struct mr_reader *reader)
{
    struct mr_native *native = &reader->native;
    size_t fill = (MR_BLOCK_BYTES - in_block(reader)) % MR_BLOCK_BYTES;
    const uint8_t *data;
    size_t got = mr_look(reader, fill + 2 * MR_BLOCK_BYTES + MR_HEADER_BYTES, &data);
    size_t found;

    native->packed = false;
    if (fill == 0)
        return true;
    if (got < fill) {
        mr_take(reader, &reader->counts.leftover, got);
        return false;
    }
    if (!successor_due(native, data + fill, got - fill)) {
        if (native->next < native->count && mr_entry_begins(data, got, &native->entries[native->next])) {
            report_unaligned(reader, "the data of the next entry follows without a new block");
            native->packed = true;
            return true;
        }
        found = native_find(data, fill, got);
        if (found < fill) {
            mr_take(reader, &reader->counts.leftover, found);
            native_lost(reader);
            return true;
        }
    }
    mr_take(reader, &reader->counts.leftover, fill);
    return true;
}

/* Evidence for data of an entry that begins lead bytes into its first block. */
static unsigned placement_evidence(const struct mr_native *native, const uint8_t *data, size_t got, size_t lead,
                                   const struct mr_entry *entry)
{
    uint64_t bytes = lead + (entry->end - entry->start + 1);
    uint64_t whole = (bytes + MR_BLOCK_BYTES - 1) / MR_BLOCK_BYTES * MR_BLOCK_BYTES;
    unsigned evidence = 0;

    if (got <= lead)
        return 0;
    if (mr_entry_begins(data + lead, got - lead, entry))
        evidence += 1;
    if (whole <= got && successor_due(native, data + whole, got - (size_t)whole))
        evidence += 2;
    return evidence + 4 * mr_frames_fit(data + lead, got - lead, entry->start, entry->end);
}

/*
 * Bytes before the data of an entry that does not start on a page.  Where nothing speaks for one of the two rules,
 * whole pages were written, because the data is an image of them (section 2.3).
 */
static size_t native_lead(struct mr_reader *reader, const struct mr_entry *entry)
{
    size_t lead = (size_t)(entry->start % MR_BLOCK_BYTES);
    const uint8_t *data;
    size_t got;

    if (lead == 0 || reader->native.packed)
        return 0;
    got = mr_look(reader, MR_SOURCE_PEEK_MAX, &data);
    if (placement_evidence(&reader->native, data, got, 0, entry) >
        placement_evidence(&reader->native, data, got, lead, entry)) {
        report_unaligned(reader, "data moved to the front of its block");
        return 0;
    }
    report_unaligned(reader, "whole pages written");
    return lead;
}

/*
 * An entry that is too short for a record.  Whether it has a block is not known: it has none when what has to follow
 * stands there at once.
 */
static bool native_short_entry(struct mr_reader *reader, const struct mr_entry *entry)
{
    size_t bytes = (size_t)(entry->end - entry->start + 1);
    struct mr_place place = mr_here(reader);
    const uint8_t *data;
    size_t got = mr_look(reader, 2 * MR_BLOCK_BYTES + MR_HEADER_BYTES, &data);

    mr_report(reader->log, MR_MSG_BAD_ENTRY, &place, "%zu bytes of data announced", bytes);
    if (got == 0 || mr_control_due(data, got))
        return true;
    mr_take(reader, &reader->counts.leftover, bytes < got ? bytes : got);
    return native_fill(reader);
}

static bool native_entry(struct mr_reader *reader)
{
    struct mr_native *native = &reader->native;
    const struct mr_entry *entry = &native->entries[native->next];
    const uint8_t *data;
    size_t lead;
    size_t got;

    native->next++;
    if (entry->end - entry->start + 1 < MR_HEADER_BYTES)
        return native_short_entry(reader, entry);
    lead = native_lead(reader, entry);
    got = mr_look(reader, lead, &data);
    mr_take(reader, &reader->counts.leftover, got);
    reader->extent = (struct mr_extent){.address = entry->start, .end = entry->end, .kind = entry->kind};
    reader->in_extent = true;
    return true;
}

static void native_control(struct mr_reader *reader, const uint8_t *data)
{
    struct mr_native *native = &reader->native;
    struct mr_place place = mr_here(reader);
    size_t announced;

    if (native->end_seen)
        mr_report(reader->log, MR_MSG_JOINED_FILE, &place, "%s", "");
    native->end_seen = false;
    native->count = mr_control_entries(data, native->entries, &announced);
    native->next = 0;
    native->packed = false;
    if (native->count < announced)
        mr_report(reader->log, MR_MSG_BAD_ENTRY, &place, "entry %zu of %zu; the entries before it are used",
                  native->count + 1, announced);
    else if (announced == 0)
        mr_report(reader->log, MR_MSG_BAD_ENTRY, &place, "the size of the control area; %zu entries are used",
                  native->count);
    mr_take(reader, &reader->counts.control, MR_BLOCK_BYTES);
    reader->counts.control_count++;
    native->base = reader->counts.bytes;
}

/*
 * Bytes may be missing from a control record as from anything else: then the next one begins inside what should be its
 * block, and the data of this one are gone.  Only where its data do not follow is that looked for.
 */
static bool native_broken_control(struct mr_reader *reader, const uint8_t *data, size_t got)
{
    struct mr_place place = mr_here(reader);
    struct mr_entry entry;
    size_t found;

    if (got <= MR_BLOCK_BYTES || !mr_entry_read(data + MR_CONTROL_AREA, &entry) ||
        entry_due(data + MR_BLOCK_BYTES, got - MR_BLOCK_BYTES, &entry))
        return false;
    found = 1 + native_find(data + 1, MR_BLOCK_BYTES - 1, got - 1);
    if (found == MR_BLOCK_BYTES)
        return false;
    mr_report(reader->log, MR_MSG_SKIPPED_DAMAGE, &place, "%zu bytes", found);
    mr_note_damage(reader, place.offset, found, MR_MSG_SKIPPED_DAMAGE);
    mr_take(reader, &reader->counts.damaged, found);
    return true;
}

/* Fewer bytes than a block: nothing can follow, so a control record in it is of no use. */
static int native_short_block(struct mr_reader *reader, const uint8_t *data, size_t got)
{
    struct mr_native *native = &reader->native;

    native->base = reader->counts.bytes;
    if (mr_all_zero(data, got)) {
        mr_take(reader, &reader->counts.end_data, got);
    } else {
        mr_note_damage(reader, reader->counts.bytes, got, MR_MSG_TRUNCATED_BLOCK);
        mr_take(reader, &reader->counts.damaged, got);
    }
    report_cut_block(reader);
    return native_end(reader);
}

/* The content of the end-of-data record is only believed to be zeros (section 4.2). */
static void native_odd_end(struct mr_reader *reader)
{
    struct mr_place place = mr_here(reader);

    mr_report(reader->log, MR_MSG_END_RECORD_ODD, &place, "%s", "");
    mr_take(reader, &reader->counts.end_data, MR_BLOCK_BYTES);
    reader->native.end_seen = true;
}

/* A block that has to be a control record or an end-of-data record. */
static int native_block(struct mr_reader *reader)
{
    const uint8_t *data;
    size_t got = mr_look(reader, 2 * MR_BLOCK_BYTES + MR_BLOCK_BYTES, &data);

    if (got == 0)
        return native_end(reader);
    if (got < MR_BLOCK_BYTES)
        return native_short_block(reader, data, got);
    if (mr_control_due(data, got)) {
        if (!native_broken_control(reader, data, got))
            native_control(reader, data);
    } else if (mr_all_zero(data, MR_BLOCK_BYTES)) {
        mr_take(reader, &reader->counts.end_data, MR_BLOCK_BYTES);
        reader->native.end_seen = true;
    } else if (got == MR_BLOCK_BYTES && reader->counts.control_count > 0 && !mr_header_there(data, got)) {
        native_odd_end(reader);
    } else {
        mr_resync(reader, reader->counts.bytes == 0 ? MR_MSG_SKIPPED_FRONT : MR_MSG_SKIPPED_DAMAGE, MR_BLOCK_BYTES);
        reader->native.end_seen = false;
    }
    return MR_OK;
}

static int native_next(struct mr_reader *reader, struct mr_record *record)
{
    struct mr_native *native = &reader->native;
    enum mr_walk walk;
    int status;

    for (;;) {
        while (reader->in_extent) {
            walk = mr_frames_next(reader, record);
            if (walk == MR_WALK_RECORD)
                return MR_OK;
            if (walk == MR_WALK_CUT)
                return native_missing(reader);
            if (walk == MR_WALK_FOUND) {
                native_lost(reader);
                break;
            }
            reader->in_extent = false;
            if (!native_fill(reader))
                return native_missing(reader);
        }
        if (native->next < native->count) {
            if (!native_entry(reader))
                return native_missing(reader);
            continue;
        }
        status = native_block(reader);
        if (status != MR_OK)
            return status;
    }
}

const struct mr_form mr_form_native = {
    .container = MR_CONTAINER_NATIVE,
    .name = "native",
    .next = native_next,
    .find = native_find,
};

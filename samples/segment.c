/* SPDX-License-Identifier: Apache-2.0 */
#include "samples/segment.h"

#include "base/bytes.h"
#include "reader/record.h"
#include "reader/tod.h"
#include "samples/scan.h"

#include <stdlib.h>
#include <string.h>

#define CONTROL_AREA 40                /* offset of the entries in a control record */
#define ENTRY_BYTES 12
#define CONTROL_ADDRESS 0x0AFF0000u    /* of the control area in the segment */
#define PATH_AND_FLAGS 0x00018009u     /* path 1, message in the parameter list, message pending */
#define MESSAGE_STEP 3
#define STALE_LENGTH 64                /* of the old records in a fresh page */
#define STALE_AGE (3600 * MR_TOD_SECOND)

static const struct {
    uint32_t address, pages;
    uint16_t letters; /* class of the message, two EBCDIC letters */
    uint8_t type;     /* of the entry */
} areas[MS_AREAS] = {
    [MS_EVENT_CONFIG] = {0x09000000, 68, 0xC5C3, 0xC5},
    [MS_EVENT_DATA] = {0x09044000, 4096, 0xC5D7, 0xC5},
    [MS_SAMPLE_CONFIG] = {0x0B000000, 4096, 0xE2C3, 0xE2},
    [MS_SAMPLE_DATA] = {0x0C000000, 4096, 0xE2D7, 0xE2},
};

void ms_segment_init(struct ms_segment *segment, struct ms_output *output, enum ms_form form)
{
    *segment = (struct ms_segment){
        .output = output, .form = form, .event_frames = 4, .entries = 1, .stale = true, .message = 40};
}

void ms_segment_free(struct ms_segment *segment)
{
    for (int a = 0; a < MS_AREAS; a++)
        free(segment->areas[a].pages);
}

static uint8_t *byte_at(const struct ms_segment *segment, enum ms_area area, uint32_t address)
{
    return segment->areas[area].pages + (address - areas[area].address);
}

/* A page that was never used holds records of an hour ago. */
static void make_stale(uint8_t *page, uint64_t tod)
{
    for (uint32_t at = 0; at < MS_PAGE; at += STALE_LENGTH) {
        mr_put_be16(page + at, STALE_LENGTH);
        page[at + 4] = 3;
        mr_put_be16(page + at + 6, 1);
        mr_put_be64(page + at + 8, tod - STALE_AGE + at);
        for (uint32_t k = MR_HEADER_BYTES; k < STALE_LENGTH; k++)
            page[at + k] = (uint8_t)(at + k);
    }
}

/* Memory for the pages up to this address. */
static int need_page(struct ms_segment *segment, enum ms_area a, uint32_t address, uint64_t tod)
{
    struct ms_page_area *area = &segment->areas[a];
    size_t page = (address - areas[a].address) / MS_PAGE, room = area->room;
    uint8_t *pages;

    if (page < room)
        return MR_OK;
    room = page + 1 + page / 2;
    if (room > areas[a].pages)
        room = areas[a].pages;
    pages = realloc(area->pages, room * MS_PAGE);
    if (pages == NULL)
        return ms_fault(NULL, "memory is short");
    memset(pages + area->room * MS_PAGE, 0, (room - area->room) * MS_PAGE);
    for (size_t p = area->room; segment->stale && p < room; p++)
        make_stale(pages + p * MS_PAGE, tod);
    area->pages = pages;
    area->room = room;
    return MR_OK;
}

static void put_entry(uint8_t *to, const struct ms_entry *entry)
{
    to[0] = areas[entry->area].type;
    to[1] = entry->mask[0];
    to[2] = entry->mask[1];
    to[3] = 0;
    mr_put_be32(to + 4, entry->start);
    mr_put_be32(to + 8, entry->end);
}

static void write_control(struct ms_segment *segment)
{
    uint8_t block[MS_PAGE] = {0};

    mr_put_be32(block, PATH_AND_FLAGS);
    mr_put_be32(block + 4, segment->message);
    mr_put_be16(block + 8, areas[segment->pending[0].area].letters);
    mr_put_be32(block + 12, CONTROL_ADDRESS);
    mr_put_be32(block + 16, CONTROL_ADDRESS + segment->pending_count * ENTRY_BYTES - 1);
    for (uint32_t e = 0; e < segment->pending_count; e++)
        put_entry(block + CONTROL_AREA + (size_t)e * ENTRY_BYTES, &segment->pending[e]);
    for (uint32_t p = 0; p < segment->patch_count; p++)
        memcpy(block + segment->patches[p].at, segment->patches[p].bytes, segment->patches[p].length);
    segment->patch_count = 0;
    segment->message += MESSAGE_STEP;
    ms_output_write(segment->output, block, sizeof block);
}

/* The data of an entry as it stands in a file: whole pages, or from its first byte on. */
static void write_data(struct ms_segment *segment, const struct ms_entry *entry)
{
    uint32_t start = segment->moved ? entry->start : entry->start & ~(uint32_t)(MS_PAGE - 1);
    uint32_t blocks = (entry->end - start) / MS_PAGE + 1, there = blocks * MS_PAGE;
    uint32_t after = (entry->end | (MS_PAGE - 1)) + 1 - start; /* bytes up to the end of the last page */
    static const uint8_t zeros[MS_PAGE];

    if (there > after)
        there = after;
    ms_output_write(segment->output, byte_at(segment, entry->area, start), there);
    ms_output_write(segment->output, zeros, blocks * MS_PAGE - there);
}

/* Control record and data of all entries that wait. */
static void write_message(struct ms_segment *segment)
{
    if (segment->pending_count == 0)
        return;
    if (segment->form == MS_NATIVE)
        write_control(segment);
    for (uint32_t e = 0; e < segment->pending_count; e++) {
        const struct ms_entry *entry = &segment->pending[e];
        uint8_t element[ENTRY_BYTES];

        if (segment->form == MS_NATIVE) {
            write_data(segment, entry);
            continue;
        }
        put_entry(element, entry);
        ms_output_write(segment->output, element, sizeof element);
        ms_output_write(segment->output, byte_at(segment, entry->area, entry->start), entry->end - entry->start + 1);
    }
    segment->pending_count = 0;
    for (int a = 0; a < MS_AREAS; a++)
        segment->areas[a].used = 0;
}

static void close_entry(struct ms_segment *segment)
{
    struct ms_page_area *area = &segment->areas[segment->entry.area];

    if (!segment->open)
        return;
    segment->open = false;
    segment->entry.end = segment->next - 1;
    segment->pending[segment->pending_count++] = segment->entry;
    area->used = (segment->entry.end - areas[segment->entry.area].address) / MS_PAGE + 1;
    if (segment->pending_count >= segment->entries || segment->pending_count == MS_ENTRIES_MAX)
        write_message(segment);
}

static int open_entry(struct ms_segment *segment, enum ms_area area, uint64_t tod)
{
    if (segment->areas[area].used == areas[area].pages)
        write_message(segment);
    segment->entry = (struct ms_entry){.area = area};
    segment->entry.start = areas[area].address + segment->areas[area].used * MS_PAGE + segment->start;
    segment->next = segment->entry.start;
    segment->entry_records = 0;
    segment->open = true;
    return need_page(segment, area, segment->next, tod);
}

static uint32_t entry_frames(const struct ms_segment *segment)
{
    return segment->next / MS_PAGE - segment->entry.start / MS_PAGE + 1;
}

/* True when another frame does not belong to this entry any more. */
static bool entry_full(const struct ms_segment *segment)
{
    enum ms_area area = segment->entry.area;
    uint32_t frames = entry_frames(segment);

    return (segment->next - areas[area].address) / MS_PAGE + 1 == areas[area].pages ||
           (segment->frames != 0 && frames >= segment->frames) ||
           (area == MS_EVENT_DATA && segment->event_frames != 0 && frames >= segment->event_frames);
}

/* The end-of-frame record, and on to the next page. */
static int next_frame(struct ms_segment *segment, uint64_t tod)
{
    uint8_t *to = byte_at(segment, segment->entry.area, segment->next);

    memset(to, 0, MR_HEADER_BYTES);
    mr_put_be16(to, MR_HEADER_BYTES);
    to[4] = 1;
    mr_put_be16(to + 6, 13);
    mr_put_be64(to + 8, tod);
    segment->next = (segment->next | (MS_PAGE - 1)) + 1;
    segment->entry.mask[0] |= 0x40;
    return need_page(segment, segment->entry.area, segment->next, tod);
}

static int make_room(struct ms_segment *segment, enum ms_area area, uint32_t length, uint64_t tod)
{
    uint32_t room;

    if (segment->open && segment->entry.area != area)
        close_entry(segment);
    if (!segment->open && open_entry(segment, area, tod) != MR_OK)
        return MR_FATAL;
    room = MS_PAGE - segment->next % MS_PAGE;
    if (length + MR_HEADER_BYTES <= room)
        return MR_OK;
    if (!entry_full(segment) || segment->entry_records == 0)
        return next_frame(segment, tod);
    close_entry(segment);
    if (open_entry(segment, area, tod) != MR_OK)
        return MR_FATAL;
    room = MS_PAGE - segment->next % MS_PAGE;
    return length + MR_HEADER_BYTES <= room ? MR_OK : next_frame(segment, tod);
}

static void write_bare(struct ms_segment *segment, const uint8_t *record, uint32_t length)
{
    uint8_t descriptor[4] = {0};

    mr_put_be16(descriptor, (uint16_t)(length + sizeof descriptor));
    if (segment->form == MS_RDW)
        ms_output_write(segment->output, descriptor, sizeof descriptor);
    ms_output_write(segment->output, record, length);
}

int ms_segment_add(struct ms_segment *segment, enum ms_area area, const uint8_t *record, uint32_t length,
                   const struct ms_place *place)
{
    uint64_t tod = length >= MR_HEADER_BYTES ? mr_be64(record + 8) : 0;

    if (segment->form == MS_RDW || segment->form == MS_BARE) {
        write_bare(segment, record, length);
        return MR_OK;
    }
    if (length > MS_PAGE - MR_HEADER_BYTES)
        return ms_fault(place, "a record of %u bytes does not fit in a frame; the most is %u", length,
                        MS_PAGE - MR_HEADER_BYTES);
    if (make_room(segment, area, length, tod) != MR_OK)
        return MR_FATAL;
    memcpy(byte_at(segment, area, segment->next), record, length);
    segment->next += length;
    segment->entry_records++;
    if (length > 4 && record[4] < 16)
        segment->entry.mask[record[4] / 8] |= (uint8_t)(0x80u >> record[4] % 8);
    if (segment->records != 0 && segment->entry_records >= segment->records)
        close_entry(segment);
    return MR_OK;
}

void ms_segment_end(struct ms_segment *segment, bool write)
{
    close_entry(segment);
    if (write)
        write_message(segment);
}

void ms_segment_block(struct ms_segment *segment, const uint8_t *bytes, size_t length)
{
    static const uint8_t zeros[MS_PAGE];

    ms_segment_end(segment, true);
    if (segment->form != MS_NATIVE)
        return;
    ms_output_write(segment->output, bytes, length);
    if (length % MS_PAGE != 0 || length == 0)
        ms_output_write(segment->output, zeros, MS_PAGE - length % MS_PAGE);
}

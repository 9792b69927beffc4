/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MS_SEGMENT_H
#define MS_SEGMENT_H

/*
 * The monitor's shared segment and the collector that writes it down.
 *
 * Records are put into pages of the segment as CP does it; a control record and an image of the pages go out when a
 * set of data is complete.  Pages are used again and again, so what stands behind the last record of a frame is what
 * was there before.  The segment has four areas:
 *
 *   09000000  event configuration      68 pages
 *   09044000  event data             4096 pages
 *   0B000000  sample configuration   4096 pages
 *   0C000000  sample data            4096 pages
 */
#include "samples/output.h"

#define MS_PAGE 4096
#define MS_ENTRIES_MAX 338
#define MS_CONTROL_PATCHES_MAX 16

enum ms_form { MS_NATIVE, MS_RDW, MS_BARE, MS_MONREADER };

enum ms_area { MS_EVENT_CONFIG, MS_EVENT_DATA, MS_SAMPLE_CONFIG, MS_SAMPLE_DATA, MS_AREAS };

/* One entry of a control record. */
struct ms_entry {
    enum ms_area area;
    uint8_t mask[2];
    uint32_t start, end; /* addresses; end is the last byte */
};

struct ms_page_area {
    uint8_t *pages;
    size_t room;   /* pages there is memory for */
    uint32_t used; /* pages of the control record in the making */
};

struct ms_segment {
    struct ms_output *output;
    enum ms_form form;
    uint32_t event_frames;  /* of one block of event data, 0: no limit */
    uint32_t frames;        /* of one entry, 0: no limit */
    uint32_t records;       /* of one entry, 0: no limit */
    uint32_t entries;       /* of one control record */
    uint32_t start;         /* offset of the data in the first page of an entry */
    bool moved;             /* bytes moved to the front of the first block */
    bool stale;             /* fresh pages hold old records */
    struct ms_page_area areas[MS_AREAS];
    bool open;              /* an entry is being filled */
    struct ms_entry entry;
    uint32_t next;          /* address of the next record */
    uint32_t entry_records;
    struct ms_entry pending[MS_ENTRIES_MAX];
    uint32_t pending_count;
    uint32_t message;       /* IUCV message number */
    struct {
        uint32_t at, length;
        const uint8_t *bytes;
    } patches[MS_CONTROL_PATCHES_MAX];
    uint32_t patch_count;
    bool failed;
};

void ms_segment_init(struct ms_segment *segment, struct ms_output *output, enum ms_form form);
void ms_segment_free(struct ms_segment *segment);

/* Put a record behind the others of its area.  MR_OK or MR_FATAL after a message. */
int ms_segment_add(struct ms_segment *segment, enum ms_area area, const uint8_t *record, uint32_t length,
                   const struct ms_place *place) MR_CHECK;

/* No more records of this set; with write, the control record goes out now. */
void ms_segment_end(struct ms_segment *segment, bool write);

/* A block of 4096 bytes as it is: end of data, or anything. */
void ms_segment_block(struct ms_segment *segment, const uint8_t *bytes, size_t length);

#endif

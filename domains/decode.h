/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_DECODE_H
#define MR_DOMAINS_DECODE_H

/* From the bytes of a record to cells.  Every read is checked against the record. */
#include "base/bytes.h"
#include "domains/plan.h"
#include "reader/ebcdic.h"
#include "reader/record.h"

/* A part of a record: where fields are counted from, and how many bytes are there. */
struct mr_part {
    const uint8_t *bytes; /* NULL: this part is absent */
    size_t length;
    unsigned index; /* of the entry */
    bool alternate; /* fields are at their alternate place */
};

/* Room for the texts of a row; cells point into it. */
struct mr_text {
    char *bytes;
    size_t used, room;
};

/* The value of a whole-number field anywhere in the record; MR_FAILED where it is absent. */
int mr_decode_number(const struct mr_layout *layout, int field, const struct mr_part *record, uint64_t *value) MR_CHECK;

/*
 * mr_decode_part - find entry index of a group.
 * Returns MR_OK, or MR_FAILED when it is absent: not enough bytes, count reached, condition not met.
 */
int mr_decode_part(const struct mr_layout *layout, const struct mr_group *group, unsigned index,
                   const struct mr_part *record, struct mr_part *part) MR_CHECK;

/* All parts of a feed but the entry of the row: parts[0] is given, the others are filled in. */
void mr_decode_parts(const struct mr_feed *feed, struct mr_part *parts);

/* As mr_decode_bytes(), for fields of any place. */
const uint8_t *mr_decode_find(const struct mr_feed *feed, const struct mr_step *step, const struct mr_part *parts,
                              size_t *length);

/* The bytes of a step's field, NULL where the record does not reach so far; *length is set. */
static inline const uint8_t *mr_decode_bytes(const struct mr_feed *feed, const struct mr_step *step,
                                             const struct mr_part *parts, size_t *length)
{
    if (step->end == 0)
        return mr_decode_find(feed, step, parts, length);
    *length = step->length;
    return step->end <= parts[0].length ? parts[0].bytes + step->offset : NULL;
}

/* A number of 1 to 8 bytes. */
static inline uint64_t mr_decode_uint(const uint8_t *bytes, size_t length)
{
    uint64_t value = 0;

    switch (length) {
    case 1:
        return bytes[0];
    case 2:
        return mr_be16(bytes);
    case 4:
        return mr_be32(bytes);
    case 8:
        return mr_be64(bytes);
    default:
        for (size_t i = 0; i < length && i < 8; i++)
            value = value << 8 | bytes[i];
        return value;
    }
}

/*
 * mr_decode_cell - the cell of a field as recorded.
 *   keep   copy raw bytes into text too, because the row outlives the record
 */
void mr_decode_cell(const struct mr_step *step, const uint8_t *bytes, size_t length, bool keep, struct mr_text *text,
                    struct mr_cell *cell);

/* The cell of an EBCDIC text of plain characters; false, with nothing done, where it has others or room is short. */
static inline bool mr_decode_text(const uint8_t *bytes, size_t length, struct mr_text *text, struct mr_cell *cell)
{
    char *out = text->bytes + text->used;
    size_t n;

    if (text->room - text->used < length || !mr_ebcdic_plain(out, bytes, length, &n))
        return false;
    cell->value.text = out;
    cell->size = (uint32_t)n;
    text->used += n;
    return true;
}

/* The cell of an ASCII text; blanks and zeros at its end are dropped. */
void mr_decode_ascii(const uint8_t *bytes, size_t length, struct mr_text *text, struct mr_cell *cell);

/* The cell of a difference, in the units of the step. */
static inline void mr_decode_delta(const struct mr_step *step, uint64_t delta, struct mr_cell *cell)
{
    cell->present = 1;
    if (step->load == MR_LOAD_TIMER)
        cell->value.u = delta >> 12; /* TOD units to microseconds */
    else if (step->load == MR_LOAD_SCALED) /* what no number of microseconds can hold is not a duration */
        cell->present = !__builtin_mul_overflow(delta, step->scale, &cell->value.i);
    else
        cell->value.u = delta;
}

#endif

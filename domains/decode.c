/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/decode.h"

#include "base/bytes.h"
#include "reader/ebcdic.h"
#include "reader/tod.h"

#include <string.h>

static int64_t signed_number(const uint8_t *bytes, size_t length)
{
    return length == 2 ? (int16_t)mr_be16(bytes) : (int32_t)mr_be32(bytes);
}

static int number_in(const struct mr_field *field, const struct mr_part *part, uint64_t *value)
{
    if (field->length == 0 || field->length > 8 || part->bytes == NULL ||
        (size_t)field->offset + field->length > part->length)
        return MR_FAILED;
    if (field->type == MR_TYPE_S16 || field->type == MR_TYPE_S32) {
        int64_t number = signed_number(part->bytes + field->offset, field->length);

        if (number < 0)
            return MR_FAILED; /* no offset, length or count is negative */
        *value = (uint64_t)number;
    } else {
        *value = mr_decode_uint(part->bytes + field->offset, field->length);
    }
    return MR_OK;
}

/* Fields inside a group are looked for in its first entry; that group must not depend on such a field in turn. */
int mr_decode_number(const struct mr_layout *layout, int field, const struct mr_part *record, uint64_t *value)
{
    const struct mr_field *f = &layout->fields[field];
    struct mr_part part = *record;

    if (f->group != MR_NO_INDEX) {
        const struct mr_group *group = &layout->groups[f->group];

        if (group->when_field != MR_NO_INDEX || mr_decode_part(layout, group, 0, record, &part) != MR_OK)
            return MR_FAILED;
    }
    return number_in(f, &part, value);
}

/* part is where the field of an operand with cases stands: the entry itself (its type), else the record. */
static int operand(const struct mr_layout *layout, const struct mr_operand *op, const struct mr_part *record,
                   const struct mr_part *entry, uint64_t *value)
{
    uint64_t number;

    *value = op->value;
    if (op->field == MR_NO_INDEX)
        return MR_OK;
    if (entry != NULL && layout->fields[op->field].group != MR_NO_INDEX) {
        if (number_in(&layout->fields[op->field], entry, &number) != MR_OK)
            return MR_FAILED;
    } else if (mr_decode_number(layout, op->field, record, &number) != MR_OK) {
        return MR_FAILED;
    }
    if (op->case_count == 0) {
        *value += number;
        return MR_OK;
    }
    for (unsigned i = 0; i < op->case_count; i++) {
        if (op->cases[i].is == number) {
            *value = op->cases[i].value;
            return MR_OK;
        }
    }
    return MR_FAILED;
}

/* Entries whose length depends on their own type must be stepped through one by one. */
static int step_to(const struct mr_layout *layout, const struct mr_group *group, unsigned index,
                   const struct mr_part *record, uint64_t at, struct mr_part *part)
{
    uint64_t stride = 0;

    for (unsigned i = 0;; i++) {
        struct mr_part entry;

        if (at >= record->length)
            return MR_FAILED;
        entry = (struct mr_part){record->bytes + at, record->length - (size_t)at, i, false};
        if (operand(layout, &group->stride, record, &entry, &stride) != MR_OK || stride == 0)
            return MR_FAILED;
        if (i == index) {
            if (entry.length > stride)
                entry.length = (size_t)stride;
            *part = entry;
            return MR_OK;
        }
        at += stride;
    }
}

int mr_decode_part(const struct mr_layout *layout, const struct mr_group *group, unsigned index,
                   const struct mr_part *record, struct mr_part *part)
{
    uint64_t at, stride, count, value;

    if (operand(layout, &group->at, record, NULL, &at) != MR_OK || at < MR_HEADER_BYTES || at >= record->length)
        return MR_FAILED;
    if (group->when_field != MR_NO_INDEX &&
        (mr_decode_number(layout, group->when_field, record, &value) != MR_OK || value != group->when_value))
        return MR_FAILED;
    if (group->count.field != MR_NO_INDEX || group->count.value != 0) {
        if (operand(layout, &group->count, record, NULL, &count) != MR_OK || index >= count)
            return MR_FAILED;
    }
    if (group->stride.case_count > 0)
        return step_to(layout, group, index, record, at, part);
    if (operand(layout, &group->stride, record, NULL, &stride) != MR_OK || stride == 0)
        return MR_FAILED;
    at += stride * index;
    if (at >= record->length)
        return MR_FAILED;
    *part = (struct mr_part){record->bytes + at, record->length - (size_t)at, index, false};
    if (part->length > stride)
        part->length = (size_t)stride;
    return MR_OK;
}

void mr_decode_parts(const struct mr_feed *feed, struct mr_part *parts)
{
    parts[1] = (struct mr_part){NULL, 0, 0, false};
    for (unsigned r = 2; r < feed->region_count; r++) {
        if (mr_decode_part(feed->layout, feed->regions[r].group, feed->regions[r].index, &parts[0], &parts[r]) !=
            MR_OK)
            parts[r] = (struct mr_part){NULL, 0, 0, false};
    }
}

const uint8_t *mr_decode_find(const struct mr_feed *feed, const struct mr_step *step, const struct mr_part *parts,
                              size_t *length)
{
    const struct mr_part *part = &parts[step->region];
    size_t offset = part->alternate ? step->alternate : step->offset;
    size_t size = step->length;

    if (part->bytes == NULL || offset > part->length)
        return NULL;
    if (step->length == MR_LENGTH_REST || step->length_field != MR_NO_INDEX) {
        uint64_t told = part->length - offset;

        if (step->length_field != MR_NO_INDEX &&
            (mr_decode_number(feed->layout, step->length_field, &parts[0], &told) != MR_OK || told == 0))
            return NULL;
        /* A text that claims to be longer than its record: what is there is shown. */
        size = told < part->length - offset ? (size_t)told : part->length - offset;
        if (size == 0)
            return NULL;
    } else if (offset + size > part->length) {
        return NULL;
    }
    *length = size;
    return part->bytes + offset;
}

static void text_cell(const uint8_t *bytes, size_t length, struct mr_text *text, struct mr_cell *cell)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = text->bytes + text->used;
    size_t room = text->room - text->used, n = 0;

    if (room < 2 * length + 2) {
        cell->present = 0;
        return;
    }
    if (mr_ebcdic_printable(bytes, length)) {
        n = mr_ebcdic_decode(out, bytes, length);
    } else {
        /* Binary where text is due: zeros are no text, anything else is shown as what it is. */
        while (length > 0 && bytes[length - 1] == 0)
            length--;
        if (mr_ebcdic_printable(bytes, length)) {
            n = mr_ebcdic_decode(out, bytes, length);
        } else {
            out[n++] = '0';
            out[n++] = 'x';
            for (size_t i = 0; i < length; i++) {
                out[n++] = digits[bytes[i] >> 4];
                out[n++] = digits[bytes[i] & 15];
            }
        }
    }
    cell->value.text = out;
    cell->size = (uint32_t)n;
    cell->present = n > 0; /* blanks are no text */
    text->used += n;
}

void mr_decode_ascii(const uint8_t *bytes, size_t length, struct mr_text *text, struct mr_cell *cell)
{
    char *out = text->bytes + text->used;
    size_t n = 0;

    cell->present = text->room - text->used >= length;
    if (!cell->present)
        return;
    while (length > 0 && (bytes[length - 1] == ' ' || bytes[length - 1] == 0))
        length--;
    /* Bytes beyond ASCII could be any code page: a question mark each keeps the output valid. */
    for (; n < length; n++)
        out[n] = bytes[n] < 0x80 ? (char)(bytes[n] < 0x20 || bytes[n] == 0x7F ? ' ' : bytes[n]) : '?';
    cell->value.text = out;
    cell->size = (uint32_t)n;
    cell->present = n > 0;
    text->used += n;
}

static void bytes_cell(const uint8_t *bytes, size_t length, bool keep, struct mr_text *text, struct mr_cell *cell)
{
    cell->size = (uint32_t)length;
    cell->value.bytes = bytes;
    if (!keep)
        return;
    if (text->room - text->used < length) {
        cell->present = 0;
        return;
    }
    memcpy(text->bytes + text->used, bytes, length);
    cell->value.bytes = (const uint8_t *)text->bytes + text->used;
    text->used += length;
}

static void scaled_cell(const struct mr_step *step, const uint8_t *bytes, size_t length, struct mr_cell *cell)
{
    uint64_t units = mr_decode_uint(bytes, length);

    if (step->field->type == MR_TYPE_S16 || step->field->type == MR_TYPE_S32)
        cell->value.i = signed_number(bytes, length) * (int64_t)step->scale;
    else if (units > INT64_MAX / step->scale)
        cell->present = 0; /* 290,000 years: not a duration */
    else
        cell->value.i = (int64_t)(units * step->scale);
}

void mr_decode_cell(const struct mr_step *step, const uint8_t *bytes, size_t length, bool keep, struct mr_text *text,
                    struct mr_cell *cell)
{
    cell->present = 1;
    switch (step->load) {
    case MR_LOAD_INT:
        cell->value.i = signed_number(bytes, length);
        break;
    case MR_LOAD_TIME:
        /* A clock value of zero is no time: the thing has not happened. */
        cell->value.i = mr_tod_micros(mr_be64(bytes));
        cell->present = mr_be64(bytes) != 0;
        break;
    case MR_LOAD_TIMER:
        cell->value.i = (int64_t)mr_tod_duration(mr_be64(bytes));
        break;
    case MR_LOAD_SCALED:
        scaled_cell(step, bytes, length, cell);
        break;
    case MR_LOAD_UNIX:
        cell->value.i = (int64_t)(mr_decode_uint(bytes, length) * 1000000u);
        cell->present = mr_decode_uint(bytes, length) <= INT64_MAX / 1000000;
        break;
    case MR_LOAD_ASCII:
        mr_decode_ascii(bytes, length, text, cell);
        break;
    case MR_LOAD_TEXT:
        text_cell(bytes, length, text, cell);
        break;
    case MR_LOAD_BYTES:
        bytes_cell(bytes, length, keep, text, cell);
        break;
    default:
        cell->value.u = mr_decode_uint(bytes, length);
        break;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "reader/container.h"

#define TYPE_SAMPLE 0xE2u /* EBCDIC 'S' */
#define TYPE_EVENT 0xC5u  /* EBCDIC 'E' */
#define ADDRESS_SPAN (UINT64_C(1) << 31)

/* IUCV interrupt types that mean a pending message (format description, section 2.1). */
static bool is_message(uint8_t type)
{
    return type == 0x08 || type == 0x09;
}

bool mr_entry_read(const uint8_t *data, struct mr_entry *entry)
{
    if (data[0] != TYPE_SAMPLE && data[0] != TYPE_EVENT)
        return false;
    entry->kind = data[0] == TYPE_SAMPLE ? 'S' : 'E';
    entry->start = mr_be32(data + 4);
    entry->end = mr_be32(data + 8);
    return entry->start <= entry->end && entry->end - entry->start < ADDRESS_SPAN;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

/* Bytes of the control area, or 0 where the two addresses make no sense. */
static size_t area_bytes(const uint8_t *data)
{
    uint64_t first = mr_be32(data + 12);
    uint64_t last = mr_be32(data + 16);
    uint64_t bytes = last - first + 1;

    if (last < first || bytes % MR_ELEMENT_BYTES != 0 || bytes > MR_BLOCK_BYTES - MR_CONTROL_AREA)
        return 0;
    return (size_t)bytes;
}

bool mr_control_test(const uint8_t *data, size_t got)
{
    struct mr_entry entry;

    return got >= MR_CONTROL_TEST_BYTES && is_message(data[3]) && mr_entry_read(data + MR_CONTROL_AREA, &entry) &&
           area_bytes(data) > 0 && distance(mr_be32(data + 12), entry.start) < ADDRESS_SPAN;
}

/*
 * Where a control record is due, a damaged size of its area is no reason to lose the data that it announces, as long
 * as a record stands where its first entry says.
 */
bool mr_control_due(const uint8_t *data, size_t got)
{
    struct mr_entry entry;
    size_t lead;

    if (mr_control_test(data, got))
        return true;
    if (got <= MR_BLOCK_BYTES || !is_message(data[3]) || !mr_entry_read(data + MR_CONTROL_AREA, &entry))
        return false;
    lead = (size_t)(entry.start % MR_BLOCK_BYTES);
    data += MR_BLOCK_BYTES;
    got -= MR_BLOCK_BYTES;
    return mr_entry_begins(data, got, &entry) || (got > lead && mr_entry_begins(data + lead, got - lead, &entry));
}

size_t mr_control_entries(const uint8_t *data, struct mr_entry *entries, size_t *announced)
{
    size_t limit;
    size_t n;

    *announced = area_bytes(data) / MR_ELEMENT_BYTES;
    limit = *announced > 0 ? *announced : MR_ENTRIES_MAX;
    data += MR_CONTROL_AREA;
    for (n = 0; n < limit && mr_entry_read(data, &entries[n]); n++)
        data += MR_ELEMENT_BYTES;
    return n;
}

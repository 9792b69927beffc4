/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/record.h"

#include "reader/tod.h"

#define TOD_1985 UINT64_C(0x9879AF5444000000)

/*
 * A clock that was never set is zero; all other small values lie behind the wrap of 2042 (format description,
 * section 5).
 */
static bool tod_believable(uint64_t tod)
{
    return tod >= TOD_1985 || (tod < MR_TOD_WRAP_BELOW && tod != 0);
}

/* Everything but what domain, number and time may be. */
static int take_apart(const uint8_t *data, size_t room, struct mr_record *record)
{
    uint32_t length;

    if (room < MR_HEADER_BYTES)
        return MR_FAILED;
    length = mr_be16(data);
    if (length < MR_HEADER_BYTES || length > MR_RECORD_MAX || length > room || mr_be16(data + 2) != 0)
        return MR_FAILED;
    record->domain = record->header_domain = data[4];
    record->number = record->header_number = mr_be16(data + 6);
    record->tod = mr_be64(data + 8);
    record->data = data;
    record->length = length;
    return MR_OK;
}

static bool has_place(const struct mr_record *record)
{
    return record->domain <= MR_DOMAIN_MAX && record->number != 0 && record->number <= MR_NUMBER_MAX;
}

int mr_record_header(const uint8_t *data, size_t room, struct mr_record *record)
{
    if (take_apart(data, room, record) != MR_OK || !has_place(record) || !tod_believable(record->tod))
        return MR_FAILED;
    return MR_OK;
}

int mr_record_foreign(const uint8_t *data, size_t room, struct mr_record *record)
{
    if (take_apart(data, room, record) != MR_OK || record->domain <= MR_DOMAIN_CP_MAX)
        return MR_FAILED;
    if (!has_place(record)) {
        record->domain = MR_DOMAIN_FOREIGN;
        record->number = 0;
    }
    return MR_OK;
}

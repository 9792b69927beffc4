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

int mr_record_header(const uint8_t *data, size_t room, struct mr_record *record)
{
    uint32_t length;

    if (room < MR_HEADER_BYTES)
        return MR_FAILED;
    length = mr_be16(data);
    if (length < MR_HEADER_BYTES || length > MR_RECORD_MAX || length > room || mr_be16(data + 2) != 0)
        return MR_FAILED;
    record->domain = data[4];
    record->number = mr_be16(data + 6);
    record->tod = mr_be64(data + 8);
    if (record->domain > MR_DOMAIN_MAX || record->number == 0 || record->number > MR_NUMBER_MAX)
        return MR_FAILED;
    if (!tod_believable(record->tod))
        return MR_FAILED;
    record->data = data;
    record->length = length;
    return MR_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/batch.h"

#include <criterion/criterion.h>
#include <string.h>

static struct mr_record record_of(const uint8_t *data, uint32_t length)
{
    return (struct mr_record){.data = data, .length = length, .domain = 4, .number = 3, .tod = 9, .offset = 1234};
}

Test(batch, keeps_copies)
{
    uint8_t data[64];
    struct mr_batch batch;
    struct mr_record first = record_of(data, 40), second = record_of(data, 64);

    cr_assert_eq(mr_batch_make(&batch), MR_OK);
    memset(data, 'a', sizeof data);
    cr_assert_eq(mr_batch_add(&batch, &first), MR_OK);
    memset(data, 'b', sizeof data);
    cr_assert_eq(mr_batch_add(&batch, &second), MR_OK);
    memset(data, 'c', sizeof data);
    cr_assert_eq(batch.count, 2);
    cr_assert_eq(batch.records[0].length, 40);
    cr_assert_eq(batch.records[0].data[39], 'a');
    cr_assert_eq(batch.records[1].data[0], 'b');
    cr_assert_eq(batch.records[1].data[63], 'b');
    cr_assert_eq(batch.records[1].offset, 1234);
    mr_batch_clear(&batch);
    cr_assert_eq(mr_batch_add(&batch, &first), MR_OK);
    cr_assert_eq(batch.count, 1);
    cr_assert_eq(batch.records[0].data[0], 'c');
    mr_batch_free(&batch);
}

Test(batch, is_full_by_bytes_and_by_records)
{
    static uint8_t data[MR_RECORD_MAX];
    struct mr_batch batch;
    struct mr_record longest = record_of(data, MR_RECORD_MAX), shortest = record_of(data, MR_HEADER_BYTES);
    size_t count = 0;

    cr_assert_eq(mr_batch_make(&batch), MR_OK);
    while (mr_batch_add(&batch, &longest) == MR_OK)
        count++;
    cr_assert_eq(count, MR_BATCH_BYTES / MR_RECORD_MAX);
    mr_batch_clear(&batch);
    for (count = 0; mr_batch_add(&batch, &shortest) == MR_OK;)
        count++;
    cr_assert_eq(count, MR_BATCH_RECORDS);
    mr_batch_free(&batch);
}

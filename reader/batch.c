/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/batch.h"

#include <stdlib.h>
#include <string.h>

int mr_batch_make(struct mr_batch *batch)
{
    *batch = (struct mr_batch){.records = malloc(MR_BATCH_RECORDS * sizeof *batch->records),
                               .bytes = malloc(MR_BATCH_BYTES)};
    return batch->records != NULL && batch->bytes != NULL ? MR_OK : MR_FATAL;
}

int mr_batch_add(struct mr_batch *batch, const struct mr_record *record)
{
    struct mr_record *copy;

    if (batch->count == MR_BATCH_RECORDS || MR_BATCH_BYTES - batch->used < record->length)
        return MR_FAILED;
    copy = &batch->records[batch->count++];
    *copy = *record;
    copy->data = memcpy(batch->bytes + batch->used, record->data, record->length);
    batch->used += record->length;
    return MR_OK;
}

void mr_batch_free(struct mr_batch *batch)
{
    free(batch->records);
    free(batch->bytes);
    *batch = (struct mr_batch){.records = NULL};
}

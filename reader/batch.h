/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_READER_BATCH_H
#define MR_READER_BATCH_H

/* Records copied out of a reader, so that several threads can look at them while it reads on. */
#include "reader/record.h"

#define MR_BATCH_BYTES ((size_t)256 * 1024) /* of records in one batch: it should stay in a processor's own cache */
#define MR_BATCH_RECORDS 4096u              /* the most records in one batch */

/* All zero is a batch without memory. */
struct mr_batch {
    struct mr_record *records; /* their data points into bytes */
    uint8_t *bytes;
    size_t count, used;
};

/* Memory for a batch.  MR_OK or MR_FATAL; free it in both cases. */
int mr_batch_make(struct mr_batch *batch) MR_CHECK;

/* Empty it. */
static inline void mr_batch_clear(struct mr_batch *batch)
{
    batch->count = batch->used = 0;
}

/* Copy a record into the batch.  MR_OK, or MR_FAILED when it is full; an empty batch has room for any record. */
int mr_batch_add(struct mr_batch *batch, const struct mr_record *record) MR_CHECK;

void mr_batch_free(struct mr_batch *batch);

#endif

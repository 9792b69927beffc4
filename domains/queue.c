/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/queue.h"

#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

/*
 * A queued record: struct mr_record, then its bytes, at the next multiple of 8.  The struct's data pointer is set again
 * when it is taken out, because the queue may have moved.
 */
static size_t size_of(const struct mr_record *record)
{
    return (sizeof *record + record->length + 7) / 8 * 8;
}

int mr_queue_put(struct mr_queue *queue, const struct mr_record *record)
{
    size_t size = size_of(record);

    if (queue->used + size > MR_QUEUE_BYTES_MAX)
        return MR_FAILED;
    if (mr_grow(&queue->bytes, &queue->room, queue->used + size, 1, MR_QUEUE_BYTES_MAX) != MR_OK)
        return MR_FATAL;
    memcpy(queue->bytes + queue->used, record, sizeof *record);
    memcpy(queue->bytes + queue->used + sizeof *record, record->data, record->length);
    queue->used += size;
    return MR_OK;
}

struct mr_record mr_queue_at(const struct mr_queue *queue, size_t at, size_t *next)
{
    struct mr_record record;

    memcpy(&record, queue->bytes + at, sizeof record);
    record.data = queue->bytes + at + sizeof record;
    *next = at + size_of(&record);
    return record;
}

void mr_queue_free(struct mr_queue *queue)
{
    free(queue->bytes);
    *queue = (struct mr_queue){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_QUEUE_H
#define MR_DOMAINS_QUEUE_H

/* Records that wait, in their order, with copies of their bytes. */
#include "base/status.h"
#include "reader/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MR_QUEUE_BYTES_MAX (4u * 1024u * 1024u)

struct mr_queue {
    uint8_t *bytes;
    size_t used, room;
};

/* MR_OK, MR_FAILED where the queue is full, MR_FATAL where memory is short. */
int mr_queue_put(struct mr_queue *queue, const struct mr_record *record) MR_CHECK;

/* The record at an offset; its data is borrowed until the next mr_queue_put().  *next is the offset behind it. */
struct mr_record mr_queue_at(const struct mr_queue *queue, size_t at, size_t *next);

void mr_queue_free(struct mr_queue *queue);

#endif

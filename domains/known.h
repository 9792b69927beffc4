/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_KNOWN_H
#define MR_DOMAINS_KNOWN_H

/*
 * The keys of a map by a part of them: an event that names a user is about all of the user's virtual CPUs.  The list is
 * brought up to date when it is asked, from what has been made since; what has gone in the meantime is not in the map any
 * more and drops out when the list is made anew.
 */
#include "domains/entity.h"

/* The parts of a key, which stand in an event at other places. */
struct mr_key_part {
    uint16_t event_offset, key_offset, length;
};

struct mr_known_key {
    uint32_t hash; /* of the parts */
    uint32_t next; /* in the bucket, from 1; 0: the last */
    uint32_t at;   /* where its bytes begin */
    uint16_t length;
};

/* All zero: nothing is known.  Freed with mr_known_free(). */
struct mr_known {
    uint64_t made; /* by the map, when the list was brought up to date */
    struct mr_known_key *keys;
    size_t count, room;
    uint32_t *buckets; /* bucket_count of them, a power of 2 */
    size_t bucket_count;
    uint8_t *bytes;
    size_t used, byte_room;
};

/* Whether the parts of a key are the bytes at event; false where either is too short. */
bool mr_known_matches(const struct mr_key_part *parts, unsigned count, const uint8_t *key, size_t key_length,
                      const uint8_t *event, size_t event_length);

/*
 * mr_known_each - call use with each entity of the map whose key has these parts of the event; use may drop it.
 * MR_OK; MR_FATAL where memory for the list is short: nothing has been called then.
 */
int mr_known_each(struct mr_known *known, struct mr_entity_map *map, const struct mr_key_part *parts, unsigned count,
                  const uint8_t *event, size_t event_length, void (*use)(void *context, struct mr_entity *entity),
                  void *context) MR_CHECK;

void mr_known_free(struct mr_known *known);

#endif

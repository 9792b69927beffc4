/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_ENTITY_H
#define MR_DOMAINS_ENTITY_H

/*
 * What is remembered of each thing that is measured (a user's virtual CPU, a device, a channel): the readings of its
 * counters in its last record.  One map for each system and feed.  Records of one kind come in the same order each
 * interval, so the entity behind the last one found is tried before the hash.
 */
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MR_ENTITIES_MAX (4u * 1024u * 1024u) /* in one map */

struct mr_held_row;

struct mr_entity {
    uint64_t tod;       /* of its last record */
    uint32_t interval;  /* ordinal of the sample interval of that record */
    uint32_t hash;
    struct mr_entity *chain;        /* same hash bucket */
    struct mr_entity *after;        /* in order of appearance */
    struct mr_entity *before;
    uint64_t *readings;             /* slot_count of them */
    uint8_t *have;                  /* slot_count flags: the reading is there */
    struct mr_held_row *row;        /* a row being put together for it, or NULL; owned */
    uint8_t *record;                /* a record held for others, or NULL; owned */
    uint32_t record_length, record_room;
    uint16_t key_length;
    bool ended;                     /* an event said that the session ended */
    bool fresh;                     /* no record yet, or a new session began: the next difference is a first one */
    uint8_t key[];
};

struct mr_entity_map {
    struct mr_entity **buckets;
    size_t bucket_count, count;
    struct mr_entity *first, *last, *guess;
    unsigned slot_count;
    uint64_t made; /* entities ever made: a list of them kept elsewhere is told by it that it is old */
};

void mr_entity_map_init(struct mr_entity_map *map, unsigned slot_count);

/*
 * mr_entity_get - the entity of a key, made when it is new.
 * Returns NULL when memory is short or the map is full; a new entity is fresh.
 */
struct mr_entity *mr_entity_get(struct mr_entity_map *map, const uint8_t *key, size_t length);

/* The entity of a key or NULL. */
struct mr_entity *mr_entity_find(const struct mr_entity_map *map, const uint8_t *key, size_t length);

/* Free a held row; NULL is allowed.  In hold.c. */
void mr_held_row_free(struct mr_held_row *row);

/* Forget one entity. */
void mr_entity_drop(struct mr_entity_map *map, struct mr_entity *entity);

/* Forget those whose last interval is before the one given. */
size_t mr_entity_expire(struct mr_entity_map *map, uint32_t before);

/* Forget all; the map can be used again. */
void mr_entity_clear(struct mr_entity_map *map);

#endif

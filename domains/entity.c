/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/entity.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_BUCKETS 64

void mr_entity_map_init(struct mr_entity_map *map, unsigned slot_count)
{
    *map = (struct mr_entity_map){.slot_count = slot_count};
}

/* FNV-1a: keys are short and come from the file, and the map is bounded, so nothing stronger is needed. */
static uint32_t hash_of(const uint8_t *key, size_t length)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ key[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static inline uint64_t eight_bytes(const uint8_t *bytes)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof value);
    return value;
}

/* Most keys have 8 to 16 bytes: two words, which overlap. */
static inline bool same_key(const struct mr_entity *entity, const uint8_t *key, size_t length)
{
    if (entity->key_length != length)
        return false;
    if (length < 8 || length > 16)
        return memcmp(entity->key, key, length) == 0;
    return ((eight_bytes(entity->key) ^ eight_bytes(key)) |
            (eight_bytes(entity->key + length - 8) ^ eight_bytes(key + length - 8))) == 0;
}

static int rehash(struct mr_entity_map *map)
{
    size_t count = map->bucket_count == 0 ? FIRST_BUCKETS : map->bucket_count * 2;
    struct mr_entity **buckets = calloc(count, sizeof *buckets);

    if (buckets == NULL)
        return MR_FATAL;
    for (struct mr_entity *e = map->first; e != NULL; e = e->after) {
        e->chain = buckets[e->hash & (count - 1)];
        buckets[e->hash & (count - 1)] = e;
    }
    free(map->buckets);
    map->buckets = buckets;
    map->bucket_count = count;
    return MR_OK;
}

static struct mr_entity *make(struct mr_entity_map *map, const uint8_t *key, size_t length, uint32_t hash)
{
    size_t readings = sizeof(struct mr_entity) + length;
    struct mr_entity *entity;

    if (map->count >= MR_ENTITIES_MAX || (map->count >= map->bucket_count && rehash(map) != MR_OK))
        return NULL;
    readings = (readings + 7) / 8 * 8;
    entity = malloc(readings + map->slot_count * (sizeof(uint64_t) + 1));
    if (entity == NULL)
        return NULL;
    *entity = (struct mr_entity){.hash = hash, .key_length = (uint16_t)length, .fresh = true};
    entity->readings = (uint64_t *)(void *)((char *)entity + readings);
    entity->have = (uint8_t *)(entity->readings + map->slot_count);
    memset(entity->have, 0, map->slot_count);
    memcpy(entity->key, key, length);
    entity->chain = map->buckets[hash & (map->bucket_count - 1)];
    map->buckets[hash & (map->bucket_count - 1)] = entity;
    entity->before = map->last;
    if (map->last != NULL)
        map->last->after = entity;
    else
        map->first = entity;
    map->last = entity;
    map->count++;
    map->made++;
    return entity;
}

static struct mr_entity *find(const struct mr_entity_map *map, const uint8_t *key, size_t length, uint32_t hash)
{
    struct mr_entity *entity;

    if (map->bucket_count == 0)
        return NULL;
    for (entity = map->buckets[hash & (map->bucket_count - 1)]; entity != NULL; entity = entity->chain) {
        if (entity->hash == hash && same_key(entity, key, length))
            return entity;
    }
    return NULL;
}

struct mr_entity *mr_entity_find(const struct mr_entity_map *map, const uint8_t *key, size_t length)
{
    return find(map, key, length, hash_of(key, length));
}

struct mr_entity *mr_entity_get(struct mr_entity_map *map, const uint8_t *key, size_t length)
{
    struct mr_entity *entity = map->guess;
    uint32_t hash;

    if (entity == NULL || !same_key(entity, key, length)) {
        hash = hash_of(key, length);
        entity = find(map, key, length, hash);
        if (entity == NULL)
            entity = make(map, key, length, hash);
        if (entity == NULL)
            return NULL;
    }
    map->guess = entity->after != NULL ? entity->after : map->first;
    __builtin_prefetch(map->guess); /* not looked at since the interval before, and wanted soon */
    __builtin_prefetch(map->guess->key);
    return entity;
}

static void release(struct mr_entity *entity)
{
    mr_held_row_free(entity->row);
    free(entity->record);
    free(entity);
}

void mr_entity_drop(struct mr_entity_map *map, struct mr_entity *entity)
{
    struct mr_entity **link = &map->buckets[entity->hash & (map->bucket_count - 1)];

    while (*link != entity)
        link = &(*link)->chain;
    *link = entity->chain;
    if (entity->before != NULL)
        entity->before->after = entity->after;
    else
        map->first = entity->after;
    if (entity->after != NULL)
        entity->after->before = entity->before;
    else
        map->last = entity->before;
    if (map->guess == entity)
        map->guess = entity->after != NULL ? entity->after : map->first;
    map->count--;
    release(entity);
}

size_t mr_entity_expire(struct mr_entity_map *map, uint32_t before)
{
    size_t dropped = 0;

    for (struct mr_entity *e = map->first, *next; e != NULL; e = next) {
        next = e->after;
        if (e->interval < before) {
            mr_entity_drop(map, e);
            dropped++;
        }
    }
    return dropped;
}

void mr_entity_clear(struct mr_entity_map *map)
{
    for (struct mr_entity *e = map->first, *next; e != NULL; e = next) {
        next = e->after;
        release(e);
    }
    free(map->buckets);
    *map = (struct mr_entity_map){.slot_count = map->slot_count, .made = map->made};
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/known.h"

#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_BUCKETS 64u
#define BYTES_MAX ((size_t)1024 * 1024 * 1024)
#define STALE_SLACK 64u

/* FNV-1a over the parts, as they stand in a key or in an event. */
static uint32_t add_hash(uint32_t hash, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    return hash;
}

static bool hash_of(const struct mr_key_part *parts, unsigned count, bool event, const uint8_t *bytes, size_t length,
                    uint32_t *hash)
{
    *hash = 2166136261u;
    for (unsigned p = 0; p < count; p++) {
        size_t at = event ? parts[p].event_offset : parts[p].key_offset;

        if (at + parts[p].length > length)
            return false;
        *hash = add_hash(*hash, bytes + at, parts[p].length);
    }
    *hash ^= *hash >> 15;
    return true;
}

bool mr_known_matches(const struct mr_key_part *parts, unsigned count, const uint8_t *key, size_t key_length,
                      const uint8_t *event, size_t event_length)
{
    for (unsigned p = 0; p < count; p++) {
        size_t from = parts[p].event_offset, at = parts[p].key_offset, n = parts[p].length;

        if (from + n > event_length || at + n > key_length || memcmp(event + from, key + at, n) != 0)
            return false;
    }
    return true;
}

static int rehash(struct mr_known *known)
{
    size_t count = known->bucket_count == 0 ? FIRST_BUCKETS : known->bucket_count * 2;
    uint32_t *buckets = calloc(count, sizeof *buckets);

    if (buckets == NULL)
        return MR_FATAL;
    for (size_t i = 0; i < known->count; i++) {
        uint32_t *bucket = &buckets[known->keys[i].hash & (count - 1)];

        known->keys[i].next = *bucket;
        *bucket = (uint32_t)i + 1;
    }
    free(known->buckets);
    known->buckets = buckets;
    known->bucket_count = count;
    return MR_OK;
}

static bool is_known(const struct mr_known *known, uint32_t hash, const struct mr_entity *entity)
{
    uint32_t i = known->bucket_count == 0 ? 0 : known->buckets[hash & (known->bucket_count - 1)];

    for (; i != 0; i = known->keys[i - 1].next) {
        const struct mr_known_key *key = &known->keys[i - 1];

        if (key->hash == hash && key->length == entity->key_length &&
            memcmp(known->bytes + key->at, entity->key, key->length) == 0)
            return true;
    }
    return false;
}

static int add(struct mr_known *known, uint32_t hash, const struct mr_entity *entity)
{
    struct mr_known_key key = {.hash = hash, .at = (uint32_t)known->used, .length = entity->key_length};

    if (known->count >= known->bucket_count && rehash(known) != MR_OK)
        return MR_FATAL;
    if (mr_grow(&known->keys, &known->room, known->count + 1, sizeof key, 2 * MR_ENTITIES_MAX + STALE_SLACK) != MR_OK ||
        mr_grow(&known->bytes, &known->byte_room, known->used + key.length, 1, BYTES_MAX) != MR_OK)
        return MR_FATAL;
    memcpy(known->bytes + known->used, entity->key, key.length);
    known->used += key.length;
    key.next = known->buckets[hash & (known->bucket_count - 1)];
    known->keys[known->count++] = key;
    known->buckets[hash & (known->bucket_count - 1)] = (uint32_t)known->count;
    return MR_OK;
}

static void forget(struct mr_known *known)
{
    known->count = known->used = 0;
    known->made = 0;
    if (known->buckets != NULL)
        memset(known->buckets, 0, known->bucket_count * sizeof *known->buckets);
}

/* The newest entities of the map are the last ones: as many as have been made since, or fewer if some have gone. */
static int bring_up_to_date(struct mr_known *known, const struct mr_entity_map *map, const struct mr_key_part *parts,
                            unsigned count)
{
    uint64_t new;
    uint32_t hash;

    if (known->count > 2 * map->count + STALE_SLACK)
        forget(known);
    new = map->made - known->made;
    for (const struct mr_entity *e = map->last; e != NULL && new > 0; e = e->before, new--) {
        if (!hash_of(parts, count, false, e->key, e->key_length, &hash) || is_known(known, hash, e))
            continue;
        if (add(known, hash, e) != MR_OK) {
            forget(known);
            return MR_FATAL;
        }
    }
    known->made = map->made;
    return MR_OK;
}

int mr_known_each(struct mr_known *known, struct mr_entity_map *map, const struct mr_key_part *parts, unsigned count,
                  const uint8_t *event, size_t event_length, void (*use)(void *context, struct mr_entity *entity),
                  void *context)
{
    uint32_t hash, i;

    if (!hash_of(parts, count, true, event, event_length, &hash))
        return MR_OK;
    if (bring_up_to_date(known, map, parts, count) != MR_OK)
        return MR_FATAL;
    i = known->bucket_count == 0 ? 0 : known->buckets[hash & (known->bucket_count - 1)];
    for (; i != 0; i = known->keys[i - 1].next) {
        const struct mr_known_key *key = &known->keys[i - 1];
        const uint8_t *bytes = known->bytes + key->at;
        struct mr_entity *entity;

        if (key->hash != hash || !mr_known_matches(parts, count, bytes, key->length, event, event_length))
            continue;
        entity = mr_entity_find(map, bytes, key->length);
        if (entity != NULL)
            use(context, entity);
    }
    return MR_OK;
}

void mr_known_free(struct mr_known *known)
{
    free(known->keys);
    free(known->buckets);
    free(known->bytes);
    *known = (struct mr_known){.made = 0};
}

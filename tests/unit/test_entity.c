/* SPDX-License-Identifier: Apache-2.0 */
/* The map of what is remembered of each thing: many keys, in and out of order, forgotten and made again. */
#include "domains/entity.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define MANY 20000u

static size_t make_key(unsigned n, uint8_t *key)
{
    /* Of different lengths, and one the beginning of another. */
    return (size_t)snprintf((char *)key, 32, n % 2 == 0 ? "USER%u" : "U%u", n);
}

static struct mr_entity *get(struct mr_entity_map *map, unsigned n)
{
    uint8_t key[32];

    return mr_entity_get(map, key, make_key(n, key));
}

static struct mr_entity *find(const struct mr_entity_map *map, unsigned n)
{
    uint8_t key[32];

    return mr_entity_find(map, key, make_key(n, key));
}

static void fill(struct mr_entity_map *map, unsigned count, uint32_t interval)
{
    for (unsigned n = 0; n < count; n++) {
        struct mr_entity *entity = get(map, n);

        cr_assert_not_null(entity);
        entity->readings[0] = n;
        entity->readings[1] = UINT64_MAX - n;
        entity->have[0] = entity->have[1] = 1;
        entity->interval = interval;
        entity->fresh = false;
    }
}

Test(entity, thousands)
{
    struct mr_entity_map map;

    mr_entity_map_init(&map, 2);
    cr_expect_null(find(&map, 1), "an empty map");
    fill(&map, MANY, 1);
    cr_expect_eq(map.count, MANY);
    for (unsigned n = MANY; n-- > 0;) {
        struct mr_entity *entity = find(&map, n);

        cr_assert_not_null(entity, "%u", n);
        cr_expect_eq(entity->readings[0], n);
        cr_expect_eq(entity->readings[1], UINT64_MAX - n);
        cr_expect_eq(get(&map, n), entity, "the same again");
    }
    cr_expect_eq(map.count, MANY);
    cr_expect_null(find(&map, MANY));
    mr_entity_clear(&map);
    cr_expect_eq(map.count, 0);
    cr_expect_null(find(&map, 1));
    fill(&map, 10, 1);
    cr_expect_eq(map.count, 10, "can be used again");
    mr_entity_clear(&map);
}

Test(entity, new_ones_are_fresh_and_empty)
{
    struct mr_entity_map map;
    struct mr_entity *entity;

    mr_entity_map_init(&map, 5);
    entity = get(&map, 3);
    cr_expect(entity->fresh);
    cr_expect_not(entity->ended);
    for (unsigned s = 0; s < 5; s++)
        cr_expect_eq(entity->have[s], 0);
    cr_expect_eq((uintptr_t)entity->readings % sizeof(uint64_t), 0, "aligned");
    mr_entity_clear(&map);
    mr_entity_map_init(&map, 0);
    cr_expect_not_null(get(&map, 3), "without readings");
    cr_expect_not_null(mr_entity_get(&map, (const uint8_t *)"", 0), "without key: the only one of its kind");
    cr_expect_eq(mr_entity_get(&map, (const uint8_t *)"", 0), mr_entity_find(&map, (const uint8_t *)"", 0));
    mr_entity_clear(&map);
}

/* Keys are bytes: zeros count, and so does the length. */
Test(entity, keys_are_bytes)
{
    static const struct {
        const char *key;
        size_t length;
    } keys[] = {{"A\0B", 3}, {"A\0C", 3}, {"A", 1}, {"A\0", 2}, {"", 0}, {"\0", 1}, {"\xff\xff\xff\xff\xff", 5}};
    struct mr_entity_map map;

    mr_entity_map_init(&map, 1);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        mr_entity_get(&map, (const uint8_t *)keys[i].key, keys[i].length)->readings[0] = i;
    cr_expect_eq(map.count, sizeof keys / sizeof *keys);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        cr_expect_eq(mr_entity_find(&map, (const uint8_t *)keys[i].key, keys[i].length)->readings[0], i);
    mr_entity_clear(&map);
}

/* Records come in the same order each interval; every order must work, and what is new stands at the end. */
Test(entity, orders)
{
    static const unsigned steps[] = {1, 1, 3, 7, 999, 1};
    struct mr_entity_map map;
    struct mr_entity *last;

    mr_entity_map_init(&map, 2);
    fill(&map, 1000, 1);
    for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
        for (unsigned i = 0; i < 1000; i++) {
            unsigned n = i * steps[s] % 1000;

            cr_assert_eq(get(&map, n)->readings[0], n, "step %u, %u", steps[s], n);
        }
    }
    cr_expect_eq(map.count, 1000);
    last = get(&map, 5000);
    cr_expect_eq(map.last, last);
    cr_expect_eq(get(&map, 0), map.first, "behind the last one comes the first");
    mr_entity_clear(&map);
}

Test(entity, drop)
{
    struct mr_entity_map map;
    unsigned seen = 0;

    mr_entity_map_init(&map, 2);
    fill(&map, 1000, 1);
    for (unsigned n = 0; n < 1000; n += 3)
        mr_entity_drop(&map, find(&map, n));
    mr_entity_drop(&map, find(&map, 998));
    cr_expect_eq(map.count, 1000 - 334 - 1);
    for (unsigned n = 0; n < 1000; n++)
        cr_expect_eq(find(&map, n) == NULL, n % 3 == 0 || n == 998, "%u", n);
    for (struct mr_entity *e = map.first; e != NULL; e = e->after) {
        seen++;
        cr_expect(e->after == NULL ? map.last == e : e->after->before == e);
    }
    cr_expect_eq(seen, map.count);
    cr_expect(get(&map, 0)->fresh, "made anew");
    while (map.first != NULL)
        mr_entity_drop(&map, map.first);
    cr_expect_eq(map.count, 0);
    cr_expect_null(map.last);
    cr_expect_not_null(get(&map, 1), "can be used again");
    mr_entity_clear(&map);
}

/* What was found last is dropped: the next search must not go by it. */
Test(entity, drop_what_was_found_last)
{
    struct mr_entity_map map;

    mr_entity_map_init(&map, 2);
    fill(&map, 3, 1);
    get(&map, 0);
    mr_entity_drop(&map, find(&map, 1));
    cr_expect_eq(get(&map, 2)->readings[0], 2);
    mr_entity_drop(&map, get(&map, 2));
    cr_expect_eq(get(&map, 0)->readings[0], 0);
    cr_expect_eq(map.count, 1);
    mr_entity_clear(&map);
}

Test(entity, expire)
{
    struct mr_entity_map map;

    mr_entity_map_init(&map, 2);
    fill(&map, 100, 5);
    for (unsigned n = 0; n < 100; n++)
        find(&map, n)->interval = n;
    cr_expect_eq(mr_entity_expire(&map, 0), 0);
    cr_expect_eq(mr_entity_expire(&map, 40), 40);
    cr_expect_eq(map.count, 60);
    cr_expect_null(find(&map, 39));
    cr_expect_not_null(find(&map, 40));
    cr_expect_eq(mr_entity_expire(&map, 1000), 60);
    cr_expect_eq(map.count, 0);
    mr_entity_clear(&map);
}

/* Keys of every length, one byte apart: each is an entity of its own, also where the other one is expected. */
Test(entity, every_byte_of_a_key_counts)
{
    for (size_t length = 1; length <= 24; length++) {
        struct mr_entity_map map;
        struct mr_entity *plain;
        uint8_t key[24];

        mr_entity_map_init(&map, 0);
        memset(key, 0x40, sizeof key);
        plain = mr_entity_get(&map, key, length);
        cr_assert_not_null(plain);
        for (size_t at = 0; at < length; at++) {
            struct mr_entity *other;

            key[at] ^= 0x80;
            other = mr_entity_get(&map, key, length); /* the one expected is another */
            cr_assert_neq(other, plain, "byte %zu of %zu", at, length);
            cr_assert_eq(other->after, NULL, "made just now");
            cr_assert_eq(mr_entity_find(&map, key, length), other);
            key[at] ^= 0x80;
            cr_assert_eq(mr_entity_get(&map, key, length), plain);
        }
        cr_assert_eq(map.count, length + 1);
        mr_entity_clear(&map);
    }
}

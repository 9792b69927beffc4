/* SPDX-License-Identifier: Apache-2.0 */
/* Entities found by a part of their keys are those that a look at every one would find, whatever comes and goes. */
#include "domains/known.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES 300u
#define CPUS 3u

/* A key is a name of six characters and a number; an event has the name two bytes further on. */
static const struct mr_key_part parts[] = {{.event_offset = 2, .key_offset = 0, .length = 6}};

static struct mr_entity *get(struct mr_entity_map *map, unsigned name, unsigned cpu)
{
    char key[16];

    snprintf(key, sizeof key, "N%05u%c", name % 100000, (char)cpu);
    return mr_entity_get(map, (const uint8_t *)key, 7);
}

static void drop(void *context, struct mr_entity *entity)
{
    mr_entity_drop(context, entity);
}

static unsigned calls;

static void count(void *context, struct mr_entity *entity)
{
    cr_assert(memcmp(entity->key, context, 6) == 0);
    calls++;
}

static unsigned by_name(struct mr_known *known, struct mr_entity_map *map, unsigned name)
{
    char event[16];

    snprintf(event, sizeof event, "xxN%05u", name % 100000);
    calls = 0;
    cr_assert_eq(mr_known_each(known, map, parts, 1, (const uint8_t *)event, 8, count, event + 2), MR_OK);
    return calls;
}

static unsigned by_looking(const struct mr_entity_map *map, unsigned name)
{
    char event[16];
    unsigned found = 0;

    snprintf(event, sizeof event, "xxN%05u", name % 100000);
    for (const struct mr_entity *e = map->first; e != NULL; e = e->after)
        found += mr_known_matches(parts, 1, e->key, e->key_length, (const uint8_t *)event, 8);
    return found;
}

Test(known, random_coming_and_going)
{
    struct mr_entity_map map;
    struct mr_known known = {.made = 0};
    unsigned seed = 4711, checked = 0;
    char event[16];

    mr_entity_map_init(&map, 1);
    for (unsigned step = 0; step < 20000; step++) {
        unsigned name = (unsigned)rand_r(&seed) % NAMES, what = (unsigned)rand_r(&seed) % 100;

        if (what < 45) {
            cr_assert_not_null(get(&map, name, what % CPUS));
        } else if (what < 60) {
            snprintf(event, sizeof event, "xxN%05u", name);
            cr_assert_eq(mr_known_each(&known, &map, parts, 1, (const uint8_t *)event, 8, drop, &map), MR_OK);
            cr_assert_eq(by_looking(&map, name), 0);
        } else if (what < 70 && map.first != NULL) {
            mr_entity_drop(&map, what % 2 == 0 ? map.first : map.last); /* behind the list's back */
        } else if (what == 70 && step % 50 == 0) {
            mr_entity_clear(&map);
        } else {
            cr_assert_eq(by_name(&known, &map, name), by_looking(&map, name), "step %u", step);
            checked += by_looking(&map, name) > 0;
        }
    }
    cr_assert_gt(checked, 1000u);
    /* What has gone does not stay in the list for ever. */
    cr_assert_leq(known.count, 2 * NAMES * CPUS + 64);
    mr_known_free(&known);
    mr_entity_clear(&map);
}

Test(known, list_does_not_grow_with_what_has_gone)
{
    struct mr_entity_map map;
    struct mr_known known = {.made = 0};

    mr_entity_map_init(&map, 0);
    for (unsigned n = 0; n < 50000; n++) {
        struct mr_entity *entity = get(&map, n, 0);

        cr_assert_eq(by_name(&known, &map, n), 1);
        mr_entity_drop(&map, entity);
        cr_assert_eq(by_name(&known, &map, n), 0);
        cr_assert_leq(known.count, 70);
    }
    mr_known_free(&known);
    mr_entity_clear(&map);
}

Test(known, short_events_and_keys)
{
    struct mr_entity_map map;
    struct mr_known known = {.made = 0};

    mr_entity_map_init(&map, 0);
    cr_assert_not_null(mr_entity_get(&map, (const uint8_t *)"N00", 3));
    cr_assert_not_null(get(&map, 7, 0));
    calls = 0;
    cr_assert_eq(mr_known_each(&known, &map, parts, 1, (const uint8_t *)"xxN0000", 7, count, NULL), MR_OK);
    cr_assert_eq(calls, 0);
    cr_assert_eq(by_name(&known, &map, 7), 1);
    mr_known_free(&known);
    mr_entity_clear(&map);
}

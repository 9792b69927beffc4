/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/prints.h"

#include "base/bytes.h"

#include <stdlib.h>

#define FIRST_ROOM 256u
#define FACTOR UINT64_C(0x9E3779B97F4A7C15)

static uint64_t mix(uint64_t print, uint64_t word)
{
    print = (print ^ word) * FACTOR;
    return print ^ print >> 29;
}

uint64_t mr_print_of_time(const struct mr_record *record)
{
    uint64_t print = mix(mix(FACTOR, (uint64_t)record->domain << 16 | record->number), record->tod);

    return print == 0 ? 1 : print;
}

uint64_t mr_print_of(const struct mr_record *record)
{
    uint64_t print = mix(mr_print_of_time(record), record->length);
    size_t at = MR_HEADER_BYTES; /* some bytes of the header carry no promise */

    for (; at + 8 <= record->length; at += 8)
        print = mix(print, mr_be64(record->data + at));
    for (; at < record->length; at++)
        print = mix(print, record->data[at]);
    return print == 0 ? 1 : print;
}

static size_t place_of(const struct mr_print_set *set, uint64_t print)
{
    size_t at = (size_t)(print ^ print >> 32) & (set->room - 1);

    while (set->slots[at] != 0 && set->slots[at] != print)
        at = (at + 1) & (set->room - 1);
    return at;
}

static bool has(const struct mr_print_set *set, uint64_t print)
{
    return set->room > 0 && set->slots[place_of(set, print)] == print;
}

bool mr_prints_have(const struct mr_prints *prints, uint64_t print)
{
    return has(&prints->recent, print) || has(&prints->older, print);
}

static int enlarge(struct mr_print_set *set)
{
    struct mr_print_set larger = {.room = set->room == 0 ? FIRST_ROOM : set->room * 2, .count = set->count};

    larger.slots = calloc(larger.room, sizeof *larger.slots);
    if (larger.slots == NULL)
        return MR_FATAL;
    for (size_t i = 0; i < set->room; i++) {
        if (set->slots[i] != 0)
            larger.slots[place_of(&larger, set->slots[i])] = set->slots[i];
    }
    free(set->slots);
    *set = larger;
    return MR_OK;
}

int mr_prints_add(struct mr_prints *prints, uint64_t print)
{
    if (mr_prints_have(prints, print))
        return MR_OK;
    if (prints->recent.count >= MR_PRINTS_MAX / 2) {
        free(prints->older.slots);
        prints->older = prints->recent;
        prints->recent = (struct mr_print_set){0};
    }
    if (prints->recent.count * 2 >= prints->recent.room && enlarge(&prints->recent) != MR_OK)
        return MR_FATAL;
    prints->recent.slots[place_of(&prints->recent, print)] = print;
    prints->recent.count++;
    return MR_OK;
}

size_t mr_prints_count(const struct mr_prints *prints)
{
    return prints->recent.count + prints->older.count;
}

void mr_prints_each(const struct mr_prints *prints, void (*use)(void *context, uint64_t print), void *context)
{
    const struct mr_print_set *sets[] = {&prints->older, &prints->recent};

    for (unsigned s = 0; s < 2; s++) {
        for (size_t i = 0; i < sets[s]->room; i++) {
            if (sets[s]->slots[i] != 0)
                use(context, sets[s]->slots[i]);
        }
    }
}

void mr_prints_free(struct mr_prints *prints)
{
    free(prints->recent.slots);
    free(prints->older.slots);
    *prints = (struct mr_prints){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The format is taken apart here by its description alone. */
#include "tests/unit/story.h"

#include "base/bytes.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define BLOCK 4096u
#define TOD_1970 UINT64_C(0x7D91048BCA000)

static int64_t micros(uint64_t tod)
{
    return (int64_t)((tod >> 12) - TOD_1970);
}

/* The records of one entry: is there a configuration record, and when does the sample end (0: there is no 1/11)? */
static uint64_t walk(const uint8_t *data, uint32_t start, uint32_t end, bool *config)
{
    uint64_t closed = 0;

    for (uint32_t address = start; address <= end;) {
        const uint8_t *record = data + (address - start);
        unsigned number = mr_be16(record + 6);

        if (record[4] == 1 && number == 13) {
            address = (address | (BLOCK - 1)) + 1;
            continue;
        }
        *config = *config || (record[4] == 1 && (number == 1 || number == 4));
        closed = record[4] == 1 && number == 11 ? mr_be64(record + 8) : 0;
        address += mr_be16(record);
    }
    return closed;
}

static void take_apart(struct story *story)
{
    const uint8_t *data = story->file.data;
    size_t at = 0;

    while (at + BLOCK <= story->file.length && (data[at + 40] == 0xE2 || data[at + 40] == 0xC5)) {
        struct set *set = &story->sets[story->set_count++];
        uint32_t entries = (mr_be32(data + at + 16) - mr_be32(data + at + 12) + 1) / 12;
        const uint8_t *entry = data + at + 40;
        uint64_t closed = 0;

        cr_assert(story->set_count < SETS_MAX && story->interval_count < INTERVALS_MAX);
        *set = (struct set){.bytes = {at, 0}, .interval = story->interval_count};
        at += BLOCK;
        for (uint32_t i = 0; i < entries; i++, entry += 12) {
            uint32_t start = mr_be32(entry + 4), end = mr_be32(entry + 8);
            uint64_t tod = walk(data + at, start, end, &set->config);

            if (entry[0] == 0xE2)
                closed = tod;
            at += (end - start + BLOCK) / BLOCK * BLOCK;
        }
        set->bytes.to = at;
        if (closed != 0 && !set->config)
            story->ends[story->interval_count++] = micros(closed);
    }
}

unsigned story_interval(const struct story *story, int64_t time)
{
    unsigned k = 0;

    while (k < story->interval_count && time > story->ends[k])
        k++;
    return k;
}

int story_by_hash(const void *a, const void *b)
{
    const struct reduction_row *x = *(const struct reduction_row *const *)a, *y = *(const struct reduction_row *const *)b;

    return x->end != y->end ? (x->end < y->end ? -1 : 1) : x->hash != y->hash ? (x->hash < y->hash ? -1 : 1) : 0;
}

const struct reduction_row **story_sorted(const struct reduction *reduction)
{
    const struct reduction_row **rows = malloc((reduction->count + 1) * sizeof *rows);

    cr_assert_not_null(rows);
    for (size_t i = 0; i < reduction->count; i++)
        rows[i] = &reduction->rows[i];
    qsort(rows, reduction->count, sizeof *rows, story_by_hash);
    return rows;
}

const struct story_sample story_samples[STORY_SAMPLES] = {
    {"day", "samples/day.scn", {"intervals=8", NULL}},
    {"busy", "samples/busy.scn", {"intervals=5", "users=8", "disks=8", NULL}},
    {"quirks", "samples/quirks.scn", {NULL}},
};

struct story *story_of(unsigned sample)
{
    struct story *story = calloc(1, sizeof *story);
    struct reduction_stretch all = {0, SIZE_MAX}; /* all times are of interest */

    cr_assert_not_null(story);
    story->file = sample_file_make(story_samples[sample].scenario, MS_NATIVE, story_samples[sample].settings);
    take_apart(story);
    cr_assert(story->interval_count > 4, "%u intervals", story->interval_count);
    story->whole = reduction_of(story->file.data, story->file.length, &all, 1);
    story->ordered = story_sorted(story->whole);
    cr_assert(story->whole->opened && story->whole->in_order && story->whole->adds_up && story->whole->count > 50);
    return story;
}

void story_forget(struct story *story)
{
    free(story->ordered);
    reduction_free(story->whole);
    free(story->file.data);
    free(story);
}

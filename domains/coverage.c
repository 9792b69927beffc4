/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/coverage.h"

#include "base/grow.h"
#include "reader/tod.h"

#include <stdlib.h>
#include <string.h>

/* Records of one type come in order; several processors may be a little out of step. */
#define OUT_OF_STEP (5 * (int64_t)MR_TOD_SECOND)

static bool before(uint64_t a, uint64_t b)
{
    return mr_tod_difference(a, b) < 0;
}

/* Index of the first past stretch that does not end before tod. */
static size_t find(const struct mr_covered_type *type, uint64_t tod)
{
    size_t low = 0, high = type->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (before(type->past[middle].last, tod))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool mr_coverage_seen(const struct mr_coverage *coverage, const struct mr_record *record)
{
    const struct mr_covered_type *type = coverage->types[record->domain][record->number];
    size_t at;

    if (type == NULL || type->count == 0 || before(type->latest, record->tod))
        return false;
    at = find(type, record->tod);
    return at < type->count && !before(record->tod, type->past[at].first);
}

/* The stretches that the new one touches become one with it. */
static int insert(struct mr_covered_type *type, struct mr_stretch stretch)
{
    size_t from = find(type, stretch.first), to = from;

    while (to < type->count && !before(stretch.last, type->past[to].first)) {
        if (before(type->past[to].first, stretch.first))
            stretch.first = type->past[to].first;
        if (before(stretch.last, type->past[to].last))
            stretch.last = type->past[to].last;
        to++;
    }
    if (to == from) {
        if (type->count == MR_COVERAGE_MAX) {
            memmove(type->past, type->past + 1, --type->count * sizeof *type->past);
            from = to = from > 0 ? from - 1 : 0;
        }
        if (mr_grow(&type->past, &type->room, type->count + 1, sizeof *type->past, MR_COVERAGE_MAX) != MR_OK)
            return MR_FATAL;
    }
    memmove(type->past + from + 1, type->past + to, (type->count - to) * sizeof *type->past);
    type->past[from] = stretch;
    type->count += from + 1 - to;
    type->latest = type->past[type->count - 1].last;
    return MR_OK;
}

bool mr_coverage_beyond(const struct mr_coverage *coverage, const struct mr_record *record)
{
    return (coverage->from != 0 && before(record->tod, coverage->from)) ||
           (coverage->to != 0 && !before(record->tod, coverage->to));
}

int mr_coverage_add(struct mr_coverage *coverage, unsigned domain, unsigned number, struct mr_stretch stretch)
{
    struct mr_covered_type **type = &coverage->types[domain][number];

    if (*type == NULL)
        *type = calloc(1, sizeof **type);
    return *type == NULL ? MR_FATAL : insert(*type, stretch);
}

/* A clock that jumps by more than a day belongs to another stretch, or is damaged: it must not stretch this one. */
static bool jumps(const struct mr_stretch *present, uint64_t tod)
{
    int64_t ahead = mr_tod_difference(tod, present->last), behind = mr_tod_difference(present->first, tod);
    const int64_t day = (int64_t)(MR_TOD_SECOND * 86400u);

    return present->first != 0 && (ahead > day || behind > day);
}

/*
 * A time that is ahead of all that follows, or before all that came, is that of one damaged record: it is covered itself,
 * but not what lies between.  inner is the latest time before the last one.
 */
static int note(struct mr_covered_type *type, uint64_t tod)
{
    struct mr_stretch *present = &type->present, apart = {tod, tod};

    if (mr_tod_difference(present->first, tod) > OUT_OF_STEP)
        return insert(type, apart);
    if (before(tod, present->first))
        present->first = tod;
    if (mr_tod_difference(present->last, tod) > OUT_OF_STEP) {
        apart = (struct mr_stretch){present->last, present->last};
        present->last = before(type->inner, tod) || mr_tod_difference(type->inner, tod) > OUT_OF_STEP ? tod : type->inner;
        type->inner = present->last;
        return insert(type, apart);
    }
    if (before(present->last, tod)) {
        type->inner = present->last;
        present->last = tod;
    }
    return MR_OK;
}

int mr_coverage_note(struct mr_coverage *coverage, const struct mr_record *record)
{
    struct mr_covered_type **type = &coverage->types[record->domain][record->number];
    struct mr_stretch *present;

    if (*type == NULL)
        *type = calloc(1, sizeof **type);
    if (*type == NULL)
        return MR_FATAL;
    if ((*type)->used_batch != coverage->batch + 1) {
        (*type)->used_batch = coverage->batch + 1;
        if (mr_prints_add(&coverage->prints, mr_print_of_time(record)) != MR_OK ||
            mr_prints_add(&coverage->prints, mr_print_of(record)) != MR_OK)
            return MR_FATAL;
    }
    present = &(*type)->present;
    if (jumps(present, record->tod)) {
        if (insert(*type, *present) != MR_OK)
            return MR_FATAL;
        *present = (struct mr_stretch){0, 0};
    }
    if (present->first == 0) {
        *present = (struct mr_stretch){record->tod, record->tod};
        (*type)->inner = record->tod;
    }
    return note(*type, record->tod);
}

/* The present stretch to the others; a last time that is ahead of now is that of one damaged record. */
static int close_type(struct mr_covered_type *type, uint64_t now)
{
    struct mr_stretch present = type->present;

    type->present = (struct mr_stretch){0, 0};
    if (now != 0 && present.first != present.last && mr_tod_difference(present.last, now) > OUT_OF_STEP) {
        if (insert(type, (struct mr_stretch){present.last, present.last}) != MR_OK)
            return MR_FATAL;
        present.last = type->inner;
    }
    return insert(type, present);
}

int mr_coverage_close(struct mr_coverage *coverage, uint64_t now)
{
    for (unsigned d = 0; d <= MR_DOMAIN_MAX; d++) {
        for (unsigned n = 0; n <= MR_NUMBER_MAX; n++) {
            struct mr_covered_type *type = coverage->types[d][n];

            if (type == NULL || type->present.first == 0)
                continue;
            if (close_type(type, now) != MR_OK)
                return MR_FATAL;
        }
    }
    return MR_OK;
}

void mr_coverage_free(struct mr_coverage *coverage)
{
    for (unsigned d = 0; d <= MR_DOMAIN_MAX; d++) {
        for (unsigned n = 0; n <= MR_NUMBER_MAX; n++) {
            if (coverage->types[d][n] != NULL)
                free(coverage->types[d][n]->past);
            free(coverage->types[d][n]);
        }
    }
    mr_prints_free(&coverage->prints);
    memset(coverage, 0, sizeof *coverage);
}

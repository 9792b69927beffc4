/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/census.h"

#include "reader/tod.h"

#include <string.h>

static int order(const struct mr_census_foreign *one, unsigned domain, unsigned number)
{
    if (one->domain != domain)
        return one->domain < domain ? -1 : 1;
    return one->number == number ? 0 : one->number < number ? -1 : 1;
}

/* The cell of a kind, a new one where it is the first of its kind. */
static struct mr_census_cell *foreign_cell(struct mr_census *census, unsigned domain, unsigned number)
{
    struct mr_census_foreign *list = census->foreign;
    size_t at = census->foreign_count;

    while (at > 0 && order(&list[at - 1], domain, number) > 0)
        at--;
    if (at > 0 && order(&list[at - 1], domain, number) == 0)
        return &list[at - 1].cell;
    if (census->foreign_count == MR_CENSUS_FOREIGN_MAX)
        return &census->cells[MR_DOMAIN_FOREIGN][0];
    memmove(&list[at + 1], &list[at], (census->foreign_count - at) * sizeof *list);
    list[at] = (struct mr_census_foreign){.domain = (uint16_t)domain, .number = (uint16_t)number};
    census->foreign_count++;
    return &list[at].cell;
}

void mr_census_record(struct mr_census *census, const struct mr_record *record)
{
    struct mr_census_cell *cell = record->number != 0
                                      ? &census->cells[record->domain][record->number]
                                      : foreign_cell(census, record->header_domain, record->header_number);

    if (cell->count == 0 || record->length < cell->shortest)
        cell->shortest = record->length;
    if (record->length > cell->longest)
        cell->longest = record->length;
    cell->count++;
    cell->bytes += record->length;
    census->records++;
    census->bytes += record->length;
    if (census->records == 1 || mr_tod_difference(record->tod, census->first_tod) < 0)
        census->first_tod = record->tod;
    if (census->records == 1 || mr_tod_difference(record->tod, census->last_tod) > 0)
        census->last_tod = record->tod;
    if (record->domain == 1 && record->number == 1)
        census->configurations++;
    if (record->domain == 1 && record->number == 11) {
        if (record->kind == 'E')
            census->event_ends++;
        else
            census->sample_ends++;
    }
}

static void join_cell(struct mr_census_cell *cell, const struct mr_census_cell *other)
{
    if (other->count == 0)
        return;
    if (cell->count == 0 || other->shortest < cell->shortest)
        cell->shortest = other->shortest;
    if (other->longest > cell->longest)
        cell->longest = other->longest;
    cell->count += other->count;
    cell->bytes += other->bytes;
}

void mr_census_join(struct mr_census *census, const struct mr_census *other)
{
    if (other->records == 0)
        return;
    if (census->records == 0 || mr_tod_difference(other->first_tod, census->first_tod) < 0)
        census->first_tod = other->first_tod;
    if (census->records == 0 || mr_tod_difference(other->last_tod, census->last_tod) > 0)
        census->last_tod = other->last_tod;
    for (unsigned d = 0; d <= MR_DOMAIN_MAX; d++) {
        for (unsigned n = 0; n <= MR_NUMBER_MAX; n++)
            join_cell(&census->cells[d][n], &other->cells[d][n]);
    }
    for (size_t i = 0; i < other->foreign_count; i++) {
        const struct mr_census_foreign *one = &other->foreign[i];

        join_cell(foreign_cell(census, one->domain, one->number), &one->cell);
    }
    census->records += other->records;
    census->bytes += other->bytes;
    census->sample_ends += other->sample_ends;
    census->event_ends += other->event_ends;
    census->configurations += other->configurations;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/census.h"

#include "reader/tod.h"

void mr_census_record(struct mr_census *census, const struct mr_record *record)
{
    struct mr_census_cell *cell = &census->cells[record->domain][record->number];

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

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables shared out among engines that are given the same records, or systems among engines that make the same
 * tables.  Each engine follows systems and intervals by itself, and keeps readings and rows only for what it makes, so
 * that nothing has to be shared while records flow.
 */
#include "base/grow.h"
#include "domains/census.h"
#include "domains/system.h"

#include <string.h>

/* What a row costs besides its cells, in cells. */
#define ROW_COST 8.0

/* An entry of unknown size: most are longer, few are shorter. */
#define ENTRY_BYTES 32.0

/* Systems of all engines of a run. */
#define SYSTEMS_JOINED_MAX (64u * MR_SYSTEMS_MAX)

/* The plan that stands for the unit of plan p. */
static size_t first_of(const size_t *unit, size_t p)
{
    while (unit[p] != p)
        p = unit[p];
    return p;
}

static void unite(size_t *unit, size_t a, size_t b)
{
    size_t x = first_of(unit, a), y = first_of(unit, b);

    if (x < y)
        unit[y] = x;
    else
        unit[x] = y;
}

static bool has_alternate(const struct mr_plan *plan)
{
    bool found = false;

    for (size_t f = 0; f < plan->feed_count; f++)
        found |= plan->feeds[f].has_alternate;
    return found;
}

static bool takes_sample_of_users(const struct mr_plan *plan)
{
    const struct mr_table *table = plan->table;

    return table->rule == MR_RULE_LOGOFF ||
           (table->rule == MR_RULE_RECORD && table->records[0].domain == 4 && table->records[0].number == 3);
}

/* All plans for which the test holds are one unit. */
static void unite_all(const struct mr_engine *engine, size_t *unit, bool (*test)(const struct mr_plan *plan))
{
    size_t first = engine->plan_count;

    for (size_t p = 0; p < engine->plan_count; p++) {
        if (!test(engine->plans[p]))
            continue;
        if (first == engine->plan_count)
            first = p;
        unite(unit, first, p);
    }
}

size_t mr_engine_units(const struct mr_engine *engine, size_t *unit)
{
    size_t count = 0;

    for (size_t p = 0; p < engine->plan_count; p++)
        unit[p] = p;
    for (size_t p = 0; p < engine->plan_count; p++) {
        for (size_t l = 0; l < engine->plans[p]->link_count; l++)
            unite(unit, p, engine->plans[p]->links[l].target->number);
    }
    /* The form of a record is found out once for a system; logoff looks at the readings of 4/3. */
    unite_all(engine, unit, has_alternate);
    unite_all(engine, unit, takes_sample_of_users);
    for (size_t v = 0; v < engine->variant_count; v++) {
        for (size_t f = 1; f < engine->variants[v].count; f++)
            unite(unit, engine->variants[v].feeds[0]->plan->number, engine->variants[v].feeds[f]->plan->number);
    }
    for (size_t p = 0; p < engine->plan_count; p++)
        unit[p] = first_of(unit, p);
    /* The plan that stands for a unit is its first one, so it has been numbered when the others come. */
    for (size_t p = 0; p < engine->plan_count; p++)
        unit[p] = unit[p] == p ? count++ : unit[unit[p]];
    return count;
}

/* Rows that the records counted would make. */
static double rows_of(const struct mr_feed *feed, const struct mr_census_cell *cell)
{
    double stride = feed->entries == NULL || feed->entries->stride.field != MR_NO_INDEX
                        ? ENTRY_BYTES
                        : (double)feed->entries->stride.value;

    if (feed->entries == NULL)
        return (double)cell->count;
    return (double)cell->bytes / (stride > 0 ? stride : ENTRY_BYTES);
}

double mr_engine_work(const struct mr_engine *engine, const struct mr_plan *plan, const struct mr_census *census)
{
    double work = 0;

    (void)engine;
    for (size_t f = 0; f < plan->feed_count; f++) {
        const struct mr_layout *layout = plan->feeds[f].layout;

        work += rows_of(&plan->feeds[f], &census->cells[layout->domain][layout->number]) *
                ((double)plan->column_count + ROW_COST);
    }
    return work;
}

/* Those of plans that this engine makes come first, in the order they had.  Returns their number. */
static size_t bring_forward(struct mr_feed **feeds, size_t count, const bool *mine)
{
    size_t active = 0;

    for (size_t f = 0; f < count; f++) {
        struct mr_feed *feed = feeds[f];

        if (!mine[feed->plan->number])
            continue;
        for (size_t i = f; i > active; i--)
            feeds[i] = feeds[i - 1];
        feeds[active++] = feed;
    }
    return active;
}

void mr_engine_keep(struct mr_engine *engine, const bool *mine)
{
    for (size_t p = 0; p < engine->plan_count; p++)
        engine->plans[p]->wanted &= mine[p];
    for (unsigned d = 0; d <= MR_DOMAIN_MAX; d++) {
        for (unsigned n = 0; n <= MR_NUMBER_MAX; n++) {
            struct mr_dispatch *target = &engine->dispatch[d][n];

            target->active = bring_forward(target->feeds, target->count, mine);
        }
    }
    for (size_t v = 0; v < engine->variant_count; v++)
        engine->variants[v].active = bring_forward(engine->variants[v].feeds, engine->variants[v].count, mine);
}

static void add_tables(struct mr_engine *engine, const struct mr_engine *other)
{
    for (size_t p = 0; p < engine->plan_count; p++) {
        struct mr_plan *plan = engine->plans[p];
        const struct mr_plan *from = other->plans[p];

        for (size_t q = 0; q < sizeof plan->quality_rows / sizeof *plan->quality_rows; q++)
            plan->quality_rows[q] += from->quality_rows[q];
        for (size_t f = 0; f < plan->feed_count; f++) {
            for (size_t s = 0; s < plan->feeds[f].step_count; s++) {
                plan->feeds[f].falls[s].resets += from->feeds[f].falls[s].resets;
                plan->feeds[f].falls[s].doubts += from->feeds[f].falls[s].doubts;
            }
        }
        for (size_t b = 0; b < plan->balance_count; b++) {
            plan->balances[b].checked += from->balances[b].checked;
            plan->balances[b].failed += from->balances[b].failed;
        }
    }
}

void mr_engine_gather(struct mr_engine *engine, const struct mr_engine *other)
{
    engine->counts.rows += other->counts.rows;
    engine->counts.orphans += other->counts.orphans;
    add_tables(engine, other);
}

static void add_counts(struct mr_engine_counts *counts, const struct mr_engine_counts *other)
{
    counts->records += other->records;
    counts->record_bytes += other->record_bytes;
    counts->reduced += other->reduced;
    counts->structural += other->structural;
    counts->unknown += other->unknown;
    counts->not_selected += other->not_selected;
    counts->duplicates += other->duplicates;
    counts->duplicate_bytes += other->duplicate_bytes;
    counts->rows += other->rows;
    counts->intervals += other->intervals;
    counts->missing_intervals += other->missing_intervals;
    counts->lost_events += other->lost_events;
    counts->suspends += other->suspends;
    counts->orphans += other->orphans;
}

int mr_engine_join(struct mr_engine *engine, struct mr_engine *other)
{
    size_t count = engine->system_count + other->system_count;

    if (mr_grow(&engine->systems, &engine->system_room, count, sizeof *engine->systems,
                SYSTEMS_JOINED_MAX) != MR_OK)
        return MR_FATAL;
    if (other->system_count > 0)
        memcpy(engine->systems + engine->system_count, other->systems, other->system_count * sizeof *other->systems);
    engine->system_count = count;
    other->system_count = 0;
    add_counts(&engine->counts, &other->counts);
    mr_census_join(&engine->census, &other->census);
    add_tables(engine, other);
    return MR_OK;
}

const struct mr_identity *mr_engine_named_system(const struct mr_engine *engine)
{
    return engine->named ? &engine->current->identity : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/hold.h"

#include "reader/tod.h"

#include <stdlib.h>
#include <string.h>

/* Tables with one row an interval: their key has no bytes. */
static const uint8_t no_key[1];

void mr_held_row_free(struct mr_held_row *row)
{
    if (row == NULL)
        return;
    free(row->cells);
    free(row->spoiled);
    free(row->rows);
    free(row->text.bytes);
    free(row);
}

struct mr_held_row *mr_held_row_new(const struct mr_plan *plan)
{
    struct mr_held_row *row = calloc(1, sizeof *row);

    if (row == NULL)
        return NULL;
    row->cells = calloc(plan->column_count, sizeof *row->cells);
    row->spoiled = calloc(plan->column_count, 1);
    row->rows = calloc(plan->incoming_count + 1, sizeof *row->rows);
    row->incoming = (unsigned)plan->incoming_count;
    row->text = (struct mr_text){.bytes = malloc(plan->text_room + 1), .room = plan->text_room};
    if (row->cells == NULL || row->spoiled == NULL || row->rows == NULL || row->text.bytes == NULL) {
        mr_held_row_free(row);
        return NULL;
    }
    return row;
}

struct mr_held_row *mr_hold_row(struct mr_system *system, const struct mr_plan *plan, const uint8_t *key,
                                size_t key_length)
{
    struct mr_entity *entity = mr_entity_get(&system->held[plan->number], key, key_length);
    struct mr_held_row *held;

    if (entity == NULL)
        return NULL;
    entity->interval = system->interval;
    if (entity->row == NULL)
        entity->row = mr_held_row_new(plan);
    held = entity->row;
    if (held == NULL || held->used)
        return held;
    memset(held->cells, 0, plan->column_count * sizeof *held->cells);
    memset(held->spoiled, 0, plan->column_count);
    held->text.used = 0;
    held->parts = held->old = 0;
    held->tod = held->source_tod = 0;
    held->quality = held->sums = MR_QUALITY_OK;
    held->sampled = held->superseded = false;
    held->used = true;
    if (held->owed != 0)
        mr_join_owed(plan, held);
    return held;
}

void mr_hold_part(const struct mr_system *system, struct mr_held_row *held, uint32_t part,
                  const struct mr_row_facts *facts)
{
    held->parts |= part;
    held->seen |= part;
    held->superseded |= facts->superseded;
    if (mr_hold_older(system, held, facts->base))
        held->old |= part;
    if (facts->quality > held->quality)
        held->quality = facts->quality;
    if (held->tod == 0 || mr_tod_difference(facts->tod, held->tod) > 0)
        held->tod = facts->tod;
}

/*
 * DURATION of a held row reaches from the end of the row before.  It stays blank where the differences do (settled
 * readings 1 and 2).
 */
static uint64_t elapsed_of(const struct mr_held_row *held, uint64_t tod)
{
    int64_t elapsed = mr_tod_difference(tod, held->last_tod);

    if (held->last_tod == 0 || elapsed <= 0 || held->quality == MR_QUALITY_FIRST || held->quality == MR_QUALITY_RESET)
        return 0;
    return (uint64_t)elapsed;
}

/* One part that is first or was reset blanks the differences of all: they belong to one DURATION (settled reading 2). */
static void blank_differences(const struct mr_plan *plan, struct mr_held_row *held)
{
    for (unsigned c = plan->first_element; c < plan->first_derived; c++) {
        if (plan->column_part[c] != 0)
            held->cells[c].present = 0;
    }
}

/* Differences that reach back behind the row before belong to another time than the row; their rates stand. */
static void blank_old_parts(const struct mr_plan *plan, struct mr_held_row *held)
{
    for (unsigned c = plan->first_element; c < plan->first_derived; c++) {
        if ((plan->column_part[c] & held->old) != 0 && plan->column_kind[c] == MR_COLUMN_DIFFERENCE)
            held->cells[c].present = 0;
    }
}

void mr_hold_forget(struct mr_held_row *held)
{
    held->last_tod = 0;
    held->last_interval = 0;
    held->owed = 0;
    for (unsigned i = 0; i < held->incoming; i++)
        held->rows[i].before = 0;
}

/* What its parts and its sums are, and whether a part is missing that this system sends. */
static enum mr_quality quality_of(const struct mr_system *system, const struct mr_plan *plan,
                                  const struct mr_held_row *held)
{
    enum mr_quality quality = plan->has_counters ? held->quality : MR_QUALITY_OK;
    bool start = plan->table->rule == MR_RULE_START;

    if (start ? system->have != MR_HAVE_ALL : (held->parts & held->seen) != held->seen)
        return MR_QUALITY_PARTIAL;
    /* A sum that lacks something is worse than a part that begins; in the first row of all nothing can be added up. */
    if (held->sums == MR_QUALITY_PARTIAL && held->last_interval != 0)
        return MR_QUALITY_PARTIAL;
    return quality < MR_QUALITY_FIRST && held->sums > quality ? held->sums : quality;
}

static void count_anew(const struct mr_plan *plan, struct mr_held_row *held)
{
    for (size_t i = 0; i < plan->incoming_count; i++)
        held->rows[i] = (struct mr_held_rows){.before = held->rows[i].now};
}

/* Without differences there is nothing that a time over several samples could tell of. */
static bool reaches_too_far(const struct mr_system *system, const struct mr_plan *plan, const struct mr_held_row *held)
{
    return !plan->has_counters && held->last_interval < system->previous;
}

static int let_go(struct mr_engine *engine, struct mr_system *system, struct mr_plan *plan, struct mr_held_row *held)
{
    bool start = plan->table->rule == MR_RULE_START;
    struct mr_row_facts facts = {.tod = held->parts == 0 ? held->source_tod : held->tod};

    if (held->quality == MR_QUALITY_FIRST || held->quality == MR_QUALITY_RESET)
        blank_differences(plan, held);
    if (plan->incoming_count > 0)
        mr_join_missing(system, plan, held);
    facts.elapsed = start || reaches_too_far(system, plan, held) ? 0 : elapsed_of(held, facts.tod);
    facts.quality = quality_of(system, plan, held);
    facts.base = facts.elapsed == 0 ? MR_BASE_NONE : mr_hold_base(system, held);
    mr_row_common(system, plan, facts.tod, facts.elapsed, facts.quality, held->cells);
    mr_row_formulas(plan, held->superseded, held->cells);
    if (held->old != 0)
        blank_old_parts(plan, held);
    held->used = false;
    held->last_tod = facts.tod;
    held->last_interval = system->interval;
    count_anew(plan, held);
    return mr_row_put(engine, system, plan, &facts, held->cells);
}

/* Of several 1/5 the first one stands in the row, and all are counted (settled reading 10). */
static void count_processor(const struct mr_plan *plan, const struct mr_feed *feed, struct mr_held_row *held)
{
    struct mr_cell *cell;

    if (plan->processor_column == MR_NO_COLUMN || feed->layout->domain != 1 || feed->layout->number != 5)
        return;
    cell = &held->cells[plan->processor_column];
    cell->value.u = cell->present ? cell->value.u + 1 : 1;
    cell->present = 1;
}

int mr_hold_take(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                 const struct mr_record *record, struct mr_part *parts)
{
    struct mr_plan *plan = feed->plan;
    struct mr_held_row *held = mr_hold_row(system, plan, no_key, 0);
    struct mr_observation o = {.system = system, .feed = feed, .record = record, .parts = parts, .keep = true};
    struct mr_row_facts facts;
    int status;

    if (held != NULL)
        count_processor(plan, feed, held);
    if (held != NULL && (held->parts & feed->part) != 0) {
        if (plan->table->rule == MR_RULE_START)
            return MR_OK;
        status = let_go(engine, system, plan, held);
        if (status != MR_OK)
            return status;
        held = mr_hold_row(system, plan, no_key, 0);
    }
    if (held == NULL)
        return MR_FATAL;
    o.cells = held->cells;
    o.text = &held->text;
    status = mr_observe(&o);
    if (status != MR_OK || o.duplicate)
        return status;
    if (feed->elapsed_column != MR_NO_COLUMN && o.elapsed != 0)
        held->cells[feed->elapsed_column] =
            (struct mr_cell){.value.i = (int64_t)mr_tod_duration(o.elapsed), .present = 1};
    facts = mr_row_facts(&o);
    mr_hold_part(system, held, feed->part, &facts);
    return MR_OK;
}

/*
 * Rows that have a part, and rows of which this sample has given nothing but what was summed: the parts that the system
 * otherwise sends are missing then.  What only events have given waits for the sample.
 */
static bool is_due(const struct mr_held_row *row)
{
    return row != NULL && row->used && (row->parts != 0 || (row->seen != 0 && row->sampled));
}

/* The system sends no part of such a row: what was added up for it belongs to no later sample. */
static void drop_row(const struct mr_plan *plan, struct mr_held_row *held)
{
    held->used = false;
    count_anew(plan, held);
}

static int release(struct mr_engine *engine, struct mr_system *system, struct mr_plan *plan)
{
    int status = plan->total_count > 0 ? mr_join_totals(system, plan) : MR_OK;

    for (struct mr_entity *e = system->held[plan->number].first; e != NULL && status == MR_OK; e = e->after) {
        if (is_due(e->row))
            status = let_go(engine, system, plan, e->row);
        else if (e->row != NULL && e->row->used && e->row->sampled)
            drop_row(plan, e->row);
    }
    return status;
}

/* In the order of the plans: a table that is joined from held rows stands behind their table. */
int mr_hold_release(struct mr_engine *engine, struct mr_system *system)
{
    int status = MR_OK;

    for (size_t p = 0; p < engine->plan_count && status == MR_OK; p++) {
        enum mr_rule rule = engine->plans[p]->table->rule;

        if (rule == MR_RULE_MERGE || rule == MR_RULE_JOIN)
            status = release(engine, system, engine->plans[p]);
    }
    return status;
}

int mr_hold_release_start(struct mr_engine *engine, struct mr_system *system)
{
    int status = MR_OK;

    for (size_t p = 0; p < engine->plan_count && status == MR_OK; p++) {
        if (engine->plans[p]->table->rule == MR_RULE_START)
            status = release(engine, system, engine->plans[p]);
    }
    return status;
}

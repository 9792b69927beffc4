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
    row->text = (struct mr_text){.bytes = malloc(plan->text_room + 1), .room = plan->text_room};
    if (row->cells == NULL || row->spoiled == NULL || row->text.bytes == NULL) {
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
    held->parts = 0;
    held->tod = 0;
    held->quality = MR_QUALITY_OK;
    held->used = true;
    return held;
}

void mr_hold_part(struct mr_held_row *held, uint32_t part, enum mr_quality quality, uint64_t tod)
{
    held->parts |= part;
    held->seen |= part;
    if (quality > held->quality)
        held->quality = quality;
    if (held->tod == 0 || mr_tod_difference(tod, held->tod) > 0)
        held->tod = tod;
}

/*
 * DURATION of a held row reaches from the end of the row before.  It stays blank where the differences do (settled
 * readings 1 and 2).
 */
static uint64_t elapsed_of(const struct mr_held_row *held)
{
    int64_t elapsed = mr_tod_difference(held->tod, held->last_tod);

    if (held->last_tod == 0 || elapsed <= 0 || held->quality == MR_QUALITY_FIRST || held->quality == MR_QUALITY_RESET)
        return 0;
    return (uint64_t)elapsed;
}

static bool is_difference(const struct mr_plan *plan, unsigned column)
{
    for (size_t f = 0; f < plan->feed_count; f++) {
        for (size_t i = 0; i < plan->feeds[f].step_count; i++) {
            if (plan->feeds[f].steps[i].column == column && plan->feeds[f].steps[i].diff != MR_DIFF_NONE)
                return true;
        }
    }
    return false;
}

/* One part that is first or was reset blanks the differences of all: they belong to one DURATION (settled reading 2). */
static void blank_differences(const struct mr_engine *engine, const struct mr_plan *plan, struct mr_held_row *held)
{
    for (unsigned c = plan->first_element; c < plan->column_count; c++) {
        if (is_difference(plan, c))
            held->cells[c].present = 0;
    }
    for (size_t p = 0; p < engine->plan_count; p++) {
        const struct mr_plan *source = engine->plans[p];

        for (size_t i = 0; i < source->link_count; i++) {
            const struct mr_join_link *link = &source->links[i];

            for (size_t s = 0; link->target == plan && link->part != 0 && s < link->step_count; s++) {
                if (is_difference(source, link->steps[s].from))
                    held->cells[link->steps[s].column].present = 0;
            }
        }
    }
}

static int let_go(struct mr_engine *engine, struct mr_system *system, struct mr_plan *plan, struct mr_held_row *held)
{
    bool start = plan->table->rule == MR_RULE_START;
    uint64_t elapsed = start ? 0 : elapsed_of(held);
    enum mr_quality quality = plan->has_counters ? held->quality : MR_QUALITY_OK;

    if (held->quality == MR_QUALITY_FIRST || held->quality == MR_QUALITY_RESET)
        blank_differences(engine, plan, held);
    if (start ? system->have != MR_HAVE_ALL : (held->parts & held->seen) != held->seen)
        quality = MR_QUALITY_PARTIAL;
    mr_row_common(system, plan, held->tod, elapsed, quality, held->cells);
    held->used = false;
    held->last_tod = held->tod;
    return mr_row_emit(engine, system, plan, held->tod, quality, held->cells);
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
    mr_hold_part(held, feed->part, o.quality, record->tod);
    return MR_OK;
}

static int release(struct mr_engine *engine, struct mr_system *system, struct mr_plan *plan)
{
    int status = MR_OK;

    for (struct mr_entity *e = system->held[plan->number].first; e != NULL && status == MR_OK; e = e->after) {
        if (e->row != NULL && e->row->used && e->row->parts != 0)
            status = let_go(engine, system, plan, e->row);
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

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records that are held for others: 0/15 for its 0/16 and 0/17, 4/8 for its 4/10.  The first record of the table is the
 * held one; its keys, if it has any, must be equal to the first keys of the others.
 */
#include "domains/hold.h"
#include "domains/system.h"
#include "reader/tod.h"

#include <stdlib.h>
#include <string.h>

static struct mr_entity_map *map_of(const struct mr_system *system, const struct mr_plan *plan)
{
    return &system->held[plan->number];
}

static int copy_record(struct mr_entity *entity, const struct mr_record *record)
{
    if (entity->record_room < record->length) {
        uint8_t *bytes = realloc(entity->record, record->length);

        if (bytes == NULL)
            return MR_FATAL;
        entity->record = bytes;
        entity->record_room = record->length;
    }
    memcpy(entity->record, record->data, record->length);
    entity->record_length = record->length;
    entity->tod = record->tod;
    return MR_OK;
}

/* The held record's fields into the row that is being made. */
static int show_held(struct mr_observation *row, struct mr_feed *feed, const struct mr_entity *entity)
{
    struct mr_part parts[MR_REGIONS_MAX];
    struct mr_record record = {.data = entity->record, .length = entity->record_length, .tod = entity->tod};
    struct mr_observation o = *row;

    o.feed = feed;
    o.record = &record;
    o.parts = parts;
    o.plain = true;
    parts[0] = (struct mr_part){record.data, record.length, 0, false};
    mr_decode_parts(feed, parts);
    return mr_observe(&o);
}

/* A held record that nothing came for: shown alone. */
static int row_alone(struct mr_engine *engine, struct mr_system *system, struct mr_plan *plan,
                     struct mr_entity *entity)
{
    struct mr_observation o = mr_row_begin(engine, system, &plan->feeds[0], NULL, NULL);
    const struct mr_row_facts facts = {.tod = entity->tod, .quality = MR_QUALITY_PARTIAL};
    int status = show_held(&o, &plan->feeds[0], entity);

    if (status != MR_OK)
        return status;
    entity->record_length = 0;
    mr_row_common(system, plan, entity->tod, 0, MR_QUALITY_PARTIAL, engine->cells);
    return mr_row_emit(engine, system, plan, &facts, engine->cells);
}

/* Events wait for exactly one other record; a sample's record serves all that come in its interval. */
static bool is_event(const struct mr_plan *plan)
{
    return !plan->feeds[0].sample;
}

static int keep_record(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                       const struct mr_record *record, const struct mr_part *parts)
{
    uint8_t key[MR_KEY_BYTES_MAX];
    struct mr_entity *entity = mr_entity_get(map_of(system, feed->plan), key, mr_observe_key(feed, parts, key));
    int status = MR_OK;

    if (entity == NULL)
        return MR_FATAL;
    if (entity->record_length > 0 && is_event(feed->plan))
        status = row_alone(engine, system, feed->plan, entity);
    entity->interval = system->interval;
    entity->fresh = false;
    return status == MR_OK ? copy_record(entity, record) : status;
}

/* The held record that belongs to this one, or NULL. */
static struct mr_entity *find_held(struct mr_system *system, const struct mr_feed *feed, const struct mr_part *parts)
{
    const struct mr_feed *held = &feed->plan->feeds[0];
    uint8_t key[MR_KEY_BYTES_MAX] = {0}; /* a site's layout may have fewer keys here than the held record */
    size_t length = 0;
    struct mr_entity *entity;

    mr_observe_key(feed, parts, key);
    for (size_t k = 0; k < held->key_count; k++)
        length += held->keys[k].length;
    entity = mr_entity_find(map_of(system, feed->plan), key, length);
    if (entity == NULL || entity->record_length == 0)
        return NULL;
    if (!is_event(feed->plan) && entity->interval != system->interval)
        return NULL; /* of another interval */
    return entity;
}

/* The fields of the held record, if there is one, and of the observed one. */
static int fill_row(struct mr_observation *o, const struct mr_entity *held)
{
    int status = held == NULL ? MR_OK : show_held(o, &o->feed->plan->feeds[0], held);

    return status == MR_OK ? mr_observe(o) : status;
}

static int row_with_held(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                         const struct mr_record *record, struct mr_part *parts)
{
    struct mr_plan *plan = feed->plan;
    struct mr_entity *held = find_held(system, feed, parts);
    struct mr_observation o = mr_row_begin(engine, system, feed, record, parts);
    struct mr_row_facts facts;
    int status = fill_row(&o, held);

    if (status == MR_OK && feed->has_alternate && mr_d00_judge_form(engine, system, &o)) {
        parts[1].alternate = true;
        o = mr_row_begin(engine, system, feed, record, parts);
        status = fill_row(&o, held);
    }
    if (status != MR_OK)
        return status;
    if (o.duplicate)
        return MR_OK;
    /* What a system never sends is not missing: 0/15 exists only where there are partitions. */
    if (held == NULL && (is_event(plan) || map_of(system, plan)->count > 0))
        o.quality = MR_QUALITY_PARTIAL;
    facts = mr_row_facts(&o);
    if (held != NULL && mr_tod_difference(held->tod, facts.tod) > 0)
        facts.tod = held->tod;
    if (held != NULL && is_event(plan))
        held->record_length = 0;
    mr_d00_physical(feed, engine->cells);
    mr_row_common(system, plan, facts.tod, facts.elapsed, facts.quality, engine->cells);
    return mr_row_emit(engine, system, plan, &facts, engine->cells);
}

/*
 * A record without entries makes no row, but the tables that add up its rows hear of it: a partition without processors
 * is a partition (design, section 10.12).
 */
static int tell_of_no_entries(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                              const struct mr_record *record, struct mr_part *parts)
{
    struct mr_observation o = mr_row_begin(engine, system, feed, record, parts);
    const struct mr_row_facts facts = {.tod = record->tod};

    o.plain = true;
    if (feed->plan->link_count == 0)
        return MR_OK;
    if (fill_row(&o, find_held(system, feed, parts)) != MR_OK)
        return MR_FATAL;
    for (unsigned c = feed->plan->first_element; c < feed->plan->first_derived; c++) {
        if (feed->plan->column_kind[c] == MR_COLUMN_DIFFERENCE)
            engine->cells[c].present = 0; /* of what: there was no entry before */
    }
    if (mr_join_take(system, feed->plan, &facts, engine->cells, false) != MR_OK)
        return MR_FATAL;
    return mr_join_take(system, feed->plan, &facts, engine->cells, true);
}

int mr_held_record(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                   const struct mr_record *record, struct mr_part *parts)
{
    int status = MR_OK;
    unsigned rows = 0;

    if (feed == &feed->plan->feeds[0])
        return keep_record(engine, system, feed, record, parts);
    if (feed->entries == NULL)
        return row_with_held(engine, system, feed, record, parts);
    if (feed->has_alternate)
        mr_d00_choose_form(engine, system, feed, record, parts);
    for (unsigned i = 0; i < MR_ENTRIES_MAX && status == MR_OK; i++) {
        if (mr_decode_part(feed->layout, feed->entries, i, &parts[0], &parts[1]) != MR_OK)
            break;
        parts[1].alternate = feed->has_alternate && system->form == 2;
        status = row_with_held(engine, system, feed, record, parts);
        rows++;
    }
    if (status == MR_OK && rows == 0) {
        parts[1] = (struct mr_part){NULL, 0, 0, false};
        status = tell_of_no_entries(engine, system, feed, record, parts);
    }
    return status;
}

int mr_held_finish(struct mr_engine *engine, struct mr_system *system)
{
    int status = MR_OK;

    for (size_t p = 0; p < engine->plan_count; p++) {
        struct mr_plan *plan = engine->plans[p];

        if (plan->table->rule != MR_RULE_HELD || !is_event(plan))
            continue;
        for (struct mr_entity *e = map_of(system, plan)->first; e != NULL && status == MR_OK; e = e->after) {
            if (e->record_length > 0)
                status = row_alone(engine, system, plan, e);
        }
    }
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Events after which the counters of something begin anew (schema/sessions.csv). */
#include "base/grow.h"
#include "domains/system.h"
#include "reader/tod.h"

#include <stdlib.h>
#include <string.h>

#define RULES_MAX 65536

/* Place of a field in the key of a feed's entities. */
static int key_place(const struct mr_feed *feed, const char *name, size_t name_length, uint16_t *offset,
                     uint16_t *length)
{
    uint16_t at = 0;

    for (size_t k = 0; k < feed->key_count; k++) {
        const struct mr_step *step = &feed->keys[k];

        if (step->field != NULL && strlen(step->field->name) == name_length &&
            strncmp(step->field->name, name, name_length) == 0 && step->length == step->field->length) {
            *offset = at;
            *length = step->length;
            return MR_OK;
        }
        at = (uint16_t)(at + (step->load == MR_LOAD_INDEX ? 2 : step->length));
    }
    return MR_FAILED;
}

static const struct mr_field *field_of(const struct mr_layout *layout, const char *name, size_t name_length)
{
    for (unsigned f = 0; layout != NULL && f < layout->field_count; f++) {
        if (strlen(layout->fields[f].name) == name_length && strncmp(layout->fields[f].name, name, name_length) == 0)
            return &layout->fields[f];
    }
    return NULL;
}

static int make_rule(const struct mr_engine *engine, const struct mr_session *session, struct mr_feed *feed,
                     struct mr_session_rule *rule)
{
    const struct mr_layout *layout =
        mr_schema_layout(engine->options.schema, session->event.domain, session->event.number, "");
    const char *event = session->event_fields, *record = session->fields;

    *rule = (struct mr_session_rule){.session = session, .feed = feed};
    while (*event != '\0' && *record != '\0' && rule->part_count < 4) {
        size_t n = strcspn(event, "+"), k = strcspn(record, "+");
        const struct mr_field *field = field_of(layout, event, n);
        unsigned p = rule->part_count++;

        if (field == NULL ||
            key_place(feed, record, k, &rule->parts[p].key_offset, &rule->parts[p].length) != MR_OK)
            return MR_FAILED;
        rule->parts[p].event_offset = field->offset;
        event += n + (event[n] == '+');
        record += k + (record[k] == '+');
    }
    return MR_OK;
}

int mr_sessions_open(struct mr_engine *engine)
{
    const struct mr_schema *schema = engine->options.schema;
    size_t room = 0;

    for (size_t i = 0; i < schema->session_count; i++) {
        const struct mr_session *session = &schema->sessions[i];
        struct mr_dispatch *target = &engine->dispatch[session->record.domain][session->record.number];

        if (session->effect == MR_SESSION_MARK)
            continue; /* part of the plan */
        for (size_t f = 0; f < target->count; f++) {
            if (mr_grow(&engine->sessions, &room, engine->session_count + 1, sizeof *engine->sessions, RULES_MAX) !=
                MR_OK)
                return MR_FATAL;
            if (make_rule(engine, session, target->feeds[f], &engine->sessions[engine->session_count]) == MR_OK) {
                engine->dispatch[session->event.domain][session->event.number].begins_session = true;
                engine->session_count++;
            }
        }
    }
    return MR_OK;
}

/* An event and what it does to the entities that it is about. */
struct effect {
    const struct mr_session_rule *rule;
    struct mr_system *system;
    struct mr_entity_map *map;
    const struct mr_record *record;
};

void mr_sessions_former(struct mr_system *system, const struct mr_feed *feed, const struct mr_entity *entity)
{
    struct mr_entity *former = mr_entity_get(&system->maps[feed->former], entity->key, entity->key_length);

    /* Without memory an event that comes late has no difference. */
    if (former == NULL)
        return;
    former->tod = entity->tod;
    former->interval = entity->interval;
    former->fresh = false;
    memcpy(former->readings, entity->readings, feed->slot_count * sizeof *former->readings);
    memcpy(former->have, entity->have, feed->slot_count);
}

static bool is_logoff(const struct mr_record *record)
{
    return record->domain == 4 && record->number == 2;
}

static void apply(void *context, struct mr_entity *entity)
{
    const struct effect *effect = context;
    const struct mr_feed *feed = effect->rule->feed;

    /* Event data may follow the sample that it belongs before: a sample taken later already is the new one. */
    if (mr_tod_difference(effect->record->tod, entity->tod) < 0)
        return;
    if (effect->rule->session->effect == MR_SESSION_END) {
        entity->ended = true;
    } else if (effect->rule->session->effect == MR_SESSION_BEGIN || entity->ended) {
        /* What is kept serves the end of the session, where that comes late; this may be it. */
        if (feed->former != MR_NO_MAP && !entity->fresh && !is_logoff(effect->record))
            mr_sessions_former(effect->system, feed, entity);
        mr_entity_drop(effect->map, entity);
    }
}

/* Without memory for the list of known keys: slowly. */
static void apply_to_all(struct effect *effect)
{
    for (struct mr_entity *e = effect->map->first, *next; e != NULL; e = next) {
        next = e->after;
        if (mr_known_matches(effect->rule->parts, effect->rule->part_count, e->key, e->key_length,
                             effect->record->data, effect->record->length))
            apply(effect, e);
    }
}

void mr_sessions_event(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    if (system->known == NULL)
        system->known = calloc(engine->session_count + 1, sizeof *system->known);
    for (size_t i = 0; i < engine->session_count; i++) {
        const struct mr_session_rule *rule = &engine->sessions[i];
        struct effect effect = {rule, system, &system->maps[rule->feed->number], record};

        if (rule->session->event.domain != record->domain || rule->session->event.number != record->number)
            continue;
        if (system->known == NULL || mr_known_each(&system->known[i], effect.map, rule->parts, rule->part_count,
                                                   record->data, record->length, apply, &effect) != MR_OK)
            apply_to_all(&effect);
    }
}

void mr_sessions_free(const struct mr_engine *engine, struct mr_system *system)
{
    for (size_t i = 0; system->known != NULL && i < engine->session_count; i++)
        mr_known_free(&system->known[i]);
    free(system->known);
    system->known = NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain 4, logoff.  4/2 carries the final counters of a virtual CPU; less those of its last 4/3 they close the part of
 * an interval that no sample covers.  Fields of the two records belong together by the name behind the underscore.
 */
#include "domains/system.h"
#include "reader/tod.h"

#include <string.h>

#define SAMPLE_DOMAIN 4
#define SAMPLE_NUMBER 3

static const char *bare_name(const struct mr_step *step)
{
    const char *p = step->field == NULL ? NULL : strchr(step->field->name, '_');

    return p == NULL ? "" : p + 1;
}

/* The feed whose readings the differences are taken against: any table of the sample will do. */
static struct mr_feed *sample_feed(const struct mr_engine *engine)
{
    const struct mr_dispatch *target = &engine->dispatch[SAMPLE_DOMAIN][SAMPLE_NUMBER];

    return target->count > 0 ? target->feeds[0] : NULL;
}

static const struct mr_step *partner(const struct mr_feed *sample, const struct mr_step *step)
{
    for (size_t s = 0; s < sample->step_count; s++) {
        const struct mr_step *other = &sample->steps[s];

        if (other->diff != MR_DIFF_NONE && other->length == step->length &&
            strcmp(bare_name(other), bare_name(step)) == 0)
            return other;
    }
    return NULL;
}

static bool is_counter(const struct mr_step *step)
{
    return step->field != NULL &&
           (step->field->semantic == MR_SEM_COUNTER || step->field->semantic == MR_SEM_DURATION_COUNTER);
}

/* The final reading of one session, and what it is compared with. */
struct ending {
    struct mr_feed *feed;         /* of the logoff */
    const struct mr_feed *sample; /* of the samples, or NULL */
    struct mr_entity *entity; /* the session's last sample; NULL: the counters stood at zero at its beginning */
    uint64_t elapsed;             /* since then; 0: nothing can be compared */
    enum mr_quality quality;
};

/* The difference of one counter; false where the row has no differences. */
static bool take_difference(struct ending *e, size_t s, const struct mr_part *parts, struct mr_cell *cell)
{
    const struct mr_step *step = &e->feed->steps[s];
    const struct mr_step *other = e->sample == NULL ? NULL : partner(e->sample, step);
    uint64_t before = 0, delta;
    size_t length = 0;
    const uint8_t *bytes = mr_decode_bytes(e->feed, step, parts, &length);

    if (other == NULL || bytes == NULL || (e->entity != NULL && !e->entity->have[other->slot]))
        return true;
    if (e->entity != NULL)
        before = e->entity->readings[other->slot];
    else if (other->diff != MR_DIFF_UP)
        return true;
    if (mr_delta(other, mr_decode_uint(bytes, length), before, e->elapsed, &delta) != MR_FAILED) {
        mr_decode_delta(other, delta, cell);
        return true;
    }
    if (other->doubtful) {
        e->feed->falls[s].doubts++;
        return true;
    }
    e->feed->falls[s].resets += e->entity != NULL;
    return false;
}

/* Counters of the row become differences, or blank. */
static void differences(struct ending *e, const struct mr_part *parts, struct mr_cell *cells)
{
    const struct mr_feed *feed = e->feed;
    bool good = e->elapsed != 0;

    for (size_t s = 0; s < feed->step_count; s++) {
        if (!is_counter(&feed->steps[s]))
            continue;
        cells[feed->steps[s].column].present = 0;
        good = good && take_difference(e, s, parts, &cells[feed->steps[s].column]);
    }
    if (good)
        return;
    e->quality = e->elapsed == 0 || e->entity == NULL ? MR_QUALITY_FIRST : MR_QUALITY_RESET;
    e->elapsed = 0;
    for (size_t s = 0; s < feed->step_count; s++) {
        if (is_counter(&feed->steps[s]))
            cells[feed->steps[s].column].present = 0;
    }
}

/* The time of logon in the event, 0 where it is absent or samples do not have it. */
static uint64_t logon_of(const struct mr_feed *feed, const struct mr_feed *sample, const struct mr_part *parts)
{
    if (sample == NULL || sample->mark < 0)
        return 0;
    for (size_t s = 0; s < feed->step_count; s++) {
        const struct mr_step *step = &feed->steps[s];
        size_t length = 0;
        const uint8_t *bytes;

        if (step->length != 8 || strcmp(bare_name(step), bare_name(&sample->steps[sample->mark])) != 0)
            continue;
        bytes = mr_decode_bytes(feed, step, parts, &length);
        return bytes == NULL ? 0 : mr_decode_uint(bytes, length);
    }
    return 0;
}

/* Is this the session that the event is about?  Where one of the two has no time of logon it is taken to be. */
static bool is_session(const struct mr_feed *sample, const struct mr_entity *entity, uint64_t logon)
{
    unsigned slot = sample->mark < 0 ? MR_NO_SLOT : sample->steps[sample->mark].slot;

    return logon == 0 || slot == MR_NO_SLOT || !entity->have[slot] || entity->readings[slot] == logon;
}

/*
 * The last sample of the session; the event may come behind the first sample of the next one.  A session ends once: what
 * a second event tells belongs to a session that was never sampled.
 */
static struct mr_entity *last_sample(const struct mr_system *system, const struct mr_feed *sample,
                                     const uint8_t *key, size_t length, const struct mr_record *record,
                                     uint64_t logon)
{
    struct mr_entity *entity = sample == NULL ? NULL : mr_entity_find(&system->maps[sample->number], key, length);

    if (entity != NULL && is_session(sample, entity, logon) && mr_tod_difference(record->tod, entity->tod) > 0)
        return entity;
    entity = sample == NULL || sample->former == MR_NO_MAP
                 ? NULL
                 : mr_entity_find(&system->maps[sample->former], key, length);
    return entity != NULL && is_session(sample, entity, logon) && mr_tod_difference(record->tod, entity->tod) > 0 ? entity
                                                                                                              : NULL;
}

/* A session before the present one has ended once and for all. */
static void forget_former(struct mr_system *system, const struct mr_feed *sample, struct mr_entity *entity)
{
    struct mr_entity_map *former;

    if (entity == NULL || sample->former == MR_NO_MAP)
        return;
    former = &system->maps[sample->former];
    if (mr_entity_find(former, entity->key, entity->key_length) == entity)
        mr_entity_drop(former, entity);
}

/* End of the sample before the event. */
static uint64_t sample_before(const struct mr_system *system, uint64_t tod, uint32_t *interval)
{
    bool late = system->last_end_tod != 0 && mr_tod_difference(tod, system->last_end_tod) < 0;

    *interval = late ? system->previous : system->interval;
    return late ? system->earlier_end_tod : system->last_end_tod;
}

/* What the final reading is compared with: the last sample, or zero at a logon after it (design, section 10.4). */
static void find_base(const struct mr_system *system, struct ending *e, const struct mr_record *record, uint64_t logon,
                      uint32_t *base)
{
    uint32_t interval;
    uint64_t before = sample_before(system, record->tod, &interval);

    if (e->entity != NULL) {
        e->elapsed = (uint64_t)mr_tod_difference(record->tod, e->entity->tod);
        *base = e->entity->interval;
        e->quality = e->entity->interval < interval ? MR_QUALITY_GAP : MR_QUALITY_OK;
    } else if (logon != 0 && before != 0 && mr_tod_difference(logon, before) >= 0 &&
               mr_tod_difference(record->tod, logon) > 0) {
        e->elapsed = (uint64_t)mr_tod_difference(record->tod, logon);
        *base = MR_BASE_BEGIN;
        e->quality = MR_QUALITY_BEGUN;
    }
}

int mr_d04_logoff(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                  const struct mr_record *record, struct mr_part *parts)
{
    struct mr_plan *plan = feed->plan;
    struct ending ending = {.feed = feed, .sample = sample_feed(engine), .quality = MR_QUALITY_FIRST};
    struct mr_observation o = mr_row_begin(engine, system, feed, record, parts);
    struct mr_row_facts facts = {.tod = record->tod};
    uint8_t key[MR_KEY_BYTES_MAX];
    uint64_t logon = logon_of(feed, ending.sample, parts);

    o.plain = true;
    if (mr_observe(&o) != MR_OK)
        return MR_FATAL;
    ending.entity =
        last_sample(system, ending.sample, key, mr_observe_key(feed, parts, key), record, logon);
    find_base(system, &ending, record, logon, &facts.base);
    differences(&ending, parts, engine->cells);
    forget_former(system, ending.sample, ending.entity);
    facts.elapsed = ending.elapsed;
    facts.quality = ending.quality;
    if (facts.elapsed == 0)
        facts.base = MR_BASE_NONE;
    mr_row_common(system, plan, record->tod, facts.elapsed, facts.quality, engine->cells);
    return mr_row_emit(engine, system, plan, &facts, engine->cells);
}

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

/* Counters of the row become differences, or blank. */
static enum mr_quality differences(const struct mr_feed *feed, const struct mr_feed *sample,
                                   const struct mr_entity *entity, const struct mr_part *parts, uint64_t elapsed,
                                   struct mr_cell *cells)
{
    enum mr_quality quality = entity == NULL || elapsed == 0 ? MR_QUALITY_FIRST : MR_QUALITY_OK;

    for (size_t s = 0; s < feed->step_count; s++) {
        const struct mr_step *step = &feed->steps[s], *other;
        size_t length = 0;
        const uint8_t *bytes;
        uint64_t delta;

        if (!is_counter(step))
            continue;
        cells[step->column].present = 0;
        other = sample == NULL ? NULL : partner(sample, step);
        bytes = mr_decode_bytes(feed, step, parts, &length);
        if (other == NULL || bytes == NULL || quality != MR_QUALITY_OK || !entity->have[other->slot])
            continue;
        if (mr_delta(other, mr_decode_uint(bytes, length), entity->readings[other->slot], elapsed, &delta) == MR_FAILED)
            quality = MR_QUALITY_RESET;
        else
            mr_decode_delta(other, delta, &cells[step->column]);
    }
    for (size_t s = 0; s < feed->step_count && quality == MR_QUALITY_RESET; s++) {
        if (is_counter(&feed->steps[s]))
            cells[feed->steps[s].column].present = 0;
    }
    return quality;
}

int mr_d04_logoff(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                  const struct mr_record *record, struct mr_part *parts)
{
    struct mr_plan *plan = feed->plan;
    struct mr_feed *sample = sample_feed(engine);
    const struct mr_entity *entity = NULL;
    struct mr_observation o = mr_row_begin(engine, system, feed, record, parts);
    uint8_t key[MR_KEY_BYTES_MAX];
    uint64_t elapsed = 0;

    o.plain = true;
    if (mr_observe(&o) != MR_OK)
        return MR_FATAL;
    if (sample != NULL)
        entity = mr_entity_find(&system->maps[sample->number], key, mr_observe_key(feed, parts, key));
    if (entity != NULL && mr_tod_difference(record->tod, entity->tod) > 0)
        elapsed = (uint64_t)mr_tod_difference(record->tod, entity->tod);
    o.quality = differences(feed, sample, entity, parts, elapsed, engine->cells);
    if (o.quality != MR_QUALITY_OK)
        elapsed = 0;
    mr_row_common(system, plan, record->tod, elapsed, o.quality, engine->cells);
    return mr_row_emit(engine, system, plan, record->tod, o.quality, engine->cells);
}

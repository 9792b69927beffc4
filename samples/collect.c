/* SPDX-License-Identifier: Apache-2.0 */
#include "samples/collect.h"

#include "base/bytes.h"
#include "base/grow.h"
#include "reader/record.h"
#include "reader/tod.h"
#include "samples/plan.h"

#include <stdlib.h>
#include <string.h>

#define EVENT_BYTES_MAX ((size_t)1 << 28)   /* of the events of one interval */
#define EVENTS_MAX ((size_t)1 << 22)
#define SAMPLE_LEAD (MR_TOD_SECOND / 2)     /* a sample begins so long before its 1/11 */
#define MICROSECOND UINT64_C(4096)
#define DEFAULT_SPACING (5 * MICROSECOND)
#define SPREAD 97                           /* events fall on so many places in an interval */

/* What is to be done with a record. */
enum use { INTO_AREA, INTO_WAITING };

/* A section while it is gone through. */
struct pass {
    struct ms_collect *collect;
    enum use use;
    enum ms_area area;
    uint64_t first; /* TOD of the first record */
    uint64_t last;  /* latest TOD */
};

int ms_collect_init(struct ms_collect *collect, const struct ms_scenario *scenario, struct ms_segment *segment,
                    const struct ms_value *variables)
{
    collect->scenario = scenario;
    collect->segment = segment;
    collect->scope.variables = variables;
    collect->scope.seed = 1;
    collect->scope.name = "";
    collect->interval = 60 * MR_TOD_SECOND;
    collect->spacing = DEFAULT_SPACING;
    collect->room = MS_RECORD_ROOM;
    collect->bytes = malloc(collect->room);
    return collect->bytes == NULL ? ms_fault(NULL, "memory is short") : MR_OK;
}

void ms_collect_free(struct ms_collect *collect)
{
    free(collect->bytes);
    free(collect->waiting);
    ms_cast_free(&collect->cast);
}

static int put_waiting(struct ms_collect *collect, const uint8_t *record, uint32_t length,
                       const struct ms_place *place)
{
    if (mr_grow(&collect->bytes, &collect->room, collect->used + length, 1, EVENT_BYTES_MAX) != MR_OK ||
        mr_grow(&collect->waiting, &collect->waiting_room, collect->waiting_count + 1, sizeof *collect->waiting,
                EVENTS_MAX) != MR_OK)
        return ms_fault(place, "too many events in one interval");
    memcpy(collect->bytes + collect->used, record, length);
    collect->waiting[collect->waiting_count] = (struct ms_waiting){
        .tod = collect->scope.now, .order = collect->waiting_count, .at = collect->used, .length = length,
        .place = place};
    collect->waiting_count++;
    collect->used += length;
    return MR_OK;
}

static bool in_ranges(const struct ms_statement *statement, uint32_t n)
{
    for (size_t r = 0; r < statement->range_count; r++) {
        if (n >= statement->ranges[r].from && n <= statement->ranges[r].to)
            return true;
    }
    return statement->range_count == 0;
}

static bool left_out(const struct ms_action *action, unsigned domain, unsigned number)
{
    for (size_t w = 0; action != NULL && w < action->without_count; w++) {
        if (action->without[w].domain == domain && action->without[w].number == number)
            return true;
    }
    return false;
}

/* When this record is built. */
static void set_time(const struct pass *pass, const struct ms_statement *statement)
{
    struct ms_collect *collect = pass->collect;
    struct ms_scope *scope = &collect->scope;
    uint64_t at;

    if (pass->use == INTO_WAITING)
        scope->now = collect->clock + collect->interval / SPREAD * ((collect->sequence * 37 + 11) % SPREAD);
    else
        scope->now = pass->first + collect->sequence * collect->spacing;
    if (scope->now > pass->last)
        scope->now = pass->last;
    collect->sequence++;
    if (statement->at != NULL) {
        at = ms_evaluate_time(statement->at, scope);
        scope->now = at >= MR_TOD_UNIX_EPOCH ? at : collect->clock + at;
    }
    if (pass->use == INTO_WAITING)
        scope->nominal = scope->now;
    if (scope->since > scope->nominal)
        scope->since = scope->nominal;
}

static int one_record(const struct pass *pass, const struct ms_statement *statement)
{
    struct ms_collect *collect = pass->collect;
    struct ms_scope *scope = &collect->scope;
    uint32_t length;

    set_time(pass, statement);
    if (!in_ranges(statement, scope->n))
        return MR_OK;
    scope->used = 0;
    scope->field = statement->seed;
    if (statement->condition != NULL && ms_evaluate_number(statement->condition, scope) == 0)
        return scope->failed ? MR_FATAL : MR_OK;
    length = ms_build(statement, scope, collect->noise, collect->record);
    if (length == 0 || scope->failed)
        return MR_FATAL;
    if (pass->use == INTO_WAITING)
        return put_waiting(collect, collect->record, length, &statement->place);
    return ms_segment_add(collect->segment, pass->area, collect->record, length, &statement->place);
}

/* The records of one entity, or of the system. */
static int records_of(const struct pass *pass, const struct ms_statement *statement, const struct ms_entity *entity,
                      uint32_t i)
{
    struct ms_collect *collect = pass->collect;
    struct ms_scope *scope = &collect->scope;
    uint64_t since = entity == NULL ? collect->boot : entity->since, times = 1, seed;

    seed = ms_mix(scope->seed, entity == NULL ? 0 : ms_mix(ms_mix_text(collect->scenario->sets[statement->set]), i));
    scope->i = i;
    scope->j = 0;
    scope->e = 0;
    scope->name = entity == NULL ? "" : entity->name;
    scope->used = 0;
    scope->since = since;
    scope->entity = seed;
    if (statement->times != NULL)
        times = ms_evaluate_number(statement->times, scope);
    for (uint64_t j = 0; j < times && !scope->failed; j++) {
        scope->j = (uint32_t)j;
        scope->since = since;
        scope->entity = j == 0 ? seed : ms_mix(seed, j);
        if (one_record(pass, statement) != MR_OK)
            return MR_FATAL;
    }
    return scope->failed ? MR_FATAL : MR_OK;
}

static int records_for(const struct pass *pass, const struct ms_statement *statement)
{
    struct ms_set *set = &pass->collect->cast.sets[statement->set];

    for (size_t k = 0; k < statement->name_count; k++) {
        struct ms_entity *entity = ms_cast_find(set, statement->names[k]);

        if (entity == NULL)
            return ms_fault(&statement->place, "'%s' is not there; see the lines that begin with entities",
                            statement->names[k]);
        if (records_of(pass, statement, entity, (uint32_t)(entity - set->entities)) != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

static int records_each(const struct pass *pass, const struct ms_statement *statement)
{
    struct ms_set *set = &pass->collect->cast.sets[statement->set];

    for (size_t i = 0; i < set->count; i++) {
        if (!set->entities[i].online)
            pass->collect->sequence++;
        else if (records_of(pass, statement, &set->entities[i], (uint32_t)i) != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

static int go_through(struct pass *pass, const struct ms_statements *section)
{
    struct ms_collect *collect = pass->collect;

    collect->scope.boot = collect->boot;
    collect->scope.interval = collect->interval;
    for (size_t s = 0; s < section->count; s++) {
        const struct ms_statement *statement = section->items[s];
        int result;

        if (left_out(collect->action, statement->domain, statement->number))
            continue;
        if (statement->set < 0)
            result = records_of(pass, statement, NULL, 0);
        else if (statement->names != NULL)
            result = records_for(pass, statement);
        else
            result = records_each(pass, statement);
        if (result != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

static bool has_interval_end(const struct ms_statements *section)
{
    for (size_t s = 0; s < section->count; s++) {
        if (section->items[s]->domain == 1 && section->items[s]->number == 11)
            return true;
    }
    return false;
}

/* 1/11, unless the section has its own or it was left out. */
static int interval_end(struct ms_collect *collect, const struct ms_statements *section, enum ms_area area,
                        uint64_t tod)
{
    uint8_t record[MR_HEADER_BYTES] = {0};

    if (has_interval_end(section) || left_out(collect->action, 1, 11))
        return MR_OK;
    mr_put_be16(record, MR_HEADER_BYTES);
    record[4] = 1;
    mr_put_be16(record + 6, 11);
    mr_put_be64(record + 8, tod);
    return ms_segment_add(collect->segment, area, record, sizeof record, NULL);
}

int ms_collect_config(struct ms_collect *collect, const struct ms_statements *section, enum ms_area area)
{
    struct pass pass = {.collect = collect, .use = INTO_AREA, .area = area, .last = UINT64_MAX};

    pass.first = collect->clock;
    collect->scope.nominal = collect->clock;
    if (area == MS_EVENT_CONFIG)
        collect->sequence = 0;
    if (go_through(&pass, section) != MR_OK)
        return MR_FATAL;
    if (area == MS_SAMPLE_CONFIG &&
        interval_end(collect, section, area, collect->clock + collect->sequence * collect->spacing) != MR_OK)
        return MR_FATAL;
    ms_segment_end(collect->segment, true);
    return MR_OK;
}

static int by_time(const void *a, const void *b)
{
    const struct ms_waiting *x = a, *y = b;

    if (x->tod != y->tod)
        return x->tod < y->tod ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

int ms_collect_events(struct ms_collect *collect, const struct ms_statements *section,
                      const struct ms_statements *more)
{
    struct pass pass = {.collect = collect, .use = INTO_WAITING, .last = UINT64_MAX};

    collect->sequence = 0;
    collect->used = 0;
    collect->waiting_count = 0;
    if (go_through(&pass, section) != MR_OK || (more != NULL && go_through(&pass, more) != MR_OK))
        return MR_FATAL;
    if (collect->waiting_count > 1)
        qsort(collect->waiting, collect->waiting_count, sizeof *collect->waiting, by_time);
    for (size_t w = 0; w < collect->waiting_count; w++) {
        const struct ms_waiting *waiting = &collect->waiting[w];

        if (ms_segment_add(collect->segment, MS_EVENT_DATA, collect->bytes + waiting->at, waiting->length,
                           waiting->place) != MR_OK)
            return MR_FATAL;
    }
    ms_segment_end(collect->segment, collect->segment->entries == 1);
    return MR_OK;
}

int ms_collect_samples(struct ms_collect *collect, const struct ms_statements *section)
{
    struct pass pass = {.collect = collect, .use = INTO_AREA, .area = MS_SAMPLE_DATA};
    uint64_t end = collect->clock + collect->interval;

    pass.first = pass.last = end;
    if (collect->spacing > 0) {
        pass.first -= collect->interval / 2 < SAMPLE_LEAD ? collect->interval / 2 : SAMPLE_LEAD;
        pass.last -= MICROSECOND;
    }
    collect->sequence = 0;
    collect->scope.nominal = end;
    if (go_through(&pass, section) != MR_OK)
        return MR_FATAL;
    if (section->count > 0 && interval_end(collect, section, MS_SAMPLE_DATA, end) != MR_OK)
        return MR_FATAL;
    ms_segment_end(collect->segment, true);
    return MR_OK;
}

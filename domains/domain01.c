/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain 1, monitor control: commands (1/2, 1/10), suspensions (1/12 held for its 1/3) and ends of interval that carry
 * the letters EP or SP behind the time stamp (VMX processing, section 3; settled readings 14 and 17).
 */
#include "domains/system.h"
#include "reader/tod.h"

#include <string.h>

#define CLASS_OFFSET 16 /* bytes 16-19 of the header are reserved; only 1/11 is said to use them */

static const uint8_t letters_ep[2] = {0xC5, 0xD7}, letters_sp[2] = {0xE2, 0xD7};

const char *mr_d01_class(const struct mr_record *record)
{
    if (memcmp(record->data + CLASS_OFFSET, letters_ep, 2) == 0)
        return "EP";
    if (memcmp(record->data + CLASS_OFFSET, letters_sp, 2) == 0)
        return "SP";
    return NULL;
}

static void set_text(struct mr_cell *cell, const char *text)
{
    *cell = (struct mr_cell){.value.text = text, .size = (uint32_t)strlen(text), .present = 1};
}

/* The feed of a record number in this plan. */
static struct mr_feed *feed_of(struct mr_plan *plan, unsigned number)
{
    for (size_t f = 0; f < plan->feed_count; f++) {
        if (plan->feeds[f].layout->domain == 1 && plan->feeds[f].layout->number == number)
            return &plan->feeds[f];
    }
    return NULL;
}

static int emit(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                const struct mr_record *record, struct mr_part *parts, uint64_t suspended, const char *class,
                enum mr_quality quality)
{
    struct mr_plan *plan = feed->plan;
    struct mr_observation o = mr_row_begin(engine, system, feed, record, parts);
    const struct mr_row_facts facts = {.tod = record->tod, .quality = quality};

    o.plain = true;
    if (mr_observe(&o) != MR_OK)
        return MR_FATAL;
    if (suspended != 0)
        engine->cells[plan->suspend_column] =
            (struct mr_cell){.value.i = mr_tod_micros(suspended), .present = 1};
    if (class != NULL)
        set_text(&engine->cells[plan->class_column], class);
    if (feed->record_column != MR_NO_COLUMN)
        set_text(&engine->cells[feed->record_column], feed->record_name);
    mr_row_common(system, plan, record->tod, 0, quality, engine->cells);
    return mr_row_emit(engine, system, plan, &facts, engine->cells);
}

/* A 1/12 whose 1/3 never came: nothing but its time is known. */
static int emit_open_suspension(struct mr_engine *engine, struct mr_system *system, struct mr_plan *plan)
{
    uint8_t bytes[MR_HEADER_BYTES] = {0};
    struct mr_record record = {
        .data = bytes, .length = sizeof bytes, .domain = 1, .number = 12, .tod = system->held_suspend_tod};
    struct mr_part parts[MR_REGIONS_MAX] = {{bytes, sizeof bytes, 0, false}};
    struct mr_feed *feed = feed_of(plan, 12);
    int status = MR_OK;

    if (feed != NULL && system->held_suspend_tod != 0)
        status = emit(engine, system, feed, &record, parts, system->held_suspend_tod, NULL, MR_QUALITY_PARTIAL);
    system->held_suspend_tod = 0;
    return status;
}

int mr_d01_control(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                   const struct mr_record *record, struct mr_part *parts)
{
    uint64_t suspended = 0;
    int status;

    switch (record->number) {
    case 12:
        status = emit_open_suspension(engine, system, feed->plan);
        system->held_suspend_tod = record->tod;
        return status;
    case 3:
        suspended = system->held_suspend_tod;
        system->held_suspend_tod = 0;
        return emit(engine, system, feed, record, parts, suspended, NULL,
                    suspended == 0 ? MR_QUALITY_PARTIAL : MR_QUALITY_OK);
    case 11:
        if (mr_d01_class(record) == NULL)
            return MR_OK;
        return emit(engine, system, feed, record, parts, 0, mr_d01_class(record), MR_QUALITY_OK);
    default:
        return emit(engine, system, feed, record, parts, 0, NULL, MR_QUALITY_OK);
    }
}

int mr_d01_finish(struct mr_engine *engine, struct mr_system *system)
{
    for (size_t p = 0; p < engine->plan_count; p++) {
        if (engine->plans[p]->table->rule == MR_RULE_CONTROL)
            return emit_open_suspension(engine, system, engine->plans[p]);
    }
    return MR_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The engine: plans and feeds made from the schema, inputs that begin and end, and what is released at the end. */
#include "base/grow.h"
#include "domains/hold.h"
#include "domains/recall.h"
#include "domains/system.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PLANS_MAX 2048
#define FEEDS_MAX 65536
#define DISPATCH_MAX 256 /* tables that one record may feed */

static bool wanted(const struct mr_engine *engine, const char *name)
{
    const char *const *tables = engine->options.tables;

    for (size_t i = 0; tables != NULL && tables[i] != NULL; i++) {
        if (strcmp(tables[i], name) == 0)
            return true;
    }
    return tables == NULL;
}

/* Every line of variants.csv that names the feed's variant leads to it. */
static int add_variant_feed(struct mr_engine *engine, struct mr_feed *feed)
{
    for (size_t i = 0; i < engine->variant_count; i++) {
        struct mr_variant_rule *rule = &engine->variants[i];

        if (strcmp(rule->variant->variant, feed->layout->variant) != 0)
            continue;
        if (mr_grow(&rule->feeds, &rule->room, rule->count + 1, sizeof *rule->feeds, DISPATCH_MAX) != MR_OK)
            return MR_FATAL;
        rule->feeds[rule->count++] = feed;
        rule->active = rule->count;
    }
    return MR_OK;
}

static int open_variants(struct mr_engine *engine)
{
    const struct mr_schema *schema = engine->options.schema;

    engine->variants = calloc(schema->variant_count + 1, sizeof *engine->variants);
    if (engine->variants == NULL)
        return MR_FATAL;
    for (size_t i = 0; i < schema->variant_count; i++) {
        const struct mr_variant *variant = &schema->variants[i];
        unsigned d = variant->record.domain, n = variant->record.number;

        engine->variants[i] = (struct mr_variant_rule){.variant = variant,
                                                       .base = mr_schema_layout(schema, d, n, ""),
                                                       .layout = mr_schema_layout(schema, d, n, variant->variant)};
        engine->dispatch[d][n].has_variants = true;
    }
    engine->variant_count = schema->variant_count;
    return MR_OK;
}

static int add_feed(struct mr_engine *engine, struct mr_feed *feed, size_t *room)
{
    struct mr_dispatch *target = &engine->dispatch[feed->layout->domain][feed->layout->number];

    if (mr_grow(&engine->feeds, room, engine->feed_count + 1, sizeof *engine->feeds, FEEDS_MAX) != MR_OK)
        return MR_FATAL;
    if (feed->variant != NULL) {
        feed->number = engine->map_count++;
        engine->feeds[engine->feed_count++] = feed;
        return add_variant_feed(engine, feed);
    }
    if (mr_grow(&target->feeds, &target->room, target->count + 1, sizeof *target->feeds, DISPATCH_MAX) != MR_OK)
        return MR_FATAL;
    feed->number = engine->map_count++;
    engine->feeds[engine->feed_count++] = feed;
    target->feeds[target->count++] = feed;
    target->active = target->count;
    return MR_OK;
}

static int add_plan(struct mr_engine *engine, const struct mr_table *table, size_t *plan_room, size_t *feed_room)
{
    struct mr_plan_sources sources = {.schema = engine->options.schema,
                                      .names = engine->names,
                                      .plan_count = engine->plan_count,
                                      .map_count = &engine->map_count,
                                      .readings = engine->options.readings,
                                      .log = engine->options.log};
    struct mr_plan *plan;

    if (mr_grow(&engine->plans, plan_room, engine->plan_count + 1, sizeof *engine->plans, PLANS_MAX) != MR_OK)
        return MR_FATAL;
    sources.plans = engine->plans;
    plan = mr_plan_make(&sources, table);
    if (plan == NULL)
        return MR_FATAL;
    plan->wanted = wanted(engine, table->name);
    plan->number = (unsigned)engine->plan_count;
    engine->plans[engine->plan_count++] = plan;
    for (size_t f = 0; f < plan->feed_count; f++) {
        if (add_feed(engine, &plan->feeds[f], feed_room) != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

/*
 * Is the table wanted, or does a wanted one need it: as source of its rows, or for the samples that logoff is compared
 * with?
 */
static bool needed(const struct mr_engine *engine, const struct mr_table *table, unsigned depth)
{
    const struct mr_schema *schema = engine->options.schema;

    if (wanted(engine, table->name))
        return true;
    for (size_t i = 0; i < schema->join_count && depth < 8; i++) {
        const struct mr_table *target;

        if (strcmp(schema->joins[i].source, table->name) != 0)
            continue;
        target = mr_schema_table(schema, schema->joins[i].table);
        if (target != NULL && target != table && needed(engine, target, depth + 1))
            return true;
    }
    for (size_t t = 0; t < schema->table_count; t++) {
        if (schema->tables[t].rule == MR_RULE_LOGOFF && wanted(engine, schema->tables[t].name) &&
            table->rule == MR_RULE_RECORD && table->records[0].domain == 4 && table->records[0].number == 3)
            return true;
    }
    return false;
}

static int make_row_buffer(struct mr_engine *engine)
{
    size_t columns = 1, text = 1;

    for (size_t p = 0; p < engine->plan_count; p++) {
        if (engine->plans[p]->column_count > columns)
            columns = engine->plans[p]->column_count;
        if (engine->plans[p]->text_room > text)
            text = engine->plans[p]->text_room;
    }
    if (text > MR_ROW_TEXT_MAX)
        return MR_FATAL;
    engine->cells = calloc(columns, sizeof *engine->cells);
    engine->text = (struct mr_text){.bytes = malloc(text), .room = text};
    return engine->cells != NULL && engine->text.bytes != NULL ? MR_OK : MR_FATAL;
}

static int set_up(struct mr_engine *engine)
{
    const struct mr_schema *schema = engine->options.schema;
    size_t plan_room = 0, feed_room = 0;

    engine->names = mr_arena_new();
    if (engine->names == NULL || open_variants(engine) != MR_OK)
        return MR_FATAL;
    for (size_t i = 0; i < schema->layout_count; i++) {
        const struct mr_layout *layout = &schema->layouts[i];

        if (layout->variant[0] == '\0')
            engine->dispatch[layout->domain][layout->number].layout = layout;
    }
    for (size_t t = 0; t < schema->table_count; t++) {
        if (needed(engine, &schema->tables[t], 0) &&
            add_plan(engine, &schema->tables[t], &plan_room, &feed_room) != MR_OK)
            return MR_FATAL;
    }
    for (size_t i = 0; i < schema->superseded_count && i < 32; i++)
        engine->dispatch[schema->superseded[i].by.domain][schema->superseded[i].by.number].supersedes |= UINT32_C(1) << i;
    mr_identity_fields(&engine->fields, schema);
    if (mr_checks_open(engine) != MR_OK)
        return MR_FATAL;
    return mr_sessions_open(engine);
}

/* Hooks may add columns, so they are asked when the plans are made and before there is room for a row. */
static int ask_hooks(struct mr_engine *engine)
{
    const struct mr_engine_hooks *hooks = engine->options.hooks;

    mr_hooks_open(engine);
    return hooks == NULL ? MR_OK : hooks->prepare(hooks->context, engine);
}

int mr_engine_open(struct mr_engine **out, const struct mr_engine_options *options)
{
    struct mr_engine *engine = calloc(1, sizeof *engine);
    bool ready = false;

    *out = NULL;
    if (engine != NULL) {
        engine->options = *options;
        engine->log = options->second ? NULL : options->log;
    }
    if (engine != NULL && set_up(engine) == MR_OK) {
        if (ask_hooks(engine) != MR_OK) {
            mr_engine_close(engine);
            return MR_FATAL;
        }
        ready = make_row_buffer(engine) == MR_OK;
    }
    if (!ready) {
        if (options->log == NULL || options->log->counts[MR_MSG_SCHEMA_FORMULA] == 0)
            mr_report(options->log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "%s", "");
        mr_engine_close(engine);
        return MR_FATAL;
    }
    *out = engine;
    return MR_OK;
}

void mr_engine_close(struct mr_engine *engine)
{
    if (engine == NULL)
        return;
    for (size_t s = 0; s < engine->system_count; s++)
        mr_system_free(engine, engine->systems[s]);
    for (size_t p = 0; p < engine->plan_count; p++)
        mr_plan_free(engine->plans[p]);
    mr_checks_close(engine);
    for (unsigned d = 0; d <= MR_DOMAIN_MAX; d++) {
        for (unsigned n = 0; n <= MR_NUMBER_MAX; n++)
            free(engine->dispatch[d][n].feeds);
    }
    mr_arena_free(engine->names);
    free(engine->systems);
    free(engine->plans);
    free(engine->feeds);
    for (size_t i = 0; i < engine->variant_count; i++)
        free(engine->variants[i].feeds);
    free(engine->variants);
    free(engine->sessions);
    mr_queue_free(&engine->queue.records);
    mr_queue_free(&engine->trial.records);
    mr_queue_free(&engine->ahead);
    free(engine->cells);
    free(engine->text.bytes);
    free(engine);
}

struct mr_plan *const *mr_engine_plans(const struct mr_engine *engine, size_t *count)
{
    *count = engine->plan_count;
    return engine->plans;
}

const struct mr_identity *mr_engine_row_identity(const struct mr_engine *engine)
{
    return &engine->row_system->identity;
}

const struct mr_engine_counts *mr_engine_counts(const struct mr_engine *engine)
{
    return &engine->counts;
}

void mr_engine_begin_input(struct mr_engine *engine, const char *name)
{
    engine->input = name;
    engine->unknown = false;
    engine->named = false;
    engine->recalled = NULL;
    engine->input_number++;
    engine->current = NULL;
    engine->queue.active = true;
    engine->queue.records.used = 0;
    engine->queue.have = 0;
    mr_twice_begin_input(engine);
}

int mr_engine_end_input(struct mr_engine *engine)
{
    int status;

    engine->scene.record = NULL;
    status = mr_engine_drain(engine);
    if (status == MR_OK)
        status = mr_twice_settle(engine);
    for (size_t i = 0; i < engine->system_count && status == MR_OK; i++) {
        status = mr_system_close_coverage(engine->systems[i], engine->systems[i]->last_tod);
        if (status != MR_OK)
            mr_report(engine->log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "%s", "");
    }
    engine->scene.record = NULL;
    engine->input = NULL;
    return status;
}

int mr_engine_release(struct mr_engine *engine, struct mr_system *system)
{
    int status = mr_hold_release(engine, system);

    if (status == MR_OK)
        status = mr_hold_release_start(engine, system);
    if (status == MR_OK)
        status = mr_held_finish(engine, system);
    if (status == MR_OK)
        status = mr_d01_finish(engine, system);
    return status;
}

int mr_engine_finish(struct mr_engine *engine)
{
    int status = MR_OK;

    for (size_t i = 0; i < engine->system_count && status == MR_OK; i++)
        status = mr_engine_release(engine, engine->systems[i]);
    for (size_t i = 0; i < engine->system_count; i++) {
        struct mr_system *system = engine->systems[i];

        mr_checks_finish(engine, system);
        if (system->suspend_tod != 0) {
            mr_account_episode(system, MR_EPISODE_SUSPEND, system->suspend_tod, 0, 0);
            mr_report(engine->log, MR_MSG_SUSPEND_OPEN, MR_NOWHERE, "%s", system->identity.sysid);
            system->suspend_tod = 0;
        }
    }
    if (engine->counts.duplicates > 0)
        mr_report(engine->log, MR_MSG_DUPLICATE_RECORDS, MR_NOWHERE, "%" PRIu64,
                  engine->counts.duplicates);
    return status;
}

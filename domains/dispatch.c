/* SPDX-License-Identifier: Apache-2.0 */
/* A record of a known system to the tables that it feeds. */
#include "domains/hold.h"
#include "domains/recall.h"
#include "domains/system.h"
#include "reader/tod.h"

#include <string.h>

static bool holds(const struct mr_expression *condition, const struct mr_cell *cells)
{
    double truth = 1;

    return condition == NULL || (mr_expression_value(condition, cells, &truth) && truth != 0);
}

void mr_row_formulas(const struct mr_plan *plan, bool superseded, struct mr_cell *cells)
{
    bool hold = true;

    for (size_t i = 0; i < plan->formula_count; i++) {
        const struct mr_formula *formula = &plan->formulas[i];
        struct mr_cell *cell = &cells[formula->column];

        if (!formula->same_condition)
            hold = holds(formula->condition, cells);
        cell->present = hold && !(superseded && formula->superseded) &&
                        mr_expression_value(formula->formula, cells, &cell->value.d);
    }
}

static void weigh(struct mr_engine *engine, struct mr_system *system, struct mr_plan *plan, struct mr_cell *cells)
{
    for (size_t i = 0; i < plan->balance_count; i++) {
        struct mr_balance_count *count = &plan->balances[i];
        double truth;

        if (!mr_expression_value(count->rule, cells, &truth))
            continue;
        count->checked++;
        if (truth != 0)
            continue;
        count->failed++;
        mr_report(engine->options.log, MR_MSG_BALANCE, MR_NOWHERE, "%s, %s: %s", system->identity.sysid,
                  plan->table->name, count->balance->name);
    }
}

/* Is the row between the limits that the user has set?  Intervals stay whole: it counts with the beginning of its own. */
static bool in_range(const struct mr_engine *engine, const struct mr_system *system, const struct mr_cell *cells)
{
    const struct mr_engine_options *options = &engine->options;
    const struct mr_cell *cell = &cells[cells[MR_COL_VMCINTTS].present ? MR_COL_VMCINTTS : MR_COL_ENDTS];
    int64_t time = cell->value.i;

    if ((options->from == NULL && options->to == NULL) || !cell->present)
        return true;
    if (options->local_limits && system->identity.zone_known)
        time += system->identity.zone_seconds * INT64_C(1000000);
    return (options->from == NULL || time >= *options->from) && (options->to == NULL || time < *options->to);
}

int mr_row_emit(struct mr_engine *engine, struct mr_system *system, struct mr_plan *plan,
                const struct mr_row_facts *facts, struct mr_cell *cells)
{
    mr_row_formulas(plan, facts->superseded, cells);
    return mr_row_put(engine, system, plan, facts, cells);
}

static int no_memory(const struct mr_engine *engine, const struct mr_plan *plan)
{
    mr_report(engine->options.log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "table %s", plan->table->name);
    return MR_FATAL;
}

int mr_row_put(struct mr_engine *engine, struct mr_system *system, struct mr_plan *plan,
               const struct mr_row_facts *facts, struct mr_cell *cells)
{
    int status = MR_OK;

    if (plan->link_count > 0 && mr_join_take(system, plan, facts, cells, false) != MR_OK)
        return no_memory(engine, plan);
    if (plan->balance_count > 0)
        weigh(engine, system, plan, cells);
    if (engine->watched)
        status = mr_hooks_row(engine, system, plan, cells);
    if (status != MR_OK)
        return status == MR_FAILED ? MR_OK : status;
    if (plan->link_count > 0 && mr_join_take(system, plan, facts, cells, true) != MR_OK)
        return no_memory(engine, plan);
    if (!plan->wanted || !in_range(engine, system, cells))
        return MR_OK;
    engine->counts.rows++;
    plan->quality_rows[facts->quality]++;
    engine->row_system = system;
    return engine->options.row(engine->options.context, plan, cells);
}

struct mr_observation mr_row_begin(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                                   const struct mr_record *record, struct mr_part *parts)
{
    memset(engine->cells, 0, feed->plan->column_count * sizeof *engine->cells);
    engine->text.used = 0;
    return (struct mr_observation){.system = system,
                                   .feed = feed,
                                   .record = record,
                                   .parts = parts,
                                   .cells = engine->cells,
                                   .text = &engine->text};
}

/* One record or entry, one row, at once. */
static int row_at_once(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                       const struct mr_record *record, struct mr_part *parts)
{
    struct mr_plan *plan = feed->plan;
    struct mr_observation o = mr_row_begin(engine, system, feed, record, parts);
    struct mr_row_facts facts;

    /* File systems are told apart by texts of flexible length, which are no keys: two are not the same one twice. */
    o.plain = feed->text_count > 0 && !feed->has_counters;
    if (mr_observe(&o) != MR_OK) {
        mr_report(engine->options.log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "table %s", plan->table->name);
        return MR_FATAL;
    }
    if (o.duplicate)
        return MR_OK;
    if (feed->text_count > 0)
        mr_d10_texts(feed, engine);
    mr_row_common(system, plan, record->tod, o.elapsed, o.quality, engine->cells);
    if (feed->record_column != MR_NO_COLUMN) {
        struct mr_cell *cell = &engine->cells[feed->record_column];

        *cell = (struct mr_cell){.value.text = feed->record_name,
                                 .size = (uint32_t)strlen(feed->record_name),
                                 .present = 1};
    }
    facts = mr_row_facts(&o);
    return mr_row_emit(engine, system, plan, &facts, engine->cells);
}

static int rows_of_entries(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                           const struct mr_record *record, struct mr_part *parts)
{
    int status = MR_OK;

    for (unsigned i = 0; i < MR_ENTRIES_MAX && status == MR_OK; i++) {
        if (mr_decode_part(feed->layout, feed->entries, i, &parts[0], &parts[1]) != MR_OK)
            break;
        if (mr_d00_valid(feed, parts))
            status = row_at_once(engine, system, feed, record, parts);
    }
    return status;
}

int mr_dispatch_feed(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                     const struct mr_record *record, size_t length)
{
    struct mr_part parts[MR_REGIONS_MAX];

    parts[0] = (struct mr_part){record->data, length, 0, false};
    mr_decode_parts(feed, parts);
    switch (feed->plan->table->rule) {
    case MR_RULE_MERGE:
    case MR_RULE_START:
        return mr_hold_take(engine, system, feed, record, parts);
    case MR_RULE_HELD:
        return mr_held_record(engine, system, feed, record, parts);
    case MR_RULE_CONTROL:
        return mr_d01_control(engine, system, feed, record, parts);
    case MR_RULE_LOGOFF:
        return mr_d04_logoff(engine, system, feed, record, parts);
    default:
        if (feed->entries != NULL)
            return rows_of_entries(engine, system, feed, record, parts);
        return row_at_once(engine, system, feed, record, parts);
    }
}

static void count(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    struct mr_system_account *account = &system->account;

    switch (mr_engine_fate(engine, record->domain, record->number)) {
    case MR_FATE_REDUCED:
        engine->counts.reduced++;
        break;
    case MR_FATE_STRUCTURAL:
        engine->counts.structural++;
        break;
    case MR_FATE_NOT_SELECTED:
        engine->counts.not_selected++;
        break;
    default:
        engine->counts.unknown++;
        break;
    }
    account->records++;
    if (account->first_tod == 0 || mr_tod_difference(record->tod, account->first_tod) < 0)
        account->first_tod = record->tod;
    if (account->last_tod == 0 || mr_tod_difference(record->tod, account->last_tod) > 0)
        account->last_tod = record->tod;
}

/* A record that a hook does not want in the tables still tells where sessions and intervals begin and end. */
static int leave_out(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record,
                     const struct mr_dispatch *target)
{
    if (target->begins_session)
        mr_sessions_event(engine, system, record);
    return mr_track_after(engine, system, record);
}

static int use_record(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    const struct mr_dispatch *target = &engine->dispatch[record->domain][record->number];
    struct mr_feed *const *feeds;
    int status;

    engine->scene.record = record;
    system->superseded |= target->supersedes;
    status = mr_track_before(engine, system, record);
    feeds = target->checked != NULL ? mr_checks_feeds(engine, system, record) : target->feeds;
    if (target->checked != NULL && feeds == NULL)
        return MR_FATAL;
    count(engine, system, record);
    if (engine->watched && status == MR_OK) {
        status = mr_hooks_record(engine, system, record);
        if (status == MR_FAILED)
            return leave_out(engine, system, record, target);
    }
    if (target->has_variants) {
        const struct mr_variant_rule *rule = mr_d10_variant(engine, record);

        if (rule != NULL && rule->count > 0 && status == MR_OK) {
            status = mr_d10_record(engine, system, rule, record);
            return status == MR_OK ? mr_track_after(engine, system, record) : status;
        }
    }
    for (size_t f = 0; f < target->active && status == MR_OK; f++)
        status = mr_dispatch_feed(engine, system, feeds[f], record, record->length);
    if (target->begins_session)
        mr_sessions_event(engine, system, record);
    return status == MR_OK ? mr_track_after(engine, system, record) : status;
}

/* Each record of an input is counted once, however often the input is read. */
void mr_dispatch_duplicate(struct mr_engine *engine, const struct mr_record *record)
{
    if (engine->options.recall != NULL && engine->options.recall->again) {
        engine->counts.records--;
        return;
    }
    engine->counts.duplicates++;
    engine->counts.duplicate_bytes += record->length;
}

static void next_batch(struct mr_system *system)
{
    mr_coverage_next_batch(&system->coverage);
    mr_coverage_next_batch(&system->own);
}

static int dispatch(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    uint64_t intervals = system->account.intervals;
    int status;

    mr_census_record(&engine->census, record);
    status = use_record(engine, system, record);
    if (status == MR_OK && engine->options.recall != NULL)
        status = mr_recall_used(engine, system, record,
                                (system->account.intervals != intervals ? MR_USED_ENDS_SAMPLE : 0u) |
                                    (engine->dispatch[record->domain][record->number].begins_session
                                         ? MR_USED_BEGINS_SESSION
                                         : 0u));
    /* Noted afterwards: a record that shows a hole before it does not belong to the stretch that ends there. */
    if (status == MR_OK && mr_coverage_note(&system->coverage, record) != MR_OK) {
        mr_report(engine->options.log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "%s", "");
        return MR_FATAL;
    }
    if (record->domain == 1 && record->number == 11)
        next_batch(system);
    return status;
}

/* What waits goes its way. */
int mr_dispatch_ahead(struct mr_engine *engine)
{
    struct mr_queue waiting = engine->ahead;
    int status = MR_OK;

    engine->ahead = (struct mr_queue){0};
    for (size_t at = 0; at < waiting.used && status == MR_OK;) {
        struct mr_record record = mr_queue_at(&waiting, at, &at);

        status = dispatch(engine, engine->ahead_system, &record);
    }
    waiting.used = 0;
    engine->ahead = waiting;
    return status;
}

/*
 * A sample that seems to come behind a hole: a MONITOR command anywhere in it may tell that the interval is longer now.
 * Its records wait for its end.
 */
static int look_ahead(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    bool end = record->domain == 1 && record->number == 11;
    int status = mr_queue_put(&engine->ahead, record);

    engine->ahead_system = system;
    if (status == MR_FATAL) {
        mr_report(engine->options.log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "%s", "");
        return status;
    }
    if (record->domain == 1 && record->number == 10)
        mr_track_command(engine, system, record);
    if (status == MR_OK)
        return end ? mr_dispatch_ahead(engine) : MR_OK;
    status = mr_dispatch_ahead(engine); /* the queue is full */
    return status == MR_OK ? dispatch(engine, system, record) : status;
}

int mr_dispatch_record(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    int status = MR_OK;

    if (engine->ahead.used > 0 && engine->ahead_system != system)
        status = mr_dispatch_ahead(engine);
    if (status != MR_OK)
        return status;
    if (engine->ahead.used > 0 || mr_track_shows_hole(engine, system, record))
        return look_ahead(engine, system, record);
    return dispatch(engine, system, record);
}

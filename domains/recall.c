/* SPDX-License-Identifier: Apache-2.0 */
/* Continuity over runs: systems that fall asleep and are woken, and records that are replayed. */
#include "domains/recall.h"

#include "domains/hold.h"
#include "domains/system.h"

#include <stdlib.h>
#include <string.h>

/* What a replay must leave as it is. */
struct mr_aside {
    struct mr_engine_counts counts;
    struct mr_census census;
    struct mr_system_account account;
    struct mr_log *log;
    const struct mr_recall *recall;
    struct mr_system *system;
    struct {
        uint64_t rows[MR_QUALITIES];
    } *qualities;              /* one for each plan */
    uint64_t (*balances)[2];   /* one for each balance of each plan in turn */
    struct mr_step_account *falls; /* one for each step of each feed in turn */
};

int mr_system_close_coverage(struct mr_system *system, uint64_t now)
{
    int status = mr_coverage_close(&system->coverage, now);

    return status == MR_OK ? mr_coverage_close(&system->own, now) : status;
}

static struct mr_system *awake(const struct mr_engine *engine, const struct mr_identity *identity)
{
    for (size_t i = 0; i < engine->system_count; i++) {
        struct mr_system *system = engine->systems[i];

        if (!system->asleep && strcmp(system->identity.sysid, identity->sysid) == 0 &&
            strcmp(system->identity.serial, identity->serial) == 0)
            return system;
    }
    return NULL;
}

/* Everything but who it is and its account. */
static void fall_asleep(struct mr_engine *engine, struct mr_system *system)
{
    struct mr_system fresh = {.identity = system->identity,
                              .account = system->account,
                              .episodes = system->episodes,
                              .episode_room = system->episode_room,
                              .fits_told = {system->fits_told[0], system->fits_told[1]},
                              .refusals_told = system->refusals_told,
                              .asleep = true};

    mr_system_clear(engine, system);
    fresh.maps = system->maps;
    fresh.held = system->held;
    *system = fresh;
}

void mr_recall_reset(struct mr_engine *engine)
{
    for (size_t i = 0; i < engine->system_count; i++)
        fall_asleep(engine, engine->systems[i]);
    engine->current = NULL;
    engine->recalled = NULL;
}

static struct mr_system *sleeping(const struct mr_engine *engine, const struct mr_identity *identity)
{
    for (size_t i = 0; i < engine->system_count; i++) {
        struct mr_system *system = engine->systems[i];

        if (system->asleep && strcmp(system->identity.sysid, identity->sysid) == 0 &&
            strcmp(system->identity.serial, identity->serial) == 0)
            return system;
    }
    return NULL;
}

static int no_memory(const struct mr_engine *engine)
{
    mr_report(engine->options.log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "%s", "");
    return MR_FATAL;
}

static int damaged(const struct mr_engine *engine, const struct mr_identity *identity)
{
    mr_report(engine->options.log, MR_MSG_STATE_DAMAGED, MR_NOWHERE, "%s", identity->sysid);
    return MR_FAILED;
}

/* The system by name, as if its first record had just come. */
static struct mr_system *wake(struct mr_engine *engine, const struct mr_identity *identity)
{
    struct mr_system *system = sleeping(engine, identity);

    if (system == NULL)
        system = mr_system_add(engine, identity);
    if (system != NULL) {
        system->asleep = false;
        system->identity = *identity;
    }
    engine->recalled = system;
    return system;
}

int mr_recall_state(struct mr_engine *engine, const struct mr_identity *identity, const void *sections, size_t size)
{
    struct mr_system *system = wake(engine, identity);
    struct mr_unpack in = {.at = sections, .left = size};
    int status;

    if (system == NULL)
        return no_memory(engine);
    status = mr_state_load(engine, system, &in);
    if (status == MR_FAILED) {
        fall_asleep(engine, system);
        return wake(engine, identity) == NULL ? no_memory(engine) : damaged(engine, identity);
    }
    return status == MR_OK ? MR_OK : no_memory(engine);
}

int mr_recall_overlay(struct mr_engine *engine, const struct mr_identity *identity, uint64_t since,
                      const void *sections, size_t size, int64_t ahead)
{
    struct mr_system *system = awake(engine, identity);
    struct mr_unpack in = {.at = sections, .left = size};
    int status = MR_OK;

    if (system != NULL)
        status = mr_state_overlay(engine, system, &in, since, ahead);
    if (status == MR_FAILED)
        return damaged(engine, identity);
    return status == MR_OK ? MR_OK : no_memory(engine);
}

int mr_recall_coverage(struct mr_engine *engine, const struct mr_identity *identity, const void *bytes, size_t size,
                       uint64_t from)
{
    struct mr_system *system = awake(engine, identity);
    struct mr_unpack in = {.at = bytes, .left = size};
    int status = system == NULL ? MR_OK : mr_state_load_coverage(&system->coverage, &in, from);

    if (status == MR_FAILED)
        return damaged(engine, identity);
    return status == MR_OK ? MR_OK : no_memory(engine);
}

void mr_recall_window(struct mr_engine *engine, const struct mr_identity *identity, uint64_t from, uint64_t to)
{
    struct mr_system *system = awake(engine, identity);

    if (system != NULL) {
        system->coverage.from = from;
        system->coverage.to = to;
    }
}

uint32_t mr_recall_interval(const struct mr_engine *engine, const struct mr_identity *identity)
{
    const struct mr_system *system = awake(engine, identity);

    return system == NULL ? 0 : system->interval;
}

void mr_recall_save(const struct mr_engine *engine, const struct mr_identity *identity, unsigned parts,
                    struct mr_pack *sections)
{
    const struct mr_system *system = awake(engine, identity);

    if (system == NULL)
        return;
    if ((parts & MR_STATE_SYSTEM) != 0)
        mr_state_save_system(system, sections);
    if ((parts & MR_STATE_SYSTEM) != 0)
        mr_state_save_fits(engine, system, sections);
    if ((parts & MR_STATE_TABLES) != 0)
        mr_state_save_tables(engine, system, sections);
}

void mr_recall_save_coverage(const struct mr_engine *engine, const struct mr_identity *identity,
                             struct mr_pack *bytes)
{
    const struct mr_system *system = awake(engine, identity);

    if (system != NULL)
        mr_state_save_coverage(&system->own, bytes);
}

int mr_recall_ask(struct mr_engine *engine, const struct mr_identity *identity, uint64_t tod)
{
    const struct mr_recall *recall = engine->options.recall;

    return recall == NULL ? MR_OK : recall->system(recall->context, engine, identity, tod);
}

/* Counted in the pass whose window holds it. */
void mr_recall_outside(struct mr_engine *engine, const struct mr_system *system, const struct mr_record *record)
{
    const struct mr_recall *recall = engine->options.recall;

    engine->counts.records--;
    if (recall != NULL && !recall->again)
        recall->outside(recall->context, &system->identity, record->tod);
}

int mr_recall_used(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record, unsigned flags)
{
    const struct mr_recall *recall = engine->options.recall;

    if (mr_coverage_note(&system->own, record) != MR_OK)
        return no_memory(engine);
    return recall->used(recall->context, &system->account, &system->identity, record, flags);
}

/* Put the counts aside; false when memory is short. */
static bool put_aside(struct mr_engine *engine, struct mr_system *system)
{
    struct mr_aside *aside = calloc(1, sizeof *aside);
    size_t balances = 0, steps = 0;

    for (size_t p = 0; p < engine->plan_count; p++)
        balances += engine->plans[p]->balance_count;
    if (aside == NULL)
        return false;
    aside->qualities = calloc(engine->plan_count + 1, sizeof *aside->qualities);
    aside->balances = calloc(balances + 1, sizeof *aside->balances);
    for (size_t f = 0; f < engine->feed_count; f++)
        steps += engine->feeds[f]->step_count;
    aside->falls = calloc(steps + 1, sizeof *aside->falls);
    if (aside->qualities == NULL || aside->balances == NULL || aside->falls == NULL) {
        free(aside->qualities);
        free(aside->balances);
        free(aside->falls);
        free(aside);
        return false;
    }
    aside->counts = engine->counts;
    aside->census = engine->census;
    aside->account = system->account;
    aside->log = engine->options.log;
    aside->recall = engine->options.recall;
    aside->system = system;
    balances = 0;
    for (size_t p = 0; p < engine->plan_count; p++) {
        const struct mr_plan *plan = engine->plans[p];

        memcpy(aside->qualities[p].rows, plan->quality_rows, sizeof plan->quality_rows);
        for (size_t i = 0; i < plan->balance_count; i++, balances++) {
            aside->balances[balances][0] = plan->balances[i].checked;
            aside->balances[balances][1] = plan->balances[i].failed;
        }
    }
    steps = 0;
    for (size_t f = 0; f < engine->feed_count; f++) {
        memcpy(aside->falls + steps, engine->feeds[f]->falls, engine->feeds[f]->step_count * sizeof *aside->falls);
        steps += engine->feeds[f]->step_count;
    }
    engine->options.log = NULL;
    engine->options.recall = NULL;
    engine->aside = aside;
    return true;
}

static void take_back(struct mr_engine *engine)
{
    struct mr_aside *aside = engine->aside;
    size_t balances = 0, steps = 0;

    engine->counts = aside->counts;
    engine->census = aside->census;
    aside->system->account = aside->account;
    aside->system->account.episodes = aside->system->episodes; /* which may have moved */
    engine->options.log = aside->log;
    engine->options.recall = aside->recall;
    for (size_t p = 0; p < engine->plan_count; p++) {
        struct mr_plan *plan = engine->plans[p];

        memcpy(plan->quality_rows, aside->qualities[p].rows, sizeof plan->quality_rows);
        for (size_t i = 0; i < plan->balance_count; i++, balances++) {
            plan->balances[i].checked = aside->balances[balances][0];
            plan->balances[i].failed = aside->balances[balances][1];
        }
    }
    for (size_t f = 0; f < engine->feed_count; f++) {
        memcpy(engine->feeds[f]->falls, aside->falls + steps, engine->feeds[f]->step_count * sizeof *aside->falls);
        steps += engine->feeds[f]->step_count;
    }
    free(aside->qualities);
    free(aside->balances);
    free(aside->falls);
    free(aside);
    engine->aside = NULL;
}

int mr_recall_replay(struct mr_engine *engine, const struct mr_identity *identity, const struct mr_record *records,
                     size_t count, struct mr_recall_effect *effect)
{
    struct mr_system *system = awake(engine, identity);
    int status = MR_OK;

    *effect = (struct mr_recall_effect){0};
    if (system == NULL)
        return MR_OK;
    if (!put_aside(engine, system))
        return no_memory(engine);
    engine->input = NULL;
    engine->queue.active = false;
    engine->queue.records.used = 0;
    engine->queue.have = 0;
    mr_twice_begin_input(engine);
    engine->current = system;
    for (size_t i = 0; i < count && status == MR_OK; i++)
        status = mr_engine_record(engine, &records[i]);
    if (status == MR_OK)
        status = mr_engine_drain(engine);
    if (status == MR_OK)
        status = mr_twice_settle(engine);
    effect->interval = system->interval;
    effect->missing = system->account.missing_intervals - engine->aside->account.missing_intervals;
    take_back(engine);
    engine->current = NULL;
    return status;
}

void mr_recall_session(struct mr_engine *engine, const struct mr_identity *identity, const struct mr_record *record)
{
    struct mr_system *system = awake(engine, identity);

    if (system != NULL)
        mr_sessions_event(engine, system, record);
}

int mr_recall_release(struct mr_engine *engine, const struct mr_identity *identity)
{
    struct mr_system *system = awake(engine, identity);
    int status;

    if (system == NULL)
        return MR_OK;
    if (!put_aside(engine, system))
        return no_memory(engine);
    status = mr_engine_release(engine, system);
    take_back(engine);
    return status;
}

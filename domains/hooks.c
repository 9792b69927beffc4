/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's side of the hooks, and the choice of channel paths by the CHPID array. */
#include "domains/system.h"

#include <string.h>

#define CHOSEN_EXIT "USRSCHC" /* rows of tables that have this exit are chosen by channel path (VMX processing, 7) */
#define CHOSEN_COLUMN "CHCHPID"

void mr_hooks_open(struct mr_engine *engine)
{
    engine->watched = engine->options.hooks != NULL || engine->options.chp_sel;
    if (!engine->watched)
        return;
    mr_chpids_fields(&engine->chpid_fields, engine->options.schema);
    for (size_t p = 0; engine->options.chp_sel && p < engine->plan_count; p++) {
        struct mr_plan *plan = engine->plans[p];
        unsigned column = mr_plan_column(plan, CHOSEN_COLUMN);

        if (strcmp(plan->table->exit, CHOSEN_EXIT) == 0 && column != MR_NO_COLUMN &&
            plan->columns[column].type == MR_CELL_HEX)
            plan->chpid_column = (uint16_t)column;
    }
}

static const struct mr_hook_scene *scene_of(struct mr_engine *engine, const struct mr_system *system)
{
    struct mr_hook_scene *scene = &engine->scene;

    scene->identity = &system->identity;
    scene->chpids = &system->chpids;
    scene->input = engine->input;
    scene->initial =
        system->phase == MR_PHASE_INIT && system->configured && !system->domain0 && !system->in_sample;
    scene->suspended = system->suspend_tod != 0;
    return scene;
}

int mr_hooks_record(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    const struct mr_engine_hooks *hooks = engine->options.hooks;

    if (mr_chpids_record(&system->chpids, &engine->chpid_fields, record) != MR_OK) {
        mr_report(engine->log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "channel paths of %s",
                  system->identity.sysid);
        return MR_FATAL;
    }
    if (hooks == NULL)
        return MR_OK;
    scene_of(engine, system);
    if (record->domain == 1 && (record->number == 3 || record->number == 12))
        engine->scene.suspended = true;
    return hooks->record(hooks->context, &engine->scene);
}

int mr_hooks_row(struct mr_engine *engine, struct mr_system *system, struct mr_plan *plan, struct mr_cell *cells)
{
    const struct mr_engine_hooks *hooks = engine->options.hooks;

    if (plan->chpid_column != 0) {
        const struct mr_cell *chpid = &cells[plan->chpid_column];

        if (!chpid->present || chpid->size != 1 || system->chpids.devices[chpid->value.bytes[0]] == 0) {
            if (!system->chpids.any && !system->chpids_missed) {
                mr_report(engine->log, MR_MSG_NO_DEVICES, MR_NOWHERE, "%s", system->identity.sysid);
                system->chpids_missed = true;
            }
            engine->counts.orphans += plan->wanted;
            return MR_FAILED;
        }
    }
    return hooks == NULL ? MR_OK : hooks->row(hooks->context, scene_of(engine, system), plan, cells);
}

int mr_hooks_interval(struct mr_engine *engine, struct mr_system *system, bool begin, uint64_t tod)
{
    const struct mr_engine_hooks *hooks = engine->options.hooks;

    return hooks == NULL ? MR_OK : hooks->interval(hooks->context, scene_of(engine, system), begin, tod);
}

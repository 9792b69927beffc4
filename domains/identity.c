/* SPDX-License-Identifier: Apache-2.0 */
/* Systems and who they are. */
#include "base/grow.h"
#include "domains/hold.h"
#include "domains/system.h"

#include <stdlib.h>
#include <string.h>

struct mr_system *mr_system_find(struct mr_engine *engine, const char *sysid, const char *serial)
{
    for (size_t i = 0; i < engine->system_count; i++) {
        const struct mr_identity *identity = &engine->systems[i]->identity;

        if (!engine->systems[i]->asleep && strcmp(identity->sysid, sysid) == 0 && strcmp(identity->serial, serial) == 0)
            return engine->systems[i];
    }
    return NULL;
}

struct mr_system *mr_system_add(struct mr_engine *engine, const struct mr_identity *identity)
{
    struct mr_system *system = calloc(1, sizeof *system);

    if (system == NULL ||
        mr_grow(&engine->systems, &engine->system_room, engine->system_count + 1, sizeof *engine->systems,
                MR_SYSTEMS_MAX) != MR_OK) {
        free(system);
        return NULL;
    }
    system->identity = *identity;
    system->maps = calloc(engine->map_count + 1, sizeof *system->maps);
    system->held = calloc(engine->plan_count + 1, sizeof *system->held);
    if (system->maps == NULL || system->held == NULL) {
        mr_system_free(engine, system);
        return NULL;
    }
    for (unsigned m = 0; m < engine->map_count; m++)
        mr_entity_map_init(&system->maps[m], 0);
    for (size_t f = 0; f < engine->feed_count; f++) {
        const struct mr_feed *feed = engine->feeds[f];

        mr_entity_map_init(&system->maps[feed->number], feed->slot_count);
        if (feed->former != MR_NO_MAP)
            mr_entity_map_init(&system->maps[feed->former], feed->slot_count);
    }
    engine->systems[engine->system_count++] = system;
    return system;
}

/* The time of a held row reaches back to the row before: not over what is forgotten. */
static void forget_rows_before(struct mr_entity_map *held)
{
    for (struct mr_entity *e = held->first; e != NULL; e = e->after) {
        if (e->row != NULL)
            mr_hold_forget(e->row);
    }
}

void mr_system_forget(struct mr_engine *engine, struct mr_system *system)
{
    for (unsigned m = 0; m < engine->map_count; m++)
        mr_entity_clear(&system->maps[m]);
    for (size_t p = 0; system->held != NULL && p < engine->plan_count; p++)
        forget_rows_before(&system->held[p]);
}

/* All that is kept of what was measured. */
void mr_system_clear(struct mr_engine *engine, struct mr_system *system)
{
    if (system->maps != NULL)
        mr_system_forget(engine, system);
    for (size_t p = 0; system->held != NULL && p < engine->plan_count; p++)
        mr_entity_clear(&system->held[p]);
    mr_sessions_free(engine, system);
    free(system->processors);
    system->processors = NULL;
    free(system->fits);
    system->fits = NULL;
    system->fit_count = system->fit_room = 0;
    mr_coverage_free(&system->coverage);
    mr_coverage_free(&system->own);
    mr_chpids_clear(&system->chpids);
}

void mr_system_free(struct mr_engine *engine, struct mr_system *system)
{
    if (system == NULL)
        return;
    mr_system_clear(engine, system);
    free(system->maps);
    free(system->held);
    free(system->episodes);
    free(system);
}

static int field(const struct mr_layout *layout, const char *name)
{
    return layout == NULL ? MR_NO_INDEX : mr_layout_field(layout, name);
}

void mr_identity_fields(struct mr_engine_fields *f, const struct mr_schema *schema)
{
    f->system = mr_schema_layout(schema, 1, 4, "");
    f->processor = mr_schema_layout(schema, 1, 5, "");
    f->sample = mr_schema_layout(schema, 1, 9, "");
    f->command = mr_schema_layout(schema, 1, 10, "");
    f->resume = mr_schema_layout(schema, 1, 3, "");
    f->system_id = field(f->system, "MTRSYS_SYSTMID");
    f->level = field(f->system, "MTRSYS_HCPCPEID");
    f->ipl_time = field(f->system, "MTRSYS_SYSTODST");
    f->machine_type = field(f->system, "MTRSYS_SYSMTYPE");
    f->machine_model = field(f->system, "MTRSYS_SYSMMODL");
    f->zone = field(f->system, "MTRSYS_SYSZONE");
    f->serial = field(f->processor, "MTRPRP_PFXIDSER");
    f->model = field(f->processor, "MTRPRP_PFXIDMDL");
    f->interval = field(f->sample, "MTRSPR_INTERVAL");
    f->command_text = field(f->command, "MTRSCM_CALCMD");
    f->command_length = field(f->command, "MTRSCM_CALBYCT");
    f->vary = mr_schema_layout(schema, 5, 1, "");
    f->use = mr_schema_layout(schema, 0, 2, "");
    f->processor_address = field(f->processor, "MTRPRP_PFXCPUAD");
    f->vary_address = field(f->vary, "PRCVON_PFXCPUAD");
    f->use_address = field(f->use, "SYTPRP_PFXCPUAD");
    f->lost_count = field(f->resume, "MTRSUS_LOSTRCCT");
}

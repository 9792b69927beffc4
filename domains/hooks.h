/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_HOOKS_H
#define MR_DOMAINS_HOOKS_H

/* Where the engine lets others look in and interfere: before a record is used, before a row is given out. */
#include "domains/chpids.h"
#include "domains/plan.h"
#include "reader/record.h"

struct mr_engine;
struct mr_identity;

/* Where the engine is; everything is borrowed until the hook returns. */
struct mr_hook_scene {
    const struct mr_identity *identity;
    const struct mr_chpids *chpids;
    const struct mr_record *record; /* the one being used; NULL when all inputs have ended */
    const char *input;              /* its name, or NULL */
    bool initial;                   /* it belongs to an initial configuration set */
    bool suspended;                 /* event recording is suspended, from its 1/12 to its 1/3 */
};

/* All members are set.  Each returns MR_OK, or what the engine is to stop with, or as said there. */
struct mr_engine_hooks {
    void *context;

    /* The plans are made and no record has come: columns may be added to them (mr_plan_add_column). */
    int (*prepare)(void *context, struct mr_engine *engine);

    /* A record, before it goes to its tables; MR_FAILED: it does not go there. */
    int (*record)(void *context, const struct mr_hook_scene *scene);

    /* A row, complete but not yet given to joined tables or to the sink; MR_FAILED: it is left out. */
    int (*row)(void *context, const struct mr_hook_scene *scene, struct mr_plan *plan, struct mr_cell *cells);

    /* A sample begins (with the record of this time), or has ended: all its rows have been given out. */
    int (*interval)(void *context, const struct mr_hook_scene *scene, bool begin, uint64_t tod);
};

#endif

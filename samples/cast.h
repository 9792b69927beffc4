/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MS_CAST_H
#define MS_CAST_H

/* Who is there: the sets of entities while a scenario is played. */
#include "samples/expression.h"

struct ms_cast {
    struct ms_set sets[MS_SETS_MAX];
};

/* Carry out "entities".  All return MR_OK or MR_FATAL after a message. */
int ms_cast_add(struct ms_cast *cast, const struct ms_action *action, struct ms_scope *scope, uint64_t since)
    MR_CHECK;

/* Carry out "online" and "offline". */
int ms_cast_presence(struct ms_cast *cast, const struct ms_action *action, bool online, uint64_t since) MR_CHECK;

/* Counters of all entities begin at this time. */
void ms_cast_restart(struct ms_cast *cast, uint64_t since);

/* The entity of this name or NULL. */
struct ms_entity *ms_cast_find(struct ms_set *set, const char *name);

void ms_cast_free(struct ms_cast *cast);

#endif

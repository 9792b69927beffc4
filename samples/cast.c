/* SPDX-License-Identifier: Apache-2.0 */
#include "samples/cast.h"

#include "base/grow.h"
#include "reader/ebcdic.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ms_entity *ms_cast_find(struct ms_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->entities[i].name, name) == 0)
            return &set->entities[i];
    }
    return NULL;
}

/* "LINUX%03d" and a number: one %, digits, d or X.  False where the pattern or the name is no good. */
static bool name_by_pattern(const char *pattern, uint64_t number, char *name)
{
    const char *percent = strchr(pattern, '%'), *rest = percent == NULL ? NULL : percent + 1;
    char digits[32];
    int width = 0;

    if (rest == NULL)
        return false;
    while (isdigit((unsigned char)*rest) && width < 16)
        width = width * 10 + (*rest++ - '0');
    if ((*rest != 'd' && *rest != 'X') || width > MS_NAME_MAX || strchr(rest, '%') != NULL)
        return false;
    snprintf(digits, sizeof digits, *rest == 'd' ? "%0*llu" : "%0*llX", width, (unsigned long long)number);
    return snprintf(name, MS_NAME_MAX + 1, "%.*s%s%s", (int)(percent - pattern), pattern, digits, rest + 1) <=
           MS_NAME_MAX;
}

static int add_entity(struct ms_set *set, const char *name, uint64_t since, const struct ms_place *place)
{
    struct ms_entity *entity;

    if (mr_grow(&set->entities, &set->room, set->count + 1, sizeof *entity, MS_ENTITIES_MAX) != MR_OK)
        return ms_fault(place, "more than %d entities in a set", MS_ENTITIES_MAX);
    entity = &set->entities[set->count++];
    *entity = (struct ms_entity){.online = true, .since = since};
    memcpy(entity->name, name, strlen(name) + 1);
    return MR_OK;
}

static int add_names(struct ms_set *set, const struct ms_action *action, uint64_t since)
{
    for (size_t k = 0; k < action->name_count; k++) {
        if (add_entity(set, action->names[k], since, &action->place) != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

int ms_cast_add(struct ms_cast *cast, const struct ms_action *action, struct ms_scope *scope, uint64_t since)
{
    struct ms_set *set = &cast->sets[action->index];
    char pattern[64] = "%d", name[MS_NAME_MAX + 1];
    uint64_t count, from = action->from == NULL ? 0 : ms_evaluate_number(action->from, scope);
    struct ms_value value;

    if (action->names != NULL)
        return add_names(set, action, since);
    value = ms_evaluate(action->value, scope);
    count = value.number;
    if (value.kind == MS_TEXT) {
        if (value.length * 2 >= sizeof pattern || action->value2 == NULL)
            return ms_fault(&action->place, "write: entities user \"LINUX%%03d\" 10");
        pattern[mr_ebcdic_decode(pattern, value.text, value.length)] = '\0';
        count = ms_evaluate_number(action->value2, scope);
    }
    for (uint64_t k = 0; k < count && !scope->failed; k++) {
        if (!name_by_pattern(pattern, from + k, name))
            return ms_fault(&action->place, "'%s' is no pattern for names of up to %d letters, such as LINUX%%03d",
                            pattern, MS_NAME_MAX);
        if (add_entity(set, name, since, &action->place) != MR_OK)
            return MR_FATAL;
    }
    return scope->failed ? MR_FATAL : MR_OK;
}

int ms_cast_presence(struct ms_cast *cast, const struct ms_action *action, bool online, uint64_t since)
{
    for (size_t k = 0; k < action->name_count; k++) {
        struct ms_entity *entity = ms_cast_find(&cast->sets[action->index], action->names[k]);

        if (entity == NULL)
            return ms_fault(&action->place, "'%s' is not in this set; see the lines that begin with entities",
                            action->names[k]);
        if (online)
            entity->since = since;
        entity->online = online;
    }
    return MR_OK;
}

void ms_cast_restart(struct ms_cast *cast, uint64_t since)
{
    for (int s = 0; s < MS_SETS_MAX; s++) {
        for (size_t i = 0; i < cast->sets[s].count; i++)
            cast->sets[s].entities[i].since = since;
    }
}

void ms_cast_free(struct ms_cast *cast)
{
    for (int s = 0; s < MS_SETS_MAX; s++)
        free(cast->sets[s].entities);
}

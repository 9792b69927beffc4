/* SPDX-License-Identifier: Apache-2.0 */
/* From names to indexes: groups of fields, lengths that stand in a field, operands of groups. */
#include "base/grow.h"
#include "reader/record.h"
#include "schema/build.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int field_index(const struct mr_layout_draft *draft, const char *name)
{
    for (size_t i = 0; i < draft->field_count; i++) {
        if (strcmp(draft->fields[i].name, name) == 0)
            return (int)i;
    }
    return MR_NO_INDEX;
}

/* ":1=64:2=336" behind the name of a field. */
static int parse_cases(const char *text, struct mr_operand *operand)
{
    while (*text == ':') {
        unsigned is, value;
        int used;

        if (operand->case_count == MR_CASES_MAX || sscanf(text, ":%u=%u%n", &is, &value, &used) != 2)
            return MR_FAILED;
        operand->cases[operand->case_count].is = is;
        operand->cases[operand->case_count].value = value;
        operand->case_count++;
        text += used;
    }
    return *text == '\0' ? MR_OK : MR_FAILED;
}

/* NUMBER, FIELD, NUMBER+FIELD, FIELD:is=value:is=value, or * for as many as fit. */
static int parse_operand(const struct mr_layout_draft *draft, const char *text, struct mr_operand *operand)
{
    char name[64];
    unsigned long value = 0;
    size_t n = 0;

    *operand = (struct mr_operand){.field = MR_NO_INDEX};
    if (strcmp(text, "*") == 0)
        return MR_OK;
    if (isdigit((unsigned char)*text)) {
        char *end;

        value = strtoul(text, &end, 10);
        text = end;
        if (value > MR_RECORD_MAX || (*text != '\0' && *text != '+'))
            return MR_FAILED;
        operand->value = (uint32_t)value;
        if (*text == '\0')
            return MR_OK;
        text++;
    }
    while (n + 1 < sizeof name && (isalnum((unsigned char)text[n]) || text[n] == '_')) {
        name[n] = text[n];
        n++;
    }
    name[n] = '\0';
    operand->field = (int16_t)field_index(draft, name);
    return operand->field == MR_NO_INDEX ? MR_FAILED : parse_cases(text + n, operand);
}

/* "FIELD=VALUE" or nothing. */
static int parse_when(const struct mr_layout_draft *draft, const char *text, struct mr_group *group)
{
    char name[64];
    unsigned value;

    group->when_field = MR_NO_INDEX;
    if (text[0] == '\0')
        return MR_OK;
    if (sscanf(text, "%63[^=]=%u", name, &value) != 2)
        return MR_FAILED;
    group->when_field = (int16_t)field_index(draft, name);
    group->when_value = value;
    return group->when_field == MR_NO_INDEX ? MR_FAILED : MR_OK;
}

static int resolve_groups(struct mr_build *build, struct mr_layout_draft *draft)
{
    struct mr_group *groups;

    if (draft->group_count == 0)
        return MR_OK;
    groups = mr_arena_alloc(build->arena, draft->group_count * sizeof *groups);
    if (groups == NULL)
        return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, 0, "%s", "");
    for (size_t i = 0; i < draft->group_count; i++) {
        const struct mr_group_draft *from = &draft->groups[i];

        groups[i] = (struct mr_group){.name = from->name, .origin = from->origin};
        if (parse_operand(draft, from->at, &groups[i].at) != MR_OK ||
            parse_operand(draft, from->stride, &groups[i].stride) != MR_OK ||
            parse_operand(draft, from->count, &groups[i].count) != MR_OK ||
            parse_when(draft, from->when, &groups[i]) != MR_OK)
            mr_build_fault(build, MR_MSG_SCHEMA_REFERENCE, from->line, "group %s of %u/%u: %s %s %s%s%s", from->name,
                           draft->layout.domain, draft->layout.number, from->at, from->stride, from->count,
                           from->when[0] != '\0' ? " " : "", from->when);
    }
    draft->layout.groups = groups;
    draft->layout.group_count = (uint16_t)draft->group_count;
    return MR_OK;
}

static int resolve_fields(struct mr_build *build, struct mr_layout_draft *draft)
{
    build->path = draft->fields_path;
    for (size_t i = 0; i < draft->field_count; i++) {
        struct mr_field *field = &draft->fields[i];

        field->group = MR_NO_INDEX;
        for (size_t g = 0; g < draft->group_count; g++) {
            if (strcmp(draft->groups[g].name, draft->field_group[i]) == 0)
                field->group = (int16_t)g;
        }
        if (draft->field_group[i][0] != '\0' && field->group == MR_NO_INDEX)
            mr_build_fault(build, MR_MSG_SCHEMA_REFERENCE, draft->field_line[i], "%s: group '%s'", field->name,
                           draft->field_group[i]);
        field->length_field = MR_NO_INDEX;
        if (draft->field_length[i][0] != '\0') {
            field->length_field = (int16_t)field_index(draft, draft->field_length[i]);
            if (field->length_field == MR_NO_INDEX)
                mr_build_fault(build, MR_MSG_SCHEMA_REFERENCE, draft->field_line[i], "%s: length '%s'", field->name,
                               draft->field_length[i]);
        }
    }
    return MR_OK;
}

int mr_build_resolve(struct mr_build *build)
{
    char groups_path[MR_PATH_BYTES];

    snprintf(groups_path, sizeof groups_path, "%s/groups.csv", build->folder);

    for (size_t i = 0; i < build->layout_count; i++) {
        build->path = groups_path;
        if (resolve_groups(build, &build->layouts[i]) != MR_OK || resolve_fields(build, &build->layouts[i]) != MR_OK)
            return MR_FATAL;
    }
    build->path = build->folder;
    return build->status;
}

/* The text of an operand of the base, so that it can be resolved again when a site corrects the fields. */
static const char *operand_text(struct mr_build *build, const struct mr_layout *layout,
                                const struct mr_operand *operand)
{
    char text[256];
    int n = 0;

    if (operand->field == MR_NO_INDEX && operand->value == 0)
        return "*";
    if (operand->field == MR_NO_INDEX)
        n = snprintf(text, sizeof text, "%u", operand->value);
    else if (operand->value != 0)
        n = snprintf(text, sizeof text, "%u+%s", operand->value, layout->fields[operand->field].name);
    else
        n = snprintf(text, sizeof text, "%s", layout->fields[operand->field].name);
    for (unsigned i = 0; i < operand->case_count && n > 0 && (size_t)n < sizeof text; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, ":%u=%u", operand->cases[i].is, operand->cases[i].value);
    return mr_build_text(build, text);
}

static int base_groups(struct mr_build *build, const struct mr_layout *layout, struct mr_layout_draft *draft)
{
    if (mr_grow(&draft->groups, &draft->group_room, layout->group_count, sizeof *draft->groups, MR_GROUPS_MAX) !=
        MR_OK)
        return MR_FATAL;
    for (unsigned g = 0; g < layout->group_count; g++) {
        const struct mr_group *from = &layout->groups[g];
        char when[96] = "";

        if (from->when_field != MR_NO_INDEX)
            snprintf(when, sizeof when, "%s=%u", layout->fields[from->when_field].name, from->when_value);
        draft->groups[g] = (struct mr_group_draft){.name = from->name,
                                                   .at = operand_text(build, layout, &from->at),
                                                   .stride = operand_text(build, layout, &from->stride),
                                                   .count = operand_text(build, layout, &from->count),
                                                   .when = mr_build_text(build, when),
                                                   .origin = from->origin};
    }
    draft->group_count = layout->group_count;
    return MR_OK;
}

static int base_fields(const struct mr_layout *layout, struct mr_layout_draft *draft)
{
    size_t n = layout->field_count;

    if (mr_grow(&draft->fields, &draft->field_room, n, sizeof *draft->fields, MR_FIELDS_MAX) != MR_OK ||
        mr_grow(&draft->field_group, &draft->group_name_room, n, sizeof *draft->field_group, MR_FIELDS_MAX) != MR_OK ||
        mr_grow(&draft->field_length, &draft->length_name_room, n, sizeof *draft->field_length, MR_FIELDS_MAX) !=
            MR_OK ||
        mr_grow(&draft->field_line, &draft->line_room, n, sizeof *draft->field_line, MR_FIELDS_MAX) != MR_OK)
        return MR_FATAL;
    for (size_t i = 0; i < n; i++) {
        const struct mr_field *field = &layout->fields[i];

        draft->fields[i] = *field;
        draft->field_group[i] = field->group == MR_NO_INDEX ? "" : layout->groups[field->group].name;
        draft->field_length[i] = field->length_field == MR_NO_INDEX ? "" : layout->fields[field->length_field].name;
        draft->field_line[i] = 0;
    }
    draft->field_count = n;
    return MR_OK;
}

static int base_list(void *items, size_t *room, size_t *count, const void *from, size_t from_count, size_t size,
                     size_t limit)
{
    char *list;

    if (mr_grow(items, room, from_count, size, limit) != MR_OK)
        return MR_FATAL;
    memcpy(&list, items, sizeof list);
    if (from_count > 0)
        memcpy(list, from, from_count * size);
    *count = from_count;
    return MR_OK;
}

int mr_build_base(struct mr_build *build, const struct mr_schema *base)
{
    if (mr_grow(&build->layouts, &build->layout_room, base->layout_count, sizeof *build->layouts, MR_LAYOUTS_MAX) !=
            MR_OK ||
        mr_grow(&build->tables, &build->table_room, base->table_count, sizeof *build->tables, MR_TABLES_MAX) !=
            MR_OK ||
        base_list(&build->sessions, &build->session_room, &build->session_count, base->sessions, base->session_count,
                  sizeof *build->sessions, MR_SESSIONS_MAX) != MR_OK ||
        base_list(&build->balances, &build->balance_room, &build->balance_count, base->balances, base->balance_count,
                  sizeof *build->balances, MR_BALANCES_MAX) != MR_OK ||
        base_list(&build->bounds, &build->bound_room, &build->bound_count, base->bounds, base->bound_count,
                  sizeof *build->bounds, MR_BOUNDS_MAX) != MR_OK ||
        base_list(&build->wider, &build->wider_room, &build->wider_count, base->wider, base->wider_count,
                  sizeof *build->wider, MR_WIDER_MAX) != MR_OK ||
        base_list(&build->superseded, &build->superseded_room, &build->superseded_count, base->superseded,
                  base->superseded_count, sizeof *build->superseded, MR_SUPERSEDED_MAX) != MR_OK ||
        base_list(&build->variants, &build->variant_room, &build->variant_count, base->variants, base->variant_count,
                  sizeof *build->variants, MR_VARIANTS_MAX) != MR_OK ||
        base_list(&build->joins, &build->join_room, &build->join_count, base->joins, base->join_count,
                  sizeof *build->joins, MR_JOINS_MAX) != MR_OK ||
        base_list(&build->derived, &build->derived_room, &build->derived_count, base->derived, base->derived_count,
                  sizeof *build->derived, MR_DERIVED_MAX) != MR_OK ||
        base_list(&build->checks, &build->check_room, &build->check_count, base->checks, base->check_count,
                  sizeof *build->checks, MR_CHECKS_MAX) != MR_OK)
        return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, 0, "%s", "");
    for (size_t i = 0; i < base->layout_count; i++) {
        struct mr_layout_draft *draft = &build->layouts[build->layout_count++];

        *draft = (struct mr_layout_draft){.layout = base->layouts[i]};
        if (base_fields(&base->layouts[i], draft) != MR_OK || base_groups(build, &base->layouts[i], draft) != MR_OK)
            return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, 0, "%s", "");
    }
    for (size_t i = 0; i < base->table_count; i++)
        build->tables[build->table_count++] = (struct mr_table_draft){.table = base->tables[i]};
    return MR_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* From a statement and the layouts of its record to a plan. */
#include "samples/plan.h"

#include "reader/record.h"

#include <stdlib.h>
#include <string.h>

#define STRIDE_UNIT 4 /* entries are so many bytes or a multiple */

static bool is_tail(const struct mr_field *field)
{
    return field->length_field != MR_NO_INDEX || field->length == MR_LENGTH_REST;
}

/* True when the scenario sets all of a field. */
static bool is_given(const struct ms_statement *statement, int layout, int index)
{
    for (size_t a = 0; a < statement->assignment_count; a++) {
        const struct ms_assignment *assignment = &statement->assignments[a];

        if (assignment->field != NULL && assignment->layout == layout && assignment->index == index &&
            assignment->element == 0)
            return true;
    }
    return false;
}

static bool is_operand(const struct mr_operand *operand, int index)
{
    return operand->field == index && operand->case_count == 0;
}

/* True for fields that say where, how long or how many: their values follow from the rest. */
static bool is_measure(const struct mr_layout *layout, int index)
{
    for (int f = 0; f < layout->field_count; f++) {
        if (layout->fields[f].length_field == index)
            return true;
    }
    for (int g = 0; g < layout->group_count; g++) {
        const struct mr_group *group = &layout->groups[g];

        if (is_operand(&group->at, index) || is_operand(&group->stride, index) || is_operand(&group->count, index))
            return true;
    }
    return false;
}

/* Values of a field that decide between groups or sizes of entries. */
static void find_choices(const struct mr_layout *layout, int index, struct ms_fill *fill)
{
    for (int g = 0; g < layout->group_count; g++) {
        const struct mr_group *group = &layout->groups[g];
        bool known = false;

        for (unsigned c = 0; group->stride.field == index && c < group->stride.case_count; c++)
            fill->choices[fill->choice_count++ % MR_CASES_MAX] = group->stride.cases[c].is;
        if (group->when_field != index)
            continue;
        for (unsigned c = 0; c < fill->choice_count; c++)
            known = known || fill->choices[c] == group->when_value;
        if (!known && fill->choice_count < MR_CASES_MAX)
            fill->choices[fill->choice_count++] = group->when_value;
    }
    if (fill->choice_count > MR_CASES_MAX)
        fill->choice_count = MR_CASES_MAX;
    if (fill->choice_count > 0)
        fill->how = MS_CHOICE;
}

static struct ms_fill default_fill(const struct mr_layout *layout, int index)
{
    const struct mr_field *field = &layout->fields[index];
    struct ms_fill fill = {.layout = layout, .field = field, .offset = field->offset};

    ms_default_choose(&fill);
    find_choices(layout, index, &fill);
    if (is_measure(layout, index))
        fill.how = MS_LEAVE;
    return fill;
}

/* Bytes by which the 8-byte numbers of an entry before and at this field move when each is aligned. */
static uint32_t alignment_shift(const struct mr_layout *layout, int index)
{
    uint32_t shift = 0;

    for (int f = 0; f <= index; f++) {
        const struct mr_field *field = &layout->fields[f];

        if (field->group == layout->fields[index].group && field->length == 8 && field->type != MR_TYPE_CHAR)
            shift += (8 - (field->offset + shift) % 8) % 8;
    }
    return shift;
}

/* The list that a field's fill belongs to: the record's, the tails or a group's. */
static void append(struct ms_plan *plan, size_t group_base, struct ms_fill fill)
{
    struct ms_group_plan *group;

    if (is_tail(fill.field)) {
        plan->tails[plan->tail_count++] = fill;
    } else if (fill.field->group == MR_NO_INDEX) {
        plan->fills[plan->fill_count++] = fill;
    } else {
        group = &plan->groups[group_base + (size_t)fill.field->group];
        group->fills[group->fill_count++] = fill;
    }
}

static void add_defaults(struct ms_plan *plan, const struct ms_statement *statement, int l, size_t group_base)
{
    const struct mr_layout *layout = statement->layouts[l];

    for (int f = 0; f < layout->field_count; f++) {
        struct ms_fill fill = default_fill(layout, f);

        if (is_given(statement, l, f) || (fill.how == MS_LEAVE && !is_tail(fill.field)))
            continue;
        if (statement->aligned && fill.field->group != MR_NO_INDEX)
            fill.offset += alignment_shift(layout, f);
        fill.length_given = is_given(statement, l, fill.field->length_field);
        append(plan, group_base, fill);
    }
}

static bool add_given(struct ms_plan *plan, const struct ms_statement *statement, int l, size_t group_base)
{
    const struct mr_layout *layout = statement->layouts[l];

    for (size_t a = 0; a < statement->assignment_count; a++) {
        const struct ms_assignment *given = &statement->assignments[a];
        struct ms_fill fill;

        if (given->field == NULL || given->layout != l)
            continue;
        fill = default_fill(layout, given->index);
        fill.value = given->value;
        fill.place = given->place;
        if (statement->aligned && fill.field->group != MR_NO_INDEX)
            fill.offset += alignment_shift(layout, given->index);
        fill.element = given->element;
        fill.length_given = is_given(statement, l, fill.field->length_field);
        if (given->element > fill.field->count && fill.field->group == MR_NO_INDEX) {
            ms_fault(&given->place, "%s has %u elements", given->field, (unsigned)fill.field->count);
            return false;
        }
        append(plan, group_base, fill);
    }
    return true;
}

/* Entries must hold the fields of all groups that share the field with their length. */
static uint32_t default_stride(const struct mr_layout *layout, const struct mr_group *group, bool aligned)
{
    uint32_t end = 0;

    if (group->stride.field == MR_NO_INDEX)
        return group->stride.value;
    for (int f = 0; f < layout->field_count; f++) {
        const struct mr_field *field = &layout->fields[f];
        uint32_t here;

        if (field->group == MR_NO_INDEX || layout->groups[field->group].stride.field != group->stride.field)
            continue;
        here = field->offset + (uint32_t)(field->count - 1) * field->step + field->length;
        if (aligned)
            here += alignment_shift(layout, f);
        if (here > end)
            end = here;
    }
    return (end + STRIDE_UNIT - 1) / STRIDE_UNIT * STRIDE_UNIT;
}

static void add_groups(struct ms_plan *plan, const struct ms_statement *statement, int l)
{
    const struct mr_layout *layout = statement->layouts[l];

    for (int g = 0; g < layout->group_count && plan->group_count < MS_GROUPS_MAX; g++) {
        const struct mr_group *group = &layout->groups[g];
        struct ms_group_plan *plan_group = &plan->groups[plan->group_count++];

        plan_group->group = group;
        plan_group->layout = layout;
        plan_group->stride = default_stride(layout, group, statement->aligned);
        plan_group->at_given = is_given(statement, l, group->at.field);
        plan_group->stride_given = is_given(statement, l, group->stride.field);
        plan_group->count_given = is_given(statement, l, group->count.field);
    }
}

static bool add_patches(struct mr_arena *arena, struct ms_plan *plan, const struct ms_statement *statement)
{
    plan->patches = mr_arena_alloc(arena, (statement->assignment_count + 1) * sizeof *plan->patches);
    if (plan->patches == NULL)
        return false;
    for (size_t a = 0; a < statement->assignment_count; a++) {
        const struct ms_assignment *given = &statement->assignments[a];

        if (given->field == NULL)
            plan->patches[plan->patch_count++] = (struct ms_patch){given->at, given->value, given->place};
    }
    return true;
}

static uint32_t last_field_end(const struct mr_layout *layout)
{
    uint32_t end = MR_HEADER_BYTES;

    for (int f = 0; f < layout->field_count; f++) {
        if (layout->fields[f].group == MR_NO_INDEX && !is_tail(&layout->fields[f]) &&
            mr_field_end(&layout->fields[f]) > end)
            end = mr_field_end(&layout->fields[f]);
    }
    return end;
}

/* The fixed part: at z/VM 5.3, else in the first release that is known, else as far as the fields go. */
static uint32_t fixed_length(const struct mr_layout *layout)
{
    const char *colon = strchr(layout->lengths, ':');
    uint32_t end = last_field_end(layout), known = 0;

    if (layout->length > 0)
        return layout->length;
    if (colon != NULL)
        known = (uint32_t)strtoul(colon + 1, NULL, 10);
    return known > end ? known : end;
}

static void measure_layouts(struct ms_plan *plan, const struct ms_statement *statement)
{
    plan->length = plan->reach = MR_HEADER_BYTES;
    for (int l = 0; l < statement->layout_count; l++) {
        uint32_t length = fixed_length(statement->layouts[l]), end = last_field_end(statement->layouts[l]);

        plan->length = length > plan->length ? length : plan->length;
        plan->reach = end > plan->reach ? end : plan->reach;
    }
    if (plan->reach < plan->length)
        plan->reach = plan->length;
}

static bool reserve(struct mr_arena *arena, struct ms_plan *plan, const struct ms_statement *statement)
{
    size_t most = statement->assignment_count + 1;

    for (int l = 0; l < statement->layout_count; l++)
        most += statement->layouts[l]->field_count;
    plan->fills = mr_arena_alloc(arena, most * sizeof *plan->fills);
    plan->tails = mr_arena_alloc(arena, most * sizeof *plan->tails);
    if (plan->fills == NULL || plan->tails == NULL)
        return false;
    for (size_t g = 0; g < plan->group_count; g++) {
        plan->groups[g].fills = mr_arena_alloc(arena, most * sizeof *plan->fills);
        if (plan->groups[g].fills == NULL)
            return false;
    }
    return true;
}

struct ms_plan *ms_plan_make(struct mr_arena *arena, const struct ms_statement *statement)
{
    struct ms_plan *plan = mr_arena_alloc(arena, sizeof *plan);
    size_t base = 0;
    bool good = plan != NULL;

    if (good) {
        measure_layouts(plan, statement);
        for (int l = 0; l < statement->layout_count; l++)
            add_groups(plan, statement, l);
        good = reserve(arena, plan, statement) && add_patches(arena, plan, statement);
    }
    for (int l = 0; good && l < statement->layout_count; l++) {
        add_defaults(plan, statement, l, base);
        if (!add_given(plan, statement, l, base))
            return NULL;
        base += statement->layouts[l]->group_count;
    }
    if (!good) {
        ms_fault(&statement->place, "memory is short; make the scenario smaller");
        return NULL;
    }
    return plan;
}

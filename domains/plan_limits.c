/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the columns of a plan can do: which of them are differences, and of which part of the row; which counts have a
 * wider one beside them; which fields another record may take the place of.
 */
#include "base/grow.h"
#include "domains/plan.h"
#include "schema/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDE_MAX 256
#define INCOMING_MAX 4096

static const struct mr_step *step_of(const struct mr_feed *feed, const char *name)
{
    for (size_t s = 0; s < feed->step_count; s++) {
        const struct mr_step *step = &feed->steps[s];

        if (step->field != NULL && strcmp(step->field->name, name) == 0 && step->diff != MR_DIFF_NONE &&
            step->column != MR_NO_COLUMN && step->load == MR_LOAD_UINT)
            return step;
    }
    return NULL;
}

static bool is_of(const struct mr_feed *feed, const struct mr_record_id *id)
{
    return feed->layout->domain == id->domain && feed->layout->number == id->number;
}

static int add_wider(struct mr_feed *feed, const struct mr_wider *rule)
{
    const struct mr_step *narrow = step_of(feed, rule->field), *wider = step_of(feed, rule->wider);
    struct mr_wide_count *wide = feed->wide_count == 0 ? NULL : &feed->wide[feed->wide_count - 1];

    if (narrow == NULL || wider == NULL || narrow->length != 2)
        return MR_OK;
    for (size_t i = 0; i < feed->wide_count; i++) {
        if (feed->wide[i].column == narrow->column)
            wide = &feed->wide[i];
    }
    if (wide == NULL || wide->column != narrow->column) {
        if (mr_grow(&feed->wide, &feed->wide_room, feed->wide_count + 1, sizeof *feed->wide, WIDE_MAX) != MR_OK)
            return MR_FATAL;
        wide = &feed->wide[feed->wide_count++];
        *wide = (struct mr_wide_count){.column = narrow->column};
    }
    if (wide->wider_count < MR_WIDER_COUNTS_MAX)
        wide->wider[wide->wider_count++] = wider->column;
    return MR_OK;
}

static bool step_by_name(const struct mr_feed *feed, const char *name, size_t length, uint16_t *index)
{
    for (size_t s = 0; s < feed->step_count; s++) {
        const struct mr_step *step = &feed->steps[s];

        if (step->field == NULL || step->diff == MR_DIFF_NONE || step->column == MR_NO_COLUMN ||
            strlen(step->field->name) != length || memcmp(step->field->name, name, length) != 0)
            continue;
        *index = (uint16_t)s;
        return step->load == MR_LOAD_TIMER || step->load == MR_LOAD_SCALED;
    }
    return false;
}

/* A later line of the same record and fields, a site's, takes the place of this one. */
static bool is_replaced(const struct mr_schema *schema, size_t index)
{
    const struct mr_bound *bound = &schema->bounds[index];

    for (size_t i = index + 1; i < schema->bound_count; i++) {
        const struct mr_bound *later = &schema->bounds[i];

        if (!later->any_record && later->record.domain == bound->record.domain &&
            later->record.number == bound->record.number && strcmp(later->field, bound->field) == 0)
            return true;
    }
    return false;
}

/* Only where the row has all of the fields. */
static int add_joint(struct mr_feed *feed, const struct mr_bound *bound)
{
    struct mr_joint_bound joint = {.rise = bound->rise};

    for (const char *name = bound->field; *name != '\0';) {
        size_t n = strcspn(name, "+");

        if (joint.step_count == MR_JOINT_FIELDS_MAX || !step_by_name(feed, name, n, &joint.steps[joint.step_count]))
            return MR_OK;
        joint.step_count++;
        name += n + (name[n] == '+');
    }
    if (mr_grow(&feed->joint, &feed->joint_room, feed->joint_count + 1, sizeof joint, WIDE_MAX) != MR_OK)
        return MR_FATAL;
    feed->joint[feed->joint_count++] = joint;
    return MR_OK;
}

int mr_plan_add_limits(struct mr_feed *feed, const struct mr_schema *schema)
{
    feed->falls = calloc(feed->step_count + 1, sizeof *feed->falls);
    if (feed->falls == NULL)
        return MR_FATAL;
    for (size_t i = 0; i < schema->wider_count; i++) {
        if (feed->sample && is_of(feed, &schema->wider[i].record) && add_wider(feed, &schema->wider[i]) != MR_OK)
            return MR_FATAL;
    }
    for (size_t i = 0; i < schema->bound_count && feed->sample; i++) {
        const struct mr_bound *bound = &schema->bounds[i];

        if (!bound->any_record && is_of(feed, &bound->record) && strchr(bound->field, '+') != NULL &&
            bound->rise > 0 && !is_replaced(schema, i) && add_joint(feed, bound) != MR_OK)
            return MR_FATAL;
    }
    for (size_t i = 0; i < schema->superseded_count && i < 32; i++) {
        if (is_of(feed, &schema->superseded[i].record))
            feed->superseded |= UINT32_C(1) << i;
    }
    return MR_OK;
}

int mr_plan_elapsed_names(const struct mr_feed *feed, struct mr_arena *names, struct mr_column *column)
{
    char name[64], label[120];

    snprintf(name, sizeof name, "%.40s_ELAPSED", feed->layout->dsect);
    snprintf(label, sizeof label, "Time that the differences of %u/%u cover", feed->layout->domain, feed->layout->number);
    column->name = mr_arena_text(names, name);
    column->label = mr_arena_text(names, label);
    column->unit = "s";
    column->type = MR_CELL_SECONDS;
    return column->name == NULL || column->label == NULL ? MR_FATAL : MR_OK;
}

static void mark(struct mr_plan *plan, unsigned column, enum mr_column_kind kind, uint32_t part)
{
    if (column == MR_NO_COLUMN)
        return;
    plan->column_kind[column] = (uint8_t)kind;
    plan->column_part[column] = part;
}

/* Is a formula made of differences? */
static bool uses_differences(const struct mr_plan *plan, const struct mr_expression *expression)
{
    const uint16_t *columns;
    size_t count = expression == NULL ? 0 : mr_expression_columns(expression, &columns);

    for (size_t i = 0; i < count; i++) {
        if (plan->column_kind[columns[i]] != MR_COLUMN_PLAIN)
            return true;
    }
    return false;
}

/* Is a formula made of something that another record takes the place of? */
static bool uses_superseded(const struct mr_plan *plan, const struct mr_expression *expression)
{
    const uint16_t *columns;
    size_t count = mr_expression_columns(expression, &columns);

    for (size_t i = 0; i < count; i++) {
        if (plan->column_superseded[columns[i]])
            return true;
    }
    return false;
}

static bool is_difference(const struct mr_feed *feed, const struct mr_step *step)
{
    return step->diff != MR_DIFF_NONE ||
           (feed->plan->table->rule == MR_RULE_LOGOFF && step->field != NULL &&
            (step->field->semantic == MR_SEM_COUNTER || step->field->semantic == MR_SEM_DURATION_COUNTER));
}

static bool is_superseded(const struct mr_schema *schema, const struct mr_feed *feed, const struct mr_step *step)
{
    for (size_t i = 0; i < schema->superseded_count && feed->superseded != 0 && step->field != NULL; i++) {
        if (is_of(feed, &schema->superseded[i].record) && strcmp(schema->superseded[i].field, step->field->name) == 0)
            return true;
    }
    return false;
}

static void mark_feed(struct mr_plan *plan, const struct mr_feed *feed, const struct mr_schema *schema)
{
    for (size_t s = 0; s < feed->step_count; s++) {
        if (feed->steps[s].column != MR_NO_COLUMN)
            plan->column_superseded[feed->steps[s].column] |= is_superseded(schema, feed, &feed->steps[s]);
    }
    for (size_t s = 0; s < feed->step_count; s++) {
        if (is_difference(feed, &feed->steps[s]))
            mark(plan, feed->steps[s].column, MR_COLUMN_DIFFERENCE, feed->part);
    }
    mark(plan, feed->elapsed_column, MR_COLUMN_ELAPSED, feed->part);
}

/*
 * Rows of a source with events for what ends are looked for among its entities when one is missing; where rows stand
 * under keys, or only some of them count, their number has to tell.
 */
static void mark_link(struct mr_plan *plan, const struct mr_plan *source, struct mr_join_link *link)
{
    bool conditional = true;

    link->order = (unsigned)plan->incoming_count - 1;
    for (size_t s = 0; s < link->step_count; s++) {
        struct mr_join_step *step = &link->steps[s];

        step->difference = source->column_kind[step->from] != MR_COLUMN_PLAIN || uses_differences(source, step->when);
        link->sums |= step->function != MR_JOIN_COPY;
        link->differences |= step->difference;
        conditional &= step->when != NULL;
        plan->column_superseded[step->column] |=
            step->function == MR_JOIN_COPY && source->column_superseded[step->from];
        if (step->difference)
            mark(plan, step->column, MR_COLUMN_DIFFERENCE, link->part);
    }
    link->counted = link->sums && (link->key_count > 0 || link->when != NULL || conditional);
    mark(plan, link->elapsed_column, MR_COLUMN_ELAPSED, link->part);
}

int mr_plan_find_differences(struct mr_plan *plan, const struct mr_plan_sources *sources)
{
    plan->column_part = calloc(plan->column_count + 1, sizeof *plan->column_part);
    plan->column_kind = calloc(plan->column_count + 1, sizeof *plan->column_kind);
    plan->column_superseded = calloc(plan->column_count + 1, sizeof *plan->column_superseded);
    if (plan->column_part == NULL || plan->column_kind == NULL || plan->column_superseded == NULL)
        return MR_FATAL;
    plan->column_kind[MR_COL_DURATION] = MR_COLUMN_DIFFERENCE;
    for (size_t f = 0; f < plan->feed_count; f++)
        mark_feed(plan, &plan->feeds[f], sources->schema);
    for (size_t p = 0; p < sources->plan_count; p++) {
        struct mr_plan *source = sources->plans[p];

        for (size_t l = 0; l < source->link_count; l++) {
            if (source->links[l].target != plan)
                continue;
            if (mr_grow(&plan->incoming, &plan->incoming_room, plan->incoming_count + 1, sizeof *plan->incoming,
                        INCOMING_MAX) != MR_OK)
                return MR_FATAL;
            plan->incoming[plan->incoming_count++] = (struct mr_join_source){source, l};
            mark_link(plan, source, &source->links[l]);
        }
    }
    for (size_t i = 0; i < plan->formula_count; i++) {
        if (uses_differences(plan, plan->formulas[i].formula))
            plan->column_kind[plan->formulas[i].column] = MR_COLUMN_DIFFERENCE;
        plan->formulas[i].superseded = uses_superseded(plan, plan->formulas[i].formula);
    }
    return MR_OK;
}

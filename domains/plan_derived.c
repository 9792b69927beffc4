/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of a plan that do not come from its own records: from rows of other tables, and from formulas. */
#include "base/grow.h"
#include "domains/plan.h"
#include "schema/arena.h"

#include <stdlib.h>
#include <string.h>

#define LINKS_MAX 64
#define LINK_STEPS_MAX 4096
#define FORMULAS_MAX 256
#define FIRST_JOIN_PART 16 /* bits below are those of the feeds */
#define COPY_ROOM 512      /* bytes that one copied text can need; a longer one is left out */

static struct mr_plan *find_plan(const struct mr_plan_sources *sources, const char *name)
{
    for (size_t p = 0; p < sources->plan_count; p++) {
        if (strcmp(sources->plans[p]->table->name, name) == 0)
            return sources->plans[p];
    }
    return NULL;
}

static int fault(const struct mr_plan_sources *sources, const char *table, const char *column, const char *what)
{
    mr_report(sources->log, MR_MSG_SCHEMA_FORMULA, MR_NOWHERE, "%s.%s: %s", table, column, what);
    return MR_FATAL;
}

/* The link from a source to this plan, made when it is met first. */
static struct mr_join_link *link_to(struct mr_plan *source, struct mr_plan *target, unsigned *parts)
{
    struct mr_join_link *link;

    for (size_t i = 0; i < source->link_count; i++) {
        if (source->links[i].target == target)
            return &source->links[i];
    }
    if (mr_grow(&source->links, &source->link_room, source->link_count + 1, sizeof *source->links, LINKS_MAX) != MR_OK)
        return NULL;
    link = &source->links[source->link_count++];
    *link = (struct mr_join_link){.target = target, .elapsed_column = MR_NO_COLUMN};
    /* What a table is joined from must have come; what is only summed into another row may be absent. */
    if (target->table->rule == MR_RULE_JOIN && *parts < 32)
        link->part = UINT32_C(1) << (*parts)++;
    return link;
}

static struct mr_join_step *add_step(struct mr_join_link *link)
{
    if (mr_grow(&link->steps, &link->step_room, link->step_count + 1, sizeof *link->steps, LINK_STEPS_MAX) != MR_OK)
        return NULL;
    return &link->steps[link->step_count++];
}

static bool is_number(enum mr_cell_type type)
{
    return type == MR_CELL_UINT || type == MR_CELL_INT || type == MR_CELL_SECONDS || type == MR_CELL_REAL;
}

/* The column of the plan that a join fills; the first join that names it decides what it is. */
static unsigned target_column(struct mr_plan *plan, const struct mr_join *join, const struct mr_column *from)
{
    unsigned found = mr_plan_column(plan, join->column);
    struct mr_column column = *from;

    if (found != MR_NO_COLUMN)
        return found;
    column.name = join->column;
    if (join->label[0] != '\0')
        column.label = join->label;
    if (join->function == MR_JOIN_COUNT || join->function == MR_JOIN_DISTINCT) {
        column.type = MR_CELL_UINT;
        column.unit = "count";
    }
    return mr_plan_add_column(plan, &column);
}

/* The time that the differences of a part cover: rates are computed over it (design, section 10.1). */
static int add_elapsed(struct mr_plan *plan, const struct mr_plan *source, struct mr_join_link *link,
                       struct mr_arena *names)
{
    struct mr_column column = {"", "", "s", MR_CELL_SECONDS, 0};
    unsigned added;

    if (source->feed_count != 1 || !source->has_counters)
        return MR_OK;
    if (mr_plan_elapsed_names(&source->feeds[0], names, &column) != MR_OK)
        return MR_FATAL;
    added = mr_plan_add_column(plan, &column);
    link->elapsed_column = (uint16_t)added;
    return added == MR_NO_COLUMN ? MR_FATAL : MR_OK;
}

static int copy_all(struct mr_plan *plan, const struct mr_plan *source, struct mr_join_link *link,
                    struct mr_arena *names)
{
    for (unsigned c = source->first_element; c < source->first_derived; c++) {
        struct mr_join_step *step = add_step(link);
        unsigned column = mr_plan_column(plan, source->columns[c].name);

        if (column == MR_NO_COLUMN)
            column = mr_plan_add_column(plan, &source->columns[c]);
        if (step == NULL || column == MR_NO_COLUMN)
            return MR_FATAL;
        *step = (struct mr_join_step){.function = MR_JOIN_COPY,
                                      .type = (uint8_t)source->columns[c].type,
                                      .from = (uint16_t)c,
                                      .column = (uint16_t)column};
    }
    return add_elapsed(plan, source, link, names);
}

static int add_key(const struct mr_plan_sources *sources, const struct mr_plan *source, struct mr_join_link *link,
                   const struct mr_join *join, unsigned from, unsigned column)
{
    char error[160];

    if (link->key_count == MR_JOIN_KEYS_MAX)
        return fault(sources, join->table, join->column, "too many keys");
    link->key_from[link->key_count] = (uint16_t)from;
    link->key_column[link->key_count++] = (uint16_t)column;
    if (join->when[0] == '\0' || link->when != NULL)
        return MR_OK;
    if (mr_expression_parse(&link->when, join->when, source->columns, source->column_count, error, sizeof error) != MR_OK)
        return fault(sources, join->table, join->column, error);
    return MR_OK;
}

/* A sum over the rows of the table itself. */
static int add_total(struct mr_plan *plan, const struct mr_join *join, const struct mr_plan_sources *sources)
{
    unsigned from = mr_plan_column(plan, join->from), by = mr_plan_column(plan, join->by), column;
    struct mr_column heading;

    if (from == MR_NO_COLUMN || by == MR_NO_COLUMN || plan->columns[from].type != MR_CELL_UINT)
        return fault(sources, join->table, join->column, "the table has no such column to add up");
    heading = (struct mr_column){join->column, join->label, plan->columns[from].unit, MR_CELL_UINT, 0};
    column = mr_plan_add_column(plan, &heading);
    if (column == MR_NO_COLUMN ||
        mr_grow(&plan->totals, &plan->total_room, plan->total_count + 1, sizeof *plan->totals, LINKS_MAX) != MR_OK)
        return MR_FATAL;
    plan->totals[plan->total_count++] =
        (struct mr_total){(uint16_t)column, (uint16_t)from, (uint16_t)by, (*sources->map_count)++};
    return MR_OK;
}

/* The list that a value goes by. */
static unsigned by_column(const struct mr_plan *plan, const struct mr_join *join)
{
    unsigned column = join->by[0] == '\0' ? MR_NO_COLUMN : mr_plan_column(plan, join->by);

    return column != MR_NO_COLUMN && plan->columns[column].type == MR_CELL_TEXT ? column : MR_NO_COLUMN;
}

static int one_column(struct mr_plan *plan, const struct mr_plan *source, struct mr_join_link *link,
                      const struct mr_join *join, const struct mr_plan_sources *sources)
{
    unsigned from = mr_plan_column(source, join->from), column;
    struct mr_join_step *step;
    char error[160];

    if (from == MR_NO_COLUMN)
        return fault(sources, plan->table->name, join->column, "the source has no such column");
    if ((join->function == MR_JOIN_SUM || join->function == MR_JOIN_MAX) && !is_number(source->columns[from].type))
        return fault(sources, plan->table->name, join->column, "only numbers can be summed");
    if (join->function == MR_JOIN_LIST && source->columns[from].type != MR_CELL_TEXT)
        return fault(sources, plan->table->name, join->column, "only texts can be listed");
    column = target_column(plan, join, &source->columns[from]);
    if (column == MR_NO_COLUMN)
        return MR_FATAL;
    if (join->function == MR_JOIN_KEY)
        return add_key(sources, source, link, join, from, column);
    step = add_step(link);
    if (step == NULL)
        return MR_FATAL;
    *step = (struct mr_join_step){.function = join->function,
                                  .type = (uint8_t)source->columns[from].type,
                                  .from = (uint16_t)from,
                                  .column = (uint16_t)column,
                                  .by = (uint16_t)by_column(plan, join)};
    if (join->by[0] != '\0' && step->by == MR_NO_COLUMN)
        return fault(sources, plan->table->name, join->column, "the table has no such list before this column");
    if (join->function == MR_JOIN_DISTINCT)
        step->map = (*sources->map_count)++;
    if (join->when[0] != '\0' && mr_expression_parse(&step->when, join->when, source->columns, source->column_count,
                                                     error, sizeof error) != MR_OK)
        return fault(sources, plan->table->name, join->column, error);
    return MR_OK;
}

/* Keys stand first in joins.csv, so they are the first columns. */
static unsigned keys_of(const struct mr_plan *plan, const struct mr_plan_sources *sources)
{
    for (size_t p = 0; p < sources->plan_count; p++) {
        for (size_t l = 0; l < sources->plans[p]->link_count; l++) {
            if (sources->plans[p]->links[l].target == plan)
                return sources->plans[p]->links[l].key_count;
        }
    }
    return 0;
}

int mr_plan_add_joins(struct mr_plan *plan, const struct mr_plan_sources *sources)
{
    const struct mr_schema *schema = sources->schema;
    unsigned parts = FIRST_JOIN_PART;
    int status = MR_OK;

    for (size_t i = 0; i < schema->join_count && status == MR_OK; i++) {
        const struct mr_join *join = &schema->joins[i];
        struct mr_join_link *link;
        struct mr_plan *source;

        if (strcmp(join->table, plan->table->name) != 0)
            continue;
        if (join->function == MR_JOIN_TOTAL) {
            status = add_total(plan, join, sources);
            continue;
        }
        source = find_plan(sources, join->source);
        if (source == NULL)
            return fault(sources, join->table, join->column, "its source table must stand before it");
        link = link_to(source, plan, &parts);
        if (link == NULL)
            return MR_FATAL;
        if (strcmp(join->column, "*") == 0)
            status = copy_all(plan, source, link, sources->names);
        else
            status = one_column(plan, source, link, join, sources);
        plan->has_counters |= source->has_counters && plan->table->rule == MR_RULE_JOIN;
        plan->text_room += strcmp(join->column, "*") == 0 ? source->text_room : COPY_ROOM;
    }
    if (plan->first_element == MR_COL_COMMON && plan->feed_count == 0)
        plan->first_element = (uint16_t)(MR_COL_COMMON + keys_of(plan, sources));
    return status;
}

/* Most formulas of a table ask the same of its elements: it needs to be worked out once. */
static bool is_same_condition(const struct mr_plan *plan, const struct mr_derived *before,
                              const struct mr_derived *derived, const struct mr_formula *formula)
{
    const uint16_t *columns;
    size_t count;

    if (before == NULL || formula->condition == NULL || strcmp(before->condition, derived->condition) != 0)
        return false;
    count = mr_expression_columns(formula->condition, &columns);
    for (size_t i = 0; i < count; i++) {
        if (columns[i] >= plan->first_derived)
            return false; /* it may have been computed in between */
    }
    return true;
}

static int add_formula(struct mr_plan *plan, const struct mr_derived *before, const struct mr_derived *derived,
                       const struct mr_plan_sources *sources)
{
    struct mr_formula *formula;
    char error[160];

    if (mr_plan_column(plan, derived->column) != MR_NO_COLUMN)
        return fault(sources, derived->table, derived->column, "the table has a column of this name");
    if (mr_grow(&plan->formulas, &plan->formula_room, plan->formula_count + 1, sizeof *plan->formulas, FORMULAS_MAX) !=
        MR_OK)
        return MR_FATAL;
    formula = &plan->formulas[plan->formula_count++];
    *formula = (struct mr_formula){.column = MR_NO_COLUMN};
    if (mr_expression_parse(&formula->formula, derived->formula, plan->columns, plan->column_count, error,
                            sizeof error) != MR_OK ||
        (derived->condition[0] != '\0' &&
         mr_expression_parse(&formula->condition, derived->condition, plan->columns, plan->column_count, error,
                             sizeof error) != MR_OK))
        return fault(sources, derived->table, derived->column, error);
    formula->same_condition = is_same_condition(plan, before, derived, formula);
    formula->column = (uint16_t)mr_plan_add_column(
        plan, &(struct mr_column){derived->column, derived->label, derived->unit, MR_CELL_REAL, 0});
    return formula->column == MR_NO_COLUMN ? MR_FATAL : MR_OK;
}

static int add_balance(struct mr_plan *plan, const struct mr_balance *balance, const struct mr_plan_sources *sources)
{
    struct mr_balance_count *count;
    char error[160];

    if (mr_grow(&plan->balances, &plan->balance_room, plan->balance_count + 1, sizeof *plan->balances, FORMULAS_MAX) !=
        MR_OK)
        return MR_FATAL;
    count = &plan->balances[plan->balance_count++];
    *count = (struct mr_balance_count){.balance = balance};
    if (mr_expression_parse(&count->rule, balance->rule, plan->columns, plan->column_count, error, sizeof error) !=
        MR_OK)
        return fault(sources, balance->table, balance->name, error);
    return MR_OK;
}

int mr_plan_add_formulas(struct mr_plan *plan, const struct mr_plan_sources *sources)
{
    const struct mr_schema *schema = sources->schema;
    const struct mr_derived *before = NULL;

    for (size_t i = 0; i < schema->derived_count; i++) {
        if (strcmp(schema->derived[i].table, plan->table->name) != 0)
            continue;
        if (add_formula(plan, before, &schema->derived[i], sources) != MR_OK)
            return MR_FATAL;
        before = &schema->derived[i];
    }
    for (size_t i = 0; i < schema->balance_count; i++) {
        if (strcmp(schema->balances[i].table, plan->table->name) == 0 &&
            add_balance(plan, &schema->balances[i], sources) != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

void mr_plan_free_links(struct mr_plan *plan)
{
    for (size_t i = 0; i < plan->link_count; i++) {
        for (size_t s = 0; s < plan->links[i].step_count; s++)
            mr_expression_free(plan->links[i].steps[s].when);
        mr_expression_free(plan->links[i].when);
        free(plan->links[i].steps);
    }
    for (size_t i = 0; i < plan->formula_count; i++) {
        mr_expression_free(plan->formulas[i].formula);
        mr_expression_free(plan->formulas[i].condition);
    }
    for (size_t i = 0; i < plan->balance_count; i++)
        mr_expression_free(plan->balances[i].rule);
    free(plan->balances);
    free(plan->links);
    free(plan->formulas);
}

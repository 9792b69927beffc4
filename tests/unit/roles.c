/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/roles.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

const struct mr_field *roles_field(const struct mr_plan *plan, const char *column)
{
    for (size_t f = 0; f < plan->feed_count; f++) {
        const struct mr_layout *layout = plan->feeds[f].layout;

        for (unsigned i = 0; i < layout->field_count; i++) {
            size_t n = strlen(layout->fields[i].name);

            if (strncmp(layout->fields[i].name, column, n) == 0 &&
                (column[n] == '\0' ||
                 (column[n] == '_' && strspn(column + n + 1, "0123456789") == strlen(column + n + 1))))
                return &layout->fields[i];
        }
    }
    return NULL;
}

/* Worked out once for each table: roles[number of the plan][column]. */
static enum role *roles[1024];

static enum role role_of(const struct mr_plan *plan, unsigned c)
{
    const struct mr_field *field;

    if (c == MR_COL_VMCINTTS || c == MR_COL_DURATION || c == MR_COL_QUALITY ||
        (c >= plan->first_derived && plan->first_derived > 0))
        return DEPENDS;
    if (c < MR_COL_COMMON)
        return SAME;
    if (plan->table->rule == MR_RULE_JOIN)
        return c < plan->first_element ? KEY : DEPENDS;
    field = roles_field(plan, plan->columns[c].name);
    if (field == NULL) /* no field: a computed key, or joined from other rows, or the time since the record before */
        return c < plan->first_element ? KEY : DEPENDS;
    if (field->semantic == MR_SEM_COUNTER || field->semantic == MR_SEM_DURATION_COUNTER)
        return DIFFERENCE;
    return field->semantic == MR_SEM_KEY ? KEY : SAME;
}

const enum role *roles_of(const struct mr_plan *plan)
{
    enum role **all = &roles[plan->number];

    cr_assert(plan->number < sizeof roles / sizeof *roles);
    if (*all == NULL) {
        *all = calloc(plan->column_count, sizeof **all);
        cr_assert_not_null(*all);
        for (unsigned c = 0; c < plan->column_count; c++)
            (*all)[c] = role_of(plan, c);
    }
    return *all;
}

void roles_forget(void)
{
    for (size_t p = 0; p < sizeof roles / sizeof *roles; p++)
        free(roles[p]);
}

bool roles_may_be_blank(const struct mr_plan *plan, unsigned c)
{
    const struct mr_field *field = roles_field(plan, plan->columns[c].name);

    return (c >= plan->first_derived && plan->first_derived > 0) ||
           (field != NULL && field->confidence == MR_CONF_DERIVED && field->semantic != MR_SEM_KEY);
}

bool roles_agree(const struct reduction_row *a, const struct reduction_row *b, enum role up_to)
{
    const enum role *role = roles_of(a->plan);

    if (a->plan->number != b->plan->number)
        return false;
    for (unsigned c = 0; c < a->plan->column_count; c++) {
        bool counts = up_to == DEPENDS || role[c] == KEY || (up_to == SAME ? role[c] == SAME : c == MR_COL_SYSID);

        if (counts && up_to != KEY && !a->cells[c].present && roles_may_be_blank(a->plan, c))
            continue;
        if (counts && !reduction_same_cell(&a->plan->columns[c], &a->cells[c], &b->cells[c]))
            return false;
    }
    return true;
}

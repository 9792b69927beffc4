/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_TESTS_ROLES_H
#define MR_TESTS_ROLES_H

/* What a column of a row depends on, as far as damage goes. */
#include "tests/unit/reduction.h"

/* The record alone; what is measured, by it; the record and the one before it; more than that. */
enum role { SAME, KEY, DIFFERENCE, DEPENDS };

/* Of each column of the plan; kept until roles_forget(). */
const enum role *roles_of(const struct mr_plan *plan);
void roles_forget(void);

/* The field that a column shows: its name, or that name with the number of an element behind it; NULL: none. */
const struct mr_field *roles_field(const struct mr_plan *plan, const char *column);

/*
 * May the column be blank in a damaged file though its own record is whole?  Where a layout was worked out, the records
 * of the file tell whether it holds (domains/fit.h), and a formula needs all of its columns.
 */
bool roles_may_be_blank(const struct mr_plan *plan, unsigned c);

/* Does row a agree with row b in all columns up to this role, SAME, KEY or DEPENDS?  Cells that may be blank are so in a. */
bool roles_agree(const struct reduction_row *a, const struct reduction_row *b, enum role up_to);

#endif

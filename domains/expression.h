/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_EXPRESSION_H
#define MR_DOMAINS_EXPRESSION_H

/*
 * Formulas over the cells of a row: compiled once, evaluated for every row.
 *
 *   lowest   or
 *            and
 *            not
 *            = != < <= > >=          1 when it holds, else 0; not to be chained
 *            + -
 *            * /
 *            - (sign)
 *   highest  number  COLUMN  ( ... )  min(a,b)  max(a,b)  either(a,b)  if(condition,a,b)
 *
 * A number is decimal, without sign and exponent, of at most 15 digits.  A column is named as it stands in the table.
 * Words of the language are in lower case, so they cannot be mistaken for columns.  Anything but 0 is true.
 *
 * Values are double: whole and real numbers as they are, durations in seconds, instants in seconds since 1970-01-01
 * UTC, bytes in hex (at most 8 of them) as the big-endian number that they are.  Text and packed decimals have none.
 *
 * A value is missing where its cell is missing, the divisor is zero or the result is not finite; what is computed
 * from a missing value is missing.  Two functions look on: either(a,b) is a where a is present and not zero, else b;
 * if(c,a,b) needs the condition and the value that it chooses, the other one may be missing.
 */
#include "base/cell.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MR_EXPRESSION_TEXT_MAX 4096 /* bytes of text */
#define MR_EXPRESSION_CODE_MAX 512  /* operands and operators */
#define MR_EXPRESSION_STACK_MAX 32  /* values that are pending at the same time */
#define MR_EXPRESSION_DEPTH_MAX 48  /* parentheses, calls and signs inside one another */

struct mr_expression;

/*
 * mr_expression_parse - compile a formula.
 *   out      the result, freed with mr_expression_free(); NULL on failure
 *   text     the formula; any bytes are safe
 *   columns  the columns of the table in cell order; only looked at during the call
 *   error    where a failure is explained: position (bytes, from 1) and fault, at most error_size bytes with the
 *            final zero; "" after success.  May be NULL when error_size is 0
 * Returns MR_OK; MR_FAILED when the formula is wrong, names a column that does not exist or has no number, or is
 * above one of the limits; MR_FATAL when memory is short.
 */
int mr_expression_parse(struct mr_expression **out, const char *text, const struct mr_column *columns,
                        size_t column_count, char *error, size_t error_size) MR_CHECK;

/*
 * mr_expression_value - the value for one row.
 *   cells  the row, in the order of the columns given to the parser
 *   value  set to a finite number only when it is not missing
 * Returns false when the value is missing.  Allocates nothing; an expression may be used by several threads at once.
 */
bool mr_expression_value(const struct mr_expression *expression, const struct mr_cell *cells, double *value);

/* The columns it uses, each once, in the order of their first use: the number of them, *columns borrowed. */
size_t mr_expression_columns(const struct mr_expression *expression, const uint16_t **columns);

/* NULL is allowed. */
void mr_expression_free(struct mr_expression *expression);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_SHEET_H
#define MR_WRITERS_SHEET_H

/*
 * What spreadsheet programs do to texts: =CMD becomes a formula, 0042 the number 42, 1E10 ten thousand million, MAR1
 * the first of March, and what they have made of it is what they save.  Such a text gets an apostrophe in front; so
 * does one that begins with an apostrophe, so that taking one away always gives the text.  Any thread may call.
 */
#include <stdbool.h>
#include <stddef.h>

/* Would a spreadsheet take the text for something else? */
bool mr_sheet_mistakes(const char *text, size_t size);

/* The digits of a number that a spreadsheet keeps; one with more of them is text to be safe. */
#define MR_SHEET_DIGITS 15

#endif

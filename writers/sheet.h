/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_SHEET_H
#define MR_WRITERS_SHEET_H

/*
 * What spreadsheet programs do to texts: =CMD becomes a formula, 0042 the number 42, 1E10 ten thousand million, MAR1
 * the first of March, and what they have made of it is what they save.  Such a text is written as a formula that has it
 * as its value, ="0042".  An apostrophe or a tab in front would stay in the cell: only what is typed loses it.  A text
 * too long for a formula gets the apostrophe all the same, for then it is at least not run; one that begins with an
 * apostrophe counts as mistaken, so that the two can be told apart.  Any thread may call.
 */
#include <stdbool.h>
#include <stddef.h>

/* Would a spreadsheet take the text for something else? */
bool mr_sheet_mistakes(const char *text, size_t size);

/* Is a formula for the text within what spreadsheets take? */
bool mr_sheet_fits(const char *text, size_t size);

/* Characters of one string in a formula, and of the formula, that they all take. */
#define MR_SHEET_STRING 250
#define MR_SHEET_FORMULA 8000

/* The digits of a number that a spreadsheet keeps; one with more of them is text to be safe. */
#define MR_SHEET_DIGITS 15

#endif

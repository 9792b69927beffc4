/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DICTIONARY_DESCRIBE_H
#define MR_DICTIONARY_DESCRIBE_H

/*
 * The data dictionary for people, and as JSON for programs.
 *
 *   describe.c         what is asked for
 *   describe_table.c   the list of tables, one table
 *   describe_column.c  one column
 *   describe_record.c  one record, one of its fields
 *   describe_find.c    search by word, what is said of a wrong name
 *   describe_text.c    how it is laid out
 *   describe_json.c    the same as objects
 */
#include "base/message.h"
#include "base/nearest.h"
#include "base/status.h"
#include "dictionary/dictionary.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* How it is told; all members are set. */
struct mr_describe_form {
    void (*tables)(const struct mr_dictionary *dictionary, FILE *out);
    void (*table)(const struct mr_dictionary *dictionary, const struct mr_plan *plan, FILE *out);
    void (*column)(const struct mr_dictionary *dictionary, const struct mr_plan *plan, unsigned index, FILE *out);
    void (*record)(const struct mr_dictionary *dictionary, const struct mr_layout *layout, FILE *out);
    void (*field)(const struct mr_dictionary *dictionary, const struct mr_layout *layout,
                  const struct mr_field *field, FILE *out);
    size_t (*search)(const struct mr_dictionary *dictionary, const char *const *words, size_t count, FILE *out);
    const char *between; /* records, or fields, of the same name */
};

extern const struct mr_describe_form mr_describe_text; /* for people */
extern const struct mr_describe_form mr_describe_json; /* an object on each line */

/*
 * mr_describe - write to out what the words ask for.
 *   form   how
 *   words  none: the list of tables.  One of them may be TABLE, TABLE.COLUMN, D/R or D/R.FIELD, in either case.
 *          Anything else is searched for: what has all the words in its name or label
 * Returns MR_OK, or MR_FAILED after a message with the nearest names: there is no such thing.
 */
int mr_describe(const struct mr_dictionary *dictionary, const struct mr_describe_form *form, const char *const *words,
                size_t count, FILE *out, struct mr_log *log) MR_CHECK;

/*
 * mr_describe_names - names alone, one a line, for completion: those of tables and records that begin with stem, in
 * either case; of columns and fields where it has a dot in it ("VMXVXU00.CPU").
 */
void mr_describe_names(const struct mr_dictionary *dictionary, const char *stem, FILE *out);

/* Parts of it. */

/* "name   text", broken into lines that stand below one another; nothing where text is "". */
void mr_describe_item(FILE *out, const char *name, const char *text);
void mr_describe_itemf(FILE *out, const char *name, const char *format, ...) MR_PRINTF(3, 4);

/* What put writes, freed with free(); NULL where memory is short. */
char *mr_describe_written(void (*put)(const void *what, FILE *text), const void *what);

/* An item with what put writes. */
void mr_describe_item_put(FILE *out, const char *name, void (*put)(const void *what, FILE *text), const void *what);

/* The first release of a record or field; "<=530" is z/VM 5.3 or before. */
void mr_describe_since(FILE *out, const char *since);

/* A line of a list: cells padded to their widths, the last one not. */
void mr_describe_line(FILE *out, const char *const *cells, const size_t *widths, size_t count);

/* Make the width at least that of the text. */
void mr_describe_widen(size_t *width, const char *text);

void mr_describe_tables(const struct mr_dictionary *dictionary, FILE *out);
void mr_describe_table(const struct mr_dictionary *dictionary, const struct mr_plan *plan, FILE *out);

void mr_describe_column(const struct mr_dictionary *dictionary, const struct mr_plan *plan, unsigned index,
                        FILE *out);

/* Has it the form of D/R or D/R.FIELD? */
bool mr_describe_is_record(const char *text);
int mr_describe_record(const struct mr_dictionary *dictionary, const struct mr_describe_form *form, const char *text,
                       FILE *out, struct mr_log *log) MR_CHECK;
void mr_describe_layout(const struct mr_dictionary *dictionary, const struct mr_layout *layout, FILE *out);
void mr_describe_field(const struct mr_dictionary *dictionary, const struct mr_layout *layout,
                       const struct mr_field *field, FILE *out);

/* What a table is made by, and a record's kind, in words. */
const char *mr_describe_rule(const struct mr_plan *plan);
const char *mr_describe_kind(const struct mr_layout *layout);

/* Does the record feed the table; does the column show the field, also joined? */
bool mr_describe_feeds(const struct mr_layout *layout, const struct mr_plan *plan);
bool mr_describe_shows(const struct mr_dictionary *dictionary, const struct mr_plan *plan, unsigned index,
                       const struct mr_layout *layout, const struct mr_field *field);

/* The bytes of a record by release: "510:96;640:116" in words. */
void mr_describe_lengths(const void *layout, FILE *out);

/* Where a field stands: "4/3 USEACT at 136, 8 bytes". */
void mr_describe_place(const struct mr_layout *layout, const struct mr_field *field, unsigned offset, FILE *out);

/* What has all the words in its name or label; the number of finds. */
size_t mr_describe_search(const struct mr_dictionary *dictionary, const char *const *words, size_t count, FILE *out);

/* Are all words in its name or label, in either case? */
bool mr_describe_has(const char *name, const char *label, const char *const *words, size_t count);

/* Report that there is no such name, with those that are near.  Returns MR_FAILED. */
int mr_describe_unknown(const struct mr_nearest *nearest, const char *asked, struct mr_log *log);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DICTIONARY_DICTIONARY_H
#define MR_DICTIONARY_DICTIONARY_H

/*
 * What is known of each column of the tables: told from the plans by which the engine makes the rows, so that the
 * dictionary cannot say anything else than the program does.
 *
 *   dictionary.c        from a plan to what is known of a column
 *   dictionary_source.c the same in one line
 *   dictionary_files.c  the list of files beside the tables, dictionary.csv
 *   dictionary_paths.c  where the rows of a table are
 *   dictionary_sql.c    tables and load commands for SQLite, DuckDB and PostgreSQL
 *   dictionary_other.c  CSV on the Web metadata, SAS
 */
#include "domains/plan.h"
#include "schema/schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* How values of a column go together when rows do: the classes of the VMX files. */
enum mr_class {
    MR_CLASS_COMMON,      /* identity, times and quality of the row */
    MR_CLASS_RETAINED,    /* the last value stands */
    MR_CLASS_ACCUMULATED, /* values add up */
    MR_CLASS_MINIMUM,
    MR_CLASS_MAXIMUM,
    MR_CLASS_DERIVED, /* computed anew from the others */
    MR_CLASS_COUNT
};

/* A table that has been written; all borrowed. */
struct mr_dictionary_table {
    const struct mr_plan *plan;
    const struct mr_column *columns; /* as written: those of the plan, or a choice of them */
    size_t column_count;
};

/* Where things are looked up; everything is borrowed. */
struct mr_dictionary {
    const struct mr_schema *schema;
    struct mr_plan *const *plans; /* of an open engine, with the sources of all that is joined */
    size_t plan_count;
    /* For the files; elsewhere all zero. */
    const struct mr_dictionary_table *tables;
    size_t table_count;
    bool gzip, split; /* TABLE.csv.gz, TABLE/TABLE_*.csv */
    const char *zone; /* of the times, as words: "UTC" */
};

/* What is known of a column.  Pointers go into plans and schema; those that do not apply are NULL. */
struct mr_fact {
    const struct mr_plan *plan;
    const struct mr_column *column;
    enum mr_class class;
    bool key;
    bool added;                     /* by a user exit: all that is known stands in the column */
    bool difference;                /* a counter, shown as its difference */
    bool elapsed;                   /* a clock value, shown as the time since the one before */
    const struct mr_layout *layout; /* of the record that the value stands in, also where it was joined */
    const struct mr_field *field;
    unsigned offset;                 /* of this element, in its record or entry */
    const struct mr_derived *derived;
    const struct mr_join *join;      /* how it comes from another table */
    const struct mr_plan *source;    /* that table */
    const struct mr_column *from;    /* and the column there */
};

/* All about one column: index is below plan->column_count. */
void mr_dictionary_fact(const struct mr_dictionary *dictionary, const struct mr_plan *plan, unsigned index,
                        struct mr_fact *fact);

/* The plan of a table by name, whatever the case of its letters; or NULL. */
const struct mr_plan *mr_dictionary_plan(const struct mr_dictionary *dictionary, const char *name);

/* Index of a column by name, whatever the case; or MR_NO_COLUMN. */
unsigned mr_dictionary_column(const struct mr_plan *plan, const char *name);

const char *mr_class_word(enum mr_class class);
const char *mr_cell_type_word(enum mr_cell_type type);

/* "counter", "gauge" ... of the field; "derived" for what is computed; "" where the word has no meaning. */
const char *mr_fact_semantic(const struct mr_fact *fact);

/* How well the place of the field, or the formula, is known: "" where there is neither. */
const char *mr_fact_confidence(const struct mr_fact *fact);

/* The formula with its condition, or from where and how it is joined; nothing for what is simply read. */
void mr_fact_formula(const struct mr_fact *fact, FILE *out);

/* A string of JSON; bytes that are no UTF-8 (a site's schema may have them) become '?'.  NULL when memory is short. */
struct json_t *mr_dictionary_json(const char *text);

/*
 * mr_dictionary_source - where a column comes from: "4/3 USEACT_VMDTTIME" of a field, "= " and a formula or join of what
 * is worked out; nothing for the columns that every table begins with.
 */
void mr_dictionary_source(const struct mr_dictionary *dictionary, const struct mr_plan *plan, unsigned index,
                          FILE *out);

/* A file beside the tables.  put() writes all of it to out; it leaves failures of out to the caller. */
struct mr_dictionary_file {
    const char *name;
    void (*put)(const struct mr_dictionary *dictionary, FILE *out);
    bool always; /* also without --dictionary */
    bool whole;  /* names each file: not where tables are split */
};

/* The list, NULL name at the end. */
extern const struct mr_dictionary_file mr_dictionary_files[];

/* Parts of the list in files of their own. */
void mr_dictionary_sqlite(const struct mr_dictionary *dictionary, FILE *out);
void mr_dictionary_duckdb(const struct mr_dictionary *dictionary, FILE *out);
void mr_dictionary_postgresql(const struct mr_dictionary *dictionary, FILE *out);
void mr_dictionary_sas(const struct mr_dictionary *dictionary, FILE *out);
void mr_dictionary_metadata(const struct mr_dictionary *dictionary, FILE *out);

/* The files of a table: TABLE.csv, TABLE.csv.gz, TABLE/TABLE_*.csv ... */
void mr_dictionary_path(const struct mr_dictionary *dictionary, const struct mr_dictionary_table *table, FILE *out);

/* Are they no single plain file?  Then this is the command of a shell that writes all rows behind one header line. */
bool mr_dictionary_is_packed(const struct mr_dictionary *dictionary);
void mr_dictionary_command(const struct mr_dictionary *dictionary, const struct mr_dictionary_table *table, FILE *out);

/* What is known of column c of a written table; false for one that its plan does not have. */
bool mr_dictionary_written(const struct mr_dictionary *dictionary, const struct mr_dictionary_table *table, size_t c,
                           struct mr_fact *fact);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef YARDSTICK_H
#define YARDSTICK_H

/*
 * The yardstick of the benchmark: the reduction as it would be written without a thought about speed, and without any
 * made up slowness either.  Blocks with fread, a list of columns for each record, a hash table of things measured, one
 * fprintf a cell, gmtime_r and strftime for times.  Of the program it uses only the compiled-in layouts: reading,
 * decoding, differences and output are its own, so that its tables are also an independent check of the program's.
 *
 *   yardstick.c          the file: control records, frames, records; identity and intervals
 *   yardstick_table.c    tables and their columns, from the layouts
 *   yardstick_row.c      a record to a row: differences, cells
 *   yardstick_formula.c  derived columns
 *
 * It makes all tables of the rules "record" and "config" for data without damage.  It leaves out what docs/benchmark.md
 * lists: joined, merged and held tables, application data, sessions that events begin.
 */
#include "schema/schema.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum kind {
    KIND_UINT,
    KIND_INT,
    KIND_SECONDS, /* a number of micros each */
    KIND_TIMER,   /* a duration in TOD units */
    KIND_TOD,
    KIND_UNIX,
    KIND_TEXT,  /* EBCDIC */
    KIND_ASCII,
    KIND_HEX,
    KIND_DIGITS,
    KIND_INDEX, /* the number of the entry */
    KIND_REAL   /* derived */
};

struct formula;

struct column {
    char name[80];
    const struct mr_field *field; /* NULL: KIND_INDEX, KIND_REAL */
    struct formula *formula, *condition; /* KIND_REAL; condition may be NULL */
    const struct mr_group *group; /* of entries that are columns; NULL: record, or entry of the row */
    unsigned entry;               /* in group */
    bool in_row_entry;
    unsigned offset, length;      /* length 0: see the field */
    enum kind kind;
    bool key, counter;
    bool computed; /* a key of tables.csv: one column for all records of the table */
    bool hex;      /* KIND_INDEX: in two hex digits */
    unsigned slot; /* of the counter's reading */
};

/* Something that is measured: what its counters read last. */
struct thing {
    struct thing *next;
    unsigned key_length;
    uint64_t tod, mark;
    uint32_t interval;
    bool fresh;
    uint8_t *key;
    uint64_t *readings;
    bool *have;
};

#define BUCKETS 16384

/* One record that feeds a table. */
struct feed {
    struct table *table;
    const struct mr_layout *layout;
    const struct mr_group *entries; /* one row an entry; NULL: one row a record */
    const struct mr_field *mark;    /* a new value is a new session; or NULL */
    struct column *columns;
    unsigned column_count, slot_count;
    bool has_formulas;
    bool sample;
    struct thing **things; /* BUCKETS of them */
    struct feed *next;     /* that takes the same record */
};

struct table {
    const struct mr_table *schema;
    struct feed feeds[MR_TABLE_RECORDS_MAX];
    unsigned feed_count;
    bool tells_record; /* column RECORD */
    FILE *out;         /* NULL: no row yet */
};

struct record {
    const uint8_t *bytes;
    unsigned length;
    uint64_t tod;
};

/* Where we are in the data. */
struct state {
    char sysid[32], model[64];
    uint64_t interval_start; /* TOD, 0: not known */
    uint32_t interval;
    uint64_t rows;
    bool sent[16][256]; /* has the system sent this record? */
    const char *folder;
};

/* Numbers in big-endian order, 1 to 8 bytes. */
uint64_t number_at(const uint8_t *bytes, unsigned length);

/* EBCDIC to UTF-8 with a final zero, trailing blanks gone; 0x and hex digits where it is no text. */
void text_of(char *out, const uint8_t *bytes, unsigned length);
void text_open(void);

#define FORMULA_DURATION (-1) /* the column DURATION; others are those of the feed */

/* A formula of derived.csv over columns that come before; NULL for an empty one. */
struct formula *formula_read(const struct feed *feed, const char *text);

/* Its value, NAN where it is missing; columns are the values of the feed's columns, NAN where missing. */
double formula_value(const struct formula *formula, const double *columns, double duration);

/* Does a formula use the field?  It may use it over other columns; columns are those of the feed. */
bool formula_uses(const struct formula *formula, const struct feed *feed, const char *field);

/* All tables, into the list of feeds of each record. */
void tables_make(struct feed *feeds[16][256]);

/* The rows of one record for one table. */
void rows_of(struct state *state, struct feed *feed, const struct record *record);

/* Memory or files are short: say so and end. */
_Noreturn void give_up(const char *what);

#endif

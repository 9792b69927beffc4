/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_BASE_CELL_H
#define MR_BASE_CELL_H

/* Typed columns and cells: what flows from domains/ through exits/ to writers/. */
#include <stddef.h>
#include <stdint.h>

/* How the value of a cell is to be understood. */
enum mr_cell_type {
    MR_CELL_UINT,    /* value.u: a whole number */
    MR_CELL_INT,     /* value.i: a whole number with sign */
    MR_CELL_SECONDS, /* value.i: a duration in microseconds, shown in seconds with six decimals */
    MR_CELL_TIME,    /* value.i: an instant, microseconds since 1970-01-01 UTC */
    MR_CELL_REAL,    /* value.d: a derived number */
    MR_CELL_TEXT,    /* value.text, size bytes of UTF-8 without final zero; borrowed until the row call returns */
    MR_CELL_HEX,     /* value.bytes, size raw bytes, shown as 0x and upper-case digits; borrowed likewise */
    MR_CELL_DIGITS   /* value.bytes, size bytes of packed decimal without sign, shown as their hex digits */
};

struct mr_column {
    const char *name;  /* unique within the table */
    const char *label; /* one line for people; may be "" */
    const char *unit;  /* "s", "count", "pages", ... or "" */
    enum mr_cell_type type;
    /*
     * TEXT, HEX, DIGITS: the most bytes of data that a cell can have, 0 if not known.  The UTF-8 of a text may be twice
     * as long; and bytes that are no text are shown as 0x and two digits each, 2 + 2 * size in all.
     */
    uint32_t size;
};

struct mr_cell {
    union {
        uint64_t u;
        int64_t i;
        double d;
        const char *text;
        const uint8_t *bytes;
    } value;
    uint32_t size;
    uint32_t present; /* 0: the cell is missing, whatever the rest says */
};

#endif

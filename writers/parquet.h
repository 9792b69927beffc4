/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_PARQUET_H
#define MR_WRITERS_PARQUET_H

/*
 * Parquet.  Private to writers/: parquet.c collects rows, parquet_page.c makes pages of them, parquet_footer.c tells
 * readers where everything is.
 *
 *   PAR1 | row group 0: chunk of column 0, chunk of column 1 ... | row group 1 ... | footer | its length | PAR1
 *
 *   chunk:  [dictionary page]  data page       each page: header (Thrift), body, packed or not
 *
 * All columns are optional.  What a cell becomes:
 *   UINT of up to 2 bytes, INT of up to 4   INT32          SECONDS, REAL   DOUBLE
 *   other INT, UINT of up to 4 bytes        INT64          TIME            INT64, timestamp in microseconds
 *   other UINT                              INT64, unsigned                TEXT, HEX, DIGITS   BYTE_ARRAY, UTF-8
 */
#include "writers/format.h"
#include "writers/thrift.h"

/* Physical types, with the numbers of the format. */
enum mr_parquet_type { MR_PARQUET_INT32 = 1, MR_PARQUET_INT64 = 2, MR_PARQUET_DOUBLE = 5, MR_PARQUET_TEXT = 6 };

/* One text each once, in the order in which they came. */
struct mr_parquet_words {
    struct mr_bytes bytes;
    uint32_t *ends;       /* of each text in bytes */
    uint32_t *slots;      /* hash table: number of the text + 1, 0 is free */
    size_t count, room;   /* texts; slots are twice as many */
};

struct mr_parquet_column {
    const struct mr_column *about; /* borrowed */
    enum mr_parquet_type type;
    bool is_unsigned;     /* INT64 without sign */
    uint8_t *present;     /* one a row: 1 or 0 */
    uint8_t *values;      /* of the cells that are there, one after another, little endian; TEXT: numbers of words */
    uint32_t count;       /* of them */
    struct mr_parquet_words words;
};

struct mr_parquet {
    const struct mr_table_head *head; /* borrowed, like options */
    const struct mr_writer_options *options;
    struct mr_parquet_column *columns;
    uint32_t rows, room;    /* of the present row group */
    uint64_t all_rows;      /* in finished row groups */
    size_t held;            /* bytes that this table has in memory */
    size_t words_held;      /* of them for texts, when they were last counted */
    struct mr_bytes groups; /* what the footer says of finished row groups */
    size_t group_count;
    struct mr_bytes scratch; /* cells as text */
    bool odd;               /* some value did not fit */
};

/* Bytes of one value in a column's buffer. */
static inline size_t mr_parquet_width(enum mr_parquet_type type)
{
    return type == MR_PARQUET_INT64 || type == MR_PARQUET_DOUBLE ? 8 : 4;
}

/* Write the present row group, if it has rows, and empty it.  MR_OK or MR_FATAL after a message. */
int mr_parquet_put_group(struct mr_parquet *parquet, struct mr_outfile *file) MR_CHECK;

/* Write the footer.  MR_OK or MR_FATAL after a message. */
int mr_parquet_put_footer(struct mr_parquet *parquet, struct mr_outfile *file) MR_CHECK;

#endif

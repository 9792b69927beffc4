/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_PARQUET_H
#define MR_WRITERS_PARQUET_H

/*
 * Parquet.  Private to writers/: parquet.c collects rows, parquet_page.c makes pages of them, parquet_footer.c tells
 * readers where everything is; parquet_spool.c keeps what it will say.  parquet_batch.c puts cells into their columns,
 * parquet_words.c has the texts of a column, parquet_encode.c packs small numbers.
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
#include "writers/parquet_words.h"
#include "writers/thrift.h"

#include <string.h>

/* Physical types, with the numbers of the format. */
enum mr_parquet_type { MR_PARQUET_INT32 = 1, MR_PARQUET_INT64 = 2, MR_PARQUET_DOUBLE = 5, MR_PARQUET_TEXT = 6 };

#define MR_PARQUET_BATCH 16u /* rows */

/* How a cell becomes a value. */
enum mr_parquet_how {
    MR_PARQUET_AS_IT_IS, /* 8 bytes, any */
    MR_PARQUET_POSITIVE, /* 8 bytes, not above INT64_MAX */
    MR_PARQUET_SMALL,    /* 4 bytes, of an unsigned number */
    MR_PARQUET_SMALL_INT,
    MR_PARQUET_SECONDS,
    MR_PARQUET_REAL,
    MR_PARQUET_WORD
};

/* What each row asks for stands together at the end. */
struct mr_parquet_column {
    const struct mr_column *about; /* borrowed */
    enum mr_parquet_type type;
    enum mr_parquet_how how;
    bool is_unsigned;     /* INT64 without sign */
    uint8_t *block;       /* that values lie in; owned */
    uint32_t number;      /* of the column */
    bool mixed;           /* some rows have a value and some have none; else count tells which */
    uint8_t *present;     /* of mixed columns, one a row: 1 or 0 */
    uint8_t *values;      /* of the cells that are there, one after another, little endian; TEXT: numbers of words */
    uint32_t count;       /* of them */
    struct mr_parquet_words words;
};

/*
 * What the footer says of the row groups of a long file: in memory it would grow with the file.  Written to a file that
 * has no name, and read once.
 */
struct mr_parquet_spool {
    int fd;        /* valid where size is not 0 */
    uint64_t size; /* bytes in it */
};

struct mr_parquet {
    const struct mr_table_head *head; /* borrowed, like options */
    const struct mr_writer_options *options;
    struct mr_parquet_column *columns;
    uint32_t rows, room;    /* of the present row group */
    struct mr_cell *batch;  /* rows of it whose numbers are not yet in their columns; of texts nothing that holds */
    uint32_t batched;
    struct mr_parquet_column **texts; /* those of the columns that are of texts */
    size_t text_count;
    uint64_t all_rows;      /* in finished row groups */
    struct mr_bytes groups; /* what the footer says of finished row groups, as far as it is not in the spool */
    size_t group_count;
    struct mr_parquet_spool spool;
    bool odd;               /* some value did not fit */
};

/* Values as numbers of words in a dictionary. */
struct mr_parquet_indices {
    const uint8_t *numbers; /* 4 bytes each */
    uint32_t count;
    size_t words;
};

/* Little endian, whatever the machine is. */
static inline void mr_parquet_put32(uint8_t *p, uint32_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap32(value);
#endif
    memcpy(p, &value, sizeof value);
}

static inline void mr_parquet_put64(uint8_t *p, uint64_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    memcpy(p, &value, sizeof value);
}

static inline int64_t mr_parquet_get64(const uint8_t *p)
{
    uint64_t value;

    memcpy(&value, p, sizeof value);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return (int64_t)value;
}

/* Number i of a column of texts, as they stand in memory. */
static inline uint32_t mr_parquet_number_at(const uint8_t *numbers, size_t i)
{
    uint32_t number;

    memcpy(&number, numbers + sizeof number * i, sizeof number);
    return number;
}

/* Bytes of one value in a column's buffer. */
static inline size_t mr_parquet_width(enum mr_parquet_type type)
{
    return type == MR_PARQUET_INT64 || type == MR_PARQUET_DOUBLE ? 8 : 4;
}

/*
 * mr_parquet_add_row - one more row, for which there must be room in the columns: its texts go there, its numbers wait
 * for a full batch.  MR_OK, or MR_FATAL when memory is short.
 */
int mr_parquet_add_row(struct mr_parquet *parquet, const struct mr_cell *cells) MR_CHECK;

/* The numbers of the batch go into their columns, and it is empty.  One that does not fit is blank, and said once. */
void mr_parquet_take_batch(struct mr_parquet *parquet, const struct mr_outfile *file);

/* One bit a row: is there a value?  A run where all have one or none has, which is most columns. */
void mr_parquet_put_levels(struct mr_bytes *out, const struct mr_parquet_column *column, uint32_t rows);

/* Numbers of words: long runs of one as a run, what lies between packed into as few bits as the largest needs. */
void mr_parquet_put_indices(struct mr_bytes *out, const struct mr_parquet_indices *in);

/* Write the present row group, if it has rows, and empty it.  MR_OK or MR_FATAL after a message. */
int mr_parquet_put_group(struct mr_parquet *parquet, struct mr_outfile *file) MR_CHECK;

/* Move what bytes has to the end of the spool.  MR_OK or MR_FATAL after a message. */
int mr_parquet_spool(struct mr_parquet_spool *spool, struct mr_bytes *bytes, struct mr_outfile *file) MR_CHECK;

/* Put all that is in the spool into the file.  MR_OK or MR_FATAL after a message. */
int mr_parquet_unspool(const struct mr_parquet_spool *spool, struct mr_outfile *file) MR_CHECK;

void mr_parquet_spool_close(struct mr_parquet_spool *spool);

/* Write the footer.  MR_OK or MR_FATAL after a message. */
int mr_parquet_put_footer(struct mr_parquet *parquet, struct mr_outfile *file) MR_CHECK;

#endif

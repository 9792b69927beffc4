/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_PARQUET_H
#define MR_WRITERS_PARQUET_H

/*
 * Parquet.  Private to writers/: parquet.c collects rows, parquet_page.c makes pages of them, parquet_footer.c tells
 * readers where everything is; parquet_spool.c keeps what it will say.  parquet_words.c has the texts of a
 * column.
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

#include <string.h>

/* Physical types, with the numbers of the format. */
enum mr_parquet_type { MR_PARQUET_INT32 = 1, MR_PARQUET_INT64 = 2, MR_PARQUET_DOUBLE = 5, MR_PARQUET_TEXT = 6 };

#define MR_PARQUET_FLAGS 256

/* One text each once, in the order in which they came. */
struct mr_parquet_words {
    struct mr_bytes bytes; /* as cells have them: HEX and DIGITS become text in the page */
    uint32_t *ends;       /* of each text in bytes */
    uint32_t *slots;      /* hash table: number of the text + 1, 0 is free; NULL: to be made */
    uint32_t *flags;      /* number + 1 of each text of one byte, which most flags are; NULL: to be made */
    size_t count, room;   /* texts; slots are twice as many */
    uint32_t latest;      /* number of the text before */
    bool plain;           /* each text is taken as new, and there are no slots: nearly all were new before */
    unsigned plain_groups; /* row groups that were so */
};

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

struct mr_parquet_column {
    const struct mr_column *about; /* borrowed */
    enum mr_parquet_type type;
    enum mr_parquet_how how;
    bool is_unsigned;     /* INT64 without sign */
    bool mixed;           /* some rows have a value and some have none; else count tells which */
    uint8_t *present;     /* of mixed columns, one a row: 1 or 0 */
    uint8_t *block;       /* that values lie in; owned */
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
    uint64_t all_rows;      /* in finished row groups */
    struct mr_bytes groups; /* what the footer says of finished row groups, as far as it is not in the spool */
    size_t group_count;
    struct mr_parquet_spool spool;
    bool odd;               /* some value did not fit */
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

/* Bytes of one value in a column's buffer. */
static inline size_t mr_parquet_width(enum mr_parquet_type type)
{
    return type == MR_PARQUET_INT64 || type == MR_PARQUET_DOUBLE ? 8 : 4;
}

/*
 * mr_parquet_word - the number of a text of the row group, added if it is new (or taken as new, where looking would not
 * pay).  MR_OK, or MR_FATAL when memory is short.
 */
int mr_parquet_word(struct mr_parquet_words *words, const uint8_t *text, size_t size, uint32_t *number) MR_CHECK;

/* The row group has been written with so many values: begin anew, with the room that there is. */
void mr_parquet_clear_words(struct mr_parquet_words *words, uint32_t values);

/* Give back all memory; they can be used again. */
void mr_parquet_free_words(struct mr_parquet_words *words);

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

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_PARQUET_WORDS_H
#define MR_WRITERS_PARQUET_WORDS_H

/* Texts of a column of a Parquet file, each once.  Private to writers/parquet*.c. */
#include "writers/thrift.h"

#include <string.h>

#define MR_PARQUET_FLAGS 256
#define MR_PARQUET_NO_WORD UINT32_MAX

/*
 * One text each once, in the order in which they came.  Those of the row group before stay behind those of this one:
 * most of them come again in the same order, and are there already.  Begin zeroed.
 */
struct mr_parquet_words {
    size_t latest_mark;   /* size + 1 of the text before; 0: there is none, or it is not to be looked at */
    uint32_t latest_from; /* where it stands in bytes */
    uint32_t latest;      /* its number */
    uint32_t *flags;      /* number + 1 of each text of one byte, which most flags are; NULL: to be made */
    struct mr_bytes bytes; /* as cells have them: HEX and DIGITS become text in the page */
    uint32_t *ends;       /* of each text in bytes */
    uint32_t *slots;      /* hash table: number of the text + 1, 0 is free; NULL: to be made */
    size_t count;         /* texts of this row group */
    size_t stored, room;  /* with those of the one before; slots are twice the room */
    bool plain;           /* each text is taken as new, and there are no slots: nearly all were new before */
    unsigned plain_groups; /* row groups that were so */
};

/* memcmp() for the few bytes that most texts have, without a call: two looks that may overlap. */
static inline bool mr_parquet_same_bytes(const uint8_t *a, const uint8_t *b, size_t size)
{
    uint64_t x[2], y[2];
    uint32_t v[2], w[2];

    if (size > sizeof x)
        return memcmp(a, b, size) == 0;
    if (size < sizeof *v)
        return size == 0 || (a[0] == b[0] && a[size / 2] == b[size / 2] && a[size - 1] == b[size - 1]);
    if (size >= sizeof *x) {
        memcpy(&x[0], a, sizeof *x);
        memcpy(&y[0], b, sizeof *y);
        memcpy(&x[1], a + size - sizeof *x, sizeof *x);
        memcpy(&y[1], b + size - sizeof *y, sizeof *y);
        return x[0] == y[0] && x[1] == y[1];
    }
    memcpy(&v[0], a, sizeof *v);
    memcpy(&w[0], b, sizeof *w);
    memcpy(&v[1], a + size - sizeof *v, sizeof *v);
    memcpy(&w[1], b + size - sizeof *w, sizeof *w);
    return v[0] == w[0] && v[1] == w[1];
}

/* The number of a text that is a known flag, or the one before again, as most are; else MR_PARQUET_NO_WORD. */
static inline uint32_t mr_parquet_guess(const struct mr_parquet_words *words, const uint8_t *text, size_t size)
{
    if (size == 1)
        return words->flags == NULL ? MR_PARQUET_NO_WORD : words->flags[text[0]] - 1;
    if (size + 1 == words->latest_mark && mr_parquet_same_bytes(words->bytes.data + words->latest_from, text, size))
        return words->latest;
    return MR_PARQUET_NO_WORD;
}

/*
 * mr_parquet_word - the number of a text of the row group that could not be guessed, added if it is new (or taken as
 * new, where looking would not pay).  A text of no bytes is not looked at.  MR_PARQUET_NO_WORD when memory is short.
 */
uint32_t mr_parquet_word(struct mr_parquet_words *words, const uint8_t *text, size_t size);

/* The row group has been written with so many values: begin anew, with the room that there is. */
void mr_parquet_clear_words(struct mr_parquet_words *words, uint32_t values);

/* Bytes of the texts of the row group. */
static inline size_t mr_parquet_words_size(const struct mr_parquet_words *words)
{
    return words->count == 0 ? 0 : words->ends[words->count - 1];
}

/* Give back all memory; they can be used again. */
void mr_parquet_free_words(struct mr_parquet_words *words);

#endif

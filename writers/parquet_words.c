/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of a column, each once: most are found by a guess, the others by a hash table. */
#include "writers/parquet.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MIN 64u
#define LOOKS_MAX 256u     /* into the hash table for one text; it is at most half full */
#define PLAIN_VALUES 1024u /* texts that must have come before they can be told to be all different */
#define PLAIN_GROUPS 4u    /* row groups until that is looked at again */

static uint32_t hash(const uint8_t *text, size_t size)
{
    uint64_t h = size, part;

    for (; size >= sizeof part; text += sizeof part, size -= sizeof part) {
        memcpy(&part, text, sizeof part);
        h = (h ^ part) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 32;
    }
    for (part = 0; size > 0; size--)
        part = part << 8 | text[size - 1];
    h = (h ^ part) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(h >> 32);
}

static inline const uint8_t *word(const struct mr_parquet_words *words, uint32_t number, size_t *size)
{
    uint32_t from = number == 0 ? 0 : words->ends[number - 1];

    *size = words->ends[number] - from;
    return words->bytes.data == NULL ? (const uint8_t *)"" : words->bytes.data + from;
}

/* memcmp() for the few bytes that most texts have, without a call: two looks that may overlap. */
static inline bool same_bytes(const uint8_t *a, const uint8_t *b, size_t size)
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

/*
 * Where the text stands in the hash table, or where it belongs.  NULL where it is not worth while to look on: only texts
 * that were chosen to collide come to that.
 */
static uint32_t *slot_of(const struct mr_parquet_words *words, const uint8_t *text, size_t size)
{
    size_t mask = 2 * words->room - 1, at = hash(text, size) & mask;

    for (unsigned looks = 0; words->slots[at] != 0; looks++) {
        size_t length;
        const uint8_t *other = word(words, words->slots[at] - 1, &length);

        if (length == size && same_bytes(other, text, size))
            break;
        if (looks == LOOKS_MAX)
            return NULL;
        at = (at + 1) & mask;
    }
    return &words->slots[at];
}

static int grow_ends(struct mr_parquet_words *words)
{
    size_t room = words->room == 0 ? WORDS_MIN : 2 * words->room;
    uint32_t *ends = realloc(words->ends, room * sizeof *ends);

    if (ends == NULL)
        return MR_FATAL;
    words->ends = ends;
    words->room = room;
    return MR_OK;
}

/* From here on each text is taken as new. */
static void go_plain(struct mr_parquet_words *words)
{
    words->plain = true;
    free(words->slots);
    words->slots = NULL;
}

/* As many slots as there is room for words, all in their places again. */
static int make_slots(struct mr_parquet_words *words)
{
    free(words->slots);
    words->slots = calloc(2 * words->room, sizeof *words->slots);
    if (words->slots == NULL)
        return MR_FATAL;
    for (uint32_t i = 0; i < words->count; i++) {
        size_t size;
        const uint8_t *text = word(words, i, &size);
        uint32_t *slot = size == 1 ? NULL : slot_of(words, text, size);

        if (slot != NULL)
            *slot = i + 1;
        if (slot == NULL && size != 1) {
            go_plain(words);
            break;
        }
    }
    return MR_OK;
}

static int make_word_room(struct mr_parquet_words *words)
{
    bool grow = words->count == words->room;

    if (grow && grow_ends(words) != MR_OK)
        return MR_FATAL;
    return !words->plain && (grow || words->slots == NULL) ? make_slots(words) : MR_OK;
}

static int add_word(struct mr_parquet_words *words, const uint8_t *text, size_t size)
{
    mr_bytes_put(&words->bytes, text, size);
    if (words->bytes.failed)
        return MR_FATAL;
    words->ends[words->count++] = (uint32_t)words->bytes.used;
    return MR_OK;
}

static inline bool is_word(const struct mr_parquet_words *words, uint32_t number, const uint8_t *text, size_t size)
{
    size_t length;
    const uint8_t *other = word(words, number, &length);

    return length == size && same_bytes(other, text, size);
}

/*
 * Most texts are the one before again, or follow it as they did in the interval before: these are found without a look
 * into the table.
 */
static inline bool is_likely(struct mr_parquet_words *words, const uint8_t *text, size_t size)
{
    uint32_t next = words->latest + 1;

    if (words->count == 0 || is_word(words, words->latest, text, size))
        return words->count > 0;
    words->latest = next < words->count ? next : 0;
    return is_word(words, words->latest, text, size);
}

/* Where the number + 1 of a text stands; NULL when memory is short, or, for longer ones, as for slot_of(). */
static uint32_t *place_of(struct mr_parquet_words *words, const uint8_t *text, size_t size)
{
    if (size != 1)
        return slot_of(words, text, size);
    if (words->flags == NULL)
        words->flags = calloc(MR_PARQUET_FLAGS, sizeof *words->flags);
    return words->flags == NULL ? NULL : &words->flags[text[0]];
}

int mr_parquet_word(struct mr_parquet_words *words, const uint8_t *text, size_t size, uint32_t *number)
{
    uint32_t *slot;

    if (size == 1 && words->flags != NULL && words->flags[text[0]] != 0) {
        *number = words->flags[text[0]] - 1;
        return MR_OK;
    }
    if (!words->plain && is_likely(words, text, size)) {
        *number = words->latest;
        return MR_OK;
    }
    if (make_word_room(words) != MR_OK)
        return MR_FATAL;
    *number = (uint32_t)words->count;
    if (words->plain)
        return add_word(words, text, size);
    slot = place_of(words, text, size);
    if (slot == NULL && size == 1)
        return MR_FATAL;
    if (slot == NULL) {
        go_plain(words);
        return add_word(words, text, size);
    }
    if (*slot == 0) {
        if (add_word(words, text, size) != MR_OK)
            return MR_FATAL;
        *slot = (uint32_t)words->count;
    }
    *number = words->latest = *slot - 1;
    return MR_OK;
}

/*
 * Where nearly all texts were new, it is not worth while to look for them among those that were there; now and then it
 * is tried again.
 */
static void choose_plain(struct mr_parquet_words *words, uint32_t values)
{
    if (words->plain)
        words->plain = ++words->plain_groups % PLAIN_GROUPS != 0;
    else
        words->plain = values >= PLAIN_VALUES && words->count > values - values / 8;
    if (words->plain)
        go_plain(words);
}

void mr_parquet_clear_words(struct mr_parquet_words *words, uint32_t values)
{
    choose_plain(words, values);
    if (words->slots != NULL)
        memset(words->slots, 0, 2 * words->room * sizeof *words->slots);
    if (words->flags != NULL)
        memset(words->flags, 0, MR_PARQUET_FLAGS * sizeof *words->flags);
    words->bytes.used = 0;
    words->count = 0;
    words->latest = 0;
}

void mr_parquet_free_words(struct mr_parquet_words *words)
{
    free(words->bytes.data);
    free(words->ends);
    free(words->slots);
    free(words->flags);
    *words = (struct mr_parquet_words){.plain = words->plain, .plain_groups = words->plain_groups};
}

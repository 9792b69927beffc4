/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of a column, each once: most are found by a guess, the others by a hash table. */
#include "writers/parquet_words.h"

#include "base/status.h"

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

/*
 * Where the text stands in the hash table, or where it belongs.  NULL where it is not worth while to look on: only
 * texts that were chosen to collide come to that.
 */
static uint32_t *slot_of(const struct mr_parquet_words *words, const uint8_t *text, size_t size)
{
    size_t mask = 2 * words->room - 1, at = hash(text, size) & mask;

    for (unsigned looks = 0; words->slots[at] != 0; looks++) {
        size_t length;
        const uint8_t *other = word(words, words->slots[at] - 1, &length);

        if (length == size && mr_parquet_same_bytes(other, text, size))
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
    words->latest_mark = 0;
    free(words->slots);
    words->slots = NULL;
}

/* All texts in their places again; they are as many as can be found. */
static void fill_slots(struct mr_parquet_words *words)
{
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
}

/* As many slots as there is room for words. */
static int make_slots(struct mr_parquet_words *words)
{
    free(words->slots);
    words->slots = calloc(2 * words->room, sizeof *words->slots);
    if (words->slots == NULL)
        return MR_FATAL;
    fill_slots(words);
    return MR_OK;
}

/* The texts that are left of the row group before do not come again in their order. */
static void drop_stored(struct mr_parquet_words *words)
{
    words->bytes.used = mr_parquet_words_size(words);
    words->stored = words->count;
    if (words->slots == NULL)
        return;
    memset(words->slots, 0, 2 * words->room * sizeof *words->slots);
    fill_slots(words);
}

/* The first size of all bytes move behind the others; temporary has room for them. */
static void move_behind(uint8_t *bytes, size_t size, size_t all, uint8_t *temporary)
{
    memcpy(temporary, bytes, size);
    memmove(bytes, bytes + size, all - size);
    memcpy(bytes + all - size, temporary, size);
}

/* The first so many texts stored move behind the others. */
static int turn_stored(struct mr_parquet_words *words, uint32_t first)
{
    const uint32_t stored = (uint32_t)words->stored, from = words->ends[first - 1], all = words->ends[stored - 1];
    const size_t ends = first * sizeof *words->ends;
    uint8_t *temporary = malloc(from > ends ? from : ends);

    if (temporary == NULL)
        return MR_FATAL;
    for (uint32_t i = 0; i < stored; i++)
        words->ends[i] = i < first ? words->ends[i] + all - from : words->ends[i] - from;
    move_behind(words->bytes.data, from, all, temporary);
    move_behind((uint8_t *)words->ends, ends, stored * sizeof *words->ends, temporary);
    for (size_t at = 0; at < 2 * words->room; at++) {
        if (words->slots[at] != 0)
            words->slots[at] += words->slots[at] <= first ? stored - first : 0u - first;
    }
    free(temporary);
    return MR_OK;
}

static int make_word_room(struct mr_parquet_words *words)
{
    bool grow = words->count == words->room;

    if (grow && grow_ends(words) != MR_OK)
        return MR_FATAL;
    return !words->plain && (grow || words->slots == NULL) ? make_slots(words) : MR_OK;
}

/* Its number. */
static uint32_t add_word(struct mr_parquet_words *words, const uint8_t *text, size_t size)
{
    mr_bytes_put(&words->bytes, text, size);
    if (words->bytes.failed)
        return MR_PARQUET_NO_WORD;
    words->ends[words->count++] = (uint32_t)words->bytes.used;
    words->stored = words->count;
    return (uint32_t)words->count - 1;
}

static inline bool is_word(const struct mr_parquet_words *words, uint32_t number, const uint8_t *text, size_t size)
{
    size_t length;
    const uint8_t *other = word(words, number, &length);

    return length == size && mr_parquet_same_bytes(other, text, size);
}

/* The text that the next one is compared with first. */
static inline void set_latest(struct mr_parquet_words *words, uint32_t number)
{
    uint32_t from = number == 0 ? 0 : words->ends[number - 1];

    words->latest = number;
    words->latest_from = from;
    words->latest_mark = (size_t)words->ends[number] - from + 1;
}

/* Is it the text of this number?  If that is the one behind those of the row group, it is one of them from now on. */
static inline bool is_likely(struct mr_parquet_words *words, size_t number, const uint8_t *text, size_t size)
{
    if (number >= words->stored || !is_word(words, (uint32_t)number, text, size))
        return false;
    if (number == words->count) {
        words->count++;
        if (size == 1)
            words->flags[text[0]] = (uint32_t)words->count;
    }
    set_latest(words, (uint32_t)number);
    return true;
}

/* A text often comes up behind the same ones as in the row group before, or a list begins again. */
static inline bool guess(struct mr_parquet_words *words, const uint8_t *text, size_t size)
{
    return !words->plain && (is_likely(words, words->count, text, size) || is_likely(words, 0, text, size));
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

/*
 * This text is not the one that came next in the row group before.  That may have begun at another place of a list that
 * comes again and again, which the first text tells; or it is one of this row group.  Else what is left is of no use.
 */
static void look_at_stored(struct mr_parquet_words *words, const uint8_t *text, size_t size)
{
    const uint32_t *slot = size == 1 || words->slots == NULL ? NULL : slot_of(words, text, size);
    const uint32_t number = slot == NULL || *slot == 0 ? MR_PARQUET_NO_WORD : *slot - 1;

    if (number != MR_PARQUET_NO_WORD && words->count == 0 && turn_stored(words, number) == MR_OK)
        (void)is_likely(words, 0, text, size);
    else if (number >= words->count)
        drop_stored(words);
}

/* Of a text that is not among those of the row group before, or not in their order. */
static uint32_t look_up(struct mr_parquet_words *words, const uint8_t *text, size_t size)
{
    uint32_t *slot = words->plain ? NULL : place_of(words, text, size);
    uint32_t number;

    if (slot == NULL && size == 1 && !words->plain)
        return MR_PARQUET_NO_WORD;
    if (slot == NULL) {
        go_plain(words);
        return add_word(words, text, size);
    }
    number = *slot == 0 ? add_word(words, text, size) : *slot - 1;
    if (number == MR_PARQUET_NO_WORD)
        return number;
    *slot = number + 1;
    set_latest(words, number);
    return number;
}

static uint32_t find_or_add(struct mr_parquet_words *words, const uint8_t *text, size_t size)
{
    if (guess(words, text, size))
        return words->latest;
    if (words->stored > words->count)
        look_at_stored(words, text, size);
    return make_word_room(words) == MR_OK ? look_up(words, text, size) : MR_PARQUET_NO_WORD;
}

/* Most texts that are not the one before follow it as they did in the interval before: one look tells. */
uint32_t mr_parquet_word(struct mr_parquet_words *words, const uint8_t *text, size_t size)
{
    const uint32_t next = words->latest + 1, from = words->latest_from + (uint32_t)words->latest_mark - 1;

    if (words->latest_mark == 0 || next >= words->count || words->ends[next] - from != size ||
        !mr_parquet_same_bytes(words->bytes.data + from, text, size))
        return find_or_add(words, text, size);
    words->latest = next;
    words->latest_from = from;
    words->latest_mark = size + 1;
    return next;
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
    bool again = !words->plain;

    choose_plain(words, values);
    if (words->flags != NULL)
        memset(words->flags, 0, MR_PARQUET_FLAGS * sizeof *words->flags);
    words->count = 0;
    words->latest = 0;
    words->latest_mark = 0;
    if (!again || words->plain)
        drop_stored(words);
}

void mr_parquet_free_words(struct mr_parquet_words *words)
{
    free(words->bytes.data);
    free(words->ends);
    free(words->slots);
    free(words->flags);
    *words = (struct mr_parquet_words){.plain = words->plain, .plain_groups = words->plain_groups};
}

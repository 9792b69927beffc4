/* SPDX-License-Identifier: Apache-2.0 */
/* Parquet: numbers of texts in row groups, against a list that is searched from its beginning. */
#include "writers/parquet_words.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define LIST_MAX 4000u
#define TEXT_MAX 24u

static char list[LIST_MAX][TEXT_MAX];
static size_t sizes[LIST_MAX];
static uint32_t listed;

static uint32_t expected(const char *text, size_t size)
{
    uint32_t i = 0;

    while (i < listed && (sizes[i] != size || (size > 0 && memcmp(list[i], text, size) != 0)))
        i++;
    if (i == listed) {
        for (size_t k = 0; k < size; k++)
            list[i][k] = text[k];
        sizes[listed++] = size;
    }
    return i;
}

/* As a column does it. */
static uint32_t number_of(struct mr_parquet_words *words, const char *text, size_t size)
{
    uint32_t number = mr_parquet_guess(words, (const uint8_t *)text, size);

    return number != MR_PARQUET_NO_WORD ? number : mr_parquet_word(words, (const uint8_t *)text, size);
}

static void check(struct mr_parquet_words *words, const char *text, size_t size)
{
    uint32_t number = expected(text, size);

    cr_assert_eq(number_of(words, text, size), number, "\"%.*s\"", (int)size, text);
    cr_assert_eq(words->count, listed);
}

/* The row group ends: it has the texts that it should, and no others. */
static void end_group(struct mr_parquet_words *words, uint32_t values)
{
    size_t from = 0;

    cr_assert_eq(words->count, listed);
    for (uint32_t i = 0; i < listed; i++) {
        cr_assert_eq(words->ends[i], from + sizes[i]);
        cr_assert_eq(memcmp(words->bytes.data + from, list[i], sizes[i]), 0, "%u", i);
        from += sizes[i];
    }
    cr_assert_eq(mr_parquet_words_size(words), from);
    mr_parquet_clear_words(words, values);
    listed = 0;
}

/* Texts of all sizes, so that each way to compare them is gone: number i has i % 23 bytes at least. */
static size_t make_text(char *text, uint32_t i)
{
    int size = snprintf(text, TEXT_MAX, "%.*s%u", (int)(i % 19), "abcdefghijklmnopqrstuvwxyz", i);

    return (size_t)size;
}

/* A list that comes again and again; row groups begin anywhere in it. */
Test(parquet_words, lists)
{
    static const uint32_t rows[] = {1, 999, 1000, 1001, 3000, 1, 1, 2048, 64, 1500, 1000};
    struct mr_parquet_words words = {0};
    char text[TEXT_MAX];
    uint32_t next = 0;

    for (size_t group = 0; group < sizeof rows / sizeof *rows; group++) {
        for (uint32_t row = 0; row < rows[group]; row++, next++)
            check(&words, text, make_text(text, next % 1000));
        end_group(&words, 10 * rows[group]);
    }
    mr_parquet_free_words(&words);
}

/* One is left out here and another comes there; the same one several times; some from elsewhere. */
Test(parquet_words, lists_with_changes)
{
    struct mr_parquet_words words = {0};
    char text[TEXT_MAX];
    uint32_t random = 1;

    for (unsigned group = 0; group < 60; group++) {
        for (uint32_t row = 0; row < 700; row++) {
            random = random * 1103515245 + 12345;
            if (random >> 16 & 15)
                check(&words, text, make_text(text, (row + 37 * (group / 3)) % 500));
            if ((random >> 20 & 255) < group)
                check(&words, text, make_text(text, random >> 24));
        }
        end_group(&words, 10 * 700);
    }
    mr_parquet_free_words(&words);
}

/* Single bytes have their own way; so has nothing. */
Test(parquet_words, flags)
{
    struct mr_parquet_words words = {0};
    uint32_t random = 1;

    for (unsigned group = 0; group < 40; group++) {
        for (uint32_t row = 0; row < 300; row++) {
            char text[3] = {0};

            random = random * 1103515245 + 12345;
            text[0] = (char)(random >> 16);
            text[1] = (char)(random >> 27);
            check(&words, group % 4 == 3 ? NULL : text, group % 4 == 3 ? 0 : group % 2 + (random >> 30) % 2);
        }
        end_group(&words, 10 * 300);
    }
    mr_parquet_free_words(&words);
}

/* Memory is given back between row groups. */
Test(parquet_words, freed)
{
    struct mr_parquet_words words = {0};
    char text[TEXT_MAX];

    for (unsigned group = 0; group < 3; group++) {
        for (uint32_t row = 0; row < 200; row++)
            check(&words, text, make_text(text, row));
        end_group(&words, 10 * 200);
        mr_parquet_free_words(&words);
        cr_assert_eq(words.stored, 0);
    }
}

/* Nearly all texts were new: they are taken as new for four row groups, then looked at again. */
Test(parquet_words, all_different)
{
    struct mr_parquet_words words = {0};
    char text[TEXT_MAX];
    uint32_t next = 0;

    for (unsigned group = 0; group < 11; group++) {
        for (uint32_t row = 0; row < 2000; row++, next++)
            cr_assert_eq(number_of(&words, text, make_text(text, next)), row);
        cr_assert_eq(words.plain, group % 5 != 0, "group %u", group);
        if (words.plain)
            cr_assert_eq(number_of(&words, text, make_text(text, next)), 2000, "the same again is taken as new");
        mr_parquet_clear_words(&words, 2000);
    }
    mr_parquet_free_words(&words);
}

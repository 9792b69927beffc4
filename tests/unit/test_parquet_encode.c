/* SPDX-License-Identifier: Apache-2.0 */
/* Parquet: small numbers in few bits, read back one bit at a time. */
#include "writers/parquet.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define MOST 400u

static uint64_t varint(const uint8_t **p)
{
    uint64_t value = 0;

    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = *(*p)++;

        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return value;
    }
}

static uint32_t bits_at(const uint8_t *bytes, size_t at, unsigned width)
{
    uint32_t value = 0;

    for (unsigned bit = 0; bit < width; bit++)
        value |= (uint32_t)(bytes[(at + bit) / 8] >> (at + bit) % 8 & 1) << bit;
    return value;
}

/* Runs and groups from p to end, as the format describes them; zeros behind the last number are passed over. */
static void check_numbers(const uint8_t *p, const uint8_t *end, unsigned width, const uint32_t *numbers, uint32_t count)
{
    uint32_t i = 0;

    while (p < end) {
        uint64_t head = varint(&p);

        if (head & 1) {
            for (size_t k = 0; k < 8 * (head >> 1); k++, i++)
                cr_assert_eq(bits_at(p, k * width, width), i < count ? numbers[i] : 0, "%u of %u", i, count);
            p += (head >> 1) * width;
        } else {
            for (size_t k = 0; k < head >> 1; k++, i++)
                cr_assert(i < count && bits_at(p, 0, width) == numbers[i], "%u of %u", i, count);
            p += (width + 7) / 8;
        }
    }
    cr_assert_eq(p, end);
    cr_assert(i >= count && i < count + 8, "%u of %u", i, count);
}

static void check_indices(const uint32_t *numbers, uint32_t count, size_t words)
{
    const struct mr_parquet_indices in = {(const uint8_t *)numbers, count, words};
    struct mr_bytes out = {0};
    unsigned width = 1;

    while (words > UINT64_C(1) << width)
        width++;
    mr_parquet_put_indices(&out, &in);
    cr_assert_not(out.failed);
    cr_assert_eq(out.data[0], width);
    check_numbers(out.data + 1, out.data + out.used, width, numbers, count);
    free(out.data);
}

/* The example of the format's own description: 0 to 7 in 3 bits each. */
Test(parquet_encode, as_described)
{
    static const uint32_t numbers[] = {0, 1, 2, 3, 4, 5, 6, 7};
    static const uint8_t bytes[] = {3, 0x03, 0x88, 0xC6, 0xFA};
    const struct mr_parquet_indices in = {(const uint8_t *)numbers, 8, 8};
    struct mr_bytes out = {0};

    mr_parquet_put_indices(&out, &in);
    cr_assert_eq(out.used, sizeof bytes);
    cr_assert_eq(memcmp(out.data, bytes, sizeof bytes), 0);
    free(out.data);
}

/* Any count in each width that row groups can have; without runs, with short and with long ones. */
Test(parquet_encode, indices)
{
    uint32_t numbers[MOST], random = 1;

    for (unsigned width = 1; width <= 20; width++) {
        for (uint32_t count = 0; count < 140; count++) {
            for (unsigned repeat = 0; repeat < 3; repeat++) {
                for (uint32_t i = 0; i < count; i++) {
                    random = random * 1103515245 + 12345;
                    numbers[i] = repeat > 0 && i > 0 && (random >> 16) % (repeat * 12) > 0 ? numbers[i - 1]
                                                                                          : random >> (32 - width);
                }
                check_indices(numbers, count, (size_t)1 << width);
            }
        }
    }
}

/* A run may begin and end anywhere. */
Test(parquet_encode, one_run)
{
    uint32_t numbers[MOST];

    for (uint32_t from = 0; from < 20; from++) {
        for (uint32_t size = 0; size < 40; size++) {
            for (uint32_t i = 0; i < 64; i++)
                numbers[i] = i >= from && i < from + size ? 300 : i % 2;
            check_indices(numbers, 64, 301);
            check_indices(numbers, from + size, 301);
        }
    }
}

static void check_levels(const struct mr_parquet_column *column, uint32_t rows, const uint32_t *levels)
{
    struct mr_bytes out = {0};

    mr_bytes_put(&out, "before", 6);
    mr_parquet_put_levels(&out, column, rows);
    cr_assert_not(out.failed);
    cr_assert_eq(out.data[6] | (size_t)out.data[7] << 8 | (size_t)out.data[8] << 16 | (size_t)out.data[9] << 24,
                 out.used - 10);
    check_numbers(out.data + 10, out.data + out.used, 1, levels, rows);
    free(out.data);
}

Test(parquet_encode, levels)
{
    uint8_t present[MOST];
    uint32_t levels[MOST], random = 1;
    struct mr_parquet_column column = {.present = present};

    for (uint32_t rows = 1; rows < MOST; rows++) {
        for (uint32_t i = 0; i < rows; i++) {
            random = random * 1103515245 + 12345;
            levels[i] = present[i] = random >> 16 & 1;
        }
        column.mixed = true;
        check_levels(&column, rows, levels);
        column.mixed = false;
        for (column.count = 0; column.count <= rows; column.count += rows) {
            for (uint32_t i = 0; i < rows; i++)
                levels[i] = column.count > 0;
            check_levels(&column, rows, levels);
        }
    }
}

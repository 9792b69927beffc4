/* SPDX-License-Identifier: Apache-2.0 */
/* Small numbers as Parquet has them: runs of one number, and between them groups of 8, each number in a few bits. */
#include "writers/parquet.h"

#include <string.h>

#define GROUP_OF_VALUES 8

/* The lowest bits of 8 bytes, of the first one lowest: each moves to its place in the highest byte of the product. */
static uint8_t bits_of(const uint8_t *values)
{
    return (uint8_t)((uint64_t)mr_parquet_get64(values) * UINT64_C(0x0102040810204080) >> 56);
}

static void put_bits(struct mr_bytes *out, const uint8_t *values, uint32_t count)
{
    uint32_t groups = (count + GROUP_OF_VALUES - 1) / GROUP_OF_VALUES;
    uint8_t last[GROUP_OF_VALUES] = {0}, *p;

    mr_bytes_varint(out, (uint64_t)groups << 1 | 1);
    p = mr_bytes_reserve(out, groups);
    if (p == NULL)
        return;
    for (uint32_t i = 0; i < count / GROUP_OF_VALUES; i++)
        p[i] = bits_of(values + GROUP_OF_VALUES * (size_t)i);
    memcpy(last, values + count - count % GROUP_OF_VALUES, count % GROUP_OF_VALUES);
    if (count % GROUP_OF_VALUES != 0)
        p[groups - 1] = bits_of(last);
    out->used += groups;
}

void mr_parquet_put_levels(struct mr_bytes *out, const struct mr_parquet_column *column, uint32_t rows)
{
    size_t at = out->used, size;

    mr_bytes_le32(out, 0);
    if (!column->mixed) {
        const uint8_t level = column->count > 0;

        mr_bytes_varint(out, (uint64_t)rows << 1);
        mr_bytes_put(out, &level, 1);
    } else {
        put_bits(out, column->present, rows);
    }
    if (out->failed)
        return;
    size = out->used - at - 4;
    for (int i = 0; i < 4; i++)
        out->data[at + (size_t)i] = (uint8_t)(size >> 8 * i);
}

/* Two numbers are compared at a time as long as there are two. */
static uint32_t run_from(const struct mr_parquet_indices *in, uint32_t start)
{
    uint32_t i = start + 1, first = mr_parquet_number_at(in->numbers, start), two[2] = {first, first};

    while (i + 1 < in->count && memcmp(in->numbers + sizeof first * i, two, sizeof two) == 0)
        i += 2;
    while (i < in->count && mr_parquet_number_at(in->numbers, i) == first)
        i++;
    return i - start;
}

/* The last group is filled with zeros.  Numbers have fewer than 32 bits, as there are fewer rows. */
static void put_packed(struct mr_bytes *out, const struct mr_parquet_indices *in, uint32_t from, uint32_t to,
                       unsigned width)
{
    uint32_t groups = (to - from + GROUP_OF_VALUES - 1) / GROUP_OF_VALUES;
    size_t size = (size_t)groups * width;
    uint64_t bits = 0;
    unsigned have = 0;
    uint8_t *p, *end;

    mr_bytes_varint(out, (uint64_t)groups << 1 | 1);
    p = mr_bytes_reserve(out, size + sizeof(uint32_t));
    if (p == NULL)
        return;
    end = p + size;
    for (uint32_t i = from; i < to; i++) {
        bits |= (uint64_t)mr_parquet_number_at(in->numbers, i) << have;
        have += width;
        if (have >= 32) {
            mr_parquet_put32(p, (uint32_t)bits);
            p += sizeof(uint32_t);
            bits >>= 32;
            have -= 32;
        }
    }
    mr_parquet_put32(p, (uint32_t)bits);
    for (p += (have + 7) / 8; p < end; p++)
        *p = 0;
    out->used += size;
}

void mr_parquet_put_indices(struct mr_bytes *out, const struct mr_parquet_indices *in)
{
    unsigned width = 1;
    uint8_t byte;
    uint32_t i = 0;

    while (in->words > UINT64_C(1) << width)
        width++;
    byte = (uint8_t)width;
    mr_bytes_put(out, &byte, 1);
    while (i < in->count) {
        uint32_t run = run_from(in, i), from = i;

        if (run >= GROUP_OF_VALUES) {
            mr_bytes_varint(out, (uint64_t)run << 1);
            for (unsigned bit = 0; bit < width; bit += 8) {
                byte = (uint8_t)(mr_parquet_number_at(in->numbers, i) >> bit);
                mr_bytes_put(out, &byte, 1);
            }
            i += run;
            continue;
        }
        do
            i += GROUP_OF_VALUES;
        while (i < in->count && run_from(in, i) < GROUP_OF_VALUES);
        put_packed(out, in, from, i < in->count ? i : in->count, width);
    }
}

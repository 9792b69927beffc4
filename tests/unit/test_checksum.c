/* SPDX-License-Identifier: Apache-2.0 */
/* The check sum against the definition of CRC-32, bit by bit. */
#include "base/checksum.h"
#include "base/crc_fold.h"

#include <criterion/criterion.h>
#include <string.h>

#define BYTES 1500

static uint8_t bytes[BYTES];

static void fill(void)
{
    uint32_t state = 12345;

    for (size_t i = 0; i < BYTES; i++) {
        state = state * 1103515245u + 12345u;
        bytes[i] = (uint8_t)(state >> 16);
    }
}

static uint32_t bit_by_bit(uint32_t crc, const uint8_t *at, size_t size)
{
    crc = ~crc;
    for (size_t i = 0; i < size; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

Test(checksum, known_values)
{
    cr_expect_eq(mr_crc32(0, "", 0), 0);
    cr_expect_eq(mr_crc32(7, "", 0), 7);
    cr_expect_eq(mr_crc32(0, "123456789", 9), 0xCBF43926);
    cr_expect_eq(mr_crc32(0, "a", 1), 0xE8B7BE43);
}

Test(checksum, every_size)
{
    fill();
    for (size_t size = 1; size < BYTES; size++)
        cr_assert_eq(mr_crc32(0, bytes, size), bit_by_bit(0, bytes, size), "%zu bytes", size);
}

Test(checksum, any_address_and_any_sum_before)
{
    fill();
    for (size_t from = 0; from < 80; from++) {
        uint32_t before = bit_by_bit(0, bytes, from);

        cr_assert_eq(mr_crc32(before, bytes + from, 900), bit_by_bit(0, bytes, from + 900), "from %zu", from);
    }
    cr_expect_eq(mr_crc32(0xFFFFFFFF, bytes, 1000), bit_by_bit(0xFFFFFFFF, bytes, 1000));
}

/* A fault in a constant shows in the sum of a single bit. */
Test(checksum, single_bits)
{
    for (size_t bit = 0; bit < 8 * (size_t)512; bit++) {
        memset(bytes, 0, 512);
        bytes[bit / 8] = (uint8_t)(1u << bit % 8);
        cr_assert_eq(mr_crc32(0, bytes, 512), bit_by_bit(0, bytes, 512), "bit %zu", bit);
    }
}

/* Where the processor folds: what is left stands for all; where it does not, nothing is taken. */
Test(checksum, folded)
{
    uint8_t folded[MR_CRC_FOLDED];

    fill();
    cr_expect_eq(mr_crc_fold(0, bytes, MR_CRC_FOLDED, folded), 0, "too few to be worth it");
    for (size_t size = 200; size < BYTES; size++) {
        size_t done = mr_crc_fold(5, bytes, size, folded);

        cr_assert(done == 0 || (done <= size && size - done < MR_CRC_FOLDED));
        if (done > 0)
            cr_assert_eq(bit_by_bit(0xFFFFFFFF, folded, sizeof folded), bit_by_bit(5, bytes, done), "%zu", size);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_NUMBER_H
#define MR_WRITERS_NUMBER_H

/*
 * Numbers to text.  This is where the time of a reduction goes, so it is our own: no locale, no allocation, no state,
 * two digits at a time.  Each function writes at p, no final zero, and returns the position behind the last
 * character.  MR_NUMBER_MAX_TEXT bytes must be there and always suffice; those behind the returned position may have
 * been used meanwhile.  The two that take a size write exactly what is said.  Any thread may call.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MR_NUMBER_MAX_TEXT 40

/*
 * The eight digits of a number below 10^8, one a byte, the highest digit in the lowest byte.  Halves, then pairs, then
 * digits are taken apart side by side, which needs no division and no branch.  With q the quotient of n, the pair
 * q + (n - q * d << w) is written as (n << w) - q * ((d << w) - 1): one multiplication and one subtraction.
 */
static inline uint64_t mr_eight_digits(uint32_t value)
{
    uint64_t fours = ((uint64_t)value << 32) - value / 10000 * ((UINT64_C(10000) << 32) - 1);
    uint64_t hundreds = (fours * 10486 >> 20) & 0x0000007F0000007F; /* n / 100 for n < 10^4 */
    uint64_t twos = (fours << 16) - hundreds * ((100 << 16) - 1);
    uint64_t tens = (twos * 103 >> 10) & 0x000F000F000F000F; /* n / 10 for n < 100 */

    return (twos << 8) - tens * ((10 << 8) - 1);
}

/* Write eight bytes, the lowest one first. */
static inline void mr_put_bytes(char *p, uint64_t bytes)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    memcpy(p, &bytes, sizeof bytes);
}

/* 10^8 and more. */
char *mr_put_long(char *p, uint64_t value);

static inline char *mr_put_u64(char *p, uint64_t value)
{
    uint64_t digits;
    unsigned skip;

    if (value >= 100000000)
        return mr_put_long(p, value);
    digits = mr_eight_digits((uint32_t)value);
    skip = (unsigned)__builtin_ctzll(digits | (uint64_t)1 << 56) & ~7u; /* the last digit stays in any case */
    mr_put_bytes(p, (digits | 0x3030303030303030) >> skip);
    return p + 8 - skip / 8;
}

char *mr_put_i64(char *p, int64_t value);

/* The same for 100 seconds and more, and below zero. */
char *mr_put_long_seconds(char *p, int64_t micros);

/* Microseconds as seconds with exactly six decimals: 1500000 -> 1.500000, -1 -> -0.000001. */
static inline char *mr_put_seconds(char *p, int64_t micros)
{
    uint64_t text;
    unsigned skip = micros < 10000000; /* one digit before the point, else two */

    if ((uint64_t)micros >= 100000000)
        return mr_put_long_seconds(p, micros);
    text = mr_eight_digits((uint32_t)micros) | 0x3030303030303030;
    mr_put_bytes(p, text >> 8 * skip);
    p += 2 - skip;
    *p++ = '.';
    mr_put_bytes(p, text >> 16);
    return p + 6;
}

/*
 * An instant, microseconds since 1970 UTC, as YYYY-MM-DD HH:MM:SS.ffffff (26 characters), Gregorian calendar for all
 * times, no leap seconds.  Years above 9999 take the digits they need, years before 0 have a sign and four digits or
 * more; even the ends of the range fit in MR_NUMBER_MAX_TEXT.
 */
char *mr_put_time(char *p, int64_t micros);

extern const char mr_hex_pairs[2 * 256 + 1]; /* the two digits of each byte */

/* The eight digits of four bytes, side by side: nibbles apart, then 7 more for those above 9. */
static inline void mr_put_four_bytes(char *p, const uint8_t *bytes)
{
    uint64_t spread = (uint64_t)bytes[0] | (uint64_t)bytes[1] << 16 | (uint64_t)bytes[2] << 32 |
                      (uint64_t)bytes[3] << 48;
    uint64_t nibbles = (spread >> 4 & 0x000F000F000F000F) | (spread & 0x000F000F000F000F) << 8;
    uint64_t letters = (nibbles + 0x0606060606060606) >> 4 & 0x0101010101010101;

    mr_put_bytes(p, nibbles + 0x3030303030303030 + letters * 7);
}

/* 0x and two upper-case digits a byte; writes 2 + 2 * size characters. */
char *mr_put_hex(char *p, const uint8_t *bytes, size_t size);

/* The hex digits alone (packed decimal without sign): 2 * size characters. */
char *mr_put_digits(char *p, const uint8_t *bytes, size_t size);

/* As mr_put_real(), for any number; whole ones mr_put_real() writes faster. */
char *mr_put_fraction(char *p, double value);

/*
 * A derived number: at most six decimals, trailing zeros gone, at least one digit before the point, never -0.
 * The exact binary value is rounded to the nearest, an exact half away from zero: 0.0078125 -> 0.007813.
 * From 2^64 on it is written with 17 significant digits at most and an exponent: 1.8446744073709552e+19.
 * Not a number and infinity write nothing: in a table they are blank, and r == p tells.
 */
static inline char *mr_put_real(char *p, double value)
{
    int32_t whole;

    if (!(value >= 0 && value < 1e8))
        return mr_put_fraction(p, value);
    whole = (int32_t)value;
    return whole == value ? mr_put_u64(p, (uint32_t)whole) : mr_put_fraction(p, value);
}

#endif

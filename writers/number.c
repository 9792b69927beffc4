/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define MILLION 1000000u
#define TEN_TO_8 100000000u
#define TEN_TO_16 10000000000000000u
#define SECONDS_PER_DAY 86400
#define MICROS_PER_DAY ((int64_t)SECONDS_PER_DAY * MILLION)

/* Days from 0000-03-01 to 1970-01-01.  Counting years from March puts the leap day at the end of the year. */
#define DAYS_TO_1970 719468
#define DAYS_PER_ERA 146097 /* 400 years */

static const char digit_pairs[200] =
    "0001020304050607080910111213141516171819"
    "2021222324252627282930313233343536373839"
    "4041424344454647484950515253545556575859"
    "6061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

/* Two hex digits for each byte. */
const char mr_hex_pairs[2 * 256 + 1] =
    "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
    "202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F"
    "404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F"
    "606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F"
    "808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9F"
    "A0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF"
    "C0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"
    "E0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF";

static inline char *put_2(char *p, uint32_t value)
{
    memcpy(p, digit_pairs + 2 * value, 2);
    return p + 2;
}

static inline char *put_4(char *p, uint32_t value)
{
    return put_2(put_2(p, value / 100), value % 100);
}

/* Writes two bytes more than it says. */
static inline char *put_6(char *p, uint32_t value)
{
    mr_put_bytes(p, (mr_eight_digits(value) | 0x3030303030303030) >> 16);
    return p + 6;
}

static inline char *put_8(char *p, uint32_t value)
{
    mr_put_bytes(p, mr_eight_digits(value) | 0x3030303030303030);
    return p + 8;
}

char *mr_put_long(char *p, uint64_t value)
{
    uint64_t high = value / TEN_TO_8;

    if (value < TEN_TO_16) {
        p = mr_put_u64(p, high);
    } else {
        p = mr_put_u64(p, high / TEN_TO_8);
        p = put_8(p, (uint32_t)(high % TEN_TO_8));
    }
    return put_8(p, (uint32_t)(value % TEN_TO_8));
}

/* Writes the sign and returns the amount; negating as unsigned also holds for INT64_MIN. */
static inline uint64_t take_sign(char **p, int64_t value)
{
    if (value >= 0)
        return (uint64_t)value;
    *(*p)++ = '-';
    return 0 - (uint64_t)value;
}

char *mr_put_i64(char *p, int64_t value)
{
    uint64_t amount = take_sign(&p, value);

    return mr_put_u64(p, amount);
}

char *mr_put_long_seconds(char *p, int64_t micros)
{
    uint64_t amount = take_sign(&p, micros);

    p = mr_put_u64(p, amount / MILLION);
    *p++ = '.';
    return put_6(p, (uint32_t)(amount % MILLION));
}

static inline char *put_year(char *p, int32_t year)
{
    uint64_t amount;

    if (year >= 0 && year <= 9999)
        return put_4(p, (uint32_t)year);
    amount = take_sign(&p, year);
    return amount <= 9999 ? put_4(p, (uint32_t)amount) : mr_put_u64(p, amount);
}

/* Days since 1970 to YYYY-MM-DD: 400-year eras, all years and months counted from March. */
static inline char *put_date(char *p, int32_t days)
{
    int32_t shifted = days + DAYS_TO_1970;
    int32_t era = (shifted >= 0 ? shifted : shifted - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    uint32_t day_of_era = (uint32_t)(shifted - era * DAYS_PER_ERA);
    uint32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / (DAYS_PER_ERA - 1)) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t month = (5 * day_of_year + 2) / 153; /* 0 is March; five months have 153 days */
    uint32_t day = day_of_year - (153 * month + 2) / 5 + 1;
    bool next_year = month >= 10;

    p = put_year(p, (int32_t)year_of_era + era * 400 + next_year);
    *p++ = '-';
    p = put_2(p, next_year ? month - 9 : month + 3);
    *p++ = '-';
    return put_2(p, day);
}

static inline char *put_clock(char *p, uint32_t seconds)
{
    p = put_2(p, seconds / 3600);
    *p++ = ':';
    p = put_2(p, seconds / 60 % 60);
    *p++ = ':';
    return put_2(p, seconds % 60);
}

char *mr_put_time(char *p, int64_t micros)
{
    int64_t days = micros / MICROS_PER_DAY;
    int64_t rest = micros % MICROS_PER_DAY;

    if (rest < 0) {
        days--;
        rest += MICROS_PER_DAY;
    }
    p = put_date(p, (int32_t)days);
    *p++ = ' ';
    p = put_clock(p, (uint32_t)(rest / MILLION));
    *p++ = '.';
    return put_6(p, (uint32_t)(rest % MILLION));
}

#ifdef __SSE2__
/* As mr_put_four_bytes() does it, in one register. */
static inline __m128i hex_digits(__m128i nibbles)
{
    __m128i letters = _mm_and_si128(_mm_cmpgt_epi8(nibbles, _mm_set1_epi8(9)), _mm_set1_epi8(7));

    return _mm_add_epi8(_mm_add_epi8(nibbles, _mm_set1_epi8('0')), letters);
}

static inline void put_sixteen_bytes(char *p, const uint8_t *bytes)
{
    __m128i all = _mm_loadu_si128((const __m128i *)(const void *)bytes), low = _mm_set1_epi8(15);
    __m128i first = hex_digits(_mm_and_si128(_mm_srli_epi16(all, 4), low));
    __m128i second = hex_digits(_mm_and_si128(all, low));

    _mm_storeu_si128((__m128i *)(void *)p, _mm_unpacklo_epi8(first, second));
    _mm_storeu_si128((__m128i *)(void *)(p + 16), _mm_unpackhi_epi8(first, second));
}
#else
static inline void put_sixteen_bytes(char *p, const uint8_t *bytes)
{
    for (int i = 0; i < 4; i++)
        mr_put_four_bytes(p + 8 * i, bytes + 4 * i);
}
#endif

char *mr_put_digits(char *p, const uint8_t *bytes, size_t size)
{
    for (; size >= 16; size -= 16, bytes += 16, p += 32)
        put_sixteen_bytes(p, bytes);
    for (; size >= 4; size -= 4, bytes += 4, p += 8)
        mr_put_four_bytes(p, bytes);
    for (; size > 0; size--, bytes++, p += 2)
        memcpy(p, mr_hex_pairs + 2 * bytes[0], 2);
    return p;
}

char *mr_put_hex(char *p, const uint8_t *bytes, size_t size)
{
    *p++ = '0';
    *p++ = 'x';
    return mr_put_digits(p, bytes, size);
}

/*
 * Millionths in a fraction below 1, rounded.  The fraction is scaled by a power of two to a whole number, which loses
 * nothing: a double of 2^-12 or more has no bit below 2^-64, one of 2^-24 or more none below 2^-76, and whatever is
 * below 2^-24 rounds to 0 whether or not bits are lost.  The product with 10^6 has 84 bits; its lowest 32 cannot
 * matter, since a half is decided by one bit alone and an exact half goes up.
 */
static uint32_t round_exactly(double fraction)
{
    bool small = fraction < 0x1p-12;
    unsigned shift = small ? 76 - 32 : 64 - 32;
    uint64_t scaled = (uint64_t)(fraction * (small ? 0x1p76 : 0x1p64));
    uint64_t low = (scaled & UINT32_MAX) * MILLION;
    uint64_t product = (scaled >> 32) * MILLION + (low >> 32);

    return (uint32_t)((product + ((uint64_t)1 << (shift - 1))) >> shift);
}

/*
 * The product as a double is off by less than 10^-9: unless it lies that near to a half it rounds as the exact one does.
 */
static inline uint32_t round_millionths(double fraction)
{
    double product = fraction * MILLION;
    uint32_t below = (uint32_t)product;
    double rest = product - below;

    if (fabs(rest - 0.5) < 1e-6)
        return round_exactly(fraction);
    return below + (rest > 0.5);
}

/* The last digit that is not zero stands in the highest byte that is not. */
static char *put_decimals(char *p, uint32_t millionths)
{
    uint64_t digits = mr_eight_digits(millionths) >> 16;

    if (millionths == 0)
        return p;
    *p++ = '.';
    mr_put_bytes(p, digits | 0x3030303030303030);
    return p + 8 - (unsigned)__builtin_clzll(digits) / 8;
}

/* Below 100, so that whole number and decimals are eight digits together. */
static char *put_small(char *p, uint32_t millionths)
{
    uint64_t digits = mr_eight_digits(millionths), decimals = digits >> 16;
    unsigned skip = millionths < 10 * MILLION;

    mr_put_bytes(p, (digits | 0x3030303030303030) >> 8 * skip);
    p += 2 - skip;
    if (decimals == 0)
        return p;
    *p++ = '.';
    mr_put_bytes(p, decimals | 0x3030303030303030);
    return p + 8 - (unsigned)__builtin_clzll(decimals) / 8;
}

/* 2^64 and more, which no sound derivation yields: speed does not matter.  The locale's point is replaced. */
static char *put_huge(char *p, double amount)
{
    char text[64];
    char *exponent;
    size_t digits = 16;

    snprintf(text, sizeof text, "%.16e", amount);
    exponent = strchr(text, 'e');
    while (digits > 0 && exponent[(ptrdiff_t)digits - 17] == '0')
        digits--;
    *p++ = text[0];
    if (digits > 0) {
        *p++ = '.';
        memcpy(p, exponent - 16, digits);
        p += digits;
    }
    return stpcpy(p, exponent);
}

char *mr_put_fraction(char *p, double value)
{
    double amount = fabs(value);
    uint64_t whole;
    uint32_t millionths;

    if (value >= 0 && value < 99) { /* what is near 100 may be rounded to 100 */
        int32_t below = (int32_t)value;

        return put_small(p, (uint32_t)below * MILLION + round_millionths(value - below));
    }
    if (!isfinite(value))
        return p;
    if (amount >= 0x1p64) {
        if (value < 0)
            *p++ = '-';
        return put_huge(p, amount);
    }
    whole = (uint64_t)amount;
    millionths = round_millionths(amount - (double)whole);
    if (millionths == MILLION) {
        millionths = 0;
        whole++;
    }
    if (value < 0 && (whole | millionths) != 0)
        *p++ = '-';
    return put_decimals(mr_put_u64(p, whole), millionths);
}

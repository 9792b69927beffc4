/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers to text against printf, gmtime and literals worked out by calendar and decimal arithmetic elsewhere. */
#include "writers/number.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROUNDS 100000
#define DAY_MICROS INT64_C(86400000000)
#define GUARD '#'

/* Whatever a function wrote, with a final zero; more than MR_NUMBER_MAX_TEXT bytes would hit the guard. */
struct text {
    char bytes[MR_NUMBER_MAX_TEXT + 8];
};

static struct text blank_text(void)
{
    struct text text;

    memset(text.bytes, GUARD, sizeof text.bytes);
    return text;
}

static void close_text(struct text *text, const char *end)
{
    ptrdiff_t length = end - text->bytes;

    cr_assert(length >= 0 && length <= MR_NUMBER_MAX_TEXT);
    for (size_t i = MR_NUMBER_MAX_TEXT; i < sizeof text->bytes; i++)
        cr_assert_eq(text->bytes[i], GUARD);
    text->bytes[length] = '\0';
}

#define TEXT_OF(function, type)                                  \
    static struct text text_of_##function(type value)            \
    {                                                            \
        struct text text = blank_text();                         \
                                                                 \
        close_text(&text, mr_put_##function(text.bytes, value)); \
        return text;                                             \
    }

TEXT_OF(u64, uint64_t)
TEXT_OF(i64, int64_t)
TEXT_OF(seconds, int64_t)
TEXT_OF(time, int64_t)
TEXT_OF(real, double)

/* xorshift: the same numbers in each run; the shift makes all magnitudes equally likely. */
static uint64_t random_state = UINT64_C(88172645463325252);

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static uint64_t random_magnitude(void)
{
    uint64_t bits = random_bits();

    return bits >> (random_bits() % 64);
}

static void check_u64(uint64_t value)
{
    char expected[32];

    snprintf(expected, sizeof expected, "%" PRIu64, value);
    cr_assert_str_eq(text_of_u64(value).bytes, expected);
}

static void check_i64(int64_t value)
{
    char expected[32];

    snprintf(expected, sizeof expected, "%" PRId64, value);
    cr_assert_str_eq(text_of_i64(value).bytes, expected);
}

Test(number, whole_numbers)
{
    uint64_t power = 1;

    for (int digits = 0; digits < 20; digits++, power *= 10)
        for (int near = -2; near <= 2; near++)
            check_u64(power + (uint64_t)near);
    check_u64(0);
    check_u64(UINT64_MAX);
    check_i64(0);
    check_i64(-1);
    check_i64(INT64_MAX);
    check_i64(INT64_MIN);
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t value = random_magnitude();

        check_u64(value);
        check_i64((int64_t)value);
        check_i64((int64_t)(0 - value));
    }
    cr_assert_str_eq(text_of_u64(UINT64_MAX).bytes, "18446744073709551615");
    cr_assert_str_eq(text_of_i64(INT64_MIN).bytes, "-9223372036854775808");
}

static void check_seconds(int64_t micros)
{
    uint64_t amount = micros < 0 ? 0 - (uint64_t)micros : (uint64_t)micros;
    char expected[40];

    snprintf(expected, sizeof expected, "%s%" PRIu64 ".%06" PRIu64, micros < 0 ? "-" : "", amount / 1000000,
             amount % 1000000);
    cr_assert_str_eq(text_of_seconds(micros).bytes, expected);
}

Test(number, seconds)
{
    static const struct {
        int64_t micros;
        const char *text;
    } rows[] = {
        {0, "0.000000"},
        {1, "0.000001"},
        {-1, "-0.000001"},
        {999999, "0.999999"},
        {1000000, "1.000000"},
        {1500000, "1.500000"},
        {-1000001, "-1.000001"},
        {9999999, "9.999999"},
        {10000000, "10.000000"},
        {60000000, "60.000000"},
        {99999999, "99.999999"},
        {100000000, "100.000000"},
        {-99999999, "-99.999999"},
        {INT64_MAX, "9223372036854.775807"},
        {INT64_MIN, "-9223372036854.775808"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_assert_str_eq(text_of_seconds(rows[i].micros).bytes, rows[i].text);
    for (int i = 0; i < ROUNDS; i++) {
        int64_t micros = (int64_t)random_magnitude();

        check_seconds(micros);
        check_seconds((int64_t)(0 - (uint64_t)micros));
    }
}

Test(number, time_literals)
{
    static const struct {
        int64_t micros;
        const char *text;
    } rows[] = {
        {INT64_C(-2208988800000000), "1900-01-01 00:00:00.000000"},
        {INT64_C(-2203891200000001), "1900-02-28 23:59:59.999999"},
        {INT64_C(-2203891200000000), "1900-03-01 00:00:00.000000"},
        {INT64_C(-1), "1969-12-31 23:59:59.999999"},
        {INT64_C(0), "1970-01-01 00:00:00.000000"},
        {INT64_C(946684799999999), "1999-12-31 23:59:59.999999"},
        {INT64_C(951827696789012), "2000-02-29 12:34:56.789012"},
        {INT64_C(951868800000000), "2000-03-01 00:00:00.000000"},
        {INT64_C(2294610827370495), "2042-09-17 23:53:47.370495"},
        {INT64_C(2294610827370496), "2042-09-17 23:53:47.370496"},
        {INT64_C(4107542399999999), "2100-02-28 23:59:59.999999"},
        {INT64_C(4107542400000000), "2100-03-01 00:00:00.000000"},
        {INT64_C(6847891199999999), "2186-12-31 23:59:59.999999"},
        {INT64_C(253402300799999999), "9999-12-31 23:59:59.999999"},
        {INT64_C(253402300800000000), "10000-01-01 00:00:00.000000"},
        {INT64_C(-62135596800000000), "0001-01-01 00:00:00.000000"},
        {INT64_C(-62167219200000000), "0000-01-01 00:00:00.000000"},
        {INT64_C(-62167219200000001), "-0001-12-31 23:59:59.999999"},
        {INT64_MAX, "294247-01-10 04:00:54.775807"},
        {INT64_MIN, "-290308-12-21 19:59:05.224192"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_assert_str_eq(text_of_time(rows[i].micros).bytes, rows[i].text);
}

static void check_time(int64_t seconds, uint32_t micros)
{
    time_t when = (time_t)seconds;
    struct tm tm;
    char day[32];
    char expected[64];

    cr_assert_not_null(gmtime_r(&when, &tm));
    cr_assert(strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S", &tm) == 19);
    snprintf(expected, sizeof expected, "%s.%06" PRIu32, day, micros);
    cr_assert_str_eq(text_of_time(seconds * 1000000 + micros).bytes, expected);
}

/* Each day of the years 1900 to 2199 at its first and last second, and random instants of the same years. */
Test(number, time_all_days)
{
    const int64_t first = INT64_C(-2208988800);
    const int64_t days = 109572;

    for (int64_t day = 0; day < days; day++) {
        check_time(first + day * 86400, 0);
        check_time(first + day * 86400 + 86399, 999999);
    }
    for (int i = 0; i < ROUNDS; i++)
        check_time(first + (int64_t)(random_bits() % (uint64_t)(days * 86400)), (uint32_t)(random_bits() % 1000000));
}

Test(number, bytes)
{
    static const uint8_t bytes[] = {0x00, 0x1E, 0x10, 0xFF, 0x9A};
    char text[16];

    *mr_put_hex(text, bytes, sizeof bytes) = '\0';
    cr_assert_str_eq(text, "0x001E10FF9A");
    *mr_put_hex(text, bytes, 0) = '\0';
    cr_assert_str_eq(text, "0x");
    *mr_put_digits(text, bytes, sizeof bytes) = '\0';
    cr_assert_str_eq(text, "001E10FF9A");
    *mr_put_digits(text, (const uint8_t[]){0x20, 0x26}, 2) = '\0';
    cr_assert_str_eq(text, "2026");
}

/* Every size, at any address, each digit as printf has it and nothing written behind the last one. */
Test(number, bytes_of_every_size)
{
    uint8_t bytes[100];
    char expected[2 * sizeof bytes + 1], text[2 * sizeof bytes + 8];

    for (size_t from = 0; from < 20; from++) {
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)random_bits();
        for (size_t size = 0; from + size <= sizeof bytes; size++) {
            for (size_t i = 0; i < size; i++)
                snprintf(expected + 2 * i, 3, "%02X", bytes[from + i]);
            memset(text, GUARD, sizeof text);
            cr_assert_eq(mr_put_digits(text, bytes + from, size), text + 2 * size);
            cr_assert_eq(memcmp(text, expected, 2 * size), 0, "%zu bytes from %zu", size, from);
            cr_assert_eq(text[2 * size], GUARD);
        }
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        memset(bytes, (int)byte, sizeof bytes);
        snprintf(expected, sizeof expected, "%02X%02X%02X%02X", byte, byte, byte, byte);
        mr_put_four_bytes(text, bytes);
        cr_assert_eq(memcmp(text, expected, 8), 0);
        mr_put_digits(text, bytes, 16);
        cr_assert_eq(memcmp(text + 24, expected, 8), 0);
    }
}

/* The exact binary value counts: 0.0000005 as a double lies below the half, the next double above it. */
Test(number, real_literals)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        {0.0, "0"},
        {-0.0, "0"},
        {1.0, "1"},
        {-1.5, "-1.5"},
        {0.5, "0.5"},
        {0.1, "0.1"},
        {100.0, "100"},
        {1.0 / 3, "0.333333"},
        {-2.0 / 3, "-0.666667"},
        {0.0000005, "0"},
        {0.00000050000000000000011, "0.000001"},
        {-0.0000004, "0"},
        {-0.0000006, "-0.000001"},
        {0.0078125, "0.007813"},
        {-0.0078125, "-0.007813"},
        {0.0234375, "0.023438"},
        {0.9999995, "1"},
        {0.9999994, "0.999999"},
        {-1.9999999, "-2"},
        {9.9999996, "10"},
        {98.9999996, "99"},
        {99.9999994, "99.999999"},
        {99.9999996, "100"},
        {99999999.0, "99999999"},
        {100000000.0, "100000000"},
        {2147483648.0, "2147483648"},
        {999999.9999999, "1000000"},
        {0.000244140625, "0.000244"},
        {0.00024414062499999997, "0.000244"},
        {0.000015258789, "0.000015"},
        {123456789.123456789, "123456789.123457"},
        {1e15, "1000000000000000"},
        {999999999999999.9, "999999999999999.875"},
        {9007199254740991.0, "9007199254740991"},
        {18446744073709549568.0, "18446744073709549568"},
        {18446744073709551616.0, "1.8446744073709552e+19"},
        {-1e20, "-1e+20"},
        {1.5e22, "1.5e+22"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {4.9e-324, "0"},
        {-1e-300, "0"},
        {INFINITY, ""},
        {-INFINITY, ""},
        {NAN, ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_assert_str_eq(text_of_real(rows[i].value).bytes, rows[i].text);
}

static void trim_zeros(char *text)
{
    char *end = text + strlen(text);

    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.')
        *--end = '\0';
    if (strcmp(text, "-0") == 0)
        strcpy(text, "0");
}

/* printf rounds exactly too, except that it takes an exact half to the even digit: those have a test of their own. */
static void check_real(double value)
{
    char expected[64];

    if (fmod(value * 128, 2) == 1 || fmod(value * 128, 2) == -1)
        return;
    snprintf(expected, sizeof expected, "%.6f", value);
    trim_zeros(expected);
    cr_assert_str_eq(text_of_real(value).bytes, expected, "%a", value);
}

Test(number, real_random)
{
    for (int i = 0; i < ROUNDS; i++) {
        double whole = (double)random_magnitude();
        double nearly = (double)(random_bits() % 2000001) / 2e6;

        check_real(ldexp((double)(random_bits() >> 11), -(int)(random_bits() % 90)));
        check_real(-whole / 1000003);
        check_real(nearly);
        check_real(nextafter(nearly, 0));
        check_real(nextafter(nearly, 1));
        check_real(nearly / 4096);
        check_real(nextafter(nearly / 4096, 1));
    }
}

/* Around whole numbers another way is taken, the text gets longer or is rounded up. */
Test(number, real_around_whole_numbers)
{
    for (int whole = 0; whole <= 1000; whole++) {
        double value = whole;

        check_real(value);
        check_real(-value);
        check_real(nextafter(value, 1e9));
        check_real(nextafter(value, -1e9));
        for (double off = 1e-8; off < 1; off *= 1.7) {
            check_real(value + off);
            check_real(value - off);
        }
    }
}

/* Only odd multiples of 1/128 lie exactly between two numbers of six decimals. */
Test(number, real_exact_halves)
{
    for (uint64_t odd = 1; odd < 20000; odd += 2) {
        uint64_t millionths = (odd * 15625 + 1) / 2;
        char expected[64];

        snprintf(expected, sizeof expected, "-%" PRIu64 ".%06" PRIu64, millionths / 1000000, millionths % 1000000);
        trim_zeros(expected);
        cr_assert_str_eq(text_of_real((double)odd / 128).bytes, expected + 1);
        cr_assert_str_eq(text_of_real(-(double)odd / 128).bytes, expected);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/ebcdic.h"

#include <criterion/criterion.h>
#include <iconv.h>
#include <string.h>

/* Facts of code page 1047, two of them where 037 differs. */
static const struct {
    const char *utf8;
    uint8_t ebcdic[12];
    size_t length;
} texts[] = {
    {"", {0}, 0},
    {"VMDEMO", {0xE5, 0xD4, 0xC4, 0xC5, 0xD4, 0xD6, 0x40, 0x40}, 8},
    {"VMDEMO", {0xE5, 0xD4, 0xC4, 0xC5, 0xD4, 0xD6, 0x40, 0x00}, 8},
    {"", {0x40, 0x40, 0x40, 0x40}, 4},
    {"", {0x00, 0x00}, 2},
    {" A", {0x40, 0xC1}, 2},
    {"A B", {0xC1, 0x00, 0xC2, 0x00}, 4},
    {"A B", {0xC1, 0x15, 0xC2}, 3},
    {"$#@0123", {0x5B, 0x7B, 0x7C, 0xF0, 0xF1, 0xF2, 0xF3}, 7},
    {"az[]^", {0x81, 0xA9, 0xAD, 0xBD, 0x5F}, 5},
    {"\xC3\xA9", {0x51}, 1},
    {"\xC3\xBF", {0xDF}, 1},
};

Test(ebcdic, decode)
{
    size_t i;
    char out[24];
    size_t n;

    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        n = mr_ebcdic_decode(out, texts[i].ebcdic, texts[i].length);
        cr_expect_eq(n, strlen(texts[i].utf8), "row %zu: length %zu", i, n);
        cr_expect(memcmp(out, texts[i].utf8, n) == 0, "row %zu: %.*s", i, (int)n, out);
    }
}

/* All 256 characters against the C library's table, where it has one. */
Test(ebcdic, whole_table)
{
    iconv_t table = iconv_open("ISO-8859-1", "IBM1047");
    unsigned i;

    if (table == (iconv_t)-1)
        cr_skip_test("this C library has no table of code page 1047");
    for (i = 0; i < 256; i++) {
        uint8_t bytes[3] = {0xC1, (uint8_t)i, 0xC1};
        char latin1[3];
        char *in = (char *)bytes;
        char *to = latin1;
        size_t left = 3;
        size_t room = 3;
        char out[6];
        char expected[6];
        size_t n;
        uint8_t c;

        cr_assert_eq(iconv(table, &in, &left, &to, &room), 0);
        c = (uint8_t)latin1[1];
        if (c < 0x20 || (c >= 0x7F && c < 0xA0))
            c = ' ';
        n = c < 0x80 ? 3 : 4;
        memcpy(expected, c < 0x80 ? (char[]){'A', (char)c, 'A', 0} : (char[]){'A', (char)(c < 0xC0 ? 0xC2 : 0xC3),
               (char)(0x80 | (c & 0x3F)), 'A'}, 4);
        cr_expect_eq(mr_ebcdic_decode(out, bytes, 3), n, "X'%02X'", i);
        cr_expect(memcmp(out, expected, n) == 0, "X'%02X'", i);
    }
    iconv_close(table);
}

Test(ebcdic, from_ascii)
{
    cr_expect_eq(mr_ebcdic_from_ascii('A'), 0xC1);
    cr_expect_eq(mr_ebcdic_from_ascii('S'), 0xE2);
    cr_expect_eq(mr_ebcdic_from_ascii('E'), 0xC5);
    cr_expect_eq(mr_ebcdic_from_ascii(' '), 0x40);
    cr_expect_eq(mr_ebcdic_from_ascii('9'), 0xF9);
    cr_expect_eq(mr_ebcdic_from_ascii('z'), 0xA9);
    cr_expect_eq(mr_ebcdic_from_ascii('?'), 0x6F);
    cr_expect_eq(mr_ebcdic_from_ascii('\n'), 0x6F, "a control character has none");
    cr_expect_eq(mr_ebcdic_from_ascii((char)0xE9), 0x6F, "outside of ASCII there is none");
}

Test(ebcdic, printable)
{
    const uint8_t name[] = {0xE5, 0xD4, 0x40, 0xF1};
    const uint8_t zero[] = {0xE5, 0x00};
    const uint8_t control[] = {0xE5, 0x3F};
    const uint8_t ones[] = {0xFF};

    cr_expect(mr_ebcdic_printable(name, sizeof name));
    cr_expect(mr_ebcdic_printable(name, 0));
    cr_expect_not(mr_ebcdic_printable(zero, sizeof zero));
    cr_expect_not(mr_ebcdic_printable(control, sizeof control));
    cr_expect_not(mr_ebcdic_printable(ones, sizeof ones));
}

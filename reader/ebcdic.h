/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_READER_EBCDIC_H
#define MR_READER_EBCDIC_H

/*
 * EBCDIC code page 1047 to UTF-8 (code page 037 differs in six characters that names do not use).
 * Control characters become blanks, so that a text stays on its line.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * mr_ebcdic_decode - decode bytes and drop trailing blanks and binary zeros.
 *   out   room for 2 * length bytes at least; no final zero is written
 * Returns the number of bytes written.
 */
size_t mr_ebcdic_decode(char *out, const uint8_t *text, size_t length);

/* The ASCII character of each byte; 0 where it is none, or a control character. */
extern const char mr_ebcdic_ascii[256];

/*
 * mr_ebcdic_plain - decode a text that has nothing but ASCII characters, as nearly all have, in one go.
 *   out   room for length bytes; may be written in any case
 * Returns true with the length, trailing blanks dropped, in *size; false where there is another character.
 */
static inline bool mr_ebcdic_plain(char *out, const uint8_t *text, size_t length, size_t *size)
{
    bool plain = true;

    for (size_t i = 0; i < length; i++) {
        out[i] = mr_ebcdic_ascii[text[i]];
        plain &= out[i] != 0;
    }
    while (length > 0 && out[length - 1] == ' ')
        length--;
    *size = length;
    return plain;
}

/* The EBCDIC byte of an ASCII character; 0x6F ('?') where there is none. */
uint8_t mr_ebcdic_from_ascii(char c);

/* True when every byte is a printable EBCDIC character or a blank. */
int mr_ebcdic_printable(const uint8_t *text, size_t length);

#endif

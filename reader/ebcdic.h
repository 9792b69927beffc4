/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_READER_EBCDIC_H
#define MR_READER_EBCDIC_H

/*
 * EBCDIC code page 1047 to UTF-8 (code page 037 differs in six characters that names do not use).
 * Control characters become blanks, so that a text stays on its line.
 */
#include <stddef.h>
#include <stdint.h>

/*
 * mr_ebcdic_decode - decode bytes and drop trailing blanks and binary zeros.
 *   out   room for 2 * length bytes at least; no final zero is written
 * Returns the number of bytes written.
 */
size_t mr_ebcdic_decode(char *out, const uint8_t *text, size_t length);

/* The EBCDIC byte of an ASCII character; 0x6F ('?') where there is none. */
uint8_t mr_ebcdic_from_ascii(char c);

/* True when every byte is a printable EBCDIC character or a blank. */
int mr_ebcdic_printable(const uint8_t *text, size_t length);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_BASE_CRC_FOLD_H
#define MR_BASE_CRC_FOLD_H

/*
 * Many bytes to a few that have the same CRC-32, by the carry-less multiplication that most x86-64 processors have;
 * several times as fast as zlib.  Elsewhere nothing is folded, and zlib takes all.
 */
#include <stddef.h>
#include <stdint.h>

#define MR_CRC_FOLDED 64 /* bytes that are left of all that were folded */

/*
 * mr_crc_fold - fold the front of some bytes.
 *   crc     check sum of what came before them, which goes into what is left
 *   folded  what is left: its check sum, going on from 0xFFFFFFFF, is that of all bytes folded, going on from crc
 * Returns how many bytes were folded; 0 where the processor cannot, or they are too few.
 */
size_t mr_crc_fold(uint32_t crc, const uint8_t *bytes, size_t size, uint8_t folded[MR_CRC_FOLDED]);

#endif

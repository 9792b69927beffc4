/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_BASE_CHECKSUM_H
#define MR_BASE_CHECKSUM_H

/*
 * CRC-32 as zlib, gzip and Parquet have it.  Every byte of every input goes through it, so what the processor has for
 * it is used where we know it (base/crc_fold.h); a build with libdeflate, which knows more processors, can be asked
 * for: make LIBDEFLATE=1.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef MR_LIBDEFLATE
#include <libdeflate.h>
#else
#include "base/crc_fold.h"

#include <zlib.h>
#endif

/* crc goes on with these bytes; that of no bytes is 0. */
static inline uint32_t mr_crc32(uint32_t crc, const void *bytes, size_t size)
{
    if (size == 0)
        return crc;
#ifdef MR_LIBDEFLATE
    return libdeflate_crc32(crc, bytes, size);
#else
    uint8_t folded[MR_CRC_FOLDED];
    size_t done = mr_crc_fold(crc, bytes, size, folded);

    if (done > 0)
        crc = (uint32_t)crc32_z(0xFFFFFFFF, folded, sizeof folded);
    return (uint32_t)crc32_z(crc, (const uint8_t *)bytes + done, size - done);
#endif
}

#endif

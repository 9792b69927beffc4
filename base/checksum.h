/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_BASE_CHECKSUM_H
#define MR_BASE_CHECKSUM_H

/*
 * CRC-32 as zlib, gzip and Parquet have it.  Every byte of every input goes through it, so a build with libdeflate, which
 * has the processor's own instructions for it, can be asked for: make LIBDEFLATE=1.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef MR_LIBDEFLATE
#include <libdeflate.h>
#else
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
    return (uint32_t)crc32_z(crc, bytes, size);
#endif
}

#endif

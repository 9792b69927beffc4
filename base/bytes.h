/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_BASE_BYTES_H
#define MR_BASE_BYTES_H

/*
 * Big-endian numbers in monitor data.  Each function reads exactly the bytes that its name says, at any alignment;
 * the caller has checked that they are there.  Compilers make one load and one byte swap of each.
 */
#include <stdint.h>

static inline uint16_t mr_be16(const uint8_t *p)
{
    return (uint16_t)((uint32_t)p[0] << 8 | p[1]);
}

static inline uint32_t mr_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t mr_be64(const uint8_t *p)
{
    return (uint64_t)mr_be32(p) << 32 | mr_be32(p + 4);
}

static inline void mr_put_be16(uint8_t *p, uint16_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static inline void mr_put_be32(uint8_t *p, uint32_t value)
{
    mr_put_be16(p, (uint16_t)(value >> 16));
    mr_put_be16(p + 2, (uint16_t)value);
}

static inline void mr_put_be64(uint8_t *p, uint64_t value)
{
    mr_put_be32(p, (uint32_t)(value >> 32));
    mr_put_be32(p + 4, (uint32_t)value);
}

#endif

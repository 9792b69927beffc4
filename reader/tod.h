/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_READER_TOD_H
#define MR_READER_TOD_H

/*
 * The TOD clock: unsigned 64 bits, bit 51 steps once a microsecond, zero is 1900-01-01 00:00:00.  The twelve bits
 * below are fractions and uniqueness: they order records and are not printed.  The value wraps on 2042-09-17; a value
 * that would lie before 1936 is taken as past the wrap (format description, section 5).
 */
#include <stdint.h>

#define MR_TOD_UNIX_EPOCH UINT64_C(0x7D91048BCA000000) /* 1970-01-01 00:00:00 */
#define MR_TOD_WRAP_BELOW UINT64_C(0x4000000000000000)
#define MR_TOD_SECOND UINT64_C(0xF4240000)             /* TOD units of one second */

/* Microseconds since 1970-01-01 of a TOD value; exact to the microsecond below.  Negative before 1970. */
int64_t mr_tod_micros(uint64_t tod);

/* TOD value of a time in microseconds since 1970 (for samples and for limits given on the command line). */
uint64_t mr_tod_from_micros(int64_t micros);

/* later - earlier in TOD units, across the wrap: negative when later really is earlier. */
static inline int64_t mr_tod_difference(uint64_t later, uint64_t earlier)
{
    return (int64_t)(later - earlier);
}

/* A duration in TOD units as whole microseconds, cut towards zero. */
static inline uint64_t mr_tod_duration(uint64_t units)
{
    return units >> 12;
}

#endif

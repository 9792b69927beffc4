/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/tod.h"

#define FRACTION_BITS 12                       /* bits below the microsecond */
#define WRAP_MICROS (UINT64_C(1) << (64 - FRACTION_BITS))
#define UNIX_MICROS (MR_TOD_UNIX_EPOCH >> FRACTION_BITS)

int64_t mr_tod_micros(uint64_t tod)
{
    uint64_t micros = tod >> FRACTION_BITS;

    if (tod < MR_TOD_WRAP_BELOW)
        micros += WRAP_MICROS;
    return (int64_t)micros - (int64_t)UNIX_MICROS;
}

uint64_t mr_tod_from_micros(int64_t micros)
{
    return ((uint64_t)micros + UNIX_MICROS) << FRACTION_BITS;
}

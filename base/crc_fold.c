/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crc_fold.h"

#define WORTH_IT (4 * MR_CRC_FOLDED) /* below, zlib alone is as fast */

#ifdef __x86_64__
#include <wmmintrin.h>

#define LANES 4 /* of 16 bytes; side by side, since a multiplication takes a while */

/* x^(512+32) and x^(512-32) modulo the polynomial, bits reversed: they move a lane's halves over one round. */
#define OVER_LOW INT64_C(0x154442BD4)
#define OVER_HIGH INT64_C(0x1C6E41596)

__attribute__((target("pclmul"))) static void fold(uint32_t crc, const uint8_t *bytes, const uint8_t *end,
                                                   uint8_t *folded)
{
    const __m128i over = _mm_set_epi64x(OVER_HIGH, OVER_LOW);
    __m128i lanes[LANES];

    for (int i = 0; i < LANES; i++)
        lanes[i] = _mm_loadu_si128((const __m128i *)(const void *)bytes + i);
    lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)~crc));
    for (bytes += MR_CRC_FOLDED; bytes < end; bytes += MR_CRC_FOLDED) {
        for (int i = 0; i < LANES; i++) {
            __m128i low = _mm_clmulepi64_si128(lanes[i], over, 0x00);
            __m128i high = _mm_clmulepi64_si128(lanes[i], over, 0x11);
            __m128i next = _mm_loadu_si128((const __m128i *)(const void *)bytes + i);

            lanes[i] = _mm_xor_si128(_mm_xor_si128(low, high), next);
        }
    }
    for (int i = 0; i < LANES; i++)
        _mm_storeu_si128((__m128i *)(void *)folded + i, lanes[i]);
}

size_t mr_crc_fold(uint32_t crc, const uint8_t *bytes, size_t size, uint8_t folded[MR_CRC_FOLDED])
{
    size_t whole = size - size % MR_CRC_FOLDED;

    if (size < WORTH_IT || !__builtin_cpu_supports("pclmul"))
        return 0;
    fold(crc, bytes, bytes + whole, folded);
    return whole;
}

#else

size_t mr_crc_fold(uint32_t crc, const uint8_t *bytes, size_t size, uint8_t folded[MR_CRC_FOLDED])
{
    (void)crc, (void)bytes, (void)size, (void)folded;
    return 0;
}

#endif

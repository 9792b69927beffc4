/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_PACK_H
#define MR_DOMAINS_PACK_H

/*
 * Values to bytes and back, the same on every machine: big-endian, without padding.  What is read back may come from a
 * file that somebody has damaged: every read is checked, and the first one that does not fit spoils the rest.
 */
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MR_PACK_MAX ((size_t)1 << 30) /* bytes of one packed thing */

/* Bytes being put together.  All zero is empty; freed with mr_pack_free(). */
struct mr_pack {
    uint8_t *bytes;
    size_t size, room;
    bool failed; /* memory is short or MR_PACK_MAX is reached: what was put is not complete */
};

void mr_pack_u8(struct mr_pack *pack, unsigned value);
void mr_pack_u16(struct mr_pack *pack, unsigned value);
void mr_pack_u32(struct mr_pack *pack, uint32_t value);
void mr_pack_u64(struct mr_pack *pack, uint64_t value);
void mr_pack_bytes(struct mr_pack *pack, const void *bytes, size_t size);

/* A text with its length in front; at most 65535 bytes are put. */
void mr_pack_text(struct mr_pack *pack, const char *text);

/* Room for a length that is known later: put with mr_pack_length() as the bytes that came behind it. */
size_t mr_pack_mark(struct mr_pack *pack);
void mr_pack_length(struct mr_pack *pack, size_t mark);

void mr_pack_free(struct mr_pack *pack);

/*
 * mr_pack_close - compressed, with a check sum, ready to be kept: freed with mr_pack_free().
 * Returns MR_OK or MR_FATAL (memory, also an earlier one).
 */
int mr_pack_close(const struct mr_pack *pack, struct mr_pack *closed) MR_CHECK;

/*
 * mr_pack_open - the reverse.
 * Returns MR_OK; MR_FAILED where the bytes are not what mr_pack_close() made, or of another version; MR_FATAL (memory).
 * *pack is empty unless it is MR_OK.
 */
int mr_pack_open(const void *bytes, size_t size, struct mr_pack *pack) MR_CHECK;

/* Bytes being read.  Borrowed. */
struct mr_unpack {
    const uint8_t *at;
    size_t left;
    bool failed; /* something did not fit; all that is read from then on is zero */
};

unsigned mr_unpack_u8(struct mr_unpack *in);
unsigned mr_unpack_u16(struct mr_unpack *in);
uint32_t mr_unpack_u32(struct mr_unpack *in);
uint64_t mr_unpack_u64(struct mr_unpack *in);

/* So many bytes, in place; NULL where they are not there (or size is 0). */
const uint8_t *mr_unpack_bytes(struct mr_unpack *in, size_t size);

/* A text into out, which has room bytes; one that is too long or holds a zero byte does not fit. */
void mr_unpack_text(struct mr_unpack *in, char *out, size_t room);

/* What stands behind a length, as a thing of its own. */
struct mr_unpack mr_unpack_part(struct mr_unpack *in);

#endif

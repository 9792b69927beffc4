/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/pack.h"

#include "base/bytes.h"
#include "base/grow.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/*
 * What mr_pack_close() makes:
 *
 *    0        4        8         12        16
 *   +--------+--------+---------+---------+----------------
 *   | "MRPK" | version| bytes   | CRC-32  | zlib data
 *   +--------+--------+---------+---------+----------------
 *                      of what is inside
 */
#define MAGIC UINT32_C(0x4D52504B)
#define VERSION 1
#define HEAD_BYTES 16
#define LEVEL 1

static uint8_t *room_for(struct mr_pack *pack, size_t size)
{
    uint8_t *at;

    if (pack->failed || size > MR_PACK_MAX - pack->size ||
        mr_grow(&pack->bytes, &pack->room, pack->size + size, 1, MR_PACK_MAX) != MR_OK) {
        pack->failed = true;
        return NULL;
    }
    at = pack->bytes + pack->size;
    pack->size += size;
    return at;
}

void mr_pack_u8(struct mr_pack *pack, unsigned value)
{
    uint8_t *at = room_for(pack, 1);

    if (at != NULL)
        *at = (uint8_t)value;
}

void mr_pack_u16(struct mr_pack *pack, unsigned value)
{
    uint8_t *at = room_for(pack, 2);

    if (at != NULL)
        mr_put_be16(at, (uint16_t)value);
}

void mr_pack_u32(struct mr_pack *pack, uint32_t value)
{
    uint8_t *at = room_for(pack, 4);

    if (at != NULL)
        mr_put_be32(at, value);
}

void mr_pack_u64(struct mr_pack *pack, uint64_t value)
{
    uint8_t *at = room_for(pack, 8);

    if (at != NULL)
        mr_put_be64(at, value);
}

void mr_pack_bytes(struct mr_pack *pack, const void *bytes, size_t size)
{
    uint8_t *at = size == 0 ? NULL : room_for(pack, size);

    if (at != NULL)
        memcpy(at, bytes, size);
}

void mr_pack_text(struct mr_pack *pack, const char *text)
{
    size_t size = strnlen(text, UINT16_MAX);

    mr_pack_u16(pack, (unsigned)size);
    mr_pack_bytes(pack, text, size);
}

size_t mr_pack_mark(struct mr_pack *pack)
{
    size_t mark = pack->size;

    mr_pack_u32(pack, 0);
    return mark;
}

void mr_pack_length(struct mr_pack *pack, size_t mark)
{
    if (!pack->failed)
        mr_put_be32(pack->bytes + mark, (uint32_t)(pack->size - mark - 4));
}

void mr_pack_free(struct mr_pack *pack)
{
    free(pack->bytes);
    *pack = (struct mr_pack){0};
}

int mr_pack_close(const struct mr_pack *pack, struct mr_pack *closed)
{
    uLongf size = compressBound((uLong)pack->size);
    uint8_t *at;

    *closed = (struct mr_pack){.failed = pack->failed};
    at = room_for(closed, HEAD_BYTES + size);
    if (at == NULL ||
        compress2(at + HEAD_BYTES, &size, pack->size == 0 ? at : pack->bytes, (uLong)pack->size, LEVEL) != Z_OK) {
        mr_pack_free(closed);
        return MR_FATAL;
    }
    mr_put_be32(at, MAGIC);
    mr_put_be32(at + 4, VERSION);
    mr_put_be32(at + 8, (uint32_t)pack->size);
    mr_put_be32(at + 12, (uint32_t)crc32(crc32(0, NULL, 0), pack->bytes, (uInt)pack->size));
    closed->size = HEAD_BYTES + size;
    return MR_OK;
}

int mr_pack_open(const void *bytes, size_t size, struct mr_pack *pack)
{
    const uint8_t *head = bytes;
    uLongf length;
    int status = MR_FAILED;

    *pack = (struct mr_pack){0};
    if (size < HEAD_BYTES || mr_be32(head) != MAGIC || mr_be32(head + 4) != VERSION || mr_be32(head + 8) > MR_PACK_MAX)
        return MR_FAILED;
    length = mr_be32(head + 8);
    /* Nothing is compressed to less than a thousandth of it: a length that was made up asks for no memory. */
    if (length / 1100 > size || room_for(pack, length + 1) == NULL)
        return length / 1100 > size ? MR_FAILED : MR_FATAL;
    if (uncompress(pack->bytes, &length, head + HEAD_BYTES, (uLong)(size - HEAD_BYTES)) == Z_OK &&
        length == mr_be32(head + 8) &&
        crc32(crc32(0, NULL, 0), pack->bytes, (uInt)length) == mr_be32(head + 12))
        status = MR_OK;
    pack->size = length;
    if (status != MR_OK)
        mr_pack_free(pack);
    return status;
}

const uint8_t *mr_unpack_bytes(struct mr_unpack *in, size_t size)
{
    const uint8_t *at = in->at;

    if (in->failed || size > in->left) {
        in->failed = true;
        return NULL;
    }
    if (size == 0)
        return NULL;
    in->at += size;
    in->left -= size;
    return at;
}

unsigned mr_unpack_u8(struct mr_unpack *in)
{
    const uint8_t *at = mr_unpack_bytes(in, 1);

    return at == NULL ? 0 : *at;
}

unsigned mr_unpack_u16(struct mr_unpack *in)
{
    const uint8_t *at = mr_unpack_bytes(in, 2);

    return at == NULL ? 0 : mr_be16(at);
}

uint32_t mr_unpack_u32(struct mr_unpack *in)
{
    const uint8_t *at = mr_unpack_bytes(in, 4);

    return at == NULL ? 0 : mr_be32(at);
}

uint64_t mr_unpack_u64(struct mr_unpack *in)
{
    const uint8_t *at = mr_unpack_bytes(in, 8);

    return at == NULL ? 0 : mr_be64(at);
}

void mr_unpack_text(struct mr_unpack *in, char *out, size_t room)
{
    size_t size = mr_unpack_u16(in);
    const uint8_t *at = mr_unpack_bytes(in, size);

    out[0] = '\0';
    if (at == NULL)
        return;
    if (size >= room || memchr(at, 0, size) != NULL) {
        in->failed = true;
        return;
    }
    memcpy(out, at, size);
    out[size] = '\0';
}

struct mr_unpack mr_unpack_part(struct mr_unpack *in)
{
    size_t size = mr_unpack_u32(in);
    const uint8_t *at = mr_unpack_bytes(in, size);

    return (struct mr_unpack){.at = at, .left = at == NULL ? 0 : size, .failed = in->failed};
}

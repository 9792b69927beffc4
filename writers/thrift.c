/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/thrift.h"

#include <stdlib.h>
#include <string.h>

enum { TYPE_TRUE = 1, TYPE_FALSE = 2, TYPE_I8 = 3, TYPE_I32 = 5, TYPE_I64 = 6, TYPE_BINARY = 8, TYPE_LIST = 9 };

#define ROOM_MIN 1024
#define VARINT_MAX 10

uint8_t *mr_bytes_reserve(struct mr_bytes *bytes, size_t size)
{
    size_t room = bytes->room + bytes->room / 2 + size + ROOM_MIN;
    uint8_t *data;

    if (bytes->failed)
        return NULL;
    if (bytes->data != NULL && bytes->room - bytes->used >= size)
        return bytes->data + bytes->used;
    data = realloc(bytes->data, room);
    if (data == NULL) {
        bytes->failed = true;
        return NULL;
    }
    bytes->data = data;
    bytes->room = room;
    return data + bytes->used;
}

void mr_bytes_put(struct mr_bytes *bytes, const void *data, size_t size)
{
    uint8_t *p = mr_bytes_reserve(bytes, size);

    if (p == NULL || size == 0)
        return;
    memcpy(p, data, size);
    bytes->used += size;
}

void mr_bytes_varint(struct mr_bytes *bytes, uint64_t value)
{
    uint8_t *p = mr_bytes_reserve(bytes, VARINT_MAX);

    if (p == NULL)
        return;
    for (; value >= 0x80; value >>= 7)
        *p++ = (uint8_t)(value | 0x80);
    *p++ = (uint8_t)value;
    bytes->used = (size_t)(p - bytes->data);
}

void mr_bytes_le32(struct mr_bytes *bytes, uint32_t value)
{
    const uint8_t le[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};

    mr_bytes_put(bytes, le, sizeof le);
}

static void put_byte(struct mr_thrift *t, unsigned byte)
{
    const uint8_t b = (uint8_t)byte;

    mr_bytes_put(t->out, &b, 1);
}

/* Small numbers of either sign become small numbers. */
static void put_signed(struct mr_thrift *t, int64_t value)
{
    mr_bytes_varint(t->out, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

static void put_field(struct mr_thrift *t, int id, unsigned type)
{
    int step = id - t->last[t->depth];

    if (step >= 1 && step <= 15) {
        put_byte(t, (unsigned)step << 4 | type);
    } else {
        put_byte(t, type);
        put_signed(t, id);
    }
    t->last[t->depth] = id;
}

void mr_thrift_bool(struct mr_thrift *t, int id, bool value)
{
    put_field(t, id, value ? TYPE_TRUE : TYPE_FALSE);
}

void mr_thrift_i8(struct mr_thrift *t, int id, int8_t value)
{
    put_field(t, id, TYPE_I8);
    put_byte(t, (uint8_t)value);
}

void mr_thrift_i32(struct mr_thrift *t, int id, int32_t value)
{
    put_field(t, id, TYPE_I32);
    put_signed(t, value);
}

void mr_thrift_i64(struct mr_thrift *t, int id, int64_t value)
{
    put_field(t, id, TYPE_I64);
    put_signed(t, value);
}

void mr_thrift_binary(struct mr_thrift *t, int id, const void *data, size_t size)
{
    put_field(t, id, TYPE_BINARY);
    mr_bytes_varint(t->out, size);
    mr_bytes_put(t->out, data, size);
}

void mr_thrift_text(struct mr_thrift *t, int id, const char *text)
{
    mr_thrift_binary(t, id, text, strlen(text));
}

void mr_thrift_begin(struct mr_thrift *t, int id)
{
    put_field(t, id, MR_THRIFT_STRUCT);
    mr_thrift_element_begin(t);
}

void mr_thrift_end(struct mr_thrift *t)
{
    put_byte(t, 0);
    if (t->depth > 0)
        t->depth--;
}

void mr_thrift_list(struct mr_thrift *t, int id, enum mr_thrift_type type, size_t count)
{
    put_field(t, id, TYPE_LIST);
    if (count < 15) {
        put_byte(t, (unsigned)count << 4 | type);
    } else {
        put_byte(t, 0xF0u | type);
        mr_bytes_varint(t->out, count);
    }
}

void mr_thrift_element_begin(struct mr_thrift *t)
{
    if (t->depth + 1 >= MR_THRIFT_DEPTH) {
        t->out->failed = true;
        return;
    }
    t->last[++t->depth] = 0;
}

void mr_thrift_element_i32(struct mr_thrift *t, int32_t value)
{
    put_signed(t, value);
}

void mr_thrift_element_text(struct mr_thrift *t, const char *text)
{
    size_t size = strlen(text);

    mr_bytes_varint(t->out, size);
    mr_bytes_put(t->out, text, size);
}

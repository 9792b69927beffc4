/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_THRIFT_H
#define MR_WRITERS_THRIFT_H

/*
 * A growable run of bytes, and in it what Parquet needs of Thrift's compact protocol.  Private to writers/.
 * Memory that is short makes the bytes fail for good: what is put is thrown away, and failed tells at the end.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mr_bytes {
    uint8_t *data; /* owned, freed with free() */
    size_t used, room;
    bool failed;
};

/* Room for size bytes behind those used; NULL when memory is short.  used is for the caller to move. */
uint8_t *mr_bytes_reserve(struct mr_bytes *bytes, size_t size);
void mr_bytes_put(struct mr_bytes *bytes, const void *data, size_t size);
void mr_bytes_varint(struct mr_bytes *bytes, uint64_t value);
void mr_bytes_le32(struct mr_bytes *bytes, uint32_t value);

#define MR_THRIFT_DEPTH 8

enum mr_thrift_type { MR_THRIFT_I32 = 5, MR_THRIFT_BINARY = 8, MR_THRIFT_STRUCT = 12 };

/* Begin zeroed with out set: that is inside the outermost structure.  Fields are put in rising order of their ids. */
struct mr_thrift {
    struct mr_bytes *out;
    int last[MR_THRIFT_DEPTH]; /* id of the last field of each open structure */
    int depth;
};

void mr_thrift_bool(struct mr_thrift *t, int id, bool value);
void mr_thrift_i8(struct mr_thrift *t, int id, int8_t value);
void mr_thrift_i32(struct mr_thrift *t, int id, int32_t value);
void mr_thrift_i64(struct mr_thrift *t, int id, int64_t value);
void mr_thrift_binary(struct mr_thrift *t, int id, const void *data, size_t size);
void mr_thrift_text(struct mr_thrift *t, int id, const char *text);
void mr_thrift_begin(struct mr_thrift *t, int id);

/* Ends a structure, be it a field, an element or the outermost one. */
void mr_thrift_end(struct mr_thrift *t);

/* A list of so many elements, which follow: texts and numbers with the last two, structures between begin and end. */
void mr_thrift_list(struct mr_thrift *t, int id, enum mr_thrift_type type, size_t count);
void mr_thrift_element_begin(struct mr_thrift *t);
void mr_thrift_element_i32(struct mr_thrift *t, int32_t value);
void mr_thrift_element_text(struct mr_thrift *t, const char *text);

#endif

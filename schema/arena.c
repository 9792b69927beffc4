/* SPDX-License-Identifier: Apache-2.0 */
#include "schema/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES (64u * 1024u)
#define ARENA_MAX (256u * 1024u * 1024u)

struct chunk {
    struct chunk *next;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

struct mr_arena {
    struct chunk *first;
    size_t total;
};

struct mr_arena *mr_arena_new(void)
{
    return calloc(1, sizeof(struct mr_arena));
}

static struct chunk *add_chunk(struct mr_arena *arena, size_t need)
{
    size_t size = need > CHUNK_BYTES ? need : CHUNK_BYTES;
    struct chunk *chunk;

    if (size > ARENA_MAX - arena->total)
        return NULL;
    chunk = calloc(1, sizeof *chunk + size);
    if (chunk == NULL)
        return NULL;
    chunk->size = size;
    chunk->next = arena->first;
    arena->first = chunk;
    arena->total += size;
    return chunk;
}

void *mr_arena_alloc(struct mr_arena *arena, size_t size)
{
    struct chunk *chunk = arena->first;
    void *start;

    if (size > ARENA_MAX)
        return NULL;
    size = (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    if (chunk == NULL || chunk->size - chunk->used < size)
        chunk = add_chunk(arena, size);
    if (chunk == NULL)
        return NULL;
    start = chunk->bytes + chunk->used;
    chunk->used += size;
    return start;
}

char *mr_arena_text(struct mr_arena *arena, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = mr_arena_alloc(arena, size);

    return copy == NULL ? NULL : memcpy(copy, text, size);
}

void mr_arena_free(struct mr_arena *arena)
{
    if (arena == NULL)
        return;
    for (struct chunk *chunk = arena->first, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(arena);
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_SCHEMA_ARENA_H
#define MR_SCHEMA_ARENA_H

/* Memory that is given back all at once: a loaded schema lives in one arena. */
#include <stddef.h>

struct mr_arena;

/* NULL when memory is short. */
struct mr_arena *mr_arena_new(void);

/* size bytes, zeroed, aligned for any type; NULL when memory is short or the arena has grown to 256 MB. */
void *mr_arena_alloc(struct mr_arena *arena, size_t size);

/* A copy of a text; NULL when memory is short. */
char *mr_arena_text(struct mr_arena *arena, const char *text);

/* NULL is allowed. */
void mr_arena_free(struct mr_arena *arena);

#endif

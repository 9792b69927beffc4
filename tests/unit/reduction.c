/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reduction.h"

#include "reader/reader.h"
#include "reader/tod.h"
#include "tests/unit/monfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CHUNK_BYTES ((size_t)1 << 20)

struct chunk {
    struct chunk *next;
    size_t used;
    uint64_t bytes[CHUNK_BYTES / 8];
};

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static void *room_for(struct reduction *r, size_t bytes)
{
    struct chunk *chunk = r->chunks;

    bytes = (bytes + 7) / 8 * 8;
    if (bytes > CHUNK_BYTES)
        abort();
    if (chunk == NULL || CHUNK_BYTES - chunk->used < bytes) {
        chunk = must(malloc(sizeof *chunk));
        chunk->next = r->chunks;
        chunk->used = 0;
        r->chunks = chunk;
    }
    chunk->used += bytes;
    return (char *)chunk->bytes + chunk->used - bytes;
}

static bool is_text(enum mr_cell_type type)
{
    return type == MR_CELL_TEXT || type == MR_CELL_HEX || type == MR_CELL_DIGITS;
}

bool reduction_same_cell(const struct mr_column *column, const struct mr_cell *a, const struct mr_cell *b)
{
    if (!a->present || !b->present)
        return a->present == b->present;
    if (is_text(column->type))
        return a->size == b->size && (a->size == 0 || memcmp(a->value.bytes, b->value.bytes, a->size) == 0);
    return a->value.u == b->value.u;
}

static uint64_t mix(uint64_t hash, const void *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t hash_of(const struct mr_plan *plan, const struct mr_cell *cells)
{
    uint64_t hash = mix(UINT64_C(14695981039346656037), plan->table->name, strlen(plan->table->name));

    for (size_t c = 0; c < plan->column_count; c++) {
        uint8_t there = cells[c].present != 0;

        hash = mix(hash, &there, 1);
        if (there && is_text(plan->columns[c].type))
            hash = mix(mix(hash, &cells[c].size, sizeof cells[c].size), cells[c].value.bytes, cells[c].size);
        else if (there)
            hash = mix(hash, &cells[c].value.u, sizeof cells[c].value.u);
    }
    return hash;
}

static int keep_row(void *context, struct mr_plan *plan, struct mr_cell *cells)
{
    struct reduction *r = context;
    struct mr_cell *copy = room_for(r, plan->column_count * sizeof *copy);

    memcpy(copy, cells, plan->column_count * sizeof *copy);
    for (size_t c = 0; c < plan->column_count; c++) {
        if (copy[c].present && is_text(plan->columns[c].type)) {
            copy[c].value.bytes = room_for(r, copy[c].size + 1u);
            memcpy((void *)(uintptr_t)copy[c].value.bytes, cells[c].value.bytes, cells[c].size);
        }
    }
    if (r->count == r->room) {
        r->room = r->room * 2 + 1024;
        r->rows = must(realloc(r->rows, r->room * sizeof *r->rows));
    }
    r->rows[r->count++] =
        (struct reduction_row){plan, copy, cells[MR_COL_ENDTS].value.i, hash_of(plan, cells)};
    return MR_OK;
}

static void note_suspect(struct reduction *r, const struct mr_record *record, const struct reduction_stretch *suspects,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (record->offset >= suspects[i].to || record->offset + record->length <= suspects[i].from)
            continue;
        if (r->suspect_count == r->suspect_room) {
            r->suspect_room = r->suspect_room * 2 + 256;
            r->suspect = must(realloc(r->suspect, r->suspect_room * sizeof *r->suspect));
        }
        r->suspect[r->suspect_count++] =
            (struct reduction_header){mr_tod_micros(record->tod), record->domain, record->number};
        return;
    }
}

static void read_all(struct reduction *r, struct mr_reader *reader, size_t length,
                     const struct reduction_stretch *suspects, size_t suspect_count)
{
    const struct mr_reader_counts *counts = mr_reader_counts(reader);
    struct mr_record record;
    int status = MR_OK;

    mr_engine_begin_input(r->engine, "sample");
    while (status == MR_OK && mr_reader_next(reader, &record) == MR_OK) {
        note_suspect(r, &record, suspects, suspect_count);
        status = mr_engine_record(r->engine, &record);
    }
    if (status == MR_OK)
        status = mr_engine_end_input(r->engine);
    if (status == MR_OK)
        status = mr_engine_finish(r->engine);
    r->in_order = status == MR_OK;
    r->adds_up = counts->bytes == length && counts->bytes == counts->control + counts->records + counts->leftover +
                                                                 counts->end_data + counts->damaged;
}

static int by_time(const void *a, const void *b)
{
    const struct reduction_header *x = a, *y = b;

    return x->time < y->time ? -1 : x->time > y->time;
}

static int by_header(const void *a, const void *b)
{
    const struct reduction_header *x = a, *y = b;
    int order = by_time(a, b);

    if (order == 0)
        order = x->domain < y->domain ? -1 : x->domain > y->domain;
    return order != 0 ? order : x->number < y->number ? -1 : x->number > y->number;
}

struct reduction *reduction_of(const uint8_t *data, size_t length, const struct reduction_stretch *suspects,
                               size_t suspect_count)
{
    struct reduction *r = must(calloc(1, sizeof *r));
    const struct mr_engine_options options = {.schema = mr_schema_builtin(), .row = keep_row, .context = r};
    struct mr_reader *reader;
    char name[64];

    if (mr_engine_open(&r->engine, &options) != MR_OK)
        abort();
    monfile_write(name, data, length);
    r->opened = mr_reader_open(&reader, name, NULL) == MR_OK;
    unlink(name);
    if (r->opened)
        read_all(r, reader, length, suspects, suspect_count);
    mr_reader_close(reader);
    if (r->suspect_count > 0)
        qsort(r->suspect, r->suspect_count, sizeof *r->suspect, by_header);
    return r;
}

bool reduction_suspects_time(const struct reduction *r, int64_t time)
{
    const struct reduction_header wanted = {.time = time};

    return r->suspect_count > 0 &&
           bsearch(&wanted, r->suspect, r->suspect_count, sizeof *r->suspect, by_time) != NULL;
}

bool reduction_suspects(const struct reduction *r, const struct reduction_header *header)
{
    return r->suspect_count > 0 &&
           bsearch(header, r->suspect, r->suspect_count, sizeof *r->suspect, by_header) != NULL;
}

void reduction_free(struct reduction *r)
{
    for (struct chunk *chunk = r->chunks, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    mr_engine_close(r->engine);
    free(r->suspect);
    free(r->rows);
    free(r);
}

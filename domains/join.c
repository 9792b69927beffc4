/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of one table that stand, copied or summed, in rows of another (schema/joins.csv). */
#include "domains/hold.h"

#include <string.h>

static size_t key_of(const struct mr_plan *source, const struct mr_cell *cells, unsigned column, uint8_t *key)
{
    const struct mr_cell *cell = &cells[column];
    size_t n;

    switch (source->columns[column].type) {
    case MR_CELL_TEXT:
    case MR_CELL_HEX:
    case MR_CELL_DIGITS:
        n = cell->size < MR_KEY_BYTES_MAX ? cell->size : MR_KEY_BYTES_MAX;
        memcpy(key, cell->value.bytes, n);
        return n;
    default:
        mr_put_be64(key, cell->value.u);
        return 8;
    }
}

/* A copy that outlives the row it was taken from; the first value of an interval stands. */
static void copy_cell(struct mr_held_row *held, enum mr_cell_type type, const struct mr_cell *from, unsigned column)
{
    struct mr_cell *cell = &held->cells[column];

    if (cell->present || !from->present)
        return;
    if (type == MR_CELL_TEXT || type == MR_CELL_HEX || type == MR_CELL_DIGITS) {
        if (held->text.room - held->text.used < from->size)
            return;
        memcpy(held->text.bytes + held->text.used, from->value.bytes, from->size);
        *cell = *from;
        cell->value.text = held->text.bytes + held->text.used;
        held->text.used += from->size;
    } else {
        *cell = *from;
    }
}

static void sum_cell(struct mr_held_row *held, enum mr_cell_type type, const struct mr_cell *from, unsigned column)
{
    struct mr_cell *cell = &held->cells[column];

    if (!from->present)
        held->spoiled[column] = 1;
    if (held->spoiled[column]) {
        cell->present = 0; /* a sum that lacks a part would be a wrong number */
        return;
    }
    if (!cell->present) {
        *cell = *from;
        return;
    }
    if (type == MR_CELL_REAL)
        cell->value.d += from->value.d;
    else
        cell->value.u += from->value.u;
}

static void max_cell(struct mr_held_row *held, enum mr_cell_type type, const struct mr_cell *from, unsigned column)
{
    struct mr_cell *cell = &held->cells[column];
    bool higher;

    if (!from->present)
        return;
    if (type == MR_CELL_REAL)
        higher = from->value.d > cell->value.d;
    else if (type == MR_CELL_UINT)
        higher = from->value.u > cell->value.u;
    else
        higher = from->value.i > cell->value.i;
    if (!cell->present || higher)
        *cell = *from;
}

static void count_cell(struct mr_held_row *held, unsigned column, unsigned more)
{
    struct mr_cell *cell = &held->cells[column];

    cell->value.u = cell->present ? cell->value.u + more : more;
    cell->present = 1;
}

/* Values already counted in this interval are remembered by the interval's number: nothing to clear. */
static int count_distinct(struct mr_system *system, const struct mr_plan *source, const struct mr_join_step *step,
                          struct mr_held_row *held, const struct mr_cell *cells)
{
    uint8_t key[MR_KEY_BYTES_MAX];
    size_t length = key_of(source, cells, step->from, key);
    struct mr_entity *entity = mr_entity_get(&system->maps[step->map], key, length);

    if (entity == NULL)
        return MR_FATAL;
    count_cell(held, step->column, entity->fresh || entity->interval != system->interval);
    entity->interval = system->interval;
    entity->fresh = false;
    return MR_OK;
}

static int take_step(struct mr_system *system, const struct mr_plan *source, const struct mr_join_step *step,
                     struct mr_held_row *held, const struct mr_cell *cells)
{
    const struct mr_cell *from = &cells[step->from];
    double truth = 1;

    if (step->when != NULL && (!mr_expression_value(step->when, cells, &truth) || truth == 0)) {
        /* Nothing to count is a count of zero, not a missing one. */
        if (step->function == MR_JOIN_COUNT || step->function == MR_JOIN_DISTINCT)
            count_cell(held, step->column, 0);
        return MR_OK;
    }
    switch (step->function) {
    case MR_JOIN_SUM:
        sum_cell(held, step->type, from, step->column);
        return MR_OK;
    case MR_JOIN_MAX:
        max_cell(held, step->type, from, step->column);
        return MR_OK;
    case MR_JOIN_COUNT:
        count_cell(held, step->column, from->present != 0);
        return MR_OK;
    case MR_JOIN_DISTINCT:
        return from->present ? count_distinct(system, source, step, held, cells) : MR_OK;
    default:
        copy_cell(held, step->type, from, step->column);
        return MR_OK;
    }
}

int mr_join_take(struct mr_engine *engine, struct mr_system *system, const struct mr_plan *source, uint64_t tod,
                 enum mr_quality quality, const struct mr_cell *cells)
{
    uint8_t key[MR_KEY_BYTES_MAX];

    (void)engine;
    for (size_t i = 0; i < source->link_count; i++) {
        const struct mr_join_link *link = &source->links[i];
        size_t length = 0;
        struct mr_held_row *held;

        if (link->key_from != MR_NO_COLUMN) {
            if (!cells[link->key_from].present)
                continue;
            length = key_of(source, cells, link->key_from, key);
        }
        held = mr_hold_row(system, link->target, key, length);
        if (held == NULL)
            return MR_FATAL;
        if (link->key_column != MR_NO_COLUMN)
            copy_cell(held, source->columns[link->key_from].type, &cells[link->key_from], link->key_column);
        for (size_t s = 0; s < link->step_count; s++) {
            if (take_step(system, source, &link->steps[s], held, cells) != MR_OK)
                return MR_FATAL;
        }
        if (link->part != 0)
            mr_hold_part(held, link->part, quality, tod);
    }
    return MR_OK;
}

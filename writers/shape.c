/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MICROS INT64_C(1000000)
#define LOCAL_SUFFIX "_LOCAL"
#define READING_SUFFIX "_CUM"

/* The difference of a counter whose reading stands beside it. */
static bool is_difference(const struct mr_table_head *head, size_t c)
{
    size_t size = strlen(head->columns[c].name);
    const char *next = c + 1 < head->column_count ? head->columns[c + 1].name : "";

    return strncmp(head->columns[c].name, next, size) == 0 && strcmp(next + size, READING_SUFFIX) == 0;
}

/* Readers take it from the name of the partition's folder, and some stumble over a column that comes twice. */
static bool is_folder(const struct mr_column *column)
{
    return strcmp(column->name, "SYSID") == 0;
}

static void add(struct mr_shape *shape, const struct mr_column *column, size_t from, bool local)
{
    size_t c = shape->head.column_count++;

    shape->columns[c] = *column;
    shape->steps[c] = (struct mr_shape_step){.from = (uint32_t)from, .local = local};
    if (local)
        shape->columns[c].unit = "local";
}

/* A time and beside it the same in local time.  made is the number of names so far. */
static int add_both(struct mr_shape *shape, const struct mr_column *column, size_t from, size_t *made)
{
    struct mr_column local = *column;
    size_t size = strlen(column->name) + sizeof LOCAL_SUFFIX;
    char *name = malloc(size);

    if (name == NULL)
        return MR_FATAL;
    snprintf(name, size, "%s" LOCAL_SUFFIX, column->name);
    shape->names[(*made)++] = name;
    local.name = name;
    add(shape, column, from, false);
    add(shape, &local, from, true);
    return MR_OK;
}

static int add_all(struct mr_shape *shape, const struct mr_table_head *head, const struct mr_writer_options *options)
{
    size_t made = 0;

    for (size_t c = 0; c < head->column_count; c++) {
        const struct mr_column *column = &head->columns[c];

        if ((options->cumulative && is_difference(head, c)) || (options->partition && is_folder(column)))
            continue;
        if (column->type == MR_CELL_TIME && options->times == MR_TIMES_BOTH) {
            if (add_both(shape, column, c, &made) != MR_OK)
                return MR_FATAL;
        } else {
            add(shape, column, c, column->type == MR_CELL_TIME && options->times == MR_TIMES_LOCAL);
        }
    }
    return MR_OK;
}

static size_t find(const struct mr_shape *shape, size_t from, const char *name)
{
    for (size_t c = from; c < shape->head.column_count; c++) {
        if (strcmp(shape->columns[c].name, name) == 0)
            return c;
    }
    return SIZE_MAX;
}

/* Those that are wanted move to the front, in their order. */
static void choose(struct mr_shape *shape, const char *const *names)
{
    size_t count = 0;

    for (; *names != NULL; names++) {
        size_t c = find(shape, count, *names);
        struct mr_column column;
        struct mr_shape_step step;

        if (c == SIZE_MAX)
            continue;
        column = shape->columns[c];
        step = shape->steps[c];
        memmove(&shape->columns[count + 1], &shape->columns[count], (c - count) * sizeof column);
        memmove(&shape->steps[count + 1], &shape->steps[count], (c - count) * sizeof step);
        shape->columns[count] = column;
        shape->steps[count++] = step;
    }
    shape->head.column_count = count;
}

int mr_shape_make(struct mr_shape *shape, const struct mr_table_head *head, const struct mr_writer_options *options)
{
    size_t most = 2 * head->column_count + 1;

    *shape = (struct mr_shape){.head = *head};
    if (options->columns == NULL && options->times == MR_TIMES_UTC && !options->cumulative && !options->partition)
        return MR_OK;
    shape->columns = calloc(most, sizeof *shape->columns);
    shape->steps = calloc(most, sizeof *shape->steps);
    shape->cells = calloc(most, sizeof *shape->cells);
    shape->names = calloc(most, sizeof *shape->names);
    shape->head.numbers = shape->numbers = calloc(most, sizeof *shape->numbers);
    if (shape->columns == NULL || shape->steps == NULL || shape->numbers == NULL || shape->cells == NULL ||
        shape->names == NULL)
        return MR_FATAL;
    shape->head.columns = shape->columns;
    shape->head.column_count = 0;
    if (add_all(shape, head, options) != MR_OK)
        return MR_FATAL;
    if (options->columns != NULL)
        choose(shape, options->columns);
    for (size_t c = 0; c < shape->head.column_count; c++)
        shape->numbers[c] = shape->steps[c].from;
    return MR_OK;
}

const struct mr_cell *mr_shape_row(struct mr_shape *shape, const struct mr_cell *cells, const int32_t *zone)
{
    if (shape->columns == NULL)
        return cells;
    for (size_t c = 0; c < shape->head.column_count; c++) {
        struct mr_cell *cell = &shape->cells[c];

        *cell = cells[shape->steps[c].from];
        if (!shape->steps[c].local || !cell->present)
            continue;
        if (zone == NULL || __builtin_add_overflow(cell->value.i, *zone * MICROS, &cell->value.i))
            cell->present = 0;
    }
    return shape->cells;
}

void mr_shape_destroy(struct mr_shape *shape)
{
    for (char **name = shape->names; name != NULL && *name != NULL; name++)
        free(*name);
    free(shape->names);
    free(shape->columns);
    free(shape->steps);
    free(shape->numbers);
    free(shape->cells);
    *shape = (struct mr_shape){.columns = NULL};
}

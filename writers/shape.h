/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_SHAPE_H
#define MR_WRITERS_SHAPE_H

/*
 * From the columns that a table has to those that are written: selection and order, local times, readings instead of
 * differences.  Private to writers/.
 */
#include "writers/writer.h"

struct mr_shape_step {
    uint32_t from; /* column of the table */
    bool local;    /* its time, in local time */
};

/* All zero is the shape that changes nothing.  steps has one for each column of head. */
struct mr_shape {
    struct mr_table_head head; /* what formats are told */
    struct mr_column *columns; /* owned, like the rest; NULL: nothing is changed */
    struct mr_shape_step *steps;
    uint32_t *numbers;     /* the columns of the steps */
    struct mr_cell *cells; /* of the row */
    char **names;          /* made for the table, NULL at the end */
};

/*
 * mr_shape_make - what the options make of a table's columns.  head is copied; what it points to is borrowed.
 * Returns MR_OK, or MR_FATAL when memory is short; destroy it in both cases.
 */
int mr_shape_make(struct mr_shape *shape, const struct mr_table_head *head,
                  const struct mr_writer_options *options) MR_CHECK;

/* The cells of a row as they are to be written; borrowed until the next call.  zone NULL: not known. */
const struct mr_cell *mr_shape_row(struct mr_shape *shape, const struct mr_cell *cells, const int32_t *zone);

void mr_shape_destroy(struct mr_shape *shape);

#endif

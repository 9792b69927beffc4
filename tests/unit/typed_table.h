/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_TESTS_TYPED_TABLE_H
#define MR_TESTS_TYPED_TABLE_H

/* TABLE: one column of each type, for the formats. */
#include "writers/writer.h"

#include <stdint.h>

#define TYPED_COLUMNS 8

extern const struct mr_column typed_columns[TYPED_COLUMNS];

/* A writer of the format into the scratch folder, with the table begun. */
struct mr_writer *typed_open(const char *format, struct mr_writer_table **table, struct mr_log *log);

/* One row with a value in every cell, whole in the column of unsigned numbers, and one with none. */
void typed_rows(struct mr_writer_table *table, uint64_t whole);

#endif

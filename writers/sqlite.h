/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_SQLITE_H
#define MR_WRITERS_SQLITE_H

#include "base/cell.h"

/* The type of SQLite that a column of these cells has, in the database and in the statements that load the CSV. */
const char *mr_sqlite_type(enum mr_cell_type type);

#endif

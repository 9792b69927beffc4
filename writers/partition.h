/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_PARTITION_H
#define MR_WRITERS_PARTITION_H

/*
 * Names of files and folders that carry a value.  Private to writers/.  Folders are named as Hive names them, which
 * DuckDB, Spark, Arrow and others read as a column:
 *
 *   DIR/TABLE/SYSID=VMDEMO/DATE=2025-03-14/TABLE_VMDEMO_20250314T000000.parquet
 */
#include <stdbool.h>
#include <stdint.h>

#define MR_PARTS_SAFE_MAX 88

/* A text as a part of a file's name, safe in every file system; room for MR_PARTS_SAFE_MAX bytes, cut where it is long. */
void mr_partition_safe(char *name, const char *text, uint32_t size);

/*
 * mr_partition_folder - NAME=VALUE, the value percent-encoded where Hive does so and in blanks and the like; a value
 * that is missing or empty is __HIVE_DEFAULT_PARTITION__.  folder has room for three bytes for each of text, the name
 * and 32 more.
 */
void mr_partition_folder(char *folder, const char *name, const char *text, uint32_t size);

/* DATE=YYYY-MM-DD from YYYYMMDD...; known false: not known.  Room for MR_PARTITION_DATE_MAX bytes. */
#define MR_PARTITION_DATE_MAX 40
void mr_partition_date(char *folder, const char *stamp, bool known);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/format.h"

/* A new format has a line in both. */
const struct mr_writer_format *const mr_writer_format_list[] = {
    &mr_format_csv, &mr_format_ndjson, &mr_format_parquet, &mr_format_sqlite, &mr_format_xpt, NULL,
};

static const char *const names[] = {"csv", "ndjson", "parquet", "sqlite", "xpt", NULL};

const char *const *mr_writer_formats(void)
{
    return names;
}

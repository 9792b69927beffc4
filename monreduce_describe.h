/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_MONREDUCE_DESCRIBE_H
#define MR_MONREDUCE_DESCRIBE_H

/* The command describe: a part of the program, like monreduce.c. */
#include "base/message.h"
#include "schema/schema.h"

#include <stddef.h>

extern const char mr_describe_help[];

/*
 * mr_describe_command - look up words in the schema and print what it has of them.
 *   names  print names only: those that begin with the first word, or all
 * Returns the return code.
 */
int mr_describe_command(const struct mr_schema *schema, const char *const *words, size_t count, int names,
                        struct mr_log *log);

#endif

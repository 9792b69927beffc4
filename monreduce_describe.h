/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_MONREDUCE_DESCRIBE_H
#define MR_MONREDUCE_DESCRIBE_H

/* The command describe: a part of the program, like monreduce.c. */
#include "base/message.h"
#include "schema/schema.h"

#include <stdbool.h>
#include <stddef.h>

extern const char mr_describe_help[];

struct mr_describe_arguments {
    const struct mr_schema *schema;
    const char *const *exits; /* user exits, FILE[:key=value,...]: the columns that they add are told as well */
    size_t exit_count;
    const char *const *words;
    size_t word_count;
    bool names; /* print names only: those that begin with the first word, or all */
    bool json;  /* an object on each line */
};

/*
 * mr_describe_command - look up words in the schema and print what it has of them.  Returns the return code.
 */
int mr_describe_command(const struct mr_describe_arguments *arguments, struct mr_log *log);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_TESTS_FUZZ_EXIT_HOST_H
#define MR_TESTS_FUZZ_EXIT_HOST_H

/*
 * A host for one exit that is linked into the fuzz target: a program's side of exits/monreduce_exit.h with a handful of
 * tables, columns of every type and a few rows, strict about handles.
 */
#include "exits/monreduce_exit.h"
#include "tests/fuzz/fuzz.h"

/* The host; its argument key=value is the only one. */
const struct mr_exit_host *fuzz_exit_host(const char *key, const char *value);

/* Give every row of every table to the exit, then close it. */
void fuzz_exit_run(const struct mr_exit *exit);

#endif

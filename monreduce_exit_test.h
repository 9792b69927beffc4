/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MONREDUCE_EXIT_TEST_H
#define MONREDUCE_EXIT_TEST_H

/* monreduce exit-test: what user exits do with each row, on standard output.  Part of the program. */
#include "pipeline/pipeline.h"

/*
 * mr_exit_test - reduce the inputs of the options with its exits, write no table, and show each row that an exit
 * changed or left out, then the counts.  observe and observer of the options are set here.
 */
void mr_exit_test(struct mr_pipeline_options *options);

#endif

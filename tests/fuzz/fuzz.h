/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_TESTS_FUZZ_H
#define MR_TESTS_FUZZ_H

/*
 * What the fuzz targets share.  A target is one file with LLVMFuzzerTestOneInput(); it gives its bytes to one layer
 * through the layer's public functions and ends with fuzz_check() where a promise of a header does not hold.  The
 * sanitizers see the rest.
 */
#include "base/message.h"
#include "domains/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Abort with the place where a promise was broken. */
#define fuzz_check(HOLDS) ((HOLDS) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #HOLDS))
_Noreturn void fuzz_broken(const char *file, int line, const char *promise);

/* A file with these bytes that has a name and no disk behind it; one at a time.  The name is borrowed. */
const char *fuzz_file(const uint8_t *data, size_t size);

/* A log that makes the text of every message and shows none. */
struct mr_log fuzz_log(void);

/* Write a file into a folder that exists; used where names matter. */
void fuzz_write(const char *path, const uint8_t *data, size_t size);

/* A folder of this process, empty at first; borrowed.  It is removed, with what is in it, when the process ends well. */
const char *fuzz_folder(void);

/* Remove all that is in a folder. */
void fuzz_empty(const char *folder);

/* Look at every byte of a finished row: types, sizes, texts.  A row sink for the engine; context is not used. */
int fuzz_row(void *context, struct mr_plan *plan, struct mr_cell *cells);

#endif

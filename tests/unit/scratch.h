/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_TESTS_SCRATCH_H
#define MR_TESTS_SCRATCH_H

#include <stdbool.h>

#define SCRATCH_PATH 512 /* bytes of a path in the folder */

/* A folder of its own for each test, gone with all that is in it afterwards: .init and .fini of a test suite. */
extern char scratch[64];

void scratch_make(void);
void scratch_remove(void);

/* The path of a name in the folder; path has SCRATCH_PATH bytes and is what comes back. */
char *scratch_path(char *path, const char *name);

/* Make a file with this text; is there such a name; a file must hold this text, of up to 255 bytes. */
void scratch_put(const char *name, const char *text);
bool scratch_has(const char *name);
void scratch_expect(const char *name, const char *text);

/* A number that was a process's and is one no more. */
long scratch_dead_process(void);

/* How many names there are: those of temporary files, or those without a point in front; all. */
unsigned scratch_names(bool temporary);
unsigned scratch_all_names(void);

/* Bytes of the file of this name; -1: there is none. */
long long scratch_size(const char *name);

#endif

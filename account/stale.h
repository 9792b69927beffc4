/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_ACCOUNT_STALE_H
#define MR_ACCOUNT_STALE_H

/*
 * Tables of an earlier run into the same folder that today's run does not make: they would stand beside the new manifest
 * as if they belonged to it.  The earlier run's manifest says which files were its own; nothing else is ever removed.
 */
#include <stddef.h>

struct mr_stale;

/* Note the tables of the folder's present manifest.json; NULL where there is none or it cannot be understood. */
struct mr_stale *mr_stale_note(const char *folder);

/* This run has made a table of this name: it stays. */
void mr_stale_keep(struct mr_stale *stale, const char *table);

/*
 * mr_stale_remove - remove the others, once the new files are in place.  suffix is that of the format (".csv").
 * Returns how many files were removed.  NULL is allowed.
 */
size_t mr_stale_remove(struct mr_stale *stale, const char *folder, const char *suffix);

/* NULL is allowed. */
void mr_stale_free(struct mr_stale *stale);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_ACCOUNT_STALE_H
#define MR_ACCOUNT_STALE_H

/*
 * Tables of an earlier run into the same folder that today's run does not make: they would stand beside the new manifest
 * as if they belonged to it.  The earlier run's manifest says which files were its own; nothing else is ever removed.
 */
#include "account/account.h"

#include <stdbool.h>
#include <stddef.h>

struct mr_stale;

/* Note the tables of the folder's present manifest.json; NULL where there is none or it cannot be understood. */
struct mr_stale *mr_stale_note(const char *folder);

/*
 * mr_stale_relaid - did the earlier run write the same format, but other parts?  Parts of hours and of days have equal
 * names where they begin together.  False where nothing is known.
 */
bool mr_stale_relaid(const struct mr_stale *stale, const struct mr_account_output *output);

/* This run has made so many files TABLE, TABLE_2 ... of a table: they stay.  0: its files are parts elsewhere. */
void mr_stale_keep(struct mr_stale *stale, const char *table, unsigned files);

/* What this run has made is under names of another suffix. */
void mr_stale_forget(struct mr_stale *stale);

/*
 * mr_stale_remove - remove the others, once the new files are in place.  suffix is that of the format (".csv").
 * Returns how many files were removed.  NULL is allowed.
 */
size_t mr_stale_remove(struct mr_stale *stale, const char *folder, const char *suffix);

/* NULL is allowed. */
void mr_stale_free(struct mr_stale *stale);

#endif

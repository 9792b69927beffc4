/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_ACCOUNT_STALE_H
#define MR_ACCOUNT_STALE_H

/*
 * Tables of an earlier run into the same folder that today's run does not make: they would stand beside the new manifest
 * as if they belonged to it.  The earlier run's manifest says which files were its own; nothing else is ever removed.
 */
#include "account/account.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct mr_stale;

/*
 * mr_stale_note - note the tables of the folder's present manifest.json, and how they were written.
 * MR_OK, also where there is none, or none of ours; MR_FATAL where memory is short, *out NULL then.
 */
int mr_stale_note(struct mr_stale **out, const char *folder) MR_CHECK;

/*
 * mr_stale_relaid - did the earlier run write the same format, but other parts?  Parts of hours and of days have equal
 * names where they begin together.  False where nothing is known.
 */
bool mr_stale_relaid(const struct mr_stale *stale, const struct mr_account_output *output);

/*
 * This run has made so many files TABLE, TABLE_2 ... of a table: they stay.  0: its files are parts elsewhere.
 * MR_OK or MR_FATAL (memory).
 */
int mr_stale_keep(struct mr_stale *stale, const char *table, unsigned files) MR_CHECK;

/* What this run has made is under names of another suffix. */
void mr_stale_forget(struct mr_stale *stale);

/*
 * mr_stale_each - call remove for the name of each file of the others; folder is where they are, suffix that of the
 * format (".csv").  Stops at the first result that is not MR_OK and returns it.
 */
int mr_stale_each(const struct mr_stale *stale, const char *folder, const char *suffix,
                  int (*remove)(void *context, const char *name), void *context) MR_CHECK;

/* NULL is allowed. */
void mr_stale_free(struct mr_stale *stale);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_ACCOUNT_STALE_H
#define MR_ACCOUNT_STALE_H

/*
 * Tables of an earlier run into the same folder that today's run does not make: they would stand beside the new manifest
 * as if they belonged to it.  The earlier run's manifest says which files were its own; nothing else is ever removed.
 */
#include "base/status.h"

struct mr_stale;

/*
 * mr_stale_note - note the tables of the folder's present manifest.json.
 * MR_OK, also where there is none, or none of ours; MR_FATAL where memory is short, *out NULL then.
 */
int mr_stale_note(struct mr_stale **out, const char *folder) MR_CHECK;

/* This run has made a table of this name: it stays.  NULL is allowed. */
void mr_stale_keep(struct mr_stale *stale, const char *table);

/*
 * mr_stale_each - call remove for the name of each file of the others; suffix is that of the format (".csv").
 * Stops at the first result that is not MR_OK and returns it.  NULL is allowed for stale.
 */
int mr_stale_each(struct mr_stale *stale, const char *suffix, int (*remove)(void *context, const char *name),
                  void *context) MR_CHECK;

/* NULL is allowed. */
void mr_stale_free(struct mr_stale *stale);

#endif

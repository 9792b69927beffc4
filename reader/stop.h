/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_READER_STOP_H
#define MR_READER_STOP_H

/* When to heed a request to stop: at the end of the interval, and where none comes soon, without it. */
#include "base/stop.h"
#include "reader/record.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define MR_STOP_BYTES (UINT64_C(256) * 1024 * 1024) /* of records, that are read for the end of the interval */
#define MR_STOP_SECONDS 10                          /* that it may take */

#define MR_END_OF_SAMPLES 11u /* record 1/11 */

/* Does an interval end with this record?  Events have an end record too where they stand in a block of their own. */
static inline bool mr_ends_interval(const struct mr_record *record)
{
    return record->domain == 1 && record->number == MR_END_OF_SAMPLES && record->kind != 'E';
}

/* One for each sequence of records.  Begin zeroed, with stop set. */
struct mr_stop_watch {
    const struct mr_stop *stop; /* borrowed; NULL: never stops */
    bool heeded;                /* a request has been seen */
    bool stopped;               /* the answer was to stop; it stays so */
    uint64_t bytes;             /* since the request was seen */
    struct timespec since;
};

/* Is record the last one to be used?  Call with each record, after it has been used. */
bool mr_stop_after(struct mr_stop_watch *watch, const struct mr_record *record);

/* No more records follow at once (the input has ended, or gives nothing): is this the place to stop? */
bool mr_stop_here(struct mr_stop_watch *watch);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/stop.h"

#define END_OF_SAMPLES 11u /* record 1/11 */

/* Events have an end record too where they stand in a block of their own. */
static bool ends_interval(const struct mr_record *record)
{
    return record->domain == 1 && record->number == END_OF_SAMPLES && record->kind != 'E';
}

static bool takes_too_long(const struct mr_stop_watch *watch)
{
    struct timespec now;

    if (watch->bytes > MR_STOP_BYTES)
        return true;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec - watch->since.tv_sec > MR_STOP_SECONDS;
}

bool mr_stop_after(struct mr_stop_watch *watch, const struct mr_record *record)
{
    int count = mr_stop_count(watch->stop);

    if (count == 0 || watch->stopped)
        return watch->stopped;
    if (!watch->heeded)
        clock_gettime(CLOCK_MONOTONIC, &watch->since);
    watch->heeded = true;
    watch->bytes += record->length;
    watch->stopped = count > 1 || ends_interval(record) || takes_too_long(watch);
    return watch->stopped;
}

bool mr_stop_here(struct mr_stop_watch *watch)
{
    watch->stopped = watch->stopped || mr_stop_count(watch->stop) > 0;
    return watch->stopped;
}

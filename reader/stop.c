/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/stop.h"

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
    watch->stopped = count > 1 || mr_ends_interval(record) || takes_too_long(watch);
    return watch->stopped;
}

bool mr_stop_here(struct mr_stop_watch *watch)
{
    watch->stopped = watch->stopped || mr_stop_count(watch->stop) > 0;
    return watch->stopped;
}

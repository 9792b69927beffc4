/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_BASE_STOP_H
#define MR_BASE_STOP_H

/*
 * A request to stop.  Whoever owns the run has a signal handler count here; readers look at it between records and
 * while they wait for bytes.  The first request is to go on to the end of the interval, the second to stop at once.
 */
#include <stdatomic.h>
#include <stddef.h>

/* Zeroed at first.  Lock-free, so that signal handlers may set it and threads may read it. */
struct mr_stop {
    atomic_int count;  /* requests so far */
    atomic_int number; /* of the signal that was first */
};

/* Has a request come?  NULL: there is nobody to ask. */
static inline int mr_stop_count(const struct mr_stop *stop)
{
    return stop == NULL ? 0 : atomic_load_explicit(&stop->count, memory_order_relaxed);
}

#endif

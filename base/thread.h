/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_BASE_THREAD_H
#define MR_BASE_THREAD_H

#include "base/status.h"

#include <pthread.h>

/* Start a thread, which takes no signals: those are for the thread that the program began with.  MR_OK or MR_FATAL. */
int mr_thread_start(pthread_t *thread, void *(*body)(void *), void *context) MR_CHECK;

#endif

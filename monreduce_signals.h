/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_MONREDUCE_SIGNALS_H
#define MR_MONREDUCE_SIGNALS_H

/*
 * SIGINT and SIGTERM ask the run to stop: the first one after the interval, the second one at once, both with all files
 * closed properly.  A third one kills.
 */
#include "base/stop.h"

/* Listen from here on.  A signal that is ignored (nohup, jobs of a shell without job control) stays so. */
const struct mr_stop *mr_signals_listen(void);

#endif

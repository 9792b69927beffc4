/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chpsel - leave out channel paths that nobody uses.
 *
 *     monreduce reduce -x ./chpsel.so FILE
 *
 * Channel records have an entry for each of 256 possible paths.  A path to which the configuration records connect no
 * device is an orphan, and so is one for which no device configuration has come.  The option --chp-sel does the same.
 */
#include "monreduce_exit.h"

#include <stdlib.h>

struct state {
    const struct mr_exit_host *host;
    struct {
        int table, chpid;
    } tables[3];
};

static const char *const names[] = {"VMXCHC09", "VMXCHC18", "VMXCHC"};

static int channel(void *data, struct mr_exit_row *row, int table)
{
    const struct state *state = data;
    const struct mr_exit_host *host = state->host;
    uint64_t chpid;
    uint32_t devices = 0;

    for (unsigned i = 0; i < 3; i++) {
        if (state->tables[i].table != table)
            continue;
        if (host->get_uint(host, row, state->tables[i].chpid, &chpid) != MR_EXIT_OK || chpid > 255)
            return MR_EXIT_SKIP_REC;
        if (host->chpid_devices(host, (unsigned)chpid, &devices) != MR_EXIT_OK || devices == 0)
            return MR_EXIT_SKIP_REC;
    }
    return MR_EXIT_OK;
}

int mr_exit_init(const struct mr_exit_host *host, struct mr_exit *exit)
{
    struct state *state = calloc(1, sizeof *state);

    mr_exit_declare(exit);
    if (state == NULL)
        return MR_EXIT_EMEMORY;
    state->host = host;
    for (unsigned i = 0; i < 3; i++) {
        state->tables[i].table = host->table(host, names[i]);
        state->tables[i].chpid = host->column(host, state->tables[i].table, "CHCHPID");
        if (state->tables[i].chpid < 0) {
            free(state);
            return MR_EXIT_ENAME;
        }
    }
    exit->data = state;
    exit->usrschc = channel;
    exit->close = free;
    return MR_EXIT_OK;
}

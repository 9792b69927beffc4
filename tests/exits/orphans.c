/* SPDX-License-Identifier: Apache-2.0 */
/* The guide's exit sample, as short as it gets: rows of channel paths without devices are left out. */
#include "monreduce_exit.h"

static const struct mr_exit_host *host;
static int chpid;

static int channel(void *data, struct mr_exit_row *row, int table)
{
    uint64_t path;
    uint32_t devices;

    (void)data, (void)table;
    if (host->get_uint(host, row, chpid, &path) != MR_EXIT_OK)
        return MR_EXIT_OK;
    return host->chpid_devices(host, (unsigned)path, &devices) == MR_EXIT_OK && devices > 0 ? MR_EXIT_OK
                                                                                            : MR_EXIT_SKIP_REC;
}

int mr_exit_init(const struct mr_exit_host *given, struct mr_exit *exit)
{
    mr_exit_declare(exit);
    host = given;
    chpid = host->column(host, host->table(host, "VMXCHC09"), "CHCHPID");
    exit->usrschc = channel;
    return chpid < 0 ? chpid : MR_EXIT_OK;
}

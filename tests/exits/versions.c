/* SPDX-License-Identifier: Apache-2.0 */
/* Exits of other versions of the interface: built with -DKIND=1 ... */
#include "monreduce_exit.h"

#include <string.h>

static int skip(void *data, struct mr_exit_row *row, int table)
{
    (void)data;
    (void)row;
    (void)table;
    return MR_EXIT_SKIP_REC;
}

int mr_exit_init(const struct mr_exit_host *host, struct mr_exit *exit)
{
    (void)host;
    exit->usrsspp = skip;
#if KIND == 1 /* forgets to say its version */
    return MR_EXIT_OK;
#elif KIND == 2 /* another major number */
    exit->abi = (uint32_t)2 << 16 | 5;
    exit->size = (uint32_t)sizeof *exit;
    return MR_EXIT_OK;
#elif KIND == 3 /* another major number, which makes it fail */
    exit->abi = (uint32_t)7 << 16;
    return MR_EXIT_FAILED;
#elif KIND == 4 /* a later minor number, no use of what is new */
    exit->abi = MR_EXIT_ABI + 1;
    exit->size = (uint32_t)sizeof *exit + 64;
    return MR_EXIT_OK;
#elif KIND == 5 /* a later minor number and a hook that is not known here */
    exit->abi = MR_EXIT_ABI + 1;
    exit->size = (uint32_t)sizeof *exit + 64;
    memset((char *)exit + sizeof *exit, 1, sizeof(void *));
    return MR_EXIT_OK;
#elif KIND == 6 /* a struct that ends before USRSSPP: the hook that was set does not count */
    exit->abi = MR_EXIT_ABI;
    exit->size = (uint32_t)offsetof(struct mr_exit, usrsspp);
    return MR_EXIT_OK;
#elif KIND == 7 /* a size that cannot be */
    exit->abi = MR_EXIT_ABI;
    exit->size = 4;
    return MR_EXIT_OK;
#endif
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as rules of the exit keep; rules that are accepted decide over rows of every kind of cell. */
#include "exits/plugins/keep.c"

#include "tests/fuzz/exit_host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct mr_exit_host *host = fuzz_exit_host("rules", fuzz_file(data, size));
    struct mr_exit exit = {0};

    if (mr_exit_init(host, &exit) == MR_EXIT_OK)
        fuzz_exit_run(&exit);
    return 0;
}

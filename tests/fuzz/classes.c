/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as the file of the exit userclass; users of every kind are sorted into what it says. */
#include "exits/plugins/userclass.c"

#include "tests/fuzz/exit_host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct mr_exit_host *host = fuzz_exit_host("file", fuzz_file(data, size));
    struct mr_exit exit = {0};

    if (mr_exit_init(host, &exit) == MR_EXIT_OK)
        fuzz_exit_run(&exit);
    return 0;
}

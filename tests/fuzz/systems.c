/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a site's systems.csv; what is accepted is asked for systems by serial number and name. */
#include "domains/systems_file.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_entry(const struct mr_system_entry *entry)
{
    fuzz_check(strlen(entry->orgsysid) < sizeof entry->orgsysid && entry->orgsysid[0] != '\0');
    fuzz_check(strlen(entry->sysid) < sizeof entry->sysid && entry->sysid[0] != '\0');
    fuzz_check(strlen(entry->model) < sizeof entry->model);
    fuzz_check(strlen(entry->serial) == 6 && strspn(entry->serial, "0123456789ABCDEF") == 6);
    fuzz_check(entry->line > 0);
}

static void ask(const struct mr_systems *systems, const char *serial, const char *name)
{
    const struct mr_place place = {.file = "x", .offset = 0};
    struct mr_system_finding finding = mr_systems_file_find(systems, serial, name);
    struct mr_log log = fuzz_log();
    int status;

    fuzz_check((finding.entry == NULL) == (finding.match == MR_SYSTEM_UNLISTED));
    fuzz_check(!finding.unverified || finding.match == MR_SYSTEM_NAMED);
    if (finding.entry != NULL)
        check_entry(finding.entry);
    status = mr_systems_file_report(&finding, serial, &place, &log);
    fuzz_check(status == (!finding.unverified                              ? MR_OK
                          : finding.entry->verify == MR_VERIFY_ABORT ? MR_FATAL
                                                                     : MR_WARN));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const serials[] = {"", "01ABCD", "0A1B2C", "000001", "FFFFFF", "03CAFE"};
    static const char *const names[] = {"", "VMDEMO", "VMPROD1", "VMDR", "A", "@#$"};
    struct mr_log log = fuzz_log();
    struct mr_systems *systems;

    if (mr_systems_file_load(&systems, fuzz_file(data, size), &log) != MR_OK) {
        fuzz_check(systems == NULL && log.code == 16);
        return 0;
    }
    fuzz_check(log.code == 0);
    for (size_t s = 0; s < sizeof serials / sizeof *serials; s++) {
        for (size_t n = 0; n < sizeof names / sizeof *names; n++)
            ask(systems, serials[s], names[n]);
    }
    mr_systems_file_free(systems);
    return 0;
}

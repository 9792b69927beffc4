/* SPDX-License-Identifier: Apache-2.0 */
/* USRSEL: leaves out everything it can of one record type, select.so:domain=N,number=N, and shows what it sees. */
#include "monreduce_exit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const struct mr_exit_host *host;
static unsigned domain, number;
static int runs, time_field, name, mask;

static int record(void *data, struct mr_exit_record *record)
{
    unsigned d = host->record_domain(host, record), n = host->record_number(host, record);
    const uint8_t *bytes;
    const char *text;
    uint64_t value = 0;
    double seconds = 0;
    size_t length;

    (void)data;
    length = host->record_bytes(host, record, &bytes);
    printf("%u/%u at %" PRId64 " of '%s', %s%s, %zu bytes, first %02X%02X", d, n,
           host->record_time(host, record) % 1000000000, host->system(host, MR_EXIT_ORGSYSID),
           host->record_phase(host, record) == MR_EXIT_CONFIGURATION ? "configuration" : "run",
           host->record_suspended(host, record) == 1 ? ", suspended" : "", length, bytes[0], bytes[1]);
    if (d == 0 && n == 2 && host->field_uint(host, record, runs, 0, &value) == MR_EXIT_OK &&
        host->field_number(host, record, time_field, 0, &seconds) == MR_EXIT_OK)
        printf(", runs %" PRIu64 ", %.1f s", value, seconds);
    if (d == 1 && n == 4 && host->field_text(host, record, name, 0, &text, &length) == MR_EXIT_OK)
        printf(", %.*s", (int)length, text);
    if (d == 1 && n == 1 && host->field_bytes(host, record, mask, 0, &bytes, &length) == MR_EXIT_OK)
        printf(", mask %02X of %zu", bytes[0], length);
    putchar('\n');
    return d == domain && n == number ? MR_EXIT_SKIP_REC : MR_EXIT_OK;
}

int mr_exit_init(const struct mr_exit_host *given, struct mr_exit *exit)
{
    mr_exit_declare(exit);
    host = given;
    domain = (unsigned)atoi(host->argument(host, "domain"));
    number = (unsigned)atoi(host->argument(host, "number"));
    runs = host->field(host, 0, 2, "SYTPRP_PFXRUNCP");
    time_field = host->field(host, 0, 2, "SYTPRP_PFXUTIME");
    name = host->field(host, 1, 4, "MTRSYS_SYSTMID");
    mask = host->field(host, 1, 1, "MTREPR_EDOMAINS");
    exit->usrsel = record;
    return runs < 0 || time_field < 0 || name < 0 || mask < 0 ? MR_EXIT_ENAME : MR_EXIT_OK;
}

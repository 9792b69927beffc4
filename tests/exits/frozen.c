/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An exit built from the header as it was at version 1.0.  It uses a function of each kind, so that a change that
 * breaks exits in the field breaks this test.  Neither this file nor that header is ever to be changed.
 */
#include "frozen/monreduce_exit_1_0.h"

#include <stdio.h>
#include <string.h>

static const struct mr_exit_host *host;
static int table, count, name, seconds, added, field;
static unsigned long records, rows, intervals;

static int record(void *data, struct mr_exit_record *record)
{
    uint64_t value;

    (void)data;
    if (host->record_domain(host, record) == 0 && host->record_number(host, record) == 2 &&
        host->record_phase(host, record) == MR_EXIT_RUN && host->record_suspended(host, record) == 0 &&
        host->field_uint(host, record, field, 0, &value) == MR_EXIT_OK && value <= 1)
        records++;
    return MR_EXIT_OK;
}

static int row(void *data, struct mr_exit_row *row, int which)
{
    const char *text;
    size_t length;
    uint64_t value;
    double elapsed;

    (void)data;
    rows += which == table;
    if (host->get_uint(host, row, count, &value) == MR_EXIT_MISSING)
        return MR_EXIT_SKIP_REC;
    if (host->get_text(host, row, name, &text, &length) != MR_EXIT_OK || length != strlen("TESTVM") ||
        strcmp(host->system(host, MR_EXIT_SYSID), "TESTVM") != 0)
        return MR_EXIT_FAILED;
    if (host->get_number(host, row, seconds, &elapsed) != MR_EXIT_OK)
        return MR_EXIT_FAILED;
    host->set_number(host, row, added, (double)value / elapsed);
    return host->set_uint(host, row, count, value + 1);
}

static int interval(void *data, int64_t time)
{
    (void)data;
    intervals += time > 0;
    return MR_EXIT_OK;
}

static int end_run(void *data)
{
    char text[80];

    (void)data;
    snprintf(text, sizeof text, "%lu records, %lu rows, %lu intervals", records, rows, intervals);
    host->message(host, MR_EXIT_WARNING, text);
    return MR_EXIT_OK;
}

int mr_exit_init(const struct mr_exit_host *given, struct mr_exit *exit)
{
    const char *label = given->argument(given, "label");

    mr_exit_declare(exit);
    host = given;
    table = host->table(host, "VMXSP002");
    count = host->column(host, table, "SYTPRP_PFXRUNCP");
    name = host->column(host, table, "SYSID");
    seconds = host->column(host, table, "DURATION");
    field = host->field(host, 0, 2, "SYTPRP_PFXCPUAD");
    added = host->add_column(host, table, "RATE", MR_EXIT_REAL, 0, "per second", label == NULL ? "" : label);
    if (count < 0 || name < 0 || seconds < 0 || field < 0 || added < 0 || host->abi >> 16 != 1)
        return MR_EXIT_FAILED;
    exit->usrsel = record;
    exit->usrsspp = row;
    exit->end_interval = interval;
    exit->end_run = end_run;
    return MR_EXIT_OK;
}

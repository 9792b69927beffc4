/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace - print what each hook sees, on standard output; made for reading as much as for running.
 *
 *     monreduce exit-test ./trace.so:limit=2 FILE
 *
 *   limit=N   the first N records of each type and the first N rows of each table (1)
 *   cells=N   the first N cells of a row that are not missing (8)
 */
#include "monreduce_exit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define DOMAINS 16
#define NUMBERS 256
#define TABLES 2048

struct state {
    const struct mr_exit_host *host;
    unsigned limit, cells;
    unsigned records[DOMAINS][NUMBERS];
    unsigned rows[TABLES];
};

static int begin_run(void *data)
{
    (void)data;
    puts("trace: run begins");
    return MR_EXIT_OK;
}

static int end_run(void *data)
{
    (void)data;
    puts("trace: run ends");
    return MR_EXIT_OK;
}

static int begin_input(void *data, const char *name)
{
    (void)data;
    printf("trace: input %s begins\n", name);
    return MR_EXIT_OK;
}

static int end_input(void *data, const char *name)
{
    (void)data;
    printf("trace: input %s ends\n", name);
    return MR_EXIT_OK;
}

static int begin_interval(void *data, int64_t time)
{
    const struct state *state = data;

    printf("trace: interval of %s begins at %" PRId64 ".%06d\n", state->host->system(state->host, MR_EXIT_SYSID),
           time / 1000000, (int)(time % 1000000));
    return MR_EXIT_OK;
}

static int end_interval(void *data, int64_t time)
{
    const struct state *state = data;

    printf("trace: interval of %s ends at %" PRId64 ".%06d\n", state->host->system(state->host, MR_EXIT_SYSID),
           time / 1000000, (int)(time % 1000000));
    return MR_EXIT_OK;
}

static int record(void *data, struct mr_exit_record *record)
{
    struct state *state = data;
    const struct mr_exit_host *host = state->host;
    unsigned domain = host->record_domain(host, record), number = host->record_number(host, record);
    const uint8_t *bytes;

    if (domain >= DOMAINS || number >= NUMBERS || state->records[domain][number]++ >= state->limit)
        return MR_EXIT_OK;
    printf("trace: USRSEL record %u/%u, %zu bytes%s%s\n", domain, number, host->record_bytes(host, record, &bytes),
           host->record_phase(host, record) == MR_EXIT_CONFIGURATION ? ", configuration" : "",
           host->record_suspended(host, record) == 1 ? ", suspended" : "");
    return MR_EXIT_OK;
}

static int row(void *data, struct mr_exit_row *row, int table)
{
    struct state *state = data;
    const struct mr_exit_host *host = state->host;
    unsigned shown = 0;
    char text[64];
    int column;

    if (table >= TABLES || state->rows[table]++ >= state->limit)
        return MR_EXIT_OK;
    printf("trace: row of %s (%s):", host->table_name(host, table), host->table_exit(host, table));
    for (unsigned i = 0; shown < state->cells && (column = host->column_at(host, table, i)) >= 0; i++) {
        if (host->get_shown(host, row, column, text, sizeof text) <= 0)
            continue;
        printf(" %s=%s", host->column_name(host, column), text);
        shown++;
    }
    putchar('\n');
    return MR_EXIT_OK;
}

static unsigned number_of(const struct mr_exit_host *host, const char *key, unsigned otherwise)
{
    const char *value = host->argument(host, key);

    return value == NULL ? otherwise : (unsigned)strtoul(value, NULL, 10);
}

int mr_exit_init(const struct mr_exit_host *host, struct mr_exit *exit)
{
    struct state *state = calloc(1, sizeof *state);

    mr_exit_declare(exit);
    if (state == NULL)
        return MR_EXIT_EMEMORY;
    state->host = host;
    state->limit = number_of(host, "limit", 1);
    state->cells = number_of(host, "cells", 8);
    exit->data = state;
    exit->close = free;
    exit->begin_run = begin_run;
    exit->end_run = end_run;
    exit->begin_input = begin_input;
    exit->end_input = end_input;
    exit->begin_interval = begin_interval;
    exit->end_interval = end_interval;
    exit->usrsel = record;
    exit->other = row; /* no hook of a table is set: this one gets them all */
    return MR_EXIT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several exits in order: edit.so:add=N,drop=CPU,column=NAME adds N to the run count, leaves out a processor, and
 * puts what it saw into a column of its own.
 */
#include "monreduce_exit.h"

#include <stdlib.h>
#include <string.h>

struct state {
    const struct mr_exit_host *host;
    int cpu, runs, times, column;
    uint64_t add, drop;
};

static int processor(void *data, struct mr_exit_row *row, int table)
{
    struct state *s = data;
    const struct mr_exit_host *host = s->host;
    uint64_t value;

    (void)table;
    if (host->get_uint(host, row, s->cpu, &value) == MR_EXIT_OK && value == s->drop)
        return MR_EXIT_SKIP_REC;
    if (host->get_uint(host, row, s->runs, &value) == MR_EXIT_MISSING)
        return host->set_text(host, row, s->column, "none", 4);
    host->set_uint(host, row, s->runs, value + s->add);
    host->set_missing(host, row, s->times);
    return host->set_text(host, row, s->column, value >= 1000 ? "many" : "few", value >= 1000 ? 4 : 3);
}

static uint64_t number(const struct mr_exit_host *host, const char *key, uint64_t otherwise)
{
    const char *value = host->argument(host, key);

    return value == NULL ? otherwise : strtoull(value, NULL, 10);
}

int mr_exit_init(const struct mr_exit_host *host, struct mr_exit *exit)
{
    struct state *s = calloc(1, sizeof *s);
    int table = host->table(host, "VMXSP002");
    const char *name = host->argument(host, "column");

    mr_exit_declare(exit);
    if (s == NULL)
        return MR_EXIT_EMEMORY;
    s->host = host;
    s->cpu = host->column(host, table, "SYTPRP_PFXCPUAD");
    s->runs = host->column(host, table, "SYTPRP_PFXRUNCP");
    s->times = host->column(host, table, "SYTPRP_PFXUTIME");
    s->column = host->add_column(host, table, name == NULL ? "SIZE" : name, MR_EXIT_TEXT, 8, "", "How many runs");
    s->add = number(host, "add", 0);
    s->drop = number(host, "drop", UINT64_MAX);
    exit->data = s;
    exit->usrsspp = processor;
    exit->close = free;
    if (s->cpu >= 0 && s->runs >= 0 && s->times >= 0 && s->column >= 0)
        return MR_EXIT_OK;
    free(s);
    return MR_EXIT_ENAME;
}

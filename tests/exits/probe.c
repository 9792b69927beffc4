/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An exit that does one wrong thing in one hook:  probe.so:in=HOOK,do=WHAT,at=N
 * in: init, begin_run ... end_run, close, USRSEL, USRSSPP or other; at: in which call of it, from 1.
 */
#include "monreduce_exit.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct mr_exit_host *host;
static char where[32], what[32];
static unsigned when = 1, calls;
static int columns[1];

static int overflow_stack(unsigned depth)
{
    volatile char bytes[65536];

    bytes[depth % sizeof bytes] = 1;
    return depth == 0 ? 0 : overflow_stack(depth - 1) + bytes[depth % sizeof bytes];
}

static void message(void)
{
    host->message(host, MR_EXIT_WARNING, where);
}

static int act(const char *hook)
{
    if (strcmp(hook, where) != 0 || ++calls != when)
        return MR_EXIT_OK;
    if (strcmp(what, "fail") == 0)
        return MR_EXIT_FAILED;
    if (strcmp(what, "odd") == 0)
        return 4711;
    if (strcmp(what, "message") == 0)
        message();
    if (strcmp(what, "exit") == 0)
        exit(0);
    if (strcmp(what, "abort") == 0)
        abort();
    if (strcmp(what, "fpe") == 0)
        raise(SIGFPE);
    if (strcmp(what, "ill") == 0)
        raise(SIGILL);
    if (strcmp(what, "bus") == 0)
        raise(SIGBUS);
    if (strcmp(what, "stack") == 0)
        return overflow_stack(1u << 20);
    if (strcmp(what, "segv") == 0)
        *(volatile char *)(uintptr_t)calls = 1;
    return MR_EXIT_OK;
}

static int begin_run(void *data)
{
    (void)data;
    return act("begin_run");
}

static int begin_input(void *data, const char *name)
{
    (void)data;
    (void)name;
    return act("begin_input");
}

static int begin_interval(void *data, int64_t time)
{
    (void)data;
    (void)time;
    return act("begin_interval");
}

static int end_interval(void *data, int64_t time)
{
    (void)data;
    (void)time;
    return act("end_interval");
}

static int end_input(void *data, const char *name)
{
    (void)data;
    (void)name;
    return act("end_input");
}

static int end_run(void *data)
{
    (void)data;
    return act("end_run");
}

static void closed(void *data)
{
    (void)data;
    act("close");
}

static int record(void *data, struct mr_exit_record *record)
{
    (void)data;
    (void)record;
    return act("USRSEL");
}

/* Changes the row first: what a failing call has done must not stay. */
static int processor(void *data, struct mr_exit_row *row, int table)
{
    (void)data;
    (void)table;
    if (strcmp(where, "USRSSPP") == 0 && columns[0] >= 0)
        host->set_uint(host, row, columns[0], 4711);
    return act("USRSSPP");
}

static int any(void *data, struct mr_exit_row *row, int table)
{
    (void)data;
    (void)row;
    (void)table;
    return act("other");
}

int mr_exit_init(const struct mr_exit_host *given, struct mr_exit *exit)
{
    const char *at;

    mr_exit_declare(exit);
    host = given;
    calls = 0;
    snprintf(where, sizeof where, "%s", host->argument(host, "in") == NULL ? "" : host->argument(host, "in"));
    snprintf(what, sizeof what, "%s", host->argument(host, "do") == NULL ? "" : host->argument(host, "do"));
    at = host->argument(host, "at");
    when = at == NULL ? 1 : (unsigned)strtoul(at, NULL, 10);
    columns[0] = host->column(host, host->table(host, "VMXSP002"), "SYTPRP_PFXRUNCP");
    exit->begin_run = begin_run;
    exit->begin_input = begin_input;
    exit->begin_interval = begin_interval;
    exit->end_interval = end_interval;
    exit->end_input = end_input;
    exit->end_run = end_run;
    exit->close = closed;
    exit->usrsel = record;
    exit->usrsspp = processor;
    exit->other = any;
    return act("init");
}

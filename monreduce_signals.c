/* SPDX-License-Identifier: Apache-2.0 */
#include "monreduce_signals.h"

#include <signal.h>
#include <stddef.h>

static struct mr_stop stop;

/* Nothing here but what a signal handler may do: lock-free atomics and signal(). */
static void asked(int number)
{
    if (atomic_fetch_add(&stop.count, 1) == 0) {
        atomic_store(&stop.number, number);
        return;
    }
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

static void listen_to(int number)
{
    /* Without SA_RESTART: waiting for input ends. */
    struct sigaction action = {.sa_handler = asked}, former;

    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    if (sigaction(number, NULL, &former) == 0 && former.sa_handler != SIG_IGN)
        sigaction(number, &action, NULL);
}

const struct mr_stop *mr_signals_listen(void)
{
    listen_to(SIGINT);
    listen_to(SIGTERM);
    return &stop;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_EXITS_CRASH_H
#define MR_EXITS_CRASH_H

/*
 * What is said when an exit crashes (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) or ends the process.  Armed only while
 * exits are loaded.  Nothing can be saved of a process whose memory may be damaged: a signal handler writes one line
 * with functions that are safe in it, removes this process's temporary files, and ends the process with return code
 * 16. This is the one place of the library that writes to the terminal and ends the process.
 */
#include "reader/record.h"

/* What is running.  exit is NULL while no code of an exit runs; then a crash is not ours. */
struct mr_crash_scene {
    const char *volatile exit;
    const char *hook;
    const char *table; /* or NULL */
    const char *input; /* or NULL */
    const struct mr_record *record; /* or NULL */
};

extern struct mr_crash_scene mr_crash_scene;

/* Watch from here on.  folder, copied, is where temporary files of this process are; or NULL. */
void mr_crash_arm(const char *folder);

/* Give the signals back. */
void mr_crash_disarm(void);

#endif

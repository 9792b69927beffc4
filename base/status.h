/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_BASE_STATUS_H
#define MR_BASE_STATUS_H

/*
 * The severity scale that every fallible function of the library returns.  Library code never prints and never
 * exits: it returns one of these and, where a person should know, reports a message (base/message.h).
 *
 *   MR_EOF     clean end of what was being read
 *   MR_OK      done
 *   MR_WARN    done, the result is usable, something is worth a note
 *   MR_FAILED  this record, row or item is lost; the caller goes on with the next one
 *   MR_FATAL   this file, table or run is lost; the handle may only be closed
 */
enum mr_status {
    MR_EOF = 1,
    MR_OK = 0,
    MR_WARN = -20,
    MR_FAILED = -25,
    MR_FATAL = -30
};

/* On every function whose result must be looked at. */
#define MR_CHECK __attribute__((warn_unused_result))

/* printf-like functions: FORMAT and FIRST are the numbers of the parameters. */
#define MR_PRINTF(FORMAT, FIRST) __attribute__((format(printf, FORMAT, FIRST)))

#endif

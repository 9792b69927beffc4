/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_SYSTEMS_FILE_H
#define MR_DOMAINS_SYSTEMS_FILE_H

/*
 * The site's systems.csv: what its systems are called, and on which processors they may run.
 *
 *   orgsysid    name that the system gives itself in 1/4; 1 to 8 letters, digits or @ # $ _ -; once in the file
 *   sysid       name in the tables; up to 64 of the same characters; empty: as orgsysid
 *   model       processor model in the tables, up to 64 printable characters; empty: as in the data
 *   serial      processor serial number of 1/5, 1 to 6 hex digits, leading zeros may be left out
 *   alternates  further serial numbers, separated by blanks (another machine during a move); may be empty
 *   verify      warn or abort: what to do when data of this system comes from none of its processors; empty: warn
 *
 * The columns sysid, model, alternates and verify may be left out.  A serial number stands once in the file.
 * Letters in orgsysid and in serial numbers compare the same in either case.
 */
#include "base/message.h"
#include "base/status.h"

#include <stdbool.h>

#define MR_SYSTEMS_FILE_MAX 1024 /* systems in one file */
#define MR_ALTERNATES_MAX 64     /* alternate serial numbers of one system */

enum mr_verify { MR_VERIFY_WARN, MR_VERIFY_ABORT };

struct mr_system_entry {
    char orgsysid[9]; /* as written in the file */
    char sysid[65];   /* never empty */
    char model[65];   /* "" where the file says nothing */
    char serial[7];   /* six upper-case hex digits */
    enum mr_verify verify;
    unsigned line; /* in the file */
};

/* How an entry was found. */
enum mr_system_match {
    MR_SYSTEM_UNLISTED,  /* not at all */
    MR_SYSTEM_SERIAL,    /* by its serial number */
    MR_SYSTEM_ALTERNATE, /* by one of its alternates */
    MR_SYSTEM_NAMED      /* by its name alone */
};

struct mr_system_finding {
    const struct mr_system_entry *entry; /* borrowed until the systems are freed; NULL: MR_SYSTEM_UNLISTED */
    enum mr_system_match match;
    bool unverified; /* found by name, but the data's serial number is none of its own: do as entry->verify says */
};

struct mr_systems;

/*
 * mr_systems_file_load - read a file.
 *   out   the systems, freed with mr_systems_file_free(); NULL on failure
 *   path  the file
 *   log   each fault is reported with file and line
 * Returns MR_OK, or MR_FATAL after at least one message.
 */
int mr_systems_file_load(struct mr_systems **out, const char *path, struct mr_log *log) MR_CHECK;

/*
 * mr_systems_file_find - who the data belongs to.
 *   systems  NULL is allowed: nothing is found
 *   serial   hex digits of 1/5, "" where there was none: then nothing can be verified or held against a name
 *   name     system id of 1/4, without trailing blanks; "" where there was none
 * The serial number decides, then the alternates, then the name.
 */
struct mr_system_finding mr_systems_file_find(const struct mr_systems *systems, const char *serial, const char *name);

/*
 * mr_systems_file_report - give the message that an unverified finding calls for; nothing for any other finding.
 *   serial  as given to mr_systems_file_find()
 * Returns MR_OK, MR_WARN after the warning, or MR_FATAL after the message of a system that must not be reduced.
 */
int mr_systems_file_report(const struct mr_system_finding *finding, const char *serial, const struct mr_place *place,
                           struct mr_log *log) MR_CHECK;

/* NULL is allowed. */
void mr_systems_file_free(struct mr_systems *systems);

#endif

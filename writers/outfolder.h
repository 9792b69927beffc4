/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_OUTFOLDER_H
#define MR_WRITERS_OUTFOLDER_H

/*
 * The folder that a run writes to.  Private to writers/.
 *
 * Files are made in it under temporary names, recognisable so that those of a killed run can be removed:
 *
 *   .VMXSP001.csv.12345-0.mrtmp
 *    |            |     | |
 *    final name   pid   | suffix
 *                       serial, 0 unless that name was taken
 *
 * A list of files that take their places together (writers/commit.h) is called .commit.PID-0.mrlist.
 *
 * While a run uses the folder it holds a shared lock (flock) on it.
 */
#include "base/message.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define MR_OUTFOLDER_NAME_MAX 200      /* bytes of a final name */
#define MR_OUTFOLDER_TEMPORARY_MAX 240 /* bytes of a temporary name with its final zero */
#define MR_OUTFOLDER_SUFFIX ".mrtmp"
#define MR_OUTFOLDER_LIST_SUFFIX ".mrlist"

struct mr_outfolder {
    int fd;       /* -1: not open */
    char *path;   /* as given, owned; for messages */
    struct mr_log *log;
    bool created; /* by us */
    bool scratch; /* files and names need not be safe on the disk */
    bool failed;  /* a file of this run is lost: the others need not go on, and nothing is put in place */
};

/*
 * mr_outfolder_open - use the folder path, created (one level, 0777 less umask) if it is missing.
 * Finishes what killed runs began in their last step, and removes their temporary files, if that is safe: no other run
 * has locked the folder, and the process that made the file does not exist any more.  Where folders cannot be locked
 * (some network file systems) they stay.
 * Returns MR_OK, or MR_FATAL after a message; close it in both cases.
 */
int mr_outfolder_open(struct mr_outfolder *folder, const char *path, struct mr_log *log) MR_CHECK;

/*
 * mr_outfolder_open_below - the folder name within another one, for files of its own, likewise.  A link of that name is
 * refused: it could lead anywhere.  clean: what killed runs left is removed; not where this run has files that wait.
 */
int mr_outfolder_open_below(struct mr_outfolder *folder, const struct mr_outfolder *above, const char *name,
                            bool clean) MR_CHECK;

/* Make the names in the folder safe on the disk.  MR_OK, or MR_FATAL with errno set and no message. */
int mr_outfolder_sync(struct mr_outfolder *folder) MR_CHECK;

/* The same for a descriptor. */
int mr_outfolder_sync_fd(int fd) MR_CHECK;

/* Give back lock and memory; the folder may be opened again. */
void mr_outfolder_close(struct mr_outfolder *folder);

/*
 * Whether name may be given to a file here: 1 to MR_OUTFOLDER_NAME_MAX bytes, no '/', no control characters, no '.' in
 * front.
 */
bool mr_outfolder_name_valid(const char *name);

/* The same for a folder in which the output is partitioned, whose names may be longer. */
bool mr_outfolder_part_valid(const char *name);

/* Write the temporary name for name (a valid one) in this process; text has MR_OUTFOLDER_TEMPORARY_MAX bytes. */
void mr_outfolder_temporary(char *text, const char *name, unsigned serial);

/* The name of this process's list; text has MR_OUTFOLDER_TEMPORARY_MAX bytes. */
void mr_outfolder_list(char *text, const char *name);

/*
 * mr_outfolder_final - the final name that a temporary one stands for, into MR_OUTFOLDER_TEMPORARY_MAX bytes.
 * MR_OK, or MR_FAILED where it is no temporary name of ours.
 */
int mr_outfolder_final(char *name, const char *temporary) MR_CHECK;

/* A file with a name like the temporary ones, with this suffix, whose process does not exist any more. */
bool mr_outfolder_abandoned(int folder, const char *name, const char *suffix);

/*
 * mr_outfolder_fail - mark the folder failed, and report id about the file name in it (NULL: the folder itself)
 * with detail, unless a failure has been reported before.  Returns MR_FATAL.
 */
int mr_outfolder_fail(struct mr_outfolder *folder, enum mr_message_id id, const char *name, const char *detail);

#endif

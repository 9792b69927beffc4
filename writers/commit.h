/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_COMMIT_H
#define MR_WRITERS_COMMIT_H

/*
 * The files of a run take their places together or not at all.  Private to writers/.
 *
 *   1  a list of what is to be done is made safe and named .commit.PID-0.mrlist: from here on it will be done
 *   2  each file that is to be replaced gets a second name, and the new file takes its place
 *   3  files of an earlier run that have no successor go
 *   4  the folder is made safe; list and second names go
 *
 * Where step 2 fails, what it has done is taken back: the files of the run before stand as they stood.  A run that is
 * killed between 1 and 4 leaves its list, and the next run that uses the folder finishes it (mr_commit_resume()); until
 * then the list is the sign that the folder holds files of two runs.
 *
 *   monreduce 1                            the form of the list
 *   +.VMXSP001.csv.12345-0.mrtmp           is to have its final name
 *   +VMXSP002/SYSID=A/DATE=B/.VMXSP002_A_B.parquet.12345-0.mrtmp
 *   -VMXPCF00.csv                          is to go
 *   .                                      the list is whole
 */
#include "base/status.h"
#include "writers/outfolder.h"

#include <stdbool.h>
#include <stddef.h>

#define MR_COMMIT_FIRST "monreduce 1\n"
#define MR_COMMIT_LAST ".\n"

struct mr_outfile;

/* A path within the folder of the run: TABLE/SYSID=.../DATE=.../ and a name. */
#define MR_COMMIT_PATH_MAX (3 * (MR_OUTFOLDER_NAME_MAX + 56) + MR_OUTFOLDER_TEMPORARY_MAX)

struct mr_commit_entry {
    char *below; /* the file's folder within that of the run, owned; NULL: it is that one */
    char *temporary;
    bool was_there; /* a file of its final name, before all began */
    bool kept;      /* and it has a second name */
    bool placed;
};

/* All zero: nothing is to be done. */
struct mr_commit {
    struct mr_commit_entry *entries;
    size_t count, room;
    char **gone; /* paths within the folder of the run */
    size_t gone_count, gone_room;
    void *folders; /* those that were noted: a tree (tsearch) of their paths */
};

/*
 * mr_commit_add - a sealed file is to take its place; it may be discarded then, and its temporary file belongs to the
 * list.  below is the path of the file's folder where that is one within the folder of the run, else NULL.
 * MR_OK, or MR_FATAL after a message.
 */
int mr_commit_add(struct mr_commit *commit, struct mr_outfile *file, const char *below) MR_CHECK;

/* Note that a folder within that of the run is used; *first tells whether it was not before.  MR_OK or MR_FATAL (memory). */
int mr_commit_note_folder(struct mr_commit *commit, const char *below, bool *first) MR_CHECK;

/* Take over all that another list has; it is empty then.  MR_OK, or MR_FATAL (memory), and nothing has changed. */
int mr_commit_join(struct mr_commit *commit, struct mr_commit *other) MR_CHECK;

/*
 * The file of this path in the folder of the run is to go, if it is there and no new one takes its place.  MR_OK, or
 * MR_FATAL (memory).
 */
int mr_commit_remove(struct mr_commit *commit, const char *path) MR_CHECK;

/*
 * mr_commit_run - do it, in the folder of the run.  Once.
 * MR_OK, with OUTPUT_STALE where only removing files failed, which the next run tries again; MR_FATAL after a message:
 * OUTPUT_PLACE or OUTPUT_WRITE where everything is as it was before, OUTPUT_UNDONE where taking back failed too and the
 * next run will go on.
 */
int mr_commit_run(struct mr_commit *commit, struct mr_outfolder *folder) MR_CHECK;

/* Remove the temporary files that are not in their places from the folder of the run, free everything. */
void mr_commit_destroy(struct mr_commit *commit, const struct mr_outfolder *folder);

/*
 * The folder below (NULL: the folder itself), by the first size bytes of a path of which no step is a link.
 * A descriptor, or -1 with errno set.
 */
int mr_commit_open_below(int folder, const char *below, size_t size);

/*
 * Remove the file of a path within a folder; only files, because nothing else has been written by an earlier run.
 * MR_OK, also where there is none; MR_FATAL with errno set.
 */
int mr_commit_remove_file(int folder, const char *path) MR_CHECK;

/*
 * mr_commit_resume - finish the lists of runs that were killed.  Only for who has the folder for itself.
 * MR_OK, with a message if there was one; MR_FATAL after OUTPUT_UNDONE where that fails.
 */
int mr_commit_resume(struct mr_outfolder *folder) MR_CHECK;

#endif

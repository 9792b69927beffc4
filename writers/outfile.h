/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_OUTFILE_H
#define MR_WRITERS_OUTFILE_H

/*
 * An output file that appears complete or not at all.  Private to writers/.
 *
 *   open -> reserve/commit/put ... -> seal -> mr_commit_add() -> discard
 *           under a temporary name    |       |                   removes the temporary file unless it is handed on, frees
 *                                     |       the end of the run gives it its final name; it replaces a file, or a
 *                                     |       link, of that name (writers/commit.h)
 *                                     everything is safe on the disk
 *
 * The first failure of a run is reported once, by message, and marks the folder failed; from then on every call on
 * every file of the folder returns MR_FATAL quietly, and what is put is thrown away.  Formatters therefore need not
 * look at each step: they put a row and return mr_outfile_status().
 */
#include "base/status.h"
#include "writers/outfolder.h"

#include <stddef.h>
#include <stdint.h>

#define MR_OUTFILE_RESERVE_MAX ((size_t)64 * 1024)
#define MR_OUTFILE_BUFFER ((size_t)256 * 1024) /* of each open file; less costs time, and only what is used is taken */

enum mr_outfile_state {
    MR_OUTFILE_CLOSED,
    MR_OUTFILE_OPEN,
    MR_OUTFILE_SEALED,
    MR_OUTFILE_PLACED,
    MR_OUTFILE_HANDED /* to the list of what takes its place together (writers/commit.h) */
};

/* Who is given the bytes of a file that is none.  Returns MR_OK or MR_FATAL after a message. */
typedef int mr_outfile_taker(void *context, const char *bytes, size_t size);

/* The members are private; they are here for the two inline functions.  All zero is a file that was never opened. */
struct mr_outfile {
    char *at;    /* next free byte of the buffer */
    char *limit; /* its end */
    char *buffer;
    struct mr_outfolder *folder; /* borrowed */
    uint64_t written;            /* bytes that have left the buffer, before they are compressed */
    uint64_t on_its_way;         /* of them, those that the system was asked to begin writing to the disk */
    struct z_stream_s *packer;   /* gzip; NULL: bytes go out as they are */
    mr_outfile_taker *take;      /* NULL: bytes go to fd */
    void *taker;                 /* its context */
    void *context;               /* of a format whose tables share the file; not looked at here */
    const uint64_t *input_bytes; /* that rows were made from, and */
    const uint64_t *table_rows;  /* how many there are of the table, also in files before; NULL: not known */
    int fd;
    int status; /* MR_OK or, for good, MR_FATAL */
    enum mr_outfile_state state;
    char name[MR_OUTFOLDER_NAME_MAX + 1];
    char temporary[MR_OUTFOLDER_TEMPORARY_MAX];
};

/*
 * mr_outfile_open - start the file name in folder (borrowed until discard).  Nothing is seen under name until it is
 * placed.  Never follows a link at the temporary name.  Mode 0666 less umask.
 * Returns MR_OK, or MR_FATAL after a message: name not valid or a folder, no permission, no memory.
 */
int mr_outfile_open(struct mr_outfile *file, struct mr_outfolder *folder, const char *name) MR_CHECK;

/*
 * The same, but nothing is made in the folder, whose state counts all the same: take (with its context taker) is given
 * what is put, in the order in which it is put.  Never sealed; discard it.  Returns MR_OK, or MR_FATAL after a message.
 */
int mr_outfile_open_apart(struct mr_outfile *file, struct mr_outfolder *folder, mr_outfile_taker *take, void *taker)
    MR_CHECK;

/* Everything that is put in the file, which is still empty, is compressed: gzip, level 1.  MR_OK or MR_FATAL. */
int mr_outfile_compress(struct mr_outfile *file) MR_CHECK;

/* Hand the buffer to the system.  Returns the status; afterwards the whole buffer is free. */
int mr_outfile_flush(struct mr_outfile *file);

/* Hand whole blocks to the system, so that MR_OUTFILE_RESERVE_MAX bytes are free.  Returns the status. */
int mr_outfile_make_room(struct mr_outfile *file);

/*
 * mr_outfile_reserve - room for size bytes (at most MR_OUTFILE_RESERVE_MAX) right in the buffer; never fails.
 * Write there, then commit the position behind the last byte used.  A pointer holds until the next call on the file.
 */
static inline char *mr_outfile_reserve(struct mr_outfile *file, size_t size)
{
    if ((size_t)(file->limit - file->at) < size)
        (void)mr_outfile_make_room(file);
    return file->at;
}

static inline void mr_outfile_commit(struct mr_outfile *file, char *end)
{
    file->at = end;
}

/* Append size bytes, any number of them.  Returns the status. */
int mr_outfile_put(struct mr_outfile *file, const void *bytes, size_t size);

/* MR_OK, or MR_FATAL once something has failed. */
static inline int mr_outfile_status(const struct mr_outfile *file)
{
    return file->status;
}

/* Bytes put so far: the position in the file of what comes next. */
uint64_t mr_outfile_offset(const struct mr_outfile *file);

/* Flush, make safe on the disk, close.  Only once.  MR_OK or MR_FATAL. */
int mr_outfile_seal(struct mr_outfile *file) MR_CHECK;

/* Give a sealed file a name, which need not be the one it was opened for.  MR_OK or MR_FATAL after a message. */
int mr_outfile_place_as(struct mr_outfile *file, const char *name) MR_CHECK;

/*
 * Free; remove the temporary file unless the file was placed or handed on.  Allowed in every state, also after a failed
 * open.
 */
void mr_outfile_discard(struct mr_outfile *file);

#endif

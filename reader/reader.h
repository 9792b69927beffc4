/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_READER_READER_H
#define MR_READER_READER_H

/*
 * The reader: from the bytes of an input to monitor records, in one pass and without seeking.  It strips framing and
 * checks headers; it knows no field.  Four layers, each in a file of its own:
 *
 *   source     file, pipe or standard input; gzip told by its magic            reader/source.h
 *   container  native MONWRITE, variable-record form, bare records, monreader  reader/container*.[ch], detect.c,
 *                                                                              control.c, frames.c
 *   record     the 20-byte header                                              reader/record.h
 *   time, text TOD clock, EBCDIC                                               reader/tod.h, reader/ebcdic.h
 *
 * Format facts and section numbers in the sources refer to the MONWRITE format description.
 */
#include "base/message.h"
#include "base/status.h"
#include "base/stop.h"
#include "reader/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What kind of framing the input has; told by content. */
enum mr_container {
    MR_CONTAINER_UNKNOWN,
    MR_CONTAINER_NATIVE,    /* 4 KB control records and frames */
    MR_CONTAINER_RDW,       /* variable records, each behind a record descriptor word of its own */
    MR_CONTAINER_BARE,      /* records one after the other; their own first four bytes are the descriptor word */
    MR_CONTAINER_MONREADER  /* 12-byte monitor control elements, each followed by its data */
};

/*
 * Where the bytes of an input went.  At every end of input
 *   bytes == control + records + leftover + end_data + damaged
 */
struct mr_reader_counts {
    uint64_t bytes;           /* of the uncompressed input */
    uint64_t control;         /* control records, descriptor words and control elements */
    uint64_t records;         /* bytes of records handed out */
    uint64_t leftover;        /* frame bytes behind 1/13 or behind the end address: not data */
    uint64_t end_data;        /* end-of-data blocks */
    uint64_t damaged;         /* skipped because they could not be used */
    uint64_t record_count;    /* records handed out */
    uint64_t frame_count;     /* frames that held data */
    uint64_t control_count;   /* control records, or control elements */
    uint64_t damage_count;    /* places where something was skipped as damage */
    uint64_t bad_record_count; /* records known to be lost: headers that could not be believed, cut records */
    uint64_t input_bytes;     /* bytes read from the file itself, compressed as it is */
    uint64_t input_size;      /* size of the file, 0 where it is not known (pipes) */
    uint32_t crc;             /* CRC-32 of the bytes of the file itself, as cksum of zlib gives it */
};

/* One stretch of damage, for the account.  What follows at once for the same reason belongs to the same stretch. */
struct mr_damage {
    uint64_t offset; /* of the first byte, in the uncompressed input */
    uint64_t bytes;  /* skipped; 0 where bytes are not in the input at all (MR_MSG_LOST_DATA) */
    enum mr_message_id reason;
};

#define MR_DAMAGE_MAX 1000 /* stretches that a reader remembers one by one; the counts go on */

struct mr_reader;

/*
 * mr_reader_open - open an input and find out what it is.
 *   out    the new handle; NULL on failure.  Closed with mr_reader_close().
 *   path   a file name, or "-" for standard input; borrowed, and messages that are kept point to it (base/notes.h)
 *   log    where messages go; borrowed, must outlive the handle
 * Returns MR_OK, or MR_FATAL after a message that says why this input cannot be used (missing, empty, text-mode
 * transfer, packed, not monitor data).  Looks at the first 64 KB, no more; what is damaged or cut at its front is
 * recognised by what follows in them.
 */
int mr_reader_open(struct mr_reader **out, const char *path, struct mr_log *log) MR_CHECK;

/* The same; a request to stop (borrowed; NULL: none) ends waiting for a pipe's bytes, like a reading error. */
int mr_reader_open_until(struct mr_reader **out, const char *path, const struct mr_stop *stop,
                         struct mr_log *log) MR_CHECK;

/*
 * mr_reader_next - the next record.
 * Returns MR_OK with *record filled; MR_EOF at the clean or unclean end of the input (the counts and messages tell
 * which); MR_FATAL when the input can no longer be read (a message was given; the counts are right up to there).
 * Damage is never an error here: it is reported, counted and passed over.  Records 1/13 are handed out like all
 * others.  After the end every call gives the same result again.
 * record->data is borrowed and valid until the next call on this handle.
 */
int mr_reader_next(struct mr_reader *reader, struct mr_record *record) MR_CHECK;

/* Has the end been met, clean or not, without a reading error or a request to stop? */
bool mr_reader_ended(const struct mr_reader *reader);

/* What framing was found. */
enum mr_container mr_reader_container(const struct mr_reader *reader);
const char *mr_container_name(enum mr_container container);

/* Name as given to open ("-" is "standard input"); borrowed until close. */
const char *mr_reader_name(const struct mr_reader *reader);

/* Counts so far; borrowed until close, changes with each call. */
const struct mr_reader_counts *mr_reader_counts(const struct mr_reader *reader);

/* Damage so far, in file order: at most MR_DAMAGE_MAX stretches; borrowed until the next call on this handle. */
const struct mr_damage *mr_reader_damage(const struct mr_reader *reader, size_t *count);

/* Close and free.  NULL is allowed. */
void mr_reader_close(struct mr_reader *reader);

#endif

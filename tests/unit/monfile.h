/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_TESTS_MONFILE_H
#define MR_TESTS_MONFILE_H

/*
 * Small inputs for the tests of the reader, made from the format description alone: no code of the reader is used.
 * Memory that runs out ends the test.
 */
#include "reader/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MONFILE_BLOCK 4096u
#define MONFILE_TOD UINT64_C(0xDECBF84504400000) /* 2024-03-15 09:00:00 */
#define MONFILE_MINUTE UINT64_C(0x3938700000)    /* TOD units */

/* The bytes of an input and what a reader has to find in them. */
struct monfile {
    uint8_t *data;
    size_t length;
    size_t room;
    struct monfile_record {
        size_t offset;
        size_t length;
        unsigned domain;
        unsigned number;
        uint64_t tod;
    } *records;
    size_t count;
    size_t record_room;
};

void monfile_free(struct monfile *file);

/* Append bytes, or n times the same byte. */
void monfile_bytes(struct monfile *file, const void *bytes, size_t n);
void monfile_fill(struct monfile *file, uint8_t byte, size_t n);
void monfile_pad(struct monfile *file, uint8_t byte); /* up to the next block */

/* Append a record; its body is X'DE'.  The second form leaves it out of the records that have to be found. */
void monfile_record(struct monfile *file, unsigned domain, unsigned number, uint64_t tod, size_t length);
void monfile_stale(struct monfile *file, unsigned domain, unsigned number, uint64_t tod, size_t length);

/* Append another file; its records are at their new places. */
void monfile_append(struct monfile *file, const struct monfile *other);

/*
 * Data as it lies in the segment from address start on: n records 4/3 of length bytes in frames, a 1/13 at the end of
 * each frame that is followed by another one, 1/11 at the end if closed.  What is behind 1/13 is X'AA', or, with
 * stale set, records that look valid.
 */
struct monfile_frames {
    uint32_t start;
    uint64_t tod;
    size_t n;
    size_t length;
    bool closed;
    bool stale;
};

/* Append these frames and nothing else; returns the number of bytes. */
size_t monfile_frames(struct monfile *file, const struct monfile_frames *frames);

/* An entry of a control record. */
struct monfile_entry {
    char kind; /* 'S' or 'E' */
    uint32_t start;
    uint32_t end;
};

void monfile_control(struct monfile *file, const struct monfile_entry *entries, size_t n);
void monfile_element(struct monfile *file, const struct monfile_entry *entry);

/* Append a control record with one S entry and its frames, filled up to a block with X'AA'. */
void monfile_set(struct monfile *file, const struct monfile_frames *frames);

/* Remove or insert bytes (X'AA'), as a bad transfer does; the list of records is not kept up. */
void monfile_remove(struct monfile *file, size_t offset, size_t n);
void monfile_insert(struct monfile *file, size_t offset, size_t n);

/* What the reader made of an input. */
struct monfile_result {
    int opened;
    int status; /* of the last mr_reader_next() */
    enum mr_container container;
    struct mr_reader_counts counts;
    struct mr_log log;
    struct mr_record *records; /* their data pointers are no longer valid */
    size_t count;
    size_t room;
    size_t damage_count;
    struct mr_damage damage[8];
    bool adds_up;   /* the invariant of the counts held */
    bool same_bytes; /* each record is the input's bytes at its offset */
};

/* Write the bytes to a file, read it with the reader, remove it. */
void monfile_read(struct monfile_result *result, const struct monfile *file);
void monfile_result_free(struct monfile_result *result);

/* Write a new file in the folder for temporary files; name has room for 64 bytes. */
void monfile_write(char *name, const void *data, size_t length);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_READER_CONTAINER_H
#define MR_READER_CONTAINER_H

/*
 * What the files of the reader share among themselves; nobody else includes this.
 *
 * A form of the input (native, monreader, bare, RDW) is a struct mr_form: a function that delivers the next record
 * and one that searches for a place where framing can begin again.  Two forms have frames, and both leave the walk
 * over them to frames.c.  All bytes leave the source through mr_take(), so that the account adds up by construction.
 *
 *   native      control 4 KB | frames | pad to 4 KB | control 4 KB | ... | end-of-data 4 KB
 *   monreader   element 12 | frames | element 12 | frames ...
 *   RDW         RDW 4 | record | RDW 4 | record ...
 *   bare        record | record ...
 *
 * In the last two a BDW 4 may stand in front of each block of them.
 */
#include "reader/reader.h"
#include "reader/source.h"

#define MR_BLOCK_BYTES 4096u
#define MR_RDW_BYTES 4u
#define MR_BDW_BYTES 4u /* the descriptor word of a block, in front of the records of a transfer in blocks */
#define MR_ROOM_UNKNOWN SIZE_MAX
#define MR_ELEMENT_BYTES 12u
#define MR_CONTROL_AREA 40u /* where the entries of a control record begin */
#define MR_ENTRIES_MAX ((MR_BLOCK_BYTES - MR_CONTROL_AREA) / MR_ELEMENT_BYTES)
#define MR_CONTROL_TEST_BYTES (MR_CONTROL_AREA + MR_ELEMENT_BYTES) /* enough to know a control record */
#define MR_FIND_BYTES 64u   /* a find function may look so far behind the places that it judges */
#define MR_END_OF_FRAME 13u /* record 1/13 */
#define MR_END_OF_DATA 11u  /* record 1/11 */

/* A monitor control element, which is also an entry of a control record (format description, section 2.2). */
struct mr_entry {
    uint64_t start; /* address of the first byte of the data */
    uint64_t end;   /* address of the last one */
    char kind;      /* 'S' or 'E' */
};

/* Data that is being walked over, frame by frame. */
struct mr_extent {
    uint64_t address; /* of the next byte of the input */
    uint64_t end;     /* the last one that is data */
    char kind;
    bool counted; /* the present frame is in frame_count */
    bool begun;   /* a record of it has been handed out */
};

struct mr_form {
    enum mr_container container;
    const char *name;
    int (*next)(struct mr_reader *reader, struct mr_record *record);
    /*
     * find - the first place in data[0 .. places-1] where framing begins, or places.  got bytes are there, got may be
     * more than places; what needs more than is there is not found.
     */
    size_t (*find)(const uint8_t *data, size_t places, size_t got);
};

extern const struct mr_form mr_form_native;
extern const struct mr_form mr_form_rdw;
extern const struct mr_form mr_form_bare;
extern const struct mr_form mr_form_monreader;

struct mr_native {
    struct mr_entry entries[MR_ENTRIES_MAX];
    size_t count;
    size_t next;
    uint64_t base;    /* offset of the first byte behind the control record */
    bool packed;      /* the next entry's data follows without a new block */
    bool end_seen;    /* the last thing read was an end-of-data record */
    bool cut;         /* the input ended inside a block or before announced data */
};

struct mr_reader {
    struct mr_source *source;
    struct mr_log *log;
    const struct mr_form *form;
    struct mr_reader_counts counts;
    struct mr_damage *damage;
    size_t damage_count;
    size_t damage_room;
    struct mr_damage last_damage; /* also where the list is full */
    bool after_damage;
    uint64_t last_tod; /* of the record handed out last, 0: none yet */
    bool at_end;       /* that record was 1/11: it ended a sample, or event data */
    bool failed; /* the source can no longer be read */
    int status;  /* MR_OK until the end */
    bool in_extent;
    struct mr_extent extent;
    struct mr_native native;
};

/* reader.c: what all forms need */

/* Look at want bytes (at most MR_SOURCE_PEEK_MAX) without taking them; returns how many are there, want at most. */
size_t mr_look(struct mr_reader *reader, size_t want, const uint8_t **data);

/* Take bytes that the last look showed and book them on an item of reader->counts. */
void mr_take(struct mr_reader *reader, uint64_t *item, size_t bytes);

/* Hand out a record that the last look showed: books it and fills what the header does not say. */
void mr_hand_out(struct mr_reader *reader, struct mr_record *record, char kind);

/* Remember damage that begins at offset; a stretch that continues the one before for the same reason is one. */
void mr_note_damage(struct mr_reader *reader, uint64_t offset, uint64_t bytes, enum mr_message_id reason);

/* The place of the next byte, for messages. */
struct mr_place mr_here(const struct mr_reader *reader);

/* MR_EOF or MR_FATAL, as the source ended. */
int mr_end(const struct mr_reader *reader);

/*
 * Skip bytes, book them as damaged, up to the next place that the form finds or the end of the input.  keep is the
 * number of bytes at the end of the input that are left if they are all zero.  Reports and remembers the reason.
 */
void mr_resync(struct mr_reader *reader, enum mr_message_id reason, size_t keep);

bool mr_all_zero(const uint8_t *data, size_t bytes);

/* control.c: control records and their entries */

/* True when the entry could announce data: known type, end not below start, less than 2 GB. */
bool mr_entry_read(const uint8_t *data, struct mr_entry *entry);

/* The test of section 7; needs MR_CONTROL_TEST_BYTES. */
bool mr_control_test(const uint8_t *data, size_t got);

/* The same without the size of the control area, which has to be confirmed by a record behind the block. */
bool mr_control_due(const uint8_t *data, size_t got);

/*
 * Read the entries of a control record of MR_BLOCK_BYTES.  Returns how many can be used; *announced is how many there
 * should be, 0 where the record does not say.
 */
size_t mr_control_entries(const uint8_t *data, struct mr_entry *entries, size_t *announced);

/* frames.c: the walk over the frames of reader->extent */

enum mr_walk {
    MR_WALK_RECORD, /* a record was handed out */
    MR_WALK_DONE,   /* all bytes up to the end address are taken */
    MR_WALK_CUT,    /* the input ended before the end address; what was there is taken */
    MR_WALK_FOUND   /* new framing begins before the end address, at the next byte */
};

enum mr_walk mr_frames_next(struct mr_reader *reader, struct mr_record *record);

/* How well data fits the announced extent: frames that are wholly there and end as they should. */
unsigned mr_frames_fit(const uint8_t *data, size_t got, uint64_t start, uint64_t end);

/* True when the first record of an entry's data stands there. */
bool mr_entry_begins(const uint8_t *data, size_t got, const struct mr_entry *entry);

/*
 * foreign.c: records of domains that CP does not use, and what stands between records
 *
 * room: bytes up to where records must end, or MR_ROOM_UNKNOWN; got of them are there, fewer where the input ends.
 * descriptor: bytes in front of each record, which have to agree with its length.
 */

/* A record that CP could have written stands there, whole or not. */
bool mr_record_there(const uint8_t *data, size_t got, size_t room, size_t descriptor, struct mr_record *record);

/*
 * A whole record of another domain stands there: its length leads to another record.  A time that cannot be true becomes
 * that of the record behind it, else before (0: not known).
 */
bool mr_foreign_there(const uint8_t *data, size_t got, size_t room, size_t descriptor, uint64_t before,
                      struct mr_record *record);

/* One or the other, as far as the bytes tell; whole or not where CP wrote it. */
bool mr_header_there(const uint8_t *data, size_t got);

/* A block descriptor word stands there, and a record of the block behind it. */
bool mr_block_there(const uint8_t *data, size_t got, size_t descriptor);

/* The last bytes of a stream may be the beginning of a record, or of a block. */
bool mr_cut_there(const uint8_t *data, size_t got, size_t descriptor);

/* astray.c: records whose time does not fit to those around them */

/* All is well, as nearly always: the record fits to the one before and to the header at next, MR_HEADER_BYTES. */
bool mr_in_line(const struct mr_reader *reader, const struct mr_record *record, const uint8_t *next);

/*
 * Does a record's time differ from those before and behind it, which agree?  behind, got: what stands behind the record;
 * descriptor: bytes in front of each record there.
 */
bool mr_astray(const struct mr_reader *reader, const struct mr_record *record, const uint8_t *behind, size_t got,
               size_t descriptor);

/* The same of the last record of an extent, by those before it alone. */
bool mr_astray_at_end(const struct mr_reader *reader, const struct mr_record *record);

/* Leave a record out, as damage. */
void mr_pass_over(struct mr_reader *reader, const struct mr_record *record);

/* detect.c: tells the form by the first bytes; NULL after a message that says what the input is instead */
const struct mr_form *mr_detect(struct mr_reader *reader);

#endif

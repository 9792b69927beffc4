/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_BASE_MESSAGE_H
#define MR_BASE_MESSAGE_H

/*
 * Messages.  Library code never prints: it reports to a log, and the program that owns the log decides what to show.
 * All texts live in one table, base/messages.def; each message has a stable id such as MRD0112E.  The last letter is
 * the severity, and the severity decides the return code of the run (design of the mainframe's own codes):
 *
 *   I information 0    W warning 4    E some data lost 8    S an input is unusable 12    T the run cannot go on 16
 */
#include "base/status.h"

#include <stdint.h>

enum mr_message_id {
#define MR_MESSAGE(number, letter, name, text, advice) MR_MSG_##name,
#include "base/messages.def"
#undef MR_MESSAGE
    MR_MSG_COUNT
};

/* What the table says of one message.  All strings are static. */
struct mr_message_text {
    const char *id;     /* "MRD0112E" */
    char letter;        /* I W E S T */
    const char *text;   /* what it means, in one line */
    const char *advice; /* what to do */
};

#define MR_NO_OFFSET UINT64_MAX

/* Where something was seen.  file may be NULL; offset counts bytes of the uncompressed input; number 0 = no record. */
struct mr_place {
    const char *file;
    uint64_t offset;
    uint16_t domain;
    uint16_t number;
    uint32_t line; /* of a text file; 0 = none */
};

#define MR_NOWHERE ((const struct mr_place *)0)

/* One reported message as the sink sees it; everything is borrowed until the sink returns. */
struct mr_message {
    enum mr_message_id id;
    const struct mr_message_text *def;
    struct mr_place place;
    const char *detail; /* the particulars: names, numbers; may be empty */
    uint64_t repeat;    /* 1 for the first of its kind in this log, 2 for the second ... */
};

typedef void mr_message_sink(void *context, const struct mr_message *message);

/* Counts what was reported and hands it on.  Set sink and context, zero the rest. */
struct mr_log {
    mr_message_sink *sink; /* NULL: count only */
    void *context;
    uint64_t counts[MR_MSG_COUNT];
    int code; /* highest return code so far: 0 4 8 12 16 */
};

/* The table's entry; id must be below MR_MSG_COUNT. */
const struct mr_message_text *mr_message_text(enum mr_message_id id);

/* The return code that a severity letter stands for. */
int mr_message_code(char letter);

/*
 * mr_report - count a message and hand it to the sink.
 *   log     NULL is allowed: nothing happens
 *   place   MR_NOWHERE or where it was seen; copied
 *   format  printf format of the particulars ("" for none); at most 500 bytes of them are kept, control
 *           characters as question marks
 */
void mr_report(struct mr_log *log, enum mr_message_id id, const struct mr_place *place, const char *format, ...)
    MR_PRINTF(4, 5);

/*
 * mr_message_format - one line of text: id, place, meaning, particulars, advice.  No newline, whatever a file is called.
 * Writes at most size bytes with the final zero; returns buffer.
 */
char *mr_message_format(char *buffer, unsigned size, const struct mr_message *message);

#endif

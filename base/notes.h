/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_BASE_NOTES_H
#define MR_BASE_NOTES_H

/*
 * Messages kept for later.  What threads have to say about the same records is noted by each for itself, and passed on
 * to the log of the run in the order of the records, as one thread would have said it.
 */
#include "base/message.h"

#include <stdbool.h>
#include <stddef.h>

#define MR_NOTES_MAX 1048576u                /* messages in one list */
#define MR_NOTES_TEXT_MAX (64u * 1024u * 1024u) /* bytes of their particulars and file names */

struct mr_note {
    uint64_t order;
    enum mr_message_id id;
    struct mr_place place; /* its file, where it has one, is in the text, and this only says that there is one */
    size_t text;           /* where its file name begins in the text, if it has one, and then its particulars */
};

/* All zero is an empty list.  One thread at a time uses it. */
struct mr_notes {
    struct mr_note *items;
    size_t count, room;
    char *text;
    size_t text_used, text_room;
    uint64_t order; /* that the next notes get; never falls */
    bool lost;      /* memory was short: some are missing */
};

/* Add a message. */
void mr_notes_add(struct mr_notes *notes, const struct mr_message *message);

/*
 * mr_notes_pass_on - report all notes of several lists to a log, by order, those of equal order list by list, and empty
 * the lists.  Returns MR_OK, or MR_FATAL where notes were lost because memory was short.
 */
int mr_notes_pass_on(struct mr_notes *lists, size_t count, struct mr_log *log) MR_CHECK;

/* Take back the notes of an order above this one. */
void mr_notes_cut(struct mr_notes *notes, uint64_t order);

/*
 * A log whose messages go into notes, or at once to another log while notes is NULL.  The two logs are used by one thread
 * at a time; the relay must not move.
 */
struct mr_relay {
    struct mr_log log;
    struct mr_log *to; /* borrowed */
    struct mr_notes *notes;
};

void mr_relay_open(struct mr_relay *relay, struct mr_log *to);

/* Free what the list owns. */
void mr_notes_free(struct mr_notes *notes);

#endif

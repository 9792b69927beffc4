/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_LEDGER_JOURNAL_H
#define MR_LEDGER_JOURNAL_H

/*
 * The journal of a commit: what it is about to do to files, written and made safe before it begins.
 *
 *   monreduce journal 1
 *   run 17
 *   append 1234 1300 0A0B... /out/VMXSP001.csv   rows are appended behind byte 1234; before, the file had 1300 bytes,
 *                                                and these were the last 66; - for none
 *   place /out/.manifest.json.42-0.mrtmp /out/manifest.json
 *   remove /out/VMXVXULF.csv
 *   end
 *
 * Bytes of names outside of 0x21 to 0x7E, and %, are written as %XX.  A journal without its last line was never
 * finished, so nothing has been done.  The ledger knows the number of the last run that was committed: if it is
 * this one, what is left to do is done (redo), else what was done is taken back (undo).
 */
#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum mr_journal_kind { MR_JOURNAL_APPEND, MR_JOURNAL_PLACE, MR_JOURNAL_REMOVE };

struct mr_journal_step {
    enum mr_journal_kind kind;
    char *path;      /* the file's own name; owned, like all here */
    char *temporary; /* PLACE: where it is until then */
    uint64_t offset, size; /* APPEND */
    uint8_t *cut;    /* APPEND: bytes from offset to size */
    size_t cut_size;
};

struct mr_journal {
    int64_t run;
    struct mr_journal_step *steps;
    size_t count, room;
};

/* Add a step; a copy is made of everything.  MR_OK or MR_FATAL (memory). */
int mr_journal_add(struct mr_journal *journal, const struct mr_journal_step *step) MR_CHECK;

/* Write it to path, safe on the disk.  MR_OK or MR_FATAL with errno set. */
int mr_journal_write(const struct mr_journal *journal, const char *path) MR_CHECK;

/* MR_OK; MR_EOF where there is none or it was never finished; MR_FATAL (memory, unreadable) with errno set. */
int mr_journal_read(struct mr_journal *journal, const char *path) MR_CHECK;

/* Do what is left to do.  Files that are in their place already are passed over.  MR_OK or MR_FATAL with errno set. */
int mr_journal_redo(const struct mr_journal *journal) MR_CHECK;

/* Take back what was done.  MR_OK or MR_FATAL with errno set. */
int mr_journal_undo(const struct mr_journal *journal) MR_CHECK;

void mr_journal_free(struct mr_journal *journal);

#endif

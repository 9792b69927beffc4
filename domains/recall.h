/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_RECALL_H
#define MR_DOMAINS_RECALL_H

/*
 * Continuity over runs: what an engine carries of a system can be saved, and a later engine goes on from there.
 *
 * An engine with a struct mr_recall asks for each system when data of it first comes: whoever keeps the state gives back
 * the system's past (mr_recall_state), the times that have been reduced (mr_recall_coverage), and the window of times
 * that may be reduced now (mr_recall_window).  It is told of every record that was used.
 *
 * Saved are sections, one after the other; each can be made and taken by itself:
 *
 *   kind  name length  name           digest       length  content
 *    u8      u16       "VMXVXU00 4/3"  u64 of the    u32
 *                                      places in it
 *
 *   system     identity, phase, interval, pace, times, form, processors, channel paths
 *   fits       where the fields of worked-out layouts were found
 *   readings   one for each record of a table: last time and counters of every entity
 *   distinct   values already counted in the present interval
 *   held       one for each table: rows and records that wait for others
 *
 * An engine takes the sections of the tables that it makes and passes over the others, so sections that several engines
 * saved, each of its share of the tables, can be put together.  A section whose digest is another one was made with
 * another layout: it is not taken, which is said, and the differences of that table begin anew.
 */
#include "domains/account.h"
#include "domains/engine.h"
#include "domains/pack.h"

/* What happened with a record that was used. */
enum {
    MR_USED_ENDS_SAMPLE = 1,   /* a sample interval has ended with it */
    MR_USED_BEGINS_SESSION = 2 /* an event after which counters of something begin anew (schema/sessions.csv) */
};

/* All members are set.  identity and account are borrowed until the function returns. */
struct mr_recall {
    void *context;

    /*
     * A system of which this input has had nothing yet.  Gives its past with the functions below if there is any.
     * identity NULL: the records that begin at tod carry no configuration; whose they are is asked.
     * Returns MR_OK; MR_FAILED: identity is NULL and nobody knows: nothing of the input is used, mr_engine_record()
     * returns MR_FAILED; MR_FATAL after a message.
     */
    int (*system)(void *context, struct mr_engine *engine, const struct mr_identity *identity, uint64_t tod);

    /* A record was used, after its rows were given out; flags MR_USED_.  MR_OK or MR_FATAL after a message. */
    int (*used)(void *context, const struct mr_system_account *account, const struct mr_identity *identity,
                const struct mr_record *record, unsigned flags);

    /* A record outside the system's window, of a time that has not been reduced. */
    void (*outside)(void *context, const struct mr_identity *identity, uint64_t tod);

    /* The input is read again, for another window: what is not used is not counted. */
    bool again;
};

/* Parts of a state. */
enum { MR_STATE_SYSTEM = 1, MR_STATE_TABLES = 2, MR_STATE_ALL = 3 };

/*
 * mr_recall_state - take back a state: sections as mr_recall_save() made them.  Without sections (size 0) the system is
 * known by name only.  The system is one that the present input has not had.
 * Returns MR_OK; MR_FAILED when the bytes are damaged (said; the system is then known by name only); MR_FATAL (memory).
 */
int mr_recall_state(struct mr_engine *engine, const struct mr_identity *identity, const void *sections,
                    size_t size) MR_CHECK;

/*
 * mr_recall_overlay - the system goes on with the state of a later time: what the sections heard of since that time is
 * as they say, everything else as it is now; ahead is added to the interval numbers of the latter.  Status as above.
 */
int mr_recall_overlay(struct mr_engine *engine, const struct mr_identity *identity, uint64_t since,
                      const void *sections, size_t size, int64_t ahead) MR_CHECK;

/*
 * Times that have been reduced, as mr_recall_save_coverage() made them; what is before from (0: no limit) is left out.
 * MR_OK, MR_FAILED (damaged, said) or MR_FATAL.
 */
int mr_recall_coverage(struct mr_engine *engine, const struct mr_identity *identity, const void *bytes, size_t size,
                       uint64_t from) MR_CHECK;

/* Only records from this time on and before that time are used; 0: no limit. */
void mr_recall_window(struct mr_engine *engine, const struct mr_identity *identity, uint64_t from, uint64_t to);

/* The system's interval number; 0 where it has not been recalled. */
uint32_t mr_recall_interval(const struct mr_engine *engine, const struct mr_identity *identity);

/* Save a system's state; parts MR_STATE_.  *sections grows; its member failed tells of short memory. */
void mr_recall_save(const struct mr_engine *engine, const struct mr_identity *identity, unsigned parts,
                    struct mr_pack *sections);

/* Save the times that this engine has reduced of the system since it was recalled. */
void mr_recall_save_coverage(const struct mr_engine *engine, const struct mr_identity *identity,
                             struct mr_pack *bytes);

/* What a replay has brought about. */
struct mr_recall_effect {
    uint32_t interval; /* number of the system's interval afterwards */
    uint64_t missing;  /* intervals found missing */
};

/*
 * mr_recall_replay - records that have been used before, in their order: their rows are made again and go to the sink.
 * Nothing is counted or reported.  The system has been recalled.  MR_OK, MR_FATAL or what the row sink returned.
 */
int mr_recall_replay(struct mr_engine *engine, const struct mr_identity *identity, const struct mr_record *records,
                     size_t count, struct mr_recall_effect *effect) MR_CHECK;

/* A session event alone: what it says begins anew is forgotten, no rows are made. */
void mr_recall_session(struct mr_engine *engine, const struct mr_identity *identity, const struct mr_record *record);

/* Let go what waits, as at the end of all inputs: the rows go to the sink.  Nothing is counted or reported. */
int mr_recall_release(struct mr_engine *engine, const struct mr_identity *identity) MR_CHECK;

/* Forget all systems but their account: the next input, or the next window, begins. */
void mr_recall_reset(struct mr_engine *engine);

#endif

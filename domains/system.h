/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_SYSTEM_H
#define MR_DOMAINS_SYSTEM_H

/* One monitored system, and the engine around it.  Private to domains/. */
#include "domains/account.h"
#include "domains/coverage.h"
#include "domains/decode.h"
#include "domains/delta.h"
#include "domains/engine.h"
#include "domains/entity.h"
#include "domains/fit.h"
#include "domains/known.h"
#include "domains/queue.h"
#include "domains/hooks.h"
#include "schema/arena.h"

#define MR_SYSTEMS_MAX 1024        /* in one run */
#define MR_VARIANT_TEXTS_MAX 16    /* texts of flexible length in one record */
#define MR_ENTRIES_MAX 4096        /* entries of one record that become rows */
#define MR_ROW_TEXT_MAX (1024u * 1024u)
#define MR_FITS_MAX 32             /* lengths that records of tested layouts have in one system */
#define MR_FORGET_AFTER 1500u      /* intervals without a record: a day of one-minute intervals */
#define MR_FORGET_EVERY 250u       /* intervals between two looks */

/* A row that is being put together from several records or rows. */
struct mr_held_row {
    struct mr_cell *cells;
    uint8_t *spoiled;   /* a flag for each column: a sum that lacks a part */
    struct mr_text text;
    uint64_t tod;       /* highest of its parts */
    uint64_t source_tod; /* highest of the rows of the sample that were summed into it */
    uint64_t last_tod;  /* of the row before, 0: none */
    uint32_t last_interval; /* of the row before, 0: none */
    uint32_t parts;     /* bits of the feeds and sources that have come */
    uint32_t seen;      /* bits of those that this system has ever sent */
    uint32_t old;       /* bits of those whose differences reach back behind the row before */
    enum mr_quality quality; /* worst of its parts */
    enum mr_quality sums;    /* what its sums lack: ok, gap or partial */
    struct mr_held_rows *rows; /* one for each link to the table */
    unsigned incoming;         /* how many these are */
    uint32_t owed;      /* bits of links, by their order, that have told of something which belongs into the next row */
    bool used;
    bool superseded;    /* another record tells what one of its parts told */
    bool sampled;       /* a row of this sample was summed into it */
};

/* Rows of a source that went into a held row. */
struct mr_held_rows {
    uint32_t now, before; /* before: into the row before */
};

/* How far apart samples are, in TOD units. */
struct mr_pace {
    uint64_t last;   /* the last undisturbed interval, 0: none yet */
    uint64_t steady; /* what several intervals in a row took, 0: not known */
    uint64_t before; /* the time between the last two ends, holes too; 0: none yet */
    unsigned alike;  /* how many times in a row it was that long */
    bool confirmed;  /* an interval as long as was set has been seen */
};

/* What a system is in the middle of (VMX processing, section 3). */
enum mr_phase { MR_PHASE_INIT, MR_PHASE_RUN };

/* Configuration records that must be there (section 2). */
enum { MR_HAVE_1_1 = 1, MR_HAVE_1_4 = 2, MR_HAVE_1_5 = 4, MR_HAVE_1_9 = 8, MR_HAVE_ALL = 15 };

struct mr_system {
    struct mr_identity identity;
    enum mr_phase phase;
    bool configured;         /* a configuration set was begun */
    unsigned have;           /* configuration records of the present set */
    bool in_sample;          /* sample records of the present interval have come */
    bool domain0;            /* domain 0 records came since the last end of sample */
    uint32_t forgotten_at;   /* interval of the last look for what is gone */
    uint32_t interval;       /* ordinal of the present or last interval; gaps are counted in */
    uint32_t previous;       /* ordinal of the sample before that one, 0: none */
    uint64_t ipl_tod;        /* 0: not known */
    uint64_t start_tod;      /* VMCINTTS, 0: not known */
    uint64_t sample_input;   /* number of the input that the last sample came from */
    uint64_t first_tod;      /* of the present sample */
    uint64_t sample_tod;     /* of its record before */
    uint64_t last_end_tod;   /* end of the last sample, 0: none yet */
    uint64_t earlier_end_tod; /* start of the interval that the last sample ended, 0: not known */
    uint32_t superseded;     /* bits of the rules of schema/superseded.csv whose record this system sends */
    struct mr_pace pace;     /* how long intervals are in fact */
    uint64_t nominal;        /* interval as 1/9 or a MONITOR command set it, 0: not known */
    uint64_t last_tod;       /* of the last record */
    uint64_t suspend_tod;    /* of a 1/12 whose 1/3 has not come, 0: none */
    uint64_t held_suspend_tod; /* the same for the row of the pair */
    struct mr_system_account account;
    struct mr_coverage coverage;  /* times reduced already */
    struct mr_coverage own;       /* those of them that are from this input; kept only for options.recall */
    bool asleep;                  /* of an earlier input: nothing but its account is known until it is recalled */
    uint8_t *processors;          /* a bit for each address that a 1/5 or 5/1 told of; NULL: none yet */
    struct mr_episode *episodes;  /* of the account */
    size_t episode_room;
    struct mr_entity_map *maps;   /* readings: one for each feed of the engine, and others that plans asked for */
    struct mr_known *known;     /* one for each rule of sessions, of the keys in its map; NULL: no event yet */
    struct mr_entity_map *held;   /* held rows and records: one for each plan */
    int form;                     /* entries of 0/16: 0 not known, 1 as in the layout, 2 the alternate form */
    struct mr_chpids chpids;      /* kept only where the engine is watched */
    bool chpids_missed;           /* said once that no device has come */
    struct mr_fit *fits;          /* of records with a worked-out layout, one for each length */
    size_t fit_count, fit_room;
    uint32_t fits_told[2];        /* a bit for each of them: said once where its fields are; that none tells (checks.c) */
    uint32_t refusals_told;       /* a bit for each layout: said once that a record does not fit */
};

struct mr_dispatch {
    struct mr_feed **feeds;
    size_t count, room;
    size_t active;       /* so many, the first ones, are of tables that this engine makes */
    const struct mr_layout *layout;
    bool begins_session; /* an event of schema/sessions.csv */
    struct mr_checked *checked; /* a record of schema/checks.csv, or NULL */
    bool has_variants;   /* application data: told apart by schema/variants.csv */
    uint32_t supersedes; /* bits of the rules of schema/superseded.csv that name this record */
};

/* A variant of a record with the tables that take it. */
struct mr_variant_rule {
    const struct mr_variant *variant;
    const struct mr_layout *base, *layout;
    struct mr_feed **feeds;
    size_t count, room, active; /* as in struct mr_dispatch */
};

/* A check of the schema with its fields, and the anchors that they belong to. */
struct mr_check_rule {
    const struct mr_layout_check *check;
    const struct mr_field *field, *second, *other; /* second and other may be NULL */
    int anchor, other_anchor;             /* MR_FIT_UNKNOWN: in the trusted part */
};

/* Bytes of a record that are read at another place, or where the layout has them.  Offsets as in the layout. */
struct mr_stretch_shift {
    uint16_t from, to;
    int16_t shift;
};

#define MR_ALIGNMENT_PARTS (MR_FIT_ANCHORS + 1)

/* Tested fields that lie side by side. */
struct mr_anchor {
    uint16_t from, to;
    bool telling; /* texts and instants look like nothing else; a number may be any, and confirms a place at most */
    bool summed;  /* some of its fields are the parts of another */
};

struct mr_alignment;

/* A record whose layout is tested. */
struct mr_checked {
    const struct mr_layout *layout;
    struct mr_dispatch *target;
    unsigned number;        /* in the engine's list */
    uint16_t trusted;       /* offset behind what is believed whatever the tests say */
    uint16_t end;           /* behind the last field that is not */
    struct mr_check_rule *rules; /* by offset */
    size_t rule_count;
    size_t first_rule[MR_FIT_ANCHORS + 2]; /* of the trusted part, and of each anchor */
    struct mr_anchor anchors[MR_FIT_ANCHORS];
    unsigned anchor_count;
    struct mr_alignment **alignments; /* made so far; the first one believes nothing behind the trusted part */
    size_t alignment_count, alignment_room;
};

/* A session of the schema with the places worked out. */
struct mr_session_rule {
    const struct mr_session *session;
    struct mr_feed *feed;
    struct mr_key_part parts[4];
    unsigned part_count;
};

/* Fields that the engine itself looks at; MR_NO_INDEX where the schema does not have them. */
struct mr_engine_fields {
    const struct mr_layout *system, *processor, *sample, *command, *resume, *vary, *use;
    int system_id, level, ipl_time, machine_type, machine_model, zone; /* 1/4 */
    int serial, model;                                   /* 1/5 */
    int interval;                                        /* 1/9 */
    int command_text, command_length;                    /* 1/10 */
    int lost_count;                                      /* 1/3 */
    int processor_address, vary_address, use_address;    /* 1/5, 5/1, 0/2 */
};

/* Records that wait for their system's identity. */
struct mr_set_queue {
    struct mr_queue records;
    bool active;
    unsigned have; /* MR_HAVE_ bits of what is in it */
};

/* What is known of the present batch of the present input: is it a copy of data that has been used? (twice.c) */
enum mr_verdict { MR_VERDICT_OPEN, MR_VERDICT_COPY, MR_VERDICT_NEW };

struct mr_trial {
    struct mr_queue records; /* that wait for the verdict; all of one system */
    struct mr_system *system;
    enum mr_verdict verdict;
    unsigned same;           /* record types whose first record has been used */
    unsigned other;          /* those of which one of the same time and other content has been used */
    unsigned strange;        /* those of which none of that time has */
    bool whole;              /* its beginning has been seen in this input */
    bool begun;              /* a record has been judged */
};

struct mr_engine {
    struct mr_engine_options options;
    struct mr_log *log; /* for what is not of a table; NULL where another engine says it */
    struct mr_engine_counts counts;
    struct mr_census census;
    struct mr_arena *names;
    struct mr_plan **plans;
    size_t plan_count;
    struct mr_feed **feeds; /* by number */
    size_t feed_count;
    unsigned map_count;     /* entity maps of a system; the first feed_count belong to the feeds */
    struct mr_dispatch dispatch[MR_DOMAIN_MAX + 1][MR_NUMBER_MAX + 1];
    struct mr_variant_rule *variants;
    size_t variant_count;
    struct mr_checked *checked; /* records whose layout is tested */
    size_t checked_count;
    uint64_t input_number; /* of the present input, from 1 */
    struct mr_session_rule *sessions;
    size_t session_count;
    struct mr_engine_fields fields;
    struct mr_system **systems;
    size_t system_count, system_room;
    struct mr_system *current; /* of the present input; NULL until known */
    const struct mr_system *row_system; /* of the row that the sink is given */
    const char *input;
    bool named;   /* the first records of the present input were a configuration set that told whose they are */
    bool refused; /* the run must stop; it has been said why */
    bool unknown; /* nobody knows whose the records of this input are */
    struct mr_system *recalled; /* the last one in this input, or NULL */
    struct mr_aside *aside; /* counts put aside while records are replayed; NULL: they are not */
    struct mr_set_queue queue;
    struct mr_trial trial;
    struct mr_queue ahead;     /* a sample that seems to come behind a hole, until its end */
    struct mr_system *ahead_system;
    bool watched;          /* somebody wants to know of records: hooks, or the choice of channel paths */
    struct mr_hook_scene scene;
    struct mr_chpid_fields chpid_fields;
    struct mr_cell *cells; /* of the row being made */
    struct mr_text text;
    struct {
        uint8_t bytes[MR_RECORD_MAX]; /* application data, moved to where the layouts expect it */
        uint16_t text_at[MR_VARIANT_TEXTS_MAX], text_length[MR_VARIANT_TEXTS_MAX];
        uint8_t texts[MR_RECORD_MAX];
        unsigned text_count;
    } application;
};

#define MR_BASE_NONE 0u           /* no differences */
#define MR_BASE_BEGIN UINT32_MAX  /* the differences are complete: all since the entity began */

/* What is known of a row besides its cells. */
struct mr_row_facts {
    uint64_t tod;     /* of its record, or the highest of its parts */
    uint64_t elapsed; /* TOD units that its differences cover, 0: it has none */
    uint32_t base;    /* interval that they begin at; MR_BASE_ */
    enum mr_quality quality;
    bool superseded;  /* another record tells what this one told */
};

/* The row of one record (or entry) into cells; in observe.c. */
struct mr_observation {
    struct mr_system *system;
    struct mr_feed *feed;
    const struct mr_record *record;
    struct mr_part *parts;
    struct mr_cell *cells;
    struct mr_text *text;
    bool keep;               /* the row outlives the record */
    bool plain;              /* as recorded: no readings are kept or compared */
    enum mr_quality quality; /* out */
    uint64_t elapsed;        /* out: TOD units to the record before, 0 where there is none */
    uint64_t span;           /* out: the same by the data's own clock, where it has one */
    uint32_t base;           /* out: interval of the record before; MR_BASE_ */
    bool from_zero;          /* out: the differences are all since the entity began */
    bool superseded;         /* out: another record of this system tells what this one told */
    bool duplicate;          /* out: seen before, no row */
    unsigned fits, fits_not; /* out: counters whose difference was possible, or not */
    unsigned other_fits, other_fits_not; /* the same for the alternate form */
};

/* An empty row of the plan in the engine's buffer, about to be filled from a record. */
struct mr_observation mr_row_begin(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                                   const struct mr_record *record, struct mr_part *parts);

/* Fill the elements of a row.  MR_OK or MR_FATAL (memory). */
int mr_observe(struct mr_observation *observation) MR_CHECK;

/* The raw bytes of a feed's keys, at most MR_KEY_BYTES_MAX; their number. */
size_t mr_observe_key(const struct mr_feed *feed, const struct mr_part *parts, uint8_t *key);

/* Remember an episode of a system; beyond MR_EPISODES_MAX only the counts go on. */
void mr_account_episode(struct mr_system *system, enum mr_episode_kind kind, uint64_t from, uint64_t to,
                        uint64_t number);

/* Fill the common columns. */
void mr_row_common(const struct mr_system *system, const struct mr_plan *plan, uint64_t tod, uint64_t elapsed,
                   enum mr_quality quality, struct mr_cell *cells);

/*
 * A finished row: its formulas, what it adds to other tables, and the sink if the table is wanted.  What hooks do with the
 * row reaches the tables that it is a part of, but no sum.
 */
int mr_row_emit(struct mr_engine *engine, struct mr_system *system, struct mr_plan *plan,
                const struct mr_row_facts *facts, struct mr_cell *cells) MR_CHECK;

/* The parts of mr_row_emit(), for rows whose cells change between. */
void mr_row_formulas(const struct mr_plan *plan, bool superseded, struct mr_cell *cells);
int mr_row_put(struct mr_engine *engine, struct mr_system *system, struct mr_plan *plan,
               const struct mr_row_facts *facts, struct mr_cell *cells) MR_CHECK;

/* What an observation has found out of its row. */
static inline struct mr_row_facts mr_row_facts(const struct mr_observation *o)
{
    return (struct mr_row_facts){o->record->tod, o->elapsed, o->base, o->quality, o->superseded};
}

/*
 * Data that comes twice; in twice.c.  A record of a known system on its way to its tables: it is used, or counted as a
 * duplicate, or waits for a verdict.  settle: nothing follows that could tell more; what waits is decided.
 */
int mr_twice_record(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record) MR_CHECK;
int mr_twice_settle(struct mr_engine *engine) MR_CHECK;
void mr_twice_begin_input(struct mr_engine *engine);

/* Has this very record been used? */
bool mr_twice_known(const struct mr_system *system, const struct mr_record *record);

/* The clock of a system has gone back: a new stretch of data begins; in track.c. */
/* Would this record show that intervals are missing before it? */
bool mr_track_shows_hole(const struct mr_engine *engine, const struct mr_system *system, const struct mr_record *record);
void mr_track_command(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record);
bool mr_track_is_sample(const struct mr_engine *engine, const struct mr_record *record);
int mr_track_begin_stretch(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record) MR_CHECK;

/* A record that is a duplicate, or that is used; in dispatch.c. */
int mr_dispatch_ahead(struct mr_engine *engine) MR_CHECK;
void mr_dispatch_duplicate(struct mr_engine *engine, const struct mr_record *record);
int mr_dispatch_record(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record) MR_CHECK;

/* One record to one table; length is how much of it can be believed. */
int mr_dispatch_feed(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                     const struct mr_record *record, size_t length) MR_CHECK;

/* Rows with a held record, in held.c; monitor control, in domain01.c; logoff, in domain04.c; partitions, in domain00.c. */
int mr_held_record(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                   const struct mr_record *record, struct mr_part *parts) MR_CHECK;
int mr_held_finish(struct mr_engine *engine, struct mr_system *system) MR_CHECK;
int mr_d01_control(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                   const struct mr_record *record, struct mr_part *parts) MR_CHECK;
/* "EP" or "SP" where an end of interval carries these letters, else NULL. */
const char *mr_d01_class(const struct mr_record *record);
int mr_d01_finish(struct mr_engine *engine, struct mr_system *system) MR_CHECK;
int mr_d04_logoff(struct mr_engine *engine, struct mr_system *system, struct mr_feed *feed,
                  const struct mr_record *record, struct mr_part *parts) MR_CHECK;
void mr_d00_choose_form(struct mr_engine *engine, struct mr_system *system, const struct mr_feed *feed,
                        const struct mr_record *record, const struct mr_part *parts);
bool mr_d00_judge_form(struct mr_engine *engine, struct mr_system *system, const struct mr_observation *observation);
bool mr_d00_valid(const struct mr_feed *feed, const struct mr_part *parts);
void mr_d00_physical(const struct mr_feed *feed, struct mr_cell *cells);

/* Application data, in domain10.c: the variant of a record or NULL, and the record to the tables that take it. */
struct mr_variant_rule *mr_d10_variant(struct mr_engine *engine, const struct mr_record *record);
int mr_d10_record(struct mr_engine *engine, struct mr_system *system, const struct mr_variant_rule *rule,
                  const struct mr_record *record) MR_CHECK;
void mr_d10_texts(const struct mr_feed *feed, struct mr_engine *engine);

/*
 * A record with a layout that was worked out (schema/checks.csv): the feeds of its target, as many and in the same order,
 * that read its fields where they are and leave blank what cannot be placed; NULL (memory).  In checks.c.
 */
struct mr_feed *const *mr_checks_feeds(struct mr_engine *engine, struct mr_system *system,
                                       const struct mr_record *record);
int mr_checks_open(struct mr_engine *engine) MR_CHECK;
void mr_checks_close(struct mr_engine *engine);
/* A number for what is tested: with other tests, what was found out tells nothing. */
uint64_t mr_checks_digest(const struct mr_engine *engine);
/* The end of a run: say what has not been said yet. */
void mr_checks_finish(struct mr_engine *engine, struct mr_system *system);

/*
 * Feeds that read some parts of a record at another place and leave out all else behind the trusted part; NULL (memory).
 * Borrowed; the same for the same parts.  In realign.c.
 */
struct mr_feed *const *mr_realign_feeds(struct mr_checked *checked, const struct mr_stretch_shift *parts,
                                        unsigned count);
/* What was read behind the trusted part is compared with nothing that comes. */
void mr_realign_forget(const struct mr_checked *checked, struct mr_system *system);
void mr_realign_close(struct mr_checked *checked);

/* Processors without configuration, in processors.c.  MR_OK or MR_FATAL (memory). */
int mr_processors_record(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record) MR_CHECK;

/* Sessions: forget what an event says begins anew; in sessions.c. */
int mr_sessions_open(struct mr_engine *engine) MR_CHECK;
void mr_sessions_event(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record);
void mr_sessions_free(const struct mr_engine *engine, struct mr_system *system);

/* Keep the readings of a session that has ended for an event that comes late. */
void mr_sessions_former(struct mr_system *system, const struct mr_feed *feed, const struct mr_entity *entity);

/*
 * Hooks; in hooks.c.  A record or row of MR_FAILED is left out.  mr_hooks_record() and mr_hooks_row() are called only
 * where the engine is watched.
 */
void mr_hooks_open(struct mr_engine *engine);
int mr_hooks_record(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record) MR_CHECK;
int mr_hooks_row(struct mr_engine *engine, struct mr_system *system, struct mr_plan *plan, struct mr_cell *cells)
    MR_CHECK;
int mr_hooks_interval(struct mr_engine *engine, struct mr_system *system, bool begin, uint64_t tod) MR_CHECK;

/* Intervals; in track.c.  Called before and after a record goes to its tables. */
int mr_track_before(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record) MR_CHECK;
int mr_track_after(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record) MR_CHECK;
int mr_track_begin_configuration(struct mr_engine *engine, struct mr_system *system) MR_CHECK;

/*
 * Continuity over runs; in recall.c.  The system that an input is about to have, which earlier runs may know (identity
 * NULL: whose records begin at tod?); a record outside the window, or used; what ends a stretch of coverage.
 */
int mr_recall_ask(struct mr_engine *engine, const struct mr_identity *identity, uint64_t tod) MR_CHECK;
void mr_recall_outside(struct mr_engine *engine, const struct mr_system *system, const struct mr_record *record);
int mr_recall_used(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record,
                   unsigned flags) MR_CHECK;
int mr_system_close_coverage(struct mr_system *system, uint64_t now) MR_CHECK;

/* The queue's records to their system, in arrival.c; all that a system holds to its tables, in engine.c. */
int mr_engine_drain(struct mr_engine *engine) MR_CHECK;
int mr_engine_release(struct mr_engine *engine, struct mr_system *system) MR_CHECK;

/*
 * A state to bytes and back (the form is in domains/recall.h); in state.c, state_tables.c.  Those that load return
 * MR_OK, MR_FAILED where the bytes do not fit together, or MR_FATAL (memory).
 */
struct mr_pack;
struct mr_unpack;
void mr_state_save_system(const struct mr_system *system, struct mr_pack *sections);
void mr_state_save_fits(const struct mr_engine *engine, const struct mr_system *system, struct mr_pack *sections);
void mr_state_save_tables(const struct mr_engine *engine, const struct mr_system *system, struct mr_pack *sections);
int mr_state_load(struct mr_engine *engine, struct mr_system *system, struct mr_unpack *sections) MR_CHECK;
int mr_state_overlay(struct mr_engine *engine, struct mr_system *system, struct mr_unpack *sections, uint64_t since,
                     int64_t ahead) MR_CHECK;
void mr_state_save_coverage(const struct mr_coverage *coverage, struct mr_pack *bytes);
int mr_state_load_coverage(struct mr_coverage *coverage, struct mr_unpack *bytes, uint64_t from) MR_CHECK;

/* An empty row of the plan, to be held; freed with mr_held_row_free(); NULL when memory is short.  In hold.c. */
struct mr_held_row *mr_held_row_new(const struct mr_plan *plan);

/* Systems; in identity.c. */
struct mr_system *mr_system_find(struct mr_engine *engine, const char *sysid, const char *serial);
struct mr_system *mr_system_add(struct mr_engine *engine, const struct mr_identity *identity);
void mr_system_forget(struct mr_engine *engine, struct mr_system *system);
void mr_system_clear(struct mr_engine *engine, struct mr_system *system);
void mr_system_free(struct mr_engine *engine, struct mr_system *system);
void mr_identity_fields(struct mr_engine_fields *fields, const struct mr_schema *schema);

#endif

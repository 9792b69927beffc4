/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_ACCOUNT_ACCOUNT_H
#define MR_ACCOUNT_ACCOUNT_H

/*
 * The account of a run: what came in, what came out, and what became of every byte, record and interval in between.
 * The pipeline fills it; it is told as JSON (manifest.json, census --json) and as text for people.  The same inputs
 * give the same account, byte for byte: it holds no time of day, no duration of the run and nothing of the host.
 *
 *   account.c         filled from reader and engine; sums and whether they agree
 *   json.c    mr_account_json()
 *   report.c  mr_account_report(), mr_account_census()
 *   check.c   mr_account_check()
 *   exits.c   what user exits did, for both of them
 */
#include "base/message.h"
#include "base/status.h"
#include "domains/account.h"
#include "exits/exits.h"
#include "reader/reader.h"
#include "schema/schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What became of one input. */
struct mr_input_result {
    const char *name; /* as given; borrowed */
    enum mr_container container;
    struct mr_reader_counts counts;
    struct mr_damage *damage; /* the first MR_DAMAGE_MAX stretches; owned */
    size_t damage_count;
    bool usable; /* it could be opened as monitor data */
};

/* A table that has rows.  Names are borrowed from the schema. */
struct mr_table_result {
    const char *name;
    const char *title;
    uint64_t rows;                   /* written */
    uint64_t qualities[MR_QUALITIES]; /* by enum mr_quality */
};

/* A field whose place was worked out, not published, and which a table was made from. */
struct mr_derived_result {
    const struct mr_layout *layout; /* borrowed from the schema, like field and table */
    const struct mr_field *field;
    const struct mr_table *table;
};

/* A counter that moved as no counter can, without a sign that something began anew. */
struct mr_fall_result {
    const struct mr_layout *layout; /* borrowed from the schema, like field and table */
    const struct mr_field *field;
    const struct mr_table *table;
    uint64_t resets; /* rows that it made a new base */
    uint64_t doubts; /* cells that it left blank, because it may be no counter */
};

/* What has to balance in every row of a table, and in how many it did not. */
struct mr_balance_result {
    const struct mr_balance *balance; /* borrowed from the schema */
    uint64_t checked, failed;
};

/* A signal ended the run before the end of its inputs. */
struct mr_interruption {
    int by;            /* number of the signal; 0: it was not so */
    const char *input; /* in which; borrowed like the names of inputs */
    uint64_t offset;   /* of the first byte that was not used, uncompressed */
    uint64_t tod;      /* of the last record used; 0: there was none */
    size_t not_read;   /* inputs that were not begun */
};

/* How the tables were written; words are static or borrowed. */
struct mr_account_output {
    const char *format, *split, *time; /* as given on the command line */
    bool partition, gzip;
};

/* Begin zeroed with schema, log and version set. */
struct mr_account {
    const struct mr_schema *schema; /* borrowed */
    const struct mr_log *log;       /* borrowed: messages by id, return code */
    const char *version;            /* of the program; borrowed */
    bool reduced;                   /* tables were made; false: the inputs were only looked at */
    char schema_digest[17];         /* mr_schema_digest() in hex digits; "": not told, and output neither */
    struct mr_account_output output;
    struct mr_input_result *inputs; /* in the order in which they were read */
    size_t input_count, input_room;
    struct mr_system_account *systems; /* episodes are owned here */
    size_t system_count;
    struct mr_census *census; /* NULL: no engine has been taken */
    uint8_t fates[MR_DOMAIN_MAX + 1][MR_NUMBER_MAX + 1]; /* enum mr_fate */
    struct mr_engine_counts counts;
    struct mr_table_result *tables; /* in the order of the schema */
    size_t table_count, table_room;
    struct mr_derived_result *derived; /* in the order of the plans, like balances */
    size_t derived_count, derived_room;
    struct mr_exit_result *exits; /* in the order of the command line; NULL: none were loaded */
    size_t exit_count;
    char **names; /* of inputs whose names nobody else keeps; owned */
    size_t name_count, name_room;
    struct mr_balance_result *balances; /* those that could be checked in some row */
    size_t balance_count, balance_room;
    struct mr_fall_result *falls; /* in the order of the plans */
    size_t fall_count, fall_room;
    struct mr_interruption interrupted;
};

/* Sums over the account. */
struct mr_account_totals {
    uint64_t usable_inputs;
    struct mr_reader_counts bytes; /* added over all inputs; crc means nothing */
    uint64_t fates[MR_FATE_UNKNOWN + 1]; /* records by type, added by the fate of the type */
    uint64_t kinds, unknown_kinds;       /* record types met */
    uint64_t intervals, missing_intervals, suspends, lost_events, restarts, reconnects; /* over all systems */
    uint64_t rows;
    uint64_t qualities[MR_QUALITIES];
    bool bytes_agree;   /* every byte of every input is counted once, those of records as the census has them */
    bool records_agree; /* every record is counted once: reader, census, systems and fates say the same */
    bool rows_agree;    /* every row written has one QUALITY, and as many were written as made */
};

/*
 * mr_account_add_input - what became of an input, once it has been read.
 *   name    as given; borrowed until mr_account_free()
 *   reader  at its end, still open; NULL when the input could not be used
 * Returns MR_OK or MR_FATAL (memory).
 */
int mr_account_add_input(struct mr_account *account, const char *name, const struct mr_reader *reader) MR_CHECK;

/* The account owns this name, malloc()ed, from now on: it is that of an input.  MR_OK or MR_FATAL (memory; not taken). */
int mr_account_keep_name(struct mr_account *account, char *name) MR_CHECK;

/* Copy what a finished engine knows; it may be closed then.  Once in each account.  MR_OK or MR_FATAL (memory). */
int mr_account_take_engine(struct mr_account *account, const struct mr_engine *engine) MR_CHECK;

/* Counters of a plan that moved as no counter can; in falls.c, called by mr_account_take_engine().  MR_OK or MR_FATAL. */
int mr_account_take_falls(struct mr_account *account, const struct mr_plan *plan) MR_CHECK;

/* Report each of them, once in a run. */
void mr_account_tell_falls(const struct mr_account *account, struct mr_log *log);

/* A table that has rows.  The plan may go then.  MR_OK or MR_FATAL (memory). */
int mr_account_add_table(struct mr_account *account, const struct mr_plan *plan, uint64_t rows) MR_CHECK;

/* Free what the account owns and zero it. */
void mr_account_free(struct mr_account *account);

/* Is every byte of this input counted in exactly one place? */
bool mr_account_bytes_agree(const struct mr_reader_counts *counts);

void mr_account_sum(const struct mr_account *account, struct mr_account_totals *totals);

/*
 * mr_account_check - do the sums agree?  Where they do not, SUMS_DIFFER is reported for each input and each of the other
 * sums; once, before the account is told.  log is the account's own.
 */
void mr_account_check(const struct mr_account *account, struct mr_log *log);

/* "SIGINT", "SIGTERM" or "signal"; static. */
const char *mr_interruption_signal(const struct mr_interruption *interrupted);

/* All messages in the order of their ids; base/messages.def has them by subject. */
void mr_account_message_order(enum mr_message_id order[MR_MSG_COUNT]);

/* Did this message, as often as it was given, bring about the return code? */
bool mr_account_is_reason(const struct mr_account *account, enum mr_message_id id);

/* The return code in words; static. */
const char *mr_account_code_text(int code);

/* A TOD value as the tables show times, "" where it is 0.  buffer has room for MR_NUMBER_MAX_TEXT bytes; returned. */
const char *mr_account_time(uint64_t tod, char *buffer);

/*
 * mr_account_json - the whole account as JSON text with a final newline; monreduce-manifest(5) has the keys.
 * Without tables (reduced false) rows, tables, derived and balances are left out and record types say known, not
 * fate.
 * Returns the text, freed with free(), its length in *size; NULL when memory is short.
 */
char *mr_account_json(const struct mr_account *account, size_t *size);

/* What exits did, in exits.c: a list for the JSON text, NULL when memory is short; lines for the report. */
struct json_t *mr_account_exits_json(const struct mr_account *account);
void mr_account_exits_report(const struct mr_account *account, FILE *out);

/* A short report for the operator on out: what came in, what came out, what was lost, return code and why. */
void mr_account_report(const struct mr_account *account, const char *folder, FILE *out);

/* What is in the inputs, for people, on out. */
void mr_account_census(const struct mr_account *account, FILE *out);

#endif

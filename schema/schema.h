/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_SCHEMA_SCHEMA_H
#define MR_SCHEMA_SCHEMA_H

/*
 * What records and tables look like.  Everything here is data: it comes from the CSV files of this folder, which a
 * host program compiles into constant tables (mr_schema_builtin), and which a site may correct with an overlay folder
 * of the same form, read by the same parser (mr_schema_load).
 *
 *   records.csv          one line a record (and one a variant of a record)
 *   layouts/DD-RR-*.csv  the fields of one record
 *   groups.csv           repeated parts: where entries begin, how long they are, how many there are
 *   tables.csv           output tables: which records feed them, and how
 *   variants.csv         how to tell the variants of a record apart
 *   joins.csv            columns that come from rows of other tables
 *   derived.csv          columns that are computed, with their formulas
 *   balances.csv         what must hold between columns of a row
 *   checks.csv           tests of layouts that were worked out
 *   sessions.csv         events after which the counters of something begin anew
 *   bounds.csv           how fast counters can rise
 *   wider.csv            counts of 16 bits, and wider counts of the same thing
 *   superseded.csv       fields that mean nothing where a system sends another record
 */
#include "base/message.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mr_field_type {
    MR_TYPE_U8,
    MR_TYPE_U16,
    MR_TYPE_U32,
    MR_TYPE_U64,
    MR_TYPE_S16,
    MR_TYPE_S32,
    MR_TYPE_CHAR,  /* EBCDIC text */
    MR_TYPE_BITS,  /* flags, 1 to 8 bytes */
    MR_TYPE_BYTES, /* anything else, shown in hex */
    MR_TYPE_BCD,   /* packed decimal without sign */
    MR_TYPE_TOD,   /* an instant */
    MR_TYPE_TIMER, /* a duration in TOD units */
    MR_TYPE_COUNT
};

enum mr_semantic {
    MR_SEM_COUNTER,          /* grows; differenced between samples */
    MR_SEM_DURATION_COUNTER, /* the same for times */
    MR_SEM_GAUGE,
    MR_SEM_STATE,
    MR_SEM_FLAG,
    MR_SEM_CONFIG,
    MR_SEM_KEY,
    MR_SEM_TEXT,
    MR_SEM_TIME,
    MR_SEM_COUNT
};

enum mr_direction {
    MR_DIR_UP,
    MR_DIR_DOWN, /* runs backwards: earlier minus later */
    MR_DIR_AUTO, /* not established: decided for each difference by the time elapsed */
    MR_DIR_COUNT
};

/* How a field is shown where its type does not say it. */
enum mr_show {
    MR_SHOW_PLAIN,
    MR_SHOW_HEX,   /* a number that people write in hex: device numbers, subchannel ids */
    MR_SHOW_ASCII, /* bytes that hold text as Linux guests write it */
    MR_SHOW_COUNT
};

/* What a number counts in.  The name in the data and the scale to microseconds are in schema/words.c. */
enum mr_unit {
    MR_UNIT_NONE,
    MR_UNIT_COUNT,
    MR_UNIT_PAGES,
    MR_UNIT_FRAMES,
    MR_UNIT_BYTES,
    MR_UNIT_BLOCKS,
    MR_UNIT_KB,
    MR_UNIT_MB,
    MR_UNIT_KB_S,
    MR_UNIT_PAGES_S,
    MR_UNIT_US,
    MR_UNIT_128US,
    MR_UNIT_MS,
    MR_UNIT_10MS,
    MR_UNIT_S,
    MR_UNIT_30S,
    MR_UNIT_PERCENT,
    MR_UNIT_PERCENT_100, /* hundredths of a percent */
    MR_UNIT_2048TH,      /* fixed point, 11 fraction bits */
    MR_UNIT_TOD,
    MR_UNIT_WORDS
};

/* How well offset and length of a field are known. */
enum mr_confidence {
    MR_CONF_BOTH,    /* IBM page and open-source struct agree */
    MR_CONF_IBM,     /* IBM page */
    MR_CONF_ZPMD,    /* open-source struct */
    MR_CONF_KERNEL,  /* Linux source */
    MR_CONF_DERIVED, /* worked out; must be checked at run time */
    MR_CONF_SITE,    /* a site's overlay */
    MR_CONF_COUNT
};

/* How well the meaning of a field is known. */
enum mr_label_confidence { MR_LABEL_IBM, MR_LABEL_KNOWN, MR_LABEL_NAME, MR_LABEL_UNKNOWN, MR_LABEL_COUNT };

/* Which kind of data a record belongs to. */
enum mr_record_kind {
    MR_KIND_SAMPLE = 1, /* written once an interval: counters are differenced */
    MR_KIND_EVENT = 2,
    MR_KIND_CONFIG = 4, /* part of the configuration set */
    MR_KIND_UNKNOWN = 8
};

#define MR_NO_INDEX (-1)
#define MR_LENGTH_REST UINT16_MAX /* field length: all that is left of the record */
#define MR_CASES_MAX 4

/*
 * A number that is fixed, or stands in a field of the same record, or depends on the value of a field:
 *   value + (field >= 0 ? that field : 0), or the case whose "is" equals the field.
 */
struct mr_operand {
    uint32_t value;
    int16_t field;      /* index in the layout's fields, or MR_NO_INDEX */
    uint8_t case_count; /* above 0: one of the cases, 0 entries where none fits */
    struct {
        uint32_t is;
        uint32_t value;
    } cases[MR_CASES_MAX];
};

/* Entries inside a record: entry i begins at at + i * stride and is stride bytes long. */
struct mr_group {
    const char *name;
    struct mr_operand at;
    struct mr_operand stride;
    struct mr_operand count; /* value 0 without field: as many as fit */
    int16_t when_field;      /* only if this field has the value when_value; or MR_NO_INDEX */
    uint32_t when_value;
    const char *origin;
};

struct mr_field {
    const char *name;  /* IBM's full name, unique within its layout */
    const char *label;
    const char *since;
    const char *note;
    const char *origin; /* list and line of the facts it was taken from */
    uint16_t offset;    /* from the start of the record, or of the entry of its group */
    uint16_t alternate; /* where it is if the record uses its other form, else equal to offset */
    uint16_t length;    /* bytes of one element; 0: see length_field; MR_LENGTH_REST */
    uint16_t count;     /* elements, 1 for a single value */
    uint16_t step;      /* bytes from one element to the next */
    int16_t group;        /* index in the layout's groups, or MR_NO_INDEX */
    int16_t length_field; /* index of the field that holds the length, or MR_NO_INDEX */
    uint8_t type;             /* enum mr_field_type */
    uint8_t unit;             /* enum mr_unit */
    uint8_t semantic;         /* enum mr_semantic */
    uint8_t direction;        /* enum mr_direction */
    uint8_t confidence;       /* enum mr_confidence */
    uint8_t label_confidence; /* enum mr_label_confidence */
    uint8_t show;             /* enum mr_show */
};

/* One record, or one variant of a record whose content depends on something inside (application data). */
struct mr_layout {
    uint8_t domain;
    uint16_t number;
    const char *variant; /* "" for the record itself */
    const char *dsect;
    const char *title;
    unsigned kind;           /* enum mr_record_kind, added */
    uint16_t length;         /* fixed part at z/VM 5.3, 0 where not known */
    const char *lengths;     /* fixed part in other releases, release:length;... */
    const char *first_release;
    const char *note;
    const char *source;
    const char *origin;
    const struct mr_field *fields;
    uint16_t field_count;
    const struct mr_group *groups;
    uint16_t group_count;
};

/* How records become rows. */
enum mr_rule {
    MR_RULE_RECORD,  /* one record, one row */
    MR_RULE_CONFIG,  /* several record types, one row each, column RECORD tells which */
    MR_RULE_MERGE,   /* the records of one sample, held until it ends */
    MR_RULE_START,   /* the records of one configuration set, held until the first 1/11 */
    MR_RULE_HELD,    /* the first record is held for the others: its fields stand in their rows */
    MR_RULE_CONTROL, /* monitor commands, and suspensions: 1/12 held for its 1/3 */
    MR_RULE_LOGOFF,  /* counters as differences to the last sample of the same thing (its first source) */
    MR_RULE_JOIN,    /* put together from rows of other tables (joins.csv), held until the sample ends */
    MR_RULE_COUNT
};

/* Which fields of its records a table shows. */
enum mr_select {
    MR_SELECT_ALL,
    MR_SELECT_NO_COUNTERS, /* everything but counters and duration counters */
    MR_SELECT_LIST,        /* only those named */
    MR_SELECT_COUNT
};

#define MR_TABLE_RECORDS_MAX 16
#define MR_TABLE_KEYS_MAX 8

struct mr_record_id {
    uint8_t domain;
    uint16_t number;
};

/*
 * A key column that is computed.  field is the name of a 4-byte subchannel id, of which the low half-word is taken (VMX
 * guide: the first half is the constant X'0001'), or "#": the number of the entry, from 0; "#x": the same in two hex
 * digits.
 */
struct mr_table_key {
    const char *column;
    const char *field;
};

struct mr_table {
    const char *name; /* VMXSP001 */
    const char *title;
    const char *exit; /* USRSSPP, or "" */
    const char *description;
    const char *origin;
    const char *variant; /* of its one record: what kind of application data, "" for none */
    const char *rows;   /* group whose entries are rows, "" for the group of open count, if any */
    const char *elapsed; /* names of TOD fields that get a column FIELD_ELAPSED: seconds since the record before; as list */
    const char *list;   /* MR_SELECT_LIST: names of fields, each between blanks: " A B " */
    uint8_t rule;   /* enum mr_rule */
    uint8_t select; /* enum mr_select */
    uint8_t record_count;
    uint8_t key_count;
    struct mr_record_id records[MR_TABLE_RECORDS_MAX];
    struct mr_table_key keys[MR_TABLE_KEYS_MAX];
};

/*
 * Sessions: what makes the counters of something begin anew, so that its next sample has no difference.  Fields are
 * joined by '+', in the same order on both sides; the raw bytes must be equal.
 */
enum mr_session_effect {
    MR_SESSION_BEGIN,  /* the event begins a new session, whatever the counters say (logon) */
    MR_SESSION_END,    /* the event ends one: a sample after missing intervals belongs to another (vary off) */
    MR_SESSION_RESUME, /* the event begins a new one if an end came before it (vary on) */
    MR_SESSION_MARK,   /* no event: the field itself changes with the session (time of logon) */
    MR_SESSION_COUNT
};

struct mr_session {
    uint8_t effect; /* enum mr_session_effect */
    struct mr_record_id event;
    struct mr_record_id record;
    const char *event_fields;
    const char *fields;
    const char *origin;
};

/* How a column of a joined table comes from the rows of another table. */
enum mr_join_function {
    MR_JOIN_KEY,      /* rows with the same value go together */
    MR_JOIN_COPY,     /* the first value; column and from "*": all elements that are no keys */
    MR_JOIN_SUM,      /* blank where any part is missing */
    MR_JOIN_COUNT,    /* rows */
    MR_JOIN_MAX,
    MR_JOIN_DISTINCT, /* different values */
    MR_JOIN_SAME,     /* the value that all rows have, and where the list "by" of the table has one entry */
    MR_JOIN_LIST,     /* the different texts, in the order in which they come, with '+' between */
    MR_JOIN_TOTAL,    /* source is the table itself: sum over its rows of the interval with the same value of "by" */
    MR_JOIN_FUNCTION_COUNT
};

/*
 * A variant of a record: what its product id begins with, and the texts of flexible length that stand in it.  Offsets
 * count as if the data began at data_at; fields behind the texts as if all of them were empty.
 */
struct mr_variant {
    struct mr_record_id record;
    const char *variant;
    const char *match;   /* hex digits that the field begins with */
    const char *field;   /* the product id */
    const char *texts;   /* columns, separated by blanks; each has a length of two bytes in front */
    uint16_t texts_at;   /* offset of the first length; 0: none */
    uint16_t data_at;
    const char *data_offset; /* field that says where the data really begins */
    const char *data_length;
    const char *equal_first, *equal_second; /* fields that must agree, or "" */
    const char *origin;
};

struct mr_join {
    const char *table;
    const char *column;
    uint8_t function; /* enum mr_join_function */
    const char *source;
    const char *from;  /* column of the source */
    const char *when;  /* expression over the source's row: only rows where it is true; or "" */
    const char *by;    /* MR_JOIN_SAME: a list of the table; MR_JOIN_TOTAL: a column of it; or "" */
    const char *label;
    const char *origin;
};

/* A column that is computed from others of its row. */
struct mr_derived {
    const char *table;
    const char *column;
    const char *unit;
    const char *formula;
    const char *condition; /* or "" */
    const char *label;
    const char *confidence;
    const char *origin;
};

/* What must balance in every row of a table: an expression that is true; rows where a part is missing are not counted. */
struct mr_balance {
    const char *table;
    const char *name;
    const char *rule;
    const char *label;
    const char *origin;
};

/*
 * A test of a layout that was worked out and not published: its fields are read where every test passes, and left blank
 * where none tells (domains/fit.h).  Fields whose confidence is no longer "derived" (a site corrected them) are not
 * tested.
 */
enum mr_check_kind {
    MR_CHECK_PRINTABLE, /* a name, blanks or binary zeros */
    MR_CHECK_NOT_LATER, /* a TOD not later than the record, and not ten years before it */
    MR_CHECK_NOT_LESS,  /* not less than the other field */
    MR_CHECK_PARTS,     /* the sum of field, two names joined by "+", is the other; a proof where it holds */
    MR_CHECK_SINCE,     /* a duration that can have passed since the TOD in the other field */
    MR_CHECK_TRUSTED,   /* no test: the layout is believed up to and with this field; other: or up to this offset */
    MR_CHECK_COUNT
};

struct mr_layout_check {
    struct mr_record_id record;
    uint8_t kind; /* enum mr_check_kind */
    const char *field;
    const char *other; /* a field, or a number (MR_CHECK_TRUSTED), or "" */
    const char *origin;
};

/*
 * How fast a counter can rise; of several lines that fit a field the last one holds, so that a site's lines win.
 * rise is in units of the field a second; for durations in seconds a second.  0: no bound.
 */
struct mr_bound {
    struct mr_record_id record;
    const char *field; /* "*": any; or names with '+' between: the sum of these durations */
    double rise;
    bool any_record, any_kind, any_unit;
    bool any_time; /* any unit that is a duration */
    uint8_t semantic, unit;
    const char *origin;
};

/*
 * A count of 16 bits may wrap more than once in an interval; the wider count of the same thing in the same record tells
 * how often.  Of several lines for one field the first wider count that moves is taken.
 */
struct mr_wider {
    struct mr_record_id record;
    const char *field, *wider;
    const char *origin;
};

/* A counter that is not maintained any more where a system sends the other record. */
struct mr_superseded {
    struct mr_record_id record;
    const char *field;
    struct mr_record_id by;
    const char *origin;
};

struct mr_schema {
    const struct mr_layout *layouts; /* sorted by domain, number, variant */
    size_t layout_count;
    const struct mr_table *tables; /* in the order of tables.csv, then of the overlay */
    size_t table_count;
    const struct mr_session *sessions;
    size_t session_count;
    const struct mr_variant *variants;
    size_t variant_count;
    const struct mr_join *joins;
    size_t join_count;
    const struct mr_derived *derived;
    size_t derived_count;
    const struct mr_layout_check *checks;
    size_t check_count;
    const struct mr_balance *balances;
    size_t balance_count;
    const struct mr_bound *bounds;
    size_t bound_count;
    const struct mr_wider *wider;
    size_t wider_count;
    const struct mr_superseded *superseded;
    size_t superseded_count;
    void *memory; /* of a loaded schema; NULL for the compiled one */
    uint64_t digest; /* of the compiled one; 0: to be worked out */
};

/* The tables compiled into the program; static. */
const struct mr_schema *mr_schema_builtin(void);

/*
 * mr_schema_load - read a schema folder.
 *   out     the result; freed with mr_schema_free().  Untouched on failure
 *   base    what the folder corrects (its records and tables replace those of the same id or name), or NULL when the
 *           folder must stand alone; must outlive the result
 *   folder  the folder; any of its files may be absent when there is a base
 *   log     each fault is reported with file and line
 * Returns MR_OK, or MR_FATAL after at least one message.
 */
int mr_schema_load(struct mr_schema **out, const struct mr_schema *base, const char *folder, struct mr_log *log)
    MR_CHECK;

/* NULL is allowed; the compiled schema must not be given. */
void mr_schema_free(struct mr_schema *schema);

/*
 * mr_schema_digest - a number for all that decides what tables have in them: layouts, tables, formulas, joins and the
 * rest, not notes and origins.  Schemas that differ have different numbers, by all odds; it is no protection against
 * somebody who wants them to be equal (FNV-1a of 64 bits, a number as one step).  The same on every machine.
 */
uint64_t mr_schema_digest(const struct mr_schema *schema);

/* The layout of a record ("" for the record itself) or NULL.  Binary search. */
const struct mr_layout *mr_schema_layout(const struct mr_schema *schema, unsigned domain, unsigned number,
                                         const char *variant);

/* The table of this name or NULL. */
const struct mr_table *mr_schema_table(const struct mr_schema *schema, const char *name);

/*
 * mr_schema_rise - how fast a counter of a record can rise, in its own units for one TOD unit (1/4096 us); 0: no bound.
 */
double mr_schema_rise(const struct mr_schema *schema, const struct mr_layout *layout, const struct mr_field *field);

/*
 * Offset behind the last byte of a record whose place is trusted though it was worked out (MR_CHECK_TRUSTED): fields of
 * confidence "derived" that end there or before are as good as known.  0 where checks.csv does not say.
 */
uint16_t mr_schema_trusted_end(const struct mr_schema *schema, unsigned domain, unsigned number);

/* Index of a field by name or MR_NO_INDEX. */
int mr_layout_field(const struct mr_layout *layout, const char *name);

/* Bytes behind the last byte of a field that is not in a group; 0 for fields without fixed length. */
unsigned mr_field_end(const struct mr_field *field);

/* The words of the data files for the enums above, and back; -1 where a word is unknown. */
const char *mr_type_word(enum mr_field_type type);
const char *mr_unit_word(enum mr_unit unit);
const char *mr_semantic_word(enum mr_semantic semantic);
const char *mr_direction_word(enum mr_direction direction);
const char *mr_confidence_word(enum mr_confidence confidence);
const char *mr_label_confidence_word(enum mr_label_confidence confidence);
const char *mr_rule_word(enum mr_rule rule);
const char *mr_select_word(enum mr_select select);
const char *mr_join_word(enum mr_join_function function);
const char *mr_check_word(enum mr_check_kind kind);
const char *mr_show_word(enum mr_show show);
const char *mr_session_word(enum mr_session_effect effect);
int mr_type_find(const char *word);
int mr_unit_find(const char *word);
int mr_semantic_find(const char *word);
int mr_direction_find(const char *word);
int mr_confidence_find(const char *word);
int mr_label_confidence_find(const char *word);
int mr_rule_find(const char *word);
int mr_select_find(const char *word);
int mr_join_find(const char *word);
int mr_check_find(const char *word);
int mr_show_find(const char *word);
int mr_session_find(const char *word);

/* Length that a type fixes, 0 where any length is allowed. */
unsigned mr_type_length(enum mr_field_type type);

/* Microseconds of one unit, 0 for units that are no duration. */
unsigned mr_unit_micros(enum mr_unit unit);

/* "sample-config" and the like to enum mr_record_kind bits; 0 where unknown. */
unsigned mr_kind_find(const char *word);

#endif

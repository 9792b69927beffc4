/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MS_SCENARIO_H
#define MS_SCENARIO_H

/*
 * A scenario: the text that says what a sample file holds (samples/README.md has the language).  It is read as a
 * whole into a list of actions, and then played from top to bottom: no file is left of a scenario with a fault in it.
 *
 *   scan.c       characters and words, where we are, how faults are reported
 *   expression.c expressions to trees          evaluate.c   trees to values
 *   statement.c  record statements             scenario.c   actions and sections
 *   plan.c       statement + layout to a list of fields to fill
 *   build.c      one record from a plan        defaults.c   values that the scenario leaves open
 *   cast.c       who is there                  collect.c    the records of a section
 *   segment.c    frames and control records    output.c     bytes, edits
 *   play.c       actions                       monsample.c  options
 */
#include "base/status.h"
#include "schema/arena.h"
#include "schema/schema.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MS_RECORD_ROOM 16384  /* bytes in which a record is built */
#define MS_NAME_MAX 16        /* longest name of an entity */
#define MS_SETS_MAX 32
#define MS_VARIABLES_MAX 64
#define MS_ENTITIES_MAX 1000000
#define MS_ACTIONS_MAX 100000
#define MS_ARGUMENTS_MAX 64
#define MS_RANGES_MAX 16
#define MS_OPEN_END UINT32_MAX
#define MS_INTERVALS 0 /* the variable "intervals" */

/* Where something stands in the scenario. */
struct ms_place {
    const char *file;
    unsigned line;
};

enum ms_kind {
    MS_NUMBER, /* 64 bits, arithmetic modulo 2^64 */
    MS_TIME,   /* an instant or a duration in TOD units */
    MS_TEXT    /* bytes; letters are EBCDIC */
};

struct ms_value {
    enum ms_kind kind;
    uint64_t number;
    const uint8_t *text;
    size_t length;
};

struct ms_expression;

/* Things that records are written for: users, devices, processors.  Filled while the scenario is played. */
struct ms_entity {
    char name[MS_NAME_MAX + 1];
    bool online;
    uint64_t since; /* TOD at which its counters stood at zero */
};

struct ms_set {
    const char *name;
    struct ms_entity *entities;
    size_t count, room;
};

/* FIELD=..., FIELD[2]=... or @24=... of a record statement. */
struct ms_assignment {
    struct ms_place place;
    const char *field;            /* NULL for @ */
    int layout;                   /* which of the statement's layouts */
    int index;                    /* of the field in it */
    struct ms_expression *at;     /* offset of @ */
    uint32_t element;             /* 0: all, else one of them, counted from 1 */
    struct ms_expression *value;
};

struct ms_range {
    uint32_t from, to;
};

#define MS_LAYOUTS_MAX 2 /* the record itself and a variant of it */

struct ms_plan;

/* One line of a section: a record to be written, once or for each of a set. */
struct ms_statement {
    struct ms_place place;
    uint8_t domain;
    uint16_t number;
    struct ms_expression *raw;  /* the whole record as bytes, instead of all below */
    const struct mr_layout *layouts[MS_LAYOUTS_MAX];
    int layout_count;
    int set;                   /* index of the set, or -1 */
    const char **names;        /* only these of the set; NULL: each that is online */
    size_t name_count;
    struct ms_expression *times, *at, *condition, *length, *entries;
    struct ms_range ranges[MS_RANGES_MAX];
    size_t range_count;
    bool aligned;
    struct ms_assignment *assignments;
    size_t assignment_count, assignment_room;
    struct ms_plan *plan;
    uint64_t seed;
};

struct ms_statements {
    struct ms_statement **items;
    size_t count, room;
};

enum ms_section { MS_CONFIG_EVENTS, MS_CONFIG, MS_EVENTS, MS_SAMPLES, MS_SECTIONS };

enum ms_verb {
    MS_DO_SET,       /* variable = expression */
    MS_DO_SEED,
    MS_DO_STILL,     /* share of the values left open that never change */
    MS_DO_START,     /* the clock */
    MS_DO_BOOT,      /* IPL time */
    MS_DO_IPL,       /* IPL now: all counters begin again */
    MS_DO_INTERVAL,
    MS_DO_SPACING,
    MS_DO_ENTITIES,
    MS_DO_FORGET,
    MS_DO_ONLINE,
    MS_DO_OFFLINE,
    MS_DO_SECTION,
    MS_DO_CONNECT,
    MS_DO_RUN,
    MS_DO_SKIP,
    MS_DO_WAIT,
    MS_DO_EVENT,
    MS_DO_FLUSH,
    MS_DO_STALE,
    MS_DO_RESERVED,
    MS_DO_CONTROL,
    MS_DO_EOD,
    MS_DO_NO_EOD,
    MS_DO_BLOCK
};

/* What "control" sets. */
enum ms_control {
    MS_CONTROL_EVENT,   /* frames of one block of event data */
    MS_CONTROL_FRAMES,  /* frames of one entry */
    MS_CONTROL_RECORDS, /* records of one entry */
    MS_CONTROL_ENTRIES, /* entries of one control record */
    MS_CONTROL_START,   /* offset of the data in its first page */
    MS_CONTROL_MOVED,   /* the same, the bytes moved to the front */
    MS_CONTROL_PATCH    /* of the next control record */
};

struct ms_record_name {
    uint8_t domain;
    uint16_t number;
};

struct ms_action {
    enum ms_verb verb;
    struct ms_place place;
    int index;                  /* variable, set, section or enum ms_control */
    bool add;                   /* section: behind what is there */
    uint64_t time;              /* start, boot */
    struct ms_expression *value, *value2, *from;
    const char **names;         /* entities */
    size_t name_count;
    struct ms_record_name *without;
    size_t without_count;
    struct ms_statements statements;
};

/* A change of the finished bytes: a patch, or a cut where bytes is NULL. */
struct ms_edit {
    uint64_t from, to; /* bytes from..to-1 of what is generated */
    const uint8_t *bytes;
};

struct ms_scenario {
    struct mr_arena *arena;
    const struct mr_schema *schema;
    struct ms_action *actions;
    size_t action_count, action_room;
    const char *sets[MS_SETS_MAX];
    int set_count;
    const char *variables[MS_VARIABLES_MAX];
    struct ms_value initial[MS_VARIABLES_MAX]; /* from the command line */
    bool fixed[MS_VARIABLES_MAX];              /* "set" does not change it */
    int variable_count;
    struct ms_edit *edits;
    size_t edit_count, edit_room;
    unsigned depth; /* of include */
};

/*
 * ms_scenario_init - an empty scenario with the variable "intervals".
 * ms_scenario_set  - NAME=VALUE from the command line.
 * ms_scenario_read - read a file into it.
 * All return MR_OK or, after saying why on standard error, MR_FATAL.
 */
int ms_scenario_init(struct ms_scenario *scenario, const struct mr_schema *schema) MR_CHECK;
int ms_scenario_set(struct ms_scenario *scenario, const char *assignment) MR_CHECK;
int ms_scenario_read(struct ms_scenario *scenario, const char *path) MR_CHECK;
void ms_scenario_free(struct ms_scenario *scenario);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_PLAN_H
#define MR_DOMAINS_PLAN_H

/*
 * The plan of an output table: its columns, and for each record that feeds it the steps from bytes to cells.  Made once
 * from the schema; from then on a record is decoded by walking a list of steps, without looking at the schema.
 */
#include "base/cell.h"
#include "base/message.h"
#include "base/status.h"
#include "domains/expression.h"
#include "domains/quality.h"
#include "schema/schema.h"

#include <stdbool.h>

/* The columns that every table begins with. */
enum {
    MR_COL_SYSID,
    MR_COL_ORGSYSID,
    MR_COL_CPUMODEL,
    MR_COL_VMCINTTS,
    MR_COL_ENDTS,
    MR_COL_DURATION,
    MR_COL_QUALITY,
    MR_COL_COMMON /* number of them */
};

#define MR_NO_COLUMN UINT16_MAX
#define MR_NO_SLOT UINT16_MAX
#define MR_KEY_BYTES_MAX 128 /* of all keys of an observation together */
#define MR_REGIONS_MAX 24    /* parts of one record that fields are counted from */
#define MR_FEEDS_MAX 16      /* records that feed one table */

/* How the bytes of a field are read. */
enum mr_load {
    MR_LOAD_UINT,  /* 1, 2, 4 or 8 bytes without sign */
    MR_LOAD_INT,   /* 2 or 4 bytes with sign */
    MR_LOAD_TIME,  /* TOD clock to an instant */
    MR_LOAD_TIMER, /* TOD units to microseconds */
    MR_LOAD_SCALED, /* a number times the microseconds of its unit */
    MR_LOAD_UNIX,  /* seconds since 1970 to an instant */
    MR_LOAD_TEXT,  /* EBCDIC */
    MR_LOAD_ASCII, /* ASCII text */
    MR_LOAD_BYTES, /* hex or digits */
    MR_LOAD_INDEX  /* no bytes: the number of the entry, from 0 */
};

/* How two readings of a counter make a difference. */
enum mr_diff { MR_DIFF_NONE, MR_DIFF_UP, MR_DIFF_DOWN, MR_DIFF_AUTO };

/* One field to one cell. */
struct mr_step {
    const struct mr_field *field;
    double rise;      /* of a counter: how far it can move in one TOD unit, in its own units; 0: no bound */
    uint32_t scale;   /* MR_LOAD_SCALED: microseconds of one unit */
    uint16_t offset;  /* in its region */
    uint16_t alternate; /* the same in the other form of the record */
    uint16_t length;  /* bytes; 0: see length_field; MR_LENGTH_REST */
    uint16_t column;  /* or MR_NO_COLUMN: only the reading is kept */
    uint16_t reading; /* column of a counter as it was recorded; 0: there is none */
    uint16_t slot;    /* where its last reading is kept, or MR_NO_SLOT */
    uint16_t end;     /* offset + length of a field of fixed place in the record itself; 0: look closer */
    int16_t length_field;
    uint8_t region;   /* 0 the record, 1 the entry of the row, others: parts at a place of their own */
    uint8_t load;     /* enum mr_load */
    uint8_t diff;     /* enum mr_diff */
    bool doubtful;    /* a counter that may be a level, or stand elsewhere: it blanks itself, never its row */
};

/*
 * What most steps come down to: a number or bytes at a fixed place of the record.  Made from the steps, for speed
 * alone: whatever needs a closer look stays a step.  Neighbours of one kind are one op.
 */
enum mr_op_code {
    MR_OP_STEP,     /* see the step */
    MR_OP_U8,       /* numbers of 1, 2, 4 and 8 bytes as recorded */
    MR_OP_U16,
    MR_OP_U32,
    MR_OP_U64,
    MR_OP_S16,
    MR_OP_S32,
    MR_OP_TIME,     /* TOD clock to an instant */
    MR_OP_DURATION, /* TOD units to microseconds */
    MR_OP_BYTES,
    MR_OP_TEXT,     /* EBCDIC */
    MR_OP_UP16,     /* counters: the difference to the last reading */
    MR_OP_UP32,
    MR_OP_UP64,
    MR_OP_TIMER,    /* the same in TOD units, to microseconds */
    MR_OP_SCALED32  /* the same times the microseconds of a unit */
};

struct mr_op {
    uint32_t first;   /* step; others follow it */
    uint32_t count;   /* how many steps: each length bytes, one column and one slot behind the one before */
    uint16_t offset, length, column, slot; /* as in the first step */
    uint16_t end;     /* as in the last one */
    uint32_t scale;
    double rise;
    uint8_t code;     /* enum mr_op_code, for a record that another one of its entity came before */
    uint8_t recorded; /* the same for all others, of which nothing is compared */
};

/* A part of the record: entry number index of a group. */
struct mr_region {
    const struct mr_group *group;
    unsigned index;
};

struct mr_plan;
struct mr_arena;

#define MR_NO_MAP UINT32_MAX
#define MR_WIDER_COUNTS_MAX 3

/* A count of 16 bits, and the wider counts of the same thing in the row, the best first. */
struct mr_wide_count {
    uint16_t column, wider[MR_WIDER_COUNTS_MAX];
    unsigned wider_count;
};

#define MR_JOINT_FIELDS_MAX 12

/* Durations of one thing that cannot rise by more than this together. */
struct mr_joint_bound {
    uint16_t steps[MR_JOINT_FIELDS_MAX];
    unsigned step_count;
    double rise; /* seconds a second */
};

/* How often a counter moved in a way that no counter can, without a sign that something began anew. */
struct mr_step_account {
    uint64_t resets; /* it made its row a new base */
    uint64_t doubts; /* it is doubtful and blanked itself */
};

/* One record (or one entry of it) to one row of one table. */
struct mr_feed {
    struct mr_plan *plan;
    const struct mr_layout *layout;
    const struct mr_layout *base;     /* of a variant: the record's common part; else NULL */
    const struct mr_variant *variant; /* how its texts are found, or NULL */
    uint16_t first_text, text_count;  /* columns of these texts */
    const struct mr_group *entries; /* one row an entry of this group; NULL: one row a record */
    struct mr_step *steps;
    size_t step_count;
    struct mr_op *ops;
    size_t op_count;
    struct mr_step *keys; /* steps whose raw bytes identify the entity, in column order */
    size_t key_count;
    struct mr_region regions[MR_REGIONS_MAX]; /* 0 and 1 unused */
    unsigned region_count;
    int mark;                /* index of the step that changes with the session, or -1 */
    int clock;               /* index of the step with the data's own clock, or -1 */
    unsigned former;         /* of a feed with a mark: map of the sessions before the present ones; else MR_NO_MAP */
    struct mr_wide_count *wide; /* counts that may wrap more than once */
    size_t wide_count, wide_room;
    struct mr_joint_bound *joint;
    size_t joint_count, joint_room;
    uint32_t superseded;     /* bits of the rules of schema/superseded.csv that tell of this record */
    uint16_t elapsed_column; /* of a merged row: the time that the differences of this record cover; or MR_NO_COLUMN */
    struct mr_step_account *falls; /* one for each step */
    unsigned slot_count;     /* readings kept for each entity */
    unsigned number;         /* of this feed in the engine: index of its entity map */
    uint32_t part;           /* bit of this feed in a held row */
    bool sample;             /* counters are differenced */
    bool has_counters;
    bool has_alternate;      /* some step has another place in the other form of the record */
    uint16_t record_column;  /* column RECORD, or MR_NO_COLUMN */
    char record_name[12];    /* "1/6" */
    size_t text_room;        /* bytes that the texts of one row can need */
};

/* A computed column. */
struct mr_formula {
    struct mr_expression *formula;
    struct mr_expression *condition; /* or NULL */
    bool same_condition;             /* as that of the formula before, over the same cells */
    bool superseded;                 /* uses a field that another record takes the place of */
    uint16_t column;
};

/* What a column tells of the time that its row covers. */
enum mr_column_kind {
    MR_COLUMN_PLAIN,      /* nothing: it is as recorded */
    MR_COLUMN_DIFFERENCE, /* a difference, or made of differences */
    MR_COLUMN_ELAPSED     /* the time that the differences of one part cover */
};

/* What must hold in every row, and how often it did. */
struct mr_balance_count {
    const struct mr_balance *balance;
    struct mr_expression *rule;
    uint64_t checked, failed;
};

/* One column of another table that a row of this one contributes to. */
struct mr_join_step {
    uint8_t function;           /* enum mr_join_function, without KEY */
    uint8_t type;               /* enum mr_cell_type of the column from */
    bool difference;            /* from, or what when asks, is a difference */
    uint16_t from, column;
    uint16_t by;                /* MR_JOIN_SAME: list in the target that must have one entry; or MR_NO_COLUMN */
    struct mr_expression *when; /* or NULL */
    unsigned map;               /* MR_JOIN_DISTINCT: number of the entity map */
};

#define MR_JOIN_KEYS_MAX 4

/* All that rows of one table contribute to another. */
struct mr_join_link {
    struct mr_plan *target;
    struct mr_join_step *steps;
    size_t step_count, step_room;
    unsigned key_count;            /* 0: one row an interval */
    uint16_t key_from[MR_JOIN_KEYS_MAX], key_column[MR_JOIN_KEYS_MAX];
    struct mr_expression *when;    /* only rows where it is true; or NULL */
    uint32_t part;                 /* bit of this source in the held row, 0: the row does without it */
    unsigned order;                /* number of this link among those to the target */
    uint16_t elapsed_column;       /* of the target: the time that the differences of this source cover; or MR_NO_COLUMN */
    bool sums;                     /* some step is more than a copy */
    bool differences;              /* some step is made of differences */
    bool counted;                  /* rows are counted to see whether one is missing (join.c) */
};

/* A link as the table sees it that takes the rows. */
struct mr_join_source {
    const struct mr_plan *source;
    size_t link; /* in the source's list */
};

/* A column that holds, in each row of an interval, the sum of another column over the rows with the same third one. */
struct mr_total {
    uint16_t column, from, by;
    unsigned map; /* number of the entity map of the sums */
};

struct mr_plan {
    const struct mr_table *table;
    struct mr_column *columns;
    size_t column_count, column_room;
    uint16_t first_element; /* behind the keys */
    uint16_t first_derived; /* behind the elements */
    struct mr_feed *feeds;
    size_t feed_count;
    struct mr_join_link *links; /* to tables that take rows of this one */
    size_t link_count, link_room;
    struct mr_join_source *incoming; /* links of other plans to this one, in their order */
    size_t incoming_count, incoming_room;
    struct mr_total *totals;
    size_t total_count, total_room;
    uint32_t *column_part;      /* for each column: the part whose difference it is, 0: of none */
    uint8_t *column_kind;       /* for each column: enum mr_column_kind */
    bool *column_superseded;    /* for each column: is it a field that another record may take the place of? */
    struct mr_formula *formulas;
    size_t formula_count, formula_room;
    struct mr_balance_count *balances;
    size_t balance_count, balance_room;
    uint16_t suspend_column, class_column; /* MR_RULE_CONTROL; else MR_NO_COLUMN */
    uint16_t processor_column;             /* MR_RULE_START: number of 1/5 records; else MR_NO_COLUMN */
    size_t text_room;
    bool has_counters;
    uint16_t chpid_column;  /* rows are left out by this channel path if it has no devices; 0: they are not */
    bool wanted;            /* rows go to the sink; others only serve joined tables */
    unsigned number;        /* in the engine's list */
    uint64_t quality_rows[MR_QUALITIES]; /* rows given out, by enum mr_quality */
};

/* What a plan is made from. */
struct mr_plan_sources {
    const struct mr_schema *schema;
    struct mr_arena *names;         /* memory for made-up names; lives as long as the plans */
    struct mr_plan *const *plans;   /* made before: the tables that joins take rows from */
    size_t plan_count;
    unsigned *map_count;            /* entity maps of the engine so far; grows by those that the plan needs */
    struct mr_log *log;             /* faults in formulas */
    bool readings;                  /* counters get a column NAME_CUM behind that of their difference */
};

/*
 * mr_plan_make - the plan of one table.
 * Returns the plan (freed with mr_plan_free) or NULL after a message: memory, or a formula that does not fit.
 */
struct mr_plan *mr_plan_make(const struct mr_plan_sources *sources, const struct mr_table *table);

/* The ops of a feed, once its steps are settled; in ops.c.  MR_OK or MR_FATAL (memory). */
int mr_plan_make_ops(struct mr_feed *feed) MR_CHECK;

void mr_plan_free(struct mr_plan *plan);

/* What the counters of a feed can do (schema/wider.csv, superseded.csv); in plan_limits.c.  MR_OK or MR_FATAL (memory). */
int mr_plan_add_limits(struct mr_feed *feed, const struct mr_schema *schema) MR_CHECK;

/* Name and label of the column with the time that the differences of a feed cover; in plan_limits.c. */
int mr_plan_elapsed_names(const struct mr_feed *feed, struct mr_arena *names, struct mr_column *column) MR_CHECK;

/* Which columns are differences, and of which part; in plan_limits.c.  MR_OK or MR_FATAL (memory). */
int mr_plan_find_differences(struct mr_plan *plan, const struct mr_plan_sources *sources) MR_CHECK;

/* Parts of mr_plan_make() in a file of their own (plan_derived.c): columns from other tables' rows, and formulas. */
int mr_plan_add_joins(struct mr_plan *plan, const struct mr_plan_sources *sources) MR_CHECK;
int mr_plan_add_formulas(struct mr_plan *plan, const struct mr_plan_sources *sources) MR_CHECK;
void mr_plan_free_links(struct mr_plan *plan);

/* Add a column; its index, or MR_NO_COLUMN when memory is short. */
unsigned mr_plan_add_column(struct mr_plan *plan, const struct mr_column *column);

/* How a field is read (enum mr_load), and what its cells are. */
uint8_t mr_plan_load(const struct mr_field *field, enum mr_cell_type *type);

/* Index of a column by name, or MR_NO_COLUMN. */
unsigned mr_plan_column(const struct mr_plan *plan, const char *name);

#endif

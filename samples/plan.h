/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MS_PLAN_H
#define MS_PLAN_H

/*
 * A plan says how the record of a statement is filled: which bytes, from which expression or by which default.  It is
 * made once from the statement and its layouts, so that writing a record is one walk over an array.
 */
#include "samples/expression.h"

#define MS_GROUPS_MAX 8

/* How a field is filled that the scenario leaves open. */
enum ms_default {
    MS_LEAVE,       /* filled in when the place, size or number of entries is known */
    MS_KEY_NAME,    /* the entity's name */
    MS_KEY_I,       /* number of the entity */
    MS_KEY_J,       /* number of the repetition */
    MS_KEY_E,       /* number of the entry */
    MS_KEY_DEVICE,  /* the entity's name, read as a hex number */
    MS_KEY_CHANNEL, /* X'00010000' and the number of the entity */
    MS_WORD,        /* letters */
    MS_MOMENT,      /* since when the entity exists */
    MS_COUNTER,
    MS_DOWNWARD,    /* a counter that runs backwards */
    MS_GAUGE,
    MS_CHOICE,      /* one of a few values that decide how the record goes on */
    MS_FIXED        /* a number that does not change */
};

struct ms_fill {
    const struct mr_layout *layout;
    const struct mr_field *field;
    const struct ms_expression *value; /* NULL: by default */
    struct ms_place place;
    uint32_t offset;       /* in the record or the entry */
    uint32_t element;      /* only this one, counted from 1; 0: all */
    bool length_given;     /* the scenario sets the field that holds the length */
    enum ms_default how;
    uint64_t seed;
    uint64_t size;         /* of a counter: about so much a minute; of others: the largest value */
    uint32_t choices[MR_CASES_MAX];
    unsigned choice_count;
};

struct ms_group_plan {
    const struct mr_group *group;
    const struct mr_layout *layout;
    struct ms_fill *fills;
    size_t fill_count;
    uint32_t stride;     /* if the scenario does not say otherwise */
    bool at_given, stride_given, count_given;
};

struct ms_patch {
    const struct ms_expression *at, *value;
    struct ms_place place;
};

struct ms_plan {
    struct ms_fill *fills;
    size_t fill_count;
    struct ms_fill *tails; /* fields whose length is known only then */
    size_t tail_count;
    struct ms_group_plan groups[MS_GROUPS_MAX];
    size_t group_count;
    struct ms_patch *patches;
    size_t patch_count;
    uint32_t length;       /* fixed part */
    uint32_t reach;        /* bytes behind the last field of any release */
};

/* NULL after a message. */
struct ms_plan *ms_plan_make(struct mr_arena *arena, const struct ms_statement *statement);

/*
 * ms_build - make a record.
 *   record  MS_RECORD_ROOM bytes
 * Returns its length, or 0 with scope->failed set after a message.
 */
uint32_t ms_build(const struct ms_statement *statement, struct ms_scope *scope, bool noise, uint8_t *record);

/* Decide how a field is filled by default (how, seed, size). */
void ms_default_choose(struct ms_fill *fill);

/* The default value of element scope->e. */
struct ms_value ms_default_value(const struct ms_fill *fill, struct ms_scope *scope);

#endif

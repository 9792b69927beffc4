/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MS_EXPRESSION_H
#define MS_EXPRESSION_H

#include "samples/scan.h"
#include "samples/scenario.h"

enum ms_operator {
    MS_OP_CONSTANT,
    MS_OP_VARIABLE,
    MS_OP_BUILTIN,
    MS_OP_ADD,
    MS_OP_SUBTRACT,
    MS_OP_MULTIPLY,
    MS_OP_DIVIDE,
    MS_OP_REMAINDER,
    MS_OP_EQUAL,
    MS_OP_DIFFERENT,
    MS_OP_LESS,
    MS_OP_MORE,
    MS_OP_AT_MOST,
    MS_OP_AT_LEAST,
    MS_OP_CHOOSE, /* a ? b : c */
    MS_OP_LIST,   /* [a, b, c]: element n */
    MS_OP_CALL
};

enum ms_builtin { MS_N, MS_I, MS_J, MS_E, MS_NAME, MS_NOW, MS_AGE, MS_UPTIME, MS_BOOT, MS_SINCE, MS_INTERVAL };

enum ms_function { MS_PICK, MS_RAND, MS_VARY, MS_GROW, MS_MIN, MS_MAX, MS_DIGITS, MS_HEX, MS_UNHEX };

struct ms_expression {
    enum ms_operator op;
    int what; /* variable, enum ms_builtin or enum ms_function */
    int count;
    struct ms_place place;
    struct ms_value value;
    struct ms_expression **arguments;
};

/* Read an expression; NULL after a message. */
struct ms_expression *ms_expression_read(struct ms_scan *scan);

/* Everything that the value of an expression may depend on. */
struct ms_scope {
    const struct ms_value *variables;
    uint64_t seed;    /* of the scenario */
    uint64_t field;   /* seed of the field or of the statement */
    uint64_t entity;  /* seed of the entity */
    uint64_t still;   /* percent of the counters and gauges left open that never change */
    uint32_t n, i, j, e;
    const char *name; /* of the entity, "" without one */
    uint64_t now;     /* TOD of the record */
    uint64_t nominal; /* TOD that ages are taken at: of an event, of the end of the interval */
    uint64_t since, boot, interval;
    uint8_t scratch[8192]; /* texts that were put together */
    size_t used;
    bool failed;      /* something was reported */
};

/* The value; a number 0 with scope->failed set after a message.  Texts live until scope->used is set back. */
struct ms_value ms_evaluate(const struct ms_expression *expression, struct ms_scope *scope);

/* The same, of the kind wanted: anything else is reported. */
uint64_t ms_evaluate_number(const struct ms_expression *expression, struct ms_scope *scope);
uint64_t ms_evaluate_time(const struct ms_expression *expression, struct ms_scope *scope);

/* A mixed 64-bit number of its arguments. */
static inline uint64_t ms_mix(uint64_t a, uint64_t b)
{
    uint64_t z = a + UINT64_C(0x9E3779B97F4A7C15) * (b + 1);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* Number of a text, for seeds. */
uint64_t ms_mix_text(const char *text);

/* Letters from ASCII to EBCDIC. */
void ms_letters(uint8_t *to, const char *ascii, size_t length);

/*
 * How far a thing that goes on at about rate a minute has come at the age given: it never falls, and its speed
 * changes between three tenths and seventeen tenths of the rate, in a rhythm that depends on seed.
 */
uint64_t ms_growth(uint64_t rate, uint64_t age, uint64_t seed);

#endif

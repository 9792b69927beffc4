/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_EXPRESSION_CODE_H
#define MR_DOMAINS_EXPRESSION_CODE_H

/*
 * The postfix code of a formula: written by the parser (expression_parse.c), run by a small stack machine
 * (expression.c).  Most formulas are plain: a missing value anywhere leaves the result missing.  Their code is made
 * shorter (expression_fuse.c): an operation has its second value with it where that is a cell or a number.  Private to
 * these three.
 */
#include "domains/expression.h"

enum operation {
    /* operands; all from OP_NUMBER to OP_BYTES push one value */
    OP_NUMBER,
    OP_UINT,
    OP_INT,
    OP_MICROS,
    OP_REAL,
    OP_BYTES,
    /* one value to one */
    OP_MINUS,
    OP_NOT,
    /* two values to one */
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_EQUAL,
    OP_NOT_EQUAL,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL,
    OP_AND,
    OP_OR,
    OP_MIN,
    OP_MAX,
    OP_EITHER,
    /* three values to one */
    OP_IF,
    /* only in shorter code: a value to the stack */
    OP_PUSH
};

/* Where a value of shorter code comes from: OP_NUMBER to OP_BYTES, or one of these. */
enum {
    LOAD_EITHER = OP_BYTES + 1, /* the first column, unless it is missing or zero: then the other; whole numbers */
    LOAD_STACK,
    LOAD_NONE /* the operation takes but one */
};

struct instruction {
    double number;
    uint16_t column;
    uint16_t other;    /* column of LOAD_EITHER */
    uint8_t operation; /* enum operation */
    uint8_t load;      /* in shorter code: where the last value comes from */
};

struct mr_expression {
    size_t code_count;
    size_t column_count;
    bool plain; /* nothing but LOAD_EITHER looks on past a missing value; the code is the shorter one */
    uint16_t columns[MR_EXPRESSION_CODE_MAX];
    struct instruction code[]; /* code_count of them */
};

/* Make the code shorter if the formula is plain. */
void mr_expression_fuse(struct mr_expression *expression);

#endif

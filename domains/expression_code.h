/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_EXPRESSION_CODE_H
#define MR_DOMAINS_EXPRESSION_CODE_H

/*
 * The postfix code of a formula: written by the parser (expression_parse.c), run by a small stack machine (expression.c).
 * Private to these two.
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
    OP_IF
};

struct instruction {
    double number;
    uint16_t column;
    uint8_t operation; /* enum operation */
};

struct mr_expression {
    size_t code_count;
    size_t column_count;
    bool plain; /* no function that looks on past a missing value */
    uint16_t columns[MR_EXPRESSION_CODE_MAX];
    struct instruction code[]; /* code_count of them */
};

#endif

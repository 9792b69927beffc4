/* SPDX-License-Identifier: Apache-2.0 */
/* The value of a formula: a small stack machine. */
#include "domains/expression_code.h"

#include <math.h>
#include <stdlib.h>

struct value {
    double number;
    bool present;
};

static struct value bytes_value(const struct mr_cell *cell)
{
    uint64_t number = 0;

    if (cell->size == 0 || cell->size > 8)
        return (struct value){0, false};
    for (uint32_t i = 0; i < cell->size; i++)
        number = number << 8 | cell->value.bytes[i];
    return (struct value){(double)number, true};
}

static struct value column_value(uint8_t operation, const struct mr_cell *cell)
{
    if (!cell->present)
        return (struct value){0, false};
    switch (operation) {
    case OP_UINT:
        return (struct value){(double)cell->value.u, true};
    case OP_INT:
        return (struct value){(double)cell->value.i, true};
    case OP_MICROS:
        return (struct value){(double)cell->value.i / 1e6, true};
    case OP_REAL:
        return (struct value){cell->value.d, isfinite(cell->value.d) != 0};
    default:
        return bytes_value(cell);
    }
}

static struct value operand(const struct instruction *in, const struct mr_cell *cells)
{
    if (in->operation == OP_NUMBER)
        return (struct value){in->number, true};
    return column_value(in->operation, &cells[in->column]);
}

static double arithmetic(uint8_t operation, double a, double b)
{
    switch (operation) {
    case OP_ADD:
        return a + b;
    case OP_SUBTRACT:
        return a - b;
    case OP_MULTIPLY:
        return a * b;
    case OP_DIVIDE:
        return b == 0 ? (double)NAN : a / b;
    case OP_MIN:
        return a < b ? a : b;
    default:
        return a > b ? a : b; /* OP_MAX */
    }
}

static bool truth(uint8_t operation, double a, double b)
{
    switch (operation) {
    case OP_EQUAL:
        return a == b;
    case OP_NOT_EQUAL:
        return a != b;
    case OP_LESS:
        return a < b;
    case OP_LESS_EQUAL:
        return a <= b;
    case OP_GREATER:
        return a > b;
    case OP_GREATER_EQUAL:
        return a >= b;
    case OP_AND:
        return a != 0 && b != 0;
    default:
        return a != 0 || b != 0; /* OP_OR */
    }
}

static struct value two(uint8_t operation, struct value a, struct value b)
{
    double result;

    if (operation == OP_EITHER)
        return a.present && a.number != 0 ? a : b;
    if (!a.present || !b.present)
        return (struct value){0, false};
    if (operation >= OP_EQUAL && operation <= OP_OR)
        return (struct value){truth(operation, a.number, b.number) ? 1 : 0, true};
    result = arithmetic(operation, a.number, b.number);
    return (struct value){result, isfinite(result) != 0};
}

/* The last value of the stack, top, and those below it to one value; returns where it stands. */
static struct value *apply(uint8_t operation, struct value *top)
{
    if (operation == OP_MINUS) {
        top->number = -top->number;
    } else if (operation == OP_NOT) {
        top->number = top->number == 0 ? 1 : 0;
    } else if (operation == OP_IF) {
        top -= 2;
        top[0] = top[0].present ? (top[0].number != 0 ? top[1] : top[2]) : (struct value){0, false};
    } else {
        top--;
        top[0] = two(operation, top[0], top[1]);
    }
    return top;
}

/* A value of shorter code that is not on the stack. */
static inline bool load(const struct instruction *in, const struct mr_cell *cells, double *value)
{
    const struct mr_cell *cell = &cells[in->column];
    struct value other;

    switch (in->load) {
    case OP_NUMBER:
        *value = in->number;
        return true;
    case LOAD_EITHER:
        if (!cell->present || cell->value.u == 0)
            cell = &cells[in->other];
        *value = (double)cell->value.u;
        return cell->present;
    case OP_UINT:
        *value = (double)cell->value.u;
        return cell->present;
    case OP_MICROS:
        *value = (double)cell->value.i / 1e6;
        return cell->present;
    default:
        other = column_value(in->load, cell);
        *value = other.number;
        return other.present;
    }
}

/* Where nothing looks on past a missing value the first one decides. */
static bool plain_value(const struct mr_expression *e, const struct mr_cell *cells, double *value)
{
    double stack[MR_EXPRESSION_STACK_MAX + 1]; /* those below the last one */
    double *top = stack, last, next = 0;
    const struct instruction *end = e->code + e->code_count;
    struct value result;

    if (!load(e->code, cells, &last)) /* all code begins with a value */
        return false;
    for (const struct instruction *in = e->code + 1; in < end; in++) {
        if (in->load == LOAD_STACK) {
            next = last;
            last = *--top;
        } else if (in->load != LOAD_NONE && !load(in, cells, &next)) {
            return false;
        }
        switch (in->operation) {
        case OP_PUSH:
            *top++ = last;
            last = next;
            continue;
        case OP_MINUS:
            last = -last;
            continue;
        case OP_NOT:
            last = last == 0 ? 1 : 0;
            continue;
        case OP_GREATER:
            last = last > next ? 1 : 0;
            continue;
        case OP_ADD:
            last += next;
            break;
        case OP_SUBTRACT:
            last -= next;
            break;
        case OP_MULTIPLY:
            last *= next;
            break;
        case OP_DIVIDE:
            if (next == 0)
                return false;
            last /= next;
            break;
        default:
            result = two(in->operation, (struct value){last, true}, (struct value){next, true});
            last = result.number;
            break;
        }
        if (!isfinite(last))
            return false;
    }
    *value = last;
    return true;
}

bool mr_expression_value(const struct mr_expression *e, const struct mr_cell *cells, double *value)
{
    struct value stack[MR_EXPRESSION_STACK_MAX + 1]; /* the parser saw to it that this is enough */
    struct value *top = stack;                       /* stack[0] stays empty */

    if (e->plain)
        return plain_value(e, cells, value);
    stack[0] = (struct value){0, false};
    for (size_t i = 0; i < e->code_count; i++) {
        const struct instruction *in = &e->code[i];

        if (in->operation <= OP_BYTES)
            *++top = operand(in, cells);
        else
            top = apply(in->operation, top);
    }
    if (!top->present)
        return false;
    *value = top->number;
    return true;
}

size_t mr_expression_columns(const struct mr_expression *e, const uint16_t **columns)
{
    *columns = e->columns;
    return e->column_count;
}

void mr_expression_free(struct mr_expression *e)
{
    free(e);
}

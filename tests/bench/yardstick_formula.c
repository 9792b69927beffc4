/* SPDX-License-Identifier: Apache-2.0 */
/* Derived columns: a formula is read into a tree, and the tree is walked for each row (the language: derived.csv). */
#include "tests/bench/yardstick.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum operation {
    OP_NUMBER,
    OP_COLUMN,
    OP_OR,
    OP_AND,
    OP_NOT,
    OP_EQUAL,
    OP_DIFFERENT,
    OP_LESS,
    OP_AT_MOST,
    OP_MORE,
    OP_AT_LEAST,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_MIN,
    OP_MAX,
    OP_EITHER,
    OP_IF
};

struct formula {
    enum operation operation;
    double number;
    int column;
    struct formula *arguments[3];
};

struct reading {
    const char *at;
    const struct feed *feed;
};

static struct formula *read_or(struct reading *reading);

static struct formula *node(enum operation operation, struct formula *a, struct formula *b)
{
    struct formula *formula = calloc(1, sizeof *formula);

    if (formula == NULL)
        give_up("memory");
    formula->operation = operation;
    formula->arguments[0] = a;
    formula->arguments[1] = b;
    return formula;
}

/* Is this word or sign next?  Then it is taken. */
static bool take(struct reading *reading, const char *sign)
{
    size_t length = strlen(sign);

    reading->at += strspn(reading->at, " ");
    if (strncmp(reading->at, sign, length) != 0 ||
        (islower((unsigned char)sign[0]) && isalnum((unsigned char)reading->at[length])))
        return false;
    reading->at += length;
    return true;
}

static struct formula *read_call(struct reading *reading, enum operation operation, unsigned count)
{
    struct formula *call = node(operation, NULL, NULL);

    for (unsigned i = 0; i < count; i++) {
        if (!take(reading, i == 0 ? "(" : ","))
            give_up(reading->at);
        call->arguments[i] = read_or(reading);
    }
    if (!take(reading, ")"))
        give_up(reading->at);
    return call;
}

static struct formula *read_column(struct reading *reading)
{
    size_t length = strspn(reading->at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    struct formula *formula = node(OP_COLUMN, NULL, NULL);

    formula->column = FORMULA_DURATION;
    if (length == 8 && strncmp(reading->at, "DURATION", length) == 0) {
        reading->at += length;
        return formula;
    }
    for (unsigned c = 0; c < reading->feed->column_count; c++) {
        const char *name = reading->feed->columns[c].name;

        if (strlen(name) == length && strncmp(name, reading->at, length) == 0)
            formula->column = (int)c;
    }
    if (formula->column == FORMULA_DURATION)
        give_up(reading->at);
    reading->at += length;
    return formula;
}

static struct formula *read_primary(struct reading *reading)
{
    static const struct {
        const char *name;
        enum operation operation;
        unsigned count;
    } calls[] = {{"min", OP_MIN, 2}, {"max", OP_MAX, 2}, {"either", OP_EITHER, 2}, {"if", OP_IF, 3}};
    struct formula *formula;
    char *end;

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (take(reading, calls[i].name))
            return read_call(reading, calls[i].operation, calls[i].count);
    }
    if (take(reading, "-"))
        return node(OP_SUBTRACT, node(OP_NUMBER, NULL, NULL), read_primary(reading));
    if (take(reading, "(")) {
        formula = read_or(reading);
        if (!take(reading, ")"))
            give_up(reading->at);
        return formula;
    }
    if (!isdigit((unsigned char)*reading->at))
        return read_column(reading);
    formula = node(OP_NUMBER, NULL, NULL);
    formula->number = strtod(reading->at, &end);
    reading->at = end;
    return formula;
}

static struct formula *read_product(struct reading *reading)
{
    struct formula *formula = read_primary(reading);

    for (;;) {
        if (take(reading, "*"))
            formula = node(OP_MULTIPLY, formula, read_primary(reading));
        else if (take(reading, "/"))
            formula = node(OP_DIVIDE, formula, read_primary(reading));
        else
            return formula;
    }
}

static struct formula *read_sum(struct reading *reading)
{
    struct formula *formula = read_product(reading);

    for (;;) {
        if (take(reading, "+"))
            formula = node(OP_ADD, formula, read_product(reading));
        else if (take(reading, "-"))
            formula = node(OP_SUBTRACT, formula, read_product(reading));
        else
            return formula;
    }
}

static struct formula *read_comparison(struct reading *reading)
{
    static const struct {
        const char *sign;
        enum operation operation;
    } signs[] = {{"!=", OP_DIFFERENT}, {"<=", OP_AT_MOST}, {">=", OP_AT_LEAST}, {"=", OP_EQUAL}, {"<", OP_LESS},
                 {">", OP_MORE}};
    struct formula *formula = read_sum(reading);

    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (take(reading, signs[i].sign))
            return node(signs[i].operation, formula, read_sum(reading));
    }
    return formula;
}

static struct formula *read_not(struct reading *reading)
{
    return take(reading, "not") ? node(OP_NOT, read_not(reading), NULL) : read_comparison(reading);
}

static struct formula *read_and(struct reading *reading)
{
    struct formula *formula = read_not(reading);

    while (take(reading, "and"))
        formula = node(OP_AND, formula, read_not(reading));
    return formula;
}

static struct formula *read_or(struct reading *reading)
{
    struct formula *formula = read_and(reading);

    while (take(reading, "or"))
        formula = node(OP_OR, formula, read_and(reading));
    return formula;
}

struct formula *formula_read(const struct feed *feed, const char *text)
{
    struct reading reading = {text, feed};
    struct formula *formula = text[0] == '\0' ? NULL : read_or(&reading);

    if (formula != NULL && reading.at[strspn(reading.at, " ")] != '\0')
        give_up(reading.at);
    return formula;
}

/* NAN stands for what is missing: all arithmetic hands it on. */
static double divide(double a, double b)
{
    return b == 0 ? NAN : a / b;
}

static double truth(bool holds, double a, double b)
{
    return isnan(a) || isnan(b) ? NAN : holds;
}

double formula_value(const struct formula *formula, const double *columns, double duration)
{
    double a, b;

    switch (formula->operation) {
    case OP_NUMBER:
        return formula->number;
    case OP_COLUMN:
        return formula->column == FORMULA_DURATION ? duration : columns[formula->column];
    case OP_NOT:
        a = formula_value(formula->arguments[0], columns, duration);
        return truth(a == 0, a, a);
    case OP_IF:
        a = formula_value(formula->arguments[0], columns, duration);
        return isnan(a) ? a : formula_value(formula->arguments[a != 0 ? 1 : 2], columns, duration);
    default:
        break;
    }
    a = formula_value(formula->arguments[0], columns, duration);
    if (formula->operation == OP_EITHER && !isnan(a) && a != 0)
        return a;
    b = formula_value(formula->arguments[1], columns, duration);
    switch (formula->operation) {
    case OP_EITHER:
        return b;
    case OP_OR:
        return truth(a != 0 || b != 0, a, b);
    case OP_AND:
        return truth(a != 0 && b != 0, a, b);
    case OP_EQUAL:
        return truth(a == b, a, b);
    case OP_DIFFERENT:
        return truth(a != b, a, b);
    case OP_LESS:
        return truth(a < b, a, b);
    case OP_AT_MOST:
        return truth(a <= b, a, b);
    case OP_MORE:
        return truth(a > b, a, b);
    case OP_AT_LEAST:
        return truth(a >= b, a, b);
    case OP_ADD:
        return a + b;
    case OP_SUBTRACT:
        return a - b;
    case OP_MULTIPLY:
        return a * b;
    case OP_DIVIDE:
        return divide(a, b);
    case OP_MIN:
        return truth(true, a, b) == 1 ? fmin(a, b) : NAN;
    default:
        return truth(true, a, b) == 1 ? fmax(a, b) : NAN;
    }
}

bool formula_uses(const struct formula *formula, const struct feed *feed, const char *field)
{
    const struct column *column;

    if (formula == NULL)
        return false;
    for (unsigned i = 0; i < 3; i++) {
        if (formula_uses(formula->arguments[i], feed, field))
            return true;
    }
    if (formula->operation != OP_COLUMN || formula->column < 0)
        return false;
    column = &feed->columns[formula->column];
    return column->formula != NULL ? formula_uses(column->formula, feed, field)
                                   : column->field != NULL && strcmp(column->field->name, field) == 0;
}

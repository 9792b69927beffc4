/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: text to tree, by recursive descent. */
#include "samples/expression.h"

#include "reader/tod.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct word {
    const char *name;
    int value;
};

static const struct word builtins[] = {
    {"n", MS_N},       {"i", MS_I},           {"j", MS_J},       {"e", MS_E},
    {"name", MS_NAME}, {"now", MS_NOW},       {"age", MS_AGE},   {"uptime", MS_UPTIME},
    {"boot", MS_BOOT}, {"since", MS_SINCE},   {"interval", MS_INTERVAL},
};

/* Functions with the number of arguments they want; 0: two or more. */
static const struct {
    const char *name;
    enum ms_function function;
    int arguments;
} functions[] = {
    {"pick", MS_PICK, 0}, {"rand", MS_RAND, 2}, {"vary", MS_VARY, 2},     {"grow", MS_GROW, 1},   {"min", MS_MIN, 2},
    {"max", MS_MAX, 2},   {"hex", MS_HEX, 2},   {"digits", MS_DIGITS, 2}, {"unhex", MS_UNHEX, 1},
};

/* Units of time in microseconds. */
static const struct {
    const char *name;
    uint64_t micros;
} units[] = {
    {"us", 1}, {"ms", 1000}, {"s", 1000000}, {"min", 60000000}, {"h", 3600000000}, {"d", 86400000000},
};

static struct ms_expression *node(struct ms_scan *scan, enum ms_operator op, int count)
{
    struct ms_expression *expression = mr_arena_alloc(scan->scenario->arena, sizeof *expression);
    struct ms_expression **arguments = NULL;

    if (count > 0)
        arguments = mr_arena_alloc(scan->scenario->arena, (size_t)count * sizeof *arguments);
    if (expression == NULL || (count > 0 && arguments == NULL)) {
        ms_fault(&scan->place, "memory is short; make the scenario smaller");
        return NULL;
    }
    *expression = (struct ms_expression){.op = op, .count = count, .place = scan->place, .arguments = arguments};
    return expression;
}

static struct ms_expression *constant(struct ms_scan *scan, struct ms_value value)
{
    struct ms_expression *expression = node(scan, MS_OP_CONSTANT, 0);

    if (expression != NULL)
        expression->value = value;
    return expression;
}

static struct ms_expression *wrong(struct ms_scan *scan, const char *what)
{
    ms_fault(&scan->place, "%s expected at '%.30s'", what, scan->at);
    return NULL;
}

/* Digits behind a decimal point, as a part of scale. */
static uint64_t decimals(struct ms_scan *scan, uint64_t scale)
{
    uint64_t value = 0;

    for (; isdigit((unsigned char)*scan->at); scan->at++) {
        scale /= 10;
        value += (uint64_t)(*scan->at - '0') * scale;
    }
    return value;
}

#define BILLION UINT64_C(1000000000)

/* 12, 0x1F, 3.5s, 250us */
static struct ms_expression *read_number(struct ms_scan *scan)
{
    bool hex = scan->at[0] == '0' && scan->at[1] == 'x';
    uint64_t number, part = 0;
    const char *from;
    char *end;

    number = strtoull(scan->at, &end, hex ? 16 : 10);
    scan->at = end;
    if (!hex && *scan->at == '.' && isdigit((unsigned char)scan->at[1])) {
        scan->at++;
        part = decimals(scan, BILLION);
    }
    from = scan->at;
    while (!hex && isalpha((unsigned char)*scan->at))
        scan->at++;
    if (scan->at == from) {
        if (part != 0)
            return wrong(scan, "a unit of time behind a decimal fraction");
        return constant(scan, (struct ms_value){.kind = MS_NUMBER, .number = number});
    }
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
        uint64_t whole = number * units[u].micros << 12, rest = (part / 1000 * units[u].micros << 12) / 1000000;

        if (strlen(units[u].name) == (size_t)(scan->at - from) && memcmp(units[u].name, from, scan->at - from) == 0)
            return constant(scan, (struct ms_value){.kind = MS_TIME, .number = whole + rest});
    }
    scan->at = from;
    return wrong(scan, "one of us ms s min h d");
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What stands between the quotes, as bytes; its length or -1. */
static int quoted_bytes(char form, const char *from, size_t length, uint8_t *bytes)
{
    int n = 0;

    if (form == 'x') {
        for (size_t k = 0; k < length; k++) {
            if (from[k] == ' ')
                continue;
            if (k + 1 == length || hex_digit(from[k]) < 0 || hex_digit(from[k + 1]) < 0)
                return -1;
            bytes[n++] = (uint8_t)(hex_digit(from[k]) << 4 | hex_digit(from[k + 1]));
            k++;
        }
        return n;
    }
    if (form == 'a')
        memcpy(bytes, from, length);
    else
        ms_letters(bytes, from, length);
    return (int)length;
}

/* "text", a"ascii text", x"hex digits", t"date and time" */
static struct ms_expression *read_quoted(struct ms_scan *scan)
{
    char form = *scan->at == '"' ? '"' : *scan->at++;
    const char *from = ++scan->at;
    size_t length = strcspn(from, "\"");
    struct ms_value value = {.kind = MS_TEXT};
    uint8_t *bytes = mr_arena_alloc(scan->scenario->arena, length + 1);
    int n;

    if (from[length] != '"' || bytes == NULL)
        return wrong(scan, "a closing quote");
    scan->at = from + length + 1;
    if (form == 't') {
        value.kind = MS_TIME;
        if (!ms_scan_date(&from, &value.number))
            return wrong(scan, "a date like 2025-03-14 09:00:00 between the quotes");
        return constant(scan, value);
    }
    n = quoted_bytes(form, from, length, bytes);
    if (n < 0)
        return wrong(scan, "an even number of hex digits between the quotes");
    value.text = bytes;
    value.length = (size_t)n;
    return constant(scan, value);
}

/* The arguments up to the closing bracket. */
static struct ms_expression *read_arguments(struct ms_scan *scan, enum ms_operator op, const char *closing)
{
    struct ms_expression *list[MS_ARGUMENTS_MAX], *expression;
    int count = 0;

    do {
        if (count == MS_ARGUMENTS_MAX)
            return wrong(scan, "a shorter list");
        list[count] = ms_expression_read(scan);
        if (list[count] == NULL)
            return NULL;
        count++;
    } while (ms_scan_take(scan, ","));
    if (!ms_scan_take(scan, closing))
        return wrong(scan, closing);
    expression = node(scan, op, count);
    if (expression != NULL)
        memcpy(expression->arguments, list, (size_t)count * sizeof list[0]);
    return expression;
}

static struct ms_expression *read_call(struct ms_scan *scan, const char *name)
{
    struct ms_expression *expression;

    for (size_t f = 0; f < sizeof functions / sizeof functions[0]; f++) {
        if (strcmp(functions[f].name, name) != 0)
            continue;
        expression = read_arguments(scan, MS_OP_CALL, ")");
        if (expression == NULL)
            return NULL;
        expression->what = (int)functions[f].function;
        if (functions[f].arguments != 0 ? expression->count != functions[f].arguments : expression->count < 2) {
            ms_fault(&scan->place, "%s() has another number of arguments; see samples/README.md", name);
            return NULL;
        }
        return expression;
    }
    ms_fault(&scan->place, "there is no function '%s'; see samples/README.md", name);
    return NULL;
}

static struct ms_expression *read_name(struct ms_scan *scan)
{
    const char *from = scan->at;
    struct ms_expression *expression;
    char name[64];
    size_t n;

    while (isalnum((unsigned char)*scan->at) || *scan->at == '_')
        scan->at++;
    n = (size_t)(scan->at - from) < sizeof name ? (size_t)(scan->at - from) : sizeof name - 1;
    memcpy(name, from, n);
    name[n] = '\0';
    if (*scan->at == '(') {
        scan->at++;
        return read_call(scan, name);
    }
    for (size_t b = 0; b < sizeof builtins / sizeof builtins[0]; b++) {
        if (strcmp(builtins[b].name, name) == 0) {
            expression = node(scan, MS_OP_BUILTIN, 0);
            if (expression != NULL)
                expression->what = builtins[b].value;
            return expression;
        }
    }
    for (int v = 0; v < scan->scenario->variable_count; v++) {
        if (strcmp(scan->scenario->variables[v], name) == 0) {
            expression = node(scan, MS_OP_VARIABLE, 0);
            if (expression != NULL)
                expression->what = v;
            return expression;
        }
    }
    ms_fault(&scan->place, "'%s' is not known here; give it a value with: set %s = ...", name, name);
    return NULL;
}

static struct ms_expression *read_primary(struct ms_scan *scan)
{
    char c = ms_scan_peek(scan);
    struct ms_expression *expression;

    if (isdigit((unsigned char)c))
        return read_number(scan);
    if (c == '"' || (c != '\0' && strchr("xat", c) != NULL && scan->at[1] == '"'))
        return read_quoted(scan);
    if (isalpha((unsigned char)c))
        return read_name(scan);
    if (ms_scan_take(scan, "["))
        return read_arguments(scan, MS_OP_LIST, "]");
    if (ms_scan_take(scan, "(")) {
        expression = ms_expression_read(scan);
        if (expression != NULL && !ms_scan_take(scan, ")"))
            return wrong(scan, ")");
        return expression;
    }
    return wrong(scan, "a value");
}

static struct ms_expression *binary(struct ms_scan *scan, enum ms_operator op, struct ms_expression *a,
                                    struct ms_expression *b)
{
    struct ms_expression *expression = a == NULL || b == NULL ? NULL : node(scan, op, 2);

    if (expression != NULL) {
        expression->arguments[0] = a;
        expression->arguments[1] = b;
    }
    return expression;
}

static struct ms_expression *read_unary(struct ms_scan *scan)
{
    if (ms_scan_take(scan, "-"))
        return binary(scan, MS_OP_SUBTRACT, constant(scan, (struct ms_value){.kind = MS_NUMBER}), read_unary(scan));
    return read_primary(scan);
}

static struct ms_expression *read_product(struct ms_scan *scan)
{
    struct ms_expression *a = read_unary(scan);

    while (a != NULL) {
        if (ms_scan_take(scan, "*"))
            a = binary(scan, MS_OP_MULTIPLY, a, read_unary(scan));
        else if (ms_scan_take(scan, "/"))
            a = binary(scan, MS_OP_DIVIDE, a, read_unary(scan));
        else if (ms_scan_take(scan, "%"))
            a = binary(scan, MS_OP_REMAINDER, a, read_unary(scan));
        else
            break;
    }
    return a;
}

static struct ms_expression *read_sum(struct ms_scan *scan)
{
    struct ms_expression *a = read_product(scan);

    while (a != NULL) {
        if (ms_scan_take(scan, "+"))
            a = binary(scan, MS_OP_ADD, a, read_product(scan));
        else if (ms_scan_take(scan, "-"))
            a = binary(scan, MS_OP_SUBTRACT, a, read_product(scan));
        else
            break;
    }
    return a;
}

static struct ms_expression *read_comparison(struct ms_scan *scan)
{
    static const struct word comparisons[] = {
        {"==", MS_OP_EQUAL},    {"!=", MS_OP_DIFFERENT}, {"<=", MS_OP_AT_MOST},
        {">=", MS_OP_AT_LEAST}, {"<", MS_OP_LESS},       {">", MS_OP_MORE},
    };
    struct ms_expression *a = read_sum(scan);

    for (size_t c = 0; a != NULL && c < sizeof comparisons / sizeof comparisons[0]; c++) {
        if (ms_scan_take(scan, comparisons[c].name))
            return binary(scan, (enum ms_operator)comparisons[c].value, a, read_sum(scan));
    }
    return a;
}

struct ms_expression *ms_expression_read(struct ms_scan *scan)
{
    struct ms_expression *a = read_comparison(scan), *expression;

    if (a == NULL || !ms_scan_take(scan, "?"))
        return a;
    expression = node(scan, MS_OP_CHOOSE, 3);
    if (expression == NULL)
        return NULL;
    expression->arguments[0] = a;
    expression->arguments[1] = ms_expression_read(scan);
    if (expression->arguments[1] == NULL)
        return NULL;
    if (!ms_scan_take(scan, ":"))
        return wrong(scan, ":");
    expression->arguments[2] = ms_expression_read(scan);
    return expression->arguments[2] == NULL ? NULL : expression;
}

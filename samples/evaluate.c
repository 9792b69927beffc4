/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: tree to value. */
#include "reader/ebcdic.h"
#include "samples/expression.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t ms_mix_text(const char *text)
{
    uint64_t seed = 0;

    for (; *text != '\0'; text++)
        seed = ms_mix(seed, (uint8_t)*text);
    return seed;
}

void ms_letters(uint8_t *to, const char *ascii, size_t length)
{
    static uint8_t letters[256]; /* made at the first call */

    if (letters[' '] == 0) {
        for (int c = 0; c < 256; c++)
            letters[c] = mr_ebcdic_from_ascii((char)c);
    }
    for (size_t k = 0; k < length; k++)
        to[k] = letters[(uint8_t)ascii[k]];
}

#define MINUTE_MS 60000u

/* Up and down once in 2^bits milliseconds, to half of that. */
static uint64_t swing(uint64_t ms, unsigned bits)
{
    uint64_t phase = ms & ((UINT64_C(1) << bits) - 1), half = UINT64_C(1) << (bits - 1);

    return phase < half ? phase : 2 * half - phase;
}

uint64_t ms_growth(uint64_t rate, uint64_t age, uint64_t seed)
{
    uint64_t ms = (age >> 12) / 1000;

    ms += (swing(ms + (seed >> 8), 17 + (seed & 1)) * 4 + swing(ms + (seed >> 32), 19 + (seed >> 1 & 1)) * 3) / 10;
    return rate * (ms / MINUTE_MS) + rate * (ms % MINUTE_MS) / MINUTE_MS;
}

static struct ms_value number_value(uint64_t number)
{
    return (struct ms_value){.kind = MS_NUMBER, .number = number};
}

static struct ms_value time_value(uint64_t time)
{
    return (struct ms_value){.kind = MS_TIME, .number = time};
}

static struct ms_value failed(const struct ms_expression *x, struct ms_scope *scope, const char *why)
{
    if (!scope->failed)
        ms_fault(&x->place, "%s", why);
    scope->failed = true;
    return number_value(0);
}

/* Room for length bytes of text, NULL after a message. */
static uint8_t *text_room(const struct ms_expression *x, struct ms_scope *scope, size_t length)
{
    uint8_t *text = scope->scratch + scope->used;

    if (length > sizeof scope->scratch - scope->used) {
        failed(x, scope, "the text is too long; keep it below 4000 bytes");
        return NULL;
    }
    scope->used += length;
    return text;
}

static struct ms_value ascii_value(const struct ms_expression *x, struct ms_scope *scope, const char *ascii)
{
    size_t length = strlen(ascii);
    uint8_t *text = text_room(x, scope, length);

    if (text == NULL)
        return number_value(0);
    ms_letters(text, ascii, length);
    return (struct ms_value){.kind = MS_TEXT, .text = text, .length = length};
}

static struct ms_value builtin(const struct ms_expression *x, struct ms_scope *scope)
{
    switch ((enum ms_builtin)x->what) {
    case MS_N:
        return number_value(scope->n);
    case MS_I:
        return number_value(scope->i);
    case MS_J:
        return number_value(scope->j);
    case MS_E:
        return number_value(scope->e);
    case MS_NAME:
        return ascii_value(x, scope, scope->name);
    case MS_NOW:
        return time_value(scope->now);
    case MS_AGE:
        return time_value(scope->nominal - scope->since);
    case MS_UPTIME:
        return time_value(scope->nominal - scope->boot);
    case MS_BOOT:
        return time_value(scope->boot);
    case MS_SINCE:
        return time_value(scope->since);
    case MS_INTERVAL:
        return time_value(scope->interval);
    }
    return number_value(0);
}

/* Numbers become digits when they are put behind or before a text. */
static struct ms_value as_text(const struct ms_expression *x, struct ms_scope *scope, struct ms_value value)
{
    char digits[32];

    if (value.kind == MS_TEXT)
        return value;
    snprintf(digits, sizeof digits, "%lld", (long long)value.number);
    return ascii_value(x, scope, digits);
}

static struct ms_value join(const struct ms_expression *x, struct ms_scope *scope, struct ms_value a,
                            struct ms_value b)
{
    uint8_t *text;

    a = as_text(x, scope, a);
    b = as_text(x, scope, b);
    text = text_room(x, scope, a.length + b.length);
    if (text == NULL)
        return number_value(0);
    if (a.length > 0)
        memcpy(text, a.text, a.length);
    if (b.length > 0)
        memcpy(text + a.length, b.text, b.length);
    return (struct ms_value){.kind = MS_TEXT, .text = text, .length = a.length + b.length};
}

static int compare_texts(struct ms_value a, struct ms_value b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter == 0 ? 0 : memcmp(a.text, b.text, shorter);

    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static struct ms_value compare(const struct ms_expression *x, struct ms_scope *scope, struct ms_value a,
                               struct ms_value b)
{
    int order;

    if (a.kind != b.kind)
        return failed(x, scope, "only values of one kind can be compared: numbers, times (60s) or texts");
    if (a.kind == MS_TEXT)
        order = compare_texts(a, b);
    else if (a.kind == MS_TIME)
        order = (a.number > b.number) - (a.number < b.number);
    else
        order = ((int64_t)a.number > (int64_t)b.number) - ((int64_t)a.number < (int64_t)b.number);
    switch (x->op) {
    case MS_OP_EQUAL:
        return number_value(order == 0);
    case MS_OP_DIFFERENT:
        return number_value(order != 0);
    case MS_OP_LESS:
        return number_value(order < 0);
    case MS_OP_MORE:
        return number_value(order > 0);
    case MS_OP_AT_MOST:
        return number_value(order <= 0);
    default:
        return number_value(order >= 0);
    }
}

/* Signed where numbers are meant: -7 / 2 is -3.  Times are never negative. */
static struct ms_value divide(const struct ms_expression *x, struct ms_scope *scope, struct ms_value a,
                              struct ms_value b)
{
    struct ms_value result = a;

    if (a.kind == MS_TEXT || b.kind == MS_TEXT || (a.kind == MS_NUMBER && b.kind == MS_TIME))
        return failed(x, scope, "only number / number, time / number and time / time can be divided");
    if (b.number == 0 || (b.kind == MS_NUMBER && b.number == UINT64_MAX))
        return failed(x, scope, "division by 0 or -1");
    if (a.kind == MS_TIME)
        result.number = x->op == MS_OP_DIVIDE ? a.number / b.number : a.number % b.number;
    else
        result.number = (uint64_t)(x->op == MS_OP_DIVIDE ? (int64_t)a.number / (int64_t)b.number
                                                         : (int64_t)a.number % (int64_t)b.number);
    if (b.kind == MS_TIME && x->op == MS_OP_DIVIDE)
        result.kind = MS_NUMBER;
    return result;
}

static struct ms_value arithmetic(const struct ms_expression *x, struct ms_scope *scope)
{
    struct ms_value a = ms_evaluate(x->arguments[0], scope), b = ms_evaluate(x->arguments[1], scope);

    if (scope->failed)
        return number_value(0);
    if (x->op == MS_OP_ADD && (a.kind == MS_TEXT || b.kind == MS_TEXT))
        return join(x, scope, a, b);
    if (x->op >= MS_OP_EQUAL && x->op <= MS_OP_AT_LEAST)
        return compare(x, scope, a, b);
    if (x->op == MS_OP_DIVIDE || x->op == MS_OP_REMAINDER)
        return divide(x, scope, a, b);
    if (a.kind == MS_TEXT || b.kind == MS_TEXT)
        return failed(x, scope, "a text can only be joined with +");
    if (x->op == MS_OP_MULTIPLY) {
        if (a.kind == MS_TIME && b.kind == MS_TIME)
            return failed(x, scope, "times can only be multiplied by numbers");
        a.kind = a.kind == MS_TIME || b.kind == MS_TIME ? MS_TIME : MS_NUMBER;
        a.number *= b.number;
        return a;
    }
    if (a.kind != b.kind && a.number != 0 && b.number != 0)
        return failed(x, scope, "a time and a number cannot be added; write the unit (60s, 5ms) behind the number");
    a.kind = a.kind == MS_TIME || b.kind == MS_TIME ? MS_TIME : MS_NUMBER;
    a.number = x->op == MS_OP_ADD ? a.number + b.number : a.number - b.number;
    return a;
}

/* One of the arguments from first on; the last one stands for all that would come. */
static struct ms_value element(const struct ms_expression *x, struct ms_scope *scope, int first, uint64_t index)
{
    uint64_t last = (uint64_t)(x->count - 1 - first);

    return ms_evaluate(x->arguments[first + (int)(index < last ? index : last)], scope);
}

static struct ms_value between(const struct ms_expression *x, struct ms_scope *scope, uint64_t random)
{
    struct ms_value low = ms_evaluate(x->arguments[0], scope), high = ms_evaluate(x->arguments[1], scope);

    if (low.kind == MS_TEXT || high.kind == MS_TEXT || (int64_t)(high.number - low.number) < 0)
        return failed(x, scope, "rand() and vary() want a smaller and a larger number");
    low.number += random % (high.number - low.number + 1);
    low.kind = high.kind;
    return low;
}

static struct ms_value digits(const struct ms_expression *x, struct ms_scope *scope)
{
    unsigned long long number = ms_evaluate_number(x->arguments[0], scope);
    unsigned width = (unsigned)ms_evaluate_number(x->arguments[1], scope) % 32;
    char text[64];

    snprintf(text, sizeof text, x->what == MS_HEX ? "%0*llX" : "%0*llu", (int)width, number);
    return ascii_value(x, scope, text);
}

static struct ms_value unhex(const struct ms_expression *x, struct ms_scope *scope)
{
    struct ms_value text = ms_evaluate(x->arguments[0], scope);
    char ascii[32];

    if (text.kind != MS_TEXT || text.length > 16)
        return failed(x, scope, "unhex() wants a text of hex digits");
    ascii[mr_ebcdic_decode(ascii, text.text, text.length)] = '\0';
    return number_value(strtoull(ascii, NULL, 16));
}

static struct ms_value call(const struct ms_expression *x, struct ms_scope *scope)
{
    uint64_t random = ms_mix(ms_mix(scope->field, scope->entity), scope->e);
    struct ms_value a, b;

    switch ((enum ms_function)x->what) {
    case MS_PICK:
        return element(x, scope, 1, ms_evaluate_number(x->arguments[0], scope));
    case MS_RAND:
        return between(x, scope, random);
    case MS_VARY:
        return between(x, scope, ms_mix(random, scope->n));
    case MS_GROW:
        a = ms_evaluate(x->arguments[0], scope);
        a.number = ms_growth(a.number, scope->nominal - scope->since, ms_mix(scope->entity, scope->e));
        return a;
    case MS_MIN:
    case MS_MAX:
        a = ms_evaluate(x->arguments[0], scope);
        b = ms_evaluate(x->arguments[1], scope);
        return ((int64_t)a.number < (int64_t)b.number) == (x->what == MS_MIN) ? a : b;
    case MS_DIGITS:
    case MS_HEX:
        return digits(x, scope);
    case MS_UNHEX:
        return unhex(x, scope);
    }
    return number_value(0);
}

struct ms_value ms_evaluate(const struct ms_expression *x, struct ms_scope *scope)
{
    switch (x->op) {
    case MS_OP_CONSTANT:
        return x->value;
    case MS_OP_VARIABLE:
        return scope->variables[x->what];
    case MS_OP_BUILTIN:
        return builtin(x, scope);
    case MS_OP_CHOOSE:
        return ms_evaluate(x->arguments[ms_evaluate_number(x->arguments[0], scope) != 0 ? 1 : 2], scope);
    case MS_OP_LIST:
        return element(x, scope, 0, scope->n > 0 ? scope->n - 1 : 0);
    case MS_OP_CALL:
        return call(x, scope);
    default:
        return arithmetic(x, scope);
    }
}

uint64_t ms_evaluate_number(const struct ms_expression *x, struct ms_scope *scope)
{
    struct ms_value value = ms_evaluate(x, scope);

    if (value.kind != MS_NUMBER)
        failed(x, scope, "a number without unit is wanted here");
    return value.number;
}

uint64_t ms_evaluate_time(const struct ms_expression *x, struct ms_scope *scope)
{
    struct ms_value value = ms_evaluate(x, scope);

    if (value.kind != MS_TIME && value.number != 0)
        failed(x, scope, "a time is wanted here; write the unit (60s, 5ms) behind the number");
    return value.number;
}

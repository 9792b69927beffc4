/* SPDX-License-Identifier: Apache-2.0 */
/* Formulas to postfix code: a parser by recursive descent. */
#include "domains/expression_code.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_BELOW UINT64_C(1000000000000000) /* below 2^53, so the digits fit a double exactly */
#define DECIMALS_MAX 22                         /* 10^22 is the largest power of ten that a double holds exactly */
#define WORD_SHOWN 40                           /* bytes of a name that an error text repeats */
#define WORD_COMPARED 64                        /* longer names get no suggestion */

/* What the parser knows; position is the byte it looks at. */
struct parser {
    const char *text;
    size_t position;
    const struct mr_column *columns;
    size_t column_count;
    char *error;
    size_t error_size;
    bool failed;
    unsigned depth; /* of the text */
    unsigned stack; /* values pending where the code has got to */
    size_t code_count;
    size_t used_count;
    struct instruction code[MR_EXPRESSION_CODE_MAX];
    uint16_t used[MR_EXPRESSION_CODE_MAX];
};

/* Words of the language that are called. */
static const struct {
    const char *name;
    uint8_t operation;
    uint8_t arguments;
} functions[] = {{"min", OP_MIN, 2}, {"max", OP_MAX, 2}, {"either", OP_EITHER, 2}, {"if", OP_IF, 3}};

/* An operation between two operands. */
struct sign {
    const char *sign;
    uint8_t operation;
};

static void expression(struct parser *p);

/* The first fault counts; what follows from it is not worth telling. */
MR_PRINTF(3, 4)
static void fault(struct parser *p, size_t position, const char *format, ...)
{
    va_list arguments;
    int used;

    if (p->failed)
        return;
    p->failed = true;
    if (p->error_size == 0)
        return;
    used = snprintf(p->error, p->error_size, "at %zu: ", position + 1);
    if (used < 0 || (size_t)used >= p->error_size)
        return;
    va_start(arguments, format);
    (void)vsnprintf(p->error + used, p->error_size - (size_t)used, format, arguments);
    va_end(arguments);
}

static void emit(struct parser *p, uint8_t operation, unsigned takes, uint16_t column, double number)
{
    if (p->failed)
        return;
    if (p->code_count == MR_EXPRESSION_CODE_MAX) {
        fault(p, p->position, "the formula is too long");
        return;
    }
    p->stack = p->stack - takes + 1;
    if (p->stack > MR_EXPRESSION_STACK_MAX) {
        fault(p, p->position, "the formula is nested too deep");
        return;
    }
    p->code[p->code_count++] = (struct instruction){.number = number, .column = column, .operation = operation};
}

static bool enter(struct parser *p)
{
    if (p->failed)
        return false;
    if (p->depth == MR_EXPRESSION_DEPTH_MAX) {
        fault(p, p->position, "the formula is nested too deep");
        return false;
    }
    p->depth++;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* The next byte that is no white space; '\0' at the end. */
static char look(struct parser *p)
{
    while (p->text[p->position] == ' ' || p->text[p->position] == '\t' || p->text[p->position] == '\n' ||
           p->text[p->position] == '\r')
        p->position++;
    return p->text[p->position];
}

static size_t word_length(const char *text)
{
    size_t length = 0;

    while (is_word(text[length]))
        length++;
    return length;
}

static bool same_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}

static bool accept(struct parser *p, const char *sign)
{
    if (p->failed || (look(p), strncmp(p->text + p->position, sign, strlen(sign)) != 0))
        return false;
    p->position += strlen(sign);
    return true;
}

static bool accept_word(struct parser *p, const char *word)
{
    look(p);
    if (p->failed || !same_word(p->text + p->position, word_length(p->text + p->position), word))
        return false;
    p->position += strlen(word);
    return true;
}

static void unexpected(struct parser *p, const char *wanted)
{
    unsigned char c = (unsigned char)look(p);

    if (c == '\0')
        fault(p, p->position, "%s is missing at the end", wanted);
    else if (c < 0x20 || c > 0x7e)
        fault(p, p->position, "%s is expected, not the byte 0x%02X", wanted, c);
    else
        fault(p, p->position, "%s is expected, not '%c'", wanted, c);
}

static void expect(struct parser *p, const char *sign)
{
    char wanted[8];

    (void)snprintf(wanted, sizeof wanted, "'%s'", sign);
    if (!p->failed && !accept(p, sign))
        unexpected(p, wanted);
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Edits that make one word the other (Levenshtein); many for words that are too long to be compared. */
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned row[WORD_COMPARED + 1];

    if (a_length > WORD_COMPARED || b_length > WORD_COMPARED)
        return 2 * WORD_COMPARED;
    for (unsigned j = 0; j <= b_length; j++)
        row[j] = j;
    for (unsigned i = 1; i <= a_length; i++) {
        unsigned corner = row[0];

        row[0] = i;
        for (unsigned j = 1; j <= b_length; j++) {
            unsigned changed = corner + (a[i - 1] != b[j - 1]);

            corner = row[j];
            row[j] = smaller(changed, smaller(row[j], row[j - 1]) + 1);
        }
    }
    return row[b_length];
}

static const char *nearest(const struct parser *p, const char *word, size_t length)
{
    unsigned best = (unsigned)(length / 3) + 2; /* farther away it would be a guess */
    const char *name = NULL;

    for (size_t i = 0; i < p->column_count; i++) {
        unsigned d = distance(word, length, p->columns[i].name, strlen(p->columns[i].name));

        if (d < best) {
            best = d;
            name = p->columns[i].name;
        }
    }
    return name;
}

static void unknown(struct parser *p, const char *word, size_t length, size_t position)
{
    const char *name = nearest(p, word, length);
    int shown = length > WORD_SHOWN ? WORD_SHOWN : (int)length;

    if (name != NULL)
        fault(p, position, "there is no column %.*s; the nearest is %s", shown, word, name);
    else
        fault(p, position, "there is no column %.*s", shown, word);
}

/* How a cell of this column becomes a number; -1: it has none. */
static int load_of(const struct mr_column *column)
{
    switch (column->type) {
    case MR_CELL_UINT:
        return OP_UINT;
    case MR_CELL_INT:
        return OP_INT;
    case MR_CELL_SECONDS:
    case MR_CELL_TIME:
        return OP_MICROS;
    case MR_CELL_REAL:
        return OP_REAL;
    case MR_CELL_HEX:
        return column->size >= 1 && column->size <= 8 ? OP_BYTES : -1;
    case MR_CELL_TEXT:
    case MR_CELL_DIGITS:
        break;
    }
    return -1;
}

static void use(struct parser *p, uint16_t column)
{
    for (size_t i = 0; i < p->used_count; i++) {
        if (p->used[i] == column)
            return;
    }
    if (p->used_count < MR_EXPRESSION_CODE_MAX)
        p->used[p->used_count++] = column;
}

static void column_value(struct parser *p, const char *word, size_t length, size_t position)
{
    size_t i = 0;
    int load;

    while (i < p->column_count && !same_word(word, length, p->columns[i].name))
        i++;
    if (i == p->column_count) {
        unknown(p, word, length, position);
        return;
    }
    load = load_of(&p->columns[i]);
    if (load < 0) {
        fault(p, position, "column %.*s has no number that could be used", WORD_SHOWN, p->columns[i].name);
        return;
    }
    emit(p, (uint8_t)load, 0, (uint16_t)i, 0);
    use(p, (uint16_t)i);
}

static void call(struct parser *p, uint8_t operation, unsigned arguments)
{
    expect(p, "(");
    for (unsigned i = 0; i < arguments && !p->failed; i++) {
        if (i > 0)
            expect(p, ",");
        expression(p);
    }
    expect(p, ")");
    emit(p, operation, arguments, 0, 0);
}

static void word(struct parser *p)
{
    const char *text = p->text + p->position;
    size_t length = word_length(text), position = p->position;

    p->position += length;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (same_word(text, length, functions[i].name)) {
            call(p, functions[i].operation, functions[i].arguments);
            return;
        }
    }
    if (same_word(text, length, "and") || same_word(text, length, "or") || same_word(text, length, "not"))
        fault(p, position, "a value is expected, not '%.*s'", (int)length, text);
    else
        column_value(p, text, length, position);
}

/* By hand: strtod() depends on the locale and takes hex, infinity and not-a-number. */
static void number(struct parser *p)
{
    size_t position = p->position;
    uint64_t digits = 0;
    unsigned decimals = 0;
    bool fraction = false;
    double power = 1;

    for (;; p->position++) {
        char c = p->text[p->position];

        if (c == '.' && !fraction && is_digit(p->text[p->position + 1])) {
            fraction = true;
            continue;
        }
        if (!is_digit(c))
            break;
        digits = digits * 10 + (uint64_t)(c - '0');
        decimals += fraction;
        if (digits >= NUMBER_BELOW || decimals > DECIMALS_MAX) {
            fault(p, position, "the number has too many digits");
            return;
        }
    }
    if (is_word(p->text[p->position]) || p->text[p->position] == '.') {
        fault(p, position, "this is neither a number nor a name");
        return;
    }
    for (unsigned i = 0; i < decimals; i++)
        power *= 10;
    emit(p, OP_NUMBER, 0, 0, (double)digits / power);
}

static void primary(struct parser *p)
{
    char c = look(p);

    if (is_digit(c)) {
        number(p);
    } else if (is_word(c)) {
        word(p);
    } else if (c == '(') {
        p->position++;
        expression(p);
        expect(p, ")");
    } else {
        unexpected(p, "a value");
    }
}

static void signed_value(struct parser *p)
{
    if (!enter(p))
        return;
    if (accept(p, "-")) {
        signed_value(p);
        emit(p, OP_MINUS, 1, 0, 0);
    } else {
        primary(p);
    }
    p->depth--;
}

/* The sign that comes next and is taken; NULL where none of them does. */
static const struct sign *accept_sign(struct parser *p, const struct sign *signs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (accept(p, signs[i].sign))
            return &signs[i];
    }
    return NULL;
}

/* Operations of one rank, from the left to the right. */
static void chain(struct parser *p, void (*operand)(struct parser *p), const struct sign *signs, size_t count)
{
    const struct sign *sign;

    operand(p);
    while (!p->failed && (sign = accept_sign(p, signs, count)) != NULL) {
        operand(p);
        emit(p, sign->operation, 2, 0, 0);
    }
}

static void product(struct parser *p)
{
    static const struct sign signs[] = {{"*", OP_MULTIPLY}, {"/", OP_DIVIDE}};

    chain(p, signed_value, signs, sizeof signs / sizeof *signs);
}

static void sum(struct parser *p)
{
    static const struct sign signs[] = {{"+", OP_ADD}, {"-", OP_SUBTRACT}};

    chain(p, product, signs, sizeof signs / sizeof *signs);
}

static void comparison(struct parser *p)
{
    /* Two bytes first: "<=" must not be read as "<". */
    static const struct sign signs[] = {{"!=", OP_NOT_EQUAL}, {"<=", OP_LESS_EQUAL}, {">=", OP_GREATER_EQUAL},
                                        {"=", OP_EQUAL},      {"<", OP_LESS},        {">", OP_GREATER}};
    const struct sign *sign;

    sum(p);
    sign = accept_sign(p, signs, sizeof signs / sizeof *signs);
    if (sign == NULL)
        return;
    sum(p);
    emit(p, sign->operation, 2, 0, 0);
}

static void negation(struct parser *p)
{
    if (!enter(p))
        return;
    if (accept_word(p, "not")) {
        negation(p);
        emit(p, OP_NOT, 1, 0, 0);
    } else {
        comparison(p);
    }
    p->depth--;
}

static void conjunction(struct parser *p)
{
    negation(p);
    while (accept_word(p, "and")) {
        negation(p);
        emit(p, OP_AND, 2, 0, 0);
    }
}

static void expression(struct parser *p)
{
    if (!enter(p))
        return;
    conjunction(p);
    while (accept_word(p, "or")) {
        conjunction(p);
        emit(p, OP_OR, 2, 0, 0);
    }
    p->depth--;
}

static struct mr_expression *finished(const struct parser *p)
{
    struct mr_expression *result = malloc(sizeof *result + p->code_count * sizeof p->code[0]);

    if (result == NULL)
        return NULL;
    result->code_count = p->code_count;
    result->column_count = p->used_count;
    memcpy(result->columns, p->used, sizeof p->used);
    memcpy(result->code, p->code, p->code_count * sizeof p->code[0]);
    mr_expression_fuse(result);
    return result;
}

static void parse(struct parser *p)
{
    if (strnlen(p->text, MR_EXPRESSION_TEXT_MAX + 1) > MR_EXPRESSION_TEXT_MAX) {
        fault(p, MR_EXPRESSION_TEXT_MAX, "the formula is too long");
        return;
    }
    if (p->column_count > UINT16_MAX) {
        fault(p, 0, "the table has too many columns");
        return;
    }
    expression(p);
    if (!p->failed && look(p) != '\0')
        unexpected(p, "an operator");
}

int mr_expression_parse(struct mr_expression **out, const char *text, const struct mr_column *columns,
                        size_t column_count, char *error, size_t error_size)
{
    struct parser p = {
        .text = text, .columns = columns, .column_count = column_count, .error = error, .error_size = error_size};

    *out = NULL;
    if (error_size > 0)
        error[0] = '\0';
    parse(&p);
    if (p.failed)
        return MR_FAILED;
    *out = finished(&p);
    if (*out == NULL)
        fault(&p, 0, "not enough memory");
    return *out == NULL ? MR_FATAL : MR_OK;
}

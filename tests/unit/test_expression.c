/* SPDX-License-Identifier: Apache-2.0 */
/* Formulas against values worked out by hand; wrong and hostile texts; the limits. */
#include "domains/expression.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { BUSY, WAIT, COUNT, ZERO, LOSS, GONE, START, RATIO, FLAG, NAME, DIGITS, LONG, WIDE, COLUMNS };

static const struct mr_column columns[COLUMNS] = {
    [BUSY] = {"BUSY", "", "s", MR_CELL_SECONDS, 0},    [WAIT] = {"WAIT_PCT", "", "", MR_CELL_REAL, 0},
    [COUNT] = {"COUNT", "", "count", MR_CELL_UINT, 0}, [ZERO] = {"ZERO", "", "count", MR_CELL_UINT, 0},
    [LOSS] = {"LOSS", "", "", MR_CELL_INT, 0},         [GONE] = {"GONE", "", "", MR_CELL_UINT, 0},
    [START] = {"START", "", "", MR_CELL_TIME, 0},      [RATIO] = {"RATIO", "", "", MR_CELL_REAL, 0},
    [FLAG] = {"FLAG", "", "", MR_CELL_HEX, 2},         [NAME] = {"NAME", "", "", MR_CELL_TEXT, 8},
    [DIGITS] = {"DIGITS", "", "", MR_CELL_DIGITS, 3},  [LONG] = {"LONG", "", "", MR_CELL_HEX, 9},
    [WIDE] = {"WIDE", "", "", MR_CELL_HEX, 8},
};

static const uint8_t flag_bytes[] = {0x1E, 0x10};
static const uint8_t wide_bytes[] = {0, 0, 0, 1, 0, 0, 0, 2};

static const struct mr_cell cells[COLUMNS] = {
    [BUSY] = {.value.i = 1500000, .present = 1},
    [WAIT] = {.value.d = 62.5, .present = 1},
    [COUNT] = {.value.u = 6, .present = 1},
    [ZERO] = {.value.u = 0, .present = 1},
    [LOSS] = {.value.i = -4, .present = 1},
    [GONE] = {.value.u = 99, .present = 0},
    [START] = {.value.i = INT64_C(-2500000), .present = 1},
    [RATIO] = {.value.d = 1e300, .present = 1},
    [FLAG] = {.value.bytes = flag_bytes, .size = 2, .present = 1},
    [WIDE] = {.value.bytes = wide_bytes, .size = 8, .present = 1},
};

static struct mr_expression *compile(const char *text)
{
    struct mr_expression *expression;
    char error[200];

    cr_assert_eq(mr_expression_parse(&expression, text, columns, COLUMNS, error, sizeof error), MR_OK, "%s: %s", text,
                 error);
    cr_assert_str_eq(error, "");
    return expression;
}

static const struct {
    const char *text;
    double value;
} good[] = {
    /* numbers and precedence */
    {"0", 0},
    {"42", 42},
    {"0.000128", 0.000128},
    {"999999999999999", 999999999999999.0},
    {"0.0000000000000000000001", 1e-22},
    {"1 + 2 * 3", 7},
    {"(1 + 2) * 3", 9},
    {"10 - 4 - 3", 3},
    {"24 / 4 / 3", 2},
    {"-2 * -3", 6},
    {"- - 5", 5},
    {"2 - -3", 5},
    {"-(1 + 2)", -3},
    {"\t1\n+ 1 \r", 2},
    /* comparisons and logic */
    {"1 = 1", 1},
    {"1 != 1", 0},
    {"1 < 2", 1},
    {"2 <= 2", 1},
    {"1 > 2", 0},
    {"2 >= 3", 0},
    {"1 + 1 = 4 / 2", 1},
    {"1 = 1 and 2 = 3", 0},
    {"1 or 0 and 0", 1},
    {"(1 or 0) and 0", 0},
    {"not 0", 1},
    {"not 1 = 2", 1},
    {"not not 7", 1},
    {"not 0 and 1", 1},
    {"2 and 3", 1},
    /* cells */
    {"BUSY", 1.5},
    {"WAIT_PCT", 62.5},
    {"COUNT", 6},
    {"LOSS", -4},
    {"START", -2.5},
    {"FLAG", 0x1E10},
    {"WIDE", 4294967298.0},
    {"100 * BUSY / COUNT", 25},
    {"COUNT * LOSS + BUSY", -22.5},
    {"ZERO = 0", 1},
    /* functions */
    {"min(3, 2)", 2},
    {"max(3, 2)", 3},
    {"min(LOSS, -LOSS)", -4},
    {"either(COUNT, 5)", 6},
    {"either(ZERO, 5)", 5},
    {"either(GONE, 5)", 5},
    {"either(ZERO, ZERO)", 0},
    {"either(1 / ZERO, 9)", 9},
    {"either(COUNT, GONE)", 6},
    {"if(COUNT > 5, 1, GONE)", 1},
    {"if(COUNT < 5, GONE, 2)", 2},
    {"if(ZERO, 1, if(1, 3, 4))", 3},
    {"max(min(1, 2), either(0, 7))", 7},
};

Test(expression, values)
{
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct mr_expression *expression = compile(good[i].text);
        double value = -99;

        cr_expect(mr_expression_value(expression, cells, &value), "%s is missing", good[i].text);
        cr_expect_eq(value, good[i].value, "%s gives %.17g", good[i].text, value);
        mr_expression_free(expression);
    }
}

Test(expression, missing)
{
    static const char *const texts[] = {
        "GONE",
        "-GONE",
        "not GONE",
        "GONE + 1",
        "0 * GONE",
        "GONE = GONE",
        "0 and GONE",
        "1 or GONE",
        "min(1, GONE)",
        "max(GONE, 1)",
        "1 / 0",
        "COUNT / ZERO",
        "0 / 0",
        "1 / (1 - 1) * 0",
        "RATIO * RATIO",
        "-RATIO * RATIO",
        "if(GONE, 1, 2)",
        "if(1, GONE, 2)",
        "if(0, 1, GONE)",
        "either(0, GONE)",
        "either(GONE, GONE)",
        "1 + either(GONE, 1 / 0)",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct mr_expression *expression = compile(texts[i]);
        double value = -99;

        cr_expect_not(mr_expression_value(expression, cells, &value), "%s", texts[i]);
        cr_expect_eq(value, -99);
        mr_expression_free(expression);
    }
}

/* Cells whose content does not fit their column are missing, not wrong. */
Test(expression, odd_cells)
{
    static const double bad[] = {INFINITY, -INFINITY, NAN};
    struct mr_cell row[COLUMNS];
    struct mr_expression *real = compile("RATIO"), *wide = compile("WIDE");
    double value = -99;

    memcpy(row, cells, sizeof row);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        row[RATIO].value.d = bad[i];
        cr_expect_not(mr_expression_value(real, row, &value));
    }
    row[WIDE].size = 0;
    cr_expect_not(mr_expression_value(wide, row, &value));
    row[WIDE].size = 9;
    cr_expect_not(mr_expression_value(wide, row, &value));
    row[WIDE].size = 4;
    cr_expect(mr_expression_value(wide, row, &value));
    cr_expect_eq(value, 1);
    mr_expression_free(real);
    mr_expression_free(wide);
}

static const struct {
    const char *text, *error;
} wrong[] = {
    {"", "at 1: a value is missing at the end"},
    {"   ", "at 4: a value is missing at the end"},
    {"1 +", "at 4: a value is missing at the end"},
    {"(1", "at 3: ')' is missing at the end"},
    {"1)", "at 2: an operator is expected, not ')'"},
    {"1 2", "at 3: an operator is expected, not '2'"},
    {"* 1", "at 1: a value is expected, not '*'"},
    {"1 < 2 < 3", "at 7: an operator is expected, not '<'"},
    {"1 == 1", "at 4: a value is expected, not '='"},
    {"min(1)", "at 6: ',' is expected, not ')'"},
    {"min(1, 2, 3)", "at 9: ')' is expected, not ','"},
    {"min 1", "at 5: '(' is expected, not '1'"},
    {"if(1, 2)", "at 8: ',' is expected, not ')'"},
    {"and", "at 1: a value is expected, not 'and'"},
    {"1 + not 0", "at 5: a value is expected, not 'not'"},
    {"BUSI", "at 1: there is no column BUSI; the nearest is BUSY"},
    {"1 + WAIT_PTC", "at 5: there is no column WAIT_PTC; the nearest is WAIT_PCT"},
    {"COMPLETELY_OTHER", "at 1: there is no column COMPLETELY_OTHER"},
    {"busy", "at 1: there is no column busy"},
    {"NAME", "at 1: column NAME has no number that could be used"},
    {"1 + DIGITS", "at 5: column DIGITS has no number that could be used"},
    {"LONG", "at 1: column LONG has no number that could be used"},
    {"1.", "at 1: this is neither a number nor a name"},
    {"1.2.3", "at 1: this is neither a number nor a name"},
    {".5", "at 1: a value is expected, not '.'"},
    {"1e5", "at 1: this is neither a number nor a name"},
    {"0x10", "at 1: this is neither a number nor a name"},
    {"1000000000000000", "at 1: the number has too many digits"},
    {"0.00000000000000000000001", "at 1: the number has too many digits"},
    {"1 & 2", "at 3: an operator is expected, not '&'"},
    {"\x01", "at 1: a value is expected, not the byte 0x01"},
    {"1 \xff", "at 3: an operator is expected, not the byte 0xFF"},
    {"nan", "at 1: there is no column nan"},
    {"%s%n", "at 1: a value is expected, not '%'"},
};

Test(expression, faults)
{
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct mr_expression *expression = (struct mr_expression *)1;
        char error[200];

        cr_expect_eq(mr_expression_parse(&expression, wrong[i].text, columns, COLUMNS, error, sizeof error),
                     MR_FAILED);
        cr_expect_null(expression);
        cr_expect_str_eq(error, wrong[i].error, "%s: %s", wrong[i].text, error);
    }
}

/* A text of count times what, between before and after. */
static void repeat(char *text, size_t size, const char *before, const char *what, size_t count, const char *after)
{
    size_t used = strlen(before), length = strlen(what);

    cr_assert(used + count * length + strlen(after) < size);
    memcpy(text, before, used);
    for (size_t i = 0; i < count; i++, used += length)
        memcpy(text + used, what, length);
    memcpy(text + used, after, strlen(after) + 1);
}

Test(expression, limits)
{
    static const struct {
        const char *before, *what, *after;
        size_t good, bad; /* repetitions that are possible and that are not */
        double value;
        const char *error;
    } cases[] = {
        {"1", "+1", "", (MR_EXPRESSION_CODE_MAX - 1) / 2, MR_EXPRESSION_CODE_MAX / 2,
         1 + (MR_EXPRESSION_CODE_MAX - 1) / 2, "the formula is too long"},
        {"1", " ", "", MR_EXPRESSION_TEXT_MAX - 1, MR_EXPRESSION_TEXT_MAX, 1, "the formula is too long"},
        {"", "- ", "1", MR_EXPRESSION_DEPTH_MAX - 4, MR_EXPRESSION_DEPTH_MAX, 1, "the formula is nested too deep"},
        {"", "not ", "1", MR_EXPRESSION_DEPTH_MAX - 4, MR_EXPRESSION_DEPTH_MAX, 1, "the formula is nested too deep"},
        {"", "(", "1", 0, 2000, 1, "the formula is nested too deep"},
        {"", "min(1,", "1", 0, 600, 1, "the formula is nested too deep"},
    };
    char text[MR_EXPRESSION_TEXT_MAX + 100], error[200];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mr_expression *expression;
        double value;

        repeat(text, sizeof text, cases[i].before, cases[i].what, cases[i].good, cases[i].after);
        expression = compile(text);
        cr_expect(mr_expression_value(expression, cells, &value));
        cr_expect_eq(value, cases[i].value, "case %zu: %g", i, value);
        mr_expression_free(expression);
        repeat(text, sizeof text, cases[i].before, cases[i].what, cases[i].bad, cases[i].after);
        cr_expect_eq(mr_expression_parse(&expression, text, columns, COLUMNS, error, sizeof error), MR_FAILED);
        cr_expect_not_null(strstr(error, cases[i].error), "case %zu: %s", i, error);
    }
}

/* Each level leaves seven values waiting but is only three deep: here the stack is the limit. */
Test(expression, stack)
{
    static const char level[] = "if(1, 1, 1 or 1 and 1 < 1 + 1 * ";
    char text[400], error[200];
    struct mr_expression *expression;
    double value;

    repeat(text, sizeof text, "", level, 4, "5))))");
    expression = compile(text);
    cr_expect(mr_expression_value(expression, cells, &value));
    cr_expect_eq(value, 1);
    mr_expression_free(expression);
    repeat(text, sizeof text, "", level, 5, "5)))))");
    cr_expect_eq(mr_expression_parse(&expression, text, columns, COLUMNS, error, sizeof error), MR_FAILED);
    cr_expect_not_null(strstr(error, "nested too deep"), "%s", error);
}

/* Every single-byte change of a formula is either a formula or an error text, never harm. */
Test(expression, hostile)
{
    static const char seed[] =
        "if(not BUSY >= 1.5 and COUNT != 0, either(-LOSS, 2) / (ZERO + 0.25), min(FLAG, WIDE))";
    char text[sizeof seed], error[64];
    size_t parsed = 0;

    for (size_t at = 0; at < sizeof seed - 1; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            struct mr_expression *expression;
            double value;

            memcpy(text, seed, sizeof seed);
            text[at] = (char)byte;
            if (mr_expression_parse(&expression, text, columns, COLUMNS, error, sizeof error) == MR_OK) {
                parsed++;
                if (mr_expression_value(expression, cells, &value))
                    cr_assert(isfinite(value));
            } else {
                cr_assert(error[0] != '\0');
            }
            mr_expression_free(expression);
        }
    }
    cr_expect_geq(parsed, sizeof seed - 1);
}

Test(expression, error_room)
{
    struct mr_expression *expression;
    char error[12];

    for (size_t size = 0; size < sizeof error; size++) {
        memset(error, '#', sizeof error);
        cr_expect_eq(mr_expression_parse(&expression, "BUSI", columns, COLUMNS, error, size), MR_FAILED);
        for (size_t i = size; i < sizeof error; i++)
            cr_expect_eq(error[i], '#');
        cr_expect(size == 0 || strlen(error) < size);
    }
    cr_expect_eq(mr_expression_parse(&expression, "1 +", NULL, 0, NULL, 0), MR_FAILED);
}

Test(expression, columns_used)
{
    struct mr_expression *expression = compile("COUNT / BUSY + if(COUNT > 1, LOSS, BUSY)"),
                         *constant = compile("1 + 1");
    const uint16_t *used;

    cr_assert_eq(mr_expression_columns(expression, &used), 3);
    cr_expect_eq(used[0], COUNT);
    cr_expect_eq(used[1], BUSY);
    cr_expect_eq(used[2], LOSS);
    cr_expect_eq(mr_expression_columns(constant, &used), 0);
    mr_expression_free(expression);
    mr_expression_free(constant);
    mr_expression_free(NULL);
}

/* What a drawn formula must yield, worked out while it is written. */
struct drawn {
    double number;
    bool present;
};

static uint64_t draw_state = 4711;

static unsigned draw(unsigned below)
{
    draw_state = draw_state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(draw_state >> 33) % below;
}

static struct drawn draw_value(char *text)
{
    static const struct {
        const char *text;
        double number;
        bool present;
    } values[] = {{"BUSY", 1.5, true},  {"WAIT_PCT", 62.5, true}, {"COUNT", 6, true}, {"ZERO", 0, true},
                  {"LOSS", -4, true},   {"START", -2.5, true},    {"100", 100, true}, {"FLAG", 0x1E10, true},
                  {"RATIO", 1e300, true}, {"GONE", 0, false}};
    unsigned i = draw(draw(8) == 0 ? 10 : 8);

    strcat(text, values[i].text);
    return (struct drawn){values[i].number, values[i].present};
}

static double of_two(unsigned operation, double a, double b)
{
    const double results[] = {a + b,  a - b,  a * b,  a / b,  a == b,  a != b,           a < b,
                              a <= b, a > b, a >= b, a && b, a || b, a < b ? a : b, a > b ? a : b};

    return operation == 3 && b == 0 ? NAN : results[operation];
}

static struct drawn draw_formula(char *text, unsigned depth);

static struct drawn draw_of_two(char *text, unsigned depth)
{
    static const char *const signs[] = {"+", "-", "*", "/", "=", "!=", "<", "<=", ">", ">=", " and ", " or ", ",", ","};
    unsigned operation = draw(14);
    struct drawn a, b;
    double number;

    strcat(text, operation == 12 ? "min(" : operation == 13 ? "max(" : "(");
    a = draw_formula(text, depth - 1);
    strcat(text, signs[operation]);
    b = draw_formula(text, depth - 1);
    strcat(text, ")");
    number = of_two(operation, a.number, b.number);
    return (struct drawn){number, a.present && b.present && isfinite(number)};
}

static struct drawn draw_looking_on(char *text, unsigned depth)
{
    bool chooses = draw(4) == 0;
    struct drawn a, b, condition = {1, true};

    strcat(text, chooses ? "if(" : "either(");
    if (chooses) {
        condition = draw_formula(text, depth - 1);
        strcat(text, ",");
    }
    a = draw_formula(text, depth - 1);
    strcat(text, ",");
    b = draw_formula(text, depth - 1);
    strcat(text, ")");
    if (!chooses)
        return a.present && a.number != 0 ? a : b;
    return condition.present ? (condition.number != 0 ? a : b) : (struct drawn){0, false};
}

/* Either of two whole numbers, which plain formulas may have. */
static struct drawn draw_either(char *text)
{
    static const struct {
        const char *text;
        double number;
        bool present;
    } pairs[] = {{"either(COUNT, ZERO)", 6, true},
                 {"either(ZERO, COUNT)", 6, true},
                 {"either(GONE, COUNT)", 6, true},
                 {"either(COUNT, GONE)", 6, true},
                 {"either(ZERO, GONE)", 0, false},
                 {"either(GONE, ZERO)", 0, true}};
    unsigned i = draw(6);

    strcat(text, pairs[i].text);
    return (struct drawn){pairs[i].number, pairs[i].present};
}

static struct drawn draw_formula(char *text, unsigned depth)
{
    unsigned kind = depth == 0 ? 0 : draw(12);
    struct drawn value;

    if (kind < 3)
        return draw_value(text);
    if (kind == 3)
        return draw_either(text);
    if (kind == 4)
        return draw_looking_on(text, depth);
    if (kind > 5)
        return draw_of_two(text, depth);
    strcat(text, draw_state & 1 << 20 ? "(-" : "(not ");
    kind = text[strlen(text) - 1] == '-';
    value = draw_formula(text, depth - 1);
    strcat(text, ")");
    return (struct drawn){kind ? -value.number : value.number == 0, value.present};
}

Test(expression, drawn)
{
    static char text[MR_EXPRESSION_TEXT_MAX];

    for (int i = 0; i < 20000; i++) {
        struct mr_expression *expression;
        struct drawn expected;
        double value = -99;

        text[0] = '\0';
        expected = draw_formula(text, 1 + draw(4));
        expression = compile(text);
        cr_assert_eq(mr_expression_value(expression, cells, &value), expected.present, "%s", text);
        cr_assert(!expected.present || value == expected.number, "%s gives %.17g", text, value);
        mr_expression_free(expression);
    }
}

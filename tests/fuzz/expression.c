/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a formula; what compiles is evaluated over rows of ordinary, extreme and missing cells. */
#include "domains/expression.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { A, B, C, D, E, F, G, H, COLUMNS };

static const struct mr_column columns[COLUMNS] = {
    [A] = {"A", "", "", MR_CELL_UINT, 0},    [B] = {"B_INT", "", "", MR_CELL_INT, 0},
    [C] = {"C_S", "", "s", MR_CELL_SECONDS, 0}, [D] = {"D_T", "", "", MR_CELL_TIME, 0},
    [E] = {"E_R", "", "", MR_CELL_REAL, 0},  [F] = {"F_H", "", "", MR_CELL_HEX, 8},
    [G] = {"G_X", "", "", MR_CELL_TEXT, 8},  [H] = {"H_D", "", "", MR_CELL_DIGITS, 8},
};

static const uint8_t bytes[8] = {0xFF, 1, 2, 3, 4, 5, 6, 0xFF};

static const struct mr_cell rows[][COLUMNS] = {
    {[A] = {.value.u = 6, .present = 1},
     [B] = {.value.i = -4, .present = 1},
     [C] = {.value.i = 1500000, .present = 1},
     [D] = {.value.i = 1741942800000000, .present = 1},
     [E] = {.value.d = 62.5, .present = 1},
     [F] = {.value.bytes = bytes, .size = 2, .present = 1}},
    {[A] = {.value.u = UINT64_MAX, .present = 1},
     [B] = {.value.i = INT64_MIN, .present = 1},
     [C] = {.value.i = INT64_MAX, .present = 1},
     [D] = {.value.i = INT64_MIN, .present = 1},
     [E] = {.value.d = 1.7e308, .present = 1},
     [F] = {.value.bytes = bytes, .size = 8, .present = 1}},
    {[A] = {.value.u = 0, .present = 1},
     [C] = {.value.i = 0, .present = 1},
     [E] = {.value.d = -0.0, .present = 1},
     [F] = {.value.bytes = bytes, .size = 0, .present = 1}},
    {[A] = {.present = 0}},
};

static void evaluate(const struct mr_expression *expression, const char *text)
{
    struct mr_expression *again;
    const uint16_t *used;
    size_t count = mr_expression_columns(expression, &used);

    fuzz_check(count <= COLUMNS);
    for (size_t i = 0; i < count; i++)
        fuzz_check(used[i] < COLUMNS && used[i] != G && used[i] != H);
    fuzz_check(mr_expression_parse(&again, text, columns, COLUMNS, NULL, 0) == MR_OK);
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        double value = 0, same = 0;
        bool there = mr_expression_value(expression, rows[r], &value);

        fuzz_check(!there || isfinite(value));
        fuzz_check(mr_expression_value(again, rows[r], &same) == there);
        fuzz_check(!there || memcmp(&value, &same, sizeof value) == 0);
    }
    mr_expression_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mr_expression *expression;
    char *text = malloc(size + 1), error[48];
    int status;

    fuzz_check(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    memset(error, 'x', sizeof error);
    status = mr_expression_parse(&expression, text, columns, COLUMNS, error, sizeof error);
    fuzz_check(memchr(error, '\0', sizeof error) != NULL);
    if (status == MR_OK) {
        fuzz_check(error[0] == '\0');
        evaluate(expression, text);
    } else {
        fuzz_check(status == MR_FAILED && expression == NULL && error[0] != '\0');
    }
    mr_expression_free(expression);
    free(text);
    return 0;
}

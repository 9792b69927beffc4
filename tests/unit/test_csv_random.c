/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of drawn cells as CSV, byte by byte against a formatter made of snprintf(): runs of columns of one type of all
 * lengths, texts of all lengths around the limit from which they go another way, and enough rows that cells and line
 * ends fall on the end of the buffer.
 */
#include "tests/unit/scratch.h"
#include "writers/outfile.h"
#include "writers/writer.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COLUMNS 1200 /* more than room is reserved for at a time */
#define ROWS 60
#define LONGEST 2000 /* bytes of a text */

TestSuite(csv_random, .init = scratch_make, .fini = scratch_remove);

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

/* Some texts have what must be quoted; blanks stand inside only. */
static char *draw_text(size_t *size)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./:;<=>?@[]^_{|}~abcxyz\xC3\xA4";
    static const char special[] = ",\"\n\r";
    bool quoted = draw(8) == 0;
    char *text;

    *size = draw(12) == 0 ? draw(LONGEST + 1) : draw(20);
    text = malloc(*size + 1); /* no more than there is, so that a look beyond is found */
    cr_assert_not_null(text);
    for (size_t i = 0; i < *size; i++) {
        text[i] = plain[draw(sizeof plain - 1)];
        if (quoted && draw(10) == 0)
            text[i] = special[draw(4)];
        if (draw(20) == 0 && i > 0 && i + 1 < *size)
            text[i] = ' ';
    }
    return text;
}

static struct mr_cell draw_cell(enum mr_cell_type type)
{
    struct mr_cell cell = {.present = draw(10) != 0};
    size_t size = 0;

    switch (type) {
    case MR_CELL_UINT:
        cell.value.u = draw(UINT64_C(1) << (1 + draw(63)));
        break;
    case MR_CELL_INT:
        cell.value.i = (int64_t)draw(UINT64_C(1) << 40) - (INT64_C(1) << 39);
        break;
    case MR_CELL_SECONDS:
        cell.value.i = (int64_t)draw(UINT64_C(1) << (1 + draw(45))) - (draw(3) == 0 ? 5000000 : 0);
        break;
    case MR_CELL_TIME:
        cell.value.i = INT64_C(1741942800000000) + (int64_t)draw(draw(4) == 0 ? UINT64_C(90000000000) : 3000000);
        if (draw(2) == 0)
            cell.value.i = draw(4) == 0 ? 0 : INT64_C(1741942800000000); /* that of the row before */
        break;
    case MR_CELL_REAL:
        cell.value.d = ((double)draw(UINT64_C(1) << 40) - 100000) / 64;
        if (draw(2) == 0)
            cell.value.d = draw(3) == 0 ? (double)draw(101) : (double)draw(110000000) / 1000003;
        break;
    default:
        cell.value.text = draw_text(&size);
        cell.size = (uint32_t)size;
        break;
    }
    return cell;
}

static void expect_text(FILE *out, const struct mr_cell *cell)
{
    const char *text = cell->value.text;
    bool quotes = false;

    for (size_t i = 0; i < cell->size; i++)
        quotes |= strchr(",\"\r\n", text[i]) != NULL;
    if (quotes)
        fputc('"', out);
    for (size_t i = 0; i < cell->size; i++) {
        if (text[i] == '"')
            fputc('"', out);
        fputc(text[i], out);
    }
    if (quotes)
        fputc('"', out);
}

static void expect_real(FILE *out, double value)
{
    char text[64];
    size_t length = (size_t)snprintf(text, sizeof text, "%.6f", value);

    while (text[length - 1] == '0')
        length--;
    if (text[length - 1] == '.')
        length--;
    fprintf(out, "%.*s", (int)length, text);
}

static void expect_cell(FILE *out, enum mr_cell_type type, const struct mr_cell *cell)
{
    int64_t micros = cell->value.i;
    time_t second = (time_t)(micros / 1000000);
    char day[32];
    struct tm tm;

    if (!cell->present)
        return;
    switch (type) {
    case MR_CELL_UINT:
        fprintf(out, "%" PRIu64, cell->value.u);
        break;
    case MR_CELL_INT:
        fprintf(out, "%" PRId64, cell->value.i);
        break;
    case MR_CELL_SECONDS:
        fprintf(out, "%s%" PRId64 ".%06" PRId64, micros < 0 ? "-" : "", (int64_t)llabs(micros) / 1000000,
                (int64_t)llabs(micros) % 1000000);
        break;
    case MR_CELL_TIME:
        strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S", gmtime_r(&second, &tm));
        fprintf(out, "%s.%06" PRId64, day, micros % 1000000);
        break;
    case MR_CELL_REAL:
        expect_real(out, cell->value.d);
        break;
    case MR_CELL_TEXT:
        expect_text(out, cell);
        break;
    default:
        fputs(type == MR_CELL_HEX && cell->size > 0 ? "0x" : "", out);
        for (size_t i = 0; i < cell->size; i++)
            fprintf(out, "%02X", cell->value.bytes[i]);
        break;
    }
}

/* Runs of one type, of drawn lengths. */
static void draw_columns(struct mr_column *columns, char (*names)[24], size_t count)
{
    enum mr_cell_type type = MR_CELL_UINT;

    for (size_t c = 0; c < count; c++) {
        if (draw(6) == 0)
            type = (enum mr_cell_type)draw(MR_CELL_DIGITS + 1);
        if (c > 100 && c < 200)
            type = MR_CELL_UINT; /* longer than any run */
        snprintf(names[c], sizeof names[c], "C%zu", c);
        columns[c] = (struct mr_column){names[c], "", "", type, 0};
    }
}

static void compare(const char *expected, size_t size)
{
    char path[SCRATCH_PATH];
    char *got = malloc(size + 1);
    FILE *file = fopen(scratch_path(path, "TABLE.csv"), "rb");
    size_t at = 0;

    cr_assert(file != NULL && got != NULL);
    cr_assert_eq(fread(got, 1, size + 1, file), size);
    while (at < size && got[at] == expected[at])
        at++;
    cr_assert_eq(at, size, "byte %zu: %.40s instead of %.40s", at, got + at, expected + at);
    fclose(file);
    free(got);
}

static void rows_are_right(uint64_t seed, bool crlf)
{
    static struct mr_column columns[COLUMNS];
    static char names[COLUMNS][24];
    static struct mr_cell cells[COLUMNS];
    struct mr_writer_options options = {.folder = scratch, .crlf = crlf};
    struct mr_table_head head = {.name = "TABLE", .title = "", .columns = columns};
    struct mr_log log = {0};
    struct mr_writer *writer;
    struct mr_writer_table *table;
    char *expected;
    size_t size;
    FILE *out = open_memstream(&expected, &size);

    state = seed;
    head.column_count = 2 + draw(COLUMNS - 1); /* a line with one empty cell is another matter */
    draw_columns(columns, names, head.column_count);
    for (size_t c = 0; c < head.column_count; c++)
        fprintf(out, "%s%s", c == 0 ? "" : ",", names[c]);
    fputs(crlf ? "\r\n" : "\n", out);
    cr_assert_eq(mr_writer_open(&writer, "csv", &options, &log), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &head, &table), MR_OK);
    for (size_t r = 0; r < ROWS; r++) {
        for (size_t c = 0; c < head.column_count; c++) {
            cells[c] = draw_cell(columns[c].type);
            fputs(c == 0 ? "" : ",", out);
            expect_cell(out, columns[c].type, &cells[c]);
        }
        fputs(crlf ? "\r\n" : "\n", out);
        cr_assert_eq(mr_writer_row(table, cells), MR_OK);
        for (size_t c = 0; c < head.column_count; c++) {
            if (columns[c].type >= MR_CELL_TEXT)
                free((void *)(uintptr_t)cells[c].value.text);
        }
    }
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    fclose(out);
    compare(expected, size);
    free(expected);
}

Test(csv_random, rows_are_right)
{
    for (uint64_t seed = 1; seed <= 20; seed++)
        rows_are_right(seed * UINT64_C(0x9E3779B97F4A7C15), seed % 2 == 0);
}

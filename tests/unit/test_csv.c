/* SPDX-License-Identifier: Apache-2.0 */
/* CSV as RFC 4180 has it: bytes against literals, then whatever is written read back by libcsv at its strictest. */
#include "tests/unit/scratch.h"
#include "writers/number.h"
#include "writers/outfile.h"
#include "writers/writer.h"

#include <criterion/criterion.h>
#include <csv.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define COLUMNS_MAX 12

TestSuite(csv, .init = scratch_make, .fini = scratch_remove);

struct bytes {
    char *data;
    size_t size;
};

static struct bytes read_all(const char *name)
{
    char path[128];
    struct stat st;
    struct bytes bytes;
    int fd;

    snprintf(path, sizeof path, "%s/%s", scratch, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert(fd >= 0 && fstat(fd, &st) == 0);
    bytes.size = (size_t)st.st_size;
    bytes.data = malloc(bytes.size + 1);
    cr_assert_not_null(bytes.data);
    cr_assert_eq(read(fd, bytes.data, bytes.size), st.st_size);
    close(fd);
    bytes.data[bytes.size] = '\0';
    return bytes;
}

/* The bytes of a table with these rows; free data. */
static struct bytes written(const struct mr_column *columns, size_t count, const struct mr_cell *cells, size_t rows,
                            bool crlf)
{
    struct mr_writer_options options = {.folder = scratch, .crlf = crlf};
    struct mr_table_head head = {.name = "TABLE", .title = "", .columns = columns, .column_count = count};
    struct mr_log log = {0};
    struct mr_writer *writer;
    struct mr_writer_table *table;

    cr_assert_eq(mr_writer_open(&writer, "csv", &options, &log), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &head, &table), MR_OK);
    for (size_t i = 0; i < rows; i++)
        cr_assert_eq(mr_writer_row(table, cells + i * count), MR_OK);
    cr_assert_eq(mr_writer_rows(table), rows);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    cr_assert_eq(log.code, 0);
    return read_all("TABLE.csv");
}

static struct mr_cell text_cell(const char *text, size_t size)
{
    return (struct mr_cell){.value.text = text, .size = (uint32_t)size, .present = 1};
}

/* Shows only the place of the first difference: some of the texts are megabytes. */
static void expect(struct bytes bytes, const char *text)
{
    size_t same = 0;

    while (text[same] != '\0' && bytes.data[same] == text[same])
        same++;
    cr_assert(text[same] == '\0' && same == bytes.size, "byte %zu: %.60s instead of %.60s", same, bytes.data + same,
              text + same);
    free(bytes.data);
}

Test(csv, each_type)
{
    static const uint8_t device[] = {0x1E, 0x10};
    static const uint8_t packed[] = {0x20, 0x26, 0x01};
    static const struct mr_column columns[] = {
        {"SYSID", "system", "", MR_CELL_TEXT, 8},    {"U", "", "count", MR_CELL_UINT, 0},
        {"I", "", "count", MR_CELL_INT, 0},          {"DURATION", "", "s", MR_CELL_SECONDS, 0},
        {"ENDTS", "", "", MR_CELL_TIME, 0},          {"CPU_PCT", "", "%", MR_CELL_REAL, 0},
        {"RDEV", "", "", MR_CELL_HEX, 2},            {"BCD", "", "", MR_CELL_DIGITS, 3},
    };
    const struct mr_cell cells[] = {
        text_cell("VMPROD1", 7),
        {.value.u = UINT64_MAX, .present = 1},
        {.value.i = -42, .present = 1},
        {.value.i = 60000001, .present = 1},
        {.value.i = INT64_C(951827696789012), .present = 1},
        {.value.d = 12.5, .present = 1},
        {.value.bytes = device, .size = 2, .present = 1},
        {.value.bytes = packed, .size = 3, .present = 1},
        /* a row of nothing, whatever the values are */
        {.value.text = "X", .size = 1},
        {.value.u = 1},
        {.value.i = 1},
        {.value.i = 1},
        {.value.i = 1},
        {.value.d = 1},
        {.value.bytes = device, .size = 2},
        {.value.bytes = packed, .size = 3},
        /* a row of what is there and yet empty */
        text_cell(NULL, 0),
        {.present = 1},
        {.present = 1},
        {.present = 1},
        {.present = 1},
        {.value.d = NAN, .present = 1},
        {.value.bytes = NULL, .size = 0, .present = 1},
        {.value.bytes = NULL, .size = 0, .present = 1},
    };

    expect(written(columns, 8, cells, 3, false),
           "SYSID,U,I,DURATION,ENDTS,CPU_PCT,RDEV,BCD\n"
           "VMPROD1,18446744073709551615,-42,60.000001,2000-02-29 12:34:56.789012,12.5,0x1E10,202601\n"
           ",,,,,,,\n"
           ",0,0,0.000000,1970-01-01 00:00:00.000000,,,\n");
}

Test(csv, text)
{
    static const struct mr_column columns[] = {{"A", "", "", MR_CELL_TEXT, 0}, {"B", "", "", MR_CELL_UINT, 0}};
    static const struct {
        const char *text;
        const char *cell;
    } rows[] = {
        {"", ""},
        {"a", "a"},
        {"two words", "two words"},
        {"a,b", "\"a,b\""},
        {",", "\",\""},
        {"say \"yes\"", "\"say \"\"yes\"\"\""},
        {"\"", "\"\"\"\""},
        {"\"\"", "\"\"\"\"\"\""},
        {"a\nb", "\"a\nb\""},
        {"a\r\nb", "\"a\r\nb\""},
        {"\r", "\"\r\""},
        {" a", "\" a\""},
        {"a ", "\"a \""},
        {" ", "\" \""},
        {"\ta", "\"\ta\""},
        {"a\t", "\"a\t\""},
        {"a\tb", "a\tb"},
        {"a;b|c'd", "a;b|c'd"},
        {"=1+1", "=1+1"},
        {"\xC3\xA4\xE2\x82\xAC", "\xC3\xA4\xE2\x82\xAC"},
    };
    char expected[64];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mr_cell cells[] = {text_cell(rows[i].text, strlen(rows[i].text)), {.value.u = 7, .present = 1}};

        snprintf(expected, sizeof expected, "A,B\n%s,7\n", rows[i].cell);
        expect(written(columns, 2, cells, 1, false), expected);
        snprintf(expected, sizeof expected, "A,B\r\n%s,7\r\n", rows[i].cell);
        expect(written(columns, 2, cells, 1, true), expected);
    }
}

Test(csv, header)
{
    static const struct mr_column columns[] = {
        {"PLAIN", "", "", MR_CELL_UINT, 0},   {"WITH,COMMA", "", "", MR_CELL_UINT, 0},
        {"A \"B\"", "", "", MR_CELL_UINT, 0}, {" BLANK", "", "", MR_CELL_UINT, 0},
        {"", "", "", MR_CELL_UINT, 0},
    };

    expect(written(columns, 5, NULL, 0, false), "PLAIN,\"WITH,COMMA\",\"A \"\"B\"\"\",\" BLANK\",\n");
    expect(written(columns, 1, NULL, 0, true), "PLAIN\r\n");
}

/* Readers pass over empty lines: the only cell of a row must not leave one. */
Test(csv, only_column)
{
    static const struct mr_column column = {"A", "", "", MR_CELL_TEXT, 0};
    const struct mr_cell cells[] = {{.present = 0}, text_cell("x", 1), text_cell("", 0)};

    expect(written(&column, 1, cells, 3, false), "A\n\"\"\nx\n\"\"\n");
}

/* What libcsv's parser must find: cells[] in order, rows ending after each count of them. */
struct expectation {
    const struct mr_cell *cells;
    size_t columns;
    size_t cell;
    size_t row;
    size_t in_row;
    uint64_t seed;
};

static void on_cell(void *text, size_t size, void *context)
{
    struct expectation *e = context;
    const struct mr_cell *cell;

    e->in_row++;
    if (e->row == 0)
        return;
    cell = &e->cells[e->cell++];
    cr_assert_eq(size, cell->size, "cell %zu, seed %" PRIu64, e->cell, e->seed);
    cr_assert(size == 0 || memcmp(text, cell->value.text, size) == 0, "cell %zu, seed %" PRIu64, e->cell, e->seed);
}

static void on_row(int end, void *context)
{
    struct expectation *e = context;

    (void)end;
    cr_assert_eq(e->in_row, e->columns, "row %zu, seed %" PRIu64, e->row, e->seed);
    e->in_row = 0;
    e->row++;
}

static void read_back(struct bytes bytes, struct expectation *e, size_t rows)
{
    struct csv_parser parser;

    cr_assert_eq(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI), 0);
    cr_assert_eq(csv_parse(&parser, bytes.data, bytes.size, on_cell, on_row, e), bytes.size, "seed %" PRIu64,
                 e->seed);
    cr_assert_eq(csv_fini(&parser, on_cell, on_row, e), 0, "seed %" PRIu64, e->seed);
    csv_free(&parser);
    free(bytes.data);
    cr_assert_eq(e->row, rows + 1, "seed %" PRIu64, e->seed);
    cr_assert_eq(e->cell, rows * e->columns, "seed %" PRIu64, e->seed);
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 11;
}

/* A new seed each time; give a printed one as MR_TEST_SEED to see a failure again. */
static uint64_t seed_of_run(void)
{
    const char *given = getenv("MR_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) << 16 | (uint64_t)getpid();

    cr_log_info("seed %" PRIu64, seed);
    return seed | 1;
}

/* Half of the characters are those that matter to CSV, also a binary zero. */
static void random_text(char *text, size_t size, uint64_t *state)
{
    static const char awkward[] = "\"\"\"\",,,\r\n\n \t;'=\\\0";

    for (size_t i = 0; i < size; i++) {
        uint64_t bits = next_random(state);

        text[i] = bits & 1 ? awkward[(bits >> 1) % (sizeof awkward - 1)] : (char)('A' + (bits >> 1) % 26);
    }
}

Test(csv, random_texts_read_back)
{
    enum { ROWS = 20000, TEXT_MAX = 24 };
    uint64_t seed = seed_of_run();
    uint64_t state = seed;
    struct mr_column columns[COLUMNS_MAX];
    struct mr_cell *cells = calloc((size_t)ROWS * COLUMNS_MAX, sizeof *cells);
    char *texts = malloc((size_t)ROWS * COLUMNS_MAX * TEXT_MAX);
    struct expectation e = {.cells = cells, .seed = seed};

    cr_assert(cells != NULL && texts != NULL);
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        columns[i] = (struct mr_column){"NAME", "", "", MR_CELL_TEXT, 0};
    e.columns = 2 + next_random(&state) % (COLUMNS_MAX - 1);
    for (size_t i = 0; i < ROWS * e.columns; i++) {
        char *text = texts + i * TEXT_MAX;

        cells[i] = text_cell(text, next_random(&state) % TEXT_MAX);
        random_text(text, cells[i].size, &state);
    }
    read_back(written(columns, e.columns, cells, ROWS, seed >> 1 & 1), &e, ROWS);
    free(cells);
    free(texts);
}

/* Texts larger than the buffer go through it in parts, and every part may end at an awkward character. */
Test(csv, long_texts_read_back)
{
    static const struct mr_column columns[] = {{"A", "", "", MR_CELL_TEXT, 0}, {"B", "", "", MR_CELL_TEXT, 0}};
    const size_t half = MR_OUTFILE_RESERVE_MAX / 2;
    const size_t sizes[] = {half - 2, half - 1, half, 2 * half - 2, 2 * half, 2 * half + 1, 18 * half + 17};
    const size_t count = sizeof sizes / sizeof *sizes;
    uint64_t seed = seed_of_run();
    uint64_t state = seed;
    char *awkward = malloc(20 * half);
    char *quotes = malloc(20 * half);
    char *plain = malloc(20 * half);

    cr_assert(awkward != NULL && quotes != NULL && plain != NULL);
    random_text(awkward, 20 * half, &state);
    memset(quotes, '"', 20 * half);
    memset(plain, 'x', 20 * half);
    for (size_t i = 0; i < count; i++) {
        const struct mr_cell cells[] = {
            text_cell(awkward, sizes[i]), text_cell(plain, sizes[i]),
            text_cell(quotes, sizes[i]),  text_cell(awkward + i, sizes[i]),
        };
        struct expectation e = {.cells = cells, .columns = 2, .seed = seed};

        read_back(written(columns, 2, cells, 2, false), &e, 2);
    }
    free(awkward);
    free(quotes);
    free(plain);
}

Test(csv, long_bytes)
{
    static const struct mr_column columns[] = {{"A", "", "", MR_CELL_HEX, 0}, {"B", "", "", MR_CELL_DIGITS, 0}};
    const size_t size = 3 * MR_OUTFILE_BUFFER + 5;
    uint8_t *bytes = malloc(size);
    char *expected = malloc(4 * size + 16);
    char *p = expected;
    struct mr_cell cells[2];

    cr_assert(bytes != NULL && expected != NULL);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(i * 7);
    cells[0] = cells[1] = (struct mr_cell){.value.bytes = bytes, .size = (uint32_t)size, .present = 1};
    p += sprintf(p, "A,B\n0x");
    for (size_t i = 0; i < size; i++)
        p += sprintf(p, "%02X", bytes[i]);
    *p++ = ',';
    memcpy(p, expected + 6, 2 * size);
    memcpy(p + 2 * size, "\n", 2);
    expect(written(columns, 2, cells, 1, false), expected);
    free(bytes);
    free(expected);
}

/* Rows of all lengths, so that the end of the buffer falls into every kind of cell. */
Test(csv, across_the_buffer)
{
    static const struct mr_column columns[] = {{"A", "", "", MR_CELL_UINT, 0},
                                               {"B", "", "", MR_CELL_TEXT, 0},
                                               {"C", "", "", MR_CELL_TIME, 0}};
    enum { ROWS = 30000 };
    struct mr_cell *cells = calloc(ROWS, 3 * sizeof *cells);
    char *expected = malloc(ROWS * 80 + 10);
    char *p = expected;

    cr_assert(cells != NULL && expected != NULL);
    p += sprintf(p, "A,B,C\n");
    for (size_t i = 0; i < ROWS; i++) {
        cells[3 * i] = (struct mr_cell){.value.u = i * i * i, .present = 1};
        cells[3 * i + 1] = text_cell("a text, of some length", i % 23);
        cells[3 * i + 2] = (struct mr_cell){.value.i = 0, .present = i % 3 != 0};
        p += sprintf(p, "%zu,", i * i * i);
        p += sprintf(p, i % 23 > 6 || i % 23 == 2 ? "\"%.*s\"," : "%.*s,", (int)(i % 23), "a text, of some length");
        p += sprintf(p, i % 3 != 0 ? "1970-01-01 00:00:00.000000\n" : "\n");
    }
    expect(written(columns, 3, cells, ROWS, false), expected);
    free(cells);
    free(expected);
}

Test(csv, gap_is_not_shown)
{
    static const struct mr_column column = {"A", "", "", MR_CELL_UINT, 0};
    struct mr_writer_options options = {.folder = scratch};
    struct mr_table_head head = {.name = "TABLE", .title = "", .columns = &column, .column_count = 1};
    struct mr_writer *writer;
    struct mr_writer_table *table;

    cr_assert_eq(mr_writer_open(&writer, "csv", &options, NULL), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &head, &table), MR_OK);
    cr_assert_eq(mr_writer_gap(table, 0, 60000000), MR_OK);
    cr_assert_eq(mr_writer_rows(table), 0);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    expect(read_all("TABLE.csv"), "A\n");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What stands between a table and its files: times, parts by time, chosen columns, and what spreadsheets need. */
#include "tests/unit/scratch.h"
#include "writers/sheet.h"
#include "writers/when.h"
#include "writers/writer.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define SECOND INT64_C(1000000)
#define HOUR (3600 * SECOND)
#define NOON (INT64_C(20000) * 24 * HOUR + 12 * HOUR) /* 2024-10-04 12:00 */

TestSuite(split, .init = scratch_make, .fini = scratch_remove);

static const struct mr_column columns[] = {
    {"SYSID", "", "", MR_CELL_TEXT, 8},      {"VMCINTTS", "", "UTC", MR_CELL_TIME, 0},
    {"ENDTS", "", "UTC", MR_CELL_TIME, 0},   {"N", "", "count", MR_CELL_UINT, 8},
    {"N_CUM", "", "count", MR_CELL_UINT, 8},
};

static const struct mr_table_head head = {.name = "TABLE", .title = "", .columns = columns, .column_count = 5};

/* What a text file of the folder holds, gzip or not; free it.  NULL: it is not there. */
static char *content(const char *name)
{
    char path[256];
    char *text = calloc(1, 65536);
    gzFile file;

    snprintf(path, sizeof path, "%s/%s", scratch, name);
    file = access(path, R_OK) == 0 ? gzopen(path, "rb") : NULL;
    cr_assert_not_null(text);
    if (file == NULL) {
        free(text);
        return NULL;
    }
    cr_assert(gzread(file, text, 65535) >= 0);
    gzclose(file);
    return text;
}

static void expect(const char *name, const char *text)
{
    char *got = content(name);

    cr_assert_not_null(got, "%s is missing", name);
    cr_assert_str_eq(got, text);
    free(got);
}

static int put(struct mr_writer_table *table, const char *sysid, int64_t start, uint64_t number)
{
    const struct mr_cell cells[] = {
        {.value.text = sysid, .size = (uint32_t)strlen(sysid), .present = 1},
        {.value.i = start, .present = start != 0},
        {.value.i = NOON + 60 * SECOND, .present = 1},
        {.value.u = number, .present = 1},
        {.value.u = number + 100, .present = 1},
    };

    return mr_writer_row(table, cells);
}

static struct mr_writer *open_table(const struct mr_writer_options *options, struct mr_writer_table **table)
{
    struct mr_writer *writer;

    cr_assert_eq(mr_writer_open(&writer, "csv", options, NULL), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &head, table), MR_OK);
    return writer;
}

Test(split, times)
{
    static const struct {
        const char *text;
        bool end;
        int64_t micros;
    } rows[] = {
        {"1970-01-01", false, 0},
        {"1970-01-01", true, 24 * HOUR},
        {"2024-10-04T12", false, NOON},
        {"2024-10-04 12:00", true, NOON},
        {"2024-10-04 12:00:01", true, NOON + SECOND},
        {"2024-10-04 12:00:01.25", true, NOON + 1250000},
        {"2024-02-29", false, INT64_C(19782) * 24 * HOUR},
        {"1969-12-31 23:59:59.999999", false, -1},
    };
    static const char *const bad[] = {"",
                                      "2024",
                                      "2024-13-01",
                                      "2023-02-29",
                                      "2024-10-04x",
                                      "2024-10-4",
                                      "2024-10-04T",
                                      "2024-10-04T24:00",
                                      "2024-10-04 12:60",
                                      "2024-10-04 12:00:00.",
                                      "2024-10-04 12:00:00.1234567",
                                      "2024-10-04 12.5"};
    int64_t micros;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_eq(mr_when_parse(rows[i].text, rows[i].end, &micros), MR_OK, "%s", rows[i].text);
        cr_assert_eq(micros, rows[i].micros, "%s: %" PRIi64, rows[i].text, micros);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_eq(mr_when_parse(bad[i], false, &micros), MR_FAILED, "%s", bad[i]);
    cr_assert_eq(mr_when_floor(-1, MR_SPLIT_HOUR), -HOUR);
    cr_assert_eq(mr_when_floor(NOON + HOUR - 1, MR_SPLIT_DAY), NOON - 12 * HOUR);
}

/* Parts have their names when the run is complete, and not before. */
Test(split, hours)
{
    struct mr_writer_options options = {.folder = scratch, .split = MR_SPLIT_HOUR};
    struct mr_writer_table *table;
    struct mr_writer *writer = open_table(&options, &table);
    char *late;

    cr_assert_eq(put(table, "A", NOON, 1), MR_OK);
    cr_assert_eq(put(table, "A", NOON + HOUR - 1, 2), MR_OK);
    cr_assert_null(content("TABLE/TABLE_A_20241004T120000.csv"));
    cr_assert_eq(put(table, "A", NOON + HOUR, 3), MR_OK);
    cr_assert_null(content("TABLE/TABLE_A_20241004T120000.csv"));
    cr_assert_eq(mr_writer_rows(table), 3);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    expect("TABLE/TABLE_A_20241004T120000.csv", "SYSID,VMCINTTS,ENDTS,N,N_CUM\n"
                                                "A,2024-10-04 12:00:00.000000,2024-10-04 12:01:00.000000,1,101\n"
                                                "A,2024-10-04 12:59:59.999999,2024-10-04 12:01:00.000000,2,102\n");
    late = content("TABLE/TABLE_A_20241004T130000.csv");
    cr_assert_not_null(late);
    free(late);
    cr_assert_null(content("TABLE.csv"));
}

/* Rows that come late must not take the place of those that are written already. */
Test(split, late_rows_and_other_systems)
{
    struct mr_writer_options options = {
        .folder = scratch, .split = MR_SPLIT_DAY, .columns = (const char *[]){"N", NULL}};
    struct mr_writer_table *table;
    struct mr_writer *writer = open_table(&options, &table);

    cr_assert_eq(put(table, "A", NOON, 1), MR_OK);
    cr_assert_eq(put(table, "B/1", NOON, 2), MR_OK);
    cr_assert_eq(put(table, "A", NOON + HOUR, 3), MR_OK);
    cr_assert_eq(put(table, "A", NOON - 24 * HOUR, 4), MR_OK);
    cr_assert_eq(put(table, "A", 0, 5), MR_OK);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    expect("TABLE/TABLE_A_20241004T000000.csv", "N\n1\n");
    expect("TABLE/TABLE_B%2F1_20241004T000000.csv", "N\n2\n");
    expect("TABLE/TABLE_A_20241004T000000_2.csv", "N\n3\n");
    expect("TABLE/TABLE_A_20241003T000000.csv", "N\n4\n");
    expect("TABLE/TABLE_A_20241004T000000_3.csv", "N\n5\n");
}

Test(split, abandoned_parts_leave_nothing)
{
    struct mr_writer_options options = {.folder = scratch, .split = MR_SPLIT_INTERVAL};
    struct mr_writer_table *table;
    struct mr_writer *writer = open_table(&options, &table);
    char path[128];
    DIR *list;
    int count = 0;

    cr_assert_eq(put(table, "A", NOON, 1), MR_OK);
    cr_assert_eq(put(table, "A", NOON + HOUR, 2), MR_OK);
    mr_writer_abandon(writer);
    snprintf(path, sizeof path, "%s/TABLE", scratch);
    list = opendir(path);
    while (readdir(list) != NULL)
        count++;
    closedir(list);
    cr_assert_eq(count, 2, "only . and ..");
}

Test(split, local_times_and_readings)
{
    struct mr_writer_options options = {.folder = scratch,
                                        .times = MR_TIMES_BOTH,
                                        .cumulative = true,
                                        .columns = (const char *[]){"N_CUM", "ENDTS_LOCAL", "ENDTS", "N", NULL}};
    struct mr_writer_table *table;
    struct mr_writer *writer = open_table(&options, &table);

    mr_writer_zone(writer, true, -3600);
    cr_assert_eq(put(table, "A", NOON, 1), MR_OK);
    mr_writer_zone(writer, false, 0);
    cr_assert_eq(put(table, "A", NOON, 2), MR_OK);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    expect("TABLE.csv", "N_CUM,ENDTS_LOCAL,ENDTS\n101,2024-10-04 11:01:00.000000,2024-10-04 12:01:00.000000\n"
                        "102,,2024-10-04 12:01:00.000000\n");
}

/* Parts of local days where the rows show local times. */
Test(split, local_days)
{
    struct mr_writer_options options = {.folder = scratch,
                                        .times = MR_TIMES_LOCAL,
                                        .split = MR_SPLIT_DAY,
                                        .gzip = true,
                                        .columns = (const char *[]){"VMCINTTS", NULL}};
    struct mr_writer_table *table;
    struct mr_writer *writer = open_table(&options, &table);

    mr_writer_zone(writer, true, 12 * 3600);
    cr_assert_eq(put(table, "A", NOON, 1), MR_OK);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    expect("TABLE/TABLE_A_20241005T000000.csv.gz", "VMCINTTS\n2024-10-05 00:00:00.000000\n");
}

Test(split, what_spreadsheets_mistake)
{
    static const char *const taken[] = {"=CMD",   "+1",    "-X",   "@SUM", "\tX",   "'X",
                                        "0042",   "1E10",  "MAR1", "1-2",  "12:30", "true",
                                        "FALSE",  "  =A1", "5%",   "(12)", "$5",    "2026-11-17T10:00",
                                        "Dez 24", ".5",    "#N/A", "WAHR", "falsch", "1'000",
                                        "\xC2\xA3" "5", "1\xC2\xA0" "000", "3 Oktober", "MARIA1"};
    static const char *const left[] = {"MAR", "LINUX01",  "8561-T01", "TCPIP", "0x1E10", "A=B",  "",
                                       " ",   "1 system", "TRUELY",   "E",     "...",    "1.2.X", "A#1",  "WAHRE", "MASTER1"};

    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        cr_assert(mr_sheet_mistakes(taken[i], strlen(taken[i])), "%s", taken[i]);
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        cr_assert_not(mr_sheet_mistakes(left[i], strlen(left[i])), "%s", left[i]);
}

Test(split, spreadsheet_rows)
{
    static const struct mr_column wide[] = {{"USER", "", "", MR_CELL_TEXT, 8}, {"BIG", "", "", MR_CELL_UINT, 8}};
    static const struct mr_table_head two = {.name = "TWO", .title = "", .columns = wide, .column_count = 2};
    struct mr_writer_options options = {.folder = scratch, .spreadsheet = true, .gzip = true};
    struct mr_writer_table *table;
    struct mr_writer *writer;
    struct mr_cell cells[] = {{.value.text = "=A,1", .size = 4, .present = 1}, {.value.u = 5, .present = 1}};
    char *first;

    cr_assert_eq(mr_writer_open(&writer, "csv", &options, NULL), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &two, &table), MR_OK);
    for (unsigned i = 0; i < 1048575; i++)
        cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    cells[0].size = 2;
    cells[1].value.u = UINT64_C(1000000000000000);
    cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    expect("TWO_2.csv.gz", "USER,BIG\n\"=\"\"=A\"\"\",\"=\"\"1000000000000000\"\"\"\n");
    first = content("TWO.csv.gz");
    cr_assert_not_null(first);
    cr_assert_eq(strncmp(first, "USER,BIG\n\"=\"\"=A,1\"\"\",5\n", 23), 0);
    free(first);
}

/* Texts that are long or have quotes in them, and digits, as formulas. */
Test(split, spreadsheet_formulas)
{
    static const struct mr_column some[] = {{"T", "", "", MR_CELL_TEXT, 0}, {"D", "", "", MR_CELL_DIGITS, 0}};
    static const struct mr_table_head two = {.name = "F", .title = "", .columns = some, .column_count = 2};
    struct mr_writer_options options = {.folder = scratch, .spreadsheet = true};
    struct mr_cell cells[] = {{.value.text = "=\"A\"", .size = 4, .present = 1}, {.size = 200, .present = 1}};
    static uint8_t digits[200];
    static char text[9000], want[40000];
    struct mr_writer_table *table;
    struct mr_writer *writer;

    /* 249 characters, one of two bytes across the end of the first string, 10 more; then one too long for a formula. */
    memset(text, '=', 260);
    memcpy(text + 249, "\xC3\x84", 2);
    cells[1].value.bytes = digits;
    cr_assert_eq(mr_writer_open(&writer, "csv", &options, NULL), MR_OK);
    cr_assert_eq(mr_writer_begin(writer, &two, &table), MR_OK);
    cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    cells[0] = (struct mr_cell){.value.text = text, .size = 260, .present = 1};
    cells[1].size = 2;
    cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    memset(text, '=', sizeof text);
    cells[0].size = 8000;
    cells[1].present = 0;
    cr_assert_eq(mr_writer_row(table, cells), MR_OK);
    cr_assert_eq(mr_writer_finish(writer), MR_OK);
    text[249] = text[8000] = '\0';
    snprintf(want, sizeof want,
             "T,D\n\"=\"\"=\"\"\"\"A\"\"\"\"\"\"\",'%0400d\n"
             "\"=\"\"%s\"\"&\"\"\xC3\x84%.9s\"\"\",\"=\"\"0000\"\"\"\n"
             "\"'%s=%s\",\n",
             0, text, text, text, text + 250);
    expect("F.csv", want);
}

Test(split, strange_options)
{
    const struct mr_writer_options rows[] = {{.folder = scratch, .crlf = true},
                                             {.folder = scratch, .spreadsheet = true},
                                             {.folder = scratch, .split = MR_SPLIT_DAY},
                                             {.folder = scratch, .gzip = true},
                                             {.folder = scratch, .partition = true}};
    struct mr_log log = {0};
    struct mr_writer *writer;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_assert_eq(mr_writer_open(&writer, "sqlite", &rows[i], &log), MR_FATAL);
    cr_assert_eq(log.counts[MR_MSG_OUTPUT_OPTION], sizeof rows / sizeof *rows);
}

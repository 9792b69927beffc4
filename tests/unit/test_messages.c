/* SPDX-License-Identifier: Apache-2.0 */
/* The table of messages, how they are counted, and the line that they make. */
#include "base/message.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Blocks of numbers by the part that reports them, and the severities that make sense. */
static void check_id(const struct mr_message_text *text)
{
    unsigned number = 0;
    int used = 0;

    cr_expect_eq(strlen(text->id), 8, "%s", text->id);
    cr_expect(sscanf(text->id, "MRD%4u%n", &number, &used) == 1 && used == 7, "%s", text->id);
    cr_expect(number >= 100 && number < 1000, "%s", text->id);
    cr_expect(strchr("IWEST", text->letter) != NULL && text->letter != '\0', "%s", text->id);
    cr_expect_eq(text->id[7], text->letter, "%s", text->id);
}

static void check_sentence(const char *id, const char *text)
{
    size_t n = strlen(text);

    cr_expect_neq(text[n - 1], '.', "%s ends with a full stop: %s", id, text);
    cr_expect_neq(text[n - 1], ' ', "%s ends with a blank", id);
    cr_expect_neq(text[0], ' ', "%s begins with a blank", id);
    cr_expect_null(strchr(text, '\n'), "%s", id);
    cr_expect_null(strchr(text, '%'), "%s is text, not a format", id);
    for (size_t i = 0; i < n; i++)
        cr_expect((unsigned char)text[i] < 128, "%s: plain ASCII", id);
}

Test(messages, table)
{
    for (unsigned i = 0; i < MR_MSG_COUNT; i++) {
        const struct mr_message_text *text = mr_message_text((enum mr_message_id)i);

        check_id(text);
        cr_assert(text->text[0] != '\0', "%s has no text", text->id);
        check_sentence(text->id, text->text);
        /* What a site's own exit has to say is said by the exit, the advice too. */
        cr_expect(text->letter == 'I' || text->advice[0] != '\0' || i == MR_MSG_EXIT_WARNING,
                  "%s does not say what to do", text->id);
        if (text->advice[0] != '\0')
            check_sentence(text->id, text->advice);
        for (unsigned k = 0; k < i; k++)
            cr_expect(strncmp(text->id, mr_message_text((enum mr_message_id)k)->id, 7) != 0, "%s twice", text->id);
    }
}

/* Every message says by its number which part it comes from; the blocks stand in messages.def. */
Test(messages, blocks)
{
    static const struct {
        enum mr_message_id id;
        unsigned block;
    } cases[] = {
        {MR_MSG_INPUT_OPEN, 1},     {MR_MSG_BAD_RECORD, 1},    {MR_MSG_SCHEMA_OPEN, 2}, {MR_MSG_SCHEMA_ORIGIN, 2},
        {MR_MSG_CONFIG_MISSING, 3}, {MR_MSG_LOST_EVENTS, 3},   {MR_MSG_OUTPUT_OPEN, 5}, {MR_MSG_OUTPUT_FORMAT, 5},
        {MR_MSG_USAGE, 6},          {MR_MSG_UNKNOWN_TABLE, 6},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq((unsigned)atoi(mr_message_text(cases[i].id)->id + 3) / 100, cases[i].block, "%s",
                     mr_message_text(cases[i].id)->id);
}

Test(messages, return_codes)
{
    static const struct {
        char letter;
        int code;
    } cases[] = {{'I', 0}, {'W', 4}, {'E', 8}, {'S', 12}, {'T', 16}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(mr_message_code(cases[i].letter), cases[i].code, "%c", cases[i].letter);
}

struct collected {
    unsigned count;
    uint64_t repeat;
    struct mr_place place;
    char detail[600];
    char line[1024];
};

static void collect(void *context, const struct mr_message *message)
{
    struct collected *c = context;

    c->count++;
    c->repeat = message->repeat;
    c->place = message->place;
    snprintf(c->detail, sizeof c->detail, "%s", message->detail);
    mr_message_format(c->line, sizeof c->line, message);
}

Test(messages, counting)
{
    struct collected seen = {0};
    struct mr_log log = {.sink = collect, .context = &seen};
    struct mr_log silent = {0};

    mr_report(&log, MR_MSG_END_RECORD_ODD, MR_NOWHERE, "%s", "");
    cr_expect_eq(log.code, 4);
    mr_report(&log, MR_MSG_BAD_RECORD, MR_NOWHERE, "%d", 1);
    mr_report(&log, MR_MSG_BAD_RECORD, MR_NOWHERE, "%d", 2);
    cr_expect_eq(log.code, 8);
    cr_expect_eq(seen.repeat, 2);
    cr_expect_str_eq(seen.detail, "2");
    mr_report(&log, MR_MSG_NO_END_RECORD, MR_NOWHERE, "%s", "");
    cr_expect_eq(log.code, 8, "the highest stays");
    cr_expect_eq(seen.repeat, 1);
    cr_expect_eq(log.counts[MR_MSG_BAD_RECORD], 2);
    cr_expect_eq(seen.count, 4);
    mr_report(&silent, MR_MSG_USAGE, MR_NOWHERE, "%s", "");
    cr_expect_eq(silent.code, 16);
    cr_expect_eq(silent.counts[MR_MSG_USAGE], 1);
    mr_report(NULL, MR_MSG_USAGE, MR_NOWHERE, "%s", "");
}

Test(messages, places)
{
    static const struct {
        bool nowhere;
        struct mr_place place;
        const char *detail, *line;
    } cases[] = {
        {true, {0}, "", "the input is empty. Fetch the file again; nothing was in it"},
        {true, {0}, "really", "the input is empty: really. Fetch the file again; nothing was in it"},
        {false,
         {.file = "a", .offset = MR_NO_OFFSET},
         "",
         "a: the input is empty. Fetch the file again; nothing was in it"},
        {false,
         {.file = "a", .offset = 0},
         "",
         "a at byte 0: the input is empty. Fetch the file again; nothing was in it"},
        {false,
         {.file = "a", .offset = UINT64_C(5000000000)},
         "b",
         "a at byte 5000000000: the input is empty: b. Fetch the file again; nothing was in it"},
        {false,
         {.file = "a", .offset = 7, .domain = 4, .number = 3},
         "",
         "a at byte 7, record 4/3: the input is empty. Fetch the file again; nothing was in it"},
        {false,
         {.file = NULL, .offset = MR_NO_OFFSET, .domain = 0, .number = 3},
         "",
         "record 0/3: the input is empty. Fetch the file again; nothing was in it"},
        {false,
         {.file = "a.csv", .offset = MR_NO_OFFSET, .line = 12},
         "",
         "a.csv:12: the input is empty. Fetch the file again; nothing was in it"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct collected seen = {0};
        struct mr_log log = {.sink = collect, .context = &seen};
        char want[512];

        mr_report(&log, MR_MSG_INPUT_EMPTY, cases[i].nowhere ? MR_NOWHERE : &cases[i].place, "%s", cases[i].detail);
        snprintf(want, sizeof want, "MRD0102S %s", cases[i].line);
        cr_expect_str_eq(seen.line, want);
    }
}

/* Names as long as a hostile file system has them: cut, never written past the end. */
Test(messages, long_texts)
{
    char name[5000], line[64];
    struct collected seen = {0};
    struct mr_log log = {.sink = collect, .context = &seen};
    struct mr_place place = {.file = name, .offset = 1, .domain = 1, .number = 1};
    struct mr_message message = {
        .id = MR_MSG_INPUT_EMPTY, .def = mr_message_text(MR_MSG_INPUT_EMPTY), .detail = name};

    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    mr_report(&log, MR_MSG_INPUT_EMPTY, &place, "%s", name);
    cr_expect_lt(strlen(seen.detail), 520);
    cr_expect_eq(strncmp(seen.line, "MRD0102S nnn", 12), 0);
    message.place = place;
    memset(line, 'x', sizeof line);
    cr_expect_eq(mr_message_format(line, 32, &message), line);
    cr_expect_eq(strlen(line), 31);
    cr_expect_eq(line[32], 'x');
}

/* Cells of a site's CSV and names of files may hold line ends and worse: a message is one line all the same. */
Test(messages, one_line)
{
    struct collected seen = {0};
    struct mr_log log = {.sink = collect, .context = &seen};
    struct mr_place place = {.file = "a\nMRD0999T b", .offset = MR_NO_OFFSET};

    mr_report(&log, MR_MSG_INPUT_EMPTY, &place, "x%cy%cz%c \xC3\xA9", '\n', 0x1B, 0x7F);
    cr_expect_str_eq(seen.detail, "x?y?z? \xC3\xA9");
    cr_expect_str_eq(seen.line, "MRD0102S a?MRD0999T b: the input is empty: x?y?z? \xC3\xA9. Fetch the file again; nothing "
                                "was in it");
}

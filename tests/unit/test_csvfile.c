/* SPDX-License-Identifier: Apache-2.0 */
/* Reading CSV files with a known header: what is taken, what is refused, and the line that is told. */
#include "base/csvfile.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const columns[] = {"name", "size", "note"};
static const struct mr_csv_form form = {columns, 3, 2, MR_MSG_SCHEMA_OPEN, MR_MSG_SCHEMA_CSV, MR_MSG_SCHEMA_HEADER};

/* What the row function saw, as text: "line:name|size|note;" for each row, and the first message. */
struct seen {
    char rows[4096];
    unsigned row_count;
    unsigned messages;
    enum mr_message_id id;
    unsigned line;
    int answer;         /* of the row function */
    const char *refuse; /* the name for which it gives this answer */
};

static int take(void *context, const char *const *cells, unsigned line)
{
    struct seen *seen = context;
    size_t used = strlen(seen->rows);

    seen->row_count++;
    snprintf(seen->rows + used, sizeof seen->rows - used, "%u:%s|%s|%s;", line, cells[0], cells[1], cells[2]);
    return seen->refuse != NULL && strcmp(cells[0], seen->refuse) == 0 ? seen->answer : MR_OK;
}

static void note(void *context, const struct mr_message *message)
{
    struct seen *seen = context;

    if (seen->messages++ == 0) {
        seen->id = message->id;
        seen->line = message->place.line;
    }
}

static int read_bytes(struct seen *seen, const char *text, size_t length)
{
    char path[] = "/tmp/mr-csv-XXXXXX";
    struct mr_log log = {.sink = note, .context = seen};
    int status, file = mkstemp(path);

    cr_assert_geq(file, 0);
    cr_assert_eq(write(file, text, length), (ssize_t)length);
    close(file);
    status = mr_csv_read(path, &form, take, seen, &log);
    unlink(path);
    return status;
}

Test(csvfile, good)
{
    static const struct {
        const char *text, *rows;
    } cases[] = {
        {"name,size,note\na,1,x\n", "2:a|1|x;"},
        {"name,size\na,1\nb,2\n", "2:a|1|;3:b|2|;"},
        {"size,note,name\n1,x,a\n", "2:a|1|x;"},
        {"name,size\na,1", "2:a|1|;"},
        {"name,size\r\na,1\r\n", "2:a|1|;"},
        {"# first\nname,size\n# second\na,1\n#b,2\nc,3\n", "4:a|1|;6:c|3|;"},
        {"name,size\n\na,1\n\n\nb,2\n", "3:a|1|;6:b|2|;"},
        {"name,size\n\"a,b\",\"1\"\n", "2:a,b|1|;"},
        {"name,size\n\"a\"\"b\",1\n", "2:a\"b|1|;"},
        {"name,size\n\"a\nb\nc\",1\nd,2\n", "2:a\nb\nc|1|;5:d|2|;"},
        {"name,size\n,\n", "2:||;"},
        {"name,size\n\"#a\",1\n", ""}, /* quoted or not: a comment */
        {"name,size,note\n", ""},
        {"name,size\n\xc3\xa9,1\n", "2:\xc3\xa9|1|;"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seen seen = {0};

        cr_expect_eq(read_bytes(&seen, cases[i].text, strlen(cases[i].text)), MR_OK, "case %zu", i);
        cr_expect_str_eq(seen.rows, cases[i].rows, "case %zu: %s", i, seen.rows);
        cr_expect_eq(seen.messages, 0, "case %zu", i);
    }
}

Test(csvfile, faults)
{
    static const struct {
        const char *text;
        enum mr_message_id id;
        unsigned line, rows;
    } cases[] = {
        {"", MR_MSG_SCHEMA_HEADER, 0, 0},
        {"# only a comment\n", MR_MSG_SCHEMA_HEADER, 1, 0},
        {"name\na\n", MR_MSG_SCHEMA_HEADER, 1, 1},
        {"\n\nname,size,colour\na,1,red\n", MR_MSG_SCHEMA_HEADER, 3, 0},
        {"name,name,size\n", MR_MSG_SCHEMA_HEADER, 1, 0},
        {"Name,size\n", MR_MSG_SCHEMA_HEADER, 1, 0},
        {"name,size\na\n", MR_MSG_SCHEMA_CSV, 2, 0},
        {"name,size\na,1,2\nb,2\n", MR_MSG_SCHEMA_CSV, 2, 1},
        {"name,size\na,1\nb,\"2\n", MR_MSG_SCHEMA_CSV, 3, 1},
        {"name,size\na,1\nb\"c,2\n", MR_MSG_SCHEMA_CSV, 3, 1},
        {"name,size\na,1\n\"b\"c,2\nd,3\n", MR_MSG_SCHEMA_CSV, 3, 1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seen seen = {0};

        cr_expect_eq(read_bytes(&seen, cases[i].text, strlen(cases[i].text)), MR_FATAL, "case %zu", i);
        cr_expect_gt(seen.messages, 0, "case %zu", i);
        cr_expect_eq(seen.id, cases[i].id, "case %zu: %s", i, mr_message_text(seen.id)->id);
        cr_expect_eq(seen.line, cases[i].line, "case %zu: line %u", i, seen.line);
        if (cases[i].id == MR_MSG_SCHEMA_CSV)
            cr_expect_eq(seen.row_count, cases[i].rows, "case %zu: %u rows", i, seen.row_count);
    }
}

/* A row function that fails: MR_FAILED goes on with the next line, and the file as a whole has failed. */
Test(csvfile, answers_of_the_row_function)
{
    static const char text[] = "name,size\na,1\nb,2\nc,3\n";
    struct seen seen = {.answer = MR_FAILED, .refuse = "b"};

    cr_expect_eq(read_bytes(&seen, text, sizeof text - 1), MR_FATAL);
    cr_expect_eq(seen.row_count, 3);
    seen = (struct seen){.answer = MR_WARN, .refuse = "b"};
    cr_expect_eq(read_bytes(&seen, text, sizeof text - 1), MR_OK);
    seen = (struct seen){.answer = MR_FATAL, .refuse = "b"};
    cr_expect_eq(read_bytes(&seen, text, sizeof text - 1), MR_FATAL);
    cr_expect_eq(seen.row_count, 2, "MR_FATAL stops: %u rows", seen.row_count);
}

Test(csvfile, limits)
{
    char *text = malloc(300000);
    struct seen seen = {0};
    size_t used = (size_t)sprintf(text, "name,size\n\"");

    cr_assert_not_null(text);
    memset(text + used, 'x', 70000);
    used += 70000;
    used += (size_t)sprintf(text + used, "\",1\nb,2\n");
    cr_expect_eq(read_bytes(&seen, text, used), MR_FATAL, "a line that is too long");
    cr_expect_eq(seen.id, MR_MSG_SCHEMA_CSV);
    cr_expect_eq(seen.line, 2);

    used = 0;
    for (int i = 0; i < 200; i++)
        used += (size_t)sprintf(text + used, "%sc%d", i > 0 ? "," : "", i);
    used += (size_t)sprintf(text + used, "\n");
    seen = (struct seen){0};
    cr_expect_eq(read_bytes(&seen, text, used), MR_FATAL, "a header with too many columns");

    used = (size_t)sprintf(text, "name,size\na,1\n");
    memcpy(text + used, "b\0c,2\n", 6);
    used += 6;
    seen = (struct seen){0};
    (void)!read_bytes(&seen, text, used);
    cr_expect_eq(strncmp(seen.rows, "2:a|1|;", 7), 0, "a zero byte does no harm to the lines before it");
    free(text);
}

Test(csvfile, cannot_open)
{
    struct seen seen = {0};
    struct mr_log log = {.sink = note, .context = &seen};

    cr_expect_eq(mr_csv_read("/nowhere/at/all.csv", &form, take, &seen, &log), MR_FATAL);
    cr_expect_eq(seen.id, MR_MSG_SCHEMA_OPEN);
    seen = (struct seen){0};
    cr_expect_eq(mr_csv_read("schema", &form, take, &seen, &log), MR_FATAL, "a folder");
    cr_expect_eq(seen.id, MR_MSG_SCHEMA_OPEN);
    cr_expect_eq(seen.messages, 1);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csvfile.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 65536 /* bytes of all cells of one line */
#define HEADER_MAX 64  /* columns that a header line may have */
#define CHUNK 65536

struct reading {
    const char *path;
    const struct mr_csv_form *form;
    mr_csv_row *row;
    void *context;
    struct mr_log *log;
    unsigned line;      /* of the row being collected */
    unsigned next_line; /* of the row after it */
    int status;
    int between; /* no row has been begun */
    int stopped; /* a row function said so */
    int in_header;
    size_t cell_count;
    size_t text_used;
    size_t start[HEADER_MAX];   /* of each cell in text */
    int target[HEADER_MAX];     /* column of the form for each column of the file */
    size_t file_columns;
    char text[TEXT_MAX];
};

static void fault(struct reading *r, enum mr_message_id id, const char *what, const char *which)
{
    struct mr_place place = {.file = r->path, .offset = MR_NO_OFFSET, .line = r->line};

    mr_report(r->log, id, &place, "%s%s", what, which);
    r->status = MR_FATAL;
}

static void on_cell(void *bytes, size_t length, void *context)
{
    struct reading *r = context;

    if (r->cell_count >= HEADER_MAX || length + 1 > TEXT_MAX - r->text_used) {
        if (r->status != MR_FATAL)
            fault(r, r->form->csv_message, "the line is too long", "");
        return;
    }
    r->start[r->cell_count++] = r->text_used;
    memcpy(r->text + r->text_used, bytes, length);
    r->text_used += length;
    r->text[r->text_used++] = '\0';
}

static int form_column(const struct mr_csv_form *form, const char *name)
{
    for (size_t i = 0; i < form->column_count; i++) {
        if (strcmp(form->columns[i], name) == 0)
            return (int)i;
    }
    return -1;
}

static void take_header(struct reading *r)
{
    int seen[MR_CSV_COLUMNS_MAX] = {0};

    for (size_t i = 0; i < r->cell_count; i++) {
        const char *name = r->text + r->start[i];

        r->target[i] = form_column(r->form, name);
        if (r->target[i] < 0)
            fault(r, r->form->header_message, "unknown column ", name);
        else if (seen[r->target[i]]++)
            fault(r, r->form->header_message, "column twice: ", name);
    }
    for (size_t i = 0; i < r->form->required_count; i++) {
        if (!seen[i])
            fault(r, r->form->header_message, "missing column ", r->form->columns[i]);
    }
    /* Rows of a file whose header is not understood would go to wrong places. */
    r->file_columns = r->status == MR_FATAL ? 0 : r->cell_count;
    r->in_header = 0;
}

static void take_row(struct reading *r)
{
    const char *cells[MR_CSV_COLUMNS_MAX];
    int status;

    if (r->cell_count != r->file_columns) {
        fault(r, r->form->csv_message, "the line does not have as many cells as the header", "");
        return;
    }
    for (size_t i = 0; i < r->form->column_count; i++)
        cells[i] = "";
    for (size_t i = 0; i < r->cell_count; i++)
        cells[r->target[i]] = r->text + r->start[i];
    status = r->row(r->context, cells, r->line);
    if (status < MR_WARN)
        r->status = MR_FATAL;
    r->stopped = status == MR_FATAL;
}

static void on_row(int terminator, void *context)
{
    struct reading *r = context;
    int comment = r->cell_count > 0 && r->text[r->start[0]] == '#';

    (void)terminator;
    if (!comment && r->in_header)
        take_header(r);
    else if (!comment && r->file_columns > 0 && !r->stopped)
        take_row(r);
    r->cell_count = 0;
    r->text_used = 0;
    r->between = 1;
}

/* libcsv does not count lines: feed it line by line, so that each row begins at a line that is known. */
static int feed(struct reading *r, struct csv_parser *parser, FILE *file)
{
    char *buffer = NULL;
    size_t room = 0;
    ssize_t got;
    int status = MR_OK;

    while (status == MR_OK && (got = getline(&buffer, &room, file)) > 0) {
        r->next_line++;
        if (r->between && buffer[0] != '\n' && buffer[0] != '\r') {
            r->line = r->next_line;
            r->between = 0;
        }
        if (csv_parse(parser, buffer, (size_t)got, on_cell, on_row, r) != (size_t)got) {
            fault(r, r->form->csv_message, csv_strerror(csv_error(parser)), "");
            status = MR_FATAL;
        } else if (r->stopped || (r->in_header == 0 && r->file_columns == 0)) {
            status = MR_FATAL;
        }
    }
    free(buffer);
    return status;
}

int mr_csv_read(const char *path, const struct mr_csv_form *form, mr_csv_row *row, void *context, struct mr_log *log)
{
    struct mr_place place = {.file = path, .offset = MR_NO_OFFSET};
    struct csv_parser parser;
    struct reading *r = NULL;
    FILE *file = NULL;
    int status = MR_FATAL;

    file = fopen(path, "re");
    if (file == NULL) {
        mr_report(log, form->open_message, &place, "%s", strerror(errno));
        return MR_FATAL;
    }
    r = calloc(1, sizeof *r);
    if (r == NULL || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        mr_report(log, form->open_message, &place, "not enough memory");
        goto out;
    }
    *r = (struct reading){.path = path, .form = form, .row = row, .context = context, .log = log, .between = 1,
                          .in_header = 1};
    if (feed(r, &parser, file) == MR_OK && csv_fini(&parser, on_cell, on_row, r) != 0)
        fault(r, form->csv_message, csv_strerror(csv_error(&parser)), "");
    if (ferror(file))
        fault(r, form->open_message, strerror(errno), "");
    else if (r->in_header && r->status == MR_OK)
        fault(r, form->header_message, "the file is empty", "");
    status = r->status;
    csv_free(&parser);
out:
    free(r);
    fclose(file);
    return status;
}

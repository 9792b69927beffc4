/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SAS transport files, version 5: one data set a file, in records of 80 bytes.
 *
 *   library header, 3 records | member header, 4 | NAMESTR header, a description of 140 bytes for each variable,
 *   filled up with blanks | OBS header, observations one after another, filled up with blanks
 *
 * There is no count of observations, so rows are only appended.  Numbers are IBM floating point, exact for whole
 * numbers up to 2^53; times are SAS datetimes.  The dates of the headers are the beginning of 1960: the same input,
 * the same bytes.
 */
#include "base/bytes.h"
#include "writers/format.h"
#include "writers/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD 80
#define NAME_MAX_SAS 8
#define LABEL_MAX 40
#define TEXT_MAX 200
#define NAMESTR 140
#define VARIABLES_MAX 9999 /* the header has four digits for them */
#define SECONDS_1960_TO_1970 INT64_C(315619200)
#define DATE "01JAN60:00:00:00"
#define PREFIX_SIZE 6 /* IBM's names: SYTRSG_RSAAVAIL */

struct xpt_state {
    const struct mr_table_head *head;
    uint8_t *row;
    size_t row_size;
    uint16_t *widths;
    char (*names)[NAME_MAX_SAS + 1];
    bool cut; /* said */
};

static bool is_text(enum mr_cell_type type)
{
    return type == MR_CELL_TEXT || type == MR_CELL_HEX || type == MR_CELL_DIGITS;
}

/* EBCDIC that is no text is shown in hex, so a short text has room for that; long ones have enough as it is. */
static uint16_t width_of(const struct mr_column *column)
{
    uint32_t size = column->size;

    if (!is_text(column->type))
        return 8;
    if (size == 0)
        return TEXT_MAX;
    if (column->type != MR_CELL_TEXT || size < 32)
        size = 2 * (size < TEXT_MAX ? size : TEXT_MAX) + 2;
    return (uint16_t)(size < TEXT_MAX ? size : TEXT_MAX);
}

static bool name_taken(const struct xpt_state *xpt, size_t count, const char *name)
{
    for (size_t c = 0; c < count; c++) {
        if (strcmp(xpt->names[c], name) == 0)
            return true;
    }
    return false;
}

/* Upper-case letters, digits and underscores, at most size of them; no digit in front. */
static void clean_name(char *to, const char *from, size_t length, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < length && n < size; i++) {
        char c = from[i];

        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) || (n == 0 && c >= '0' && c <= '9'))
            c = '_';
        to[n++] = c;
    }
    to[n] = '\0';
}

/* The digits of an array element at the end of a name, with their underscore; "" where there are none. */
static const char *element_of(const char *name)
{
    const char *end = name + strlen(name), *p = end;

    while (p > name && p[-1] >= '0' && p[-1] <= '9')
        p--;
    return p < end && p > name && p[-1] == '_' && end - p < 5 ? p : end;
}

/*
 * IBM's mnemonic without the name of the record.  What is too long is cut, but for the number of an array element; a
 * name that another column has already ends with a number of its own.
 */
static void make_name(struct xpt_state *xpt, size_t c)
{
    const char *full = xpt->head->columns[c].name, *mark = strchr(full, '_');
    const char *name = mark != NULL && mark - full == PREFIX_SIZE && mark[1] != '\0' ? mark + 1 : full;
    const char *element = element_of(name);
    size_t length = strlen(name), tail = strlen(element);
    char stem[NAME_MAX_SAS + 1], *made = xpt->names[c];

    if (tail == 0 || length <= NAME_MAX_SAS) {
        clean_name(stem, name, length, NAME_MAX_SAS);
        snprintf(made, NAME_MAX_SAS + 1, "%s", stem);
    } else {
        clean_name(stem, name, length - tail - 1, NAME_MAX_SAS - tail);
        memcpy(made, stem, strlen(stem));
        memcpy(made + strlen(stem), element, tail + 1);
    }
    for (unsigned n = 2; name_taken(xpt, c, made) && n <= VARIABLES_MAX; n++) {
        char number[8];
        int digits = snprintf(number, sizeof number, "%u", n);

        snprintf(made, NAME_MAX_SAS + 1, "%.*s%s", NAME_MAX_SAS - digits, stem, number);
    }
}

/* A text in a field of its own, blanks behind it. */
static uint8_t *put_field(uint8_t *p, const char *text, size_t size)
{
    size_t length = strlen(text);

    memset(p, ' ', size);
    memcpy(p, text, length < size ? length : size);
    return p + size;
}

static void put_header(struct mr_outfile *file, const char *name, const char *numbers)
{
    char text[RECORD + 1];

    snprintf(text, sizeof text, "HEADER RECORD*******%-8sHEADER RECORD!!!!!!!%-32.32s", name, numbers);
    (void)mr_outfile_put(file, text, RECORD);
}

#define NO_NUMBERS "000000000000000000000000000000"

static void put_member(struct mr_outfile *file, const struct mr_table_head *head)
{
    char text[4 * RECORD], table[NAME_MAX_SAS + 1], variables[64];

    clean_name(table, head->name, strlen(head->name), NAME_MAX_SAS);
    put_header(file, "LIBRARY ", NO_NUMBERS);
    snprintf(text, sizeof text, "%-8s%-8s%-8s%-8s%-8s%24s%16s", "SAS", "SAS", "SASLIB", "9.4", "LINUX", "", DATE);
    (void)mr_outfile_put(file, text, RECORD);
    snprintf(text, sizeof text, "%-80s", DATE);
    (void)mr_outfile_put(file, text, RECORD);
    put_header(file, "MEMBER  ", "000000000000000001600000000140");
    put_header(file, "DSCRPTR ", NO_NUMBERS);
    snprintf(text, sizeof text, "%-8s%-8s%-8s%-8s%-8s%24s%16s", "SAS", table, "SASDATA", "9.4", "LINUX", "", DATE);
    (void)mr_outfile_put(file, text, RECORD);
    snprintf(text, sizeof text, "%-32s%-40.40s%-8s", DATE, head->title == NULL ? "" : head->title, "");
    (void)mr_outfile_put(file, text, RECORD);
    snprintf(variables, sizeof variables, "000000%04u00000000000000000000", (unsigned)head->column_count % 10000u);
    put_header(file, "NAMESTR ", variables);
}

/* One variable: type, length, number, name, label, format, place in the observation. */
static void put_variable(const struct xpt_state *xpt, struct mr_outfile *file, size_t c, uint32_t place)
{
    const struct mr_column *column = &xpt->head->columns[c];
    uint8_t text[NAMESTR] = {0}, *p = text + 8;
    bool time = column->type == MR_CELL_TIME;

    mr_put_be16(text, is_text(column->type) ? 2 : 1);
    mr_put_be16(text + 4, xpt->widths[c]);
    mr_put_be16(text + 6, (uint16_t)(c + 1));
    p = put_field(p, xpt->names[c], NAME_MAX_SAS);
    p = put_field(p, column->label[0] != '\0' ? column->label : column->name, LABEL_MAX);
    p = put_field(p, time ? "DATETIME" : "", NAME_MAX_SAS);
    mr_put_be16(p, time ? 26 : 0);
    mr_put_be16(p + 2, time ? 6 : 0);
    p = put_field(p + 8, "", NAME_MAX_SAS); /* no informat */
    mr_put_be32(p + 4, place);
    (void)mr_outfile_put(file, text, sizeof text);
}

static int fill_record(struct mr_outfile *file)
{
    char blanks[RECORD];
    size_t over = (size_t)(mr_outfile_offset(file) % RECORD);

    memset(blanks, ' ', sizeof blanks);
    return over == 0 ? mr_outfile_status(file) : mr_outfile_put(file, blanks, RECORD - over);
}

static int xpt_begin(void *state, struct mr_outfile *file, const struct mr_table_head *head,
                     const struct mr_writer_options *options)
{
    struct xpt_state *xpt = state;
    uint32_t place = 0;

    (void)options;
    if (head->column_count > VARIABLES_MAX)
        return mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_OPEN, file->name, "too many columns for this format");
    xpt->head = head;
    xpt->widths = calloc(head->column_count + 1, sizeof *xpt->widths);
    xpt->names = calloc(head->column_count + 1, sizeof *xpt->names);
    if (xpt->widths == NULL || xpt->names == NULL)
        return mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "");
    for (size_t c = 0; c < head->column_count; c++) {
        xpt->widths[c] = width_of(&head->columns[c]);
        xpt->row_size += xpt->widths[c];
        make_name(xpt, c);
    }
    xpt->row = malloc(xpt->row_size + 1);
    if (xpt->row == NULL)
        return mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "");
    put_member(file, head);
    for (size_t c = 0; c < head->column_count; c++) {
        put_variable(xpt, file, c, place);
        place += xpt->widths[c];
    }
    (void)fill_record(file);
    put_header(file, "OBS     ", NO_NUMBERS);
    return mr_outfile_status(file);
}

/* A sign, the exponent to 16 plus 64 in 7 bits, 56 bits of fraction.  A point stands for what is missing. */
static void put_ibm(uint8_t *p, double value)
{
    int exponent, hexes, shift;
    double part = frexp(fabs(value), &exponent);
    uint64_t fraction;

    memset(p, 0, 8);
    if (value == 0)
        return;
    hexes = exponent > 0 ? (exponent + 3) / 4 : -(-exponent / 4);
    shift = 4 * hexes - exponent;
    if (!isfinite(value) || hexes > 63) {
        p[0] = '.';
    } else if (hexes >= -64) {
        fraction = (uint64_t)ldexp(part, 53) << 3 >> shift;
        mr_put_be64(p, fraction);
        p[0] = (uint8_t)((value < 0 ? 0x80 : 0) | (hexes + 64));
    }
}

static double number_of(enum mr_cell_type type, const struct mr_cell *cell)
{
    switch (type) {
    case MR_CELL_UINT:
        return (double)cell->value.u;
    case MR_CELL_INT:
        return (double)cell->value.i;
    case MR_CELL_SECONDS:
        return (double)cell->value.i / 1e6;
    case MR_CELL_TIME:
        return ((double)cell->value.i + (double)SECONDS_1960_TO_1970 * 1e6) / 1e6;
    default:
        return cell->value.d;
    }
}

/* The text of a cell, as much as fits; false: not all of it. */
static bool put_text(uint8_t *p, uint16_t width, enum mr_cell_type type, const struct mr_cell *cell)
{
    char shown[2 * TEXT_MAX + 2];
    const char *text = cell->value.text;
    size_t bytes = cell->size < TEXT_MAX ? cell->size : TEXT_MAX, size = cell->size;

    memset(p, ' ', width);
    if (size == 0)
        return true;
    if (type != MR_CELL_TEXT) {
        const char *end = type == MR_CELL_HEX ? mr_put_hex(shown, cell->value.bytes, bytes)
                                              : mr_put_digits(shown, cell->value.bytes, bytes);

        size = (size_t)(end - shown);
        text = shown;
    }
    memcpy(p, text, size < width ? size : width);
    return size <= width;
}

static int xpt_row(void *state, struct mr_outfile *file, const struct mr_cell *cells)
{
    struct xpt_state *xpt = state;
    uint8_t *p = xpt->row;

    for (size_t c = 0; c < xpt->head->column_count; p += xpt->widths[c], c++) {
        enum mr_cell_type type = xpt->head->columns[c].type;

        if (!cells[c].present) {
            memset(p, is_text(type) ? ' ' : 0, xpt->widths[c]);
            p[0] = is_text(type) ? ' ' : '.';
        } else if (!is_text(type)) {
            put_ibm(p, number_of(type, &cells[c]));
        } else if (!put_text(p, xpt->widths[c], type, &cells[c]) && !xpt->cut) {
            xpt->cut = true;
            mr_report(file->folder->log, MR_MSG_OUTPUT_CUT, MR_NOWHERE, "%s, column %s", xpt->head->name,
                      xpt->head->columns[c].name);
        }
    }
    return mr_outfile_put(file, xpt->row, xpt->row_size);
}

static int xpt_end(void *state, struct mr_outfile *file)
{
    (void)state;
    return fill_record(file);
}

static void xpt_destroy(void *state)
{
    struct xpt_state *xpt = state;

    free(xpt->row);
    free(xpt->widths);
    free(xpt->names);
}

const struct mr_writer_format mr_format_xpt = {
    .name = "xpt",
    .suffix = ".xpt",
    .state_size = sizeof(struct xpt_state),
    .begin = xpt_begin,
    .row = xpt_row,
    .end = xpt_end,
    .destroy = xpt_destroy,
    .abilities = MR_CAN_SPLIT,
};

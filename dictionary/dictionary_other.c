/* SPDX-License-Identifier: Apache-2.0 */
/* CSV on the Web metadata, and an input program for SAS. */
#include "dictionary/dictionary.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define SAS_NAME_MAX 32
#define SAS_TEXT_MAX 32767u
#define TEXT_UNKNOWN 1024u /* for texts whose length is not known beforehand */

static const char *web_type(enum mr_cell_type type)
{
    switch (type) {
    case MR_CELL_UINT:
        return "nonNegativeInteger";
    case MR_CELL_INT:
        return "integer";
    case MR_CELL_SECONDS:
        return "decimal";
    case MR_CELL_REAL:
        return "double";
    default:
        return "string";
    }
}

json_t *mr_dictionary_json(const char *text)
{
    json_t *string = json_string(text);
    size_t size = strlen(text);
    char *plain = string == NULL ? malloc(size + 1) : NULL;

    if (plain == NULL)
        return string;
    for (size_t i = 0; i <= size; i++)
        plain[i] = (unsigned char)text[i] < 0x80 ? text[i] : '?';
    string = json_string(plain);
    free(plain);
    return string;
}

static json_t *web_column(const struct mr_fact *fact)
{
    const struct mr_column *column = fact->column;
    json_t *datatype = column->type == MR_CELL_TIME
                           ? json_pack("{s:s, s:s}", "base", "dateTime", "format", "yyyy-MM-dd HH:mm:ss.SSSSSS")
                           : json_string(web_type(column->type));

    return json_pack("{s:s, s:s, s:o, s:o, s:s}", "name", column->name, "titles", column->name, "dc:description",
                     mr_dictionary_json(column->label), "datatype", datatype, "null", "");
}

static json_t *web_table(const struct mr_dictionary *dictionary, const struct mr_dictionary_table *table)
{
    json_t *columns = json_array();
    char url[80];

    for (size_t c = 0; c < table->column_count; c++) {
        struct mr_fact fact;

        mr_dictionary_written(dictionary, table, c, &fact);
        json_array_append_new(columns, web_column(&fact));
    }
    snprintf(url, sizeof url, "%s.csv%s", table->plan->table->name, dictionary->gzip ? ".gz" : "");
    return json_pack("{s:s, s:o, s:{s:o}}", "url", url, "dc:title", mr_dictionary_json(table->plan->table->title),
                     "tableSchema", "columns", columns);
}

void mr_dictionary_metadata(const struct mr_dictionary *dictionary, FILE *out)
{
    json_t *tables = json_array(), *root;

    for (size_t t = 0; t < dictionary->table_count; t++)
        json_array_append_new(tables, web_table(dictionary, &dictionary->tables[t]));
    root = json_pack("{s:s, s:{s:b, s:s}, s:o}", "@context", "http://www.w3.org/ns/csvw", "dialect", "header", 1,
                     "encoding", "utf-8", "tables", tables);
    json_dumpf(root, out, JSON_INDENT(1));
    putc('\n', out);
    json_decref(root);
}

/* The most bytes that a text can have: EBCDIC becomes at most two bytes of UTF-8, a byte two digits. */
static unsigned sas_length(const struct mr_column *column)
{
    unsigned size = column->size == 0 || column->size == MR_LENGTH_REST ? TEXT_UNKNOWN : column->size;

    /* Text that is none is shown as 0x and its bytes. */
    size = column->type == MR_CELL_DIGITS ? 2 * size : 2 + 2 * size;
    return size < SAS_TEXT_MAX ? size : SAS_TEXT_MAX;
}

static bool is_text(enum mr_cell_type type)
{
    return type == MR_CELL_TEXT || type == MR_CELL_HEX || type == MR_CELL_DIGITS;
}

/* Names are at most 32 characters long; a longer one ends with the number of its column. */
static const char *sas_name(const struct mr_dictionary_table *table, size_t c, char *buffer, size_t size)
{
    const char *name = table->columns[c].name;

    if (strlen(name) <= SAS_NAME_MAX)
        snprintf(buffer, size, "%s", name);
    else
        snprintf(buffer, size, "%.*s_%zu", SAS_NAME_MAX - 6, name, c + 1);
    return buffer;
}

static void sas_label(FILE *out, const char *label)
{
    putc('\'', out);
    for (; *label != '\0'; label++) {
        if (*label == '\'')
            putc('\'', out);
        putc(*label, out);
    }
    putc('\'', out);
}

static void sas_attributes(const struct mr_dictionary_table *table, FILE *out)
{
    char name[SAS_NAME_MAX + 8];

    for (size_t c = 0; c < table->column_count; c++) {
        const struct mr_column *column = &table->columns[c];

        fprintf(out, "    attrib %s length=", sas_name(table, c, name, sizeof name));
        if (is_text(column->type))
            fprintf(out, "$%u informat=$%u.", sas_length(column), sas_length(column));
        else if (column->type == MR_CELL_TIME)
            fputs("8 informat=ymddttm26.6 format=e8601dt26.6", out);
        else
            fputs("8", out);
        fputs(" label=", out);
        sas_label(out, column->label);
        fputs(";\n", out);
    }
}

static void sas_input(const struct mr_dictionary_table *table, FILE *out)
{
    char name[SAS_NAME_MAX + 8];

    fputs("    input", out);
    for (size_t c = 0; c < table->column_count; c++)
        fprintf(out, "\n        %s%s", sas_name(table, c, name, sizeof name),
                is_text(table->columns[c].type) ? " $" : "");
    fputs(";\n", out);
}

/* SAS reads packed files, and several at once, but not both: parts must be unpacked first. */
static void sas_infile(const struct mr_dictionary *dictionary, const char *name, FILE *out)
{
    if (dictionary->split)
        fprintf(out, "    infile \"&folder/%s/%s_*.csv\" eov=_next", name, name);
    else if (dictionary->gzip)
        fputs("    infile packed", out);
    else
        fprintf(out, "    infile \"&folder/%s.csv\"", name);
    fputs(" dsd dlm=',' firstobs=2 truncover lrecl=1048576 encoding='utf-8';\n", out);
}

void mr_dictionary_sas(const struct mr_dictionary *dictionary, FILE *out)
{
    fprintf(out,
            "/* SAS: set folder to where the CSV files are.  Durations are seconds.  The zone of times: %s. */\n"
            "%%let folder = .;\n",
            dictionary->zone);
    if (dictionary->gzip && dictionary->split)
        fputs("/* Unpack the files first, with gunzip. */\n", out);
    for (size_t t = 0; t < dictionary->table_count; t++) {
        const struct mr_dictionary_table *table = &dictionary->tables[t];
        const char *name = table->plan->table->name;

        putc('\n', out);
        if (dictionary->gzip && !dictionary->split)
            fprintf(out, "filename packed zip \"&folder/%s.csv.gz\" gzip;\n", name);
        fprintf(out, "data %s(label=", name);
        sas_label(out, table->plan->table->title);
        fputs(");\n", out);
        sas_infile(dictionary, name, out);
        sas_attributes(table, out);
        if (dictionary->split)
            fputs("    input @;\n"
                  "    if _next then do; input; _next = 0; end; /* the header of the next file */\n",
                  out);
        sas_input(table, out);
        fputs("run;\n", out);
    }
}

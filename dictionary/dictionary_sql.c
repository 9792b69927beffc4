/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables and load commands for SQLite, DuckDB and PostgreSQL.  Each program is made for the CSV files as they are,
 * and for an empty cell to become NULL.
 */
#include "dictionary/dictionary.h"
#include "writers/sqlite.h"

#include <ctype.h>
#include <string.h>

/* A number without sign of 8 bytes can be above what a signed one holds. */
static bool is_small(const struct mr_fact *fact)
{
    return fact->field != NULL && fact->field->length > 0 && fact->field->length < 8 &&
           mr_unit_micros((enum mr_unit)fact->field->unit) == 0;
}

static const char *sqlite_type(const struct mr_fact *fact)
{
    return mr_sqlite_type(fact->column->type);
}

static const char *duckdb_type(const struct mr_fact *fact)
{
    switch (fact->column->type) {
    case MR_CELL_UINT:
        return "UBIGINT";
    case MR_CELL_INT:
        return "BIGINT";
    case MR_CELL_SECONDS:
        return "DECIMAL(20,6)";
    case MR_CELL_REAL:
        return "DOUBLE";
    case MR_CELL_TIME:
        return "TIMESTAMP";
    default:
        return "VARCHAR";
    }
}

static const char *postgresql_type(const struct mr_fact *fact)
{
    switch (fact->column->type) {
    case MR_CELL_UINT:
        return is_small(fact) ? "bigint" : "numeric(20)";
    case MR_CELL_INT:
        return "bigint";
    case MR_CELL_SECONDS:
        return "numeric(20,6)";
    case MR_CELL_REAL:
        return "double precision";
    case MR_CELL_TIME:
        return "timestamp(6)";
    default:
        return "text";
    }
}

/* A name in quotes, so that no word of the language gets in the way. */
static void put_name(FILE *out, const char *name, bool lower)
{
    putc('"', out);
    for (; *name != '\0'; name++)
        putc(lower ? tolower((unsigned char)*name) : *name, out);
    putc('"', out);
}

static void put_string(FILE *out, const char *text)
{
    putc('\'', out);
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            putc('\'', out);
        putc(*text, out);
    }
    putc('\'', out);
}

static void put_columns(const struct mr_dictionary *dictionary, const struct mr_dictionary_table *table, bool lower,
                        const char *(*type)(const struct mr_fact *fact), FILE *out)
{
    fputs(" (\n", out);
    for (size_t c = 0; c < table->column_count; c++) {
        struct mr_fact fact;

        mr_dictionary_written(dictionary, table, c, &fact);
        fputs("    ", out);
        put_name(out, fact.column->name, lower);
        fprintf(out, " %s%s", type(&fact), c + 1 < table->column_count ? "," : "");
        if (!lower && fact.column->label[0] != '\0')
            fprintf(out, " -- %s", fact.column->label);
        putc('\n', out);
    }
    fputs(");\n", out);
}

/* The import of SQLite knows no NULL: it goes into a table of its own first. */
static void sqlite_table(const struct mr_dictionary *dictionary, const struct mr_dictionary_table *table, FILE *out)
{
    const char *name = table->plan->table->name;

    fputs("\nCREATE TABLE ", out);
    put_name(out, name, false);
    put_columns(dictionary, table, false, sqlite_type, out);
    fputs(".import --csv --schema temp '", out);
    if (mr_dictionary_is_packed(dictionary)) {
        putc('|', out);
        mr_dictionary_command(dictionary, table, out);
    } else {
        mr_dictionary_path(dictionary, table, out);
    }
    fprintf(out, "' '%s_load'\nINSERT INTO main.", name);
    put_name(out, name, false);
    fputs(" SELECT\n", out);
    for (size_t c = 0; c < table->column_count; c++) {
        fputs("    NULLIF(", out);
        put_name(out, table->columns[c].name, false);
        fprintf(out, ", '')%s\n", c + 1 < table->column_count ? "," : "");
    }
    fprintf(out, "FROM temp.\"%s_load\";\nDROP TABLE temp.\"%s_load\";\n", name, name);
}

static void put_zone(const struct mr_dictionary *dictionary, FILE *out)
{
    fprintf(out, "-- The zone of times: %s.\n", dictionary->zone);
}

void mr_dictionary_sqlite(const struct mr_dictionary *dictionary, FILE *out)
{
    fputs("-- SQLite: in this folder run   sqlite3 monitor.db <load-sqlite.sql\n"
          "-- Times are text that the date functions of SQLite understand; durations are seconds.\n",
          out);
    put_zone(dictionary, out);
    fputs(".bail on\nBEGIN;\n", out);
    for (size_t t = 0; t < dictionary->table_count; t++)
        sqlite_table(dictionary, &dictionary->tables[t], out);
    fputs("\nCOMMIT;\n", out);
}

void mr_dictionary_duckdb(const struct mr_dictionary *dictionary, FILE *out)
{
    fputs("-- DuckDB: in this folder run   duckdb monitor.duckdb <load-duckdb.sql\n"
          "-- Durations are seconds.\n",
          out);
    put_zone(dictionary, out);
    fputs("BEGIN;\n", out);
    for (size_t t = 0; t < dictionary->table_count; t++) {
        const struct mr_dictionary_table *table = &dictionary->tables[t];
        const char *name = table->plan->table->name;

        fputs("\nCREATE TABLE ", out);
        put_name(out, name, false);
        put_columns(dictionary, table, false, duckdb_type, out);
        fputs("COPY ", out);
        put_name(out, name, false);
        fputs(" FROM '", out);
        mr_dictionary_path(dictionary, table, out);
        fputs("' (FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR '');\n", out);
    }
    fputs("\nCOMMIT;\n", out);
}

static void put_comments(const struct mr_dictionary_table *table, FILE *out)
{
    const struct mr_table *about = table->plan->table;

    fputs("COMMENT ON TABLE ", out);
    put_name(out, about->name, true);
    fputs(" IS ", out);
    put_string(out, about->title);
    fputs(";\n", out);
    for (size_t c = 0; c < table->column_count; c++) {
        fputs("COMMENT ON COLUMN ", out);
        put_name(out, about->name, true);
        putc('.', out);
        put_name(out, table->columns[c].name, true);
        fputs(" IS ", out);
        put_string(out, table->columns[c].label);
        fputs(";\n", out);
    }
}

void mr_dictionary_postgresql(const struct mr_dictionary *dictionary, FILE *out)
{
    fputs("-- PostgreSQL: in this folder run   psql -f load-postgresql.sql DATABASE\n"
          "-- Names are in lower case, so that they need no quotes; durations are seconds.\n",
          out);
    put_zone(dictionary, out);
    fputs("\\set ON_ERROR_STOP on\n"
          "\\encoding UTF8\n"
          "BEGIN;\n",
          out);
    for (size_t t = 0; t < dictionary->table_count; t++) {
        const struct mr_dictionary_table *table = &dictionary->tables[t];

        fputs("\nCREATE TABLE ", out);
        put_name(out, table->plan->table->name, true);
        put_columns(dictionary, table, true, postgresql_type, out);
        put_comments(table, out);
        fputs("\\copy ", out);
        put_name(out, table->plan->table->name, true);
        fputs(mr_dictionary_is_packed(dictionary) ? " from program '" : " from '", out);
        if (mr_dictionary_is_packed(dictionary))
            mr_dictionary_command(dictionary, table, out);
        else
            mr_dictionary_path(dictionary, table, out);
        fputs("' with (format csv, header true)\n", out);
    }
    fputs("\nCOMMIT;\n", out);
}

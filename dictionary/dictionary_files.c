/* SPDX-License-Identifier: Apache-2.0 */
/* The files beside the tables, and the first of them: dictionary.csv. */
#include "dictionary/dictionary.h"

#include <csv.h>
#include <string.h>

static void put_cell(FILE *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") != NULL)
        csv_fwrite2(out, text, strlen(text), '"');
    else
        fputs(text, out);
}

static void put_cells(FILE *out, const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fputs(i > 0 ? "," : "", out);
        put_cell(out, cells[i]);
    }
}

static void put_record(const struct mr_fact *fact, FILE *out)
{
    if (fact->layout != NULL)
        fprintf(out, "%u/%u%s%s", fact->layout->domain, fact->layout->number,
                fact->layout->variant[0] != '\0' ? " " : "", fact->layout->variant);
}

/* A formula has commas and no quotes or line ends in it. */
static void put_formula(const struct mr_fact *fact, FILE *out)
{
    if (fact->derived == NULL && fact->join == NULL)
        return;
    putc('"', out);
    mr_fact_formula(fact, out);
    putc('"', out);
}

static void put_line(const struct mr_fact *fact, FILE *out)
{
    const char *const cells[] = {fact->plan->table->name,        fact->column->name,
                                 fact->column->label,            mr_cell_type_word(fact->column->type),
                                 fact->column->unit,             mr_class_word(fact->class),
                                 fact->key ? "key" : mr_fact_semantic(fact)};

    put_cells(out, cells, sizeof cells / sizeof *cells);
    putc(',', out);
    put_record(fact, out);
    putc(',', out);
    put_cell(out, fact->field != NULL ? fact->field->name : "");
    putc(',', out);
    put_formula(fact, out);
    putc(',', out);
    put_cell(out, mr_fact_confidence(fact));
    putc('\n', out);
}

static void put_dictionary(const struct mr_dictionary *dictionary, FILE *out)
{
    fputs("table,column,label,type,unit,class,semantic,record,field,formula,confidence\n", out);
    for (size_t t = 0; t < dictionary->table_count; t++) {
        const struct mr_dictionary_table *table = &dictionary->tables[t];

        for (size_t c = 0; c < table->column_count; c++) {
            struct mr_fact fact;

            mr_dictionary_written(dictionary, table, c, &fact);
            put_line(&fact, out);
        }
    }
}

const struct mr_dictionary_file mr_dictionary_files[] = {
    {.name = "dictionary.csv", .put = put_dictionary, .always = true},
    {.name = "csv-metadata.json", .put = mr_dictionary_metadata, .whole = true},
    {.name = "load-sqlite.sql", .put = mr_dictionary_sqlite},
    {.name = "load-duckdb.sql", .put = mr_dictionary_duckdb},
    {.name = "load-postgresql.sql", .put = mr_dictionary_postgresql},
    {.name = "load-sas.sas", .put = mr_dictionary_sas},
    {.name = NULL},
};

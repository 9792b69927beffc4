/* SPDX-License-Identifier: Apache-2.0 */
/* Search by word, and what is said of a name that does not exist. */
#include "dictionary/describe.h"

#include <stdio.h>
#include <string.h>

#define NEAREST_TEXT 512 /* bytes for the names that are near */

int mr_describe_unknown(const struct mr_nearest *nearest, const char *asked, struct mr_log *log)
{
    char names[NEAREST_TEXT];

    mr_report(log, MR_MSG_UNKNOWN_NAME, MR_NOWHERE, "%s%s", asked, mr_nearest_text(nearest, names, sizeof names));
    return MR_FAILED;
}

bool mr_describe_has(const char *name, const char *label, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasestr(name, words[i]) == NULL && strcasestr(label, words[i]) == NULL)
            return false;
    }
    return true;
}

static size_t search_tables(const struct mr_dictionary *dictionary, const char *const *words, size_t count, FILE *out)
{
    size_t found = 0;

    for (size_t p = 0; p < dictionary->plan_count; p++) {
        const struct mr_table *table = dictionary->plans[p]->table;

        if (mr_describe_has(table->name, table->title, words, count)) {
            fprintf(out, "%s  %s\n", table->name, table->title);
            found++;
        }
    }
    return found;
}

/* The columns of one table that fit, below its name. */
static size_t search_columns(const struct mr_plan *plan, size_t first, const char *const *words, size_t count,
                             FILE *out)
{
    size_t found = 0, width = 0;

    for (size_t c = first; c < plan->column_count; c++) {
        if (mr_describe_has(plan->columns[c].name, plan->columns[c].label, words, count))
            mr_describe_widen(&width, plan->columns[c].name);
    }
    for (size_t c = first; c < plan->column_count && width > 0; c++) {
        const struct mr_column *column = &plan->columns[c];

        if (!mr_describe_has(column->name, column->label, words, count))
            continue;
        if (found++ == 0)
            fprintf(out, "\n%s  %s\n", plan->table->name, plan->table->title);
        fputs("  ", out);
        mr_describe_line(out, (const char *const[]){column->name, column->label}, &width, 2);
    }
    return found;
}

/* Records by their titles: tables that several of them feed have others. */
static size_t search_records(const struct mr_schema *schema, const char *const *words, size_t count, FILE *out)
{
    size_t found = 0;

    for (size_t i = 0; i < schema->layout_count; i++) {
        const struct mr_layout *layout = &schema->layouts[i];

        if (!mr_describe_has(layout->dsect, layout->title, words, count))
            continue;
        fprintf(out, "%u/%u%s%s  %s\n", layout->domain, layout->number, layout->variant[0] != '\0' ? " " : "",
                layout->variant, layout->title);
        found++;
    }
    return found;
}

size_t mr_describe_search(const struct mr_dictionary *dictionary, const char *const *words, size_t count, FILE *out)
{
    size_t found = search_tables(dictionary, words, count, out);

    found += search_records(dictionary->schema, words, count, out);
    /* The columns that every table begins with are told once. */
    for (size_t p = 0; p < dictionary->plan_count; p++)
        found += search_columns(dictionary->plans[p], p == 0 ? 0 : MR_COL_COMMON, words, count, out);
    return found;
}

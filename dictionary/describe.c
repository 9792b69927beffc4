/* SPDX-License-Identifier: Apache-2.0 */
#include "dictionary/describe.h"

#include <string.h>
#include <strings.h>

static int describe_dotted(const struct mr_dictionary *dictionary, const struct mr_describe_form *form,
                           const char *asked, const struct mr_plan *plan, FILE *out, struct mr_log *log)
{
    struct mr_nearest nearest = {.wrong = strchr(asked, '.') + 1};
    unsigned index = mr_dictionary_column(plan, nearest.wrong);

    if (index != MR_NO_COLUMN) {
        form->column(dictionary, plan, index, out);
        return MR_OK;
    }
    for (size_t c = 0; c < plan->column_count; c++)
        mr_nearest_offer(&nearest, plan->columns[c].name);
    return mr_describe_unknown(&nearest, asked, log);
}

/* Nothing has this name, and no label these words. */
static int unknown(const struct mr_dictionary *dictionary, const char *asked, const char *name, struct mr_log *log)
{
    struct mr_nearest nearest = {.wrong = name};

    for (size_t p = 0; p < dictionary->plan_count; p++)
        mr_nearest_offer(&nearest, dictionary->plans[p]->table->name);
    for (size_t p = 0; p < dictionary->plan_count; p++) {
        for (size_t c = 0; c < dictionary->plans[p]->column_count; c++)
            mr_nearest_offer(&nearest, dictionary->plans[p]->columns[c].name);
    }
    return mr_describe_unknown(&nearest, asked, log);
}

/* One word that may be TABLE, TABLE.COLUMN or a word to search for. */
static int describe_word(const struct mr_dictionary *dictionary, const struct mr_describe_form *form,
                         const char *word, FILE *out, struct mr_log *log)
{
    const struct mr_plan *plan;
    char table[64];

    snprintf(table, sizeof table, "%.*s", (int)strcspn(word, "."), word);
    plan = mr_dictionary_plan(dictionary, table);
    if (plan != NULL && strchr(word, '.') != NULL)
        return describe_dotted(dictionary, form, word, plan, out, log);
    if (plan != NULL) {
        form->table(dictionary, plan, out);
        return MR_OK;
    }
    if (form->search(dictionary, &word, 1, out) > 0)
        return MR_OK;
    return unknown(dictionary, word, table, log);
}

int mr_describe(const struct mr_dictionary *dictionary, const struct mr_describe_form *form, const char *const *words,
                size_t count, FILE *out, struct mr_log *log)
{
    char all[200];

    if (count == 0) {
        form->tables(dictionary, out);
        return MR_OK;
    }
    if (count == 1 && mr_describe_is_record(words[0]))
        return mr_describe_record(dictionary, form, words[0], out, log);
    if (count == 1)
        return describe_word(dictionary, form, words[0], out, log);
    if (form->search(dictionary, words, count, out) > 0)
        return MR_OK;
    for (size_t i = 0, used = 0; i < count && used < sizeof all; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i > 0 ? " " : "", words[i]);
    return unknown(dictionary, all, all, log);
}

const struct mr_describe_form mr_describe_text = {
    .tables = mr_describe_tables,
    .table = mr_describe_table,
    .column = mr_describe_column,
    .record = mr_describe_layout,
    .field = mr_describe_field,
    .search = mr_describe_search,
    .between = "\n",
};

static void put_name(const char *head, const char *name, const char *stem, FILE *out)
{
    char whole[160];

    snprintf(whole, sizeof whole, "%s%s", head, name);
    if (strncasecmp(whole, stem, strlen(stem)) == 0)
        fprintf(out, "%s\n", whole);
}

void mr_describe_names(const struct mr_dictionary *dictionary, const char *stem, FILE *out)
{
    const struct mr_schema *schema = dictionary->schema;
    bool dotted = strchr(stem, '.') != NULL;
    char head[80];

    for (size_t p = 0; p < dictionary->plan_count; p++) {
        const struct mr_plan *plan = dictionary->plans[p];

        snprintf(head, sizeof head, "%s.", plan->table->name);
        if (!dotted)
            put_name("", plan->table->name, stem, out);
        for (size_t c = 0; dotted && strncasecmp(stem, head, strlen(head)) == 0 && c < plan->column_count; c++)
            put_name(head, plan->columns[c].name, stem, out);
    }
    for (size_t i = 0; i < schema->layout_count; i++) {
        const struct mr_layout *layout = &schema->layouts[i];

        snprintf(head, sizeof head, "%u/%u%s", layout->domain, layout->number, dotted ? "." : "");
        if (!dotted && layout->variant[0] == '\0')
            put_name(head, "", stem, out);
        for (unsigned f = 0; dotted && strncasecmp(stem, head, strlen(head)) == 0 && f < layout->field_count; f++)
            put_name(head, layout->fields[f].name, stem, out);
    }
}

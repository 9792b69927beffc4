/* SPDX-License-Identifier: Apache-2.0 */
/* The list of tables, and one table. */
#include "dictionary/describe.h"

#include <stdlib.h>
#include <string.h>

static const char *const rules[MR_RULE_COUNT] = {
    [MR_RULE_RECORD] = "each record makes a row",
    [MR_RULE_CONFIG] = "each record makes a row; RECORD tells which record it was",
    [MR_RULE_MERGE] = "the records of one sample make one row; what a record lacks stays blank",
    [MR_RULE_START] = "the records of one configuration set make one row",
    [MR_RULE_HELD] = "the first record is held, and its fields stand in the rows of the others",
    [MR_RULE_CONTROL] = "a row for each monitor command, each suspension, and each flagged end of interval",
    [MR_RULE_LOGOFF] = "each record makes a row; counters are differences to the last sample of the same thing",
    [MR_RULE_JOIN] = "put together from rows of other tables of the same sample"};

const char *mr_describe_rule(const struct mr_plan *plan)
{
    if (plan->table->rule == MR_RULE_RECORD && plan->feeds[0].entries != NULL)
        return "each entry of a record makes a row";
    return rules[plan->table->rule];
}

void mr_describe_tables(const struct mr_dictionary *dictionary, FILE *out)
{
    enum { NAME, COLUMNS, EXIT, TITLE, CELLS };
    size_t widths[CELLS] = {0, 7, 7, 0};

    for (size_t p = 0; p < dictionary->plan_count; p++)
        mr_describe_widen(&widths[NAME], dictionary->plans[p]->table->name);
    mr_describe_line(out, (const char *const[]){"table", "columns", "exit", "title and records"}, widths, CELLS);
    for (size_t p = 0; p < dictionary->plan_count; p++) {
        const struct mr_plan *plan = dictionary->plans[p];
        char columns[24], *title = NULL;
        size_t size = 0;
        FILE *text = open_memstream(&title, &size);

        if (text == NULL)
            return;
        fprintf(text, "%s,", plan->table->title);
        for (unsigned r = 0; r < plan->table->record_count; r++)
            fprintf(text, " %u/%u", plan->table->records[r].domain, plan->table->records[r].number);
        snprintf(columns, sizeof columns, "%7zu", plan->column_count);
        if (fclose(text) == 0)
            mr_describe_line(out, (const char *const[]){plan->table->name, columns, plan->table->exit, title}, widths,
                             CELLS);
        free(title);
    }
    fputs("\ndescribe TABLE, TABLE.COLUMN, D/R or D/R.FIELD tells more of each; any other words are searched for\n",
          out);
}

static void put_records(const void *what, FILE *text)
{
    const struct mr_plan *plan = what;

    for (unsigned r = 0; r < plan->table->record_count; r++)
        fprintf(text, "%s%u/%u", r > 0 ? " " : "", plan->table->records[r].domain, plan->table->records[r].number);
    if (plan->table->variant[0] != '\0')
        fprintf(text, " where the application data is %s", plan->table->variant);
}

static void put_keys(const void *what, FILE *text)
{
    const struct mr_plan *plan = what;
    unsigned first = MR_COL_COMMON;

    if (plan->feed_count > 0 && plan->feeds[0].record_column == first)
        first++;
    for (unsigned c = first; c < plan->first_element; c++)
        fprintf(text, "%s%s", c > first ? " " : "", plan->columns[c].name);
}

/* Tables whose rows take something of this one's. */
static void put_targets(const void *what, FILE *text)
{
    const struct mr_plan *plan = what;

    for (size_t i = 0; i < plan->link_count; i++)
        fprintf(text, "%s%s", i > 0 ? " " : "", plan->links[i].target->table->name);
}

struct sources {
    const struct mr_dictionary *dictionary;
    const struct mr_plan *plan;
};

static void put_sources(const void *what, FILE *text)
{
    const struct sources *s = what;
    const char *between = "";

    for (size_t p = 0; p < s->dictionary->plan_count; p++) {
        const struct mr_plan *source = s->dictionary->plans[p];

        for (size_t i = 0; i < source->link_count; i++) {
            if (source->links[i].target == s->plan) {
                fprintf(text, "%s%s", between, source->table->name);
                between = " ";
            }
        }
    }
}

static void list_columns(const struct mr_dictionary *dictionary, const struct mr_plan *plan, FILE *out)
{
    enum { NAME, TYPE, UNIT, CLASS, LABEL, CELLS };
    size_t widths[CELLS] = {6, 8, 4, 11, 0};

    for (size_t c = 0; c < plan->column_count; c++) {
        mr_describe_widen(&widths[NAME], plan->columns[c].name);
        mr_describe_widen(&widths[UNIT], plan->columns[c].unit);
    }
    mr_describe_line(out, (const char *const[]){"column", "type", "unit", "class", "label"}, widths, CELLS);
    for (size_t c = 0; c < plan->column_count; c++) {
        const struct mr_column *column = &plan->columns[c];
        struct mr_fact fact;

        mr_dictionary_fact(dictionary, plan, (unsigned)c, &fact);
        mr_describe_line(out, (const char *const[]){column->name, mr_cell_type_word(column->type), column->unit,
                                                    mr_class_word(fact.class), column->label},
                         widths, CELLS);
    }
}

void mr_describe_table(const struct mr_dictionary *dictionary, const struct mr_plan *plan, FILE *out)
{
    const struct mr_table *table = plan->table;
    const struct sources sources = {dictionary, plan};

    fprintf(out, "%s\n%s\n\n", table->name, table->title);
    mr_describe_item(out, "rows", table->description);
    mr_describe_item(out, "rule", mr_describe_rule(plan));
    mr_describe_item_put(out, "records", put_records, plan);
    mr_describe_item_put(out, "takes from", put_sources, &sources);
    mr_describe_item_put(out, "goes into", put_targets, plan);
    mr_describe_item_put(out, "keys", put_keys, plan);
    mr_describe_item(out, "exit", table->exit);
    for (size_t i = 0; i < dictionary->schema->balance_count; i++) {
        const struct mr_balance *balance = &dictionary->schema->balances[i];

        if (strcmp(balance->table, table->name) == 0)
            mr_describe_itemf(out, "balance", "%s: %s", balance->label, balance->rule);
    }
    mr_describe_item(out, "origin", table->origin);
    putc('\n', out);
    list_columns(dictionary, plan, out);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dictionary as JSON, an object on each line: "kind" says what it is of (table, column, record, field).  What does
 * not apply is left out.
 */
#include "dictionary/describe.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void set(json_t *object, const char *key, const char *text)
{
    if (text[0] != '\0')
        json_object_set_new(object, key, mr_dictionary_json(text));
}

static void set_number(json_t *object, const char *key, unsigned number)
{
    json_object_set_new(object, key, json_integer(number));
}

/* What put writes. */
static void set_put(json_t *object, const char *key, void (*put)(const void *what, FILE *text), const void *what)
{
    char *text = mr_describe_written(put, what);

    if (text != NULL)
        set(object, key, text);
    free(text);
}

static void set_record(json_t *object, const struct mr_layout *layout)
{
    char record[24];

    snprintf(record, sizeof record, "%u/%u", layout->domain, layout->number);
    set(object, "record", record);
    set(object, "dsect", layout->dsect);
    set(object, "variant", layout->variant);
}

/* Print it and let it go. */
static void put_object(json_t *object, FILE *out)
{
    if (object != NULL && json_dumpf(object, out, JSON_COMPACT) == 0)
        putc('\n', out);
    json_decref(object);
}

static json_t *table_object(const struct mr_plan *plan)
{
    const struct mr_table *table = plan->table;
    json_t *object = json_pack("{s:s, s:s}", "kind", "table", "table", table->name);
    json_t *records = json_array(), *keys = json_array();
    char record[24];

    for (unsigned r = 0; r < table->record_count; r++) {
        snprintf(record, sizeof record, "%u/%u", table->records[r].domain, table->records[r].number);
        json_array_append_new(records, json_string(record));
    }
    for (unsigned c = MR_COL_COMMON; c < plan->first_element; c++) {
        if (plan->feed_count == 0 || plan->feeds[0].record_column != c)
            json_array_append_new(keys, json_string(plan->columns[c].name));
    }
    set(object, "title", table->title);
    set(object, "rows", table->description);
    set(object, "rule", mr_describe_rule(plan));
    json_object_set_new(object, "records", records);
    set(object, "variant", table->variant);
    json_object_set_new(object, "keys", keys);
    set(object, "exit", table->exit);
    set_number(object, "columns", (unsigned)plan->column_count);
    set(object, "origin", table->origin);
    return object;
}

static void put_formula(const void *what, FILE *text)
{
    mr_fact_formula(what, text);
}

/* What is known of a field, wherever it is shown. */
static void set_field(json_t *object, const struct mr_layout *layout, const struct mr_field *field)
{
    set_record(object, layout);
    set(object, "field", field->name);
    if (field->group != MR_NO_INDEX)
        set(object, "entry", layout->groups[field->group].name);
    set(object, "form", mr_type_word((enum mr_field_type)field->type));
    if (field->length_field == MR_NO_INDEX && field->length != MR_LENGTH_REST)
        set_number(object, "length", field->length);
}

/* Of a counter; the word of the schema for the usual one is none. */
static void set_direction(json_t *object, const struct mr_field *field)
{
    if (field->semantic == MR_SEM_COUNTER || field->semantic == MR_SEM_DURATION_COUNTER)
        set(object, "direction",
            field->direction == MR_DIR_UP ? "up" : mr_direction_word((enum mr_direction)field->direction));
}

static void set_source(json_t *object, const struct mr_field *field)
{
    set(object, "since", field->since);
    set(object, "confidence", mr_confidence_word((enum mr_confidence)field->confidence));
    set(object, "label_from", mr_label_confidence_word((enum mr_label_confidence)field->label_confidence));
    set(object, "origin", field->origin);
    set(object, "note", field->note);
}

static json_t *column_object(const struct mr_fact *fact)
{
    const struct mr_column *column = fact->column;
    json_t *object = json_pack("{s:s, s:s, s:s}", "kind", "column", "table", fact->plan->table->name, "column",
                               column->name);

    set(object, "label", column->label);
    set(object, "type", mr_cell_type_word(column->type));
    set(object, "unit", column->unit);
    set(object, "class", mr_class_word(fact->class));
    set(object, "semantic", mr_fact_semantic(fact));
    json_object_set_new(object, "key", json_boolean(fact->key));
    json_object_set_new(object, "difference", json_boolean(fact->difference));
    if (fact->added)
        json_object_set_new(object, "added_by_exit", json_true());
    set_put(object, "formula", put_formula, fact);
    if (fact->field != NULL) {
        set_field(object, fact->layout, fact->field);
        set_number(object, "offset", fact->offset);
        set_direction(object, fact->field);
        set_source(object, fact->field);
    } else if (fact->layout != NULL) {
        set_record(object, fact->layout);
    }
    if (fact->derived != NULL) {
        set(object, "confidence", fact->derived->confidence);
        set(object, "origin", fact->derived->origin);
    }
    return object;
}

static void json_column(const struct mr_dictionary *dictionary, const struct mr_plan *plan, unsigned index, FILE *out)
{
    struct mr_fact fact;

    mr_dictionary_fact(dictionary, plan, index, &fact);
    put_object(column_object(&fact), out);
}

static void json_tables(const struct mr_dictionary *dictionary, FILE *out)
{
    for (size_t p = 0; p < dictionary->plan_count; p++)
        put_object(table_object(dictionary->plans[p]), out);
}

static void json_table(const struct mr_dictionary *dictionary, const struct mr_plan *plan, FILE *out)
{
    put_object(table_object(plan), out);
    for (size_t c = 0; c < plan->column_count; c++)
        json_column(dictionary, plan, (unsigned)c, out);
}

static json_t *record_object(const struct mr_dictionary *dictionary, const struct mr_layout *layout)
{
    json_t *object = json_pack("{s:s}", "kind", "record"), *tables = json_array();

    for (size_t p = 0; p < dictionary->plan_count; p++) {
        if (mr_describe_feeds(layout, dictionary->plans[p]))
            json_array_append_new(tables, json_string(dictionary->plans[p]->table->name));
    }
    set_record(object, layout);
    set(object, "title", layout->title);
    set(object, "when", mr_describe_kind(layout));
    set_put(object, "lengths", mr_describe_lengths, layout);
    set(object, "since", layout->first_release);
    json_object_set_new(object, "tables", tables);
    set_number(object, "fields", layout->field_count);
    set(object, "note", layout->note);
    set(object, "source", layout->source);
    set(object, "origin", layout->origin);
    return object;
}

static json_t *field_object(const struct mr_layout *layout, const struct mr_field *field)
{
    json_t *object = json_pack("{s:s}", "kind", "field");

    set_field(object, layout, field);
    set_number(object, "offset", field->offset);
    if (field->count > 1) {
        set_number(object, "elements", field->count);
        set_number(object, "step", field->step);
    }
    set(object, "label", field->label);
    set(object, "unit", field->unit == MR_UNIT_NONE ? "" : mr_unit_word((enum mr_unit)field->unit));
    set(object, "semantic", mr_semantic_word((enum mr_semantic)field->semantic));
    set_direction(object, field);
    set_source(object, field);
    return object;
}

static void json_record(const struct mr_dictionary *dictionary, const struct mr_layout *layout, FILE *out)
{
    put_object(record_object(dictionary, layout), out);
    for (unsigned f = 0; f < layout->field_count; f++)
        put_object(field_object(layout, &layout->fields[f]), out);
}

static void json_field(const struct mr_dictionary *dictionary, const struct mr_layout *layout,
                       const struct mr_field *field, FILE *out)
{
    json_t *object = field_object(layout, field), *columns = json_array();
    char name[160];

    for (size_t p = 0; p < dictionary->plan_count; p++) {
        const struct mr_plan *plan = dictionary->plans[p];

        for (size_t c = 0; c < plan->column_count; c++) {
            if (!mr_describe_shows(dictionary, plan, (unsigned)c, layout, field))
                continue;
            snprintf(name, sizeof name, "%s.%s", plan->table->name, plan->columns[c].name);
            json_array_append_new(columns, json_string(name));
        }
    }
    json_object_set_new(object, "columns", columns);
    put_object(object, out);
}

static size_t json_search(const struct mr_dictionary *dictionary, const char *const *words, size_t count, FILE *out)
{
    size_t found = 0;

    for (size_t p = 0; p < dictionary->plan_count; p++) {
        const struct mr_plan *plan = dictionary->plans[p];

        if (mr_describe_has(plan->table->name, plan->table->title, words, count)) {
            put_object(table_object(plan), out);
            found++;
        }
    }
    for (size_t i = 0; i < dictionary->schema->layout_count; i++) {
        const struct mr_layout *layout = &dictionary->schema->layouts[i];

        if (mr_describe_has(layout->dsect, layout->title, words, count)) {
            put_object(record_object(dictionary, layout), out);
            found++;
        }
    }
    /* The columns that every table begins with are told once. */
    for (size_t p = 0; p < dictionary->plan_count; p++) {
        const struct mr_plan *plan = dictionary->plans[p];

        for (size_t c = p == 0 ? 0 : MR_COL_COMMON; c < plan->column_count; c++) {
            if (!mr_describe_has(plan->columns[c].name, plan->columns[c].label, words, count))
                continue;
            json_column(dictionary, plan, (unsigned)c, out);
            found++;
        }
    }
    return found;
}

const struct mr_describe_form mr_describe_json = {
    .tables = json_tables,
    .table = json_table,
    .column = json_column,
    .record = json_record,
    .field = json_field,
    .search = json_search,
    .between = "",
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/yardstick.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 2048

static bool counts(const struct mr_field *field)
{
    return field->semantic == MR_SEM_COUNTER || field->semantic == MR_SEM_DURATION_COUNTER;
}

static enum kind kind_of(const struct mr_field *field)
{
    bool duration = mr_unit_micros(field->unit) != 0 && field->unit != MR_UNIT_S;

    switch (field->type) {
    case MR_TYPE_CHAR:
        return KIND_TEXT;
    case MR_TYPE_BITS:
    case MR_TYPE_BYTES:
        return field->show == MR_SHOW_ASCII ? KIND_ASCII : KIND_HEX;
    case MR_TYPE_BCD:
        return KIND_DIGITS;
    case MR_TYPE_TOD:
        return KIND_TOD;
    case MR_TYPE_TIMER:
        return KIND_TIMER;
    case MR_TYPE_S16:
    case MR_TYPE_S32:
        return duration ? KIND_SECONDS : KIND_INT;
    default:
        if (field->show == MR_SHOW_HEX)
            return KIND_HEX;
        if (field->semantic == MR_SEM_TIME && field->unit == MR_UNIT_S)
            return KIND_UNIX;
        return duration ? KIND_SECONDS : KIND_UINT;
    }
}

static unsigned fixed_count(const struct mr_group *group)
{
    return group->count.field == MR_NO_INDEX ? group->count.value : 0;
}

static struct column *add_column(struct feed *feed)
{
    if (feed->column_count == COLUMNS_MAX)
        give_up("columns");
    if (feed->columns == NULL)
        feed->columns = calloc(COLUMNS_MAX, sizeof *feed->columns);
    if (feed->columns == NULL)
        give_up("memory");
    return &feed->columns[feed->column_count++];
}

static void add_key_column(struct feed *feed, const struct mr_table_key *key)
{
    bool entry = key->field[0] == '#';
    int index = entry ? MR_NO_INDEX : mr_layout_field(feed->layout, key->field);
    struct column *column;

    /* Each record of a table names the field that its key is made of; the loader has found each of them somewhere. */
    if (!entry && index == MR_NO_INDEX)
        return;
    column = add_column(feed);
    column->computed = true;
    snprintf(column->name, sizeof column->name, "%s", key->column);
    if (entry) {
        column->kind = KIND_INDEX;
        column->hex = key->field[1] == 'x';
        column->key = true;
        return;
    }
    column->field = &feed->layout->fields[index];
    column->offset = column->field->offset + 2;
    column->length = 2;
    column->kind = KIND_HEX;
}

static void add_field(struct feed *feed, const struct mr_field *field)
{
    const struct mr_group *group = field->group == MR_NO_INDEX ? NULL : &feed->layout->groups[field->group];
    bool in_row = group != NULL && group == feed->entries;
    unsigned entries = group == NULL || in_row ? 1 : fixed_count(group), n = 0;

    if (entries > 16)
        entries = 0;
    for (unsigned e = 0; e < entries; e++) {
        for (unsigned i = 0; i < field->count; i++) {
            struct column *column = add_column(feed);

            if (entries > 1 || field->count > 1)
                snprintf(column->name, sizeof column->name, "%s_%u", field->name, ++n);
            else
                snprintf(column->name, sizeof column->name, "%s", field->name);
            column->field = field;
            column->group = in_row ? NULL : group;
            column->entry = e;
            column->in_row_entry = in_row;
            column->offset = field->offset + i * field->step;
            column->length = field->length;
            column->kind = kind_of(field);
            column->key = field->semantic == MR_SEM_KEY && field->count == 1 && field->length != 0 &&
                          field->length != MR_LENGTH_REST && (group == NULL || in_row);
            column->counter = feed->sample && counts(field) &&
                              (column->kind == KIND_UINT || column->kind == KIND_TIMER ||
                               (column->kind == KIND_SECONDS && field->type <= MR_TYPE_U64));
            if (column->counter)
                column->slot = feed->slot_count++;
        }
    }
}

static void add_formulas(struct feed *feed)
{
    const struct mr_schema *schema = mr_schema_builtin();

    for (size_t i = 0; i < schema->derived_count; i++) {
        const struct mr_derived *derived = &schema->derived[i];
        struct formula *formula, *condition;
        struct column *column;

        if (strcmp(derived->table, feed->table->schema->name) != 0)
            continue;
        formula = formula_read(feed, derived->formula);
        condition = formula_read(feed, derived->condition);
        column = add_column(feed);
        snprintf(column->name, sizeof column->name, "%s", derived->column);
        column->kind = KIND_REAL;
        column->formula = formula;
        column->condition = condition;
        feed->has_formulas = true;
    }
}

static const struct mr_field *mark_of(const struct mr_layout *layout)
{
    const struct mr_schema *schema = mr_schema_builtin();

    for (size_t i = 0; i < schema->session_count; i++) {
        const struct mr_session *session = &schema->sessions[i];

        if (session->effect == MR_SESSION_MARK && session->record.domain == layout->domain &&
            session->record.number == layout->number)
            return &layout->fields[mr_layout_field(layout, session->fields)];
    }
    return NULL;
}

static bool shown(const struct mr_table *table, const struct mr_field *field)
{
    char name[80];

    snprintf(name, sizeof name, " %s ", field->name);
    return table->select == MR_SELECT_LIST ? strstr(table->list, name) != NULL
                                           : table->select == MR_SELECT_ALL || !counts(field);
}

static void make_feed(struct feed *feed, struct table *table, const struct mr_layout *layout)
{
    const struct mr_table *schema = table->schema;

    feed->table = table;
    feed->layout = layout;
    feed->sample = (layout->kind & MR_KIND_SAMPLE) != 0;
    feed->mark = mark_of(layout);
    for (unsigned g = 0; g < layout->group_count && feed->entries == NULL; g++) {
        if (schema->rows[0] != '\0' ? strcmp(schema->rows, layout->groups[g].name) == 0
                                    : fixed_count(&layout->groups[g]) == 0)
            feed->entries = &layout->groups[g];
    }
    for (unsigned k = 0; k < schema->key_count; k++)
        add_key_column(feed, &schema->keys[k]);
    for (unsigned f = 0; f < layout->field_count; f++) {
        if (shown(schema, &layout->fields[f]))
            add_field(feed, &layout->fields[f]);
    }
    add_formulas(feed);
    feed->things = feed->sample ? calloc(BUCKETS, sizeof *feed->things) : NULL;
    if (feed->sample && feed->things == NULL)
        give_up("memory");
}

static void make_table(const struct mr_table *schema, struct feed *feeds[16][256])
{
    struct table *table = calloc(1, sizeof *table);

    if (table == NULL)
        give_up("memory");
    table->schema = schema;
    table->tells_record = schema->rule == MR_RULE_CONFIG && schema->record_count > 1;
    for (unsigned r = 0; r < schema->record_count; r++) {
        const struct mr_record_id *id = &schema->records[r];
        struct feed *feed = &table->feeds[table->feed_count++];

        make_feed(feed, table, mr_schema_layout(mr_schema_builtin(), id->domain, id->number, ""));
        feed->next = feeds[id->domain][id->number];
        feeds[id->domain][id->number] = feed;
    }
}

void tables_make(struct feed *feeds[16][256])
{
    const struct mr_schema *schema = mr_schema_builtin();

    for (size_t t = 0; t < schema->table_count; t++) {
        const struct mr_table *table = &schema->tables[t];
        bool made = (table->rule == MR_RULE_RECORD || table->rule == MR_RULE_CONFIG) && table->variant[0] == '\0';

        /* Application data are told apart by their content; storage of an entry depends on its kind in 5/10. */
        for (unsigned r = 0; r < table->record_count; r++)
            made = made && table->records[r].domain != 10 &&
                   !(table->records[r].domain == 5 && table->records[r].number == 10);
        if (made)
            make_table(table, feeds);
    }
}

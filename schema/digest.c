/* SPDX-License-Identifier: Apache-2.0 */
/* A number for a schema: FNV-1a with a step for each character of a text and for each number. */
#include "schema/schema.h"

static void put_number(uint64_t *digest, uint64_t number)
{
    *digest = (*digest ^ number) * UINT64_C(1099511628211);
}

/* The zero at the end keeps texts apart. */
static void put_text(uint64_t *digest, const char *text)
{
    do
        *digest = (*digest ^ (text == NULL ? 0 : (unsigned char)*text)) * UINT64_C(1099511628211);
    while (text != NULL && *text++ != '\0');
}

static void put_texts(uint64_t *digest, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_text(digest, texts[i]);
}

static void put_numbers(uint64_t *digest, const uint64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_number(digest, numbers[i]);
}

#define PUT_TEXTS(digest, ...) \
    put_texts(digest, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
#define PUT_NUMBERS(digest, ...) \
    put_numbers(digest, (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static void put_record(uint64_t *digest, const struct mr_record_id *id)
{
    PUT_NUMBERS(digest, id->domain, id->number);
}

static void put_operand(uint64_t *digest, const struct mr_operand *operand)
{
    PUT_NUMBERS(digest, operand->value, (uint64_t)operand->field, operand->case_count);
    for (unsigned i = 0; i < operand->case_count; i++)
        PUT_NUMBERS(digest, operand->cases[i].is, operand->cases[i].value);
}

static void put_field(uint64_t *digest, const struct mr_field *field)
{
    PUT_TEXTS(digest, field->name, field->label, field->since);
    PUT_NUMBERS(digest, field->offset, field->alternate, field->length, field->count, field->step,
                (uint64_t)field->group, (uint64_t)field->length_field, field->type, field->unit, field->semantic,
                field->direction, field->show);
}

static void put_layout(uint64_t *digest, const struct mr_layout *layout)
{
    PUT_NUMBERS(digest, layout->domain, layout->number, layout->kind, layout->length, layout->field_count,
                layout->group_count);
    PUT_TEXTS(digest, layout->variant, layout->dsect, layout->title, layout->lengths, layout->first_release);
    for (unsigned i = 0; i < layout->field_count; i++)
        put_field(digest, &layout->fields[i]);
    for (unsigned i = 0; i < layout->group_count; i++) {
        const struct mr_group *group = &layout->groups[i];

        put_text(digest, group->name);
        put_operand(digest, &group->at);
        put_operand(digest, &group->stride);
        put_operand(digest, &group->count);
        PUT_NUMBERS(digest, (uint64_t)group->when_field, group->when_value);
    }
}

static void put_table(uint64_t *digest, const struct mr_table *table)
{
    PUT_TEXTS(digest, table->name, table->title, table->variant, table->rows, table->elapsed, table->list);
    PUT_NUMBERS(digest, table->rule, table->select, table->record_count, table->key_count);
    for (unsigned i = 0; i < table->record_count; i++)
        put_record(digest, &table->records[i]);
    for (unsigned i = 0; i < table->key_count; i++)
        PUT_TEXTS(digest, table->keys[i].column, table->keys[i].field);
}

static void put_sessions(uint64_t *digest, const struct mr_schema *schema)
{
    for (size_t i = 0; i < schema->session_count; i++) {
        const struct mr_session *session = &schema->sessions[i];

        put_number(digest, session->effect);
        put_record(digest, &session->event);
        put_record(digest, &session->record);
        PUT_TEXTS(digest, session->event_fields, session->fields);
    }
}

static void put_variants(uint64_t *digest, const struct mr_schema *schema)
{
    for (size_t i = 0; i < schema->variant_count; i++) {
        const struct mr_variant *variant = &schema->variants[i];

        put_record(digest, &variant->record);
        PUT_TEXTS(digest, variant->variant, variant->match, variant->field, variant->texts, variant->data_offset,
                  variant->data_length, variant->equal_first, variant->equal_second);
        PUT_NUMBERS(digest, variant->texts_at, variant->data_at);
    }
}

static void put_columns(uint64_t *digest, const struct mr_schema *schema)
{
    for (size_t i = 0; i < schema->join_count; i++) {
        const struct mr_join *join = &schema->joins[i];

        PUT_TEXTS(digest, join->table, join->column, join->source, join->from, join->when, join->label,
                  join->by);
        put_number(digest, join->function);
    }
    for (size_t i = 0; i < schema->derived_count; i++) {
        const struct mr_derived *derived = &schema->derived[i];

        PUT_TEXTS(digest, derived->table, derived->column, derived->unit, derived->formula, derived->condition,
                  derived->label);
    }
}

static void put_checks(uint64_t *digest, const struct mr_schema *schema)
{
    for (size_t i = 0; i < schema->check_count; i++) {
        put_record(digest, &schema->checks[i].record);
        put_number(digest, schema->checks[i].kind);
        PUT_TEXTS(digest, schema->checks[i].field, schema->checks[i].other);
    }
    for (size_t i = 0; i < schema->balance_count; i++)
        PUT_TEXTS(digest, schema->balances[i].table, schema->balances[i].name, schema->balances[i].rule);
}

static void put_limits(uint64_t *digest, const struct mr_schema *schema)
{
    for (size_t i = 0; i < schema->bound_count; i++) {
        const struct mr_bound *bound = &schema->bounds[i];

        put_record(digest, &bound->record);
        put_text(digest, bound->field);
        /* Exact enough to tell bounds apart, and the same on every machine. */
        PUT_NUMBERS(digest, (uint64_t)(bound->rise * 1000), bound->any_record, bound->any_kind, bound->any_unit,
                    bound->any_time, bound->semantic, bound->unit);
    }
    for (size_t i = 0; i < schema->wider_count; i++) {
        put_record(digest, &schema->wider[i].record);
        PUT_TEXTS(digest, schema->wider[i].field, schema->wider[i].wider);
    }
    for (size_t i = 0; i < schema->superseded_count; i++) {
        put_record(digest, &schema->superseded[i].record);
        put_record(digest, &schema->superseded[i].by);
        put_text(digest, schema->superseded[i].field);
    }
}

uint64_t mr_schema_digest(const struct mr_schema *schema)
{
    uint64_t digest = UINT64_C(14695981039346656037);

    if (schema->digest != 0)
        return schema->digest;
    PUT_NUMBERS(&digest, schema->layout_count, schema->table_count, schema->session_count, schema->variant_count,
                schema->join_count, schema->derived_count, schema->check_count, schema->balance_count,
                schema->bound_count, schema->wider_count, schema->superseded_count);
    for (size_t i = 0; i < schema->layout_count; i++)
        put_layout(&digest, &schema->layouts[i]);
    for (size_t i = 0; i < schema->table_count; i++)
        put_table(&digest, &schema->tables[i]);
    put_sessions(&digest, schema);
    put_variants(&digest, schema);
    put_columns(&digest, schema);
    put_checks(&digest, schema);
    put_limits(&digest, schema);
    return digest;
}

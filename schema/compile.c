/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host program of the build: reads a schema folder with the parser that also reads a site's overlay, and prints
 * it as constant C tables.  Usage: compile FOLDER OUTPUT
 */
#include "schema/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_message(void *context, const struct mr_message *message)
{
    char line[1024];

    (void)context;
    fprintf(stderr, "%s\n", mr_message_format(line, sizeof line, message));
}

/* A C string literal.  Bytes beyond ASCII are printed as octal escapes, which end after three digits. */
static void put_text(FILE *out, const char *text)
{
    putc('"', out);
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\' || *p == '?')
            fprintf(out, "\\%c", *p);
        else if (*p < ' ' || *p > '~')
            fprintf(out, "\\%03o", *p);
        else
            putc(*p, out);
    }
    putc('"', out);
}

static void put_texts(FILE *out, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put_text(out, texts[i]);
        fputs(", ", out);
    }
}

static void put_field(FILE *out, const struct mr_field *f)
{
    fputs("    {", out);
    put_texts(out, (const char *const[]){f->name, f->label, f->since, f->note, f->origin}, 5);
    fprintf(out, "%u, %u, %u, %u, %u, %d, %d, %u, %u, %u, %u, %u, %u, %u},\n", f->offset, f->alternate, f->length, f->count, f->step,
            f->group, f->length_field, f->type, f->unit, f->semantic, f->direction, f->confidence,
            f->label_confidence, f->show);
}

static void put_operand(FILE *out, const struct mr_operand *operand)
{
    fprintf(out, "{%u, %d, %u, {", operand->value, operand->field, operand->case_count);
    for (unsigned i = 0; i < MR_CASES_MAX; i++)
        fprintf(out, "{%u, %u}, ", operand->cases[i].is, operand->cases[i].value);
    fputs("}}, ", out);
}

static void put_group(FILE *out, const struct mr_group *group)
{
    fputs("    {", out);
    put_text(out, group->name);
    fputs(", ", out);
    put_operand(out, &group->at);
    put_operand(out, &group->stride);
    put_operand(out, &group->count);
    fprintf(out, "%d, %u, ", group->when_field, group->when_value);
    put_text(out, group->origin);
    fputs("},\n", out);
}

static void put_parts(FILE *out, const struct mr_schema *schema)
{
    for (size_t i = 0; i < schema->layout_count; i++) {
        const struct mr_layout *layout = &schema->layouts[i];

        if (layout->field_count > 0) {
            fprintf(out, "static const struct mr_field fields_%zu[] = {\n", i);
            for (unsigned f = 0; f < layout->field_count; f++)
                put_field(out, &layout->fields[f]);
            fputs("};\n", out);
        }
        if (layout->group_count > 0) {
            fprintf(out, "static const struct mr_group groups_%zu[] = {\n", i);
            for (unsigned g = 0; g < layout->group_count; g++)
                put_group(out, &layout->groups[g]);
            fputs("};\n", out);
        }
    }
}

static void put_layouts(FILE *out, const struct mr_schema *schema)
{
    fputs("static const struct mr_layout layouts[] = {\n", out);
    for (size_t i = 0; i < schema->layout_count; i++) {
        const struct mr_layout *l = &schema->layouts[i];

        fprintf(out, "    {%u, %u, ", l->domain, l->number);
        put_texts(out, (const char *const[]){l->variant, l->dsect, l->title}, 3);
        fprintf(out, "%u, %u, ", l->kind, l->length);
        put_texts(out, (const char *const[]){l->lengths, l->first_release, l->note, l->source, l->origin}, 5);
        if (l->field_count > 0)
            fprintf(out, "fields_%zu, %u, ", i, l->field_count);
        else
            fputs("0, 0, ", out);
        if (l->group_count > 0)
            fprintf(out, "groups_%zu, %u},\n", i, l->group_count);
        else
            fputs("0, 0},\n", out);
    }
    fputs("};\n", out);
}

static void put_tables(FILE *out, const struct mr_schema *schema)
{
    fputs("static const struct mr_table tables[] = {\n", out);
    for (size_t i = 0; i < schema->table_count; i++) {
        const struct mr_table *t = &schema->tables[i];

        fputs("    {", out);
        put_texts(out, (const char *const[]){t->name, t->title, t->exit, t->description, t->origin, t->variant, t->rows, t->elapsed,
                                        t->list},
                  9);
        fprintf(out, "%u, %u, %u, %u, {", t->rule, t->select, t->record_count, t->key_count);
        for (unsigned r = 0; r < t->record_count; r++)
            fprintf(out, "{%u, %u}, ", t->records[r].domain, t->records[r].number);
        fputs("}, {", out);
        for (unsigned k = 0; k < MR_TABLE_KEYS_MAX; k++) {
            if (k < t->key_count) {
                fputs("{", out);
                put_text(out, t->keys[k].column);
                fputs(", ", out);
                put_text(out, t->keys[k].field);
                fputs("}, ", out);
            } else {
                fputs("{0, 0}, ", out);
            }
        }
        fputs("}},\n", out);
    }
    fputs("};\n", out);
}

static void put_sessions(FILE *out, const struct mr_schema *schema)
{
    fputs("static const struct mr_session sessions[] = {\n", out);
    for (size_t i = 0; i < schema->session_count; i++) {
        const struct mr_session *s = &schema->sessions[i];

        fprintf(out, "    {%u, {%u, %u}, {%u, %u}, ", s->effect, s->event.domain, s->event.number, s->record.domain,
                s->record.number);
        put_texts(out, (const char *const[]){s->event_fields, s->fields, s->origin}, 3);
        fputs("},\n", out);
    }
    fputs("};\n", out);
}

static void put_variants(FILE *out, const struct mr_schema *schema)
{
    fputs("static const struct mr_variant variants[] = {\n", out);
    for (size_t i = 0; i < schema->variant_count; i++) {
        const struct mr_variant *v = &schema->variants[i];

        fprintf(out, "    {{%u, %u}, ", v->record.domain, v->record.number);
        put_texts(out, (const char *const[]){v->variant, v->match, v->field, v->texts}, 4);
        fprintf(out, "%u, %u, ", v->texts_at, v->data_at);
        put_texts(out,
                  (const char *const[]){v->data_offset, v->data_length, v->equal_first, v->equal_second, v->origin},
                  5);
        fputs("},\n", out);
    }
    fputs("};\n", out);
}

static void put_joins(FILE *out, const struct mr_schema *schema)
{
    fputs("static const struct mr_join joins[] = {\n", out);
    for (size_t i = 0; i < schema->join_count; i++) {
        const struct mr_join *j = &schema->joins[i];

        fputs("    {", out);
        put_texts(out, (const char *const[]){j->table, j->column}, 2);
        fprintf(out, "%u, ", j->function);
        put_texts(out, (const char *const[]){j->source, j->from, j->when, j->by, j->label, j->origin}, 6);
        fputs("},\n", out);
    }
    fputs("};\n", out);
}

static void put_derived(FILE *out, const struct mr_schema *schema)
{
    fputs("static const struct mr_derived derived[] = {\n", out);
    for (size_t i = 0; i < schema->derived_count; i++) {
        const struct mr_derived *d = &schema->derived[i];

        fputs("    {", out);
        put_texts(out,
                  (const char *const[]){d->table, d->column, d->unit, d->formula, d->condition, d->label,
                                        d->confidence, d->origin},
                  8);
        fputs("},\n", out);
    }
    fputs("};\n", out);
}

static void put_checks(FILE *out, const struct mr_schema *schema)
{
    fputs("static const struct mr_layout_check checks[] = {\n", out);
    for (size_t i = 0; i < schema->check_count; i++) {
        const struct mr_layout_check *c = &schema->checks[i];

        fprintf(out, "    {{%u, %u}, %u, ", c->record.domain, c->record.number, c->kind);
        put_texts(out, (const char *const[]){c->field, c->other, c->origin}, 3);
        fputs("},\n", out);
    }
    fputs("};\n", out);
}

static void put_balances(FILE *out, const struct mr_schema *schema)
{
    fputs("static const struct mr_balance balances[] = {\n", out);
    for (size_t i = 0; i < schema->balance_count; i++) {
        const struct mr_balance *b = &schema->balances[i];

        fputs("    {", out);
        put_texts(out, (const char *const[]){b->table, b->name, b->rule, b->label, b->origin}, 5);
        fputs("},\n", out);
    }
    fputs("};\n", out);
}

static void put_limits(FILE *out, const struct mr_schema *schema)
{
    fputs("static const struct mr_bound bounds[] = {\n", out);
    for (size_t i = 0; i < schema->bound_count; i++) {
        const struct mr_bound *b = &schema->bounds[i];

        fprintf(out, "    {{%u, %u}, ", b->record.domain, b->record.number);
        put_texts(out, (const char *const[]){b->field}, 1);
        fprintf(out, "%.17g, %d, %d, %d, %d, %u, %u, ", b->rise, b->any_record, b->any_kind, b->any_unit, b->any_time,
                b->semantic, b->unit);
        put_texts(out, (const char *const[]){b->origin}, 1);
        fputs("},\n", out);
    }
    fputs("};\nstatic const struct mr_wider wider[] = {\n", out);
    for (size_t i = 0; i < schema->wider_count; i++) {
        const struct mr_wider *w = &schema->wider[i];

        fprintf(out, "    {{%u, %u}, ", w->record.domain, w->record.number);
        put_texts(out, (const char *const[]){w->field, w->wider, w->origin}, 3);
        fputs("},\n", out);
    }
    fputs("};\nstatic const struct mr_superseded superseded[] = {\n", out);
    for (size_t i = 0; i < schema->superseded_count; i++) {
        const struct mr_superseded *s = &schema->superseded[i];

        fprintf(out, "    {{%u, %u}, ", s->record.domain, s->record.number);
        put_texts(out, (const char *const[]){s->field}, 1);
        fprintf(out, "{%u, %u}, ", s->by.domain, s->by.number);
        put_texts(out, (const char *const[]){s->origin}, 1);
        fputs("},\n", out);
    }
    fputs("};\n", out);
}

static int put_schema(FILE *out, const struct mr_schema *schema)
{
    fputs("/* SPDX-License-Identifier: Apache-2.0 */\n/* Made from the CSV files of schema/ by the build. */\n"
          "#include \"schema/schema.h\"\n\n",
          out);
    put_parts(out, schema);
    put_layouts(out, schema);
    put_tables(out, schema);
    put_sessions(out, schema);
    put_variants(out, schema);
    put_joins(out, schema);
    put_derived(out, schema);
    put_checks(out, schema);
    put_balances(out, schema);
    put_limits(out, schema);
    fprintf(out,
            "static const struct mr_schema builtin = {layouts, %zu, tables, %zu, sessions, %zu, variants, %zu, joins, %zu, "
            "derived, %zu, checks, %zu, balances, %zu, bounds, %zu, wider, %zu, superseded, %zu, 0, UINT64_C(0x%016" PRIX64 ")};\n\n"
            "const struct mr_schema *mr_schema_builtin(void)\n{\n    return &builtin;\n}\n",
            schema->layout_count, schema->table_count, schema->session_count, schema->variant_count,
            schema->join_count,
            schema->derived_count, schema->check_count, schema->balance_count, schema->bound_count,
            schema->wider_count, schema->superseded_count, mr_schema_digest(schema));
    return ferror(out) ? MR_FATAL : MR_OK;
}

int main(int argc, char **argv)
{
    struct mr_log log = {.sink = print_message};
    struct mr_schema *schema = NULL;
    FILE *out;
    int status;

    if (argc != 3) {
        fprintf(stderr, "usage: %s FOLDER OUTPUT\n", argv[0]);
        return 16;
    }
    if (mr_schema_load(&schema, NULL, argv[1], &log) != MR_OK)
        return 16;
    out = fopen(argv[2], "we");
    if (out == NULL) {
        perror(argv[2]);
        mr_schema_free(schema);
        return 16;
    }
    status = put_schema(out, schema);
    if (fclose(out) != 0 || status != MR_OK) {
        perror(argv[2]);
        status = MR_FATAL;
    }
    mr_schema_free(schema);
    return status == MR_OK ? 0 : 16;
}

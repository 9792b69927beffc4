/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold in any schema: no overlap, nothing beyond the record, no name twice, no reference into nothing. */
#include "reader/record.h"
#include "schema/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUBCHANNEL_ID_BYTES 4

struct span {
    const struct mr_field *field;
    unsigned line;
};

unsigned mr_field_end(const struct mr_field *field)
{
    if (field->length == 0 || field->length == MR_LENGTH_REST)
        return 0;
    return field->offset + (unsigned)(field->count - 1) * field->step + field->length;
}

static int by_place(const void *a, const void *b)
{
    const struct mr_field *x = ((const struct span *)a)->field, *y = ((const struct span *)b)->field;

    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->length < y->length ? -1 : 1;
}

/* The longest the record is known to be: its 5.3 length and those of other releases; the limit where any is open. */
static unsigned longest(const struct mr_layout *layout)
{
    unsigned most = layout->length;
    const char *p = layout->lengths;

    while ((p = strchr(p, ':')) != NULL) {
        char *end;
        unsigned long n = strtoul(++p, &end, 10);

        if (*end == '+')
            return MR_RECORD_MAX;
        if (n > most)
            most = (unsigned)n;
        p = end;
    }
    return most == 0 ? MR_RECORD_MAX : most;
}

/* Elements of an array whose step is wider than an element leave room for others between them. */
static int spans_overlap(const struct mr_field *x, const struct mr_field *y)
{
    if (x->group != y->group || mr_field_end(x) <= y->offset)
        return 0;
    return x->step <= x->length || y->step != x->step || (y->offset - x->offset) % x->step < x->length;
}

static void check_field(struct mr_build *build, const struct mr_layout_draft *draft, const struct span *span)
{
    const struct mr_field *field = span->field;

    if (field->group == MR_NO_INDEX && field->offset < MR_HEADER_BYTES)
        mr_build_fault(build, MR_MSG_SCHEMA_OVERLAP, span->line, "%s lies in the record header", field->name);
    if (mr_field_end(field) > (field->group == MR_NO_INDEX ? longest(&draft->layout) : MR_RECORD_MAX))
        mr_build_fault(build, MR_MSG_SCHEMA_BEYOND, span->line, "%s ends at %u", field->name, mr_field_end(field));
}

static void check_layout(struct mr_build *build, const struct mr_layout_draft *draft)
{
    struct span *spans = calloc(draft->field_count + 1, sizeof *spans);

    if (spans == NULL) {
        mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, 0, "%s", "");
        return;
    }
    build->path = draft->fields_path;
    for (size_t i = 0; i < draft->field_count; i++) {
        spans[i] = (struct span){&draft->fields[i], draft->field_line[i]};
        check_field(build, draft, &spans[i]);
        for (size_t k = 0; k < i; k++) {
            if (strcmp(draft->fields[k].name, draft->fields[i].name) == 0)
                mr_build_fault(build, MR_MSG_SCHEMA_DUPLICATE, draft->field_line[i], "field %s",
                               draft->fields[i].name);
        }
    }
    qsort(spans, draft->field_count, sizeof *spans, by_place);
    for (size_t i = 1; i < draft->field_count; i++) {
        if (spans_overlap(spans[i - 1].field, spans[i].field))
            mr_build_fault(build, MR_MSG_SCHEMA_OVERLAP, spans[i].line, "%s at %u and %s", spans[i].field->name,
                           spans[i].field->offset, spans[i - 1].field->name);
    }
    free(spans);
}

/* Is there a field (or, for groups, a group) of this name in any record of the table? */
static int in_records(struct mr_build *build, const struct mr_table *table, const char *name, int groups)
{
    for (unsigned r = 0; r < table->record_count; r++) {
        const struct mr_layout_draft *layout =
            mr_build_layout(build, table->records[r].domain, table->records[r].number, table->variant);

        for (size_t g = 0; groups && layout != NULL && g < layout->group_count; g++) {
            if (strcmp(layout->groups[g].name, name) == 0)
                return 1;
        }
        for (size_t f = 0; !groups && layout != NULL && f < layout->field_count; f++) {
            if (strcmp(layout->fields[f].name, name) == 0)
                return 1;
        }
    }
    return 0;
}

static void check_list(struct mr_build *build, const struct mr_table_draft *draft)
{
    const char *p = draft->table.list;
    char name[64];
    int used;

    while (sscanf(p, " %63s%n", name, &used) == 1) {
        p += used;
        if (!in_records(build, &draft->table, name, 0))
            mr_build_fault(build, MR_MSG_SCHEMA_REFERENCE, draft->line, "table %s: column %s refers to no field",
                           draft->table.name, name);
    }
}

/* Is this the number of an entry, or a subchannel id of one of the records? */
static bool key_stands(struct mr_build *build, const struct mr_table *table, const char *name)
{
    if (name[0] == '#')
        return strcmp(name, "#") == 0 || strcmp(name, "#x") == 0;
    for (unsigned r = 0; r < table->record_count; r++) {
        const struct mr_layout_draft *layout =
            mr_build_layout(build, table->records[r].domain, table->records[r].number, table->variant);

        for (size_t f = 0; layout != NULL && f < layout->field_count; f++) {
            if (strcmp(layout->fields[f].name, name) == 0)
                return layout->fields[f].length == SUBCHANNEL_ID_BYTES;
        }
    }
    return false;
}

/* Fields of several records can fill one computed column; the number of the entry has one of its own. */
static bool key_is_alone(const struct mr_table *table, unsigned key)
{
    for (unsigned k = 0; k < table->key_count; k++) {
        if (k != key && strcmp(table->keys[k].column, table->keys[key].column) == 0)
            return false;
    }
    return true;
}

static void check_keys(struct mr_build *build, const struct mr_table_draft *draft)
{
    const struct mr_table *table = &draft->table;

    for (unsigned k = 0; k < table->key_count; k++) {
        const struct mr_table_key *key = &table->keys[k];

        if (!key_stands(build, table, key->field))
            mr_build_fault(build, MR_MSG_SCHEMA_REFERENCE, draft->line, "table %s: column %s refers to field %s",
                           table->name, key->column, key->field);
        else if (key->field[0] == '#' && !key_is_alone(table, k))
            mr_build_fault(build, MR_MSG_SCHEMA_VALUE, draft->line, "table %s: keys of column %s", table->name,
                           key->column);
    }
}

/* Records, rows, listed columns and computed keys must stand on something. */
static void check_table(struct mr_build *build, const struct mr_table_draft *draft)
{
    const struct mr_table *table = &draft->table;

    for (unsigned r = 0; r < table->record_count; r++) {
        if (mr_build_layout(build, table->records[r].domain, table->records[r].number, table->variant) == NULL)
            mr_build_fault(build, MR_MSG_SCHEMA_REFERENCE, draft->line, "table %s: record %u/%u", table->name,
                           table->records[r].domain, table->records[r].number);
    }
    if (table->rows[0] != '\0' && !in_records(build, table, table->rows, 1))
        mr_build_fault(build, MR_MSG_SCHEMA_REFERENCE, draft->line, "table %s: rows of group %s", table->name,
                       table->rows);
    check_list(build, draft);
    check_keys(build, draft);
}

/* Bytes of all fields of a "+" list together, 0 where one of them does not exist. */
static unsigned list_length(struct mr_build *build, const struct mr_record_id *id, const char *list)
{
    const struct mr_layout_draft *draft = mr_build_layout(build, id->domain, id->number, "");
    unsigned total = 0;

    while (draft != NULL && *list != '\0') {
        size_t n = strcspn(list, "+"), f = 0;

        while (f < draft->field_count &&
               (strlen(draft->fields[f].name) != n || strncmp(draft->fields[f].name, list, n) != 0))
            f++;
        if (f == draft->field_count || draft->fields[f].group != MR_NO_INDEX)
            return 0;
        total = total * 257u + draft->fields[f].length;
        list += n + (list[n] == '+');
    }
    return total;
}

int mr_build_check_session(struct mr_build *build, const struct mr_session *session, unsigned line)
{
    unsigned event = list_length(build, &session->event, session->event_fields);
    unsigned record = list_length(build, &session->record, session->fields);

    if (event == 0 || record == 0)
        return mr_build_fault(build, MR_MSG_SCHEMA_REFERENCE, line, "session: field %s",
                              event == 0 ? session->event_fields : session->fields);
    if (event != record)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "session: %s and %s differ in length",
                              session->event_fields, session->fields);
    return MR_OK;
}

int mr_build_check_field(struct mr_build *build, const struct mr_record_id *id, const char *name, unsigned line)
{
    for (size_t i = 0; i < build->layout_count; i++) {
        const struct mr_layout_draft *draft = &build->layouts[i];

        if (draft->layout.domain != id->domain || draft->layout.number != id->number)
            continue;
        for (size_t f = 0; f < draft->field_count; f++) {
            if (strcmp(draft->fields[f].name, name) == 0)
                return MR_OK;
        }
    }
    return mr_build_fault(build, MR_MSG_SCHEMA_REFERENCE, line, "%u/%u has no field %s", id->domain, id->number, name);
}

int mr_build_check(struct mr_build *build)
{
    char tables[MR_PATH_BYTES];

    for (size_t i = 0; i < build->layout_count; i++)
        check_layout(build, &build->layouts[i]);
    snprintf(tables, sizeof tables, "%s/tables.csv", build->folder);
    build->path = tables;
    for (size_t i = 0; i < build->table_count; i++)
        check_table(build, &build->tables[i]);
    build->path = build->folder;
    return build->status;
}

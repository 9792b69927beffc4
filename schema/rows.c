/* SPDX-License-Identifier: Apache-2.0 */
/* One function for each kind of line in the data files: from cells to drafts. */
#include "base/csvfile.h"
#include "base/grow.h"
#include "reader/record.h"
#include "schema/build.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { R_DOMAIN, R_NUMBER, R_DSECT, R_TITLE, R_KIND, R_LENGTH, R_ORIGIN, R_VARIANT, R_LENGTHS, R_FIRST, R_NOTE, R_SOURCE };
static const char *const record_columns[] = {"domain", "record",  "dsect",   "title",         "kind", "length",
                                             "origin", "variant", "lengths", "first_release", "note", "source"};
MR_FORM(mr_record_form, record_columns, R_ORIGIN + 1);

enum {
    F_OFFSET, F_LENGTH, F_TYPE, F_NAME, F_UNIT, F_SEMANTIC, F_CONFIDENCE, F_ORIGIN, F_SHOW, F_DIRECTION, F_GROUP,
    F_ARRAY, F_ALTERNATE, F_SINCE, F_LABEL, F_LABEL_CONFIDENCE, F_NOTE
};
static const char *const field_columns[] = {"offset", "length", "type",  "name",      "unit",  "semantic",
                                            "confidence", "origin", "show", "direction", "group", "array",
                                            "alternate", "since", "label", "label_confidence", "note"};
MR_FORM(mr_field_form, field_columns, F_ORIGIN + 1);

enum { G_DOMAIN, G_NUMBER, G_GROUP, G_AT, G_STRIDE, G_COUNT, G_ORIGIN, G_VARIANT, G_WHEN, G_NOTE };
static const char *const group_columns[] = {"domain", "record", "group",   "at",   "stride",
                                            "count",  "origin", "variant", "when", "note"};
MR_FORM(mr_group_form, group_columns, G_ORIGIN + 1);

enum {
    T_TABLE, T_RULE, T_RECORDS, T_ORIGIN, T_TITLE, T_VARIANT, T_ROWS, T_SELECT, T_KEYS, T_ELAPSED, T_EXIT, T_DESCRIPTION
};
static const char *const table_columns[] = {"table", "rule",   "records", "origin", "title",
                                            "variant", "rows",  "select", "keys",    "elapsed", "exit", "description"};
MR_FORM(mr_table_form, table_columns, T_ORIGIN + 1);

int mr_parse_number(const char *text, unsigned long max, unsigned long *value)
{
    char *end;

    if (!isdigit((unsigned char)text[0]))
        return MR_FAILED;
    *value = strtoul(text, &end, 10);
    return *end == '\0' && *value <= max ? MR_OK : MR_FAILED;
}

/* domain and record cells, common to two files. */
static int parse_id(struct mr_build *build, const char *domain, const char *number, unsigned line,
                    struct mr_record_id *id)
{
    unsigned long d, n;

    if (mr_parse_number(domain, MR_DOMAIN_MAX, &d) != MR_OK || mr_parse_number(number, MR_NUMBER_MAX, &n) != MR_OK ||
        n == 0)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "record %s/%s", domain, number);
    id->domain = (uint8_t)d;
    id->number = (uint16_t)n;
    return MR_OK;
}

int mr_build_record_row(void *context, const char *const *cells, unsigned line)
{
    struct mr_build *build = context;
    struct mr_layout_draft *draft;
    struct mr_record_id id;
    unsigned long length = 0;
    unsigned kind = mr_kind_find(cells[R_KIND]);

    if (parse_id(build, cells[R_DOMAIN], cells[R_NUMBER], line, &id) != MR_OK)
        return MR_FAILED;
    if (kind == 0)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "kind '%s'", cells[R_KIND]);
    if (cells[R_ORIGIN][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_ORIGIN, line, "record %s/%s", cells[R_DOMAIN], cells[R_NUMBER]);
    /* "none", "unknown", "52+" and texts are no fixed length: the record then ends where it ends. */
    if (mr_parse_number(cells[R_LENGTH], MR_RECORD_MAX, &length) != MR_OK)
        length = 0;
    draft = mr_build_layout(build, id.domain, id.number, cells[R_VARIANT]);
    if (draft == NULL) {
        if (mr_grow(&build->layouts, &build->layout_room, build->layout_count + 1, sizeof *build->layouts,
                    MR_LAYOUTS_MAX) != MR_OK)
            return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, line, "%s", "");
        draft = &build->layouts[build->layout_count++];
        memset(draft, 0, sizeof *draft);
    } else if (draft->line != 0) {
        return mr_build_fault(build, MR_MSG_SCHEMA_DUPLICATE, line, "%s/%s", cells[R_DOMAIN], cells[R_NUMBER]);
    }
    draft->line = line;
    draft->layout.domain = id.domain;
    draft->layout.number = id.number;
    draft->layout.kind = kind;
    draft->layout.length = (uint16_t)length;
    draft->layout.variant = mr_build_text(build, cells[R_VARIANT]);
    draft->layout.dsect = mr_build_text(build, cells[R_DSECT]);
    draft->layout.title = mr_build_text(build, cells[R_TITLE]);
    draft->layout.lengths = mr_build_text(build, cells[R_LENGTHS]);
    draft->layout.first_release = mr_build_text(build, cells[R_FIRST]);
    draft->layout.note = mr_build_text(build, cells[R_NOTE]);
    draft->layout.source = mr_build_text(build, cells[R_SOURCE]);
    draft->layout.origin = mr_build_text(build, cells[R_ORIGIN]);
    return build->status == MR_FATAL ? MR_FATAL : MR_OK;
}

int mr_build_word(struct mr_build *build, unsigned line, const char *what, const char *text, int found, uint8_t *out)
{
    if (found < 0)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "%s '%s'", what, text);
    *out = (uint8_t)found;
    return MR_OK;
}

/* "20" or "20/16": elements, and bytes from one to the next where it is not the length. */
static int parse_array(struct mr_build *build, const char *text, unsigned line, struct mr_field *field)
{
    unsigned long count = 1, step = field->length;
    char head[16];
    const char *slash = strchr(text, '/');
    size_t n = slash != NULL ? (size_t)(slash - text) : strlen(text);

    if (n >= sizeof head)
        n = sizeof head - 1;
    memcpy(head, text, n);
    head[n] = '\0';
    if (text[0] != '\0' && (mr_parse_number(head, MR_RECORD_MAX, &count) != MR_OK || count == 0 ||
                            (slash != NULL && mr_parse_number(slash + 1, MR_RECORD_MAX, &step) != MR_OK)))
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "array '%s'", text);
    field->count = (uint16_t)count;
    field->step = (uint16_t)step;
    return MR_OK;
}

/* A number of bytes, "*" for the rest of the record, or the name of the field that holds the length. */
static int parse_length(struct mr_build *build, const char *text, unsigned line, struct mr_field *field,
                        const char **name)
{
    unsigned long length = 0;
    unsigned fixed = mr_type_length(field->type);

    *name = "";
    if (strcmp(text, "*") == 0)
        field->length = MR_LENGTH_REST;
    else if (isalpha((unsigned char)text[0]))
        *name = mr_build_text(build, text);
    else if (mr_parse_number(text, MR_RECORD_MAX, &length) != MR_OK || length == 0)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "length '%s'", text);
    else
        field->length = (uint16_t)length;
    if ((fixed != 0 && length != fixed) || (field->type == MR_TYPE_BITS && (length == 0 || length > 8)))
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "length %s for type %s", text,
                              mr_type_word(field->type));
    return MR_OK;
}

static int add_field(struct mr_build *build, const struct mr_field *field, const char *group, const char *length,
                     unsigned line)
{
    struct mr_layout_draft *draft = build->current;
    size_t n = draft->field_count + 1;

    if (mr_grow(&draft->fields, &draft->field_room, n, sizeof *draft->fields, MR_FIELDS_MAX) != MR_OK ||
        mr_grow(&draft->field_group, &draft->group_name_room, n, sizeof *draft->field_group, MR_FIELDS_MAX) != MR_OK ||
        mr_grow(&draft->field_length, &draft->length_name_room, n, sizeof *draft->field_length, MR_FIELDS_MAX) !=
            MR_OK ||
        mr_grow(&draft->field_line, &draft->line_room, n, sizeof *draft->field_line, MR_FIELDS_MAX) != MR_OK)
        return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, line, "%s", field->name);
    draft->fields[n - 1] = *field;
    draft->field_group[n - 1] = group;
    draft->field_length[n - 1] = length;
    draft->field_line[n - 1] = line;
    draft->field_count = n;
    return MR_OK;
}

int mr_build_field_row(void *context, const char *const *cells, unsigned line)
{
    struct mr_build *build = context;
    struct mr_field field = {.group = MR_NO_INDEX, .length_field = MR_NO_INDEX};
    const char *length = "", *label_confidence = cells[F_LABEL_CONFIDENCE];
    unsigned long offset, alternate;
    int status = MR_OK;

    if (label_confidence[0] == '\0')
        label_confidence = "unknown";
    if (mr_parse_number(cells[F_OFFSET], MR_RECORD_MAX, &offset) != MR_OK)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "offset '%s'", cells[F_OFFSET]);
    if (cells[F_NAME][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "%s", "a field without name");
    if (cells[F_ORIGIN][0] == '\0' || cells[F_CONFIDENCE][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_ORIGIN, line, "field %s", cells[F_NAME]);
    if (mr_build_word(build, line, "type", cells[F_TYPE], mr_type_find(cells[F_TYPE]), &field.type) != MR_OK ||
        mr_build_word(build, line, "unit", cells[F_UNIT], mr_unit_find(cells[F_UNIT]), &field.unit) != MR_OK ||
        mr_build_word(build, line, "semantic", cells[F_SEMANTIC], mr_semantic_find(cells[F_SEMANTIC]), &field.semantic) !=
            MR_OK ||
        mr_build_word(build, line, "show", cells[F_SHOW], mr_show_find(cells[F_SHOW]), &field.show) != MR_OK ||
        mr_build_word(build, line, "direction", cells[F_DIRECTION], mr_direction_find(cells[F_DIRECTION]), &field.direction) !=
            MR_OK ||
        mr_build_word(build, line, "confidence", cells[F_CONFIDENCE], mr_confidence_find(cells[F_CONFIDENCE]),
             &field.confidence) != MR_OK ||
        mr_build_word(build, line, "label_confidence", label_confidence, mr_label_confidence_find(label_confidence),
             &field.label_confidence) != MR_OK)
        return MR_FAILED;
    alternate = offset;
    if (cells[F_ALTERNATE][0] != '\0' && mr_parse_number(cells[F_ALTERNATE], MR_RECORD_MAX, &alternate) != MR_OK)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "alternate '%s'", cells[F_ALTERNATE]);
    field.offset = (uint16_t)offset;
    field.alternate = (uint16_t)alternate;
    status = parse_length(build, cells[F_LENGTH], line, &field, &length);
    if (status == MR_OK)
        status = parse_array(build, cells[F_ARRAY], line, &field);
    if (status != MR_OK)
        return status;
    field.name = mr_build_text(build, cells[F_NAME]);
    field.label = mr_build_text(build, cells[F_LABEL]);
    field.since = mr_build_text(build, cells[F_SINCE]);
    field.note = mr_build_text(build, cells[F_NOTE]);
    field.origin = mr_build_text(build, cells[F_ORIGIN]);
    if (build->status == MR_FATAL && field.origin == NULL)
        return MR_FATAL;
    return add_field(build, &field, mr_build_text(build, cells[F_GROUP]), length, line);
}

int mr_build_group_row(void *context, const char *const *cells, unsigned line)
{
    struct mr_build *build = context;
    struct mr_layout_draft *draft;
    struct mr_group_draft *group = NULL;
    struct mr_record_id id;

    if (parse_id(build, cells[G_DOMAIN], cells[G_NUMBER], line, &id) != MR_OK)
        return MR_FAILED;
    draft = mr_build_layout(build, id.domain, id.number, cells[G_VARIANT]);
    if (draft == NULL)
        return mr_build_fault(build, MR_MSG_SCHEMA_REFERENCE, line, "record %s/%s%s%s", cells[G_DOMAIN],
                              cells[G_NUMBER], cells[G_VARIANT][0] != '\0' ? " " : "", cells[G_VARIANT]);
    if (cells[G_ORIGIN][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_ORIGIN, line, "group %s", cells[G_GROUP]);
    for (size_t i = 0; i < draft->group_count && group == NULL; i++) {
        if (strcmp(draft->groups[i].name, cells[G_GROUP]) == 0)
            group = &draft->groups[i];
    }
    if (group != NULL && group->line != 0)
        return mr_build_fault(build, MR_MSG_SCHEMA_DUPLICATE, line, "group %s", cells[G_GROUP]);
    if (group == NULL) {
        if (mr_grow(&draft->groups, &draft->group_room, draft->group_count + 1, sizeof *draft->groups,
                    MR_GROUPS_MAX) != MR_OK)
            return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, line, "%s", cells[G_GROUP]);
        group = &draft->groups[draft->group_count++];
    }
    *group = (struct mr_group_draft){
        .name = mr_build_text(build, cells[G_GROUP]),
        .at = mr_build_text(build, cells[G_AT]),
        .stride = mr_build_text(build, cells[G_STRIDE]),
        .count = mr_build_text(build, cells[G_COUNT]),
        .when = mr_build_text(build, cells[G_WHEN]),
        .origin = mr_build_text(build, cells[G_ORIGIN]),
        .line = line,
    };
    return group->origin == NULL ? MR_FATAL : MR_OK;
}

/* "0/3 0/6": the records that feed a table. */
static int parse_records(struct mr_build *build, const char *text, unsigned line, struct mr_table *table)
{
    const char *p = text;
    int used;

    while (*p != '\0') {
        unsigned d, n;

        if (sscanf(p, " %u/%u%n", &d, &n, &used) != 2 || d > MR_DOMAIN_MAX || n == 0 || n > MR_NUMBER_MAX ||
            table->record_count == MR_TABLE_RECORDS_MAX)
            return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "records '%s'", text);
        table->records[table->record_count++] = (struct mr_record_id){(uint8_t)d, (uint16_t)n};
        p += used;
        while (*p == ' ')
            p++;
    }
    if (table->record_count == 0)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "table %s has no records", table->name);
    return MR_OK;
}

/* "COLUMN=FIELD COLUMN=FIELD": keys that are computed. */
static int parse_keys(struct mr_build *build, const char *text, unsigned line, struct mr_table *table)
{
    char column[64], field[64];
    const char *p = text;
    int used;

    while (*p != '\0') {
        struct mr_table_key *key = &table->keys[table->key_count];

        if (table->key_count == MR_TABLE_KEYS_MAX || sscanf(p, " %63[^= ]=%63[^ ]%n", column, field, &used) != 2)
            return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "keys '%s'", text);
        key->column = mr_build_text(build, column);
        key->field = mr_build_text(build, field);
        table->key_count++;
        p += used;
        while (*p == ' ')
            p++;
    }
    return MR_OK;
}

/* Names of fields, kept between blanks so that one can be looked for with its blanks around it. */
static int parse_names(struct mr_build *build, const char *text, unsigned line, const char **names)
{
    char list[2048];

    *names = "";
    if (text[0] == '\0')
        return MR_OK;
    if (snprintf(list, sizeof list, " %s ", text) >= (int)sizeof list)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "a list of names is too long");
    *names = mr_build_text(build, list);
    return *names == NULL ? MR_FATAL : MR_OK;
}

/* "" or "all", "no-counters", or names of fields. */
static int parse_select(struct mr_build *build, const char *text, unsigned line, struct mr_table *table)
{
    table->list = "";
    table->select = MR_SELECT_ALL;
    if (text[0] == '\0' || strcmp(text, mr_select_word(MR_SELECT_ALL)) == 0)
        return MR_OK;
    if (strcmp(text, mr_select_word(MR_SELECT_NO_COUNTERS)) == 0) {
        table->select = MR_SELECT_NO_COUNTERS;
        return MR_OK;
    }
    table->select = MR_SELECT_LIST;
    return parse_names(build, text, line, &table->list);
}

int mr_build_table_row(void *context, const char *const *cells, unsigned line)
{
    struct mr_build *build = context;
    struct mr_table table = {.name = mr_build_text(build, cells[T_TABLE])};
    struct mr_table_draft *place = NULL;

    if (cells[T_TABLE][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "%s", "a table without name");
    if (cells[T_ORIGIN][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_ORIGIN, line, "table %s", cells[T_TABLE]);
    if (mr_build_word(build, line, "rule", cells[T_RULE], mr_rule_find(cells[T_RULE]), &table.rule) != MR_OK ||
        parse_select(build, cells[T_SELECT], line, &table) != MR_OK ||
        parse_names(build, cells[T_ELAPSED], line, &table.elapsed) != MR_OK ||
        parse_records(build, cells[T_RECORDS], line, &table) != MR_OK ||
        parse_keys(build, cells[T_KEYS], line, &table) != MR_OK)
        return MR_FAILED;
    table.title = mr_build_text(build, cells[T_TITLE]);
    table.variant = mr_build_text(build, cells[T_VARIANT]);
    table.rows = mr_build_text(build, cells[T_ROWS]);
    table.exit = mr_build_text(build, cells[T_EXIT]);
    table.description = mr_build_text(build, cells[T_DESCRIPTION]);
    table.origin = mr_build_text(build, cells[T_ORIGIN]);
    if (build->status == MR_FATAL && table.origin == NULL)
        return MR_FATAL;
    for (size_t i = 0; i < build->table_count && place == NULL; i++) {
        if (strcmp(build->tables[i].table.name, table.name) == 0)
            place = &build->tables[i];
    }
    if (place != NULL && place->line != 0)
        return mr_build_fault(build, MR_MSG_SCHEMA_DUPLICATE, line, "table %s", table.name);
    if (place == NULL) {
        if (mr_grow(&build->tables, &build->table_room, build->table_count + 1, sizeof *build->tables,
                    MR_TABLES_MAX) != MR_OK)
            return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, line, "%s", table.name);
        place = &build->tables[build->table_count++];
    }
    *place = (struct mr_table_draft){.table = table, .line = line};
    return MR_OK;
}

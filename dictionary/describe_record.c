/* SPDX-License-Identifier: Apache-2.0 */
/* Records and their fields as the schema has them. */
#include "dictionary/describe.h"

#include "reader/record.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* D/R or D/R.FIELD; *field is "" where there is none. */
static bool parse(const char *text, unsigned *domain, unsigned *number, const char **field)
{
    int used = 0;

    if (sscanf(text, "%3u/%4u%n", domain, number, &used) != 2)
        return false;
    *field = text[used] == '.' ? text + used + 1 : "";
    return text[used] == '\0' || text[used] == '.';
}

bool mr_describe_is_record(const char *text)
{
    unsigned domain, number;
    const char *field;

    return parse(text, &domain, &number, &field);
}

static void put_length(const struct mr_layout *layout, const struct mr_field *field, FILE *out)
{
    if (field->length == MR_LENGTH_REST)
        fputs("to the end", out);
    else if (field->length_field != MR_NO_INDEX)
        fputs(layout->fields[field->length_field].name, out);
    else
        fprintf(out, "%u", field->length);
}

void mr_describe_place(const struct mr_layout *layout, const struct mr_field *field, unsigned offset, FILE *out)
{
    fprintf(out, "%u/%u %s%s%s, %s at byte %u", layout->domain, layout->number, layout->dsect,
            layout->variant[0] != '\0' ? " " : "", layout->variant, field->name, offset);
    if (field->group != MR_NO_INDEX)
        fprintf(out, " of entry %s", layout->groups[field->group].name);
    if (field->alternate != field->offset)
        fprintf(out, " (or %u, told from the data)", field->alternate + offset - field->offset);
    fprintf(out, ", %s, length ", mr_type_word((enum mr_field_type)field->type));
    put_length(layout, field, out);
}

const char *mr_describe_kind(const struct mr_layout *layout)
{
    switch (layout->kind) {
    case MR_KIND_SAMPLE:
        return "sample: once an interval";
    case MR_KIND_EVENT:
        return "event: when it happens";
    case MR_KIND_CONFIG:
        return "configuration: when the monitor starts, and when it is connected";
    case MR_KIND_EVENT | MR_KIND_SAMPLE:
        return "event and sample";
    default:
        return "not established";
    }
}

/* "510:96;640:116": bytes in other releases. */
void mr_describe_lengths(const void *what, FILE *text)
{
    const struct mr_layout *layout = what;
    const char *p = layout->lengths;

    if (layout->length > 0)
        fprintf(text, "%u bytes in z/VM 5.3%s", layout->length, *p != '\0' ? ";" : "");
    while (*p != '\0') {
        size_t n = strcspn(p, ";"), release = strcspn(p, ":");

        if (release == 3 && n > release)
            fprintf(text, " %.*s in %c.%c%s%s", (int)(n - release - 1), p + release + 1, p[0], p[1],
                    p[2] != '0' ? "." : "", p[2] != '0' ? (const char[]){p[2], '\0'} : "");
        else
            fprintf(text, " %.*s", (int)n, p);
        p += n;
        if (*p == ';') {
            p++;
            putc(',', text);
        }
    }
}

static void put_operand(const struct mr_layout *layout, const struct mr_operand *operand, FILE *out)
{
    const char *field = operand->field == MR_NO_INDEX ? "" : layout->fields[operand->field].name;

    for (unsigned i = 0; i < operand->case_count; i++)
        fprintf(out, "%s%u where %s is %u", i > 0 ? ", " : "", operand->cases[i].value, field, operand->cases[i].is);
    if (operand->case_count > 0)
        return;
    if (operand->field == MR_NO_INDEX || operand->value != 0)
        fprintf(out, "%u", operand->value);
    if (operand->field != MR_NO_INDEX)
        fprintf(out, "%s%s", operand->value != 0 ? " + " : "", field);
}

struct group_of {
    const struct mr_layout *layout;
    const struct mr_group *group;
};

static void put_group(const void *what, FILE *text)
{
    const struct group_of *g = what;

    fprintf(text, "%s: at byte ", g->group->name);
    put_operand(g->layout, &g->group->at, text);
    fputs(", bytes each ", text);
    put_operand(g->layout, &g->group->stride, text);
    fputs(", entries ", text);
    if (g->group->count.field == MR_NO_INDEX && g->group->count.value == 0)
        fputs("as many as fit", text);
    else
        put_operand(g->layout, &g->group->count, text);
    if (g->group->when_field != MR_NO_INDEX)
        fprintf(text, ", only where %s is %u", g->layout->fields[g->group->when_field].name, g->group->when_value);
}

struct usage {
    const struct mr_dictionary *dictionary;
    const struct mr_layout *layout;
    const struct mr_field *field; /* or NULL: the record */
};

bool mr_describe_feeds(const struct mr_layout *layout, const struct mr_plan *plan)
{
    for (size_t r = 0; r < plan->table->record_count; r++) {
        if (plan->table->records[r].domain == layout->domain && plan->table->records[r].number == layout->number &&
            (layout->variant[0] == '\0' || strcmp(plan->table->variant, layout->variant) == 0))
            return true;
    }
    return false;
}

bool mr_describe_shows(const struct mr_dictionary *dictionary, const struct mr_plan *plan, unsigned index,
                       const struct mr_layout *layout, const struct mr_field *field)
{
    struct mr_fact fact;

    mr_dictionary_fact(dictionary, plan, index, &fact);
    return fact.field == field && fact.layout == layout;
}

/* The tables that the record feeds. */
static void put_tables(const void *what, FILE *text)
{
    const struct usage *u = what;
    const char *between = "";

    for (size_t p = 0; p < u->dictionary->plan_count; p++) {
        const struct mr_plan *plan = u->dictionary->plans[p];

        if (mr_describe_feeds(u->layout, plan)) {
            fprintf(text, "%s%s", between, plan->table->name);
            between = " ";
        }
    }
}

/* The columns that show the field, also those joined or summed from them. */
static void put_columns(const void *what, FILE *text)
{
    const struct usage *u = what;
    const char *between = "";

    for (size_t p = 0; p < u->dictionary->plan_count; p++) {
        const struct mr_plan *plan = u->dictionary->plans[p];

        for (size_t c = 0; c < plan->column_count; c++) {
            if (!mr_describe_shows(u->dictionary, plan, (unsigned)c, u->layout, u->field))
                continue;
            fprintf(text, "%s%s.%s", between, plan->table->name, plan->columns[c].name);
            between = " ";
        }
    }
}

static void put_offset(const struct mr_layout *layout, const struct mr_field *field, FILE *out)
{
    fprintf(out, "%u", field->offset);
    if (field->group != MR_NO_INDEX)
        fprintf(out, " in %s", layout->groups[field->group].name);
}

/* Text made by a function, "" where memory is short; freed by the caller. */
static char *made(void (*put)(const struct mr_layout *, const struct mr_field *, FILE *),
                  const struct mr_layout *layout, const struct mr_field *field)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);

    if (memory != NULL) {
        put(layout, field, memory);
        fclose(memory);
    }
    return text;
}

static const char *unit_of(const struct mr_field *field)
{
    return field->unit == MR_UNIT_NONE ? "" : mr_unit_word((enum mr_unit)field->unit);
}

static void list_fields(const struct mr_layout *layout, FILE *out)
{
    enum { OFFSET, LENGTH, TYPE, NAME, UNIT, SEMANTIC, LABEL, CELLS };
    static const char *const titles[CELLS] = {"offset", "length", "type", "field", "unit", "semantic", "label"};
    size_t widths[CELLS] = {6, 6, 5, 5, 4, 8, 0};

    for (int shown = 0; shown <= 1; shown++) {
        if (shown)
            mr_describe_line(out, titles, widths, CELLS);
        for (unsigned f = 0; f < layout->field_count; f++) {
            const struct mr_field *field = &layout->fields[f];
            char *offset = made(put_offset, layout, field), *length = made(put_length, layout, field);
            char number[24] = "";
            const char *cells[CELLS] = {[OFFSET] = offset != NULL ? offset : "",
                                        [LENGTH] = length != NULL ? length : "",
                                        [TYPE] = mr_type_word((enum mr_field_type)field->type),
                                        [NAME] = field->name,
                                        [UNIT] = unit_of(field),
                                        [SEMANTIC] = mr_semantic_word((enum mr_semantic)field->semantic),
                                        [LABEL] = field->label};

            if (field->count > 1) {
                snprintf(number, sizeof number, "%u*%u", field->count, field->length);
                cells[LENGTH] = number;
            }
            for (unsigned i = 0; !shown && i < LABEL; i++)
                mr_describe_widen(&widths[i], cells[i]);
            if (shown)
                mr_describe_line(out, cells, widths, CELLS);
            free(offset);
            free(length);
        }
    }
}

void mr_describe_layout(const struct mr_dictionary *dictionary, const struct mr_layout *layout, FILE *out)
{
    const struct usage usage = {dictionary, layout, NULL};

    fprintf(out, "%u/%u %s%s%s\n%s\n\n", layout->domain, layout->number, layout->dsect,
            layout->variant[0] != '\0' ? " " : "", layout->variant, layout->title);
    mr_describe_item(out, "kind", mr_describe_kind(layout));
    mr_describe_item_put(out, "length", mr_describe_lengths, layout);
    mr_describe_since(out, layout->first_release);
    mr_describe_item_put(out, "tables", put_tables, &usage);
    for (unsigned g = 0; g < layout->group_count; g++) {
        const struct group_of group = {layout, &layout->groups[g]};

        mr_describe_item_put(out, "entries", put_group, &group);
    }
    mr_describe_item(out, "note", layout->note);
    mr_describe_item(out, "source", layout->source);
    mr_describe_item(out, "origin", layout->origin);
    putc('\n', out);
    if (layout->field_count > 0)
        list_fields(layout, out);
    else
        fputs("no field of it is known; its records are counted and not shown\n", out);
}

void mr_describe_field(const struct mr_dictionary *dictionary, const struct mr_layout *layout,
                       const struct mr_field *field, FILE *out)
{
    const struct usage usage = {dictionary, layout, field};

    fprintf(out, "%u/%u.%s\n%s\n\n", layout->domain, layout->number, field->name, field->label);
    mr_describe_item(out, "record", layout->title);
    mr_describe_item_put(out, "columns", put_columns, &usage);
    fprintf(out, "%-12s", "place");
    mr_describe_place(layout, field, field->offset, out);
    putc('\n', out);
    if (field->count > 1)
        mr_describe_itemf(out, "elements", "%u, %u bytes from one to the next", field->count, field->step);
    mr_describe_item(out, "unit", unit_of(field));
    mr_describe_item(out, "semantic", mr_semantic_word((enum mr_semantic)field->semantic));
    mr_describe_item(out, "direction", mr_direction_word((enum mr_direction)field->direction));
    mr_describe_since(out, field->since);
    mr_describe_item(out, "confidence", mr_confidence_word((enum mr_confidence)field->confidence));
    mr_describe_item(out, "label from", mr_label_confidence_word((enum mr_label_confidence)field->label_confidence));
    mr_describe_item(out, "origin", field->origin);
    mr_describe_item(out, "note", field->note);
}

static int no_record(const struct mr_schema *schema, const char *asked, unsigned domain, struct mr_log *log)
{
    unsigned least = 0, most = 0;

    for (size_t i = 0; i < schema->layout_count; i++) {
        if (schema->layouts[i].domain != domain)
            continue;
        least = least == 0 ? schema->layouts[i].number : least;
        most = schema->layouts[i].number;
    }
    if (most > 0)
        mr_report(log, MR_MSG_UNKNOWN_NAME, MR_NOWHERE, "%s (domain %u has records %u to %u)", asked, domain, least,
                  most);
    else
        mr_report(log, MR_MSG_UNKNOWN_NAME, MR_NOWHERE, "%s", asked);
    return MR_FAILED;
}

int mr_describe_record(const struct mr_dictionary *dictionary, const struct mr_describe_form *form, const char *text,
                       FILE *out, struct mr_log *log)
{
    const struct mr_schema *schema = dictionary->schema;
    struct mr_nearest nearest = {.wrong = ""};
    unsigned domain = 0, number = 0, found = 0;
    const char *name = "";

    if (!parse(text, &domain, &number, &name) || domain > MR_DOMAIN_MAX || number > MR_NUMBER_MAX)
        return no_record(schema, text, domain, log);
    nearest.wrong = name;
    for (size_t i = 0; i < schema->layout_count; i++) {
        const struct mr_layout *layout = &schema->layouts[i];

        if (layout->domain != domain || layout->number != number)
            continue;
        if (name[0] == '\0') {
            fputs(found++ > 0 ? form->between : "", out);
            form->record(dictionary, layout, out);
            continue;
        }
        for (unsigned f = 0; f < layout->field_count; f++) {
            mr_nearest_offer(&nearest, layout->fields[f].name);
            if (strcasecmp(layout->fields[f].name, name) != 0)
                continue;
            fputs(found++ > 0 ? form->between : "", out);
            form->field(dictionary, layout, &layout->fields[f], out);
        }
    }
    if (found > 0)
        return MR_OK;
    return name[0] == '\0' ? no_record(schema, text, domain, log) : mr_describe_unknown(&nearest, text, log);
}

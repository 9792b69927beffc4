/* SPDX-License-Identifier: Apache-2.0 */
/* Record statements: D/R [:VARIANT] [each SET | for SET NAMES] [times, at, if, in, length, entries, aligned] F=... */
#include "samples/statement.h"

#include "reader/record.h"
#include "samples/expression.h"
#include "samples/plan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 1024 /* of one list */
#define ASSIGNMENTS_MAX 4096

int ms_set_index(struct ms_scan *scan, const char *name, bool make)
{
    struct ms_scenario *scenario = scan->scenario;

    if (name == NULL) {
        ms_fault(&scan->place, "the name of a set of entities is missing, such as user or cpu");
        return -1;
    }
    for (int s = 0; s < scenario->set_count; s++) {
        if (strcmp(scenario->sets[s], name) == 0)
            return s;
    }
    if (!make) {
        ms_fault(&scan->place, "there is no set '%s'; define it before: entities %s ...", name, name);
        return -1;
    }
    if (scenario->set_count == MS_SETS_MAX) {
        ms_fault(&scan->place, "more than %d sets of entities", MS_SETS_MAX);
        return -1;
    }
    scenario->sets[scenario->set_count] = name;
    return scenario->set_count++;
}

bool ms_names_read(struct ms_scan *scan, const char ***names, size_t *count)
{
    const char *list[NAMES_MAX];
    size_t n = 0;

    do {
        ms_scan_peek(scan);
        if (n == NAMES_MAX || (list[n] = ms_scan_word(scan, ",")) == NULL) {
            ms_fault(&scan->place, "names with commas between them are wanted here, at most %d", NAMES_MAX);
            return false;
        }
        if (strlen(list[n]) > MS_NAME_MAX) {
            ms_fault(&scan->place, "'%s' is longer than %d characters", list[n], MS_NAME_MAX);
            return false;
        }
        n++;
    } while (ms_scan_take(scan, ","));
    *names = mr_arena_alloc(scan->scenario->arena, n * sizeof **names);
    if (*names == NULL)
        return ms_fault(&scan->place, "memory is short") == MR_OK;
    memcpy(*names, list, n * sizeof list[0]);
    *count = n;
    return true;
}

/* A plain number up to limit; false where there is none. */
static bool plain_number(struct ms_scan *scan, unsigned long limit, unsigned long *number)
{
    char *end;

    if (!isdigit((unsigned char)*scan->at))
        return false;
    *number = strtoul(scan->at, &end, 10);
    scan->at = end;
    return *number <= limit;
}

bool ms_record_name_read(struct ms_scan *scan, struct ms_record_name *name)
{
    unsigned long domain, number;

    ms_scan_peek(scan);
    if (!plain_number(scan, 255, &domain) || !ms_scan_take(scan, "/") || !plain_number(scan, 65535, &number)) {
        ms_fault(&scan->place, "a record is wanted here as domain/number, for example 4/3, not '%.20s'", scan->at);
        return false;
    }
    *name = (struct ms_record_name){(uint8_t)domain, (uint16_t)number};
    return true;
}

/* in 1,4-6,9- */
static bool read_ranges(struct ms_scan *scan, struct ms_statement *statement)
{
    unsigned long from, to;

    do {
        ms_scan_peek(scan);
        if (statement->range_count == MS_RANGES_MAX || !plain_number(scan, UINT32_MAX, &from))
            return ms_fault(&scan->place, "intervals are wanted behind in: 3 or 1,4-6,9-") == MR_OK;
        to = from;
        if (ms_scan_take(scan, "-") && !plain_number(scan, UINT32_MAX, &to))
            to = MS_OPEN_END;
        statement->ranges[statement->range_count++] = (struct ms_range){(uint32_t)from, (uint32_t)to};
    } while (ms_scan_take(scan, ","));
    return true;
}

static bool read_qualifier(struct ms_scan *scan, const char *word, struct ms_expression **expression, bool *taken)
{
    if (*taken || !ms_scan_keyword(scan, word))
        return true;
    *taken = true;
    *expression = ms_expression_read(scan);
    return *expression != NULL;
}

/* Everything before the first assignment. */
static bool read_qualifiers(struct ms_scan *scan, struct ms_statement *statement)
{
    bool taken = true;

    while (taken) {
        taken = false;
        if (ms_scan_keyword(scan, "each")) {
            taken = true;
            statement->set = ms_set_index(scan, ms_scan_word(scan, ""), false);
            if (statement->set < 0)
                return false;
        } else if (ms_scan_keyword(scan, "for")) {
            taken = true;
            statement->set = ms_set_index(scan, ms_scan_word(scan, ""), false);
            if (statement->set < 0 || !ms_names_read(scan, &statement->names, &statement->name_count))
                return false;
        } else if (ms_scan_keyword(scan, "in")) {
            taken = true;
            if (!read_ranges(scan, statement))
                return false;
        } else if (ms_scan_keyword(scan, "aligned")) {
            taken = statement->aligned = true;
        }
        if (!read_qualifier(scan, "times", &statement->times, &taken) ||
            !read_qualifier(scan, "at", &statement->at, &taken) ||
            !read_qualifier(scan, "if", &statement->condition, &taken) ||
            !read_qualifier(scan, "length", &statement->length, &taken) ||
            !read_qualifier(scan, "entries", &statement->entries, &taken))
            return false;
    }
    return true;
}

static bool find_field(const struct ms_statement *statement, struct ms_assignment *assignment)
{
    for (int l = 0; l < statement->layout_count; l++) {
        int index = mr_layout_field(statement->layouts[l], assignment->field);

        if (index != MR_NO_INDEX) {
            assignment->layout = l;
            assignment->index = index;
            return true;
        }
    }
    ms_fault(&assignment->place, "%u/%u has no field '%s'; see: monreduce describe %u/%u", statement->domain,
             statement->number, assignment->field, statement->domain, statement->number);
    return false;
}

/* FIELD or FIELD[3] or @24, up to the equals sign. */
static bool read_target(struct ms_scan *scan, const struct ms_statement *statement, struct ms_assignment *assignment)
{
    unsigned long element = 0;

    if (ms_scan_take(scan, "@")) {
        assignment->at = ms_expression_read(scan);
        return assignment->at != NULL;
    }
    assignment->field = ms_scan_word(scan, "=[");
    if (assignment->field == NULL || !find_field(statement, assignment))
        return false;
    if (!ms_scan_take(scan, "["))
        return true;
    ms_scan_peek(scan);
    if (!plain_number(scan, 4096, &element) || element == 0 || !ms_scan_take(scan, "]"))
        return ms_fault(&scan->place, "the number of an element, counted from 1, is wanted: %s[1]=...",
                        assignment->field) == MR_OK;
    assignment->element = (uint32_t)element;
    return true;
}

static bool read_assignment(struct ms_scan *scan, struct ms_statement *statement)
{
    struct ms_assignment assignment = {.place = scan->place};
    size_t room = statement->assignment_room;
    struct ms_assignment *bigger;

    if (!read_target(scan, statement, &assignment))
        return false;
    if (!ms_scan_take(scan, "="))
        return ms_fault(&scan->place, "= is wanted before '%.20s'", scan->at) == MR_OK;
    assignment.value = ms_expression_read(scan);
    if (assignment.value == NULL)
        return false;
    if (statement->assignment_count == room) {
        room = room * 2 + 8;
        bigger = room > ASSIGNMENTS_MAX ? NULL : mr_arena_alloc(scan->scenario->arena, room * sizeof *bigger);
        if (bigger == NULL)
            return ms_fault(&scan->place, "too many assignments in one record") == MR_OK;
        if (statement->assignment_count > 0)
            memcpy(bigger, statement->assignments, statement->assignment_count * sizeof *bigger);
        statement->assignments = bigger;
        statement->assignment_room = room;
    }
    statement->assignments[statement->assignment_count++] = assignment;
    return true;
}

static bool is_target(char c)
{
    return (c >= 'A' && c <= 'Z') || c == '@';
}

static bool read_assignments(struct ms_scan *scan, struct ms_statement *statement)
{
    do {
        while (is_target(ms_scan_peek(scan))) {
            if (!read_assignment(scan, statement))
                return false;
        }
        if (!ms_scan_end(scan))
            return false;
    } while (ms_scan_continued(scan));
    return true;
}

/* The layouts that a statement's fields are found in. */
static bool find_layouts(struct ms_scan *scan, struct ms_statement *statement, const char *variant)
{
    const struct mr_schema *schema = scan->scenario->schema;
    const struct mr_layout *layout = mr_schema_layout(schema, statement->domain, statement->number, "");

    if (layout != NULL)
        statement->layouts[statement->layout_count++] = layout;
    if (variant == NULL)
        return true;
    layout = mr_schema_layout(schema, statement->domain, statement->number, variant);
    if (layout == NULL) {
        ms_fault(&scan->place, "%u/%u has no variant '%s'; see schema/records.csv", statement->domain,
                 statement->number, variant);
        return false;
    }
    statement->layouts[statement->layout_count++] = layout;
    return true;
}

static bool read_head(struct ms_scan *scan, struct ms_statement *statement)
{
    struct ms_record_name name;
    const char *variant = NULL;

    if (ms_scan_keyword(scan, "raw")) {
        statement->raw = ms_expression_read(scan);
        return statement->raw != NULL;
    }
    if (!ms_record_name_read(scan, &name))
        return false;
    statement->domain = name.domain;
    statement->number = name.number;
    if (ms_scan_take(scan, ":")) {
        variant = ms_scan_word(scan, "");
        if (variant == NULL)
            return ms_fault(&scan->place, "the name of a variant is wanted behind the colon") == MR_OK;
    }
    return find_layouts(scan, statement, variant);
}

struct ms_statement *ms_statement_read(struct ms_scan *scan)
{
    struct ms_statement *statement = mr_arena_alloc(scan->scenario->arena, sizeof *statement);

    if (statement == NULL) {
        ms_fault(&scan->place, "memory is short; make the scenario smaller");
        return NULL;
    }
    *statement = (struct ms_statement){.place = scan->place, .set = -1};
    if (!read_head(scan, statement) || !read_qualifiers(scan, statement) || !read_assignments(scan, statement))
        return NULL;
    statement->seed = ms_mix(statement->domain, statement->number);
    statement->plan = statement->raw != NULL ? NULL : ms_plan_make(scan->scenario->arena, statement);
    if (statement->raw == NULL && statement->plan == NULL)
        return NULL;
    return statement;
}

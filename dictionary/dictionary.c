/* SPDX-License-Identifier: Apache-2.0 */
#include "dictionary/dictionary.h"

#include <string.h>
#include <strings.h>

#define DEPTH_MAX 8 /* tables that are joined from joined tables */

static const char *const classes[MR_CLASS_COUNT] = {
    [MR_CLASS_COMMON] = "common",   [MR_CLASS_RETAINED] = "retained", [MR_CLASS_ACCUMULATED] = "accumulated",
    [MR_CLASS_MINIMUM] = "minimum", [MR_CLASS_MAXIMUM] = "maximum",   [MR_CLASS_DERIVED] = "derived"};

static const char *const types[] = {
    [MR_CELL_UINT] = "unsigned", [MR_CELL_INT] = "integer", [MR_CELL_SECONDS] = "seconds", [MR_CELL_TIME] = "time",
    [MR_CELL_REAL] = "real", [MR_CELL_TEXT] = "text", [MR_CELL_HEX] = "hex", [MR_CELL_DIGITS] = "digits"};

const char *mr_class_word(enum mr_class class)
{
    return classes[class];
}

const char *mr_cell_type_word(enum mr_cell_type type)
{
    return types[type];
}

const struct mr_plan *mr_dictionary_plan(const struct mr_dictionary *dictionary, const char *name)
{
    for (size_t p = 0; p < dictionary->plan_count; p++) {
        if (strcasecmp(dictionary->plans[p]->table->name, name) == 0)
            return dictionary->plans[p];
    }
    return NULL;
}

unsigned mr_dictionary_column(const struct mr_plan *plan, const char *name)
{
    for (size_t c = 0; c < plan->column_count; c++) {
        if (strcasecmp(plan->columns[c].name, name) == 0)
            return (unsigned)c;
    }
    return MR_NO_COLUMN;
}

static bool holds(const struct mr_layout *layout, const struct mr_field *field)
{
    for (unsigned f = 0; layout != NULL && f < layout->field_count; f++) {
        if (&layout->fields[f] == field)
            return true;
    }
    return false;
}

/* The step that fills a column; columns of one record only. */
static const struct mr_step *find_step(const struct mr_plan *plan, unsigned index, const struct mr_feed **feed)
{
    for (size_t r = 0; r < plan->feed_count; r++) {
        *feed = &plan->feeds[r];
        for (size_t s = 0; s < (*feed)->step_count; s++) {
            if ((*feed)->steps[s].column == index)
                return &(*feed)->steps[s];
        }
    }
    return NULL;
}

static bool starts_with(const char *text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strncmp(text, *words, strlen(*words)) == 0)
            return true;
    }
    return false;
}

/* Gauges that CP keeps as the highest or lowest value seen are known by what they are called in plain words. */
static enum mr_class class_of_gauge(const struct mr_field *field)
{
    static const char *const high[] = {"Highest ", "Most ", "Largest ", NULL};
    static const char *const low[] = {"Lowest ", "Fewest ", "Smallest ", NULL};

    if (field->semantic != MR_SEM_GAUGE)
        return MR_CLASS_RETAINED;
    if (starts_with(field->label, high))
        return MR_CLASS_MAXIMUM;
    return starts_with(field->label, low) ? MR_CLASS_MINIMUM : MR_CLASS_RETAINED;
}

static bool is_counter(const struct mr_field *field)
{
    return field->semantic == MR_SEM_COUNTER || field->semantic == MR_SEM_DURATION_COUNTER;
}

static bool is_elapsed(const struct mr_fact *fact)
{
    size_t n = strlen(fact->field->name);

    return strncmp(fact->column->name, fact->field->name, n) == 0 && strcmp(fact->column->name + n, "_ELAPSED") == 0;
}

/* A column that is read from a record. */
static bool from_record(struct mr_fact *fact, unsigned index)
{
    const struct mr_feed *feed = NULL;
    const struct mr_step *step = find_step(fact->plan, index, &feed);

    if (step == NULL)
        return false;
    fact->layout = feed->layout;
    fact->class = MR_CLASS_RETAINED;
    fact->field = step->field;
    if (fact->field == NULL)
        return true;
    if (!holds(feed->layout, fact->field))
        fact->layout = feed->base;
    /* A subchannel number is half of a field: what is told is the field. */
    fact->offset = step->length == step->field->length ? step->offset : step->field->offset;
    fact->elapsed = is_elapsed(fact);
    fact->difference = !fact->elapsed && is_counter(fact->field) &&
                       (step->diff != MR_DIFF_NONE || fact->plan->table->rule == MR_RULE_LOGOFF);
    fact->class = fact->difference || fact->elapsed ? MR_CLASS_ACCUMULATED : class_of_gauge(fact->field);
    return true;
}

/* A counter as it was recorded stands behind its difference, under the same name with _CUM. */
static bool from_reading(struct mr_fact *fact, unsigned index)
{
    const char *before = fact->plan->columns[index - 1].name;
    size_t n = strlen(before);

    if (strncmp(fact->column->name, before, n) != 0 || strcmp(fact->column->name + n, "_CUM") != 0 ||
        !from_record(fact, index - 1))
        return false;
    fact->difference = false;
    fact->class = MR_CLASS_RETAINED;
    return true;
}

/* Texts of flexible length stand in the record behind what its layout has. */
static bool from_texts(struct mr_fact *fact, unsigned index)
{
    for (size_t r = 0; r < fact->plan->feed_count; r++) {
        const struct mr_feed *feed = &fact->plan->feeds[r];

        if (feed->variant != NULL && index >= feed->first_text && index < feed->first_text + feed->text_count) {
            fact->layout = feed->layout;
            fact->class = MR_CLASS_RETAINED;
            return true;
        }
    }
    return false;
}

static enum mr_class class_of_join(const struct mr_fact *source, enum mr_join_function function)
{
    switch (function) {
    case MR_JOIN_KEY:
    case MR_JOIN_COPY:
        return source->class;
    case MR_JOIN_SUM:
        return source->class == MR_CLASS_RETAINED ? MR_CLASS_RETAINED : MR_CLASS_ACCUMULATED;
    case MR_JOIN_MAX:
        return MR_CLASS_MAXIMUM;
    default:
        return MR_CLASS_RETAINED;
    }
}

static void fact_of(const struct mr_dictionary *dictionary, const struct mr_plan *plan, unsigned index,
                    unsigned depth, struct mr_fact *fact);

/* The column of the other table that a join takes this one from, or MR_NO_COLUMN. */
static unsigned column_of_join(const struct mr_join *join, const struct mr_plan *source, const char *name)
{
    unsigned found;

    if (strcmp(join->column, "*") != 0)
        return strcmp(join->column, name) == 0 ? mr_plan_column(source, join->from) : MR_NO_COLUMN;
    found = mr_plan_column(source, name);
    return found >= source->first_element && found < source->first_derived ? found : MR_NO_COLUMN;
}

static bool from_join(const struct mr_dictionary *dictionary, struct mr_fact *fact, unsigned depth)
{
    for (size_t i = 0; i < dictionary->schema->join_count && depth < DEPTH_MAX; i++) {
        const struct mr_join *join = &dictionary->schema->joins[i];
        const struct mr_plan *source;
        struct mr_fact before;
        unsigned from;

        if (strcmp(join->table, fact->plan->table->name) != 0 ||
            (strcmp(join->column, "*") != 0 && strcmp(join->column, fact->column->name) != 0))
            continue;
        source = mr_dictionary_plan(dictionary, join->source);
        if (source == NULL)
            continue;
        from = column_of_join(join, source, fact->column->name);
        if (from == MR_NO_COLUMN)
            continue;
        fact_of(dictionary, source, from, depth + 1, &before);
        fact->join = join;
        fact->source = source;
        fact->from = &source->columns[from];
        fact->class = class_of_join(&before, join->function);
        fact->key = join->function == MR_JOIN_KEY;
        if (join->function == MR_JOIN_COUNT || join->function == MR_JOIN_DISTINCT)
            return true;
        fact->difference = before.difference;
        fact->elapsed = before.elapsed;
        fact->layout = before.layout;
        fact->field = before.field;
        fact->offset = before.offset;
        return true;
    }
    return false;
}

static bool from_formula(const struct mr_dictionary *dictionary, struct mr_fact *fact)
{
    for (size_t i = 0; i < dictionary->schema->derived_count; i++) {
        const struct mr_derived *derived = &dictionary->schema->derived[i];

        if (strcmp(derived->table, fact->plan->table->name) == 0 &&
            strcmp(derived->column, fact->column->name) == 0) {
            fact->derived = derived;
            fact->class = MR_CLASS_DERIVED;
            return true;
        }
    }
    return false;
}

static bool is_common(const struct mr_plan *plan, unsigned index)
{
    return index < MR_COL_COMMON || (plan->feed_count > 0 && plan->feeds[0].record_column == index);
}

/* The time that the differences of one part of a row cover. */
static bool from_part(const struct mr_dictionary *dictionary, struct mr_fact *fact, unsigned index)
{
    const struct mr_plan *plan = fact->plan;

    for (size_t f = 0; f < plan->feed_count; f++) {
        if (plan->feeds[f].elapsed_column == index)
            fact->layout = plan->feeds[f].layout;
    }
    for (size_t p = 0; p < dictionary->plan_count && fact->layout == NULL; p++) {
        const struct mr_plan *source = dictionary->plans[p];

        for (size_t l = 0; l < source->link_count; l++) {
            if (source->links[l].target == plan && source->links[l].elapsed_column == index)
                fact->layout = source->feeds[0].layout;
        }
    }
    if (fact->layout == NULL)
        return false;
    fact->class = MR_CLASS_ACCUMULATED;
    fact->elapsed = true;
    return true;
}

static void fact_of(const struct mr_dictionary *dictionary, const struct mr_plan *plan, unsigned index,
                    unsigned depth, struct mr_fact *fact)
{
    *fact = (struct mr_fact){.plan = plan, .column = &plan->columns[index], .class = MR_CLASS_COMMON};
    if (is_common(plan, index))
        return;
    fact->class = MR_CLASS_RETAINED;
    fact->key = index < plan->first_element;
    if (index < plan->first_derived &&
        (from_record(fact, index) || from_reading(fact, index) || from_texts(fact, index)))
        return;
    if (plan->column_kind[index] == MR_COLUMN_ELAPSED && from_part(dictionary, fact, index))
        return;
    if (from_join(dictionary, fact, depth))
        return;
    if (from_formula(dictionary, fact))
        return;
    fact->added = index >= plan->first_derived; /* what else is left tells of a suspension or counts processors */
}

void mr_dictionary_fact(const struct mr_dictionary *dictionary, const struct mr_plan *plan, unsigned index,
                        struct mr_fact *fact)
{
    fact_of(dictionary, plan, index, 0, fact);
}

/* Nearly always column c of the table is column c of the plan.  The local time beside a time has its name and _LOCAL. */
static unsigned written_column(const struct mr_plan *plan, const char *name, size_t c)
{
    static const char local[] = "_LOCAL";
    bool there = c < plan->column_count && strcmp(plan->columns[c].name, name) == 0;
    unsigned index = there ? (unsigned)c : mr_plan_column(plan, name);
    size_t size = strlen(name);
    char before[128];

    if (index != MR_NO_COLUMN || size < sizeof local || size >= sizeof before + sizeof local ||
        strcmp(name + size + 1 - sizeof local, local) != 0)
        return index;
    snprintf(before, sizeof before, "%.*s", (int)(size + 1 - sizeof local), name);
    return mr_plan_column(plan, before);
}

bool mr_dictionary_written(const struct mr_dictionary *dictionary, const struct mr_dictionary_table *table, size_t c,
                           struct mr_fact *fact)
{
    unsigned index = written_column(table->plan, table->columns[c].name, c);

    *fact = (struct mr_fact){.plan = table->plan, .column = &table->columns[c], .class = MR_CLASS_COMMON};
    if (index == MR_NO_COLUMN)
        return false;
    fact_of(dictionary, table->plan, index, 0, fact);
    fact->column = &table->columns[c];
    return true;
}

const char *mr_fact_semantic(const struct mr_fact *fact)
{
    if (fact->derived != NULL)
        return "derived";
    if (fact->elapsed)
        return mr_semantic_word(MR_SEM_DURATION_COUNTER);
    if (fact->field != NULL)
        return mr_semantic_word((enum mr_semantic)fact->field->semantic);
    return fact->key ? mr_semantic_word(MR_SEM_KEY) : "";
}

const char *mr_fact_confidence(const struct mr_fact *fact)
{
    if (fact->derived != NULL)
        return fact->derived->confidence;
    return fact->field != NULL ? mr_confidence_word((enum mr_confidence)fact->field->confidence) : "";
}

void mr_fact_formula(const struct mr_fact *fact, FILE *out)
{
    const struct mr_join *join = fact->join;

    if (fact->derived != NULL) {
        fputs(fact->derived->formula, out);
        if (fact->derived->condition[0] != '\0')
            fprintf(out, " where %s", fact->derived->condition);
    } else if (join != NULL) {
        fprintf(out, "%s of %s.%s", mr_join_word((enum mr_join_function)join->function), join->source,
                fact->from->name);
        if (join->by[0] != '\0')
            fprintf(out, join->function == MR_JOIN_TOTAL ? " with the same %s" : " where %s has one entry", join->by);
        if (join->when[0] != '\0')
            fprintf(out, " where %s", join->when);
    }
}

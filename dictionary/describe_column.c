/* SPDX-License-Identifier: Apache-2.0 */
/* All about one column of a table. */
#include "dictionary/describe.h"

#include <string.h>

static const char *const class_meanings[MR_CLASS_COUNT] = {
    [MR_CLASS_COMMON] = "in every table",
    [MR_CLASS_RETAINED] = "as recorded; when rows are put together the last value stands",
    [MR_CLASS_ACCUMULATED] = "when rows are put together the values add up",
    [MR_CLASS_MINIMUM] = "when rows are put together the lowest value stands",
    [MR_CLASS_MAXIMUM] = "when rows are put together the highest value stands",
    [MR_CLASS_DERIVED] = "computed; when rows are put together it is computed again, never averaged"};

static const char *const type_meanings[] = {
    [MR_CELL_UINT] = "a whole number",
    [MR_CELL_INT] = "a whole number with sign",
    [MR_CELL_SECONDS] = "seconds with six decimals",
    [MR_CELL_TIME] = "YYYY-MM-DD HH:MM:SS.ffffff, UTC",
    [MR_CELL_REAL] = "a number with at most six decimals",
    [MR_CELL_TEXT] = "UTF-8",
    [MR_CELL_HEX] = "0x and hexadecimal digits",
    [MR_CELL_DIGITS] = "decimal digits; leading zeros count"};

static const char *const directions[MR_DIR_COUNT] = {
    [MR_DIR_UP] = "up: later reading minus earlier",
    [MR_DIR_DOWN] = "down: it runs backwards, earlier reading minus later",
    [MR_DIR_AUTO] = "auto: not established; of both differences the one that is not above the time elapsed"};

static const char *const confidences[MR_CONF_COUNT] = {
    [MR_CONF_BOTH] = "published by IBM, and an open-source program reads it so",
    [MR_CONF_IBM] = "published by IBM",
    [MR_CONF_ZPMD] = "read so by an open-source program",
    [MR_CONF_KERNEL] = "from the Linux source",
    [MR_CONF_DERIVED] = "worked out, not published",
    [MR_CONF_SITE] = "from this site's schema"};

static const char *const label_confidences[MR_LABEL_COUNT] = {
    [MR_LABEL_IBM] = "as IBM describes it",
    [MR_LABEL_KNOWN] = "known from use",
    [MR_LABEL_NAME] = "read from the name",
    [MR_LABEL_UNKNOWN] = "not established"};

static void put_formula(const void *what, FILE *text)
{
    mr_fact_formula(what, text);
}

static void put_place(const void *what, FILE *text)
{
    const struct mr_fact *fact = what;

    if (fact->field != NULL)
        mr_describe_place(fact->layout, fact->field, fact->offset, text);
    else if (fact->layout != NULL)
        fprintf(text, "%u/%u %s%s%s", fact->layout->domain, fact->layout->number, fact->layout->dsect,
                fact->layout->variant[0] != '\0' ? " " : "", fact->layout->variant);
}

static void put_field(const struct mr_fact *fact, FILE *out)
{
    const struct mr_field *field = fact->field;

    if (fact->difference)
        mr_describe_item(out, "direction", directions[field->direction]);
    mr_describe_since(out, field->since);
    mr_describe_itemf(out, "confidence", "%s: %s", mr_confidence_word((enum mr_confidence)field->confidence),
                      confidences[field->confidence]);
    mr_describe_itemf(out, "label from", "%s: %s",
                      mr_label_confidence_word((enum mr_label_confidence)field->label_confidence),
                      label_confidences[field->label_confidence]);
    mr_describe_item(out, "origin", field->origin);
    mr_describe_item(out, "note", field->note);
}

static const char *semantic_note(const struct mr_fact *fact)
{
    if (fact->difference)
        return ", shown as its difference";
    if (fact->elapsed)
        return ": seconds since the same clock value in the record before";
    return "";
}

void mr_describe_column(const struct mr_dictionary *dictionary, const struct mr_plan *plan, unsigned index, FILE *out)
{
    struct mr_fact fact;

    mr_dictionary_fact(dictionary, plan, index, &fact);
    fprintf(out, "%s.%s\n%s\n\n", plan->table->name, fact.column->name, fact.column->label);
    mr_describe_itemf(out, "table", "%s", plan->table->title);
    mr_describe_itemf(out, "type", "%s: %s", mr_cell_type_word(fact.column->type), type_meanings[fact.column->type]);
    mr_describe_item(out, "unit", fact.column->unit);
    mr_describe_itemf(out, "class", "%s: %s", mr_class_word(fact.class), class_meanings[fact.class]);
    if (mr_fact_semantic(&fact)[0] != '\0')
        mr_describe_itemf(out, "semantic", "%s%s", mr_fact_semantic(&fact), semantic_note(&fact));
    if (fact.key)
        mr_describe_item(out, "key", "yes: with the other keys it tells which thing the row is about");
    if (fact.added)
        mr_describe_item(out, "added", "by a user exit");
    mr_describe_item_put(out, fact.derived != NULL ? "formula" : "joined", put_formula, &fact);
    mr_describe_item_put(out, "field", put_place, &fact);
    if (fact.derived != NULL) {
        mr_describe_item(out, "confidence", fact.derived->confidence);
        mr_describe_item(out, "origin", fact.derived->origin);
    } else if (fact.field != NULL) {
        put_field(&fact, out);
    }
}

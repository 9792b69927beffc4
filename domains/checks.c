/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layouts that were worked out and not published are tested on every record (schema/checks.csv): from the first field
 * that cannot be what it is taken for, nothing of the record is used.
 */
#include "domains/system.h"
#include "reader/tod.h"

#include <stdlib.h>

#define BLANK 0x40 /* EBCDIC */

int mr_checks_open(struct mr_engine *engine)
{
    const struct mr_schema *schema = engine->options.schema;

    engine->checks = calloc(schema->check_count + 1, sizeof *engine->checks);
    if (engine->checks == NULL)
        return MR_FATAL;
    for (size_t i = 0; i < schema->check_count; i++) {
        const struct mr_layout_check *check = &schema->checks[i];
        struct mr_dispatch *target = &engine->dispatch[check->record.domain][check->record.number];
        int field = target->layout == NULL ? MR_NO_INDEX : mr_layout_field(target->layout, check->field);
        int other = target->layout == NULL ? MR_NO_INDEX : mr_layout_field(target->layout, check->other);

        /* What a site has corrected is no longer a guess. */
        if (field == MR_NO_INDEX || target->layout->fields[field].confidence != MR_CONF_DERIVED)
            continue;
        engine->checks[engine->check_count++] = (struct mr_check_rule){
            .check = check,
            .field = &target->layout->fields[field],
            .other = other == MR_NO_INDEX ? NULL : &target->layout->fields[other]};
        target->checked = true;
    }
    return MR_OK;
}

static const uint8_t *bytes_of(const struct mr_record *record, const struct mr_field *field)
{
    return (size_t)field->offset + field->length <= record->length ? record->data + field->offset : NULL;
}

/*
 * A name as CP keeps it: no blanks before or between, and none of the accented letters and signs that clock values
 * and counters look like in EBCDIC.  Texts that stand four bytes off do not pass.
 */
static bool is_name(const uint8_t *bytes, size_t length)
{
    while (length > 0 && (bytes[length - 1] == 0 || bytes[length - 1] == BLANK))
        length--;
    for (size_t i = 0; i < length; i++) {
        unsigned row = bytes[i] >> 4, column = bytes[i] & 15;
        bool special = (row >= 4 && row <= 7 && column >= 10) || bytes[i] == 0x50 || bytes[i] == 0x60 ||
                       bytes[i] == 0x61 || bytes[i] == 0x79;
        bool letter = row >= 8 && row <= 14 && row != 11 && column >= 1 && column <= 9;
        bool national = bytes[i] == 0xA1 || bytes[i] == 0xC0 || bytes[i] == 0xD0 || bytes[i] == 0xE0;

        if (!special && !letter && !national && !(row == 15 && column <= 9))
            return false;
    }
    return true;
}

static bool passes(const struct mr_check_rule *rule, const struct mr_record *record)
{
    const uint8_t *bytes = bytes_of(record, rule->field), *other;

    if (bytes == NULL)
        return true;
    switch (rule->check->kind) {
    case MR_CHECK_PRINTABLE:
        return is_name(bytes, rule->field->length);
    case MR_CHECK_NOT_LATER:
        /* Zero is no time: it has not happened. */
        return mr_decode_uint(bytes, rule->field->length) == 0 ||
               mr_tod_difference(record->tod, mr_decode_uint(bytes, rule->field->length)) >= 0;
    default:
        other = rule->other == NULL ? NULL : bytes_of(record, rule->other);
        return other == NULL ||
               mr_decode_uint(bytes, rule->field->length) >= mr_decode_uint(other, rule->other->length);
    }
}

size_t mr_checks_length(struct mr_engine *engine, const struct mr_record *record)
{
    const char *failed = NULL;
    size_t length = record->length;

    for (size_t i = 0; i < engine->check_count; i++) {
        const struct mr_check_rule *rule = &engine->checks[i];

        if (rule->check->record.domain != record->domain || rule->check->record.number != record->number ||
            rule->field->offset >= length || passes(rule, record))
            continue;
        length = rule->field->offset;
        failed = rule->field->name;
    }
    if (failed != NULL) {
        struct mr_place place = {engine->input, record->offset, record->domain, record->number, 0};

        mr_report(engine->log, MR_MSG_DERIVED_CHECK, &place, "%s at offset %zu", failed, length);
    }
    return length;
}

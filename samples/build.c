/* SPDX-License-Identifier: Apache-2.0 */
/* One record from a plan. */
#include "samples/plan.h"

#include "base/bytes.h"
#include "reader/record.h"
#include "reader/tod.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BLANK 0x40 /* EBCDIC */

/* A record while it is built. */
struct build {
    const struct ms_plan *plan;
    struct ms_scope *scope;
    uint8_t *record;
    uint32_t used;                      /* bytes that hold something */
    uint32_t at[MS_GROUPS_MAX];         /* where the entries of a group begin; 0: it is not there */
    const struct ms_place *place;
};

static void fail(struct build *build, const struct ms_place *place, const char *field, const char *why)
{
    if (!build->scope->failed)
        ms_fault(place->file == NULL ? build->place : place, "%s: %s", field, why);
    build->scope->failed = true;
}

static void put_number(uint8_t *to, size_t length, uint64_t number)
{
    switch (length) {
    case 1:
        to[0] = (uint8_t)number;
        break;
    case 2:
        mr_put_be16(to, (uint16_t)number);
        break;
    case 4:
        mr_put_be32(to, (uint32_t)number);
        break;
    case 8:
        mr_put_be64(to, number);
        break;
    default:
        for (size_t k = 0; k < length; k++)
            to[length - 1 - k] = k < 8 ? (uint8_t)(number >> (8 * k)) : 0;
    }
}

static uint64_t get_number(const uint8_t *from, size_t length)
{
    uint64_t number = 0;

    for (size_t k = 0; k < length; k++)
        number = number << 8 | from[k];
    return number;
}

/* The digits of a number, two in a byte. */
static void put_digits(uint8_t *to, size_t length, uint64_t number)
{
    for (size_t k = 0; k < length; k++, number /= 100)
        to[length - 1 - k] = (uint8_t)(number / 10 % 10 << 4 | number % 10);
}

static void put_text(struct build *build, const struct ms_fill *fill, uint8_t *to, struct ms_value value)
{
    size_t length = fill->field->length;

    if (value.length > length) {
        fail(build, &fill->place, fill->field->name, "the text is longer than the field");
        return;
    }
    memset(to, fill->field->type == MR_TYPE_CHAR ? BLANK : 0, length);
    if (value.length > 0)
        memcpy(to, value.text, value.length);
}

/* A time in the unit that the field counts in. */
static uint64_t scaled(struct build *build, const struct ms_fill *fill, uint64_t time)
{
    const struct mr_field *field = fill->field;
    uint64_t micros = mr_unit_micros(field->unit);

    if (field->type == MR_TYPE_TIMER || field->type == MR_TYPE_TOD || field->unit == MR_UNIT_TOD)
        return time;
    if (field->semantic == MR_SEM_TIME && field->unit == MR_UNIT_S)
        time -= MR_TOD_UNIX_EPOCH;
    if (micros == 0) {
        if (fill->value != NULL)
            fail(build, &fill->place, field->name, "this field has no unit of time; give a number");
        return time;
    }
    return (time >> 12) / micros;
}

static void put_decimal_text(struct build *build, const struct ms_fill *fill, uint8_t *to, uint64_t number)
{
    char ascii[32];
    uint8_t text[32];
    size_t length = (size_t)snprintf(ascii, sizeof ascii, "%" PRIu64, number);

    ms_letters(text, ascii, length);
    put_text(build, fill, to, (struct ms_value){.kind = MS_TEXT, .text = text, .length = length});
}

static void store(struct build *build, const struct ms_fill *fill, uint8_t *to, struct ms_value value)
{
    if (value.kind == MS_TEXT) {
        put_text(build, fill, to, value);
        return;
    }
    if (value.kind == MS_TIME)
        value.number = scaled(build, fill, value.number);
    if (fill->field->type == MR_TYPE_BCD)
        put_digits(to, fill->field->length, value.number);
    else if (fill->field->type == MR_TYPE_CHAR)
        put_decimal_text(build, fill, to, value.number);
    else
        put_number(to, fill->field->length, value.number);
}

static struct ms_value value_of(const struct ms_fill *fill, struct ms_scope *scope)
{
    scope->used = 0;
    scope->field = fill->seed;
    return fill->value == NULL ? ms_default_value(fill, scope) : ms_evaluate(fill->value, scope);
}

/* A field of the fixed part, all its elements. */
static void fill_field(struct build *build, const struct ms_fill *fill)
{
    const struct mr_field *field = fill->field;

    for (uint32_t k = 0; k < field->count; k++) {
        if (fill->element != 0 && fill->element != k + 1)
            continue;
        build->scope->e = k;
        store(build, fill, build->record + fill->offset + (size_t)k * field->step, value_of(fill, build->scope));
    }
    build->scope->e = 0;
}

/* A field that is as long as its text. */
static void fill_tail(struct build *build, const struct ms_fill *fill)
{
    const struct mr_field *field = fill->field, *length_field;
    struct ms_value value = {.kind = MS_TEXT};

    if (fill->value != NULL)
        value = value_of(fill, build->scope);
    if (value.kind != MS_TEXT || field->offset + value.length > MS_RECORD_ROOM) {
        fail(build, &fill->place, field->name, "a text of at most some thousand bytes is wanted");
        return;
    }
    if (value.length > 0)
        memcpy(build->record + field->offset, value.text, value.length);
    if (field->offset + value.length > build->used)
        build->used = (uint32_t)(field->offset + value.length);
    if (fill->length_given || field->length_field == MR_NO_INDEX)
        return;
    length_field = &fill->layout->fields[field->length_field];
    put_number(build->record + length_field->offset, length_field->length, value.length);
}

/* One entry of a group; fields that reach beyond it are left out. */
static void fill_entry(struct build *build, const struct ms_group_plan *group, uint32_t at, uint32_t stride,
                       uint32_t e)
{
    for (size_t f = 0; f < group->fill_count; f++) {
        const struct ms_fill *fill = &group->fills[f];
        const struct mr_field *field = fill->field;

        if (fill->element != 0 && fill->element != e + 1)
            continue;
        build->scope->e = e;
        for (uint32_t k = 0; k < field->count; k++) {
            uint32_t offset = fill->offset + k * field->step;

            if (offset + field->length <= stride)
                store(build, fill, build->record + at + offset, value_of(fill, build->scope));
        }
    }
    build->scope->e = 0;
}

/* A field that says where, how long or how many. */
static void put_measure(struct build *build, const struct mr_layout *layout, const struct mr_operand *operand,
                        uint64_t number)
{
    const struct mr_field *field;

    if (operand->field == MR_NO_INDEX || operand->case_count > 0)
        return;
    field = &layout->fields[operand->field];
    put_number(build->record + field->offset, field->length, number - operand->value);
}

static uint64_t get_measure(const struct build *build, const struct mr_layout *layout,
                            const struct mr_operand *operand)
{
    const struct mr_field *field;

    if (operand->field == MR_NO_INDEX)
        return operand->value;
    field = &layout->fields[operand->field];
    return operand->value + get_number(build->record + field->offset, field->length);
}

/* The place of a field in an entry that has been filled. */
static uint64_t field_in(const struct build *build, const struct mr_layout *layout, int index)
{
    const struct mr_field *field = &layout->fields[index];
    uint32_t at = 0;

    for (size_t g = 0; field->group != MR_NO_INDEX && g < build->plan->group_count; g++) {
        if (build->plan->groups[g].group == &layout->groups[field->group])
            at = build->at[g];
    }
    return get_number(build->record + at + field->offset, field->length);
}

/* The length of an entry that says itself what it is. */
static uint32_t stride_by_case(const struct build *build, const struct ms_group_plan *group, uint32_t at)
{
    const struct mr_operand *operand = &group->group->stride;
    const struct mr_field *field = &group->layout->fields[operand->field];
    uint64_t is = get_number(build->record + at + field->offset, field->length);

    for (unsigned c = 0; c < operand->case_count; c++) {
        if (operand->cases[c].is == is)
            return operand->cases[c].value;
    }
    return MR_HEADER_BYTES;
}

static uint32_t entry_count(struct build *build, const struct ms_statement *statement,
                            const struct ms_group_plan *group)
{
    const struct mr_operand *operand = &group->group->count;

    if (operand->field == MR_NO_INDEX && operand->value > 0)
        return operand->value;
    if (statement->entries != NULL)
        return (uint32_t)ms_evaluate_number(statement->entries, build->scope);
    if (group->count_given)
        return (uint32_t)get_measure(build, group->layout, operand);
    return 2;
}

/*
 * Where the entries of a group begin that the scenario does not place: where a group that is there begins by the same
 * field (0/20 tells one of three forms of a part by another part), else behind all that is there.
 */
static uint32_t place_of(const struct build *build, const struct ms_group_plan *group)
{
    for (size_t other = 0; other < build->plan->group_count; other++) {
        const struct ms_group_plan *with = &build->plan->groups[other];

        if (with->layout == group->layout && with->group->at.field == group->group->at.field && build->at[other] != 0)
            return build->at[other];
    }
    return build->used;
}

static void fill_group(struct build *build, const struct ms_statement *statement, size_t g)
{
    const struct ms_group_plan *group = &build->plan->groups[g];
    uint32_t count = entry_count(build, statement, group), stride = group->stride;
    uint64_t at;

    if (group->at_given || group->group->at.field == MR_NO_INDEX)
        at = get_measure(build, group->layout, &group->group->at);
    else
        at = place_of(build, group);
    if (group->stride_given)
        stride = (uint32_t)get_measure(build, group->layout, &group->group->stride);
    if (at + (uint64_t)count * stride > MS_RECORD_ROOM) {
        fail(build, build->place, group->group->name, "the entries do not fit in a record");
        return;
    }
    build->at[g] = (uint32_t)at;
    if (!group->at_given)
        put_measure(build, group->layout, &group->group->at, at);
    if (!group->stride_given)
        put_measure(build, group->layout, &group->group->stride, stride);
    if (!group->count_given)
        put_measure(build, group->layout, &group->group->count, count);
    for (uint32_t e = 0; e < count; e++) {
        fill_entry(build, group, (uint32_t)at, stride, e);
        at += group->group->stride.case_count > 0 ? stride_by_case(build, group, (uint32_t)at) : stride;
    }
    if (at > build->used)
        build->used = (uint32_t)at;
}

/* Groups that depend on a field are filled after all others, when that field has its value. */
static void fill_groups(struct build *build, const struct ms_statement *statement)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t g = 0; g < build->plan->group_count; g++) {
            const struct ms_group_plan *group = &build->plan->groups[g];
            int when = group->group->when_field;

            if ((when != MR_NO_INDEX) != (pass == 1))
                continue;
            if (when == MR_NO_INDEX || field_in(build, group->layout, when) == group->group->when_value)
                fill_group(build, statement, g);
        }
    }
}

static void put_header(const struct ms_statement *statement, struct ms_scope *scope, uint8_t *record, uint32_t length)
{
    memset(record, 0, MR_HEADER_BYTES);
    mr_put_be16(record, (uint16_t)length);
    record[4] = statement->domain;
    mr_put_be16(record + 6, statement->number);
    mr_put_be64(record + 8, scope->now);
}

static void apply_patches(struct build *build, uint32_t length)
{
    for (size_t p = 0; p < build->plan->patch_count; p++) {
        const struct ms_patch *patch = &build->plan->patches[p];
        uint64_t at = ms_evaluate_number(patch->at, build->scope);
        struct ms_value value = ms_evaluate(patch->value, build->scope);

        if (value.kind != MS_TEXT || at > length || value.length > length - at) {
            fail(build, &patch->place, "@", "bytes inside the record are wanted: @24=x\"00FF\"");
            return;
        }
        if (value.length > 0)
            memcpy(build->record + at, value.text, value.length);
    }
}

static uint32_t raw_record(const struct ms_statement *statement, struct ms_scope *scope, uint8_t *record)
{
    struct ms_value value = ms_evaluate(statement->raw, scope);

    if (value.kind != MS_TEXT || value.length == 0 || value.length > MS_RECORD_ROOM) {
        if (!scope->failed)
            ms_fault(&statement->place, "raw wants the bytes of a record: raw x\"0014...\"");
        scope->failed = true;
        return 0;
    }
    memcpy(record, value.text, value.length);
    return (uint32_t)value.length;
}

/* Bytes that no field covers: zero, or anything. */
static void prepare(const struct ms_plan *plan, struct ms_scope *scope, bool noise, uint8_t *record)
{
    memset(record, 0, plan->group_count > 0 || plan->tail_count > 0 ? MS_RECORD_ROOM : plan->reach);
    for (uint32_t k = 0; noise && k + 8 <= plan->length; k += 8)
        mr_put_be64(record + k, ms_mix(ms_mix(scope->entity, scope->n), k));
}

uint32_t ms_build(const struct ms_statement *statement, struct ms_scope *scope, bool noise, uint8_t *record)
{
    const struct ms_plan *plan = statement->plan;
    struct build build = {.plan = plan, .scope = scope, .record = record, .place = &statement->place};
    uint64_t length;

    scope->used = 0;
    scope->field = statement->seed;
    if (statement->raw != NULL)
        return raw_record(statement, scope, record);
    build.used = plan->length;
    prepare(plan, scope, noise, record);
    for (size_t f = 0; f < plan->fill_count; f++)
        fill_field(&build, &plan->fills[f]);
    for (size_t t = 0; t < plan->tail_count; t++)
        fill_tail(&build, &plan->tails[t]);
    fill_groups(&build, statement);
    length = build.used;
    if (statement->length != NULL) {
        length = ms_evaluate_number(statement->length, scope);
        if (length < MR_HEADER_BYTES || length > MR_RECORD_MAX) {
            fail(&build, &statement->place, "length", "a record has 20 to 8188 bytes");
            return 0;
        }
        if (length > plan->reach && length > build.used)
            memset(record + (plan->reach > build.used ? plan->reach : build.used), 0,
                   length - (plan->reach > build.used ? plan->reach : build.used));
    }
    put_header(statement, scope, record, (uint32_t)length);
    apply_patches(&build, (uint32_t)length);
    return scope->failed ? 0 : (uint32_t)length;
}

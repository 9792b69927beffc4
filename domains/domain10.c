/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain 10, application data.  What a record holds is told by its product id (schema/variants.csv).  The data stands
 * where the record says, and texts of flexible length may stand in it: it is copied to where the layouts expect it, with
 * the texts taken out, and from there on it is a record like any other.
 */
#include "domains/system.h"

#include <string.h>

static unsigned digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'A' + 10);
}

static bool begins_with(const uint8_t *bytes, size_t length, const char *hex)
{
    size_t n = strlen(hex) / 2;

    if (n > length)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != (digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1])))
            return false;
    }
    return true;
}

struct mr_variant_rule *mr_d10_variant(struct mr_engine *engine, const struct mr_record *record)
{
    for (size_t i = 0; i < engine->variant_count; i++) {
        struct mr_variant_rule *rule = &engine->variants[i];
        int index;

        if (rule->variant->record.domain != record->domain || rule->variant->record.number != record->number ||
            rule->base == NULL)
            continue;
        index = mr_layout_field(rule->base, rule->variant->field);
        if (index != MR_NO_INDEX &&
            (size_t)rule->base->fields[index].offset + rule->base->fields[index].length <= record->length &&
            begins_with(record->data + rule->base->fields[index].offset, rule->base->fields[index].length,
                        rule->variant->match))
            return rule;
    }
    return NULL;
}

static bool number(const struct mr_layout *layout, const char *name, const struct mr_part *record, uint64_t *value)
{
    int index = mr_layout_field(layout, name);

    return index != MR_NO_INDEX && mr_decode_number(layout, index, record, value) == MR_OK;
}

/* Where the data of a record really is, within its bytes. */
static bool find_data(const struct mr_variant_rule *rule, const struct mr_record *record, size_t *offset, size_t *length)
{
    const struct mr_part whole = {record->data, record->length, 0, false};
    uint64_t at, n;

    if (!number(rule->base, rule->variant->data_offset, &whole, &at) ||
        !number(rule->base, rule->variant->data_length, &whole, &n) || at < MR_HEADER_BYTES || at >= record->length)
        return false;
    *offset = (size_t)at;
    *length = n < record->length - at ? (size_t)n : record->length - (size_t)at;
    return true;
}

/*
 * The texts stand one behind the other, each behind two bytes that hold its length.  They are noted, and in the copy each
 * is left empty, so that what follows has its offset.  Returns how many bytes of the copy are filled.
 */
static size_t take_texts(struct mr_engine *engine, const struct mr_variant *variant, unsigned count,
                         const uint8_t *data, size_t length, size_t at)
{
    uint8_t *copy = engine->application.bytes;
    size_t out = variant->texts_at, in = at;

    engine->application.text_count = 0;
    for (unsigned i = 0; i < count && i < MR_VARIANT_TEXTS_MAX; i++) {
        size_t n;

        if (length - in < 2)
            return out;
        n = mr_be16(data + in);
        in += 2;
        if (n > length - in)
            return out;
        engine->application.text_at[i] = (uint16_t)in;
        engine->application.text_length[i] = (uint16_t)n;
        engine->application.text_count = i + 1;
        memcpy(engine->application.texts + in, data + in, n);
        in += n;
        mr_put_be16(copy + out, 0);
        out += 2;
    }
    memcpy(copy + out, data + in, length - in);
    return out + length - in;
}

static size_t arrange(struct mr_engine *engine, const struct mr_variant_rule *rule, const struct mr_feed *feed,
                      const struct mr_record *record)
{
    const struct mr_variant *variant = rule->variant;
    uint8_t *copy = engine->application.bytes;
    size_t at, length, head;

    engine->application.text_count = 0;
    if (!find_data(rule, record, &at, &length) || variant->data_at > record->length)
        return record->length < variant->data_at ? record->length : variant->data_at;
    memcpy(copy, record->data, variant->data_at);
    if (length > MR_RECORD_MAX - variant->data_at - 2u * MR_VARIANT_TEXTS_MAX)
        length = MR_RECORD_MAX - variant->data_at - 2u * MR_VARIANT_TEXTS_MAX;
    head = variant->texts_at == 0 ? length : (size_t)variant->texts_at - variant->data_at;
    if (head > length)
        head = length;
    memcpy(copy + variant->data_at, record->data + at, head);
    if (variant->texts_at == 0 || head == length)
        return variant->data_at + head;
    return take_texts(engine, variant, feed->text_count, record->data + at, length, head);
}

/* Two update counts stand around the data: unequal ones mean that it was read while it changed. */
static bool consistent(const struct mr_variant_rule *rule, const struct mr_record *record)
{
    const struct mr_part whole = {record->data, record->length, 0, false};
    uint64_t first, second;

    if (rule->variant->equal_first[0] == '\0')
        return true;
    return number(rule->layout, rule->variant->equal_first, &whole, &first) &&
           number(rule->layout, rule->variant->equal_second, &whole, &second) && first == second;
}

int mr_d10_record(struct mr_engine *engine, struct mr_system *system, const struct mr_variant_rule *rule,
                  const struct mr_record *record)
{
    struct mr_record moved = *record;
    int status = MR_OK;

    for (size_t f = 0; f < rule->active && status == MR_OK; f++) {
        moved.data = engine->application.bytes;
        moved.length = (uint32_t)arrange(engine, rule, rule->feeds[f], record);
        if (moved.length < MR_HEADER_BYTES)
            continue;
        memcpy(engine->application.bytes, record->data, MR_HEADER_BYTES);
        if (!consistent(rule, &moved)) {
            struct mr_place place = {engine->input, record->offset, record->domain, record->number, 0};

            mr_report(engine->options.log, MR_MSG_INCONSISTENT_DATA, &place, "%s", rule->variant->variant);
            return MR_OK;
        }
        status = mr_dispatch_feed(engine, system, rule->feeds[f], &moved, moved.length);
    }
    return status;
}

void mr_d10_texts(const struct mr_feed *feed, struct mr_engine *engine)
{
    for (unsigned i = 0; i < feed->text_count && i < engine->application.text_count; i++)
        mr_decode_ascii(engine->application.texts + engine->application.text_at[i],
                        engine->application.text_length[i], &engine->text, &engine->cells[feed->first_text + i]);
}

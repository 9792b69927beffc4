/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of fields that a scenario leaves open: right in type, possible in size, the same each time.  They depend on
 * the short name of the field (VMDTTIME of 4/2 goes on where that of 4/3 stood), on the entity and on the time.
 */
#include "samples/plan.h"

#include "reader/tod.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE_US UINT64_C(60000000)
#define PART_MAX 25                      /* percent of a minute: with all variation still below the whole */
#define WORD_MAX 6                       /* letters of a text */
#define DOWNWARD_TOP (UINT64_C(1) << 62) /* where a counter begins that runs backwards */

static const char *short_name(const char *name)
{
    const char *line = strchr(name, '_');

    return line == NULL ? name : line + 1;
}

static bool has_name_key(const struct mr_layout *layout)
{
    for (int f = 0; f < layout->field_count; f++) {
        const struct mr_field *field = &layout->fields[f];

        if (field->semantic == MR_SEM_KEY && field->type == MR_TYPE_CHAR && field->group == MR_NO_INDEX)
            return true;
    }
    return false;
}

static enum ms_default key_default(const struct mr_field *field, const struct mr_layout *layout)
{
    if (field->type == MR_TYPE_CHAR)
        return field->group == MR_NO_INDEX ? MS_KEY_NAME : MS_WORD;
    if (field->type == MR_TYPE_BYTES || field->type == MR_TYPE_BITS)
        return MS_FIXED;
    if (field->group != MR_NO_INDEX)
        return MS_KEY_E;
    if (field->show == MR_SHOW_HEX && field->length > 1) /* others are channel paths */
        return field->length == 2 ? MS_KEY_DEVICE : MS_KEY_CHANNEL;
    return has_name_key(layout) && field->length > 1 ? MS_KEY_J : MS_KEY_I;
}

static enum ms_default default_how(const struct mr_field *field, const struct mr_layout *layout)
{
    if (field->semantic == MR_SEM_KEY)
        return key_default(field, layout);
    if (field->type == MR_TYPE_CHAR)
        return MS_WORD;
    if (field->type == MR_TYPE_TOD || (field->semantic == MR_SEM_TIME && field->type != MR_TYPE_BYTES))
        return MS_MOMENT;
    switch (field->semantic) {
    case MR_SEM_COUNTER:
    case MR_SEM_DURATION_COUNTER:
        return field->direction == MR_DIR_DOWN ? MS_DOWNWARD : MS_COUNTER;
    case MR_SEM_GAUGE:
        return MS_GAUGE;
    default:
        return MS_FIXED;
    }
}

/* What a counter gains in a minute, before the entity's own factor. */
static uint64_t counter_size(const struct mr_field *field, uint64_t seed)
{
    uint64_t micros = mr_unit_micros(field->unit);

    if (field->length == 1)
        return 1 + seed % 4;
    if (field->length == 2)
        return 1 + seed % 60;
    if (field->type == MR_TYPE_TIMER)
        return (MINUTE_US << 12) / 100 * (1 + seed % PART_MAX);
    if (field->semantic == MR_SEM_DURATION_COUNTER)
        return MINUTE_US / (micros == 0 ? 1 : micros) * (1 + seed % PART_MAX) / 100;
    return field->unit == MR_UNIT_BYTES || field->unit == MR_UNIT_KB ? seed % 2000000 : 1 + seed % 3000;
}

static uint64_t value_size(const struct mr_field *field, uint64_t seed)
{
    if (field->unit == MR_UNIT_PERCENT)
        return 100;
    if (field->unit == MR_UNIT_PERCENT_100)
        return 10000;
    switch (field->length) {
    case 1:
        return 1 + seed % 100;
    case 2:
        return 1 + seed % 1000;
    case 4:
        return 1 + seed % 100000;
    default:
        return 1 + seed % 10000000;
    }
}

void ms_default_choose(struct ms_fill *fill)
{
    const struct mr_field *field = fill->field;

    fill->seed = ms_mix_text(short_name(field->name));
    fill->how = default_how(field, fill->layout);
    if (fill->how == MS_COUNTER || fill->how == MS_DOWNWARD)
        fill->size = counter_size(field, ms_mix(fill->seed, 1));
    else
        fill->size = value_size(field, ms_mix(fill->seed, 1));
}

/* Does nothing ever happen to this field of this thing?  The bits are others than those that counter() looks at. */
static bool is_still(const struct ms_scope *scope, uint64_t random)
{
    return (random >> 32) % 100 < scope->still;
}

/* One thing in eight never moves; the others gain up to twice the usual. */
static uint64_t counter(const struct ms_fill *fill, const struct ms_scope *scope, uint64_t random)
{
    uint64_t factor = (random & 7) == 0 ? 0 : random >> 3 & 255;

    if (is_still(scope, random))
        return fill->size * factor; /* what it once came to */
    return ms_growth(fill->size * factor / 128, scope->nominal - scope->since, random);
}

/* Letters that can be spoken. */
static struct ms_value word(const struct ms_fill *fill, struct ms_scope *scope, uint64_t random)
{
    static const char consonants[] = "BDFGHKLMNPRSTVWZ", vowels[] = "AEIO";
    size_t length = fill->field->length < WORD_MAX ? fill->field->length : WORD_MAX;
    uint8_t *text = scope->scratch + scope->used;
    char ascii[WORD_MAX];

    for (size_t k = 0; k < length; k++) {
        ascii[k] = k % 2 == 0 ? consonants[random & 15] : vowels[random & 3];
        random = random >> 4 | random << 60;
    }
    ms_letters(text, ascii, length);
    return (struct ms_value){.kind = MS_TEXT, .text = text, .length = length};
}

static struct ms_value name_of_entity(struct ms_scope *scope)
{
    uint8_t *text = scope->scratch + scope->used;
    size_t length = strlen(scope->name);

    ms_letters(text, scope->name, length);
    return (struct ms_value){.kind = MS_TEXT, .text = text, .length = length};
}

struct ms_value ms_default_value(const struct ms_fill *fill, struct ms_scope *scope)
{
    uint64_t random = ms_mix(ms_mix(scope->field, scope->entity), scope->e);
    struct ms_value value = {.kind = MS_NUMBER};

    switch (fill->how) {
    case MS_KEY_NAME:
        return scope->name[0] != '\0' ? name_of_entity(scope) : word(fill, scope, random);
    case MS_WORD:
        return word(fill, scope, random);
    case MS_MOMENT:
        return (struct ms_value){.kind = MS_TIME, .number = scope->since};
    case MS_KEY_I:
        value.number = scope->i;
        break;
    case MS_KEY_J:
        value.number = scope->j;
        break;
    case MS_KEY_E:
        value.number = scope->e;
        break;
    case MS_KEY_DEVICE:
        value.number = strtoull(scope->name, NULL, 16);
        break;
    case MS_KEY_CHANNEL:
        value.number = 0x10000u + scope->i;
        break;
    case MS_COUNTER:
        value.number = counter(fill, scope, random);
        break;
    case MS_DOWNWARD:
        value.number = DOWNWARD_TOP - counter(fill, scope, random);
        break;
    case MS_GAUGE:
        value.number = ms_mix(random, is_still(scope, random) ? 0 : scope->n) % (fill->size + 1);
        break;
    case MS_CHOICE:
        value.number = fill->choices[random % fill->choice_count];
        break;
    default:
        value.number = fill->field->type == MR_TYPE_BYTES ? random : random % (fill->size + 1);
        break;
    }
    return value;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/yardstick.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TOD_1970 UINT64_C(0x7D91048BCA000000)
#define TOD_SECOND UINT64_C(4096000000)
#define KEY_MAX 128
#define OUT_BUFFER 65536

struct cell {
    const uint8_t *bytes; /* NULL: the record does not have it */
    unsigned length;
    bool present;
    uint64_t number; /* of a counter: the difference */
    double real;
};

/* A record, or the entry of it that makes the row. */
struct row {
    struct state *state;
    struct feed *feed;
    const struct record *record;
    const uint8_t *entry;
    unsigned entry_length, index;
    uint64_t elapsed;
    const char *quality;
    struct cell cells[2048];
};

uint64_t number_at(const uint8_t *bytes, unsigned length)
{
    uint64_t number = 0;

    for (unsigned i = 0; i < length; i++)
        number = number << 8 | bytes[i];
    return number;
}

/* ---- where things are in a record ---- */

static const uint8_t *entry_of(const struct mr_layout *layout, const struct mr_group *group, unsigned index,
                               const struct record *record, unsigned *length);

/* A number that stands in the record, or in the first entry of a group. */
static bool field_number(const struct mr_layout *layout, int index, const struct record *record, uint64_t *value)
{
    const struct mr_field *field = &layout->fields[index];
    const uint8_t *part = record->bytes;
    unsigned room = record->length;

    if (field->group != MR_NO_INDEX)
        part = entry_of(layout, &layout->groups[field->group], 0, record, &room);
    if (part == NULL || field->offset + (unsigned)field->length > room)
        return false;
    *value = number_at(part + field->offset, field->length);
    return true;
}

static bool operand(const struct mr_layout *layout, const struct mr_operand *operand, const struct record *record,
                    uint64_t *value)
{
    uint64_t more = 0;

    if (operand->field != MR_NO_INDEX && !field_number(layout, operand->field, record, &more))
        return false;
    *value = operand->value + more;
    return true;
}

static const uint8_t *entry_of(const struct mr_layout *layout, const struct mr_group *group, unsigned index,
                               const struct record *record, unsigned *length)
{
    uint64_t at, stride, count = 0, when;

    if (!operand(layout, &group->at, record, &at) || !operand(layout, &group->stride, record, &stride) ||
        !operand(layout, &group->count, record, &count) || (count != 0 && index >= count) || stride == 0)
        return NULL;
    if (group->when_field != MR_NO_INDEX &&
        (!field_number(layout, group->when_field, record, &when) || when != group->when_value))
        return NULL;
    at += stride * index;
    if (at < 20 || at >= record->length)
        return NULL;
    *length = record->length - (unsigned)at;
    if (*length > stride)
        *length = (unsigned)stride;
    return record->bytes + at;
}

static void find_cell(const struct row *row, const struct column *column, struct cell *cell)
{
    const struct mr_layout *layout = row->feed->layout;
    const uint8_t *part = column->in_row_entry ? row->entry : row->record->bytes;
    unsigned room = column->in_row_entry ? row->entry_length : row->record->length;

    *cell = (struct cell){.length = column->length};
    if (column->group != NULL)
        part = entry_of(layout, column->group, column->entry, row->record, &room);
    if (column->kind == KIND_INDEX || column->kind == KIND_REAL || part == NULL || column->offset > room)
        return;
    if (column->length == MR_LENGTH_REST || column->length == 0) {
        const struct mr_field *told =
            column->field->length_field == MR_NO_INDEX ? NULL : &layout->fields[column->field->length_field];

        cell->length = room - column->offset;
        if (told != NULL && number_at(row->record->bytes + told->offset, told->length) < cell->length)
            cell->length = (unsigned)number_at(row->record->bytes + told->offset, told->length);
    }
    if (cell->length > 0 && column->offset + cell->length <= room)
        cell->bytes = part + column->offset;
    cell->present = cell->bytes != NULL;
}

/* ---- differences ---- */

static struct thing *add_thing(struct feed *feed, struct thing **bucket, const uint8_t *key, unsigned length)
{
    struct thing *thing = calloc(1, sizeof *thing);

    if (thing == NULL)
        give_up("memory");
    thing->key = malloc(length + 1);
    thing->readings = calloc(feed->slot_count + 1, sizeof *thing->readings);
    thing->have = calloc(feed->slot_count + 1, sizeof *thing->have);
    if (thing->key == NULL || thing->readings == NULL || thing->have == NULL)
        give_up("memory");
    memcpy(thing->key, key, length);
    thing->key_length = length;
    thing->fresh = true;
    thing->next = *bucket;
    *bucket = thing;
    return thing;
}

static struct thing *thing_of(const struct row *row)
{
    struct feed *feed = row->feed;
    uint8_t key[KEY_MAX];
    unsigned length = 0;
    uint32_t hash = 5381;
    struct thing *thing;

    for (unsigned c = 0; c < feed->column_count; c++) {
        const struct column *column = &feed->columns[c];
        const struct cell *cell = &row->cells[c];
        unsigned size = column->kind == KIND_INDEX ? 2 : column->length;

        if (!column->key || length + size > KEY_MAX)
            continue;
        memset(key + length, 0, size);
        if (column->kind == KIND_INDEX)
            memcpy(key + length, &row->index, size);
        else if (cell->bytes != NULL)
            memcpy(key + length, cell->bytes, size);
        length += size;
    }
    for (unsigned i = 0; i < length; i++)
        hash = hash * 33 ^ key[i];
    for (thing = feed->things[hash % BUCKETS]; thing != NULL; thing = thing->next) {
        if (thing->key_length == length && memcmp(thing->key, key, length) == 0)
            return thing;
    }
    return add_thing(feed, &feed->things[hash % BUCKETS], key, length);
}

/* False where the counter fell: it began anew.  Counters of 2 and 4 bytes wrap. */
static bool difference(const struct column *column, uint64_t now, uint64_t before, uint64_t elapsed, uint64_t *result)
{
    uint64_t range = column->length < 8 ? UINT64_C(1) << (8 * column->length) : 0;

    if (column->field->direction == MR_DIR_AUTO) {
        *result = now - before < before - now ? now - before : before - now;
        return *result <= elapsed + elapsed / 8 + TOD_SECOND;
    }
    if (column->field->direction == MR_DIR_DOWN) {
        uint64_t swap = now;

        now = before;
        before = swap;
    }
    *result = now - before;
    if (now >= before)
        return true;
    *result += range;
    return range != 0 && (column->length == 2 || (column->length == 4 && *result < range / 256));
}

/* What the times say: false where this record has been here already. */
static bool judge(struct row *row, struct thing *thing)
{
    const struct mr_field *mark = row->feed->mark;
    uint64_t value = 0;
    bool changed = false;

    if (mark != NULL && mark->offset + (unsigned)mark->length <= row->record->length) {
        value = number_at(row->record->bytes + mark->offset, mark->length);
        changed = !thing->fresh && value != thing->mark;
        thing->mark = value;
    }
    row->quality = "first";
    if (thing->fresh || changed || row->record->tod < thing->tod)
        return true;
    row->elapsed = row->record->tod - thing->tod;
    row->quality = row->state->interval > thing->interval + 1 ? "gap" : "ok";
    return row->elapsed != 0;
}

static void take_counters(struct row *row, struct thing *thing)
{
    struct feed *feed = row->feed;
    bool reset = false;

    for (unsigned c = 0; c < feed->column_count; c++) {
        const struct column *column = &feed->columns[c];
        struct cell *cell = &row->cells[c];
        uint64_t now;

        if (!column->counter)
            continue;
        if (cell->bytes == NULL) {
            thing->have[column->slot] = false;
            continue;
        }
        now = number_at(cell->bytes, cell->length);
        cell->present = thing->have[column->slot] && row->elapsed != 0;
        if (cell->present && !difference(column, now, thing->readings[column->slot], row->elapsed, &cell->number))
            reset = true;
        thing->readings[column->slot] = now;
        thing->have[column->slot] = true;
    }
    for (unsigned c = 0; reset && c < feed->column_count; c++)
        row->cells[c].present &= !feed->columns[c].counter;
    if (reset) {
        row->quality = "reset";
        row->elapsed = 0;
    }
    thing->tod = row->record->tod;
    thing->interval = row->state->interval;
    thing->fresh = false;
}

/* ---- derived columns ---- */

static double value_of(const struct column *column, const struct cell *cell)
{
    uint64_t number;

    if (!cell->present || cell->length > 8)
        return NAN;
    number = column->counter ? cell->number : number_at(cell->bytes, cell->length);
    switch (column->kind) {
    case KIND_INT:
        return cell->length == 2 ? (int16_t)number : (int32_t)number;
    case KIND_SECONDS:
        return (double)(number * mr_unit_micros(column->field->unit)) / 1e6;
    case KIND_TIMER:
        return (double)(number >> 12) / 1e6;
    case KIND_UINT:
    case KIND_HEX:
        return (double)number;
    default:
        return NAN;
    }
}

/* Does the system send a record that takes the place of a field of the formula? */
static bool is_superseded(const struct row *row, const struct formula *formula)
{
    const struct mr_schema *schema = mr_schema_builtin();
    const struct mr_layout *layout = row->feed->layout;

    for (size_t i = 0; i < schema->superseded_count; i++) {
        const struct mr_superseded *rule = &schema->superseded[i];

        if (rule->record.domain == layout->domain && rule->record.number == layout->number &&
            row->state->sent[rule->by.domain][rule->by.number] && formula_uses(formula, row->feed, rule->field))
            return true;
    }
    return false;
}

static void derive(struct row *row)
{
    static double values[2048];
    double duration = row->elapsed != 0 ? (double)(row->elapsed >> 12) / 1e6 : NAN;

    for (unsigned c = 0; c < row->feed->column_count; c++) {
        const struct column *column = &row->feed->columns[c];
        struct cell *cell = &row->cells[c];

        if (column->kind == KIND_REAL) {
            double condition = column->condition == NULL ? 1 : formula_value(column->condition, values, duration);

            values[c] = isnan(condition) || condition == 0 ? NAN : formula_value(column->formula, values, duration);
            cell->present = isfinite(values[c]) && !is_superseded(row, column->formula);
            cell->real = values[c];
        } else {
            values[c] = value_of(column, cell);
        }
    }
}

/* ---- cells ---- */

static void print_time(FILE *out, int64_t micros)
{
    time_t seconds = (time_t)(micros / 1000000);
    char text[32];
    struct tm tm;

    gmtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
    fprintf(out, "%s.%06d", text, (int)(micros % 1000000));
}

static void print_tod(FILE *out, uint64_t tod)
{
    print_time(out, ((int64_t)(tod - TOD_1970)) >> 12);
}

static void print_text(FILE *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fprintf(out, "%s", text);
        return;
    }
    putc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', out);
        putc(*text, out);
    }
    putc('"', out);
}

static void print_hex(FILE *out, const char *prefix, const uint8_t *bytes, unsigned length)
{
    static const char digits[] = "0123456789ABCDEF";
    char text[2 * 4096 + 1], *to = text;

    for (unsigned i = 0; i < length; i++) {
        *to++ = digits[bytes[i] >> 4];
        *to++ = digits[bytes[i] & 15];
    }
    *to = '\0';
    fprintf(out, "%s%s", prefix, text);
}

static void print_ascii(FILE *out, const uint8_t *bytes, unsigned length)
{
    char text[4097];

    while (length > 0 && (bytes[length - 1] == ' ' || bytes[length - 1] == 0))
        length--;
    for (unsigned i = 0; i < length; i++)
        text[i] = (char)(bytes[i] >= 0x80 ? '?' : bytes[i] < 0x20 || bytes[i] == 0x7F ? ' ' : bytes[i]);
    text[length] = '\0';
    print_text(out, text);
}

static void print_cell(FILE *out, const struct row *row, const struct column *column, const struct cell *cell)
{
    char text[2 * 4096 + 3];
    uint64_t number = 0;

    if (column->kind == KIND_INDEX) {
        fprintf(out, column->hex ? "0x%02X" : "%u", row->index);
        return;
    }
    if (!cell->present)
        return;
    if (column->kind < KIND_TEXT)
        number = column->counter ? cell->number : number_at(cell->bytes, cell->length);
    switch (column->kind) {
    case KIND_UINT:
        fprintf(out, "%" PRIu64, number);
        break;
    case KIND_INT:
        fprintf(out, "%d", cell->length == 2 ? (int16_t)number : (int32_t)number);
        break;
    case KIND_SECONDS:
        if (column->field->type == MR_TYPE_S16 || column->field->type == MR_TYPE_S32)
            number = (uint64_t)(int64_t)(cell->length == 2 ? (int16_t)number : (int32_t)number);
        fprintf(out, "%.6f", (double)(int64_t)(number * mr_unit_micros(column->field->unit)) / 1e6);
        break;
    case KIND_TIMER:
        fprintf(out, "%.6f", (double)(number >> 12) / 1e6);
        break;
    case KIND_REAL:
        fprintf(out, "%.6f", cell->real);
        break;
    case KIND_TOD:
        if (number != 0)
            print_tod(out, number);
        break;
    case KIND_UNIX:
        print_time(out, (int64_t)number * 1000000);
        break;
    case KIND_TEXT:
        text_of(text, cell->bytes, cell->length);
        print_text(out, text);
        break;
    case KIND_ASCII:
        print_ascii(out, cell->bytes, cell->length);
        break;
    case KIND_DIGITS:
        print_hex(out, "", cell->bytes, cell->length);
        break;
    default:
        print_hex(out, "0x", cell->bytes, cell->length);
        break;
    }
}

/* ---- rows ---- */

/* The first column of a name stands for all records of the table: only computed keys have a name in common. */
static bool is_repeated(const struct table *table, unsigned f, unsigned c)
{
    const struct column *column = &table->feeds[f].columns[c];

    for (unsigned before = 0; column->computed && before < f; before++) {
        if (strcmp(table->feeds[before].columns[0].name, column->name) == 0)
            return true;
    }
    return false;
}

static void open_table(const struct state *state, struct table *table)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s.csv", state->folder, table->schema->name);
    table->out = fopen(path, "w");
    if (table->out == NULL)
        give_up(path);
    setvbuf(table->out, NULL, _IOFBF, OUT_BUFFER);
    fprintf(table->out, "SYSID,ORGSYSID,CPUMODEL,VMCINTTS,ENDTS,DURATION,QUALITY%s",
            table->tells_record ? ",RECORD" : "");
    for (unsigned f = 0; f < table->feed_count; f++) {
        for (unsigned c = 0; c < table->feeds[f].column_count; c++) {
            if (!is_repeated(table, f, c))
                fprintf(table->out, ",%s", table->feeds[f].columns[c].name);
        }
    }
    fprintf(table->out, "\n");
}

static void print_common(FILE *out, const struct row *row)
{
    const struct state *state = row->state;

    print_text(out, state->sysid);
    putc(',', out);
    print_text(out, state->sysid);
    putc(',', out);
    print_text(out, state->model);
    putc(',', out);
    if (state->interval_start != 0)
        print_tod(out, state->interval_start);
    putc(',', out);
    print_tod(out, row->record->tod);
    putc(',', out);
    if (row->elapsed != 0)
        fprintf(out, "%.6f", (double)(row->elapsed >> 12) / 1e6);
    fprintf(out, ",%s", row->quality);
}

static void print_row(const struct row *row)
{
    struct table *table = row->feed->table;

    if (table->out == NULL)
        open_table(row->state, table);
    print_common(table->out, row);
    if (table->tells_record)
        fprintf(table->out, ",%u/%u", row->feed->layout->domain, row->feed->layout->number);
    for (unsigned f = 0; f < table->feed_count; f++) {
        const struct feed *feed = &table->feeds[f];

        for (unsigned c = 0; c < feed->column_count; c++) {
            if (is_repeated(table, f, c))
                continue;
            putc(',', table->out);
            /* A computed key is the first column of each record. */
            if (feed == row->feed || (feed->columns[c].computed && row->feed->columns[c].computed))
                print_cell(table->out, row, &row->feed->columns[c], &row->cells[c]);
        }
    }
    putc('\n', table->out);
    row->state->rows++;
}

static void make_row(struct row *row)
{
    struct feed *feed = row->feed;

    row->quality = "ok";
    row->elapsed = 0;
    for (unsigned c = 0; c < feed->column_count; c++)
        find_cell(row, &feed->columns[c], &row->cells[c]);
    if (feed->sample) {
        struct thing *thing = thing_of(row);

        if (!judge(row, thing))
            return;
        take_counters(row, thing);
    }
    if (feed->slot_count == 0)
        row->quality = "ok";
    if (feed->has_formulas)
        derive(row);
    print_row(row);
}

void rows_of(struct state *state, struct feed *feed, const struct record *record)
{
    static struct row row;

    row.state = state;
    row.feed = feed;
    row.record = record;
    row.index = 0;
    row.entry = NULL;
    if (feed->entries == NULL) {
        make_row(&row);
        return;
    }
    for (; row.index < 1024; row.index++) {
        row.entry = entry_of(feed->layout, feed->entries, row.index, record, &row.entry_length);
        if (row.entry == NULL)
            break;
        make_row(&row);
    }
}

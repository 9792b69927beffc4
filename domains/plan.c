/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/plan.h"

#include "base/grow.h"
#include "reader/record.h"
#include "schema/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 16384
#define STEPS_MAX 16384

/* Room that one text needs: EBCDIC becomes at most two bytes of UTF-8 a character; bytes shown in hex stay as long. */
#define UTF8_PER_CHARACTER 2u
#define TEXT_PREFIX 2u /* 0x in front of what is no text */

struct making {
    struct mr_plan *plan;
    struct mr_feed *feed;
    const struct mr_plan_sources *sources;
    struct mr_arena *names;
    size_t step_room, key_room;
    int status;
};

static const struct mr_column common_columns[MR_COL_COMMON] = {
    [MR_COL_SYSID] = {"SYSID", "Logical name of the system", "", MR_CELL_TEXT, 64},
    [MR_COL_ORGSYSID] = {"ORGSYSID", "Original name of the system", "", MR_CELL_TEXT, 64},
    [MR_COL_CPUMODEL] = {"CPUMODEL", "Processor model of the system", "", MR_CELL_TEXT, 64},
    [MR_COL_VMCINTTS] = {"VMCINTTS", "Start of the sample interval", "UTC", MR_CELL_TIME, 0},
    [MR_COL_ENDTS] = {"ENDTS", "Time of the record, the end of what the row covers", "UTC", MR_CELL_TIME, 0},
    [MR_COL_DURATION] = {"DURATION", "Time that the differences of the row cover", "s", MR_CELL_SECONDS, 0},
    [MR_COL_QUALITY] = {"QUALITY", "How far the differences can be trusted", "", MR_CELL_TEXT, 16},
};

static const struct mr_column record_column = {"RECORD", "Record that the row was made from", "", MR_CELL_TEXT, 12};

static uint16_t add_column(struct making *m, const struct mr_column *column)
{
    struct mr_plan *plan = m->plan;

    if (mr_grow(&plan->columns, &plan->column_room, plan->column_count + 1, sizeof *plan->columns, COLUMNS_MAX) !=
        MR_OK) {
        m->status = MR_FATAL;
        return 0;
    }
    plan->columns[plan->column_count] = *column;
    return (uint16_t)plan->column_count++;
}

static bool is_counter(const struct mr_field *field)
{
    return field->semantic == MR_SEM_COUNTER || field->semantic == MR_SEM_DURATION_COUNTER;
}

static bool is_duration(const struct mr_field *field)
{
    unsigned micros = mr_unit_micros(field->unit);

    return micros != 0 && field->unit != MR_UNIT_S;
}

/* How a field is read and what its cells are. */
uint8_t mr_plan_load(const struct mr_field *field, enum mr_cell_type *type)
{
    switch (field->type) {
    case MR_TYPE_CHAR:
        *type = MR_CELL_TEXT;
        return MR_LOAD_TEXT;
    case MR_TYPE_BITS:
    case MR_TYPE_BYTES:
        *type = field->show == MR_SHOW_ASCII ? MR_CELL_TEXT : MR_CELL_HEX;
        return field->show == MR_SHOW_ASCII ? MR_LOAD_ASCII : MR_LOAD_BYTES;
    case MR_TYPE_BCD:
        *type = MR_CELL_DIGITS;
        return MR_LOAD_BYTES;
    case MR_TYPE_TOD:
        *type = MR_CELL_TIME;
        return MR_LOAD_TIME;
    case MR_TYPE_TIMER:
        *type = MR_CELL_SECONDS;
        return MR_LOAD_TIMER;
    case MR_TYPE_S16:
    case MR_TYPE_S32:
        *type = is_duration(field) ? MR_CELL_SECONDS : MR_CELL_INT;
        return is_duration(field) ? MR_LOAD_SCALED : MR_LOAD_INT;
    default:
        break;
    }
    if (field->show == MR_SHOW_HEX) {
        *type = MR_CELL_HEX;
        return MR_LOAD_BYTES;
    }
    if (field->semantic == MR_SEM_TIME && field->unit == MR_UNIT_S) {
        *type = MR_CELL_TIME;
        return MR_LOAD_UNIX;
    }
    *type = is_duration(field) ? MR_CELL_SECONDS : MR_CELL_UINT;
    return is_duration(field) ? MR_LOAD_SCALED : MR_LOAD_UINT;
}

static const char *column_unit(const struct mr_field *field, enum mr_cell_type type)
{
    if (type == MR_CELL_SECONDS)
        return "s";
    if (type == MR_CELL_TIME)
        return "UTC";
    return field->unit == MR_UNIT_NONE ? "" : mr_unit_word(field->unit);
}

static struct mr_step *add_step(struct making *m, struct mr_step **steps, size_t *count, size_t *room,
                                const struct mr_step *step)
{
    if (mr_grow(steps, room, *count + 1, sizeof **steps, STEPS_MAX) != MR_OK) {
        m->status = MR_FATAL;
        return NULL;
    }
    (*steps)[*count] = *step;
    return &(*steps)[(*count)++];
}

/* The region of entry index of a group, made when it is met first. */
static uint8_t region_of(struct making *m, const struct mr_group *group, unsigned index)
{
    struct mr_feed *feed = m->feed;

    if (group == NULL)
        return 0;
    if (group == feed->entries)
        return 1;
    for (unsigned r = 2; r < feed->region_count; r++) {
        if (feed->regions[r].group == group && feed->regions[r].index == index)
            return (uint8_t)r;
    }
    if (feed->region_count == MR_REGIONS_MAX) {
        m->status = MR_FATAL;
        return 0;
    }
    feed->regions[feed->region_count] = (struct mr_region){group, index};
    return (uint8_t)feed->region_count++;
}

/* The column of a counter as it was recorded. */
static uint16_t add_reading(struct making *m, const struct mr_column *difference)
{
    struct mr_column column = *difference;
    char name[100], label[400];

    snprintf(name, sizeof name, "%s_CUM", difference->name);
    snprintf(label, sizeof label, "%s (as recorded)", difference->label);
    column.name = mr_arena_text(m->names, name);
    column.label = mr_arena_text(m->names, label);
    if (column.name == NULL || column.label == NULL) {
        m->status = MR_FATAL;
        return 0;
    }
    return add_column(m, &column);
}

/*
 * May this counter be a level, or stand elsewhere?  Only one that is known to be a counter may make its row a new base
 * (design, section 10.5).
 */
static bool is_doubtful(const struct mr_schema *schema, const struct mr_layout *layout, const struct mr_field *field)
{
    return field->label_confidence > MR_LABEL_KNOWN ||
           (field->confidence == MR_CONF_DERIVED &&
            (field->group != MR_NO_INDEX ||
             mr_field_end(field) > mr_schema_trusted_end(schema, layout->domain, layout->number)));
}

static bool has_wider(const struct mr_schema *schema, const struct mr_layout *layout, const struct mr_field *field)
{
    for (size_t i = 0; i < schema->wider_count; i++) {
        if (schema->wider[i].record.domain == layout->domain && schema->wider[i].record.number == layout->number &&
            strcmp(schema->wider[i].field, field->name) == 0)
            return true;
    }
    return false;
}

/* A count of 16 bits that nothing tells more of. */
static const char *narrow_label(struct making *m, const struct mr_field *field)
{
    char label[400];
    const char *kept;

    snprintf(label, sizeof label, "%s (modulo 65536: may have wrapped)", field->label);
    kept = mr_arena_text(m->names, label);
    if (kept == NULL)
        m->status = MR_FATAL;
    return kept == NULL ? "" : kept;
}

/* One cell of a field: element and entry are numbered from 1 where there are several, 0 where there is one. */
static void add_cell(struct making *m, const struct mr_field *field, uint8_t region, unsigned element, unsigned number,
                     bool key)
{
    struct mr_feed *feed = m->feed;
    enum mr_cell_type type;
    uint8_t load = mr_plan_load(field, &type);
    const char *name = field->name;
    bool counter = is_counter(field) && (load == MR_LOAD_UINT || load == MR_LOAD_TIMER || load == MR_LOAD_SCALED);
    struct mr_step step = {.field = field,
                           .scale = mr_unit_micros(field->unit),
                           .offset = (uint16_t)(field->offset + element * field->step),
                           .alternate = (uint16_t)(field->alternate + element * field->step),
                           .length = field->length,
                           .slot = MR_NO_SLOT,
                           .length_field = field->length_field,
                           .region = region,
                           .load = load};
    const char *label = field->label;

    if (number > 0) {
        char numbered[96];

        snprintf(numbered, sizeof numbered, "%s_%u", field->name, number);
        name = mr_arena_text(m->names, numbered);
        if (name == NULL) {
            m->status = MR_FATAL;
            return;
        }
    }
    if (feed->sample && counter) {
        step.diff = (uint8_t)(MR_DIFF_UP + field->direction);
        step.slot = (uint16_t)feed->slot_count++;
        step.rise = mr_schema_rise(m->sources->schema, feed->layout, field);
        step.doubtful = is_doubtful(m->sources->schema, feed->layout, field);
        feed->has_counters = true;
        if (field->length == 2 && !has_wider(m->sources->schema, feed->layout, field))
            label = narrow_label(m, field);
    }
    feed->has_alternate |= step.alternate != step.offset;
    step.column = add_column(m, &(struct mr_column){name, label, column_unit(field, type), type, field->length});
    if (m->sources->readings && step.diff != MR_DIFF_NONE)
        step.reading = add_reading(m, &(struct mr_column){name, field->label, column_unit(field, type), type,
                                                          field->length});
    if (type == MR_CELL_TEXT || type == MR_CELL_HEX || type == MR_CELL_DIGITS)
        feed->text_room += TEXT_PREFIX + UTF8_PER_CHARACTER * (step.length == 0 || step.length == MR_LENGTH_REST
                                                                   ? MR_RECORD_MAX
                                                                   : step.length);
    add_step(m, &feed->steps, &feed->step_count, &m->step_room, &step);
    if (key)
        add_step(m, &feed->keys, &feed->key_count, &m->key_room, &step);
}

/* The number of entries that a group always has; 0 when the record tells. */
static unsigned fixed_count(const struct mr_group *group)
{
    return group->count.field == MR_NO_INDEX ? group->count.value : 0;
}

static bool selected(const struct mr_table *table, const struct mr_field *field)
{
    char name[72];

    switch (table->select) {
    case MR_SELECT_NO_COUNTERS:
        return !is_counter(field);
    case MR_SELECT_LIST:
        snprintf(name, sizeof name, " %s ", field->name);
        return strstr(table->list, name) != NULL;
    default:
        return true;
    }
}

/* Is this field a key of the entity?  Not in arrays, and in groups only in the one whose entries are the rows. */
static bool is_key(const struct mr_feed *feed, const struct mr_layout *layout, const struct mr_field *field)
{
    const struct mr_group *group = field->group == MR_NO_INDEX ? NULL : &layout->groups[field->group];

    /* The product id of application data ends with the number of a buffer that is used for one thing after another. */
    if (layout == feed->base && field->type == MR_TYPE_BYTES)
        return false;
    return field->semantic == MR_SEM_KEY && field->count == 1 && field->length != 0 &&
           field->length != MR_LENGTH_REST && (group == NULL || group == feed->entries);
}

static void add_field(struct making *m, const struct mr_layout *layout, const struct mr_field *field, bool key)
{
    const struct mr_group *group = field->group == MR_NO_INDEX ? NULL : &layout->groups[field->group];
    unsigned entries = group == NULL || group == m->feed->entries ? 1 : fixed_count(group);
    unsigned number = 0;

    if (entries == 0 || entries > MR_REGIONS_MAX)
        return; /* another group of open size cannot become columns */
    for (unsigned e = 0; e < entries; e++) {
        uint8_t region = region_of(m, group, e);

        for (unsigned i = 0; i < field->count; i++) {
            if (entries > 1 || field->count > 1)
                number++;
            add_cell(m, field, region, i, number, key);
        }
    }
}

/* Several records of a table may fill one computed column, with cells of one kind. */
static uint16_t shared_column(struct making *m, const struct mr_column *column)
{
    unsigned found = mr_plan_column(m->plan, column->name);

    if (found == MR_NO_COLUMN || m->plan->columns[found].type != column->type ||
        m->plan->columns[found].size != column->size)
        return add_column(m, column);
    return (uint16_t)found;
}

/* Computed keys: the low half-word of a subchannel id, or the number of the entry. */
static void add_computed_key(struct making *m, const struct mr_table_key *key)
{
    struct mr_feed *feed = m->feed;
    struct mr_step step = {.slot = MR_NO_SLOT, .length_field = MR_NO_INDEX};
    struct mr_column column = {key->column, "", "", MR_CELL_HEX, 2};
    int index;

    if (strcmp(key->field, "#") == 0) {
        column.type = MR_CELL_UINT;
        column.label = "Number of the entry";
        step.load = MR_LOAD_INDEX;
    } else if (strcmp(key->field, "#x") == 0) {
        column.label = "Channel path id: the number of the entry";
        column.size = 1;
        step.load = MR_LOAD_INDEX;
        step.length = 1; /* the cell has bytes */
    } else {
        index = mr_layout_field(feed->layout, key->field);
        if (index == MR_NO_INDEX || feed->layout->fields[index].length != 4)
            return;
        step.field = &feed->layout->fields[index];
        step.offset = (uint16_t)(step.field->offset + 2);
        step.alternate = step.offset;
        step.length = 2;
        step.load = MR_LOAD_BYTES;
        column.label = "Subchannel number: the low half of the subchannel id";
    }
    step.column = shared_column(m, &column);
    feed->text_room += step.length;
    add_step(m, &feed->steps, &feed->step_count, &m->step_room, &step);
    if (step.load == MR_LOAD_INDEX)
        add_step(m, &feed->keys, &feed->key_count, &m->key_room, &step);
}

static const struct mr_group *entries_of(const struct mr_layout *layout, const struct mr_table *table)
{
    for (unsigned g = 0; g < layout->group_count; g++) {
        const struct mr_group *group = &layout->groups[g];

        if (table->rows[0] != '\0' ? strcmp(table->rows, group->name) == 0 : fixed_count(group) == 0)
            return group;
    }
    return NULL;
}

static void begin_feed(struct making *m, const struct mr_schema *schema, unsigned r)
{
    const struct mr_record_id *id = &m->plan->table->records[r];
    struct mr_feed *feed = &m->plan->feeds[r];

    feed->plan = m->plan;
    feed->layout = mr_schema_layout(schema, id->domain, id->number, m->plan->table->variant);
    if (m->plan->table->variant[0] != '\0')
        feed->base = mr_schema_layout(schema, id->domain, id->number, "");
    for (size_t i = 0; i < schema->variant_count && feed->base != NULL && feed->variant == NULL; i++) {
        if (strcmp(schema->variants[i].variant, m->plan->table->variant) == 0)
            feed->variant = &schema->variants[i];
    }
    feed->entries = entries_of(feed->layout, m->plan->table);
    feed->region_count = 2;
    feed->mark = -1;
    feed->clock = -1;
    feed->former = MR_NO_MAP;
    feed->elapsed_column = MR_NO_COLUMN;
    feed->has_alternate = false;
    feed->part = UINT32_C(1) << r;
    feed->sample = (feed->layout->kind & MR_KIND_SAMPLE) != 0;
    feed->record_column = MR_NO_COLUMN;
    snprintf(feed->record_name, sizeof feed->record_name, "%u/%u", id->domain % 100u, id->number % 1000u);
}

/* A column with the seconds between this record's clock value and that of the record before. */
static void add_elapsed(struct making *m, const struct mr_field *field)
{
    struct mr_feed *feed = m->feed;
    struct mr_step step = {.field = field,
                           .offset = field->offset,
                           .alternate = field->offset,
                           .length = field->length,
                           .length_field = MR_NO_INDEX,
                           .slot = (uint16_t)feed->slot_count++,
                           .load = MR_LOAD_TIMER,
                           .diff = MR_DIFF_UP};
    char name[96];
    const char *kept;

    snprintf(name, sizeof name, "%s_ELAPSED", field->name);
    kept = mr_arena_text(m->names, name);
    if (kept == NULL) {
        m->status = MR_FATAL;
        return;
    }
    step.column = add_column(m, &(struct mr_column){kept, "Time since the same clock value in the record before", "s",
                                                    MR_CELL_SECONDS, 8});
    feed->clock = (int)feed->step_count;
    add_step(m, &feed->steps, &feed->step_count, &m->step_room, &step);
}

static bool wants_elapsed(const struct mr_table *table, const struct mr_field *field)
{
    char name[72];

    snprintf(name, sizeof name, " %s ", field->name);
    return field->type == MR_TYPE_TOD && field->group == MR_NO_INDEX && strstr(table->elapsed, name) != NULL;
}

/* Counters with two possible places keep the reading of the other place too, so that the two can be compared. */
static void add_alternates(struct making *m)
{
    struct mr_feed *feed = m->feed;
    size_t count = feed->step_count;

    for (size_t s = 0; s < count; s++) {
        struct mr_step step = feed->steps[s];

        if (step.diff == MR_DIFF_NONE || step.alternate == step.offset)
            continue;
        step.offset = step.alternate;
        step.alternate = feed->steps[s].offset;
        step.column = MR_NO_COLUMN;
        step.reading = 0;
        step.slot = (uint16_t)feed->slot_count++;
        add_step(m, &feed->steps, &feed->step_count, &m->step_room, &step);
    }
}

static void add_layout(struct making *m, const struct mr_layout *layout, bool keys)
{
    for (unsigned f = 0; f < layout->field_count; f++) {
        const struct mr_field *field = &layout->fields[f];
        bool key = is_key(m->feed, layout, field);

        if (key == keys && (key || selected(m->plan->table, field)))
            add_field(m, layout, field, key);
        if (!keys && wants_elapsed(m->plan->table, field))
            add_elapsed(m, field);
    }
}

/* Texts of flexible length: columns that domain10.c fills. */
static void add_texts(struct making *m)
{
    struct mr_feed *feed = m->feed;
    const char *p = feed->variant->texts;
    char name[64];
    int used;

    feed->first_text = (uint16_t)m->plan->column_count;
    while (sscanf(p, " %63s%n", name, &used) == 1) {
        const char *kept = mr_arena_text(m->names, name);

        if (kept == NULL) {
            m->status = MR_FATAL;
            return;
        }
        add_column(m, &(struct mr_column){kept, "Text as the Linux guest wrote it", "", MR_CELL_TEXT, 0});
        feed->text_count++;
        p += used;
    }
    feed->text_room += MR_RECORD_MAX;
}

/* Columns of one feed: its keys, or everything else. */
static void add_fields(struct making *m, struct mr_feed *feed, bool keys)
{
    m->feed = feed;
    m->step_room = feed->step_count;
    m->key_room = feed->key_count;
    for (unsigned k = 0; keys && k < m->plan->table->key_count; k++)
        add_computed_key(m, &m->plan->table->keys[k]);
    if (feed->base != NULL)
        add_layout(m, feed->base, keys);
    add_layout(m, feed->layout, keys);
    if (keys && feed->variant != NULL)
        add_texts(m);
    if (!keys && feed->has_alternate)
        add_alternates(m);
}

/* Entries that have no key of their own are told apart by their number. */
static void number_entries(struct making *m, struct mr_feed *feed)
{
    static const struct mr_table_key number = {"ENTRY", "#"};

    for (size_t k = 0; k < feed->key_count; k++) {
        if (feed->keys[k].region == 1 || feed->keys[k].load == MR_LOAD_INDEX)
            return;
    }
    m->feed = feed;
    m->step_room = feed->step_count;
    m->key_room = feed->key_count;
    add_computed_key(m, &number);
}

/* Most fields have a fixed place in the record itself: for them one comparison tells whether they are there. */
static void find_ends(struct mr_feed *feed)
{
    for (size_t s = 0; s < feed->step_count; s++) {
        struct mr_step *step = &feed->steps[s];

        if (step->load != MR_LOAD_INDEX && step->region == 0 && step->length_field == MR_NO_INDEX &&
            step->length != MR_LENGTH_REST && step->alternate == step->offset)
            step->end = (uint16_t)(step->offset + step->length);
    }
}

/* The field whose change marks a new session gets a slot, so that its last reading is kept. */
static void find_mark(const struct mr_schema *schema, struct mr_feed *feed, unsigned *map_count)
{
    for (size_t i = 0; feed->sample && i < schema->session_count; i++) {
        const struct mr_session *session = &schema->sessions[i];

        if (session->effect != MR_SESSION_MARK || session->record.domain != feed->layout->domain ||
            session->record.number != feed->layout->number)
            continue;
        for (size_t s = 0; s < feed->step_count; s++) {
            struct mr_step *step = &feed->steps[s];

            if (step->field != NULL && step->region == 0 && strcmp(step->field->name, session->fields) == 0 &&
                step->length <= 8 && step->length > 0 && step->slot == MR_NO_SLOT) {
                step->slot = (uint16_t)feed->slot_count++;
                feed->mark = (int)s;
                feed->former = (*map_count)++;
                return;
            }
        }
    }
}

/* How long the differences of one record of a merged row reach back: rates are computed over that time. */
static void add_part_elapsed(struct making *m, struct mr_feed *feed)
{
    struct mr_column column = {"", "", "s", MR_CELL_SECONDS, 0};

    if (mr_plan_elapsed_names(feed, m->names, &column) != MR_OK) {
        m->status = MR_FATAL;
        return;
    }
    feed->elapsed_column = add_column(m, &column);
}

/* Suspensions have a start, and a 1/11 that ends nothing has the letters of its message. */
static void add_control_columns(struct making *m)
{
    m->plan->suspend_column = add_column(
        m, &(struct mr_column){"SUSPENDTS", "Start of the suspension (1/12)", "UTC", MR_CELL_TIME, 0});
    m->plan->class_column = add_column(
        m, &(struct mr_column){"ENDCLASS", "Letters in a flagged end of interval", "", MR_CELL_TEXT, 4});
    m->plan->text_room += 8;
}

static int make(struct making *m)
{
    const struct mr_schema *schema = m->sources->schema;
    struct mr_plan *plan = m->plan;
    uint16_t record = MR_NO_COLUMN;

    for (unsigned c = 0; c < MR_COL_COMMON; c++)
        add_column(m, &common_columns[c]);
    if (plan->table->record_count > 1 &&
        (plan->table->rule == MR_RULE_CONFIG || plan->table->rule == MR_RULE_CONTROL))
        record = add_column(m, &record_column);
    for (size_t r = 0; r < plan->feed_count; r++) {
        begin_feed(m, schema, (unsigned)r);
        plan->feeds[r].record_column = record;
    }
    for (int keys = 1; keys >= 0; keys--) {
        if (!keys)
            plan->first_element = (uint16_t)plan->column_count;
        for (size_t r = 0; r < plan->feed_count; r++) {
            add_fields(m, &plan->feeds[r], keys != 0);
            if (!keys && plan->table->rule == MR_RULE_MERGE && plan->feeds[r].has_counters)
                add_part_elapsed(m, &plan->feeds[r]);
        }
        for (size_t r = 0; keys && r < plan->feed_count; r++) {
            if (plan->feeds[r].entries != NULL)
                number_entries(m, &plan->feeds[r]);
        }
    }
    for (size_t r = 0; r < plan->feed_count; r++) {
        find_mark(schema, &plan->feeds[r], m->sources->map_count);
        find_ends(&plan->feeds[r]);
        if (m->status == MR_OK)
            m->status = mr_plan_add_limits(&plan->feeds[r], schema);
        if (m->status == MR_OK)
            m->status = mr_plan_make_ops(&plan->feeds[r]);
        plan->text_room += plan->feeds[r].text_room;
        plan->has_counters |= plan->feeds[r].has_counters;
    }
    plan->suspend_column = plan->class_column = plan->processor_column = MR_NO_COLUMN;
    if (plan->table->rule == MR_RULE_START)
        plan->processor_column = add_column(
            m, &(struct mr_column){"PROCESSORS", "Processors in the configuration set (1/5 records)", "count",
                                   MR_CELL_UINT, 0});
    if (plan->table->rule == MR_RULE_CONTROL)
        add_control_columns(m);
    if (m->status == MR_OK)
        m->status = mr_plan_add_joins(plan, m->sources);
    plan->first_derived = (uint16_t)plan->column_count;
    if (m->status == MR_OK)
        m->status = mr_plan_add_formulas(plan, m->sources);
    if (m->status == MR_OK)
        m->status = mr_plan_find_differences(plan, m->sources);
    return m->status;
}

struct mr_plan *mr_plan_make(const struct mr_plan_sources *sources, const struct mr_table *table)
{
    struct mr_plan *plan = calloc(1, sizeof *plan);
    struct making m = {.plan = plan, .sources = sources, .names = sources->names};

    if (plan == NULL)
        return NULL;
    plan->table = table;
    plan->feed_count = table->rule == MR_RULE_JOIN ? 0 : table->record_count;
    plan->feeds = calloc(plan->feed_count + 1, sizeof *plan->feeds);
    if (plan->feeds == NULL || make(&m) != MR_OK) {
        mr_plan_free(plan);
        return NULL;
    }
    return plan;
}

void mr_plan_free(struct mr_plan *plan)
{
    if (plan == NULL)
        return;
    for (size_t r = 0; plan->feeds != NULL && r < plan->feed_count; r++) {
        free(plan->feeds[r].ops);
        free(plan->feeds[r].steps);
        free(plan->feeds[r].keys);
        free(plan->feeds[r].falls);
        free(plan->feeds[r].wide);
        free(plan->feeds[r].joint);
    }
    mr_plan_free_links(plan);
    free(plan->totals);
    free(plan->incoming);
    free(plan->column_part);
    free(plan->column_kind);
    free(plan->column_superseded);
    free(plan->feeds);
    free(plan->columns);
    free(plan);
}

unsigned mr_plan_column(const struct mr_plan *plan, const char *name)
{
    for (size_t c = 0; c < plan->column_count; c++) {
        if (strcmp(plan->columns[c].name, name) == 0)
            return (unsigned)c;
    }
    return MR_NO_COLUMN;
}

unsigned mr_plan_add_column(struct mr_plan *plan, const struct mr_column *column)
{
    struct making m = {.plan = plan};
    uint16_t index = add_column(&m, column);

    return m.status == MR_OK ? index : MR_NO_COLUMN;
}

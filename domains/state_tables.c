/* SPDX-License-Identifier: Apache-2.0 */
/* What tables carry from one run to the next (last readings, rows and records that wait): to bytes and back. */
#include "domains/state.h"

#include "reader/tod.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTITY_ENDED = 1, ENTITY_FRESH = 2 };
enum { ROW_NONE, ROW_EMPTY, ROW_USED };
enum { CELL_PRESENT = 1, CELL_SPOILED = 2 };

static uint64_t digest_step(uint64_t digest, const struct mr_step *step)
{
    const char *name = step->field == NULL ? "" : step->field->name;

    digest = mr_digest_add(digest, name, strlen(name) + 1);
    digest = mr_digest_number(digest, step->scale);
    digest = mr_digest_number(digest, (uint64_t)step->offset << 32 | step->alternate);
    digest = mr_digest_number(digest, (uint64_t)step->length << 32 | step->slot);
    return mr_digest_number(digest, (uint64_t)step->region << 16 | (uint64_t)step->load << 8 | step->diff);
}

/* The places of readings and keys: with other ones the numbers that are kept would be compared with other things. */
static uint64_t digest_feed(const struct mr_feed *feed)
{
    uint64_t digest = mr_digest_number(MR_DIGEST_START, feed->slot_count);

    for (size_t k = 0; k < feed->key_count; k++)
        digest = digest_step(digest, &feed->keys[k]);
    for (size_t s = 0; s < feed->step_count; s++) {
        if (feed->steps[s].slot != MR_NO_SLOT)
            digest = digest_step(digest, &feed->steps[s]);
    }
    return digest;
}

static uint64_t digest_plan(const struct mr_plan *plan)
{
    uint64_t digest = mr_digest_number(MR_DIGEST_START, plan->column_count);

    /* What is kept of a row besides its cells. */
    digest = mr_digest_number(mr_digest_number(digest, plan->incoming_count), MR_QUALITIES);
    for (size_t c = 0; c < plan->column_count; c++) {
        digest = mr_digest_add(digest, plan->columns[c].name, strlen(plan->columns[c].name) + 1);
        digest = mr_digest_number(digest, plan->columns[c].type);
    }
    for (size_t f = 0; f < plan->feed_count; f++) {
        digest = mr_digest_number(digest, plan->feeds[f].part);
        for (size_t s = 0; plan->table->rule == MR_RULE_HELD && s < plan->feeds[f].step_count; s++)
            digest = digest_step(digest, &plan->feeds[f].steps[s]);
    }
    return digest;
}

static void name_feed(const struct mr_feed *feed, bool former, char *name, size_t size)
{
    snprintf(name, size, "%.100s %u/%u:%.60s %u%s", feed->plan->table->name, feed->layout->domain, feed->layout->number,
             feed->layout->variant, (unsigned)(feed - feed->plan->feeds), former ? " former" : "");
}

/* A section that came from another layout. */
static int outdated(const struct mr_engine *engine, const struct mr_section *section)
{
    mr_report(engine->options.log, MR_MSG_STATE_OUTDATED, MR_NOWHERE, "%s", section->name);
    return MR_OK;
}

static void save_entity(const struct mr_entity *e, struct mr_pack *out)
{
    mr_pack_u16(out, e->key_length);
    mr_pack_bytes(out, e->key, e->key_length);
    mr_pack_u64(out, e->fresh ? 0 : e->tod);
    mr_pack_u32(out, e->interval);
    mr_pack_u8(out, (e->ended ? ENTITY_ENDED : 0u) | (e->fresh ? ENTITY_FRESH : 0u));
}

/* What is known of an entity before its readings. */
struct entity_head {
    const uint8_t *key;
    unsigned key_length, flags;
    uint64_t tod;
    uint32_t interval;
};

static bool load_head(struct mr_unpack *in, struct entity_head *head)
{
    head->key_length = mr_unpack_u16(in);
    head->key = mr_unpack_bytes(in, head->key_length);
    head->tod = mr_unpack_u64(in);
    head->interval = mr_unpack_u32(in);
    head->flags = mr_unpack_u8(in);
    return !in->failed && head->key_length <= MR_KEY_BYTES_MAX;
}

static const uint8_t no_key[1];

/* The entity in the map, as it was. */
static struct mr_entity *make_entity(struct mr_entity_map *map, const struct entity_head *head)
{
    struct mr_entity *e = mr_entity_get(map, head->key == NULL ? no_key : head->key, head->key_length);

    if (e == NULL)
        return NULL;
    e->tod = head->tod;
    e->interval = head->interval;
    e->ended = (head->flags & ENTITY_ENDED) != 0;
    e->fresh = (head->flags & ENTITY_FRESH) != 0;
    return e;
}

/* Readings: a bit for each slot, then those that are there. */
static void save_readings(const struct mr_entity *e, unsigned slots, struct mr_pack *out)
{
    for (unsigned from = 0; from < slots; from += 8) {
        unsigned bits = 0;

        for (unsigned s = from; s < slots && s < from + 8; s++)
            bits |= e->have[s] ? 1u << (s - from) : 0;
        mr_pack_u8(out, bits);
    }
    for (unsigned s = 0; s < slots; s++) {
        if (e->have[s])
            mr_pack_u64(out, e->readings[s]);
    }
}

static void save_map(const struct mr_entity_map *map, struct mr_pack *out)
{
    mr_pack_u32(out, (uint32_t)map->count);
    mr_pack_u16(out, map->slot_count);
    for (const struct mr_entity *e = map->first; e != NULL; e = e->after) {
        save_entity(e, out);
        save_readings(e, map->slot_count, out);
    }
}

/* e NULL: passed over. */
static void load_readings(struct mr_unpack *in, struct mr_entity *e, unsigned slots)
{
    const uint8_t *bits = mr_unpack_bytes(in, (slots + 7) / 8);

    for (unsigned s = 0; s < slots && bits != NULL; s++) {
        bool have = (bits[s / 8] >> s % 8 & 1u) != 0;
        uint64_t reading = have ? mr_unpack_u64(in) : 0;

        if (e == NULL)
            continue;
        e->have[s] = have;
        e->readings[s] = reading;
    }
}

static uint32_t moved(uint32_t interval, int64_t ahead)
{
    int64_t sum = (int64_t)interval + ahead;

    return sum < 0 ? 0 : sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

static bool is_older(uint64_t tod, const uint64_t *since)
{
    return since != NULL && mr_tod_difference(tod, *since) < 0;
}

static int load_map(struct mr_entity_map *map, struct mr_unpack *in, const uint64_t *since)
{
    uint32_t count = mr_unpack_u32(in);
    unsigned slots = mr_unpack_u16(in);
    struct entity_head head;

    if (slots != map->slot_count || count > MR_ENTITIES_MAX)
        return MR_FAILED;
    for (uint32_t i = 0; i < count; i++) {
        struct mr_entity *e = NULL;

        if (!load_head(in, &head))
            return MR_FAILED;
        if (!is_older(head.tod, since)) {
            e = make_entity(map, &head);
            if (e == NULL)
                return MR_FATAL;
        }
        load_readings(in, e, slots);
        if (in->failed)
            return MR_FAILED;
    }
    return in->left > 0 ? MR_FAILED : MR_OK;
}

static void renumber(struct mr_entity_map *map, int64_t ahead)
{
    for (struct mr_entity *e = map->first; e != NULL; e = e->after)
        e->interval = moved(e->interval, ahead);
}

void mr_state_prepare_tables(struct mr_engine *engine, struct mr_system *system, int64_t ahead)
{
    for (unsigned m = 0; m < engine->map_count; m++)
        renumber(&system->maps[m], ahead);
    for (size_t p = 0; p < engine->plan_count; p++) {
        struct mr_entity_map *map = &system->held[engine->plans[p]->number];

        renumber(map, ahead);
        for (struct mr_entity *e = map->first; e != NULL; e = e->after) {
            e->record_length = 0;
            if (e->row == NULL)
                continue;
            e->row->used = false;
            if (e->row->last_interval != 0)
                e->row->last_interval = moved(e->row->last_interval, ahead);
        }
    }
}

static bool has_bytes(enum mr_cell_type type)
{
    return type == MR_CELL_TEXT || type == MR_CELL_HEX || type == MR_CELL_DIGITS;
}

static void save_cells(const struct mr_plan *plan, const struct mr_held_row *row, struct mr_pack *out)
{
    for (size_t c = 0; c < plan->column_count; c++) {
        const struct mr_cell *cell = &row->cells[c];

        mr_pack_u8(out, (cell->present ? CELL_PRESENT : 0u) | (row->spoiled[c] ? CELL_SPOILED : 0u));
        if (!cell->present)
            continue;
        if (has_bytes(plan->columns[c].type)) {
            mr_pack_u32(out, cell->size);
            mr_pack_bytes(out, cell->value.bytes, cell->size);
        } else {
            mr_pack_u64(out, cell->value.u);
        }
    }
}

static void save_row(const struct mr_plan *plan, const struct mr_held_row *row, struct mr_pack *out)
{
    mr_pack_u8(out, row == NULL ? ROW_NONE : row->used ? ROW_USED : ROW_EMPTY);
    if (row == NULL)
        return;
    mr_pack_u32(out, row->seen);
    mr_pack_u64(out, row->last_tod);
    mr_pack_u32(out, row->last_interval);
    mr_pack_u32(out, row->owed);
    for (size_t i = 0; i < plan->incoming_count; i++) {
        mr_pack_u32(out, row->rows[i].now);
        mr_pack_u32(out, row->rows[i].before);
    }
    if (!row->used)
        return;
    mr_pack_u32(out, row->parts);
    mr_pack_u32(out, row->old);
    mr_pack_u64(out, row->tod);
    mr_pack_u64(out, row->source_tod);
    mr_pack_u8(out, row->quality);
    mr_pack_u8(out, row->sums);
    mr_pack_u8(out, (row->sampled ? 1u : 0u) | (row->superseded ? 2u : 0u));
    save_cells(plan, row, out);
}

static void save_held(const struct mr_plan *plan, const struct mr_entity_map *map, struct mr_pack *out)
{
    mr_pack_u32(out, (uint32_t)map->count);
    for (const struct mr_entity *e = map->first; e != NULL; e = e->after) {
        uint32_t length = e->record == NULL ? 0 : e->record_length;

        save_entity(e, out);
        /* The time of a held record is its own, also where nothing was compared with it yet. */
        mr_pack_u64(out, length == 0 ? 0 : e->tod);
        mr_pack_u32(out, length);
        mr_pack_bytes(out, e->record, length);
        save_row(plan, e->row, out);
    }
}

/* A row's texts move into room of its own: what the file says of their length is not above what the file has. */
static int load_cells(const struct mr_plan *plan, struct mr_held_row *row, struct mr_unpack *in)
{
    for (size_t c = 0; c < plan->column_count; c++) {
        struct mr_cell *cell = &row->cells[c];
        unsigned flags = mr_unpack_u8(in);
        const uint8_t *bytes;

        row->spoiled[c] = (flags & CELL_SPOILED) != 0;
        if ((flags & CELL_PRESENT) == 0)
            continue;
        cell->present = 1;
        if (!has_bytes(plan->columns[c].type)) {
            cell->value.u = mr_unpack_u64(in);
            continue;
        }
        cell->size = mr_unpack_u32(in);
        bytes = mr_unpack_bytes(in, cell->size);
        if (in->failed || cell->size > row->text.room - row->text.used)
            return MR_FAILED;
        cell->value.text = row->text.bytes + row->text.used;
        if (cell->size > 0)
            memcpy(row->text.bytes + row->text.used, bytes, cell->size);
        row->text.used += cell->size;
    }
    return in->failed ? MR_FAILED : MR_OK;
}

static void load_rows(const struct mr_plan *plan, struct mr_held_row *row, struct mr_unpack *in, bool better)
{
    for (size_t i = 0; i < plan->incoming_count; i++) {
        struct mr_held_rows rows = {.now = mr_unpack_u32(in)};

        rows.before = mr_unpack_u32(in);
        if (better)
            row->rows[i] = rows;
    }
}

static int load_row(const struct mr_plan *plan, struct mr_entity *e, struct mr_unpack *in, const uint64_t *since)
{
    unsigned how = mr_unpack_u8(in), sums, flags;
    struct mr_held_row *row;
    uint64_t last_tod;
    uint32_t last_interval, owed;
    bool better;

    if (how == ROW_NONE || in->failed || how > ROW_USED)
        return how == ROW_NONE && !in->failed ? MR_OK : MR_FAILED;
    if (e->row == NULL)
        e->row = mr_held_row_new(plan);
    row = e->row;
    if (row == NULL)
        return MR_FATAL;
    row->seen |= mr_unpack_u32(in);
    last_tod = mr_unpack_u64(in);
    last_interval = mr_unpack_u32(in);
    owed = mr_unpack_u32(in);
    /* A row that has not come since: the time before it is known better. */
    better = !is_older(last_tod, since) || row->last_tod == 0;
    if (better) {
        row->last_tod = last_tod;
        row->last_interval = last_interval;
        row->owed = owed;
    }
    load_rows(plan, row, in, better);
    if (how == ROW_EMPTY)
        return in->failed ? MR_FAILED : MR_OK;
    memset(row->cells, 0, plan->column_count * sizeof *row->cells);
    row->text.used = 0;
    row->used = true;
    row->parts = mr_unpack_u32(in);
    row->old = mr_unpack_u32(in);
    row->tod = mr_unpack_u64(in);
    row->source_tod = mr_unpack_u64(in);
    how = mr_unpack_u8(in);
    sums = mr_unpack_u8(in);
    flags = mr_unpack_u8(in);
    if (in->failed || how >= MR_QUALITIES || sums >= MR_QUALITIES)
        return MR_FAILED;
    row->quality = (enum mr_quality)how;
    row->sums = (enum mr_quality)sums;
    row->sampled = (flags & 1u) != 0;
    row->superseded = (flags & 2u) != 0;
    return load_cells(plan, row, in);
}

static int load_record(struct mr_entity *e, uint64_t tod, const uint8_t *bytes, uint32_t length)
{
    if (length == 0)
        return MR_OK;
    free(e->record);
    e->record = malloc(length);
    e->record_length = e->record_room = e->record == NULL ? 0 : length;
    if (e->record == NULL)
        return MR_FATAL;
    memcpy(e->record, bytes, length);
    e->tod = tod;
    return MR_OK;
}

static int load_held(const struct mr_plan *plan, struct mr_entity_map *map, struct mr_unpack *in, const uint64_t *since)
{
    uint32_t count = mr_unpack_u32(in);
    struct entity_head head;
    int status = MR_OK;

    if (count > MR_ENTITIES_MAX)
        return MR_FAILED;
    for (uint32_t i = 0; i < count && status == MR_OK; i++) {
        struct mr_entity *e;
        const uint8_t *bytes;
        uint32_t length;
        uint64_t tod;

        if (!load_head(in, &head))
            return MR_FAILED;
        tod = mr_unpack_u64(in);
        length = mr_unpack_u32(in);
        bytes = mr_unpack_bytes(in, length);
        if (in->failed || (length > 0 && (length < MR_HEADER_BYTES || length > MR_RECORD_MAX)))
            return MR_FAILED;
        e = make_entity(map, &head);
        if (e == NULL)
            return MR_FATAL;
        status = load_record(e, tod, bytes, length);
        if (status == MR_OK)
            status = load_row(plan, e, in, since);
    }
    return status == MR_OK && in->left > 0 ? MR_FAILED : status;
}

static void name_distinct(const struct mr_plan *plan, const struct mr_join_link *link, const struct mr_join_step *step,
                          char *name, size_t size)
{
    snprintf(name, size, "%.60s>%.60s %.150s", plan->table->name, link->target->table->name,
             link->target->columns[step->column].name);
}

static void save_distinct(const struct mr_system *system, const struct mr_plan *plan, struct mr_pack *sections)
{
    char name[MR_SECTION_NAME_MAX];

    for (size_t l = 0; l < plan->link_count; l++) {
        for (size_t s = 0; s < plan->links[l].step_count; s++) {
            const struct mr_join_step *step = &plan->links[l].steps[s];
            size_t mark;

            if (step->function != MR_JOIN_DISTINCT || system->maps[step->map].count == 0)
                continue;
            name_distinct(plan, &plan->links[l], step, name, sizeof name);
            mark = mr_section_begin(sections, MR_SECTION_DISTINCT, name, plan->columns[step->from].type);
            save_map(&system->maps[step->map], sections);
            mr_pack_length(sections, mark);
        }
    }
}

/* Readings of a feed: of the present sessions, or of those before them. */
static void save_readings_of(const struct mr_system *system, const struct mr_feed *feed, bool former,
                             struct mr_pack *sections)
{
    const struct mr_entity_map *map = &system->maps[former ? feed->former : feed->number];
    char name[MR_SECTION_NAME_MAX];
    size_t mark;

    if (map->count == 0)
        return;
    name_feed(feed, former, name, sizeof name);
    mark = mr_section_begin(sections, MR_SECTION_READINGS, name, digest_feed(feed));
    save_map(map, sections);
    mr_pack_length(sections, mark);
}

void mr_state_save_tables(const struct mr_engine *engine, const struct mr_system *system, struct mr_pack *sections)
{
    size_t mark;

    for (size_t f = 0; f < engine->feed_count; f++) {
        save_readings_of(system, engine->feeds[f], false, sections);
        if (engine->feeds[f]->former != MR_NO_MAP)
            save_readings_of(system, engine->feeds[f], true, sections);
    }
    for (size_t p = 0; p < engine->plan_count; p++) {
        const struct mr_plan *plan = engine->plans[p];

        save_distinct(system, plan, sections);
        if (system->held[plan->number].count == 0)
            continue;
        mark = mr_section_begin(sections, MR_SECTION_HELD, plan->table->name, digest_plan(plan));
        save_held(plan, &system->held[plan->number], sections);
        mr_pack_length(sections, mark);
    }
}

static int take_readings(struct mr_engine *engine, struct mr_system *system, struct mr_section *section,
                         const uint64_t *since)
{
    char name[MR_SECTION_NAME_MAX];

    for (size_t f = 0; f < engine->feed_count; f++) {
        const struct mr_feed *feed = engine->feeds[f];

        for (int former = 0; former <= (feed->former != MR_NO_MAP); former++) {
            name_feed(feed, former, name, sizeof name);
            if (strcmp(name, section->name) != 0)
                continue;
            if (digest_feed(feed) != section->digest)
                return outdated(engine, section);
            return load_map(&system->maps[former ? feed->former : feed->number], &section->content, since);
        }
    }
    return MR_OK;
}

static int take_distinct(struct mr_engine *engine, struct mr_system *system, struct mr_section *section)
{
    char name[MR_SECTION_NAME_MAX];

    for (size_t p = 0; p < engine->plan_count; p++) {
        const struct mr_plan *plan = engine->plans[p];

        for (size_t l = 0; l < plan->link_count; l++) {
            for (size_t s = 0; s < plan->links[l].step_count; s++) {
                const struct mr_join_step *step = &plan->links[l].steps[s];

                if (step->function != MR_JOIN_DISTINCT)
                    continue;
                name_distinct(plan, &plan->links[l], step, name, sizeof name);
                if (strcmp(name, section->name) != 0)
                    continue;
                mr_entity_clear(&system->maps[step->map]); /* of the present interval only */
                return plan->columns[step->from].type != section->digest
                               ? outdated(engine, section)
                               : load_map(&system->maps[step->map], &section->content, NULL);
            }
        }
    }
    return MR_OK;
}

static int take_held(struct mr_engine *engine, struct mr_system *system, struct mr_section *section,
                     const uint64_t *since)
{
    for (size_t p = 0; p < engine->plan_count; p++) {
        const struct mr_plan *plan = engine->plans[p];

        if (strcmp(plan->table->name, section->name) != 0)
            continue;
        if (digest_plan(plan) != section->digest)
            return outdated(engine, section);
        return load_held(plan, &system->held[plan->number], &section->content, since);
    }
    return MR_OK;
}

int mr_state_take_tables(struct mr_engine *engine, struct mr_system *system, struct mr_section *section,
                         const uint64_t *since)
{
    switch (section->kind) {
    case MR_SECTION_READINGS:
        return take_readings(engine, system, section, since);
    case MR_SECTION_DISTINCT:
        return take_distinct(engine, system, section);
    case MR_SECTION_HELD:
        return take_held(engine, system, section, since);
    default:
        return MR_FAILED;
    }
}

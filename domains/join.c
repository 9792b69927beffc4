/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of one table that stand, copied or summed, in rows of another (schema/joins.csv).  A sum that lacks a part would
 * be a wrong number: it is blank, and the row's QUALITY says why (design, section 10.2).
 */
#include "domains/hold.h"
#include "reader/tod.h"

#include <string.h>

static bool has_bytes(enum mr_cell_type type)
{
    return type == MR_CELL_TEXT || type == MR_CELL_HEX || type == MR_CELL_DIGITS;
}

/* A cell as part of a key; what is absent differs from everything else. */
static size_t put_key(enum mr_cell_type type, const struct mr_cell *cell, uint8_t *key, size_t room)
{
    size_t n = !cell->present ? 0 : has_bytes(type) ? cell->size : 8;

    if (n > room - 1)
        n = room - 1;
    key[0] = (uint8_t)(cell->present ? n + 1 : 0);
    if (n > 0 && has_bytes(type))
        memcpy(key + 1, cell->value.bytes, n);
    else if (n == 8)
        mr_put_be64(key + 1, cell->value.u);
    return n + 1;
}

static size_t key_of(const struct mr_plan *source, const struct mr_join_link *link, const struct mr_cell *cells,
                     uint8_t *key)
{
    size_t length = 0;

    for (unsigned k = 0; k < link->key_count && length < MR_KEY_BYTES_MAX; k++)
        length += put_key(source->columns[link->key_from[k]].type, &cells[link->key_from[k]], key + length,
                          MR_KEY_BYTES_MAX - length);
    return length;
}

/* A copy that outlives the row it was taken from; the first value of an interval stands. */
static void copy_cell(struct mr_held_row *held, enum mr_cell_type type, const struct mr_cell *from, unsigned column)
{
    struct mr_cell *cell = &held->cells[column];

    if (cell->present || !from->present)
        return;
    if (has_bytes(type)) {
        if (held->text.room - held->text.used < from->size)
            return;
        memcpy(held->text.bytes + held->text.used, from->value.bytes, from->size);
        *cell = *from;
        cell->value.text = held->text.bytes + held->text.used;
        held->text.used += from->size;
    } else {
        *cell = *from;
    }
}

static void spoil(struct mr_held_row *held, unsigned column)
{
    held->spoiled[column] = 1;
    held->cells[column].present = 0;
}

static void sum_cell(struct mr_held_row *held, enum mr_cell_type type, const struct mr_cell *from, unsigned column)
{
    struct mr_cell *cell = &held->cells[column];

    if (!from->present) {
        spoil(held, column);
        return;
    }
    if (!cell->present) {
        *cell = *from;
        return;
    }
    if (type == MR_CELL_REAL)
        cell->value.d += from->value.d;
    else
        cell->value.u += from->value.u;
}

static void max_cell(struct mr_held_row *held, enum mr_cell_type type, const struct mr_cell *from, unsigned column)
{
    struct mr_cell *cell = &held->cells[column];
    bool higher;

    if (!from->present)
        return;
    if (type == MR_CELL_REAL)
        higher = from->value.d > cell->value.d;
    else if (type == MR_CELL_UINT)
        higher = from->value.u > cell->value.u;
    else
        higher = from->value.i > cell->value.i;
    if (!cell->present || higher)
        *cell = *from;
}

static void count_cell(struct mr_held_row *held, unsigned column, unsigned more)
{
    struct mr_cell *cell = &held->cells[column];

    cell->value.u = cell->present ? cell->value.u + more : more;
    cell->present = 1;
}

/* Values already counted in this interval are remembered by the interval's number: nothing to clear. */
static int count_distinct(struct mr_system *system, const struct mr_plan *source, const struct mr_join_step *step,
                          struct mr_held_row *held, const struct mr_cell *cells)
{
    uint8_t key[MR_KEY_BYTES_MAX];
    size_t length = put_key(source->columns[step->from].type, &cells[step->from], key, sizeof key);
    struct mr_entity *entity = mr_entity_get(&system->maps[step->map], key, length);

    if (entity == NULL)
        return MR_FATAL;
    count_cell(held, step->column, entity->fresh || entity->interval != system->interval);
    entity->interval = system->interval;
    entity->fresh = false;
    return MR_OK;
}

static bool same_cell(enum mr_cell_type type, const struct mr_cell *a, const struct mr_cell *b)
{
    if (!a->present || !b->present)
        return a->present == b->present;
    if (has_bytes(type))
        return a->size == b->size && memcmp(a->value.bytes, b->value.bytes, a->size) == 0;
    return a->value.u == b->value.u;
}

/* A value that all rows share, and only where the list that it goes by has one entry. */
static void keep_same(struct mr_held_row *held, const struct mr_join_step *step, const struct mr_cell *from, bool first)
{
    const struct mr_cell *list = step->by == MR_NO_COLUMN ? NULL : &held->cells[step->by];

    if (list != NULL && list->present && memchr(list->value.text, '+', list->size) != NULL)
        spoil(held, step->column);
    else if (first)
        copy_cell(held, (enum mr_cell_type)step->type, from, step->column);
    else if (!same_cell((enum mr_cell_type)step->type, &held->cells[step->column], from))
        spoil(held, step->column);
}

/* Is the text one of those between the plus signs? */
static bool is_listed(const struct mr_cell *list, const struct mr_cell *text)
{
    const char *at = list->value.text, *end = at + list->size;

    while (at < end) {
        const char *plus = memchr(at, '+', (size_t)(end - at));
        size_t n = plus == NULL ? (size_t)(end - at) : (size_t)(plus - at);

        if (n == text->size && memcmp(at, text->value.text, n) == 0)
            return true;
        at += n + 1;
    }
    return false;
}

/* The list grows in fresh room behind what has been copied before, unless nothing has. */
static void list_text(struct mr_held_row *held, const struct mr_cell *from, unsigned column)
{
    struct mr_cell *cell = &held->cells[column];
    size_t need = (cell->present ? cell->size + 1u : 0u) + from->size;
    char *out = held->text.bytes + held->text.used;

    if (!from->present || (cell->present && is_listed(cell, from)) || held->text.room - held->text.used < need)
        return;
    if (cell->present) {
        memcpy(out, cell->value.text, cell->size);
        out[cell->size] = '+';
    }
    memcpy(out + need - from->size, from->value.text, from->size);
    *cell = (struct mr_cell){.value.text = out, .size = (uint32_t)need, .present = 1};
    held->text.used += need;
}

/* A row on its way into a held row. */
struct arrival {
    struct mr_system *system;
    const struct mr_plan *source;
    const struct mr_join_link *link;
    const struct mr_cell *cells;
    const struct mr_row_facts *facts;
    struct mr_held_row *held;
    bool older;   /* its differences reach back behind the held row's */
    bool unknown; /* it has no differences */
    bool first;   /* no row of the source has come into the held row before */
};

/* Does the step take this row?  What it asks may be a difference that is not known: then nobody knows. */
static bool chosen(const struct arrival *a, const struct mr_join_step *step)
{
    double truth = 1;

    if (step->when == NULL)
        return true;
    if (!mr_expression_value(step->when, a->cells, &truth)) {
        if (step->difference && a->unknown)
            spoil(a->held, step->column);
        return false;
    }
    return truth != 0;
}

static int take_step(const struct arrival *a, const struct mr_join_step *step)
{
    const struct mr_cell *from = &a->cells[step->from];
    struct mr_held_row *held = a->held;
    bool counts;

    if (step->function == MR_JOIN_COPY) {
        if (!held->cells[step->column].present)
            copy_cell(held, (enum mr_cell_type)step->type, from, step->column);
        return MR_OK;
    }
    counts = step->function == MR_JOIN_COUNT || step->function == MR_JOIN_DISTINCT;

    if (step->difference && a->facts->superseded)
        return MR_OK;
    if (step->difference && a->older)
        spoil(held, step->column);
    if (!chosen(a, step)) {
        /* Nothing to count is a count of zero, not a missing one. */
        if (counts && !held->spoiled[step->column])
            count_cell(held, step->column, 0);
        return MR_OK;
    }
    if (held->spoiled[step->column])
        return MR_OK;
    switch (step->function) {
    case MR_JOIN_SUM:
        sum_cell(held, (enum mr_cell_type)step->type, from, step->column);
        return MR_OK;
    case MR_JOIN_MAX:
        if (step->difference && a->unknown)
            spoil(held, step->column);
        else
            max_cell(held, (enum mr_cell_type)step->type, from, step->column);
        return MR_OK;
    case MR_JOIN_COUNT:
        count_cell(held, step->column, from->present != 0);
        return MR_OK;
    case MR_JOIN_DISTINCT:
        return from->present ? count_distinct(a->system, a->source, step, held, a->cells) : MR_OK;
    case MR_JOIN_SAME:
        keep_same(held, step, from, a->first);
        return MR_OK;
    default: /* MR_JOIN_LIST */
        list_text(held, from, step->column);
        return MR_OK;
    }
}

/*
 * What the sums of a row lack that is not among its parts.  An event without differences leaves its sum blank, but the
 * row is about what was sampled.
 */
static void judge_sums(const struct arrival *a)
{
    enum mr_quality lacks = MR_QUALITY_OK;

    if (!a->link->differences || a->facts->superseded || a->source->table->rule == MR_RULE_LOGOFF)
        return;
    if (a->unknown || a->facts->quality == MR_QUALITY_PARTIAL)
        lacks = MR_QUALITY_PARTIAL;
    else if (a->older)
        lacks = MR_QUALITY_GAP;
    if (lacks > a->held->sums)
        a->held->sums = lacks;
}

static void take_part(const struct arrival *a)
{
    const struct mr_join_link *link = a->link;

    if (link->elapsed_column != MR_NO_COLUMN && a->facts->elapsed != 0)
        a->held->cells[link->elapsed_column] =
            (struct mr_cell){.value.i = (int64_t)mr_tod_duration(a->facts->elapsed), .present = 1};
    mr_hold_part(a->system, a->held, link->part, a->facts);
}

/* Most links are nothing but copies. */
static void copy_row(const struct arrival *a)
{
    const struct mr_join_step *step = a->link->steps, *end = step + a->link->step_count;

    for (; step < end; step++) {
        const struct mr_cell *from = &a->cells[step->from];
        struct mr_cell *cell = &a->held->cells[step->column];

        if (from->present && !cell->present && !has_bytes((enum mr_cell_type)step->type))
            *cell = *from;
        else
            copy_cell(a->held, (enum mr_cell_type)step->type, from, step->column);
    }
}

/*
 * An event that is later than the sample that is under way: the end of that sample was lost, or is still to come.  It
 * belongs into the next row, which does not exist yet.
 */
static bool is_early(const struct arrival *a)
{
    return a->source->table->rule == MR_RULE_LOGOFF && a->system->in_sample &&
           mr_tod_difference(a->facts->tod, a->system->sample_tod) > 0;
}

static uint32_t bit_of(const struct mr_join_link *link)
{
    return UINT32_C(1) << (link->order < 31 ? link->order : 31);
}

static int take_row(struct arrival *a)
{
    struct mr_held_row *held = a->held;
    bool event = a->source->table->rule == MR_RULE_LOGOFF;

    if (is_early(a)) {
        held->owed |= bit_of(a->link);
        return MR_OK;
    }
    a->older = mr_hold_older(a->system, held, a->facts->base);
    a->unknown = a->facts->quality == MR_QUALITY_FIRST || a->facts->quality == MR_QUALITY_RESET;
    a->first = held->rows[a->link->order].now++ == 0;
    held->sampled |= !event;
    if (!event && (held->source_tod == 0 || mr_tod_difference(a->facts->tod, held->source_tod) > 0))
        held->source_tod = a->facts->tod;
    for (unsigned k = 0; k < a->link->key_count; k++)
        copy_cell(held, a->source->columns[a->link->key_from[k]].type, &a->cells[a->link->key_from[k]],
                  a->link->key_column[k]);
    if (!a->link->sums)
        copy_row(a);
    for (size_t s = 0; a->link->sums && s < a->link->step_count; s++) {
        if (take_step(a, &a->link->steps[s]) != MR_OK)
            return MR_FATAL;
    }
    if (a->link->part != 0)
        take_part(a);
    else
        judge_sums(a);
    return MR_OK;
}

/* Rows that no step of the link takes do not count either. */
static bool takes(const struct mr_join_link *link, const struct mr_cell *cells)
{
    double truth;

    if (link->when != NULL)
        return mr_expression_value(link->when, cells, &truth) && truth != 0;
    if (!link->counted || link->key_count > 0)
        return true;
    for (size_t s = 0; s < link->step_count; s++) {
        if (link->steps[s].when != NULL && mr_expression_value(link->steps[s].when, cells, &truth) && truth != 0)
            return true;
    }
    return false;
}

/*
 * An event of the interval before, delivered behind its sample: the rows that it would be summed into have gone, and
 * what it was about was missing there.
 */
static bool is_late(const struct mr_system *system, const struct mr_plan *source, const struct mr_row_facts *facts)
{
    return source->table->rule == MR_RULE_LOGOFF && system->last_end_tod != 0 &&
           mr_tod_difference(facts->tod, system->last_end_tod) < 0;
}

int mr_join_take(struct mr_system *system, const struct mr_plan *source, const struct mr_row_facts *facts,
                 const struct mr_cell *cells, bool parts)
{
    uint8_t key[MR_KEY_BYTES_MAX];

    if (is_late(system, source, facts))
        return MR_OK;
    for (size_t i = 0; i < source->link_count; i++) {
        struct arrival a = {
            .system = system, .source = source, .link = &source->links[i], .cells = cells, .facts = facts};

        if ((a.link->part != 0) != parts || !takes(a.link, cells))
            continue;
        a.held = mr_hold_row(system, a.link->target, key, key_of(source, a.link, cells, key));
        if (a.held == NULL || take_row(&a) != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

/* Was something in the sample before that is not in this one, and nothing says that it ended? */
static bool lost_entity(const struct mr_system *system, const struct mr_plan *source, uint32_t base)
{
    for (size_t f = 0; f < source->feed_count; f++) {
        const struct mr_feed *feed = &source->feeds[f];

        for (const struct mr_entity *e = feed->sample ? system->maps[feed->number].first : NULL; e != NULL; e = e->after) {
            if (e->interval == base && !e->ended && !e->fresh)
                return true;
        }
    }
    return false;
}

static bool lacks_rows(const struct mr_system *system, const struct mr_plan *source, const struct mr_join_link *link,
                       const struct mr_held_row *held)
{
    uint32_t base = mr_hold_base(system, held);

    if (base == 0 || base == system->interval)
        return false;
    if (link->counted)
        return held->last_interval != 0 && held->rows[link->order].now < held->rows[link->order].before;
    return source->table->rule != MR_RULE_LOGOFF && lost_entity(system, source, base);
}

static void spoil_sums(const struct mr_join_link *link, struct mr_held_row *held)
{
    held->sums = MR_QUALITY_PARTIAL;
    for (size_t s = 0; s < link->step_count; s++) {
        if (link->steps[s].function != MR_JOIN_COPY)
            spoil(held, link->steps[s].column);
    }
}

void mr_join_owed(const struct mr_plan *target, struct mr_held_row *held)
{
    for (size_t i = 0; i < target->incoming_count; i++) {
        const struct mr_join_link *link = &target->incoming[i].source->links[target->incoming[i].link];

        if ((held->owed & bit_of(link)) != 0)
            spoil_sums(link, held);
    }
    held->owed = 0;
}

void mr_join_missing(const struct mr_system *system, const struct mr_plan *target, struct mr_held_row *held)
{
    for (size_t i = 0; i < target->incoming_count; i++) {
        const struct mr_plan *source = target->incoming[i].source;
        const struct mr_join_link *link = &source->links[target->incoming[i].link];

        if (link->sums && lacks_rows(system, source, link, held))
            spoil_sums(link, held);
    }
}

/* Did a row of the table stand in the interval before that does not stand in this one? */
static bool lost_row(const struct mr_system *system, const struct mr_plan *plan)
{
    for (const struct mr_entity *e = system->held[plan->number].first; e != NULL; e = e->after) {
        if (e->row != NULL && !e->row->used && e->row->last_interval != 0 && e->row->last_interval == system->previous)
            return true;
    }
    return false;
}

/* The entity that holds the sum for a row: its first two readings are the sum and whether it is known. */
static struct mr_entity *sum_of(struct mr_system *system, const struct mr_plan *plan, const struct mr_total *total,
                                const struct mr_held_row *row)
{
    uint8_t key[MR_KEY_BYTES_MAX];
    size_t length = put_key(plan->columns[total->by].type, &row->cells[total->by], key, sizeof key);

    return mr_entity_get(&system->maps[total->map], key, length);
}

static int add_up(struct mr_system *system, const struct mr_plan *plan, const struct mr_total *total)
{
    bool lost = lost_row(system, plan);
    struct mr_entity *sum;

    mr_entity_clear(&system->maps[total->map]);
    for (struct mr_entity *e = system->held[plan->number].first; e != NULL; e = e->after) {
        if (e->row == NULL || !e->row->used)
            continue;
        sum = sum_of(system, plan, total, e->row);
        if (sum == NULL)
            return MR_FATAL;
        if (!e->row->cells[total->from].present)
            sum->ended = true; /* not known */
        sum->tod += e->row->cells[total->from].value.u;
    }
    for (struct mr_entity *e = system->held[plan->number].first; e != NULL; e = e->after) {
        if (e->row == NULL || !e->row->used)
            continue;
        sum = sum_of(system, plan, total, e->row);
        if (sum == NULL)
            return MR_FATAL;
        if (lost && e->row->sums < MR_QUALITY_PARTIAL)
            e->row->sums = MR_QUALITY_PARTIAL;
        if (!lost && !sum->ended)
            e->row->cells[total->column] = (struct mr_cell){.value.u = sum->tod, .present = 1};
    }
    return MR_OK;
}

int mr_join_totals(struct mr_system *system, const struct mr_plan *plan)
{
    for (size_t t = 0; t < plan->total_count; t++) {
        if (add_up(system, plan, &plan->totals[t]) != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* From one record (or one entry of it) to the cells of one row. */
#include "domains/system.h"
#include "reader/tod.h"

#include <string.h>

size_t mr_observe_key(const struct mr_feed *feed, const struct mr_part *parts, uint8_t *key)
{
    size_t used = 0;

    for (size_t k = 0; k < feed->key_count; k++) {
        const struct mr_step *step = &feed->keys[k];
        const uint8_t *bytes;
        size_t length;

        if (step->load == MR_LOAD_INDEX) {
            if (used + 2 > MR_KEY_BYTES_MAX)
                break;
            mr_put_be16(key + used, (uint16_t)parts[1].index);
            used += 2;
            continue;
        }
        bytes = mr_decode_bytes(feed, step, parts, &length);
        if (used + step->length > MR_KEY_BYTES_MAX)
            break;
        if (bytes != NULL)
            memcpy(key + used, bytes, length);
        else
            memset(key + used, 0, step->length);
        used += step->length;
    }
    return used;
}

static struct mr_entity *entity_of(struct mr_observation *o)
{
    uint8_t key[MR_KEY_BYTES_MAX];
    size_t length = mr_observe_key(o->feed, o->parts, key);

    return mr_entity_get(&o->system->maps[o->feed->number], key, length);
}

/* The field that marks a session, a clock value; 0 where it is absent. */
static uint64_t mark_of(const struct mr_observation *o)
{
    const struct mr_step *step;
    const uint8_t *bytes;
    size_t length = 0;

    if (o->feed->mark < 0)
        return 0;
    step = &o->feed->steps[o->feed->mark];
    bytes = mr_decode_bytes(o->feed, step, o->parts, &length);
    return bytes == NULL ? 0 : mr_decode_uint(bytes, length);
}

/* Has the field that marks a session another value than in the record before?  Its reading is kept. */
static bool mark_changed(struct mr_observation *o, struct mr_entity *entity, uint64_t mark)
{
    unsigned slot = o->feed->steps[o->feed->mark].slot;
    bool changed = entity->have[slot] && entity->readings[slot] != mark;

    if (changed)
        mr_sessions_former(o->system, o->feed, entity);
    entity->readings[slot] = mark;
    entity->have[slot] = 1;
    return changed;
}

/*
 * A session that began after the sample before: its counters have stood at zero at its beginning, which is known.  The
 * reading is the difference, over the time since then (design, section 10.4).
 */
static bool begins(struct mr_observation *o, uint64_t mark)
{
    const struct mr_system *system = o->system;

    if (mark == 0 || system->last_end_tod == 0 || system->interval != system->previous + 1 ||
        mr_tod_difference(mark, system->last_end_tod) < 0 || mr_tod_difference(o->record->tod, mark) <= 0)
        return false;
    o->elapsed = (uint64_t)mr_tod_difference(o->record->tod, mark);
    o->base = MR_BASE_BEGIN;
    o->from_zero = true;
    return true;
}

/* What the times of two records of an entity say, before any counter is looked at. */
static enum mr_quality judge(struct mr_observation *o, struct mr_entity *entity)
{
    int64_t elapsed = mr_tod_difference(o->record->tod, entity->tod);
    bool missed = o->system->interval > entity->interval + 1;
    uint64_t mark = mark_of(o);
    bool changed = mark != 0 && mark_changed(o, entity, mark);

    if (entity->fresh || changed)
        return begins(o, mark) ? MR_QUALITY_BEGUN : MR_QUALITY_FIRST;
    if (entity->ended && missed)
        return MR_QUALITY_FIRST;
    if (elapsed == 0) {
        o->duplicate = true;
        return MR_QUALITY_OK;
    }
    if (elapsed < 0)
        return MR_QUALITY_FIRST; /* out of order: nothing can be said about the time between */
    o->elapsed = (uint64_t)elapsed;
    o->base = entity->interval;
    return missed ? MR_QUALITY_GAP : MR_QUALITY_OK;
}

/*
 * A counter that fell, or rose faster than it can: a new base for the whole row.  A counter of a session that began
 * within the interval cannot have stood at zero then.  One whose meaning or place is in doubt says nothing of its row.
 */
static void refuse(struct mr_observation *o, const struct mr_step *step)
{
    struct mr_step_account *account = &o->feed->falls[step - o->feed->steps];

    if (step->doubtful) {
        account->doubts++;
    } else if (o->from_zero) {
        o->quality = MR_QUALITY_FIRST;
    } else {
        o->quality = MR_QUALITY_RESET;
        account->resets++;
    }
}

static bool is_refused(const struct mr_observation *o)
{
    return o->quality == MR_QUALITY_RESET || (o->from_zero && o->quality == MR_QUALITY_FIRST);
}

/* One counter: remember the reading, and make the difference where there is one before. */
static inline void take_counter(struct mr_observation *o, struct mr_entity *entity, const struct mr_step *step,
                         const uint8_t *bytes, size_t length, struct mr_cell *cell)
{
    uint64_t now = mr_decode_uint(bytes, length), delta;
    bool have = o->from_zero ? step->diff == MR_DIFF_UP : entity->have[step->slot] != 0;
    uint64_t before = o->from_zero ? 0 : entity->readings[step->slot];

    entity->readings[step->slot] = now;
    entity->have[step->slot] = 1;
    if (step->reading != 0)
        mr_decode_cell(step, bytes, length, false, o->text, &o->cells[step->reading]);
    if (!have || o->elapsed == 0 || is_refused(o))
        return;
    if (mr_delta(step, now, before, o->span, &delta) == MR_FAILED)
        refuse(o, step);
    else
        mr_decode_delta(step, delta, cell);
}

/*
 * Counters whose place is not sure: does the difference fit into the time elapsed, here and at the other place?  The
 * record's form is judged from these counts (domain00.c).
 */
static void try_form(struct mr_observation *o, struct mr_entity *entity, const struct mr_step *step,
                     const uint8_t *bytes, size_t length)
{
    uint64_t now = mr_decode_uint(bytes, length), delta;
    bool other = step->column == MR_NO_COLUMN, fits;

    if (entity->have[step->slot] && o->elapsed != 0 && !o->from_zero) {
        fits = mr_delta(step, now, entity->readings[step->slot], o->span, &delta) == MR_OK &&
               (step->load != MR_LOAD_SCALED || delta <= 2 * (mr_tod_duration(o->elapsed) / step->scale + 1000000));
        o->fits += !other && fits;
        o->fits_not += !other && !fits;
        o->other_fits += other && fits;
        o->other_fits_not += other && !fits;
    }
    if (other) {
        entity->readings[step->slot] = now;
        entity->have[step->slot] = 1;
    }
}

static void blank_differences(const struct mr_observation *o)
{
    for (size_t s = 0; s < o->feed->step_count; s++) {
        if (o->feed->steps[s].diff != MR_DIFF_NONE && o->feed->steps[s].column != MR_NO_COLUMN)
            o->cells[o->feed->steps[s].column].present = 0;
    }
}

/* Fields of the commonest kind are read here, without a call; the others in decode.c. */
static inline void take_field(struct mr_observation *o, const struct mr_step *step, const uint8_t *bytes, size_t length,
                              struct mr_cell *cell)
{
    if (step->load == MR_LOAD_UINT) {
        cell->value.u = mr_decode_uint(bytes, length);
        cell->present = 1;
    } else if (step->load == MR_LOAD_BYTES && !o->keep) {
        cell->value.bytes = bytes;
        cell->size = (uint32_t)length;
        cell->present = 1;
    } else {
        mr_decode_cell(step, bytes, length, o->keep, o->text, cell);
    }
}

#define ROW(N) N, N + 1, N + 2, N + 3, N + 4, N + 5, N + 6, N + 7
#define ROWS(N) ROW(N), ROW(N + 8), ROW(N + 16), ROW(N + 24), ROW(N + 32), ROW(N + 40), ROW(N + 48), ROW(N + 56)

/* The number of an entry, as a number or as a byte. */
static void index_cell(const struct mr_step *step, unsigned index, struct mr_cell *cell)
{
    static const uint8_t bytes[256] = {ROWS(0), ROWS(64), ROWS(128), ROWS(192)};

    cell->present = step->length == 0 || index < sizeof bytes;
    if (step->length == 0) {
        cell->value.u = index;
    } else if (cell->present) {
        cell->value.bytes = &bytes[index];
        cell->size = 1;
    }
}

/* Steps without a place of their own in the record, and counters whose place is not sure. */
static void fill_special(struct mr_observation *o, struct mr_entity *entity, const struct mr_step *step)
{
    struct mr_cell *cell = step->column == MR_NO_COLUMN ? NULL : &o->cells[step->column];
    const uint8_t *bytes;
    size_t length = 0;

    if (step->load == MR_LOAD_INDEX) {
        index_cell(step, o->parts[1].index, cell);
        return;
    }
    bytes = mr_decode_find(o->feed, step, o->parts, &length);
    if (bytes == NULL) {
        if (entity != NULL && step->diff != MR_DIFF_NONE)
            entity->have[step->slot] = 0;
        return;
    }
    if (entity != NULL && step->diff != MR_DIFF_NONE && step->alternate != step->offset)
        try_form(o, entity, step, bytes, length);
    if (cell == NULL)
        return;
    if (entity != NULL && step->diff != MR_DIFF_NONE)
        take_counter(o, entity, step, bytes, length, cell);
    else
        take_field(o, step, bytes, length, cell);
}

/* Without an entity (events, configuration) every field is shown as recorded. */
static void take_step(struct mr_observation *o, struct mr_entity *entity, const struct mr_step *step)
{
    const uint8_t *record = o->parts[0].bytes;

    if (step->end == 0) {
        fill_special(o, entity, step);
    } else if (step->end > o->parts[0].length) {
        if (entity != NULL && step->diff != MR_DIFF_NONE)
            entity->have[step->slot] = 0;
    } else if (entity != NULL && step->diff != MR_DIFF_NONE) {
        take_counter(o, entity, step, record + step->offset, step->length, &o->cells[step->column]);
    } else {
        take_field(o, step, record + step->offset, step->length, &o->cells[step->column]);
    }
}

/* Step by step: the first record of an entity, and rows that outlive the record. */
static void fill(struct mr_observation *o, struct mr_entity *entity)
{
    const struct mr_step *step = o->feed->steps, *end = o->feed->step_count == 0 ? step : step + o->feed->step_count;

    for (; step < end; step++)
        take_step(o, entity, step);
}

/* A field as recorded; code is known when this is compiled.  False where the step has to be taken. */
static inline __attribute__((always_inline)) bool take_recorded(unsigned code, const uint8_t *bytes, size_t length,
                                                                struct mr_text *text, struct mr_cell *cell)
{
    switch (code) {
    case MR_OP_U8:
        cell->value.u = bytes[0];
        return true;
    case MR_OP_U16:
        cell->value.u = mr_be16(bytes);
        return true;
    case MR_OP_U32:
        cell->value.u = mr_be32(bytes);
        return true;
    case MR_OP_U64:
        cell->value.u = mr_be64(bytes);
        return true;
    case MR_OP_S16:
        cell->value.i = (int16_t)mr_be16(bytes);
        return true;
    case MR_OP_S32:
        cell->value.i = (int32_t)mr_be32(bytes);
        return true;
    case MR_OP_TIME:
        cell->value.i = mr_tod_micros(mr_be64(bytes));
        return mr_be64(bytes) != 0;
    case MR_OP_DURATION:
        cell->value.i = (int64_t)mr_tod_duration(mr_be64(bytes));
        return true;
    case MR_OP_BYTES:
        cell->value.bytes = bytes;
        cell->size = (uint32_t)length;
        return true;
    default: /* MR_OP_TEXT; blanks are no text */
        return mr_decode_text(bytes, length, text, cell) && cell->size != 0;
    }
}

/* The steps of an op from one on; returns the number of the one that has to be taken as a step, or their count. */
static inline __attribute__((always_inline)) size_t take_fields(const struct mr_observation *o, const struct mr_op *op,
                                                                unsigned code, size_t length, size_t from)
{
    const uint8_t *bytes = o->parts[0].bytes + op->offset + from * length;
    struct mr_cell *cell = &o->cells[op->column + from];
    struct mr_text *text = o->text;
    size_t count = op->count;

    for (size_t i = from; i < count; i++, cell++, bytes += length) {
        bool done = take_recorded(code, bytes, length, text, cell);

        cell->present = done;
        if (!done)
            return i;
    }
    return count;
}

/*
 * Counters, in the same way: one that rose by no more than its limit is done; a first reading, one that fell (where it is
 * shorter than 64 bits its difference is beyond any limit, too) and one that rose too fast are looked at as steps.
 */
static inline __attribute__((always_inline)) size_t take_counters(const struct mr_observation *o,
                                                                  const struct mr_entity *entity,
                                                                  const struct mr_op *op, unsigned code, size_t length,
                                                                  size_t from)
{
    const uint8_t *bytes = o->parts[0].bytes + op->offset + from * length;
    struct mr_cell *cell = &o->cells[op->column + from];
    uint64_t *readings = entity->readings + op->slot, scale = op->scale, limit = mr_delta_limit(op->rise, o->span);
    const uint8_t *have = entity->have + op->slot;
    size_t count = op->count;

    for (size_t i = from; i < count; i++, cell++, bytes += length) {
        uint64_t now = mr_decode_uint(bytes, length), delta = now - readings[i];

        if (delta > limit || have[i] == 0 || (length == 8 && now < readings[i]))
            return i;
        readings[i] = now;
        cell->value.u = code == MR_OP_TIMER ? delta >> 12 : code == MR_OP_SCALED32 ? delta * scale : delta;
        cell->present = 1;
    }
    return count;
}

/* The op, from one of its steps on.  A loop for each kind: most have several steps. */
static void take_op(struct mr_observation *o, struct mr_entity *entity, const struct mr_op *op, unsigned code)
{
    size_t done = 0;

    for (;; done++) {
        switch (code) {
        case MR_OP_U8:
            done = take_fields(o, op, MR_OP_U8, 1, done);
            break;
        case MR_OP_U16:
            done = take_fields(o, op, MR_OP_U16, 2, done);
            break;
        case MR_OP_U32:
            done = take_fields(o, op, MR_OP_U32, 4, done);
            break;
        case MR_OP_U64:
            done = take_fields(o, op, MR_OP_U64, 8, done);
            break;
        case MR_OP_S16:
            done = take_fields(o, op, MR_OP_S16, 2, done);
            break;
        case MR_OP_S32:
            done = take_fields(o, op, MR_OP_S32, 4, done);
            break;
        case MR_OP_TIME:
            done = take_fields(o, op, MR_OP_TIME, 8, done);
            break;
        case MR_OP_DURATION:
            done = take_fields(o, op, MR_OP_DURATION, 8, done);
            break;
        case MR_OP_BYTES:
            done = take_fields(o, op, MR_OP_BYTES, op->length, done);
            break;
        case MR_OP_TEXT:
            done = take_fields(o, op, MR_OP_TEXT, op->length, done);
            break;
        case MR_OP_UP16:
            done = take_counters(o, entity, op, MR_OP_UP16, 2, done);
            break;
        case MR_OP_UP32:
            done = take_counters(o, entity, op, MR_OP_UP32, 4, done);
            break;
        case MR_OP_UP64:
            done = take_counters(o, entity, op, MR_OP_UP64, 8, done);
            break;
        case MR_OP_TIMER:
            done = take_counters(o, entity, op, MR_OP_TIMER, 8, done);
            break;
        case MR_OP_SCALED32:
            done = take_counters(o, entity, op, MR_OP_SCALED32, 4, done);
            break;
        default:
            break;
        }
        if (done >= op->count)
            return;
        take_step(o, entity, &o->feed->steps[op->first + done]);
    }
}

/* Op by op: another record of the entity came before; without entity (events, configuration) all is as recorded. */
static void fill_fast(struct mr_observation *o, struct mr_entity *entity)
{
    const struct mr_op *op = o->feed->ops, *end = op + o->feed->op_count;
    size_t there = o->parts[0].length;

    for (; op < end; op++)
        take_op(o, entity, op, op->end > there ? MR_OP_STEP : entity != NULL ? op->code : op->recorded);
}

/* Data that carries its own clock: where that has not moved, the same data has come again, and nothing is known. */
static void watch_data_clock(struct mr_observation *o, const struct mr_entity *entity)
{
    const struct mr_step *step = &o->feed->steps[o->feed->clock];
    const struct mr_cell *cell = &o->cells[step->column];

    if (o->elapsed == 0 || !cell->present || cell->value.u != 0 || entity->readings[step->slot] == 0)
        return;
    blank_differences(o);
    o->quality = MR_QUALITY_PARTIAL;
}

/* Do two counts tell of the same thing?  They are not read at the same moment, and one may leave out a little. */
static bool agree(uint64_t count, uint64_t wider)
{
    return (count > wider ? count - wider : wider - count) <= wider / 16 + 16;
}

/*
 * A count of 16 bits that may have wrapped several times: the wider count says how often.  The two need not be equal,
 * so the value nearest to the wider one is taken.  A wider count that stands still is not maintained, and one that
 * agrees with no value counts something else.
 */
static void widen(const struct mr_observation *o, const struct mr_wide_count *wide)
{
    struct mr_cell *cell = &o->cells[wide->column];

    if (!cell->present)
        return;
    for (unsigned i = 0; i < wide->wider_count; i++) {
        const struct mr_cell *wider = &o->cells[wide->wider[i]];
        uint64_t count = cell->value.u;

        if (!wider->present || wider->value.u == 0)
            continue;
        if (wider->value.u > count)
            count += (wider->value.u - count + 0x8000) / 0x10000 * 0x10000;
        if (!agree(count, wider->value.u))
            continue;
        cell->value.u = count;
        return;
    }
}

/*
 * Data that carries its own clock covers the time that this clock has moved, not that between two records: how far its
 * counters can rise depends on it.
 */
static uint64_t span_of(const struct mr_observation *o, const struct mr_entity *entity)
{
    const struct mr_step *step;
    const uint8_t *bytes;
    size_t length = 0;
    int64_t moved;

    if (o->feed->clock < 0 || o->elapsed == 0)
        return o->elapsed;
    step = &o->feed->steps[o->feed->clock];
    bytes = mr_decode_bytes(o->feed, step, o->parts, &length);
    if (bytes == NULL || !entity->have[step->slot])
        return o->elapsed;
    moved = mr_tod_difference(mr_decode_uint(bytes, length), entity->readings[step->slot]);
    return moved > 0 ? (uint64_t)moved : o->elapsed;
}

/* Durations of one processor that together are longer than the time: one of them is wrong, and none says which. */
static void watch_joint(struct mr_observation *o, const struct mr_joint_bound *joint)
{
    int64_t sum = 0, limit = (int64_t)(joint->rise * (double)mr_tod_duration(o->span));
    bool doubtful = false, beyond = false;

    for (unsigned i = 0; i < joint->step_count; i++) {
        const struct mr_step *step = &o->feed->steps[joint->steps[i]];
        const struct mr_cell *cell = &o->cells[step->column];

        if (!cell->present)
            return;
        doubtful |= step->doubtful;
        beyond |= cell->value.i > limit - sum;
        sum += beyond ? 0 : cell->value.i;
    }
    if (!beyond)
        return;
    if (!doubtful) {
        refuse(o, &o->feed->steps[joint->steps[0]]);
        return;
    }
    for (unsigned i = 0; i < joint->step_count; i++)
        o->cells[o->feed->steps[joint->steps[i]].column].present = 0;
}

/* What one counter's difference says of the others of its row. */
static void finish(struct mr_observation *o, struct mr_entity *entity)
{
    for (size_t i = 0; i < o->feed->joint_count && !is_refused(o); i++)
        watch_joint(o, &o->feed->joint[i]);
    if (is_refused(o)) {
        blank_differences(o);
        o->elapsed = 0;
        o->base = MR_BASE_NONE;
    }
    if (o->feed->clock >= 0)
        watch_data_clock(o, entity);
    for (size_t i = 0; i < o->feed->wide_count; i++)
        widen(o, &o->feed->wide[i]);
    o->superseded = (o->feed->superseded & o->system->superseded) != 0;
    entity->tod = o->record->tod;
    entity->interval = o->system->interval;
    entity->fresh = false;
    entity->ended = false;
}

int mr_observe(struct mr_observation *o)
{
    struct mr_entity *entity = NULL;

    o->quality = MR_QUALITY_OK;
    o->elapsed = o->span = 0;
    o->base = MR_BASE_NONE;
    o->from_zero = o->superseded = false;
    o->duplicate = false;
    o->fits = o->fits_not = o->other_fits = o->other_fits_not = 0;
    if (o->feed->sample && !o->plain) {
        entity = entity_of(o);
        if (entity == NULL)
            return MR_FATAL;
        o->quality = judge(o, entity);
        if (o->duplicate)
            return MR_OK;
        o->span = span_of(o, entity);
    }
    if (o->keep || (entity != NULL && (o->elapsed == 0 || o->from_zero)))
        fill(o, entity);
    else
        fill_fast(o, entity);
    if (entity != NULL)
        finish(o, entity);
    if (!o->feed->has_counters) {
        /* No difference covers the time since a record of an earlier sample. */
        if (o->quality == MR_QUALITY_GAP)
            o->elapsed = 0;
        o->quality = MR_QUALITY_OK;
    }
    return MR_OK;
}

static void text_cell(struct mr_cell *cell, const char *text)
{
    cell->value.text = text;
    cell->size = (uint32_t)strlen(text);
    cell->present = 1;
}

void mr_row_common(const struct mr_system *system, const struct mr_plan *plan, uint64_t tod, uint64_t elapsed,
                   enum mr_quality quality, struct mr_cell *cells)
{
    uint64_t start = system->start_tod;

    (void)plan;
    /* An event that is delivered behind the sample of its interval. */
    if (start != 0 && mr_tod_difference(tod, start) < 0)
        start = system->earlier_end_tod != 0 && mr_tod_difference(tod, system->earlier_end_tod) >= 0
                    ? system->earlier_end_tod
                    : 0;
    text_cell(&cells[MR_COL_SYSID], system->identity.sysid);
    text_cell(&cells[MR_COL_ORGSYSID], system->identity.orgsysid);
    text_cell(&cells[MR_COL_CPUMODEL], system->identity.cpumodel);
    cells[MR_COL_VMCINTTS].present = start != 0;
    cells[MR_COL_VMCINTTS].value.i = mr_tod_micros(start);
    cells[MR_COL_ENDTS].present = 1;
    cells[MR_COL_ENDTS].value.i = mr_tod_micros(tod);
    cells[MR_COL_DURATION].present = elapsed != 0;
    cells[MR_COL_DURATION].value.i = (int64_t)mr_tod_duration(elapsed);
    text_cell(&cells[MR_COL_QUALITY], mr_quality_word(quality));
}

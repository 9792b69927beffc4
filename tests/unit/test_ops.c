/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ops are there for speed alone: over all tables they say of each step what the step says itself, and records of drawn
 * bytes give the same cells by ops as step by step, which is the way of rows that outlive their record.
 */
#include "domains/system.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_BYTES 1200
#define RECORDS 24 /* of one entity */
#define TEXT_ROOM 65536
#define MINUTE (UINT64_C(60000000) << 12)

static struct mr_engine *engine;

static int no_row(void *context, struct mr_plan *plan, struct mr_cell *cells)
{
    (void)context;
    (void)plan;
    (void)cells;
    return MR_OK;
}

static void set_up(void)
{
    const struct mr_engine_options options = {.schema = mr_schema_builtin(), .row = no_row};

    cr_assert_eq(mr_engine_open(&engine, &options), MR_OK);
}

static void tear_down(void)
{
    mr_engine_close(engine);
}

TestSuite(ops, .init = set_up, .fini = tear_down);

static bool differs(enum mr_op_code code)
{
    return code >= MR_OP_UP16;
}

/* Step number of an op, against what the op makes of it. */
static void check_step(const struct mr_op *op, const struct mr_step *step, unsigned number)
{
    if (op->code == MR_OP_STEP && op->recorded == MR_OP_STEP)
        return;
    cr_assert_neq(step->end, 0);
    cr_assert_eq(step->offset, op->offset + number * op->length);
    cr_assert_eq(step->length, op->length);
    cr_assert_eq(step->column, op->column + number);
    cr_assert(!differs(op->code) || step->slot == op->slot + number);
    cr_assert(!differs(op->code) || (step->diff == MR_DIFF_UP && step->reading == 0));
    cr_assert(op->code != MR_OP_SCALED32 || step->scale == op->scale);
    cr_assert(op->code == MR_OP_STEP || differs(op->code) == (step->diff != MR_DIFF_NONE));
    cr_assert(!differs(op->recorded));
    cr_assert_leq(step->end, op->end);
}

Test(ops, say_what_steps_say)
{
    size_t steps = 0, ops = 0;

    for (size_t f = 0; f < engine->feed_count; f++) {
        const struct mr_feed *feed = engine->feeds[f];
        size_t next = 0;

        for (size_t i = 0; i < feed->op_count; i++) {
            const struct mr_op *op = &feed->ops[i];

            cr_assert_eq(op->first, next);
            cr_assert_gt(op->count, 0);
            for (unsigned k = 0; k < op->count; k++)
                check_step(op, &feed->steps[op->first + k], k);
            next += op->count;
        }
        cr_assert_eq(next, feed->step_count);
        steps += feed->step_count;
        ops += feed->op_count;
    }
    cr_assert_gt(steps, 1000);
    cr_assert_lt(ops, steps);
}

/* A system with what one way of reading needs. */
struct way {
    struct mr_system *system;
    struct mr_cell *cells;
    struct mr_text text;
    struct mr_observation o;
    bool keep;
};

static void open_way(struct way *way, const char *sysid, bool keep)
{
    struct mr_identity who = {.orgsysid = "TESTVM", .cpumodel = "3931-A01", .serial = "012345"};

    strcpy(who.sysid, sysid);
    way->system = mr_system_add(engine, &who);
    way->keep = keep;
    way->text = (struct mr_text){malloc(TEXT_ROOM), 0, TEXT_ROOM};
    cr_assert(way->system != NULL && way->text.bytes != NULL);
}

static void observe(struct way *way, struct mr_feed *feed, const struct mr_record *record, size_t length,
                    uint32_t interval)
{
    struct mr_part parts[MR_REGIONS_MAX];

    parts[0] = (struct mr_part){record->data, length, 0, false};
    mr_decode_parts(feed, parts);
    if (feed->entries != NULL)
        parts[1] = (struct mr_part){record->data + 24, length - 24, 3, false};
    way->system->interval = interval;
    way->text.used = 0;
    way->cells = calloc(feed->plan->column_count, sizeof *way->cells);
    way->o = (struct mr_observation){.system = way->system,
                                     .feed = feed,
                                     .record = record,
                                     .parts = parts,
                                     .cells = way->cells,
                                     .text = &way->text,
                                     .keep = way->keep};
    cr_assert_eq(mr_observe(&way->o), MR_OK);
}

static void compare(const struct way *a, const struct way *b, const struct mr_plan *plan)
{
    cr_assert_eq(a->o.quality, b->o.quality, "%s", plan->table->name);
    cr_assert_eq(a->o.elapsed, b->o.elapsed);
    for (size_t c = 0; c < plan->column_count; c++) {
        const struct mr_cell *x = &a->cells[c], *y = &b->cells[c];
        const char *name = plan->columns[c].name;

        cr_assert_eq(x->present, y->present, "%s.%s", plan->table->name, name);
        if (!x->present)
            continue;
        if (plan->columns[c].type >= MR_CELL_TEXT)
            cr_assert(x->size == y->size && memcmp(x->value.text, y->value.text, x->size) == 0, "%s", name);
        else
            cr_assert_eq(x->value.u, y->value.u, "%s.%s", plan->table->name, name);
    }
}

static uint64_t state = 20260101;

static unsigned draw(unsigned below)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(state >> 33) % below;
}

/* Small numbers in every word, most of which rise; some fall, and some words are anything. */
static void draw_record(uint8_t *data, unsigned number)
{
    for (size_t at = 20; at + 4 <= RECORD_BYTES; at += 4) {
        uint32_t word = number * 1000 + draw(1000);

        if (draw(40) == 0)
            word = draw(2) == 0 ? draw(100) : draw(UINT32_MAX);
        mr_put_be32(data + at, word);
    }
    if (draw(3) == 0)
        memset(data + draw(RECORD_BYTES - 80), 0xC1, 8);
}

/* Returns how many of the records followed another one of their entity. */
static unsigned same_either_way(struct mr_feed *feed, struct way *fast, struct way *slow)
{
    static uint8_t data[RECORD_BYTES];
    uint8_t keys[100];
    uint64_t tod = UINT64_C(0xDECBF84500000000);
    unsigned followed = 0;

    for (unsigned i = 0; i < RECORDS; i++) {
        struct mr_record record = {.data = data, .length = RECORD_BYTES, .tod = tod += MINUTE};
        size_t length;

        draw_record(data, i);
        if (i == 0)
            memcpy(keys, data + 20, sizeof keys);
        else if (draw(4) > 0)
            memcpy(data + 20, keys, sizeof keys); /* keys stand in front: the same entity */
        length = draw(5) == 0 ? 24 + draw(RECORD_BYTES - 24) : RECORD_BYTES;
        observe(fast, feed, &record, length, i + 1);
        observe(slow, feed, &record, length, i + 1);
        compare(fast, slow, feed->plan);
        followed += fast->o.elapsed != 0;
        free(fast->cells);
        free(slow->cells);
    }
    return followed;
}

Test(ops, same_cells_as_steps)
{
    struct way fast, slow;
    size_t followed = 0;

    open_way(&fast, "FAST", false);
    open_way(&slow, "SLOW", true);
    for (size_t f = 0; f < engine->feed_count; f++)
        followed += same_either_way(engine->feeds[f], &fast, &slow);
    cr_assert_gt(followed, 4 * engine->feed_count);
    free(fast.text.bytes);
    free(slow.text.bytes);
}

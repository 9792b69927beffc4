/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/plan.h"

#include <stdlib.h>

static enum mr_op_code as_recorded(const struct mr_step *step)
{
    switch (step->load) {
    case MR_LOAD_UINT:
        return step->length == 1   ? MR_OP_U8
               : step->length == 2 ? MR_OP_U16
               : step->length == 4 ? MR_OP_U32
               : step->length == 8 ? MR_OP_U64
                                   : MR_OP_STEP;
    case MR_LOAD_INT:
        return step->length == 2 ? MR_OP_S16 : step->length == 4 ? MR_OP_S32 : MR_OP_STEP;
    case MR_LOAD_TIME:
        return step->length == 8 ? MR_OP_TIME : MR_OP_STEP;
    case MR_LOAD_TIMER:
        return step->length == 8 ? MR_OP_DURATION : MR_OP_STEP;
    case MR_LOAD_BYTES:
        return MR_OP_BYTES;
    case MR_LOAD_TEXT:
        return MR_OP_TEXT;
    default:
        return MR_OP_STEP;
    }
}

static enum mr_op_code difference(const struct mr_step *step)
{
    bool wide = step->length == 8;

    if (step->diff != MR_DIFF_UP || step->reading != 0)
        return MR_OP_STEP;
    if (step->length == 2)
        return step->load == MR_LOAD_UINT ? MR_OP_UP16 : MR_OP_STEP;
    if (step->length != 4 && !wide)
        return MR_OP_STEP;
    switch (step->load) {
    case MR_LOAD_UINT:
        return wide ? MR_OP_UP64 : MR_OP_UP32;
    case MR_LOAD_TIMER:
        return wide ? MR_OP_TIMER : MR_OP_STEP;
    case MR_LOAD_SCALED:
        return wide || step->scale > INT32_MAX ? MR_OP_STEP : MR_OP_SCALED32; /* no product can be too large */
    default:
        return MR_OP_STEP;
    }
}

static struct mr_op op_of(const struct mr_step *step, size_t number)
{
    struct mr_op op = {.first = (uint32_t)number,
                       .count = 1,
                       .offset = step->offset,
                       .length = step->length,
                       .end = step->end,
                       .column = step->column == MR_NO_COLUMN ? 0 : step->column,
                       .slot = step->slot,
                       .scale = step->scale,
                       .rise = step->rise};

    if (step->end == 0 || step->column == MR_NO_COLUMN)
        return op;
    op.recorded = (uint8_t)as_recorded(step);
    op.code = step->diff == MR_DIFF_NONE ? op.recorded : (uint8_t)difference(step);
    return op;
}

/* Can one op do both?  Where each step is looked at by itself it does not matter where it is. */
static bool goes_on(const struct mr_op *op, const struct mr_op *next)
{
    if (op->code != next->code || op->recorded != next->recorded)
        return false;
    if (op->code == MR_OP_STEP && op->recorded == MR_OP_STEP)
        return true;
    return next->offset == op->end && next->length == op->length && next->column == op->column + op->count &&
           next->scale == op->scale && next->rise <= op->rise && next->rise >= op->rise &&
           (next->slot == op->slot ? op->slot == MR_NO_SLOT : next->slot == op->slot + op->count);
}

int mr_plan_make_ops(struct mr_feed *feed)
{
    feed->ops = calloc(feed->step_count + 1, sizeof *feed->ops);
    if (feed->ops == NULL)
        return MR_FATAL;
    for (size_t s = 0; s < feed->step_count; s++) {
        struct mr_op next = op_of(&feed->steps[s], s);
        struct mr_op *last = feed->op_count == 0 ? NULL : &feed->ops[feed->op_count - 1];

        if (last != NULL && goes_on(last, &next)) {
            last->count++;
            last->end = next.end;
        } else {
            feed->ops[feed->op_count++] = next;
        }
    }
    return MR_OK;
}

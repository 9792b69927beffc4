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

int mr_plan_make_ops(struct mr_feed *feed)
{
    feed->ops = calloc(feed->step_count + 1, sizeof *feed->ops);
    if (feed->ops == NULL)
        return MR_FATAL;
    for (size_t s = 0; s < feed->step_count; s++) {
        const struct mr_step *step = &feed->steps[s];
        struct mr_op *op = &feed->ops[s];

        *op = (struct mr_op){.offset = step->offset,
                             .length = step->length,
                             .column = step->column == MR_NO_COLUMN ? 0 : step->column,
                             .slot = step->slot,
                             .end = step->end,
                             .scale = step->scale};
        if (step->end == 0 || step->column == MR_NO_COLUMN)
            continue;
        op->recorded = (uint8_t)as_recorded(step);
        op->code = step->diff == MR_DIFF_NONE ? op->recorded : (uint8_t)difference(step);
    }
    return MR_OK;
}

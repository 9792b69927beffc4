/* SPDX-License-Identifier: Apache-2.0 */
/* Whose turn it is, and what is in it. */
#include "pipeline/run.h"

#include "reader/tod.h"

#include <string.h>

/* A busy lane is its thread's own but for its time. */
static bool has_turn(const struct mr_lane *lane)
{
    return lane->busy || (lane->place != MR_LANE_ENDED && !(lane->run->stopped && lane->reader == NULL));
}

/* The lane with the earliest records; of the same time, the first one. */
static struct mr_lane *earliest(struct mr_run *run, bool busy_too)
{
    struct mr_lane *best = NULL;

    for (size_t l = 0; l < run->lane_count; l++) {
        struct mr_lane *lane = &run->lanes[l];

        if (has_turn(lane) && (busy_too || !lane->busy) &&
            (best == NULL || mr_tod_difference(lane->tod, best->tod) < 0))
            best = lane;
    }
    return best;
}

struct mr_lane *mr_lanes_front(struct mr_run *run)
{
    return earliest(run, true);
}

/*
 * After a request to stop nothing is begun, but what is open has another turn, which the request ends with its
 * interval: its first record has been read.
 */
struct mr_lane *mr_lanes_pick(struct mr_run *run)
{
    struct mr_lane *lane = earliest(run, false);

    if (lane != NULL && !run->stopped && lane->reader == NULL && mr_stop_here(&lane->stop)) {
        run->stopped = true;
        lane = earliest(run, false);
    }
    if (lane == NULL)
        return NULL;
    lane->busy = true;
    return lane;
}

void mr_lane_yield(struct mr_lane *lane)
{
    lane->busy = false;
    if (lane->next_tod != 0 && mr_tod_difference(lane->next_tod, lane->tod) > 0)
        lane->tod = lane->next_tod;
    lane->run->stopped |= lane->stop.stopped;
}

static enum mr_turn_event begin_input(struct mr_lane *lane)
{
    const struct mr_pipeline_options *options = lane->run->options;
    const char *name = lane->inputs[lane->next++].name;

    if (mr_reader_open_until(&lane->reader, name, options->stop,
                             lane->run->threads ? &lane->relay.log : options->log) != MR_OK) {
        lane->place = MR_LANE_INPUT_OVER;
        lane->end = (struct mr_input_end){.name = name};
        return MR_TURN_UNUSABLE;
    }
    lane->place = MR_LANE_READING;
    return MR_TURN_BEGIN;
}

static enum mr_turn_event end_input(struct mr_lane *lane)
{
    const struct mr_reader_counts *counts = mr_reader_counts(lane->reader);

    lane->place = MR_LANE_INPUT_OVER;
    lane->bytes_before += counts->bytes;
    lane->input_bytes_before += counts->input_bytes;
    lane->end = (struct mr_input_end){
        .name = lane->inputs[lane->next - 1].name, .reader = lane->reader, .cut = lane->stop.stopped};
    lane->reader = NULL;
    return MR_TURN_END;
}

/* A reading error ends this input, not the run: what came before it is kept. */
static enum mr_turn_event go_on(struct mr_lane *lane, struct mr_record *record)
{
    if (!lane->waiting)
        return end_input(lane);
    *record = lane->record;
    lane->waiting = false;
    return mr_lane_give(lane, record);
}

/* The next turn has the time of a record, which has to be read for it. */
static enum mr_turn_event end_interval(struct mr_lane *lane)
{
    if (lane->stop.stopped || mr_reader_next(lane->reader, &lane->record) != MR_OK)
        return end_input(lane);
    lane->waiting = true;
    lane->place = MR_LANE_READING;
    lane->next_tod = lane->record.tod;
    return MR_TURN_OVER;
}

enum mr_turn_event mr_lane_step(struct mr_lane *lane, struct mr_record *record)
{
    switch (lane->place) {
    case MR_LANE_BETWEEN:
        return begin_input(lane);
    case MR_LANE_READING:
        return go_on(lane, record);
    case MR_LANE_INTERVAL_OVER:
        return end_interval(lane);
    case MR_LANE_INPUT_OVER:
        lane->place = lane->next < lane->count ? MR_LANE_BETWEEN : MR_LANE_ENDED;
        if (lane->next < lane->count)
            lane->next_tod = lane->inputs[lane->next].tod;
        return MR_TURN_OVER;
    default:
        return MR_TURN_OVER;
    }
}

void mr_lane_bytes(const struct mr_lane *lane, uint64_t *bytes, uint64_t *input_bytes)
{
    *bytes = lane->bytes_before;
    *input_bytes = lane->input_bytes_before;
    if (lane->reader != NULL) {
        *bytes += mr_reader_counts(lane->reader)->bytes;
        *input_bytes += mr_reader_counts(lane->reader)->input_bytes;
    }
}

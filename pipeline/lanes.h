/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_PIPELINE_LANES_H
#define MR_PIPELINE_LANES_H

/*
 * Inputs of different systems side by side.  Private to the pipeline.
 *
 * A lane is the inputs of one or several systems, in the order of their times; no other lane has records of them, and
 * it has engines of its own.  Lanes take turns: a turn is what one input has up to the end of an interval, and the next
 * one is of the lane whose records are the earliest.  So rows of all systems come interval by interval, in an order
 * that depends on the inputs alone, and lanes can be worked on at the same time.
 *
 * Where one input does not tell at its front whose it is, and where exits look on, there is one lane for all.
 */
#include "base/notes.h"
#include "domains/engine.h"
#include "reader/reader.h"
#include "reader/stop.h"

#define MR_LANES_MAX 8u

struct mr_run;

/* An input, as far as a look at its front can tell. */
struct mr_input {
    const char *name;
    size_t place;  /* on the command line */
    uint64_t tod;  /* of its first record; 0: not known */
    uint64_t size; /* of the file; 0: not known */
    size_t system; /* which of the systems of the run, by first appearance; MR_NO_SYSTEM: not told */
    size_t lane;
};

#define MR_NO_SYSTEM SIZE_MAX

/* An input that has been read as far as it will be; reader NULL: it could not be used. */
struct mr_input_end {
    const char *name; /* NULL: there is none */
    struct mr_reader *reader;
    bool cut; /* by a request to stop */
};

enum mr_lane_place { MR_LANE_BETWEEN, MR_LANE_READING, MR_LANE_INTERVAL_OVER, MR_LANE_INPUT_OVER, MR_LANE_ENDED };

struct mr_lane {
    struct mr_run *run;
    size_t number;
    const struct mr_input *inputs;
    size_t count, next; /* of them, those that have been begun */
    enum mr_lane_place place;
    bool busy;                 /* its turn has been given out and is not over */
    struct mr_reader *reader;  /* of the input that is open; NULL: none */
    struct mr_relay relay;     /* of the reader's messages */
    struct mr_record record;   /* read too far: the first one of the next turn */
    bool waiting;              /* there is one */
    uint64_t tod;              /* of the first record of the turn, or where it is not busy of the next one; never falls */
    uint64_t next_tod;         /* of the next one, as far as it is known */
    uint64_t last_tod;         /* of the last record that was given out; 0: none yet */
    struct mr_stop_watch stop;
    struct mr_input_end end;   /* of the input that ended in the turn, until somebody takes it */
    uint64_t bytes_before, input_bytes_before; /* of inputs that have ended */
};

/* Systems that have been met, and whose they are. */
struct mr_claims;

/*
 * mr_lanes_plan - look at the front of each input, put them in order, and make lanes of them.
 * MR_OK, or MR_FATAL after a message (memory).
 */
int mr_lanes_plan(struct mr_run *run) MR_CHECK;

/* Close what is open, free everything. */
void mr_lanes_close(struct mr_run *run);

/*
 * mr_lanes_pick - the lane whose turn is next, of those that are not busy, which is then busy until mr_lane_yield().
 * NULL: there is none; after a request to stop, none of them has an input open.
 */
struct mr_lane *mr_lanes_pick(struct mr_run *run);
void mr_lane_yield(struct mr_lane *lane);

/* The lane whose turn is the earliest, busy or not; NULL where no turns are left. */
struct mr_lane *mr_lanes_front(struct mr_run *run);

enum mr_turn_event {
    MR_TURN_BEGIN,    /* an input has been opened: lane->reader */
    MR_TURN_UNUSABLE, /* one could not be: lane->end */
    MR_TURN_RECORD,
    MR_TURN_END,      /* an input has ended: lane->end, with its reader */
    MR_TURN_OVER
};

/* What is next where it is not simply the next record. */
enum mr_turn_event mr_lane_step(struct mr_lane *lane, struct mr_record *record);

/* A record is given out. */
static inline enum mr_turn_event mr_lane_give(struct mr_lane *lane, const struct mr_record *record)
{
    lane->last_tod = record->tod;
    if (mr_ends_interval(record))
        lane->place = MR_LANE_INTERVAL_OVER;
    return MR_TURN_RECORD;
}

/*
 * mr_lane_next - what is next in the turn of a lane.  A record is borrowed until the next call; once it has been used,
 * lane->stop says whether it was the last one to be used.
 */
static inline enum mr_turn_event mr_lane_next(struct mr_lane *lane, struct mr_record *record)
{
    if (lane->place == MR_LANE_READING && !lane->waiting && !lane->stop.stopped &&
        mr_reader_next(lane->reader, record) == MR_OK)
        return mr_lane_give(lane, record);
    return mr_lane_step(lane, record);
}

/* Bytes read by now, uncompressed and as they are. */
void mr_lane_bytes(const struct mr_lane *lane, uint64_t *bytes, uint64_t *input_bytes);

/* The claim of an engine of a lane, which is the claimant (domains/engine.h). */
mr_claim mr_lane_claim;

#endif

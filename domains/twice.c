/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data that comes twice (design, section 10.7).  Records whose time has been covered by an earlier stretch are copies
 * only where their content is the same; with other content the clock of the system went back, as it does at the end of
 * summer time where it runs on local time: both are data.
 *
 * Judged is a batch: what stands between two ends of interval.  Its records wait, and the first one of each type is
 * looked up among the prints of what has been used.  At the end of the batch
 *
 *                       records that have been used              all of it
 *            +--------> COPY ----------------------------------> are duplicates
 *            |
 *   OPEN ----+          others at their times, or at times
 *            |          when there were none
 *            +--------> NEW: a new stretch of data begins -----> is used
 *            |
 *            +--------> nothing is known: the next batch goes on with what waits
 *
 * The original or the copy may be damaged: one record that differs does not outweigh several that do not, and one that
 * was lost says nothing.  The first type of an input that begins in the middle of a batch says nothing either: its first
 * record may be missing there.  A record without content (1/11) says only whether one of its time has been used.
 */
#include "domains/hold.h"
#include "domains/recall.h"
#include "domains/system.h"
#include "reader/tod.h"

/* Records of one sample, and of several processors, may be so much out of step. */
#define OUT_OF_STEP ((int64_t)MR_TOD_SECOND)

bool mr_twice_known(const struct mr_system *system, const struct mr_record *record)
{
    return mr_coverage_seen(&system->coverage, record) &&
           (system->coverage.blind || mr_prints_have(&system->coverage.prints, mr_print_of(record)));
}

void mr_twice_begin_input(struct mr_engine *engine)
{
    engine->trial = (struct mr_trial){.records = engine->trial.records};
    engine->trial.records.used = 0;
    engine->ahead.used = 0;
}

/* A record that the verdict is known of. */
static int give(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record, bool copy)
{
    if (!copy)
        return mr_dispatch_record(engine, system, record);
    mr_dispatch_duplicate(engine, record);
    return MR_OK;
}

/* The verdict is known: what waits goes its way.  Not all of it need be covered. */
static int decide(struct mr_engine *engine, enum mr_verdict verdict)
{
    struct mr_trial *trial = &engine->trial;
    struct mr_system *system = trial->system;
    struct mr_queue waiting = trial->records;
    int status = MR_OK;

    trial->verdict = verdict;
    if (waiting.used == 0)
        return MR_OK;
    trial->records = (struct mr_queue){0};
    for (size_t at = 0; at < waiting.used && status == MR_OK;) {
        struct mr_record record = mr_queue_at(&waiting, at, &at);

        status = give(engine, system, &record, verdict == MR_VERDICT_COPY);
    }
    waiting.used = 0;
    trial->records = waiting;
    return status;
}

/* Is this record so early that the clock must have gone back?  Events come late by an interval, not by more. */
static bool is_behind(const struct mr_engine *engine, const struct mr_system *system, const struct mr_record *record)
{
    uint64_t end = mr_track_is_sample(engine, record) ? system->last_end_tod : system->earlier_end_tod;

    return end != 0 && mr_tod_difference(end, record->tod) > OUT_OF_STEP;
}

/*
 * Data with other content at a time that has been covered: the clock has gone back, unless these are nothing but events
 * that come late.
 */
static int decide_new(struct mr_engine *engine)
{
    struct mr_trial *trial = &engine->trial;
    struct mr_system *system = trial->system;
    struct mr_record behind;
    bool back = false;
    int status = MR_OK;

    for (size_t at = 0; at < trial->records.used && !back;) {
        behind = mr_queue_at(&trial->records, at, &at);
        back = is_behind(engine, system, &behind);
    }
    if (back)
        status = mr_track_begin_stretch(engine, system, &behind);
    return status == MR_OK ? decide(engine, MR_VERDICT_NEW) : status;
}

/* What the evidence comes to. */
static enum mr_verdict weigh(const struct mr_trial *trial)
{
    if (trial->other > 1 || (trial->other == 1 && trial->same <= 1))
        return MR_VERDICT_NEW;
    if (trial->same > 0)
        return MR_VERDICT_COPY;
    return trial->strange > 0 ? MR_VERDICT_NEW : MR_VERDICT_OPEN;
}

int mr_twice_settle(struct mr_engine *engine)
{
    int status = MR_OK;

    if (engine->trial.records.used > 0)
        status = weigh(&engine->trial) == MR_VERDICT_NEW ? decide_new(engine) : decide(engine, MR_VERDICT_COPY);
    return status == MR_OK ? mr_dispatch_ahead(engine) : status;
}

static int wait_for_verdict(struct mr_engine *engine, const struct mr_record *record)
{
    int status = mr_queue_put(&engine->trial.records, record);

    if (status == MR_FATAL) {
        mr_report(engine->options.log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "%s", "");
        return status;
    }
    if (status == MR_OK)
        return MR_OK;
    /* The queue is full: what is known by now has to do. */
    status = mr_twice_settle(engine);
    return status == MR_OK ? give(engine, engine->trial.system, record, engine->trial.verdict == MR_VERDICT_COPY)
                           : status;
}

/* The first record of its type in the batch is looked up. */
static void look_up(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    struct mr_trial *trial = &engine->trial;
    struct mr_covered_type *type = system->coverage.types[record->domain][record->number];
    const struct mr_prints *prints = &system->coverage.prints;
    bool begun = trial->begun;

    if (type->judged_batch == system->coverage.batch + 1)
        return;
    type->judged_batch = system->coverage.batch + 1;
    trial->begun = true;
    if (!mr_prints_have(prints, mr_print_of_time(record)))
        trial->strange += trial->whole || begun;
    else if (record->length > MR_HEADER_BYTES)
        *(mr_prints_have(prints, mr_print_of(record)) ? &trial->same : &trial->other) += 1;
}

static bool ends_batch(const struct mr_record *record)
{
    return record->domain == 1 && record->number == 11;
}

/* A record of a time that has been covered. */
static int judge(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    struct mr_trial *trial = &engine->trial;
    int status;

    if (trial->verdict != MR_VERDICT_OPEN)
        return give(engine, system, record, trial->verdict == MR_VERDICT_COPY);
    look_up(engine, system, record);
    status = wait_for_verdict(engine, record);
    if (status == MR_OK && ends_batch(record) && weigh(trial) != MR_VERDICT_OPEN)
        status = mr_twice_settle(engine);
    return status;
}

/* Has the clock gone back within this input?  What has come of the present stretch counts as earlier data then. */
static bool goes_back(const struct mr_engine *engine, const struct mr_system *system, const struct mr_record *record)
{
    return !system->in_sample && system->sample_input == engine->input_number && is_behind(engine, system, record);
}

/* The batch has ended, whatever became of its records. */
static void end_batch(struct mr_engine *engine, struct mr_system *system)
{
    struct mr_trial *trial = &engine->trial;

    mr_coverage_next_batch(&system->coverage);
    trial->whole = true;
    trial->begun = false;
    if (trial->records.used > 0)
        return; /* nothing is known yet */
    trial->verdict = MR_VERDICT_OPEN;
    trial->same = trial->other = trial->strange = 0;
}

/* A record of another domain that no table is made of: its time may be anything. */
static bool says_nothing(const struct mr_engine *engine, const struct mr_record *record)
{
    return mr_is_foreign(record) && engine->dispatch[record->domain][record->number].count == 0;
}

int mr_twice_record(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    struct mr_trial *trial = &engine->trial;
    bool covered;
    int status = MR_OK;

    trial->system = system;
    if (mr_coverage_outside(&system->coverage, record)) {
        mr_recall_outside(engine, system, record);
        if (ends_batch(record))
            end_batch(engine, system);
        return MR_OK;
    }
    if (says_nothing(engine, record))
        return give(engine, system, record, mr_coverage_seen(&system->coverage, record));
    if (goes_back(engine, system, record) && mr_system_close_coverage(system, system->last_tod) != MR_OK) {
        mr_report(engine->options.log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "%s", "");
        return MR_FATAL;
    }
    covered = mr_coverage_seen(&system->coverage, record);
    if (covered && system->coverage.blind)
        return give(engine, system, record, true);
    /* A configuration set that is no copy is used as a whole: nothing is compared in initial processing. */
    if (covered && system->phase == MR_PHASE_INIT && system->configured && !system->in_sample && record->domain == 1 &&
        trial->verdict != MR_VERDICT_COPY && trial->records.used == 0)
        covered = false;
    if (!covered && trial->records.used > 0)
        status = mr_twice_settle(engine);
    if (status == MR_OK)
        status = covered ? judge(engine, system, record) : mr_dispatch_record(engine, system, record);
    if (ends_batch(record))
        end_batch(engine, system);
    return status;
}

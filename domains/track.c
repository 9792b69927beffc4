/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intervals.  A sample ends with a 1/11; the same bytes also end the configuration set and, on some inputs, event data.
 * In native files the letter of the control entry tells them apart; on stripped input the state machine of VMX
 * processing, section 3, does.  Interval numbers count missing intervals in, so that a hole shows in them.
 */
#include "domains/commands.h"
#include "domains/hold.h"
#include "domains/system.h"
#include "reader/ebcdic.h"
#include "reader/tod.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_INTERVAL_SECONDS 86400u
#define LATEST_EVENT_INTERVALS 4u
#define LONGEST_PAUSE_SECONDS 15u /* between two records of one sample */

static struct mr_place place_of(const struct mr_engine *engine, const struct mr_record *record)
{
    return (struct mr_place){engine->input, record->offset, record->domain, record->number, 0};
}

/* What an interval should take: what it takes in fact, else the longer of what was set and what was seen last. */
static uint64_t expected(const struct mr_system *system)
{
    if (system->pace.steady != 0)
        return system->pace.steady;
    return system->nominal > system->pace.last ? system->nominal : system->pace.last;
}

static bool too_long(const struct mr_system *system, uint64_t elapsed)
{
    return expected(system) != 0 && elapsed / 3 * 2 > expected(system);
}

static bool alike(uint64_t elapsed, uint64_t before)
{
    uint64_t apart = elapsed > before ? elapsed - before : before - elapsed;

    return before != 0 && apart <= before / 8;
}

/*
 * Collectors may write fewer samples than 1/9 says, and the record that changed the interval may be lost.  Times between
 * samples that are alike again and again are intervals, not holes: the third one in a row, or the second where no
 * interval as long as was set has ever been seen.
 */
static bool is_pace(const struct mr_system *system, uint64_t elapsed)
{
    return alike(elapsed, system->pace.before) && system->pace.alike + 1 >= (system->pace.confirmed ? 3u : 2u);
}

/*
 * Nothing has shown how long intervals are: not even the time from the configuration to the first sample was as long as
 * was set.  The first interval may be what the collector takes.
 */
static bool is_unknown(const struct mr_system *system)
{
    return system->nominal != 0 && !system->pace.confirmed && system->pace.last == 0 && system->pace.before != 0;
}

/* An interval took so long. */
static void take_pace(struct mr_system *system, uint64_t elapsed)
{
    struct mr_pace *pace = &system->pace;
    bool hole = too_long(system, elapsed) && !is_pace(system, elapsed) && !is_unknown(system);

    pace->alike = alike(elapsed, pace->before) ? pace->alike + 1 : 1;
    pace->before = elapsed;
    if (hole)
        return; /* a hole is no interval: it must not make the next hole look small */
    pace->last = elapsed;
    if (pace->alike >= 2)
        pace->steady = elapsed;
    if (elapsed / 3 * 2 <= system->nominal)
        pace->confirmed = true;
}

/* Intervals missing before a sample that begins at tod: 0 unless the time is over one and a half of the expected. */
static uint32_t missing_before(const struct mr_system *system, uint64_t tod)
{
    uint64_t length = expected(system), elapsed;

    if (system->last_end_tod == 0 || length == 0 || mr_tod_difference(tod, system->last_end_tod) <= 0)
        return 0;
    elapsed = (uint64_t)mr_tod_difference(tod, system->last_end_tod);
    if (!too_long(system, elapsed) || is_pace(system, elapsed) || is_unknown(system))
        return 0;
    elapsed = (elapsed + length / 2) / length - 1;
    return elapsed == 0 ? 1 : elapsed > 1000000u ? 1000000u : (uint32_t)elapsed;
}

static int check_configuration(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    struct mr_place place = place_of(engine, record);
    unsigned missing = MR_HAVE_ALL & ~system->have;

    system->account.config_missing |= missing;
    if (missing == 0)
        return MR_OK;
    mr_report(engine->log, MR_MSG_CONFIG_MISSING, &place, "%s:%s%s%s%s", system->identity.sysid,
              missing & MR_HAVE_1_1 ? " 1/1" : "", missing & MR_HAVE_1_4 ? " 1/4" : "",
              missing & MR_HAVE_1_5 ? " 1/5" : "", missing & MR_HAVE_1_9 ? " 1/9" : "");
    if (!engine->options.strict)
        return MR_OK;
    mr_report(engine->log, MR_MSG_STRICT_STOP, &place, "configuration records");
    return MR_FATAL;
}

/* So many samples are missing before this record. */
static int tell_of_hole(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record,
                        uint32_t missing)
{
    struct mr_place place = place_of(engine, record);

    mr_report(engine->log, MR_MSG_MISSING_INTERVALS, &place, "%s: %" PRIu32 " before this record",
              system->identity.sysid, missing);
    engine->counts.missing_intervals += missing;
    system->account.missing_intervals += missing;
    mr_account_episode(system, MR_EPISODE_GAP, system->last_end_tod, record->tod, missing);
    /* What lies in the hole has not been reduced: another input may have it. */
    return mr_system_close_coverage(system, record->tod);
}

/* The end of a sample of which no record has come: the sample is missing, though its end is there. */
static int lose_sample(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    int64_t apart = mr_tod_difference(record->tod, system->last_end_tod);
    uint32_t missing;

    if (system->in_sample || system->last_end_tod == 0 || apart <= 0 || (uint64_t)apart < expected(system) / 2)
        return MR_OK;
    missing = missing_before(system, record->tod) + 1;
    system->interval += missing;
    return tell_of_hole(engine, system, record, missing);
}

static int begin_sample(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    uint32_t missing = missing_before(system, record->tod);
    int status = MR_OK;

    if (missing > 0) {
        status = tell_of_hole(engine, system, record, missing);
        system->pace.last = 0;
    }
    /* The end of the configuration set was lost: its rows wait no longer. */
    if (status == MR_OK && system->phase == MR_PHASE_INIT && system->configured) {
        status = check_configuration(engine, system, record);
        if (status == MR_OK)
            status = mr_hold_release_start(engine, system);
        system->phase = MR_PHASE_RUN;
    }
    system->previous = system->interval;
    system->interval += 1 + missing;
    system->in_sample = true;
    system->first_tod = record->tod;
    return status;
}

/*
 * What has not been seen for a long time is forgotten, so that memory follows what lives and not what ever lived.  It is
 * looked for now and then only; an entity that comes back later is a first one.
 */
static void forget_old(struct mr_engine *engine, struct mr_system *system)
{
    uint32_t before;

    if (system->interval <= MR_FORGET_AFTER || system->interval - system->forgotten_at < MR_FORGET_EVERY)
        return;
    before = system->interval - MR_FORGET_AFTER;
    for (unsigned m = 0; m < engine->map_count; m++)
        mr_entity_expire(&system->maps[m], before);
    for (size_t p = 0; p < engine->plan_count; p++)
        mr_entity_expire(&system->held[p], before);
    system->forgotten_at = system->interval;
}

/* Events are delivered late by an interval or two, not more. */
static void forget_former(struct mr_engine *engine, struct mr_system *system)
{
    for (size_t f = 0; f < engine->feed_count; f++) {
        unsigned former = engine->feeds[f]->former;

        if (former != MR_NO_MAP && system->interval > LATEST_EVENT_INTERVALS)
            mr_entity_expire(&system->maps[former], system->interval - LATEST_EVENT_INTERVALS);
    }
}

static int end_sample(struct mr_engine *engine, struct mr_system *system, uint64_t tod)
{
    int status = mr_hold_release(engine, system);

    if (system->in_sample) {
        engine->counts.intervals++;
        system->account.intervals++;
        if (status == MR_OK)
            status = mr_hooks_interval(engine, system, false, tod);
    }
    if (system->last_end_tod != 0 && mr_tod_difference(tod, system->last_end_tod) > 0) {
        take_pace(system, (uint64_t)mr_tod_difference(tod, system->last_end_tod));
    } else if (system->last_end_tod == 0 && mr_tod_difference(tod, system->start_tod) > 0 && system->start_tod != 0) {
        /* From the configuration to the first sample: perhaps part of an interval, but something to compare with. */
        system->pace.before = (uint64_t)mr_tod_difference(tod, system->start_tod);
        system->pace.alike = 1;
        system->pace.confirmed = system->pace.before / 3 * 2 <= system->nominal;
    }
    system->earlier_end_tod = system->start_tod;
    system->last_end_tod = tod;
    system->start_tod = tod;
    system->in_sample = false;
    system->domain0 = false;
    forget_former(engine, system);
    forget_old(engine, system);
    return status;
}

/* The sample's own 1/11 never came, but records of a later sample do. */
static bool is_next_sample(const struct mr_system *system, const struct mr_record *record)
{
    uint64_t length = expected(system);
    int64_t pause = mr_tod_difference(record->tod, system->sample_tod);

    /* A sample is written in one go, however long an interval is thought to be. */
    return length != 0 && (mr_tod_difference(record->tod, system->first_tod) > (int64_t)(length / 2) ||
                           pause > (int64_t)(LONGEST_PAUSE_SECONDS * MR_TOD_SECOND));
}

bool mr_track_shows_hole(const struct mr_engine *engine, const struct mr_system *system, const struct mr_record *record)
{
    return !system->in_sample && mr_track_is_sample(engine, record) && missing_before(system, record->tod) > 0;
}

bool mr_track_is_sample(const struct mr_engine *engine, const struct mr_record *record)
{
    const struct mr_layout *layout = engine->dispatch[record->domain][record->number].layout;

    if (record->domain == 1)
        return false;
    if (record->kind != 0 && !mr_is_foreign(record))
        return record->kind == 'S';
    return layout != NULL && layout->kind == MR_KIND_SAMPLE;
}

/* Bytes of the command at an offset of its record; what is behind them may be of an older command. */
static size_t length_of_command(const struct mr_engine *engine, const struct mr_record *record, unsigned at)
{
    const struct mr_part part = {record->data, record->length, 0, false};
    size_t there = record->length > at ? record->length - at : 0;
    uint64_t length;

    if (engine->fields.command_length == MR_NO_INDEX ||
        mr_decode_number(engine->fields.command, engine->fields.command_length, &part, &length) != MR_OK)
        return there;
    return length == 0 || length > there ? there : (size_t)length;
}

static const char *words_of_command(const struct mr_engine *engine, const struct mr_record *record, char *text,
                                    size_t size)
{
    const struct mr_engine_fields *f = &engine->fields;
    size_t n = 0;

    if (f->command_text != MR_NO_INDEX) {
        unsigned at = f->command->fields[f->command_text].offset;
        size_t length = length_of_command(engine, record, at);

        while (n < length && n + 1 < size) {
            char pair[4];

            /* One byte at a time, so that offsets stay the same; blanks and unprintable bytes become blanks. */
            text[n] = mr_ebcdic_decode(pair, record->data + at + n, 1) == 1 ? (char)toupper(pair[0]) : ' ';
            n++;
        }
    }
    text[n] = '\0';
    return text;
}

/*
 * MONITOR SAMPLE INTERVAL sets what the next intervals should take.  The one that it comes in may still be as long as those
 * before it.
 */
void mr_track_command(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    char text[512];
    unsigned long seconds = mr_command_interval(words_of_command(engine, record, text, sizeof text));
    struct mr_place place = place_of(engine, record);
    uint64_t before = expected(system);

    if (seconds == 0 || seconds * MR_TOD_SECOND == system->nominal)
        return;
    mr_report(engine->log, MR_MSG_INTERVAL_CHANGED, &place, "%s: %lu seconds", system->identity.sysid, seconds);
    mr_account_episode(system, MR_EPISODE_INTERVAL, record->tod, record->tod, seconds);
    system->nominal = seconds * MR_TOD_SECOND;
    /* Half as long again is let pass elsewhere; here that may hide a sample of the new length, so it is an eighth. */
    system->pace = (struct mr_pace){.last = before / 4 * 3};
}

static void take_profile(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    const struct mr_part part = {record->data, record->length, 0, false};
    uint64_t seconds;

    if (engine->fields.interval == MR_NO_INDEX ||
        mr_decode_number(engine->fields.sample, engine->fields.interval, &part, &seconds) != MR_OK)
        return;
    if (seconds == 0 || seconds > LONGEST_INTERVAL_SECONDS || seconds * MR_TOD_SECOND == system->nominal)
        return;
    system->nominal = seconds * MR_TOD_SECOND;
    system->pace = (struct mr_pace){0};
}

static void take_resume(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    const struct mr_part part = {record->data, record->length, 0, false};
    struct mr_place place = place_of(engine, record);
    uint64_t lost = 0;

    if (engine->fields.lost_count == MR_NO_INDEX ||
        mr_decode_number(engine->fields.resume, engine->fields.lost_count, &part, &lost) != MR_OK)
        lost = 0;
    engine->counts.lost_events += lost;
    system->account.lost_events += lost;
    if (system->suspend_tod == 0) {
        engine->counts.suspends++;
        system->account.suspends++;
    }
    mr_account_episode(system, MR_EPISODE_SUSPEND, system->suspend_tod, record->tod, lost);
    system->suspend_tod = 0;
    mr_report(engine->log, MR_MSG_LOST_EVENTS, &place, "%s: %" PRIu64 " records", system->identity.sysid,
              lost);
}

static void take_suspend(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    if (system->suspend_tod != 0)
        mr_account_episode(system, MR_EPISODE_SUSPEND, system->suspend_tod, 0, 0);
    engine->counts.suspends++;
    system->account.suspends++;
    system->suspend_tod = record->tod;
}

int mr_track_begin_configuration(struct mr_engine *engine, struct mr_system *system)
{
    /* A sample whose end never came ends here. */
    int status = system->in_sample ? end_sample(engine, system, system->first_tod) : mr_hold_release(engine, system);

    /* And so does a set whose own end never came: its row must not stand in the way of this one's. */
    if (status == MR_OK)
        status = mr_hold_release_start(engine, system);
    if (status == MR_OK)
        status = mr_system_close_coverage(system, system->last_tod);
    system->phase = MR_PHASE_INIT;
    system->configured = true;
    system->account.configurations++;
    system->have = 0;
    mr_chpids_renew(&system->chpids);
    system->start_tod = system->earlier_end_tod = 0;
    system->in_sample = false;
    system->domain0 = false;
    return status;
}

/* No difference is taken from the data before to the data behind (design, section 10.7). */
int mr_track_begin_stretch(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    struct mr_place place = place_of(engine, record);
    int status = system->in_sample ? end_sample(engine, system, system->first_tod) : mr_hold_release(engine, system);

    if (status == MR_OK)
        status = mr_system_close_coverage(system, system->last_tod);
    if (status != MR_OK)
        return status;
    mr_report(engine->log, MR_MSG_CLOCK_BACK, &place, "%s", system->identity.sysid);
    mr_account_episode(system, MR_EPISODE_CLOCK, system->last_end_tod, record->tod, 0);
    mr_system_forget(engine, system);
    system->last_end_tod = system->earlier_end_tod = 0;
    if (system->start_tod != 0 && mr_tod_difference(record->tod, system->start_tod) < 0)
        system->start_tod = 0; /* a configuration set before this record may have told it */
    return MR_OK;
}

/*
 * A sample that was taken before the one before it.  Within an input the clock has been set back; what comes from another
 * input may lie in a hole of this one.  Either way the start of its interval is not known.
 */
static int watch_clock(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    bool same = system->sample_input == engine->input_number;

    system->sample_input = engine->input_number;
    if (same && system->last_end_tod != 0 && mr_tod_difference(record->tod, system->last_end_tod) < 0)
        return mr_track_begin_stretch(engine, system, record);
    if (system->start_tod != 0 && mr_tod_difference(record->tod, system->start_tod) < 0)
        system->start_tod = system->earlier_end_tod = 0;
    return MR_OK;
}

int mr_track_before(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    int status = MR_OK;

    system->last_tod = record->tod;
    if (record->domain == 0)
        system->domain0 = true;
    if (mr_track_is_sample(engine, record)) {
        if (system->in_sample && is_next_sample(system, record)) {
            struct mr_place place = place_of(engine, record);

            mr_report(engine->log, MR_MSG_LOST_END, &place, "%s", system->identity.sysid);
            status = end_sample(engine, system, system->first_tod);
        }
        if (!system->in_sample) {
            if (status == MR_OK)
                status = watch_clock(engine, system, record);
            if (status == MR_OK)
                status = begin_sample(engine, system, record);
            if (status == MR_OK)
                status = mr_hooks_interval(engine, system, true, record->tod);
        }
        system->sample_tod = record->tod;
    }
    if (record->domain == 1 && record->number == 9)
        take_profile(engine, system, record);
    else if (record->domain == 1 && record->number == 10)
        mr_track_command(engine, system, record);
    else if (record->domain == 1 && record->number == 3)
        take_resume(engine, system, record);
    return status;
}

/* What a 1/11 ends, 'S' or 'E': its entry tells; without entries the letters in the record; 0 where neither does. */
static char end_of(const struct mr_record *record)
{
    const char *class = record->kind == 0 ? mr_d01_class(record) : NULL;

    return class != NULL ? class[0] : record->kind;
}

/* The 1/11 of a configuration set, of event data or of a sample. */
static int interval_end(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    char end = end_of(record);
    int status = MR_OK;

    if (end == 'E')
        return MR_OK;
    if (system->phase == MR_PHASE_INIT && !system->domain0) {
        if (system->configured) {
            status = check_configuration(engine, system, record);
            if (status == MR_OK)
                status = mr_hold_release_start(engine, system);
            if (status != MR_OK)
                return status;
        }
        system->phase = MR_PHASE_RUN;
        system->start_tod = record->tod;
        return status;
    }
    if (end == 0 && !system->in_sample)
        return MR_OK; /* it ends event data: no sample record has come */
    system->phase = MR_PHASE_RUN;
    status = lose_sample(engine, system, record);
    return status == MR_OK ? end_sample(engine, system, record->tod) : status;
}

int mr_track_after(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    int status = mr_processors_record(engine, system, record);

    if (record->domain != 1 || status != MR_OK)
        return status;
    switch (record->number) {
    case 1:
        system->have |= MR_HAVE_1_1;
        break;
    case 4:
        system->have |= MR_HAVE_1_4;
        break;
    case 5:
        system->have |= MR_HAVE_1_5;
        break;
    case 9:
        system->have |= MR_HAVE_1_9;
        break;
    case 11:
        return interval_end(engine, system, record);
    case 12:
        take_suspend(engine, system, record);
        break;
    default:
        break;
    }
    return MR_OK;
}

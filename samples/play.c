/* SPDX-License-Identifier: Apache-2.0 */
/* Playing a scenario: the clock runs, and records are written. */
#include "samples/play.h"

#include "samples/cast.h"
#include "samples/collect.h"
#include "samples/scan.h"

#include "base/grow.h"
#include "reader/tod.h"

#include <stdlib.h>
#include <string.h>

#define DAY (86400 * MR_TOD_SECOND)
#define DEFAULT_START "2025-03-14 09:00:00"
#define STATEMENTS_MAX 1000000

struct play {
    const struct ms_scenario *scenario;
    struct ms_collect collect;
    struct ms_value variables[MS_VARIABLES_MAX];
    struct ms_statements sections[MS_SECTIONS];
    struct ms_statements queued; /* events of the next interval */
    bool no_eod, wrote, boot_known;
};

static int append(struct ms_statements *list, const struct ms_statements *more)
{
    if (mr_grow(&list->items, &list->room, list->count + more->count, sizeof(struct ms_statement *),
                STATEMENTS_MAX) != MR_OK)
        return ms_fault(NULL, "memory is short");
    if (more->count > 0)
        memcpy(list->items + list->count, more->items, more->count * sizeof(struct ms_statement *));
    list->count += more->count;
    return MR_OK;
}

static int do_section(struct play *play, const struct ms_action *action)
{
    struct ms_statements *list = &play->sections[action->index];

    if (!action->add)
        list->count = 0;
    return append(list, &action->statements);
}

static int do_connect(struct play *play, const struct ms_action *action)
{
    struct ms_collect *collect = &play->collect;

    play->wrote = true;
    collect->action = action;
    if (ms_collect_config(collect, &play->sections[MS_CONFIG_EVENTS], MS_EVENT_CONFIG) != MR_OK)
        return MR_FATAL;
    return ms_collect_config(collect, &play->sections[MS_CONFIG], MS_SAMPLE_CONFIG);
}

static int do_run(struct play *play, const struct ms_action *action, uint64_t times)
{
    struct ms_collect *collect = &play->collect;

    play->wrote = true;
    collect->action = action;
    for (uint64_t k = 0; k < times; k++) {
        collect->scope.n++;
        if (ms_collect_events(collect, &play->sections[MS_EVENTS], &play->queued) != MR_OK ||
            ms_collect_samples(collect, &play->sections[MS_SAMPLES]) != MR_OK)
            return MR_FATAL;
        play->queued.count = 0;
        collect->clock += collect->interval;
    }
    return MR_OK;
}

/* The first start says when the system was started, unless "boot" did: a day before. */
static void do_start(struct play *play, uint64_t time)
{
    play->collect.clock = time;
    if (play->boot_known)
        return;
    play->boot_known = true;
    play->collect.boot = time - DAY;
    ms_cast_restart(&play->collect.cast, play->collect.boot);
}

static int do_control(struct play *play, const struct ms_action *action)
{
    struct ms_segment *segment = play->collect.segment;
    uint64_t number = ms_evaluate_number(action->value, &play->collect.scope);
    struct ms_value bytes = {.kind = MS_TEXT};

    if (play->collect.scope.failed)
        return MR_FATAL;
    switch ((enum ms_control)action->index) {
    case MS_CONTROL_EVENT:
        segment->event_frames = (uint32_t)number;
        return MR_OK;
    case MS_CONTROL_FRAMES:
        segment->frames = (uint32_t)number;
        return MR_OK;
    case MS_CONTROL_RECORDS:
        segment->records = (uint32_t)number;
        return MR_OK;
    case MS_CONTROL_ENTRIES:
        segment->entries = number < 1 ? 1 : number > MS_ENTRIES_MAX ? MS_ENTRIES_MAX : (uint32_t)number;
        return MR_OK;
    case MS_CONTROL_START:
    case MS_CONTROL_MOVED:
        segment->start = (uint32_t)(number % (MS_PAGE - 20));
        segment->moved = action->index == MS_CONTROL_MOVED;
        return MR_OK;
    case MS_CONTROL_PATCH:
        break;
    }
    bytes = ms_evaluate(action->value2, &play->collect.scope);
    if (bytes.kind != MS_TEXT || number > MS_PAGE || bytes.length > MS_PAGE - number ||
        segment->patch_count == MS_CONTROL_PATCHES_MAX)
        return ms_fault(&action->place, "write: control patch OFFSET x\"...\", inside 4096 bytes, at most %d times",
                        MS_CONTROL_PATCHES_MAX);
    segment->patches[segment->patch_count].at = (uint32_t)number;
    segment->patches[segment->patch_count].length = (uint32_t)bytes.length;
    segment->patches[segment->patch_count++].bytes = bytes.text;
    return MR_OK;
}

static int do_block(struct play *play, const struct ms_action *action)
{
    struct ms_value value = ms_evaluate(action->value, &play->collect.scope);

    if (value.kind != MS_TEXT)
        return ms_fault(&action->place, "block wants bytes: block x\"00FF\"");
    ms_segment_block(play->collect.segment, value.text, value.length);
    play->wrote = true;
    return MR_OK;
}

/* A text that was put together must outlive the next record. */
static int do_set(struct play *play, const struct ms_action *action)
{
    struct ms_value value;
    uint8_t *copy;

    if (play->scenario->fixed[action->index])
        return MR_OK;
    value = ms_evaluate(action->value, &play->collect.scope);
    if (value.kind == MS_TEXT && value.length > 0) {
        copy = mr_arena_alloc(play->scenario->arena, value.length);
        if (copy == NULL)
            return ms_fault(&action->place, "memory is short");
        memcpy(copy, value.text, value.length);
        value.text = copy;
    }
    play->variables[action->index] = value;
    return MR_OK;
}

static int do_ipl(struct play *play)
{
    play->collect.boot = play->collect.clock;
    ms_cast_restart(&play->collect.cast, play->collect.clock);
    return MR_OK;
}

static int do_boot(struct play *play, uint64_t time)
{
    play->boot_known = true;
    play->collect.boot = time;
    ms_cast_restart(&play->collect.cast, time);
    return MR_OK;
}

/* Actions that only change what is known; MR_EOF for all others. */
static int do_setting(struct play *play, const struct ms_action *action)
{
    struct ms_collect *collect = &play->collect;
    struct ms_scope *scope = &collect->scope;

    switch (action->verb) {
    case MS_DO_SET:
        return do_set(play, action);
    case MS_DO_SEED:
        scope->seed = ms_evaluate_number(action->value, scope);
        return MR_OK;
    case MS_DO_STILL:
        scope->still = ms_evaluate_number(action->value, scope);
        return MR_OK;
    case MS_DO_START:
        do_start(play, action->time);
        return MR_OK;
    case MS_DO_BOOT:
        return do_boot(play, action->time);
    case MS_DO_IPL:
        return do_ipl(play);
    case MS_DO_INTERVAL:
        collect->interval = ms_evaluate_time(action->value, scope);
        return MR_OK;
    case MS_DO_SPACING:
        collect->spacing = ms_evaluate_time(action->value, scope);
        return MR_OK;
    case MS_DO_WAIT:
        collect->clock += ms_evaluate_time(action->value, scope);
        return MR_OK;
    case MS_DO_STALE:
        collect->segment->stale = action->index != 0;
        return MR_OK;
    case MS_DO_RESERVED:
        collect->noise = action->index != 0;
        return MR_OK;
    case MS_DO_NO_EOD:
        play->no_eod = true;
        return MR_OK;
    case MS_DO_CONTROL:
        return do_control(play, action);
    default:
        return MR_EOF;
    }
}

static int do_presence(struct play *play, const struct ms_action *action)
{
    struct ms_collect *collect = &play->collect;
    bool online = action->verb == MS_DO_ONLINE;
    uint64_t at = action->value == NULL ? 0 : ms_evaluate_time(action->value, &collect->scope);

    return ms_cast_presence(&collect->cast, action, online, collect->clock + at);
}

static int do_skip(struct play *play, const struct ms_action *action)
{
    uint64_t times = ms_evaluate_number(action->value, &play->collect.scope);

    play->collect.scope.n += (uint32_t)times;
    play->collect.clock += times * play->collect.interval;
    return MR_OK;
}

static int do_action(struct play *play, const struct ms_action *action)
{
    struct ms_collect *collect = &play->collect;
    int result = do_setting(play, action);

    if (result != MR_EOF)
        return collect->scope.failed ? MR_FATAL : result;
    collect->scope.interval = collect->interval;
    switch (action->verb) {
    case MS_DO_ENTITIES:
        return ms_cast_add(&collect->cast, action, &collect->scope, collect->boot);
    case MS_DO_FORGET:
        collect->cast.sets[action->index].count = 0;
        return MR_OK;
    case MS_DO_ONLINE:
    case MS_DO_OFFLINE:
        return do_presence(play, action);
    case MS_DO_SECTION:
        return do_section(play, action);
    case MS_DO_CONNECT:
        return do_connect(play, action);
    case MS_DO_RUN:
        return do_run(play, action, ms_evaluate_number(action->value, &collect->scope));
    case MS_DO_SKIP:
        return do_skip(play, action);
    case MS_DO_EVENT:
        return append(&play->queued, &action->statements);
    case MS_DO_FLUSH:
        play->wrote = true;
        result = ms_collect_events(collect, &play->queued, NULL);
        play->queued.count = 0;
        ms_segment_end(collect->segment, true);
        return result;
    case MS_DO_EOD:
        ms_segment_block(collect->segment, NULL, 0);
        play->no_eod = true;
        return MR_OK;
    default:
        return do_block(play, action);
    }
}

/* A scenario that says nothing of connect and run is connected and run. */
static int do_plain(struct play *play)
{
    static const struct ms_action plain = {.verb = MS_DO_RUN};

    if (play->wrote)
        return MR_OK;
    play->collect.scope.interval = play->collect.interval;
    if (do_connect(play, &plain) != MR_OK)
        return MR_FATAL;
    return do_run(play, &plain, play->variables[MS_INTERVALS].number);
}

static int do_all(struct play *play)
{
    const struct ms_scenario *scenario = play->scenario;

    for (size_t a = 0; a < scenario->action_count; a++) {
        if (do_action(play, &scenario->actions[a]) != MR_OK || play->collect.scope.failed)
            return MR_FATAL;
    }
    if (do_plain(play) != MR_OK)
        return MR_FATAL;
    ms_segment_end(play->collect.segment, true);
    if (!play->no_eod)
        ms_segment_block(play->collect.segment, NULL, 0);
    return MR_OK;
}

int ms_play(const struct ms_scenario *scenario, struct ms_segment *segment)
{
    struct play *play = calloc(1, sizeof *play);
    const char *start = DEFAULT_START;
    uint64_t time;
    int result = MR_FATAL;

    if (play == NULL)
        return ms_fault(NULL, "memory is short");
    play->scenario = scenario;
    memcpy(play->variables, scenario->initial, sizeof play->variables);
    if (ms_collect_init(&play->collect, scenario, segment, play->variables) == MR_OK) {
        if (ms_scan_date(&start, &time)) {
            play->collect.clock = time;
            play->collect.boot = time - DAY;
        }
        result = do_all(play);
    }
    for (int s = 0; s < MS_SECTIONS; s++)
        free(play->sections[s].items);
    free(play->queued.items);
    ms_collect_free(&play->collect);
    free(play);
    return result;
}

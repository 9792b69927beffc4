/* SPDX-License-Identifier: Apache-2.0 */
/* Which exit is called when, and what becomes of what it returns. */
#include "exits/crash.h"
#include "exits/private.h"
#include "reader/tod.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * Reading the clock twice costs as much as a short exit, so of the hooks that are called for every row or record one
 * call in so many is timed.  The first ones all are: short runs are measured exactly.
 */
#define TIMED_FIRST 64u
#define TIMED_EACH 32u

static const struct {
    const char *name;
    size_t offset; /* in struct mr_exit */
} hook_table[MR_EXIT_HOOKS] = {
    [MR_EXIT_BEGIN_RUN] = {"begin_run", offsetof(struct mr_exit, begin_run)},
    [MR_EXIT_BEGIN_INPUT] = {"begin_input", offsetof(struct mr_exit, begin_input)},
    [MR_EXIT_BEGIN_INTERVAL] = {"begin_interval", offsetof(struct mr_exit, begin_interval)},
    [MR_EXIT_END_INTERVAL] = {"end_interval", offsetof(struct mr_exit, end_interval)},
    [MR_EXIT_END_INPUT] = {"end_input", offsetof(struct mr_exit, end_input)},
    [MR_EXIT_END_RUN] = {"end_run", offsetof(struct mr_exit, end_run)},
    [MR_EXIT_USRSEL] = {"USRSEL", offsetof(struct mr_exit, usrsel)},
    [MR_EXIT_FIRST_FILE] = {"USRSSPP", offsetof(struct mr_exit, usrsspp)},
    {"USRSCHC", offsetof(struct mr_exit, usrschc)},
    {"USRSLCP", offsetof(struct mr_exit, usrslcp)},
    {"USRSLPR", offsetof(struct mr_exit, usrslpr)},
    {"USRSSGP", offsetof(struct mr_exit, usrssgp)},
    {"USRSDCF", offsetof(struct mr_exit, usrsdcf)},
    {"USRSACF", offsetof(struct mr_exit, usrsacf)},
    {"USRSVXF", offsetof(struct mr_exit, usrsvxf)},
    {"USRSSCX", offsetof(struct mr_exit, usrsscx)},
    {"USRSSCF", offsetof(struct mr_exit, usrsscf)},
    {"USRSVXC", offsetof(struct mr_exit, usrsvxc)},
    {"USRSSTP", offsetof(struct mr_exit, usrsstp)},
    {"USRSXSS", offsetof(struct mr_exit, usrsxss)},
    {"USRSXSF", offsetof(struct mr_exit, usrsxsf)},
    {"USRSCPV", offsetof(struct mr_exit, usrscpv)},
    {"USRSBPG", offsetof(struct mr_exit, usrsbpg)},
    {"USRSVXU", offsetof(struct mr_exit, usrsvxu)},
    {"USRSVXT", offsetof(struct mr_exit, usrsvxt)},
    {"USRS_VU", offsetof(struct mr_exit, usrs_vu)},
    {"USRS_VT", offsetof(struct mr_exit, usrs_vt)},
    {"USRSPCF", offsetof(struct mr_exit, usrspcf)},
    {"USRSXDV", offsetof(struct mr_exit, usrsxdv)},
    {"USRSCDI", offsetof(struct mr_exit, usrscdi)},
    {"USRSXDS", offsetof(struct mr_exit, usrsxds)},
    [MR_EXIT_OTHER] = {"other", offsetof(struct mr_exit, other)},
};

const char *mr_exit_hook_name(enum mr_exit_hook hook)
{
    return hook_table[hook].name;
}

static mr_exit_row_hook *row_hook(const struct mr_exit_instance *instance, enum mr_exit_hook hook)
{
    mr_exit_row_hook *function;

    memcpy(&function, instance->its.room + hook_table[hook].offset, sizeof function);
    return function;
}

struct mr_place mr_exit_place(const struct mr_exits *exits)
{
    struct mr_place place = {.offset = MR_NO_OFFSET};

    if (exits->scene == NULL || exits->moment != MR_EXIT_IN_HOOK)
        return place;
    place.file = exits->scene->input;
    if (exits->scene->record != NULL) {
        place.offset = exits->scene->record->offset;
        place.domain = mr_own_domain(exits->scene->record);
        place.number = mr_own_number(exits->scene->record);
    }
    return place;
}

static uint64_t nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* From here on a crash is this exit's.  Returns when it began, or 0 where this call is not timed. */
static uint64_t enter(struct mr_exits *exits, struct mr_exit_instance *instance, enum mr_exit_hook hook,
                      const char *table)
{
    uint64_t calls = instance->counters[hook].calls++;
    bool often = hook >= MR_EXIT_USRSEL;

    exits->moment = MR_EXIT_IN_HOOK;
    exits->present = instance;
    mr_crash_scene.hook = hook_table[hook].name;
    mr_crash_scene.table = table;
    mr_crash_scene.input = exits->scene == NULL ? NULL : exits->scene->input;
    mr_crash_scene.record = exits->scene == NULL ? NULL : exits->scene->record;
    mr_crash_scene.exit = instance->name;
    return often && calls >= TIMED_FIRST && calls % TIMED_EACH != 0 ? 0 : nanoseconds();
}

static void leave(struct mr_exits *exits, struct mr_exit_instance *instance, enum mr_exit_hook hook, uint64_t began)
{
    mr_crash_scene.exit = NULL;
    exits->moment = MR_EXIT_OUTSIDE;
    exits->present = NULL;
    if (began != 0) {
        instance->counters[hook].timed++;
        instance->counters[hook].nanoseconds += nanoseconds() - began;
    }
}

/* An exit has failed: its policy decides.  MR_OK to go on, MR_FATAL to stop. */
static int failed(struct mr_exits *exits, struct mr_exit_instance *instance, enum mr_exit_hook hook,
                  const char *table, int status)
{
    static const enum mr_message_id messages[] = {[MR_EXIT_POLICY_DISABLE] = MR_MSG_EXIT_DISABLED,
                                                  [MR_EXIT_POLICY_STOP] = MR_MSG_EXIT_STOPPED,
                                                  [MR_EXIT_POLICY_IGNORE] = MR_MSG_EXIT_IGNORED};
    struct mr_place place;

    exits->moment = MR_EXIT_IN_HOOK; /* the place of a message is that of the hook */
    place = mr_exit_place(exits);
    exits->moment = MR_EXIT_OUTSIDE;
    instance->counters[hook].failed++;
    if (instance->policy == MR_EXIT_POLICY_DISABLE)
        instance->disabled = true;
    mr_report(exits->options.log, messages[instance->policy], &place, "%s in %s%s%s, which returned %d",
              instance->name, hook_table[hook].name, table == NULL ? "" : ", table ", table == NULL ? "" : table,
              status);
    return instance->policy == MR_EXIT_POLICY_STOP ? MR_FATAL : MR_OK;
}

static int call_plain(const struct mr_exit_instance *instance, enum mr_exit_hook hook, const char *name, int64_t time)
{
    const struct mr_exit *exit = &instance->its.exit;

    switch (hook) {
    case MR_EXIT_BEGIN_RUN:
        return exit->begin_run(exit->data);
    case MR_EXIT_END_RUN:
        return exit->end_run(exit->data);
    case MR_EXIT_BEGIN_INPUT:
        return exit->begin_input(exit->data, name);
    case MR_EXIT_END_INPUT:
        return exit->end_input(exit->data, name);
    case MR_EXIT_BEGIN_INTERVAL:
        return exit->begin_interval(exit->data, time);
    default:
        return exit->end_interval(exit->data, time);
    }
}

/* A hook for begin or end of something, in all exits. */
static int run_plain(struct mr_exits *exits, enum mr_exit_hook hook, const char *name, int64_t time)
{
    int status = MR_OK;

    for (size_t i = 0; exits != NULL && i < exits->count && status == MR_OK; i++) {
        struct mr_exit_instance *instance = exits->instances[i];
        uint64_t began;
        int result;

        if (instance->disabled || row_hook(instance, hook) == NULL)
            continue;
        began = enter(exits, instance, hook, NULL);
        result = call_plain(instance, hook, name, time);
        leave(exits, instance, hook, began);
        if (result != MR_EXIT_OK)
            status = failed(exits, instance, hook, NULL, result);
    }
    return status;
}

int mr_exits_begin_run(struct mr_exits *exits)
{
    return run_plain(exits, MR_EXIT_BEGIN_RUN, NULL, 0);
}

int mr_exits_begin_input(struct mr_exits *exits, const char *name)
{
    return run_plain(exits, MR_EXIT_BEGIN_INPUT, name, 0);
}

int mr_exits_end_input(struct mr_exits *exits, const char *name)
{
    return run_plain(exits, MR_EXIT_END_INPUT, name, 0);
}

int mr_exits_end_run(struct mr_exits *exits)
{
    return run_plain(exits, MR_EXIT_END_RUN, NULL, 0);
}

static int interval(void *context, const struct mr_hook_scene *scene, bool begin, uint64_t tod)
{
    struct mr_exits *exits = context;
    int status;

    if (!exits->sees_intervals)
        return MR_OK;
    exits->scene = scene;
    status = run_plain(exits, begin ? MR_EXIT_BEGIN_INTERVAL : MR_EXIT_END_INTERVAL, NULL, mr_tod_micros(tod));
    exits->scene = NULL;
    return status;
}

/* What one exit says of a record.  *drop is set when it is to be left out. */
static int select_record(struct mr_exits *exits, struct mr_exit_instance *instance, bool *drop)
{
    struct mr_exit_counter *counter = &instance->counters[MR_EXIT_USRSEL];
    uint64_t began = enter(exits, instance, MR_EXIT_USRSEL, NULL);
    int result = instance->its.exit.usrsel(instance->its.exit.data, &exits->record);

    leave(exits, instance, MR_EXIT_USRSEL, began);
    if (result == MR_EXIT_OK)
        return MR_OK;
    if (result != MR_EXIT_SKIP_REC)
        return failed(exits, instance, MR_EXIT_USRSEL, NULL, result);
    if (!exits->scene->initial) {
        counter->dropped++;
        *drop = true;
        return MR_OK;
    }
    if (counter->refused++ == 0) {
        struct mr_place place = {exits->scene->input, exits->scene->record->offset,
                                 mr_own_domain(exits->scene->record), mr_own_number(exits->scene->record), 0};

        mr_report(exits->options.log, MR_MSG_EXIT_REFUSED, &place, "%s", instance->name);
    }
    return MR_OK;
}

static int record(void *context, const struct mr_hook_scene *scene)
{
    struct mr_exits *exits = context;
    int status = MR_OK;
    bool drop = false;

    if (!exits->sees_records)
        return MR_OK;
    mr_exit_chunks_reset(exits);
    exits->scene = scene;
    exits->record.scene = scene;
    for (size_t i = 0; i < exits->count && status == MR_OK && !drop; i++) {
        struct mr_exit_instance *instance = exits->instances[i];

        if (!instance->disabled && instance->its.exit.usrsel != NULL)
            status = select_record(exits, instance, &drop);
    }
    exits->record.scene = NULL;
    exits->scene = NULL;
    return status == MR_OK && drop ? MR_FAILED : status;
}

/* What has been set but has the old value again is no change. */
static void forget_unchanged(struct mr_exit_row *row)
{
    size_t kept = 0;

    for (size_t i = 0; i < row->count; i++) {
        uint16_t index = row->columns[i];

        if (!mr_exit_cells_differ(row->plan->columns[index].type, &row->before[i], &row->cells[index]))
            continue;
        row->columns[kept] = index;
        row->before[kept++] = row->before[i];
    }
    row->count = kept;
}

static void take_back(struct mr_exit_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        row->cells[row->columns[i]] = row->before[i];
}

static void observe(const struct mr_exits *exits, const struct mr_exit_call *call, bool dropped, bool bad)
{
    const struct mr_exit_row *row = &exits->row;
    const struct mr_exit_change change = {.exit = call->instance->name,
                                          .hook = hook_table[call->hook].name,
                                          .plan = row->plan,
                                          .cells = row->cells,
                                          .columns = row->columns,
                                          .before = row->before,
                                          .count = row->count,
                                          .dropped = dropped,
                                          .failed = bad};

    if (exits->options.observe != NULL)
        exits->options.observe(exits->options.context, &change);
}

/* One exit for one row.  *drop is set when the row is to be left out. */
static int run_row(struct mr_exits *exits, const struct mr_exit_call *call, bool *drop)
{
    struct mr_exit_instance *instance = call->instance;
    struct mr_exit_counter *counter = &instance->counters[call->hook];
    struct mr_exit_row *row = &exits->row;
    const char *table = row->plan->table->name;
    uint64_t began;
    int result;

    row->call++;
    row->count = 0;
    began = enter(exits, instance, call->hook, table);
    result = call->function(instance->its.exit.data, row, (int)row->table);
    leave(exits, instance, call->hook, began);
    *drop = result == MR_EXIT_SKIP_REC;
    if (row->count > 0)
        forget_unchanged(row);
    counter->dropped += *drop;
    if (result == MR_EXIT_OK || *drop) {
        counter->changed += row->count > 0 && !*drop;
        observe(exits, call, *drop, false);
        return MR_OK;
    }
    observe(exits, call, false, true);
    take_back(row);
    return failed(exits, instance, call->hook, table, result);
}

static int row_written(void *context, const struct mr_hook_scene *scene, struct mr_plan *plan, struct mr_cell *cells)
{
    struct mr_exits *exits = context;
    const struct mr_exit_calls *list = &exits->rows[plan->number];
    int status = MR_OK;
    bool drop = false;

    if (list->count == 0)
        return MR_OK;
    if (exits->chunks != NULL)
        mr_exit_chunks_reset(exits);
    exits->scene = scene;
    exits->row.plan = plan;
    exits->row.cells = cells;
    exits->row.table = (unsigned)(plan->table - exits->options.schema->tables);
    exits->row.described = plan->columns;
    exits->row.first = (exits->row.table + 1) << 16;
    exits->row.handles = (unsigned)plan->column_count;
    for (size_t i = 0; i < list->count && status == MR_OK && !drop; i++) {
        if (!list->calls[i].instance->disabled)
            status = run_row(exits, &list->calls[i], &drop);
    }
    exits->row.plan = NULL;
    exits->row.handles = 0;
    exits->scene = NULL;
    return status == MR_OK && drop ? MR_FAILED : status;
}

/* The hook of a table: the one that the figure gives it if the exit has that, else "other". */
static enum mr_exit_hook hook_for(const struct mr_exit_instance *instance, const struct mr_table *table)
{
    for (unsigned h = MR_EXIT_FIRST_FILE; h < MR_EXIT_OTHER; h++) {
        if (strcmp(hook_table[h].name, table->exit) == 0 && row_hook(instance, (enum mr_exit_hook)h) != NULL)
            return (enum mr_exit_hook)h;
    }
    return MR_EXIT_OTHER;
}

static int list_calls(struct mr_exits *exits, const struct mr_plan *plan)
{
    struct mr_exit_calls *list = &exits->rows[plan->number];

    list->calls = calloc(exits->count + 1, sizeof *list->calls);
    if (list->calls == NULL)
        return MR_FATAL;
    for (size_t i = 0; i < exits->count; i++) {
        struct mr_exit_instance *instance = exits->instances[i];
        enum mr_exit_hook hook = hook_for(instance, plan->table);

        if (row_hook(instance, hook) != NULL)
            list->calls[list->count++] = (struct mr_exit_call){instance, row_hook(instance, hook), hook};
    }
    return MR_OK;
}

static int list_all(struct mr_exits *exits, struct mr_plan *const *plans)
{
    size_t most = 1;

    exits->rows = calloc(exits->plan_count + 1, sizeof *exits->rows);
    if (exits->rows == NULL)
        return MR_FATAL;
    for (size_t p = 0; p < exits->plan_count; p++) {
        if (list_calls(exits, plans[p]) != MR_OK)
            return MR_FATAL;
        if (plans[p]->column_count > most)
            most = plans[p]->column_count;
    }
    for (size_t i = 0; i < exits->count; i++) {
        const struct mr_exit *exit = &exits->instances[i]->its.exit;

        exits->sees_records |= exit->usrsel != NULL;
        exits->sees_intervals |= exit->begin_interval != NULL || exit->end_interval != NULL;
    }
    exits->row.seen = calloc(most, sizeof *exits->row.seen);
    exits->row.columns = calloc(most, sizeof *exits->row.columns);
    exits->row.before = calloc(most, sizeof *exits->row.before);
    return exits->row.seen != NULL && exits->row.columns != NULL && exits->row.before != NULL ? MR_OK : MR_FATAL;
}

/* The engine has its plans: the exits look up their names and say what they hook. */
static int prepare(void *context, struct mr_engine *engine)
{
    struct mr_exits *exits = context;
    const struct mr_schema *schema = exits->options.schema;
    struct mr_plan *const *plans = mr_engine_plans(engine, &exits->plan_count);

    exits->plans = calloc(schema->table_count + 1, sizeof *exits->plans);
    for (size_t p = 0; exits->plans != NULL && p < exits->plan_count; p++)
        exits->plans[plans[p]->table - schema->tables] = plans[p];
    for (size_t i = 0; exits->plans != NULL && i < exits->count; i++) {
        if (mr_exit_begin(exits->instances[i], exits->options.log) != MR_OK)
            return MR_FATAL;
    }
    if (exits->plans == NULL || list_all(exits, plans) != MR_OK) {
        mr_report(exits->options.log, MR_MSG_PROGRAM_MEMORY, MR_NOWHERE, "%s", "");
        return MR_FATAL;
    }
    return MR_OK;
}

const struct mr_engine_hooks *mr_exits_hooks(struct mr_exits *exits)
{
    exits->hooks = (struct mr_engine_hooks){
        .context = exits, .prepare = prepare, .record = record, .row = row_written, .interval = interval};
    return &exits->hooks;
}

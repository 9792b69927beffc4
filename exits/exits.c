/* SPDX-License-Identifier: Apache-2.0 */
/* All exits of a run, from the command line to the account. */
#include "exits/exits.h"

#include "exits/crash.h"
#include "exits/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The same file may be given twice: the second one is called NAME#2. */
static int make_name_unique(struct mr_exits *exits, struct mr_exit_instance *instance)
{
    size_t size = strlen(instance->name) + 24;
    char *name;
    unsigned same = 1;

    for (size_t i = 0; i < exits->count; i++) {
        const char *other = exits->instances[i]->name;
        size_t n = strlen(instance->name);

        same += strncmp(other, instance->name, n) == 0 && (other[n] == '\0' || other[n] == '#');
    }
    if (same == 1)
        return MR_OK;
    name = malloc(size);
    if (name == NULL)
        return MR_FATAL;
    snprintf(name, size, "%s#%u", instance->name, same);
    free(instance->name);
    instance->name = name;
    return MR_OK;
}

static void offer(struct mr_exit_instance *instance)
{
    instance->host = (struct mr_exit_host){.abi = MR_EXIT_ABI,
                                           .size = (uint32_t)sizeof instance->host,
                                           .program = "monreduce",
                                           .name = instance->name};
    mr_exit_names_offer(&instance->host);
    mr_exit_cells_offer(&instance->host);
    mr_exit_records_offer(&instance->host);
}

static int add(struct mr_exits *exits, const char *spec)
{
    struct mr_exit_instance *instance = calloc(1, sizeof *instance);
    int status;

    if (instance == NULL) {
        mr_report(exits->options.log, MR_MSG_PROGRAM_MEMORY, MR_NOWHERE, "%s", "");
        return MR_FATAL;
    }
    instance->exits = exits;
    status = mr_exit_load(instance, spec, exits->options.log);
    if (status == MR_OK)
        status = make_name_unique(exits, instance);
    if (status != MR_OK) {
        mr_exit_free(instance);
        return status;
    }
    offer(instance);
    exits->instances[exits->count++] = instance;
    return MR_OK;
}

int mr_exits_open(struct mr_exits **out, const struct mr_exits_options *options)
{
    struct mr_exits *exits = calloc(1, sizeof *exits);
    int status = MR_OK;

    *out = NULL;
    if (exits != NULL)
        exits->instances = calloc(options->count + 1, sizeof *exits->instances);
    if (exits == NULL || exits->instances == NULL) {
        free(exits);
        mr_report(options->log, MR_MSG_PROGRAM_MEMORY, MR_NOWHERE, "%s", "");
        return MR_FATAL;
    }
    exits->options = *options;
    exits->row.exits = exits;
    exits->record.exits = exits;
    mr_crash_arm(options->folder);
    for (size_t i = 0; i < options->count && status == MR_OK; i++)
        status = add(exits, options->specs[i]);
    if (status != MR_OK) {
        mr_exits_close(exits);
        return MR_FATAL;
    }
    *out = exits;
    return MR_OK;
}

void mr_exits_shut(struct mr_exits *exits)
{
    for (size_t i = exits == NULL ? 0 : exits->count; i > 0; i--)
        mr_exit_shut(exits->instances[i - 1]);
}

void mr_exits_close(struct mr_exits *exits)
{
    if (exits == NULL)
        return;
    mr_exits_shut(exits);
    while (exits->count > 0)
        mr_exit_free(exits->instances[--exits->count]);
    mr_crash_disarm();
    for (size_t p = 0; exits->rows != NULL && p < exits->plan_count; p++)
        free(exits->rows[p].calls);
    mr_exit_chunks_free(exits);
    free(exits->rows);
    free(exits->plans);
    free(exits->fields);
    free(exits->row.seen);
    free(exits->row.columns);
    free(exits->row.before);
    free(exits->instances);
    free(exits);
}

static int take_hooks(struct mr_exit_result *result, const struct mr_exit_instance *instance)
{
    result->hooks = calloc(MR_EXIT_HOOKS, sizeof *result->hooks);
    for (unsigned h = 0; result->hooks != NULL && h < MR_EXIT_HOOKS; h++) {
        const struct mr_exit_counter *c = &instance->counters[h];
        double seconds = c->timed == 0 ? 0 : (double)c->nanoseconds / 1e9 * (double)c->calls / (double)c->timed;

        if (c->calls > 0)
            result->hooks[result->hook_count++] =
                (struct mr_exit_hook_result){.hook = mr_exit_hook_name((enum mr_exit_hook)h),
                                             .calls = c->calls,
                                             .changed = c->changed,
                                             .dropped = c->dropped,
                                             .refused = c->refused,
                                             .failed = c->failed,
                                             .seconds = seconds};
    }
    return result->hooks == NULL ? MR_FATAL : MR_OK;
}

static int take_columns(struct mr_exit_result *result, const struct mr_exit_instance *instance)
{
    result->columns = calloc(instance->added_count + 1, sizeof *result->columns);
    if (result->columns == NULL)
        return MR_FATAL;
    while (result->column_count < instance->added_count) {
        const struct mr_exit_added *added = &instance->added[result->column_count];
        struct mr_exit_column_result *column = &result->columns[result->column_count++];

        *column = (struct mr_exit_column_result){added->table->name, strdup(added->name), strdup(added->unit),
                                                 strdup(added->label), added->type};
        if (column->name == NULL || column->unit == NULL || column->label == NULL)
            return MR_FATAL;
    }
    return MR_OK;
}

static int take_result(struct mr_exit_result *result, const struct mr_exit_instance *instance)
{
    static const char *const policies[] = {[MR_EXIT_POLICY_DISABLE] = "disable",
                                           [MR_EXIT_POLICY_STOP] = "stop",
                                           [MR_EXIT_POLICY_IGNORE] = "ignore"};

    result->name = strdup(instance->name);
    result->path = strdup(instance->path);
    result->policy = policies[instance->policy];
    result->disabled = instance->disabled;
    if (result->name == NULL || result->path == NULL || take_hooks(result, instance) != MR_OK)
        return MR_FATAL;
    return take_columns(result, instance);
}

struct mr_exit_result *mr_exits_results(const struct mr_exits *exits, size_t *count)
{
    struct mr_exit_result *results;

    *count = 0;
    if (exits == NULL || exits->count == 0)
        return NULL;
    results = calloc(exits->count, sizeof *results);
    while (results != NULL && *count < exits->count) {
        size_t next = (*count)++;

        if (take_result(&results[next], exits->instances[next]) != MR_OK) {
            mr_exit_results_free(results, *count);
            *count = 0;
            return NULL;
        }
    }
    return results;
}

void mr_exit_results_free(struct mr_exit_result *results, size_t count)
{
    for (size_t i = 0; results != NULL && i < count; i++) {
        for (size_t c = 0; c < results[i].column_count; c++) {
            free(results[i].columns[c].name);
            free(results[i].columns[c].unit);
            free(results[i].columns[c].label);
        }
        free(results[i].name);
        free(results[i].path);
        free(results[i].hooks);
        free(results[i].columns);
    }
    free(results);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Actions and sections of a scenario. */
#include "samples/scenario.h"

#include "base/grow.h"
#include "samples/expression.h"
#include "samples/statement.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 8
#define STATEMENTS_MAX 100000
#define EDITS_MAX 100000
#define WITHOUT_MAX 64

static int variable_index(struct ms_scenario *scenario, const struct ms_place *place, const char *name)
{
    for (int v = 0; v < scenario->variable_count; v++) {
        if (strcmp(scenario->variables[v], name) == 0)
            return v;
    }
    if (scenario->variable_count == MS_VARIABLES_MAX) {
        ms_fault(place, "more than %d variables", MS_VARIABLES_MAX);
        return -1;
    }
    scenario->variables[scenario->variable_count] = name;
    scenario->initial[scenario->variable_count] = (struct ms_value){.kind = MS_NUMBER};
    return scenario->variable_count++;
}

int ms_scenario_init(struct ms_scenario *scenario, const struct mr_schema *schema)
{
    *scenario = (struct ms_scenario){.schema = schema, .arena = mr_arena_new()};
    if (scenario->arena == NULL)
        return ms_fault(NULL, "memory is short");
    scenario->initial[variable_index(scenario, NULL, "intervals")] = (struct ms_value){.number = 10};
    return MR_OK;
}

void ms_scenario_free(struct ms_scenario *scenario)
{
    for (size_t a = 0; a < scenario->action_count; a++)
        free(scenario->actions[a].statements.items);
    free(scenario->actions);
    free(scenario->edits);
    mr_arena_free(scenario->arena);
}

/* A value that is known before the scenario is played. */
static bool constant(struct ms_scan *scan, struct ms_value *value)
{
    struct ms_expression *expression = ms_expression_read(scan);
    struct ms_scope scope = {.variables = scan->scenario->initial, .name = ""};

    if (expression == NULL)
        return false;
    *value = ms_evaluate(expression, &scope);
    if (!scope.failed && value->kind == MS_TEXT && expression->op != MS_OP_CONSTANT) {
        ms_fault(&scan->place, "plain bytes are wanted here, not put together");
        return false;
    }
    return !scope.failed;
}

int ms_scenario_set(struct ms_scenario *scenario, const char *assignment)
{
    struct ms_scan scan;
    const char *name;
    int v;

    ms_scan_text(&scan, scenario, assignment);
    name = ms_scan_word(&scan, "=");
    if (name == NULL || !ms_scan_take(&scan, "="))
        return ms_fault(NULL, "--set wants NAME=VALUE, not '%s'", assignment);
    v = variable_index(scenario, &scan.place, name);
    if (v < 0 || !constant(&scan, &scenario->initial[v]) || !ms_scan_end(&scan))
        return MR_FATAL;
    scenario->fixed[v] = true;
    return MR_OK;
}

static bool add_statement(struct ms_scan *scan, struct ms_statements *list)
{
    struct ms_statement *statement = ms_statement_read(scan);

    if (statement == NULL)
        return false;
    if (mr_grow(&list->items, &list->room, list->count + 1, sizeof(struct ms_statement *), STATEMENTS_MAX) != MR_OK) {
        ms_fault(&scan->place, "too many records in one section");
        return false;
    }
    list->items[list->count++] = statement;
    return true;
}

static bool read_section(struct ms_scan *scan, struct ms_action *action)
{
    struct ms_place place = scan->place;

    action->add = ms_scan_keyword(scan, "add");
    if (!ms_scan_end(scan))
        return false;
    while (ms_scan_line(scan)) {
        if (ms_scan_keyword(scan, "end"))
            return ms_scan_end(scan);
        if (!add_statement(scan, &action->statements))
            return false;
    }
    ms_fault(&place, "this section is not closed; write a line: end");
    return false;
}

static bool read_expression(struct ms_scan *scan, struct ms_expression **expression)
{
    *expression = ms_expression_read(scan);
    return *expression != NULL;
}

/* run N, connect, both [without 1/4 1/5] */
static bool read_without(struct ms_scan *scan, struct ms_action *action)
{
    struct ms_record_name names[WITHOUT_MAX];
    size_t n = 0;

    if (!ms_scan_keyword(scan, "without"))
        return true;
    while (ms_scan_peek(scan) != '\0') {
        if (n == WITHOUT_MAX || !ms_record_name_read(scan, &names[n]))
            return false;
        n++;
    }
    action->without = mr_arena_alloc(scan->scenario->arena, (n + 1) * sizeof names[0]);
    if (action->without == NULL)
        return false;
    memcpy(action->without, names, n * sizeof names[0]);
    action->without_count = n;
    return true;
}

static bool read_set(struct ms_scan *scan, struct ms_action *action)
{
    const char *name = ms_scan_word(scan, "=");

    if (name == NULL || !islower((unsigned char)name[0]) || !ms_scan_take(scan, "=")) {
        ms_fault(&scan->place, "write: set name = value, the name in small letters");
        return false;
    }
    action->index = variable_index(scan->scenario, &scan->place, name);
    return action->index >= 0 && read_expression(scan, &action->value);
}

static bool read_date(struct ms_scan *scan, struct ms_action *action)
{
    if (ms_scan_date(&scan->at, &action->time))
        return true;
    ms_fault(&scan->place, "a date is wanted here: 2025-03-14 09:00:00");
    return false;
}

/* entities SET COUNT, entities SET "PATTERN%03d" COUNT [from N], entities SET named NAME,NAME */
static bool read_entities(struct ms_scan *scan, struct ms_action *action)
{
    action->index = ms_set_index(scan, ms_scan_word(scan, ""), true);
    if (action->index < 0)
        return false;
    if (ms_scan_keyword(scan, "named"))
        return ms_names_read(scan, &action->names, &action->name_count);
    if (!read_expression(scan, &action->value))
        return false;
    if (ms_scan_peek(scan) != '\0' && !read_expression(scan, &action->value2))
        return false;
    return !ms_scan_keyword(scan, "from") || read_expression(scan, &action->from);
}

/* online SET NAME,NAME [at DURATION] */
static bool read_presence(struct ms_scan *scan, struct ms_action *action)
{
    action->index = ms_set_index(scan, ms_scan_word(scan, ""), false);
    if (action->index < 0 || !ms_names_read(scan, &action->names, &action->name_count))
        return false;
    return !ms_scan_keyword(scan, "at") || read_expression(scan, &action->value);
}

static bool read_control(struct ms_scan *scan, struct ms_action *action)
{
    static const char *const words[] = {"event", "frames", "records", "entries", "start", "moved", "patch"};

    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        if (!ms_scan_keyword(scan, words[w]))
            continue;
        action->index = (int)w;
        return read_expression(scan, &action->value) &&
               (w != MS_CONTROL_PATCH || read_expression(scan, &action->value2));
    }
    ms_fault(&scan->place, "control wants one of: event frames records entries start moved patch");
    return false;
}

static bool read_forget(struct ms_scan *scan, struct ms_action *action)
{
    action->index = ms_set_index(scan, ms_scan_word(scan, ""), false);
    return action->index >= 0;
}

static bool read_switch(struct ms_scan *scan, struct ms_action *action, const char *on, const char *off)
{
    action->index = ms_scan_keyword(scan, on);
    if (action->index != 0 || ms_scan_keyword(scan, off))
        return true;
    ms_fault(&scan->place, "one of the words %s and %s is wanted here", on, off);
    return false;
}

static bool read_operands(struct ms_scan *scan, struct ms_action *action)
{
    switch (action->verb) {
    case MS_DO_SET:
        return read_set(scan, action);
    case MS_DO_START:
    case MS_DO_BOOT:
        return read_date(scan, action);
    case MS_DO_ENTITIES:
        return read_entities(scan, action);
    case MS_DO_FORGET:
        return read_forget(scan, action);
    case MS_DO_ONLINE:
    case MS_DO_OFFLINE:
        return read_presence(scan, action);
    case MS_DO_SECTION:
        return read_section(scan, action);
    case MS_DO_CONNECT:
        return read_without(scan, action);
    case MS_DO_RUN:
        return read_expression(scan, &action->value) && read_without(scan, action);
    case MS_DO_EVENT:
        return add_statement(scan, &action->statements);
    case MS_DO_STALE:
        return read_switch(scan, action, "on", "off");
    case MS_DO_RESERVED:
        return read_switch(scan, action, "noise", "zero");
    case MS_DO_CONTROL:
        return read_control(scan, action);
    case MS_DO_IPL:
    case MS_DO_FLUSH:
    case MS_DO_EOD:
    case MS_DO_NO_EOD:
        return true;
    default:
        return read_expression(scan, &action->value);
    }
}

static const struct {
    const char *word;
    enum ms_verb verb;
    int index;
} verbs[] = {
    {"set", MS_DO_SET, 0},           {"seed", MS_DO_SEED, 0},         {"start", MS_DO_START, 0},
    {"boot", MS_DO_BOOT, 0},         {"ipl", MS_DO_IPL, 0},           {"interval", MS_DO_INTERVAL, 0},
    {"spacing", MS_DO_SPACING, 0},   {"still", MS_DO_STILL, 0},       {"entities", MS_DO_ENTITIES, 0}, {"forget", MS_DO_FORGET, 0},
    {"online", MS_DO_ONLINE, 0},     {"offline", MS_DO_OFFLINE, 0},   {"connect", MS_DO_CONNECT, 0},
    {"run", MS_DO_RUN, 0},           {"skip", MS_DO_SKIP, 0},         {"wait", MS_DO_WAIT, 0},
    {"event", MS_DO_EVENT, 0},       {"flush", MS_DO_FLUSH, 0},       {"stale", MS_DO_STALE, 0},
    {"reserved", MS_DO_RESERVED, 0}, {"control", MS_DO_CONTROL, 0},   {"eod", MS_DO_EOD, 0},
    {"no-eod", MS_DO_NO_EOD, 0},     {"block", MS_DO_BLOCK, 0},       {"config", MS_DO_SECTION, MS_CONFIG},
    {"events", MS_DO_SECTION, MS_EVENTS},
    {"samples", MS_DO_SECTION, MS_SAMPLES},
    {"config-events", MS_DO_SECTION, MS_CONFIG_EVENTS},
};

static bool add_edit(struct ms_scan *scan, struct ms_edit edit)
{
    struct ms_scenario *scenario = scan->scenario;

    if (edit.to <= edit.from || mr_grow(&scenario->edits, &scenario->edit_room, scenario->edit_count + 1,
                                        sizeof edit, EDITS_MAX) != MR_OK) {
        ms_fault(&scan->place, "nothing is changed by this, or there are too many changes");
        return false;
    }
    scenario->edits[scenario->edit_count++] = edit;
    return true;
}

/* patch OFFSET BYTES, cut FROM [TO], truncate BYTES; *taken tells whether it was one of them. */
static bool read_edit(struct ms_scan *scan, bool *taken)
{
    struct ms_value from, to = {.number = UINT64_MAX};
    bool patch = ms_scan_keyword(scan, "patch"), cut = !patch && ms_scan_keyword(scan, "cut");

    *taken = patch || cut || ms_scan_keyword(scan, "truncate");
    if (!*taken)
        return true;
    if (!constant(scan, &from) || ((patch || (cut && ms_scan_peek(scan) != '\0')) && !constant(scan, &to)))
        return false;
    if (!patch)
        return add_edit(scan, (struct ms_edit){from.number, to.number, NULL});
    if (to.kind == MS_TEXT)
        return add_edit(scan, (struct ms_edit){from.number, from.number + to.length, to.text});
    ms_fault(&scan->place, "bytes are wanted behind the offset: patch 4096 x\"00FF\"");
    return false;
}

/* A file named relative to the one that includes it. */
static bool include(struct ms_scan *scan)
{
    const char *name = ms_scan_word(scan, ""), *slash = strrchr(scan->place.file, '/');
    char path[1024] = "";

    if (name == NULL || scan->scenario->depth == DEPTH_MAX) {
        ms_fault(&scan->place, "include wants the name of a file, and goes %d deep", DEPTH_MAX);
        return false;
    }
    if (slash != NULL && name[0] != '/' && (size_t)(slash - scan->place.file) + strlen(name) + 2 < sizeof path)
        memcpy(path, scan->place.file, (size_t)(slash - scan->place.file) + 1);
    strncat(path, name, sizeof path - strlen(path) - 1);
    return ms_scan_end(scan) && ms_scenario_read(scan->scenario, path) == MR_OK;
}

static bool read_action(struct ms_scan *scan)
{
    struct ms_scenario *scenario = scan->scenario;
    struct ms_action *action;
    bool taken;

    if (ms_scan_keyword(scan, "include"))
        return include(scan);
    if (!read_edit(scan, &taken))
        return false;
    if (taken)
        return ms_scan_end(scan);
    for (size_t v = 0; v < sizeof verbs / sizeof verbs[0]; v++) {
        if (!ms_scan_keyword(scan, verbs[v].word))
            continue;
        if (mr_grow(&scenario->actions, &scenario->action_room, scenario->action_count + 1, sizeof *action,
                    MS_ACTIONS_MAX) != MR_OK) {
            ms_fault(&scan->place, "too many actions");
            return false;
        }
        action = &scenario->actions[scenario->action_count++];
        *action = (struct ms_action){.verb = verbs[v].verb, .index = verbs[v].index, .place = scan->place};
        return read_operands(scan, action) && ms_scan_end(scan);
    }
    ms_fault(&scan->place, "'%.20s' is no action; see samples/README.md", scan->at);
    return false;
}

int ms_scenario_read(struct ms_scenario *scenario, const char *path)
{
    struct ms_scan *scan = malloc(sizeof *scan);
    int result = scan == NULL ? MR_FATAL : ms_scan_open(scan, scenario, path);

    if (result == MR_OK) {
        scenario->depth++;
        while (result == MR_OK && ms_scan_line(scan)) {
            if (!read_action(scan))
                result = MR_FATAL;
        }
        scenario->depth--;
        ms_scan_close(scan);
    }
    free(scan);
    return result;
}

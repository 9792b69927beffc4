/* SPDX-License-Identifier: Apache-2.0 */
/* What user exits did, as JSON and for people.  These are the only figures with times of the run in them. */
#include "account/account.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>

#define MICROS 1e6

/* Puts value into list, both of which may be NULL for want of memory; returns list, or NULL with both let go. */
static json_t *with(json_t *list, json_t *value)
{
    if (list != NULL && value != NULL && json_array_append_new(list, value) == 0)
        return list;
    if (list == NULL)
        json_decref(value);
    json_decref(list);
    return NULL;
}

/* What comes from outside need not be UTF-8; such a text is null. */
static json_t *text_of(const char *text)
{
    json_t *value = json_string(text);

    return value == NULL ? json_null() : value;
}

static json_t *hooks_of(const struct mr_exit_result *exit)
{
    json_t *list = json_array();

    for (size_t h = 0; h < exit->hook_count && list != NULL; h++) {
        const struct mr_exit_hook_result *hook = &exit->hooks[h];

        list = with(list, json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "hook", hook->hook, "calls",
                                    (json_int_t)hook->calls, "changed", (json_int_t)hook->changed, "dropped",
                                    (json_int_t)hook->dropped, "refused", (json_int_t)hook->refused, "failed",
                                    (json_int_t)hook->failed, "microseconds",
                                    (json_int_t)llround(hook->seconds * MICROS)));
    }
    return list;
}

static json_t *columns_of(const struct mr_exit_result *exit)
{
    static const char *const types[] = {
        [MR_CELL_UINT] = "uint", [MR_CELL_INT] = "int",   [MR_CELL_SECONDS] = "seconds", [MR_CELL_TIME] = "time",
        [MR_CELL_REAL] = "real", [MR_CELL_TEXT] = "text", [MR_CELL_HEX] = "hex",         [MR_CELL_DIGITS] = "digits"};
    json_t *list = json_array();

    for (size_t c = 0; c < exit->column_count && list != NULL; c++) {
        const struct mr_exit_column_result *column = &exit->columns[c];

        list = with(list, json_pack("{s:s, s:s, s:s, s:o, s:o}", "table", column->table, "column", column->name,
                                    "type", types[column->type], "unit", text_of(column->unit), "label",
                                    text_of(column->label)));
    }
    return list;
}

struct json_t *mr_account_exits_json(const struct mr_account *account)
{
    json_t *list = json_array();

    for (size_t i = 0; i < account->exit_count && list != NULL; i++) {
        const struct mr_exit_result *exit = &account->exits[i];

        list = with(list, json_pack("{s:o, s:o, s:s, s:b, s:o, s:o}", "name", text_of(exit->name), "path",
                                    text_of(exit->path), "policy", exit->policy, "disabled",
                                    (int)exit->disabled, "hooks", hooks_of(exit), "columns", columns_of(exit)));
    }
    return list;
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

void mr_account_exits_report(const struct mr_account *account, FILE *out)
{
    for (size_t i = 0; i < account->exit_count; i++) {
        const struct mr_exit_result *exit = &account->exits[i];
        struct mr_exit_hook_result sum = {.hook = ""};

        for (size_t h = 0; h < exit->hook_count; h++) {
            sum.calls += exit->hooks[h].calls;
            sum.changed += exit->hooks[h].changed;
            sum.dropped += exit->hooks[h].dropped;
            sum.failed += exit->hooks[h].failed;
            sum.seconds += exit->hooks[h].seconds;
        }
        fprintf(out, "exit       %s%s: %" PRIu64 " call%s, %" PRIu64 " changed, %" PRIu64 " left out, %" PRIu64
                " failed, %.3f s\n",
                exit->name, exit->disabled ? " (disabled)" : "", sum.calls, plural(sum.calls), sum.changed,
                sum.dropped, sum.failed, sum.seconds);
    }
    if (account->counts.orphans > 0)
        fprintf(out, "orphans    %" PRIu64 " row%s of channel paths without devices left out\n",
                account->counts.orphans, plural(account->counts.orphans));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "monreduce_exit_test.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_BYTES 200 /* of a value */

static void show_value(const struct mr_column *column, const struct mr_cell *cell)
{
    char text[SHOWN_BYTES];

    if (!cell->present) {
        fputs("missing", stdout);
        return;
    }
    mr_exit_show_cell(column, cell, text, sizeof text);
    printf(column->type == MR_CELL_TEXT ? "\"%s\"" : "%s", text);
}

static void show_key(const struct mr_exit_change *change, unsigned column)
{
    if (!change->cells[column].present)
        return;
    printf(" %s=", change->plan->columns[column].name);
    show_value(&change->plan->columns[column], &change->cells[column]);
}

/* Which row it is: its system and time, then what tells it from the others of that time. */
static void show_keys(const struct mr_exit_change *change)
{
    const struct mr_plan *plan = change->plan;

    show_key(change, MR_COL_SYSID);
    show_key(change, MR_COL_ENDTS);
    for (unsigned c = MR_COL_COMMON; c < plan->first_element; c++)
        show_key(change, c);
    for (size_t f = 0; f < plan->feed_count; f++) {
        for (size_t k = 0; k < plan->feeds[f].key_count; k++) {
            unsigned column = plan->feeds[f].keys[k].column;

            if (column != MR_NO_COLUMN && column >= plan->first_element)
                show_key(change, column);
        }
    }
}

static void show_change(void *context, const struct mr_exit_change *change)
{
    (void)context;
    if (change->count == 0 && !change->dropped && !change->failed)
        return;
    printf("%s %s %s:", change->exit, change->hook, change->plan->table->name);
    show_keys(change);
    puts(change->dropped ? ": left out" : change->failed ? ": failed, taken back" : "");
    for (size_t i = 0; i < change->count && !change->dropped; i++) {
        const struct mr_column *column = &change->plan->columns[change->columns[i]];

        printf("    %s: ", column->name);
        show_value(column, &change->before[i]);
        fputs(" -> ", stdout);
        show_value(column, &change->cells[change->columns[i]]);
        putchar('\n');
    }
}

static void show_counts(const struct mr_account *account)
{
    for (size_t i = 0; i < account->exit_count; i++) {
        const struct mr_exit_result *exit = &account->exits[i];

        printf("%s%s\n", exit->name, exit->disabled ? ", disabled after a failure" : "");
        for (size_t c = 0; c < exit->column_count; c++)
            printf("    adds %s.%s\n", exit->columns[c].table, exit->columns[c].name);
        for (size_t h = 0; h < exit->hook_count; h++) {
            const struct mr_exit_hook_result *hook = &exit->hooks[h];

            printf("    %-14s %8" PRIu64 " calls %8" PRIu64 " changed %8" PRIu64 " left out", hook->hook, hook->calls,
                   hook->changed, hook->dropped);
            if (hook->refused > 0)
                printf(" %8" PRIu64 " refused", hook->refused);
            if (hook->failed > 0)
                printf(" %8" PRIu64 " failed", hook->failed);
            putchar('\n');
        }
    }
}

void mr_exit_test(struct mr_pipeline_options *options)
{
    struct mr_account account;

    options->observe = show_change;
    if (mr_pipeline_exit_test(options, &account) == MR_OK)
        show_counts(&account);
    mr_account_free(&account);
}

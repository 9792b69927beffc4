/* SPDX-License-Identifier: Apache-2.0 */
/* Counters that fell, or rose faster than they can, without a sign that something began anew. */
#include "account/account.h"
#include "base/grow.h"

#include <inttypes.h>

#define FALLS_MAX 65536u

/* An array, or a record that feeds a table twice, has several steps for one field. */
static struct mr_fall_result *fall_of(struct mr_account *account, const struct mr_plan *plan, const struct mr_feed *feed,
                                      const struct mr_field *field)
{
    for (size_t i = account->fall_count; i > 0 && account->falls[i - 1].table == plan->table; i--) {
        if (account->falls[i - 1].field == field)
            return &account->falls[i - 1];
    }
    if (mr_grow(&account->falls, &account->fall_room, account->fall_count + 1, sizeof *account->falls, FALLS_MAX) !=
        MR_OK)
        return NULL;
    account->falls[account->fall_count] =
        (struct mr_fall_result){.layout = feed->layout, .field = field, .table = plan->table};
    return &account->falls[account->fall_count++];
}

int mr_account_take_falls(struct mr_account *account, const struct mr_plan *plan)
{
    for (size_t f = 0; f < plan->feed_count; f++) {
        const struct mr_feed *feed = &plan->feeds[f];

        for (size_t s = 0; s < feed->step_count; s++) {
            const struct mr_step_account *step = &feed->falls[s];
            struct mr_fall_result *fall;

            if ((step->resets | step->doubts) == 0 || feed->steps[s].field == NULL)
                continue;
            fall = fall_of(account, plan, feed, feed->steps[s].field);
            if (fall == NULL)
                return MR_FATAL;
            fall->resets += step->resets;
            fall->doubts += step->doubts;
        }
    }
    return MR_OK;
}

void mr_account_tell_falls(const struct mr_account *account, struct mr_log *log)
{
    for (size_t i = 0; i < account->fall_count; i++) {
        const struct mr_fall_result *fall = &account->falls[i];
        struct mr_place place = {.offset = MR_NO_OFFSET, .domain = fall->layout->domain, .number = fall->layout->number};

        if (fall->resets > 0)
            mr_report(log, MR_MSG_COUNTER_RESET, &place, "%s.%s, %" PRIu64 " times", fall->table->name,
                      fall->field->name, fall->resets);
        if (fall->doubts > 0)
            mr_report(log, MR_MSG_COUNTER_DOUBTFUL, &place, "%s.%s, %" PRIu64 " times", fall->table->name,
                      fall->field->name, fall->doubts);
    }
}

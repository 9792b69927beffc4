/* SPDX-License-Identifier: Apache-2.0 */
/* Every run proves its own account: what came in is what went into one place or another. */
#include "account/account.h"

#include <inttypes.h>
#include <signal.h>

static void check_input(const struct mr_input_result *input, struct mr_log *log)
{
    const struct mr_reader_counts *c = &input->counts;
    struct mr_place place = {.file = input->name, .offset = MR_NO_OFFSET};

    if (!mr_account_bytes_agree(c))
        mr_report(log, MR_MSG_SUMS_DIFFER, &place,
                  "%" PRIu64 " bytes, but control %" PRIu64 ", records %" PRIu64 ", left over %" PRIu64
                  ", end of data %" PRIu64 ", damaged %" PRIu64,
                  c->bytes, c->control, c->records, c->leftover, c->end_data, c->damaged);
}

void mr_account_check(const struct mr_account *account, struct mr_log *log)
{
    uint64_t before = log->counts[MR_MSG_SUMS_DIFFER];
    struct mr_account_totals totals;

    mr_account_sum(account, &totals);
    for (size_t i = 0; i < account->input_count; i++)
        check_input(&account->inputs[i], log);
    if (!totals.bytes_agree && log->counts[MR_MSG_SUMS_DIFFER] == before)
        mr_report(log, MR_MSG_SUMS_DIFFER, MR_NOWHERE, "%s", "bytes of records, by input and by kind of record");
    if (!totals.records_agree)
        mr_report(log, MR_MSG_SUMS_DIFFER, MR_NOWHERE, "%s", "records, by input, kind, system and fate");
    if (account->reduced && !totals.rows_agree)
        mr_report(log, MR_MSG_SUMS_DIFFER, MR_NOWHERE, "%s", "rows, made and written, by quality");
}

const char *mr_interruption_signal(const struct mr_interruption *interrupted)
{
    return interrupted->by == SIGINT ? "SIGINT" : interrupted->by == SIGTERM ? "SIGTERM" : "signal";
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "monreduce_state.h"

#include "writers/when.h"

#include <string.h>

const char mr_state_help[] =
    "      --state DIR      go on from earlier runs: their tables are added to, the same data is reduced\n"
    "                       once, and differences reach from the end of one file into the next\n"
    "      --append         add to tables without writing them anew; --state does so anyway\n"
    "      --no-wait        do not wait for another run that uses the state, but end at once\n"
    "      --force[=TIME/TIME]\n"
    "                       forget what the state has of these files, or of the time between, with its\n"
    "                       rows, and reduce the files again\n";

bool mr_state_take(struct mr_state_arguments *a, int option, char *value, const char *word)
{
    switch (option) {
    case MR_OPT_STATE:
        a->state = value;
        break;
    case MR_OPT_APPEND:
        a->append = true;
        break;
    case MR_OPT_NO_WAIT:
        a->no_wait = true;
        break;
    case MR_OPT_FORCE:
        a->force = true;
        a->range = value;
        break;
    default:
        return false;
    }
    if (a->given == NULL)
        a->given = word;
    return true;
}

static int take_range(struct mr_state_arguments *a, struct mr_pipeline_options *options, struct mr_log *log)
{
    char *slash = strchr(a->range, '/');

    if (slash != NULL)
        *slash = '\0';
    if (slash == NULL || mr_when_parse(a->range, false, &a->from) != MR_OK ||
        mr_when_parse(slash + 1, true, &a->to) != MR_OK || a->from >= a->to) {
        mr_report(log, MR_MSG_USAGE, MR_NOWHERE, "--force: not a range of times: %s%s%s", a->range,
                  slash == NULL ? "" : "/", slash == NULL ? "" : slash + 1);
        return MR_FATAL;
    }
    a->to--; /* an end is what comes behind it; segments have a last record */
    options->force_from = &a->from;
    options->force_to = &a->to;
    return MR_OK;
}

int mr_state_apply(struct mr_state_arguments *a, struct mr_pipeline_options *options, struct mr_log *log)
{
    if (a->given != NULL && a->state == NULL) {
        mr_report(log, MR_MSG_USAGE, MR_NOWHERE, "%s goes with --state", a->given);
        return MR_FATAL;
    }
    options->state = a->state;
    options->no_wait = a->no_wait;
    options->force = a->force;
    return a->range == NULL ? MR_OK : take_range(a, options, log);
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_MONREDUCE_STATE_H
#define MR_MONREDUCE_STATE_H

/* The options of reduce that have to do with earlier runs: taken from the command line as they are, looked at later. */
#include "base/message.h"
#include "pipeline/pipeline.h"

/* Numbers of the long options, for getopt_long(). */
enum { MR_OPT_STATE = 640, MR_OPT_APPEND, MR_OPT_NO_WAIT, MR_OPT_FORCE };

/* Lines of an option table. */
#define MR_STATE_OPTIONS \
    {"state", required_argument, NULL, MR_OPT_STATE}, {"append", no_argument, NULL, MR_OPT_APPEND}, \
        {"no-wait", no_argument, NULL, MR_OPT_NO_WAIT}, {"force", optional_argument, NULL, MR_OPT_FORCE}

/* Their help, behind that of the output. */
extern const char mr_state_help[];

/* All zero: nothing was asked for. */
struct mr_state_arguments {
    const char *given; /* the first one, for commands that have none of them; NULL: none */
    const char *state;
    char *range;       /* of --force; NULL: the inputs */
    bool append, no_wait, force;
    int64_t from, to;
};

/* Take an option and its value.  False where it is not one of these. */
bool mr_state_take(struct mr_state_arguments *arguments, int option, char *value, const char *word);

/* Put what was asked for into the options of the pipeline, which borrow it.  MR_OK, or MR_FATAL after a message. */
int mr_state_apply(struct mr_state_arguments *arguments, struct mr_pipeline_options *options,
                   struct mr_log *log) MR_CHECK;

#endif

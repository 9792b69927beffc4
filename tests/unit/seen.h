/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_TESTS_SEEN_H
#define MR_TESTS_SEEN_H

#include "base/message.h"
#include "tests/unit/scratch.h"

/* A log that keeps the last message. */
struct seen {
    struct mr_log log;
    unsigned count;
    enum mr_message_id id;
    char file[SCRATCH_PATH];
    char detail[SCRATCH_PATH];
};

/* The function of such a log; its context is the struct seen. */
void seen_keep(void *context, const struct mr_message *message);

/* One message, this one, of this file in the scratch folder, with the text of errno error if it is not 0; code 16. */
void seen_expect(const struct seen *seen, enum mr_message_id id, const char *name, int error);

#endif

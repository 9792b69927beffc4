/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/seen.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

void seen_keep(void *context, const struct mr_message *message)
{
    struct seen *seen = context;

    seen->count++;
    seen->id = message->id;
    snprintf(seen->file, sizeof seen->file, "%s", message->place.file != NULL ? message->place.file : "");
    snprintf(seen->detail, sizeof seen->detail, "%s", message->detail);
}

void seen_expect(const struct seen *seen, enum mr_message_id id, const char *name, int error)
{
    char path[SCRATCH_PATH];

    cr_assert_eq(seen->count, 1, "%u messages", seen->count);
    cr_assert_eq(seen->id, id, "%s", mr_message_text(seen->id)->id);
    cr_assert_str_eq(seen->file, scratch_path(path, name));
    if (error != 0)
        cr_assert_str_eq(seen->detail, strerror(error));
    cr_assert_eq(seen->log.code, 16);
}

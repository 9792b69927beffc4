/* SPDX-License-Identifier: Apache-2.0 */
#include "base/notes.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* All that a log was told, one line each: id, order of place, particulars. */
struct heard {
    char text[4096];
};

static void hear(void *context, const struct mr_message *message)
{
    struct heard *heard = context;
    size_t used = strlen(heard->text);

    snprintf(heard->text + used, sizeof heard->text - used, "%s %d %s\n", message->def->id,
             message->place.offset == MR_NO_OFFSET ? -1 : (int)message->place.offset, message->detail);
}

static void hear_file(void *context, const struct mr_message *message)
{
    struct heard *heard = context;
    size_t used = strlen(heard->text);

    snprintf(heard->text + used, sizeof heard->text - used, "%s: %s\n",
             message->place.file == NULL ? "nothing" : message->place.file, message->detail);
}

Test(notes, are_passed_on_by_order_then_list)
{
    struct heard heard = {""};
    struct mr_log log = {.sink = hear, .context = &heard};
    struct mr_notes lists[3] = {{.order = 0}};
    struct mr_relay relay;
    struct mr_place place = {"x.mon", 7, 0, 0, 0};

    mr_relay_open(&relay, &log);
    relay.notes = &lists[2];
    lists[2].order = 1;
    mr_report(&relay.log, MR_MSG_BAD_RECORD, &place, "third %d", 3);
    lists[2].order = 5;
    mr_report(&relay.log, MR_MSG_USAGE, MR_NOWHERE, "%s", "fifth");
    relay.notes = &lists[0];
    lists[0].order = 1;
    mr_report(&relay.log, MR_MSG_NEW_SYSTEM, MR_NOWHERE, "%s", "first");
    mr_report(&relay.log, MR_MSG_NEW_SYSTEM, MR_NOWHERE, "%s", "second");
    lists[0].order = 2;
    mr_report(&relay.log, MR_MSG_NEW_SYSTEM, MR_NOWHERE, "%s", "fourth");
    cr_assert_str_empty(heard.text);
    cr_assert_eq(log.code, 0);
    cr_assert_eq(mr_notes_pass_on(lists, 3, &log), MR_OK);
    cr_assert_str_eq(heard.text, "MRD0305I -1 first\nMRD0305I -1 second\nMRD0113E 7 third 3\nMRD0305I -1 fourth\n"
                                 "MRD0601T -1 fifth\n");
    cr_assert_eq(log.counts[MR_MSG_NEW_SYSTEM], 3);
    cr_assert_eq(log.code, 16);
    heard.text[0] = '\0';
    cr_assert_eq(mr_notes_pass_on(lists, 3, &log), MR_OK);
    cr_assert_str_empty(heard.text);
    for (size_t i = 0; i < 3; i++)
        mr_notes_free(&lists[i]);
}

/* The name of a file may be gone, or be another one, when the note is passed on. */
Test(notes, names_are_kept)
{
    struct heard heard = {""};
    struct mr_log log = {.sink = hear_file, .context = &heard};
    struct mr_notes list = {.order = 3};
    struct mr_relay relay;
    char path[16] = "first.mon";
    struct mr_place place = {.file = path, .offset = 5};

    mr_relay_open(&relay, &log);
    relay.notes = &list;
    mr_report(&relay.log, MR_MSG_BAD_RECORD, &place, "%s", "one");
    snprintf(path, sizeof path, "other");
    mr_report(&relay.log, MR_MSG_BAD_RECORD, &place, "%s", "");
    list.order = 4;
    mr_report(&relay.log, MR_MSG_BAD_RECORD, &place, "%s", "cut off");
    mr_notes_cut(&list, 3);
    mr_report(&relay.log, MR_MSG_NEW_SYSTEM, MR_NOWHERE, "%s", "two");
    memset(path, 'x', sizeof path - 1);
    cr_assert_eq(mr_notes_pass_on(&list, 1, &log), MR_OK);
    cr_assert_str_eq(heard.text, "first.mon: one\nother: \nnothing: two\n");
    mr_notes_free(&list);
}

Test(notes, a_relay_without_notes_speaks_at_once)
{
    struct heard heard = {""};
    struct mr_log log = {.sink = hear, .context = &heard};
    struct mr_relay relay;

    mr_relay_open(&relay, &log);
    mr_report(&relay.log, MR_MSG_USAGE, MR_NOWHERE, "%s", "now");
    cr_assert_str_eq(heard.text, "MRD0601T -1 now\n");
}

Test(notes, can_be_taken_back)
{
    struct heard heard = {""};
    struct mr_log log = {.sink = hear, .context = &heard};
    struct mr_notes list = {.order = 0};
    struct mr_relay relay;

    mr_relay_open(&relay, &log);
    relay.notes = &list;
    for (list.order = 3; list.order < 7; list.order++)
        mr_report(&relay.log, MR_MSG_USAGE, MR_NOWHERE, "%d", (int)list.order);
    mr_notes_cut(&list, 4);
    mr_report(&relay.log, MR_MSG_USAGE, MR_NOWHERE, "%s", "new");
    cr_assert_eq(mr_notes_pass_on(&list, 1, &log), MR_OK);
    cr_assert_str_eq(heard.text, "MRD0601T -1 3\nMRD0601T -1 4\nMRD0601T -1 new\n");
    mr_notes_free(&list);
}

Test(notes, more_than_the_limit_is_lost_and_told)
{
    struct mr_log log = {.code = 0};
    struct mr_notes list = {.order = 0};
    struct mr_relay relay;

    mr_relay_open(&relay, &log);
    relay.notes = &list;
    for (unsigned i = 0; i <= MR_NOTES_MAX; i++)
        mr_report(&relay.log, MR_MSG_NEW_SYSTEM, MR_NOWHERE, "%s", "");
    cr_assert_eq(mr_notes_pass_on(&list, 1, &log), MR_FATAL);
    cr_assert_eq(log.counts[MR_MSG_NEW_SYSTEM], MR_NOTES_MAX);
    cr_assert_eq(mr_notes_pass_on(&list, 1, &log), MR_OK);
    mr_notes_free(&list);
}

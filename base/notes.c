/* SPDX-License-Identifier: Apache-2.0 */
#include "base/notes.h"

#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

void mr_notes_add(struct mr_notes *notes, const struct mr_message *message)
{
    const char *file = message->place.file;
    size_t name = file == NULL ? 0 : strlen(file) + 1, size = name + strlen(message->detail) + 1;

    if (mr_grow(&notes->items, &notes->room, notes->count + 1, sizeof *notes->items, MR_NOTES_MAX) != MR_OK ||
        mr_grow(&notes->text, &notes->text_room, notes->text_used + size, 1, MR_NOTES_TEXT_MAX) != MR_OK) {
        notes->lost = true;
        return;
    }
    /* Who reports has the name for the time of the call: a path that was put together for it, a reader's that may end. */
    if (file != NULL)
        memcpy(notes->text + notes->text_used, file, name);
    memcpy(notes->text + notes->text_used + name, message->detail, size - name);
    notes->items[notes->count++] =
        (struct mr_note){notes->order, message->id, message->place, notes->text_used};
    notes->text_used += size;
}

void mr_notes_cut(struct mr_notes *notes, uint64_t order)
{
    while (notes->count > 0 && notes->items[notes->count - 1].order > order)
        notes->text_used = notes->items[--notes->count].text;
}

/* The list whose next note comes first; count when there is none. */
static size_t next_list(const struct mr_notes *lists, size_t count, const size_t *at)
{
    size_t best = count;

    for (size_t i = 0; i < count; i++) {
        if (at[i] < lists[i].count &&
            (best == count || lists[i].items[at[i]].order < lists[best].items[at[best]].order))
            best = i;
    }
    return best;
}

static void pass_on_one(const struct mr_notes *notes, size_t number, struct mr_log *log)
{
    const struct mr_note *note = &notes->items[number];
    struct mr_place place = note->place;
    const char *text = notes->text + note->text;

    if (place.file != NULL) {
        place.file = text;
        text += strlen(text) + 1;
    }
    mr_report(log, note->id, &place, "%s", text);
}

int mr_notes_pass_on(struct mr_notes *lists, size_t count, struct mr_log *log)
{
    size_t *at = NULL, list, total = 0;
    bool lost = false;

    for (size_t i = 0; i < count; i++) {
        total += lists[i].count;
        lost |= lists[i].lost;
    }
    if (total > 0) {
        at = calloc(count, sizeof *at);
        if (at == NULL)
            return MR_FATAL;
    }
    for (; total > 0; total--) {
        list = next_list(lists, count, at);
        pass_on_one(&lists[list], at[list]++, log);
    }
    free(at);
    for (size_t i = 0; i < count; i++) {
        lists[i].count = lists[i].text_used = 0;
        lists[i].lost = false;
    }
    return lost ? MR_FATAL : MR_OK;
}

void mr_notes_free(struct mr_notes *notes)
{
    free(notes->items);
    free(notes->text);
    *notes = (struct mr_notes){.items = NULL};
}

static void relay_message(void *context, const struct mr_message *message)
{
    const struct mr_relay *relay = context;

    if (relay->notes != NULL)
        mr_notes_add(relay->notes, message);
    else
        mr_report(relay->to, message->id, &message->place, "%s", message->detail);
}

void mr_relay_open(struct mr_relay *relay, struct mr_log *to)
{
    *relay = (struct mr_relay){.log = {.sink = relay_message, .context = relay}, .to = to};
}

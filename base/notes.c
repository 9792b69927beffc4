/* SPDX-License-Identifier: Apache-2.0 */
#include "base/notes.h"

#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

void mr_notes_add(struct mr_notes *notes, const struct mr_message *message)
{
    size_t size = strlen(message->detail) + 1;

    if (mr_grow(&notes->items, &notes->room, notes->count + 1, sizeof *notes->items, MR_NOTES_MAX) != MR_OK ||
        mr_grow(&notes->text, &notes->text_room, notes->text_used + size, 1, MR_NOTES_TEXT_MAX) != MR_OK) {
        notes->lost = true;
        return;
    }
    memcpy(notes->text + notes->text_used, message->detail, size);
    notes->items[notes->count++] =
        (struct mr_note){notes->order, message->id, message->place, notes->text_used};
    notes->text_used += size;
}

void mr_notes_cut(struct mr_notes *notes, uint64_t order)
{
    while (notes->count > 0 && notes->items[notes->count - 1].order > order)
        notes->text_used = notes->items[--notes->count].detail;
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
        const struct mr_note *note;

        list = next_list(lists, count, at);
        note = &lists[list].items[at[list]++];
        mr_report(log, note->id, &note->place, "%s", lists[list].text + note->detail);
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

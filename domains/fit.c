/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/fit.h"

#include <string.h>

#define RECORD 2       /* what a record counts */
#define OTHER_NEEDS (3 * RECORD) /* records that must agree on another place than the preferred one */
#define AGAIN_NEEDS (8 * RECORD) /* the same, for any place, where a choice was wrong before */
#define BROKEN_LEAST 8 /* records against a choice before it can be given up */
#define MEMORY 256     /* records since the choice that are weighed */

/* In the order in which they are believed where the data leaves it open. */
static const int8_t shifts[MR_FIT_BY_LENGTH] = {0, 4, -4, 36, 40, 44, 8, -8, 12, -12, 16, -16, 20, 24, 28, 32, 48};

void mr_fit_begin(struct mr_fit *fit, unsigned domain, unsigned number, uint32_t length, unsigned layout_length)
{
    int by_length = layout_length == 0 ? 0 : (int)length - (int)layout_length;

    *fit = (struct mr_fit){.domain = (uint8_t)domain, .number = (uint16_t)number, .length = (uint16_t)length};
    for (unsigned a = 0; a < MR_FIT_ANCHORS; a++)
        fit->anchors[a].chosen = MR_FIT_UNKNOWN;
    if (by_length % 4 != 0 || by_length < -MR_FIT_BY_LENGTH_MAX || by_length > MR_FIT_BY_LENGTH_MAX)
        return;
    for (unsigned i = 0; i < MR_FIT_BY_LENGTH; i++) {
        if (shifts[i] == by_length)
            return;
    }
    fit->by_length = by_length;
}

int mr_fit_shift(const struct mr_fit *fit, int index)
{
    return index == MR_FIT_BY_LENGTH ? fit->by_length : shifts[index];
}

bool mr_fit_tried(const struct mr_fit *fit, int index)
{
    return index != MR_FIT_BY_LENGTH || fit->by_length != 0;
}

/* Do more records speak for this shift than for any other, and more than so many times those against it? */
static bool is_best(const struct mr_anchor_fit *anchor, int index, uint32_t needs, uint64_t times)
{
    for (int i = 0; i < MR_FIT_SHIFTS; i++) {
        if (i != index && anchor->good[i] >= anchor->good[index])
            return false;
    }
    return anchor->good[index] >= needs && anchor->good[index] > times * anchor->bad[index];
}

static uint32_t add(uint32_t count, uint32_t more)
{
    return count > UINT32_MAX - more ? UINT32_MAX : count + more;
}

void mr_fit_vote(struct mr_anchor_fit *anchor, const enum mr_finding findings[MR_FIT_SHIFTS], int preferred,
                 bool elsewhere)
{
    bool any = false;

    for (int i = 0; i < MR_FIT_SHIFTS; i++) {
        if (findings[i] == MR_FINDING_BAD)
            anchor->bad[i] = add(anchor->bad[i], RECORD);
        else if (findings[i] != MR_FINDING_NOTHING)
            anchor->good[i] = add(anchor->good[i], findings[i] == MR_FINDING_BEST ? RECORD : 1);
        any |= findings[i] == MR_FINDING_GOOD || findings[i] == MR_FINDING_BEST;
    }
    if (!any)
        return;
    if (is_best(anchor, preferred, anchor->fell ? AGAIN_NEEDS : 1, 1))
        anchor->chosen = preferred;
    for (int i = 0; elsewhere && i < MR_FIT_SHIFTS && anchor->chosen == MR_FIT_UNKNOWN; i++) {
        if (is_best(anchor, i, anchor->fell ? AGAIN_NEEDS : OTHER_NEEDS, 2))
            anchor->chosen = i;
    }
}

bool mr_fit_keep(struct mr_anchor_fit *anchor, enum mr_finding finding)
{
    if (finding == MR_FINDING_NOTHING)
        return true;
    if (finding == MR_FINDING_BAD)
        anchor->broken++;
    else
        anchor->kept++;
    if (anchor->broken >= BROKEN_LEAST && anchor->broken > 2 * anchor->kept)
        return false;
    if (anchor->kept + anchor->broken >= MEMORY) {
        anchor->kept /= 2;
        anchor->broken /= 2;
    }
    return true;
}

void mr_fit_give_up(struct mr_anchor_fit *anchor)
{
    memset(anchor, 0, sizeof *anchor);
    anchor->chosen = MR_FIT_UNKNOWN;
    anchor->fell = true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds that read a record whose fields are not all where the layout has them: copies of the feeds of its tables with
 * other places in the steps.  Readings, keys and columns stay those of the original.
 */
#include "base/grow.h"
#include "domains/system.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENTS_MAX 256

struct mr_alignment {
    struct mr_stretch_shift parts[MR_ALIGNMENT_PARTS];
    unsigned count;
    struct mr_feed *copies;
    struct mr_feed **feeds; /* of the copies */
    size_t feed_count;
};

/* Is the place of the field itself in doubt?  What a site or IBM says is not. */
static bool is_doubtful(const struct mr_checked *checked, const struct mr_step *step)
{
    const struct mr_field *field = step->field;

    return field != NULL && field->confidence == MR_CONF_DERIVED &&
           (field->group != MR_NO_INDEX || mr_field_end(field) == 0 || mr_field_end(field) > checked->trusted);
}

/* A place that no record has. */
static void leave_out(struct mr_step *step)
{
    step->offset = step->alternate = step->end = UINT16_MAX;
}

static void move_step(const struct mr_alignment *alignment, struct mr_step *step)
{
    unsigned end = (unsigned)step->offset + step->length;

    for (unsigned p = 0; p < alignment->count && step->end != 0; p++) {
        const struct mr_stretch_shift *part = &alignment->parts[p];

        if (step->offset < part->from || end > part->to)
            continue;
        step->offset = step->alternate = (uint16_t)(step->offset + part->shift);
        step->end = (uint16_t)(step->end + part->shift);
        return;
    }
    leave_out(step);
}

static int copy_feed(const struct mr_checked *checked, const struct mr_alignment *alignment, const struct mr_feed *feed,
                     struct mr_feed *copy)
{
    *copy = *feed;
    copy->ops = NULL;
    copy->op_count = 0;
    copy->steps = calloc(feed->step_count + 1, sizeof *copy->steps);
    if (copy->steps == NULL)
        return MR_FATAL;
    if (feed->step_count > 0)
        memcpy(copy->steps, feed->steps, feed->step_count * sizeof *copy->steps);
    for (size_t s = 0; s < copy->step_count; s++) {
        if (is_doubtful(checked, &copy->steps[s]))
            move_step(alignment, &copy->steps[s]);
    }
    return mr_plan_make_ops(copy);
}

static void free_alignment(struct mr_alignment *alignment)
{
    for (size_t f = 0; alignment->copies != NULL && f < alignment->feed_count; f++) {
        free(alignment->copies[f].steps);
        free(alignment->copies[f].ops);
    }
    free(alignment->copies);
    free(alignment->feeds);
    free(alignment);
}

static struct mr_alignment *make_alignment(const struct mr_checked *checked, const struct mr_stretch_shift *parts,
                                           unsigned count)
{
    struct mr_alignment *alignment = calloc(1, sizeof *alignment);
    size_t feeds = checked->target->count;
    int status = MR_OK;

    if (alignment == NULL)
        return NULL;
    alignment->count = count;
    if (count > 0)
        memcpy(alignment->parts, parts, count * sizeof *parts);
    alignment->copies = calloc(feeds + 1, sizeof *alignment->copies);
    alignment->feeds = calloc(feeds + 1, sizeof *alignment->feeds);
    if (alignment->copies == NULL || alignment->feeds == NULL)
        status = MR_FATAL;
    for (; alignment->feed_count < feeds && status == MR_OK; alignment->feed_count++) {
        struct mr_feed *copy = &alignment->copies[alignment->feed_count];

        alignment->feeds[alignment->feed_count] = copy;
        status = copy_feed(checked, alignment, checked->target->feeds[alignment->feed_count], copy);
    }
    if (status == MR_OK)
        return alignment;
    free_alignment(alignment);
    return NULL;
}

static bool same_parts(const struct mr_alignment *alignment, const struct mr_stretch_shift *parts, unsigned count)
{
    if (alignment->count != count)
        return false;
    for (unsigned p = 0; p < count; p++) {
        const struct mr_stretch_shift *part = &alignment->parts[p];

        if (part->from != parts[p].from || part->to != parts[p].to || part->shift != parts[p].shift)
            return false;
    }
    return true;
}

struct mr_feed *const *mr_realign_feeds(struct mr_checked *checked, const struct mr_stretch_shift *parts,
                                        unsigned count)
{
    struct mr_alignment *made;

    for (size_t i = 0; i < checked->alignment_count; i++) {
        if (same_parts(checked->alignments[i], parts, count))
            return checked->alignments[i]->feeds;
    }
    /* The one without any parts is there from the beginning. */
    if (checked->alignment_count == 0 && count > 0 && mr_realign_feeds(checked, NULL, 0) == NULL)
        return NULL;
    /* With so many ways to read it nothing is sure. */
    if (checked->alignment_count == ALIGNMENTS_MAX)
        return mr_realign_feeds(checked, NULL, 0);
    if (mr_grow(&checked->alignments, &checked->alignment_room, checked->alignment_count + 1,
                sizeof *checked->alignments, ALIGNMENTS_MAX) != MR_OK)
        return NULL;
    made = make_alignment(checked, parts, count);
    if (made == NULL)
        return NULL;
    checked->alignments[checked->alignment_count++] = made;
    return made->feeds;
}

static void forget_readings(const struct mr_checked *checked, const struct mr_feed *feed, struct mr_entity_map *map)
{
    for (struct mr_entity *e = map->first; e != NULL; e = e->after) {
        for (size_t s = 0; s < feed->step_count; s++) {
            if (feed->steps[s].slot != MR_NO_SLOT && is_doubtful(checked, &feed->steps[s]))
                e->have[feed->steps[s].slot] = 0;
        }
    }
}

void mr_realign_forget(const struct mr_checked *checked, struct mr_system *system)
{
    for (size_t f = 0; f < checked->target->count; f++) {
        const struct mr_feed *feed = checked->target->feeds[f];

        forget_readings(checked, feed, &system->maps[feed->number]);
        if (feed->former != MR_NO_MAP)
            forget_readings(checked, feed, &system->maps[feed->former]);
    }
}

void mr_realign_close(struct mr_checked *checked)
{
    for (size_t i = 0; i < checked->alignment_count; i++)
        free_alignment(checked->alignments[i]);
    free(checked->alignments);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * After a segment has come between two others the first rows behind it have a difference to show, or another one; and
 * what would come out at the end belongs to the last segment only.  Both are made again from what the ledger keeps.
 */
#include "pipeline/state.h"

#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

#define RECORDS_MAX 10000000u

int mr_state_recall(struct mr_state_run *s, const struct mr_identity *identity, const struct mr_ledger_segment *segments,
                    size_t count, const struct mr_ledger_segment *base, bool later)
{
    struct mr_engine *engine = s->run.workers[0].engine;
    struct mr_pack pack = {0};
    int status = base == NULL ? MR_OK : mr_state_get_pack(s, base->id, MR_BLOB_STATE, &pack);

    if (status == MR_OK)
        status = mr_recall_state(engine, identity, pack.bytes, pack.size);
    mr_pack_free(&pack);
    for (size_t i = 0; i < count && status != MR_FATAL; i++) {
        bool before = base != NULL && &segments[i] <= base;

        if (!before && !later)
            continue;
        if (mr_state_get_pack(s, segments[i].id, MR_BLOB_COVERAGE, &pack) != MR_OK)
            return MR_FATAL;
        /* A configuration set of a later segment may be a copy of an older one: it stands where it comes first. */
        status = mr_recall_coverage(engine, identity, pack.bytes, pack.size, before ? 0 : segments[i].first);
        mr_pack_free(&pack);
    }
    return status == MR_FATAL ? MR_FATAL : MR_OK;
}

static struct mr_identity identity_of(const struct mr_ledger_system *system)
{
    struct mr_identity identity = {0};

    memcpy(identity.sysid, system->sysid, sizeof identity.sysid);
    memcpy(identity.orgsysid, system->orgsysid, sizeof identity.orgsysid);
    memcpy(identity.cpumodel, system->cpumodel, sizeof identity.cpumodel);
    memcpy(identity.serial, system->serial, sizeof identity.serial);
    return identity;
}

/* The records of a pack in place; *records is freed with free(). */
static int take_records(struct mr_state_run *s, const struct mr_pack *pack, struct mr_record **records, size_t *count)
{
    struct mr_unpack in = {.at = pack->bytes, .left = pack->size};
    struct mr_record record;
    size_t room = 0;

    *records = NULL;
    *count = 0;
    while (in.left > 0 && mr_state_unpack_record(&in, &record)) {
        if (mr_grow(records, &room, *count + 1, sizeof record, RECORDS_MAX) != MR_OK) {
            free(*records);
            *records = NULL;
            return mr_state_no_memory(s);
        }
        (*records)[(*count)++] = record;
    }
    return MR_OK;
}

static int replay(struct mr_state_run *s, const struct mr_identity *identity, const struct mr_pack *head,
                  struct mr_rows *rows, struct mr_recall_effect *effect)
{
    struct mr_record *records;
    size_t count;
    int status = take_records(s, head, &records, &count);

    if (status != MR_OK)
        return status;
    s->replayed = rows;
    s->replayed_identity = identity;
    status = mr_recall_replay(s->run.workers[0].engine, identity, records, count, effect);
    s->replayed = NULL;
    free(records);
    return status;
}

/* What was alive before the segment and has not been heard of in it lives on behind it. */
static int carry_over(struct mr_state_run *s, const struct mr_identity *identity, const struct mr_ledger_segment *segment,
                      const struct mr_recall_effect *effect, bool *changed)
{
    struct mr_engine *engine = s->run.workers[0].engine;
    struct mr_pack sessions = {0}, state = {0}, whole = {0};
    struct mr_record *records = NULL;
    size_t count = 0;
    int status;

    *changed = false;
    status = mr_state_get_pack(s, segment->id, MR_BLOB_SESSIONS, &sessions);
    if (status == MR_OK)
        status = take_records(s, &sessions, &records, &count);
    for (size_t i = 0; i < count && status == MR_OK; i++)
        mr_recall_session(engine, identity, &records[i]);
    free(records);
    mr_pack_free(&sessions);
    if (status == MR_OK)
        status = mr_state_get_pack(s, segment->id, MR_BLOB_STATE, &state);
    if (status == MR_OK && state.size > 0) {
        status = mr_recall_overlay(engine, identity, segment->first, state.bytes, state.size,
                                   (int64_t)segment->head_interval - (int64_t)effect->interval);
        mr_recall_save(engine, identity, MR_STATE_ALL, &whole);
        *changed = whole.size != state.size || whole.size == 0 || memcmp(whole.bytes, state.bytes, whole.size) != 0;
        if (status == MR_OK && *changed)
            status = mr_state_put_pack(s, segment->id, MR_BLOB_STATE, &whole);
    }
    mr_pack_free(&state);
    mr_pack_free(&whole);
    return status == MR_FAILED ? MR_OK : status;
}

/* The head of segments[at] behind the segment that is before it now. */
static int remake_head(struct mr_state_run *s, const struct mr_identity *identity, struct mr_ledger_segment *segments,
                       size_t count, size_t at)
{
    struct mr_engine *engine = s->run.workers[0].engine;
    struct mr_ledger_segment *segment = &segments[at];
    struct mr_recall_effect effect;
    struct mr_pack head = {0}, state = {0};
    struct mr_rows rows = {0};
    bool changed = false;
    int status = mr_state_get_pack(s, segment->id, MR_BLOB_HEAD, &head);

    segment->base = at > 0 ? segments[at - 1].id : 0;
    if (status != MR_OK || head.size == 0)
        return status == MR_OK ? mr_ledger_put_segment(s->ledger, segment) : status; /* thinned out: it stays as it is */
    mr_recall_reset(engine);
    status = mr_state_recall(s, identity, segments, count, at > 0 ? &segments[at - 1] : NULL, false);
    if (status == MR_OK)
        status = replay(s, identity, &head, &rows, &effect);
    mr_pack_free(&head);
    if (status == MR_OK)
        status = mr_rows_take(s, &rows, segment->id, MR_PART_HEAD, false);
    mr_rows_drop(&rows);
    if (status == MR_OK && segment->whole) {
        mr_recall_save(engine, identity, MR_STATE_ALL, &state);
        status = mr_state_put_pack(s, segment->id, MR_BLOB_STATE, &state);
        mr_pack_free(&state);
        changed = true;
    } else if (status == MR_OK && !segment->restarts) {
        status = carry_over(s, identity, segment, &effect, &changed);
    }
    if (status != MR_OK)
        return status;
    segment->missing_before = effect.missing;
    segment->tail = false;
    if (changed && at + 1 < count)
        segments[at + 1].base = -1;
    s->changed = true;
    return mr_ledger_put_segment(s->ledger, segment);
}

static int make_tail(struct mr_state_run *s, const struct mr_identity *identity, struct mr_ledger_segment *segment)
{
    struct mr_engine *engine = s->run.workers[0].engine;
    struct mr_rows rows = {0};
    int status;

    mr_recall_reset(engine);
    status = mr_state_recall(s, identity, NULL, 0, segment, false);
    s->replayed = &rows;
    s->replayed_identity = identity;
    if (status == MR_OK)
        status = mr_recall_release(engine, identity);
    s->replayed = NULL;
    if (status == MR_OK)
        status = mr_rows_take(s, &rows, segment->id, MR_PART_TAIL, false);
    mr_rows_drop(&rows);
    segment->tail = true;
    return status == MR_OK ? mr_ledger_put_segment(s->ledger, segment) : status;
}

static int drop_tail(struct mr_state_run *s, struct mr_ledger_segment *segment)
{
    segment->tail = false;
    if (mr_ledger_take_rows(s->ledger, segment->id, MR_PART_TAIL, NULL, s->header, s->gzip) != MR_OK)
        return MR_FATAL;
    return mr_ledger_put_segment(s->ledger, segment);
}

static int settle_system(struct mr_state_run *s, const struct mr_ledger_system *system)
{
    const struct mr_identity identity = identity_of(system);
    struct mr_place place = {.offset = MR_NO_OFFSET};
    struct mr_ledger_segment *segments;
    size_t count;
    int status = mr_ledger_segments(s->ledger, system->id, &segments, &count);

    for (size_t i = 0; i < count && status == MR_OK; i++) {
        int64_t before = i > 0 ? segments[i - 1].id : 0;

        if (segments[i].base == before)
            continue;
        if (segments[i].base >= 0)
            mr_report(s->options->log, MR_MSG_LEDGER_FILLED, &place, "%s", system->sysid);
        status = remake_head(s, &identity, segments, count, i);
    }
    for (size_t i = 0; i < count && status == MR_OK; i++) {
        bool last = i + 1 == count;

        if (last && !segments[i].tail)
            status = make_tail(s, &identity, &segments[i]);
        else if (!last && segments[i].tail)
            status = drop_tail(s, &segments[i]);
    }
    free(segments);
    return status;
}

int mr_state_settle(struct mr_state_run *s, bool all)
{
    struct mr_ledger_system *systems = NULL;
    size_t count = 0;
    int status = all ? mr_ledger_systems(s->ledger, &systems, &count) : MR_OK;

    for (size_t i = 0; i < count && status == MR_OK; i++)
        status = settle_system(s, &systems[i]);
    for (size_t i = 0; !all && i < s->met_count && status == MR_OK; i++) {
        struct mr_ledger_system *system = &s->met[i].system;

        status = mr_ledger_find_system(s->ledger, system); /* it may be new with this input */
        if (status == MR_OK && system->id != 0)
            status = settle_system(s, system);
    }
    free(systems);
    mr_recall_reset(s->run.workers[0].engine);
    return status;
}

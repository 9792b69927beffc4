/* SPDX-License-Identifier: Apache-2.0 */
/* One input into the holes between the segments that the ledger has. */
#include "pipeline/state.h"

#include "base/grow.h"
#include "reader/tod.h"

#include <stdlib.h>
#include <string.h>

#define MET_MAX 1024
#define PROBE_MAX 1000000u
#define NEAR_SECONDS 86400u /* a file without configuration belongs to the system that has data so near */
#define RECORDS_BETWEEN_PROGRESS 8192u

uint64_t mr_state_probe(const char *path)
{
    struct mr_reader *reader = NULL;
    struct mr_record record;
    uint64_t tod = 0;

    if (mr_reader_open(&reader, path, NULL) != MR_OK)
        return 0;
    for (unsigned i = 0; i < PROBE_MAX && mr_reader_next(reader, &record) == MR_OK; i++) {
        if (tod == 0 || record.domain != 1)
            tod = record.tod;
        if (record.domain != 1)
            break;
    }
    mr_reader_close(reader);
    return tod;
}

static struct mr_met *find_met(const struct mr_state_run *s, const struct mr_identity *identity)
{
    for (size_t i = 0; i < s->met_count; i++) {
        if (strcmp(s->met[i].identity.sysid, identity->sysid) == 0 &&
            strcmp(s->met[i].identity.serial, identity->serial) == 0)
            return &s->met[i];
    }
    return NULL;
}

static void forget_met(struct mr_state_run *s)
{
    for (size_t i = 0; i < s->met_count; i++) {
        free(s->met[i].starts);
        free(s->met[i].ids);
        free(s->met[i].needed);
    }
    free(s->met);
    s->met = NULL;
    s->met_count = s->met_room = 0;
}

/* The windows behind the first one. */
static int find_windows(struct mr_state_run *s, struct mr_met *met, const struct mr_ledger_segment *segments,
                        size_t count)
{
    met->starts = calloc(count + 1, sizeof *met->starts);
    met->ids = calloc(count + 1, sizeof *met->ids);
    met->needed = calloc(count + 1, sizeof *met->needed);
    if (met->starts == NULL || met->ids == NULL || met->needed == NULL)
        return mr_state_no_memory(s);
    for (size_t i = 0; i < count; i++) {
        if (mr_tod_difference(segments[i].first, met->tod) <= 0)
            continue;
        met->starts[met->count] = segments[i].first;
        met->ids[met->count++] = segments[i].id;
    }
    return MR_OK;
}

static struct mr_met *add_met(struct mr_state_run *s, const struct mr_identity *identity, uint64_t tod)
{
    struct mr_met *met;

    if (mr_grow(&s->met, &s->met_room, s->met_count + 1, sizeof *s->met, MET_MAX) != MR_OK) {
        mr_state_no_memory(s);
        return NULL;
    }
    met = &s->met[s->met_count++];
    *met = (struct mr_met){.identity = *identity, .tod = s->input_tod};
    /* The set of another system in a file that was joined: its data comes behind it. */
    if (mr_tod_difference(tod, met->tod) > 0)
        met->tod = tod;
    memcpy(met->system.sysid, identity->sysid, sizeof met->system.sysid);
    memcpy(met->system.serial, identity->serial, sizeof met->system.serial);
    memcpy(met->system.orgsysid, identity->orgsysid, sizeof met->system.orgsysid);
    memcpy(met->system.cpumodel, identity->cpumodel, sizeof met->system.cpumodel);
    return met;
}

/* The window of this pass: its number among all, or SIZE_MAX for the first one, or count where there is none. */
static size_t window_of(const struct mr_state_run *s, const struct mr_met *met)
{
    unsigned nth = s->pass;

    if (nth == 0)
        return SIZE_MAX;
    for (size_t i = 0; i < met->count; i++) {
        if (met->needed[i] && --nth == 0)
            return i;
    }
    return met->count;
}

static int open_window(struct mr_state_run *s, struct mr_engine *engine, struct mr_met *met,
                       const struct mr_ledger_segment *segments, size_t count)
{
    size_t window = window_of(s, met);
    const struct mr_ledger_segment *base = NULL;
    int status;

    for (size_t i = 0; i < count; i++) {
        if (window == SIZE_MAX ? mr_tod_difference(segments[i].first, met->tod) <= 0
                               : window < met->count && segments[i].id == met->ids[window])
            base = &segments[i];
    }
    met->base = base == NULL ? 0 : base->id;
    status = mr_state_recall(s, &met->identity, segments, count, base, true);
    if (status != MR_OK)
        return status;
    if (window == SIZE_MAX)
        mr_recall_window(engine, &met->identity, 0, met->count > 0 ? met->starts[0] : 0);
    else if (window < met->count)
        mr_recall_window(engine, &met->identity, met->starts[window],
                         window + 1 < met->count ? met->starts[window + 1] : 0);
    else
        mr_recall_window(engine, &met->identity, 1, 1); /* nothing for it in this pass */
    return mr_piece_begin(s, &met->identity);
}

int mr_state_system(void *context, struct mr_engine *engine, const struct mr_identity *identity, uint64_t tod)
{
    struct mr_state_run *s = context;
    struct mr_identity near = {0};
    struct mr_ledger_segment *segments = NULL;
    struct mr_met *met;
    size_t count;
    int status = MR_OK;

    if (identity == NULL) {
        struct mr_ledger_system system;
        unsigned found;

        if (mr_ledger_near_systems(s->ledger, s->input_tod, NEAR_SECONDS * MR_TOD_SECOND, &system, &found) != MR_OK)
            return MR_FATAL;
        if (found != 1)
            return MR_FAILED;
        memcpy(near.sysid, system.sysid, sizeof near.sysid);
        memcpy(near.orgsysid, system.orgsysid, sizeof near.orgsysid);
        memcpy(near.cpumodel, system.cpumodel, sizeof near.cpumodel);
        memcpy(near.serial, system.serial, sizeof near.serial);
        identity = &near;
    }
    met = find_met(s, identity);
    if (met == NULL)
        met = add_met(s, identity, tod);
    if (met == NULL || mr_ledger_find_system(s->ledger, &met->system) != MR_OK)
        return MR_FATAL;
    if (met->system.id == 0)
        return mr_piece_begin(s, identity); /* the first that is heard of it */
    status = mr_ledger_segments(s->ledger, met->system.id, &segments, &count);
    if (status == MR_OK && s->pass == 0 && met->starts == NULL)
        status = find_windows(s, met, segments, count);
    if (status == MR_OK)
        status = open_window(s, engine, met, segments, count);
    free(segments);
    return status;
}

void mr_state_outside(void *context, const struct mr_identity *identity, uint64_t tod)
{
    const struct mr_met *met = find_met(context, identity);
    size_t low = 0, high = met == NULL ? 0 : met->count;

    if (high == 0)
        return;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (mr_tod_difference(met->starts[middle], tod) <= 0)
            low = middle;
        else
            high = middle;
    }
    met->needed[low] = true;
}

static void show_progress(const struct mr_state_run *s, const struct mr_reader *reader)
{
    const struct mr_reader_counts *counts = mr_reader_counts(reader);

    mr_run_progress(&s->run, mr_reader_name(reader), s->bytes_before + counts->bytes,
                    s->input_bytes_before + counts->input_bytes, mr_engine_counts(s->run.workers[0].engine)->rows);
}

/* Asked to stop at once: nothing of this run is kept, as if it had never begun. */
static int give_up(struct mr_state_run *s, const struct mr_reader *reader)
{
    struct mr_place place = {.file = mr_reader_name(reader), .offset = mr_reader_counts(reader)->bytes};

    mr_report(s->options->log, MR_MSG_INTERRUPTED, &place, "%s", "at once; tables and state are as they were");
    return MR_FATAL;
}

static int read_records(struct mr_state_run *s, struct mr_reader *reader)
{
    struct mr_engine *engine = s->run.workers[0].engine;
    struct mr_record record;
    unsigned since = 0;
    int status;

    while ((status = mr_reader_next(reader, &record)) == MR_OK) {
        status = mr_engine_record(engine, &record);
        if (status != MR_OK)
            return status;
        if (mr_stop_count(s->options->stop) > 1)
            return give_up(s, reader);
        if (++since == RECORDS_BETWEEN_PROGRESS && s->pass == 0) {
            show_progress(s, reader);
            since = 0;
        }
    }
    return mr_engine_end_input(engine);
}

/* MR_OK, MR_FAILED where nobody knows whose data it is, MR_EOF where the input is not usable, MR_FATAL. */
static int read_pass(struct mr_state_run *s, const char *path, const char *name)
{
    struct mr_engine *engine = s->run.workers[0].engine;
    struct mr_reader *reader = NULL;
    bool first = s->pass == 0;
    int status;

    if (mr_reader_open(&reader, path, first ? s->options->log : NULL) != MR_OK)
        return first && mr_account_add_input(s->account, name, NULL) != MR_OK ? mr_state_no_memory(s) : MR_EOF;
    mr_recall_reset(engine);
    s->recall.again = !first;
    mr_engine_begin_input(engine, mr_reader_name(reader));
    status = first ? mr_exits_begin_input(s->run.exits, name) : MR_OK;
    if (status == MR_OK)
        status = read_records(s, reader);
    if (status == MR_OK && first && mr_account_add_input(s->account, name, reader) != MR_OK)
        status = mr_state_no_memory(s);
    if (first) {
        show_progress(s, reader);
        s->bytes_before += mr_reader_counts(reader)->bytes;
        s->input_bytes_before += mr_reader_counts(reader)->input_bytes;
    }
    mr_reader_close(reader);
    return status;
}

static unsigned passes_needed(const struct mr_state_run *s)
{
    unsigned most = 0;

    for (size_t i = 0; i < s->met_count; i++) {
        unsigned needed = 0;

        for (size_t w = 0; w < s->met[i].count; w++)
            needed += s->met[i].needed[w];
        if (needed > most)
            most = needed;
    }
    return 1 + most;
}

int mr_state_reduce_file(struct mr_state_run *s, const char *path, struct mr_ledger_input *input,
                         enum mr_state_outcome *outcome)
{
    int status = MR_OK;

    *outcome = MR_INPUT_REDUCED;
    s->input_tod = mr_state_probe(path);
    for (s->pass = 0; status == MR_OK && (s->pass == 0 || s->pass < passes_needed(s)); s->pass++) {
        status = read_pass(s, path, input->name);
        if (status == MR_OK && input->id == 0)
            status = mr_ledger_put_input(s->ledger, input);
        if (status == MR_OK)
            status = mr_pieces_finish(s, input->id);
        if (status == MR_OK)
            status = mr_state_settle(s, false);
    }
    if (status == MR_FAILED)
        *outcome = MR_INPUT_WAITING;
    if (status == MR_EOF)
        *outcome = MR_INPUT_UNUSABLE;
    if (status == MR_OK || status == MR_FAILED)
        status = mr_exits_end_input(s->run.exits, input->name);
    mr_pieces_drop(s);
    forget_met(s);
    mr_recall_reset(s->run.workers[0].engine);
    return status == MR_FATAL ? MR_FATAL : MR_OK;
}

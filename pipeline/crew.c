/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All inputs by a crew.  One thread reads (and inflates) and fills batches of records; every worker goes through all of
 * them, the first worker in the thread of the caller.  Batches stand in a ring: the reader waits until all workers are
 * done with the one that it wants to fill again.  The lock is taken once a batch by each thread, never for a row.
 *
 * What workers and reader have to say of a batch is noted, and passed on in the order of its records when the last
 * worker is done with it, so that it does not show how many they are.  What is known of an input that has ended goes to
 * the account then, too.
 */
#include "pipeline/run.h"

#include "base/notes.h"
#include "base/thread.h"
#include "reader/batch.h"

#include <stdlib.h>
#include <string.h>

/*
 * Batches in the ring, 8 MB of records.  Tables get their records in turn within an interval: who makes the largest one
 * has all to do for a while, and then the others have.  Where an interval fits into the ring, nobody waits for that.
 */
#define SLOTS 32

/* A batch, which is of one input; what is said of it, by the reader first and then by each worker; how far that was. */
struct slot {
    struct mr_lane *lane;    /* NULL: the batch is empty, and the last one */
    const char *begins;      /* the input begins with the batch: its name; else NULL */
    struct mr_input_end end; /* it ends with the batch */
    struct mr_batch batch;
    struct mr_notes notes[1 + MR_WORKERS_MAX];
    const char *input;
    uint64_t tod; /* of the last record; 0: none */
    uint64_t bytes, input_bytes;
};

struct crew {
    struct mr_run *run;
    struct slot slots[SLOTS];

    struct mr_lane *lane;    /* whose turn it is; NULL: nobody's.  The reader's alone, like the next two */
    struct mr_record record; /* one that the batch before had no room for */
    bool waiting;            /* there is one */

    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t filled, freed;
    uint64_t made;                  /* batches that have been filled */
    uint64_t done[MR_WORKERS_MAX];  /* batches that a worker is through with */
    uint64_t rows[MR_WORKERS_MAX];  /* it has made by then */
    uint64_t passed;                /* batches that all are through with */
    bool ended;                     /* no further batch will come */
    int status;                     /* the first failure */
    uint64_t limit;                 /* batches that all workers go through; after a failure up to where it was */
    uint64_t limit_record;          /* and in the last one of them, what was said of later records is not told */
};

/* What a thread is started with. */
struct hand {
    struct crew *crew;
    size_t number;
    pthread_t thread;
};

/* Wait until the next slot is free; NULL when the crew has stopped. */
static struct slot *next_free(struct crew *crew)
{
    struct slot *slot = NULL;

    pthread_mutex_lock(&crew->lock);
    while (crew->made - crew->passed == SLOTS && crew->status == MR_OK)
        pthread_cond_wait(&crew->freed, &crew->lock);
    if (crew->status == MR_OK)
        slot = &crew->slots[crew->made % SLOTS];
    pthread_mutex_unlock(&crew->lock);
    return slot;
}

static void publish(struct crew *crew, bool last)
{
    pthread_mutex_lock(&crew->lock);
    crew->made++;
    crew->ended = last;
    pthread_cond_broadcast(&crew->filled);
    pthread_mutex_unlock(&crew->lock);
}

/* How far all lanes have been read. */
static void note_bytes(const struct mr_run *run, struct slot *slot)
{
    slot->bytes = slot->input_bytes = 0;
    for (size_t l = 0; l < run->lane_count; l++) {
        uint64_t bytes, input_bytes;

        mr_lane_bytes(&run->lanes[l], &bytes, &input_bytes);
        slot->bytes += bytes;
        slot->input_bytes += input_bytes;
    }
}

/* False where the batch has no room for the record, which has to wait. */
static bool add_record(struct crew *crew, struct slot *slot)
{
    crew->waiting = mr_batch_add(&slot->batch, &crew->record) != MR_OK;
    if (crew->waiting)
        return false;
    slot->tod = crew->record.tod;
    (void)mr_stop_after(&slot->lane->stop, &crew->record);
    return true;
}

/* What comes next in the turn, into the batch.  False where the batch is complete. */
static bool add_next(struct crew *crew, struct slot *slot)
{
    struct mr_lane *lane = slot->lane;
    enum mr_turn_event event = MR_TURN_RECORD;

    slot->notes[0].order = slot->batch.count;
    if (!crew->waiting)
        event = mr_lane_next(lane, &crew->record);
    switch (event) {
    case MR_TURN_RECORD:
        return add_record(crew, slot);
    case MR_TURN_BEGIN:
        slot->begins = slot->input = mr_reader_name(lane->reader);
        return true;
    case MR_TURN_OVER:
        mr_lane_yield(lane);
        crew->lane = NULL;
        return true;
    default:
        slot->end = lane->end;
        slot->input = lane->end.name;
        lane->end = (struct mr_input_end){.name = NULL};
        return false;
    }
}

/* Fill a batch; it goes on over the end of a turn where the next one is of the same input.  False at the end of all. */
static bool fill(struct crew *crew, struct slot *slot)
{
    mr_batch_clear(&slot->batch);
    slot->lane = NULL;
    slot->begins = NULL;
    slot->end = (struct mr_input_end){.name = NULL};
    slot->tod = 0;
    do {
        if (crew->lane == NULL)
            crew->lane = mr_lanes_pick(crew->run);
        if (crew->lane == NULL || (slot->lane != NULL && slot->lane != crew->lane))
            break;
        slot->lane = crew->lane;
        if (slot->input == NULL && crew->lane->reader != NULL)
            slot->input = mr_reader_name(crew->lane->reader);
        slot->lane->relay.notes = &slot->notes[0];
    } while (add_next(crew, slot));
    note_bytes(crew->run, slot);
    return crew->lane != NULL;
}

static void *read_all(void *context)
{
    struct crew *crew = context;
    bool more = true;
    struct slot *slot;

    while (more && (slot = next_free(crew)) != NULL) {
        more = fill(crew, slot);
        publish(crew, !more);
    }
    return NULL;
}

/*
 * Nobody goes beyond the first failure, but all go up to it: another worker may be the one that says why.  limit counts
 * batches that have been filled, since the reader stops.
 */
static void fail_at(struct crew *crew, uint64_t limit, uint64_t record, int status)
{
    if (crew->status == MR_OK)
        crew->status = status;
    if (limit < crew->limit || (limit == crew->limit && record < crew->limit_record)) {
        crew->limit = limit;
        crew->limit_record = record;
    }
    pthread_cond_broadcast(&crew->filled);
    pthread_cond_broadcast(&crew->freed);
}

/* All are through with a batch: what was said of it goes to the log of the run, the end of an input to its account. */
static void close_batch(struct crew *crew, struct slot *slot, uint64_t rows)
{
    struct mr_run *run = crew->run;

    for (size_t n = 0; crew->passed == crew->limit && n <= run->worker_count; n++)
        mr_notes_cut(&slot->notes[n], crew->limit_record);
    if (mr_notes_pass_on(slot->notes, 1 + run->worker_count, run->options->log) != MR_OK)
        fail_at(crew, crew->passed, 0, mr_run_no_memory(run));
    if (slot->tod != 0)
        run->account->interrupted.tod = slot->tod;
    if (slot->input != NULL)
        mr_run_progress(run, slot->input, slot->bytes, slot->input_bytes, rows);
    if (slot->end.name != NULL && crew->passed < crew->limit && mr_run_take_input(run, &slot->end) != MR_OK)
        fail_at(crew, crew->passed, 0, MR_FATAL);
    slot->input = NULL;
}

/* The batches that all workers are through with by now. */
static void pass_on(struct crew *crew)
{
    uint64_t least = crew->done[0], rows = 0;

    for (size_t w = 0; w < crew->run->worker_count; w++) {
        least = crew->done[w] < least ? crew->done[w] : least;
        rows += crew->rows[w];
    }
    while (crew->passed < least) {
        struct slot *slot = &crew->slots[crew->passed++ % SLOTS];

        close_batch(crew, slot, rows);
    }
}

/* The worker's next batch; NULL when there is none or the crew has stopped. */
static struct slot *next_filled(struct crew *crew, size_t number)
{
    struct slot *slot = NULL;

    pthread_mutex_lock(&crew->lock);
    while (crew->done[number] == crew->made && !crew->ended && crew->done[number] < crew->limit)
        pthread_cond_wait(&crew->filled, &crew->lock);
    if (crew->done[number] < crew->made && crew->done[number] < crew->limit)
        slot = &crew->slots[crew->done[number] % SLOTS];
    pthread_mutex_unlock(&crew->lock);
    return slot;
}

/* On a failure the order of the notes is that of the record. */
static int use_batch(struct mr_worker *worker, const struct slot *slot, struct mr_notes *notes)
{
    const struct mr_batch *batch = &slot->batch;
    int status = MR_OK;

    if (slot->lane == NULL)
        return MR_OK;
    worker->relay.notes = notes;
    notes->order = 0;
    mr_worker_turn(worker, slot->lane);
    if (slot->begins != NULL)
        status = mr_worker_begin_input(worker, slot->begins);
    for (size_t r = 0; r < batch->count && status == MR_OK; r++) {
        notes->order = r;
        status = mr_engine_record(worker->engine, &batch->records[r]);
    }
    if (status == MR_OK && slot->end.reader != NULL) {
        notes->order = batch->count;
        status = mr_worker_end_input(worker, mr_reader_name(slot->end.reader));
    }
    worker->relay.notes = NULL;
    return status;
}

/* Rows that a worker has made of all lanes. */
static uint64_t rows_of(const struct mr_worker *worker)
{
    uint64_t rows = 0;

    for (size_t l = 0; l < worker->run->lane_count; l++)
        rows += mr_engine_counts(worker->engines[l])->rows;
    return rows;
}

static void batch_done(struct crew *crew, size_t number, int status, uint64_t record)
{
    pthread_mutex_lock(&crew->lock);
    if (status != MR_OK)
        fail_at(crew, crew->done[number] + 1, record, status);
    crew->done[number]++;
    crew->rows[number] = rows_of(&crew->run->workers[number]);
    pass_on(crew);
    pthread_cond_broadcast(&crew->freed);
    pthread_mutex_unlock(&crew->lock);
}

static void work(struct crew *crew, size_t number)
{
    struct slot *slot;

    while ((slot = next_filled(crew, number)) != NULL) {
        struct mr_notes *notes = &slot->notes[1 + number];
        int status = use_batch(&crew->run->workers[number], slot, notes);

        batch_done(crew, number, status, notes->order);
    }
}

static void *work_all(void *context)
{
    const struct hand *hand = context;

    work(hand->crew, hand->number);
    return NULL;
}

static void stop(struct crew *crew, int status)
{
    pthread_mutex_lock(&crew->lock);
    fail_at(crew, 0, 0, status);
    pthread_mutex_unlock(&crew->lock);
}

/* Start the reader and the other workers, work, wait for them. */
static void work_together(struct crew *crew)
{
    struct hand hands[MR_WORKERS_MAX];
    size_t started = 1;
    pthread_t reading;

    if (mr_thread_start(&reading, read_all, crew) != MR_OK) {
        crew->status = mr_run_no_memory(crew->run);
        return;
    }
    while (started < crew->run->worker_count) {
        hands[started] = (struct hand){.crew = crew, .number = started};
        if (mr_thread_start(&hands[started].thread, work_all, &hands[started]) != MR_OK) {
            stop(crew, mr_run_no_memory(crew->run));
            break;
        }
        started++;
    }
    work(crew, 0);
    pthread_join(reading, NULL);
    while (started > 1)
        pthread_join(hands[--started].thread, NULL);
}

static int make_slots(struct crew *crew)
{
    for (size_t s = 0; s < SLOTS; s++) {
        if (mr_batch_make(&crew->slots[s].batch) != MR_OK)
            return mr_run_no_memory(crew->run);
    }
    return MR_OK;
}

static void free_slots(struct crew *crew)
{
    for (size_t s = 0; s < SLOTS; s++) {
        mr_batch_free(&crew->slots[s].batch);
        mr_reader_close(crew->slots[s].end.reader);
        for (size_t n = 0; n <= MR_WORKERS_MAX; n++)
            mr_notes_free(&crew->slots[s].notes[n]);
    }
}

int mr_run_crew(struct mr_run *run)
{
    struct crew *crew = calloc(1, sizeof *crew);
    int status;

    if (crew == NULL)
        return mr_run_no_memory(run);
    crew->run = run;
    crew->limit = UINT64_MAX;
    crew->status = make_slots(crew);
    if (crew->status == MR_OK) {
        pthread_mutex_init(&crew->lock, NULL);
        pthread_cond_init(&crew->filled, NULL);
        pthread_cond_init(&crew->freed, NULL);
        work_together(crew);
        pthread_cond_destroy(&crew->freed);
        pthread_cond_destroy(&crew->filled);
        pthread_mutex_destroy(&crew->lock);
    }
    for (size_t l = 0; l < run->lane_count; l++)
        run->lanes[l].relay.notes = NULL;
    status = crew->status;
    free_slots(crew);
    free(crew);
    return status;
}

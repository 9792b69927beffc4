/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One input by threads.  One reads (and inflates) and fills batches of records; every worker goes through all of them,
 * the first worker in the thread of the caller.  Batches stand in a ring: the reader waits until all workers are done
 * with the one that it wants to fill again.  The lock is taken once a batch by each thread, never for a row.
 *
 * What workers and reader have to say of a batch is noted, and passed on in the order of its records when the last worker
 * is done with it, so that it does not show how many they are.
 */
#include "pipeline/run.h"

#include "base/notes.h"
#include "reader/batch.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 8

/* A batch, what is said of it, by the reader first and then by each worker, and how far the reader was. */
struct slot {
    struct mr_batch batch;
    struct mr_notes notes[1 + MR_WORKERS_MAX];
    uint64_t bytes, input_bytes;
};

struct crew {
    struct mr_run *run;
    struct mr_reader *reader;
    struct mr_relay *relay; /* of the reader's log */
    struct slot slots[SLOTS];

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

/*
 * Fill a batch.  *record is one that the batch before had no room for if *waiting is set.  False at the end of the input;
 * a reading error ends this input, not the run: what came before it is kept.
 */
static bool fill(struct crew *crew, struct slot *slot, struct mr_record *record, bool *waiting)
{
    const struct mr_reader_counts *counts = mr_reader_counts(crew->reader);
    bool more = true;

    mr_batch_clear(&slot->batch);
    crew->relay->notes = &slot->notes[0];
    for (;;) {
        slot->notes[0].order = slot->batch.count;
        if (!*waiting) {
            more = mr_reader_next(crew->reader, record) == MR_OK;
            *waiting = more;
        }
        if (!more || mr_batch_add(&slot->batch, record) != MR_OK)
            break;
        *waiting = false;
        crew->run->account->interrupted.tod = record->tod;
        if (mr_stop_after(&crew->run->stop, record)) {
            more = false;
            break;
        }
    }
    slot->bytes = counts->bytes;
    slot->input_bytes = counts->input_bytes;
    return more;
}

static void *read_all(void *context)
{
    struct crew *crew = context;
    struct mr_record record;
    bool waiting = false, more = true;
    struct slot *slot;

    while (more && (slot = next_free(crew)) != NULL) {
        more = fill(crew, slot, &record, &waiting);
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

/* The batches that all workers are through with by now: what was said of them goes to the log of the run. */
static void pass_on(struct crew *crew)
{
    const struct mr_run *run = crew->run;
    uint64_t least = crew->done[0], rows = 0;

    for (size_t w = 0; w < run->worker_count; w++) {
        least = crew->done[w] < least ? crew->done[w] : least;
        rows += crew->rows[w];
    }
    while (crew->passed < least) {
        struct slot *slot = &crew->slots[crew->passed++ % SLOTS];

        for (size_t n = 0; crew->passed == crew->limit && n <= run->worker_count; n++)
            mr_notes_cut(&slot->notes[n], crew->limit_record);
        if (mr_notes_pass_on(slot->notes, 1 + run->worker_count, run->options->log) != MR_OK)
            fail_at(crew, crew->passed, 0, mr_run_no_memory(run));
        mr_run_progress(run, mr_reader_name(crew->reader), slot->bytes, slot->input_bytes, rows);
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
static int use_batch(struct mr_worker *worker, const struct mr_batch *batch, struct mr_notes *notes)
{
    int status = MR_OK;

    worker->relay.notes = notes;
    for (size_t r = 0; r < batch->count && status == MR_OK; r++) {
        notes->order = r;
        status = mr_engine_record(worker->engine, &batch->records[r]);
    }
    worker->relay.notes = NULL;
    return status;
}

static void batch_done(struct crew *crew, size_t number, int status, uint64_t record)
{
    pthread_mutex_lock(&crew->lock);
    if (status != MR_OK)
        fail_at(crew, crew->done[number] + 1, record, status);
    crew->done[number]++;
    crew->rows[number] = mr_engine_counts(crew->run->workers[number].engine)->rows;
    pass_on(crew);
    pthread_cond_broadcast(&crew->freed);
    pthread_mutex_unlock(&crew->lock);
}

static void work(struct crew *crew, size_t number)
{
    struct slot *slot;

    while ((slot = next_filled(crew, number)) != NULL) {
        struct mr_notes *notes = &slot->notes[1 + number];
        int status = use_batch(&crew->run->workers[number], &slot->batch, notes);

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

/* Threads of ours take no signals: those are for the thread that the program began with. */
static int start(pthread_t *thread, void *(*body)(void *), void *context)
{
    sigset_t all, before;
    int failed;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failed = pthread_create(thread, NULL, body, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0 ? MR_OK : MR_FATAL;
}

/* Start the reader and the other workers, work, wait for them. */
static void work_together(struct crew *crew)
{
    struct hand hands[MR_WORKERS_MAX];
    size_t started = 1;
    pthread_t reading;

    if (start(&reading, read_all, crew) != MR_OK) {
        crew->status = mr_run_no_memory(crew->run);
        return;
    }
    while (started < crew->run->worker_count) {
        hands[started] = (struct hand){.crew = crew, .number = started};
        if (start(&hands[started].thread, work_all, &hands[started]) != MR_OK) {
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
        for (size_t n = 0; n <= MR_WORKERS_MAX; n++)
            mr_notes_free(&crew->slots[s].notes[n]);
    }
}

int mr_run_crew(struct mr_run *run, struct mr_reader *reader, struct mr_relay *relay)
{
    struct crew *crew = calloc(1, sizeof *crew);
    int status;

    if (crew == NULL)
        return mr_run_no_memory(run);
    crew->run = run;
    crew->reader = reader;
    crew->relay = relay;
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
    relay->notes = NULL;
    status = crew->status;
    free_slots(crew);
    free(crew);
    return status;
}

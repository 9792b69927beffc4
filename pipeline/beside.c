/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes side by side.  Each thread takes the turn that is next of those that nobody has taken, reads it and makes its
 * rows, with the engine of the lane.  The lane of the earliest turn that is not over is in front: its rows go to the
 * tables at once.  Those of the others wait in memory, up to a limit, until their turn is in front; so do messages and
 * what goes to the account.  Tables and messages are those that one thread would make, which takes the same turns.
 *
 * Turns are taken in their order: that in front is being worked on, by a thread that waits for nobody, or the next
 * thread that is free takes it.  So to wait for the front always ends.
 */
#include "pipeline/run.h"

#include "base/thread.h"
#include "writers/writer.h"

#include <stdlib.h>
#include <string.h>

#define WAITING_BYTES ((size_t)12 * 1024 * 1024) /* of rows of one turn that is not in front */

/* Text of rows of a table that waits; behind it are its bytes, and at the next multiple of 8 the next piece. */
struct piece {
    const struct mr_table_head *head;
    size_t size;
    uint64_t rows;
};

/* What a lane's turn leaves. */
struct desk {
    struct beside *all;
    struct mr_lane *lane;
    struct mr_worker *worker;
    bool front;              /* known to be in front: the tables are its own until the turn is over */
    bool over;               /* the turn is over and has not been closed */
    int status;              /* of the turn */
    struct mr_notes notes;
    char *pieces;            /* WAITING_BYTES of memory, NULL until a piece has to wait */
    size_t waiting;          /* bytes of it that are used */
    uint64_t bytes, input_bytes, rows; /* of the lane, when the turn ended */
};

struct beside {
    struct mr_run *run;
    struct desk desks[MR_LANES_MAX];

    pthread_mutex_t lock; /* of all that follows, of who is busy and of the flags of the desks */
    pthread_cond_t changed;
    bool closing; /* a thread is closing turns */
    bool stopped; /* all have been told that turns that had not begun will not come */
    int status;   /* the first failure */
};

static bool is_front(const struct desk *desk)
{
    return mr_lanes_front(desk->all->run) == desk->lane;
}

/* A piece with as many bytes. */
static size_t piece_size(size_t size)
{
    return sizeof(struct piece) + (size + 7) / 8 * 8;
}

/* Rows into the tables; the desk is in front. */
static int append(struct mr_run *run, const struct mr_table_head *head, const char *bytes, size_t size, uint64_t rows)
{
    struct mr_writer_table **table = &run->tables[head - run->heads];

    if (*table == NULL && mr_writer_begin(run->writer, head, table) != MR_OK)
        return MR_FATAL;
    return mr_writer_append(*table, bytes, size, rows);
}

static int append_pieces(struct desk *desk)
{
    size_t end = desk->waiting;
    int status = MR_OK;

    desk->waiting = 0;
    for (size_t at = 0; at < end && status == MR_OK;) {
        struct piece piece;

        memcpy(&piece, desk->pieces + at, sizeof piece);
        status = append(desk->all->run, piece.head, desk->pieces + at + sizeof piece, piece.size, piece.rows);
        at += piece_size(piece.size);
    }
    return status;
}

/* Is the turn in front by now?  Where it is not, and no more may wait, it waits itself. */
static int look_ahead(struct desk *desk, size_t size)
{
    struct beside *all = desk->all;
    int status;

    pthread_mutex_lock(&all->lock);
    while (all->status == MR_OK && !is_front(desk) && desk->waiting + piece_size(size) > WAITING_BYTES)
        pthread_cond_wait(&all->changed, &all->lock);
    status = all->status;
    desk->front = is_front(desk);
    pthread_mutex_unlock(&all->lock);
    return status == MR_OK && desk->front ? append_pieces(desk) : status;
}

/* Said where the turn has its messages. */
static int no_memory(const struct desk *desk)
{
    mr_report(desk->worker->log, MR_MSG_PROGRAM_MEMORY, MR_NOWHERE, "%s", "");
    return MR_FATAL;
}

static int keep_piece(struct desk *desk, const struct mr_table_head *head, const char *bytes, size_t size,
                      uint64_t rows)
{
    const struct piece piece = {.head = head, .size = size, .rows = rows};

    if (desk->pieces == NULL)
        desk->pieces = malloc(WAITING_BYTES);
    if (desk->pieces == NULL)
        return no_memory(desk);
    memcpy(desk->pieces + desk->waiting, &piece, sizeof piece);
    memcpy(desk->pieces + desk->waiting + sizeof piece, bytes, size);
    desk->waiting += piece_size(size);
    return MR_OK;
}

static int take_rows(void *context, const struct mr_table_head *head, const char *bytes, size_t size, uint64_t rows)
{
    struct desk *desk = context;

    if (!desk->front && look_ahead(desk, size) != MR_OK)
        return MR_FATAL;
    return desk->front ? append(desk->all->run, head, bytes, size, rows) : keep_piece(desk, head, bytes, size, rows);
}

static void show_progress(const struct beside *all, const struct desk *desk)
{
    uint64_t bytes = 0, input_bytes = 0, rows = 0;

    for (size_t l = 0; l < all->run->lane_count; l++) {
        bytes += all->desks[l].bytes;
        input_bytes += all->desks[l].input_bytes;
        rows += all->desks[l].rows;
    }
    mr_run_progress(all->run, desk->lane->inputs[desk->lane->next - 1].name, bytes, input_bytes, rows);
}

/* A turn in front is over: all that it left goes where it belongs. */
static int close_turn(struct desk *desk)
{
    struct mr_run *run = desk->all->run;
    int status = append_pieces(desk);

    if (mr_notes_pass_on(&desk->notes, 1, run->options->log) != MR_OK)
        status = mr_run_no_memory(run);
    if (desk->status != MR_OK)
        return desk->status;
    return status == MR_OK ? mr_run_close_turn(run, desk->lane) : status;
}

/* Turns that are over, as long as they are in front; by one thread at a time, without the lock while it does so. */
static void close_turns(struct beside *all)
{
    const struct mr_lane *front;

    if (all->closing)
        return;
    all->closing = true;
    while (all->status == MR_OK && (front = mr_lanes_front(all->run)) != NULL && all->desks[front->number].over) {
        struct desk *desk = &all->desks[front->number];
        int status;

        pthread_mutex_unlock(&all->lock);
        status = close_turn(desk);
        pthread_mutex_lock(&all->lock);
        show_progress(all, desk);
        all->status = status;
        desk->over = desk->front = false;
        mr_lane_yield(desk->lane);
        pthread_cond_broadcast(&all->changed);
    }
    all->closing = false;
}

static bool all_ended(const struct beside *all)
{
    for (size_t l = 0; l < all->run->lane_count; l++) {
        if (all->run->lanes[l].busy)
            return false;
    }
    return true;
}

/* The next turn that nobody has taken; NULL at the end of all, and after a failure. */
static struct desk *next_turn(struct beside *all)
{
    struct mr_lane *lane;

    for (;;) {
        if (all->status != MR_OK)
            return NULL;
        lane = mr_lanes_pick(all->run);
        if (lane != NULL)
            return &all->desks[lane->number];
        if (all->run->stopped && !all->stopped)
            pthread_cond_broadcast(&all->changed);
        all->stopped = all->run->stopped;
        if (all_ended(all))
            return NULL;
        pthread_cond_wait(&all->changed, &all->lock);
    }
}

static void *work(void *context)
{
    struct beside *all = context;
    struct desk *desk;

    pthread_mutex_lock(&all->lock);
    while ((desk = next_turn(all)) != NULL) {
        pthread_mutex_unlock(&all->lock);
        desk->status = mr_worker_take_turn(desk->worker, desk->lane);
        if (desk->status == MR_OK)
            desk->status = mr_writer_hand_over(desk->worker->writer);
        pthread_mutex_lock(&all->lock);
        mr_lane_bytes(desk->lane, &desk->bytes, &desk->input_bytes);
        desk->rows = mr_engine_counts(desk->worker->engine)->rows;
        desk->over = true;
        close_turns(all);
    }
    pthread_cond_broadcast(&all->changed);
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

static int open_desk(struct beside *all, size_t number)
{
    struct mr_run *run = all->run;
    struct desk *desk = &all->desks[number];
    struct mr_writer_options output = run->options->output;

    *desk = (struct desk){.all = all, .lane = &run->lanes[number], .worker = &run->workers[number]};
    desk->lane->relay.notes = &desk->notes;
    desk->worker->relay.notes = &desk->notes;
    output.folder = run->options->folder;
    return mr_writer_open_apart(&desk->worker->writer, run->options->format, &output, take_rows, desk,
                                desk->worker->log);
}

/* Other threads, and this one.  As many as could be started do it all. */
static void work_together(struct beside *all)
{
    pthread_t threads[MR_LANES_MAX];
    size_t wanted = all->run->options->threads, started = 0;

    if (wanted > all->run->lane_count)
        wanted = all->run->lane_count;
    while (started + 1 < wanted && mr_thread_start(&threads[started], work, all) == MR_OK)
        started++;
    (void)work(all);
    while (started > 0)
        pthread_join(threads[--started], NULL);
}

/* What is still said and made comes from one thread. */
static void leave_desks(struct beside *all)
{
    for (size_t l = 0; l < all->run->lane_count; l++) {
        struct desk *desk = &all->desks[l];

        desk->front = true;
        desk->lane->relay.notes = NULL;
        desk->worker->relay.notes = NULL;
    }
}

int mr_run_beside(struct mr_run *run)
{
    struct beside *all = calloc(1, sizeof *all);
    int status = MR_OK;

    if (all == NULL)
        return mr_run_no_memory(run);
    run->beside = all;
    all->run = run;
    pthread_mutex_init(&all->lock, NULL);
    pthread_cond_init(&all->changed, NULL);
    for (size_t l = 0; l < run->lane_count; l++) {
        if (open_desk(all, l) != MR_OK)
            status = MR_FATAL;
    }
    if (status == MR_OK)
        work_together(all);
    leave_desks(all);
    return status == MR_OK ? all->status : status;
}

void mr_run_beside_end(struct mr_run *run)
{
    struct beside *all = run->beside;

    if (all == NULL)
        return;
    for (size_t l = 0; l < run->lane_count; l++) {
        struct desk *desk = &all->desks[l];

        free(desk->pieces);
        mr_notes_free(&desk->notes);
        mr_writer_abandon(desk->worker->writer);
        desk->worker->writer = NULL;
    }
    pthread_cond_destroy(&all->changed);
    pthread_mutex_destroy(&all->lock);
    free(all);
    run->beside = NULL;
}

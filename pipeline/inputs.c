/* SPDX-License-Identifier: Apache-2.0 */
/* All inputs of a run: the turns of its lanes one after the other, in this thread. */
#include "pipeline/run.h"

#include "writers/writer.h"

#define RECORDS_BETWEEN_PROGRESS 8192u

void mr_run_progress(const struct mr_run *run, const char *input, uint64_t bytes, uint64_t input_bytes, uint64_t rows)
{
    struct mr_progress progress = {
        .input = input,
        .input_bytes = input_bytes,
        .total_bytes = run->total_bytes,
        .bytes = bytes,
        .rows = rows,
    };

    if (run->options->progress != NULL)
        run->options->progress(run->options->context, &progress);
}

static void show_progress(const struct mr_run *run, const char *input)
{
    uint64_t bytes = 0, input_bytes = 0, rows = 0;

    for (size_t l = 0; l < run->lane_count; l++) {
        uint64_t of_lane, input_of_lane;

        mr_lane_bytes(&run->lanes[l], &of_lane, &input_of_lane);
        bytes += of_lane;
        input_bytes += input_of_lane;
        rows += mr_engine_counts(run->workers[0].engines[l])->rows;
    }
    mr_run_progress(run, input, bytes, input_bytes, rows);
}

void mr_worker_turn(struct mr_worker *worker, const struct mr_lane *lane)
{
    worker->engine = worker->engines[lane->number];
    worker->other_bytes = 0;
    for (size_t l = 0; l < MR_LANES_MAX; l++) {
        if (worker->engines[l] != NULL && worker->engines[l] != worker->engine)
            worker->other_bytes += mr_engine_counts(worker->engines[l])->record_bytes;
    }
}

int mr_worker_begin_input(struct mr_worker *worker, const char *name)
{
    mr_engine_begin_input(worker->engine, name);
    return mr_exits_begin_input(worker->run->exits, name);
}

int mr_worker_end_input(struct mr_worker *worker, const char *name)
{
    int status = mr_engine_end_input(worker->engine);

    return status == MR_OK ? mr_exits_end_input(worker->run->exits, name) : status;
}

int mr_run_take_input(struct mr_run *run, struct mr_input_end *end)
{
    int status = mr_account_add_input(run->account, end->name, end->reader);

    if (!run->stop_noted)
        mr_run_note_input(run, end->name, end->reader);
    else
        run->input_ended &= end->reader != NULL && mr_reader_ended(end->reader);
    run->stop_noted |= end->cut;
    mr_reader_close(end->reader);
    *end = (struct mr_input_end){.name = NULL};
    return status == MR_OK ? MR_OK : mr_run_no_memory(run);
}

int mr_worker_take_turn(struct mr_worker *worker, struct mr_lane *lane)
{
    struct mr_record record;
    enum mr_turn_event event;
    unsigned since = 0;
    int status = MR_OK;

    mr_worker_turn(worker, lane);
    while (status == MR_OK && (event = mr_lane_next(lane, &record)) != MR_TURN_OVER) {
        if (event == MR_TURN_RECORD) {
            status = mr_engine_record(worker->engine, &record);
            (void)mr_stop_after(&lane->stop, &record);
            if (++since % RECORDS_BETWEEN_PROGRESS == 0 && worker->run->way == MR_RUN_ALONE)
                show_progress(worker->run, mr_reader_name(lane->reader));
        } else if (event == MR_TURN_BEGIN) {
            status = mr_worker_begin_input(worker, mr_reader_name(lane->reader));
        } else if (event == MR_TURN_END) {
            status = mr_worker_end_input(worker, mr_reader_name(lane->end.reader));
        }
    }
    return status;
}

int mr_run_close_turn(struct mr_run *run, struct mr_lane *lane)
{
    if (lane->last_tod != 0)
        run->account->interrupted.tod = lane->last_tod;
    return lane->end.name == NULL ? MR_OK : mr_run_take_input(run, &lane->end);
}

static int work_alone(struct mr_run *run)
{
    struct mr_lane *lane;
    int status = MR_OK;

    while (status == MR_OK && (lane = mr_lanes_pick(run)) != NULL) {
        status = mr_worker_take_turn(&run->workers[0], lane);
        show_progress(run, lane->inputs[lane->next - 1].name);
        if (status == MR_OK)
            status = mr_run_close_turn(run, lane);
        mr_lane_yield(lane);
    }
    return status;
}

static void note_stop(struct mr_run *run)
{
    size_t not_read = 0;

    for (size_t l = 0; l < run->lane_count; l++)
        not_read += run->lanes[l].count - run->lanes[l].next;
    if (not_read == run->options->input_count)
        run->account->interrupted.input = run->inputs[0].name;
    mr_run_note_stop(run, not_read);
}

static int finish_engines(struct mr_run *run)
{
    int status = MR_OK;

    for (size_t l = 0; l < run->lane_count; l++) {
        for (size_t w = 0; w < run->worker_count && status == MR_OK; w++) {
            if (run->workers[w].engines[l] == NULL)
                continue;
            mr_worker_turn(&run->workers[w], &run->lanes[l]);
            status = mr_engine_finish(run->workers[w].engine);
            if (status == MR_OK && run->way == MR_RUN_BESIDE)
                status = mr_writer_hand_over(run->workers[w].writer);
        }
    }
    return status;
}

int mr_run_inputs(struct mr_run *run)
{
    static int (*const ways[])(struct mr_run *) = {
        [MR_RUN_ALONE] = work_alone, [MR_RUN_CREW] = mr_run_crew, [MR_RUN_BESIDE] = mr_run_beside};
    int status = mr_exits_begin_run(run->exits);

    if (status == MR_OK)
        status = ways[run->way](run);
    if (status == MR_OK && (run->stopped || mr_stop_count(run->options->stop) > 0))
        note_stop(run);
    if (status == MR_OK)
        status = finish_engines(run);
    return status == MR_OK ? mr_exits_end_run(run->exits) : status;
}

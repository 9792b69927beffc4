/* SPDX-License-Identifier: Apache-2.0 */
/* The inputs of a run, in the order of their times. */
#include "pipeline/run.h"

#include "reader/tod.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define RECORDS_BETWEEN_PROGRESS 8192u

/* An input and the time of its first record, for the order of reading. */
struct ordered {
    const char *name;
    size_t place; /* on the command line */
    uint64_t tod; /* 0: not known */
    uint64_t size;
};

/* The first record of a file, read beforehand and silently: what is wrong will be said when its turn comes. */
static void probe(struct ordered *input)
{
    struct mr_reader *reader = NULL;
    struct mr_record record;
    struct stat about;

    if (strcmp(input->name, "-") == 0 || stat(input->name, &about) != 0 || !S_ISREG(about.st_mode))
        return;
    input->size = (uint64_t)about.st_size;
    if (mr_reader_open(&reader, input->name, NULL) != MR_OK)
        return;
    if (mr_reader_next(reader, &record) == MR_OK)
        input->tod = record.tod;
    mr_reader_close(reader);
}

static int by_time(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;

    if (x->tod != 0 && y->tod != 0 && x->tod != y->tod)
        return mr_tod_difference(x->tod, y->tod) < 0 ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static struct ordered *order_inputs(struct mr_run *run)
{
    const struct mr_pipeline_options *options = run->options;
    struct ordered *inputs = calloc(options->input_count, sizeof *inputs);

    for (size_t i = 0; inputs != NULL && i < options->input_count; i++) {
        inputs[i] = (struct ordered){.name = options->inputs[i], .place = i};
        probe(&inputs[i]);
        run->total_bytes += inputs[i].size;
    }
    if (inputs != NULL)
        qsort(inputs, options->input_count, sizeof *inputs, by_time);
    return inputs;
}

void mr_run_progress(const struct mr_run *run, const char *input, uint64_t bytes, uint64_t input_bytes, uint64_t rows)
{
    struct mr_progress progress = {
        .input = input,
        .input_bytes = run->input_bytes_before + input_bytes,
        .total_bytes = run->total_bytes,
        .bytes = run->bytes_before + bytes,
        .rows = rows,
    };

    if (run->options->progress != NULL)
        run->options->progress(run->options->context, &progress);
}

static void show_progress(const struct mr_run *run, const struct mr_reader *reader)
{
    const struct mr_reader_counts *counts = mr_reader_counts(reader);
    uint64_t rows = 0;

    for (size_t w = 0; w < run->worker_count; w++)
        rows += mr_engine_counts(run->workers[w].engine)->rows;
    mr_run_progress(run, mr_reader_name(reader), counts->bytes, counts->input_bytes, rows);
}

/* Records from the reader to the only worker, in this thread. */
static int reduce_records(struct mr_run *run, struct mr_reader *reader)
{
    struct mr_engine *engine = run->workers[0].engine;
    struct mr_record record;
    unsigned since = 0;
    int status;

    while (mr_reader_next(reader, &record) == MR_OK) {
        status = mr_engine_record(engine, &record);
        if (status != MR_OK)
            return status;
        run->account->interrupted.tod = record.tod;
        if (mr_stop_after(&run->stop, &record))
            break;
        if (++since == RECORDS_BETWEEN_PROGRESS) {
            show_progress(run, reader);
            since = 0;
        }
    }
    /* A reading error ends this input, not the run: what came before it is kept. */
    return MR_OK;
}

static int end_engines(struct mr_run *run)
{
    int status = MR_OK;

    for (size_t w = 0; w < run->worker_count && status == MR_OK; w++)
        status = mr_engine_end_input(run->workers[w].engine);
    return status;
}

/* One input.  Only the engines, the writers and the exits can end the run. */
static int reduce_input(struct mr_run *run, const char *name)
{
    struct mr_reader *reader = NULL;
    struct mr_relay relay;
    int status;

    mr_relay_open(&relay, run->options->log);
    if (mr_reader_open_until(&reader, name, run->options->stop, run->threads ? &relay.log : run->options->log) !=
        MR_OK) {
        mr_run_note_input(run, name, NULL);
        return mr_account_add_input(run->account, name, NULL) == MR_OK ? MR_OK : mr_run_no_memory(run);
    }
    for (size_t w = 0; w < run->worker_count; w++)
        mr_engine_begin_input(run->workers[w].engine, mr_reader_name(reader));
    status = mr_exits_begin_input(run->exits, mr_reader_name(reader));
    if (status == MR_OK)
        status = run->threads ? mr_run_crew(run, reader, &relay) : reduce_records(run, reader);
    if (status == MR_OK)
        status = end_engines(run);
    if (status == MR_OK)
        status = mr_exits_end_input(run->exits, mr_reader_name(reader));
    if (status == MR_OK && mr_account_add_input(run->account, name, reader) != MR_OK)
        status = mr_run_no_memory(run);
    mr_run_note_input(run, name, reader);
    show_progress(run, reader);
    run->bytes_before += mr_reader_counts(reader)->bytes;
    run->input_bytes_before += mr_reader_counts(reader)->input_bytes;
    mr_reader_close(reader);
    return status;
}

int mr_run_inputs(struct mr_run *run)
{
    struct ordered *inputs = order_inputs(run);
    size_t next = 0;
    int status;

    if (inputs == NULL)
        return mr_run_no_memory(run);
    status = mr_exits_begin_run(run->exits);
    while (next < run->options->input_count && status == MR_OK && !mr_stop_here(&run->stop))
        status = reduce_input(run, inputs[next++].name);
    if (status == MR_OK && mr_stop_here(&run->stop)) {
        if (next == 0)
            run->account->interrupted.input = inputs[0].name;
        mr_run_note_stop(run, run->options->input_count - next);
    }
    free(inputs);
    for (size_t w = 0; w < run->worker_count && status == MR_OK; w++)
        status = mr_engine_finish(run->workers[w].engine);
    return status == MR_OK ? mr_exits_end_run(run->exits) : status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In which way the inputs are worked on.  Where there are as many lanes as threads, each lane is one thread's work from
 * the first byte to the last; else tables are shared out.  What comes out is the same for any way and sharing, so that
 * sharing may follow the data: the first records of the first input tell how much work each table will be, and the
 * largest are given away first.
 */
#include "pipeline/run.h"

#include "domains/census.h"
#include "writers/writer.h"

#include <stdlib.h>
#include <string.h>

#define PROBE_BYTES (UINT64_C(8) * 1024 * 1024) /* of records: a sample of a large system */
#define PROBE_SAMPLES 3                         /* the first may be cut off */

/* Tables that one worker has to make. */
struct unit {
    size_t number;
    double work;
    bool wanted;
};

/* All tables are thought of as equal where the input cannot be read twice. */
static void count_everything(struct mr_census *census)
{
    for (unsigned d = 0; d <= MR_DOMAIN_MAX; d++) {
        for (unsigned n = 0; n <= MR_NUMBER_MAX; n++)
            census->cells[d][n] = (struct mr_census_cell){.count = 1, .bytes = 1};
    }
}

static void probe(const struct mr_run *run, struct mr_census *census)
{
    struct mr_reader *reader = NULL;
    struct mr_record record;

    for (size_t i = 0; i < run->options->input_count && census->records == 0; i++) {
        if (strcmp(run->options->inputs[i], "-") == 0 ||
            mr_reader_open(&reader, run->options->inputs[i], NULL) != MR_OK)
            continue;
        while (census->bytes < PROBE_BYTES && census->sample_ends < PROBE_SAMPLES &&
               mr_reader_next(reader, &record) == MR_OK)
            mr_census_record(census, &record);
        mr_reader_close(reader);
    }
    if (census->records == 0)
        count_everything(census);
}

static int by_work(const void *a, const void *b)
{
    const struct unit *x = a, *y = b;

    if (x->work != y->work)
        return x->work < y->work ? 1 : -1;
    return x->number < y->number ? -1 : 1;
}

/* Units with their work, those that nobody wants at the end.  Returns how many are wanted. */
static size_t weigh_units(const struct mr_run *run, const size_t *unit, size_t count, const struct mr_census *census,
                          struct unit *units)
{
    const struct mr_engine *engine = run->workers[0].engine;
    size_t plans, wanted = 0;
    struct mr_plan *const *plan = mr_engine_plans(engine, &plans);

    for (size_t u = 0; u < count; u++)
        units[u] = (struct unit){.number = u, .work = -1};
    for (size_t p = 0; p < plans; p++) {
        struct unit *mine = &units[unit[p]];

        wanted += plan[p]->wanted && !mine->wanted;
        mine->wanted |= plan[p]->wanted;
        if (mine->work < 0)
            mine->work = 0;
        mine->work += mr_engine_work(engine, plan[p], census);
    }
    for (size_t u = 0; u < count; u++) {
        if (!units[u].wanted)
            units[u].work = -1;
    }
    qsort(units, count, sizeof *units, by_work);
    return wanted;
}

/* The largest unit to who has least to do, and so on: owner[u] is the worker of unit u. */
static void give_away(const struct unit *units, size_t count, size_t workers, size_t *owner)
{
    double load[MR_WORKERS_MAX] = {0};

    for (size_t u = 0; u < count; u++) {
        size_t least = 0;

        for (size_t w = 1; w < workers; w++)
            least = load[w] < load[least] ? w : least;
        owner[units[u].number] = least;
        load[least] += units[u].work > 0 ? units[u].work : 0;
    }
}

static int keep_own(struct mr_run *run, const size_t *unit, const size_t *owner, size_t plans)
{
    bool *mine = calloc(plans + 1, sizeof *mine);

    if (mine == NULL)
        return mr_run_no_memory(run);
    for (size_t w = 0; w < run->worker_count; w++) {
        for (size_t p = 0; p < plans; p++)
            mine[p] = owner[unit[p]] == w;
        for (size_t l = 0; l < run->lane_count; l++)
            mr_engine_keep(run->workers[w].engines[l], mine);
    }
    free(mine);
    return MR_OK;
}

/* Further engines want what the first one wants. */
static int open_another(struct mr_run *run, size_t worker, size_t lane)
{
    size_t plans;
    struct mr_plan *const *first = mr_engine_plans(run->workers[0].engine, &plans), *const *plan;

    if (run->workers[worker].engines[lane] != NULL)
        return MR_OK;
    if (mr_run_open_engine(run, worker, lane) != MR_OK)
        return MR_FATAL;
    plan = mr_engine_plans(run->workers[worker].engines[lane], &plans);
    for (size_t p = 0; p < plans; p++)
        plan[p]->wanted = first[p]->wanted;
    return MR_OK;
}

/* So many workers, each with an engine for every lane. */
static int open_others(struct mr_run *run, size_t workers)
{
    int status = MR_OK;

    for (size_t w = 0; w < workers && status == MR_OK; w++) {
        run->worker_count = w + 1;
        for (size_t l = 0; l < run->lane_count && status == MR_OK; l++)
            status = open_another(run, w, l);
        run->workers[w].engine = run->workers[w].engines[0];
        run->workers[w].tables = run->tables;
    }
    return status;
}

static int share_out(struct mr_run *run, size_t *unit, struct unit *units, size_t *owner, struct mr_census *census)
{
    size_t plans, count, wanted, workers = run->options->threads;

    (void)mr_engine_plans(run->workers[0].engine, &plans);
    count = mr_engine_units(run->workers[0].engine, unit);
    probe(run, census);
    wanted = weigh_units(run, unit, count, census, units);
    if (workers * run->lane_count > MR_WORKERS_MAX)
        workers = MR_WORKERS_MAX / run->lane_count;
    if (workers > wanted)
        workers = wanted;
    if (workers < 2)
        return MR_OK;
    if (open_others(run, workers) != MR_OK)
        return MR_FATAL;
    give_away(units, count, workers, owner);
    return keep_own(run, unit, owner, plans);
}

/* Tables shared out among a crew. */
static int share_tables(struct mr_run *run)
{
    size_t plans;
    size_t *unit, *owner;
    struct unit *units;
    struct mr_census *census;
    int status;

    (void)mr_engine_plans(run->workers[0].engine, &plans);
    unit = calloc(plans + 1, sizeof *unit);
    owner = calloc(plans + 1, sizeof *owner);
    units = calloc(plans + 1, sizeof *units);
    census = calloc(1, sizeof *census);
    status = unit != NULL && owner != NULL && units != NULL && census != NULL
                 ? share_out(run, unit, units, owner, census)
                 : mr_run_no_memory(run);
    free(census);
    free(units);
    free(owner);
    free(unit);
    return status;
}

/* A worker for each lane, with an engine for that one alone and tables of its own. */
static int share_lanes(struct mr_run *run)
{
    size_t plans;
    int status = MR_OK;

    (void)mr_engine_plans(run->workers[0].engine, &plans);
    run->way = MR_RUN_BESIDE;
    for (size_t w = 0; w < run->lane_count && status == MR_OK; w++) {
        struct mr_worker *worker = &run->workers[w];

        run->worker_count = w + 1;
        status = open_another(run, w, w);
        worker->engine = worker->engines[w];
        worker->tables = calloc(plans + 1, sizeof *worker->tables);
        if (worker->tables == NULL)
            status = mr_run_no_memory(run);
    }
    return status;
}

/* Exits see all tables in one thread, and tables of one file are written by one. */
static bool can_share(const struct mr_run *run)
{
    return run->threads && run->account->reduced && run->exits == NULL && !run->options->chp_sel &&
           mr_writer_suffix(run->options->format, &run->options->output)[0] != '\0';
}

int mr_run_share(struct mr_run *run)
{
    const struct mr_pipeline_options *options = run->options;

    if (run->threads && run->lane_count > 1 && run->lane_count >= options->threads &&
        mr_writer_can_append(options->format, &options->output))
        return share_lanes(run);
    run->way = run->threads ? MR_RUN_CREW : MR_RUN_ALONE;
    if (open_others(run, 1) != MR_OK)
        return MR_FATAL;
    return can_share(run) ? share_tables(run) : MR_OK;
}

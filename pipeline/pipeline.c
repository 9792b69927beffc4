/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline/run.h"

#include "account/stale.h"
#include "pipeline/ways.h"
#include "dictionary/dictionary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANIFEST "manifest.json"

/* What a writer asks with. */
struct mr_origin {
    const struct mr_dictionary *dictionary;
    const struct mr_plan *plan;
};

static void put_source(const void *context, size_t column, FILE *out)
{
    const struct mr_origin *origin = context;

    mr_dictionary_source(origin->dictionary, origin->plan, (unsigned)column, out);
}

/* What writers are told of a table; the records that it is made from as "0/1 0/2". */
static void describe_table(struct mr_run *run, const struct mr_plan *plan, struct mr_table_head *head)
{
    char *source = run->sources[plan->number];
    size_t used = 0;

    for (unsigned r = 0; r < plan->table->record_count && used + 12 < MR_SOURCE_MAX; r++)
        used += (size_t)sprintf(source + used, "%s%u/%u", r > 0 ? " " : "", plan->table->records[r].domain % 1000u,
                                plan->table->records[r].number % 1000u);
    run->origins[plan->number] = (struct mr_origin){&run->dictionary, plan};
    *head = (struct mr_table_head){.name = plan->table->name,
                                   .title = plan->table->title,
                                   .columns = plan->columns,
                                   .column_count = plan->column_count,
                                   .source = source,
                                   .put_source = put_source,
                                   .context = &run->origins[plan->number]};
}

static int begin_table(const struct mr_worker *worker, const struct mr_plan *plan)
{
    return mr_writer_begin(worker->writer, &worker->run->heads[plan->number], &worker->tables[plan->number]);
}

/* A table appears with its first row: tables that have none leave no file. */
static int write_row(void *context, struct mr_plan *plan, struct mr_cell *cells)
{
    struct mr_worker *worker = context;
    struct mr_run *run = worker->run;
    struct mr_writer_table **table = &worker->tables[plan->number];

    if (worker->writer == NULL)
        return MR_OK; /* a trial of exits */
    if (*table == NULL && begin_table(worker, plan) != MR_OK)
        return MR_FATAL;
    if (run->options->output.times != MR_TIMES_UTC) {
        const struct mr_identity *identity = mr_engine_row_identity(worker->engine);

        mr_writer_zone(worker->writer, identity->zone_known, identity->zone_seconds);
    }
    mr_writer_input(worker->writer, worker->other_bytes + mr_engine_counts(worker->engine)->record_bytes);
    return mr_writer_row(*table, cells);
}

int mr_run_no_memory(const struct mr_run *run)
{
    mr_report(run->options->log, MR_MSG_PROGRAM_MEMORY, MR_NOWHERE, "%s", "");
    return MR_FATAL;
}

/* Tables that were asked for and have no rows: each by the worker that would have made them. */
static int begin_empty_tables(struct mr_run *run)
{
    int status = MR_OK;

    for (size_t w = 0; run->options->empty_tables && w < run->worker_count; w++) {
        size_t count;
        struct mr_plan *const *plans = mr_engine_plans(run->workers[w].engine, &count);
        struct mr_writer *writer = run->way == MR_RUN_BESIDE ? run->writer : run->workers[w].writer;

        for (size_t p = 0; p < count && status == MR_OK; p++) {
            if (plans[p]->wanted && run->tables[p] == NULL)
                status = mr_writer_begin(writer, &run->heads[p], &run->tables[p]);
        }
    }
    return status;
}

/* What the engines of a lane have counted, in the first of them. */
static struct mr_engine *gather_lane(struct mr_run *run, size_t lane)
{
    struct mr_engine *all = NULL;

    for (size_t w = 0; w < run->worker_count; w++) {
        struct mr_engine *engine = run->workers[w].engines[lane];

        if (all != NULL && engine != NULL)
            mr_engine_gather(all, engine);
        else if (engine != NULL)
            all = engine;
    }
    return all;
}

/* What all engines have counted, in the very first one.  NULL when memory is short. */
static struct mr_engine *gather_engines(struct mr_run *run)
{
    struct mr_engine *all = gather_lane(run, 0);

    for (size_t l = 1; l < run->lane_count; l++) {
        if (mr_engine_join(all, gather_lane(run, l)) != MR_OK)
            return NULL;
    }
    return all;
}

/* All that is known of the run, while the engine still has it. */
static int take_account(struct mr_run *run)
{
    struct mr_engine *all = gather_engines(run);
    struct mr_plan *const *plans;
    size_t count;
    int status;

    if (all == NULL)
        return mr_run_no_memory(run);
    plans = mr_engine_plans(all, &count);
    status = mr_account_take_engine(run->account, all);

    for (size_t p = 0; p < count && status == MR_OK; p++) {
        if (run->tables[p] != NULL)
            status = mr_account_add_table(run->account, plans[p], mr_writer_rows(run->tables[p]));
    }
    run->account->exits = mr_exits_results(run->exits, &run->account->exit_count);
    if (status != MR_OK)
        return mr_run_no_memory(run);
    mr_account_tell_falls(run->account, run->options->log);
    /* A trial of exits writes nothing that could be compared. */
    if (run->writer != NULL || !run->account->reduced)
        mr_account_check(run->account, run->options->log);
    return MR_OK;
}

static int write_dictionary_file(struct mr_run *run, const struct mr_dictionary *dictionary,
                                 const struct mr_dictionary_file *file)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    int status = MR_FATAL;
    bool failed;

    if (memory == NULL)
        return mr_run_no_memory(run);
    file->put(dictionary, memory);
    /* Where memory for the last bytes is short, closing may succeed all the same and leave nothing. */
    failed = ferror(memory) != 0;
    failed = fclose(memory) != 0 || text == NULL || failed;
    if (!failed)
        status = run->ways == NULL ? mr_writer_file(run->writer, file->name, text, size)
                                   : run->ways->file(run->ways->context, file->name, text, size);
    else
        mr_run_no_memory(run);
    free(text);
    return status;
}

/* What the columns of the tables mean, for those that have rows. */
static int write_dictionary(struct mr_run *run)
{
    static const char *const zones[] = {
        [MR_TIMES_UTC] = "UTC", [MR_TIMES_LOCAL] = "local", [MR_TIMES_BOTH] = "UTC, those of columns ..._LOCAL local"};
    const struct mr_writer_options *output = &run->options->output;
    struct mr_dictionary dictionary = {.schema = run->options->schema,
                                       .gzip = output->gzip,
                                       .split = output->split != MR_SPLIT_NONE,
                                       .zone = zones[output->times]};
    struct mr_dictionary_table *tables;
    int status = MR_OK;

    dictionary.plans = mr_engine_plans(run->workers[0].engine, &dictionary.plan_count);
    dictionary.tables = tables = calloc(dictionary.plan_count + 1, sizeof *tables);
    if (tables == NULL)
        return mr_run_no_memory(run);
    for (size_t p = 0; p < dictionary.plan_count; p++) {
        struct mr_dictionary_table *table = &tables[dictionary.table_count];
        const struct mr_writer_table *made =
            run->ways == NULL ? run->tables[p] : run->ways->table(run->ways->context, dictionary.plans[p]);

        if (made == NULL)
            continue;
        table->plan = dictionary.plans[p];
        table->columns = mr_writer_columns(made, &table->column_count);
        dictionary.table_count++;
    }
    for (const struct mr_dictionary_file *file = mr_dictionary_files; file->name != NULL && status == MR_OK; file++) {
        if (file->always || (run->options->dictionary && !(file->whole && dictionary.split)))
            status = write_dictionary_file(run, &dictionary, file);
    }
    free(tables);
    return status;
}

static int write_manifest(struct mr_run *run)
{
    size_t size;
    char *text = mr_account_json(run->account, &size);
    int status;

    if (text == NULL)
        return mr_run_no_memory(run);
    status = mr_writer_file(run->writer, MANIFEST, text, size);
    free(text);
    return status;
}

static int remove_stale(void *context, const char *name)
{
    return mr_writer_remove(context, name);
}

/* Files of an earlier run that this one does not make anew, and those of the other kind, compressed or not. */
static int mark_stale(const struct mr_run *run, struct mr_stale *stale)
{
    struct mr_writer_options other = run->options->output;
    const char *folder = run->options->folder, *suffix = mr_writer_suffix(run->options->format, &other);
    struct mr_writer *writer = run->writer;
    int status = suffix[0] == '\0' ? MR_OK : mr_stale_each(stale, folder, suffix, remove_stale, writer);

    other.gzip = !other.gzip;
    if (status != MR_OK || strcmp(mr_writer_suffix(run->options->format, &other), suffix) == 0)
        return status;
    mr_stale_forget(stale);
    return mr_stale_each(stale, folder, mr_writer_suffix(run->options->format, &other), remove_stale, writer);
}

/* What an earlier run left that this one does not make goes when the new files take their places. */
static int find_stale(struct mr_run *run)
{
    struct mr_stale *stale;
    size_t count;
    struct mr_plan *const *plans = mr_engine_plans(run->workers[0].engine, &count);
    int status = mr_stale_note(&stale, run->options->folder);

    for (size_t p = 0; p < count && status == MR_OK; p++) {
        if (run->tables[p] != NULL)
            status = mr_stale_keep(stale, plans[p]->table->name, mr_writer_files(run->tables[p]));
    }
    if (status == MR_OK)
        status = mark_stale(run, stale);
    mr_stale_free(stale);
    return status == MR_OK ? MR_OK : mr_run_no_memory(run);
}

/* Everything in place at once. */
static int finish_files(struct mr_run *run)
{
    struct mr_writer *writers[MR_WORKERS_MAX];

    if (run->way == MR_RUN_BESIDE)
        return mr_writer_finish(run->writer);
    for (size_t w = 0; w < run->worker_count; w++)
        writers[w] = run->workers[w].writer;
    return mr_writer_finish_all(writers, run->worker_count);
}

/* A run that was stopped before its first record has nothing to put in the place of what is there. */
static bool is_empty_stop(const struct mr_run *run)
{
    return run->account->interrupted.by != 0 && run->account->interrupted.tod == 0;
}

/* A failure that has been told of has its return code; what has not can only be memory. */
static int settle(const struct mr_run *run, int status)
{
    return status != MR_OK && run->options->log->code < 16 ? mr_run_no_memory(run) : status;
}

static int open_exits(struct mr_run *run)
{
    const struct mr_pipeline_options *options = run->options;
    const struct mr_exits_options exits = {.schema = options->schema,
                                           .specs = options->exits,
                                           .count = options->exit_count,
                                           .folder = options->folder,
                                           .observe = options->observe,
                                           .context = options->observer,
                                           .log = run->workers[0].log};

    return options->exit_count == 0 ? MR_OK : mr_exits_open(&run->exits, &exits);
}

int mr_run_open_engine(struct mr_run *run, size_t number, size_t lane)
{
    static const char *const none[] = {NULL};
    const struct mr_pipeline_options *options = run->options;
    struct mr_worker *worker = &run->workers[number];
    const struct mr_engine_options engine = {.schema = options->schema,
                                             .tables = run->account->reduced ? options->tables : none,
                                             .systems = options->systems,
                                             .strict = options->strict,
                                             .row = run->ways == NULL ? write_row : run->ways->row,
                                             .context = run->ways == NULL ? worker : run->ways->context,
                                             .recall = run->ways == NULL ? NULL : run->ways->recall,
                                             .log = worker->log,
                                             .hooks = run->exits == NULL ? NULL : mr_exits_hooks(run->exits),
                                             .chp_sel = options->chp_sel,
                                             .readings = options->readings,
                                             .from = options->from,
                                             .to = options->to,
                                             .local_limits = options->output.times == MR_TIMES_LOCAL,
                                             .second = number > 0 && run->way != MR_RUN_BESIDE,
                                             .claim = run->lane_count > 1 ? mr_lane_claim : NULL,
                                             .claimant = &run->lanes[lane]};

    return mr_engine_open(&worker->engines[lane], &engine);
}

/* The first engine, and what the run keeps of each of its plans. */
static int open_engine(struct mr_run *run)
{
    size_t plans;

    if (mr_run_open_engine(run, 0, 0) != MR_OK)
        return MR_FATAL;
    run->workers[0].engine = run->workers[0].engines[0];
    (void)mr_engine_plans(run->workers[0].engine, &plans);
    run->heads = calloc(plans + 1, sizeof *run->heads);
    run->tables = calloc(plans + 1, sizeof *run->tables);
    run->sources = calloc(plans + 1, sizeof *run->sources);
    run->origins = calloc(plans + 1, sizeof *run->origins);
    run->dictionary = (struct mr_dictionary){.schema = run->options->schema};
    run->dictionary.plans = mr_engine_plans(run->workers[0].engine, &run->dictionary.plan_count);
    run->workers[0].tables = run->tables;
    if (run->heads == NULL || run->tables == NULL || run->sources == NULL || run->origins == NULL)
        return mr_run_no_memory(run);
    for (size_t p = 0; p < plans; p++)
        describe_table(run, run->dictionary.plans[p], &run->heads[p]);
    return MR_OK;
}

/* Whether some table has this column, as the options make its columns. */
static bool is_known_column(const struct mr_run *run, const char *name)
{
    struct mr_writer_options output = run->options->output;
    const char *const one[] = {name, NULL};
    size_t count;
    struct mr_plan *const *plans = mr_engine_plans(run->workers[0].engine, &count);
    bool known = false;

    output.columns = one;
    output.partition = false;
    for (size_t p = 0; p < count && !known; p++) {
        struct mr_table_head head = {.columns = plans[p]->columns, .column_count = plans[p]->column_count};

        known = plans[p]->wanted && mr_writer_wants(&head, &output);
    }
    return known;
}

/* Only tables that have some of the columns are made. */
static int choose_columns(struct mr_run *run)
{
    const struct mr_writer_options *output = &run->options->output;
    size_t count;
    struct mr_plan *const *plans = mr_engine_plans(run->workers[0].engine, &count);
    int status = MR_OK;

    for (size_t i = 0; output->columns != NULL && output->columns[i] != NULL; i++) {
        if (!is_known_column(run, output->columns[i])) {
            mr_report(run->options->log, MR_MSG_OUTPUT_COLUMN, MR_NOWHERE, "%s", output->columns[i]);
            status = MR_FATAL;
        }
    }
    for (size_t p = 0; p < count && output->columns != NULL; p++) {
        struct mr_table_head head = {.columns = plans[p]->columns, .column_count = plans[p]->column_count};

        plans[p]->wanted &= mr_writer_wants(&head, output); /* a partition's folder is no column */
    }
    return status;
}

static int open_writers(struct mr_run *run)
{
    const struct mr_pipeline_options *options = run->options;
    struct mr_writer_options writer = options->output;
    struct mr_stale *stale;

    snprintf(run->account->schema_digest, sizeof run->account->schema_digest, "%016" PRIX64,
             mr_schema_digest(options->schema));
    run->account->output = (struct mr_account_output){.format = options->format,
                                                      .split = mr_writer_split_word(&writer),
                                                      .time = mr_writer_times_word(&writer),
                                                      .partition = writer.partition,
                                                      .gzip = writer.gzip};
    writer.folder = options->folder;
    writer.version = MR_VERSION;
    writer.schema = run->account->schema_digest;
    if (mr_stale_note(&stale, options->folder) != MR_OK)
        return mr_run_no_memory(run);
    writer.relaid = mr_stale_relaid(stale, &run->account->output);
    mr_stale_free(stale);
    if (run->way == MR_RUN_BESIDE)
        return mr_writer_open(&run->writer, options->format, &writer, options->log);
    for (size_t w = 0; w < run->worker_count; w++) {
        if (mr_writer_open(&run->workers[w].writer, options->format, &writer, run->workers[w].log) != MR_OK)
            return MR_FATAL;
    }
    run->writer = run->workers[0].writer;
    return MR_OK;
}

static int check_tables(const struct mr_pipeline_options *options)
{
    int status = MR_OK;

    for (size_t i = 0; options->tables != NULL && options->tables[i] != NULL; i++) {
        if (mr_schema_table(options->schema, options->tables[i]) == NULL) {
            mr_report(options->log, MR_MSG_UNKNOWN_TABLE, MR_NOWHERE, "%s", options->tables[i]);
            status = MR_FATAL;
        }
    }
    return status;
}

/* run is all zero. */
static void begin_run(struct mr_run *run, const struct mr_pipeline_options *options, struct mr_account *account,
                      bool reduced)
{
    *account = (struct mr_account){
        .schema = options->schema, .log = options->log, .version = MR_VERSION, .reduced = reduced};
    run->options = options;
    run->account = account;
    run->worker_count = 1;
    run->threads = options->threads > 1;
    for (size_t w = 0; w < MR_WORKERS_MAX; w++) {
        struct mr_worker *worker = &run->workers[w];

        mr_relay_open(&worker->relay, options->log);
        worker->run = run;
        worker->log = run->threads ? &worker->relay.log : options->log;
    }
}

/* It is too large for a stack that may not be able to grow.  NULL after a message; the account is empty then. */
static struct mr_run *new_run(const struct mr_pipeline_options *options, struct mr_account *account, bool reduced)
{
    struct mr_run *run = calloc(1, sizeof *run);

    if (run != NULL) {
        begin_run(run, options, account, reduced);
        return run;
    }
    *account = (struct mr_account){.log = options->log};
    mr_report(options->log, MR_MSG_PROGRAM_MEMORY, MR_NOWHERE, "%s", "");
    return NULL;
}

static void end_run(struct mr_run *run)
{
    mr_exits_close(run->exits);
    mr_run_beside_end(run);
    for (size_t w = 0; w < run->worker_count; w++) {
        for (size_t l = 0; l < MR_LANES_MAX; l++)
            mr_engine_close(run->workers[w].engines[l]);
        if (run->workers[w].tables != run->tables)
            free(run->workers[w].tables);
    }
    mr_lanes_close(run);
    free(run->heads);
    free(run->tables);
    free(run->sources);
    free(run->origins);
}

/* Nothing that was written gets its name. */
static void abandon_files(struct mr_run *run)
{
    if (run->way == MR_RUN_BESIDE)
        mr_writer_abandon(run->writer);
    for (size_t w = 0; w < run->worker_count && run->way != MR_RUN_BESIDE; w++)
        mr_writer_abandon(run->workers[w].writer);
}

/* What a run is made of, one after the other until something fails. */
typedef int step(struct mr_run *run);

static int take_steps(struct mr_run *run, step *const *steps)
{
    int status = MR_OK;

    while (*steps != NULL && status == MR_OK)
        status = (*steps++)(run);
    return status;
}

/* Everything from the first input to the last file in its place. */
static int reduce(struct mr_run *run)
{
    static step *const steps[] = {open_exits,     mr_lanes_plan, open_engine,   choose_columns,
                                  mr_run_share,   open_writers,  mr_run_inputs, begin_empty_tables,
                                  take_account,   write_dictionary, write_manifest, NULL};
    int status = take_steps(run, steps);

    mr_exits_shut(run->exits);
    if (status == MR_OK)
        status = find_stale(run);
    if (status == MR_OK && !is_empty_stop(run))
        return finish_files(run);
    abandon_files(run);
    return status;
}

/* Lanes have turned out to have a system in common: all is forgotten, and nothing has been put in place. */
static void begin_again(struct mr_run *run, const struct mr_log *before)
{
    const struct mr_pipeline_options *options = run->options;
    struct mr_account *account = run->account;
    char system[sizeof run->mixed];

    memcpy(system, run->mixed, sizeof system);
    end_run(run);
    mr_account_free(account);
    *options->log = *before;
    mr_report(options->log, MR_MSG_READ_AGAIN, MR_NOWHERE, "%s", system);
    memset(run, 0, sizeof *run);
    begin_run(run, options, account, true);
    run->in_sequence = true;
}

/* The end of a run that has one structure of its own. */
static int free_run(struct mr_run *run, int status)
{
    status = settle(run, status);
    end_run(run);
    free(run);
    return status;
}

int mr_pipeline_reduce(const struct mr_pipeline_options *options, struct mr_account *account)
{
    struct mr_log before = *options->log;
    struct mr_run *run;
    int status;

    if (options->state != NULL)
        return mr_pipeline_reduce_state(options, account);
    run = new_run(options, account, true);
    if (run == NULL)
        return MR_FATAL;
    status = check_tables(options);
    if (status == MR_OK)
        status = reduce(run);
    if (run->mixed[0] != '\0') {
        begin_again(run, &before);
        status = reduce(run);
    }
    return free_run(run, status);
}

int mr_pipeline_exit_test(const struct mr_pipeline_options *options, struct mr_account *account)
{
    static step *const steps[] = {open_exits,    mr_lanes_plan, open_engine, mr_run_share,
                                  mr_run_inputs, take_account,  NULL};
    struct mr_run *run = new_run(options, account, true);
    int status;

    if (run == NULL)
        return MR_FATAL;
    status = check_tables(options);
    if (status == MR_OK)
        status = take_steps(run, steps);
    return free_run(run, status);
}

int mr_pipeline_census(const struct mr_pipeline_options *options, struct mr_account *account)
{
    static step *const steps[] = {mr_lanes_plan, open_engine, mr_run_share, mr_run_inputs, take_account, NULL};
    struct mr_run *run = new_run(options, account, false);

    return run == NULL ? MR_FATAL : free_run(run, take_steps(run, steps));
}

int mr_run_open(struct mr_run *run, const struct mr_pipeline_options *options, struct mr_account *account,
                const struct mr_run_ways *ways)
{
    int status = check_tables(options);

    begin_run(run, options, account, true);
    run->ways = ways;
    if (status == MR_OK)
        status = open_exits(run);
    if (status == MR_OK)
        status = open_engine(run);
    if (status == MR_OK)
        status = choose_columns(run);
    return status == MR_OK ? mr_exits_begin_run(run->exits) : status;
}

int mr_run_finish(struct mr_run *run)
{
    int status = mr_exits_end_run(run->exits);

    if (status == MR_OK)
        status = take_account(run);
    return status == MR_OK ? write_dictionary(run) : status;
}

void mr_run_close(struct mr_run *run)
{
    mr_exits_shut(run->exits);
    end_run(run);
}

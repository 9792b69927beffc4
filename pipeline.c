/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline_run.h"

#include "account/stale.h"
#include "dictionary/dictionary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANIFEST "manifest.json"

/* What writers are told of a table; the records that it is made from as "0/1 0/2". */
static void describe_table(struct mr_run *run, const struct mr_plan *plan, struct mr_table_head *head)
{
    char *source = run->sources[plan->number];
    size_t used = 0;

    for (unsigned r = 0; r < plan->table->record_count && used + 12 < MR_SOURCE_MAX; r++)
        used += (size_t)sprintf(source + used, "%s%u/%u", r > 0 ? " " : "", plan->table->records[r].domain % 1000u,
                                plan->table->records[r].number % 1000u);
    *head = (struct mr_table_head){plan->table->name, plan->table->title, plan->columns, plan->column_count, source};
}

/* A table appears with its first row: tables that have none leave no file. */
static int write_row(void *context, struct mr_plan *plan, struct mr_cell *cells)
{
    struct mr_worker *worker = context;
    struct mr_run *run = worker->run;
    struct mr_writer_table **table = &run->tables[plan->number];

    if (worker->writer == NULL)
        return MR_OK; /* a trial of exits */
    if (*table == NULL) {
        struct mr_table_head *head = &run->heads[plan->number];

        describe_table(run, plan, head);
        if (mr_writer_begin(worker->writer, head, table) != MR_OK)
            return MR_FATAL;
    }
    if (run->options->output.times != MR_TIMES_UTC) {
        const struct mr_identity *identity = mr_engine_row_identity(worker->engine);

        mr_writer_zone(worker->writer, identity->zone_known, identity->zone_seconds);
    }
    return mr_writer_row(*table, cells);
}

int mr_run_no_memory(const struct mr_run *run)
{
    mr_report(run->options->log, MR_MSG_PROGRAM_MEMORY, MR_NOWHERE, "%s", "");
    return MR_FATAL;
}

/* All that is known of the run, while the engine still has it. */
static int take_account(struct mr_run *run)
{
    size_t count;
    struct mr_plan *const *plans = mr_engine_plans(run->workers[0].engine, &count);
    int status;

    for (size_t w = 1; w < run->worker_count; w++)
        mr_engine_gather(run->workers[0].engine, run->workers[w].engine);
    status = mr_account_take_engine(run->account, run->workers[0].engine);

    for (size_t p = 0; p < count && status == MR_OK; p++) {
        if (run->tables[p] != NULL)
            status = mr_account_add_table(run->account, plans[p], mr_writer_rows(run->tables[p]));
    }
    run->account->exits = mr_exits_results(run->exits, &run->account->exit_count);
    if (status != MR_OK)
        return mr_run_no_memory(run);
    /* A trial of exits writes nothing that could be compared. */
    if (run->workers[0].writer != NULL || !run->account->reduced)
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
        status = mr_writer_file(run->workers[0].writer, file->name, text, size);
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

        if (run->tables[p] == NULL)
            continue;
        table->plan = dictionary.plans[p];
        table->columns = mr_writer_columns(run->tables[p], &table->column_count);
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
    status = mr_writer_file(run->workers[0].writer, MANIFEST, text, size);
    free(text);
    return status;
}

static int remove_stale(void *context, const char *name)
{
    return mr_writer_remove(context, name);
}

/* What an earlier run left that this one does not make goes when the new files take their places. */
static int find_stale(struct mr_run *run)
{
    struct mr_stale *stale;
    const char *suffix = mr_writer_suffix(run->options->format, &run->options->output);
    int status = mr_stale_note(&stale, run->options->folder);

    if (status != MR_OK)
        return mr_run_no_memory(run);
    for (size_t i = 0; i < run->account->table_count; i++)
        mr_stale_keep(stale, run->account->tables[i].name);
    if (suffix[0] != '\0')
        status = mr_stale_each(stale, suffix, remove_stale, run->workers[0].writer);
    mr_stale_free(stale);
    return status;
}

/* Everything in place at once. */
static int finish_files(struct mr_run *run)
{
    struct mr_writer *writers[MR_WORKERS_MAX];

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

int mr_run_open_worker(struct mr_run *run, size_t number)
{
    static const char *const none[] = {NULL};
    const struct mr_pipeline_options *options = run->options;
    struct mr_worker *worker = &run->workers[number];
    const struct mr_engine_options engine = {.schema = options->schema,
                                             .tables = run->account->reduced ? options->tables : none,
                                             .systems = options->systems,
                                             .strict = options->strict,
                                             .row = write_row,
                                             .context = worker,
                                             .log = worker->log,
                                             .hooks = run->exits == NULL ? NULL : mr_exits_hooks(run->exits),
                                             .chp_sel = options->chp_sel,
                                             .readings = options->readings,
                                             .from = options->from,
                                             .to = options->to,
                                             .local_limits = options->output.times == MR_TIMES_LOCAL,
                                             .second = number > 0};

    return mr_engine_open(&worker->engine, &engine);
}

/* The first engine, and what the run keeps of each of its plans. */
static int open_engine(struct mr_run *run)
{
    size_t plans;

    if (mr_run_open_worker(run, 0) != MR_OK)
        return MR_FATAL;
    (void)mr_engine_plans(run->workers[0].engine, &plans);
    run->heads = calloc(plans + 1, sizeof *run->heads);
    run->tables = calloc(plans + 1, sizeof *run->tables);
    run->sources = calloc(plans + 1, sizeof *run->sources);
    return run->heads != NULL && run->tables != NULL && run->sources != NULL ? MR_OK : mr_run_no_memory(run);
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

        plans[p]->wanted &= mr_writer_wants(&head, output);
    }
    return status;
}

static int open_writers(struct mr_run *run)
{
    const struct mr_pipeline_options *options = run->options;
    struct mr_writer_options writer = options->output;

    writer.folder = options->folder;
    writer.version = MR_VERSION;

    for (size_t w = 0; w < run->worker_count; w++) {
        if (mr_writer_open(&run->workers[w].writer, options->format, &writer, run->workers[w].log) != MR_OK)
            return MR_FATAL;
    }
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

static void begin_run(struct mr_run *run, const struct mr_pipeline_options *options, struct mr_account *account,
                      bool reduced)
{
    *account = (struct mr_account){
        .schema = options->schema, .log = options->log, .version = MR_VERSION, .reduced = reduced};
    *run = (struct mr_run){
        .options = options, .account = account, .worker_count = 1, .threads = options->threads > 1,
        .stop = {.stop = options->stop}};
    for (size_t w = 0; w < MR_WORKERS_MAX; w++) {
        struct mr_worker *worker = &run->workers[w];

        mr_relay_open(&worker->relay, options->log);
        worker->run = run;
        worker->log = run->threads ? &worker->relay.log : options->log;
    }
}

static void end_run(struct mr_run *run)
{
    mr_exits_close(run->exits);
    for (size_t w = 0; w < run->worker_count; w++)
        mr_engine_close(run->workers[w].engine);
    free(run->heads);
    free(run->tables);
    free(run->sources);
}

/* Nothing that was written gets its name. */
static void abandon_files(struct mr_run *run)
{
    for (size_t w = 0; w < run->worker_count; w++)
        mr_writer_abandon(run->workers[w].writer);
}

int mr_pipeline_reduce(const struct mr_pipeline_options *options, struct mr_account *account)
{
    struct mr_run run;
    int status = check_tables(options);

    begin_run(&run, options, account, true);
    if (status == MR_OK)
        status = open_exits(&run);
    if (status == MR_OK)
        status = open_engine(&run);
    if (status == MR_OK)
        status = choose_columns(&run);
    if (status == MR_OK)
        status = mr_run_share(&run);
    if (status == MR_OK)
        status = open_writers(&run);
    if (status == MR_OK)
        status = mr_run_inputs(&run);
    if (status == MR_OK)
        status = take_account(&run);
    if (status == MR_OK)
        status = write_dictionary(&run);
    if (status == MR_OK)
        status = write_manifest(&run);
    mr_exits_shut(run.exits);
    if (status == MR_OK)
        status = find_stale(&run);
    if (status == MR_OK && !is_empty_stop(&run))
        status = finish_files(&run);
    else
        abandon_files(&run);
    status = settle(&run, status);
    end_run(&run);
    return status;
}

int mr_pipeline_exit_test(const struct mr_pipeline_options *options, struct mr_account *account)
{
    struct mr_run run;
    int status = check_tables(options);

    begin_run(&run, options, account, true);
    if (status == MR_OK)
        status = open_exits(&run);
    if (status == MR_OK)
        status = open_engine(&run);
    if (status == MR_OK)
        status = mr_run_inputs(&run);
    if (status == MR_OK)
        status = take_account(&run);
    status = settle(&run, status);
    end_run(&run);
    return status;
}

int mr_pipeline_census(const struct mr_pipeline_options *options, struct mr_account *account)
{
    struct mr_run run;
    int status;

    begin_run(&run, options, account, false);
    status = open_engine(&run);
    if (status == MR_OK)
        status = mr_run_inputs(&run);
    if (status == MR_OK)
        status = take_account(&run);
    status = settle(&run, status);
    end_run(&run);
    return status;
}

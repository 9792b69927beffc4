/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline.h"

#include "dictionary/dictionary.h"
#include "exits/exits.h"
#include "reader/tod.h"
#include "account/stale.h"
#include "writers/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define RECORDS_BETWEEN_PROGRESS 8192u
#define MANIFEST "manifest.json"
#define SOURCE_MAX 200

struct run {
    const struct mr_pipeline_options *options;
    struct mr_account *account;
    struct mr_engine *engine;
    struct mr_exits *exits;          /* NULL: none */
    struct mr_writer *writer; /* NULL: no tables are made */
    struct mr_table_head *heads;     /* one for each plan */
    char (*sources)[SOURCE_MAX];     /* likewise: the records it is made from */
    struct mr_writer_table **tables; /* one for each plan; NULL until its first row */
    uint64_t bytes_before;           /* of finished inputs, uncompressed */
    uint64_t input_bytes_before;
    uint64_t total_bytes;
};

/* An input and the time of its first record, for the order of reading. */
struct ordered {
    const char *name;
    size_t place; /* on the command line */
    uint64_t tod; /* 0: not known */
    uint64_t size;
};

/* What writers are told of a table; the records that it is made from as "0/1 0/2". */
static void describe_table(struct run *run, const struct mr_plan *plan, struct mr_table_head *head)
{
    char *source = run->sources[plan->number];
    size_t used = 0;

    for (unsigned r = 0; r < plan->table->record_count && used + 12 < sizeof run->sources[0]; r++)
        used += (size_t)sprintf(source + used, "%s%u/%u", r > 0 ? " " : "", plan->table->records[r].domain % 1000u,
                                plan->table->records[r].number % 1000u);
    *head = (struct mr_table_head){plan->table->name, plan->table->title, plan->columns, plan->column_count, source};
}

/* A table appears with its first row: tables that have none leave no file. */
static int write_row(void *context, struct mr_plan *plan, struct mr_cell *cells)
{
    struct run *run = context;
    struct mr_writer_table **table = &run->tables[plan->number];

    if (run->writer == NULL)
        return MR_OK; /* a trial of exits */
    if (*table == NULL) {
        struct mr_table_head *head = &run->heads[plan->number];

        describe_table(run, plan, head);
        if (mr_writer_begin(run->writer, head, table) != MR_OK)
            return MR_FATAL;
    }
    if (run->options->output.times != MR_TIMES_UTC) {
        const struct mr_identity *identity = mr_engine_row_identity(run->engine);

        mr_writer_zone(run->writer, identity->zone_known, identity->zone_seconds);
    }
    return mr_writer_row(*table, cells);
}

static int no_memory(const struct run *run)
{
    mr_report(run->options->log, MR_MSG_PROGRAM_MEMORY, MR_NOWHERE, "%s", "");
    return MR_FATAL;
}

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

static struct ordered *order_inputs(struct run *run)
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

static void show_progress(const struct run *run, const struct mr_reader *reader)
{
    const struct mr_reader_counts *counts = mr_reader_counts(reader);
    struct mr_progress progress = {
        .input = mr_reader_name(reader),
        .input_bytes = run->input_bytes_before + counts->input_bytes,
        .total_bytes = run->total_bytes,
        .bytes = run->bytes_before + counts->bytes,
        .rows = run->engine == NULL ? 0 : mr_engine_counts(run->engine)->rows,
    };

    if (run->options->progress != NULL)
        run->options->progress(run->options->context, &progress);
}

static int reduce_records(struct run *run, struct mr_reader *reader)
{
    struct mr_record record;
    unsigned since = 0;
    int status;

    while ((status = mr_reader_next(reader, &record)) == MR_OK) {
        status = mr_engine_record(run->engine, &record);
        if (status != MR_OK)
            return status;
        if (++since == RECORDS_BETWEEN_PROGRESS) {
            show_progress(run, reader);
            since = 0;
        }
    }
    /* A reading error ends this input, not the run: what came before it is kept. */
    return MR_OK;
}

/* One input.  Only the engine and the writer can end the run. */
static int reduce_input(struct run *run, const char *name)
{
    struct mr_reader *reader = NULL;
    int status;

    if (mr_reader_open(&reader, name, run->options->log) != MR_OK)
        return mr_account_add_input(run->account, name, NULL) == MR_OK ? MR_OK : no_memory(run);
    mr_engine_begin_input(run->engine, mr_reader_name(reader));
    status = mr_exits_begin_input(run->exits, mr_reader_name(reader));
    if (status == MR_OK)
        status = reduce_records(run, reader);
    if (status == MR_OK)
        status = mr_engine_end_input(run->engine);
    if (status == MR_OK)
        status = mr_exits_end_input(run->exits, mr_reader_name(reader));
    if (status == MR_OK && mr_account_add_input(run->account, name, reader) != MR_OK)
        status = no_memory(run);
    show_progress(run, reader);
    run->bytes_before += mr_reader_counts(reader)->bytes;
    run->input_bytes_before += mr_reader_counts(reader)->input_bytes;
    mr_reader_close(reader);
    return status;
}

static int reduce_inputs(struct run *run)
{
    struct ordered *inputs = order_inputs(run);
    int status;

    if (inputs == NULL)
        return no_memory(run);
    status = mr_exits_begin_run(run->exits);
    for (size_t i = 0; i < run->options->input_count && status == MR_OK; i++)
        status = reduce_input(run, inputs[i].name);
    free(inputs);
    if (status == MR_OK)
        status = mr_engine_finish(run->engine);
    return status == MR_OK ? mr_exits_end_run(run->exits) : status;
}

/* All that is known of the run, while the engine still has it. */
static int take_account(struct run *run)
{
    size_t count;
    struct mr_plan *const *plans = mr_engine_plans(run->engine, &count);
    int status = mr_account_take_engine(run->account, run->engine);

    for (size_t p = 0; p < count && status == MR_OK; p++) {
        if (run->tables[p] != NULL)
            status = mr_account_add_table(run->account, plans[p], mr_writer_rows(run->tables[p]));
    }
    run->account->exits = mr_exits_results(run->exits, &run->account->exit_count);
    return status == MR_OK ? MR_OK : no_memory(run);
}

static int write_dictionary_file(struct run *run, const struct mr_dictionary *dictionary,
                                 const struct mr_dictionary_file *file)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    int status = MR_FATAL;

    if (memory == NULL)
        return no_memory(run);
    file->put(dictionary, memory);
    if (fclose(memory) == 0)
        status = mr_writer_file(run->writer, file->name, text, size);
    else
        no_memory(run);
    free(text);
    return status;
}

/* What the columns of the tables mean, for those that have rows. */
static int write_dictionary(struct run *run)
{
    struct mr_dictionary dictionary = {.schema = run->options->schema};
    struct mr_dictionary_table *tables;
    int status = MR_OK;

    dictionary.plans = mr_engine_plans(run->engine, &dictionary.plan_count);
    dictionary.tables = tables = calloc(dictionary.plan_count + 1, sizeof *tables);
    if (tables == NULL)
        return no_memory(run);
    for (size_t p = 0; p < dictionary.plan_count; p++) {
        if (run->tables[p] != NULL)
            tables[dictionary.table_count++] = (struct mr_dictionary_table){
                dictionary.plans[p], run->heads[p].columns, run->heads[p].column_count};
    }
    for (const struct mr_dictionary_file *file = mr_dictionary_files; file->name != NULL && status == MR_OK; file++) {
        if (file->always || run->options->dictionary)
            status = write_dictionary_file(run, &dictionary, file);
    }
    free(tables);
    return status;
}

static int write_manifest(struct run *run)
{
    size_t size;
    char *text = mr_account_json(run->account, &size);
    int status;

    if (text == NULL)
        return no_memory(run);
    status = mr_writer_file(run->writer, MANIFEST, text, size);
    free(text);
    return status;
}

/* Everything in place at once; then what an earlier run left that this one does not make. */
static int finish_files(struct run *run)
{
    struct mr_stale *stale = mr_stale_note(run->options->folder);
    const char *suffix = mr_writer_suffix(run->options->format, &run->options->output);
    int status = mr_writer_finish(run->writer);

    for (size_t i = 0; i < run->account->table_count; i++)
        mr_stale_keep(stale, run->account->tables[i].name);
    if (status == MR_OK)
        mr_stale_remove(stale, run->options->folder, suffix);
    mr_stale_free(stale);
    return status;
}

static int open_exits(struct run *run)
{
    const struct mr_pipeline_options *options = run->options;
    const struct mr_exits_options exits = {.schema = options->schema,
                                           .specs = options->exits,
                                           .count = options->exit_count,
                                           .folder = options->folder,
                                           .observe = options->observe,
                                           .context = options->observer,
                                           .log = options->log};

    return options->exit_count == 0 ? MR_OK : mr_exits_open(&run->exits, &exits);
}

static int open_engine(struct run *run)
{
    static const char *const none[] = {NULL};
    const struct mr_pipeline_options *options = run->options;
    const struct mr_engine_options engine = {.schema = options->schema,
                                             .tables = run->account->reduced ? options->tables : none,
                                             .systems = options->systems,
                                             .strict = options->strict,
                                             .row = write_row,
                                             .context = run,
                                             .log = options->log,
                                             .hooks = run->exits == NULL ? NULL : mr_exits_hooks(run->exits),
                                             .chp_sel = options->chp_sel,
                                             .readings = options->readings,
                                             .from = options->from,
                                             .to = options->to,
                                             .local_limits = options->output.times == MR_TIMES_LOCAL};
    size_t plans;

    if (mr_engine_open(&run->engine, &engine) != MR_OK)
        return MR_FATAL;
    mr_engine_plans(run->engine, &plans);
    run->heads = calloc(plans + 1, sizeof *run->heads);
    run->tables = calloc(plans + 1, sizeof *run->tables);
    run->sources = calloc(plans + 1, sizeof *run->sources);
    return run->heads != NULL && run->tables != NULL && run->sources != NULL ? MR_OK : no_memory(run);
}

/* Whether some table has this column, as the options make its columns. */
static bool is_known_column(const struct run *run, const char *name)
{
    struct mr_writer_options output = run->options->output;
    const char *const one[] = {name, NULL};
    size_t count;
    struct mr_plan *const *plans = mr_engine_plans(run->engine, &count);
    bool known = false;

    output.columns = one;
    for (size_t p = 0; p < count && !known; p++) {
        struct mr_table_head head = {.columns = plans[p]->columns, .column_count = plans[p]->column_count};

        known = plans[p]->wanted && mr_writer_wants(&head, &output);
    }
    return known;
}

/* Only tables that have some of the columns are made. */
static int choose_columns(struct run *run)
{
    const struct mr_writer_options *output = &run->options->output;
    size_t count;
    struct mr_plan *const *plans = mr_engine_plans(run->engine, &count);
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

static int open_writer(struct run *run)
{
    const struct mr_pipeline_options *options = run->options;
    struct mr_writer_options writer = options->output;

    writer.folder = options->folder;
    writer.version = MR_VERSION;

    return mr_writer_open(&run->writer, options->format, &writer, options->log);
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

static void begin_run(struct run *run, const struct mr_pipeline_options *options, struct mr_account *account,
                      bool reduced)
{
    *account = (struct mr_account){
        .schema = options->schema, .log = options->log, .version = MR_VERSION, .reduced = reduced};
    *run = (struct run){.options = options, .account = account};
}

static void end_run(struct run *run)
{
    mr_exits_close(run->exits);
    mr_engine_close(run->engine);
    free(run->heads);
    free(run->tables);
    free(run->sources);
}

int mr_pipeline_reduce(const struct mr_pipeline_options *options, struct mr_account *account)
{
    struct run run;
    int status = check_tables(options);

    begin_run(&run, options, account, true);
    if (status == MR_OK)
        status = open_exits(&run);
    if (status == MR_OK)
        status = open_engine(&run);
    if (status == MR_OK)
        status = choose_columns(&run);
    if (status == MR_OK)
        status = open_writer(&run);
    if (status == MR_OK)
        status = reduce_inputs(&run);
    if (status == MR_OK)
        status = take_account(&run);
    if (status == MR_OK)
        status = write_dictionary(&run);
    if (status == MR_OK)
        status = write_manifest(&run);
    mr_exits_shut(run.exits);
    if (status == MR_OK)
        status = finish_files(&run);
    else
        mr_writer_abandon(run.writer);
    end_run(&run);
    return status;
}

int mr_pipeline_exit_test(const struct mr_pipeline_options *options, struct mr_account *account)
{
    struct run run;
    int status = check_tables(options);

    begin_run(&run, options, account, true);
    if (status == MR_OK)
        status = open_exits(&run);
    if (status == MR_OK)
        status = open_engine(&run);
    if (status == MR_OK)
        status = reduce_inputs(&run);
    if (status == MR_OK)
        status = take_account(&run);
    end_run(&run);
    return status;
}

int mr_pipeline_census(const struct mr_pipeline_options *options, struct mr_account *account)
{
    struct run run;
    int status;

    begin_run(&run, options, account, false);
    status = open_engine(&run);
    if (status == MR_OK)
        status = reduce_inputs(&run);
    if (status == MR_OK)
        status = take_account(&run);
    end_run(&run);
    return status;
}

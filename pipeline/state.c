/* SPDX-License-Identifier: Apache-2.0 */
/* A run with a state: inputs in order of time, those that wait, the account of all runs, the commit. */
#include "pipeline/state.h"

#include "ledger/digest.h"
#include "reader/tod.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MANIFEST "manifest.json"
#define THIN_SECONDS (35u * 86400u) /* heads and states of segments older than this are dropped */

/* An input of the command line, or one that waited. */
struct ordered {
    struct mr_ledger_input input;
    const char *path;
    size_t place;
    uint64_t tod;
    int error;    /* errno where it cannot be read */
    char *owned_name, *owned_path;
};

static int by_time(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;

    if (x->tod != 0 && y->tod != 0 && x->tod != y->tod)
        return mr_tod_difference(x->tod, y->tod) < 0 ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static void free_inputs(struct ordered *inputs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(inputs[i].owned_name);
        free(inputs[i].owned_path);
    }
    free(inputs);
}

static int put_file(void *context, const char *name, const void *bytes, size_t size)
{
    struct mr_state_run *s = context;

    return mr_ledger_file(s->ledger, name, bytes, size);
}

/* The dictionary tells of all tables that there are, also of those that this run has no rows of. */
static const struct mr_writer_table *table_of(void *context, const struct mr_plan *plan)
{
    struct mr_state_run *s = context;

    const struct mr_writer_table *table;

    if (!s->has_table[plan->number])
        return NULL;
    table = mr_rows_table(s, &s->shapes, plan);
    s->shapes_failed |= table == NULL;
    return table;
}

static struct mr_place place_of(const char *name)
{
    return (struct mr_place){.file = name, .offset = MR_NO_OFFSET};
}

static void put_list(FILE *out, const char *name, const char *const *list)
{
    fprintf(out, "%s=", name);
    for (size_t i = 0; list != NULL && list[i] != NULL; i++)
        fprintf(out, "%s%s", i > 0 ? "," : "", list[i]);
    fputc('\n', out);
}

/* Everything that makes other rows or other files of the same input.  Freed with free(); NULL: no memory. */
static char *options_text(const struct mr_pipeline_options *o, const char *folder)
{
    static const char *const splits[] = {"none", "day", "hour", "interval"};
    static const char *const times[] = {"utc", "local", "both"};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    fprintf(out, "output=%s\nformat=%s\n", folder, o->format);
    put_list(out, "tables", o->tables);
    put_list(out, "columns", o->output.columns);
    fprintf(out, "values=%s\n", !o->readings ? "interval" : o->output.cumulative ? "cumulative" : "both");
    fprintf(out, "time=%s\nsplit=%s\n", times[o->output.times], splits[o->output.split]);
    fprintf(out, "gzip=%d\ncrlf=%d\nchp-sel=%d\n", o->output.gzip, o->output.crlf, o->chp_sel);
    if (o->from != NULL)
        fprintf(out, "start=%" PRId64 "\n", *o->from);
    if (o->to != NULL)
        fprintf(out, "end=%" PRId64 "\n", *o->to);
    for (size_t i = 0; i < o->exit_count; i++)
        fprintf(out, "exit=%s\n", o->exits[i]);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* The folder of the tables by its full name: the ledger outlives the folder that a run is started in. */
static int bind_output(struct mr_state_run *s)
{
    const struct mr_pipeline_options *o = s->options;
    struct mr_place place = place_of(o->folder);
    char *full, *text;
    int status;

    if (mkdir(o->folder, 0777) != 0 && errno != EEXIST) {
        mr_report(o->log, MR_MSG_OUTPUT_FOLDER, &place, "%s", strerror(errno));
        return MR_FATAL;
    }
    full = realpath(o->folder, NULL);
    text = full == NULL ? NULL : options_text(o, full);
    if (text == NULL) {
        free(full);
        mr_report(o->log, MR_MSG_OUTPUT_FOLDER, &place, "%s", strerror(errno));
        return MR_FATAL;
    }
    status = mr_ledger_bind(s->ledger, full, text);
    free(text);
    free(full);
    return status;
}

static int check_format(struct mr_state_run *s)
{
    const struct mr_pipeline_options *o = s->options;
    bool csv = strcmp(o->format, "csv") == 0;

    s->header = csv;
    s->gzip = o->output.gzip;
    if ((csv || strcmp(o->format, "ndjson") == 0) && !o->output.spreadsheet && !o->empty_tables)
        return MR_OK;
    mr_report(o->log, MR_MSG_LEDGER_FORMAT, MR_NOWHERE, "%s",
              o->output.spreadsheet ? "--spreadsheet" : o->empty_tables ? "--empty-tables" : o->format);
    return MR_FATAL;
}

/*
 * A request to stop ends the run behind the input that is being read: an input is in the ledger as a whole or not at all.
 * A second one comes from read_records(), which gives up the run.
 */
static bool stops(const struct mr_state_run *s)
{
    return mr_stop_count(s->options->stop) > 0;
}

static struct ordered *order_inputs(struct mr_state_run *s)
{
    const struct mr_pipeline_options *o = s->options;
    struct ordered *inputs = calloc(o->input_count + 1, sizeof *inputs);

    for (size_t i = 0; inputs != NULL && i < o->input_count; i++) {
        inputs[i] = (struct ordered){.input = {.name = o->inputs[i]}, .path = o->inputs[i], .place = i};
        if (stops(s))
            continue; /* none will be read */
        if (strcmp(inputs[i].path, "-") == 0)
            inputs[i].error = ESPIPE;
        else if (mr_digest_file(inputs[i].path, inputs[i].input.digest, &inputs[i].input.size) != MR_OK)
            inputs[i].error = errno;
        else
            inputs[i].tod = mr_state_probe(inputs[i].path);
    }
    if (inputs != NULL)
        qsort(inputs, o->input_count, sizeof *inputs, by_time);
    return inputs;
}

static int unusable(struct mr_state_run *s, const struct ordered *ordered)
{
    struct mr_place place = place_of(ordered->input.name);

    mr_report(s->options->log, ordered->error == ESPIPE ? MR_MSG_INPUT_TWICE : MR_MSG_INPUT_OPEN, &place, "%s",
              ordered->error == ESPIPE ? "" : strerror(ordered->error));
    return mr_account_add_input(s->account, ordered->input.name, NULL) == MR_OK ? MR_OK : mr_state_no_memory(s);
}

/* Nobody knows yet whose it is: kept, unless it waits already. */
static int keep_waiting(struct mr_state_run *s, struct ordered *ordered)
{
    struct mr_place place = place_of(ordered->input.name);

    mr_report(s->options->log, MR_MSG_INPUT_WAITS, &place, "%s", "");
    if (ordered->input.waiting)
        return MR_OK;
    ordered->input.waiting = true;
    s->changed = true;
    if (mr_ledger_keep_input(s->ledger, ordered->path, ordered->input.digest) != MR_OK)
        return MR_FATAL;
    return mr_ledger_put_input(s->ledger, &ordered->input);
}

static int reduce_one(struct mr_state_run *s, struct ordered *ordered)
{
    struct mr_place place = place_of(ordered->input.name);
    struct mr_ledger_input known;
    enum mr_state_outcome outcome;

    if (ordered->error != 0)
        return unusable(s, ordered);
    if (mr_ledger_find_input(s->ledger, ordered->input.digest, &known) != MR_OK)
        return MR_FATAL;
    if (known.id != 0 && (known.waiting || !s->options->force)) {
        mr_report(s->options->log, MR_MSG_INPUT_KNOWN, &place, "%s", known.waiting ? "it waits" : "");
        return MR_OK;
    }
    ordered->input.id = known.id;
    if (mr_state_reduce_file(s, ordered->path, &ordered->input, &outcome) != MR_OK)
        return MR_FATAL;
    if (outcome == MR_INPUT_WAITING)
        return keep_waiting(s, ordered);
    if (outcome == MR_INPUT_REDUCED)
        s->changed = true;
    return mr_state_note_input(s, outcome == MR_INPUT_REDUCED ? ordered->input.id : 0);
}

/* All that wait, in order of time; their names live as long as the account. */
static int list_waiting(struct mr_state_run *s, struct ordered **inputs, size_t *count)
{
    int64_t id = 0;

    *inputs = NULL;
    *count = 0;
    for (;;) {
        struct ordered *more, one = {.place = *count};

        if (mr_ledger_next_waiting(s->ledger, &id, &one.owned_name, &one.owned_path) != MR_OK)
            return MR_FATAL;
        if (id == 0)
            break;
        one.input = (struct mr_ledger_input){.id = id, .name = one.owned_name, .waiting = true};
        one.path = one.owned_path;
        one.tod = mr_state_probe(one.path);
        more = realloc(*inputs, (*count + 1) * sizeof **inputs);
        if (more == NULL) {
            free(one.owned_name);
            free(one.owned_path);
            return mr_state_no_memory(s);
        }
        *inputs = more;
        (*inputs)[(*count)++] = one;
    }
    if (*count > 0)
        qsort(*inputs, *count, sizeof **inputs, by_time);
    return MR_OK;
}

static int resume_one(struct mr_state_run *s, struct ordered *ordered, bool *resumed)
{
    struct mr_place place = place_of(ordered->input.name);
    enum mr_state_outcome outcome;
    int status = mr_state_reduce_file(s, ordered->path, &ordered->input, &outcome);

    if (status != MR_OK || outcome == MR_INPUT_WAITING)
        return status;
    *resumed = true;
    s->changed = true;
    ordered->input.waiting = false;
    if (mr_account_keep_name(s->account, ordered->owned_name) != MR_OK)
        return mr_state_no_memory(s);
    ordered->owned_name = NULL;
    mr_report(s->options->log, MR_MSG_INPUT_RESUMED, &place, "%s", "");
    if (mr_ledger_settle_waiting(s->ledger, ordered->input.id) != MR_OK)
        return MR_FATAL;
    return mr_state_note_input(s, outcome == MR_INPUT_REDUCED ? ordered->input.id : 0);
}

/* Each that is reduced may tell whose another one is. */
static int resume_waiting(struct mr_state_run *s, struct ordered *inputs, size_t count)
{
    bool resumed = true;
    int status = MR_OK;

    while (resumed && status == MR_OK) {
        resumed = false;
        for (size_t i = 0; i < count && status == MR_OK; i++) {
            if (inputs[i].input.waiting)
                status = resume_one(s, &inputs[i], &resumed);
        }
    }
    return status;
}

static int forget(struct mr_state_run *s, const struct ordered *inputs)
{
    const struct mr_pipeline_options *o = s->options;
    size_t forgotten = 0;
    int status = MR_OK;

    if (o->force_from != NULL && o->force_to != NULL)
        status = mr_ledger_forget_range(s->ledger, mr_tod_from_micros(*o->force_from), mr_tod_from_micros(*o->force_to),
                                        &forgotten);
    for (size_t i = 0; o->force_from == NULL && i < o->input_count && status == MR_OK; i++) {
        if (inputs[i].error == 0)
            status = mr_ledger_forget_input(s->ledger, inputs[i].input.digest, inputs[i].input.name, &forgotten);
    }
    if (status != MR_OK || forgotten == 0)
        return status;
    mr_report(o->log, MR_MSG_LEDGER_FORGOTTEN, MR_NOWHERE, "%zu segments", forgotten);
    s->changed = true;
    return MR_OK;
}

static int reduce_inputs(struct mr_state_run *s, struct ordered *inputs)
{
    size_t count = s->options->input_count, next = 0;
    int status = MR_OK;

    while (next < count && status == MR_OK && !stops(s))
        status = reduce_one(s, &inputs[next++]);
    if (status == MR_OK && next < count) {
        s->account->interrupted.input = inputs[next].input.name;
        mr_run_note_stop(&s->run, count - next);
    }
    return status;
}

static int reduce_all(struct mr_state_run *s, struct ordered *inputs, struct ordered **waiting, size_t *waiting_count)
{
    int status = s->options->force ? forget(s, inputs) : MR_OK;

    if (status == MR_OK)
        status = reduce_inputs(s, inputs);
    /* Of what was forgotten something may not have come again. */
    if (status == MR_OK && s->options->force && s->changed)
        status = mr_state_settle(s, true);
    if (status == MR_OK && s->changed && !stops(s))
        status = list_waiting(s, waiting, waiting_count);
    return status == MR_OK ? resume_waiting(s, *waiting, *waiting_count) : status;
}

static int note_table(void *context, const char *name, uint64_t rows)
{
    struct mr_state_run *s = context;
    size_t count;
    struct mr_plan *const *plans = mr_engine_plans(s->run.workers[0].engine, &count);

    for (size_t p = 0; p < count && rows > 0; p++) {
        if (strcmp(plans[p]->table->name, name) == 0)
            s->has_table[p] = true;
    }
    return MR_OK;
}

/* Whatever is older has no hole before it that data still comes for. */
static int thin_out(struct mr_state_run *s)
{
    uint64_t latest = mr_state_latest(s);

    return latest < THIN_SECONDS * MR_TOD_SECOND ? MR_OK
                                                 : mr_ledger_thin(s->ledger, latest - THIN_SECONDS * MR_TOD_SECOND);
}

static int put_in_place(struct mr_state_run *s)
{
    size_t count, size;
    struct mr_plan *const *plans = mr_engine_plans(s->run.workers[0].engine, &count);
    const struct mr_engine_counts *counts = mr_engine_counts(s->run.workers[0].engine);
    char *text;
    int status;

    if (counts->duplicates > 0)
        mr_report(s->options->log, MR_MSG_LEDGER_REPEATED, MR_NOWHERE, "%" PRIu64, counts->duplicates);
    if (mr_ledger_tables(s->ledger, note_table, s) != MR_OK)
        return MR_FATAL;
    status = mr_run_finish(&s->run);
    if (status == MR_OK && s->shapes_failed)
        status = MR_FATAL; /* it has been said */
    for (size_t p = 0; p < count && status == MR_OK; p++) {
        if (s->table_rows[p] > 0 && mr_account_add_table(s->account, plans[p], s->table_rows[p]) != MR_OK)
            status = mr_state_no_memory(s);
    }
    if (status == MR_OK)
        status = mr_state_manifest(s, &text, &size);
    if (status != MR_OK)
        return status;
    status = mr_ledger_file(s->ledger, MANIFEST, text, size);
    free(text);
    if (status == MR_OK)
        status = thin_out(s);
    return status == MR_OK ? mr_ledger_commit(s->ledger) : status;
}

static int open_run(struct mr_state_run *s)
{
    size_t count;

    s->recall = (struct mr_recall){
        .context = s, .system = mr_state_system, .used = mr_state_used, .outside = mr_state_outside};
    s->ways = (struct mr_run_ways){
        .context = s, .row = mr_state_row, .recall = &s->recall, .file = put_file, .table = table_of};
    if (mr_run_open(&s->run, s->options, s->account, &s->ways) != MR_OK || check_format(s) != MR_OK)
        return MR_FATAL;
    (void)mr_engine_plans(s->run.workers[0].engine, &count);
    s->table_rows = calloc(count + 1, sizeof *s->table_rows);
    s->has_table = calloc(count + 1, sizeof *s->has_table);
    if (s->table_rows == NULL || s->has_table == NULL)
        return mr_state_no_memory(s);
    if (mr_ledger_open(&s->ledger, s->options->state, !s->options->no_wait, s->options->log) != MR_OK)
        return MR_FATAL;
    return bind_output(s);
}

static int reduce(struct mr_state_run *s)
{
    struct ordered *inputs = NULL, *waiting = NULL;
    size_t waiting_count = 0;
    int status = open_run(s);

    if (status == MR_OK) {
        inputs = order_inputs(s);
        status = inputs == NULL ? mr_state_no_memory(s) : reduce_all(s, inputs, &waiting, &waiting_count);
    }
    if (status == MR_OK && s->changed)
        status = put_in_place(s);
    mr_rows_drop(&s->shapes);
    mr_ledger_close(s->ledger);
    mr_run_close(&s->run);
    free(s->table_rows);
    free(s->has_table);
    free(s->input_ids);
    free_inputs(inputs, inputs == NULL ? 0 : s->options->input_count);
    free_inputs(waiting, waiting_count);
    return status;
}

int mr_pipeline_reduce_state(const struct mr_pipeline_options *given, struct mr_account *account)
{
    struct mr_pipeline_options alone = *given;
    struct mr_state_run *s = calloc(1, sizeof *s);
    int status;

    alone.threads = 1; /* files are small where they come every hour; what is kept is that of one engine */
    if (s == NULL) {
        *account = (struct mr_account){.log = given->log};
        mr_report(given->log, MR_MSG_PROGRAM_MEMORY, MR_NOWHERE, "%s", "");
        return MR_FATAL;
    }
    s->options = &alone;
    s->account = account;
    status = reduce(s);
    free(s);
    return status;
}

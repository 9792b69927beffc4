/* SPDX-License-Identifier: Apache-2.0 */
/* The account of a run: filled from reader and engine, and added up. */
#include "account/account.h"

#include "base/grow.h"
#include "reader/tod.h"
#include "writers/number.h"

#include <stdlib.h>
#include <string.h>

#define INPUTS_MAX 1000000u
#define TABLES_MAX 65536u
#define DERIVED_MAX 1000000u
#define BALANCES_MAX 65536u

int mr_account_add_input(struct mr_account *account, const char *name, const struct mr_reader *reader)
{
    struct mr_input_result *input;
    const struct mr_damage *damage;

    if (mr_grow(&account->inputs, &account->input_room, account->input_count + 1, sizeof *account->inputs,
                INPUTS_MAX) != MR_OK)
        return MR_FATAL;
    input = &account->inputs[account->input_count++];
    *input = (struct mr_input_result){.name = name};
    if (reader == NULL)
        return MR_OK;
    input->usable = true;
    input->container = mr_reader_container(reader);
    input->counts = *mr_reader_counts(reader);
    damage = mr_reader_damage(reader, &input->damage_count);
    if (input->damage_count == 0)
        return MR_OK;
    input->damage = malloc(input->damage_count * sizeof *damage);
    if (input->damage == NULL) {
        input->damage_count = 0;
        return MR_FATAL;
    }
    memcpy(input->damage, damage, input->damage_count * sizeof *damage);
    return MR_OK;
}

int mr_account_keep_name(struct mr_account *account, char *name)
{
    if (mr_grow(&account->names, &account->name_room, account->name_count + 1, sizeof *account->names, INPUTS_MAX) !=
        MR_OK)
        return MR_FATAL;
    account->names[account->name_count++] = name;
    return MR_OK;
}

/* A copy whose episodes outlive the engine. */
static int copy_system(const struct mr_engine *engine, size_t index, struct mr_system_account *copy)
{
    struct mr_episode *episodes;

    mr_engine_system_account(engine, index, copy);
    if (copy->episode_count == 0) {
        copy->episodes = NULL;
        return MR_OK;
    }
    episodes = malloc(copy->episode_count * sizeof *episodes);
    if (episodes != NULL)
        memcpy(episodes, copy->episodes, copy->episode_count * sizeof *episodes);
    copy->episodes = episodes;
    return episodes == NULL ? MR_FATAL : MR_OK;
}

/* The same field may come to a table by several steps (an array, a record that feeds it twice): it is told once. */
static bool is_told(const struct mr_account *account, const struct mr_derived_result *fact)
{
    for (size_t i = account->derived_count; i > 0 && account->derived[i - 1].table == fact->table; i--) {
        if (account->derived[i - 1].field == fact->field)
            return true;
    }
    return false;
}

static int add_derived(struct mr_account *account, const struct mr_plan *plan, const struct mr_feed *feed)
{
    for (size_t s = 0; s < feed->step_count; s++) {
        const struct mr_derived_result fact = {feed->layout, feed->steps[s].field, plan->table};

        if (fact.field == NULL || fact.field->confidence != MR_CONF_DERIVED || is_told(account, &fact))
            continue;
        if (mr_grow(&account->derived, &account->derived_room, account->derived_count + 1, sizeof fact,
                    DERIVED_MAX) != MR_OK)
            return MR_FATAL;
        account->derived[account->derived_count++] = fact;
    }
    return MR_OK;
}

/* Records that never came have contributed nothing. */
static int take_derived(struct mr_account *account, const struct mr_plan *plan)
{
    for (size_t f = 0; f < plan->feed_count; f++) {
        const struct mr_layout *layout = plan->feeds[f].layout;

        if (account->census->cells[layout->domain][layout->number].count > 0 &&
            add_derived(account, plan, &plan->feeds[f]) != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

static int take_balances(struct mr_account *account, const struct mr_plan *plan)
{
    for (size_t i = 0; i < plan->balance_count; i++) {
        const struct mr_balance_count *count = &plan->balances[i];

        if (count->checked == 0)
            continue;
        if (mr_grow(&account->balances, &account->balance_room, account->balance_count + 1,
                    sizeof *account->balances, BALANCES_MAX) != MR_OK)
            return MR_FATAL;
        account->balances[account->balance_count++] =
            (struct mr_balance_result){count->balance, count->checked, count->failed};
    }
    return MR_OK;
}

/* Plans without rows of their own count where other tables are joined from them. */
static int take_plans(struct mr_account *account, const struct mr_engine *engine)
{
    size_t count;
    struct mr_plan *const *plans = mr_engine_plans(engine, &count);

    for (size_t p = 0; p < count; p++) {
        if (take_balances(account, plans[p]) != MR_OK || take_derived(account, plans[p]) != MR_OK ||
            mr_account_take_falls(account, plans[p]) != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

int mr_account_take_engine(struct mr_account *account, const struct mr_engine *engine)
{
    size_t systems = mr_engine_system_count(engine);

    account->counts = *mr_engine_counts(engine);
    for (unsigned d = 0; d <= MR_DOMAIN_MAX; d++) {
        for (unsigned n = 0; n <= MR_NUMBER_MAX; n++)
            account->fates[d][n] = (uint8_t)mr_engine_fate(engine, d, n);
    }
    account->census = malloc(sizeof *account->census);
    account->systems = calloc(systems + 1, sizeof *account->systems);
    if (account->census == NULL || account->systems == NULL)
        return MR_FATAL;
    *account->census = *mr_engine_census(engine);
    while (account->system_count < systems) {
        size_t next = account->system_count++;

        if (copy_system(engine, next, &account->systems[next]) != MR_OK)
            return MR_FATAL;
    }
    return take_plans(account, engine);
}

int mr_account_add_table(struct mr_account *account, const struct mr_plan *plan, uint64_t rows)
{
    struct mr_table_result *table;

    if (mr_grow(&account->tables, &account->table_room, account->table_count + 1, sizeof *account->tables,
                TABLES_MAX) != MR_OK)
        return MR_FATAL;
    table = &account->tables[account->table_count++];
    *table = (struct mr_table_result){.name = plan->table->name, .title = plan->table->title, .rows = rows};
    memcpy(table->qualities, mr_plan_quality_rows(plan), sizeof table->qualities);
    return MR_OK;
}

void mr_account_free(struct mr_account *account)
{
    for (size_t i = 0; i < account->input_count; i++)
        free(account->inputs[i].damage);
    for (size_t i = 0; i < account->system_count; i++)
        free((void *)account->systems[i].episodes);
    free(account->inputs);
    free(account->systems);
    free(account->census);
    free(account->tables);
    free(account->derived);
    mr_exit_results_free(account->exits, account->exit_count);
    free(account->balances);
    free(account->falls);
    for (size_t i = 0; i < account->name_count; i++)
        free(account->names[i]);
    free(account->names);
    memset(account, 0, sizeof *account);
}

bool mr_account_bytes_agree(const struct mr_reader_counts *counts)
{
    return counts->bytes ==
           counts->control + counts->records + counts->leftover + counts->end_data + counts->damaged;
}

static void sum_inputs(const struct mr_account *account, struct mr_account_totals *totals)
{
    struct mr_reader_counts *sum = &totals->bytes;

    totals->bytes_agree = true;
    for (size_t i = 0; i < account->input_count; i++) {
        const struct mr_reader_counts *c = &account->inputs[i].counts;

        totals->usable_inputs += account->inputs[i].usable;
        totals->bytes_agree = totals->bytes_agree && mr_account_bytes_agree(c);
        sum->bytes += c->bytes;
        sum->control += c->control;
        sum->records += c->records;
        sum->leftover += c->leftover;
        sum->end_data += c->end_data;
        sum->damaged += c->damaged;
        sum->record_count += c->record_count;
        sum->frame_count += c->frame_count;
        sum->control_count += c->control_count;
        sum->damage_count += c->damage_count;
        sum->bad_record_count += c->bad_record_count;
        sum->input_bytes += c->input_bytes;
        sum->input_size += c->input_size;
    }
}

static void sum_types(const struct mr_account *account, struct mr_account_totals *totals)
{
    const struct mr_engine_counts *c = &account->counts;
    uint64_t records = 0, bytes = 0;

    for (unsigned d = 0; account->census != NULL && d <= MR_DOMAIN_MAX; d++) {
        for (unsigned n = 0; n <= MR_NUMBER_MAX; n++) {
            const struct mr_census_cell *cell = &account->census->cells[d][n];

            totals->kinds += cell->count > 0;
            totals->unknown_kinds += cell->count > 0 && account->fates[d][n] == MR_FATE_UNKNOWN;
            totals->fates[account->fates[d][n]] += cell->count;
            records += cell->count;
            bytes += cell->bytes;
        }
    }
    for (size_t i = 0; account->census != NULL && i < account->census->foreign_count; i++) {
        const struct mr_census_cell *cell = &account->census->foreign[i].cell;

        totals->kinds++;
        totals->unknown_kinds++;
        totals->fates[MR_FATE_UNKNOWN] += cell->count;
        records += cell->count;
        bytes += cell->bytes;
    }
    totals->bytes_agree = totals->bytes_agree && bytes + c->duplicate_bytes == totals->bytes.records;
    totals->records_agree = records + c->duplicates == totals->bytes.record_count &&
                            records + c->duplicates == c->records &&
                            totals->fates[MR_FATE_REDUCED] == c->reduced &&
                            totals->fates[MR_FATE_STRUCTURAL] == c->structural &&
                            totals->fates[MR_FATE_NOT_SELECTED] == c->not_selected &&
                            totals->fates[MR_FATE_UNKNOWN] == c->unknown;
}

static void sum_systems(const struct mr_account *account, struct mr_account_totals *totals)
{
    uint64_t records = 0;

    for (size_t i = 0; i < account->system_count; i++) {
        const struct mr_system_account *s = &account->systems[i];

        records += s->records;
        totals->intervals += s->intervals;
        totals->missing_intervals += s->missing_intervals;
        totals->suspends += s->suspends;
        totals->lost_events += s->lost_events;
        totals->restarts += s->restarts;
        totals->reconnects += s->reconnects;
    }
    totals->records_agree = totals->records_agree && records + account->counts.duplicates == account->counts.records;
}

static void sum_tables(const struct mr_account *account, struct mr_account_totals *totals)
{
    totals->rows_agree = true;
    for (size_t i = 0; i < account->table_count; i++) {
        const struct mr_table_result *table = &account->tables[i];
        uint64_t sum = 0;

        for (unsigned q = 0; q < MR_QUALITIES; q++) {
            sum += table->qualities[q];
            totals->qualities[q] += table->qualities[q];
        }
        totals->rows += table->rows;
        totals->rows_agree = totals->rows_agree && sum == table->rows;
    }
    totals->rows_agree = totals->rows_agree && totals->rows == account->counts.rows;
}

void mr_account_sum(const struct mr_account *account, struct mr_account_totals *totals)
{
    memset(totals, 0, sizeof *totals);
    sum_inputs(account, totals);
    sum_types(account, totals);
    sum_systems(account, totals);
    sum_tables(account, totals);
}

static int by_id(const void *a, const void *b)
{
    const enum mr_message_id *x = a, *y = b;

    return strcmp(mr_message_text(*x)->id, mr_message_text(*y)->id);
}

void mr_account_message_order(enum mr_message_id order[MR_MSG_COUNT])
{
    for (unsigned i = 0; i < MR_MSG_COUNT; i++)
        order[i] = (enum mr_message_id)i;
    qsort(order, MR_MSG_COUNT, sizeof *order, by_id);
}

bool mr_account_is_reason(const struct mr_account *account, enum mr_message_id id)
{
    int code = mr_message_code(mr_message_text(id)->letter);

    return account->log->counts[id] > 0 && code > 0 && code == account->log->code;
}

const char *mr_account_code_text(int code)
{
    switch (code) {
    case 0:
        return "nothing was lost";
    case 4:
        return "there are warnings";
    case 8:
        return "some data was lost, the rest is good";
    case 12:
        return "an input could not be used, or not to its end";
    default:
        return "the run could not go on";
    }
}

const char *mr_account_time(uint64_t tod, char *buffer)
{
    *(tod == 0 ? buffer : mr_put_time(buffer, mr_tod_micros(tod))) = '\0';
    return buffer;
}

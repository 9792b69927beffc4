/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The account as JSON.  Every key that a reader may look for is always there: what is not known is null, what did not
 * happen is 0 or an empty list.
 */
#include "account/account.h"
#include "domains/delta.h"
#include "writers/number.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define MANIFEST_FORMAT 1 /* grows when a key changes its meaning or goes; new keys leave it as it is */

/* Building goes on after a failure, which can only be memory; the end looks at it. */
struct maker {
    const struct mr_account *account;
    bool failed;
};

static void set(struct maker *maker, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        maker->failed = true;
}

static void append(struct maker *maker, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        maker->failed = true;
}

static void set_count(struct maker *maker, json_t *object, const char *key, uint64_t count)
{
    set(maker, object, key, json_integer(count > INT64_MAX ? INT64_MAX : (json_int_t)count));
}

static void set_bool(struct maker *maker, json_t *object, const char *key, bool value)
{
    set(maker, object, key, json_boolean(value));
}

/* File names need not be UTF-8, JSON must be: of a text that is not, the upper half is shown as \xHH. */
static json_t *text_of(const char *text)
{
    json_t *value = json_string(text);
    char *plain, *p;

    if (value != NULL)
        return value;
    p = plain = malloc(4 * strlen(text) + 1);
    if (plain == NULL)
        return NULL;
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x80)
            *p++ = *text;
        else
            p += sprintf(p, "\\x%02X", (unsigned)(unsigned char)*text);
    }
    *p = '\0';
    value = json_string(plain);
    free(plain);
    return value;
}

static void set_text(struct maker *maker, json_t *object, const char *key, const char *text)
{
    set(maker, object, key, text_of(text));
}

/* "" means not known. */
static void set_known_text(struct maker *maker, json_t *object, const char *key, const char *text)
{
    set(maker, object, key, text[0] == '\0' ? json_null() : text_of(text));
}

static void set_time(struct maker *maker, json_t *object, const char *key, uint64_t tod)
{
    char text[MR_NUMBER_MAX_TEXT];

    set_known_text(maker, object, key, mr_account_time(tod, text));
}

static json_t *byte_account(struct maker *maker, const struct mr_reader_counts *c, bool agree)
{
    json_t *bytes = json_object();

    set_count(maker, bytes, "total", c->bytes);
    set_count(maker, bytes, "control", c->control);
    set_count(maker, bytes, "records", c->records);
    set_count(maker, bytes, "leftover", c->leftover);
    set_count(maker, bytes, "end_data", c->end_data);
    set_count(maker, bytes, "damaged", c->damaged);
    set_bool(maker, bytes, "agree", agree);
    return bytes;
}

static json_t *damage_list(struct maker *maker, const struct mr_input_result *input)
{
    json_t *list = json_array();

    for (size_t i = 0; i < input->damage_count; i++) {
        json_t *stretch = json_object();

        set_count(maker, stretch, "offset", input->damage[i].offset);
        set_count(maker, stretch, "bytes", input->damage[i].bytes);
        set_text(maker, stretch, "message", mr_message_text(input->damage[i].reason)->id);
        append(maker, list, stretch);
    }
    return list;
}

static json_t *input_account(struct maker *maker, const struct mr_input_result *input)
{
    const struct mr_reader_counts *c = &input->counts;
    json_t *object = json_object();
    char crc[16];

    set_text(maker, object, "name", input->name);
    set_bool(maker, object, "usable", input->usable);
    if (!input->usable)
        return object;
    snprintf(crc, sizeof crc, "%08" PRIX32, c->crc);
    set_text(maker, object, "container", mr_container_name(input->container));
    /* The size of a pipe is what came out of it. */
    set_count(maker, object, "file_bytes", c->input_size != 0 ? c->input_size : c->input_bytes);
    set_count(maker, object, "file_bytes_read", c->input_bytes);
    set_text(maker, object, "crc32", crc);
    set(maker, object, "bytes", byte_account(maker, c, mr_account_bytes_agree(c)));
    set_count(maker, object, "records", c->record_count);
    set_count(maker, object, "frames", c->frame_count);
    set_count(maker, object, "control_records", c->control_count);
    set_count(maker, object, "bad_records", c->bad_record_count);
    set_count(maker, object, "damaged_stretches", c->damage_count);
    set(maker, object, "damage", damage_list(maker, input));
    return object;
}

static json_t *inputs_account(struct maker *maker)
{
    json_t *list = json_array();

    for (size_t i = 0; i < maker->account->input_count; i++)
        append(maker, list, input_account(maker, &maker->account->inputs[i]));
    return list;
}

/* All episodes of one kind; number is the key of their number, NULL where they have none. */
static json_t *episodes(struct maker *maker, const struct mr_system_account *system, enum mr_episode_kind kind,
                        const char *number)
{
    json_t *list = json_array();

    for (size_t i = 0; i < system->episode_count; i++) {
        const struct mr_episode *episode = &system->episodes[i];
        json_t *object;

        if (episode->kind != kind)
            continue;
        object = json_object();
        set_time(maker, object, "from", episode->from_tod);
        set_time(maker, object, "to", episode->to_tod);
        if (number != NULL)
            set_count(maker, object, number, episode->number);
        append(maker, list, object);
    }
    return list;
}

static json_t *missing_configuration(struct maker *maker, unsigned missing)
{
    static const char *const records[] = {"1/1", "1/4", "1/5", "1/9"};
    json_t *list = json_array();

    for (unsigned i = 0; i < sizeof records / sizeof *records; i++) {
        if (missing & 1u << i)
            append(maker, list, json_string(records[i]));
    }
    return list;
}

static json_t *system_account(struct maker *maker, const struct mr_system_account *s)
{
    json_t *object = json_object(), *intervals = json_object();

    set_text(maker, object, "sysid", s->identity.sysid);
    set_text(maker, object, "orgsysid", s->identity.orgsysid);
    set_known_text(maker, object, "cpumodel", s->identity.cpumodel);
    set_known_text(maker, object, "serial", s->identity.serial);
    set_known_text(maker, object, "level", s->level);
    set_time(maker, object, "ipl_time", s->ipl_tod);
    set_time(maker, object, "first_time", s->first_tod);
    set_time(maker, object, "last_time", s->last_tod);
    set_count(maker, object, "records", s->records);
    set_count(maker, intervals, "expected", s->intervals + s->missing_intervals);
    set_count(maker, intervals, "seen", s->intervals);
    set_count(maker, intervals, "missing", s->missing_intervals);
    set(maker, object, "intervals", intervals);
    set_count(maker, object, "configurations", s->configurations);
    set(maker, object, "configuration_missing", missing_configuration(maker, s->config_missing));
    set_count(maker, object, "suspends", s->suspends);
    set_count(maker, object, "lost_event_records", s->lost_events);
    set_count(maker, object, "restarts", s->restarts);
    set_count(maker, object, "reconnects", s->reconnects);
    set_bool(maker, object, "lists_complete", s->episode_count < MR_EPISODES_MAX);
    set(maker, object, "suspend_list", episodes(maker, s, MR_EPISODE_SUSPEND, "lost_event_records"));
    set(maker, object, "gap_list", episodes(maker, s, MR_EPISODE_GAP, "intervals"));
    set(maker, object, "restart_list", episodes(maker, s, MR_EPISODE_RESTART, NULL));
    set(maker, object, "reconnect_list", episodes(maker, s, MR_EPISODE_RECONNECT, NULL));
    set(maker, object, "interval_list", episodes(maker, s, MR_EPISODE_INTERVAL, "seconds"));
    set(maker, object, "clock_list", episodes(maker, s, MR_EPISODE_CLOCK, NULL));
    return object;
}

static json_t *systems_account(struct maker *maker)
{
    json_t *list = json_array();

    for (size_t i = 0; i < maker->account->system_count; i++)
        append(maker, list, system_account(maker, &maker->account->systems[i]));
    return list;
}

static const char *fate_word(enum mr_fate fate)
{
    static const char *const words[] = {[MR_FATE_REDUCED] = "reduced",
                                        [MR_FATE_STRUCTURAL] = "structural",
                                        [MR_FATE_NOT_SELECTED] = "not selected",
                                        [MR_FATE_UNKNOWN] = "unknown"};

    return words[fate];
}

static json_t *record_type(struct maker *maker, unsigned domain, unsigned number, const struct mr_census_cell *cell,
                           enum mr_fate fate)
{
    const struct mr_account *account = maker->account;
    const struct mr_layout *layout = number > MR_NUMBER_MAX ? NULL
                                                            : mr_schema_layout(account->schema, domain, number, "");
    json_t *object = json_object();
    char name[24];

    snprintf(name, sizeof name, "%u/%u", domain, number);
    set_text(maker, object, "record", name);
    set_known_text(maker, object, "dsect", layout == NULL ? "" : layout->dsect);
    set_known_text(maker, object, "title", layout == NULL ? "" : layout->title);
    set_count(maker, object, "count", cell->count);
    set_count(maker, object, "bytes", cell->bytes);
    set_count(maker, object, "shortest", cell->shortest);
    set_count(maker, object, "longest", cell->longest);
    if (account->reduced)
        set_text(maker, object, "fate", fate_word(fate));
    else
        set_bool(maker, object, "known", fate != MR_FATE_UNKNOWN);
    return object;
}

static json_t *record_types(struct maker *maker)
{
    const struct mr_census *census = maker->account->census;
    json_t *list = json_array();

    for (unsigned d = 0; census != NULL && d <= MR_DOMAIN_MAX; d++) {
        for (unsigned n = 0; n <= MR_NUMBER_MAX; n++) {
            const struct mr_census_cell *cell = &census->cells[d][n];

            if (cell->count > 0)
                append(maker, list, record_type(maker, d, n, cell, maker->account->fates[d][n]));
        }
    }
    for (size_t i = 0; census != NULL && i < census->foreign_count; i++) {
        const struct mr_census_foreign *one = &census->foreign[i];

        append(maker, list, record_type(maker, one->domain, one->number, &one->cell, MR_FATE_UNKNOWN));
    }
    return list;
}

static json_t *records_account(struct maker *maker, const struct mr_account_totals *totals)
{
    json_t *object = json_object();
    uint64_t unknown = totals->fates[MR_FATE_UNKNOWN];

    set_count(maker, object, "total", totals->bytes.record_count);
    set_count(maker, object, "bytes", totals->bytes.records);
    if (maker->account->reduced) {
        set_count(maker, object, "reduced", totals->fates[MR_FATE_REDUCED]);
        set_count(maker, object, "structural", totals->fates[MR_FATE_STRUCTURAL]);
        set_count(maker, object, "not_selected", totals->fates[MR_FATE_NOT_SELECTED]);
    } else {
        set_count(maker, object, "known", totals->bytes.record_count - unknown - maker->account->counts.duplicates);
    }
    set_count(maker, object, "unknown", unknown);
    set_bool(maker, object, "agree", totals->records_agree);
    set_count(maker, object, "duplicates", maker->account->counts.duplicates);
    set_count(maker, object, "duplicate_bytes", maker->account->counts.duplicate_bytes);
    set(maker, object, "types", record_types(maker));
    return object;
}

static json_t *qualities(struct maker *maker, const uint64_t counts[MR_QUALITIES])
{
    json_t *object = json_object();

    for (unsigned q = 0; q < MR_QUALITIES; q++)
        set_count(maker, object, mr_quality_word((enum mr_quality)q), counts[q]);
    return object;
}

static json_t *rows_account(struct maker *maker, const struct mr_account_totals *totals)
{
    json_t *object = json_object();

    set_count(maker, object, "total", totals->rows);
    set(maker, object, "quality", qualities(maker, totals->qualities));
    set_bool(maker, object, "agree", totals->rows_agree);
    return object;
}

static json_t *tables_account(struct maker *maker)
{
    json_t *list = json_array();

    for (size_t i = 0; i < maker->account->table_count; i++) {
        const struct mr_table_result *table = &maker->account->tables[i];
        json_t *object = json_object();

        set_text(maker, object, "name", table->name);
        set_known_text(maker, object, "title", table->title);
        set_count(maker, object, "rows", table->rows);
        set(maker, object, "quality", qualities(maker, table->qualities));
        append(maker, list, object);
    }
    return list;
}

static json_t *derived_account(struct maker *maker)
{
    json_t *list = json_array();

    for (size_t i = 0; i < maker->account->derived_count; i++) {
        const struct mr_derived_result *fact = &maker->account->derived[i];
        json_t *object = json_object();
        char name[24];

        snprintf(name, sizeof name, "%u/%u", fact->layout->domain, fact->layout->number);
        set_text(maker, object, "table", fact->table->name);
        set_text(maker, object, "record", name);
        set_text(maker, object, "field", fact->field->name);
        set_known_text(maker, object, "origin", fact->field->origin);
        append(maker, list, object);
    }
    return list;
}

static json_t *balances_account(struct maker *maker)
{
    json_t *list = json_array();

    for (size_t i = 0; i < maker->account->balance_count; i++) {
        const struct mr_balance_result *result = &maker->account->balances[i];
        json_t *object = json_object();

        set_text(maker, object, "table", result->balance->table);
        set_text(maker, object, "name", result->balance->name);
        set_known_text(maker, object, "label", result->balance->label);
        set_count(maker, object, "checked", result->checked);
        set_count(maker, object, "failed", result->failed);
        append(maker, list, object);
    }
    return list;
}

static json_t *falls_account(struct maker *maker)
{
    json_t *list = json_array();

    for (size_t i = 0; i < maker->account->fall_count; i++) {
        const struct mr_fall_result *fall = &maker->account->falls[i];
        json_t *object = json_object();
        char name[24];

        snprintf(name, sizeof name, "%u/%u", fall->layout->domain, fall->layout->number);
        set_text(maker, object, "table", fall->table->name);
        set_text(maker, object, "record", name);
        set_text(maker, object, "field", fall->field->name);
        set_count(maker, object, "reset", fall->resets);
        set_count(maker, object, "blank", fall->doubts);
        append(maker, list, object);
    }
    return list;
}

static json_t *message_account(struct maker *maker, enum mr_message_id id)
{
    const struct mr_message_text *text = mr_message_text(id);
    const char letter[] = {text->letter, '\0'};
    json_t *object = json_object();

    set_text(maker, object, "id", text->id);
    set_text(maker, object, "severity", letter);
    set_count(maker, object, "count", maker->account->log->counts[id]);
    set_text(maker, object, "text", text->text);
    return object;
}

/* Where a signal ended the run. */
static json_t *interruption_account(struct maker *maker)
{
    const struct mr_interruption *interrupted = &maker->account->interrupted;
    json_t *object = json_object();

    set_text(maker, object, "signal", mr_interruption_signal(interrupted));
    set_text(maker, object, "input", interrupted->input);
    set_count(maker, object, "offset", interrupted->offset);
    set_time(maker, object, "time", interrupted->tod);
    set_count(maker, object, "inputs_not_read", interrupted->not_read);
    return object;
}

/* What the run found in the output folder says nothing of this data, and a rerun does not find it again. */
static bool is_told(const struct mr_account *account, enum mr_message_id id)
{
    return account->log->counts[id] > 0 && id != MR_MSG_OUTPUT_LEFTOVER && id != MR_MSG_OUTPUT_RESUMED;
}

static void set_messages(struct maker *maker, json_t *root, json_t *reasons)
{
    enum mr_message_id order[MR_MSG_COUNT];
    json_t *list = json_array();

    mr_account_message_order(order);
    for (unsigned i = 0; i < MR_MSG_COUNT; i++) {
        if (is_told(maker->account, order[i]))
            append(maker, list, message_account(maker, order[i]));
        if (mr_account_is_reason(maker->account, order[i]))
            append(maker, reasons, json_string(mr_message_text(order[i])->id));
    }
    set(maker, root, "messages", list);
}

/* What a later run into the same folder must know of this one, among others. */
static json_t *output_account(struct maker *maker)
{
    const struct mr_account_output *output = &maker->account->output;
    json_t *object = json_object();

    set_text(maker, object, "format", output->format);
    set_text(maker, object, "split", output->split);
    set_bool(maker, object, "partition", output->partition);
    set_text(maker, object, "time", output->time);
    set_bool(maker, object, "gzip", output->gzip);
    return object;
}

static json_t *whole_account(struct maker *maker)
{
    const struct mr_account *account = maker->account;
    struct mr_account_totals totals;
    json_t *root = json_object(), *reasons = json_array();

    mr_account_sum(account, &totals);
    set_text(maker, root, "program", "monreduce");
    set_text(maker, root, "version", account->version);
    set_count(maker, root, "format", MANIFEST_FORMAT);
    set_text(maker, root, "command", account->reduced ? "reduce" : "census");
    set_count(maker, root, "return_code", (uint64_t)account->log->code);
    set(maker, root, "reasons", reasons);
    set_bool(maker, root, "agree", totals.bytes_agree && totals.records_agree && totals.rows_agree);
    set(maker, root, "bytes", byte_account(maker, &totals.bytes, totals.bytes_agree));
    set(maker, root, "inputs", inputs_account(maker));
    set(maker, root, "systems", systems_account(maker));
    set(maker, root, "records", records_account(maker, &totals));
    if (account->reduced && account->schema_digest[0] != '\0') {
        set_text(maker, root, "schema", account->schema_digest);
        set(maker, root, "output", output_account(maker));
    }
    if (account->reduced) {
        set(maker, root, "rows", rows_account(maker, &totals));
        set(maker, root, "tables", tables_account(maker));
        set(maker, root, "derived", derived_account(maker));
        set(maker, root, "balances", balances_account(maker));
        set(maker, root, "falls", falls_account(maker));
    }
    /* Only there where it says something: times are in it, and the same run twice does not take the same time. */
    if (account->counts.orphans > 0)
        set_count(maker, root, "orphans", account->counts.orphans);
    if (account->interrupted.by != 0)
        set(maker, root, "interrupted", interruption_account(maker));
    if (account->exit_count > 0)
        set(maker, root, "exits", mr_account_exits_json(account));
    set_messages(maker, root, reasons);
    return root;
}

char *mr_account_json(const struct mr_account *account, size_t *size)
{
    struct maker maker = {.account = account};
    json_t *root = whole_account(&maker);
    char *text = NULL;
    FILE *out = maker.failed || root == NULL ? NULL : open_memstream(&text, size);
    bool good = false;

    if (out != NULL) {
        good = json_dumpf(root, out, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0 && fputc('\n', out) == '\n';
        good = ferror(out) == 0 && good;
        good = fclose(out) == 0 && text != NULL && good;
    }
    json_decref(root);
    if (!good) {
        free(text);
        return NULL;
    }
    return text;
}

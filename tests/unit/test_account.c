/* SPDX-License-Identifier: Apache-2.0 */
/* The account of a run: what is counted is told, sums that do not agree are told too, and JSON is always JSON. */
#include "account/account.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define TOD UINT64_C(0xDECBF84504400000) /* 2024-03-15 09:00:00 */
#define MINUTE UINT64_C(0x3938700000)

/* An account made by hand: one input, one system, four kinds of records, two tables.  What has to agree does. */
struct scene {
    struct mr_log log;
    struct mr_census census;
    struct mr_input_result inputs[2];
    struct mr_system_account systems[1];
    struct mr_episode episodes[6];
    struct mr_table_result tables[2];
    struct mr_account account;
};

static const struct mr_damage stretches[] = {{8192, 4096, MR_MSG_SKIPPED_DAMAGE}, {20480, 0, MR_MSG_LOST_DATA}};

static void add_records(struct scene *scene, unsigned domain, unsigned number, enum mr_fate fate, uint64_t count)
{
    struct mr_census *census = &scene->census;

    census->cells[domain][number] = (struct mr_census_cell){count, count * 100, 100, 100};
    census->records += count;
    census->bytes += count * 100;
    scene->account.fates[domain][number] = (uint8_t)fate;
}

static void fill_input(struct mr_input_result *input)
{
    *input = (struct mr_input_result){.name = "night.mon",
                                      .container = MR_CONTAINER_NATIVE,
                                      .usable = true,
                                      .damage = (struct mr_damage *)stretches,
                                      .damage_count = 2};
    input->counts = (struct mr_reader_counts){.bytes = 20480,
                                              .control = 8192,
                                              .records = 4000,
                                              .leftover = 96,
                                              .end_data = 4096,
                                              .damaged = 4096,
                                              .record_count = 40,
                                              .frame_count = 1,
                                              .control_count = 2,
                                              .damage_count = 2,
                                              .bad_record_count = 1,
                                              .input_bytes = 20480,
                                              .input_size = 20480,
                                              .crc = 0x1234ABCD};
}

static void fill_system(struct scene *scene)
{
    const struct mr_episode episodes[6] = {{MR_EPISODE_SUSPEND, TOD, TOD + MINUTE, 17},
                                           {MR_EPISODE_SUSPEND, 0, TOD + 2 * MINUTE, 3},
                                           {MR_EPISODE_GAP, TOD, TOD + 3 * MINUTE, 2},
                                           {MR_EPISODE_RESTART, TOD, TOD, 0},
                                           {MR_EPISODE_RECONNECT, TOD, TOD, 0},
                                           {MR_EPISODE_INTERVAL, TOD, TOD, 30}};

    memcpy(scene->episodes, episodes, sizeof episodes);
    scene->systems[0] = (struct mr_system_account){.identity = {.sysid = "TESTVM",
                                                                .orgsysid = "ORGVM",
                                                                .cpumodel = "2097-E12",
                                                                .serial = "012345"},
                                                   .level = "z/VM 5.3",
                                                   .ipl_tod = 0,
                                                   .first_tod = TOD,
                                                   .last_tod = TOD + 10 * MINUTE,
                                                   .records = 40,
                                                   .intervals = 8,
                                                   .missing_intervals = 2,
                                                   .suspends = 2,
                                                   .lost_events = 20,
                                                   .restarts = 1,
                                                   .reconnects = 1,
                                                   .configurations = 2,
                                                   .config_missing = 2 | 8,
                                                   .episodes = scene->episodes,
                                                   .episode_count = 6};
}

static void fill(struct scene *scene)
{
    struct mr_account *account = &scene->account;

    memset(scene, 0, sizeof *scene);
    mr_report(&scene->log, MR_MSG_MISSING_INTERVALS, MR_NOWHERE, "%s", "");
    mr_report(&scene->log, MR_MSG_SKIPPED_DAMAGE, MR_NOWHERE, "%s", "");
    mr_report(&scene->log, MR_MSG_SKIPPED_DAMAGE, MR_NOWHERE, "%s", "");
    *account = (struct mr_account){.schema = mr_schema_builtin(),
                                   .log = &scene->log,
                                   .version = "9.8.7",
                                   .reduced = true,
                                   .inputs = scene->inputs,
                                   .input_count = 1,
                                   .systems = scene->systems,
                                   .system_count = 1,
                                   .census = &scene->census,
                                   .tables = scene->tables,
                                   .table_count = 2};
    fill_input(&scene->inputs[0]);
    fill_system(scene);
    add_records(scene, 0, 2, MR_FATE_REDUCED, 20);
    add_records(scene, 1, 11, MR_FATE_STRUCTURAL, 8);
    add_records(scene, 0, 3, MR_FATE_NOT_SELECTED, 10);
    add_records(scene, 15, 200, MR_FATE_UNKNOWN, 2);
    account->counts = (struct mr_engine_counts){
        .records = 40, .reduced = 20, .structural = 8, .not_selected = 10, .unknown = 2, .rows = 19};
    scene->tables[0] = (struct mr_table_result){
        "VMXSP002", "Processor", 10, {[MR_QUALITY_OK] = 7, [MR_QUALITY_FIRST] = 2, [MR_QUALITY_GAP] = 1}};
    scene->tables[1] = (struct mr_table_result){
        "VMXSP001", "Other", 9, {[MR_QUALITY_OK] = 7, [MR_QUALITY_RESET] = 1, [MR_QUALITY_PARTIAL] = 1}};
}

/* The account as text, taken in again by the library that knows the rules of JSON. */
static json_t *parsed(const struct mr_account *account)
{
    size_t size = 0;
    char *text = mr_account_json(account, &size);
    json_t *root;

    cr_assert_not_null(text);
    cr_assert(size == strlen(text) && text[size - 1] == '\n');
    root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    cr_assert_not_null(root);
    return root;
}

/* "records.types.0.count": the value at this place; the test fails where there is none. */
static json_t *at(json_t *value, const char *path)
{
    char copy[128], *rest = copy;

    snprintf(copy, sizeof copy, "%s", path);
    for (char *key = strtok_r(copy, ".", &rest); key != NULL; key = strtok_r(NULL, ".", &rest)) {
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(key)) : json_object_get(value, key);
        cr_assert_not_null(value, "%s: no %s", path, key);
    }
    return value;
}

static void expect_number(json_t *root, const char *path, long long number)
{
    json_t *value = at(root, path);

    cr_expect(json_is_integer(value) && json_integer_value(value) == number, "%s is %lld, not %lld", path,
              (long long)json_integer_value(value), number);
}

static void expect_text(json_t *root, const char *path, const char *text)
{
    json_t *value = at(root, path);

    cr_expect(json_is_string(value) && strcmp(json_string_value(value), text) == 0, "%s is %s, not %s", path,
              json_is_string(value) ? json_string_value(value) : "no text", text);
}

static void expect_true(json_t *root, const char *path)
{
    cr_expect(json_is_true(at(root, path)), "%s is not true", path);
}

static void expect_false(json_t *root, const char *path)
{
    cr_expect(json_is_false(at(root, path)), "%s is not false", path);
}

static char *text_of(const struct mr_account *account, bool census)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    cr_assert_not_null(out);
    if (census)
        mr_account_census(account, out);
    else
        mr_account_report(account, "out", out);
    cr_assert_eq(fclose(out), 0);
    return text;
}

static void expect_words(const char *text, const char *words)
{
    cr_expect_not_null(strstr(text, words), "'%s' is not in\n%s", words, text);
}

Test(account, inputs)
{
    struct scene scene;
    json_t *root;

    fill(&scene);
    root = parsed(&scene.account);
    expect_text(root, "inputs.0.name", "night.mon");
    expect_true(root, "inputs.0.usable");
    expect_text(root, "inputs.0.crc32", "1234ABCD");
    expect_number(root, "inputs.0.file_bytes", 20480);
    expect_number(root, "inputs.0.bytes.total", 20480);
    expect_number(root, "inputs.0.bytes.leftover", 96);
    expect_true(root, "inputs.0.bytes.agree");
    expect_number(root, "inputs.0.bad_records", 1);
    expect_number(root, "inputs.0.damaged_stretches", 2);
    expect_number(root, "inputs.0.damage.0.offset", 8192);
    expect_number(root, "inputs.0.damage.0.bytes", 4096);
    expect_text(root, "inputs.0.damage.0.message", "MRD0111E");
    expect_text(root, "inputs.0.damage.1.message", "MRD0123E");
    expect_true(root, "agree");
    json_decref(root);
}

Test(account, systems)
{
    struct scene scene;
    json_t *root;

    fill(&scene);
    root = parsed(&scene.account);
    expect_text(root, "systems.0.sysid", "TESTVM");
    expect_text(root, "systems.0.level", "z/VM 5.3");
    cr_expect(json_is_null(at(root, "systems.0.ipl_time")));
    expect_text(root, "systems.0.first_time", "2024-03-15 09:00:00.000000");
    expect_text(root, "systems.0.last_time", "2024-03-15 09:10:00.000000");
    expect_number(root, "systems.0.intervals.expected", 10);
    expect_number(root, "systems.0.intervals.seen", 8);
    expect_text(root, "systems.0.configuration_missing.0", "1/4");
    expect_text(root, "systems.0.configuration_missing.1", "1/9");
    cr_expect_eq(json_array_size(at(root, "systems.0.suspend_list")), 2);
    expect_number(root, "systems.0.suspend_list.0.lost_event_records", 17);
    cr_expect(json_is_null(at(root, "systems.0.suspend_list.1.from")));
    expect_text(root, "systems.0.gap_list.0.to", "2024-03-15 09:03:00.000000");
    expect_number(root, "systems.0.gap_list.0.intervals", 2);
    cr_expect_eq(json_array_size(at(root, "systems.0.restart_list")), 1);
    cr_expect_eq(json_array_size(at(root, "systems.0.reconnect_list")), 1);
    expect_number(root, "systems.0.interval_list.0.seconds", 30);
    expect_true(root, "systems.0.lists_complete");
    json_decref(root);
}

Test(account, records_and_rows)
{
    struct scene scene;
    json_t *root;

    fill(&scene);
    root = parsed(&scene.account);
    expect_number(root, "records.total", 40);
    expect_number(root, "records.reduced", 20);
    expect_number(root, "records.structural", 8);
    expect_number(root, "records.not_selected", 10);
    expect_number(root, "records.unknown", 2);
    expect_true(root, "records.agree");
    expect_text(root, "records.types.0.record", "0/2");
    expect_text(root, "records.types.0.dsect", "SYTPRP");
    expect_text(root, "records.types.0.fate", "reduced");
    expect_text(root, "records.types.1.fate", "not selected");
    expect_text(root, "records.types.2.fate", "structural");
    expect_text(root, "records.types.3.fate", "unknown");
    cr_expect(json_is_null(at(root, "records.types.3.title")));
    expect_number(root, "rows.total", 19);
    expect_number(root, "rows.quality.ok", 14);
    expect_number(root, "rows.quality.first", 2);
    expect_true(root, "rows.agree");
    expect_text(root, "tables.1.name", "VMXSP001");
    expect_number(root, "tables.1.quality.reset", 1);
    expect_number(root, "tables.1.quality.partial", 1);
    json_decref(root);
}

Test(account, derived_facts_and_balances)
{
    static const struct mr_layout layout = {.domain = 4, .number = 3};
    static const struct mr_field field = {.name = "USEACT_VMDTTIME", .origin = "list:1"};
    static const struct mr_table table = {.name = "VMXVXU00"};
    static const struct mr_balance rule = {.table = "VMXSGP00", .name = "guests", .label = "Guests fit"};
    struct mr_derived_result derived = {&layout, &field, &table};
    struct mr_balance_result balance = {&rule, 8, 3};
    struct scene scene;
    json_t *root;
    char *text;

    fill(&scene);
    scene.account.derived = &derived;
    scene.account.derived_count = 1;
    scene.account.balances = &balance;
    scene.account.balance_count = 1;
    root = parsed(&scene.account);
    expect_text(root, "derived.0.table", "VMXVXU00");
    expect_text(root, "derived.0.record", "4/3");
    expect_text(root, "derived.0.field", "USEACT_VMDTTIME");
    expect_text(root, "derived.0.origin", "list:1");
    expect_text(root, "balances.0.table", "VMXSGP00");
    expect_number(root, "balances.0.checked", 8);
    expect_number(root, "balances.0.failed", 3);
    json_decref(root);
    text = text_of(&scene.account, false);
    expect_words(text, "\"guests\" fails in 3 of 8 rows of VMXSGP00\n");
    free(text);
}

/* The table of messages is by subject, and later messages stand behind older ones with higher numbers. */
Test(account, messages_are_told_by_id)
{
    struct scene scene;
    json_t *root, *list;

    fill(&scene);
    for (unsigned id = 0; id < MR_MSG_COUNT; id++)
        mr_report(&scene.log, (enum mr_message_id)id, MR_NOWHERE, "%s", "");
    root = parsed(&scene.account);
    list = at(root, "messages");
    for (size_t i = 1; i < json_array_size(list); i++)
        cr_expect(strcmp(json_string_value(at(json_array_get(list, i - 1), "id")),
                         json_string_value(at(json_array_get(list, i), "id"))) < 0);
    cr_expect_eq(json_array_size(list), MR_MSG_COUNT - 2u);
    json_decref(root);
}

Test(account, messages_and_reasons)
{
    struct scene scene;
    json_t *root;

    fill(&scene);
    root = parsed(&scene.account);
    expect_number(root, "return_code", 8);
    cr_expect_eq(json_array_size(at(root, "reasons")), 1);
    expect_text(root, "reasons.0", "MRD0111E");
    cr_expect_eq(json_array_size(at(root, "messages")), 2);
    expect_text(root, "messages.0.id", "MRD0111E");
    expect_number(root, "messages.0.count", 2);
    expect_text(root, "messages.1.severity", "W");
    json_decref(root);
}

/* Found in the output folder, not in the data: a second run over the same input must give the same bytes. */
Test(account, leftover_files_are_not_told)
{
    struct scene scene;
    json_t *root;

    fill(&scene);
    mr_report(&scene.log, MR_MSG_OUTPUT_LEFTOVER, MR_NOWHERE, "%s", "");
    root = parsed(&scene.account);
    cr_expect_eq(json_array_size(at(root, "messages")), 2);
    json_decref(root);
}

static void expect_disagreement(const struct scene *scene, const char *where)
{
    json_t *root = parsed(&scene->account);

    expect_false(root, where);
    expect_false(root, "agree");
    json_decref(root);
}

Test(account, sums_that_do_not_agree)
{
    struct scene scene;

    fill(&scene);
    scene.inputs[0].counts.damaged--;
    expect_disagreement(&scene, "inputs.0.bytes.agree");
    fill(&scene);
    scene.account.counts.unknown++;
    expect_disagreement(&scene, "records.agree");
    fill(&scene);
    scene.systems[0].records--;
    expect_disagreement(&scene, "records.agree");
    fill(&scene);
    scene.census.cells[0][2].count++;
    expect_disagreement(&scene, "records.agree");
    fill(&scene);
    scene.tables[0].qualities[MR_QUALITY_OK]--;
    expect_disagreement(&scene, "rows.agree");
    fill(&scene);
    scene.account.counts.rows++;
    expect_disagreement(&scene, "rows.agree");
}

/* Bytes that come in sum up, but not with those of the records that were counted. */
/* The check at the end of a run: one message for each input and each sum, and return code 8. */
static uint64_t differences(struct scene *scene)
{
    scene->log.counts[MR_MSG_SUMS_DIFFER] = 0;
    scene->log.code = 0;
    mr_account_check(&scene->account, &scene->log);
    cr_expect_eq(scene->log.code, scene->log.counts[MR_MSG_SUMS_DIFFER] == 0 ? 0 : 8);
    return scene->log.counts[MR_MSG_SUMS_DIFFER];
}

Test(account, check_at_the_end)
{
    struct scene scene;
    struct mr_reader_counts *input = &scene.inputs[0].counts;
    uint64_t *items[] = {&input->bytes,   &input->control, &input->leftover,
                         &input->end_data, &input->damaged, &scene.account.counts.records,
                         &scene.tables[0].rows, &scene.account.counts.rows};

    fill(&scene);
    cr_expect_eq(differences(&scene), 0);
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        (*items[i])++;
        cr_expect_eq(differences(&scene), 1, "item %zu", i);
        (*items[i])--;
    }
    /* Bytes of records are in the sum of the input, and those of the census are the same. */
    input->records++;
    input->bytes++;
    cr_expect_eq(differences(&scene), 1);
    input->control++;
    cr_expect_eq(differences(&scene), 1);
    scene.account.reduced = false;
    scene.tables[0].rows++;
    cr_expect_eq(differences(&scene), 1, "without tables there are no rows to be compared");
}

Test(account, interruption)
{
    struct scene scene;
    json_t *root;
    char *text;

    fill(&scene);
    root = parsed(&scene.account);
    cr_expect_null(json_object_get(root, "interrupted"));
    json_decref(root);
    scene.account.interrupted = (struct mr_interruption){
        .by = SIGTERM, .input = "a.mon", .offset = 4711, .tod = UINT64_C(0xDECBF84504400000), .not_read = 2};
    root = parsed(&scene.account);
    expect_text(root, "interrupted.signal", "SIGTERM");
    expect_text(root, "interrupted.input", "a.mon");
    expect_number(root, "interrupted.offset", 4711);
    expect_text(root, "interrupted.time", "2024-03-15 09:00:00.000000");
    expect_number(root, "interrupted.inputs_not_read", 2);
    json_decref(root);
    text = text_of(&scene.account, false);
    expect_words(text, "stopped    by SIGTERM; 2 inputs not read at all");
    free(text);
    scene.account.interrupted.by = SIGINT;
    cr_expect_str_eq(mr_interruption_signal(&scene.account.interrupted), "SIGINT");
}

Test(account, record_bytes_agree_with_the_census)
{
    struct scene scene;

    fill(&scene);
    scene.census.cells[0][2].bytes++;
    expect_disagreement(&scene, "bytes.agree");
}

Test(account, file_names_that_are_not_utf8)
{
    struct scene scene;
    json_t *root;

    fill(&scene);
    scene.inputs[0].name = "caf\xE9 \"quoted\".mon";
    root = parsed(&scene.account);
    expect_text(root, "inputs.0.name", "caf\\xE9 \"quoted\".mon");
    json_decref(root);
}

Test(account, unusable_input)
{
    struct scene scene;
    json_t *root;

    fill(&scene);
    scene.inputs[1] = (struct mr_input_result){.name = "lost.mon"};
    scene.account.input_count = 2;
    root = parsed(&scene.account);
    expect_text(root, "inputs.1.name", "lost.mon");
    expect_false(root, "inputs.1.usable");
    cr_expect_null(json_object_get(at(root, "inputs.1"), "bytes"));
    expect_true(root, "agree");
    json_decref(root);
}

Test(account, nothing_at_all)
{
    struct mr_log log = {0};
    struct mr_account account = {.schema = mr_schema_builtin(), .log = &log, .version = "1", .reduced = true};
    json_t *root = parsed(&account);

    expect_true(root, "agree");
    expect_number(root, "return_code", 0);
    cr_expect_eq(json_array_size(at(root, "inputs")), 0);
    cr_expect_eq(json_array_size(at(root, "records.types")), 0);
    json_decref(root);
}

Test(account, census_has_no_tables)
{
    struct scene scene;
    json_t *root;

    fill(&scene);
    scene.account.reduced = false;
    scene.account.table_count = 0;
    scene.account.counts.rows = 0;
    root = parsed(&scene.account);
    expect_text(root, "command", "census");
    expect_number(root, "records.known", 38);
    expect_true(root, "records.types.0.known");
    expect_false(root, "records.types.3.known");
    cr_expect_null(json_object_get(root, "tables"));
    cr_expect_null(json_object_get(root, "rows"));
    expect_true(root, "agree");
    json_decref(root);
}

Test(account, report_says_what_was_lost)
{
    struct scene scene;
    char *text;

    fill(&scene);
    text = text_of(&scene.account, false);
    expect_words(text, "1 file, 20480 bytes, 40 records\n");
    expect_words(text, "TESTVM, z/VM 5.3, 2024-03-15 09:00:00 to 09:10:00 UTC, 8 intervals\n");
    expect_words(text, "2 records of 1 kind without a layout\n");
    expect_words(text, "4096 bytes in 2 damaged places, 1 record known lost\n");
    expect_words(text, "2 of 10 intervals are missing\n");
    expect_words(text, "20 event records in 2 suspensions of the monitor\n");
    expect_words(text, "MRD0111E, 2 times: ");
    expect_words(text, "19 rows in 2 tables in out from 40 records, 20480 bytes; return code 8: ");
    cr_expect_null(strstr(text, "do not agree"));
    free(text);
}

Test(account, report_of_sums_that_do_not_agree)
{
    struct scene scene;
    char *text;

    fill(&scene);
    scene.account.counts.records++;
    text = text_of(&scene.account, false);
    expect_words(text, "do not agree");
    free(text);
}

Test(account, census_text)
{
    struct scene scene;
    char *text;

    fill(&scene);
    text = text_of(&scene.account, true);
    expect_words(text, "CRC-32 1234ABCD");
    expect_words(text, "system TESTVM, z/VM 5.3, processor 2097-E12, serial 012345\n");
    expect_words(text, "8 intervals of 10 expected, 2 missing\n");
    expect_words(text, "configuration records missing: 1/4 1/9\n");
    expect_words(text, "suspended until 2024-03-15 09:01:00, 17 event records lost\n");
    expect_words(text, "  50.0%");
    expect_words(text, "(unknown)\n");
    free(text);
}

Test(account, return_codes_in_words)
{
    cr_expect_str_neq(mr_account_code_text(0), mr_account_code_text(4));
    cr_expect_str_neq(mr_account_code_text(8), mr_account_code_text(12));
    cr_expect_str_neq(mr_account_code_text(12), mr_account_code_text(16));
}

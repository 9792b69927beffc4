/* SPDX-License-Identifier: Apache-2.0 */
/* The account of all runs: what the ledger knows, beside what this run says of itself. */
#include "pipeline/state.h"

#include "base/grow.h"
#include "writers/number.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUTS_MAX 1000000u

int mr_state_note_input(struct mr_state_run *s, int64_t id)
{
    /* Inputs that were read before it without a word here are not in the ledger. */
    while (s->input_id_count < s->account->input_count) {
        bool last = s->input_id_count + 1 == s->account->input_count;

        if (mr_grow(&s->input_ids, &s->input_id_room, s->input_id_count + 1, sizeof *s->input_ids, INPUTS_MAX) != MR_OK)
            return mr_state_no_memory(s);
        s->input_ids[s->input_id_count++] = last ? id : 0;
    }
    return MR_OK;
}

/* Building goes on after a failure, which can only be memory; the end looks at it. */
struct making {
    struct mr_state_run *s;
    json_t *ledger, *waiting, *losses, *tables;
    json_int_t inputs;
    bool failed;
};

static void set(struct making *m, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        m->failed = true;
}

static void append(struct making *m, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        m->failed = true;
}

static json_t *text_of(const char *text)
{
    json_t *value = json_string(text);

    return value != NULL ? value : json_string("?"); /* a name that is no UTF-8 */
}

static void put_time(struct making *m, json_t *object, const char *key, uint64_t tod)
{
    char buffer[MR_NUMBER_MAX_TEXT];

    set(m, object, key, tod == 0 ? json_null() : json_string(mr_account_time(tod, buffer)));
}

/* What the account says of each input of this run is kept: later manifests tell of what it lost. */
static int keep_inputs(struct mr_state_run *s, json_t *root)
{
    json_t *inputs = json_object_get(root, "inputs");
    int status = MR_OK;

    for (size_t i = 0; i < s->input_id_count && status == MR_OK; i++) {
        char *text;

        if (s->input_ids[i] == 0)
            continue;
        text = json_dumps(json_array_get(inputs, i), JSON_COMPACT | JSON_PRESERVE_ORDER);
        status = text == NULL ? mr_state_no_memory(s) : mr_ledger_account_input(s->ledger, s->input_ids[i], text);
        free(text);
    }
    return status;
}

static int take_input(void *context, const char *name, const uint8_t *digest, bool waiting, const char *account)
{
    struct making *m = context;
    json_t *told = account == NULL ? NULL : json_loads(account, 0, NULL);
    char hex[2 * MR_LEDGER_DIGEST_BYTES + 1];

    m->inputs++;
    for (unsigned i = 0; i < MR_LEDGER_DIGEST_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    if (waiting) {
        json_t *entry = json_object();

        set(m, entry, "name", text_of(name));
        set(m, entry, "sha256", json_string(hex));
        append(m, m->waiting, entry);
    } else if (told != NULL && json_array_size(json_object_get(told, "damage")) > 0) {
        set(m, told, "sha256", json_string(hex));
        append(m, m->losses, json_incref(told));
    }
    json_decref(told);
    return MR_OK;
}

static int take_table(void *context, const char *name, uint64_t rows)
{
    struct making *m = context;
    json_t *entry = json_object();

    set(m, entry, "name", text_of(name));
    set(m, entry, "rows", json_integer((json_int_t)rows));
    append(m, m->tables, entry);
    return MR_OK;
}

static json_t *holes_of(struct making *m, const struct mr_ledger_segment *segments, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 1; i < count; i++) {
        json_t *hole;

        if (segments[i].missing_before == 0)
            continue;
        hole = json_object();
        put_time(m, hole, "from", segments[i - 1].last);
        put_time(m, hole, "to", segments[i].first);
        set(m, hole, "intervals", json_integer((json_int_t)segments[i].missing_before));
        append(m, list, hole);
    }
    return list;
}

static int put_system(struct making *m, json_t *list, const struct mr_ledger_system *system)
{
    struct mr_ledger_segment *segments;
    json_t *entry = json_object();
    uint64_t intervals = 0, missing = 0;
    size_t count;

    if (mr_ledger_segments(m->s->ledger, system->id, &segments, &count) != MR_OK) {
        json_decref(entry);
        return MR_FATAL;
    }
    for (size_t i = 0; i < count; i++) {
        intervals += segments[i].intervals;
        missing += segments[i].missing_before + segments[i].missing_inside;
    }
    set(m, entry, "sysid", text_of(system->sysid));
    set(m, entry, "serial", text_of(system->serial));
    set(m, entry, "segments", json_integer((json_int_t)count));
    put_time(m, entry, "first_time", count == 0 ? 0 : segments[0].first);
    put_time(m, entry, "last_time", count == 0 ? 0 : segments[count - 1].last);
    set(m, entry, "intervals", json_integer((json_int_t)intervals));
    set(m, entry, "missing", json_integer((json_int_t)missing));
    set(m, entry, "holes", holes_of(m, segments, count));
    append(m, list, entry);
    free(segments);
    return MR_OK;
}

static int build(struct making *m)
{
    struct mr_ledger_system *systems;
    json_t *list = json_array();
    size_t count;
    int status = mr_ledger_inputs(m->s->ledger, take_input, m);

    if (status == MR_OK)
        status = mr_ledger_tables(m->s->ledger, take_table, m);
    if (status == MR_OK)
        status = mr_ledger_systems(m->s->ledger, &systems, &count);
    if (status != MR_OK) {
        json_decref(list);
        return status;
    }
    for (size_t i = 0; i < count && status == MR_OK; i++)
        status = put_system(m, list, &systems[i]);
    free(systems);
    set(m, m->ledger, "inputs", json_integer(m->inputs));
    set(m, m->ledger, "waiting", json_incref(m->waiting));
    set(m, m->ledger, "losses", json_incref(m->losses));
    set(m, m->ledger, "systems", list);
    set(m, m->ledger, "tables", json_incref(m->tables));
    return status;
}

static char *dump(const json_t *root, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    bool good = false;

    if (out != NULL) {
        good = json_dumpf(root, out, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0 && fputc('\n', out) == '\n';
        good = fclose(out) == 0 && good;
    }
    if (good)
        return text;
    free(text);
    return NULL;
}

int mr_state_manifest(struct mr_state_run *s, char **text, size_t *size)
{
    struct making m = {.s = s,
                       .ledger = json_object(),
                       .waiting = json_array(),
                       .losses = json_array(),
                       .tables = json_array()};
    char *plain = mr_account_json(s->account, size);
    json_t *root = plain == NULL ? NULL : json_loads(plain, 0, NULL);
    int status = root == NULL ? mr_state_no_memory(s) : keep_inputs(s, root);

    free(plain);
    *text = NULL;
    if (status == MR_OK)
        status = build(&m);
    if (status == MR_OK) {
        set(&m, root, "ledger", json_incref(m.ledger));
        *text = m.failed ? NULL : dump(root, size);
        if (*text == NULL)
            status = mr_state_no_memory(s);
    }
    json_decref(m.ledger);
    json_decref(m.waiting);
    json_decref(m.losses);
    json_decref(m.tables);
    json_decref(root);
    return status;
}

uint64_t mr_state_latest(struct mr_state_run *s)
{
    struct mr_ledger_system *systems;
    size_t count, segment_count;
    uint64_t latest = 0;

    if (mr_ledger_systems(s->ledger, &systems, &count) != MR_OK)
        return 0;
    for (size_t i = 0; i < count; i++) {
        struct mr_ledger_segment *segments;

        if (mr_ledger_segments(s->ledger, systems[i].id, &segments, &segment_count) != MR_OK)
            break;
        for (size_t k = 0; k < segment_count; k++)
            latest = segments[k].last > latest ? segments[k].last : latest;
        free(segments);
    }
    free(systems);
    return latest;
}

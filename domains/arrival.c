/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which system a record belongs to.  Records of a configuration set wait in a queue until the set has told who the system
 * is (1/4 and 1/5), because rows of the set carry that identity; so do records at the front of an input, where a suspension
 * may stand before the set.
 */
#include "base/grow.h"
#include "domains/hold.h"
#include "domains/recall.h"
#include "domains/system.h"
#include "domains/systems_file.h"
#include "reader/ebcdic.h"
#include "reader/tod.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file without configuration is of a system whose last record is at most so long before or behind its first one. */
#define CONTINUES (86400 * (int64_t)MR_TOD_SECOND)

/* MR_FAILED where the queue is full, MR_FATAL where memory is short. */
static int enqueue(struct mr_set_queue *queue, const struct mr_record *record)
{
    int status = mr_queue_put(&queue->records, record);

    if (status == MR_OK && record->domain == 1)
        queue->have |= record->number == 1   ? (unsigned)MR_HAVE_1_1
                       : record->number == 4 ? (unsigned)MR_HAVE_1_4
                       : record->number == 5 ? (unsigned)MR_HAVE_1_5
                                             : 0;
    return status;
}

static struct mr_record queued_first(const struct mr_set_queue *queue)
{
    size_t next;

    return mr_queue_at(&queue->records, 0, &next);
}

static bool first_queued(const struct mr_set_queue *queue, unsigned domain, unsigned number, struct mr_record *found)
{
    for (size_t at = 0; at < queue->records.used;) {
        *found = mr_queue_at(&queue->records, at, &at);
        if (found->domain == domain && found->number == number)
            return true;
    }
    return false;
}

/* A character of UTF-8 that was cut off at the end of a text goes as a whole. */
static void drop_cut_character(char *text)
{
    size_t n = strlen(text), lead = n;

    while (lead > 0 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80)
        lead--;
    /* EBCDIC becomes one byte or two. */
    if (lead > 0 && (unsigned char)text[lead - 1] >= 0xC0 && n - lead < 1)
        text[lead - 1] = '\0';
}

/* The text or the hex digits of a field; "" where it is absent. */
static void field_text(const struct mr_layout *layout, int index, const struct mr_record *record, char *out,
                       size_t size)
{
    const struct mr_field *field;
    char text[256];
    size_t n;

    out[0] = '\0';
    if (index == MR_NO_INDEX)
        return;
    field = &layout->fields[index];
    if ((size_t)field->offset + field->length > record->length || field->length * 2u > sizeof text)
        return;
    if (field->type == MR_TYPE_CHAR) {
        if (!mr_ebcdic_printable(record->data + field->offset, field->length))
            return;
        n = mr_ebcdic_decode(text, record->data + field->offset, field->length);
        snprintf(out, size, "%.*s", (int)n, text);
        drop_cut_character(out);
    } else {
        for (n = 0; n < field->length && 2 * n + 2 < size; n++)
            snprintf(out + 2 * n, size - 2 * n, "%02X", record->data[field->offset + n]);
    }
}

/* More than a day is no zone. */
static void read_zone(const struct mr_engine_fields *f, const struct mr_record *record, struct mr_identity *identity)
{
    const struct mr_field *field = f->zone == MR_NO_INDEX ? NULL : &f->system->fields[f->zone];
    int32_t zone;

    if (field == NULL || field->length != 4 || field->offset + 4u > record->length)
        return;
    zone = (int32_t)mr_be32(record->data + field->offset);
    identity->zone_known = zone > -86400 && zone < 86400;
    identity->zone_seconds = identity->zone_known ? zone : 0;
}

/* Who the queued configuration set says the system is.  Without 1/4 the serial is its name (design, section 6). */
static void identify(const struct mr_engine *engine, struct mr_identity *identity, char *level, size_t level_size,
                     uint64_t *ipl_tod)
{
    const struct mr_engine_fields *f = &engine->fields;
    struct mr_record record;
    char type[32] = "", model[33] = ""; /* 4 and 16 characters */

    memset(identity, 0, sizeof *identity);
    *ipl_tod = 0;
    if (first_queued(&engine->queue, 1, 4, &record)) {
        field_text(f->system, f->system_id, &record, identity->sysid, sizeof identity->sysid);
        field_text(f->system, f->level, &record, level, level_size);
        field_text(f->system, f->machine_type, &record, type, sizeof type);
        field_text(f->system, f->machine_model, &record, model, sizeof model);
        if (f->ipl_time != MR_NO_INDEX && f->system->fields[f->ipl_time].offset + 8u <= record.length)
            *ipl_tod = mr_be64(record.data + f->system->fields[f->ipl_time].offset);
        read_zone(f, &record, identity);
        snprintf(identity->cpumodel, sizeof identity->cpumodel, "%s%s%s", type, type[0] && model[0] ? "-" : "", model);
    }
    if (first_queued(&engine->queue, 1, 5, &record)) {
        field_text(f->processor, f->serial, &record, identity->serial, sizeof identity->serial);
        if (identity->cpumodel[0] == '\0')
            field_text(f->processor, f->model, &record, identity->cpumodel, sizeof identity->cpumodel);
    }
    if (identity->sysid[0] == '\0')
        snprintf(identity->sysid, sizeof identity->sysid, "%s",
                 identity->serial[0] != '\0' ? identity->serial : "UNKNOWN");
    memcpy(identity->orgsysid, identity->sysid, sizeof identity->orgsysid);
}

/* The one system that ended near this record; NULL where there is none or more than one. */
static struct mr_system *continued(const struct mr_engine *engine, uint64_t tod)
{
    struct mr_system *best = NULL;
    unsigned count = 0;

    for (size_t i = 0; i < engine->system_count; i++) {
        int64_t since = mr_tod_difference(tod, engine->systems[i]->last_tod);

        if (!engine->systems[i]->asleep && since <= CONTINUES && since >= -CONTINUES) {
            best = engine->systems[i];
            count++;
        }
    }
    return count == 1 ? best : NULL;
}

static struct mr_place queue_place(const struct mr_engine *engine)
{
    struct mr_record record = queued_first(&engine->queue);

    return (struct mr_place){engine->input, record.offset, 0, 0, 0};
}

/* What the site says of the system: its names, and whether the serial number is one of its own. */
static int apply_site(struct mr_engine *engine, struct mr_identity *identity, bool named, const struct mr_place *place)
{
    struct mr_system_finding finding =
        mr_systems_file_find(engine->options.systems, identity->serial, named ? identity->sysid : "");

    if (finding.entry == NULL)
        return MR_OK;
    if (mr_systems_file_report(&finding, identity->serial, place, engine->log) == MR_FATAL)
        return MR_FATAL;
    snprintf(identity->orgsysid, sizeof identity->orgsysid, "%s", finding.entry->orgsysid);
    snprintf(identity->sysid, sizeof identity->sysid, "%s", finding.entry->sysid);
    if (finding.entry->model[0] != '\0')
        snprintf(identity->cpumodel, sizeof identity->cpumodel, "%s", finding.entry->model);
    /* A system that moved to an alternate processor is the same system. */
    if (finding.match == MR_SYSTEM_ALTERNATE)
        snprintf(identity->serial, sizeof identity->serial, "%s", finding.entry->serial);
    return MR_OK;
}

static struct mr_system *unknown_system(struct mr_engine *engine)
{
    const struct mr_identity unknown = {.sysid = "UNKNOWN", .orgsysid = "UNKNOWN"};
    struct mr_system *system = mr_system_find(engine, unknown.sysid, "");

    return system != NULL ? system : mr_system_add(engine, &unknown);
}

/* The last place is for all those that have none. */
static struct mr_system *new_system(struct mr_engine *engine, const struct mr_identity *identity,
                                    const struct mr_place *place)
{
    if (engine->options.claim != NULL && engine->options.claim(engine->options.claimant, identity) != MR_OK) {
        engine->refused = true;
        return NULL;
    }
    if (engine->system_count + 1 >= MR_SYSTEMS_MAX) {
        mr_report(engine->log, MR_MSG_TOO_MANY_SYSTEMS, place, "%s, serial %s", identity->sysid, identity->serial);
        return unknown_system(engine);
    }
    mr_report(engine->log, MR_MSG_NEW_SYSTEM, place, "%s, processor %s, serial %s", identity->sysid, identity->cpumodel,
              identity->serial);
    return mr_system_add(engine, identity);
}

/* The first configuration record that is queued has been used: the same set comes again. */
static bool is_copy(const struct mr_engine *engine, const struct mr_system *system)
{
    static const unsigned numbers[] = {1, 4, 5};
    struct mr_record record;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (first_queued(&engine->queue, 1, numbers[i], &record))
            return mr_twice_known(system, &record);
    }
    return false;
}

/*
 * A configuration set told who it is: the system may be new, connected again, or started again.  *again is set when the
 * very same set has been used before: the data comes twice.
 */
static struct mr_system *configured_system(struct mr_engine *engine, bool *again)
{
    const struct mr_record first = queued_first(&engine->queue);
    struct mr_place place = queue_place(engine);
    struct mr_identity identity;
    struct mr_system *system;
    char level[sizeof system->account.level] = "";
    uint64_t ipl_tod;

    identify(engine, &identity, level, sizeof level, &ipl_tod);
    if (apply_site(engine, &identity, (engine->queue.have & MR_HAVE_1_4) != 0, &place) != MR_OK) {
        engine->refused = true;
        return NULL;
    }
    system = mr_system_find(engine, identity.sysid, identity.serial);
    if (system == NULL && (engine->current == NULL || (engine->queue.have & (MR_HAVE_1_4 | MR_HAVE_1_5)) != 0)) {
        if (mr_recall_ask(engine, &identity, first.tod) != MR_OK) {
            engine->refused = true;
            return NULL;
        }
        system = mr_system_find(engine, identity.sysid, identity.serial);
    }
    /* A copy that was joined to its original: what has come so far is earlier data now. */
    if (system != NULL && mr_tod_difference(first.tod, system->last_tod) < 0 &&
        mr_system_close_coverage(system, system->last_tod) != MR_OK) {
        mr_report(engine->options.log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "%s", "");
        engine->refused = true;
        return NULL;
    }
    if (system != NULL && (is_copy(engine, system) || mr_coverage_outside(&system->coverage, &first))) {
        *again = true;
        return system;
    }
    if (system == NULL && engine->current != NULL && (engine->queue.have & (MR_HAVE_1_4 | MR_HAVE_1_5)) == 0)
        system = engine->current; /* 1/1 alone does not make another system */
    if (system == NULL) {
        system = new_system(engine, &identity, &place);
    } else if (system->last_tod == 0) {
        /* Another time of it has been reduced by an earlier run. */
        mr_report(engine->options.log, MR_MSG_NEW_SYSTEM, &place, "%s, processor %s, serial %s", identity.sysid,
                  identity.cpumodel, identity.serial);
    } else if (system->ipl_tod != 0 && ipl_tod != 0 && system->ipl_tod != ipl_tod) {
        mr_system_forget(engine, system);
        system->last_end_tod = 0; /* while it was down there were no intervals to be missed */
        system->pace = (struct mr_pace){0};
        system->account.restarts++;
        mr_account_episode(system, MR_EPISODE_RESTART, ipl_tod, ipl_tod, 0);
        mr_report(engine->log, MR_MSG_SYSTEM_RESTART, &place, "%s", identity.sysid);
    } else {
        system->account.reconnects++;
        mr_account_episode(system, MR_EPISODE_RECONNECT, first.tod, first.tod, 0);
        mr_report(engine->log, MR_MSG_MONITOR_RECONNECT, &place, "%s", identity.sysid);
    }
    if (system != NULL && identity.zone_known) {
        system->identity.zone_known = true; /* it may have changed with daylight saving */
        system->identity.zone_seconds = identity.zone_seconds;
    }
    if (system != NULL && ipl_tod != 0)
        system->ipl_tod = ipl_tod;
    if (system != NULL && level[0] != '\0')
        memcpy(system->account.level, level, sizeof level);
    return system;
}

/* No configuration set: a file cut in mid-stream continues the system before it, or stays unknown. */
static struct mr_system *unconfigured_system(struct mr_engine *engine)
{
    struct mr_place place = queue_place(engine);
    struct mr_record record = queued_first(&engine->queue);
    struct mr_system *system = engine->current != NULL ? engine->current : continued(engine, record.tod);

    if (engine->options.strict) {
        mr_report(engine->log, MR_MSG_STRICT_STOP, &place, "the first records are no configuration");
        engine->refused = true;
        return NULL;
    }
    if (system == NULL && engine->options.recall != NULL) {
        int status = mr_recall_ask(engine, NULL, record.tod);

        engine->refused = status == MR_FATAL;
        engine->unknown = status == MR_FAILED;
        if (status != MR_OK)
            return NULL;
        system = engine->recalled;
    }
    if (system != NULL) {
        if (engine->current == NULL)
            mr_report(engine->log, MR_MSG_NO_CONFIGURATION, &place, "%s", system->identity.sysid);
        return system;
    }
    mr_report(engine->log, MR_MSG_UNKNOWN_SYSTEM, &place, "%s", "");
    return unknown_system(engine);
}

/* Nothing of the queue is used. */
static void uncount(struct mr_engine *engine)
{
    for (size_t at = 0; at < engine->queue.records.used;) {
        (void)mr_queue_at(&engine->queue.records, at, &at);
        engine->counts.records--;
    }
    engine->queue.records.used = 0;
    engine->queue.have = 0;
}

/* The queue knows enough (or never will): give its records to their system. */
int mr_engine_drain(struct mr_engine *engine)
{
    struct mr_set_queue *queue = &engine->queue;
    bool config = (queue->have & (MR_HAVE_1_1 | MR_HAVE_1_4 | MR_HAVE_1_5)) != 0;
    bool first = engine->current == NULL;
    bool again = false;
    int status = MR_OK;

    queue->active = false;
    if (queue->records.used == 0)
        return MR_OK;
    /* What waits is of the system before. */
    status = config ? mr_twice_settle(engine) : MR_OK;
    if (status != MR_OK)
        return status;
    engine->current = config ? configured_system(engine, &again) : unconfigured_system(engine);
    if (engine->refused)
        return MR_FATAL;
    if (engine->unknown) {
        uncount(engine);
        return MR_FAILED;
    }
    if (engine->current == NULL) {
        mr_report(engine->log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "%s", "");
        return MR_FATAL;
    }
    if (first)
        engine->named = (queue->have & (MR_HAVE_1_4 | MR_HAVE_1_5)) != 0;
    if (again) {
        engine->trial.system = engine->current;
        engine->trial.verdict = MR_VERDICT_COPY;
    }
    if (config && !again)
        status = mr_track_begin_configuration(engine, engine->current);
    for (size_t at = 0; at < queue->records.used && status == MR_OK;) {
        struct mr_record record = mr_queue_at(&queue->records, at, &at);

        status = mr_twice_record(engine, engine->current, &record);
    }
    queue->records.used = 0;
    queue->have = 0;
    return status;
}

/* Of several 1/5 only the first one has a print. */
static bool goes_on_as_copy(const struct mr_engine *engine, const struct mr_record *record)
{
    return engine->trial.system == engine->current && engine->trial.verdict == MR_VERDICT_COPY &&
           (mr_coverage_seen(&engine->current->coverage, record) ||
            mr_coverage_outside(&engine->current->coverage, record));
}

/* Does this record begin a configuration set although none is being collected? */
static bool begins_set(const struct mr_engine *engine, const struct mr_record *record)
{
    if (record->domain != 1 ||
        (engine->current != NULL && (mr_twice_known(engine->current, record) || goes_on_as_copy(engine, record))))
        return false; /* a set that comes again begins nothing */
    if (record->number == 1)
        return true;
    return (record->number == 4 || record->number == 5) &&
           (engine->current == NULL || engine->current->phase == MR_PHASE_RUN);
}

/* Is the wait over once this record is in the queue? */
static bool settles(const struct mr_engine *engine, const struct mr_record *record)
{
    const unsigned both = MR_HAVE_1_4 | MR_HAVE_1_5;
    const struct mr_layout *layout = engine->dispatch[record->domain][record->number].layout;

    if ((engine->queue.have & both) == both || (record->domain == 1 && record->number == 11 && record->kind != 'E'))
        return true;
    return record->domain != 1 && ((record->kind == 'S' && !mr_is_foreign(record)) ||
                                   (layout != NULL && layout->kind == MR_KIND_SAMPLE));
}

int mr_engine_record(struct mr_engine *engine, const struct mr_record *record)
{
    int status;

    engine->counts.records++;
    engine->counts.record_bytes += record->length;
    engine->scene.record = record;
    if (!engine->queue.active && begins_set(engine, record)) {
        engine->queue.active = true;
    }
    if (!engine->queue.active)
        return mr_twice_record(engine, engine->current, record);
    status = enqueue(&engine->queue, record);
    if (status == MR_OK)
        return settles(engine, record) ? mr_engine_drain(engine) : MR_OK;
    if (status == MR_FATAL) {
        mr_report(engine->options.log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "%s", "");
        return status;
    }
    /* The queue is full: what is known by now has to do. */
    status = mr_engine_drain(engine);
    if (status == MR_OK && engine->current == NULL)
        status = MR_FATAL;
    return status == MR_OK ? mr_twice_record(engine, engine->current, record) : status;
}

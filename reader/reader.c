/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/reader.h"

#include "base/grow.h"
#include "reader/container.h"

#include <stdlib.h>
#include <string.h>

size_t mr_look(struct mr_reader *reader, size_t want, const uint8_t **data)
{
    size_t got;

    if (mr_source_peek(reader->source, want, data, &got) != MR_OK)
        reader->failed = true;
    /* What is missing now is missing because it was not waited for: that is not worth a message. */
    if (mr_source_stopped(reader->source)) {
        reader->failed = true;
        reader->log = NULL;
    }
    return got < want ? got : want;
}

void mr_take(struct mr_reader *reader, uint64_t *item, size_t bytes)
{
    mr_source_consume(reader->source, bytes);
    reader->counts.bytes += bytes;
    *item += bytes;
}

void mr_hand_out(struct mr_reader *reader, struct mr_record *record, char kind)
{
    record->offset = reader->counts.bytes;
    record->kind = kind;
    record->after_damage = reader->after_damage;
    reader->after_damage = false;
    if (!mr_is_foreign(record)) {
        reader->last_tod = record->tod;
        reader->at_end = record->domain == 1 && record->number == MR_END_OF_DATA;
    }
    reader->counts.record_count++;
    mr_take(reader, &reader->counts.records, record->length);
}

void mr_note_damage(struct mr_reader *reader, uint64_t offset, uint64_t bytes, enum mr_message_id reason)
{
    struct mr_damage *last = &reader->last_damage;

    reader->after_damage = true;
    if (reader->counts.damage_count > 0 && last->reason == reason && last->offset + last->bytes == offset) {
        last->bytes += bytes;
        if (reader->counts.damage_count == reader->damage_count)
            reader->damage[reader->damage_count - 1] = *last;
        return;
    }
    *last = (struct mr_damage){.offset = offset, .bytes = bytes, .reason = reason};
    reader->counts.damage_count++;
    /* Without memory for the list the counts still tell how much was lost. */
    if (mr_grow(&reader->damage, &reader->damage_room, reader->damage_count + 1, sizeof *last, MR_DAMAGE_MAX) ==
        MR_OK)
        reader->damage[reader->damage_count++] = *last;
}

struct mr_place mr_here(const struct mr_reader *reader)
{
    return (struct mr_place){.file = mr_source_name(reader->source), .offset = reader->counts.bytes};
}

int mr_end(const struct mr_reader *reader)
{
    return reader->failed ? MR_FATAL : MR_EOF;
}

bool mr_all_zero(const uint8_t *data, size_t bytes)
{
    return bytes == 0 || (data[0] == 0 && memcmp(data, data + 1, bytes - 1) == 0);
}

void mr_resync(struct mr_reader *reader, enum mr_message_id reason, size_t keep)
{
    struct mr_place place = mr_here(reader);
    const uint8_t *data;
    size_t got;
    size_t found;
    size_t step;

    for (;;) {
        got = mr_look(reader, MR_SOURCE_PEEK_MAX, &data);
        /* While more bytes follow, judge only places behind which there is room to look and to keep. */
        step = got < MR_SOURCE_PEEK_MAX ? got : got / 2;
        found = reader->form->find(data, step, got);
        if (found < step || step == got)
            break;
        mr_take(reader, &reader->counts.damaged, step);
    }
    if (found == got && keep > 0 && got >= keep && mr_all_zero(data + got - keep, keep))
        found = got - keep;
    mr_take(reader, &reader->counts.damaged, found);
    mr_note_damage(reader, place.offset, reader->counts.bytes - place.offset, reason);
    mr_report(reader->log, reason, &place, "%llu bytes", (unsigned long long)(reader->counts.bytes - place.offset));
}

static void update_input(struct mr_reader *reader)
{
    reader->counts.input_bytes = mr_source_input_bytes(reader->source);
    reader->counts.crc = mr_source_crc(reader->source);
}

int mr_reader_open(struct mr_reader **out, const char *path, struct mr_log *log)
{
    return mr_reader_open_until(out, path, NULL, log);
}

int mr_reader_open_until(struct mr_reader **out, const char *path, const struct mr_stop *stop, struct mr_log *log)
{
    struct mr_reader *reader = calloc(1, sizeof *reader);
    struct mr_place place = {.file = path, .offset = MR_NO_OFFSET};
    const uint8_t *data;

    *out = NULL;
    if (reader == NULL) {
        mr_report(log, MR_MSG_INPUT_MEMORY, &place, "%s", "");
        return MR_FATAL;
    }
    reader->log = log;
    if (mr_source_open_until(&reader->source, path, stop, log) != MR_OK)
        goto fail;
    place.file = mr_source_name(reader->source);
    reader->counts.input_size = mr_source_input_size(reader->source);
    if (mr_look(reader, 1, &data) == 0) {
        /* Damage at the very front has been reported as lost data; but here nothing is left at all. */
        mr_report(reader->log, MR_MSG_INPUT_EMPTY, &place, "%s", reader->failed ? "none of it can be read" : "");
        goto fail;
    }
    reader->form = mr_detect(reader);
    if (reader->form == NULL)
        goto fail;
    update_input(reader);
    *out = reader;
    return MR_OK;
fail:
    mr_reader_close(reader);
    return MR_FATAL;
}

int mr_reader_next(struct mr_reader *reader, struct mr_record *record)
{
    if (reader->status != MR_OK)
        return reader->status;
    reader->status = reader->form->next(reader, record);
    update_input(reader);
    return reader->status;
}

bool mr_reader_ended(const struct mr_reader *reader)
{
    return reader->status == MR_EOF;
}

enum mr_container mr_reader_container(const struct mr_reader *reader)
{
    return reader->form->container;
}

const char *mr_container_name(enum mr_container container)
{
    const struct mr_form *forms[] = {&mr_form_native, &mr_form_rdw, &mr_form_bare, &mr_form_monreader};
    size_t i;

    for (i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i]->container == container)
            return forms[i]->name;
    return "unknown";
}

const char *mr_reader_name(const struct mr_reader *reader)
{
    return mr_source_name(reader->source);
}

const struct mr_reader_counts *mr_reader_counts(const struct mr_reader *reader)
{
    return &reader->counts;
}

const struct mr_damage *mr_reader_damage(const struct mr_reader *reader, size_t *count)
{
    *count = reader->damage_count;
    return reader->damage;
}

void mr_reader_close(struct mr_reader *reader)
{
    if (reader == NULL)
        return;
    mr_source_close(reader->source);
    free(reader->damage);
    free(reader);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/monfile.h"

#include "base/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *grow_or_abort(void *items, size_t *room, size_t need, size_t size)
{
    if (need <= *room && items != NULL)
        return items;
    *room = need + need / 2 + 64;
    items = realloc(items, *room * size);
    if (items == NULL)
        abort();
    return items;
}

void monfile_free(struct monfile *file)
{
    free(file->data);
    free(file->records);
    *file = (struct monfile){0};
}

void monfile_bytes(struct monfile *file, const void *bytes, size_t n)
{
    file->data = grow_or_abort(file->data, &file->room, file->length + n, 1);
    if (n > 0)
        memcpy(file->data + file->length, bytes, n);
    file->length += n;
}

void monfile_fill(struct monfile *file, uint8_t byte, size_t n)
{
    file->data = grow_or_abort(file->data, &file->room, file->length + n, 1);
    memset(file->data + file->length, byte, n);
    file->length += n;
}

void monfile_pad(struct monfile *file, uint8_t byte)
{
    monfile_fill(file, byte, (MONFILE_BLOCK - file->length % MONFILE_BLOCK) % MONFILE_BLOCK);
}

void monfile_stale(struct monfile *file, unsigned domain, unsigned number, uint64_t tod, size_t length)
{
    uint8_t header[20] = {0};

    mr_put_be16(header, (uint16_t)length);
    header[4] = (uint8_t)domain;
    mr_put_be16(header + 6, (uint16_t)number);
    mr_put_be64(header + 8, tod);
    monfile_bytes(file, header, sizeof header);
    monfile_fill(file, 0xDE, length - sizeof header);
}

void monfile_record(struct monfile *file, unsigned domain, unsigned number, uint64_t tod, size_t length)
{
    file->records = grow_or_abort(file->records, &file->record_room, file->count + 1, sizeof *file->records);
    file->records[file->count++] = (struct monfile_record){file->length, length, domain, number, tod};
    monfile_stale(file, domain, number, tod, length);
}

void monfile_append(struct monfile *file, const struct monfile *other)
{
    size_t i;
    struct monfile_record record;

    for (i = 0; i < other->count; i++) {
        record = other->records[i];
        record.offset += file->length;
        file->records = grow_or_abort(file->records, &file->record_room, file->count + 1, sizeof *file->records);
        file->records[file->count++] = record;
    }
    monfile_bytes(file, other->data, other->length);
}

static void fill_frame(struct monfile *file, const struct monfile_frames *frames, size_t room)
{
    while (frames->stale && room >= frames->length) {
        monfile_stale(file, 4, 3, frames->tod - MONFILE_MINUTE, frames->length);
        room -= frames->length;
    }
    monfile_fill(file, 0xAA, room);
}

size_t monfile_frames(struct monfile *file, const struct monfile_frames *frames)
{
    size_t begin = file->length;
    size_t i;
    size_t length;
    size_t room = MONFILE_BLOCK - frames->start % MONFILE_BLOCK;

    for (i = 0; i < frames->n + (frames->closed ? 1 : 0); i++) {
        length = i < frames->n ? frames->length : 20;
        if (room < length + 20) {
            monfile_record(file, 1, 13, frames->tod, 20);
            fill_frame(file, frames, room - 20);
            room = MONFILE_BLOCK;
        }
        monfile_record(file, i < frames->n ? 4 : 1, i < frames->n ? 3 : 11, frames->tod, length);
        room -= length;
    }
    return file->length - begin;
}

static void put_entry(uint8_t *to, const struct monfile_entry *entry)
{
    to[0] = entry->kind == 'S' ? 0xE2 : 0xC5;
    to[1] = 0x48;
    mr_put_be32(to + 4, entry->start);
    mr_put_be32(to + 8, entry->end);
}

void monfile_control(struct monfile *file, const struct monfile_entry *entries, size_t n)
{
    uint8_t block[MONFILE_BLOCK] = {0x00, 0x01, 0x80, 0x09, 0x00, 0x00, 0x00, 0x2A, 0xE2, 0xC3};
    size_t i;

    mr_put_be32(block + 12, 0x0B000000);
    mr_put_be32(block + 16, (uint32_t)(0x0B000000 + 12 * n - 1));
    for (i = 0; i < n; i++)
        put_entry(block + 40 + 12 * i, &entries[i]);
    monfile_bytes(file, block, sizeof block);
}

void monfile_element(struct monfile *file, const struct monfile_entry *entry)
{
    uint8_t element[12] = {0};

    put_entry(element, entry);
    monfile_bytes(file, element, sizeof element);
}

void monfile_set(struct monfile *file, const struct monfile_frames *frames)
{
    struct monfile data = {0};
    size_t bytes = monfile_frames(&data, frames);
    struct monfile_entry entry = {'S', frames->start, frames->start + (uint32_t)bytes - 1};

    monfile_control(file, &entry, 1);
    monfile_append(file, &data);
    fill_frame(file, frames, (MONFILE_BLOCK - bytes % MONFILE_BLOCK) % MONFILE_BLOCK);
    monfile_free(&data);
}

void monfile_remove(struct monfile *file, size_t offset, size_t n)
{
    memmove(file->data + offset, file->data + offset + n, file->length - offset - n);
    file->length -= n;
}

void monfile_insert(struct monfile *file, size_t offset, size_t n)
{
    monfile_fill(file, 0xAA, n);
    memmove(file->data + offset + n, file->data + offset, file->length - n - offset);
    memset(file->data + offset, 0xAA, n);
}

void monfile_write(char *name, const void *data, size_t length)
{
    FILE *out;
    int fd;

    strcpy(name, "/tmp/monfile-XXXXXX");
    fd = mkstemp(name);
    out = fd < 0 ? NULL : fdopen(fd, "wb");
    if (out == NULL || (length > 0 && fwrite(data, 1, length, out) != length) || fclose(out) != 0)
        abort();
}

static void read_all(struct monfile_result *result, struct mr_reader *reader, const struct monfile *file)
{
    struct mr_record record;
    const struct mr_reader_counts *counts = mr_reader_counts(reader);
    const struct mr_damage *damage;

    result->container = mr_reader_container(reader);
    result->same_bytes = true;
    while ((result->status = mr_reader_next(reader, &record)) == MR_OK) {
        if (record.offset + record.length > file->length ||
            memcmp(record.data, file->data + record.offset, record.length) != 0)
            result->same_bytes = false;
        result->records =
            grow_or_abort(result->records, &result->room, result->count + 1, sizeof *result->records);
        result->records[result->count++] = record;
    }
    result->counts = *counts;
    result->adds_up = counts->bytes == counts->control + counts->records + counts->leftover + counts->end_data +
                                           counts->damaged &&
                      counts->record_count == result->count;
    damage = mr_reader_damage(reader, &result->damage_count);
    if (damage != NULL)
        memcpy(result->damage, damage,
               sizeof *damage * (result->damage_count < 8 ? result->damage_count : 8));
}

void monfile_read(struct monfile_result *result, const struct monfile *file)
{
    struct mr_reader *reader;
    char name[64];

    *result = (struct monfile_result){0};
    monfile_write(name, file->data, file->length);
    result->opened = mr_reader_open(&reader, name, &result->log);
    if (result->opened == MR_OK)
        read_all(result, reader, file);
    mr_reader_close(reader);
    unlink(name);
}

void monfile_result_free(struct monfile_result *result)
{
    free(result->records);
    result->records = NULL;
}

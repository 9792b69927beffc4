/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/chpids.h"


#include <stdlib.h>
#include <string.h>

#define PATHS_MAX 8 /* of one device */

/* What is kept of a device: its paths, and behind them how many there are. */
#define KEPT_BYTES (PATHS_MAX + 1)

enum { CONFIGURED, VARIED_ON, VARIED_OFF, RECORDS };

static const struct {
    uint8_t domain;
    uint16_t number;
    const char *subchannel, *device, *mask, *paths;
} sources[RECORDS] = {
    [CONFIGURED] = {1, 6, "MTRDEV_RDEVSID", "MTRDEV_RDEVDEV", "MTRDEV_RDEVLPM", "MTRDEV_RDEVCHPS"},
    [VARIED_ON] = {6, 1, "IODVON_RDEVSID", "IODVON_RDEVDEV", "IODVON_RDEVLPM", "IODVON_RDEVCHPS"},
    [VARIED_OFF] = {6, 2, "IODVOF_RDEVSID", "IODVOF_RDEVDEV", NULL, NULL},
};

static int find(const struct mr_layout *layout, const char *name)
{
    return layout == NULL || name == NULL ? MR_NO_INDEX : mr_layout_field(layout, name);
}

void mr_chpids_fields(struct mr_chpid_fields *fields, const struct mr_schema *schema)
{
    for (unsigned r = 0; r < RECORDS; r++) {
        const struct mr_layout *layout = mr_schema_layout(schema, sources[r].domain, sources[r].number, "");

        fields->records[r].layout = layout;
        fields->records[r].subchannel = find(layout, sources[r].subchannel);
        fields->records[r].device = find(layout, sources[r].device);
        fields->records[r].mask = find(layout, sources[r].mask);
        fields->records[r].paths = find(layout, sources[r].paths);
    }
}

/* The bytes of a field, or NULL where the record does not have all of them. */
static const uint8_t *bytes_of(const struct mr_layout *layout, int index, const struct mr_record *record,
                               size_t *length)
{
    const struct mr_field *field;

    if (index == MR_NO_INDEX)
        return NULL;
    field = &layout->fields[index];
    if (field->group != MR_NO_INDEX || field->length == MR_LENGTH_REST ||
        (size_t)field->offset + field->length > record->length)
        return NULL;
    *length = field->length;
    return record->data + field->offset;
}

/* Subchannel and device number together: a record that lacks one of them still tells devices apart by the other. */
static size_t key_of(const struct mr_chpid_fields *fields, unsigned r, const struct mr_record *record, uint8_t *key)
{
    const int indexes[] = {fields->records[r].subchannel, fields->records[r].device};
    size_t used = 0;

    for (unsigned i = 0; i < 2; i++) {
        size_t length = 0;
        const uint8_t *bytes = bytes_of(fields->records[r].layout, indexes[i], record, &length);

        if (bytes == NULL || length > PATHS_MAX)
            continue;
        memcpy(key + used, bytes, length);
        used += length;
    }
    return used;
}

static void forget(struct mr_chpids *chpids, struct mr_entity *device)
{
    for (unsigned i = 0; device->record != NULL && i < device->record[PATHS_MAX]; i++)
        chpids->devices[device->record[i]]--;
    if (device->record != NULL)
        device->record[PATHS_MAX] = 0;
}

/* Bit i of the mask, from the left, says that path i is there.  A path that is listed twice counts once. */
static int remember(struct mr_chpids *chpids, struct mr_entity *device, uint8_t mask, const uint8_t *paths,
                    size_t length)
{
    uint8_t count = 0;

    if (device->record == NULL) {
        device->record = calloc(1, KEPT_BYTES);
        if (device->record == NULL)
            return MR_FATAL;
        device->record_length = device->record_room = KEPT_BYTES;
    }
    forget(chpids, device);
    for (unsigned i = 0; i < length && i < PATHS_MAX; i++) {
        if ((mask & 0x80u >> i) == 0 || memchr(device->record, paths[i], count) != NULL)
            continue;
        device->record[count++] = paths[i];
        chpids->devices[paths[i]]++;
    }
    device->record[PATHS_MAX] = count;
    return MR_OK;
}

int mr_chpids_restore(struct mr_chpids *chpids, const uint8_t *key, size_t key_length, const uint8_t *kept,
                      size_t length)
{
    struct mr_entity *device = mr_entity_get(&chpids->known, key, key_length);

    if (device == NULL)
        return MR_FATAL;
    if (length != KEPT_BYTES || kept[PATHS_MAX] > PATHS_MAX)
        return MR_OK;
    /* A mask with a bit for each of the first paths. */
    return remember(chpids, device, (uint8_t)(0xFF00u >> kept[PATHS_MAX]), kept, PATHS_MAX);
}

static int take(struct mr_chpids *chpids, const struct mr_chpid_fields *fields, unsigned r,
                const struct mr_record *record)
{
    uint8_t key[2 * PATHS_MAX];
    size_t length = key_of(fields, r, record, key), mask_length = 0, paths_length = 0;
    const uint8_t *mask = bytes_of(fields->records[r].layout, fields->records[r].mask, record, &mask_length);
    const uint8_t *paths = bytes_of(fields->records[r].layout, fields->records[r].paths, record, &paths_length);
    struct mr_entity *device;

    if (r == CONFIGURED && chpids->stale)
        mr_chpids_clear(chpids);
    chpids->any = true;
    if (r == VARIED_OFF) {
        device = mr_entity_find(&chpids->known, key, length);
        if (device != NULL)
            forget(chpids, device);
        return MR_OK;
    }
    device = mr_entity_get(&chpids->known, key, length);
    if (device == NULL)
        return MR_FATAL;
    if (mask == NULL || mask_length == 0 || paths == NULL)
        return MR_OK;
    return remember(chpids, device, mask[0], paths, paths_length);
}

int mr_chpids_record(struct mr_chpids *chpids, const struct mr_chpid_fields *fields, const struct mr_record *record)
{
    for (unsigned r = 0; r < RECORDS; r++) {
        if (record->domain == sources[r].domain && record->number == sources[r].number)
            return fields->records[r].layout == NULL ? MR_OK : take(chpids, fields, r, record);
    }
    return MR_OK;
}

void mr_chpids_renew(struct mr_chpids *chpids)
{
    chpids->stale = true;
}

void mr_chpids_clear(struct mr_chpids *chpids)
{
    mr_entity_clear(&chpids->known);
    memset(chpids->devices, 0, sizeof chpids->devices);
    chpids->any = false;
    chpids->stale = false;
}

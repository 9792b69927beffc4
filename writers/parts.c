/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/parts.h"

#include "writers/partition.h"
#include "writers/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct begun {
    int64_t key;
    unsigned files;
};

struct mr_parts_system {
    struct mr_parts_system *next;
    struct begun begun[MR_PARTS_REMEMBERED]; /* in no order */
    size_t count;
    int64_t earliest;  /* of all parts begun */
    int64_t forgotten; /* the latest of those that are no longer among begun */
    uint32_t size;
    char sysid[MR_PARTS_SYSID_MAX];
};

static size_t find(const struct mr_table_head *head, const char *name)
{
    for (size_t c = 0; c < head->column_count; c++) {
        if (strcmp(head->columns[c].name, name) == 0)
            return c;
    }
    return SIZE_MAX;
}

void mr_parts_open(struct mr_parts *parts, const struct mr_table_head *head, enum mr_split split)
{
    *parts = (struct mr_parts){.split = split, .head = head};
    parts->sysid = find(head, "SYSID");
    parts->start = find(head, "VMCINTTS");
    parts->end = find(head, "ENDTS");
}

static int64_t key_of(const struct mr_parts *parts, const struct mr_cell *cells, int64_t shift)
{
    int64_t time = 0, shifted;

    if (parts->start != SIZE_MAX && cells[parts->start].present)
        time = cells[parts->start].value.i;
    else if (parts->end != SIZE_MAX && cells[parts->end].present)
        /* Before the first interval there is none whose rows could be told apart: by the hour, at the finest. */
        return mr_when_floor(cells[parts->end].value.i + shift,
                             parts->split == MR_SPLIT_DAY ? MR_SPLIT_DAY : MR_SPLIT_HOUR);
    return mr_when_floor(__builtin_add_overflow(time, shift, &shifted) ? time : shifted, parts->split);
}

static const char *sysid_of(const struct mr_parts *parts, const struct mr_cell *cells, uint32_t *size)
{
    const struct mr_cell *cell = parts->sysid == SIZE_MAX ? NULL : &cells[parts->sysid];

    *size = 0;
    if (cell == NULL || !cell->present || cell->size == 0)
        return "";
    *size = cell->size < MR_PARTS_SYSID_MAX ? cell->size : MR_PARTS_SYSID_MAX;
    return cell->value.text;
}

static bool is_system(const struct mr_parts_system *system, const char *sysid, uint32_t size)
{
    return system->size == size && memcmp(system->sysid, sysid, size) == 0;
}

bool mr_parts_same(const struct mr_parts *parts, const struct mr_cell *cells, int64_t shift)
{
    uint32_t size;
    const char *sysid = sysid_of(parts, cells, &size);

    return parts->current != NULL && parts->key == key_of(parts, cells, shift) &&
           is_system(parts->current, sysid, size);
}

static struct mr_parts_system *system_of(struct mr_parts *parts, const char *sysid, uint32_t size)
{
    struct mr_parts_system *system = parts->systems;

    while (system != NULL && !is_system(system, sysid, size))
        system = system->next;
    if (system != NULL)
        return system;
    system = calloc(1, sizeof *system);
    if (system == NULL)
        return NULL;
    memcpy(system->sysid, sysid, size);
    system->size = size;
    system->earliest = INT64_MAX;
    system->forgotten = INT64_MIN;
    system->next = parts->systems;
    parts->systems = system;
    return system;
}

/* Where a further part is remembered: the earliest makes room for it. */
static struct begun *place_for(struct mr_parts_system *system)
{
    struct begun *least = &system->begun[0];

    if (system->count < MR_PARTS_REMEMBERED)
        return &system->begun[system->count++];
    for (size_t i = 1; i < system->count; i++)
        least = system->begun[i].key < least->key ? &system->begun[i] : least;
    if (least->key > system->forgotten)
        system->forgotten = least->key;
    return least;
}

/* Number of the next file of a part; 0 where it is not known whether the part has been begun. */
static unsigned number_of(struct mr_parts_system *system, int64_t key)
{
    for (size_t i = 0; i < system->count; i++) {
        if (system->begun[i].key == key)
            return ++system->begun[i].files;
    }
    if (key <= system->forgotten && key >= system->earliest)
        return 0;
    *place_for(system) = (struct begun){.key = key, .files = 1};
    if (key < system->earliest)
        system->earliest = key;
    return 1;
}

int mr_parts_next(struct mr_parts *parts, const struct mr_cell *cells, int64_t shift, struct mr_part *part)
{
    uint32_t size;
    const char *sysid = sysid_of(parts, cells, &size);
    struct mr_parts_system *system = system_of(parts, sysid, size);
    char stamp[16], safe[MR_PARTS_SAFE_MAX];

    if (system == NULL)
        return MR_FATAL;
    parts->current = system;
    parts->key = key_of(parts, cells, shift);
    part->number = number_of(system, parts->key);
    mr_when_stamp(stamp, parts->key);
    mr_partition_safe(safe, sysid, size);
    snprintf(part->name, sizeof part->name, "%.64s_%s_%s", parts->head->name, safe, stamp);
    mr_partition_folder(part->sysid, "SYSID", sysid, size);
    mr_partition_date(part->date, stamp, parts->key != 0);
    return MR_OK;
}

void mr_parts_close(struct mr_parts *parts)
{
    while (parts->systems != NULL) {
        struct mr_parts_system *next = parts->systems->next;

        free(parts->systems);
        parts->systems = next;
    }
    parts->current = NULL;
}

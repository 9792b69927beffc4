/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/parts.h"

#include "writers/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mr_parts_system {
    struct mr_parts_system *next;
    int64_t last;     /* the latest part begun so far */
    unsigned again;   /* files that were begun for parts not later than that */
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
    system->last = INT64_MIN;
    system->next = parts->systems;
    parts->systems = system;
    return system;
}

/* A name that is safe in every file system and different for different systems. */
static void put_sysid(const struct mr_parts_system *system, char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-@#$";
    static const char hex[] = "0123456789ABCDEF";
    char *end = text + 80;

    for (uint32_t i = 0; i < system->size && text + 4 < end; i++) {
        unsigned char c = (unsigned char)system->sysid[i];

        if (c != 0 && strchr(plain, c) != NULL) {
            *text++ = (char)c;
        } else {
            *text++ = '%';
            *text++ = hex[c >> 4];
            *text++ = hex[c & 15];
        }
    }
    *text = '\0';
}

int mr_parts_next(struct mr_parts *parts, const struct mr_cell *cells, int64_t shift, char *name)
{
    uint32_t size;
    const char *sysid = sysid_of(parts, cells, &size);
    struct mr_parts_system *system = system_of(parts, sysid, size);
    char number[16] = "", stamp[16], safe[88];

    if (system == NULL)
        return MR_FATAL;
    parts->current = system;
    parts->key = key_of(parts, cells, shift);
    if (parts->key > system->last)
        system->last = parts->key;
    else
        snprintf(number, sizeof number, "_%u", ++system->again + 1);
    mr_when_stamp(stamp, parts->key);
    put_sysid(system, safe);
    snprintf(name, MR_PARTS_NAME_MAX, "%.64s_%s_%s%s", parts->head->name, safe, stamp, number);
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

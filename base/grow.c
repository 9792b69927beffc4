/* SPDX-License-Identifier: Apache-2.0 */
#include "base/grow.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int mr_grow(void *items, size_t *capacity, size_t need, size_t size, size_t limit)
{
    void *array;
    size_t room = *capacity;

    if (need <= room)
        return MR_OK;
    if (need > limit || limit > SIZE_MAX / size)
        return MR_FATAL;
    room += room / 2 + 8;
    if (room < need)
        room = need;
    if (room > limit)
        room = limit;
    /* The pointer is copied, not cast: the caller's type is not ours to know. */
    memcpy(&array, items, sizeof array);
    array = realloc(array, room * size);
    if (array == NULL)
        return MR_FATAL;
    memcpy(items, &array, sizeof array);
    *capacity = room;
    return MR_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_BASE_GROW_H
#define MR_BASE_GROW_H

#include "base/status.h"

#include <stddef.h>

/*
 * mr_grow - make room in a growable array.
 *   items     address of the array pointer (may point to NULL); owned by the caller, freed with free()
 *   capacity  address of the number of items there is room for
 *   need      number of items that must fit
 *   size      bytes of one item, not 0
 *   limit     the most items that this array may ever hold; a named constant of the caller
 * Returns MR_OK, or MR_FATAL when need is above limit or memory is short; then nothing has changed.
 * The capacity grows by half at least, so a loop of appends stays linear.
 */
int mr_grow(void *items, size_t *capacity, size_t need, size_t size, size_t limit) MR_CHECK;

#endif

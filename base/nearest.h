/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_BASE_NEAREST_H
#define MR_BASE_NEAREST_H

/*
 * The names that are nearest to a wrong one, for messages: begin zeroed with wrong set, offer all names that there are,
 * then put the best of them into a text.  Near is what a few letters changed, added or taken away make equal, and what
 * the wrong name is a part of; case does not count.
 */
#include <stddef.h>

#define MR_NEAREST 3

struct mr_nearest {
    const char *wrong;             /* borrowed */
    const char *names[MR_NEAREST]; /* borrowed, nearest first, each once */
    unsigned distances[MR_NEAREST];
    unsigned count;
};

void mr_nearest_offer(struct mr_nearest *nearest, const char *name);

/* " (nearest: A, B)", or "" where nothing is near; cut where the buffer, of at least 1 byte, ends.  Returns buffer. */
const char *mr_nearest_text(const struct mr_nearest *nearest, char *buffer, size_t size);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LENGTH_MAX 80 /* of the names that are compared letter by letter */
#define PART_MIN 3    /* letters that a part of a name must have to count as a hit */

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Letters to change, add or take away to make one name of the other; case does not count. */
static unsigned distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    unsigned row[LENGTH_MAX + 1];

    if (n > LENGTH_MAX || m > LENGTH_MAX)
        return LENGTH_MAX;
    for (unsigned j = 0; j <= m; j++)
        row[j] = j;
    for (unsigned i = 1; i <= n; i++) {
        unsigned diagonal = row[0];

        row[0] = i;
        for (unsigned j = 1; j <= m; j++) {
            unsigned same = toupper((unsigned char)a[i - 1]) == toupper((unsigned char)b[j - 1]) ? 0 : 1;
            unsigned next = least(diagonal + same, row[j] + 1, row[j - 1] + 1);

            diagonal = row[j];
            row[j] = next;
        }
    }
    return row[m];
}

/* A name with the prefix of its record left out, or a part of it, is as near as one wrong letter. */
static unsigned nearness(const char *wrong, const char *name)
{
    const char *bare = strchr(name, '_');
    unsigned whole = distance(wrong, name), behind = bare != NULL ? 1 + distance(wrong, bare + 1) : whole;

    if (strlen(wrong) >= PART_MIN && strcasestr(name, wrong) != NULL)
        return 1;
    return behind < whole ? behind : whole;
}

void mr_nearest_offer(struct mr_nearest *nearest, const char *name)
{
    unsigned near = nearness(nearest->wrong, name);
    unsigned at = nearest->count;

    if (near > 2 + strlen(nearest->wrong) / 4)
        return;
    for (unsigned i = 0; i < nearest->count; i++) {
        if (strcmp(nearest->names[i], name) == 0)
            return;
    }
    while (at > 0 && nearest->distances[at - 1] > near)
        at--;
    if (at == MR_NEAREST)
        return;
    if (nearest->count < MR_NEAREST)
        nearest->count++;
    for (unsigned i = nearest->count - 1; i > at; i--) {
        nearest->names[i] = nearest->names[i - 1];
        nearest->distances[i] = nearest->distances[i - 1];
    }
    nearest->names[at] = name;
    nearest->distances[at] = near;
}

const char *mr_nearest_text(const struct mr_nearest *nearest, char *buffer, size_t size)
{
    size_t used = 0;

    buffer[0] = '\0';
    for (unsigned i = 0; i < nearest->count && used < size; i++)
        used += (size_t)snprintf(buffer + used, size - used, "%s%s", i == 0 ? " (nearest: " : ", ", nearest->names[i]);
    if (nearest->count > 0 && used < size)
        snprintf(buffer + used, size - used, ")");
    return buffer;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The names that are nearest to a wrong one. */
#include "exits/private.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LENGTH_MAX 80 /* of the names that are compared letter by letter */
#define PART_MIN 4    /* letters that a part of a name must have to count as a hit */

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

/* A name with its prefix left out, or a part of it, is as near as one wrong letter. */
static unsigned nearness(const char *wrong, const char *name)
{
    if (strlen(wrong) >= PART_MIN && strcasestr(name, wrong) != NULL)
        return 1;
    return distance(wrong, name);
}

void mr_exit_suggest(struct mr_exit_suggestions *s, const char *name)
{
    unsigned near = nearness(s->wrong, name);
    unsigned at = s->count;

    if (near > 2 + strlen(s->wrong) / 4)
        return;
    while (at > 0 && s->distances[at - 1] > near)
        at--;
    if (at == MR_EXIT_SUGGESTIONS)
        return;
    if (s->count < MR_EXIT_SUGGESTIONS)
        s->count++;
    for (unsigned i = s->count - 1; i > at; i--) {
        s->names[i] = s->names[i - 1];
        s->distances[i] = s->distances[i - 1];
    }
    s->names[at] = name;
    s->distances[at] = near;
}

const char *mr_exit_suggested(const struct mr_exit_suggestions *s, char *buffer, size_t size)
{
    size_t used = 0;

    buffer[0] = '\0';
    for (unsigned i = 0; i < s->count && used < size; i++)
        used += (size_t)snprintf(buffer + used, size - used, "%s%s", i == 0 ? " (nearest: " : ", ", s->names[i]);
    if (s->count > 0 && used < size)
        snprintf(buffer + used, size - used, ")");
    return buffer;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Search by word, and the names that are nearest to a wrong one. */
#include "dictionary/describe.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

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

int mr_nearest_report(const struct mr_nearest *nearest, const char *asked, struct mr_log *log)
{
    char names[MR_NEAREST * (LENGTH_MAX + 2) + 16] = "";
    size_t used = 0;

    for (unsigned i = 0; i < nearest->count && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i == 0 ? " (nearest: " : ", ",
                                 nearest->names[i]);
    if (nearest->count > 0 && used < sizeof names)
        snprintf(names + used, sizeof names - used, ")");
    mr_report(log, MR_MSG_UNKNOWN_NAME, MR_NOWHERE, "%s%s", asked, names);
    return MR_FAILED;
}

static bool has_all(const char *name, const char *label, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasestr(name, words[i]) == NULL && strcasestr(label, words[i]) == NULL)
            return false;
    }
    return true;
}

static size_t search_tables(const struct mr_dictionary *dictionary, const char *const *words, size_t count, FILE *out)
{
    size_t found = 0;

    for (size_t p = 0; p < dictionary->plan_count; p++) {
        const struct mr_table *table = dictionary->plans[p]->table;

        if (has_all(table->name, table->title, words, count)) {
            fprintf(out, "%s  %s\n", table->name, table->title);
            found++;
        }
    }
    return found;
}

/* The columns of one table that fit, below its name. */
static size_t search_columns(const struct mr_plan *plan, size_t first, const char *const *words, size_t count,
                             FILE *out)
{
    size_t found = 0, width = 0;

    for (size_t c = first; c < plan->column_count; c++) {
        if (has_all(plan->columns[c].name, plan->columns[c].label, words, count))
            mr_describe_widen(&width, plan->columns[c].name);
    }
    for (size_t c = first; c < plan->column_count && width > 0; c++) {
        const struct mr_column *column = &plan->columns[c];

        if (!has_all(column->name, column->label, words, count))
            continue;
        if (found++ == 0)
            fprintf(out, "\n%s  %s\n", plan->table->name, plan->table->title);
        fputs("  ", out);
        mr_describe_line(out, (const char *const[]){column->name, column->label}, &width, 2);
    }
    return found;
}

size_t mr_describe_search(const struct mr_dictionary *dictionary, const char *const *words, size_t count, FILE *out)
{
    size_t found = search_tables(dictionary, words, count, out);

    /* The columns that every table begins with are told once. */
    for (size_t p = 0; p < dictionary->plan_count; p++)
        found += search_columns(dictionary->plans[p], p == 0 ? 0 : MR_COL_COMMON, words, count, out);
    return found;
}

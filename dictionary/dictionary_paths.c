/* SPDX-License-Identifier: Apache-2.0 */
/* Where the rows of a table are, for programs that load them.  Names of files have no blank and no quote in them. */
#include "dictionary/dictionary.h"

void mr_dictionary_path(const struct mr_dictionary *dictionary, const struct mr_dictionary_table *table, FILE *out)
{
    const char *name = table->plan->table->name;

    if (dictionary->split)
        fprintf(out, "%s/%s_*", name, name);
    else
        fputs(name, out);
    fprintf(out, ".csv%s", dictionary->gzip ? ".gz" : "");
}

bool mr_dictionary_is_packed(const struct mr_dictionary *dictionary)
{
    return dictionary->gzip || dictionary->split;
}

/* Every part has a header: all but that of the first are left out. */
void mr_dictionary_command(const struct mr_dictionary *dictionary, const struct mr_dictionary_table *table, FILE *out)
{
    if (dictionary->split) {
        fputs("n=1; for f in ", out);
        mr_dictionary_path(dictionary, table, out);
        fputs(dictionary->gzip ? "; do gzip -dc $f | tail -n +$n; n=2; done" : "; do tail -n +$n $f; n=2; done", out);
    } else {
        fputs(dictionary->gzip ? "gzip -dc " : "cat ", out);
        mr_dictionary_path(dictionary, table, out);
    }
}

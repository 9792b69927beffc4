/* SPDX-License-Identifier: Apache-2.0 */
/* Where a column comes from in one line, for files that carry it with them. */
#include "dictionary/dictionary.h"

void mr_dictionary_source(const struct mr_dictionary *dictionary, const struct mr_plan *plan, unsigned index, FILE *out)
{
    struct mr_fact fact;

    mr_dictionary_fact(dictionary, plan, index, &fact);
    if (fact.derived != NULL || fact.join != NULL) {
        fputs("= ", out);
        mr_fact_formula(&fact, out);
    } else if (fact.layout != NULL) {
        fprintf(out, "%u/%u", fact.layout->domain, fact.layout->number);
        if (fact.layout->variant[0] != '\0')
            fprintf(out, " %s", fact.layout->variant);
        if (fact.field != NULL)
            fprintf(out, " %s", fact.field->name);
    }
}

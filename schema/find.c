/* SPDX-License-Identifier: Apache-2.0 */
/* Looking things up in a finished schema. */
#include "schema/schema.h"

#include <string.h>

static int compare(const struct mr_layout *layout, unsigned domain, unsigned number, const char *variant)
{
    if (layout->domain != domain)
        return layout->domain < domain ? -1 : 1;
    if (layout->number != number)
        return layout->number < number ? -1 : 1;
    return strcmp(layout->variant, variant);
}

const struct mr_layout *mr_schema_layout(const struct mr_schema *schema, unsigned domain, unsigned number,
                                         const char *variant)
{
    size_t low = 0, high = schema->layout_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(&schema->layouts[middle], domain, number, variant);

        if (order == 0)
            return &schema->layouts[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct mr_table *mr_schema_table(const struct mr_schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->table_count; i++) {
        if (strcmp(schema->tables[i].name, name) == 0)
            return &schema->tables[i];
    }
    return NULL;
}

int mr_layout_field(const struct mr_layout *layout, const char *name)
{
    for (int i = 0; i < layout->field_count; i++) {
        if (strcmp(layout->fields[i].name, name) == 0)
            return i;
    }
    return MR_NO_INDEX;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Looking things up in a finished schema. */
#include "schema/schema.h"

#include <stdlib.h>
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

static bool bound_fits(const struct mr_bound *bound, const struct mr_layout *layout, const struct mr_field *field)
{
    if (!bound->any_record && (bound->record.domain != layout->domain || bound->record.number != layout->number))
        return false;
    if (!bound->any_kind && bound->semantic != field->semantic)
        return false;
    if (bound->any_time ? mr_unit_micros((enum mr_unit)field->unit) == 0
                        : !bound->any_unit && bound->unit != field->unit)
        return false;
    return strcmp(bound->field, "*") == 0 || strcmp(bound->field, field->name) == 0;
}

double mr_schema_rise(const struct mr_schema *schema, const struct mr_layout *layout, const struct mr_field *field)
{
    unsigned micros = mr_unit_micros((enum mr_unit)field->unit);
    double rise = 0;

    for (size_t i = 0; i < schema->bound_count; i++) {
        if (bound_fits(&schema->bounds[i], layout, field))
            rise = schema->bounds[i].rise;
    }
    /* From seconds a second, or units a second, to units of the field for one TOD unit. */
    if (field->type == MR_TYPE_TIMER)
        return rise;
    return micros != 0 ? rise / (micros * 4096.0) : rise / 4096e6;
}

uint16_t mr_schema_trusted_end(const struct mr_schema *schema, unsigned domain, unsigned number)
{
    const struct mr_layout *layout = mr_schema_layout(schema, domain, number, "");
    unsigned long end = 0;

    for (size_t i = 0; i < schema->check_count && layout != NULL; i++) {
        const struct mr_layout_check *check = &schema->checks[i];
        int field;

        if (check->kind != MR_CHECK_TRUSTED || check->record.domain != domain || check->record.number != number)
            continue;
        field = mr_layout_field(layout, check->field);
        if (check->other[0] != '\0')
            end = strtoul(check->other, NULL, 10); /* looked at when the line was read */
        else if (field != MR_NO_INDEX)
            end = mr_field_end(&layout->fields[field]);
    }
    return (uint16_t)end;
}

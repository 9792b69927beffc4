/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the files about what counters can do: how fast they rise, which one is wider, which one is out of use. */
#include "base/csvfile.h"
#include "base/grow.h"
#include "schema/build.h"

#include <string.h>

#define RISE_MAX 1e15

enum { B_RECORD, B_FIELD, B_KIND, B_UNIT, B_RISE, B_ORIGIN };
static const char *const bound_columns[] = {"record", "field", "kind", "unit", "rise", "origin"};
MR_FORM(mr_bound_form, bound_columns, B_ORIGIN + 1);

/* Digits with at most one point: the same in every locale. */
static int decimal(const char *text, double *value)
{
    size_t whole = strspn(text, "0123456789");
    size_t rest = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
    double unit = 1;

    *value = 0;
    if (whole + rest == 0 || whole + rest > 18 || text[whole + (text[whole] == '.') + rest] != '\0')
        return MR_FAILED;
    for (size_t i = 0; i < whole; i++)
        *value = *value * 10 + (text[i] - '0');
    for (size_t i = 0; i < rest; i++) {
        unit /= 10;
        *value += (text[whole + 1 + i] - '0') * unit;
    }
    return *value <= RISE_MAX ? MR_OK : MR_FAILED;
}

static int bound_kind(struct mr_build *build, const char *text, unsigned line, struct mr_bound *bound)
{
    int semantic = mr_semantic_find(text);

    bound->any_kind = strcmp(text, "*") == 0;
    if (!bound->any_kind && semantic != MR_SEM_COUNTER && semantic != MR_SEM_DURATION_COUNTER)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "kind '%s'", text);
    bound->semantic = bound->any_kind ? 0 : (uint8_t)semantic;
    return MR_OK;
}

static int bound_unit(struct mr_build *build, const char *text, unsigned line, struct mr_bound *bound)
{
    int unit = mr_unit_find(text);

    bound->any_unit = strcmp(text, "*") == 0;
    bound->any_time = strcmp(text, "time") == 0;
    if (!bound->any_unit && !bound->any_time && unit < 0)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "unit '%s'", text);
    bound->unit = unit < 0 ? 0 : (uint8_t)unit;
    return MR_OK;
}

/* One field, all ("*"), or several that are bound together, with '+' between. */
static int check_fields(struct mr_build *build, const struct mr_bound *bound, unsigned line)
{
    const char *name = bound->field;
    int status = MR_OK;

    if (strcmp(name, "*") == 0)
        return MR_OK;
    while (*name != '\0' && status == MR_OK) {
        size_t n = strcspn(name, "+");
        char one[72];

        if (n >= sizeof one)
            return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "field '%s'", name);
        memcpy(one, name, n);
        one[n] = '\0';
        status = mr_build_check_field(build, &bound->record, one, line);
        name += n + (name[n] == '+');
    }
    return status;
}

int mr_build_bound_row(void *context, const char *const *cells, unsigned line)
{
    struct mr_build *build = context;
    struct mr_bound bound = {.any_record = strcmp(cells[B_RECORD], "*") == 0,
                             .field = mr_build_text(build, cells[B_FIELD]),
                             .origin = mr_build_text(build, cells[B_ORIGIN])};

    if ((!bound.any_record && mr_build_record_id(build, cells[B_RECORD], line, &bound.record) != MR_OK) ||
        bound_kind(build, cells[B_KIND], line, &bound) != MR_OK || bound_unit(build, cells[B_UNIT], line, &bound) != MR_OK)
        return MR_FAILED;
    if (decimal(cells[B_RISE], &bound.rise) != MR_OK)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "rise '%s'", cells[B_RISE]);
    if (cells[B_ORIGIN][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_ORIGIN, line, "bound of %s %s", cells[B_RECORD], cells[B_FIELD]);
    if (bound.origin == NULL || mr_grow(&build->bounds, &build->bound_room, build->bound_count + 1, sizeof *build->bounds,
                                        MR_BOUNDS_MAX) != MR_OK)
        return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, line, "%s", "");
    build->bounds[build->bound_count++] = bound;
    return check_fields(build, &bound, line);
}

enum { W_RECORD, W_FIELD, W_WIDER, W_ORIGIN };
static const char *const wider_columns[] = {"record", "field", "wider", "origin"};
MR_FORM(mr_wider_form, wider_columns, W_ORIGIN + 1);

int mr_build_wider_row(void *context, const char *const *cells, unsigned line)
{
    struct mr_build *build = context;
    struct mr_wider wider = {.field = mr_build_text(build, cells[W_FIELD]),
                             .wider = mr_build_text(build, cells[W_WIDER]),
                             .origin = mr_build_text(build, cells[W_ORIGIN])};

    if (mr_build_record_id(build, cells[W_RECORD], line, &wider.record) != MR_OK ||
        mr_build_check_field(build, &wider.record, cells[W_FIELD], line) != MR_OK ||
        mr_build_check_field(build, &wider.record, cells[W_WIDER], line) != MR_OK)
        return MR_FAILED;
    if (cells[W_ORIGIN][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_ORIGIN, line, "wider count of %s", cells[W_FIELD]);
    if (wider.origin == NULL || mr_grow(&build->wider, &build->wider_room, build->wider_count + 1, sizeof *build->wider,
                                        MR_WIDER_MAX) != MR_OK)
        return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, line, "%s", "");
    build->wider[build->wider_count++] = wider;
    return MR_OK;
}

enum { S_RECORD, S_FIELD, S_BY, S_ORIGIN };
static const char *const superseded_columns[] = {"record", "field", "by", "origin"};
MR_FORM(mr_superseded_form, superseded_columns, S_ORIGIN + 1);

int mr_build_superseded_row(void *context, const char *const *cells, unsigned line)
{
    struct mr_build *build = context;
    struct mr_superseded superseded = {.field = mr_build_text(build, cells[S_FIELD]),
                                       .origin = mr_build_text(build, cells[S_ORIGIN])};

    if (mr_build_record_id(build, cells[S_RECORD], line, &superseded.record) != MR_OK ||
        mr_build_record_id(build, cells[S_BY], line, &superseded.by) != MR_OK ||
        mr_build_check_field(build, &superseded.record, cells[S_FIELD], line) != MR_OK)
        return MR_FAILED;
    if (cells[S_ORIGIN][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_ORIGIN, line, "superseded %s", cells[S_FIELD]);
    if (superseded.origin == NULL || mr_grow(&build->superseded, &build->superseded_room, build->superseded_count + 1,
                                             sizeof *build->superseded, MR_SUPERSEDED_MAX) != MR_OK)
        return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, line, "%s", "");
    build->superseded[build->superseded_count++] = superseded;
    return MR_OK;
}

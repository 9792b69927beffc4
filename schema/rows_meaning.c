/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the files about meaning: sessions, joins, derived columns, checks. */
#include "base/csvfile.h"
#include "base/grow.h"
#include "reader/record.h"
#include "schema/build.h"

#include <stdio.h>
#include <string.h>

enum { S_EFFECT, S_EVENT, S_EVENT_FIELDS, S_RECORD, S_FIELDS, S_ORIGIN };
static const char *const session_columns[] = {"effect", "event", "event_fields", "record", "fields", "origin"};
MR_FORM(mr_session_form, session_columns, S_ORIGIN + 1);

int mr_build_record_id(struct mr_build *build, const char *text, unsigned line, struct mr_record_id *id)
{
    unsigned d, n;
    int used = 0;

    if (sscanf(text, "%u/%u%n", &d, &n, &used) != 2 || text[used] != '\0' || d > MR_DOMAIN_MAX || n == 0 ||
        n > MR_NUMBER_MAX)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "record '%s'", text);
    *id = (struct mr_record_id){(uint8_t)d, (uint16_t)n};
    return MR_OK;
}

int mr_build_session_row(void *context, const char *const *cells, unsigned line)
{
    struct mr_build *build = context;
    struct mr_session session;

    if (mr_build_word(build, line, "effect", cells[S_EFFECT], mr_session_find(cells[S_EFFECT]), &session.effect) != MR_OK ||
        mr_build_record_id(build, cells[S_EVENT], line, &session.event) != MR_OK ||
        mr_build_record_id(build, cells[S_RECORD], line, &session.record) != MR_OK)
        return MR_FAILED;
    if (cells[S_ORIGIN][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_ORIGIN, line, "session of %s", cells[S_RECORD]);
    session.event_fields = mr_build_text(build, cells[S_EVENT_FIELDS]);
    session.fields = mr_build_text(build, cells[S_FIELDS]);
    session.origin = mr_build_text(build, cells[S_ORIGIN]);
    if (session.origin == NULL || mr_grow(&build->sessions, &build->session_room, build->session_count + 1,
                                          sizeof *build->sessions, MR_SESSIONS_MAX) != MR_OK)
        return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, line, "%s", "");
    build->sessions[build->session_count++] = session;
    return mr_build_check_session(build, &session, line);
}

enum {
    V_RECORD, V_VARIANT, V_FIELD, V_MATCH, V_DATA_AT, V_DATA_OFFSET, V_DATA_LENGTH, V_ORIGIN, V_TEXTS_AT, V_TEXTS,
    V_EQUAL_FIRST, V_EQUAL_SECOND
};
static const char *const variant_columns[] = {"record",      "variant",     "field",  "match",    "data_at",     "data_offset",
                                              "data_length", "origin",      "texts_at", "texts", "equal_first", "equal_second"};
MR_FORM(mr_variant_form, variant_columns, V_ORIGIN + 1);

int mr_build_variant_row(void *context, const char *const *cells, unsigned line)
{
    struct mr_build *build = context;
    struct mr_variant variant = {.variant = mr_build_text(build, cells[V_VARIANT]),
                                 .match = mr_build_text(build, cells[V_MATCH]),
                                 .field = mr_build_text(build, cells[V_FIELD]),
                                 .texts = mr_build_text(build, cells[V_TEXTS]),
                                 .data_offset = mr_build_text(build, cells[V_DATA_OFFSET]),
                                 .data_length = mr_build_text(build, cells[V_DATA_LENGTH]),
                                 .equal_first = mr_build_text(build, cells[V_EQUAL_FIRST]),
                                 .equal_second = mr_build_text(build, cells[V_EQUAL_SECOND]),
                                 .origin = mr_build_text(build, cells[V_ORIGIN])};
    unsigned long at = 0, data = 0;

    if (mr_build_record_id(build, cells[V_RECORD], line, &variant.record) != MR_OK)
        return MR_FAILED;
    if (cells[V_ORIGIN][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_ORIGIN, line, "variant %s", cells[V_VARIANT]);
    if ((cells[V_TEXTS_AT][0] != '\0' && mr_parse_number(cells[V_TEXTS_AT], MR_RECORD_MAX, &at) != MR_OK) ||
        mr_parse_number(cells[V_DATA_AT], MR_RECORD_MAX, &data) != MR_OK || data < MR_HEADER_BYTES)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "offset '%s' or '%s'", cells[V_TEXTS_AT],
                              cells[V_DATA_AT]);
    if (strspn(cells[V_MATCH], "0123456789ABCDEF") != strlen(cells[V_MATCH]) || strlen(cells[V_MATCH]) % 2 != 0)
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "match '%s'", cells[V_MATCH]);
    if (mr_build_layout(build, variant.record.domain, variant.record.number, cells[V_VARIANT]) == NULL)
        return mr_build_fault(build, MR_MSG_SCHEMA_REFERENCE, line, "variant %s", cells[V_VARIANT]);
    variant.texts_at = (uint16_t)at;
    variant.data_at = (uint16_t)data;
    if (mr_grow(&build->variants, &build->variant_room, build->variant_count + 1, sizeof *build->variants,
                MR_VARIANTS_MAX) != MR_OK)
        return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, line, "%s", "");
    build->variants[build->variant_count++] = variant;
    return MR_OK;
}

enum { J_TABLE, J_COLUMN, J_FUNCTION, J_SOURCE, J_FROM, J_ORIGIN, J_WHEN, J_LABEL, J_BY };
static const char *const join_columns[] = {"table",  "column", "function", "source", "from",
                                           "origin", "when",   "label",    "by"};
MR_FORM(mr_join_form, join_columns, J_ORIGIN + 1);

int mr_build_join_row(void *context, const char *const *cells, unsigned line)
{
    struct mr_build *build = context;
    struct mr_join join;

    if (mr_build_word(build, line, "function", cells[J_FUNCTION], mr_join_find(cells[J_FUNCTION]), &join.function) !=
        MR_OK)
        return MR_FAILED;
    if (cells[J_ORIGIN][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_ORIGIN, line, "column %s", cells[J_COLUMN]);
    join.table = mr_build_text(build, cells[J_TABLE]);
    join.column = mr_build_text(build, cells[J_COLUMN]);
    join.source = mr_build_text(build, cells[J_SOURCE]);
    join.from = mr_build_text(build, cells[J_FROM]);
    join.when = mr_build_text(build, cells[J_WHEN]);
    join.label = mr_build_text(build, cells[J_LABEL]);
    join.by = mr_build_text(build, cells[J_BY]);
    join.origin = mr_build_text(build, cells[J_ORIGIN]);
    if (join.origin == NULL ||
        mr_grow(&build->joins, &build->join_room, build->join_count + 1, sizeof *build->joins, MR_JOINS_MAX) != MR_OK)
        return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, line, "%s", "");
    build->joins[build->join_count++] = join;
    return MR_OK;
}

enum { D_TABLE, D_COLUMN, D_UNIT, D_FORMULA, D_ORIGIN, D_CONDITION, D_LABEL, D_CONFIDENCE };
static const char *const derived_columns[] = {"table",  "column",    "unit",  "formula",
                                              "origin", "condition", "label", "confidence"};
MR_FORM(mr_derived_form, derived_columns, D_ORIGIN + 1);

/* A column of the base that a site defines again is replaced where it stands, so that later formulas see it. */
int mr_build_derived_row(void *context, const char *const *cells, unsigned line)
{
    struct mr_build *build = context;
    struct mr_derived derived = {.table = mr_build_text(build, cells[D_TABLE]),
                                 .column = mr_build_text(build, cells[D_COLUMN]),
                                 .unit = mr_build_text(build, cells[D_UNIT]),
                                 .formula = mr_build_text(build, cells[D_FORMULA]),
                                 .condition = mr_build_text(build, cells[D_CONDITION]),
                                 .label = mr_build_text(build, cells[D_LABEL]),
                                 .confidence = mr_build_text(build, cells[D_CONFIDENCE]),
                                 .origin = mr_build_text(build, cells[D_ORIGIN])};

    if (cells[D_ORIGIN][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_ORIGIN, line, "column %s", cells[D_COLUMN]);
    if (build->status == MR_FATAL && derived.origin == NULL)
        return MR_FATAL;
    for (size_t i = 0; i < build->derived_count; i++) {
        if (strcmp(build->derived[i].table, derived.table) == 0 &&
            strcmp(build->derived[i].column, derived.column) == 0) {
            build->derived[i] = derived;
            return MR_OK;
        }
    }
    if (mr_grow(&build->derived, &build->derived_room, build->derived_count + 1, sizeof *build->derived,
                MR_DERIVED_MAX) != MR_OK)
        return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, line, "%s", "");
    build->derived[build->derived_count++] = derived;
    return MR_OK;
}

enum { C_RECORD, C_CHECK, C_FIELD, C_ORIGIN, C_OTHER };
static const char *const check_columns[] = {"record", "check", "field", "origin", "other"};
MR_FORM(mr_check_form, check_columns, C_ORIGIN + 1);

int mr_build_check_row(void *context, const char *const *cells, unsigned line)
{
    struct mr_build *build = context;
    struct mr_layout_check check;
    unsigned long end = 0;

    if (mr_build_record_id(build, cells[C_RECORD], line, &check.record) != MR_OK ||
        mr_build_word(build, line, "check", cells[C_CHECK], mr_check_find(cells[C_CHECK]), &check.kind) != MR_OK)
        return MR_FAILED;
    if (cells[C_ORIGIN][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_ORIGIN, line, "check of %s", cells[C_FIELD]);
    if (check.kind == MR_CHECK_TRUSTED && cells[C_OTHER][0] != '\0' &&
        (mr_parse_number(cells[C_OTHER], MR_RECORD_MAX, &end) != MR_OK || end < MR_HEADER_BYTES))
        return mr_build_fault(build, MR_MSG_SCHEMA_VALUE, line, "offset '%s'", cells[C_OTHER]);
    check.field = mr_build_text(build, cells[C_FIELD]);
    check.other = mr_build_text(build, cells[C_OTHER]);
    check.origin = mr_build_text(build, cells[C_ORIGIN]);
    if (check.origin == NULL ||
        mr_grow(&build->checks, &build->check_room, build->check_count + 1, sizeof *build->checks, MR_CHECKS_MAX) !=
            MR_OK)
        return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, line, "%s", "");
    build->checks[build->check_count++] = check;
    return MR_OK;
}

enum { B_TABLE, B_NAME, B_RULE, B_ORIGIN, B_LABEL };
static const char *const balance_columns[] = {"table", "name", "rule", "origin", "label"};
MR_FORM(mr_balance_form, balance_columns, B_ORIGIN + 1);

int mr_build_balance_row(void *context, const char *const *cells, unsigned line)
{
    struct mr_build *build = context;
    struct mr_balance balance = {.table = mr_build_text(build, cells[B_TABLE]),
                                 .name = mr_build_text(build, cells[B_NAME]),
                                 .rule = mr_build_text(build, cells[B_RULE]),
                                 .label = mr_build_text(build, cells[B_LABEL]),
                                 .origin = mr_build_text(build, cells[B_ORIGIN])};

    if (cells[B_ORIGIN][0] == '\0')
        return mr_build_fault(build, MR_MSG_SCHEMA_ORIGIN, line, "balance %s", cells[B_NAME]);
    if (balance.origin == NULL || mr_grow(&build->balances, &build->balance_room, build->balance_count + 1,
                                          sizeof *build->balances, MR_BALANCES_MAX) != MR_OK)
        return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, line, "%s", "");
    build->balances[build->balance_count++] = balance;
    return MR_OK;
}

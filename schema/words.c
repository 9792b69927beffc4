/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of the data files: one list for each enum of schema.h, in its order. */
#include "schema/schema.h"

#include <string.h>

static const struct {
    const char *word;
    unsigned length;
} types[MR_TYPE_COUNT] = {
    [MR_TYPE_U8] = {"u8", 1},     [MR_TYPE_U16] = {"u16", 2},   [MR_TYPE_U32] = {"u32", 4},
    [MR_TYPE_U64] = {"u64", 8},   [MR_TYPE_S16] = {"s16", 2},   [MR_TYPE_S32] = {"s32", 4},
    [MR_TYPE_CHAR] = {"char", 0}, [MR_TYPE_BITS] = {"bits", 0}, [MR_TYPE_BYTES] = {"bytes", 0},
    [MR_TYPE_BCD] = {"bcd", 0},   [MR_TYPE_TOD] = {"tod", 8},   [MR_TYPE_TIMER] = {"timer", 8},
};

static const struct {
    const char *word;
    unsigned micros;
} units[MR_UNIT_WORDS] = {
    [MR_UNIT_NONE] = {"none", 0},
    [MR_UNIT_COUNT] = {"count", 0},
    [MR_UNIT_PAGES] = {"pages", 0},
    [MR_UNIT_FRAMES] = {"frames", 0},
    [MR_UNIT_BYTES] = {"bytes", 0},
    [MR_UNIT_BLOCKS] = {"blocks", 0},
    [MR_UNIT_KB] = {"kB", 0},
    [MR_UNIT_MB] = {"MB", 0},
    [MR_UNIT_KB_S] = {"KB/s", 0},
    [MR_UNIT_PAGES_S] = {"pages/s", 0},
    [MR_UNIT_US] = {"us", 1},
    [MR_UNIT_128US] = {"128us", 128},
    [MR_UNIT_MS] = {"ms", 1000},
    [MR_UNIT_10MS] = {"10ms", 10000},
    [MR_UNIT_S] = {"s", 1000000},
    [MR_UNIT_30S] = {"30s", 0},
    [MR_UNIT_PERCENT] = {"percent", 0},
    [MR_UNIT_PERCENT_100] = {"percent/100", 0},
    [MR_UNIT_2048TH] = {"1/2048", 0},
    [MR_UNIT_TOD] = {"tod", 0},
};

static const char *const semantics[MR_SEM_COUNT] = {
    [MR_SEM_COUNTER] = "counter", [MR_SEM_DURATION_COUNTER] = "duration-counter",
    [MR_SEM_GAUGE] = "gauge",     [MR_SEM_STATE] = "state",
    [MR_SEM_FLAG] = "flag",       [MR_SEM_CONFIG] = "config",
    [MR_SEM_KEY] = "key",         [MR_SEM_TEXT] = "text",
    [MR_SEM_TIME] = "time",
};

static const char *const directions[MR_DIR_COUNT] = {
    [MR_DIR_UP] = "", [MR_DIR_DOWN] = "down", [MR_DIR_AUTO] = "auto"};

static const char *const confidences[MR_CONF_COUNT] = {
    [MR_CONF_BOTH] = "both",     [MR_CONF_IBM] = "ibm",         [MR_CONF_ZPMD] = "zpmd",
    [MR_CONF_KERNEL] = "kernel", [MR_CONF_DERIVED] = "derived", [MR_CONF_SITE] = "site",
};

static const char *const label_confidences[MR_LABEL_COUNT] = {
    [MR_LABEL_IBM] = "ibm", [MR_LABEL_KNOWN] = "known", [MR_LABEL_NAME] = "name", [MR_LABEL_UNKNOWN] = "unknown"};

static const char *const rules[MR_RULE_COUNT] = {
    [MR_RULE_RECORD] = "record", [MR_RULE_CONFIG] = "config", [MR_RULE_MERGE] = "merge", [MR_RULE_START] = "start",
    [MR_RULE_HELD] = "held", [MR_RULE_CONTROL] = "control", [MR_RULE_LOGOFF] = "logoff", [MR_RULE_JOIN] = "join"};

static const char *const selects[MR_SELECT_COUNT] = {
    [MR_SELECT_ALL] = "all", [MR_SELECT_NO_COUNTERS] = "no-counters", [MR_SELECT_LIST] = "list"};

static const char *const sessions[MR_SESSION_COUNT] = {[MR_SESSION_BEGIN] = "begin",
                                                       [MR_SESSION_END] = "end",
                                                       [MR_SESSION_RESUME] = "resume",
                                                       [MR_SESSION_MARK] = "mark"};

static const char *const shows[MR_SHOW_COUNT] = {[MR_SHOW_PLAIN] = "", [MR_SHOW_HEX] = "hex", [MR_SHOW_ASCII] = "ascii"};

static const char *const joins[MR_JOIN_FUNCTION_COUNT] = {
    [MR_JOIN_KEY] = "key",     [MR_JOIN_COPY] = "copy", [MR_JOIN_SUM] = "sum",
    [MR_JOIN_COUNT] = "count", [MR_JOIN_MAX] = "max",   [MR_JOIN_DISTINCT] = "distinct",
    [MR_JOIN_SAME] = "same",   [MR_JOIN_LIST] = "list", [MR_JOIN_TOTAL] = "total"};

static const char *const checks[MR_CHECK_COUNT] = {
    [MR_CHECK_PRINTABLE] = "printable", [MR_CHECK_NOT_LATER] = "not-later", [MR_CHECK_NOT_LESS] = "not-less",
    [MR_CHECK_PARTS] = "parts",         [MR_CHECK_SINCE] = "since",         [MR_CHECK_TRUSTED] = "trusted"};

static const struct {
    const char *word;
    unsigned kind;
} kinds[] = {
    {"sample", MR_KIND_SAMPLE},
    {"event", MR_KIND_EVENT},
    {"config", MR_KIND_CONFIG},
    {"sample-config", MR_KIND_CONFIG},
    {"event-config", MR_KIND_CONFIG},
    {"event-config+sample-config", MR_KIND_CONFIG},
    {"event+sample", MR_KIND_EVENT | MR_KIND_SAMPLE},
    {"unknown", MR_KIND_UNKNOWN},
};

static int find(const char *const *words, int count, const char *word)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0)
            return i;
    }
    return -1;
}

#define MR_WORDS(NAME, ENUM, LIST, COUNT)                                                                             \
    const char *mr_##NAME##_word(enum ENUM value)                                                                     \
    {                                                                                                                 \
        return LIST[value];                                                                                           \
    }                                                                                                                 \
    int mr_##NAME##_find(const char *word)                                                                            \
    {                                                                                                                 \
        return find(LIST, COUNT, word);                                                                               \
    }

MR_WORDS(semantic, mr_semantic, semantics, MR_SEM_COUNT)
MR_WORDS(direction, mr_direction, directions, MR_DIR_COUNT)
MR_WORDS(confidence, mr_confidence, confidences, MR_CONF_COUNT)
MR_WORDS(label_confidence, mr_label_confidence, label_confidences, MR_LABEL_COUNT)
MR_WORDS(rule, mr_rule, rules, MR_RULE_COUNT)
MR_WORDS(select, mr_select, selects, MR_SELECT_COUNT)
MR_WORDS(show, mr_show, shows, MR_SHOW_COUNT)
MR_WORDS(join, mr_join_function, joins, MR_JOIN_FUNCTION_COUNT)
MR_WORDS(check, mr_check_kind, checks, MR_CHECK_COUNT)
MR_WORDS(session, mr_session_effect, sessions, MR_SESSION_COUNT)

const char *mr_type_word(enum mr_field_type type)
{
    return types[type].word;
}

int mr_type_find(const char *word)
{
    for (int i = 0; i < MR_TYPE_COUNT; i++) {
        if (strcmp(types[i].word, word) == 0)
            return i;
    }
    return -1;
}

unsigned mr_type_length(enum mr_field_type type)
{
    return types[type].length;
}

const char *mr_unit_word(enum mr_unit unit)
{
    return units[unit].word;
}

int mr_unit_find(const char *word)
{
    for (int i = 0; i < MR_UNIT_WORDS; i++) {
        if (strcmp(units[i].word, word) == 0)
            return i;
    }
    return -1;
}

unsigned mr_unit_micros(enum mr_unit unit)
{
    return units[unit].micros;
}

unsigned mr_kind_find(const char *word)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].word, word) == 0)
            return kinds[i].kind;
    }
    return 0;
}

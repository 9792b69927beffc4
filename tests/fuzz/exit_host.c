/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/exit_host.h"

#include <stdio.h>
#include <string.h>

#define ROWS 4

/* Names that the exits which come along look for, and short ones that mutation finds. */
static const char *const tables[] = {"VMXVXU00", "VMXVXT00", "VMXVXULF", "VMX_VU00", "VMXVXUT1", "T"};
#define TABLES ((int)(sizeof tables / sizeof *tables))

static const struct {
    const char *name;
    int type;
    const char *shown[ROWS]; /* NULL: missing */
    double number[ROWS];
} columns[] = {
    {"USEACT_VMDUSER", MR_EXIT_TEXT, {"LINUX001", "OPERATOR", NULL, "A?*[\\]"}, {0}},
    {"USEINT_VMDUSER", MR_EXIT_TEXT, {"LINUX001", "", NULL, "B"}, {0}},
    {"USELOF_VMDUSER", MR_EXIT_TEXT, {"LINUX001", "", NULL, "B"}, {0}},
    {"USEATE_VMDUSER", MR_EXIT_TEXT, {"LINUX001", "", NULL, "B"}, {0}},
    {"STOXSU_VMDUSER", MR_EXIT_TEXT, {"LINUX001", "", NULL, "B"}, {0}},
    {"U", MR_EXIT_UINT, {"0", "6", NULL, "18446744073709551615"}, {0, 6, 0, 1.8446744073709552e19}},
    {"S", MR_EXIT_SECONDS, {"0.500000", "-1.000000", NULL, "9223372036854.775807"}, {0.5, -1, 0, 9.2e12}},
    {"R", MR_EXIT_REAL, {"0.5", "1e300", NULL, "-0"}, {0.5, 1e300, 0, -0.0}},
    {"D", MR_EXIT_TIME, {"2025-03-14 09:00:00.000000", "1970-01-01 00:00:00.000000", NULL, "9999"}, {0}},
    {"H", MR_EXIT_HEX, {"0x0200", "0x", NULL, "0xFFFFFFFFFFFFFFFF"}, {0}},
    {"P", MR_EXIT_DIGITS, {"3931", "", NULL, "0000000000000000"}, {0}},
};
#define COLUMNS ((int)(sizeof columns / sizeof *columns))
#define ADDED 1000

static const char *argument_key, *argument_value;
static int present_row;

static const char *argument(const struct mr_exit_host *host, const char *key)
{
    (void)host;
    return strcmp(key, argument_key) == 0 ? argument_value : NULL;
}

static int table(const struct mr_exit_host *host, const char *name)
{
    (void)host;
    for (int i = 0; name != NULL && i < TABLES; i++) {
        if (strcmp(tables[i], name) == 0)
            return i;
    }
    return MR_EXIT_ENAME;
}

static int column(const struct mr_exit_host *host, int of, const char *name)
{
    (void)host;
    if (of < 0 || of >= TABLES)
        return MR_EXIT_EHANDLE;
    for (int i = 0; name != NULL && i < COLUMNS; i++) {
        if (strcmp(columns[i].name, name) == 0)
            return of * COLUMNS + i;
    }
    return MR_EXIT_ENAME;
}

static int column_type(const struct mr_exit_host *host, int handle)
{
    (void)host;
    return handle < 0 ? MR_EXIT_EHANDLE : columns[handle % COLUMNS].type;
}

static int add_column(const struct mr_exit_host *host, int of, const char *name, int type, uint32_t size,
                      const char *unit, const char *label)
{
    (void)host, (void)name, (void)unit, (void)label;
    fuzz_check(type == MR_EXIT_TEXT && size > 0 && size <= 4096);
    return of < 0 ? MR_EXIT_EHANDLE : ADDED + of;
}

static void message(const struct mr_exit_host *host, int severity, const char *text)
{
    (void)host;
    fuzz_check(severity == MR_EXIT_INFO || severity == MR_EXIT_WARNING);
    fuzz_check(strlen(text) < 400 && strchr(text, '\n') == NULL);
}

static int get_number(const struct mr_exit_host *host, struct mr_exit_row *row, int handle, double *value)
{
    (void)host, (void)row;
    fuzz_check(handle >= 0 && handle < TABLES * COLUMNS);
    if (columns[handle % COLUMNS].shown[present_row] == NULL)
        return MR_EXIT_MISSING;
    *value = columns[handle % COLUMNS].number[present_row];
    return MR_EXIT_OK;
}

static int get_text(const struct mr_exit_host *host, struct mr_exit_row *row, int handle, const char **text,
                    size_t *length)
{
    (void)host, (void)row;
    fuzz_check(handle >= 0 && handle < TABLES * COLUMNS && columns[handle % COLUMNS].type == MR_EXIT_TEXT);
    *text = columns[handle % COLUMNS].shown[present_row];
    if (*text == NULL)
        return MR_EXIT_MISSING;
    *length = strlen(*text);
    return MR_EXIT_OK;
}

static int get_shown(const struct mr_exit_host *host, struct mr_exit_row *row, int handle, char *buffer, size_t size)
{
    const char *shown;

    (void)host, (void)row;
    fuzz_check(handle >= 0 && handle < TABLES * COLUMNS && size > 0);
    shown = columns[handle % COLUMNS].shown[present_row];
    return snprintf(buffer, size, "%s", shown == NULL ? "" : shown);
}

static int set_text(const struct mr_exit_host *host, struct mr_exit_row *row, int handle, const char *text,
                    size_t length)
{
    (void)host, (void)row;
    fuzz_check(handle >= ADDED && handle < ADDED + TABLES);
    fuzz_check(strlen(text) == length && length <= 32);
    return MR_EXIT_OK;
}

const struct mr_exit_host *fuzz_exit_host(const char *key, const char *value)
{
    static const struct mr_exit_host host = {.abi = MR_EXIT_ABI,
                                             .size = sizeof host,
                                             .program = "monreduce",
                                             .name = "fuzz",
                                             .argument = argument,
                                             .table = table,
                                             .column = column,
                                             .column_type = column_type,
                                             .add_column = add_column,
                                             .message = message,
                                             .get_number = get_number,
                                             .get_text = get_text,
                                             .get_shown = get_shown,
                                             .set_text = set_text};

    argument_key = key;
    argument_value = value;
    return &host;
}

static void give(mr_exit_row_hook *hook, void *data, int of)
{
    for (present_row = 0; hook != NULL && present_row < ROWS; present_row++) {
        int status = hook(data, NULL, of);

        fuzz_check(status == MR_EXIT_OK || status == MR_EXIT_SKIP_REC);
    }
}

void fuzz_exit_run(const struct mr_exit *exit)
{
    fuzz_check(exit->abi == MR_EXIT_ABI && exit->size == sizeof *exit);
    for (int t = 0; t < TABLES; t++) {
        give(exit->other, exit->data, t);
        give(exit->usrsvxu, exit->data, t);
    }
    exit->close(exit->data);
}

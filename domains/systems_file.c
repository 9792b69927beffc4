/* SPDX-License-Identifier: Apache-2.0 */
/* The site's systems.csv. */
#include "domains/systems_file.h"

#include "base/csvfile.h"
#include "base/grow.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERIAL_DIGITS 6
#define SERIALS_MAX (MR_SYSTEMS_FILE_MAX * (1 + MR_ALTERNATES_MAX))
#define SHOWN 60 /* bytes of a wrong value that a message repeats */

/* A serial number and whose it is. */
struct owner {
    uint32_t serial;
    uint32_t system; /* index in the list */
    bool alternate;
};

struct mr_systems {
    struct mr_system_entry *list;
    size_t count, room;
    struct owner *owners;
    size_t owner_count, owner_room;
};

struct reading {
    struct mr_systems *systems;
    const char *path;
    struct mr_log *log;
};

enum { ORGSYSID, SERIAL, SYSID, MODEL, ALTERNATES, VERIFY, COLUMNS };

static const char *const columns[COLUMNS] = {"orgsysid", "serial", "sysid", "model", "alternates", "verify"};

static const struct mr_csv_form form = {.columns = columns,
                                        .column_count = COLUMNS,
                                        .required_count = SERIAL + 1,
                                        .open_message = MR_MSG_SYSTEMS_OPEN,
                                        .csv_message = MR_MSG_SYSTEMS_CSV,
                                        .header_message = MR_MSG_SYSTEMS_HEADER};

static int fault(const struct reading *r, enum mr_message_id id, unsigned line, const char *what, const char *value)
{
    struct mr_place place = {.file = r->path, .offset = MR_NO_OFFSET, .line = line};

    mr_report(r->log, id, &place, "%s %.*s", what, SHOWN, value);
    return MR_FAILED;
}

static int no_memory(const struct reading *r, unsigned line)
{
    struct mr_place place = {.file = r->path, .offset = MR_NO_OFFSET, .line = line};

    mr_report(r->log, MR_MSG_SYSTEMS_MEMORY, &place, "%s", "");
    return MR_FATAL;
}

/* Not toupper(): that depends on the locale. */
static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool same_name(const char *a, const char *b)
{
    while (*a != '\0' && upper(*a) == upper(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

/* What may stand in a name: it becomes part of file names. */
static bool is_name(const char *text, size_t most)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length; i++) {
        char c = upper(text[i]);

        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && strchr("@#$_-", c) == NULL)
            return false;
    }
    return length >= 1 && length <= most;
}

static bool is_printable(const char *text, size_t most)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length; i++) {
        if (text[i] < ' ' || text[i] > '~')
            return false;
    }
    return length <= most;
}

/* Hex digits up to the end or a blank; 0 digits or more than six that count are no serial number. */
static size_t read_serial(const char *text, uint32_t *serial)
{
    uint32_t value = 0;
    size_t length = 0;

    for (; text[length] != '\0' && text[length] != ' '; length++) {
        char c = upper(text[length]);

        if (c >= '0' && c <= '9')
            value = value << 4 | (uint32_t)(c - '0');
        else if (c >= 'A' && c <= 'F')
            value = value << 4 | (uint32_t)(c - 'A' + 10);
        else
            return 0;
        if (value > 0xFFFFFF)
            return 0;
    }
    *serial = value;
    return length;
}

static int add_serial(struct reading *r, uint32_t serial, bool alternate, unsigned line)
{
    struct mr_systems *s = r->systems;
    char digits[SERIAL_DIGITS + 3];

    for (size_t i = 0; i < s->owner_count; i++) {
        if (s->owners[i].serial == serial) {
            (void)snprintf(digits, sizeof digits, "%06X", (unsigned)serial);
            return fault(r, MR_MSG_SYSTEMS_DUPLICATE, line, "serial", digits);
        }
    }
    if (mr_grow(&s->owners, &s->owner_room, s->owner_count + 1, sizeof *s->owners, SERIALS_MAX) != MR_OK)
        return no_memory(r, line);
    s->owners[s->owner_count++] = (struct owner){serial, (uint32_t)(s->count - 1), alternate};
    return MR_OK;
}

static int take_names(const struct reading *r, struct mr_system_entry *entry, const char *const *cells)
{
    const char *sysid = cells[SYSID][0] != '\0' ? cells[SYSID] : cells[ORGSYSID];

    if (!is_name(cells[ORGSYSID], sizeof entry->orgsysid - 1))
        return fault(r, MR_MSG_SYSTEMS_VALUE, entry->line, "orgsysid", cells[ORGSYSID]);
    if (!is_name(sysid, sizeof entry->sysid - 1))
        return fault(r, MR_MSG_SYSTEMS_VALUE, entry->line, "sysid", sysid);
    if (!is_printable(cells[MODEL], sizeof entry->model - 1))
        return fault(r, MR_MSG_SYSTEMS_VALUE, entry->line, "model", "is not printable or too long");
    for (size_t i = 0; i < r->systems->count; i++) {
        if (same_name(r->systems->list[i].orgsysid, cells[ORGSYSID]))
            return fault(r, MR_MSG_SYSTEMS_DUPLICATE, entry->line, "orgsysid", cells[ORGSYSID]);
    }
    memcpy(entry->orgsysid, cells[ORGSYSID], strlen(cells[ORGSYSID]) + 1);
    memcpy(entry->sysid, sysid, strlen(sysid) + 1);
    memcpy(entry->model, cells[MODEL], strlen(cells[MODEL]) + 1);
    return MR_OK;
}

static int take_verify(const struct reading *r, struct mr_system_entry *entry, const char *verify)
{
    if (verify[0] == '\0' || strcmp(verify, "warn") == 0)
        entry->verify = MR_VERIFY_WARN;
    else if (strcmp(verify, "abort") == 0)
        entry->verify = MR_VERIFY_ABORT;
    else
        return fault(r, MR_MSG_SYSTEMS_VALUE, entry->line, "verify", verify);
    return MR_OK;
}

static int take_alternates(struct reading *r, const char *text, unsigned line)
{
    const char *all = text;
    unsigned count = 0;
    int status = MR_OK;

    while (status == MR_OK) {
        uint32_t serial;
        size_t length;

        text += strspn(text, " ");
        if (*text == '\0')
            break;
        length = read_serial(text, &serial);
        if (length == 0 || ++count > MR_ALTERNATES_MAX)
            return fault(r, MR_MSG_SYSTEMS_VALUE, line, "alternates", all);
        text += length;
        status = add_serial(r, serial, true, line);
    }
    return status;
}

static int take_row(void *context, const char *const *cells, unsigned line)
{
    struct reading *r = context;
    struct mr_systems *s = r->systems;
    struct mr_system_entry entry = {.line = line};
    uint32_t serial;
    size_t length;
    int status;

    if (take_names(r, &entry, cells) != MR_OK || take_verify(r, &entry, cells[VERIFY]) != MR_OK)
        return MR_FAILED;
    length = read_serial(cells[SERIAL], &serial);
    if (length == 0 || cells[SERIAL][length] != '\0')
        return fault(r, MR_MSG_SYSTEMS_VALUE, line, "serial", cells[SERIAL]);
    (void)snprintf(entry.serial, sizeof entry.serial, "%06X", (unsigned)(serial & 0xFFFFFF));
    if (mr_grow(&s->list, &s->room, s->count + 1, sizeof *s->list, MR_SYSTEMS_FILE_MAX) != MR_OK)
        return no_memory(r, line);
    s->list[s->count++] = entry;
    status = add_serial(r, serial, false, line);
    return status != MR_OK ? status : take_alternates(r, cells[ALTERNATES], line);
}

int mr_systems_file_load(struct mr_systems **out, const char *path, struct mr_log *log)
{
    struct reading r = {.systems = calloc(1, sizeof *r.systems), .path = path, .log = log};

    *out = NULL;
    if (r.systems == NULL)
        return no_memory(&r, 0);
    if (mr_csv_read(path, &form, take_row, &r, log) != MR_OK) {
        mr_systems_file_free(r.systems);
        return MR_FATAL;
    }
    *out = r.systems;
    return MR_OK;
}

static struct mr_system_finding by_serial(const struct mr_systems *s, uint32_t serial)
{
    for (size_t i = 0; i < s->owner_count; i++) {
        const struct owner *owner = &s->owners[i];

        if (owner->serial == serial)
            return (struct mr_system_finding){&s->list[owner->system],
                                              owner->alternate ? MR_SYSTEM_ALTERNATE : MR_SYSTEM_SERIAL, false};
    }
    return (struct mr_system_finding){NULL, MR_SYSTEM_UNLISTED, false};
}

static struct mr_system_finding by_name(const struct mr_systems *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++) {
        if (same_name(s->list[i].orgsysid, name))
            return (struct mr_system_finding){&s->list[i], MR_SYSTEM_NAMED, false};
    }
    return (struct mr_system_finding){NULL, MR_SYSTEM_UNLISTED, false};
}

struct mr_system_finding mr_systems_file_find(const struct mr_systems *systems, const char *serial, const char *name)
{
    struct mr_system_finding finding = {NULL, MR_SYSTEM_UNLISTED, false};
    uint32_t number;
    size_t length;

    if (systems == NULL)
        return finding;
    length = read_serial(serial, &number);
    if (length > 0 && serial[length] == '\0')
        finding = by_serial(systems, number);
    if (finding.entry == NULL) {
        finding = by_name(systems, name);
        finding.unverified = finding.entry != NULL && serial[0] != '\0';
    }
    return finding;
}

int mr_systems_file_report(const struct mr_system_finding *finding, const char *serial, const struct mr_place *place,
                           struct mr_log *log)
{
    bool refused;

    if (!finding->unverified)
        return MR_OK;
    refused = finding->entry->verify == MR_VERIFY_ABORT;
    mr_report(log, refused ? MR_MSG_SYSTEM_REFUSED : MR_MSG_SYSTEM_UNVERIFIED, place,
              "%s, serial %.16s; line %u of the systems file expects %s", finding->entry->orgsysid, serial,
              finding->entry->line, finding->entry->serial);
    return refused ? MR_FATAL : MR_WARN;
}

void mr_systems_file_free(struct mr_systems *systems)
{
    if (systems == NULL)
        return;
    free(systems->list);
    free(systems->owners);
    free(systems);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as a site's schema overlay.  The input is the files of the folder, one behind the other:
 *
 *   @ tables.csv
 *   name,title,...
 *   @ layouts/04-03-USEACT.csv
 *   ...
 *
 * A schema that is accepted has to hold in use: the records that the text speaks of (4/3, or the name of a layout file)
 * are given to an engine in several lengths, filled in several ways.
 */
#include "base/bytes.h"
#include "domains/engine.h"
#include "reader/record.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOD UINT64_C(0xDECBF84504400000) /* 2024-03-15 09:00:00 */
#define MINUTE UINT64_C(0x3938700000)
#define FILES_MAX 16
#define RECORDS_MAX 6

static char written[FILES_MAX][400];
static unsigned written_count;

/* One of the names that the loader looks for, and nothing else: the bytes must not choose a path. */
static bool is_ours(const char *name)
{
    static const char *const names[] = {"records.csv",  "groups.csv", "tables.csv",  "sessions.csv", "variants.csv",
                                        "joins.csv",    "checks.csv", "derived.csv", "balances.csv"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return strncmp(name, "layouts/", 8) == 0 && strlen(name) < 60 && strchr(name + 8, '/') == NULL && name[8] != '.' &&
           name[8] != '\0';
}

static void put_file(const char *folder, const uint8_t *name, size_t name_length, const uint8_t *text, size_t length)
{
    char word[64], *path = written[written_count];

    if (name_length >= sizeof word || written_count == FILES_MAX)
        return;
    memcpy(word, name, name_length);
    word[name_length] = '\0';
    if (strlen(word) != name_length || !is_ours(word))
        return;
    snprintf(path, sizeof written[0], "%s/%s", folder, word);
    written_count++;
    fuzz_write(path, text, length);
}

static const uint8_t *next_mark(const uint8_t *at, const uint8_t *end)
{
    for (; at < end; at++) {
        if (at[0] == '@' && end - at > 2 && at[1] == ' ')
            return at;
        at = memchr(at, '\n', (size_t)(end - at));
        if (at == NULL)
            break;
    }
    return end;
}

static void put_folder(const char *folder, const uint8_t *data, size_t size)
{
    const uint8_t *end = data + size, *at = next_mark(data, end);

    while (at < end) {
        const uint8_t *line = memchr(at, '\n', (size_t)(end - at)), *next;

        if (line == NULL)
            break;
        next = next_mark(line + 1, end);
        put_file(folder, at + 2, (size_t)(line - at - 2), line + 1, (size_t)(next - line - 1));
        at = next;
    }
}

static void give(struct mr_engine *engine, unsigned domain, unsigned number, uint64_t tod, size_t length, int fill)
{
    uint8_t *bytes = malloc(length);
    struct mr_record record;

    fuzz_check(bytes != NULL);
    for (size_t i = 0; i < length; i++)
        bytes[i] = fill < 0 ? (uint8_t)(i * 7 + (size_t)-fill) : (uint8_t)fill;
    mr_put_be16(bytes, (uint16_t)length);
    mr_put_be16(bytes + 2, 0);
    bytes[4] = (uint8_t)domain;
    mr_put_be16(bytes + 6, (uint16_t)number);
    mr_put_be64(bytes + 8, tod);
    fuzz_check(mr_record_header(bytes, length, &record) == MR_OK);
    record.kind = 'S';
    record.offset = 0;
    record.after_damage = false;
    fuzz_check(mr_engine_record(engine, &record) == MR_OK);
    free(bytes);
}

/* Note a record once. */
static void name_record(struct mr_record_id *ids, unsigned *count, unsigned domain, unsigned number)
{
    if (domain > MR_DOMAIN_MAX || number == 0 || number > MR_NUMBER_MAX || *count == RECORDS_MAX)
        return;
    for (unsigned i = 0; i < *count; i++) {
        if (ids[i].domain == domain && ids[i].number == number)
            return;
    }
    ids[(*count)++] = (struct mr_record_id){(uint8_t)domain, (uint16_t)number};
}

/* "4/3" and "04-03-" anywhere in the text. */
static unsigned named_records(const uint8_t *data, size_t size, struct mr_record_id *ids)
{
    unsigned count = 0, domain = 0, number;

    for (size_t i = 0; i < size; i++) {
        if (data[i] >= '0' && data[i] <= '9') {
            domain = domain % 100 * 10 + (unsigned)(data[i] - '0');
            continue;
        }
        if (i > 0 && data[i - 1] >= '0' && data[i - 1] <= '9' && (data[i] == '/' || data[i] == '-')) {
            number = 0;
            for (size_t n = i + 1; n < size && n < i + 4 && data[n] >= '0' && data[n] <= '9'; n++)
                number = number * 10 + (unsigned)(data[n] - '0');
            name_record(ids, &count, domain, number);
        }
        domain = 0;
    }
    return count;
}

static void use(const struct mr_schema *schema, const uint8_t *data, size_t size)
{
    static const size_t lengths[] = {20, 24, 61, 300, 4096, MR_RECORD_MAX};
    static const int fills[] = {0, 0xFF, -1, -2};
    struct mr_log log = fuzz_log();
    const struct mr_engine_options options = {.schema = schema, .row = fuzz_row, .log = &log};
    struct mr_record_id ids[RECORDS_MAX];
    unsigned count = named_records(data, size, ids);
    struct mr_engine *engine;
    uint64_t tod = TOD;

    if (mr_engine_open(&engine, &options) != MR_OK) {
        fuzz_check(log.code == 16);
        return;
    }
    mr_engine_begin_input(engine, "schema");
    for (unsigned i = 0; i < count; i++) {
        for (size_t n = 0; n < sizeof lengths / sizeof *lengths * 4; n++) {
            give(engine, ids[i].domain, ids[i].number, tod, lengths[n / 4], fills[n % 4]);
            give(engine, 1, 11, tod += MINUTE, 20, 0);
        }
    }
    fuzz_check(mr_engine_end_input(engine) == MR_OK && mr_engine_finish(engine) == MR_OK);
    mr_engine_close(engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *folder = fuzz_folder();
    static bool made;
    struct mr_log log = fuzz_log();
    struct mr_schema *schema = NULL;
    char layouts[400];

    if (!made) {
        snprintf(layouts, sizeof layouts, "%s/layouts", folder);
        fuzz_check(mkdir(layouts, 0700) == 0);
        made = true;
    }
    put_folder(folder, data, size);
    if (mr_schema_load(&schema, mr_schema_builtin(), folder, &log) == MR_OK) {
        fuzz_check(log.code == 0);
        use(schema, data, size);
        mr_schema_free(schema);
    } else {
        fuzz_check(schema == NULL && log.code == 16);
    }
    while (written_count > 0)
        unlink(written[--written_count]);
    return 0;
}

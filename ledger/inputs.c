/* SPDX-License-Identifier: Apache-2.0 */
/* Inputs, those that wait among them, systems and segments: rows of the database. */
#include "ledger/private.h"

#include "base/grow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEGMENTS_MAX 10000000u
#define SYSTEMS_MAX 100000u
#define COPY_BYTES 65536

static void copy_text(char *to, size_t size, sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    snprintf(to, size, "%s", text == NULL ? "" : text);
}

int mr_ledger_find_input(struct mr_ledger *ledger, const uint8_t *digest, struct mr_ledger_input *input)
{
    sqlite3_stmt *s = mr_sql(ledger, "SELECT id, size, waiting FROM inputs WHERE digest=?");

    *input = (struct mr_ledger_input){0};
    if (s == NULL)
        return MR_FATAL;
    memcpy(input->digest, digest, MR_LEDGER_DIGEST_BYTES);
    sqlite3_bind_blob(s, 1, digest, MR_LEDGER_DIGEST_BYTES, SQLITE_STATIC);
    if (mr_sql_row(s)) {
        input->id = sqlite3_column_int64(s, 0);
        input->size = (uint64_t)sqlite3_column_int64(s, 1);
        input->waiting = sqlite3_column_int(s, 2) != 0;
    }
    return mr_sql_end(ledger, s);
}

int mr_ledger_put_input(struct mr_ledger *ledger, struct mr_ledger_input *input)
{
    sqlite3_stmt *s = mr_sql(ledger, "INSERT INTO inputs(name, digest, size, waiting, account) VALUES(?, ?, ?, ?, ?)");

    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_text(s, 1, input->name, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s, 2, input->digest, MR_LEDGER_DIGEST_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(s, 3, (int64_t)input->size);
    sqlite3_bind_int(s, 4, input->waiting);
    sqlite3_bind_text(s, 5, input->account, -1, SQLITE_STATIC);
    (void)mr_sql_row(s);
    input->id = sqlite3_last_insert_rowid(ledger->db);
    return mr_sql_end(ledger, s);
}

int mr_ledger_account_input(struct mr_ledger *ledger, int64_t input, const char *account)
{
    sqlite3_stmt *s = mr_sql(ledger, "UPDATE inputs SET account=? WHERE id=?");

    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_text(s, 1, account, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, input);
    (void)mr_sql_row(s);
    return mr_sql_end(ledger, s);
}

static void waiting_path(const struct mr_ledger *ledger, const uint8_t *digest, char *path)
{
    char hex[2 * MR_LEDGER_DIGEST_BYTES + 1];

    for (unsigned i = 0; i < MR_LEDGER_DIGEST_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    snprintf(path, MR_LEDGER_PATH_MAX, "%s/waiting/%s", ledger->folder, hex);
}

static int copy_all(int from, int to)
{
    static char buffer[COPY_BYTES];
    ssize_t n;

    while ((n = read(from, buffer, sizeof buffer)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        for (ssize_t done = 0, w; n > 0 && done < n; done += w) {
            w = write(to, buffer + done, (size_t)(n - done));
            if (w < 0)
                return MR_FATAL;
        }
        if (n < 0)
            return MR_FATAL;
    }
    return fsync(to) == 0 ? MR_OK : MR_FATAL;
}

int mr_ledger_keep_input(struct mr_ledger *ledger, const char *path, const uint8_t *digest)
{
    char copy[MR_LEDGER_PATH_MAX];
    int from = open(path, O_RDONLY | O_CLOEXEC), to, status;

    if (from < 0)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_WRITE, path, strerror(errno));
    snprintf(copy, sizeof copy, "%s/waiting", ledger->folder);
    status = mkdir(copy, 0777) != 0 && errno != EEXIST ? MR_FATAL : MR_OK;
    waiting_path(ledger, digest, copy);
    to = status == MR_OK ? open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666) : -1;
    if (to >= 0)
        status = copy_all(from, to);
    if (to < 0 || status != MR_OK || close(to) != 0 || mr_ledger_sync_folder_of(copy) != MR_OK)
        status = mr_ledger_fail(ledger, MR_MSG_LEDGER_WRITE, copy, strerror(errno));
    close(from);
    return status;
}

int mr_ledger_next_waiting(struct mr_ledger *ledger, int64_t *id, char **name, char **path)
{
    sqlite3_stmt *s = mr_sql(ledger, "SELECT id, name, digest FROM inputs WHERE waiting AND id>? ORDER BY id LIMIT 1");
    int status;

    *name = *path = NULL;
    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(s, 1, *id);
    *id = 0;
    if (mr_sql_row(s) && sqlite3_column_bytes(s, 2) == MR_LEDGER_DIGEST_BYTES) {
        const char *text = (const char *)sqlite3_column_text(s, 1);

        *id = sqlite3_column_int64(s, 0);
        *name = strdup(text == NULL ? "" : text);
        *path = malloc(MR_LEDGER_PATH_MAX);
        if (*path != NULL)
            waiting_path(ledger, sqlite3_column_blob(s, 2), *path);
    }
    status = mr_sql_end(ledger, s);
    if (status == MR_OK && *id != 0 && (*name == NULL || *path == NULL))
        status = mr_ledger_fail(ledger, MR_MSG_LEDGER_DAMAGED, ledger->folder, strerror(ENOMEM));
    if (status != MR_OK) {
        free(*name);
        free(*path);
        *name = *path = NULL;
    }
    return status;
}

/* The copy goes when the run is in place. */
int mr_ledger_settle_waiting(struct mr_ledger *ledger, int64_t id)
{
    sqlite3_stmt *s = mr_sql(ledger, "SELECT digest FROM inputs WHERE id=?");
    char path[MR_LEDGER_PATH_MAX] = "";

    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(s, 1, id);
    if (mr_sql_row(s) && sqlite3_column_bytes(s, 0) == MR_LEDGER_DIGEST_BYTES)
        waiting_path(ledger, sqlite3_column_blob(s, 0), path);
    if (mr_sql_end(ledger, s) != MR_OK || mr_sql_do_number(ledger, "UPDATE inputs SET waiting=0 WHERE id=?", id) != MR_OK)
        return MR_FATAL;
    if (path[0] == '\0' ||
        mr_journal_add(&ledger->journal, &(struct mr_journal_step){.kind = MR_JOURNAL_REMOVE, .path = path}) == MR_OK)
        return MR_OK;
    return mr_ledger_fail(ledger, MR_MSG_LEDGER_DAMAGED, path, strerror(errno));
}

static void read_system(sqlite3_stmt *s, struct mr_ledger_system *system)
{
    system->id = sqlite3_column_int64(s, 0);
    copy_text(system->sysid, sizeof system->sysid, s, 1);
    copy_text(system->serial, sizeof system->serial, s, 2);
    copy_text(system->orgsysid, sizeof system->orgsysid, s, 3);
    copy_text(system->cpumodel, sizeof system->cpumodel, s, 4);
}

int mr_ledger_find_system(struct mr_ledger *ledger, struct mr_ledger_system *system)
{
    sqlite3_stmt *s = mr_sql(ledger, "SELECT id FROM systems WHERE sysid=? AND serial=?");

    system->id = 0;
    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_text(s, 1, system->sysid, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, system->serial, -1, SQLITE_STATIC);
    if (mr_sql_row(s))
        system->id = sqlite3_column_int64(s, 0);
    return mr_sql_end(ledger, s);
}

int mr_ledger_put_system(struct mr_ledger *ledger, struct mr_ledger_system *system)
{
    sqlite3_stmt *s = mr_sql(ledger, "INSERT INTO systems(sysid, serial, orgsysid, cpumodel) VALUES(?, ?, ?, ?)");

    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_text(s, 1, system->sysid, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, system->serial, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, system->orgsysid, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, system->cpumodel, -1, SQLITE_STATIC);
    (void)mr_sql_row(s);
    system->id = sqlite3_last_insert_rowid(ledger->db);
    return mr_sql_end(ledger, s);
}

int mr_ledger_near_systems(struct mr_ledger *ledger, uint64_t tod, uint64_t distance, struct mr_ledger_system *system,
                           unsigned *count)
{
    sqlite3_stmt *s = mr_sql(ledger, "SELECT id, sysid, serial, orgsysid, cpumodel FROM systems WHERE id IN "
                                     "(SELECT system FROM segments WHERE first<=? AND last>=?)");
    int64_t number = mr_tod_to_sql(tod), high = number, low = number;

    *count = 0;
    if (s == NULL)
        return MR_FATAL;
    if (__builtin_add_overflow(number, (int64_t)distance, &high))
        high = INT64_MAX;
    if (__builtin_sub_overflow(number, (int64_t)distance, &low))
        low = INT64_MIN;
    sqlite3_bind_int64(s, 1, high);
    sqlite3_bind_int64(s, 2, low);
    while (mr_sql_row(s)) {
        if ((*count)++ == 0)
            read_system(s, system);
    }
    return mr_sql_end(ledger, s);
}

int mr_ledger_systems(struct mr_ledger *ledger, struct mr_ledger_system **systems, size_t *count)
{
    sqlite3_stmt *s = mr_sql(ledger, "SELECT id, sysid, serial, orgsysid, cpumodel FROM systems ORDER BY sysid, serial");
    size_t room = 0;
    int status;

    *systems = NULL;
    *count = 0;
    if (s == NULL)
        return MR_FATAL;
    while (mr_sql_row(s) && mr_grow(systems, &room, *count + 1, sizeof **systems, SYSTEMS_MAX) == MR_OK)
        read_system(s, &(*systems)[(*count)++]);
    status = mr_sql_end(ledger, s);
    if (status != MR_OK) {
        free(*systems);
        *systems = NULL;
        *count = 0;
    }
    return status;
}

int mr_ledger_segments(struct mr_ledger *ledger, int64_t system, struct mr_ledger_segment **segments, size_t *count)
{
    sqlite3_stmt *s = mr_sql(ledger, "SELECT id, input, base, first, last, head_interval, whole, restarts, tail, intervals,"
                                     " missing_before, missing_inside FROM segments WHERE system=? ORDER BY first, id");
    size_t room = 0;
    int status;

    *segments = NULL;
    *count = 0;
    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(s, 1, system);
    while (mr_sql_row(s)) {
        if (mr_grow(segments, &room, *count + 1, sizeof **segments, SEGMENTS_MAX) != MR_OK) {
            sqlite3_finalize(s);
            return mr_ledger_fail(ledger, MR_MSG_LEDGER_DAMAGED, ledger->folder, strerror(ENOMEM));
        }
        (*segments)[(*count)++] = (struct mr_ledger_segment){.id = sqlite3_column_int64(s, 0),
                                                             .system = system,
                                                             .input = sqlite3_column_int64(s, 1),
                                                             .base = sqlite3_column_int64(s, 2),
                                                             .first = mr_tod_from_sql(sqlite3_column_int64(s, 3)),
                                                             .last = mr_tod_from_sql(sqlite3_column_int64(s, 4)),
                                                             .head_interval = (uint32_t)sqlite3_column_int64(s, 5),
                                                             .whole = sqlite3_column_int(s, 6) != 0,
                                                             .restarts = sqlite3_column_int(s, 7) != 0,
                                                             .tail = sqlite3_column_int(s, 8) != 0,
                                                             .intervals = (uint64_t)sqlite3_column_int64(s, 9),
                                                             .missing_before = (uint64_t)sqlite3_column_int64(s, 10),
                                                             .missing_inside = (uint64_t)sqlite3_column_int64(s, 11)};
    }
    status = mr_sql_end(ledger, s);
    return status;
}

int mr_ledger_put_segment(struct mr_ledger *ledger, struct mr_ledger_segment *segment)
{
    sqlite3_stmt *s =
        segment->id == 0
            ? mr_sql(ledger, "INSERT INTO segments(system, input, base, first, last, head_interval, whole, restarts, tail,"
                             " intervals, missing_before, missing_inside) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)")
            : mr_sql(ledger, "UPDATE segments SET system=?1, input=?2, base=?3, first=?4, last=?5, head_interval=?6,"
                             " whole=?7, restarts=?8, tail=?9, intervals=?10, missing_before=?11, missing_inside=?12"
                             " WHERE id=?13");

    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(s, 1, segment->system);
    sqlite3_bind_int64(s, 2, segment->input);
    sqlite3_bind_int64(s, 3, segment->base);
    sqlite3_bind_int64(s, 4, mr_tod_to_sql(segment->first));
    sqlite3_bind_int64(s, 5, mr_tod_to_sql(segment->last));
    sqlite3_bind_int64(s, 6, segment->head_interval);
    sqlite3_bind_int(s, 7, segment->whole);
    sqlite3_bind_int(s, 8, segment->restarts);
    sqlite3_bind_int(s, 9, segment->tail);
    sqlite3_bind_int64(s, 10, (int64_t)segment->intervals);
    sqlite3_bind_int64(s, 11, (int64_t)segment->missing_before);
    sqlite3_bind_int64(s, 12, (int64_t)segment->missing_inside);
    if (segment->id != 0)
        sqlite3_bind_int64(s, 13, segment->id);
    (void)mr_sql_row(s);
    if (segment->id == 0)
        segment->id = sqlite3_last_insert_rowid(ledger->db);
    return mr_sql_end(ledger, s);
}

static const char *const put_blob[] = {
    "UPDATE segments SET head=? WHERE id=?", "UPDATE segments SET sessions=? WHERE id=?",
    "UPDATE segments SET state=? WHERE id=?", "UPDATE segments SET coverage=? WHERE id=?"};
static const char *const get_blob[] = {
    "SELECT head FROM segments WHERE id=?", "SELECT sessions FROM segments WHERE id=?",
    "SELECT state FROM segments WHERE id=?", "SELECT coverage FROM segments WHERE id=?"};

int mr_ledger_put_blob(struct mr_ledger *ledger, int64_t segment, enum mr_ledger_blob which, const void *bytes,
                       size_t size)
{
    sqlite3_stmt *s = mr_sql(ledger, put_blob[which]);

    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_blob64(s, 1, bytes, size, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, segment);
    (void)mr_sql_row(s);
    return mr_sql_end(ledger, s);
}

int mr_ledger_get_blob(struct mr_ledger *ledger, int64_t segment, enum mr_ledger_blob which, struct mr_blob *blob)
{
    sqlite3_stmt *s = mr_sql(ledger, get_blob[which]);

    *blob = (struct mr_blob){0};
    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(s, 1, segment);
    if (mr_sql_row(s) && sqlite3_column_bytes(s, 0) > 0) {
        blob->size = (size_t)sqlite3_column_bytes(s, 0);
        blob->bytes = malloc(blob->size);
        if (blob->bytes == NULL) {
            sqlite3_finalize(s);
            return mr_ledger_fail(ledger, MR_MSG_LEDGER_DAMAGED, ledger->folder, strerror(ENOMEM));
        }
        memcpy(blob->bytes, sqlite3_column_blob(s, 0), blob->size);
    }
    return mr_sql_end(ledger, s);
}

/* Segments that have a mark (tail -1) with their rows; then inputs that have none left. */
static int forget_marked(struct mr_ledger *ledger, size_t *forgotten)
{
    *forgotten += (size_t)sqlite3_changes(ledger->db);
    return mr_sql_do(ledger,
                     "UPDATE files SET changed=1 WHERE id IN (SELECT file FROM ranges WHERE segment IN"
                     " (SELECT id FROM segments WHERE tail=-1));"
                     "DELETE FROM ranges WHERE segment IN (SELECT id FROM segments WHERE tail=-1);"
                     "DELETE FROM row_counts WHERE segment IN (SELECT id FROM segments WHERE tail=-1);"
                     "DELETE FROM inputs WHERE id IN (SELECT input FROM segments WHERE tail=-1)"
                     " AND id NOT IN (SELECT input FROM segments WHERE tail<>-1);"
                     "DELETE FROM segments WHERE tail=-1;");
}

int mr_ledger_forget_input(struct mr_ledger *ledger, const uint8_t *digest, const char *name, size_t *forgotten)
{
    sqlite3_stmt *s = mr_sql(ledger, "UPDATE segments SET tail=-1 WHERE input IN"
                                     " (SELECT id FROM inputs WHERE NOT waiting AND (digest=? OR name=?))");

    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_blob(s, 1, digest, MR_LEDGER_DIGEST_BYTES, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, name, -1, SQLITE_STATIC);
    (void)mr_sql_row(s);
    return mr_sql_end(ledger, s) == MR_OK ? forget_marked(ledger, forgotten) : MR_FATAL;
}

int mr_ledger_forget_range(struct mr_ledger *ledger, uint64_t from, uint64_t to, size_t *forgotten)
{
    sqlite3_stmt *s = mr_sql(ledger, "UPDATE segments SET tail=-1 WHERE first<=? AND last>=?");

    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(s, 1, mr_tod_to_sql(to));
    sqlite3_bind_int64(s, 2, mr_tod_to_sql(from));
    (void)mr_sql_row(s);
    return mr_sql_end(ledger, s) == MR_OK ? forget_marked(ledger, forgotten) : MR_FATAL;
}

int mr_ledger_thin(struct mr_ledger *ledger, uint64_t before)
{
    sqlite3_stmt *s = mr_sql(ledger, "UPDATE segments SET head=NULL, sessions=NULL, state=NULL WHERE last<? AND"
                                     " state IS NOT NULL AND EXISTS (SELECT 1 FROM segments AS later WHERE"
                                     " later.system=segments.system AND later.first>segments.first)");

    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(s, 1, mr_tod_to_sql(before));
    (void)mr_sql_row(s);
    return mr_sql_end(ledger, s);
}

int mr_ledger_count_rows(struct mr_ledger *ledger, int64_t segment, enum mr_ledger_part part, const char *table,
                         uint64_t rows)
{
    sqlite3_stmt *s = mr_sql(ledger, "INSERT OR REPLACE INTO row_counts(segment, part, name, rows) VALUES(?, ?, ?, ?)");

    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(s, 1, segment);
    sqlite3_bind_int(s, 2, (int)part);
    sqlite3_bind_text(s, 3, table, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 4, (int64_t)rows);
    (void)mr_sql_row(s);
    return mr_sql_end(ledger, s);
}

int mr_ledger_tables(struct mr_ledger *ledger, int (*table)(void *context, const char *name, uint64_t rows),
                     void *context)
{
    sqlite3_stmt *s = mr_sql(ledger, "SELECT name, sum(rows) FROM row_counts GROUP BY name ORDER BY name");
    int status = MR_OK;

    while (status == MR_OK && mr_sql_row(s))
        status = table(context, (const char *)sqlite3_column_text(s, 0), (uint64_t)sqlite3_column_int64(s, 1));
    return mr_sql_end(ledger, s) == MR_OK ? status : MR_FATAL;
}

int mr_ledger_inputs(struct mr_ledger *ledger,
                     int (*input)(void *context, const char *name, const uint8_t *digest, bool waiting,
                                  const char *account),
                     void *context)
{
    sqlite3_stmt *s = mr_sql(ledger, "SELECT name, digest, waiting, account FROM inputs ORDER BY id");
    int status = MR_OK;

    while (status == MR_OK && mr_sql_row(s)) {
        if (sqlite3_column_bytes(s, 1) == MR_LEDGER_DIGEST_BYTES)
            status = input(context, (const char *)sqlite3_column_text(s, 0), sqlite3_column_blob(s, 1),
                           sqlite3_column_int(s, 2) != 0, (const char *)sqlite3_column_text(s, 3));
    }
    return mr_sql_end(ledger, s) == MR_OK ? status : MR_FATAL;
}

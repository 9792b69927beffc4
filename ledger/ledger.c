/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's frame: its folder, lock and database, what a killed run left, and the commit. */
#include "ledger/private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSION 1
#define DEEPEST 3 /* folders below STATE/work: segment, table */

static const char schema[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value);"
    "CREATE TABLE inputs(id INTEGER PRIMARY KEY, name TEXT NOT NULL, digest BLOB NOT NULL UNIQUE, size INTEGER NOT NULL,"
    "  waiting INTEGER NOT NULL, account TEXT);"
    "CREATE TABLE systems(id INTEGER PRIMARY KEY, sysid TEXT NOT NULL, serial TEXT NOT NULL, orgsysid TEXT NOT NULL,"
    "  cpumodel TEXT NOT NULL, UNIQUE(sysid, serial));"
    "CREATE TABLE segments(id INTEGER PRIMARY KEY, system INTEGER NOT NULL, input INTEGER NOT NULL, base INTEGER NOT NULL,"
    "  first INTEGER NOT NULL, last INTEGER NOT NULL, head_interval INTEGER NOT NULL, whole INTEGER NOT NULL,"
    "  restarts INTEGER NOT NULL, tail INTEGER NOT NULL, intervals INTEGER NOT NULL, missing_before INTEGER NOT NULL,"
    "  missing_inside INTEGER NOT NULL, head BLOB, sessions BLOB, state BLOB, coverage BLOB);"
    "CREATE INDEX segments_by_time ON segments(system, first, id);"
    "CREATE TABLE files(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, header BLOB NOT NULL, size INTEGER NOT NULL,"
    "  packed INTEGER NOT NULL, crc INTEGER NOT NULL, modified INTEGER NOT NULL, changed INTEGER NOT NULL);"
    "CREATE TABLE ranges(file INTEGER NOT NULL, segment INTEGER NOT NULL, part INTEGER NOT NULL, size INTEGER NOT NULL,"
    "  crc INTEGER NOT NULL, plain_size INTEGER NOT NULL, plain_crc INTEGER NOT NULL, offset INTEGER NOT NULL,"
    "  source TEXT, source_offset INTEGER NOT NULL, PRIMARY KEY(file, segment, part));"
    "CREATE INDEX ranges_by_segment ON ranges(segment, part);"
    "CREATE TABLE row_counts(segment INTEGER NOT NULL, part INTEGER NOT NULL, name TEXT NOT NULL, rows INTEGER NOT NULL,"
    "  PRIMARY KEY(segment, part, name));";

int mr_ledger_fail(struct mr_ledger *ledger, enum mr_message_id id, const char *path, const char *detail)
{
    struct mr_place place = {.file = path, .offset = MR_NO_OFFSET};

    mr_report(ledger->log, id, &place, "%s", detail);
    return MR_FATAL;
}

static int fail_sql(struct mr_ledger *ledger)
{
    int code = sqlite3_errcode(ledger->db) & 0xFF;

    /* No room is no damage. */
    if (code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_READONLY || code == SQLITE_CANTOPEN)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_WRITE, ledger->folder, sqlite3_errmsg(ledger->db));
    return mr_ledger_fail(ledger, MR_MSG_LEDGER_DAMAGED, ledger->folder, sqlite3_errmsg(ledger->db));
}

/*
 * What has to do with another run is said, but it is no part of this one's account: a run after a killed one leaves the
 * same bytes as if nothing had happened.
 */
static void remark(const struct mr_ledger *ledger, enum mr_message_id id, const char *detail)
{
    struct mr_place place = {.file = ledger->folder, .offset = MR_NO_OFFSET};
    struct mr_log uncounted = {.sink = ledger->log == NULL ? NULL : ledger->log->sink,
                               .context = ledger->log == NULL ? NULL : ledger->log->context};

    mr_report(&uncounted, id, &place, "%s", detail);
}

sqlite3_stmt *mr_sql(struct mr_ledger *ledger, const char *text)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(ledger->db, text, -1, &statement, NULL) == SQLITE_OK)
        return statement;
    fail_sql(ledger);
    return NULL;
}

bool mr_sql_row(sqlite3_stmt *statement)
{
    return statement != NULL && sqlite3_step(statement) == SQLITE_ROW;
}

int mr_sql_end(struct mr_ledger *ledger, sqlite3_stmt *statement)
{
    if (statement == NULL)
        return MR_FATAL; /* said when it was made */
    /* It gives again what its last step gave. */
    return sqlite3_finalize(statement) == SQLITE_OK ? MR_OK : fail_sql(ledger);
}

int mr_sql_do(struct mr_ledger *ledger, const char *text)
{
    return sqlite3_exec(ledger->db, text, NULL, NULL, NULL) == SQLITE_OK ? MR_OK : fail_sql(ledger);
}

int mr_sql_do_number(struct mr_ledger *ledger, const char *text, int64_t number)
{
    sqlite3_stmt *statement = mr_sql(ledger, text);

    if (statement == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(statement, 1, number);
    (void)mr_sql_row(statement);
    return mr_sql_end(ledger, statement);
}

static void path_of(const struct mr_ledger *ledger, const char *name, char *path)
{
    snprintf(path, MR_LEDGER_PATH_MAX, "%s/%s", ledger->folder, name);
}

static void remove_below(int parent, const char *name, unsigned depth)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *list = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;

    if (list == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    while ((entry = readdir(list)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(fd, entry->d_name, 0) != 0 && depth > 0)
            remove_below(fd, entry->d_name, depth - 1);
    }
    closedir(list);
    unlinkat(parent, name, AT_REMOVEDIR);
}

/* Remove a folder and what is in it, two levels; what is not there is fine. */
static void remove_folder(const char *path)
{
    remove_below(AT_FDCWD, path, DEEPEST);
}

static int take_lock(struct mr_ledger *ledger, bool wait)
{
    char path[MR_LEDGER_PATH_MAX];

    path_of(ledger, "lock", path);
    ledger->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (ledger->lock < 0)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_OPEN, path, strerror(errno));
    if (flock(ledger->lock, LOCK_EX | LOCK_NB) == 0)
        return MR_OK;
    if (errno != EWOULDBLOCK)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_OPEN, path, strerror(errno));
    if (!wait)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_BUSY, ledger->folder, "");
    remark(ledger, MR_MSG_LEDGER_WAITS, "");
    while (flock(ledger->lock, LOCK_EX) != 0) {
        if (errno != EINTR)
            return mr_ledger_fail(ledger, MR_MSG_LEDGER_OPEN, path, strerror(errno));
    }
    return MR_OK;
}

static int64_t number_of(struct mr_ledger *ledger, const char *sql)
{
    sqlite3_stmt *statement = mr_sql(ledger, sql);
    int64_t number = mr_sql_row(statement) ? sqlite3_column_int64(statement, 0) : 0;

    return mr_sql_end(ledger, statement) == MR_OK ? number : -1;
}

static int open_database(struct mr_ledger *ledger)
{
    char path[MR_LEDGER_PATH_MAX], text[64];
    int64_t version;

    path_of(ledger, "ledger.db", path);
    if (sqlite3_open_v2(path, &ledger->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_OPEN, path,
                              ledger->db == NULL ? strerror(ENOMEM) : sqlite3_errmsg(ledger->db));
    /* The journal on disk, and everything down before a commit counts: that is what a kill is told by. */
    if (mr_sql_do(ledger, "PRAGMA synchronous=EXTRA") != MR_OK || mr_sql_do(ledger, "PRAGMA journal_mode=DELETE") != MR_OK)
        return MR_FATAL;
    version = number_of(ledger, "PRAGMA user_version");
    if (version < 0)
        return MR_FATAL;
    if (version > VERSION) {
        snprintf(text, sizeof text, "version %" PRId64, version);
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_VERSION, path, text);
    }
    if (version == VERSION)
        return MR_OK;
    snprintf(text, sizeof text, "PRAGMA user_version=%d", VERSION);
    if (mr_sql_do(ledger, "BEGIN IMMEDIATE") != MR_OK || mr_sql_do(ledger, schema) != MR_OK ||
        mr_sql_do(ledger, text) != MR_OK)
        return MR_FATAL;
    return mr_sql_do(ledger, "COMMIT");
}

static int64_t last_run(struct mr_ledger *ledger)
{
    return number_of(ledger, "SELECT value FROM meta WHERE name='run'");
}

/* Copies that no input of the ledger stands for: the run that made them was killed. */
static int clean_waiting(struct mr_ledger *ledger)
{
    char path[MR_LEDGER_PATH_MAX];
    DIR *list;
    const struct dirent *entry;
    int status = MR_OK;

    path_of(ledger, "waiting", path);
    list = opendir(path);
    if (list == NULL)
        return MR_OK;
    while (status == MR_OK && (entry = readdir(list)) != NULL) {
        sqlite3_stmt *statement;
        bool known;

        if (entry->d_name[0] == '.' && strspn(entry->d_name, ".") == strlen(entry->d_name))
            continue;
        statement = mr_sql(ledger, "SELECT 1 FROM inputs WHERE waiting AND lower(hex(digest))=?");
        if (statement == NULL) {
            status = MR_FATAL;
            break;
        }
        sqlite3_bind_text(statement, 1, entry->d_name, -1, SQLITE_STATIC);
        known = mr_sql_row(statement);
        status = mr_sql_end(ledger, statement);
        if (status == MR_OK && !known)
            (void)unlinkat(dirfd(list), entry->d_name, 0);
    }
    closedir(list);
    return status;
}

/* What a killed run left: finish it where the ledger has it, take it back where it has not. */
static int recover(struct mr_ledger *ledger)
{
    char path[MR_LEDGER_PATH_MAX], work[MR_LEDGER_PATH_MAX];
    struct mr_journal journal;
    int64_t run = last_run(ledger);
    bool redo;
    int status;

    if (run < 0)
        return MR_FATAL;
    ledger->run = run + 1;
    path_of(ledger, "work", work);
    remove_folder(work);
    path_of(ledger, "journal.new", path);
    (void)unlink(path);
    path_of(ledger, "journal", path);
    status = mr_journal_read(&journal, path);
    if (status == MR_OK) {
        redo = journal.run <= run;
        status = redo ? mr_journal_redo(&journal) : mr_journal_undo(&journal);
        mr_journal_free(&journal);
        if (status == MR_OK)
            remark(ledger, MR_MSG_LEDGER_RECOVERED,
                   redo ? "its results are in place now" : "its results are taken back");
    }
    if (status == MR_FATAL)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_WRITE, path, strerror(errno));
    if (unlink(path) == 0)
        (void)mr_ledger_sync_folder(ledger->folder);
    return clean_waiting(ledger);
}

static int open_all(struct mr_ledger *ledger, bool wait)
{
    if (mkdir(ledger->folder, 0777) != 0 && errno != EEXIST)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_OPEN, ledger->folder, strerror(errno));
    if (take_lock(ledger, wait) != MR_OK || open_database(ledger) != MR_OK || recover(ledger) != MR_OK)
        return MR_FATAL;
    return mr_sql_do(ledger, "BEGIN IMMEDIATE");
}

int mr_ledger_open(struct mr_ledger **out, const char *folder, bool wait, struct mr_log *log)
{
    struct mr_ledger *ledger = calloc(1, sizeof *ledger);

    *out = NULL;
    if (ledger != NULL) {
        ledger->log = log;
        ledger->lock = -1;
        ledger->extras_end = &ledger->extras;
        ledger->folder = strdup(folder);
    }
    if (ledger == NULL || ledger->folder == NULL || strlen(folder) > MR_LEDGER_PATH_MAX / 2) {
        mr_report(log, MR_MSG_LEDGER_OPEN, &(struct mr_place){.file = folder, .offset = MR_NO_OFFSET}, "%s",
                  strerror(ledger == NULL || ledger->folder == NULL ? ENOMEM : ENAMETOOLONG));
        mr_ledger_close(ledger);
        return MR_FATAL;
    }
    if (open_all(ledger, wait) != MR_OK) {
        mr_ledger_close(ledger);
        return MR_FATAL;
    }
    *out = ledger;
    return MR_OK;
}

/* The first line that is different, for the message: that of the options now. */
static void different(const char *now, const char *before, char *text, size_t size)
{
    while (*now != '\0' && strncmp(now, before, strcspn(now, "\n") + 1) == 0) {
        before += strcspn(now, "\n") + 1;
        now += strcspn(now, "\n") + 1;
    }
    snprintf(text, size, "%.*s; it was %.*s", (int)strcspn(now, "\n"), now, (int)strcspn(before, "\n"), before);
}

static int put_meta(struct mr_ledger *ledger, const char *name, const char *value)
{
    sqlite3_stmt *statement = mr_sql(ledger, "INSERT OR REPLACE INTO meta(name, value) VALUES(?, ?)");

    if (statement == NULL)
        return MR_FATAL;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, value, -1, SQLITE_STATIC);
    (void)mr_sql_row(statement);
    return mr_sql_end(ledger, statement);
}

int mr_ledger_bind(struct mr_ledger *ledger, const char *output, const char *options)
{
    sqlite3_stmt *statement;
    char text[400];
    const char *before;
    int status = MR_OK;

    ledger->output = strdup(output);
    statement = ledger->output == NULL ? NULL : mr_sql(ledger, "SELECT value FROM meta WHERE name='options'");
    if (statement == NULL)
        return MR_FATAL;
    before = mr_sql_row(statement) ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    if (before != NULL && strcmp(before, options) != 0) {
        different(options, before, text, sizeof text);
        status = mr_ledger_fail(ledger, MR_MSG_LEDGER_OPTIONS, ledger->folder, text);
    }
    if (mr_sql_end(ledger, statement) != MR_OK || status != MR_OK)
        return MR_FATAL;
    return before != NULL ? MR_OK : put_meta(ledger, "options", options);
}

int mr_ledger_work_folder(struct mr_ledger *ledger, char *path)
{
    path_of(ledger, "work", path);
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_WRITE, path, strerror(errno));
    snprintf(path, MR_LEDGER_PATH_MAX, "%s/work/%u", ledger->folder, ledger->work++);
    return MR_OK;
}

int mr_ledger_file(struct mr_ledger *ledger, const char *name, const void *bytes, size_t size)
{
    struct mr_ledger_extra *extra = calloc(1, sizeof *extra);

    if (extra != NULL) {
        extra->name = strdup(name);
        extra->bytes = malloc(size + 1);
        extra->size = size;
    }
    if (extra == NULL || extra->name == NULL || extra->bytes == NULL) {
        if (extra != NULL) {
            free(extra->name);
            free(extra->bytes);
        }
        free(extra);
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_WRITE, name, strerror(ENOMEM));
    }
    memcpy(extra->bytes, bytes, size);
    *ledger->extras_end = extra;
    ledger->extras_end = &extra->next;
    return MR_OK;
}

/*
 * The order is what makes it safe: the plan on disk; new files beside their places and rows behind the ends of files;
 * all of that on disk; the ledger; names.
 */
int mr_ledger_commit(struct mr_ledger *ledger)
{
    char journal[MR_LEDGER_PATH_MAX], work[MR_LEDGER_PATH_MAX];

    path_of(ledger, "journal", journal);
    path_of(ledger, "work", work);
    ledger->journal.run = ledger->run;
    if (mr_sql_do_number(ledger, "INSERT OR REPLACE INTO meta(name, value) VALUES('run', ?)", ledger->run) != MR_OK ||
        mr_ledger_plan_files(ledger) != MR_OK)
        return MR_FATAL;
    if (mr_journal_write(&ledger->journal, journal) != MR_OK)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_WRITE, journal, strerror(errno));
    if (mr_ledger_write_files(ledger) != MR_OK || mr_sql_do(ledger, "COMMIT") != MR_OK) {
        (void)sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL); /* a failed COMMIT may have done it */
        if (mr_journal_undo(&ledger->journal) == MR_OK)
            (void)unlink(journal);
        return MR_FATAL;
    }
    if (mr_journal_redo(&ledger->journal) != MR_OK)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_WRITE, journal, strerror(errno));
    if (unlink(journal) == 0)
        (void)mr_ledger_sync_folder(ledger->folder);
    remove_folder(work);
    return MR_OK;
}

void mr_ledger_close(struct mr_ledger *ledger)
{
    char work[MR_LEDGER_PATH_MAX];

    if (ledger == NULL)
        return;
    if (ledger->db != NULL) {
        path_of(ledger, "work", work);
        remove_folder(work);
        (void)sqlite3_close_v2(ledger->db); /* an open transaction is rolled back */
    }
    while (ledger->extras != NULL) {
        struct mr_ledger_extra *next = ledger->extras->next;

        free(ledger->extras->name);
        free(ledger->extras->bytes);
        free(ledger->extras);
        ledger->extras = next;
    }
    mr_journal_free(&ledger->journal);
    if (ledger->lock >= 0)
        close(ledger->lock);
    free(ledger->folder);
    free(ledger->output);
    free(ledger);
}

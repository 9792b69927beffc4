/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite: all tables in one database file.  Whole numbers and durations are stored as numbers, times, hex bytes and
 * packed digits as the texts that CSV has.  A whole number above 2^63-1 does not fit: SQLite would round it, so it is
 * left blank, and that is said.
 *
 * The database is made under the temporary name with a write-ahead log beside it, one transaction for each interval: who
 * looks in while it grows sees whole intervals.
 * When all is in, the log is taken in and the journal mode goes back to what readers of a read-only folder can open.
 */
#include "writers/format.h"
#include "writers/number.h"
#include "writers/sqlite.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MIN 256u /* room for a cell as text, to begin with */

/* In the file's context. */
struct database {
    sqlite3 *handle;
    bool rows; /* the present transaction has some */
};

struct sqlite_state {
    const struct mr_column *columns;
    size_t count;
    sqlite3_stmt *insert;
    char *text; /* cells that are shown as text, one after another */
    size_t text_room;
    const char *name;
    bool odd; /* some value did not fit, and it was said */
};

static int fail(struct mr_outfile *file)
{
    const struct database *db = file->context;
    const char *why = db == NULL || db->handle == NULL ? "not enough memory" : sqlite3_errmsg(db->handle);

    file->status = mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_WRITE, file->name, why);
    return file->status;
}

static int execute(struct mr_outfile *file, const char *sql)
{
    const struct database *db = file->context;

    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? MR_OK : fail(file);
}

static int sqlite_open(struct mr_outfile *file, const struct mr_writer_options *options)
{
    struct database *db = calloc(1, sizeof *db);
    char path[PATH_MAX];

    file->context = db;
    if (db == NULL || snprintf(path, sizeof path, "%s/%s", options->folder, file->temporary) >= (int)sizeof path)
        return fail(file);
    if (sqlite3_open_v2(path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL) != SQLITE_OK)
        return fail(file);
    /* Nobody else opens it yet, and safe on the disk it must be only at the end: the outfile sees to that. */
    return execute(file, "PRAGMA locking_mode=EXCLUSIVE;PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;"
                         "PRAGMA cache_size=-8192;PRAGMA wal_autocheckpoint=4000;BEGIN");
}

static int sqlite_close(struct mr_outfile *file)
{
    return execute(file, "COMMIT;PRAGMA wal_checkpoint(TRUNCATE);PRAGMA journal_mode=DELETE");
}

/* Closing the database removes its log, but not where that cannot be taken in because the disk is full. */
static void sqlite_shut(struct mr_outfile *file)
{
    static const char *const beside[] = {"-wal", "-shm", "-journal"};
    char name[MR_OUTFOLDER_TEMPORARY_MAX + 16];
    struct database *db = file->context;

    if (db != NULL)
        (void)sqlite3_close(db->handle);
    free(db);
    file->context = NULL;
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        snprintf(name, sizeof name, "%s%s", file->temporary, beside[i]);
        (void)unlinkat(file->folder->fd, name, 0);
    }
}

const char *mr_sqlite_type(enum mr_cell_type type)
{
    switch (type) {
    case MR_CELL_UINT:
    case MR_CELL_INT:
        return "INTEGER";
    case MR_CELL_SECONDS:
    case MR_CELL_REAL:
        return "REAL";
    default:
        return "TEXT";
    }
}

static void put_name(sqlite3_str *sql, const char *name)
{
    sqlite3_str_appendf(sql, "\"%w\"", name);
}

static char *create_text(const struct mr_table_head *head)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);

    sqlite3_str_appendall(sql, "CREATE TABLE ");
    put_name(sql, head->name);
    for (size_t i = 0; i < head->column_count; i++) {
        sqlite3_str_appendall(sql, i == 0 ? " (" : ", ");
        put_name(sql, head->columns[i].name);
        sqlite3_str_appendf(sql, " %s", mr_sqlite_type(head->columns[i].type));
    }
    sqlite3_str_appendall(sql, ")");
    return sqlite3_str_finish(sql);
}

static char *insert_text(const struct mr_table_head *head)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);

    sqlite3_str_appendall(sql, "INSERT INTO ");
    put_name(sql, head->name);
    for (size_t i = 0; i < head->column_count; i++)
        sqlite3_str_appendall(sql, i == 0 ? " VALUES (?" : ",?");
    sqlite3_str_appendall(sql, ")");
    return sqlite3_str_finish(sql);
}

static int sqlite_begin(void *state, struct mr_outfile *file, const struct mr_table_head *head,
                        const struct mr_writer_options *options)
{
    const struct database *db = file->context;
    struct sqlite_state *table = state;
    char *create = create_text(head), *insert = insert_text(head);
    int status = MR_FATAL;

    (void)options;
    table->columns = head->columns;
    table->name = head->name;
    table->count = head->column_count;
    if (create == NULL || insert == NULL)
        (void)mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "");
    else if (execute(file, create) == MR_OK)
        status = sqlite3_prepare_v3(db->handle, insert, -1, SQLITE_PREPARE_PERSISTENT, &table->insert, NULL) ==
                         SQLITE_OK
                     ? MR_OK
                     : fail(file);
    sqlite3_free(create);
    sqlite3_free(insert);
    return status;
}

/* The most bytes that a cell needs as text. */
static size_t text_need(enum mr_cell_type type, const struct mr_cell *cell)
{
    switch (type) {
    case MR_CELL_TIME:
        return MR_NUMBER_MAX_TEXT;
    case MR_CELL_HEX:
    case MR_CELL_DIGITS:
        return 2 * (size_t)cell->size + 2;
    default:
        return 0;
    }
}

/* Room for all texts of a row: they must stay where they are until the row has been stored. */
static int make_room(struct sqlite_state *table, const struct mr_cell *cells)
{
    size_t need = 0;
    char *text;

    for (size_t i = 0; i < table->count; i++) {
        if (cells[i].present)
            need += text_need(table->columns[i].type, &cells[i]);
    }
    if (need <= table->text_room)
        return MR_OK;
    text = realloc(table->text, 2 * need + TEXT_MIN);
    if (text == NULL)
        return MR_FATAL;
    table->text = text;
    table->text_room = 2 * need + TEXT_MIN;
    return MR_OK;
}

/* A cell as text at p; the position behind it. */
static char *put_text(char *p, enum mr_cell_type type, const struct mr_cell *cell)
{
    switch (type) {
    case MR_CELL_TIME:
        return mr_put_time(p, cell->value.i);
    case MR_CELL_HEX:
        return cell->size == 0 ? p : mr_put_hex(p, cell->value.bytes, cell->size);
    default:
        return mr_put_digits(p, cell->value.bytes, cell->size);
    }
}

/* Bind one cell; *free_text is where texts may be put. */
static int bind(sqlite3_stmt *insert, int number, enum mr_cell_type type, const struct mr_cell *cell,
                char **free_text)
{
    char *text = *free_text;

    if (!cell->present)
        return sqlite3_bind_null(insert, number);
    switch (type) {
    case MR_CELL_INT:
        return sqlite3_bind_int64(insert, number, cell->value.i);
    case MR_CELL_SECONDS:
        return sqlite3_bind_double(insert, number, (double)cell->value.i / 1e6);
    case MR_CELL_REAL:
        return sqlite3_bind_double(insert, number, cell->value.d); /* not a number becomes NULL */
    case MR_CELL_TEXT:
        return sqlite3_bind_text(insert, number, cell->value.text, (int)cell->size, SQLITE_STATIC);
    case MR_CELL_UINT:
        return cell->value.u <= INT64_MAX ? sqlite3_bind_int64(insert, number, (sqlite3_int64)cell->value.u)
                                          : sqlite3_bind_null(insert, number);
    default:
        break;
    }
    *free_text = put_text(text, type, cell);
    return sqlite3_bind_text(insert, number, text, (int)(*free_text - text), SQLITE_STATIC);
}

/* Once for each table. */
static void note_odd(struct sqlite_state *table, struct mr_outfile *file, size_t column)
{
    if (!table->odd)
        mr_report(file->folder->log, MR_MSG_OUTPUT_CUT, MR_NOWHERE, "%s, column %s", table->name,
                  table->columns[column].name);
    table->odd = true;
}

static int sqlite_row(void *state, struct mr_outfile *file, const struct mr_cell *cells)
{
    struct database *db = file->context;
    struct sqlite_state *table = state;
    char *text;

    if (make_room(table, cells) != MR_OK)
        return mr_outfolder_fail(file->folder, MR_MSG_OUTPUT_MEMORY, file->name, "");
    text = table->text;
    for (size_t i = 0; i < table->count; i++) {
        if (bind(table->insert, (int)i + 1, table->columns[i].type, &cells[i], &text) != SQLITE_OK)
            return fail(file);
        if (cells[i].present && table->columns[i].type == MR_CELL_UINT && cells[i].value.u > INT64_MAX)
            note_odd(table, file, i);
    }
    if (sqlite3_step(table->insert) != SQLITE_DONE || sqlite3_reset(table->insert) != SQLITE_OK)
        return fail(file);
    db->rows = true;
    return MR_OK;
}

static int sqlite_interval(struct mr_outfile *file)
{
    struct database *db = file->context;

    if (!db->rows)
        return MR_OK;
    db->rows = false;
    return execute(file, "COMMIT;BEGIN");
}

static void sqlite_destroy(void *state)
{
    struct sqlite_state *table = state;

    (void)sqlite3_finalize(table->insert);
    free(table->text);
}

const struct mr_writer_format mr_format_sqlite = {
    .name = "sqlite",
    .suffix = "",
    .state_size = sizeof(struct sqlite_state),
    .begin = sqlite_begin,
    .row = sqlite_row,
    .destroy = sqlite_destroy,
    .single = "monreduce.db",
    .open = sqlite_open,
    .close = sqlite_close,
    .interval = sqlite_interval,
    .shut = sqlite_shut,
};

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_LEDGER_PRIVATE_H
#define MR_LEDGER_PRIVATE_H

/* Within ledger/: the ledger's own members, SQL, and the steps of a commit. */
#include "ledger/journal.h"
#include "ledger/ledger.h"

#include <sqlite3.h>

struct mr_ledger_extra {
    struct mr_ledger_extra *next;
    char *name;
    uint8_t *bytes;
    size_t size;
};

struct mr_ledger {
    sqlite3 *db;
    struct mr_log *log;
    char *folder; /* STATE */
    char *output; /* folder of the tables; NULL: not bound yet */
    int lock;
    int64_t run;
    unsigned work; /* folders given out */
    struct mr_ledger_extra *extras, **extras_end;
    struct mr_journal journal; /* what the commit will do */
};

/* A message about a file of the ledger, with its path; MR_FATAL. */
int mr_ledger_fail(struct mr_ledger *ledger, enum mr_message_id id, const char *path, const char *detail);

/* A prepared statement; NULL after a message.  Finished with mr_sql_end(). */
sqlite3_stmt *mr_sql(struct mr_ledger *ledger, const char *text);

/* A row there (true), or none, or a failure, which mr_sql_end() tells. */
bool mr_sql_row(sqlite3_stmt *statement);

/* MR_OK, or MR_FATAL after a message if the statement or its making has failed. */
int mr_sql_end(struct mr_ledger *ledger, sqlite3_stmt *statement) MR_CHECK;

/* One statement without result. */
int mr_sql_do(struct mr_ledger *ledger, const char *text) MR_CHECK;
int mr_sql_do_number(struct mr_ledger *ledger, const char *text, int64_t number) MR_CHECK;

/* A TOD as a number that SQLite orders as time, and back. */
static inline int64_t mr_tod_to_sql(uint64_t tod)
{
    return (int64_t)(tod ^ UINT64_C(0x8000000000000000));
}

static inline uint64_t mr_tod_from_sql(int64_t number)
{
    return (uint64_t)number ^ UINT64_C(0x8000000000000000);
}

/* Write the files of the tables as the ranges say; in compose.c. */
int mr_ledger_plan_files(struct mr_ledger *ledger) MR_CHECK;
int mr_ledger_write_files(struct mr_ledger *ledger) MR_CHECK;

/* Make the names in a folder safe; folder of a path likewise. */
int mr_ledger_sync_folder(const char *path);
int mr_ledger_sync_folder_of(const char *path);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_EXITS_PRIVATE_H
#define MR_EXITS_PRIVATE_H

/* The exits of a run from inside.  Private to exits/. */
#include "domains/engine.h"
#include "exits/exits.h"
#include "exits/monreduce_exit.h"

#define MR_EXIT_ROOM 4096u           /* bytes that an exit of a later minor number may use for its struct */
#define MR_EXIT_NO_ABI UINT32_MAX    /* no version has this value */
#define MR_EXIT_ARGUMENTS_MAX 64     /* of one exit */
#define MR_EXIT_COLUMNS_MAX 1024     /* added by one exit */
#define MR_EXIT_TEXT_MAX 4096        /* bytes of a cell that an exit sets */
#define MR_EXIT_IDLE 0xFFFFu         /* in a column's handle: its table is not wanted in this run */

/* All hooks of struct mr_exit; the file exits stand in the order of the struct. */
enum mr_exit_hook {
    MR_EXIT_BEGIN_RUN,
    MR_EXIT_BEGIN_INPUT,
    MR_EXIT_BEGIN_INTERVAL,
    MR_EXIT_END_INTERVAL,
    MR_EXIT_END_INPUT,
    MR_EXIT_END_RUN,
    MR_EXIT_USRSEL,
    MR_EXIT_FIRST_FILE,
    MR_EXIT_OTHER = MR_EXIT_FIRST_FILE + 24,
    MR_EXIT_HOOKS
};

enum mr_exit_policy { MR_EXIT_POLICY_DISABLE, MR_EXIT_POLICY_STOP, MR_EXIT_POLICY_IGNORE };

struct mr_exit_counter {
    uint64_t calls, changed, dropped, refused, failed;
    uint64_t timed, nanoseconds; /* calls that were timed, and what they took */
};

struct mr_exit_argument {
    const char *key, *value;
    bool asked;
};

struct mr_exit_added {
    const struct mr_table *table;
    char *name, *unit, *label;
    enum mr_cell_type type;
};

/* One -x.  host is what the exit holds; it leads back here because it is the first member. */
struct mr_exit_instance {
    struct mr_exit_host host;
    struct mr_exits *exits;
    union {
        struct mr_exit exit;
        uint8_t room[MR_EXIT_ROOM];
    } its;
    int (*init)(const struct mr_exit_host *host, struct mr_exit *exit);
    void *library;
    char *path;  /* as given */
    char *name;  /* in messages */
    char *words; /* what arguments point into */
    struct mr_exit_argument arguments[MR_EXIT_ARGUMENTS_MAX];
    size_t argument_count;
    char **asked; /* keys that init asked for, given or not: for suggestions */
    size_t asked_count, asked_room;
    enum mr_exit_policy policy;
    bool begun;    /* init has returned MR_EXIT_OK */
    bool disabled; /* by its policy */
    unsigned misused; /* bits of the statuses for which a misuse has been reported */
    struct mr_exit_counter counters[MR_EXIT_HOOKS];
    struct mr_exit_added *added;
    size_t added_count, added_room;
};

/* A hook to call for the rows of one plan. */
struct mr_exit_call {
    struct mr_exit_instance *instance;
    mr_exit_row_hook *function;
    enum mr_exit_hook hook;
};

struct mr_exit_calls {
    struct mr_exit_call *calls;
    size_t count;
};

/* Memory for texts that cells point to; let go at the next row. */
struct mr_exit_chunk {
    struct mr_exit_chunk *next;
    size_t used, room;
    uint8_t bytes[];
};

/* The present row, and the first value of each cell that has been set in the present call. */
struct mr_exit_row {
    struct mr_exits *exits;
    struct mr_plan *plan; /* NULL: no row hook is running */
    struct mr_cell *cells;
    const struct mr_column *described; /* the plan's columns */
    unsigned first, handles;           /* handles of columns of this table: the lowest, and how many */
    unsigned table; /* its index in the schema, and its handle */
    uint32_t call;  /* number of the present call */
    uint32_t *seen; /* for each column: the call in which it was set last */
    uint16_t *columns;
    struct mr_cell *before;
    size_t count;
};

/* The present record; scene is NULL outside USRSEL. */
struct mr_exit_record {
    struct mr_exits *exits;
    const struct mr_hook_scene *scene;
};

struct mr_exit_field {
    const struct mr_layout *layout;
    const struct mr_field *field;
    enum mr_cell_type type;
    uint8_t load;
};

/* What is running: decides which functions of the host may be called. */
enum mr_exit_moment { MR_EXIT_OUTSIDE, MR_EXIT_IN_INIT, MR_EXIT_IN_HOOK };

struct mr_exits {
    struct mr_exits_options options;
    struct mr_engine_hooks hooks;
    struct mr_exit_instance **instances;
    size_t count;
    struct mr_plan **plans; /* by index of the table in the schema; NULL: no rows of it in this run */
    struct mr_exit_calls *rows; /* by number of the plan */
    size_t plan_count;
    bool sees_records;   /* some exit has USRSEL */
    bool sees_intervals; /* some exit has a hook for begin or end of intervals */
    enum mr_exit_moment moment;
    const struct mr_exit_instance *present; /* whose init or hook is running */
    const struct mr_hook_scene *scene;      /* in hooks that have one */
    struct mr_exit_row row;
    struct mr_exit_record record;
    struct mr_exit_field *fields;
    size_t field_count, field_room;
    struct mr_exit_chunk *chunks;
};

static inline struct mr_exit_instance *mr_exit_instance_of(const struct mr_exit_host *host)
{
    return (struct mr_exit_instance *)(uintptr_t)host;
}

/* Fill the host struct's functions: names.c, cells.c, records.c. */
void mr_exit_names_offer(struct mr_exit_host *host);
void mr_exit_cells_offer(struct mr_exit_host *host);
void mr_exit_records_offer(struct mr_exit_host *host);

/* Report that an exit has used a function in vain, the first time for each status; returns the status. */
int mr_exit_misuse(const struct mr_exit_host *host, int status, const char *format, ...) MR_PRINTF(3, 4);

/* The place of the present record for messages. */
struct mr_place mr_exit_place(const struct mr_exits *exits);

/* Value of a cell of this type; enum mr_exit_status.  In cells.c. */
int mr_exit_read_uint(enum mr_cell_type type, const struct mr_cell *cell, uint64_t *value);
int mr_exit_read_int(enum mr_cell_type type, const struct mr_cell *cell, int64_t *value);
int mr_exit_read_number(enum mr_cell_type type, const struct mr_cell *cell, double *value);
int mr_exit_read_bytes(enum mr_cell_type type, bool text, const struct mr_cell *cell, const uint8_t **bytes,
                       size_t *length);

/* Does the cell have another value?  In cells.c. */
bool mr_exit_cells_differ(enum mr_cell_type type, const struct mr_cell *a, const struct mr_cell *b);

/* Memory that lasts until the next mr_exit_chunks_reset(); NULL when there is none. */
uint8_t *mr_exit_chunk_take(struct mr_exits *exits, size_t size);
void mr_exit_chunks_reset(struct mr_exits *exits);
void mr_exit_chunks_free(struct mr_exits *exits);

/* The name and the place in struct mr_exit of each hook, in hooks.c. */
const char *mr_exit_hook_name(enum mr_exit_hook hook);

/* An exit takes what its shared object and words say, in loader.c.  MR_OK, or MR_FATAL after a message. */
int mr_exit_load(struct mr_exit_instance *instance, const char *spec, struct mr_log *log) MR_CHECK;
void mr_exit_shut(struct mr_exit_instance *instance);
void mr_exit_free(struct mr_exit_instance *instance);

/* Call mr_exit_init() and look at what came of it, in loader.c.  MR_OK, or MR_FATAL after a message. */
int mr_exit_begin(struct mr_exit_instance *instance, struct mr_log *log) MR_CHECK;

#endif

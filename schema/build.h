/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_SCHEMA_BUILD_H
#define MR_SCHEMA_BUILD_H

/* A schema that is being put together from files.  Private to schema/. */
#include "base/csvfile.h"
#include "schema/arena.h"
#include "schema/schema.h"

#define MR_LAYOUTS_MAX 1024
#define MR_FIELDS_MAX 4096 /* in one layout */
#define MR_GROUPS_MAX 64   /* in one layout */
#define MR_TABLES_MAX 1024
#define MR_SESSIONS_MAX 4096
#define MR_JOINS_MAX 4096
#define MR_VARIANTS_MAX 1024
#define MR_DERIVED_MAX 4096
#define MR_CHECKS_MAX 1024
#define MR_BALANCES_MAX 1024
#define MR_BOUNDS_MAX 4096
#define MR_WIDER_MAX 1024
#define MR_SUPERSEDED_MAX 64
#define MR_PATH_BYTES 1024

/* A group as the files give it: operands are names until all fields are known. */
struct mr_group_draft {
    const char *name, *at, *stride, *count, *when, *origin;
    unsigned line;
};

struct mr_layout_draft {
    struct mr_layout layout;      /* fields and groups are filled in at the end */
    struct mr_field *fields;      /* malloc'ed while it grows */
    size_t field_count, field_room;
    const char **field_group;     /* group name of each field, or "" */
    const char **field_length;    /* name of the field that holds the length, or "" */
    unsigned *field_line;
    size_t group_name_room, length_name_room, line_room;
    struct mr_group_draft *groups;
    size_t group_count, group_room;
    unsigned line;           /* in records.csv; 0: from the base */
    const char *fields_path; /* where the fields were read, for messages; NULL: from the base */
};

struct mr_table_draft {
    struct mr_table table;
    unsigned line; /* in tables.csv; 0: from the base */
};

struct mr_build {
    struct mr_arena *arena;
    struct mr_log *log;
    const char *folder;
    struct mr_layout_draft *layouts;
    size_t layout_count, layout_room;
    struct mr_table_draft *tables;
    size_t table_count, table_room;
    struct mr_session *sessions;
    size_t session_count, session_room;
    struct mr_variant *variants;
    size_t variant_count, variant_room;
    struct mr_join *joins;
    size_t join_count, join_room;
    struct mr_derived *derived;
    size_t derived_count, derived_room;
    struct mr_layout_check *checks;
    size_t check_count, check_room;
    struct mr_balance *balances;
    size_t balance_count, balance_room;
    struct mr_bound *bounds;
    size_t bound_count, bound_room;
    struct mr_wider *wider;
    size_t wider_count, wider_room;
    struct mr_superseded *superseded;
    size_t superseded_count, superseded_room;
    struct mr_layout_draft *current; /* the layout whose file is being read */
    const char *path;                /* the file being read */
    int status;                      /* MR_FATAL once a fault was reported */
};

/* Report a fault in a data file and remember it.  Returns MR_FAILED, so that a row function can return it. */
int mr_build_fault(struct mr_build *build, enum mr_message_id id, unsigned line, const char *format, ...)
    MR_PRINTF(4, 5);

/* Text into the arena; NULL after a message when memory is short. */
const char *mr_build_text(struct mr_build *build, const char *text);

/* The draft of a record, or NULL. */
struct mr_layout_draft *mr_build_layout(struct mr_build *build, unsigned domain, unsigned number, const char *variant);

/* Row functions of the kinds of files, for mr_csv_read(); context is the build. */
int mr_build_record_row(void *context, const char *const *cells, unsigned line);
int mr_build_field_row(void *context, const char *const *cells, unsigned line);
int mr_build_group_row(void *context, const char *const *cells, unsigned line);
int mr_build_table_row(void *context, const char *const *cells, unsigned line);
int mr_build_session_row(void *context, const char *const *cells, unsigned line);
int mr_build_variant_row(void *context, const char *const *cells, unsigned line);
int mr_build_join_row(void *context, const char *const *cells, unsigned line);
int mr_build_derived_row(void *context, const char *const *cells, unsigned line);
int mr_build_balance_row(void *context, const char *const *cells, unsigned line);
int mr_build_check_row(void *context, const char *const *cells, unsigned line);
int mr_build_bound_row(void *context, const char *const *cells, unsigned line);
int mr_build_wider_row(void *context, const char *const *cells, unsigned line);
int mr_build_superseded_row(void *context, const char *const *cells, unsigned line);

/* The form of a schema file: its columns, the first REQUIRED of which must be there. */
#define MR_FORM(NAME, COLUMNS, REQUIRED)                                                                              \
    const struct mr_csv_form NAME = {COLUMNS,                                                                         \
                                     sizeof COLUMNS / sizeof *COLUMNS,                                                \
                                     REQUIRED,                                                                        \
                                     MR_MSG_SCHEMA_OPEN,                                                              \
                                     MR_MSG_SCHEMA_CSV,                                                               \
                                     MR_MSG_SCHEMA_HEADER}

/* Forms of these files. */
extern const struct mr_csv_form mr_record_form, mr_field_form, mr_group_form, mr_table_form, mr_session_form,
    mr_variant_form, mr_join_form, mr_derived_form, mr_check_form, mr_balance_form, mr_bound_form,
    mr_wider_form, mr_superseded_form;

/* Start from the base: its layouts and tables become drafts.  MR_OK or MR_FATAL. */
int mr_build_base(struct mr_build *build, const struct mr_schema *base) MR_CHECK;

/* Turn the names in groups and fields into indexes; then check every layout and table.  MR_OK or MR_FATAL. */
int mr_build_resolve(struct mr_build *build) MR_CHECK;
int mr_build_check(struct mr_build *build) MR_CHECK;

/* Do both sides of a session exist and match in length?  MR_OK or MR_FAILED after a message. */
int mr_build_check_session(struct mr_build *build, const struct mr_session *session, unsigned line) MR_CHECK;

/* Does the record, or one of its variants, have this field?  MR_OK or MR_FAILED after a message. */
int mr_build_check_field(struct mr_build *build, const struct mr_record_id *id, const char *name, unsigned line) MR_CHECK;

/* One of a set of words; on failure a message and MR_FAILED. */
int mr_build_word(struct mr_build *build, unsigned line, const char *what, const char *text, int found, uint8_t *out)
    MR_CHECK;

/* "4/3".  MR_OK or MR_FAILED after a message. */
int mr_build_record_id(struct mr_build *build, const char *text, unsigned line, struct mr_record_id *id) MR_CHECK;

/* A whole number within limits.  MR_OK or MR_FAILED. */
int mr_parse_number(const char *text, unsigned long max, unsigned long *value) MR_CHECK;

#endif

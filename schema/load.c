/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a schema folder: which files there are, in which order they are taken, and the finished schema. */
#include "base/csvfile.h"
#include "base/grow.h"
#include "schema/build.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int mr_build_fault(struct mr_build *build, enum mr_message_id id, unsigned line, const char *format, ...)
{
    struct mr_place place = {.file = build->path, .offset = MR_NO_OFFSET, .line = line};
    char detail[256];
    va_list args;

    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    mr_report(build->log, id, &place, "%s", detail);
    build->status = MR_FATAL;
    return MR_FAILED;
}

const char *mr_build_text(struct mr_build *build, const char *text)
{
    const char *copy;

    if (text[0] == '\0')
        return "";
    copy = mr_arena_text(build->arena, text);
    if (copy == NULL)
        mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, 0, "%s", "");
    return copy;
}

struct mr_layout_draft *mr_build_layout(struct mr_build *build, unsigned domain, unsigned number, const char *variant)
{
    for (size_t i = 0; i < build->layout_count; i++) {
        struct mr_layout *layout = &build->layouts[i].layout;

        if (layout->domain == domain && layout->number == number && strcmp(layout->variant, variant) == 0)
            return &build->layouts[i];
    }
    return NULL;
}

/* The file name of a record's layout: DD-RR-DSECT[-VARIANT].csv */
static void layout_file(const struct mr_layout *layout, char *name, size_t size)
{
    snprintf(name, size, "%02u-%02u-%s%s%s.csv", layout->domain, layout->number, layout->dsect,
             layout->variant[0] != '\0' ? "-" : "", layout->variant);
}

static struct mr_layout_draft *layout_of_file(struct mr_build *build, const char *file)
{
    char name[MR_PATH_BYTES];

    for (size_t i = 0; i < build->layout_count; i++) {
        layout_file(&build->layouts[i].layout, name, sizeof name);
        if (strcmp(name, file) == 0)
            return &build->layouts[i];
    }
    return NULL;
}

/* Path of a file in the folder, kept in the arena because messages and drafts refer to it. */
static const char *path_of(struct mr_build *build, const char *part, const char *name)
{
    char path[MR_PATH_BYTES];

    if (snprintf(path, sizeof path, "%s/%s%s", build->folder, part, name) >= (int)sizeof path)
        return NULL;
    return mr_build_text(build, path);
}

static int read_file(struct mr_build *build, const char *name, const struct mr_csv_form *form, mr_csv_row *row,
                     int required)
{
    build->path = path_of(build, "", name);
    if (build->path == NULL)
        return mr_build_fault(build, MR_MSG_SCHEMA_OPEN, 0, "%s", "the name is too long");
    if (!required && access(build->path, F_OK) != 0)
        return MR_OK;
    if (mr_csv_read(build->path, form, row, build, build->log) != MR_OK)
        build->status = MR_FATAL;
    return MR_OK;
}

static int read_layout(struct mr_build *build, const char *name)
{
    struct mr_layout_draft *draft = layout_of_file(build, name);

    build->path = path_of(build, "layouts/", name);
    if (build->path == NULL)
        return MR_FATAL;
    if (draft == NULL)
        return mr_build_fault(build, MR_MSG_SCHEMA_REFERENCE, 0,
                              "no record in records.csv has a layout file of this name");
    draft->field_count = 0;
    draft->fields_path = build->path;
    build->current = draft;
    if (mr_csv_read(build->path, &mr_field_form, mr_build_field_row, build, build->log) != MR_OK)
        build->status = MR_FATAL;
    return MR_OK;
}

static int is_csv(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return n > 4 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 4, ".csv") == 0;
}

static int read_layouts(struct mr_build *build, int required)
{
    struct dirent **entries = NULL;
    int count;

    build->path = path_of(build, "layouts", "");
    if (build->path == NULL)
        return MR_FATAL;
    count = scandir(build->path, &entries, is_csv, alphasort);
    if (count < 0 && (required || errno != ENOENT))
        return mr_build_fault(build, MR_MSG_SCHEMA_OPEN, 0, "%s", strerror(errno));
    for (int i = 0; i < count; i++) {
        read_layout(build, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return MR_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct mr_layout *x = a, *y = b;

    if (x->domain != y->domain)
        return x->domain < y->domain ? -1 : 1;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return strcmp(x->variant, y->variant);
}

static int is_fed(const struct mr_build *build, const struct mr_layout *layout)
{
    for (size_t t = 0; t < build->table_count; t++) {
        const struct mr_table *table = &build->tables[t].table;

        if (strcmp(table->variant, layout->variant) != 0)
            continue;
        for (unsigned r = 0; r < table->record_count; r++) {
            if (table->records[r].domain == layout->domain && table->records[r].number == layout->number)
                return 1;
        }
    }
    return 0;
}

/* Every record with fields that no table takes gets one of its own: VMR, domain and record in two digits each. */
static int add_own_tables(struct mr_build *build)
{
    for (size_t i = 0; i < build->layout_count; i++) {
        const struct mr_layout *layout = &build->layouts[i].layout;
        char name[16];
        struct mr_table_draft *draft;

        if (build->layouts[i].field_count == 0 || layout->variant[0] != '\0' || is_fed(build, layout))
            continue;
        if (mr_grow(&build->tables, &build->table_room, build->table_count + 1, sizeof *build->tables,
                    MR_TABLES_MAX) != MR_OK)
            return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, 0, "%s", "");
        snprintf(name, sizeof name, "VMR%02u%02u", layout->domain, layout->number % 100u);
        draft = &build->tables[build->table_count++];
        *draft = (struct mr_table_draft){.table = {.name = mr_build_text(build, name),
                                                   .title = layout->title,
                                                   .exit = "",
                                                   .variant = "",
                                                   .rows = "",
                                                   .list = "",
                                                   .elapsed = "",
                                                   .description = layout->note,
                                                   .origin = layout->origin,
                                                   .rule = MR_RULE_RECORD,
                                                   .record_count = 1,
                                                   .records = {{layout->domain, layout->number}}}};
    }
    return MR_OK;
}

static const void *keep(struct mr_build *build, const void *items, size_t count, size_t size)
{
    void *copy = mr_arena_alloc(build->arena, count * size);

    if (copy != NULL && count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

/* Move what has been built into the arena. */
static int finish(struct mr_build *build, struct mr_schema **out)
{
    struct mr_schema *schema = mr_arena_alloc(build->arena, sizeof *schema);
    struct mr_layout *layouts = mr_arena_alloc(build->arena, build->layout_count * sizeof *layouts);
    struct mr_table *tables = mr_arena_alloc(build->arena, build->table_count * sizeof *tables);
    const void *sessions = keep(build, build->sessions, build->session_count, sizeof *build->sessions);
    const void *variants = keep(build, build->variants, build->variant_count, sizeof *build->variants);
    const void *joins = keep(build, build->joins, build->join_count, sizeof *build->joins);
    const void *derived = keep(build, build->derived, build->derived_count, sizeof *build->derived);
    const void *balances = keep(build, build->balances, build->balance_count, sizeof *build->balances);
    const void *checks = keep(build, build->checks, build->check_count, sizeof *build->checks);
    const void *bounds = keep(build, build->bounds, build->bound_count, sizeof *build->bounds);
    const void *wider = keep(build, build->wider, build->wider_count, sizeof *build->wider);
    const void *superseded = keep(build, build->superseded, build->superseded_count, sizeof *build->superseded);

    if (schema == NULL || layouts == NULL || tables == NULL || sessions == NULL || joins == NULL || derived == NULL ||
        checks == NULL || variants == NULL || balances == NULL || bounds == NULL || wider == NULL || superseded == NULL)
        return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, 0, "%s", "");
    for (size_t i = 0; i < build->layout_count; i++) {
        struct mr_layout_draft *draft = &build->layouts[i];

        layouts[i] = draft->layout;
        layouts[i].fields = keep(build, draft->fields, draft->field_count, sizeof *draft->fields);
        layouts[i].field_count = (uint16_t)draft->field_count;
        if (layouts[i].fields == NULL)
            return mr_build_fault(build, MR_MSG_SCHEMA_MEMORY, 0, "%s", "");
    }
    qsort(layouts, build->layout_count, sizeof *layouts, by_id);
    for (size_t i = 0; i < build->table_count; i++)
        tables[i] = build->tables[i].table;
    *schema = (struct mr_schema){.layouts = layouts,
                                 .layout_count = build->layout_count,
                                 .tables = tables,
                                 .table_count = build->table_count,
                                 .sessions = sessions,
                                 .session_count = build->session_count,
                                 .variants = variants,
                                 .variant_count = build->variant_count,
                                 .joins = joins,
                                 .join_count = build->join_count,
                                 .derived = derived,
                                 .derived_count = build->derived_count,
                                 .checks = checks,
                                 .check_count = build->check_count,
                                 .balances = balances,
                                 .balance_count = build->balance_count,
                                 .bounds = bounds,
                                 .bound_count = build->bound_count,
                                 .wider = wider,
                                 .wider_count = build->wider_count,
                                 .superseded = superseded,
                                 .superseded_count = build->superseded_count,
                                 .memory = build->arena};
    *out = schema;
    return MR_OK;
}

static void release(struct mr_build *build)
{
    for (size_t i = 0; i < build->layout_count; i++) {
        free(build->layouts[i].fields);
        free(build->layouts[i].field_group);
        free(build->layouts[i].field_length);
        free(build->layouts[i].field_line);
        free(build->layouts[i].groups);
    }
    free(build->layouts);
    free(build->tables);
    free(build->sessions);
    free(build->variants);
    free(build->joins);
    free(build->derived);
    free(build->checks);
    free(build->balances);
    free(build->bounds);
    free(build->wider);
    free(build->superseded);
}

/* The folder itself, and that it holds anything at all. */
static int check_folder(struct mr_build *build)
{
    DIR *dir = opendir(build->folder);

    build->path = build->folder;
    if (dir == NULL)
        return mr_build_fault(build, MR_MSG_SCHEMA_OPEN, 0, "%s", strerror(errno));
    closedir(dir);
    return MR_OK;
}

int mr_schema_load(struct mr_schema **out, const struct mr_schema *base, const char *folder, struct mr_log *log)
{
    struct mr_build build = {.log = log, .folder = folder, .path = folder};
    int alone = base == NULL, status = MR_FATAL;

    build.arena = mr_arena_new();
    if (build.arena == NULL) {
        mr_build_fault(&build, MR_MSG_SCHEMA_MEMORY, 0, "%s", "");
        return MR_FATAL;
    }
    if (check_folder(&build) != MR_OK || (base != NULL && mr_build_base(&build, base) != MR_OK))
        goto out;
    read_file(&build, "records.csv", &mr_record_form, mr_build_record_row, alone);
    read_layouts(&build, alone);
    read_file(&build, "groups.csv", &mr_group_form, mr_build_group_row, alone);
    read_file(&build, "tables.csv", &mr_table_form, mr_build_table_row, alone);
    read_file(&build, "sessions.csv", &mr_session_form, mr_build_session_row, alone);
    read_file(&build, "variants.csv", &mr_variant_form, mr_build_variant_row, alone);
    read_file(&build, "joins.csv", &mr_join_form, mr_build_join_row, alone);
    read_file(&build, "derived.csv", &mr_derived_form, mr_build_derived_row, alone);
    read_file(&build, "checks.csv", &mr_check_form, mr_build_check_row, alone);
    read_file(&build, "balances.csv", &mr_balance_form, mr_build_balance_row, alone);
    read_file(&build, "bounds.csv", &mr_bound_form, mr_build_bound_row, alone);
    read_file(&build, "wider.csv", &mr_wider_form, mr_build_wider_row, alone);
    read_file(&build, "superseded.csv", &mr_superseded_form, mr_build_superseded_row, alone);
    if (build.status != MR_FATAL && mr_build_resolve(&build) == MR_OK && add_own_tables(&build) == MR_OK &&
        mr_build_check(&build) == MR_OK && finish(&build, out) == MR_OK)
        status = MR_OK;
out:
    release(&build);
    if (status != MR_OK)
        mr_arena_free(build.arena);
    return status;
}

void mr_schema_free(struct mr_schema *schema)
{
    if (schema != NULL)
        mr_arena_free(schema->memory);
}

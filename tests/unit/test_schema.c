/* SPDX-License-Identifier: Apache-2.0 */
/* The schema: compiled equals loaded, what an overlay does, and each fault that the validator finds. */
#include "schema/schema.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCHEMA "schema"

/* Deep comparison.  Each returns how many members differ, and tells of each. */
static unsigned differ(const char *what, const char *where, const char *member)
{
    cr_log_error("%s of %s: %s differs", what, where, member);
    return 1;
}

#define NUMBER(MEMBER) (x->MEMBER == y->MEMBER ? 0u : differ(what, where, #MEMBER))
#define TEXT(MEMBER) (strcmp(x->MEMBER, y->MEMBER) == 0 ? 0u : differ(what, where, #MEMBER))

static unsigned operands_differ(const char *where, const char *what, const struct mr_operand *x,
                                const struct mr_operand *y)
{
    unsigned n = NUMBER(value) + NUMBER(field) + NUMBER(case_count);

    for (unsigned i = 0; n == 0 && i < x->case_count; i++)
        n += NUMBER(cases[i].is) + NUMBER(cases[i].value);
    return n;
}

static unsigned groups_differ(const char *where, const struct mr_group *x, const struct mr_group *y)
{
    const char *what = x->name;

    return TEXT(name) + operands_differ(where, "at", &x->at, &y->at) +
           operands_differ(where, "stride", &x->stride, &y->stride) +
           operands_differ(where, "count", &x->count, &y->count) + NUMBER(when_field) + NUMBER(when_value) +
           TEXT(origin);
}

static unsigned fields_differ(const char *where, const struct mr_field *x, const struct mr_field *y)
{
    const char *what = x->name;

    return TEXT(name) + TEXT(label) + TEXT(since) + TEXT(note) + TEXT(origin) + NUMBER(offset) + NUMBER(alternate) +
           NUMBER(length) + NUMBER(count) + NUMBER(step) + NUMBER(group) + NUMBER(length_field) + NUMBER(type) +
           NUMBER(unit) + NUMBER(semantic) + NUMBER(direction) + NUMBER(confidence) + NUMBER(label_confidence) +
           NUMBER(show);
}

static unsigned layouts_differ(const struct mr_layout *x, const struct mr_layout *y)
{
    const char *what = "layout", *where = x->dsect;
    unsigned n = NUMBER(domain) + NUMBER(number) + TEXT(variant) + TEXT(dsect) + TEXT(title) + NUMBER(kind) +
                 NUMBER(length) + TEXT(lengths) + TEXT(first_release) + TEXT(note) + TEXT(source) + TEXT(origin) +
                 NUMBER(field_count) + NUMBER(group_count);

    for (unsigned i = 0; n == 0 && i < x->field_count; i++)
        n += fields_differ(where, &x->fields[i], &y->fields[i]);
    for (unsigned i = 0; n == 0 && i < x->group_count; i++)
        n += groups_differ(where, &x->groups[i], &y->groups[i]);
    return n;
}

static unsigned tables_differ(const struct mr_table *x, const struct mr_table *y)
{
    const char *what = "table", *where = x->name;
    unsigned n = TEXT(name) + TEXT(title) + TEXT(exit) + TEXT(description) + TEXT(origin) + TEXT(variant) +
                 TEXT(rows) + TEXT(elapsed) + TEXT(list) + NUMBER(rule) + NUMBER(select) + NUMBER(record_count) +
                 NUMBER(key_count);

    for (unsigned i = 0; n == 0 && i < x->record_count; i++)
        n += NUMBER(records[i].domain) + NUMBER(records[i].number);
    for (unsigned i = 0; n == 0 && i < x->key_count; i++)
        n += TEXT(keys[i].column) + TEXT(keys[i].field);
    return n;
}

static unsigned sessions_differ(const struct mr_session *x, const struct mr_session *y)
{
    const char *what = "session", *where = x->fields;

    return NUMBER(effect) + NUMBER(event.domain) + NUMBER(event.number) + NUMBER(record.domain) +
           NUMBER(record.number) + TEXT(event_fields) + TEXT(fields) + TEXT(origin);
}

static unsigned variants_differ(const struct mr_variant *x, const struct mr_variant *y)
{
    const char *what = "variant", *where = x->variant;

    return NUMBER(record.domain) + NUMBER(record.number) + TEXT(variant) + TEXT(match) + TEXT(field) + TEXT(texts) +
           NUMBER(texts_at) + NUMBER(data_at) + TEXT(data_offset) + TEXT(data_length) + TEXT(equal_first) +
           TEXT(equal_second) + TEXT(origin);
}

static unsigned joins_differ(const struct mr_join *x, const struct mr_join *y)
{
    const char *what = "join", *where = x->column;

    return TEXT(table) + TEXT(column) + NUMBER(function) + TEXT(source) + TEXT(from) + TEXT(when) + TEXT(by) +
           TEXT(label) + TEXT(origin);
}

static unsigned derived_differ(const struct mr_derived *x, const struct mr_derived *y)
{
    const char *what = "derived", *where = x->column;

    return TEXT(table) + TEXT(column) + TEXT(unit) + TEXT(formula) + TEXT(condition) + TEXT(label) +
           TEXT(confidence) + TEXT(origin);
}

static unsigned checks_differ(const struct mr_layout_check *x, const struct mr_layout_check *y)
{
    const char *what = "check", *where = x->field;

    return NUMBER(record.domain) + NUMBER(record.number) + NUMBER(kind) + TEXT(field) + TEXT(other) + TEXT(origin);
}

static unsigned balances_differ(const struct mr_balance *x, const struct mr_balance *y)
{
    const char *what = "balance", *where = x->name;

    return TEXT(table) + TEXT(name) + TEXT(rule) + TEXT(label) + TEXT(origin);
}

static unsigned bounds_differ(const struct mr_bound *x, const struct mr_bound *y)
{
    const char *what = "bound", *where = x->field;

    return NUMBER(record.domain) + NUMBER(record.number) + TEXT(field) + NUMBER(any_record) + NUMBER(any_kind) +
           NUMBER(any_unit) + NUMBER(any_time) + NUMBER(semantic) + NUMBER(unit) + TEXT(origin) +
           (x->rise < y->rise || x->rise > y->rise);
}

static unsigned wider_differ(const struct mr_wider *x, const struct mr_wider *y)
{
    const char *what = "wider", *where = x->field;

    return NUMBER(record.domain) + NUMBER(record.number) + TEXT(field) + TEXT(wider) + TEXT(origin);
}

static unsigned superseded_differ(const struct mr_superseded *x, const struct mr_superseded *y)
{
    const char *what = "superseded", *where = x->field;

    return NUMBER(record.domain) + NUMBER(record.number) + TEXT(field) + NUMBER(by.domain) + NUMBER(by.number) +
           TEXT(origin);
}

/* All members of one list of both schemas x and y. */
#define LIST(MEMBER, COUNT, DIFFER)                                                                                  \
    do {                                                                                                             \
        cr_assert_eq(x->COUNT, y->COUNT, "%s: %zu and %zu", #COUNT, x->COUNT, y->COUNT);                             \
        cr_expect_gt(x->COUNT, 0, "%s", #COUNT);                                                                     \
        for (size_t i = 0; i < x->COUNT; i++)                                                                        \
            cr_expect_eq(DIFFER(&x->MEMBER[i], &y->MEMBER[i]), 0, "%s[%zu]", #MEMBER, i);                            \
    } while (0)

static void expect_same(const struct mr_schema *x, const struct mr_schema *y)
{
    LIST(layouts, layout_count, layouts_differ);
    LIST(tables, table_count, tables_differ);
    LIST(sessions, session_count, sessions_differ);
    LIST(variants, variant_count, variants_differ);
    LIST(joins, join_count, joins_differ);
    LIST(derived, derived_count, derived_differ);
    LIST(checks, check_count, checks_differ);
    LIST(balances, balance_count, balances_differ);
    LIST(bounds, bound_count, bounds_differ);
    LIST(wider, wider_count, wider_differ);
    LIST(superseded, superseded_count, superseded_differ);
}

Test(schema, compiled_equals_loaded)
{
    struct mr_log log = {0};
    struct mr_schema *loaded = NULL;

    cr_assert_eq(mr_schema_load(&loaded, NULL, SCHEMA, &log), MR_OK);
    expect_same(mr_schema_builtin(), loaded);
    cr_expect_eq(log.code, 0);
    mr_schema_free(loaded);
}

/* A member that is added has to be compared above: these sizes are those of all members that are. */
Test(schema, all_members_are_compared)
{
    if (sizeof(void *) != 8)
        return;
    cr_expect_eq(sizeof(struct mr_operand), 40);
    cr_expect_eq(sizeof(struct mr_group), 144);
    cr_expect_eq(sizeof(struct mr_field), 64);
    cr_expect_eq(sizeof(struct mr_layout), 112);
    cr_expect_eq(sizeof(struct mr_table), 272);
    cr_expect_eq(sizeof(struct mr_session), 40);
    cr_expect_eq(sizeof(struct mr_variant), 88);
    cr_expect_eq(sizeof(struct mr_join), 72);
    cr_expect_eq(sizeof(struct mr_derived), 64);
    cr_expect_eq(sizeof(struct mr_layout_check), 32);
    cr_expect_eq(sizeof(struct mr_balance), 40);
    cr_expect_eq(sizeof(struct mr_bound), 40);
    cr_expect_eq(sizeof(struct mr_wider), 32);
    cr_expect_eq(sizeof(struct mr_superseded), 32);
    cr_expect_eq(sizeof(struct mr_schema), 24 * 8);
}

Test(schema, loading_over_itself_changes_nothing)
{
    struct mr_log log = {0};
    struct mr_schema *loaded = NULL;
    char folder[] = "/tmp/mr-schema-XXXXXX";

    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(mr_schema_load(&loaded, mr_schema_builtin(), folder, &log), MR_OK);
    expect_same(mr_schema_builtin(), loaded);
    mr_schema_free(loaded);
    rmdir(folder);
}

/* An overlay: files, each with its lines.  At most four files. */
struct overlay {
    const char *file[4];
    const char *text[4];
};

static void write_overlay(const char *folder, const struct overlay *overlay)
{
    char path[256];

    snprintf(path, sizeof path, "%s/layouts", folder);
    cr_assert_eq(mkdir(path, 0755), 0);
    for (int i = 0; i < 4 && overlay->file[i] != NULL; i++) {
        FILE *file;

        snprintf(path, sizeof path, "%s/%s", folder, overlay->file[i]);
        file = fopen(path, "w");
        cr_assert_not_null(file, "%s", path);
        fputs(overlay->text[i], file);
        fclose(file);
    }
}

static void remove_overlay(const char *folder, const struct overlay *overlay)
{
    char path[256];

    for (int i = 0; i < 4 && overlay->file[i] != NULL; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, overlay->file[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/layouts", folder);
    rmdir(path);
    rmdir(folder);
}

/* What the first message said. */
struct seen {
    unsigned count;
    enum mr_message_id id;
    unsigned line;
    char file[256];
    char detail[256];
};

static void note(void *context, const struct mr_message *message)
{
    struct seen *seen = context;

    if (seen->count++ > 0)
        return;
    seen->id = message->id;
    seen->line = message->place.line;
    snprintf(seen->file, sizeof seen->file, "%s", message->place.file == NULL ? "" : message->place.file);
    snprintf(seen->detail, sizeof seen->detail, "%s", message->detail);
}

static int load_overlay(struct mr_schema **out, const struct overlay *overlay, struct seen *seen)
{
    char folder[] = "/tmp/mr-schema-XXXXXX";
    struct mr_log log = {.sink = note, .context = seen};
    int status;

    cr_assert_not_null(mkdtemp(folder));
    write_overlay(folder, overlay);
    *seen = (struct seen){0};
    status = mr_schema_load(out, mr_schema_builtin(), folder, &log);
    cr_expect_eq(log.code, status == MR_OK ? 0 : 16);
    remove_overlay(folder, overlay);
    return status;
}

#define FIELDS "offset,length,type,name,unit,semantic,confidence,origin\n"
#define RECORDS "domain,record,dsect,title,kind,length,origin\n"
#define GROUPS "domain,record,group,at,stride,count,origin\n"
#define TABLES "table,rule,records,origin,select\n"
#define KEYS "table,rule,records,origin,keys\n"
#define SESSIONS "effect,event,event_fields,record,fields,origin\n"
#define SYP "layouts/00-01-SYTSYP.csv"

static const struct {
    const char *file, *text;
    enum mr_message_id id;
    unsigned line;
} faults[] = {
    {SYP, FIELDS "24,4,u32,A,count,counter,site,x\n26,4,u32,B,count,counter,site,x\n", MR_MSG_SCHEMA_OVERLAP, 3},
    {SYP, FIELDS "26,4,u32,B,count,counter,site,x\n24,4,u32,A,count,counter,site,x\n", MR_MSG_SCHEMA_OVERLAP, 2},
    {SYP, FIELDS "24,8,u64,A,count,counter,site,x\n28,2,u16,B,count,counter,site,x\n", MR_MSG_SCHEMA_OVERLAP, 3},
    {SYP, FIELDS "24,8,u64,A,count,counter,site,x\n24,2,u16,B,count,counter,site,x\n28,2,u16,C,count,gauge,site,x\n",
     MR_MSG_SCHEMA_OVERLAP, 2},
    {SYP, FIELDS "18,4,u32,A,count,counter,site,x\n", MR_MSG_SCHEMA_OVERLAP, 2},
    {SYP, FIELDS "113,4,u32,A,count,counter,site,x\n", MR_MSG_SCHEMA_BEYOND, 2},
    {SYP, FIELDS "8189,1,u8,A,count,counter,site,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {SYP, FIELDS "-4,4,u32,A,count,counter,site,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {SYP, FIELDS "0x18,4,u32,A,count,counter,site,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {SYP, FIELDS "24,4,U32,A,count,counter,site,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {SYP, FIELDS "24,2,u32,A,count,counter,site,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {SYP, FIELDS "24,0,char,A,none,text,site,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {SYP, FIELDS "24,9,bits,A,none,flag,site,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {SYP, FIELDS "24,4,u32,A,seconds,counter,site,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {SYP, FIELDS "24,4,u32,A,count,total,site,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {SYP, FIELDS "24,4,u32,A,count,counter,maybe,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {SYP, "offset,length,type,name,unit,semantic,confidence,origin,direction\n24,4,u32,A,count,counter,site,x,left\n",
     MR_MSG_SCHEMA_VALUE, 2},
    {SYP, "offset,length,type,name,unit,semantic,confidence,origin,array\n24,4,u32,A,count,counter,site,x,0\n",
     MR_MSG_SCHEMA_VALUE, 2},
    {SYP, "offset,length,type,name,unit,semantic,confidence,origin,array\n24,4,u32,A,count,counter,site,x,30\n",
     MR_MSG_SCHEMA_BEYOND, 2},
    {SYP, FIELDS "24,4,u32,,count,counter,site,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {SYP, FIELDS "24,4,u32,A,count,counter,site,x\n28,4,u32,A,count,counter,site,x\n", MR_MSG_SCHEMA_DUPLICATE, 3},
    {SYP, FIELDS "24,4,u32,A,count,counter,site,\n", MR_MSG_SCHEMA_ORIGIN, 2},
    {SYP, FIELDS "24,4,u32,A,count,counter,,x\n", MR_MSG_SCHEMA_ORIGIN, 2},
    {SYP, FIELDS "24,4,u32,A,count\n", MR_MSG_SCHEMA_CSV, 2},
    {SYP, FIELDS "24,4,u32,\"A\"x,count,counter,site,x\n", MR_MSG_SCHEMA_CSV, 2},
    {SYP, "offset,length,type,name,unit,semantic,confidence\n", MR_MSG_SCHEMA_HEADER, 1},
    {SYP, "offset,offset,length,type,name,unit,semantic,confidence,origin\n", MR_MSG_SCHEMA_HEADER, 1},
    {SYP, FIELDS "24,NOWHERE,char,A,none,text,site,x\n", MR_MSG_SCHEMA_REFERENCE, 2},
    {SYP, "offset,length,type,name,unit,semantic,confidence,origin,group\n24,4,u32,A,count,counter,site,x,part\n",
     MR_MSG_SCHEMA_REFERENCE, 2},
    {"layouts/00-01-OTHER.csv", FIELDS, MR_MSG_SCHEMA_REFERENCE, 0},
    {"records.csv", RECORDS "16,1,SYTXXX,t,sample,100,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {"records.csv", RECORDS "0,0,SYTXXX,t,sample,100,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {"records.csv", RECORDS "0,99,SYTXXX,t,never,100,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {"records.csv", RECORDS "0,99,SYTXXX,t,sample,100,\n", MR_MSG_SCHEMA_ORIGIN, 2},
    {"records.csv", RECORDS "0,99,A,t,sample,100,x\n# between\n0,99,B,t,sample,100,x\n", MR_MSG_SCHEMA_DUPLICATE, 4},
    {"groups.csv", GROUPS "0,99,part,24,4,2,x\n", MR_MSG_SCHEMA_REFERENCE, 2},
    {"groups.csv", GROUPS "0,1,part,24,4,2,\n", MR_MSG_SCHEMA_ORIGIN, 2},
    {"groups.csv", GROUPS "0,1,part,24,4,2,x\n0,1,part,24,4,2,x\n", MR_MSG_SCHEMA_DUPLICATE, 3},
    {"groups.csv", GROUPS "0,1,part,24,NOWHERE,2,x\n", MR_MSG_SCHEMA_REFERENCE, 2},
    {"tables.csv", TABLES "SITE1,record,0/99,x,\n", MR_MSG_SCHEMA_REFERENCE, 2},
    {"tables.csv", TABLES "SITE1,record,0/1,x,\nSITE2,record,0/1,x,NOWHERE\n", MR_MSG_SCHEMA_REFERENCE, 3},
    {"tables.csv", TABLES "SITE1,rekord,0/1,x,\n", MR_MSG_SCHEMA_VALUE, 2},
    {"tables.csv", TABLES "SITE1,record,0-1,x,\n", MR_MSG_SCHEMA_VALUE, 2},
    {"tables.csv", TABLES "SITE1,record,0/1,,\n", MR_MSG_SCHEMA_ORIGIN, 2},
    {"tables.csv", TABLES ",record,0/1,x,\n", MR_MSG_SCHEMA_VALUE, 2},
    {"tables.csv", TABLES "SITE1,record,0/1,x,\nSITE1,record,0/1,x,\n", MR_MSG_SCHEMA_DUPLICATE, 3},
    {"tables.csv", KEYS "SITE1,record,0/1,x,NUMBER=NOWHERE\n", MR_MSG_SCHEMA_REFERENCE, 2},
    {"tables.csv", KEYS "SITE1,record,0/1,x,NUMBER\n", MR_MSG_SCHEMA_VALUE, 2},
    {"tables.csv", KEYS "SITE1,record,0/1,x,NUMBER=SYTSYP_PFXCPUAD\n", MR_MSG_SCHEMA_REFERENCE, 2},
    {"tables.csv", KEYS "SITE1,record,0/9,x,NUMBER=#y\n", MR_MSG_SCHEMA_REFERENCE, 2},
    {"tables.csv", KEYS "SITE1,record,0/9,x,NUMBER=# NUMBER=#x\n", MR_MSG_SCHEMA_VALUE, 2},
    {"tables.csv", KEYS "SITE1,record,6/3,x,NUMBER=IODDEV_RDEVSID NUMBER=#\n", MR_MSG_SCHEMA_VALUE, 2},
    {"sessions.csv", SESSIONS "begin,4/1,USELON_NOWHERE,4/3,USEACT_VMDUSER,x\n", MR_MSG_SCHEMA_REFERENCE, 2},
    {"sessions.csv", SESSIONS "begin,4/1,USELON_VMDUSER,4/3,USEACT_VMDCPUAD,x\n", MR_MSG_SCHEMA_VALUE, 2},
    {"sessions.csv", SESSIONS "begin,4/1,USELON_VMDUSER,4/3,USEACT_VMDUSER,\n", MR_MSG_SCHEMA_ORIGIN, 2},
    {"sessions.csv", SESSIONS "perhaps,4/1,USELON_VMDUSER,4/3,USEACT_VMDUSER,x\n", MR_MSG_SCHEMA_VALUE, 2},
};

Test(schema, faults_are_told_with_file_and_line)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct overlay overlay = {.file = {faults[i].file}, .text = {faults[i].text}};
        struct mr_schema *mark = (struct mr_schema *)&overlay, *loaded = mark;
        struct seen seen;
        size_t n;

        cr_expect_eq(load_overlay(&loaded, &overlay, &seen), MR_FATAL, "fault %zu", i);
        cr_expect_eq(loaded, mark, "fault %zu: the result is untouched", i);
        cr_expect_eq(seen.id, faults[i].id, "fault %zu: %s instead of %s: %s", i, mr_message_text(seen.id)->id,
                     mr_message_text(faults[i].id)->id, seen.detail);
        cr_expect_eq(seen.line, faults[i].line, "fault %zu: line %u instead of %u: %s", i, seen.line, faults[i].line,
                     seen.detail);
        n = strlen(faults[i].file);
        cr_expect(strlen(seen.file) > n && strcmp(seen.file + strlen(seen.file) - n, faults[i].file) == 0,
                  "fault %zu: file %s instead of %s", i, seen.file, faults[i].file);
    }
}

/* Fields that only touch, or lie between the elements of another one, do not overlap; what CSV allows is allowed. */
Test(schema, no_fault)
{
    static const char *const texts[] = {
        FIELDS "24,4,u32,A,count,counter,site,x\n28,4,u32,B,count,counter,site,x\n8184,4,u32,C,count,gauge,site,x\n",
        FIELDS
        "# a comment\n\"24\",4,u32,\"A\",count,counter,site,\"x, \"\"y\"\"\nz\"\n28,4,u32,B,count,gauge,site,x\n",
        ("offset,length,type,name,unit,semantic,confidence,origin,array\n"
         "24,4,u32,A,count,counter,site,x,5/8\n28,4,u32,B,count,counter,site,x,5/8\n"),
        "origin,name,semantic,offset,length,type,unit,confidence,note\nx,A,counter,24,4,u32,count,site,any order\n",
        "offset,length,type,name,unit,semantic,confidence,origin\r\n24,4,u32,A,count,counter,site,x\r\n",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct overlay overlay = {.file = {"records.csv", "layouts/12-05-SITREC.csv"},
                                  .text = {RECORDS "12,5,SITREC,Ours,sample,unknown,mine\n", texts[i]}};
        struct mr_schema *loaded = NULL;
        struct seen seen;
        const struct mr_layout *layout;

        cr_assert_eq(load_overlay(&loaded, &overlay, &seen), MR_OK, "%zu: %s:%u %s", i, seen.file, seen.line,
                     seen.detail);
        layout = mr_schema_layout(loaded, 12, 5, "");
        cr_expect_str_eq(layout->fields[0].name, "A");
        cr_expect_eq(layout->fields[0].offset, 24);
        cr_expect_eq(layout->fields[0].origin[0], 'x');
        mr_schema_free(loaded);
    }
}

/* The group of 0/23 refers to fields by index: the site's order is another one. */
Test(schema, overlay_replaces_a_layout)
{
    struct overlay overlay = {.file = {"layouts/00-23-SYTLCK.csv"},
                              .text = {"offset,length,type,name,unit,semantic,confidence,origin,group\n"
                                       "0,8,char,SITE_NAME,none,key,site,mine,lock\n"
                                       "24,4,u32,SYTLCK_CALNMLKS,count,config,site,mine,\n"
                                       "22,2,u16,SYTLCK_CALENTSZ,bytes,config,site,mine,\n"
                                       "20,2,u16,SYTLCK_CALENTDSP,bytes,config,site,mine,\n"}};
    const struct mr_schema *builtin = mr_schema_builtin();
    const struct mr_layout *layout, *before = mr_schema_layout(builtin, 0, 23, "");
    struct mr_schema *loaded = NULL;
    struct seen seen;

    cr_assert_eq(load_overlay(&loaded, &overlay, &seen), MR_OK, "%s:%u %s", seen.file, seen.line, seen.detail);
    layout = mr_schema_layout(loaded, 0, 23, "");
    cr_assert_eq(layout->field_count, 4);
    cr_assert_eq(layout->group_count, 1);
    cr_expect_str_eq(layout->fields[layout->groups[0].at.field].name, "SYTLCK_CALENTDSP");
    cr_expect_str_eq(layout->fields[layout->groups[0].stride.field].name, "SYTLCK_CALENTSZ");
    cr_expect_str_eq(layout->fields[layout->groups[0].count.field].name, "SYTLCK_CALNMLKS");
    cr_expect_eq(layout->fields[0].group, 0);
    cr_expect_eq(layout->fields[1].offset, 24);
    cr_expect_eq(layout->fields[1].confidence, MR_CONF_SITE);
    cr_expect_str_eq(layout->fields[1].origin, "mine");
    cr_expect_eq(layout->length, before->length, "records.csv is as it was");
    cr_expect_str_eq(layout->title, before->title);
    cr_expect_eq(layouts_differ(mr_schema_layout(loaded, 0, 16, ""), mr_schema_layout(builtin, 0, 16, "")), 0);
    mr_schema_free(loaded);
}

Test(schema, overlay_adds_a_record_and_a_table)
{
    struct overlay overlay = {
        .file = {"records.csv", "layouts/12-05-SITREC.csv", "tables.csv", "groups.csv"},
        .text = {
            RECORDS "12,5,SITREC,Ours,sample,40,mine\n12,6,SITNON,No fields,event,unknown,mine\n",
            "offset,length,type,name,unit,semantic,confidence,origin,group\n20,8,char,S_NAME,none,key,site,mine,\n"
            "28,2,u16,S_COUNT,count,config,site,mine,\n0,2,u16,S_ENTRY,count,counter,site,mine,part\n",
            TABLES "SITE1,record,0/2,mine,SYTPRP_PFXCPUAD SYTPRP_PFXRUNCP\nVMXSP001,record,0/1,mine,\n",
            GROUPS "12,5,part,30,2,S_COUNT,mine\n"}};
    const struct mr_schema *builtin = mr_schema_builtin();
    struct mr_schema *loaded = NULL;
    const struct mr_layout *layout;
    const struct mr_table *table;
    struct seen seen;

    cr_assert_eq(load_overlay(&loaded, &overlay, &seen), MR_OK, "%s:%u %s", seen.file, seen.line, seen.detail);
    layout = mr_schema_layout(loaded, 12, 5, "");
    cr_assert_not_null(layout);
    cr_expect_eq(layout->kind, MR_KIND_SAMPLE);
    cr_expect_eq(layout->length, 40);
    cr_expect_eq(layout->field_count, 3);
    cr_expect_eq(layout->groups[0].at.value, 30);
    cr_expect_eq(layout->groups[0].count.field, 1);
    cr_expect_eq(layout->fields[2].group, 0);
    cr_expect_eq(mr_schema_layout(loaded, 12, 6, "")->length, 0);
    table = mr_schema_table(loaded, "SITE1");
    cr_assert_not_null(table);
    cr_expect_eq(table->select, MR_SELECT_LIST);
    cr_expect_str_eq(table->list, " SYTPRP_PFXCPUAD SYTPRP_PFXRUNCP ");
    cr_expect_not_null(mr_schema_table(loaded, "VMR1205"), "a record with fields gets a table");
    cr_expect_null(mr_schema_table(loaded, "VMR1206"), "a record without fields gets none");
    cr_expect_str_eq(mr_schema_table(loaded, "VMXSP001")->origin, "mine");
    cr_expect_eq(loaded->table_count, builtin->table_count + 2);
    cr_expect_eq(loaded->layout_count, builtin->layout_count + 2);
    cr_expect_null(mr_schema_layout(builtin, 12, 5, ""), "the compiled schema is as it was");
    mr_schema_free(loaded);
}

Test(schema, folders_that_cannot_be_read)
{
    static const char *const folders[] = {"/nowhere/at/all", "Makefile"};
    struct seen seen = {0};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        struct mr_log log = {.sink = note, .context = &seen};
        struct mr_schema *loaded = NULL;

        cr_expect_eq(mr_schema_load(&loaded, mr_schema_builtin(), folders[i], &log), MR_FATAL);
        cr_expect_eq(log.counts[MR_MSG_SCHEMA_OPEN], 1);
        cr_expect_eq(mr_schema_load(&loaded, NULL, folders[i], &log), MR_FATAL);
    }
    cr_expect_str_eq(seen.file, "/nowhere/at/all");
}

/* Without a base every file must be there. */
Test(schema, a_folder_that_must_stand_alone)
{
    struct overlay overlay = {.file = {"records.csv"}, .text = {RECORDS}};
    struct seen seen = {0};
    struct mr_log log = {.sink = note, .context = &seen};
    struct mr_schema *loaded = NULL;
    char folder[] = "/tmp/mr-schema-XXXXXX";

    cr_assert_not_null(mkdtemp(folder));
    write_overlay(folder, &overlay);
    cr_expect_eq(mr_schema_load(&loaded, NULL, folder, &log), MR_FATAL);
    cr_expect_eq(seen.id, MR_MSG_SCHEMA_OPEN);
    remove_overlay(folder, &overlay);
}

Test(schema, lookup)
{
    const struct mr_schema *s = mr_schema_builtin();

    for (size_t i = 0; i < s->layout_count; i++) {
        const struct mr_layout *layout = &s->layouts[i];

        cr_expect_eq(mr_schema_layout(s, layout->domain, layout->number, layout->variant), layout);
        for (int f = 0; f < layout->field_count; f++)
            cr_expect_eq(mr_layout_field(layout, layout->fields[f].name), f);
        cr_expect_eq(mr_layout_field(layout, "NOWHERE"), MR_NO_INDEX);
    }
    for (size_t i = 0; i < s->table_count; i++)
        cr_expect_eq(mr_schema_table(s, s->tables[i].name), &s->tables[i]);
    cr_expect_null(mr_schema_layout(s, 0, 200, ""));
    cr_expect_null(mr_schema_layout(s, 0, 1, "LINUX"));
    cr_expect_null(mr_schema_layout(s, 15, 255, ""));
    cr_expect_null(mr_schema_table(s, "vmxsp001"));
    cr_expect_null(mr_schema_table(s, ""));
}

Test(schema, end_of_a_field)
{
    static const struct {
        struct mr_field field;
        unsigned end;
    } cases[] = {
        {{.offset = 20, .length = 2, .count = 1, .step = 2}, 22},
        {{.offset = 20, .length = 4, .count = 10, .step = 4}, 60},
        {{.offset = 20, .length = 8, .count = 3, .step = 16}, 60},
        {{.offset = 20, .length = 0, .count = 1}, 0},
        {{.offset = 20, .length = MR_LENGTH_REST, .count = 1}, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(mr_field_end(&cases[i].field), cases[i].end, "%zu", i);
}

#define ROUND_TRIP(NAME, ENUM, COUNT)                                                                                \
    do {                                                                                                             \
        for (int v = 0; v < (COUNT); v++)                                                                            \
            cr_expect_eq(mr_##NAME##_find(mr_##NAME##_word((enum ENUM)v)), v, #NAME " %d", v);                       \
        cr_expect_eq(mr_##NAME##_find("no such word"), -1);                                                          \
    } while (0)

Test(schema, words)
{
    ROUND_TRIP(type, mr_field_type, MR_TYPE_COUNT);
    ROUND_TRIP(unit, mr_unit, MR_UNIT_WORDS);
    ROUND_TRIP(semantic, mr_semantic, MR_SEM_COUNT);
    ROUND_TRIP(direction, mr_direction, MR_DIR_COUNT);
    ROUND_TRIP(confidence, mr_confidence, MR_CONF_COUNT);
    ROUND_TRIP(label_confidence, mr_label_confidence, MR_LABEL_COUNT);
    ROUND_TRIP(rule, mr_rule, MR_RULE_COUNT);
    ROUND_TRIP(select, mr_select, MR_SELECT_COUNT);
    ROUND_TRIP(session, mr_session_effect, MR_SESSION_COUNT);
    ROUND_TRIP(join, mr_join_function, MR_JOIN_FUNCTION_COUNT);
    ROUND_TRIP(check, mr_check_kind, MR_CHECK_COUNT);
    cr_expect_eq(mr_unit_micros(MR_UNIT_128US), 128);
    cr_expect_eq(mr_unit_micros(MR_UNIT_10MS), 10000);
    cr_expect_eq(mr_unit_micros(MR_UNIT_COUNT), 0);
    cr_expect_eq(mr_type_length(MR_TYPE_TOD), 8);
    cr_expect_eq(mr_type_length(MR_TYPE_CHAR), 0);
    cr_expect_eq(mr_kind_find("event+sample"), MR_KIND_EVENT | MR_KIND_SAMPLE);
    cr_expect_eq(mr_kind_find("event-config"), MR_KIND_CONFIG);
    cr_expect_eq(mr_kind_find(""), 0);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What an exit looks up by name, and what it adds; configuration and messages. */
#include "base/grow.h"
#include "base/nearest.h"
#include "domains/chpids.h"
#include "exits/private.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 64
#define ASKED_MAX 1024
#define FIELDS_MAX 65536
#define MESSAGE_BYTES 400

static struct mr_log *log_of(const struct mr_exit_host *host)
{
    return mr_exit_instance_of(host)->exits->options.log;
}

int mr_exit_misuse(const struct mr_exit_host *host, int status, const char *format, ...)
{
    struct mr_exit_instance *instance = mr_exit_instance_of(host);
    struct mr_place place = mr_exit_place(instance->exits);
    unsigned bit = 1u << (-status & 31);
    char what[400];
    va_list list;

    if (instance->misused & bit)
        return status;
    instance->misused |= bit;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    mr_report(log_of(host), MR_MSG_EXIT_MISUSE, &place, "%s: %s", instance->name, what);
    return status;
}

static bool in_init(const struct mr_exit_host *host, const char *function)
{
    if (mr_exit_instance_of(host)->exits->moment == MR_EXIT_IN_INIT)
        return true;
    mr_exit_misuse(host, MR_EXIT_ESTATE, "%s() is for mr_exit_init() only", function);
    return false;
}

static int no_such(const struct mr_exit_host *host, const char *what, const struct mr_nearest *s)
{
    char nearest[300];

    mr_report(log_of(host), MR_MSG_EXIT_NAME, MR_NOWHERE, "%s: %s %.100s%s", host->name, what, s->wrong,
              mr_nearest_text(s, nearest, sizeof nearest));
    return MR_EXIT_ENAME;
}

/* Keys that were asked for are remembered, so that a mistyped one can be told from them. */
static const char *argument(const struct mr_exit_host *host, const char *key)
{
    struct mr_exit_instance *instance = mr_exit_instance_of(host);
    const char *value = NULL;

    if (key == NULL || !in_init(host, "argument"))
        return NULL;
    for (size_t i = 0; i < instance->argument_count; i++) {
        if (strcmp(instance->arguments[i].key, key) == 0 && strcmp(key, "policy") != 0) {
            instance->arguments[i].asked = true;
            value = instance->arguments[i].value;
        }
    }
    if (mr_grow(&instance->asked, &instance->asked_room, instance->asked_count + 1, sizeof *instance->asked,
                ASKED_MAX) == MR_OK) {
        instance->asked[instance->asked_count] = strdup(key);
        instance->asked_count += instance->asked[instance->asked_count] != NULL;
    }
    return value;
}

static const struct mr_table *table_at(const struct mr_exit_host *host, int table)
{
    const struct mr_schema *schema = mr_exit_instance_of(host)->exits->options.schema;

    return table < 0 || (size_t)table >= schema->table_count ? NULL : &schema->tables[table];
}

static int table(const struct mr_exit_host *host, const char *name)
{
    const struct mr_schema *schema = mr_exit_instance_of(host)->exits->options.schema;
    struct mr_nearest s = {.wrong = name == NULL ? "" : name};

    if (!in_init(host, "table"))
        return MR_EXIT_ESTATE;
    for (size_t t = 0; t < schema->table_count; t++) {
        if (strcmp(schema->tables[t].name, s.wrong) == 0)
            return (int)t;
    }
    for (size_t t = 0; t < schema->table_count; t++)
        mr_nearest_offer(&s, schema->tables[t].name);
    return no_such(host, "there is no table", &s);
}

static const char *table_name(const struct mr_exit_host *host, int handle)
{
    const struct mr_table *found = table_at(host, handle);

    return found == NULL ? "" : found->name;
}

static const char *table_exit(const struct mr_exit_host *host, int handle)
{
    const struct mr_table *found = table_at(host, handle);

    return found == NULL ? "" : found->exit;
}

static int handle_of(int table, unsigned index)
{
    return (table + 1) << 16 | (int)index;
}

static int column(const struct mr_exit_host *host, int table, const char *name)
{
    struct mr_nearest s = {.wrong = name == NULL ? "" : name};
    const struct mr_plan *plan;
    char what[120];
    unsigned index;

    if (!in_init(host, "column"))
        return MR_EXIT_ESTATE;
    if (table_at(host, table) == NULL)
        return MR_EXIT_EHANDLE;
    plan = mr_exit_instance_of(host)->exits->plans[table];
    if (plan == NULL)
        return handle_of(table, MR_EXIT_IDLE);
    index = mr_plan_column(plan, s.wrong);
    if (index != MR_NO_COLUMN)
        return handle_of(table, index);
    for (size_t c = 0; c < plan->column_count; c++)
        mr_nearest_offer(&s, plan->columns[c].name);
    snprintf(what, sizeof what, "table %s has no column", plan->table->name);
    return no_such(host, what, &s);
}

/* The column of a handle, or NULL: no handle, or its table has no rows in this run. */
static const struct mr_column *column_of(const struct mr_exit_host *host, int handle)
{
    struct mr_exits *exits = mr_exit_instance_of(host)->exits;
    int table = (handle >> 16) - 1;
    unsigned index = (unsigned)handle & 0xFFFFu;

    if (handle < 0 || table_at(host, table) == NULL || exits->plans[table] == NULL ||
        index >= exits->plans[table]->column_count)
        return NULL;
    return &exits->plans[table]->columns[index];
}

static int column_at(const struct mr_exit_host *host, int table, unsigned index)
{
    struct mr_exits *exits = mr_exit_instance_of(host)->exits;

    if (table_at(host, table) == NULL)
        return MR_EXIT_EHANDLE;
    if (exits->plans[table] == NULL || index >= exits->plans[table]->column_count)
        return MR_EXIT_ENAME;
    return handle_of(table, index);
}

static const char *column_name(const struct mr_exit_host *host, int handle)
{
    const struct mr_column *found = column_of(host, handle);

    return found == NULL ? "" : found->name;
}

static const char *column_unit(const struct mr_exit_host *host, int handle)
{
    const struct mr_column *found = column_of(host, handle);

    return found == NULL ? "" : found->unit;
}

static int column_type(const struct mr_exit_host *host, int handle)
{
    const struct mr_column *found = column_of(host, handle);

    return found == NULL ? MR_EXIT_EHANDLE : (int)found->type;
}

static bool good_name(const char *name)
{
    size_t size = name == NULL ? 0 : strlen(name);

    if (size == 0 || size > NAME_MAX_BYTES || !isupper((unsigned char)name[0]))
        return false;
    for (; *name != '\0'; name++) {
        if (!isupper((unsigned char)*name) && !isdigit((unsigned char)*name) && *name != '_')
            return false;
    }
    return true;
}

static bool has_size(int type)
{
    return type == MR_EXIT_TEXT || type == MR_EXIT_HEX || type == MR_EXIT_DIGITS;
}

static int refuse_column(const struct mr_exit_host *host, int table, const char *name, const char *why, int status)
{
    mr_report(log_of(host), MR_MSG_EXIT_COLUMN, MR_NOWHERE, "%s: %s.%.100s %s", host->name, table_name(host, table),
              name == NULL ? "" : name, why);
    return status;
}

/* The strings of a column live as long as the exit; the plan only points to them. */
static struct mr_exit_added *remember(struct mr_exit_instance *instance, const struct mr_table *table,
                                      const char *name, int type, const char *unit, const char *label)
{
    struct mr_exit_added *added;

    if (mr_grow(&instance->added, &instance->added_room, instance->added_count + 1, sizeof *instance->added,
                MR_EXIT_COLUMNS_MAX) != MR_OK)
        return NULL;
    added = &instance->added[instance->added_count++];
    *added = (struct mr_exit_added){table, strdup(name), strdup(unit == NULL ? "" : unit),
                                    strdup(label == NULL ? "" : label), (enum mr_cell_type)type};
    return added->name == NULL || added->unit == NULL || added->label == NULL ? NULL : added;
}

static int add_column(const struct mr_exit_host *host, int table, const char *name, int type, uint32_t size,
                      const char *unit, const char *label)
{
    struct mr_exit_instance *instance = mr_exit_instance_of(host);
    const struct mr_table *found = table_at(host, table);
    struct mr_exit_added *added;
    struct mr_plan *plan;
    unsigned index;

    if (!in_init(host, "add_column"))
        return MR_EXIT_ESTATE;
    if (found == NULL)
        return MR_EXIT_EHANDLE;
    if (!good_name(name))
        return refuse_column(host, table, name, "is no name for a column", MR_EXIT_ENAME);
    if (type < MR_EXIT_UINT || type > MR_EXIT_DIGITS)
        return refuse_column(host, table, name, "has a type that does not exist", MR_EXIT_ETYPE);
    if (has_size(type) ? size == 0 || size > MR_EXIT_TEXT_MAX : size != 0)
        return refuse_column(host, table, name, "has a size that its type cannot have", MR_EXIT_ELENGTH);
    plan = instance->exits->plans[table];
    if (plan == NULL)
        return handle_of(table, MR_EXIT_IDLE);
    if (mr_plan_column(plan, name) != MR_NO_COLUMN)
        return refuse_column(host, table, name, "is there already", MR_EXIT_ENAME);
    added = remember(instance, found, name, type, unit, label);
    if (added == NULL)
        return refuse_column(host, table, name, "finds no memory", MR_EXIT_EMEMORY);
    index = mr_plan_add_column(
        plan, &(struct mr_column){added->name, added->label, added->unit, added->type, size});
    if (index == MR_NO_COLUMN)
        return refuse_column(host, table, name, "finds no memory", MR_EXIT_EMEMORY);
    return handle_of(table, index);
}

static int field(const struct mr_exit_host *host, unsigned domain, unsigned number, const char *name)
{
    struct mr_exits *exits = mr_exit_instance_of(host)->exits;
    const struct mr_layout *layout = mr_schema_layout(exits->options.schema, domain, number, "");
    struct mr_nearest s = {.wrong = name == NULL ? "" : name};
    struct mr_exit_field *made;
    char what[80];
    int index;

    if (!in_init(host, "field"))
        return MR_EXIT_ESTATE;
    snprintf(what, sizeof what, layout == NULL ? "there is no record %u/%u for field" : "record %u/%u has no field",
             domain, number);
    if (layout == NULL)
        return no_such(host, what, &s);
    index = mr_layout_field(layout, s.wrong);
    for (unsigned f = 0; index == MR_NO_INDEX && f < layout->field_count; f++)
        mr_nearest_offer(&s, layout->fields[f].name);
    if (index == MR_NO_INDEX)
        return no_such(host, what, &s);
    if (mr_grow(&exits->fields, &exits->field_room, exits->field_count + 1, sizeof *exits->fields, FIELDS_MAX) !=
        MR_OK)
        return MR_EXIT_EMEMORY;
    made = &exits->fields[exits->field_count];
    *made = (struct mr_exit_field){.layout = layout, .field = &layout->fields[index]};
    made->load = mr_plan_load(made->field, &made->type);
    return (int)exits->field_count++;
}

static void message(const struct mr_exit_host *host, int severity, const char *text)
{
    struct mr_place place = mr_exit_place(mr_exit_instance_of(host)->exits);

    mr_report(log_of(host), severity == MR_EXIT_INFO ? MR_MSG_EXIT_INFO : MR_MSG_EXIT_WARNING, &place, "%s: %.*s",
              host->name, MESSAGE_BYTES, text == NULL ? "" : text);
}

static const char *system_of(const struct mr_exit_host *host, int which)
{
    const struct mr_hook_scene *scene = mr_exit_instance_of(host)->exits->scene;

    if (scene == NULL || scene->identity == NULL)
        return "";
    switch (which) {
    case MR_EXIT_SYSID:
        return scene->identity->sysid;
    case MR_EXIT_ORGSYSID:
        return scene->identity->orgsysid;
    case MR_EXIT_CPUMODEL:
        return scene->identity->cpumodel;
    case MR_EXIT_SERIAL:
        return scene->identity->serial;
    default:
        return "";
    }
}

static int chpid_devices(const struct mr_exit_host *host, unsigned chpid, uint32_t *devices)
{
    const struct mr_hook_scene *scene = mr_exit_instance_of(host)->exits->scene;

    if (scene == NULL)
        return mr_exit_misuse(host, MR_EXIT_ESTATE, "chpid_devices() has no system here");
    if (chpid >= MR_CHPIDS)
        return mr_exit_misuse(host, MR_EXIT_EHANDLE, "chpid_devices(): there is no channel path %u", chpid);
    if (!scene->chpids->any)
        return MR_EXIT_MISSING;
    *devices = scene->chpids->devices[chpid];
    return MR_EXIT_OK;
}

void mr_exit_names_offer(struct mr_exit_host *host)
{
    host->argument = argument;
    host->table = table;
    host->table_name = table_name;
    host->table_exit = table_exit;
    host->column = column;
    host->column_at = column_at;
    host->column_name = column_name;
    host->column_unit = column_unit;
    host->column_type = column_type;
    host->add_column = add_column;
    host->field = field;
    host->message = message;
    host->system = system_of;
    host->chpid_devices = chpid_devices;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "account/stale.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WORD_MAX 31

/* Where in the manifest a line stands. */
enum section { ELSEWHERE, OUTPUT, TABLES };

struct mr_stale {
    json_t *names; /* object with a key for each table: how many of its files are this run's */
    char format[WORD_MAX + 1], split[WORD_MAX + 1], time[WORD_MAX + 1]; /* of the earlier run; "" where not known */
    bool partition;
};

/* A name that could be one of our tables: it becomes part of a path. */
static bool is_plain_name(const char *name)
{
    return name[0] != '\0' && strlen(name) < 64 &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(name);
}

static int note_table(struct mr_stale *stale, const char *line)
{
    char name[64];

    if (sscanf(line, " \"name\": \"%63[A-Z0-9_]\"", name) != 1 || !is_plain_name(name))
        return MR_OK;
    return json_object_set_new(stale->names, name, json_integer(0)) == 0 ? MR_OK : MR_FATAL;
}

static void note_output(struct mr_stale *stale, const char *line)
{
    char word[WORD_MAX + 1];

    if (sscanf(line, " \"format\": \"%31[a-z]\"", word) == 1)
        strcpy(stale->format, word);
    else if (sscanf(line, " \"split\": \"%31[a-z]\"", word) == 1)
        strcpy(stale->split, word);
    else if (sscanf(line, " \"time\": \"%31[a-z]\"", word) == 1)
        strcpy(stale->time, word);
    else if (sscanf(line, " \"partition\": %31[a-z]", word) == 1)
        stale->partition = strcmp(word, "true") == 0;
}

/*
 * The lines of our own file are read as we write them: the parser that we have writes beyond its buffers where memory
 * runs out while it reads (jansson 2.14, lex_save()), and this is the last step of a night's work.
 */
static int note_lines(struct mr_stale *stale, FILE *manifest)
{
    enum section section = ELSEWHERE;
    char line[1024];
    int status = MR_OK;

    while (status == MR_OK && fgets(line, sizeof line, manifest) != NULL) {
        if (strcmp(line, "  \"tables\": [\n") == 0)
            section = TABLES;
        else if (strcmp(line, "  \"output\": {\n") == 0)
            section = OUTPUT;
        else if (strncmp(line, "  ]", 3) == 0 || strncmp(line, "  }", 3) == 0)
            section = ELSEWHERE;
        else if (section == TABLES)
            status = note_table(stale, line);
        else if (section == OUTPUT)
            note_output(stale, line);
    }
    return status;
}

int mr_stale_note(struct mr_stale **out, const char *folder)
{
    struct mr_stale *stale = calloc(1, sizeof *stale);
    char path[4096];
    FILE *manifest;
    int status = MR_FATAL;

    *out = NULL;
    if (stale == NULL || (stale->names = json_object()) == NULL ||
        snprintf(path, sizeof path, "%s/manifest.json", folder) >= (int)sizeof path)
        goto out;
    errno = 0;
    manifest = fopen(path, "re");
    status = manifest == NULL ? (errno == ENOMEM ? MR_FATAL : MR_OK) : note_lines(stale, manifest);
    if (manifest != NULL)
        (void)fclose(manifest);
out:
    if (status == MR_OK)
        *out = stale;
    else
        mr_stale_free(stale);
    return status;
}

bool mr_stale_relaid(const struct mr_stale *stale, const struct mr_account_output *output)
{
    if (stale->format[0] == '\0' || strcmp(stale->format, output->format) != 0)
        return false;
    return strcmp(stale->split, output->split) != 0 ||
           (strcmp(stale->time, "local") == 0) != (strcmp(output->time, "local") == 0) ||
           stale->partition != output->partition;
}

int mr_stale_keep(struct mr_stale *stale, const char *table, unsigned files)
{
    if (json_object_get(stale->names, table) == NULL)
        return MR_OK;
    return json_object_set_new(stale->names, table, json_integer(files)) == 0 ? MR_OK : MR_FATAL;
}

void mr_stale_forget(struct mr_stale *stale)
{
    const char *name;
    json_t *value;

    json_object_foreach(stale->names, name, value)
        json_integer_set(value, 0);
}

static bool is_there(const char *folder, const char *name)
{
    char path[4096];
    struct stat about;

    return snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path && lstat(path, &about) == 0;
}

/* The files of a table behind those that this run makes. */
static int each_file(const char *table, const char *folder, const char *suffix, json_int_t files,
                     int (*remove)(void *context, const char *name), void *context)
{
    char file[128];
    int status = MR_OK;

    if (files == 0) {
        snprintf(file, sizeof file, "%s%s", table, suffix);
        status = remove(context, file);
        files = 1;
    }
    while (status == MR_OK) {
        snprintf(file, sizeof file, "%s_%lld%s", table, (long long)++files, suffix);
        if (!is_there(folder, file))
            break;
        status = remove(context, file);
    }
    return status;
}

int mr_stale_each(const struct mr_stale *stale, const char *folder, const char *suffix,
                  int (*remove)(void *context, const char *name), void *context)
{
    const char *name;
    json_t *value;
    int status = MR_OK;

    json_object_foreach(stale->names, name, value)
    {
        if (status == MR_OK)
            status = each_file(name, folder, suffix, json_integer_value(value), remove, context);
    }
    return status;
}

void mr_stale_free(struct mr_stale *stale)
{
    if (stale == NULL)
        return;
    json_decref(stale->names);
    free(stale);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "account/stale.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mr_stale {
    json_t *names; /* object with a key for each table */
};

/* A name that could be one of our tables: it becomes part of a path. */
static int plain_name(const char *name)
{
    return name[0] != '\0' && strlen(name) < 64 &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(name);
}

/* A line of the list of tables: their names are kept.  The list is over with the line that closes it. */
static int note_line(struct mr_stale *stale, const char *line)
{
    char name[64];

    if (sscanf(line, " \"name\": \"%63[A-Z0-9_]\"", name) != 1 || !plain_name(name))
        return MR_OK;
    return json_object_set_new(stale->names, name, json_true()) == 0 ? MR_OK : MR_FATAL;
}

/*
 * The lines of our own file are read as we write them: the parser that we have writes beyond its buffers where memory
 * runs out while it reads (jansson 2.14, lex_save()), and this is the last step of a night's work.
 */
static int note_tables(struct mr_stale *stale, FILE *manifest)
{
    char line[1024];
    bool inside = false;
    int status = MR_OK;

    while (status == MR_OK && fgets(line, sizeof line, manifest) != NULL) {
        if (!inside)
            inside = strcmp(line, "  \"tables\": [\n") == 0;
        else if (strncmp(line, "  ]", 3) == 0)
            break;
        else
            status = note_line(stale, line);
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
    status = manifest == NULL ? (errno == ENOMEM ? MR_FATAL : MR_OK) : note_tables(stale, manifest);
    if (manifest != NULL)
        (void)fclose(manifest);
out:
    if (status == MR_OK)
        *out = stale;
    else
        mr_stale_free(stale);
    return status;
}

void mr_stale_keep(struct mr_stale *stale, const char *table)
{
    if (stale != NULL)
        json_object_del(stale->names, table);
}

int mr_stale_each(struct mr_stale *stale, const char *suffix, int (*remove)(void *context, const char *name),
                  void *context)
{
    const char *name;
    json_t *value;
    int status = MR_OK;

    if (stale == NULL)
        return MR_OK;
    json_object_foreach(stale->names, name, value)
    {
        char file[96];

        snprintf(file, sizeof file, "%s%s", name, suffix);
        if (status == MR_OK)
            status = remove(context, file);
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

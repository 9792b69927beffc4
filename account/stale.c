/* SPDX-License-Identifier: Apache-2.0 */
#include "account/stale.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct mr_stale {
    json_t *names;  /* object with a key for each table: how many of its files are this run's */
    json_t *output; /* how the earlier run wrote them, or NULL */
};

/* A name that could be one of our tables: it becomes part of a path. */
static int plain_name(const char *name)
{
    return name[0] != '\0' && strlen(name) < 64 &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(name);
}

struct mr_stale *mr_stale_note(const char *folder)
{
    struct mr_stale *stale = calloc(1, sizeof *stale);
    json_t *manifest = NULL, *table;
    char path[4096];
    size_t i;

    if (stale != NULL && snprintf(path, sizeof path, "%s/manifest.json", folder) < (int)sizeof path)
        manifest = json_load_file(path, 0, NULL);
    if (stale == NULL || manifest == NULL || (stale->names = json_object()) == NULL) {
        free(stale);
        json_decref(manifest);
        return NULL;
    }
    json_array_foreach(json_object_get(manifest, "tables"), i, table)
    {
        const char *name = json_string_value(json_object_get(table, "name"));

        if (name != NULL && plain_name(name))
            json_object_set_new(stale->names, name, json_integer(0));
    }
    stale->output = json_incref(json_object_get(manifest, "output"));
    json_decref(manifest);
    return stale;
}

static bool is_word(const json_t *object, const char *key, const char *word)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value != NULL && strcmp(value, word) == 0;
}

bool mr_stale_relaid(const struct mr_stale *stale, const struct mr_account_output *output)
{
    const json_t *before = stale == NULL ? NULL : stale->output;

    if (before == NULL || !is_word(before, "format", output->format))
        return false;
    return !is_word(before, "split", output->split) ||
           is_word(before, "time", "local") != (strcmp(output->time, "local") == 0) ||
           json_is_true(json_object_get(before, "partition")) != output->partition;
}

void mr_stale_keep(struct mr_stale *stale, const char *table, unsigned files)
{
    if (stale != NULL && json_object_get(stale->names, table) != NULL)
        json_object_set_new(stale->names, table, json_integer(files));
}

void mr_stale_forget(struct mr_stale *stale)
{
    const char *name;
    json_t *value;

    if (stale == NULL)
        return;
    json_object_foreach(stale->names, name, value)
        json_integer_set(value, 0);
}

static size_t remove_file(int dir, const char *file)
{
    struct stat about;

    return fstatat(dir, file, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(about.st_mode) &&
           unlinkat(dir, file, 0) == 0;
}

/* The files of a table behind those that this run has made. */
static size_t remove_files(int dir, const char *name, const char *suffix, json_int_t files)
{
    size_t removed = 0;
    char file[128];

    if (files == 0) {
        snprintf(file, sizeof file, "%s%s", name, suffix);
        removed += remove_file(dir, file);
        files = 1;
    }
    do
        snprintf(file, sizeof file, "%s_%lld%s", name, (long long)++files, suffix);
    while (remove_file(dir, file) > 0 && ++removed > 0);
    return removed;
}

size_t mr_stale_remove(struct mr_stale *stale, const char *folder, const char *suffix)
{
    size_t removed = 0;
    const char *name;
    json_t *value;
    int dir;

    if (stale == NULL)
        return 0;
    dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return 0;
    json_object_foreach(stale->names, name, value)
        removed += remove_files(dir, name, suffix, json_integer_value(value));
    close(dir);
    return removed;
}

void mr_stale_free(struct mr_stale *stale)
{
    if (stale == NULL)
        return;
    json_decref(stale->names);
    json_decref(stale->output);
    free(stale);
}

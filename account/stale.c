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
    json_t *names; /* object with a key for each table */
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
            json_object_set_new(stale->names, name, json_true());
    }
    json_decref(manifest);
    return stale;
}

void mr_stale_keep(struct mr_stale *stale, const char *table)
{
    if (stale != NULL)
        json_object_del(stale->names, table);
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
    {
        char file[96];
        struct stat about;

        snprintf(file, sizeof file, "%s%s", name, suffix);
        if (fstatat(dir, file, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(about.st_mode))
            removed += unlinkat(dir, file, 0) == 0;
    }
    close(dir);
    return removed;
}

void mr_stale_free(struct mr_stale *stale)
{
    if (stale == NULL)
        return;
    json_decref(stale->names);
    free(stale);
}

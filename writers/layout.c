/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/layout.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAMP 15 /* YYYYMMDDTHHMMSS */
#define LOOK_MAX 512 /* entries of a table's folder that are looked at: all runs so far agreed, or were refused */

struct look {
    const struct mr_writer_options *options;
    const char *suffix;   /* of this run's files */
    const char *base;     /* of the format's, whether compressed or not */
    char clash[MR_OUTFOLDER_TEMPORARY_MAX]; /* a file that does not go with this run; "": none */
};

static bool ends_with(const char *name, size_t *size, const char *end)
{
    size_t n = strlen(end);

    if (*size <= n || memcmp(name + *size - n, end, n) != 0)
        return false;
    *size -= n;
    return true;
}

static size_t digits_back(const char *name, size_t size)
{
    size_t n = 0;

    while (n < size && name[size - 1 - n] >= '0' && name[size - 1 - n] <= '9')
        n++;
    return n;
}

/* The stamp in the name of a part's file without its suffix; NULL where there is none. */
static const char *stamp_in(const char *name, size_t size)
{
    const char *stamp;
    size_t digits = digits_back(name, size);

    if (digits > 0 && digits < 6 && size > digits + 1 && name[size - digits - 1] == '_')
        size -= digits + 1;
    if (size <= STAMP || digits_back(name, size) != 6)
        return NULL;
    stamp = name + size - STAMP;
    return stamp[8] == 'T' && stamp[-1] == '_' && digits_back(stamp, 8) == 8 ? stamp : NULL;
}

/* Could a run that splits like this one have given the name? */
static bool on_grid(const char *stamp, enum mr_split split)
{
    return split == MR_SPLIT_INTERVAL || strncmp(stamp + 11, "0000", 4) == 0
               ? split != MR_SPLIT_DAY || strncmp(stamp + 9, "000000", 6) == 0
               : false;
}

/* A file: is it a part of the table, and one that does not go with this run? */
static void look_at(struct look *look, const char *table, const char *name, bool partition)
{
    const struct mr_writer_options *options = look->options;
    size_t size = strlen(name), prefix = strlen(table);
    bool packed, same;
    const char *stamp;

    if (strncmp(name, table, prefix) != 0 || name[prefix] != '_')
        return;
    packed = ends_with(name, &size, ".gz");
    if (!ends_with(name, &size, look->base) || (stamp = stamp_in(name, size)) == NULL)
        return;
    same = packed == (strcmp(look->suffix, look->base) != 0);
    if (options->split == MR_SPLIT_NONE || partition != options->partition || !same || options->relaid ||
        !on_grid(stamp, options->split))
        snprintf(look->clash, sizeof look->clash, "%s", name);
}

typedef void visit(struct look *look, int folder, const char *table, const char *name, unsigned depth);
static visit visit_table;

/* Call what for each entry of the folder name in folder, unless that is no folder. */
static void walk(struct look *look, int above, const char *folder, const char *table, unsigned depth, visit *what)
{
    int fd = openat(above, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *list = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    unsigned looked = 0;

    if (list == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    while (look->clash[0] == '\0' && (what != visit_table || looked++ < LOOK_MAX) && (entry = readdir(list)) != NULL)
        what(look, dirfd(list), table, entry->d_name, depth);
    closedir(list);
}

/* In the folder of a table, or below it. */
static void visit_table(struct look *look, int folder, const char *table, const char *name, unsigned depth)
{
    static const char *const keys[] = {"SYSID=", "DATE="};

    if (depth < 2 && strncmp(name, keys[depth], strlen(keys[depth])) == 0)
        walk(look, folder, name, table, depth + 1, visit_table);
    else if (depth != 1)
        look_at(look, table, name, depth == 2);
}

static void visit_root(struct look *look, int folder, const char *table, const char *name, unsigned depth)
{
    (void)table;
    if (name[0] != '.')
        walk(look, folder, name, name, depth, visit_table);
}

int mr_layout_check(struct mr_outfolder *folder, const struct mr_writer_format *format,
                    const struct mr_writer_options *options)
{
    struct look look = {.options = options, .suffix = mr_writer_suffix(format->name, options), .base = format->suffix};

    if ((format->abilities & MR_CAN_SPLIT) == 0 || format->single != NULL)
        return MR_OK;
    walk(&look, folder->fd, ".", "", 0, visit_root);
    if (look.clash[0] == '\0')
        return MR_OK;
    return mr_outfolder_fail(folder, MR_MSG_OUTPUT_LAYOUT, NULL, look.clash);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The list of a run that was killed in its last step: what it says is done now. */
#include "writers/commit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES (MR_COMMIT_PATH_MAX + 8)

/* The folder of a path, and what its last step is called; -1: it is not there, or a link is among the steps. */
static int open_folder_of(int folder, const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');

    *name = slash == NULL ? path : slash + 1;
    return mr_commit_open_below(folder, path, slash == NULL ? 0 : (size_t)(slash - path));
}

/* A file that has its place already, or that is gone together with its folder, needs nothing any more. */
static int place_again(int folder, const char *path)
{
    char final[MR_OUTFOLDER_TEMPORARY_MAX];
    const char *name;
    int below = open_folder_of(folder, path, &name);
    int status = MR_FATAL;

    if (below < 0)
        return errno == ENOENT ? MR_OK : MR_FATAL;
    errno = EINVAL;
    if (mr_outfolder_final(final, name) == MR_OK &&
        (renameat(below, name, below, final) == 0 || errno == ENOENT) && fsync(below) == 0)
        status = MR_OK;
    close(below);
    return status;
}

static bool is_last(const char *line)
{
    return strcmp(line, MR_COMMIT_LAST) == 0;
}

/* One line, with its end; false at the end of the list and where a line is too long. */
static bool next_line(FILE *list, char *line)
{
    size_t size;

    if (fgets(line, LINE_BYTES, list) == NULL)
        return false;
    size = strlen(line);
    return size > 0 && line[size - 1] == '\n';
}

/* Nothing is done by a list that is not whole. */
static bool is_whole(FILE *list)
{
    char line[LINE_BYTES];
    bool last = false;

    if (!next_line(list, line) || strcmp(line, MR_COMMIT_FIRST) != 0)
        return false;
    while (!last && next_line(list, line)) {
        if (!(last = is_last(line)) && line[0] != '+' && line[0] != '-')
            return false;
    }
    return last && fseek(list, (long)strlen(MR_COMMIT_FIRST), SEEK_SET) == 0;
}

/* The files take their places before anything is removed. */
static int follow(int folder, FILE *list, char which)
{
    char line[LINE_BYTES];

    while (next_line(list, line) && !is_last(line)) {
        line[strlen(line) - 1] = '\0';
        if (line[0] == '+' && which == '+' && place_again(folder, line + 1) != MR_OK)
            return MR_FATAL;
        if (line[0] == '-' && which == '-' && mr_commit_remove_file(folder, line + 1) != MR_OK)
            return MR_FATAL;
    }
    return fseek(list, (long)strlen(MR_COMMIT_FIRST), SEEK_SET) == 0 ? MR_OK : MR_FATAL;
}

static int finish_list(struct mr_outfolder *folder, const char *name)
{
    int fd = openat(folder->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    FILE *list = fd < 0 ? NULL : fdopen(fd, "r");
    struct mr_place place = {.file = folder->path, .offset = MR_NO_OFFSET};
    int status = MR_FATAL;

    if (list == NULL) {
        mr_outfolder_fail(folder, MR_MSG_OUTPUT_UNDONE, name, strerror(errno));
        if (fd >= 0)
            close(fd);
        return MR_FATAL;
    }
    errno = EINVAL;
    if (is_whole(list) && follow(folder->fd, list, '+') == MR_OK && follow(folder->fd, list, '-') == MR_OK &&
        mr_outfolder_sync(folder) == MR_OK && unlinkat(folder->fd, name, 0) == 0)
        status = MR_OK;
    if (status == MR_OK)
        mr_report(folder->log, MR_MSG_OUTPUT_RESUMED, &place, "%s", "");
    else
        mr_outfolder_fail(folder, MR_MSG_OUTPUT_UNDONE, name, strerror(errno));
    (void)fclose(list);
    return status;
}

int mr_commit_resume(struct mr_outfolder *folder)
{
    int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    int status = MR_OK;

    if (names == NULL) {
        if (fd >= 0)
            close(fd);
        return mr_outfolder_fail(folder, MR_MSG_OUTPUT_FOLDER, NULL, strerror(errno));
    }
    while (status == MR_OK && (entry = readdir(names)) != NULL) {
        if (mr_outfolder_abandoned(folder->fd, entry->d_name, MR_OUTFOLDER_LIST_SUFFIX))
            status = finish_list(folder, entry->d_name);
    }
    closedir(names);
    return status;
}

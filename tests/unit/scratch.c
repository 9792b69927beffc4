/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/scratch.h"

#include "writers/outfile.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

char scratch[64];

void scratch_make(void)
{
    snprintf(scratch, sizeof scratch, "/tmp/monreduce-test-XXXXXX");
    cr_assert_not_null(mkdtemp(scratch));
}

static void remove_all(const char *path)
{
    DIR *list = opendir(path);
    const struct dirent *entry;

    while (list != NULL && (entry = readdir(list)) != NULL) {
        char name[1024];

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (unlink(name) != 0)
            remove_all(name);
    }
    if (list != NULL)
        closedir(list);
    rmdir(path);
}

void scratch_remove(void)
{
    remove_all(scratch);
}

char *scratch_path(char *path, const char *name)
{
    snprintf(path, SCRATCH_PATH, "%s/%s", scratch, name);
    return path;
}

void scratch_put(const char *name, const char *text)
{
    char path[SCRATCH_PATH];
    FILE *file = fopen(scratch_path(path, name), "w");

    cr_assert_not_null(file);
    cr_assert(fputs(text, file) >= 0 && fclose(file) == 0);
}

bool scratch_has(const char *name)
{
    char path[SCRATCH_PATH];
    struct stat st;

    return lstat(scratch_path(path, name), &st) == 0;
}

void scratch_expect(const char *name, const char *text)
{
    char path[SCRATCH_PATH];
    char found[256];
    FILE *file = fopen(scratch_path(path, name), "r");
    size_t size;

    cr_assert_not_null(file, "%s", name);
    size = fread(found, 1, sizeof found - 1, file);
    fclose(file);
    found[size] = '\0';
    cr_assert_str_eq(found, text);
}

/* Names in the folder: all of them, or only the temporary ones. */
unsigned scratch_names(bool temporary)
{
    DIR *list = opendir(scratch);
    const struct dirent *entry;
    unsigned count = 0;

    cr_assert_not_null(list);
    while ((entry = readdir(list)) != NULL)
        if (temporary ? strstr(entry->d_name, MR_OUTFOLDER_SUFFIX) != NULL : entry->d_name[0] != '.')
            count++;
    closedir(list);
    return count;
}

unsigned scratch_all_names(void)
{
    DIR *list = opendir(scratch);
    unsigned count = 0;

    cr_assert_not_null(list);
    while (readdir(list) != NULL)
        count++;
    closedir(list);
    return count - 2; /* . and .. */
}

long long scratch_size(const char *name)
{
    char path[SCRATCH_PATH];
    struct stat st;

    return stat(scratch_path(path, name), &st) == 0 ? (long long)st.st_size : -1;
}

long scratch_dead_process(void)
{
    pid_t pid = fork();

    cr_assert(pid >= 0);
    if (pid == 0)
        _exit(0);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    return (long)pid;
}

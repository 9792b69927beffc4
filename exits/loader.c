/* SPDX-License-Identifier: Apache-2.0 */
/* From -x to a shared object whose hooks are known.  Whatever fails, everything that was opened is closed again. */
#include "base/grow.h"
#include "base/nearest.h"
#include "exits/crash.h"
#include "exits/private.h"

#include <dlfcn.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SYMBOL "mr_exit_init"
#define OTHERS_MAY_WRITE (S_IWGRP | S_IWOTH)

static int refuse(struct mr_log *log, enum mr_message_id id, const char *path, const char *why)
{
    struct mr_place place = {.file = path, .offset = MR_NO_OFFSET};

    mr_report(log, id, &place, "%s", why);
    return MR_FATAL;
}

/* Arguments begin behind the colon after .so, or behind the first colon where there is no .so. */
static char *split_spec(char *spec)
{
    char *colon = strstr(spec, ".so:");

    colon = colon != NULL ? colon + strlen(".so") : strchr(spec, ':');
    if (colon == NULL)
        return NULL;
    *colon = '\0';
    return colon + 1;
}

/* Up to the next comma, which \, does not count as; the text is changed in place.  Returns what comes behind it. */
static char *cut_word(char *text)
{
    char *to = text;

    for (; *text != '\0' && *text != ','; text++) {
        if (text[0] == '\\' && text[1] == ',')
            text++;
        *to++ = *text;
    }
    if (*text == '\0') {
        *to = '\0';
        return NULL;
    }
    *to = '\0';
    return text + 1;
}

static int take_policy(struct mr_exit_instance *instance, const char *value, struct mr_log *log)
{
    static const char *const words[] = {
        [MR_EXIT_POLICY_DISABLE] = "disable", [MR_EXIT_POLICY_STOP] = "stop", [MR_EXIT_POLICY_IGNORE] = "ignore"};
    char why[160];

    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], value) == 0) {
            instance->policy = (enum mr_exit_policy)i;
            return MR_OK;
        }
    }
    snprintf(why, sizeof why, "policy=%.60s; there are stop, disable and ignore", value);
    return refuse(log, MR_MSG_EXIT_ARGUMENT, instance->path, why);
}

static int add_argument(struct mr_exit_instance *instance, char *word, struct mr_log *log)
{
    struct mr_exit_argument *argument = &instance->arguments[instance->argument_count];
    char *equals = strchr(word, '=');
    char why[160];

    if (equals != NULL)
        *equals = '\0';
    if (word[0] == '\0')
        return refuse(log, MR_MSG_EXIT_ARGUMENT, instance->path, "an argument without a key");
    for (size_t i = 0; i < instance->argument_count; i++) {
        if (strcmp(instance->arguments[i].key, word) == 0) {
            snprintf(why, sizeof why, "%.80s is given twice", word);
            return refuse(log, MR_MSG_EXIT_ARGUMENT, instance->path, why);
        }
    }
    if (instance->argument_count == MR_EXIT_ARGUMENTS_MAX)
        return refuse(log, MR_MSG_EXIT_ARGUMENT, instance->path, "too many arguments");
    *argument = (struct mr_exit_argument){.key = word, .value = equals == NULL ? "" : equals + 1};
    instance->argument_count++;
    if (strcmp(word, "policy") != 0)
        return MR_OK;
    argument->asked = true;
    return take_policy(instance, argument->value, log);
}

static int take_words(struct mr_exit_instance *instance, char *words, struct mr_log *log)
{
    int status = MR_OK;

    while (words != NULL && *words != '\0' && status == MR_OK) {
        char *word = words;

        words = cut_word(word);
        status = add_argument(instance, word, log);
    }
    return status;
}

/* The file name without folder and .so. */
static char *name_of(const char *path)
{
    const char *base = strrchr(path, '/');
    char *name = strdup(base == NULL ? path : base + 1);
    size_t size = name == NULL ? 0 : strlen(name);

    if (size > 3 && strcmp(name + size - 3, ".so") == 0)
        name[size - 3] = '\0';
    return name;
}

static int check_mode(const char *path, const char *what, const char *shown, struct mr_log *log)
{
    struct stat about;
    char why[PATH_MAX + 120];

    if (stat(path, &about) != 0)
        return refuse(log, MR_MSG_EXIT_LOAD, shown, strerror(errno));
    if ((about.st_mode & OTHERS_MAY_WRITE) == 0)
        return MR_OK;
    snprintf(why, sizeof why, "the %s %s can be written by %s (mode %04o)", what, path,
             about.st_mode & S_IWOTH ? "everybody" : "its group", (unsigned)about.st_mode & 07777u);
    return refuse(log, MR_MSG_EXIT_UNSAFE, shown, why);
}

/*
 * Who can write the file, or put another one in its place, decides what runs in the operator's name.  Links are
 * followed: the folder that holds the link counts as well as the one that holds the file.
 */
static int check_path(const char *path, char *real, struct mr_log *log)
{
    char folder[PATH_MAX];
    struct stat about;

    if (strchr(path, '/') == NULL)
        return refuse(log, MR_MSG_EXIT_PATH, path, "a name alone would be searched for in system folders");
    if (strlen(path) >= PATH_MAX || realpath(path, real) == NULL)
        return refuse(log, MR_MSG_EXIT_LOAD, path, strerror(strlen(path) >= PATH_MAX ? ENAMETOOLONG : errno));
    if (stat(real, &about) != 0 || !S_ISREG(about.st_mode))
        return refuse(log, MR_MSG_EXIT_LOAD, path, "this is no file");
    if (check_mode(real, "file", path, log) != MR_OK)
        return MR_FATAL;
    strcpy(folder, real);
    if (check_mode(dirname(folder), "folder", path, log) != MR_OK)
        return MR_FATAL;
    strcpy(folder, path);
    return check_mode(dirname(folder), "folder", path, log);
}

/* ISO C has no cast from an object pointer to a function; POSIX says that the bytes are the same. */
static int find_init(struct mr_exit_instance *instance, struct mr_log *log)
{
    const char *why;
    void *symbol;

    dlerror();
    symbol = dlsym(instance->library, SYMBOL);
    why = dlerror();
    if (why != NULL || symbol == NULL)
        return refuse(log, MR_MSG_EXIT_SYMBOL, instance->path, why == NULL ? SYMBOL " is NULL" : why);
    memcpy(&instance->init, &symbol, sizeof symbol);
    return MR_OK;
}

static int open_library(struct mr_exit_instance *instance, struct mr_log *log)
{
    char real[PATH_MAX];
    const char *why;

    if (check_path(instance->path, real, log) != MR_OK)
        return MR_FATAL;
    mr_crash_scene.hook = "its constructors"; /* code of the exit that runs while it is loaded */
    mr_crash_scene.exit = instance->name;
    instance->library = dlopen(real, RTLD_NOW | RTLD_LOCAL);
    mr_crash_scene.exit = NULL;
    why = instance->library == NULL ? dlerror() : NULL;
    if (instance->library == NULL)
        return refuse(log, MR_MSG_EXIT_LOAD, instance->path, why == NULL ? "no reason given" : why);
    return find_init(instance, log);
}

int mr_exit_load(struct mr_exit_instance *instance, const char *spec, struct mr_log *log)
{
    char *words;

    instance->words = strdup(spec);
    if (instance->words == NULL)
        return refuse(log, MR_MSG_PROGRAM_MEMORY, spec, "");
    words = split_spec(instance->words);
    instance->path = strdup(instance->words);
    instance->name = name_of(instance->words);
    if (instance->path == NULL || instance->name == NULL)
        return refuse(log, MR_MSG_PROGRAM_MEMORY, spec, "");
    if (instance->path[0] == '\0')
        return refuse(log, MR_MSG_EXIT_ARGUMENT, spec, "no file is named");
    if (take_words(instance, words, log) != MR_OK)
        return MR_FATAL;
    return open_library(instance, log);
}

static void call_close(struct mr_exit_instance *instance)
{
    if (!instance->begun || instance->its.exit.close == NULL)
        return;
    mr_crash_scene.hook = "close";
    mr_crash_scene.table = NULL;
    mr_crash_scene.record = NULL;
    mr_crash_scene.exit = instance->name;
    instance->its.exit.close(instance->its.exit.data);
    mr_crash_scene.exit = NULL;
}

void mr_exit_shut(struct mr_exit_instance *instance)
{
    call_close(instance);
    instance->begun = false;
    if (instance->library == NULL)
        return;
    mr_crash_scene.hook = "its destructors";
    mr_crash_scene.exit = instance->name;
    dlclose(instance->library);
    mr_crash_scene.exit = NULL;
    instance->library = NULL;
}

void mr_exit_free(struct mr_exit_instance *instance)
{
    if (instance == NULL)
        return;
    mr_exit_shut(instance);
    for (size_t i = 0; i < instance->added_count; i++) {
        free(instance->added[i].name);
        free(instance->added[i].unit);
        free(instance->added[i].label);
    }
    for (size_t i = 0; i < instance->asked_count; i++)
        free(instance->asked[i]);
    free(instance->added);
    free(instance->asked);
    free(instance->path);
    free(instance->name);
    free(instance->words);
    free(instance);
}

/* Bytes of its struct that this program does not know: an exit of a later minor number may only have zeros there. */
static bool wants_unknown_hooks(const struct mr_exit_instance *instance)
{
    for (size_t i = sizeof instance->its.exit; i < MR_EXIT_ROOM && i < instance->its.exit.size; i++) {
        if (instance->its.room[i] != 0)
            return true;
    }
    return false;
}

static int check_version(struct mr_exit_instance *instance, struct mr_log *log)
{
    struct mr_exit *exit = &instance->its.exit;
    char why[200];

    if (exit->abi == MR_EXIT_NO_ABI)
        return refuse(log, MR_MSG_EXIT_VERSION, instance->path,
                      "it does not say which one: mr_exit_init() must call mr_exit_declare()");
    if (exit->abi >> 16 != MR_EXIT_ABI_MAJOR || wants_unknown_hooks(instance)) {
        snprintf(why, sizeof why, "it has version %u.%u, the program has %d.%d", exit->abi >> 16, exit->abi & 0xFFFFu,
                 MR_EXIT_ABI_MAJOR, MR_EXIT_ABI_MINOR);
        return refuse(log, MR_MSG_EXIT_VERSION, instance->path, why);
    }
    if (exit->size < offsetof(struct mr_exit, begin_run) || exit->size > MR_EXIT_ROOM) {
        snprintf(why, sizeof why, "its struct has %u bytes, which no version has", exit->size);
        return refuse(log, MR_MSG_EXIT_VERSION, instance->path, why);
    }
    if (exit->size < sizeof *exit)
        memset(instance->its.room + exit->size, 0, sizeof *exit - exit->size);
    return MR_OK;
}

static int check_arguments(struct mr_exit_instance *instance, struct mr_log *log)
{
    char why[400], nearest[240];

    for (size_t i = 0; i < instance->argument_count; i++) {
        struct mr_nearest s = {.wrong = instance->arguments[i].key};

        if (instance->arguments[i].asked)
            continue;
        for (size_t a = 0; a < instance->asked_count; a++)
            mr_nearest_offer(&s, instance->asked[a]);
        mr_nearest_offer(&s, "policy");
        snprintf(why, sizeof why, "it has no argument %.80s%s", instance->arguments[i].key,
                 mr_nearest_text(&s, nearest, sizeof nearest));
        return refuse(log, MR_MSG_EXIT_ARGUMENT, instance->path, why);
    }
    return MR_OK;
}

int mr_exit_begin(struct mr_exit_instance *instance, struct mr_log *log)
{
    struct mr_exits *exits = instance->exits;
    int status;
    char why[64];

    memset(instance->its.room, 0, sizeof instance->its.room);
    instance->its.exit.abi = MR_EXIT_NO_ABI;
    instance->its.exit.size = (uint32_t)sizeof instance->its.exit;
    exits->moment = MR_EXIT_IN_INIT;
    exits->present = instance;
    mr_crash_scene.hook = SYMBOL;
    mr_crash_scene.exit = instance->name;
    status = instance->init(&instance->host, &instance->its.exit);
    mr_crash_scene.exit = NULL;
    exits->present = NULL;
    exits->moment = MR_EXIT_OUTSIDE;
    /* Of another version even its failure may mean something else: that comes first. */
    if (status != MR_EXIT_OK && (instance->its.exit.abi == MR_EXIT_NO_ABI ||
                                 instance->its.exit.abi >> 16 == MR_EXIT_ABI_MAJOR)) {
        snprintf(why, sizeof why, "%s returned %d", SYMBOL, status);
        return refuse(log, MR_MSG_EXIT_INIT, instance->path, why);
    }
    if (check_version(instance, log) != MR_OK)
        return MR_FATAL;
    instance->begun = true;
    return check_arguments(instance, log);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "criterion/criterion.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS_MAX 600u /* for one test, where it has no time of its own: the emulator is slow */
#define SKIPPED 77

static struct stand_in_test *first, **last = &first;
static unsigned failures; /* of the test of this process */

void stand_in_add(struct stand_in_test *test)
{
    *last = test;
    last = &test->next;
}

static void say(const char *format, va_list args)
{
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void stand_in_check(bool holds, bool fatal, const char *file, int line, const char *text, const char *format, ...)
{
    va_list args;

    if (holds)
        return;
    failures++;
    fprintf(stderr, "%s:%d: not so: %s ", file, line, text);
    va_start(args, format);
    say(format, args);
    va_end(args);
    if (fatal)
        exit(1);
}

void stand_in_skip(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(format, args);
    va_end(args);
    exit(SKIPPED);
}

void stand_in_log(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(format, args);
    va_end(args);
}

static void run(const struct stand_in_test *test)
{
    const struct stand_in_test *suite = first;

    while (suite != NULL && (suite->name != NULL || strcmp(suite->suite, test->suite) != 0))
        suite = suite->next;
    alarm(test->options.timeout > 0 ? (unsigned)test->options.timeout : SECONDS_MAX);
    if (suite != NULL && suite->options.init != NULL)
        suite->options.init();
    if (test->options.init != NULL)
        test->options.init();
    test->run();
    if (test->options.fini != NULL)
        test->options.fini();
    if (suite != NULL && suite->options.fini != NULL)
        suite->options.fini();
    exit(failures > 0);
}

/* The exit status of a test, or below 0: the signal that ended it. */
static int run_apart(const struct stand_in_test *test)
{
    int status = 0;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0)
        run(test);
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* One argument: only tests whose suite/name has it in it. */
int main(int argc, char **argv)
{
    unsigned passed = 0, failed = 0, skipped = 0;

    for (const struct stand_in_test *test = first; test != NULL; test = test->next) {
        char name[200];
        int status;

        snprintf(name, sizeof name, "%s/%s", test->suite, test->name == NULL ? "" : test->name);
        if (test->name == NULL || (argc > 1 && strstr(name, argv[1]) == NULL))
            continue;
        status = run_apart(test);
        passed += status == 0;
        skipped += status == SKIPPED;
        failed += status != 0 && status != SKIPPED;
        if (status < 0)
            printf("FAIL %s: signal %d\n", name, -status);
        else if (status != 0)
            printf("%s %s\n", status == SKIPPED ? "skip" : "FAIL", name);
    }
    printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
    return failed > 0 || passed == 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/rounds.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUND_SECONDS 10

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ROUNDS 50u
#else
#define ROUNDS 1000u
#endif

static uint64_t state;

static void draw_from(uint64_t seed, uint64_t round)
{
    state = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15) ^ (round + 1) * UINT64_C(0xD1B54A32D192ED03);
}

size_t rounds_draw(size_t below)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return below == 0 ? 0 : (size_t)((state * UINT64_C(0x2545F4914F6CDD1D)) >> 16) % below;
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *given = getenv(name);

    return given == NULL ? otherwise : strtoull(given, NULL, 10);
}

static char present[120]; /* for the message when a round takes too long */

const char *rounds_present(void)
{
    return present;
}

static void too_long(int number)
{
    (void)number;
    (void)!write(STDERR_FILENO, present, strlen(present));
    (void)!write(STDERR_FILENO, ": over 10 seconds\n", 18);
    abort();
}

void rounds_begin(const char *name, uint64_t seed, uint64_t round)
{
    snprintf(present, sizeof present, "%s: MR_TEST_SEED=%" PRIu64 " MR_TEST_ROUND=%" PRIu64, name, seed, round);
    draw_from(seed, round);
    alarm(ROUND_SECONDS);
}

void rounds_of(const char *name, uint64_t *seed, uint64_t *first, uint64_t *end)
{
    *seed = setting("MR_TEST_SEED", 1);
    *first = setting("MR_TEST_ROUND", 0);
    *end = getenv("MR_TEST_ROUND") == NULL ? setting("MR_TEST_ROUNDS", ROUNDS) : *first + 1;
    fprintf(stderr, "%s: MR_TEST_SEED=%" PRIu64 ", %" PRIu64 " rounds\n", name, *seed, *end - *first);
    signal(SIGALRM, too_long);
}

void rounds_keep(const uint8_t *data, size_t length)
{
    const char *path = getenv("MR_TEST_KEEP");
    FILE *out = path == NULL ? NULL : fopen(path, "wb");

    if (out != NULL) {
        cr_expect_eq(fwrite(data, 1, length, out), length);
        fclose(out);
    }
}

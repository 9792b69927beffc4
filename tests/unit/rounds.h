/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_TESTS_ROUNDS_H
#define MR_TESTS_ROUNDS_H

/*
 * Rounds of a random test.  The seed is 1, so that a run says the same each time; MR_TEST_SEED chooses another,
 * MR_TEST_ROUND one round of it, MR_TEST_ROUNDS changes their number; MR_TEST_KEEP=FILE keeps the input of the last one.
 */
#include <stddef.h>
#include <stdint.h>

/* The rounds of a test: all, or the one that is asked for. */
void rounds_of(const char *name, uint64_t *seed, uint64_t *first, uint64_t *end);

/* A round begins; one that takes over 10 seconds ends the program, with a word of which it was. */
void rounds_begin(const char *name, uint64_t seed, uint64_t round);

/* Which round it is, for messages. */
const char *rounds_present(void);

/* A number below another one: the same in each run of a round, on every machine. */
size_t rounds_draw(size_t below);

void rounds_keep(const uint8_t *data, size_t length);

#endif

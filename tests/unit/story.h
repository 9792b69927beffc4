/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_TESTS_STORY_H
#define MR_TESTS_STORY_H

/* A sample with what is known of it: which bytes are of which interval, and what its rows are while it is whole. */
#include "tests/unit/reduction.h"
#include "tests/unit/sample_file.h"

#define SETS_MAX 512
#define INTERVALS_MAX 64
#define STORY_SAMPLES 3

struct story_sample {
    const char *name, *scenario;
    const char *settings[4];
};

extern const struct story_sample story_samples[STORY_SAMPLES];

/* A control record with its frames. */
struct set {
    struct reduction_stretch bytes; /* control record and frames */
    bool config;
    unsigned interval;
};

struct story {
    struct sample_file file;
    struct set sets[SETS_MAX];
    size_t set_count;
    int64_t ends[INTERVALS_MAX]; /* of each interval, microseconds since 1970 */
    unsigned interval_count;
    struct reduction *whole;     /* of the undamaged file */
    const struct reduction_row **ordered; /* its rows by time */
};

struct story *story_of(unsigned sample);
void story_forget(struct story *story);

/* The interval that a time belongs to; behind the last one: interval_count. */
unsigned story_interval(const struct story *story, int64_t time);

/* Rows by time, those of one time by their hash: for qsort(), and a list of all; free it. */
int story_by_hash(const void *a, const void *b);
const struct reduction_row **story_sorted(const struct reduction *reduction);

#endif

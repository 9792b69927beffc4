/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_TESTS_REDUCTION_H
#define MR_TESTS_REDUCTION_H

/* Reader and engine over the bytes of one input, with all rows kept.  Memory that runs out ends the test. */
#include "domains/engine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reduction_row {
    const struct mr_plan *plan;
    struct mr_cell *cells; /* texts and bytes are copies */
    int64_t end;           /* ENDTS */
    uint64_t hash;         /* of the table and all cells, also how they would be written */
};

/* A stretch of the input, from .. to - 1. */
struct reduction_stretch {
    size_t from, to;
};

struct reduction {
    struct mr_engine *engine; /* owner of the plans */
    struct reduction_row *rows;
    size_t count, room;
    struct reduction_header {
        int64_t time; /* microseconds since 1970 */
        unsigned domain, number;
    } *suspect; /* records that have a byte in the stretches asked for; sorted */
    size_t suspect_count, suspect_room;
    bool opened;     /* the input was accepted */
    bool adds_up;    /* the account of the bytes */
    bool in_order;   /* the engine did not stop */
    void *chunks;    /* of the copies */
};

/* Reduce; suspects: stretches of the input whose records are noted, or NULL. */
struct reduction *reduction_of(const uint8_t *data, size_t length, const struct reduction_stretch *suspects,
                               size_t suspect_count);

/* Is there a record of this time, or with all of this header, among the suspects? */
bool reduction_suspects_time(const struct reduction *reduction, int64_t time);
bool reduction_suspects(const struct reduction *reduction, const struct reduction_header *header);

/* Are two cells the same, as they would be written? */
bool reduction_same_cell(const struct mr_column *column, const struct mr_cell *a, const struct mr_cell *b);

void reduction_free(struct reduction *reduction);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_COVERAGE_H
#define MR_DOMAINS_COVERAGE_H

/*
 * Which times have been reduced already.  The same data may come twice: a file is given twice, files overlap, copies
 * were joined.  For each system and record type the times that earlier stretches of data covered are kept; a record
 * whose time lies in one of them may be a copy of one that has been used (twice.c judges by its content).  A stretch
 * ends with its input or with a new configuration set.  Record types are kept apart, because one file may hold the events
 * and another the samples of the same time.
 *
 * Of the content the fingerprints of the first record of each type in each batch are kept: a batch is what stands between
 * two ends of interval.
 */
#include "domains/prints.h"
#include "reader/record.h"

#define MR_COVERAGE_MAX 20000 /* stretches of one type; beyond it the oldest are forgotten */

struct mr_stretch {
    uint64_t first, last; /* TOD */
};

struct mr_covered_type {
    struct mr_stretch present; /* being read; first 0: nothing yet */
    uint64_t inner;            /* the latest time in it before its last */
    struct mr_stretch *past;   /* sorted by time, not overlapping */
    size_t count, room;
    uint64_t latest;           /* end of the last of them, 0: none */
    uint32_t used_batch;       /* the last batch that a record of it was used in */
    uint32_t judged_batch;     /* the last batch that a record of it was judged in (twice.c) */
};

struct mr_coverage {
    uint64_t from, to; /* what is before from, or not before to, is not wanted now; 0: no limit */
    struct mr_covered_type *types[MR_DOMAIN_MAX + 1][MR_NUMBER_MAX + 1];
    struct mr_prints prints;
    uint32_t batch; /* number of the present batch */
    bool blind;     /* of some stretch no prints are known: time alone has to decide */
};

/* Was this record's time covered by an earlier stretch of its type? */
bool mr_coverage_seen(const struct mr_coverage *coverage, const struct mr_record *record);

/* Is this record's time outside the limits? */
bool mr_coverage_beyond(const struct mr_coverage *coverage, const struct mr_record *record);

static inline bool mr_coverage_outside(const struct mr_coverage *coverage, const struct mr_record *record)
{
    return (coverage->from | coverage->to) != 0 && mr_coverage_beyond(coverage, record);
}

/* Add a past stretch of a type.  MR_OK or MR_FATAL (memory). */
int mr_coverage_add(struct mr_coverage *coverage, unsigned domain, unsigned number,
                    struct mr_stretch stretch) MR_CHECK;

/* Note a record that is used now.  MR_OK or MR_FATAL (memory). */
int mr_coverage_note(struct mr_coverage *coverage, const struct mr_record *record) MR_CHECK;

/* A batch has ended: the records that follow are of another one. */
static inline void mr_coverage_next_batch(struct mr_coverage *coverage)
{
    coverage->batch++;
}

/* The present stretch has ended.  now: the time that the data has come to, 0: not known.  MR_OK or MR_FATAL (memory). */
int mr_coverage_close(struct mr_coverage *coverage, uint64_t now) MR_CHECK;

/* Free everything; nothing is covered then. */
void mr_coverage_free(struct mr_coverage *coverage);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MS_COLLECT_H
#define MS_COLLECT_H

/* The records of a section: for whom, when, and into which area of the segment. */
#include "samples/cast.h"
#include "samples/segment.h"

/* An event record that waits for its place in time. */
struct ms_waiting {
    uint64_t tod;
    size_t order; /* in which it was made */
    size_t at;    /* its bytes */
    uint32_t length;
    const struct ms_place *place;
};

struct ms_collect {
    const struct ms_scenario *scenario;
    struct ms_segment *segment;
    struct ms_cast cast;
    struct ms_scope scope;
    const struct ms_action *action; /* that is carried out: which records it leaves out */
    uint64_t clock;                 /* start of the interval */
    uint64_t boot, interval;
    uint64_t spacing;               /* between records that are built one after the other */
    bool noise;                     /* in bytes that no field covers */
    uint64_t sequence;              /* of records, those counted that are left out */
    uint8_t *bytes;                 /* of the events that wait */
    size_t used, room;
    struct ms_waiting *waiting;
    size_t waiting_count, waiting_room;
    uint8_t record[MS_RECORD_ROOM];
};

int ms_collect_init(struct ms_collect *collect, const struct ms_scenario *scenario, struct ms_segment *segment,
                    const struct ms_value *variables) MR_CHECK;
void ms_collect_free(struct ms_collect *collect);

/* A configuration set; all return MR_OK or MR_FATAL after a message. */
int ms_collect_config(struct ms_collect *collect, const struct ms_statements *section, enum ms_area area) MR_CHECK;

/* The events of one interval, in order of time; more may be NULL. */
int ms_collect_events(struct ms_collect *collect, const struct ms_statements *section,
                      const struct ms_statements *more) MR_CHECK;

/* The sample at the end of one interval. */
int ms_collect_samples(struct ms_collect *collect, const struct ms_statements *section) MR_CHECK;

#endif

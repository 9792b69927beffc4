/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_ACCOUNT_H
#define MR_DOMAINS_ACCOUNT_H

/* What the engine has seen of each system and each record type, for the account of a run. */
#include "domains/census.h"
#include "domains/engine.h"

#define MR_EPISODES_MAX 10000 /* remembered one by one for each system; the counts go on */

/* Something that happened between two times. */
enum mr_episode_kind {
    MR_EPISODE_SUSPEND,   /* event recording suspended (1/12 to 1/3); number = lost event records */
    MR_EPISODE_GAP,       /* sample intervals missing; number = how many */
    MR_EPISODE_RESTART,   /* IPL: from = to = time of the new IPL */
    MR_EPISODE_RECONNECT, /* monitor connected again without IPL */
    MR_EPISODE_INTERVAL,  /* sample interval changed by command; number = seconds */
    MR_EPISODE_CLOCK      /* the clock went back: from the end of the last sample to the first record behind it */
};

struct mr_episode {
    enum mr_episode_kind kind;
    uint64_t from_tod, to_tod; /* 0: not known (a suspension whose start or end was not seen) */
    uint64_t number;
};

struct mr_system_account {
    struct mr_identity identity;
    char level[65];            /* CP level of 1/4, "" where not known */
    uint64_t ipl_tod;          /* 0: not known */
    uint64_t first_tod, last_tod;
    uint64_t records;
    uint64_t intervals;        /* samples seen */
    uint64_t missing_intervals;
    uint64_t suspends, lost_events, restarts, reconnects;
    uint64_t configurations;   /* configuration sets */
    unsigned config_missing;   /* MR_HAVE_ bits that were missing in some set: 1 = 1/1, 2 = 1/4, 4 = 1/5, 8 = 1/9 */
    const struct mr_episode *episodes; /* in the order in which they were seen; borrowed */
    size_t episode_count;
};

/* Which way a record type went. */
enum mr_fate {
    MR_FATE_REDUCED,      /* feeds at least one wanted table */
    MR_FATE_STRUCTURAL,   /* 1/11, 1/12, 1/13 where no wanted table shows them */
    MR_FATE_NOT_SELECTED, /* layout known, but no wanted table takes it */
    MR_FATE_UNKNOWN       /* no layout known */
};

size_t mr_engine_system_count(const struct mr_engine *engine);

/* Borrowed until the next call on the engine. */
void mr_engine_system_account(const struct mr_engine *engine, size_t index, struct mr_system_account *account);

/* Counts of all records given to the engine. */
const struct mr_census *mr_engine_census(const struct mr_engine *engine);

enum mr_fate mr_engine_fate(const struct mr_engine *engine, unsigned domain, unsigned number);

/* Rows of a plan by quality; borrowed until close. */
const uint64_t *mr_plan_quality_rows(const struct mr_plan *plan);

#endif

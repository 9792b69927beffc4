/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_CENSUS_H
#define MR_DOMAINS_CENSUS_H

/* What is in a file, without reducing it: count and bytes by domain and record, time range, ends of interval. */
#include "reader/record.h"
#include "schema/schema.h"

struct mr_census_cell {
    uint64_t count, bytes;
    uint32_t shortest, longest; /* record lengths */
};

/* Records that the table of cells has no place for, by the domain and number of their headers. */
struct mr_census_foreign {
    uint16_t domain, number;
    struct mr_census_cell cell;
};

#define MR_CENSUS_FOREIGN_MAX 256 /* kinds; all others are counted in the cell of MR_DOMAIN_FOREIGN, 0 */

struct mr_census {
    struct mr_census_cell cells[MR_DOMAIN_MAX + 1][MR_NUMBER_MAX + 1];
    struct mr_census_foreign foreign[MR_CENSUS_FOREIGN_MAX]; /* in order of domain and number */
    size_t foreign_count;
    uint64_t records, bytes;
    uint64_t first_tod, last_tod; /* earliest and latest; 0 where there was no record */
    uint64_t sample_ends;         /* 1/11 of sample data, or of unknown kind */
    uint64_t event_ends;          /* 1/11 of event data */
    uint64_t configurations;      /* 1/1 */
};

/* Count one record.  *census begins zeroed. */
void mr_census_record(struct mr_census *census, const struct mr_record *record);

/* Add what another census has counted, of other records. */
void mr_census_join(struct mr_census *census, const struct mr_census *other);

#endif

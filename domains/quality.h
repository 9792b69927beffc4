/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_QUALITY_H
#define MR_DOMAINS_QUALITY_H

/* How far the differences of a row can be trusted (design, sections 4 and 10); the worst part decides. */
enum mr_quality {
    MR_QUALITY_OK,
    MR_QUALITY_BEGUN, /* since the entity began, within the interval */
    MR_QUALITY_GAP,
    MR_QUALITY_FIRST,
    MR_QUALITY_RESET,
    MR_QUALITY_PARTIAL,
    MR_QUALITIES /* number of them */
};

const char *mr_quality_word(enum mr_quality quality);

#endif

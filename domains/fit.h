/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_FIT_H
#define MR_DOMAINS_FIT_H

/*
 * Where the fields of a layout that was worked out stand in fact.  Tested fields that lie side by side are an anchor.
 * Each record says of an anchor, for every shift that is tried, whether its fields can be what they are taken for.  The
 * place of an anchor is chosen once for all records of a system that are equally long, from the first record that
 * shows it to be where the layout has it, or from several that agree on another shift.
 */
#include <stdbool.h>
#include <stdint.h>

#define MR_FIT_ANCHORS 4       /* of one record */
#define MR_FIT_SHIFTS 18       /* that are tried; the last one is suggested by the length of the records */
#define MR_FIT_BY_LENGTH (MR_FIT_SHIFTS - 1)
#define MR_FIT_BY_LENGTH_MAX 512
#define MR_FIT_UNKNOWN (-1)

enum mr_finding {
    MR_FINDING_NOTHING, /* blanks and zeros: could stand anywhere */
    MR_FINDING_GOOD,
    MR_FINDING_BEST, /* good, and it can hardly be by chance */
    MR_FINDING_BAD
};

/* An anchor of one system and record length.  All zero but chosen = MR_FIT_UNKNOWN: nothing is known. */
struct mr_anchor_fit {
    uint32_t good[MR_FIT_SHIFTS], bad[MR_FIT_SHIFTS]; /* what spoke for and against each shift: a record counts twice,
                                                         once where it is good and not the best */
    int chosen;            /* index of the shift, or MR_FIT_UNKNOWN */
    uint32_t kept, broken; /* records for and against it since then; halved now and then */
    bool fell;             /* a choice has been given up before: the next one takes more */
};

/* A system's records of one kind and length. */
struct mr_feed;
struct mr_fit {
    uint8_t domain;
    uint16_t number, length;
    int by_length; /* the shift that the length suggests; 0: none */
    uint32_t records;
    struct mr_anchor_fit anchors[MR_FIT_ANCHORS];
    struct mr_feed *const *feeds; /* how an ordinary record is read; NULL: to be worked out.  Not saved */
};

void mr_fit_begin(struct mr_fit *fit, unsigned domain, unsigned number, uint32_t length, unsigned layout_length);

/* The shift of an index, in bytes. */
int mr_fit_shift(const struct mr_fit *fit, int index);

/* Is the index a shift to be tried?  The last one may be none. */
bool mr_fit_tried(const struct mr_fit *fit, int index);

/*
 * One more record of an anchor whose place is not known.  preferred: index of the shift that is believed first;
 * elsewhere: tests like these tell a place by themselves, so that another shift can be believed, too.
 */
void mr_fit_vote(struct mr_anchor_fit *anchor, const enum mr_finding findings[MR_FIT_SHIFTS], int preferred,
                 bool elsewhere);

/* One more record of an anchor whose place is known.  Returns false where most were against: it is given up. */
bool mr_fit_keep(struct mr_anchor_fit *anchor, enum mr_finding finding);

/* Nothing is known any more. */
void mr_fit_give_up(struct mr_anchor_fit *anchor);

#endif

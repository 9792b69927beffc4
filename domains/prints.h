/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_PRINTS_H
#define MR_DOMAINS_PRINTS_H

/*
 * Fingerprints of records that have been used: numbers of 64 bits, one over type and clock value of a record, one over
 * its content too.  Two records with the same second number are the same data.  Beyond MR_PRINTS_MAX numbers the older half is forgotten.
 */
#include "base/status.h"
#include "reader/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MR_PRINTS_MAX (1u << 22)

/* A set of numbers above 0: open addressing, at most half full. */
struct mr_print_set {
    uint64_t *slots;
    size_t room, count;
};

struct mr_prints {
    struct mr_print_set recent, older;
};

/* The numbers of a record, never 0.  The same on every machine. */
uint64_t mr_print_of_time(const struct mr_record *record);
uint64_t mr_print_of(const struct mr_record *record);

bool mr_prints_have(const struct mr_prints *prints, uint64_t print);

/* MR_OK or MR_FATAL (memory). */
int mr_prints_add(struct mr_prints *prints, uint64_t print) MR_CHECK;

/* How many there are, and each of them. */
size_t mr_prints_count(const struct mr_prints *prints);
void mr_prints_each(const struct mr_prints *prints, void (*use)(void *context, uint64_t print), void *context);

void mr_prints_free(struct mr_prints *prints);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_READER_RECORD_H
#define MR_READER_RECORD_H

/*
 * The record header, MRRECHDR, 20 bytes in front of every monitor record:
 *
 *    0        2        4    5    6        8                       16       20
 *   +--------+--------+----+----+--------+-----------------------+--------+------
 *   | length | zero   | dm | -- | number | TOD clock             | -----  | fields
 *   +--------+--------+----+----+--------+-----------------------+--------+------
 *
 * length counts from byte 0, the header included.  Bytes 5 and 16-19 carry no promise.
 */
#include "base/bytes.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MR_HEADER_BYTES 20
#define MR_RECORD_MAX 8188   /* longest record that any form of the data may hold */
#define MR_DOMAIN_MAX 15     /* largest domain number that is believed */
#define MR_NUMBER_MAX 255    /* largest record number that is believed */
#define MR_DOMAIN_CP_MAX 11  /* largest domain number that CP itself uses; others are a vendor's */
#define MR_DOMAIN_FOREIGN 15 /* with number 0: a record that the tables by domain and number have no place for */

/* A record as the reader hands it out. */
struct mr_record {
    const uint8_t *data; /* the record, header included; borrowed */
    uint32_t length;     /* bytes at data, 20..MR_RECORD_MAX */
    uint16_t domain;     /* 0..MR_DOMAIN_MAX: safe as an index */
    uint16_t number;     /* 0..MR_NUMBER_MAX; 0 only with MR_DOMAIN_FOREIGN */
    uint16_t header_domain; /* as the header has them; see mr_own_domain() */
    uint16_t header_number;
    uint64_t tod;        /* TOD clock of the header, all 64 bits; of a foreign record perhaps that of its neighbour */
    uint64_t offset;     /* of the record in the uncompressed input */
    char kind;           /* 'S' sample or 'E' event, from the control entry; 0 where the form has none */
    bool after_damage;   /* something was skipped between the record before and this one */
};

/*
 * mr_record_header - check a header and take it apart.
 *   data, room  the bytes that are there, room may be more than the record
 * Believable (format, section 3.1): length 20..room and not above MR_RECORD_MAX, bytes 2-3 zero, domain not above 15,
 * number 1..255, TOD not before 1985.  Fills data, length, domain, number (both pairs) and tod of *record.
 * Returns MR_OK or MR_FAILED.
 */
int mr_record_header(const uint8_t *data, size_t room, struct mr_record *record) MR_CHECK;

/*
 * mr_record_foreign - the same for a record of a domain that CP does not use: any record number, any time.
 * That is little to go by, so it is for the caller to see that its length leads to where another record begins.
 */
int mr_record_foreign(const uint8_t *data, size_t room, struct mr_record *record) MR_CHECK;

/* What the header says, of any record. */
static inline uint16_t mr_own_domain(const struct mr_record *record)
{
    return record->number != 0 ? record->domain : record->header_domain;
}

static inline uint16_t mr_own_number(const struct mr_record *record)
{
    return record->number != 0 ? record->number : record->header_number;
}

/* A record of a domain that CP does not use: it tells nothing of systems, samples and times. */
static inline bool mr_is_foreign(const struct mr_record *record)
{
    return record->domain > MR_DOMAIN_CP_MAX;
}

#endif

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

/* A record as the reader hands it out. */
struct mr_record {
    const uint8_t *data; /* the record, header included; borrowed */
    uint32_t length;     /* bytes at data, 20..MR_RECORD_MAX */
    uint16_t domain;
    uint16_t number;
    uint64_t tod;        /* TOD clock of the header, all 64 bits */
    uint64_t offset;     /* of the record in the uncompressed input */
    char kind;           /* 'S' sample or 'E' event, from the control entry; 0 where the form has none */
    bool after_damage;   /* something was skipped between the record before and this one */
};

/*
 * mr_record_header - check a header and take it apart.
 *   data, room  the bytes that are there, room may be more than the record
 * Believable (format, section 3.1): length 20..room and not above MR_RECORD_MAX, bytes 2-3 zero, domain not above 15,
 * number 1..255, TOD not before 1985.  Fills data, length, domain, number and tod of *record.
 * Returns MR_OK or MR_FAILED.
 */
int mr_record_header(const uint8_t *data, size_t room, struct mr_record *record) MR_CHECK;

#endif

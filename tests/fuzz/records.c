/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any records through the whole engine: intervals, sessions, differences, holds, joins, formulas.  The input is records
 * one behind the other; what the reader would refuse in a header is made to fit, so that no byte is lost to framing.
 *
 *   byte 2 of a record   X'80': an input ends here and another one begins;  of the first one also the options
 *   byte 5               'E', 'S' or nothing, as the control entry would say
 */
#include "base/bytes.h"
#include "domains/engine.h"
#include "reader/record.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define NEW_INPUT 0x80
#define FIRST_BELIEVED 0x9D

static struct mr_engine *open_engine(struct mr_log *log, unsigned choice)
{
    static const int64_t from = INT64_C(1741942800000000), to = INT64_C(1741943100000000); /* 2025-03-14 09:00, 09:05 */
    const struct mr_engine_options options = {.schema = mr_schema_builtin(),
                                              .row = fuzz_row,
                                              .log = log,
                                              .chp_sel = (choice & 1) != 0,
                                              .readings = (choice & 2) != 0,
                                              .from = (choice & 4) != 0 ? &from : NULL,
                                              .to = (choice & 8) != 0 ? &to : NULL,
                                              .local_limits = (choice & 16) != 0};
    struct mr_engine *engine;

    fuzz_check(mr_engine_open(&engine, &options) == MR_OK);
    return engine;
}

/* The next record of the input, in memory of its own so that reading beyond it shows.  Returns the bytes taken. */
static size_t next_record(const uint8_t *data, size_t left, uint8_t *bytes, struct mr_record *record, bool *again)
{
    size_t length;

    if (left < MR_HEADER_BYTES)
        return 0;
    length = mr_be16(data) % (MR_RECORD_MAX + 1);
    if (length < MR_HEADER_BYTES)
        length = MR_HEADER_BYTES;
    if (length > left)
        length = left;
    memcpy(bytes, data, length);
    mr_put_be16(bytes, (uint16_t)length);
    mr_put_be16(bytes + 2, 0);
    bytes[4] %= MR_DOMAIN_MAX + 1;
    bytes[6] = 0;
    if (bytes[7] == 0)
        bytes[7] = 1;
    if (bytes[8] < FIRST_BELIEVED)
        bytes[8] |= 0xC0;
    *again = (data[2] & NEW_INPUT) != 0;
    if (mr_record_header(bytes, length, record) != MR_OK)
        return 0;
    record->kind = data[5] == 'S' || data[5] == 'E' ? (char)data[5] : 0;
    return length;
}

/* A copy of exactly the record's length: what lies behind it is not to be read. */
static int give(struct mr_engine *engine, struct mr_record *record)
{
    uint8_t *exact = malloc(record->length);
    int status;

    fuzz_check(exact != NULL);
    memcpy(exact, record->data, record->length);
    record->data = exact;
    status = mr_engine_record(engine, record);
    memset(exact, 0xA5, record->length); /* what is held must be a copy */
    free(exact);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[MR_RECORD_MAX];
    struct mr_log log = fuzz_log();
    struct mr_engine *engine = open_engine(&log, size > 2 ? data[2] : 0);
    struct mr_record record = {0};
    size_t at = 0, taken;
    bool again;
    int status = MR_OK;

    mr_engine_begin_input(engine, "one");
    while (status == MR_OK && (taken = next_record(data + at, size - at, bytes, &record, &again)) > 0) {
        record.offset = at;
        if (again && at > 0) {
            status = mr_engine_end_input(engine);
            mr_engine_begin_input(engine, "another");
        }
        if (status == MR_OK)
            status = give(engine, &record);
        at += taken;
    }
    if (status == MR_OK)
        status = mr_engine_end_input(engine);
    if (status == MR_OK)
        status = mr_engine_finish(engine);
    fuzz_check(status == MR_OK); /* data is never a reason to stop */
    mr_engine_close(engine);
    return 0;
}

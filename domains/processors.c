/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processors that samples tell of but no configuration: VMX processing, section 2.  The analyzers that sites know end
 * their run there; here it is said once for each processor, and its rows are as good as any.
 */
#include "domains/system.h"

#include <stdlib.h>

#define ADDRESSES 65536u

static bool address_of(const struct mr_layout *layout, int field, const struct mr_record *record, unsigned *address)
{
    const struct mr_part part = {record->data, record->length, 0, false};
    uint64_t value;

    if (field == MR_NO_INDEX || mr_decode_number(layout, field, &part, &value) != MR_OK || value >= ADDRESSES)
        return false;
    *address = (unsigned)value;
    return true;
}

static int mark(struct mr_engine *engine, struct mr_system *system, unsigned address)
{
    if (system->processors == NULL)
        system->processors = calloc(ADDRESSES / 8, 1);
    if (system->processors == NULL) {
        mr_report(engine->options.log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "%s", "");
        return MR_FATAL;
    }
    system->processors[address / 8] |= (uint8_t)(1u << address % 8);
    return MR_OK;
}

int mr_processors_record(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record)
{
    const struct mr_engine_fields *f = &engine->fields;
    struct mr_place place = {engine->input, record->offset, record->domain, record->number, 0};
    unsigned address;

    if (record->domain == 1 && record->number == 5)
        return address_of(f->processor, f->processor_address, record, &address) ? mark(engine, system, address) : MR_OK;
    if (record->domain == 5 && record->number == 1)
        return address_of(f->vary, f->vary_address, record, &address) ? mark(engine, system, address) : MR_OK;
    /* Without any 1/5 it has been said already that they are missing. */
    if (record->domain != 0 || record->number != 2 || system->processors == NULL ||
        !address_of(f->use, f->use_address, record, &address) ||
        (system->processors[address / 8] >> address % 8 & 1u) != 0)
        return MR_OK;
    mr_report(engine->log, MR_MSG_PROCESSOR_UNKNOWN, &place, "%s: processor %u", system->identity.sysid,
              address);
    return mark(engine, system, address);
}

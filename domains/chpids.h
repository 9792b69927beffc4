/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_CHPIDS_H
#define MR_DOMAINS_CHPIDS_H

/*
 * The CHPID array of a system: how many devices each channel path has.  Devices come with 1/6, one record each, and
 * change with 6/1 (vary on) and 6/2 (vary off, which names the device only); so the paths of each device are
 * remembered.  A path with no device is an orphan (VMX processing, section 7).
 */
#include "base/status.h"
#include "domains/entity.h"
#include "reader/record.h"
#include "schema/schema.h"

#define MR_CHPIDS 256

struct mr_chpids {
    uint32_t devices[MR_CHPIDS];
    struct mr_entity_map known; /* the paths of each device, by subchannel and device number */
    bool any;                   /* a device has come since the last configuration set began */
    bool stale;                 /* a new configuration set has begun: its first device clears the array */
};

/* Where the records tell of paths; made once from the schema. */
struct mr_chpid_fields {
    struct {
        const struct mr_layout *layout;
        int subchannel, device, mask, paths; /* indexes in the layout or MR_NO_INDEX */
    } records[3];                            /* 1/6, 6/1, 6/2 */
};

void mr_chpids_fields(struct mr_chpid_fields *fields, const struct mr_schema *schema);

/* Take what a record tells; records of other types are passed over.  MR_OK or MR_FATAL (memory). */
int mr_chpids_record(struct mr_chpids *chpids, const struct mr_chpid_fields *fields, const struct mr_record *record)
    MR_CHECK;

/* A device as it was saved: its key and what was kept of it (record of its entity; length 0: nothing).  As above. */
int mr_chpids_restore(struct mr_chpids *chpids, const uint8_t *key, size_t key_length, const uint8_t *kept,
                      size_t length) MR_CHECK;

/* A configuration set begins: its device records replace what is known, if it has any. */
void mr_chpids_renew(struct mr_chpids *chpids);

/* Free everything; the array is empty again. */
void mr_chpids_clear(struct mr_chpids *chpids);

#endif

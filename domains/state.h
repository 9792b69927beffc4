/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_STATE_H
#define MR_DOMAINS_STATE_H

/* Sections of a saved state (domains/recall.h).  Private to state.c and state_tables.c. */
#include "domains/pack.h"
#include "domains/system.h"

enum mr_section_kind { MR_SECTION_SYSTEM = 1, MR_SECTION_READINGS, MR_SECTION_DISTINCT, MR_SECTION_HELD, MR_SECTION_FITS };

#define MR_SECTION_NAME_MAX 320

/* A section being read. */
struct mr_section {
    unsigned kind;
    char name[MR_SECTION_NAME_MAX];
    uint64_t digest;
    struct mr_unpack content;
};

/* Begin a section; returns the mark for mr_pack_length() behind its content. */
size_t mr_section_begin(struct mr_pack *sections, enum mr_section_kind kind, const char *name, uint64_t digest);

/* A digest of places: not a secret, but different for different layouts. */
#define MR_DIGEST_START UINT64_C(14695981039346656037)
uint64_t mr_digest_add(uint64_t digest, const void *bytes, size_t size);
uint64_t mr_digest_number(uint64_t digest, uint64_t number);

/*
 * A section of tables (all kinds but the system's) into the engine.  since NULL: all of it; else what was heard of since
 * then, and everything else stays.  MR_OK, also where no table of the engine wants it; MR_FAILED; MR_FATAL.
 */
int mr_state_take_tables(struct mr_engine *engine, struct mr_system *system, struct mr_section *section,
                         const uint64_t *since) MR_CHECK;

/* Before an overlay: nothing waits, and intervals have other numbers. */
void mr_state_prepare_tables(struct mr_engine *engine, struct mr_system *system, int64_t ahead);

#endif

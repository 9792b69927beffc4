/* SPDX-License-Identifier: Apache-2.0 */
/* What a system carries from one run to the next, but for its tables: to bytes and back. */
#include "domains/state.h"

#include "base/grow.h"
#include "reader/tod.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROCESSOR_BYTES 8192u /* a bit for each address (processors.c) */
#define CHPID_RECORD_MAX 64u
#define PRINTS_DOMAIN 255u
#define SYSTEM_FORM 2u /* of the section that tells of the system itself */
#define STRETCHES_MAX 1000000u

size_t mr_section_begin(struct mr_pack *sections, enum mr_section_kind kind, const char *name, uint64_t digest)
{
    mr_pack_u8(sections, kind);
    mr_pack_text(sections, name);
    mr_pack_u64(sections, digest);
    return mr_pack_mark(sections);
}

/* FNV-1a. */
uint64_t mr_digest_add(uint64_t digest, const void *bytes, size_t size)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < size; i++)
        digest = (digest ^ p[i]) * UINT64_C(1099511628211);
    return digest;
}

uint64_t mr_digest_number(uint64_t digest, uint64_t number)
{
    uint8_t bytes[8];

    mr_put_be64(bytes, number);
    return mr_digest_add(digest, bytes, sizeof bytes);
}

static void save_chpids(const struct mr_chpids *chpids, struct mr_pack *out)
{
    mr_pack_u8(out, (chpids->any ? 1u : 0u) | (chpids->stale ? 2u : 0u));
    mr_pack_u32(out, (uint32_t)chpids->known.count);
    for (const struct mr_entity *e = chpids->known.first; e != NULL; e = e->after) {
        mr_pack_u16(out, e->key_length);
        mr_pack_bytes(out, e->key, e->key_length);
        mr_pack_u16(out, e->record == NULL ? 0 : e->record_length);
        mr_pack_bytes(out, e->record, e->record == NULL ? 0 : e->record_length);
    }
}

void mr_state_save_system(const struct mr_system *system, struct mr_pack *sections)
{
    size_t mark = mr_section_begin(sections, MR_SECTION_SYSTEM, "", SYSTEM_FORM);
    unsigned flags = (system->configured ? 1u : 0u) | (system->in_sample ? 4u : 0u) | (system->domain0 ? 8u : 0u) |
                     (system->pace.confirmed ? 16u : 0u) | (system->identity.zone_known ? 32u : 0u) |
                     (system->chpids_missed ? 64u : 0u) | (system->processors != NULL ? 128u : 0u);

    mr_pack_u8(sections, flags);
    mr_pack_u8(sections, system->phase);
    mr_pack_u8(sections, system->have);
    mr_pack_u8(sections, (unsigned)system->form);
    mr_pack_u32(sections, (uint32_t)system->identity.zone_seconds);
    mr_pack_u32(sections, system->interval);
    mr_pack_u32(sections, system->previous);
    mr_pack_u32(sections, system->superseded);
    mr_pack_u32(sections, system->forgotten_at);
    mr_pack_u64(sections, system->ipl_tod);
    mr_pack_u64(sections, system->start_tod);
    mr_pack_u64(sections, system->first_tod);
    mr_pack_u64(sections, system->sample_tod);
    mr_pack_u64(sections, system->last_end_tod);
    mr_pack_u64(sections, system->earlier_end_tod);
    mr_pack_u64(sections, system->last_tod);
    mr_pack_u64(sections, system->suspend_tod);
    mr_pack_u64(sections, system->held_suspend_tod);
    mr_pack_u64(sections, system->nominal);
    mr_pack_u64(sections, system->pace.last);
    mr_pack_u64(sections, system->pace.steady);
    mr_pack_u64(sections, system->pace.before);
    mr_pack_u32(sections, system->pace.alike);
    mr_pack_text(sections, system->identity.cpumodel);
    mr_pack_text(sections, system->account.level);
    if (system->processors != NULL)
        mr_pack_bytes(sections, system->processors, PROCESSOR_BYTES);
    save_chpids(&system->chpids, sections);
    mr_pack_length(sections, mark);
}

void mr_state_save_fits(const struct mr_engine *engine, const struct mr_system *system, struct mr_pack *sections)
{
    size_t mark;

    if (system->fit_count == 0)
        return;
    mark = mr_section_begin(sections, MR_SECTION_FITS, "", mr_checks_digest(engine));
    for (size_t f = 0; f < system->fit_count; f++) {
        const struct mr_fit *fit = &system->fits[f];

        mr_pack_u8(sections, fit->domain);
        mr_pack_u16(sections, fit->number);
        mr_pack_u16(sections, fit->length);
        mr_pack_u16(sections, (uint16_t)fit->by_length);
        mr_pack_u32(sections, fit->records);
        for (unsigned a = 0; a < MR_FIT_ANCHORS; a++) {
            const struct mr_anchor_fit *anchor = &fit->anchors[a];

            mr_pack_u8(sections, (unsigned)(anchor->chosen + 1));
            mr_pack_u8(sections, anchor->fell ? 1 : 0);
            mr_pack_u32(sections, anchor->kept);
            mr_pack_u32(sections, anchor->broken);
            for (unsigned i = 0; i < MR_FIT_SHIFTS; i++) {
                mr_pack_u32(sections, anchor->good[i]);
                mr_pack_u32(sections, anchor->bad[i]);
            }
        }
    }
    mr_pack_length(sections, mark);
}

/* A fit as it was saved; false where it cannot be one. */
static bool load_fit(struct mr_fit *fit, struct mr_unpack *in)
{
    *fit = (struct mr_fit){.domain = (uint8_t)mr_unpack_u8(in)};
    fit->number = (uint16_t)mr_unpack_u16(in);
    fit->length = (uint16_t)mr_unpack_u16(in);
    fit->by_length = (int16_t)mr_unpack_u16(in);
    fit->records = mr_unpack_u32(in);
    for (unsigned a = 0; a < MR_FIT_ANCHORS; a++) {
        struct mr_anchor_fit *anchor = &fit->anchors[a];

        anchor->chosen = (int)mr_unpack_u8(in) - 1;
        anchor->fell = mr_unpack_u8(in) != 0;
        anchor->kept = mr_unpack_u32(in);
        anchor->broken = mr_unpack_u32(in);
        for (unsigned i = 0; i < MR_FIT_SHIFTS; i++) {
            anchor->good[i] = mr_unpack_u32(in);
            anchor->bad[i] = mr_unpack_u32(in);
        }
        if (anchor->chosen >= MR_FIT_SHIFTS)
            return false;
    }
    return !in->failed && fit->domain <= MR_DOMAIN_MAX && fit->number <= MR_NUMBER_MAX && fit->by_length >= -MR_FIT_BY_LENGTH_MAX && fit->by_length <= MR_FIT_BY_LENGTH_MAX;
}

static int load_fits(struct mr_system *system, struct mr_unpack *in)
{
    system->fit_count = 0;
    while (in->left > 0) {
        struct mr_fit fit;

        if (!load_fit(&fit, in) || system->fit_count >= MR_FITS_MAX)
            return MR_FAILED;
        if (mr_grow(&system->fits, &system->fit_room, system->fit_count + 1, sizeof *system->fits, MR_FITS_MAX) !=
            MR_OK)
            return MR_FATAL;
        system->fits[system->fit_count++] = fit;
    }
    return MR_OK;
}

static int load_chpids(struct mr_chpids *chpids, struct mr_unpack *in)
{
    unsigned flags = mr_unpack_u8(in);
    uint32_t count = mr_unpack_u32(in);

    mr_chpids_clear(chpids);
    chpids->any = (flags & 1u) != 0;
    chpids->stale = (flags & 2u) != 0;
    for (uint32_t i = 0; i < count && !in->failed; i++) {
        unsigned key_length = mr_unpack_u16(in), length;
        const uint8_t *key = mr_unpack_bytes(in, key_length), *record;

        length = mr_unpack_u16(in);
        record = mr_unpack_bytes(in, length);
        if (in->failed || key == NULL || key_length > MR_KEY_BYTES_MAX || length > CHPID_RECORD_MAX)
            return MR_FAILED;
        if (mr_chpids_restore(chpids, key, key_length, record, length) != MR_OK)
            return MR_FATAL;
    }
    return in->failed ? MR_FAILED : MR_OK;
}

static int load_processors(struct mr_system *system, struct mr_unpack *in)
{
    const uint8_t *bits = mr_unpack_bytes(in, PROCESSOR_BYTES);

    if (bits == NULL)
        return MR_FAILED;
    free(system->processors);
    system->processors = malloc(PROCESSOR_BYTES);
    if (system->processors == NULL)
        return MR_FATAL;
    memcpy(system->processors, bits, PROCESSOR_BYTES);
    return MR_OK;
}

static int load_system(struct mr_system *system, struct mr_unpack *in)
{
    unsigned flags = mr_unpack_u8(in), phase = mr_unpack_u8(in);
    char cpumodel[sizeof system->identity.cpumodel], level[sizeof system->account.level];
    int status = MR_OK;

    system->configured = (flags & 1u) != 0;
    system->in_sample = (flags & 4u) != 0;
    system->domain0 = (flags & 8u) != 0;
    system->pace.confirmed = (flags & 16u) != 0;
    system->identity.zone_known = (flags & 32u) != 0;
    system->chpids_missed = (flags & 64u) != 0;
    system->phase = phase == MR_PHASE_RUN ? MR_PHASE_RUN : MR_PHASE_INIT;
    system->have = mr_unpack_u8(in) & MR_HAVE_ALL;
    system->form = (int)mr_unpack_u8(in);
    system->identity.zone_seconds = (int32_t)mr_unpack_u32(in);
    system->interval = mr_unpack_u32(in);
    system->previous = mr_unpack_u32(in);
    system->superseded = mr_unpack_u32(in);
    system->forgotten_at = mr_unpack_u32(in);
    system->ipl_tod = mr_unpack_u64(in);
    system->start_tod = mr_unpack_u64(in);
    system->first_tod = mr_unpack_u64(in);
    system->sample_tod = mr_unpack_u64(in);
    system->last_end_tod = mr_unpack_u64(in);
    system->earlier_end_tod = mr_unpack_u64(in);
    system->last_tod = mr_unpack_u64(in);
    system->suspend_tod = mr_unpack_u64(in);
    system->held_suspend_tod = mr_unpack_u64(in);
    system->nominal = mr_unpack_u64(in);
    system->pace.last = mr_unpack_u64(in);
    system->pace.steady = mr_unpack_u64(in);
    system->pace.before = mr_unpack_u64(in);
    system->pace.alike = mr_unpack_u32(in);
    mr_unpack_text(in, cpumodel, sizeof cpumodel);
    mr_unpack_text(in, level, sizeof level);
    if ((flags & 128u) != 0 && !in->failed)
        status = load_processors(system, in);
    if (status == MR_OK)
        status = load_chpids(&system->chpids, in);
    if (status != MR_OK)
        return status;
    if (in->failed || in->left > 0 || phase > MR_PHASE_RUN || system->form > 2 ||
        system->identity.zone_seconds <= -86400 || system->identity.zone_seconds >= 86400)
        return MR_FAILED;
    memcpy(system->identity.cpumodel, cpumodel, sizeof cpumodel);
    if (system->account.level[0] == '\0')
        memcpy(system->account.level, level, sizeof level);
    return MR_OK;
}

static void next_section(struct mr_unpack *in, struct mr_section *section)
{
    section->kind = mr_unpack_u8(in);
    mr_unpack_text(in, section->name, sizeof section->name);
    section->digest = mr_unpack_u64(in);
    section->content = mr_unpack_part(in);
}

/* since NULL: the tables are those of the state; else of what has come since. */
static int take_sections(struct mr_engine *engine, struct mr_system *system, struct mr_unpack *in, const uint64_t *since)
{
    struct mr_section section;
    int status = MR_OK;

    while (in->left > 0 && status == MR_OK) {
        next_section(in, &section);
        if (in->failed)
            return MR_FAILED;
        if (section.kind == MR_SECTION_SYSTEM && section.digest != SYSTEM_FORM)
            mr_report(engine->options.log, MR_MSG_STATE_OUTDATED, MR_NOWHERE, "%s", system->identity.sysid);
        else if (section.kind == MR_SECTION_SYSTEM)
            status = load_system(system, &section.content);
        else if (section.kind == MR_SECTION_FITS)
            status = section.digest == mr_checks_digest(engine) ? load_fits(system, &section.content) : MR_OK;
        else
            status = mr_state_take_tables(engine, system, &section, since);
    }
    return status;
}

int mr_state_load(struct mr_engine *engine, struct mr_system *system, struct mr_unpack *in)
{
    return take_sections(engine, system, in, NULL);
}

int mr_state_overlay(struct mr_engine *engine, struct mr_system *system, struct mr_unpack *in, uint64_t since,
                     int64_t ahead)
{
    mr_state_prepare_tables(engine, system, ahead);
    return take_sections(engine, system, in, &since);
}

static void save_print(void *context, uint64_t print)
{
    mr_pack_u64(context, print);
}

/* Behind the stretches, under a domain that does not exist. */
static void save_prints(const struct mr_prints *prints, struct mr_pack *out)
{
    mr_pack_u8(out, PRINTS_DOMAIN);
    mr_pack_u8(out, 0);
    mr_pack_u32(out, (uint32_t)mr_prints_count(prints));
    mr_prints_each(prints, save_print, out);
}

static int load_prints(struct mr_prints *prints, uint32_t count, struct mr_unpack *in)
{
    for (; count > 0; count--) {
        uint64_t print = mr_unpack_u64(in);

        if (in->failed || print == 0)
            return MR_FAILED;
        if (mr_prints_add(prints, print) != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

void mr_state_save_coverage(const struct mr_coverage *coverage, struct mr_pack *out)
{
    for (unsigned d = 0; d <= MR_DOMAIN_MAX; d++) {
        for (unsigned n = 0; n <= MR_NUMBER_MAX; n++) {
            const struct mr_covered_type *type = coverage->types[d][n];

            if (type == NULL || type->count == 0)
                continue;
            mr_pack_u8(out, d);
            mr_pack_u8(out, n);
            mr_pack_u32(out, (uint32_t)type->count);
            for (size_t i = 0; i < type->count; i++) {
                mr_pack_u64(out, type->past[i].first);
                mr_pack_u64(out, type->past[i].last);
            }
        }
    }
    save_prints(&coverage->prints, out);
}

int mr_state_load_coverage(struct mr_coverage *coverage, struct mr_unpack *in, uint64_t from)
{
    bool prints = in->left == 0;

    while (in->left > 0) {
        unsigned domain = mr_unpack_u8(in), number = mr_unpack_u8(in);
        uint32_t count = mr_unpack_u32(in);

        if (domain == PRINTS_DOMAIN && !in->failed) {
            int status = load_prints(&coverage->prints, count, in);

            prints = true;
            if (status != MR_OK)
                return status;
            continue;
        }
        if (in->failed || domain > MR_DOMAIN_MAX || count > STRETCHES_MAX)
            return MR_FAILED;
        while (count-- > 0) {
            struct mr_stretch stretch = {.first = mr_unpack_u64(in)};

            stretch.last = mr_unpack_u64(in);
            if (in->failed || mr_tod_difference(stretch.last, stretch.first) < 0)
                return MR_FAILED;
            if (from != 0 && mr_tod_difference(stretch.last, from) < 0)
                continue;
            if (from != 0 && mr_tod_difference(stretch.first, from) < 0)
                stretch.first = from;
            if (mr_coverage_add(coverage, domain, number, stretch) != MR_OK)
                return MR_FATAL;
        }
    }
    /* An older program knew times only. */
    coverage->blind |= !prints;
    return in->failed ? MR_FAILED : MR_OK;
}

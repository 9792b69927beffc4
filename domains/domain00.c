/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain 0, partitions and channel paths.  The layout of the processor entries of 0/16 is known by the order of its
 * fields only: they may be packed or aligned, and the length of an entry fits both.  The data decides: a text must be
 * printable, and no processor can be dispatched for longer than the time between two measurements.
 */
#include "domains/system.h"
#include "reader/ebcdic.h"

#include <string.h>

enum { FORM_UNKNOWN, FORM_PACKED, FORM_ALIGNED };

static void report_form(struct mr_engine *engine, struct mr_system *system, const struct mr_record *record, int form,
                        const char *why)
{
    struct mr_place place = {engine->input, record->offset, record->domain, record->number, 0};

    system->form = form;
    mr_report(engine->options.log, MR_MSG_RECORD_FORM, &place, "%s: %s, by its %s", system->identity.sysid,
              form == FORM_ALIGNED ? "aligned" : "packed", why);
}

static bool printable_at(const struct mr_part *entry, unsigned offset, unsigned length)
{
    return offset + length <= entry->length && mr_ebcdic_printable(entry->bytes + offset, length);
}

void mr_d00_choose_form(struct mr_engine *engine, struct mr_system *system, const struct mr_feed *feed,
                        const struct mr_record *record, const struct mr_part *parts)
{
    unsigned packed = 0, aligned = 0;
    struct mr_part entry;

    if (system->form != FORM_UNKNOWN)
        return;
    for (unsigned i = 0; mr_decode_part(feed->layout, feed->entries, i, &parts[0], &entry) == MR_OK; i++) {
        for (size_t s = 0; s < feed->step_count; s++) {
            const struct mr_step *step = &feed->steps[s];
            bool here, there;

            if (step->load != MR_LOAD_TEXT || step->alternate == step->offset || step->region != 1)
                continue;
            here = printable_at(&entry, step->offset, step->length);
            there = printable_at(&entry, step->alternate, step->length);
            packed += here && !there;
            aligned += there && !here;
        }
    }
    if (packed != aligned)
        report_form(engine, system, record, packed > aligned ? FORM_PACKED : FORM_ALIGNED, "text");
}

/*
 * Where no text told: times that fit in one form only decide.  What fits in both (a processor that did not run) tells
 * nothing.  True where the row was read in the wrong form.
 */
bool mr_d00_judge_form(struct mr_engine *engine, struct mr_system *system, const struct mr_observation *o)
{
    if (system->form != FORM_UNKNOWN || o->fits + o->fits_not == 0)
        return false;
    if (o->fits_not == 0 && o->other_fits_not > 0)
        report_form(engine, system, o->record, FORM_PACKED, "times");
    if (o->fits_not == 0 || o->other_fits == 0 || o->other_fits_not > 0)
        return false;
    report_form(engine, system, o->record, FORM_ALIGNED, "times");
    mr_entity_clear(&system->maps[o->feed->number]);
    return true;
}

/*
 * Entries of 0/18 have a flag byte of which only the bit "invalid" is known, by name and not by place: whatever is set,
 * the entry is left out.
 */
bool mr_d00_valid(const struct mr_feed *feed, const struct mr_part *parts)
{
    if (feed->layout->domain != 0 || feed->layout->number != 18)
        return true;
    for (size_t s = 0; s < feed->step_count; s++) {
        const struct mr_step *step = &feed->steps[s];
        const uint8_t *bytes;
        size_t length;

        if (step->field == NULL || strcmp(step->field->name, "SYTCPM_FLAG") != 0)
            continue;
        bytes = mr_decode_bytes(feed, step, parts, &length);
        return bytes == NULL || mr_decode_uint(bytes, length) == 0;
    }
    return true;
}

static void set_text(const struct mr_plan *plan, const char *name, const char *text, struct mr_cell *cells)
{
    unsigned column = mr_plan_column(plan, name);

    if (column != MR_NO_COLUMN && plan->columns[column].type == MR_CELL_TEXT)
        cells[column] = (struct mr_cell){.value.text = text, .size = (uint32_t)strlen(text), .present = 1};
}

/* Physical processors (0/17) stand among the logical ones under a partition name of their own (settled reading 9). */
void mr_d00_physical(const struct mr_feed *feed, struct mr_cell *cells)
{
    unsigned from, to;

    if (feed->layout->domain != 0 || feed->layout->number != 17)
        return;
    set_text(feed->plan, "SYTCUP_LCUPNAME", "PHYSICAL", cells);
    from = mr_plan_column(feed->plan, "SYTCUM_LCUMCPU");
    to = mr_plan_column(feed->plan, "SYTCUP_LCUCPUID");
    if (from != MR_NO_COLUMN && to != MR_NO_COLUMN)
        cells[to] = cells[from];
}

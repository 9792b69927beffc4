/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layouts that were worked out and not published.  What schema/checks.csv trusts is read as it is.  What lies behind is
 * read only between places that are proven: the trusted part stands where the layout has it, and each anchor (tested
 * fields side by side) where its tests pass (domains/fit.h).  Between two of them that are shifted by the same number
 * of bytes nothing was put in or taken out, so all fields there are shifted by as much.  Everything else is blank.
 */
#include "base/grow.h"
#include "domains/state.h"
#include "domains/system.h"
#include "reader/tod.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANK 0x40                                           /* EBCDIC */
#define TEN_YEARS (UINT64_C(3653) * 86400 * 1000000 << 12)   /* in TOD units */
#define SINCE_TIMES 16   /* a clock that ran for so many times the time there was is none: a test of its place */
#define LEAST_CLOCK (UINT64_C(1000) << 12) /* a millisecond: a smaller number can be any */
#define LOOK_RECORDS 4096 /* numbers that so many records did not place are not looked for elsewhere any more */
#define TELL_UNPLACED 64 /* records of which none told where its fields are, before that is said */
#define TELL_PLACED 16   /* records after which the rest of the fields is not waited for */

static bool is_padding(const uint8_t *bytes, size_t length)
{
    for (size_t i = 1; i < length; i++) {
        if (bytes[i] != bytes[0])
            return false;
    }
    return length == 0 || bytes[0] == 0 || bytes[0] == BLANK;
}

static bool is_name_byte(uint8_t byte)
{
    unsigned row = byte >> 4, column = byte & 15;
    bool special = (row >= 4 && row <= 7 && column >= 10) || byte == 0x50 || byte == 0x60 || byte == 0x61 ||
                   byte == 0x79;
    bool letter = row >= 8 && row <= 14 && row != 11 && column >= 1 && column <= 9;
    bool national = byte == 0xA1 || byte == 0xC0 || byte == 0xD0 || byte == 0xE0;

    return special || letter || national || (row == 15 && column <= 9);
}

/*
 * A name as CP keeps it: no blanks before or between, filled up with one kind of byte, and none of the accented letters
 * and signs that clock values and counters look like in EBCDIC.
 */
static enum mr_finding as_name(const uint8_t *bytes, size_t length)
{
    size_t n = 0;

    while (n < length && is_name_byte(bytes[n]))
        n++;
    if (!is_padding(bytes + n, length - n))
        return MR_FINDING_BAD;
    return n == 0 ? MR_FINDING_NOTHING : MR_FINDING_GOOD;
}

/* Zero is no time: it has not happened.  A name looks like a time of these years, but does not end with zeros. */
static enum mr_finding as_past(const uint8_t *bytes, size_t length, uint64_t now)
{
    uint64_t tod = mr_decode_uint(bytes, length);
    bool name = bytes[length - 1] != 0 && as_name(bytes, length) == MR_FINDING_GOOD;

    if (tod == 0)
        return MR_FINDING_NOTHING;
    if (tod > now || now - tod > TEN_YEARS || name)
        return MR_FINDING_BAD;
    return MR_FINDING_GOOD;
}

static enum mr_finding as_since(uint64_t duration, uint64_t began, uint64_t now)
{
    if (duration < LEAST_CLOCK || began == 0 || began > now)
        return MR_FINDING_NOTHING;
    return duration / SINCE_TIMES > now - began ? MR_FINDING_BAD : MR_FINDING_GOOD;
}

static const uint8_t *bytes_at(const struct mr_record *record, const struct mr_field *field, int shift)
{
    long from = (long)field->offset + shift;

    return from >= MR_HEADER_BYTES && from + field->length <= (long)record->length ? record->data + from : NULL;
}

/* The other field of a test, where the anchor of that field is known to be; NULL where it is not. */
static const uint8_t *other_bytes(const struct mr_fit *fit, const struct mr_check_rule *rule,
                                  const struct mr_record *record, int shift)
{
    if (rule->other == NULL)
        return NULL;
    if (rule->other_anchor == MR_FIT_UNKNOWN)
        return bytes_at(record, rule->other, 0);
    if (rule->other_anchor == rule->anchor)
        return bytes_at(record, rule->other, shift);
    if (fit == NULL || fit->anchors[rule->other_anchor].chosen == MR_FIT_UNKNOWN)
        return NULL;
    return bytes_at(record, rule->other, mr_fit_shift(fit, fit->anchors[rule->other_anchor].chosen));
}

static enum mr_finding try_rule(const struct mr_fit *fit, const struct mr_check_rule *rule,
                                const struct mr_record *record, int shift)
{
    const uint8_t *bytes = bytes_at(record, rule->field, shift), *other;
    size_t length = rule->field->length;

    if (bytes == NULL || rule->check->kind == MR_CHECK_PARTS)
        return MR_FINDING_NOTHING;
    if (rule->check->kind == MR_CHECK_PRINTABLE)
        return as_name(bytes, length);
    if (rule->check->kind == MR_CHECK_NOT_LATER)
        return as_past(bytes, length, record->tod);
    other = other_bytes(fit, rule, record, shift);
    if (other == NULL)
        return MR_FINDING_NOTHING;
    if (rule->check->kind == MR_CHECK_SINCE)
        return as_since(mr_decode_uint(bytes, length), mr_decode_uint(other, rule->other->length), record->tod);
    return mr_decode_uint(bytes, length) >= mr_decode_uint(other, rule->other->length) ? MR_FINDING_NOTHING
                                                                                       : MR_FINDING_BAD;
}

/* Parts that make the whole to a thousandth are no chance. */
static bool adds_up(const struct mr_fit *fit, const struct mr_check_rule *rule, const struct mr_record *record,
                    int shift)
{
    const uint8_t *first = bytes_at(record, rule->field, shift);
    const uint8_t *second = rule->second == NULL ? NULL : bytes_at(record, rule->second, shift);
    const uint8_t *other = other_bytes(fit, rule, record, shift);
    uint64_t sum, whole, apart;

    if (first == NULL || second == NULL || other == NULL)
        return false;
    sum = mr_decode_uint(first, rule->field->length) + mr_decode_uint(second, rule->second->length);
    whole = mr_decode_uint(other, rule->other->length);
    apart = sum > whole ? sum - whole : whole - sum;
    return whole >= LEAST_CLOCK && apart <= whole / 1000;
}

/*
 * The tests of the trusted part, or of an anchor: good where none fails and one tells something.  They stand one behind
 * the other.  failed: the rule that fails.
 */
static enum mr_finding try_rules(const struct mr_checked *checked, const struct mr_fit *fit, int anchor,
                                 const struct mr_record *record, int shift, const struct mr_check_rule **failed)
{
    const struct mr_check_rule *rule = checked->rules + checked->first_rule[anchor + 1];
    const struct mr_check_rule *end = checked->rules + checked->first_rule[anchor + 2];
    bool good = false;

    for (; rule < end; rule++) {
        enum mr_finding one = try_rule(fit, rule, record, shift);

        if (one == MR_FINDING_BAD) {
            *failed = rule;
            return one;
        }
        good |= one == MR_FINDING_GOOD;
    }
    return good ? MR_FINDING_GOOD : MR_FINDING_NOTHING;
}

/* The same of an anchor whose place is not known. */
static enum mr_finding try_anchor(const struct mr_checked *checked, const struct mr_fit *fit, unsigned number,
                                  const struct mr_record *record, int shift, const struct mr_check_rule **failed)
{
    const struct mr_anchor *anchor = &checked->anchors[number];
    enum mr_finding finding = try_rules(checked, fit, (int)number, record, shift, failed);
    bool sure = anchor->telling || anchor->summed;

    for (size_t r = checked->first_rule[number + 1]; sure && r < checked->first_rule[number + 2]; r++) {
        if (checked->rules[r].check->kind == MR_CHECK_PARTS)
            sure = adds_up(fit, &checked->rules[r], record, shift);
    }
    return finding == MR_FINDING_GOOD && sure ? MR_FINDING_BEST : finding;
}

/* A shift at which the anchor is not all inside the record cannot be proven. */
static bool inside(const struct mr_anchor *anchor, const struct mr_record *record, int shift)
{
    return shift == 0 ||
           ((long)anchor->from + shift >= MR_HEADER_BYTES && (long)anchor->to + shift <= (long)record->length);
}

/* The anchor nearest before whose place is known; or the trusted part, which has shift number 0. */
static int preferred(const struct mr_fit *fit, unsigned anchor)
{
    for (unsigned a = anchor; a > 0; a--) {
        if (fit->anchors[a - 1].chosen != MR_FIT_UNKNOWN)
            return fit->anchors[a - 1].chosen;
    }
    return 0;
}

/* Has the record the length that the layout and this shift give it? */
static bool is_exact(const struct mr_checked *checked, const struct mr_fit *fit, int shift)
{
    return (int)fit->length == (int)checked->layout->length + shift;
}

/* Where is an anchor?  Returns the rule that fails where no place fits, else NULL. */
static const struct mr_check_rule *look_for(const struct mr_checked *checked, struct mr_fit *fit, unsigned number,
                                            const struct mr_record *record)
{
    const struct mr_anchor *anchor = &checked->anchors[number];
    enum mr_finding findings[MR_FIT_SHIFTS];
    const struct mr_check_rule *failed = NULL, *elsewhere = NULL;
    int likely = preferred(fit, number);
    bool fits = false;

    for (int i = 0; i < MR_FIT_SHIFTS; i++) {
        int shift = mr_fit_shift(fit, i);

        findings[i] = MR_FINDING_NOTHING;
        if (i != likely && !anchor->telling && fit->records > LOOK_RECORDS)
            continue;
        if (mr_fit_tried(fit, i) && inside(anchor, record, shift))
            findings[i] = try_anchor(checked, fit, number, record, shift, i == 0 ? &failed : &elsewhere);
        fits |= findings[i] == MR_FINDING_GOOD || findings[i] == MR_FINDING_BEST;
        /* Numbers that are possible confirm a place that the length of the record speaks for, and no other. */
        if (!anchor->telling && findings[i] == MR_FINDING_GOOD && (i != likely || !is_exact(checked, fit, shift)))
            findings[i] = MR_FINDING_NOTHING;
    }
    mr_fit_vote(&fit->anchors[number], findings, likely, anchor->telling);
    fit->feeds = NULL; /* what was heard may change what can be read */
    return fits || !anchor->telling || fit->anchors[number].chosen != MR_FIT_UNKNOWN ? NULL : failed;
}

/* Most records are against the place of an anchor: it and those behind it are looked for again. */
static void give_up(const struct mr_checked *checked, struct mr_system *system, struct mr_fit *fit, unsigned anchor)
{
    for (unsigned a = anchor; a < checked->anchor_count; a++)
        mr_fit_give_up(&fit->anchors[a]);
    fit->feeds = NULL;
    mr_realign_forget(checked, system);
}

/* How many anchors, from the front, this record bears out; failed: the rule that fails behind them, or NULL. */
static unsigned judge(const struct mr_checked *checked, struct mr_system *system, struct mr_fit *fit,
                      const struct mr_record *record, const struct mr_check_rule **failed)
{
    if (try_rules(checked, fit, MR_FIT_UNKNOWN, record, 0, failed) == MR_FINDING_BAD)
        return 0;
    for (unsigned a = 0; a < checked->anchor_count; a++) {
        struct mr_anchor_fit *anchor = &fit->anchors[a];
        enum mr_finding finding;

        if (anchor->chosen == MR_FIT_UNKNOWN) {
            *failed = look_for(checked, fit, a, record);
            if (*failed != NULL)
                return a;
            continue;
        }
        finding = try_rules(checked, fit, (int)a, record, mr_fit_shift(fit, anchor->chosen), failed);
        if (!mr_fit_keep(anchor, finding))
            give_up(checked, system, fit, a);
        if (finding == MR_FINDING_BAD)
            return a;
    }
    return checked->anchor_count;
}

/* Has no record spoken against the place, and none for another? */
static bool says_nothing(const struct mr_anchor_fit *anchor, int index)
{
    for (int i = 0; i < MR_FIT_SHIFTS; i++) {
        if (i != index && anchor->good[i] > 0)
            return false;
    }
    return anchor->bad[index] == 0 && !anchor->fell;
}

static void add_part(struct mr_stretch_shift *parts, unsigned *count, uint16_t from, uint16_t to, int shift)
{
    if (from < to)
        parts[(*count)++] = (struct mr_stretch_shift){from, to, (int16_t)shift};
}

/*
 * What can be read if the first anchors, sound of them, are where they were found.  Where nothing is known of those
 * behind, and nothing speaks against them, a record that is as long as it should be is believed to its end.
 */
static unsigned read_parts(const struct mr_checked *checked, const struct mr_fit *fit, unsigned sound,
                           struct mr_stretch_shift parts[MR_ALIGNMENT_PARTS])
{
    uint16_t from = checked->trusted, to = checked->trusted;
    bool open = true; /* no test between here and the anchor before has failed */
    unsigned count = 0;
    int shift = 0, index = 0;

    for (unsigned a = 0; a < sound; a++) {
        const struct mr_anchor_fit *anchor = &fit->anchors[a];

        if (anchor->chosen == MR_FIT_UNKNOWN) {
            open &= says_nothing(anchor, index);
            continue;
        }
        if (!open || mr_fit_shift(fit, anchor->chosen) != shift) {
            add_part(parts, &count, from, to, shift);
            from = checked->anchors[a].from;
        }
        index = anchor->chosen;
        shift = mr_fit_shift(fit, index);
        to = checked->anchors[a].to;
        open = true;
    }
    if (sound == checked->anchor_count && open && to > checked->trusted && is_exact(checked, fit, shift))
        to = checked->end;
    add_part(parts, &count, from, to, shift);
    return count;
}

static bool as_in_layout(const struct mr_checked *checked, const struct mr_stretch_shift *parts, unsigned count)
{
    return count == 1 && parts[0].shift == 0 && parts[0].from == checked->trusted &&
           parts[0].to >= checked->end;
}

static struct mr_fit *fit_of(struct mr_system *system, const struct mr_checked *checked, uint32_t length)
{
    const struct mr_layout *layout = checked->layout;

    for (size_t i = 0; i < system->fit_count; i++) {
        struct mr_fit *fit = &system->fits[i];

        if (fit->length == length && fit->number == layout->number && fit->domain == layout->domain)
            return fit;
    }
    if (mr_grow(&system->fits, &system->fit_room, system->fit_count + 1, sizeof *system->fits, MR_FITS_MAX) != MR_OK)
        return NULL;
    mr_fit_begin(&system->fits[system->fit_count], layout->domain, layout->number, length, layout->length);
    return &system->fits[system->fit_count++];
}

static bool first_time(uint32_t *told, size_t bit)
{
    bool first = bit < 32 && (*told & UINT32_C(1) << bit) == 0;

    if (first)
        *told |= UINT32_C(1) << bit;
    return first;
}

static void tell_refused(struct mr_engine *engine, struct mr_system *system, const struct mr_checked *checked,
                         const struct mr_record *record, const struct mr_check_rule *rule)
{
    struct mr_place place = {engine->input, record->offset, record->domain, record->number, 0};

    if (engine->aside == NULL && first_time(&system->refusals_told, checked->number))
        mr_report(engine->log, MR_MSG_DERIVED_CHECK, &place, "%s: first %s at offset %u; trusted up to offset %u",
                  system->identity.sysid, rule->field->name, rule->field->offset, checked->trusted);
}

/* The parts in words, with what is blank between them. */
static void describe(const struct mr_checked *checked, const struct mr_stretch_shift *parts, unsigned count, char *text,
                     size_t size)
{
    unsigned at = checked->trusted;
    size_t used = 0;

    text[0] = '\0';
    for (unsigned p = 0; p < count && used < size; p++) {
        unsigned to = parts[p].to;
        int shift = parts[p].shift;

        if (parts[p].from > at)
            used += (size_t)snprintf(text + used, size - used, ", %u to %d blank", at, parts[p].from - 1);
        if (used >= size)
            return;
        if (shift == 0)
            used += (size_t)snprintf(text + used, size - used, ", %u to %d in place", parts[p].from, (int)to - 1);
        else
            used += (size_t)snprintf(text + used, size - used, ", %u to %d shifted by %+d", parts[p].from,
                                     (int)to - 1, shift);
        at = to;
    }
    if (at < checked->end && used < size)
        snprintf(text + used, size - used, ", from %u on blank", at);
}

/* Once for the records of one length: where their fields are read, or that nothing tells.  finish: this is the end. */
static void tell_place(struct mr_engine *engine, struct mr_system *system, const struct mr_checked *checked,
                       const struct mr_fit *fit, bool finish)
{
    struct mr_stretch_shift parts[MR_ALIGNMENT_PARTS];
    unsigned count, known = 0;
    size_t bit = (size_t)(fit - system->fits);
    char text[300];

    for (unsigned a = 0; a < checked->anchor_count; a++)
        known += fit->anchors[a].chosen != MR_FIT_UNKNOWN;
    if (known == 0 && (finish || fit->records >= TELL_UNPLACED) && fit->anchors[0].bad[0] == 0 &&
        first_time(&system->fits_told[1], bit))
        mr_report(engine->log, MR_MSG_DERIVED_UNPLACED, MR_NOWHERE, "%s, %u/%u of %u bytes: from offset %u on",
                  system->identity.sysid, fit->domain, fit->number, fit->length, checked->trusted);
    if (known == 0 || (known < checked->anchor_count && !finish && fit->records < TELL_PLACED))
        return;
    count = read_parts(checked, fit, checked->anchor_count, parts);
    if (as_in_layout(checked, parts, count) || !first_time(&system->fits_told[0], bit))
        return;
    describe(checked, parts, count, text, sizeof text);
    mr_report(engine->log, MR_MSG_DERIVED_PLACE, MR_NOWHERE, "%s, %u/%u of %u bytes: offsets%s",
              system->identity.sysid, fit->domain, fit->number, fit->length, text + 1);
}

static struct mr_feed *const *feeds_for(struct mr_checked *checked, const struct mr_fit *fit, unsigned sound)
{
    struct mr_stretch_shift parts[MR_ALIGNMENT_PARTS];
    unsigned count = read_parts(checked, fit, sound, parts);

    return as_in_layout(checked, parts, count) ? checked->target->feeds : mr_realign_feeds(checked, parts, count);
}

struct mr_feed *const *mr_checks_feeds(struct mr_engine *engine, struct mr_system *system,
                                       const struct mr_record *record)
{
    struct mr_checked *checked = engine->dispatch[record->domain][record->number].checked;
    struct mr_fit *fit = fit_of(system, checked, record->length);
    const struct mr_check_rule *failed = NULL;
    struct mr_feed *const *feeds;
    unsigned sound;

    if (fit == NULL)
        feeds = mr_realign_feeds(checked, NULL, 0);
    else {
        sound = judge(checked, system, fit, record, &failed);
        if (fit->records < UINT32_MAX)
            fit->records++;
        if (sound == checked->anchor_count && fit->feeds == NULL)
            fit->feeds = feeds_for(checked, fit, sound);
        feeds = sound == checked->anchor_count ? fit->feeds : feeds_for(checked, fit, sound);
        if (fit->records <= TELL_UNPLACED && engine->aside == NULL)
            tell_place(engine, system, checked, fit, false);
        if (failed != NULL)
            tell_refused(engine, system, checked, record, failed);
    }
    if (feeds == NULL)
        mr_report(engine->options.log, MR_MSG_DOMAIN_MEMORY, MR_NOWHERE, "%s", "");
    return feeds;
}

void mr_checks_finish(struct mr_engine *engine, struct mr_system *system)
{
    for (size_t i = 0; i < system->fit_count; i++) {
        const struct mr_fit *fit = &system->fits[i];
        const struct mr_checked *checked = engine->dispatch[fit->domain][fit->number].checked;

        if (checked != NULL)
            tell_place(engine, system, checked, fit, true);
    }
}

static bool is_plain(const struct mr_field *field)
{
    return field->group == MR_NO_INDEX && field->count == 1 && field->length_field == MR_NO_INDEX &&
           field->length >= 1 && field->length <= 8;
}

/* A field that can be tested, by its name or the part of a name before "+". */
static const struct mr_field *field_of(const struct mr_layout *layout, const char *name, size_t length)
{
    for (unsigned f = 0; f < layout->field_count; f++) {
        const struct mr_field *field = &layout->fields[f];

        if (strlen(field->name) == length && strncmp(field->name, name, length) == 0)
            return is_plain(field) ? field : NULL;
    }
    return NULL;
}

/* A rule of the schema, where its field can be tested.  What a site has corrected is no longer a guess. */
static bool take_rule(const struct mr_layout *layout, const struct mr_layout_check *check, struct mr_check_rule *rule)
{
    size_t first = strcspn(check->field, "+");

    *rule = (struct mr_check_rule){.check = check,
                                   .field = field_of(layout, check->field, first),
                                   .other = field_of(layout, check->other, strlen(check->other)),
                                   .anchor = MR_FIT_UNKNOWN,
                                   .other_anchor = MR_FIT_UNKNOWN};
    if (check->field[first] == '+')
        rule->second = field_of(layout, check->field + first + 1, strlen(check->field + first + 1));
    return check->kind != MR_CHECK_TRUSTED && rule->field != NULL && rule->field->confidence == MR_CONF_DERIVED;
}

/* Without a word about it, what comes before the first field that was worked out is trusted. */
static uint16_t trusted_end(const struct mr_schema *schema, const struct mr_layout *layout)
{
    uint16_t end = mr_schema_trusted_end(schema, layout->domain, layout->number);

    if (end != 0)
        return end;
    end = UINT16_MAX;
    for (unsigned f = 0; f < layout->field_count; f++) {
        if (layout->fields[f].confidence == MR_CONF_DERIVED && layout->fields[f].group == MR_NO_INDEX &&
            layout->fields[f].offset < end)
            end = layout->fields[f].offset;
    }
    return end;
}

/* Behind the last field that was worked out. */
static uint16_t last_byte(const struct mr_layout *layout)
{
    unsigned end = 0;

    for (unsigned f = 0; f < layout->field_count; f++) {
        if (layout->fields[f].confidence == MR_CONF_DERIVED && mr_field_end(&layout->fields[f]) > end)
            end = mr_field_end(&layout->fields[f]);
    }
    return (uint16_t)end;
}

static int anchor_at(const struct mr_checked *checked, const struct mr_field *field)
{
    for (unsigned a = 0; field != NULL && a < checked->anchor_count; a++) {
        if (field->offset >= checked->anchors[a].from && field->offset < checked->anchors[a].to)
            return (int)a;
    }
    return MR_FIT_UNKNOWN;
}

/* Rules by offset; those that lie side by side behind the trusted part are one anchor. */
static void find_anchors(struct mr_checked *checked)
{
    for (size_t r = 0; r < checked->rule_count; r++) {
        const struct mr_field *field = checked->rules[r].field;
        struct mr_anchor *last = checked->anchor_count == 0 ? NULL : &checked->anchors[checked->anchor_count - 1];
        uint16_t end = (uint16_t)mr_field_end(field);

        if (field->offset < checked->trusted)
            continue;
        if (last != NULL && (field->offset <= last->to || checked->anchor_count == MR_FIT_ANCHORS))
            last->to = end > last->to ? end : last->to;
        else
            checked->anchors[checked->anchor_count++] = (struct mr_anchor){.from = field->offset, .to = end};
    }
    for (size_t r = 0; r < checked->rule_count; r++) {
        uint8_t kind = checked->rules[r].check->kind;

        checked->rules[r].anchor = anchor_at(checked, checked->rules[r].field);
        if (checked->rules[r].anchor != MR_FIT_UNKNOWN && (kind == MR_CHECK_PRINTABLE || kind == MR_CHECK_NOT_LATER))
            checked->anchors[checked->rules[r].anchor].telling = true;
        if (checked->rules[r].anchor != MR_FIT_UNKNOWN && kind == MR_CHECK_PARTS)
            checked->anchors[checked->rules[r].anchor].summed = true;
        for (int behind = checked->rules[r].anchor + 2; behind <= MR_FIT_ANCHORS + 1; behind++)
            checked->first_rule[behind]++;
        checked->rules[r].other_anchor = anchor_at(checked, checked->rules[r].other);
    }
}

static int by_offset(const void *a, const void *b)
{
    const struct mr_check_rule *x = a, *y = b;

    if (x->field->offset != y->field->offset)
        return x->field->offset < y->field->offset ? -1 : 1;
    return x->check < y->check ? -1 : x->check > y->check;
}

/* The rules of one record; none where a site has corrected all that they look at. */
static int add_checked(struct mr_engine *engine, const struct mr_layout *layout)
{
    const struct mr_schema *schema = engine->options.schema;
    struct mr_dispatch *target = &engine->dispatch[layout->domain][layout->number];
    struct mr_checked *checked = &engine->checked[engine->checked_count];

    *checked = (struct mr_checked){.layout = layout,
                                   .target = target,
                                   .number = (unsigned)engine->checked_count,
                                   .trusted = trusted_end(schema, layout),
                                   .end = last_byte(layout),
                                   .rules = calloc(schema->check_count + 1, sizeof *checked->rules)};
    if (checked->rules == NULL)
        return MR_FATAL;
    for (size_t i = 0; i < schema->check_count; i++) {
        const struct mr_layout_check *check = &schema->checks[i];

        if (check->record.domain == layout->domain && check->record.number == layout->number)
            checked->rule_count += take_rule(layout, check, &checked->rules[checked->rule_count]);
    }
    if (checked->rule_count == 0) {
        free(checked->rules);
        return MR_OK;
    }
    qsort(checked->rules, checked->rule_count, sizeof *checked->rules, by_offset);
    find_anchors(checked);
    target->checked = checked;
    engine->checked_count++;
    return MR_OK;
}

int mr_checks_open(struct mr_engine *engine)
{
    const struct mr_schema *schema = engine->options.schema;

    engine->checked = calloc(schema->check_count + 1, sizeof *engine->checked);
    if (engine->checked == NULL)
        return MR_FATAL;
    for (size_t i = 0; i < schema->check_count; i++) {
        const struct mr_dispatch *target =
            &engine->dispatch[schema->checks[i].record.domain][schema->checks[i].record.number];

        /* Where no table takes the record, nobody needs to know. */
        if (target->layout != NULL && target->count > 0 && target->checked == NULL &&
            add_checked(engine, target->layout) != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

void mr_checks_close(struct mr_engine *engine)
{
    for (size_t i = 0; i < engine->checked_count; i++) {
        mr_realign_close(&engine->checked[i]);
        free(engine->checked[i].rules);
    }
    free(engine->checked);
}

uint64_t mr_checks_digest(const struct mr_engine *engine)
{
    uint64_t digest = MR_DIGEST_START;

    for (size_t i = 0; i < engine->checked_count; i++) {
        const struct mr_checked *checked = &engine->checked[i];

        digest = mr_digest_number(digest, (uint64_t)checked->layout->domain << 16 | checked->layout->number);
        digest = mr_digest_number(digest, (uint64_t)checked->trusted << 16 | checked->layout->length);
        for (size_t r = 0; r < checked->rule_count; r++) {
            const struct mr_check_rule *rule = &checked->rules[r];

            digest = mr_digest_number(digest, (uint64_t)rule->field->offset << 16 | rule->field->length);
            digest = mr_digest_number(digest, rule->check->kind);
            digest = mr_digest_number(digest, rule->other == NULL ? 0 : rule->other->offset);
        }
    }
    return digest;
}

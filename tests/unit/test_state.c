/* SPDX-License-Identifier: Apache-2.0 */
/* What a system carries from run to run, to bytes and back: whole, cut anywhere, and with any byte changed. */
#include "domains/hold.h"
#include "domains/recall.h"
#include "domains/system.h"
#include "schema/schema.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(pack, numbers_and_texts_come_back)
{
    struct mr_pack pack = {0};
    struct mr_unpack in;
    char text[8];

    mr_pack_u8(&pack, 0xAB);
    mr_pack_u16(&pack, 0x1234);
    mr_pack_u32(&pack, 0x89ABCDEFu);
    mr_pack_u64(&pack, UINT64_C(0x0123456789ABCDEF));
    mr_pack_text(&pack, "VMXSP");
    cr_assert_eq(pack.size, 1 + 2 + 4 + 8 + 2 + 5);
    cr_assert_arr_eq(pack.bytes, "\xAB\x12\x34\x89\xAB\xCD\xEF\x01", 8, "big-endian, without padding");
    in = (struct mr_unpack){.at = pack.bytes, .left = pack.size};
    cr_assert_eq(mr_unpack_u8(&in), 0xAB);
    cr_assert_eq(mr_unpack_u16(&in), 0x1234);
    cr_assert_eq(mr_unpack_u32(&in), 0x89ABCDEFu);
    cr_assert_eq(mr_unpack_u64(&in), UINT64_C(0x0123456789ABCDEF));
    mr_unpack_text(&in, text, sizeof text);
    cr_assert_str_eq(text, "VMXSP");
    cr_assert(!in.failed && in.left == 0);
    cr_assert_eq(mr_unpack_u8(&in), 0);
    cr_assert(in.failed, "nothing is left");
    mr_pack_free(&pack);
}

Test(pack, a_text_that_does_not_fit_is_refused)
{
    static const uint8_t too_long[] = {0, 3, 'a', 'b', 'c'}, zero_inside[] = {0, 2, 'a', 0}, cut[] = {0, 9, 'a'};
    const struct {
        const uint8_t *bytes;
        size_t size;
    } all[] = {{too_long, sizeof too_long}, {zero_inside, sizeof zero_inside}, {cut, sizeof cut}};

    for (size_t i = 0; i < 3; i++) {
        struct mr_unpack in = {.at = all[i].bytes, .left = all[i].size};
        char text[3];

        mr_unpack_text(&in, text, sizeof text);
        cr_assert(in.failed && text[0] == '\0', "%zu", i);
    }
}

Test(pack, closed_and_opened_again)
{
    struct mr_pack pack = {0}, closed, opened;

    for (unsigned i = 0; i < 5000; i++)
        mr_pack_u16(&pack, i / 7);
    cr_assert_eq(mr_pack_close(&pack, &closed), MR_OK);
    cr_assert_lt(closed.size, pack.size);
    cr_assert_eq(mr_pack_open(closed.bytes, closed.size, &opened), MR_OK);
    cr_assert_eq(opened.size, pack.size);
    cr_assert_arr_eq(opened.bytes, pack.bytes, pack.size);
    mr_pack_free(&opened);
    for (size_t size = 0; size < closed.size; size++)
        cr_assert_eq(mr_pack_open(closed.bytes, size, &opened), MR_FAILED, "cut to %zu bytes", size);
    /* Magic, version, length, check sum: each byte of them counts. */
    for (size_t at = 0; at < 16; at++) {
        closed.bytes[at] ^= 0x41;
        cr_assert_eq(mr_pack_open(closed.bytes, closed.size, &opened), MR_FAILED, "byte %zu", at);
        closed.bytes[at] ^= 0x41;
    }
    mr_pack_free(&closed);
    mr_pack_free(&pack);
}

Test(pack, nothing_can_be_closed)
{
    struct mr_pack pack = {0}, closed, opened;

    cr_assert_eq(mr_pack_close(&pack, &closed), MR_OK);
    cr_assert_eq(mr_pack_open(closed.bytes, closed.size, &opened), MR_OK);
    cr_assert_eq(opened.size, 0);
    mr_pack_free(&opened);
    mr_pack_free(&closed);
}

static int no_row(void *context, struct mr_plan *plan, struct mr_cell *cells)
{
    (void)context;
    (void)plan;
    (void)cells;
    return MR_OK;
}

static struct mr_engine *make_engine(void)
{
    static const char *const tables[] = {"VMXSP002", "VMXVXU00", "VMXSGP00", "VMXLCP00", NULL};
    struct mr_engine_options options = {.schema = mr_schema_builtin(), .tables = tables, .row = no_row};
    struct mr_engine *engine;

    cr_assert_eq(mr_engine_open(&engine, &options), MR_OK);
    return engine;
}

static const struct mr_identity who = {.sysid = "TESTVM", .orgsysid = "TESTVM", .cpumodel = "3931-A01", .serial = "012345"};

/* A system that carries something of every kind. */
static void fill(struct mr_engine *engine)
{
    struct mr_system *system = mr_system_add(engine, &who);
    const struct mr_feed *feed = engine->feeds[0];
    const struct mr_plan *joined = NULL;
    struct mr_held_row *row;
    struct mr_entity *e;

    system->phase = MR_PHASE_RUN;
    system->in_sample = true;
    system->interval = 17;
    system->last_tod = UINT64_C(0xDECBF84500000000);
    system->pace = (struct mr_pace){.last = 60, .steady = 61, .before = 62, .alike = 3, .confirmed = true};
    system->processors = calloc(8192, 1);
    system->processors[1] = 0x42;
    for (unsigned i = 0; i < 3; i++) {
        uint8_t key[2] = {0, (uint8_t)i};

        e = mr_entity_get(&system->maps[feed->number], key, sizeof key);
        e->tod = system->last_tod - i;
        e->interval = 17 - i;
        e->fresh = false;
        e->ended = i == 1;
        e->have[i] = 1;
        e->readings[i] = UINT64_C(0x0102030405060708) * i;
    }
    for (size_t p = 0; p < engine->plan_count; p++)
        joined = strcmp(engine->plans[p]->table->name, "VMXSGP00") == 0 ? engine->plans[p] : joined;
    cr_assert_not_null(joined);
    row = mr_hold_row(system, joined, (const uint8_t *)"", 0);
    row->seen = row->parts = 5;
    row->tod = system->last_tod;
    row->cells[joined->first_element].present = 1;
    row->cells[joined->first_element].value.u = 99;
    row->spoiled[joined->first_element + 1] = 1;
    cr_assert_eq(mr_chpids_restore(&system->chpids, (const uint8_t *)"\x01\xE1", 2,
                                   (const uint8_t *)"\x40\x41\0\0\0\0\0\0\x02", 9),
                 MR_OK);
}

static void save(const struct mr_engine *engine, struct mr_pack *pack)
{
    *pack = (struct mr_pack){0};
    mr_recall_save(engine, &who, MR_STATE_ALL, pack);
    cr_assert(!pack->failed && pack->size > 0);
}

Test(state, comes_back_as_it_was)
{
    struct mr_engine *one = make_engine(), *two = make_engine();
    struct mr_pack first, second;
    const struct mr_system *system;
    const struct mr_entity *e;

    fill(one);
    save(one, &first);
    cr_assert_eq(mr_recall_state(two, &who, first.bytes, first.size), MR_OK);
    save(two, &second);
    cr_assert_eq(first.size, second.size);
    cr_assert_arr_eq(first.bytes, second.bytes, first.size);
    system = two->systems[0];
    cr_assert_eq(system->interval, 17);
    cr_assert_eq(system->pace.alike, 3);
    cr_assert_eq(system->processors[1], 0x42);
    cr_assert_eq(system->chpids.devices[0x41], 1);
    e = mr_entity_find(&system->maps[two->feeds[0]->number], (const uint8_t *)"\0\2", 2);
    cr_assert_not_null(e);
    cr_assert(e->have[2] && !e->have[1] && e->readings[2] == UINT64_C(0x020406080A0C0E10));
    mr_pack_free(&first);
    mr_pack_free(&second);
    mr_engine_close(one);
    mr_engine_close(two);
}

/* Sections can be collected from several engines, and each takes its own. */
Test(state, parts_can_be_saved_one_by_one)
{
    static const char *const few[] = {"VMXSP002", NULL};
    struct mr_engine_options options = {.schema = mr_schema_builtin(), .tables = few, .row = no_row};
    struct mr_engine *one = make_engine(), *two, *three = make_engine();
    struct mr_pack all, parts = {0}, again;

    fill(one);
    save(one, &all);
    mr_recall_save(one, &who, MR_STATE_SYSTEM, &parts);
    mr_recall_save(one, &who, MR_STATE_TABLES, &parts);
    cr_assert_eq(mr_recall_state(three, &who, parts.bytes, parts.size), MR_OK);
    save(three, &again);
    cr_assert(again.size == all.size && memcmp(again.bytes, all.bytes, all.size) == 0);
    cr_assert_eq(mr_engine_open(&two, &options), MR_OK);
    cr_assert_eq(mr_recall_state(two, &who, all.bytes, all.size), MR_OK, "tables that it does not make are passed over");
    mr_pack_free(&all);
    mr_pack_free(&parts);
    mr_pack_free(&again);
    mr_engine_close(one);
    mr_engine_close(two);
    mr_engine_close(three);
}

Test(state, cut_anywhere_it_is_refused_or_less, .timeout = 60)
{
    struct mr_engine *one = make_engine(), *two = make_engine();
    struct mr_pack pack;

    fill(one);
    save(one, &pack);
    for (size_t size = 0; size < pack.size; size += size < 400 || size > 8600 ? 1 : 97) {
        uint8_t *copy = malloc(size + 1); /* of this very size, for the address sanitizer */
        int status;

        memcpy(copy, pack.bytes, size);
        status = mr_recall_state(two, &who, copy, size);
        cr_assert(status == MR_OK || status == MR_FAILED, "%zu bytes", size);
        mr_recall_reset(two);
        free(copy);
    }
    mr_pack_free(&pack);
    mr_engine_close(one);
    mr_engine_close(two);
}

Test(state, any_byte_may_be_wrong, .timeout = 60)
{
    struct mr_engine *one = make_engine(), *two = make_engine();
    struct mr_pack pack;
    unsigned refused = 0;

    fill(one);
    save(one, &pack);
    for (size_t at = 0; at < pack.size; at += at < 400 || at > 8600 ? 1 : 97) {
        for (unsigned n = 0; n < 3; n++) {
            static const uint8_t flips[] = {0xFF, 0x80, 0x01};
            struct mr_pack again;
            int status;

            pack.bytes[at] ^= flips[n];
            status = mr_recall_state(two, &who, pack.bytes, pack.size);
            refused += status == MR_FAILED;
            cr_assert(status == MR_OK || status == MR_FAILED, "byte %zu", at);
            /* Whatever was taken can be saved and let go. */
            save(two, &again);
            cr_assert_eq(mr_recall_release(two, &who), MR_OK);
            mr_pack_free(&again);
            mr_recall_reset(two);
            pack.bytes[at] ^= flips[n];
        }
    }
    cr_assert_gt(refused, 100);
    mr_pack_free(&pack);
    mr_engine_close(one);
    mr_engine_close(two);
}

Test(state, coverage_comes_back_and_can_be_clipped)
{
    struct mr_coverage coverage = {0}, other = {0};
    struct mr_pack pack = {0};
    struct mr_unpack in;
    const uint64_t tod = UINT64_C(0xDECBF84500000000);
    struct mr_record record = {.domain = 4, .number = 3, .tod = tod + 5};

    cr_assert_eq(mr_coverage_add(&coverage, 4, 3, (struct mr_stretch){tod, tod + 10}), MR_OK);
    cr_assert_eq(mr_coverage_add(&coverage, 4, 3, (struct mr_stretch){tod + 20, tod + 30}), MR_OK);
    mr_state_save_coverage(&coverage, &pack);
    /* The stretches of 4/3, then the records kept to know them again: none. */
    cr_assert_eq(pack.size, 6 + 2 * 16 + 6);
    in = (struct mr_unpack){.at = pack.bytes, .left = pack.size};
    cr_assert_eq(mr_state_load_coverage(&other, &in, 0), MR_OK);
    cr_assert(mr_coverage_seen(&other, &record));
    record.tod = tod + 15;
    cr_assert(!mr_coverage_seen(&other, &record));
    mr_coverage_free(&other);
    in = (struct mr_unpack){.at = pack.bytes, .left = pack.size};
    cr_assert_eq(mr_state_load_coverage(&other, &in, tod + 25), MR_OK);
    record.tod = tod + 24;
    cr_assert(!mr_coverage_seen(&other, &record));
    record.tod = tod + 25;
    cr_assert(mr_coverage_seen(&other, &record));
    mr_coverage_free(&other);
    for (size_t size = 1; size < pack.size; size++) {
        if (size == 6 + 2 * 16) /* a section is whole there */
            continue;
        in = (struct mr_unpack){.at = pack.bytes, .left = size};
        cr_assert_eq(mr_state_load_coverage(&other, &in, 0), MR_FAILED, "%zu bytes", size);
        mr_coverage_free(&other);
    }
    mr_pack_free(&pack);
    mr_coverage_free(&coverage);
}

Test(state, a_window_keeps_records_out)
{
    struct mr_coverage coverage = {.from = 100, .to = 200};
    struct mr_record record = {.tod = 99};

    cr_assert(mr_coverage_outside(&coverage, &record));
    record.tod = 100;
    cr_assert(!mr_coverage_outside(&coverage, &record));
    record.tod = 199;
    cr_assert(!mr_coverage_outside(&coverage, &record));
    record.tod = 200;
    cr_assert(mr_coverage_outside(&coverage, &record));
    coverage.from = coverage.to = 0;
    cr_assert(!mr_coverage_outside(&coverage, &record));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The CHPID array: devices come, change and go; what is short or unknown must not disturb the counts. */
#include "domains/chpids.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static uint8_t bytes[64];

static void put(unsigned at, const char *hex)
{
    for (; hex[0] != '\0'; hex += 2) {
        unsigned value;

        cr_assert_eq(sscanf(hex, "%2x", &value), 1);
        bytes[at++] = (uint8_t)value;
    }
}

static unsigned offset_of(unsigned domain, unsigned number, const char *name)
{
    const struct mr_layout *layout = mr_schema_layout(mr_schema_builtin(), domain, number, "");
    int index = mr_layout_field(layout, name);

    cr_assert_neq(index, MR_NO_INDEX);
    return layout->fields[index].offset;
}

static struct mr_record device(uint16_t domain, uint16_t number, const char *prefix, const char *id, const char *mask,
                               const char *paths, uint32_t length)
{
    char name[40];

    memset(bytes, 0, sizeof bytes);
    snprintf(name, sizeof name, "%s_RDEVSID", prefix);
    put(offset_of(domain, number, name), id);
    if (mask != NULL) {
        snprintf(name, sizeof name, "%s_RDEVLPM", prefix);
        put(offset_of(domain, number, name), mask);
        snprintf(name, sizeof name, "%s_RDEVCHPS", prefix);
        put(offset_of(domain, number, name), paths);
    }
    return (struct mr_record){.data = bytes, .length = length, .domain = domain, .number = number};
}

static void take(struct mr_chpids *chpids, struct mr_record record)
{
    struct mr_chpid_fields fields;

    mr_chpids_fields(&fields, mr_schema_builtin());
    cr_assert_eq(mr_chpids_record(chpids, &fields, &record), MR_OK);
}

Test(chpids, count_each_path_of_a_device_once_where_its_mask_has_it)
{
    struct mr_chpids chpids = {.any = false};

    take(&chpids, device(1, 6, "MTRDEV", "00010001", "B0", "4041424042000000", 64));
    cr_assert(chpids.any);
    cr_assert_eq(chpids.devices[0x40], 1); /* twice in the list, once as a device */
    cr_assert_eq(chpids.devices[0x41], 0); /* not in the mask */
    cr_assert_eq(chpids.devices[0x42], 1);
    mr_chpids_clear(&chpids);
    cr_assert_not(chpids.any);
    cr_assert_eq(chpids.devices[0x40], 0);
}

Test(chpids, follow_vary_on_and_off)
{
    struct mr_chpids chpids = {.any = false};

    take(&chpids, device(1, 6, "MTRDEV", "00010001", "C0", "4041", 64));
    take(&chpids, device(6, 1, "IODVON", "00010002", "80", "40", 64));
    cr_assert_eq(chpids.devices[0x40], 2);
    take(&chpids, device(6, 2, "IODVOF", "00010001", NULL, NULL, 28));
    cr_assert_eq(chpids.devices[0x40], 1);
    cr_assert_eq(chpids.devices[0x41], 0);
    take(&chpids, device(6, 2, "IODVOF", "00010001", NULL, NULL, 28)); /* gone already */
    take(&chpids, device(6, 2, "IODVOF", "00010009", NULL, NULL, 28)); /* never known */
    cr_assert_eq(chpids.devices[0x40], 1);
    take(&chpids, device(6, 1, "IODVON", "00010002", "40", "4042", 64)); /* the same device, another path */
    cr_assert_eq(chpids.devices[0x40], 0);
    cr_assert_eq(chpids.devices[0x42], 1);
    mr_chpids_clear(&chpids);
}

Test(chpids, begin_again_with_the_first_device_of_a_new_configuration_set)
{
    struct mr_chpids chpids = {.any = false};

    take(&chpids, device(1, 6, "MTRDEV", "00010001", "80", "40", 64));
    mr_chpids_renew(&chpids);
    cr_assert_eq(chpids.devices[0x40], 1); /* a set without devices takes nothing away */
    take(&chpids, device(1, 6, "MTRDEV", "00010002", "80", "50", 64));
    take(&chpids, device(1, 6, "MTRDEV", "00010003", "80", "50", 64));
    cr_assert_eq(chpids.devices[0x40], 0);
    cr_assert_eq(chpids.devices[0x50], 2);
    mr_chpids_clear(&chpids);
}

Test(chpids, pass_over_a_record_that_is_too_short)
{
    struct mr_chpids chpids = {.any = false};

    take(&chpids, device(1, 6, "MTRDEV", "00010001", "80", "40", 20));
    take(&chpids, device(1, 6, "MTRDEV", "00010001", "80", "40", 33));
    cr_assert_eq(chpids.devices[0x40], 0);
    take(&chpids, (struct mr_record){.data = bytes, .length = 20, .domain = 3, .number = 4}); /* of no concern */
    mr_chpids_clear(&chpids);
}

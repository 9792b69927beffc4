/* SPDX-License-Identifier: Apache-2.0 */
/* The present record for USRSEL, and its fields as recorded. */
#include "domains/decode.h"
#include "exits/private.h"
#include "reader/tod.h"

#define UTF8_PER_BYTE 2u

static const struct mr_record *record_of(const struct mr_exit_host *host, const struct mr_exit_record *record)
{
    const struct mr_exits *exits = mr_exit_instance_of(host)->exits;

    if (record == &exits->record && record->scene != NULL)
        return record->scene->record;
    mr_exit_misuse(host, MR_EXIT_ESTATE, "a record is used outside USRSEL");
    return NULL;
}

static unsigned record_domain(const struct mr_exit_host *host, const struct mr_exit_record *record)
{
    const struct mr_record *r = record_of(host, record);

    return r == NULL ? 0 : mr_own_domain(r);
}

static unsigned record_number(const struct mr_exit_host *host, const struct mr_exit_record *record)
{
    const struct mr_record *r = record_of(host, record);

    return r == NULL ? 0 : mr_own_number(r);
}

static int64_t record_time(const struct mr_exit_host *host, const struct mr_exit_record *record)
{
    const struct mr_record *r = record_of(host, record);

    return r == NULL ? 0 : mr_tod_micros(r->tod);
}

static int record_phase(const struct mr_exit_host *host, const struct mr_exit_record *record)
{
    if (record_of(host, record) == NULL)
        return MR_EXIT_ESTATE;
    return record->scene->initial ? MR_EXIT_CONFIGURATION : MR_EXIT_RUN;
}

static int record_suspended(const struct mr_exit_host *host, const struct mr_exit_record *record)
{
    return record_of(host, record) == NULL ? MR_EXIT_ESTATE : record->scene->suspended;
}

static size_t record_bytes(const struct mr_exit_host *host, const struct mr_exit_record *record,
                           const uint8_t **bytes)
{
    const struct mr_record *r = record_of(host, record);

    if (r == NULL)
        return 0;
    *bytes = r->data;
    return r->length;
}

/* Entry and element of a field that is repeated; MR_FAILED where this record does not have so many. */
static int place_of(const struct mr_exit_field *f, const struct mr_record *record, unsigned index,
                    struct mr_part *parts, struct mr_step *step)
{
    const struct mr_field *field = f->field;
    unsigned element = index % field->count;

    parts[0] = (struct mr_part){record->data, record->length, 0, false};
    *step = (struct mr_step){.field = field,
                             .scale = mr_unit_micros(field->unit),
                             .offset = (uint16_t)(field->offset + element * field->step),
                             .length = field->length,
                             .length_field = field->length_field,
                             .load = f->load};
    if (field->group == MR_NO_INDEX)
        return index < field->count ? MR_OK : MR_FAILED;
    step->region = 1;
    return mr_decode_part(f->layout, &f->layout->groups[field->group], index / field->count, &parts[0], &parts[1]);
}

/* The value of a field of the present record; enum mr_exit_status. */
static int decode(const struct mr_exit_host *host, const struct mr_exit_record *record, int handle, unsigned index,
                  struct mr_cell *cell, enum mr_cell_type *type)
{
    struct mr_exits *exits = mr_exit_instance_of(host)->exits;
    const struct mr_record *r = record_of(host, record);
    const struct mr_exit_field *f;
    struct mr_part parts[2];
    struct mr_feed feed = {.layout = NULL};
    struct mr_step step;
    struct mr_text text;
    const uint8_t *bytes;
    size_t length = 0;

    if (r == NULL)
        return MR_EXIT_ESTATE;
    if (handle < 0 || (size_t)handle >= exits->field_count)
        return mr_exit_misuse(host, MR_EXIT_EHANDLE, "%d is no handle of a field", handle);
    f = &exits->fields[handle];
    if (f->layout->domain != r->domain || f->layout->number != r->number)
        return mr_exit_misuse(host, MR_EXIT_EHANDLE, "field %s is none of record %u/%u", f->field->name, r->domain,
                              r->number);
    *type = f->type;
    *cell = (struct mr_cell){.present = 0};
    feed.layout = f->layout;
    if (place_of(f, r, index, parts, &step) != MR_OK)
        return MR_EXIT_OK;
    bytes = mr_decode_bytes(&feed, &step, parts, &length);
    if (bytes == NULL)
        return MR_EXIT_OK;
    text = (struct mr_text){.room = UTF8_PER_BYTE * length + 2};
    text.bytes = (char *)mr_exit_chunk_take(exits, text.room);
    if (text.bytes == NULL)
        return MR_EXIT_EMEMORY;
    mr_decode_cell(&step, bytes, length, false, &text, cell);
    return MR_EXIT_OK;
}

static int wrong_type(const struct mr_exit_host *host, const char *function, int status)
{
    if (status == MR_EXIT_ETYPE)
        mr_exit_misuse(host, status, "%s() does not fit the field or its value", function);
    return status;
}

static int field_uint(const struct mr_exit_host *host, const struct mr_exit_record *record, int field, unsigned index,
                      uint64_t *value)
{
    enum mr_cell_type type;
    struct mr_cell cell;
    int status = decode(host, record, field, index, &cell, &type);

    return status != MR_EXIT_OK ? status : wrong_type(host, "field_uint", mr_exit_read_uint(type, &cell, value));
}

static int field_int(const struct mr_exit_host *host, const struct mr_exit_record *record, int field, unsigned index,
                     int64_t *value)
{
    enum mr_cell_type type;
    struct mr_cell cell;
    int status = decode(host, record, field, index, &cell, &type);

    return status != MR_EXIT_OK ? status : wrong_type(host, "field_int", mr_exit_read_int(type, &cell, value));
}

static int field_number(const struct mr_exit_host *host, const struct mr_exit_record *record, int field,
                        unsigned index, double *value)
{
    enum mr_cell_type type;
    struct mr_cell cell;
    int status = decode(host, record, field, index, &cell, &type);

    return status != MR_EXIT_OK ? status : wrong_type(host, "field_number", mr_exit_read_number(type, &cell, value));
}

static int field_text(const struct mr_exit_host *host, const struct mr_exit_record *record, int field, unsigned index,
                      const char **text, size_t *length)
{
    enum mr_cell_type type;
    struct mr_cell cell;
    const uint8_t *bytes;
    int status = decode(host, record, field, index, &cell, &type);

    if (status == MR_EXIT_OK)
        status = wrong_type(host, "field_text", mr_exit_read_bytes(type, true, &cell, &bytes, length));
    if (status == MR_EXIT_OK)
        *text = (const char *)bytes;
    return status;
}

static int field_bytes(const struct mr_exit_host *host, const struct mr_exit_record *record, int field,
                       unsigned index, const uint8_t **bytes, size_t *length)
{
    enum mr_cell_type type;
    struct mr_cell cell;
    int status = decode(host, record, field, index, &cell, &type);

    return status != MR_EXIT_OK
               ? status
               : wrong_type(host, "field_bytes", mr_exit_read_bytes(type, false, &cell, bytes, length));
}

void mr_exit_records_offer(struct mr_exit_host *host)
{
    host->record_domain = record_domain;
    host->record_number = record_number;
    host->record_time = record_time;
    host->record_phase = record_phase;
    host->record_suspended = record_suspended;
    host->record_bytes = record_bytes;
    host->field_uint = field_uint;
    host->field_int = field_int;
    host->field_number = field_number;
    host->field_text = field_text;
    host->field_bytes = field_bytes;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Any file through the reader: container forms, gzip, frames, record headers, search for the next place after damage. */
#include "reader/reader.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

struct input {
    const uint8_t *data;
    size_t size;
    bool packed; /* offsets count in what it holds, not in its own bytes */
};

static void take(const struct input *input, const struct mr_record *record, uint64_t *behind)
{
    fuzz_check(record->length >= MR_HEADER_BYTES && record->length <= MR_RECORD_MAX);
    fuzz_check(record->domain <= MR_DOMAIN_MAX && record->number <= MR_NUMBER_MAX);
    fuzz_check(record->number >= 1 || (record->domain == MR_DOMAIN_FOREIGN && mr_own_domain(record) > MR_DOMAIN_CP_MAX));
    fuzz_check(record->kind == 'S' || record->kind == 'E' || record->kind == 0);
    fuzz_check(record->offset >= *behind);
    *behind = record->offset + record->length;
    if (!input->packed) {
        fuzz_check(*behind <= input->size);
        fuzz_check(memcmp(input->data + record->offset, record->data, record->length) == 0);
    }
}

static void check_damage(const struct mr_reader *reader)
{
    size_t count;
    const struct mr_damage *damage = mr_reader_damage(reader, &count);
    const struct mr_reader_counts *counts = mr_reader_counts(reader);
    uint64_t bytes = 0;

    fuzz_check(count <= MR_DAMAGE_MAX && count <= counts->damage_count);
    for (size_t i = 0; i < count; i++) {
        fuzz_check(damage[i].offset + damage[i].bytes <= counts->bytes);
        fuzz_check(i == 0 || damage[i].offset >= damage[i - 1].offset);
        bytes += damage[i].bytes;
    }
    fuzz_check(bytes <= counts->damaged);
    fuzz_check(counts->damage_count > MR_DAMAGE_MAX || bytes == counts->damaged);
}

static void read_all(struct mr_reader *reader, const struct input *input)
{
    const struct mr_reader_counts *counts = mr_reader_counts(reader);
    struct mr_record record;
    uint64_t behind = 0, records = 0;
    int status;

    while ((status = mr_reader_next(reader, &record)) == MR_OK) {
        take(input, &record, &behind);
        records++;
    }
    fuzz_check(mr_reader_next(reader, &record) == status);
    fuzz_check(status == MR_EOF || (status == MR_FATAL && input->packed));
    fuzz_check(records == counts->record_count && behind <= counts->bytes);
    fuzz_check(counts->bytes ==
               counts->control + counts->records + counts->leftover + counts->end_data + counts->damaged);
    fuzz_check(input->packed || (counts->bytes == input->size && counts->input_bytes == input->size));
    fuzz_check(mr_reader_container(reader) != MR_CONTAINER_UNKNOWN);
    check_damage(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct input input = {data, size, size >= 3 && data[0] == 0x1F && data[1] == 0x8B && data[2] == 8};
    struct mr_log log = fuzz_log();
    struct mr_reader *reader;

    if (mr_reader_open(&reader, fuzz_file(data, size), &log) == MR_OK)
        read_all(reader, &input);
    else
        fuzz_check(reader == NULL && log.code >= 12);
    mr_reader_close(reader);
    return 0;
}

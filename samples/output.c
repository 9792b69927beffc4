/* SPDX-License-Identifier: Apache-2.0 */
#include "samples/output.h"

#include "samples/scan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLICE 4096
#define BUFFER (1u << 20)

int ms_output_open(struct ms_output *output, const char *path, const struct ms_scenario *scenario)
{
    struct stat status;

    *output = (struct ms_output){.path = path, .edits = scenario->edits, .edit_count = scenario->edit_count};
    output->file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
    if (output->file == NULL)
        return ms_fault(NULL, "%s: cannot be written; check folder and permissions", path);
    output->removable =
        output->file != stdout && fstat(fileno(output->file), &status) == 0 && S_ISREG(status.st_mode);
    setvbuf(output->file, NULL, _IOFBF, BUFFER);
    return MR_OK;
}

static void put(struct ms_output *output, const uint8_t *bytes, size_t length)
{
    if (length > 0 && !output->failed && fwrite(bytes, 1, length, output->file) != length)
        output->failed = true;
}

/* True where an edit touches bytes from..from+length-1. */
static bool touches(const struct ms_edit *edit, uint64_t from, size_t length)
{
    return edit->from < from + length && edit->to > from;
}

/* At most SLICE bytes, byte by byte. */
static void put_edited(struct ms_output *output, const uint8_t *bytes, size_t length)
{
    uint8_t slice[SLICE];
    bool cut[SLICE] = {false};
    size_t kept = 0;

    memcpy(slice, bytes, length);
    for (size_t n = 0; n < output->edit_count; n++) {
        const struct ms_edit *edit = &output->edits[n];

        if (!touches(edit, output->offset, length))
            continue;
        for (size_t k = 0; k < length; k++) {
            uint64_t at = output->offset + k;

            if (at < edit->from || at >= edit->to)
                continue;
            if (edit->bytes == NULL)
                cut[k] = true;
            else
                slice[k] = edit->bytes[at - edit->from];
        }
    }
    for (size_t k = 0; k < length; k++) {
        if (!cut[k])
            slice[kept++] = slice[k];
    }
    put(output, slice, kept);
}

void ms_output_write(struct ms_output *output, const uint8_t *bytes, size_t length)
{
    if (output->edit_count == 0) {
        put(output, bytes, length);
        output->offset += length;
        return;
    }
    while (length > 0) {
        size_t part = length < SLICE ? length : SLICE;

        put_edited(output, bytes, part);
        output->offset += part;
        bytes += part;
        length -= part;
    }
}

int ms_output_close(struct ms_output *output, bool keep)
{
    if (fflush(output->file) != 0)
        output->failed = true;
    if (output->file != stdout && fclose(output->file) != 0)
        output->failed = true;
    if (output->removable && (!keep || output->failed))
        unlink(output->path);
    if (output->failed)
        return ms_fault(NULL, "%s: writing failed; is the disk full?", output->path);
    return MR_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MS_OUTPUT_H
#define MS_OUTPUT_H

/* Where the bytes go: a file or standard output, with the patches and cuts of the scenario made on the way. */
#include "samples/scenario.h"

#include <stdio.h>

struct ms_output {
    FILE *file;
    const char *path;
    const struct ms_edit *edits;
    size_t edit_count;
    uint64_t offset; /* of the next byte, before cuts */
    bool removable;  /* an ordinary file: not a device, not a pipe */
    bool failed;
};

/* "-" is standard output.  MR_OK or MR_FATAL after a message. */
int ms_output_open(struct ms_output *output, const char *path, const struct ms_scenario *scenario) MR_CHECK;

/* Errors are kept until the end. */
void ms_output_write(struct ms_output *output, const uint8_t *bytes, size_t length);

/* keep false: the file is removed, if it is an ordinary one.  MR_OK or MR_FATAL after a message. */
int ms_output_close(struct ms_output *output, bool keep) MR_CHECK;

#endif

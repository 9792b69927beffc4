/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_TESTS_SAMPLE_FILE_H
#define MR_TESTS_SAMPLE_FILE_H

/* The bytes of a sample file, made by the generator (samples/) from one of the scenarios. */
#include "samples/segment.h"

#include <stddef.h>
#include <stdint.h>

struct sample_file {
    uint8_t *data; /* malloc'ed */
    size_t length;
};

/* settings: "intervals=5" and the like, NULL at the end.  A failure ends the test. */
struct sample_file sample_file_make(const char *scenario, enum ms_form form, const char *const *settings);

#endif

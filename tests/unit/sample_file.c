/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/sample_file.h"

#include "samples/output.h"
#include "samples/play.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void must(bool done)
{
    if (!done)
        abort();
}

static struct sample_file take(const char *path)
{
    struct sample_file file = {0};
    FILE *in = fopen(path, "rb");

    must(in != NULL && fseek(in, 0, SEEK_END) == 0);
    file.length = (size_t)ftell(in);
    file.data = malloc(file.length);
    rewind(in);
    must(file.data != NULL && fread(file.data, 1, file.length, in) == file.length);
    fclose(in);
    return file;
}

struct sample_file sample_file_make(const char *scenario, enum ms_form form, const char *const *settings)
{
    char path[] = "/tmp/sample-XXXXXX";
    struct ms_scenario play;
    struct ms_segment segment;
    struct ms_output output;
    struct sample_file file;
    int fd = mkstemp(path);

    must(fd >= 0 && close(fd) == 0);
    must(ms_scenario_init(&play, mr_schema_builtin()) == MR_OK);
    for (; *settings != NULL; settings++)
        must(ms_scenario_set(&play, *settings) == MR_OK);
    must(ms_scenario_read(&play, scenario) == MR_OK);
    must(ms_output_open(&output, path, &play) == MR_OK);
    ms_segment_init(&segment, &output, form);
    must(ms_play(&play, &segment) == MR_OK);
    ms_segment_free(&segment);
    must(ms_output_close(&output, true) == MR_OK);
    ms_scenario_free(&play);
    file = take(path);
    unlink(path);
    return file;
}

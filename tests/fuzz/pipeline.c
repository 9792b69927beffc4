/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any file through the whole pipeline into tables on disk, and through census.  The number of its bytes chooses the
 * format and options, so that a file that was found can be given to the program as it is.
 */
#include "pipeline/pipeline.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Durability is not what is tried here, and waiting for the disk is most of the time that a run takes. */
int fsync(int fd)
{
    (void)fd;
    return 0;
}

int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

static const char *const formats[] = {"csv", "ndjson", "parquet", "sqlite", "xpt"};

static void reduce(const char *file, size_t choice)
{
    const char *const inputs[] = {file, file};
    struct mr_log log = fuzz_log();
    struct mr_pipeline_options options = {.schema = mr_schema_builtin(),
                                          .inputs = inputs,
                                          .input_count = choice % 7 == 0 ? 2 : 1,
                                          .folder = fuzz_folder(),
                                          .format = formats[choice % (sizeof formats / sizeof *formats)],
                                          .chp_sel = choice % 11 == 0,
                                          .dictionary = choice % 13 == 0,
                                          .readings = choice % 3 == 0,
                                          .threads = choice % 17 < 4 ? choice % 17 : 0,
                                          .output = {.times = choice % 2 == 0 ? MR_TIMES_LOCAL : MR_TIMES_UTC},
                                          .log = &log};
    struct mr_account account;
    int status = mr_pipeline_reduce(&options, &account);

    fuzz_check(status == MR_OK && log.code < 16);
    mr_account_free(&account);
    fuzz_empty(options.folder);
}

static void census(const char *file)
{
    const char *const inputs[] = {file};
    struct mr_log log = fuzz_log();
    struct mr_pipeline_options options = {
        .schema = mr_schema_builtin(), .inputs = inputs, .input_count = 1, .log = &log};
    struct mr_account account;

    fuzz_check(mr_pipeline_census(&options, &account) == MR_OK && log.code < 16);
    mr_account_free(&account);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *file = fuzz_file(data, size);

    census(file);
    reduce(file, size);
    return 0;
}

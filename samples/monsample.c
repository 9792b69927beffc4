/* SPDX-License-Identifier: Apache-2.0 */
/* monsample: MONWRITE files from readable scenarios. */
#include "samples/output.h"
#include "samples/play.h"
#include "samples/scan.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define EXIT_GOOD 0
#define EXIT_USAGE 16

static const char usage[] =
    "usage: monsample [options] SCENARIO OUTPUT\n"
    "Writes monitor data as a scenario says; samples/README.md has the language.  OUTPUT - is standard output.\n"
    "\n"
    "  --form FORM       native (default): MONWRITE blocks; rdw: variable records with descriptor words;\n"
    "                    bare: records one behind the other; monreader: as the Linux device gives them\n"
    "  --intervals N     the same as --set intervals=N\n"
    "  --set NAME=VALUE  value of a variable, instead of the scenario's own\n"
    "  --help            this text\n";

static bool find_form(const char *word, enum ms_form *form)
{
    static const char *const words[] = {"native", "rdw", "bare", "monreader"};

    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        if (strcmp(words[w], word) == 0) {
            *form = (enum ms_form)w;
            return true;
        }
    }
    fprintf(stderr, "monsample: '%s' is no form; use native, rdw, bare or monreader\n", word);
    return false;
}

static int set_intervals(struct ms_scenario *scenario, const char *number)
{
    char assignment[64];

    snprintf(assignment, sizeof assignment, "intervals=%.40s", number);
    return ms_scenario_set(scenario, assignment);
}

/* MR_OK, MR_EOF after --help, MR_FATAL after a message. */
static int read_options(int argc, char **argv, struct ms_scenario *scenario, enum ms_form *form)
{
    static const struct option options[] = {
        {"form", required_argument, NULL, 'f'}, {"intervals", required_argument, NULL, 'i'},
        {"set", required_argument, NULL, 's'},  {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int letter;

    while ((letter = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        int result = MR_OK;

        if (letter == 'h') {
            fputs(usage, stdout);
            return MR_EOF;
        }
        if (letter == 'f')
            result = find_form(optarg, form) ? MR_OK : MR_FATAL;
        else if (letter == 'i')
            result = set_intervals(scenario, optarg);
        else if (letter == 's')
            result = ms_scenario_set(scenario, optarg);
        else
            result = MR_FATAL;
        if (result != MR_OK)
            return result;
    }
    if (argc - optind == 2)
        return MR_OK;
    fputs(usage, stderr);
    return MR_FATAL;
}

static int write_sample(const struct ms_scenario *scenario, const char *path, enum ms_form form)
{
    struct ms_output output;
    struct ms_segment segment;
    int result;

    if (ms_output_open(&output, path, scenario) != MR_OK)
        return MR_FATAL;
    ms_segment_init(&segment, &output, form);
    result = ms_play(scenario, &segment);
    ms_segment_free(&segment);
    if (ms_output_close(&output, result == MR_OK) != MR_OK)
        result = MR_FATAL;
    return result;
}

int main(int argc, char **argv)
{
    struct ms_scenario scenario;
    enum ms_form form = MS_NATIVE;
    int result;

    if (ms_scenario_init(&scenario, mr_schema_builtin()) != MR_OK)
        return EXIT_USAGE;
    result = read_options(argc, argv, &scenario, &form);
    if (result == MR_OK)
        result = ms_scenario_read(&scenario, argv[optind]);
    if (result == MR_OK)
        result = write_sample(&scenario, argv[optind + 1], form);
    ms_scenario_free(&scenario);
    return result == MR_OK || result == MR_EOF ? EXIT_GOOD : EXIT_USAGE;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_MONREDUCE_OUTPUT_H
#define MR_MONREDUCE_OUTPUT_H

/* The options of reduce that say how tables are written: taken from the command line as they are, looked at later. */
#include "base/message.h"
#include "pipeline/pipeline.h"

#define MR_OUTPUT_COLUMNS_MAX 4096

/* Numbers of the long options, for getopt_long(). */
enum {
    MR_OPT_CRLF = 512,
    MR_OPT_SPREADSHEET,
    MR_OPT_GZIP,
    MR_OPT_COLUMNS,
    MR_OPT_VALUES,
    MR_OPT_TIME,
    MR_OPT_SPLIT,
    MR_OPT_PARTITION,
    MR_OPT_EMPTY_TABLES,
    MR_OPT_END /* one more than the last */
};

/* Lines of an option table. */
#define MR_OUTPUT_OPTIONS \
    {"crlf", no_argument, NULL, MR_OPT_CRLF}, {"spreadsheet", no_argument, NULL, MR_OPT_SPREADSHEET}, \
        {"gzip", no_argument, NULL, MR_OPT_GZIP}, {"columns", required_argument, NULL, MR_OPT_COLUMNS}, \
        {"values", required_argument, NULL, MR_OPT_VALUES}, {"time", required_argument, NULL, MR_OPT_TIME}, \
        {"split", required_argument, NULL, MR_OPT_SPLIT}, {"partition", no_argument, NULL, MR_OPT_PARTITION}, \
        {"empty-tables", no_argument, NULL, MR_OPT_EMPTY_TABLES}, {"start", required_argument, NULL, 's'}, \
        {"end", required_argument, NULL, 'e'}

/* Their help, to stand between those of -f and -c. */
extern const char mr_output_help[];

/* All zero: nothing was asked for. */
struct mr_output_arguments {
    const char *given; /* the first one, for commands that have none of them; NULL: none */
    char *columns;
    const char *values, *time, *split, *start, *end;
    bool crlf, spreadsheet, gzip, partition, empty_tables;
    int64_t from, to;
    const char *names[MR_OUTPUT_COLUMNS_MAX + 1];
};

/* Take an option and its value.  False where it is not one of these. */
bool mr_output_take(struct mr_output_arguments *arguments, int option, char *value, const char *word);

/*
 * mr_output_apply - put what was asked for into the options of the pipeline, which borrow it.
 * Returns MR_OK, or MR_FATAL after a message (wrong word, no such time).
 */
int mr_output_apply(struct mr_output_arguments *arguments, struct mr_pipeline_options *options,
                    struct mr_log *log) MR_CHECK;

#endif

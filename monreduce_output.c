/* SPDX-License-Identifier: Apache-2.0 */
#include "monreduce_output.h"

#include "writers/when.h"

#include <string.h>

const char mr_output_help[] =
    "  -f, --format FORMAT  csv (default), ndjson, parquet, sqlite (one file, monreduce.db) or xpt\n"
    "                       (SAS transport, version 5)\n"
    "  -s, --start TIME     only intervals that begin (VMCINTTS) at this time or later\n"
    "  -e, --end TIME       only intervals that begin before this time; a TIME is\n"
    "                       YYYY-MM-DD[THH[:MM[:SS[.ffffff]]]], as the rows show times, and as an end\n"
    "                       a date is the end of that day\n"
    "      --columns LIST   only these columns, in this order; tables that have none are left out\n"
    "      --values WHICH   of counters: interval (default), the differences; cumulative, the counters\n"
    "                       as recorded, in columns NAME_CUM; both\n"
    "      --time WHICH     utc (default); local, all times in the system's own zone; both, with\n"
    "                       columns NAME_LOCAL beside the times in UTC\n"
    "      --split WHICH    one file for each day, hour or interval: DIR/TABLE/TABLE_SYSID_START;\n"
    "                       none (default)\n"
    "      --partition      parquet in folders DIR/TABLE/SYSID=.../DATE=...; parts of a day, or as\n"
    "                       --split says\n"
    "      --empty-tables   also tables that have no rows\n"
    "      --gzip           compress: csv and ndjson files, or the pages within parquet files\n"
    "      --crlf           CSV lines end with CR LF\n"
    "      --spreadsheet    CSV for spreadsheet programs: texts that they would take for formulas,\n"
    "                       numbers or dates stand as =\"text\", and a file has at most 1048576 lines\n";

bool mr_output_take(struct mr_output_arguments *a, int option, char *value, const char *word)
{
    switch (option) {
    case MR_OPT_CRLF:
        a->crlf = true;
        break;
    case MR_OPT_SPREADSHEET:
        a->spreadsheet = true;
        break;
    case MR_OPT_GZIP:
        a->gzip = true;
        break;
    case MR_OPT_COLUMNS:
        a->columns = value;
        break;
    case MR_OPT_VALUES:
        a->values = value;
        break;
    case MR_OPT_TIME:
        a->time = value;
        break;
    case MR_OPT_SPLIT:
        a->split = value;
        break;
    case MR_OPT_PARTITION:
        a->partition = true;
        break;
    case MR_OPT_EMPTY_TABLES:
        a->empty_tables = true;
        break;
    case 's':
        a->start = value;
        break;
    case 'e':
        a->end = value;
        break;
    default:
        return false;
    }
    if (a->given == NULL)
        a->given = word;
    return true;
}

/* The place of word in a list with NULL at its end; 0 for NULL; -1 after a message where it is not there. */
static int choice(const char *word, const char *const *list, const char *option, struct mr_log *log)
{
    for (int i = 0; word != NULL && list[i] != NULL; i++) {
        if (strcmp(word, list[i]) == 0)
            return i;
    }
    if (word == NULL)
        return 0;
    mr_report(log, MR_MSG_USAGE, MR_NOWHERE, "%s does not have the value %s", option, word);
    return -1;
}

static int take_time(const char *text, bool end, int64_t *time, const int64_t **limit, struct mr_log *log)
{
    if (text == NULL)
        return MR_OK;
    if (mr_when_parse(text, end, time) != MR_OK) {
        mr_report(log, MR_MSG_USAGE, MR_NOWHERE, "not a time: %s", text);
        return MR_FATAL;
    }
    *limit = time;
    return MR_OK;
}

static int take_columns(struct mr_output_arguments *a, struct mr_log *log)
{
    size_t count = 0;

    for (char *name = strtok(a->columns, ","); name != NULL; name = strtok(NULL, ",")) {
        if (count == MR_OUTPUT_COLUMNS_MAX) {
            mr_report(log, MR_MSG_USAGE, MR_NOWHERE, "%s", "too many columns");
            return MR_FATAL;
        }
        a->names[count++] = name;
    }
    a->names[count] = NULL;
    if (count > 0)
        return MR_OK;
    mr_report(log, MR_MSG_USAGE, MR_NOWHERE, "%s", "--columns names no column");
    return MR_FATAL;
}

/* Options that make no sense together. */
static int check_together(const struct mr_output_arguments *a, struct mr_log *log)
{
    const char *why = NULL;

    if (a->empty_tables && (a->partition || (a->split != NULL && strcmp(a->split, "none") != 0)))
        why = "--empty-tables does not go with --split and --partition: where there is no row there is no part";
    else if (a->partition && a->split != NULL && strcmp(a->split, "none") == 0)
        why = "--partition makes parts, and does not go with --split none";
    else if (a->partition && a->columns != NULL && a->names[1] == NULL && strcmp(a->names[0], "SYSID") == 0)
        why = "with --partition the column SYSID is the name of a folder; --columns names no other";
    if (why != NULL)
        mr_report(log, MR_MSG_USAGE, MR_NOWHERE, "%s", why);
    return why == NULL ? MR_OK : MR_FATAL;
}

int mr_output_apply(struct mr_output_arguments *a, struct mr_pipeline_options *options, struct mr_log *log)
{
    static const char *const all_values[] = {"interval", "cumulative", "both", NULL};
    static const char *const all_times[] = {"utc", "local", "both", NULL};
    static const char *const all_splits[] = {"none", "day", "hour", "interval", NULL};
    int values = choice(a->values, all_values, "--values", log);
    int times = choice(a->time, all_times, "--time", log);
    int split = choice(a->split, all_splits, "--split", log);

    if (values < 0 || times < 0 || split < 0 || take_time(a->start, false, &a->from, &options->from, log) != MR_OK ||
        take_time(a->end, true, &a->to, &options->to, log) != MR_OK)
        return MR_FATAL;
    if (options->from != NULL && options->to != NULL && a->from >= a->to) {
        mr_report(log, MR_MSG_USAGE, MR_NOWHERE, "the end %s is not after the start %s", a->end, a->start);
        return MR_FATAL;
    }
    if ((a->columns != NULL && take_columns(a, log) != MR_OK) || check_together(a, log) != MR_OK)
        return MR_FATAL;
    options->readings = values > 0;
    options->empty_tables = a->empty_tables;
    options->output = (struct mr_writer_options){.crlf = a->crlf,
                                                 .spreadsheet = a->spreadsheet,
                                                 .gzip = a->gzip,
                                                 .cumulative = values == 1,
                                                 .split = (enum mr_split)split,
                                                 .partition = a->partition,
                                                 .times = (enum mr_times)times,
                                                 .columns = a->columns == NULL ? NULL : a->names};
    return MR_OK;
}

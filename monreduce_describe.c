/* SPDX-License-Identifier: Apache-2.0 */
#include "monreduce_describe.h"

#include "dictionary/describe.h"
#include "domains/engine.h"

const char mr_describe_help[] =
    "usage: monreduce describe [OPTION]... [TABLE[.COLUMN] | D/R[.FIELD] | WORD...]\n"
    "\n"
    "The data dictionary: all tables; a table and its columns; a column; a record and its fields, by\n"
    "domain and record number; a field; or what has all the words in its name or label.\n"
    "\n"
    "      --schema DIR     corrections and additions to the record layouts\n"
    "      --names          only names that begin with the given one, one a line\n"
    "  -h, --help           this text\n";

int mr_describe_command(const struct mr_schema *schema, const char *const *words, size_t count, int names,
                        struct mr_log *log)
{
    struct mr_engine_options options = {.schema = schema, .log = log};
    struct mr_dictionary dictionary = {.schema = schema};
    struct mr_engine *engine;

    if (mr_engine_open(&engine, &options) != MR_OK)
        return log->code;
    dictionary.plans = mr_engine_plans(engine, &dictionary.plan_count);
    if (names)
        mr_describe_names(&dictionary, count > 0 ? words[0] : "", stdout);
    else if (mr_describe(&dictionary, words, count, stdout, log) != MR_OK)
        log->code = mr_message_code('T');
    mr_engine_close(engine);
    return log->code;
}

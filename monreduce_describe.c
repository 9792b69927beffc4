/* SPDX-License-Identifier: Apache-2.0 */
#include "monreduce_describe.h"

#include "dictionary/describe.h"
#include "domains/engine.h"
#include "exits/exits.h"

const char mr_describe_help[] =
    "usage: monreduce describe [OPTION]... [TABLE[.COLUMN] | D/R[.FIELD] | WORD...]\n"
    "\n"
    "The data dictionary: all tables; a table and its columns; a column; a record and its fields, by\n"
    "domain and record number; a field; or what has all the words in its name or label.\n"
    "\n"
    "      --schema DIR     corrections and additions to the record layouts\n"
    "  -x, --exit FILE.so[:KEY=VALUE,...]\n"
    "                       a user exit: the columns that it adds are told as well\n"
    "      --json           an object of JSON on each line, for programs\n"
    "      --names          only names that begin with the given one, one a line\n"
    "  -h, --help           this text\n";

static void describe(const struct mr_describe_arguments *a, struct mr_engine *engine, struct mr_log *log)
{
    const struct mr_describe_form *form = a->json ? &mr_describe_json : &mr_describe_text;
    struct mr_dictionary dictionary = {.schema = a->schema};

    dictionary.plans = mr_engine_plans(engine, &dictionary.plan_count);
    if (a->names)
        mr_describe_names(&dictionary, a->word_count > 0 ? a->words[0] : "", stdout);
    else if (mr_describe(&dictionary, form, a->words, a->word_count, stdout, log) != MR_OK)
        log->code = mr_message_code('T');
}

/* Exits add their columns when the engine is opened; nothing else of them is called. */
int mr_describe_command(const struct mr_describe_arguments *a, struct mr_log *log)
{
    const struct mr_exits_options loaded = {
        .schema = a->schema, .specs = a->exits, .count = a->exit_count, .log = log};
    struct mr_engine_options options = {.schema = a->schema, .log = log};
    struct mr_engine *engine = NULL;
    struct mr_exits *exits = NULL;

    if (a->exit_count > 0 && mr_exits_open(&exits, &loaded) != MR_OK)
        return log->code;
    options.hooks = exits == NULL ? NULL : mr_exits_hooks(exits);
    if (mr_engine_open(&engine, &options) == MR_OK)
        describe(a, engine, log);
    mr_exits_close(exits);
    mr_engine_close(engine);
    return log->code;
}

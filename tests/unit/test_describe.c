/* SPDX-License-Identifier: Apache-2.0 */
/* The dictionary: what it knows of columns, and what describe makes of words. */
#include "dictionary/describe.h"

#include "domains/engine.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct mr_engine *engine;
static struct mr_dictionary dictionary;
static struct mr_log messages;

static void set_up(void)
{
    const struct mr_engine_options options = {.schema = mr_schema_builtin()};

    cr_assert_eq(mr_engine_open(&engine, &options), MR_OK);
    dictionary = (struct mr_dictionary){.schema = options.schema};
    dictionary.plans = mr_engine_plans(engine, &dictionary.plan_count);
    messages = (struct mr_log){.sink = NULL};
}

static void tear_down(void)
{
    mr_engine_close(engine);
}

TestSuite(describe, .init = set_up, .fini = tear_down);

static struct mr_fact fact_of(const char *table, const char *column)
{
    const struct mr_plan *plan = mr_dictionary_plan(&dictionary, table);
    struct mr_fact fact;
    unsigned index;

    cr_assert_not_null(plan, "%s", table);
    index = mr_dictionary_column(plan, column);
    cr_assert_neq(index, MR_NO_COLUMN, "%s.%s", table, column);
    mr_dictionary_fact(&dictionary, plan, index, &fact);
    return fact;
}

/* What describe prints; freed by the caller. */
static char *described(const char *const *words, size_t count, int want)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    cr_assert_not_null(out);
    cr_expect_eq(mr_describe(&dictionary, &mr_describe_text, words, count, out, &messages), want);
    fclose(out);
    return text;
}

static void check_shows(const char *word, const char *part)
{
    char *text = described(&word, 1, MR_OK);

    cr_expect_not_null(strstr(text, part), "%s does not show '%s' but\n%s", word, part, text);
    free(text);
}

Test(describe, every_column_is_explained)
{
    for (size_t p = 0; p < dictionary.plan_count; p++) {
        const struct mr_plan *plan = dictionary.plans[p];

        for (size_t c = 0; c < plan->column_count; c++) {
            struct mr_fact fact;

            mr_dictionary_fact(&dictionary, plan, (unsigned)c, &fact);
            cr_expect(plan->columns[c].label[0] != '\0', "%s.%s has no label", plan->table->name,
                      plan->columns[c].name);
            cr_expect(fact.class == MR_CLASS_COMMON || fact.layout != NULL || fact.derived != NULL ||
                          fact.join != NULL || plan->table->rule == MR_RULE_CONTROL ||
                          c == plan->processor_column,
                      "%s.%s comes from nowhere", plan->table->name, plan->columns[c].name);
            cr_expect((fact.class == MR_CLASS_DERIVED) == (fact.derived != NULL) || fact.join != NULL,
                      "%s.%s: class %s", plan->table->name, plan->columns[c].name, mr_class_word(fact.class));
        }
    }
}

Test(describe, class_of_a_column)
{
    cr_expect_eq(fact_of("VMXVXU00", "ENDTS").class, MR_CLASS_COMMON);
    cr_expect_eq(fact_of("VMXDCF00", "RECORD").class, MR_CLASS_COMMON);
    cr_expect_eq(fact_of("VMXVXU00", "USEACT_VMDUSER").class, MR_CLASS_RETAINED);
    cr_expect_eq(fact_of("VMXVXU00", "USEACT_VMDTTIME").class, MR_CLASS_ACCUMULATED);
    cr_expect_eq(fact_of("VMXVXU00", "USEACT_VMDWSSPR").class, MR_CLASS_RETAINED);
    cr_expect_eq(fact_of("VMXVXU00", "CPU_PCT").class, MR_CLASS_DERIVED);
    cr_expect_eq(fact_of("VMXSP503", "PRCPRP_DSVMAXUS").class, MR_CLASS_MAXIMUM);
    cr_expect_eq(fact_of("VMR0628", "IODHPP_HPPMINCT").class, MR_CLASS_MINIMUM);
    cr_expect_eq(fact_of("VMXSGP00", "SGP_CHANNEL_BUSY_MAX").class, MR_CLASS_MAXIMUM);
    cr_expect_eq(fact_of("VMXVXULF", "USELOF_VMDTTIME").class, MR_CLASS_ACCUMULATED, "logoff rows have differences");
    cr_expect_eq(fact_of("VMXLCP00", "SYTCUP_LCUTCTOD_ELAPSED").class, MR_CLASS_ACCUMULATED);
}

Test(describe, source_of_a_joined_column)
{
    struct mr_fact fact = fact_of("VMXSPP", "SYTPRP_PFXUTIME");

    cr_expect_str_eq(fact.source->table->name, "VMXSP002");
    cr_expect_str_eq(fact.field->name, "SYTPRP_PFXUTIME");
    cr_expect_eq(fact.class, MR_CLASS_ACCUMULATED);
    fact = fact_of("VMXSGP00", "SGP_PARTITION_CPU_S");
    cr_expect_str_eq(fact.source->table->name, "VMXLCP00");
    cr_expect_eq(fact.field->offset, 6);
    fact = fact_of("VMXLPR00", "CPUS");
    cr_expect_null(fact.field, "a number of rows is in no record");
    cr_expect(fact_of("VMXSPP", "PFXCPUAD").key);
}

Test(describe, keys)
{
    cr_expect(fact_of("VMXVXU00", "USEACT_VMDUSER").key);
    cr_expect(fact_of("VMXXDV00", "VMXDVSID").key);
    cr_expect_eq(fact_of("VMXXDV00", "VMXDVSID").offset, 24, "it is told where the subchannel id stands");
    cr_expect_str_eq(fact_of("VMXCPV00", "VMXDVSID").field->name, "STOASP_RDEVSID");
    cr_expect(fact_of("VMXCDI", "IODCAD_RDEVSID").key);
    cr_expect(!fact_of("VMXCDI", "VMXDVSID").key, "two subchannel sets can have the same number");
    cr_expect(!fact_of("VMXVXU00", "USEACT_VMDTTIME").key);
    cr_expect(!fact_of("VMXVXU00", "SYSID").key);
}

Test(describe, formula)
{
    struct mr_fact fact = fact_of("VMXVXU00", "CPU_PCT");
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    mr_fact_formula(&fact, out);
    fclose(out);
    cr_expect_str_eq(text, "100 * USEACT_VMDTTIME / DURATION where DURATION > 0");
    free(text);
}

Test(describe, names_in_either_case)
{
    check_shows("VMXVXU00", "USEACT_VMDTTIME");
    check_shows("vmxvxu00", "User Activity Sample Data File");
    check_shows("vmxvxu00.cpu_pct", "formula");
    check_shows("4/3", "VMXVXU00");
    check_shows("04/03", "USEACT_VMDTTIME");
    check_shows("4/3.useact_vmdttime", "VMXVXU00.USEACT_VMDTTIME");
    check_shows("10/2", "LINUXKRNL-01");
}

Test(describe, search)
{
    const char *const words[] = {"guest", "cpu"}, *const none[] = {"guest", "qqqq"};
    char *text = described(words, 2, MR_OK);

    cr_expect_not_null(strstr(text, "CPU time used by the guest itself"));
    free(text);
    check_shows("PAGING", "paging");
    free(described(none, 2, MR_FAILED));
    cr_expect_eq(messages.counts[MR_MSG_UNKNOWN_NAME], 1);
}

static void keep(void *context, const struct mr_message *message)
{
    snprintf(context, 400, "%s", message->detail);
}

static void check_suggests(const char *wrong, const char *right)
{
    char detail[400] = "";

    messages = (struct mr_log){.sink = keep, .context = detail};
    free(described(&wrong, 1, MR_FAILED));
    cr_expect_not_null(strstr(detail, right), "%s", detail);
}

Test(describe, wrong_names)
{
    check_suggests("VMXVXU01", "VMXVXU00");
    check_suggests("VMXVXU00.VMDTIME", "USEACT_VMDTTIME");
    check_suggests("VMXVXU01.CPU_PCT", "VMXVXU00");
    check_suggests("4/3.USEACT_VMDTTIM", "USEACT_VMDTTIME");
    check_suggests("4/200", "domain 4 has records 1 to ");
    check_suggests("15/200", "15/200");
    check_suggests("999/1", "999/1");
    check_suggests("a.b.c.d.e", "a.b.c.d.e");
}

/* Long and odd words do no harm. */
Test(describe, long_words)
{
    char word[5000];

    memset(word, 'X', sizeof word);
    word[sizeof word - 1] = '\0';
    free(described(&(const char *){word}, 1, MR_FAILED));
    word[10] = '.';
    free(described(&(const char *){word}, 1, MR_FAILED));
    memcpy(word, "4/3.", 4);
    free(described(&(const char *){word}, 1, MR_FAILED));
    free(described((const char *const[]){word, word, word}, 3, MR_FAILED));
}

Test(describe, names_for_completion)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    mr_describe_names(&dictionary, "vmxvxu", out);
    mr_describe_names(&dictionary, "VMXVXU00.CPU_P", out);
    mr_describe_names(&dictionary, "4/14", out);
    fclose(out);
    cr_expect_str_eq(text, "VMXVXUT1\nVMXVXU00\nVMXVXULF\nVMXVXU00.CPU_PCT\n4/14\n");
    free(text);
}

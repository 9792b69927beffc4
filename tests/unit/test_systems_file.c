/* SPDX-License-Identifier: Apache-2.0 */
/* The site's systems.csv: what is read, what is refused, and who data belongs to. */
#include "domains/systems_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADER "orgsysid,sysid,model,serial,alternates,verify\n"

/* What the log was told last. */
struct heard {
    struct mr_log log;
    char detail[200];
    unsigned line;
};

static void listen(void *context, const struct mr_message *message)
{
    struct heard *heard = context;

    (void)snprintf(heard->detail, sizeof heard->detail, "%s", message->detail);
    heard->line = message->place.line;
}

static struct mr_systems *load(const char *text, struct heard *heard)
{
    char path[] = "/tmp/systems-XXXXXX";
    int descriptor = mkstemp(path);
    struct mr_systems *systems = (struct mr_systems *)1;
    int status;

    cr_assert_geq(descriptor, 0);
    cr_assert_eq(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
    close(descriptor);
    *heard = (struct heard){.log = {.sink = listen, .context = heard}};
    status = mr_systems_file_load(&systems, path, &heard->log);
    unlink(path);
    cr_assert_eq(status, systems != NULL ? MR_OK : MR_FATAL);
    cr_assert_eq(heard->log.code, systems != NULL ? 0 : 16);
    return systems;
}

static const char site[] = "# a comment\n" HEADER "PROD1,PROD,3906,1abcd,01F00D 2,abort\n"
                           "# another\n"
                           "Test1,,,02ABCD,,\n"
                           "DR$1,D-R_1,\"8561, T01\",3,  000004   5  ,warn\n";

static const struct {
    const char *serial, *name, *sysid;
    enum mr_system_match match;
    bool unverified;
} searches[] = {
    {"01ABCD", "PROD1", "PROD", MR_SYSTEM_SERIAL, false},
    {"01ABCD", "OTHER", "PROD", MR_SYSTEM_SERIAL, false},
    {"1abcd", "", "PROD", MR_SYSTEM_SERIAL, false},
    {"0000001ABCD", "", "PROD", MR_SYSTEM_SERIAL, false},
    {"01ABCD", "TEST1", "PROD", MR_SYSTEM_SERIAL, false}, /* the serial number decides, not the name */
    {"01F00D", "PROD1", "PROD", MR_SYSTEM_ALTERNATE, false},
    {"000002", "", "PROD", MR_SYSTEM_ALTERNATE, false},
    {"000005", "PROD1", "D-R_1", MR_SYSTEM_ALTERNATE, false},
    {"02abcd", "TEST1", "Test1", MR_SYSTEM_SERIAL, false},
    {"777777", "PROD1", "PROD", MR_SYSTEM_NAMED, true},
    {"777777", "prod1", "PROD", MR_SYSTEM_NAMED, true},
    {"777777", "TEST1", "Test1", MR_SYSTEM_NAMED, true},
    {"", "TEST1", "Test1", MR_SYSTEM_NAMED, false}, /* no 1/5: nothing speaks against the name */
    {"1000000", "PROD1", "PROD", MR_SYSTEM_NAMED, true},
    {"101ABCD", "PROD1", "PROD", MR_SYSTEM_NAMED, true}, /* seven digits are not the last six of them */
    {"100000001ABCD", "PROD1", "PROD", MR_SYSTEM_NAMED, true},
    {"01ABCD 2", "PROD1", "PROD", MR_SYSTEM_NAMED, true},
    {"01ABCX", "", NULL, MR_SYSTEM_UNLISTED, false},
    {"777777", "", NULL, MR_SYSTEM_UNLISTED, false},
    {"777777", "PROD", NULL, MR_SYSTEM_UNLISTED, false}, /* sysid is not the name in 1/4 */
    {"777777", "PROD12", NULL, MR_SYSTEM_UNLISTED, false},
    {"", "", NULL, MR_SYSTEM_UNLISTED, false},
    {" ", " ", NULL, MR_SYSTEM_UNLISTED, false},
};

Test(systems_file, find)
{
    struct heard heard;
    struct mr_systems *systems = load(site, &heard);

    cr_assert_not_null(systems, "%s", heard.detail);
    for (size_t i = 0; i < sizeof searches / sizeof searches[0]; i++) {
        struct mr_system_finding found = mr_systems_file_find(systems, searches[i].serial, searches[i].name);

        cr_expect_eq(found.match, searches[i].match, "search %zu", i);
        cr_expect_eq(found.unverified, searches[i].unverified, "search %zu", i);
        cr_expect_eq(found.entry == NULL, searches[i].sysid == NULL, "search %zu", i);
        if (found.entry != NULL && searches[i].sysid != NULL)
            cr_expect_str_eq(found.entry->sysid, searches[i].sysid, "search %zu", i);
    }
    cr_expect_null(mr_systems_file_find(NULL, "01ABCD", "PROD1").entry);
    mr_systems_file_free(systems);
    mr_systems_file_free(NULL);
}

Test(systems_file, entries)
{
    struct heard heard;
    struct mr_systems *systems = load(site, &heard);
    const struct mr_system_entry *entry;

    cr_assert_not_null(systems);
    entry = mr_systems_file_find(systems, "1ABCD", "").entry;
    cr_expect_str_eq(entry->orgsysid, "PROD1");
    cr_expect_str_eq(entry->model, "3906");
    cr_expect_str_eq(entry->serial, "01ABCD");
    cr_expect_eq(entry->verify, MR_VERIFY_ABORT);
    cr_expect_eq(entry->line, 3);
    entry = mr_systems_file_find(systems, "", "TEST1").entry;
    cr_expect_str_eq(entry->orgsysid, "Test1");
    cr_expect_str_eq(entry->model, "");
    cr_expect_eq(entry->verify, MR_VERIFY_WARN);
    entry = mr_systems_file_find(systems, "3", "").entry;
    cr_expect_str_eq(entry->model, "8561, T01");
    cr_expect_str_eq(entry->serial, "000003");
    cr_expect_eq(entry->line, 6);
    mr_systems_file_free(systems);
}

static const struct {
    const char *text;
    enum mr_message_id id;
    unsigned line;
    const char *detail;
} wrong[] = {
    {"orgsysid,sysid\n", MR_MSG_SYSTEMS_HEADER, 1, "missing column serial"},
    {"orgsysid,serial,color\n", MR_MSG_SYSTEMS_HEADER, 1, "unknown column color"},
    {HEADER "A,A,1,2\n", MR_MSG_SYSTEMS_CSV, 2, NULL},
    {HEADER "A,\"A,1,2,,\n", MR_MSG_SYSTEMS_CSV, 2, NULL},
    {HEADER ",A,1,2,,\n", MR_MSG_SYSTEMS_VALUE, 2, "orgsysid "},
    {HEADER "TOOLONG89,A,1,2,,\n", MR_MSG_SYSTEMS_VALUE, 2, "orgsysid TOOLONG89"},
    {HEADER "A B,A,1,2,,\n", MR_MSG_SYSTEMS_VALUE, 2, "orgsysid A B"},
    {HEADER "A,../x,1,2,,\n", MR_MSG_SYSTEMS_VALUE, 2, "sysid ../x"},
    {HEADER "A,\xc3\xa4,1,2,,\n", MR_MSG_SYSTEMS_VALUE, 2, NULL},
    {HEADER "A,A,\"1\n2\",2,,\n", MR_MSG_SYSTEMS_VALUE, 2, "model is not printable or too long"},
    {HEADER "A,A,1,,,\n", MR_MSG_SYSTEMS_VALUE, 2, "serial "},
    {HEADER "A,A,1,12345G,,\n", MR_MSG_SYSTEMS_VALUE, 2, "serial 12345G"},
    {HEADER "A,A,1,1234567,,\n", MR_MSG_SYSTEMS_VALUE, 2, "serial 1234567"},
    {HEADER "A,A,1,1 2,,\n", MR_MSG_SYSTEMS_VALUE, 2, "serial 1 2"},
    {HEADER "A,A,1,1,2 x,\n", MR_MSG_SYSTEMS_VALUE, 2, "alternates 2 x"},
    {HEADER "A,A,1,1,\"2,3\",\n", MR_MSG_SYSTEMS_VALUE, 2, "alternates 2,3"},
    {HEADER "A,A,1,1,,maybe\n", MR_MSG_SYSTEMS_VALUE, 2, "verify maybe"},
    {HEADER "A,A,1,1,,\na,B,1,2,,\n", MR_MSG_SYSTEMS_DUPLICATE, 3, "orgsysid a"},
    {HEADER "A,A,1,01abcd,,\nB,B,1,1ABCD,,\n", MR_MSG_SYSTEMS_DUPLICATE, 3, "serial 01ABCD"},
    {HEADER "A,A,1,1,,\nB,B,1,2,3 1,\n", MR_MSG_SYSTEMS_DUPLICATE, 3, "serial 000001"},
    {HEADER "A,A,1,1,1,\n", MR_MSG_SYSTEMS_DUPLICATE, 2, "serial 000001"},
};

Test(systems_file, faults)
{
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct heard heard;
        struct mr_systems *systems = load(wrong[i].text, &heard);

        cr_expect_null(systems, "case %zu", i);
        cr_expect_eq(heard.log.counts[wrong[i].id], 1, "case %zu: %s", i, heard.detail);
        cr_expect_eq(heard.line, wrong[i].line, "case %zu: line %u", i, heard.line);
        if (wrong[i].detail != NULL)
            cr_expect_str_eq(heard.detail, wrong[i].detail, "case %zu: %s", i, heard.detail);
        mr_systems_file_free(systems);
    }
}

Test(systems_file, all_faults_are_told)
{
    struct heard heard;
    struct mr_systems *systems = load(HEADER "A,A,1,x,,\nB,B,1,1,,no\nC,C,1,2,,\nD,D,1,2,,\n", &heard);

    cr_expect_null(systems);
    cr_expect_eq(heard.log.counts[MR_MSG_SYSTEMS_VALUE], 2);
    cr_expect_eq(heard.log.counts[MR_MSG_SYSTEMS_DUPLICATE], 1);
}

Test(systems_file, no_such_file)
{
    struct heard heard = {.log = {.sink = listen, .context = &heard}};
    struct mr_systems *systems = (struct mr_systems *)1;

    cr_expect_eq(mr_systems_file_load(&systems, "/nonexistent/systems.csv", &heard.log), MR_FATAL);
    cr_expect_null(systems);
    cr_expect_eq(heard.log.counts[MR_MSG_SYSTEMS_OPEN], 1);
}

/* Two columns are enough, in any order. */
Test(systems_file, few_columns)
{
    struct heard heard;
    struct mr_systems *systems = load("serial,orgsysid\nFFFFFF,A\n", &heard);
    const struct mr_system_entry *entry = mr_systems_file_find(systems, "ffffff", "").entry;

    cr_assert_not_null(entry, "%s", heard.detail);
    cr_expect_str_eq(entry->sysid, "A");
    cr_expect_eq(entry->verify, MR_VERIFY_WARN);
    mr_systems_file_free(systems);
}

/* One system more, or one alternate more, than a file may have. */
Test(systems_file, limits)
{
    char *text = malloc(64 * 1024), *end = text + sprintf(text, "%s", HEADER);
    struct mr_systems *systems;
    struct heard heard;

    for (unsigned i = 0; i < MR_SYSTEMS_FILE_MAX; i++)
        end += sprintf(end, "S%u,,,%X,,\n", i, i);
    systems = load(text, &heard);
    cr_expect_str_eq(mr_systems_file_find(systems, "3FF", "").entry->sysid, "S1023");
    mr_systems_file_free(systems);
    (void)sprintf(end, "X,,,FFFF,,\n");
    cr_expect_null(load(text, &heard));
    cr_expect_eq(heard.log.counts[MR_MSG_SYSTEMS_MEMORY], 1);

    end = text + sprintf(text, "%s%s", HEADER, "A,,,1,");
    for (unsigned i = 0; i < MR_ALTERNATES_MAX; i++)
        end += sprintf(end, "%X ", 16 + i);
    (void)sprintf(end, ",\n");
    systems = load(text, &heard);
    cr_expect_eq(mr_systems_file_find(systems, "4F", "").match, MR_SYSTEM_ALTERNATE);
    mr_systems_file_free(systems);
    (void)sprintf(end, "FFFF,\n");
    cr_expect_null(load(text, &heard));
    cr_expect_eq(heard.log.counts[MR_MSG_SYSTEMS_VALUE], 1);
    free(text);
}

Test(systems_file, report)
{
    static const struct {
        const char *serial, *name;
        int status, code;
        enum mr_message_id id;
        const char *detail;
    } cases[] = {
        {"01ABCD", "PROD1", MR_OK, 0, MR_MSG_COUNT, ""},
        {"777777", "OTHER", MR_OK, 0, MR_MSG_COUNT, ""},
        {"", "PROD1", MR_OK, 0, MR_MSG_COUNT, ""},
        {"777777", "TEST1", MR_WARN, 4, MR_MSG_SYSTEM_UNVERIFIED,
         "Test1, serial 777777; line 5 of the systems file expects 02ABCD"},
        {"777777", "PROD1", MR_FATAL, 16, MR_MSG_SYSTEM_REFUSED,
         "PROD1, serial 777777; line 3 of the systems file expects 01ABCD"},
    };
    struct heard heard;
    struct mr_systems *systems = load(site, &heard);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mr_system_finding found = mr_systems_file_find(systems, cases[i].serial, cases[i].name);

        heard = (struct heard){.log = {.sink = listen, .context = &heard}};
        cr_expect_eq(mr_systems_file_report(&found, cases[i].serial, MR_NOWHERE, &heard.log), cases[i].status);
        cr_expect_eq(heard.log.code, cases[i].code);
        cr_expect_str_eq(heard.detail, cases[i].detail);
        if (cases[i].id != MR_MSG_COUNT)
            cr_expect_eq(heard.log.counts[cases[i].id], 1);
    }
    mr_systems_file_free(systems);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong names and wrong uses: -DKIND=... */
#include "monreduce_exit.h"

#include <string.h>

static const struct mr_exit_host *host;
static int table;

#if KIND == 9
static int other, user;

static int misuse(void *data, struct mr_exit_row *row, int which)
{
    uint64_t value = 7;
    double number = 7;
    uint32_t devices;
    char text[512];
    int bad = 0;

    (void)data;
    memset(text, 'X', sizeof text);
    bad += host->get_uint(host, row, other, &value) == MR_EXIT_EHANDLE;    /* a column of another table */
    bad += host->get_uint(host, row, user, &value) == MR_EXIT_ETYPE;       /* a text is no number */
    bad += host->get_uint(host, row, -2, &value) == MR_EXIT_EHANDLE;
    bad += host->set_text(host, row, user, text, sizeof text) == MR_EXIT_ELENGTH;
    bad += host->set_text(host, row, host->column_at(host, which, 6), "ok", 2) == MR_EXIT_EREADONLY;
    bad += host->column(host, which, "SYSID") == MR_EXIT_ESTATE;
    bad += host->chpid_devices(host, 256, &devices) == MR_EXIT_EHANDLE;
    bad += host->set_number(host, row, user, number) == MR_EXIT_ETYPE;
    bad += value == 7;
    return bad == 9 ? MR_EXIT_OK : MR_EXIT_FAILED;
}
#endif

int mr_exit_init(const struct mr_exit_host *given, struct mr_exit *exit)
{
    mr_exit_declare(exit);
    host = given;
    table = host->table(host, "VMXSP002");
#if KIND == 1
    return host->table(host, "VMXSP02");
#elif KIND == 2
    return host->column(host, table, "PFXRUNCP");
#elif KIND == 3
    return host->field(host, 0, 2, "SYTPRP_PFXCPUADD");
#elif KIND == 4
    return host->field(host, 0, 99, "X");
#elif KIND == 5
    return host->add_column(host, table, "My column", MR_EXIT_UINT, 0, "", "");
#elif KIND == 6
    return host->add_column(host, table, "SYTPRP_PFXRUNCP", MR_EXIT_UINT, 0, "", "");
#elif KIND == 7
    return host->add_column(host, table, "MINE", MR_EXIT_TEXT, 0, "", "");
#elif KIND == 8
    return host->column(host, host->table(host, "NONE"), "SYSID");
#else
    other = host->column(host, host->table(host, "VMXSP001"), "SYSID");
    user = host->column(host, table, "SYSID");
    exit->usrsspp = misuse;
    return other < 0 || user < 0;
#endif
}

/* SPDX-License-Identifier: Apache-2.0 */
/* MONITOR SAMPLE INTERVAL in the spellings that CP takes (IBM's command page: MONitor SAMPle, INTerval, MINutes, SEConds). */
#include "domains/commands.h"

#include <criterion/criterion.h>

static const struct {
    const char *text;
    unsigned long seconds;
} commands[] = {
    {"MONITOR SAMPLE INTERVAL 60 SECONDS", 60},
    {"MONITOR SAMPLE INTERVAL 1 MINUTES", 60},
    {"MONITOR SAMPLE INTERVAL 5", 300},
    {"MON SAMPL INT 5", 300},
    {"MONIT SAMPLE INTE 30 SEC", 30},
    {"  MONITOR   SAMPLE   INTERV   2   MIN  ", 120},
    {"MONITOR SAMPLE INTERVAL 30SEC", 30},
    {"MONITOR SAMPLE ENABLE ALL INTERVAL 10 SECON", 10},
    {"MONITOR SAMPLE INTERVAL 1 MIN RATE 2 SEC", 60},
    {"MONITOR SAMPLE RATE 2 SEC INTERVAL 45 SEC", 45},
    {"MONITOR SAMPLE INTERVAL 1440", 86400},
    {"MONITOR SAMPLE SUBINTERVAL 5 SEC", 0},
    {"MONITOR SAMPLE SUBINT 5 SEC INT 2 MIN", 120},
    {"MONITOR SAMPLE INTERVAL 2 MIN SUBINTERVAL 5 SEC", 120},
    {"MONITOR SAMPLE INTERVALS 5", 0},
    {"MONITOR SAMPLE IN 5", 0},
    {"MONITOR SAM INTERVAL 5", 300},
    {"MON SAMP INT 10 SEC", 10},
    {"MONITOR SAMPLER INTERVAL 5", 0},
    {"MONITOR SAMPLE INTERVAL 5 MINUTE", 300},
    {"MONITOR SAMPLE INTERVAL 5MI", 0},
    {"MONITOR SAMPLE CONFIG LIMIT 2 MIN", 0},
    {"MONITOR SAMPLE INTERVAL 90 SECONDS", 90},
    {"MONITOR SAMPLE ENABLE USER USERID INT 5", 0},
    {"MONITOR SAMPLE ENABLE I/O DEVICE 0190 INT 5", 0},
    {"MONITOR SAMPLE DISABLE I/O VOLUME INT 5", 0},
    {"MONITOR EVENT INTERVAL 5", 0},
    {"MO SAMPLE INTERVAL 5", 0},
    {"MONITOR SAMPLE INTERVAL", 0},
    {"MONITOR SAMPLE INTERVAL X", 0},
    {"MONITOR SAMPLE INTERVAL 0 SEC", 0},
    {"MONITOR SAMPLE INTERVAL 5FURLONGS", 0},
    {"MONITOR SAMPLE INTERVAL 99999999999999999999 SEC", 0},
    {"MONITOR SAMPLE INTERVAL 1441 MIN", 0},
    {"MONITOR SAMPLE START", 0},
    {"", 0},
};

Test(commands, intervals)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        unsigned long seconds = mr_command_interval(commands[i].text);

        cr_expect_eq(seconds, commands[i].seconds, "'%s': %lu instead of %lu", commands[i].text, seconds,
                     commands[i].seconds);
    }
}

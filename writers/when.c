/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/when.h"

#include "writers/number.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MICROS INT64_C(1000000)
#define HOUR (3600 * MICROS)
#define DAY (24 * HOUR)

/* Exactly count digits, a number of at most max.  Moves *p behind them; -1 where they are not there. */
static int digits(const char **p, int count, int max)
{
    int value = 0;

    for (int i = 0; i < count; i++, (*p)++) {
        if (**p < '0' || **p > '9')
            return -1;
        value = value * 10 + (**p - '0');
    }
    return value <= max ? value : -1;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970 of a date of the Gregorian calendar, from a year that begins in March. */
static int64_t day_number(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int parse_date(const char **p, int64_t *micros)
{
    int year = digits(p, 4, 9999), month, day;

    if (year < 0 || *(*p)++ != '-' || (month = digits(p, 2, 12)) < 1 || *(*p)++ != '-')
        return MR_FAILED;
    day = digits(p, 2, 31);
    if (day < 1 || day > days_in(year, month))
        return MR_FAILED;
    *micros = day_number(year, month, day) * DAY;
    return MR_OK;
}

/* Up to six digits behind the point. */
static int parse_fraction(const char **p, int64_t *micros)
{
    int64_t unit = MICROS / 10;
    const char *start = *p;

    for (; **p >= '0' && **p <= '9' && unit > 0; (*p)++, unit /= 10)
        *micros += (**p - '0') * unit;
    return *p > start ? MR_OK : MR_FAILED;
}

int mr_when_parse(const char *text, bool end, int64_t *micros)
{
    static const int64_t units[] = {HOUR, HOUR / 60, MICROS};
    const char *p = text;
    int64_t unit = DAY;

    if (parse_date(&p, micros) != MR_OK)
        return MR_FAILED;
    for (int i = 0; i < 3 && *p != '\0'; i++) {
        int value;

        if (i == 0 ? *p != ' ' && *p != 'T' : *p != ':')
            return MR_FAILED;
        p++;
        value = digits(&p, 2, i == 0 ? 23 : 59);
        if (value < 0)
            return MR_FAILED;
        unit = units[i];
        *micros += value * unit;
    }
    if (*p == '.' && unit == MICROS) {
        p++;
        if (parse_fraction(&p, micros) != MR_OK)
            return MR_FAILED;
        unit = 1;
    }
    if (end && unit == DAY)
        *micros += DAY;
    return *p == '\0' ? MR_OK : MR_FAILED;
}

int64_t mr_when_floor(int64_t micros, enum mr_split split)
{
    int64_t unit = split == MR_SPLIT_DAY ? DAY : split == MR_SPLIT_HOUR ? HOUR : MICROS;
    int64_t over = micros % unit;

    if (over < 0)
        over += unit;
    return micros < INT64_MIN + over ? INT64_MIN : micros - over;
}

void mr_when_stamp(char *text, int64_t micros)
{
    static const int64_t least = -INT64_C(62167219200) * 1000000, most = INT64_C(253402300799) * 1000000;
    char time[MR_NUMBER_MAX_TEXT];

    (void)mr_put_time(time, micros < least ? least : micros > most ? most : micros);
    /* YYYY-MM-DD HH:MM:SS */
    memcpy(text, time, 4);
    memcpy(text + 4, time + 5, 2);
    memcpy(text + 6, time + 8, 2);
    text[8] = 'T';
    memcpy(text + 9, time + 11, 2);
    memcpy(text + 11, time + 14, 2);
    memcpy(text + 13, time + 17, 2);
    text[15] = '\0';
}

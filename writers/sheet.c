/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/sheet.h"

#include <string.h>
#include <strings.h>

#define WORD_MAX 9

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool starts_formula(char c)
{
    return c == '=' || c == '+' || c == '-' || c == '@' || c == '\'' || (unsigned char)c < ' ' || c == 0x7F;
}

/* Words that may stand in a number, a date or a time: in English, and the months as other languages shorten them. */
static bool is_number_word(const char *word, size_t size)
{
    static const char *const words[] = {
        "E",   "D",   "AM",  "PM",  "A",   "P",   "JAN", "FEB",  "MAR",  "APR",  "MAY",     "JUN",      "JUL",
        "AUG", "SEP", "OCT", "NOV", "DEC", "MAI", "OKT", "DEZ",  "MRZ",  "AVR",  "FEV",     "JUIN",     "JUIL",
        "ENE", "ABR", "AGO", "DIC", "GEN", "MAG", "GIU", "LUG",  "SET",  "OTT",  "OUT",     "MEI",      "MARS",
        "AOUT", "SEPT", "JUNE", "JULY", "JANUARY", "FEBRUARY", "MARCH", "APRIL", "AUGUST", "SEPTEMBER", "OCTOBER",
        "NOVEMBER", "DECEMBER",
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == size && strncasecmp(words[i], word, size) == 0)
            return true;
    }
    return false;
}

static bool is_logical(const char *text, size_t size)
{
    return (size == 4 && strncasecmp(text, "TRUE", 4) == 0) || (size == 5 && strncasecmp(text, "FALSE", 5) == 0);
}

bool mr_sheet_mistakes(const char *text, size_t size)
{
    bool digits = false;

    while (size > 0 && *text == ' ') {
        text++;
        size--;
    }
    if (size == 0)
        return false;
    if (starts_formula(text[0]) || is_logical(text, size))
        return true;
    for (size_t i = 0; i < size;) {
        size_t start = i;

        while (i < size && i - start <= WORD_MAX && is_letter(text[i]))
            i++;
        if (i == start) {
            if (!is_digit(text[i]) && (text[i] == '\0' || strchr(" .,:/+-%()$", text[i]) == NULL))
                return false;
            digits |= is_digit(text[i++]);
        } else if (!is_number_word(text + start, i - start) &&
                   !(i - start == 1 && (text[start] | ' ') == 't' && start > 0 && is_digit(text[start - 1]))) {
            return false;
        }
    }
    return digits;
}

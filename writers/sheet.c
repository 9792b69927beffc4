/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/sheet.h"

#include <string.h>
#include <strings.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* What begins a formula, is taken away, or begins the name of an error (#N/A). */
static bool starts_formula(char c)
{
    return c == '=' || c == '+' || c == '-' || c == '@' || c == '#' || c == '\'' || (unsigned char)c < ' ' || c == 0x7F;
}

static bool is_one_of(const char *word, size_t size, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strlen(*words) == size && strncasecmp(*words, word, size) == 0)
            return true;
    }
    return false;
}

/* Words that may stand in a number, a date or a time; months by how they begin, in English and other languages. */
static bool is_number_word(const char *word, size_t size)
{
    static const char *const marks[] = {"E", "D", "A", "P", "AM", "PM", NULL};
    static const char *const months[] = {
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC", "MAI", "OKT", "DEZ", "MRZ",
        "AVR", "FEV", "JUI", "ENE", "ABR", "AGO", "DIC", "GEN", "MAG", "GIU", "LUG", "SET", "OTT", "OUT", "MEI", "MAA",
        "AOU", NULL,
    };

    return is_one_of(word, size, marks) || (size >= 3 && is_one_of(word, 3, months));
}

static bool is_logical(const char *text, size_t size)
{
    static const char *const words[] = {"TRUE", "FALSE", "WAHR",      "FALSCH",     "VRAI", "FAUX",
                                        "VERO", "FALSO", "VERDADERO", "VERDADEIRO", "WAAR", "ONWAAR", NULL};

    return is_one_of(text, size, words);
}

/* Signs of numbers, dates and times.  Money and blanks of other languages are beyond ASCII: all of that counts. */
static bool is_number_sign(char c)
{
    return (unsigned char)c >= 0x80 || (c != '\0' && strchr(" .,:/+-%()$'", c) != NULL);
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

        while (i < size && is_letter(text[i]))
            i++;
        if (i == start) {
            if (!is_digit(text[i]) && !is_number_sign(text[i]))
                return false;
            digits |= is_digit(text[i++]);
        } else if (!is_number_word(text + start, i - start) &&
                   !(i - start == 1 && (text[start] | ' ') == 't' && start > 0 && is_digit(text[start - 1]))) {
            return false;
        }
    }
    return digits;
}

bool mr_sheet_fits(const char *text, size_t size)
{
    size_t length = size + 3 * (size / (MR_SHEET_STRING - 3) + 1);

    for (size_t i = 0; i < size && length <= MR_SHEET_FORMULA; i++)
        length += text[i] == '"';
    return length <= MR_SHEET_FORMULA;
}

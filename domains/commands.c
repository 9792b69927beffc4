/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/commands.h"

#include <stdbool.h>
#include <string.h>

#define LONGEST_INTERVAL_SECONDS 86400ul
#define WORD_MAX 32

/* The next word of the text; false at its end.  A longer word than any of CP's is cut. */
static bool next_word(const char **text, char *word)
{
    size_t n;

    *text += strspn(*text, " ");
    n = strcspn(*text, " ");
    if (n == 0)
        return false;
    memcpy(word, *text, n < WORD_MAX ? n : WORD_MAX - 1);
    word[n < WORD_MAX ? n : WORD_MAX - 1] = '\0';
    *text += n;
    return true;
}

/* Is the word this one, or a form of it of at least so many letters? */
static bool is_word(const char *word, const char *whole, size_t least)
{
    size_t n = strlen(word);

    return n >= least && n <= strlen(whole) && strncmp(word, whole, n) == 0;
}

/* Digits, perhaps with the unit at once behind them; false where there are none. */
static bool number_of(const char *word, unsigned long *number, const char **rest)
{
    size_t digits = strspn(word, "0123456789");

    *number = 0;
    *rest = word + digits;
    for (size_t i = 0; i < digits && *number <= LONGEST_INTERVAL_SECONDS; i++)
        *number = *number * 10 + (unsigned long)(word[i] - '0');
    return digits > 0;
}

static unsigned long seconds_of(const char *text)
{
    char word[WORD_MAX], unit[WORD_MAX];
    unsigned long number;
    const char *rest;
    bool seconds;

    if (!next_word(&text, word) || !number_of(word, &number, &rest))
        return 0;
    if (rest[0] != '\0')
        memcpy(unit, rest, strlen(rest) + 1);
    else if (!next_word(&text, unit))
        unit[0] = '\0';
    seconds = is_word(unit, "SECONDS", 3);
    if (rest[0] != '\0' && !seconds && !is_word(unit, "MINUTES", 3))
        return 0;
    number *= seconds ? 1 : 60;
    return number > LONGEST_INTERVAL_SECONDS ? 0 : number;
}

/* What follows such a word are names: a user may be called INTERVAL, or 5. */
static bool begins_names(const char *word)
{
    return is_word(word, "USERID", 6) || is_word(word, "VOLUME", 3) || is_word(word, "CPVOL", 5) ||
           is_word(word, "CLASS", 3) || is_word(word, "DEVICE", 3) || is_word(word, "TYPE", 4);
}

/* A 1/10 is written for a command that CP has taken: what begins with SA is SAMPLE, even below its minimum of four. */
unsigned long mr_command_interval(const char *text)
{
    unsigned long seconds = 0;
    char word[WORD_MAX];

    if (!next_word(&text, word) || !is_word(word, "MONITOR", 3) || !next_word(&text, word) ||
        !is_word(word, "SAMPLE", 2))
        return 0;
    while (next_word(&text, word) && !begins_names(word)) {
        if (is_word(word, "INTERVAL", 3))
            seconds = seconds_of(text);
    }
    return seconds;
}

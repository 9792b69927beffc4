/* SPDX-License-Identifier: Apache-2.0 */
#include "samples/scan.h"

#include "reader/tod.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FILE_MAX (1u << 20) /* bytes of a scenario */

int ms_fault(const struct ms_place *place, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "monsample: ");
    if (place != NULL && place->file != NULL)
        fprintf(stderr, "%s:%u: ", place->file, place->line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return MR_FATAL;
}

int ms_scan_open(struct ms_scan *scan, struct ms_scenario *scenario, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t length;

    *scan = (struct ms_scan){.scenario = scenario};
    if (file == NULL)
        return ms_fault(NULL, "%s: cannot be read; check the name of the scenario", path);
    scan->text = malloc(FILE_MAX + 1);
    length = scan->text == NULL ? 0 : fread(scan->text, 1, FILE_MAX + 1, file);
    fclose(file);
    if (scan->text == NULL || length > FILE_MAX) {
        free(scan->text);
        return ms_fault(NULL, "%s: too long; a scenario has at most %u bytes", path, FILE_MAX);
    }
    scan->text[length] = '\0';
    if (strlen(scan->text) != length) {
        free(scan->text);
        return ms_fault(NULL, "%s: is no text; the scenario comes first, then the output", path);
    }
    scan->place.file = mr_arena_text(scenario->arena, path);
    scan->next = scan->text;
    scan->at = scan->line;
    return MR_OK;
}

void ms_scan_close(struct ms_scan *scan)
{
    free(scan->text);
    scan->text = NULL;
}

void ms_scan_text(struct ms_scan *scan, struct ms_scenario *scenario, const char *text)
{
    *scan = (struct ms_scan){.scenario = scenario, .at = text, .next = "", .place = {"command line", 1}};
}

/* Copy a line without its comment; returns the start of the line after it. */
static const char *copy_line(const char *text, char *line, size_t room)
{
    bool quoted = false, comment = false;
    size_t n = 0;

    for (; *text != '\0' && *text != '\n'; text++) {
        if (*text == '"')
            quoted = !quoted;
        if (*text == '#' && !quoted)
            comment = true;
        if (!comment && n + 1 < room)
            line[n++] = *text == '\r' || *text == '\t' ? ' ' : *text;
    }
    line[n] = '\0';
    return *text == '\0' ? text : text + 1;
}

bool ms_scan_line(struct ms_scan *scan)
{
    while (*scan->next != '\0') {
        scan->next = copy_line(scan->next, scan->line, sizeof scan->line);
        scan->place.line++;
        scan->at = scan->line;
        if (ms_scan_peek(scan) != '\0')
            return true;
    }
    return false;
}

bool ms_scan_continued(struct ms_scan *scan)
{
    const char *at = scan->next;
    char c;

    while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n' || *at == '#') {
        if (*at == '#')
            at += strcspn(at, "\n");
        else
            at++;
    }
    c = *at;
    if (!(c >= 'A' && c <= 'Z') && c != '@')
        return false;
    return ms_scan_line(scan);
}

char ms_scan_peek(struct ms_scan *scan)
{
    while (*scan->at == ' ')
        scan->at++;
    return *scan->at;
}

bool ms_scan_take(struct ms_scan *scan, const char *token)
{
    size_t length = strlen(token);

    if (ms_scan_peek(scan) != token[0] || strncmp(scan->at, token, length) != 0)
        return false;
    scan->at += length;
    return true;
}

bool ms_scan_keyword(struct ms_scan *scan, const char *word)
{
    size_t length = strlen(word);
    char after;

    if (ms_scan_peek(scan) != word[0] || strncmp(scan->at, word, length) != 0)
        return false;
    after = scan->at[length];
    if (isalnum((unsigned char)after) || after == '-' || after == '_')
        return false;
    scan->at += length;
    return true;
}

const char *ms_scan_word(struct ms_scan *scan, const char *stops)
{
    char word[256];
    size_t n = 0;

    ms_scan_peek(scan);
    while (*scan->at != '\0' && *scan->at != ' ' && strchr(stops, *scan->at) == NULL) {
        if (n + 1 < sizeof word)
            word[n++] = *scan->at;
        scan->at++;
    }
    word[n] = '\0';
    return n == 0 ? NULL : mr_arena_text(scan->scenario->arena, word);
}

bool ms_scan_end(struct ms_scan *scan)
{
    if (ms_scan_peek(scan) == '\0')
        return true;
    ms_fault(&scan->place, "'%.30s' is not understood here; see samples/README.md", scan->at);
    return false;
}

/* A decimal point and up to six digits, as microseconds. */
static long fraction(const char **text)
{
    long value = 0, scale = 100000;

    if (**text != '.')
        return 0;
    for ((*text)++; isdigit((unsigned char)**text); (*text)++, scale /= 10)
        value += (**text - '0') * scale;
    return value;
}

bool ms_scan_date(const char **text, uint64_t *tod)
{
    struct tm t = {0};
    int used = 0;
    time_t seconds;

    if (sscanf(*text, " %4d-%2d-%2d %2d:%2d:%2d%n", &t.tm_year, &t.tm_mon, &t.tm_mday, &t.tm_hour, &t.tm_min,
               &t.tm_sec, &used) != 6 || t.tm_year < 1900 || t.tm_mon < 1 || t.tm_mon > 12 || t.tm_mday < 1)
        return false;
    t.tm_year -= 1900;
    t.tm_mon--;
    seconds = timegm(&t);
    *text += used;
    *tod = mr_tod_from_micros((int64_t)seconds * 1000000 + fraction(text));
    return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* How descriptions are laid out: named items with wrapped text, and lists in columns. */
#include "dictionary/describe.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define NAME_WIDTH 12
#define LINE_WIDTH 100

static void put_spaces(FILE *out, size_t count)
{
    fprintf(out, "%*s", (int)count, "");
}

/* Bytes that fit on a line: up to the last blank, or a longer word as it is. */
static size_t fitting(const char *text, size_t room)
{
    size_t length = strlen(text), cut = 0;

    if (length <= room)
        return length;
    for (size_t i = 0; i <= room; i++) {
        if (text[i] == ' ')
            cut = i;
    }
    return cut > 0 ? cut : strcspn(text, " ");
}

void mr_describe_item(FILE *out, const char *name, const char *text)
{
    if (text[0] == '\0')
        return;
    fprintf(out, "%-*s", NAME_WIDTH, name);
    for (;;) {
        size_t n = fitting(text, LINE_WIDTH - NAME_WIDTH);

        fwrite(text, 1, n, out);
        putc('\n', out);
        text += n;
        text += strspn(text, " ");
        if (*text == '\0')
            return;
        put_spaces(out, NAME_WIDTH);
    }
}

void mr_describe_itemf(FILE *out, const char *name, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    mr_describe_item(out, name, text);
}

char *mr_describe_written(void (*put)(const void *what, FILE *text), const void *what)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);

    if (memory == NULL)
        return NULL;
    put(what, memory);
    if (fclose(memory) == 0)
        return text;
    free(text);
    return NULL;
}

void mr_describe_item_put(FILE *out, const char *name, void (*put)(const void *what, FILE *text), const void *what)
{
    char *text = mr_describe_written(put, what);

    if (text != NULL)
        mr_describe_item(out, name, text);
    free(text);
}

void mr_describe_widen(size_t *width, const char *text)
{
    size_t n = strlen(text);

    if (n > *width)
        *width = n;
}

void mr_describe_line(FILE *out, const char *const *cells, const size_t *widths, size_t count)
{
    size_t last = count - 1;

    while (last > 0 && cells[last][0] == '\0')
        last--;
    for (size_t i = 0; i < last; i++)
        fprintf(out, "%-*s  ", (int)widths[i], cells[i]);
    fprintf(out, "%s\n", cells[last]);
}

void mr_describe_since(FILE *out, const char *since)
{
    unsigned release;
    int used = 0;

    if (sscanf(since, "<=%3u%n", &release, &used) == 1 && since[used] == '\0' && release >= 100)
        mr_describe_itemf(out, "since", "z/VM %u.%u or before", release / 100, release / 10 % 10);
    else
        mr_describe_item(out, "since", since);
}

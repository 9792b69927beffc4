/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile unsigned looked_at; /* so that no look at a byte is optimised away */

static const char *present_column = ""; /* that is being looked at */

void fuzz_broken(const char *file, int line, const char *promise)
{
    fprintf(stderr, "%s:%d: broken promise: %s %s\n", file, line, promise, present_column);
    abort();
}

const char *fuzz_file(const uint8_t *data, size_t size)
{
    static char name[64];
    static int fd = -1;

    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    fuzz_check(fd >= 0 && ftruncate(fd, 0) == 0);
    fuzz_check(pwrite(fd, data, size, 0) == (ssize_t)size);
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    return name;
}

static void format(void *context, const struct mr_message *message)
{
    char text[700];

    (void)context;
    mr_message_format(text, sizeof text, message);
    fuzz_check(memcmp(text, "MRD", 3) == 0 && strchr(text, '\n') == NULL);
    fuzz_check(strchr(message->detail, '\n') == NULL);
}

struct mr_log fuzz_log(void)
{
    return (struct mr_log){.sink = format};
}

void fuzz_write(const char *path, const uint8_t *data, size_t size)
{
    FILE *out = fopen(path, "wb");

    fuzz_check(out != NULL && (size == 0 || fwrite(data, 1, size, out) == size) && fclose(out) == 0);
}

void fuzz_empty(const char *folder)
{
    char path[600];
    struct dirent *entry;
    DIR *all = opendir(folder);

    while (all != NULL && (entry = readdir(all)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%.300s/%.255s", folder, entry->d_name);
        if (unlink(path) != 0) {
            fuzz_empty(path);
            rmdir(path);
        }
    }
    if (all != NULL)
        closedir(all);
}

static char folder[300];

static void remove_folder(void)
{
    fuzz_empty(folder);
    rmdir(folder);
}

const char *fuzz_folder(void)
{
    const char *top = getenv("TMPDIR");

    if (folder[0] == '\0') {
        snprintf(folder, sizeof folder, "%.200s/fuzz-XXXXXX", top == NULL ? "/tmp" : top);
        fuzz_check(mkdtemp(folder) != NULL);
        atexit(remove_folder);
    }
    return folder;
}

/* UTF-8 without control characters, so that a text stays on its line; bytes above X'7F' in pairs or longer. */
static void look_at_text(const char *text, uint32_t size)
{
    unsigned more = 0;

    for (uint32_t i = 0; i < size; i++) {
        uint8_t c = (uint8_t)text[i];

        if (more > 0) {
            fuzz_check((c & 0xC0) == 0x80);
            more--;
        } else if (c >= 0x80) {
            fuzz_check(c >= 0xC2 && c < 0xF5);
            more = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
        } else {
            fuzz_check(c >= 0x20 && c != 0x7F);
        }
    }
    fuzz_check(more == 0);
}

static void look_at(const struct mr_column *column, const struct mr_cell *cell)
{
    switch (column->type) {
    case MR_CELL_TEXT:
        fuzz_check(column->size == 0 || cell->size <= 2 + 2 * column->size);
        look_at_text(cell->value.text, cell->size);
        break;
    case MR_CELL_HEX:
    case MR_CELL_DIGITS:
        fuzz_check(column->size == 0 || cell->size <= column->size);
        for (uint32_t i = 0; i < cell->size; i++)
            looked_at += cell->value.bytes[i];
        break;
    case MR_CELL_REAL:
        fuzz_check(isfinite(cell->value.d));
        break;
    default:
        looked_at += (unsigned)cell->value.u;
    }
}

static bool is_quality(const struct mr_cell *cell)
{
    static const char *const words[] = {"ok", "first", "reset", "gap", "partial"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (cell->size == strlen(words[i]) && memcmp(cell->value.text, words[i], cell->size) == 0)
            return true;
    }
    return false;
}

int fuzz_row(void *context, struct mr_plan *plan, struct mr_cell *cells)
{
    (void)context;
    fuzz_check(cells[MR_COL_SYSID].present && cells[MR_COL_SYSID].size > 0);
    fuzz_check(cells[MR_COL_ENDTS].present);
    fuzz_check(cells[MR_COL_QUALITY].present && is_quality(&cells[MR_COL_QUALITY]));
    fuzz_check(!cells[MR_COL_DURATION].present || cells[MR_COL_DURATION].value.i >= 0);
    for (size_t c = 0; c < plan->column_count; c++) {
        present_column = plan->columns[c].name;
        if (cells[c].present)
            look_at(&plan->columns[c], &cells[c]);
    }
    present_column = "";
    return MR_OK;
}

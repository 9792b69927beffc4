/* SPDX-License-Identifier: Apache-2.0 */
/* yardstick FOLDER FILE: the tables of one MONWRITE file (yardstick.h). */
#include "tests/bench/yardstick.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BLOCK 4096
#define IN_BUFFER (1 << 20)
#define ENTRIES_AT 40
#define ENTRY 12
#define ENTRIES_MAX 338

static char ebcdic[256][3]; /* each byte in UTF-8; "" where it is no character */

_Noreturn void give_up(const char *what)
{
    fprintf(stderr, "yardstick: %s%s%s\n", what, errno != 0 ? ": " : "", errno != 0 ? strerror(errno) : "");
    exit(1);
}

void text_open(void)
{
    iconv_t convert = iconv_open("UTF-8", "IBM1047");

    if (convert == (iconv_t)-1)
        give_up("iconv");
    for (unsigned i = 0; i < 256; i++) {
        char in = (char)i, out[8] = "", *from = &in, *to = out;
        size_t left = 1, room = sizeof out - 1;

        if (iconv(convert, &from, &left, &to, &room) == (size_t)-1 || (unsigned char)out[0] < 0x20 ||
            out[0] == 0x7F || ((unsigned char)out[0] == 0xC2 && (unsigned char)out[1] < 0xA0))
            continue;
        memcpy(ebcdic[i], out, 2);
    }
    iconv_close(convert);
}

void text_of(char *out, const uint8_t *bytes, unsigned length)
{
    char *to = out;
    unsigned i;

    for (i = 0; i < length && ebcdic[bytes[i]][0] != '\0'; i++) {
        *to++ = ebcdic[bytes[i]][0];
        if (ebcdic[bytes[i]][1] != '\0')
            *to++ = ebcdic[bytes[i]][1];
    }
    while (to > out && to[-1] == ' ')
        to--;
    *to = '\0';
    if (i == length)
        return;
    while (length > i && bytes[length - 1] == 0)
        length--;
    if (i == length)
        return;
    to = out + sprintf(out, "0x");
    for (i = 0; i < length; i++)
        to += sprintf(to, "%02X", bytes[i]);
}

/* ---- what is kept of the system ---- */

static void field_text(char *out, const struct record *record, unsigned number, const char *name)
{
    const struct mr_layout *layout = mr_schema_layout(mr_schema_builtin(), 1, number, "");
    const struct mr_field *field = &layout->fields[mr_layout_field(layout, name)];

    out[0] = '\0';
    if (field->offset + (unsigned)field->length <= record->length)
        text_of(out, record->bytes + field->offset, field->length);
}

static void take_identity(struct state *state, const struct record *record)
{
    char type[40], model[40];

    field_text(state->sysid, record, 4, "MTRSYS_SYSTMID");
    field_text(type, record, 4, "MTRSYS_SYSMTYPE");
    field_text(model, record, 4, "MTRSYS_SYSMMODL");
    snprintf(state->model, sizeof state->model, "%.30s-%.30s", type, model);
}

static struct feed *feeds[16][256];

static void take_record(struct state *state, const uint8_t *bytes, unsigned length)
{
    struct record record = {bytes, length, number_at(bytes + 8, 8)};
    unsigned domain = bytes[4], number = (unsigned)number_at(bytes + 6, 2);

    if (domain == 1 && number == 4)
        take_identity(state, &record);
    if (domain < 16 && number < 256) {
        state->sent[domain][number] = true;
        for (struct feed *feed = feeds[domain][number]; feed != NULL; feed = feed->next)
            rows_of(state, feed, &record);
    }
    if (domain == 1 && number == 11) {
        state->interval_start = record.tod;
        state->interval++;
    }
}

/* ---- the file ---- */

static void take_frame(struct state *state, const uint8_t *frame, unsigned room)
{
    unsigned at = 0;

    while (at + 20 <= room) {
        unsigned length = (unsigned)number_at(frame + at, 2);

        if (length < 20 || at + length > room || number_at(frame + at + 2, 2) != 0)
            give_up("a record with a wrong length; this program is for data without damage");
        if (frame[at + 4] == 1 && number_at(frame + at + 6, 2) == 13)
            return;
        take_record(state, frame + at, length);
        at += length;
    }
}

static void take_data(struct state *state, FILE *in, uint64_t bytes)
{
    uint8_t frame[BLOCK];

    for (; bytes > 0; bytes -= bytes < BLOCK ? bytes : BLOCK) {
        if (fread(frame, 1, BLOCK, in) != BLOCK)
            give_up("the file ends too early");
        take_frame(state, frame, bytes < BLOCK ? (unsigned)bytes : BLOCK);
    }
}

static void take_file(struct state *state, FILE *in)
{
    uint8_t control[BLOCK];

    while (fread(control, 1, BLOCK, in) == BLOCK) {
        uint64_t entries = (number_at(control + 16, 4) - number_at(control + 12, 4) + 1) / ENTRY;

        for (uint64_t i = 0; i < entries && i < ENTRIES_MAX; i++) {
            const uint8_t *entry = control + ENTRIES_AT + i * ENTRY;

            if (entry[0] != 0xE2 && entry[0] != 0xC5)
                break;
            take_data(state, in, number_at(entry + 8, 4) - number_at(entry + 4, 4) + 1);
        }
    }
}

static void close_tables(void)
{
    for (unsigned d = 0; d < 16; d++) {
        for (unsigned n = 0; n < 256; n++) {
            for (struct feed *feed = feeds[d][n]; feed != NULL; feed = feed->next) {
                if (feed->table->out != NULL && fclose(feed->table->out) != 0)
                    give_up(feed->table->schema->name);
                feed->table->out = NULL;
            }
        }
    }
}

int main(int argc, char **argv)
{
    static struct state state;
    FILE *in;

    if (argc != 3) {
        fprintf(stderr, "usage: yardstick FOLDER FILE\n");
        return 16;
    }
    state.folder = argv[1];
    if (mkdir(argv[1], 0777) != 0 && errno != EEXIST)
        give_up(argv[1]);
    in = fopen(argv[2], "rb");
    if (in == NULL)
        give_up(argv[2]);
    setvbuf(in, NULL, _IOFBF, IN_BUFFER);
    errno = 0;
    text_open();
    errno = 0;
    tables_make(feeds);
    take_file(&state, in);
    fclose(in);
    close_tables();
    printf("%llu rows\n", (unsigned long long)state.rows);
    return 0;
}

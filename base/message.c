/* SPDX-License-Identifier: Apache-2.0 */
#include "base/message.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define DETAIL_MAX 512

static const struct mr_message_text texts[MR_MSG_COUNT] = {
#define MR_MESSAGE(number, letter, name, text, advice) {"MRD" #number #letter, #letter[0], text, advice},
#include "base/messages.def"
#undef MR_MESSAGE
};

const struct mr_message_text *mr_message_text(enum mr_message_id id)
{
    return &texts[id];
}

int mr_message_code(char letter)
{
    switch (letter) {
    case 'W':
        return 4;
    case 'E':
        return 8;
    case 'S':
        return 12;
    case 'T':
        return 16;
    default:
        return 0;
    }
}

/* Names of files and cells of a site's CSV come from outside: what they hold must not begin a line of its own. */
static void keep_on_line(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            *text = '?';
    }
}

void mr_report(struct mr_log *log, enum mr_message_id id, const struct mr_place *place, const char *format, ...)
{
    struct mr_message message = {.id = id, .def = &texts[id]};
    char detail[DETAIL_MAX];
    va_list args;
    int code;

    if (log == NULL)
        return;
    message.repeat = ++log->counts[id];
    code = mr_message_code(message.def->letter);
    if (code > log->code)
        log->code = code;
    if (log->sink == NULL)
        return;
    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    keep_on_line(detail);
    message.detail = detail;
    if (place != NULL)
        message.place = *place;
    else
        message.place.offset = MR_NO_OFFSET;
    log->sink(log->context, &message);
}

char *mr_message_format(char *buffer, unsigned size, const struct mr_message *message)
{
    const struct mr_place *at = &message->place;
    char place[320] = "";
    int n = 0;

    if (at->file != NULL && at->line != 0)
        n = snprintf(place, sizeof place, "%s:%" PRIu32, at->file, at->line);
    else if (at->file != NULL && at->offset != MR_NO_OFFSET)
        n = snprintf(place, sizeof place, "%s at byte %" PRIu64, at->file, at->offset);
    else if (at->file != NULL)
        n = snprintf(place, sizeof place, "%s", at->file);
    if (at->number != 0 && n >= 0 && (size_t)n < sizeof place)
        snprintf(place + n, sizeof place - (size_t)n, "%srecord %u/%u", n > 0 ? ", " : "", at->domain, at->number);
    snprintf(buffer, size, "%s %s%s%s%s%s%s%s", message->def->id, place, place[0] ? ": " : "", message->def->text,
             message->detail[0] ? ": " : "", message->detail, message->def->advice[0] ? ". " : "",
             message->def->advice);
    if (size > 0)
        keep_on_line(buffer);
    return buffer;
}

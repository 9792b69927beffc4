/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/source.h"

#include "base/checksum.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/*
 * One buffer holds what can be looked at: data[begin] to data[end - 1].  When a peek wants more, the bytes that are
 * left move to the front (at most MR_SOURCE_PEEK_MAX of them) and the rest of the buffer is filled, so plain input
 * goes from read() to the caller without a copy of its own.
 *
 * Compressed input goes through inflate() and not through gzread(): the account needs count and CRC-32 of the bytes
 * of the file itself, gzread() would have to be fed from a descriptor that we cannot watch, and it cannot tell a
 * pipe's first bytes without taking them.  The price is that concatenated members and what follows the last one are
 * handled here.
 */
#define READ_BYTES (256u * 1024u)
#define BUFFER_BYTES (MR_SOURCE_PEEK_MAX + READ_BYTES)
#define GZIP_MAGIC_BYTES 3
#define GZIP_WINDOW (15 + 16) /* largest window, gzip wrapper only */

/*
 * A signal that comes between looking for a request and waiting for bytes does not end the waiting, so that looks again
 * after so many milliseconds.
 */
#define WAIT_MS 500

struct mr_source {
    const char *name; /* as given to open */
    struct mr_log *log;
    int fd;
    bool ended;  /* no more bytes will come into the buffer */
    bool failed; /* and that was not the proper end */
    bool regular; /* a file, which has a size and never keeps one waiting */
    bool stopped;
    const struct mr_stop *stop;
    uint8_t *data;
    size_t begin;
    size_t end;
    uint64_t offset; /* of data[begin] in the uncompressed input */
    uint64_t input_bytes;
    uint64_t input_size;
    uint32_t crc;
    uint8_t *packed; /* compressed bytes; NULL for plain input */
    z_stream gzip;
    bool between; /* a member has ended and no other has begun */
};

static struct mr_place place_of(const struct mr_source *source)
{
    struct mr_place place = {.file = source->name, .offset = source->offset + (source->end - source->begin)};

    return place;
}

/* False where a request to stop has come and there is nothing to read. */
static bool wait_for_bytes(const struct mr_source *source)
{
    struct pollfd about = {.fd = source->fd, .events = POLLIN};
    bool asked = false;
    int n = 0;

    if (source->regular || source->stop == NULL)
        return true;
    while (n == 0) {
        n = poll(&about, 1, asked ? 0 : WAIT_MS);
        if (n == 0 && asked)
            return false;
        if (n < 0 && errno == EINTR)
            n = 0;
        asked = mr_stop_count(source->stop) > 0;
    }
    return true; /* bytes, the end, or an error that read() will tell of */
}

/* At the end of a file: is it as long as it was when it was opened?  A collector may be writing it. */
static void compare_size(struct mr_source *source)
{
    struct mr_place place = place_of(source);

    if (!source->regular || source->input_bytes == source->input_size)
        return;
    mr_report(source->log, source->input_bytes > source->input_size ? MR_MSG_INPUT_GREW : MR_MSG_INPUT_SHRANK, &place,
              "%" PRIu64 " bytes at first, %" PRIu64 " at the end", source->input_size, source->input_bytes);
    source->regular = false; /* said once */
}

/* Reads once, at most room bytes; 0 at the end of the file or when reading failed, which is then reported. */
static size_t read_some(struct mr_source *source, uint8_t *to, size_t room)
{
    ssize_t n;
    struct mr_place place;

    if (!wait_for_bytes(source)) {
        source->stopped = source->failed = true;
        return 0;
    }
    do
        n = read(source->fd, to, room < READ_BYTES ? room : READ_BYTES);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        place = place_of(source);
        mr_report(source->log, MR_MSG_INPUT_READ, &place, "%s", strerror(errno));
        source->failed = true;
        return 0;
    }
    if (n == 0)
        compare_size(source);
    source->crc = mr_crc32(source->crc, to, (size_t)n);
    source->input_bytes += (uint64_t)n;
    return (size_t)n;
}

static void gzip_failed(struct mr_source *source, const char *why)
{
    struct mr_place place = place_of(source);

    mr_report(source->log, MR_MSG_INPUT_GZIP, &place, "%s, at byte %llu of the compressed file", why,
              (unsigned long long)(source->input_bytes - source->gzip.avail_in));
    source->ended = source->failed = true;
}

/* More compressed bytes behind those that are there; false at the end of the file. */
static bool gzip_feed(struct mr_source *source)
{
    size_t n;

    if (source->gzip.avail_in > 0)
        memmove(source->packed, source->gzip.next_in, source->gzip.avail_in);
    source->gzip.next_in = source->packed;
    n = read_some(source, source->packed + source->gzip.avail_in, READ_BYTES - source->gzip.avail_in);
    source->gzip.avail_in += (uInt)n;
    return n > 0;
}

/* The rest of the file is no data, but it belongs to the account. */
static void gzip_drain(struct mr_source *source)
{
    do
        source->gzip.avail_in = 0;
    while (gzip_feed(source));
    source->ended = true;
}

/* Zeros behind the last member are padding of fixed-length records and not worth a word; anything else is. */
static void gzip_trailer(struct mr_source *source)
{
    struct mr_place place = place_of(source);

    do {
        while (source->gzip.avail_in > 0 && *source->gzip.next_in == 0) {
            source->gzip.next_in++;
            source->gzip.avail_in--;
        }
        if (source->gzip.avail_in > 0) {
            mr_report(source->log, MR_MSG_GZIP_TRAILER, &place, "from byte %llu of the compressed file",
                      (unsigned long long)(source->input_bytes - source->gzip.avail_in));
            break;
        }
    } while (gzip_feed(source));
    gzip_drain(source);
}

static bool gzip_magic(const uint8_t *data, size_t bytes)
{
    return bytes >= GZIP_MAGIC_BYTES && data[0] == 0x1F && data[1] == 0x8B && data[2] == Z_DEFLATED;
}

/* Begins the next member, or ends the input where there is none. */
static void gzip_member(struct mr_source *source)
{
    while (source->gzip.avail_in < GZIP_MAGIC_BYTES && gzip_feed(source))
        continue;
    if (source->failed || source->gzip.avail_in == 0)
        source->ended = true;
    else if (!gzip_magic(source->gzip.next_in, source->gzip.avail_in))
        gzip_trailer(source);
    else if (inflateReset(&source->gzip) != Z_OK)
        gzip_failed(source, "the next member cannot be read");
    else
        source->between = false;
}

/* Uncompresses once into the free part of the buffer. */
static void fill_gzip(struct mr_source *source)
{
    size_t room = BUFFER_BYTES - source->end;
    int status;

    if (source->between) {
        gzip_member(source);
        return;
    }
    if (source->gzip.avail_in == 0 && !gzip_feed(source)) {
        if (source->failed)
            source->ended = true;
        else
            gzip_failed(source, "it ends too early");
        return;
    }
    source->gzip.next_out = source->data + source->end;
    source->gzip.avail_out = (uInt)room;
    status = inflate(&source->gzip, Z_NO_FLUSH);
    source->end += room - source->gzip.avail_out;
    if (status == Z_STREAM_END)
        source->between = true;
    else if (status == Z_MEM_ERROR)
        gzip_failed(source, "not enough memory");
    else if (status != Z_OK && status != Z_BUF_ERROR)
        gzip_failed(source, source->gzip.msg != NULL ? source->gzip.msg : "not a gzip member");
}

static void fill_plain(struct mr_source *source)
{
    size_t n = read_some(source, source->data + source->end, BUFFER_BYTES - source->end);

    source->end += n;
    if (n == 0)
        source->ended = true;
}

/* Adds bytes to the buffer until there are want of them or no more come. */
static void fill(struct mr_source *source, size_t want)
{
    if (source->begin > 0) {
        memmove(source->data, source->data + source->begin, source->end - source->begin);
        source->end -= source->begin;
        source->begin = 0;
    }
    while (source->end < want && !source->ended) {
        if (source->packed != NULL)
            fill_gzip(source);
        else
            fill_plain(source);
    }
}

/* The first bytes decide; when they are compressed they become the input of inflate(). */
static int start_gzip(struct mr_source *source)
{
    fill(source, GZIP_MAGIC_BYTES);
    if (!gzip_magic(source->data, source->end))
        return MR_OK;
    source->packed = malloc(READ_BYTES);
    if (source->packed == NULL)
        return MR_FATAL;
    if (inflateInit2(&source->gzip, GZIP_WINDOW) != Z_OK) {
        free(source->packed);
        source->packed = NULL;
        return MR_FATAL;
    }
    memcpy(source->packed, source->data, source->end);
    source->gzip.next_in = source->packed;
    source->gzip.avail_in = (uInt)source->end;
    source->end = 0;
    source->ended = source->failed = false;
    return MR_OK;
}

static int open_file(struct mr_source *source, const char *path)
{
    struct mr_place place = {.file = source->name, .offset = MR_NO_OFFSET};
    struct stat status;

    if (strcmp(path, "-") == 0)
        source->fd = STDIN_FILENO;
    else
        source->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (source->fd < 0 || fstat(source->fd, &status) != 0) {
        mr_report(source->log, MR_MSG_INPUT_OPEN, &place, "%s", strerror(errno));
        return MR_FATAL;
    }
    if (S_ISDIR(status.st_mode)) {
        mr_report(source->log, MR_MSG_INPUT_OPEN, &place, "it is a folder");
        return MR_FATAL;
    }
    source->regular = S_ISREG(status.st_mode) && status.st_size > 0;
    if (S_ISREG(status.st_mode))
        source->input_size = (uint64_t)status.st_size;
    return MR_OK;
}

int mr_source_open(struct mr_source **out, const char *path, struct mr_log *log)
{
    return mr_source_open_until(out, path, NULL, log);
}

int mr_source_open_until(struct mr_source **out, const char *path, const struct mr_stop *stop, struct mr_log *log)
{
    struct mr_source *source = calloc(1, sizeof *source);

    *out = NULL;
    if (source == NULL)
        goto memory;
    source->fd = -1;
    source->log = log;
    source->stop = stop;
    source->name = strcmp(path, "-") == 0 ? "standard input" : path;
    source->data = malloc(BUFFER_BYTES);
    if (source->data == NULL)
        goto memory;
    if (open_file(source, path) != MR_OK)
        goto close;
    if (start_gzip(source) != MR_OK)
        goto memory;
    *out = source;
    return MR_OK;
memory:
    mr_report(log, MR_MSG_INPUT_MEMORY, &(struct mr_place){.file = path, .offset = MR_NO_OFFSET}, "%s", "");
close:
    mr_source_close(source);
    return MR_FATAL;
}

int mr_source_peek(struct mr_source *source, size_t want, const uint8_t **data, size_t *got)
{
    if (want > MR_SOURCE_PEEK_MAX)
        want = MR_SOURCE_PEEK_MAX;
    if (source->end - source->begin < want && !source->ended)
        fill(source, want);
    *data = source->data + source->begin;
    *got = source->end - source->begin;
    return *got == 0 && want > 0 && source->failed ? MR_FATAL : MR_OK;
}

void mr_source_consume(struct mr_source *source, size_t bytes)
{
    size_t there = source->end - source->begin;

    if (bytes > there)
        bytes = there;
    source->begin += bytes;
    source->offset += bytes;
}

bool mr_source_stopped(const struct mr_source *source)
{
    return source->stopped;
}

uint64_t mr_source_offset(const struct mr_source *source)
{
    return source->offset;
}

uint64_t mr_source_input_bytes(const struct mr_source *source)
{
    return source->input_bytes;
}

uint64_t mr_source_input_size(const struct mr_source *source)
{
    return source->input_size;
}

uint32_t mr_source_crc(const struct mr_source *source)
{
    return source->crc;
}

const char *mr_source_name(const struct mr_source *source)
{
    return source->name;
}

void mr_source_close(struct mr_source *source)
{
    if (source == NULL)
        return;
    if (source->fd > STDIN_FILENO)
        close(source->fd);
    if (source->packed != NULL)
        inflateEnd(&source->gzip);
    free(source->packed);
    free(source->data);
    free(source);
}

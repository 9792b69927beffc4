/* SPDX-License-Identifier: Apache-2.0 */
#include "reader/source.h"
#include "tests/unit/monfile.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

/* CRC-32 as published, bit by bit: independent of the library that the source uses. */
static uint32_t crc_of(const uint8_t *data, size_t length)
{
    uint32_t crc = 0xFFFFFFFF;
    size_t i;
    int bit;

    for (i = 0; i < length; i++) {
        crc ^= data[i];
        for (bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
    }
    return ~crc;
}

/* Bytes that do not repeat and hardly compress. */
static void numbers(struct monfile *file, size_t n)
{
    uint32_t state = 1;
    uint8_t byte;

    for (; n > 0; n--) {
        state = state * 1664525 + 1013904223;
        byte = (uint8_t)(state >> 24);
        monfile_bytes(file, &byte, 1);
    }
}

static void gzip_member(struct monfile *file, const uint8_t *data, size_t length)
{
    size_t room = length + length / 100 + 1000;
    uint8_t *out = malloc(room);
    z_stream z = {0};

    cr_assert_not_null(out);
    cr_assert_eq(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)data;
    z.avail_in = (uInt)length;
    z.next_out = out;
    z.avail_out = (uInt)room;
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    monfile_bytes(file, out, room - z.avail_out);
    deflateEnd(&z);
    free(out);
}

/* What came out of a source, asked for in steps. */
struct drained {
    struct monfile bytes;
    int status;
    struct mr_log log;
    uint64_t input_bytes;
    uint64_t input_size;
    uint32_t crc;
};

static void drain(struct drained *out, const char *name, size_t step)
{
    struct mr_source *source;
    const uint8_t *data;
    size_t got;

    *out = (struct drained){0};
    out->status = mr_source_open(&source, name, &out->log);
    if (out->status != MR_OK)
        return;
    while ((out->status = mr_source_peek(source, step, &data, &got)) == MR_OK && got > 0) {
        cr_assert_eq(mr_source_offset(source), out->bytes.length);
        got = got < step ? got : step;
        monfile_bytes(&out->bytes, data, got);
        mr_source_consume(source, got);
    }
    out->input_bytes = mr_source_input_bytes(source);
    out->input_size = mr_source_input_size(source);
    out->crc = mr_source_crc(source);
    mr_source_close(source);
}

static void drain_bytes(struct drained *out, const struct monfile *file, size_t step)
{
    char name[64];

    monfile_write(name, file->data, file->length);
    drain(out, name, step);
    unlink(name);
}

static bool same(const struct monfile *a, const struct monfile *b)
{
    return a->length == b->length && (a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

Test(source, crc_check_value)
{
    struct monfile file = {0};
    struct drained out;

    monfile_bytes(&file, "123456789", 9);
    drain_bytes(&out, &file, 4);
    cr_expect_eq(out.crc, 0xCBF43926);
    cr_expect_eq(out.input_bytes, 9);
    cr_expect_eq(out.input_size, 9);
    cr_expect(same(&out.bytes, &file));
    monfile_free(&out.bytes);
    monfile_free(&file);
}

Test(source, plain_sizes_and_steps)
{
    static const size_t sizes[] = {0, 1, 2, 3, 4095, 4096, 65536, 262144, 327680, 327681, 700001};
    static const size_t steps[] = {1, 20, 4096, 65535, 65536};
    struct monfile file = {0};
    struct drained out;
    size_t i;
    size_t j;

    for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        numbers(&file, sizes[i]);
        for (j = 0; j < sizeof steps / sizeof steps[0]; j++) {
            if (steps[j] == 1 && sizes[i] > 70000)
                continue;
            drain_bytes(&out, &file, steps[j]);
            cr_expect_eq(out.status, MR_OK);
            cr_expect(same(&out.bytes, &file), "%zu bytes in steps of %zu", sizes[i], steps[j]);
            cr_expect_eq(out.crc, crc_of(file.data, file.length));
            monfile_free(&out.bytes);
        }
        monfile_free(&file);
    }
}

/* A peek shows more than was asked for at most once it is there, and never takes. */
Test(source, peek_does_not_take)
{
    struct monfile file = {0};
    struct mr_source *source;
    const uint8_t *first;
    const uint8_t *second;
    size_t got;
    char name[64];

    numbers(&file, 100000);
    monfile_write(name, file.data, file.length);
    cr_assert_eq(mr_source_open(&source, name, NULL), MR_OK);
    cr_assert_eq(mr_source_peek(source, 20, &first, &got), MR_OK);
    cr_expect_geq(got, 20);
    cr_assert_eq(mr_source_peek(source, 65536, &second, &got), MR_OK);
    cr_expect_geq(got, 65536);
    cr_expect_eq(mr_source_offset(source), 0);
    cr_expect(memcmp(second, file.data, 65536) == 0);
    mr_source_consume(source, 99990);
    cr_assert_eq(mr_source_peek(source, 65536, &second, &got), MR_OK);
    cr_expect_eq(got, 10);
    cr_expect_eq(mr_source_offset(source), 99990);
    cr_expect(memcmp(second, file.data + 99990, 10) == 0);
    mr_source_consume(source, 10);
    cr_expect_eq(mr_source_peek(source, 1, &second, &got), MR_OK, "the end is no error");
    cr_expect_eq(got, 0);
    mr_source_close(source);
    unlink(name);
    monfile_free(&file);
}

Test(source, gzip_one_member)
{
    struct monfile plain = {0};
    struct monfile packed = {0};
    struct drained out;

    numbers(&plain, 1000000);
    gzip_member(&packed, plain.data, plain.length);
    drain_bytes(&out, &packed, 4096);
    cr_expect_eq(out.status, MR_OK);
    cr_expect(same(&out.bytes, &plain));
    cr_expect_eq(out.input_bytes, packed.length);
    cr_expect_eq(out.input_size, packed.length);
    cr_expect_eq(out.crc, crc_of(packed.data, packed.length));
    cr_expect_eq(out.log.code, 0);
    monfile_free(&out.bytes);
    monfile_free(&plain);
    monfile_free(&packed);
}

/* What stands behind the last member: nothing, padding, or something that is reported. */
static const struct {
    const char *name;
    size_t members;
    size_t zeros;
    size_t garbage;
    uint64_t messages;
} trailers[] = {
    {"two members", 2, 0, 0, 0},          {"five members", 5, 0, 0, 0},     {"padding", 1, 4000, 0, 0},
    {"much padding", 2, 600000, 0, 0},    {"garbage", 1, 0, 100, 1},        {"two bytes of garbage", 3, 0, 2, 1},
    {"garbage behind padding", 1, 300000, 7, 1}, {"much garbage", 1, 0, 600000, 1},
};

Test(source, gzip_members_and_trailers)
{
    struct monfile plain = {0};
    struct monfile packed = {0};
    struct drained out;
    size_t i;
    size_t j;

    for (i = 0; i < sizeof trailers / sizeof trailers[0]; i++) {
        numbers(&plain, 30000 * trailers[i].members);
        for (j = 0; j < trailers[i].members; j++)
            gzip_member(&packed, plain.data + 30000 * j, 30000);
        monfile_fill(&packed, 0, trailers[i].zeros);
        monfile_fill(&packed, 0x40, trailers[i].garbage);
        drain_bytes(&out, &packed, 65536);
        cr_expect_eq(out.status, MR_OK, "%s", trailers[i].name);
        cr_expect(same(&out.bytes, &plain), "%s", trailers[i].name);
        cr_expect_eq(out.log.counts[MR_MSG_GZIP_TRAILER], trailers[i].messages, "%s", trailers[i].name);
        cr_expect_eq(out.crc, crc_of(packed.data, packed.length), "%s: the whole file counts", trailers[i].name);
        cr_expect_eq(out.input_bytes, packed.length, "%s", trailers[i].name);
        monfile_free(&out.bytes);
        monfile_free(&plain);
        monfile_free(&packed);
    }
}

/* Cut at a place, or with one byte changed: what came before is kept, and the end is an error. */
Test(source, gzip_cut_and_damaged)
{
    static const size_t cuts[] = {3, 9, 10, 11, 1000, 25000};
    struct monfile plain = {0};
    struct monfile packed = {0};
    struct monfile damaged = {0};
    struct drained out;
    size_t i;

    numbers(&plain, 50000);
    gzip_member(&packed, plain.data, plain.length);
    for (i = 0; i < sizeof cuts / sizeof cuts[0] + 1; i++) {
        monfile_bytes(&damaged, packed.data, i < 6 ? cuts[i] : packed.length - 1);
        drain_bytes(&out, &damaged, 4096);
        cr_expect_eq(out.status, MR_FATAL, "cut %zu", i);
        cr_expect_eq(out.log.counts[MR_MSG_INPUT_GZIP], 1, "cut %zu", i);
        cr_expect_leq(out.bytes.length, plain.length);
        cr_expect(out.bytes.length == 0 || memcmp(out.bytes.data, plain.data, out.bytes.length) == 0, "cut %zu", i);
        cr_expect(i < 4 || out.bytes.length > 0, "cut %zu: something was kept", i);
        monfile_free(&out.bytes);
        monfile_free(&damaged);
    }
    monfile_bytes(&damaged, packed.data, packed.length);
    damaged.data[damaged.length - 6] ^= 1; /* the check sum of the member */
    drain_bytes(&out, &damaged, 4096);
    cr_expect_eq(out.status, MR_FATAL);
    cr_expect(same(&out.bytes, &plain), "all data was there");
    monfile_free(&out.bytes);
    monfile_free(&damaged);
    monfile_free(&packed);
    monfile_free(&plain);
}

static void ignore_signal(int number)
{
    (void)number;
}

/* A child that writes the file in small pieces, with pauses. */
static pid_t write_slowly(const int ends[2], const struct monfile *file)
{
    pid_t child = fork();
    size_t at;
    size_t n;

    if (child != 0)
        return child;
    close(ends[0]);
    for (at = 0; at < file->length; at += n) {
        n = file->length - at < 1000 ? file->length - at : 1000;
        if (write(ends[1], file->data + at, n) != (ssize_t)n)
            _exit(1);
        if (at % 20000 == 0)
            usleep(3000);
    }
    _exit(0);
}

/* Standard input from a pipe: short reads, and signals that interrupt them. */
Test(source, pipe_and_signals)
{
    struct sigaction action = {.sa_handler = ignore_signal};
    struct itimerval timer = {{0, 1000}, {0, 1000}};
    struct itimerval off = {0};
    struct monfile plain = {0};
    struct monfile packed = {0};
    struct monfile *files[] = {&plain, &packed};
    struct drained out;
    size_t i;
    int nothing = open("/dev/null", O_RDONLY);
    int ends[2];
    pid_t child;

    numbers(&plain, 150000);
    gzip_member(&packed, plain.data, plain.length);
    cr_assert_geq(nothing, 0);
    sigaction(SIGALRM, &action, NULL);
    for (i = 0; i < 2; i++) {
        cr_assert_eq(pipe(ends), 0);
        child = write_slowly(ends, files[i]);
        close(ends[1]);
        cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
        close(ends[0]);
        setitimer(ITIMER_REAL, &timer, NULL);
        drain(&out, "-", 4096);
        setitimer(ITIMER_REAL, &off, NULL);
        dup2(nothing, STDIN_FILENO); /* so that the child ends even where reading stopped early */
        waitpid(child, NULL, 0);
        cr_expect_eq(out.status, MR_OK, "input %zu", i);
        cr_expect(same(&out.bytes, &plain), "input %zu", i);
        cr_expect_eq(out.input_bytes, files[i]->length, "input %zu", i);
        cr_expect_eq(out.input_size, 0, "a pipe has no size");
        cr_expect_eq(out.crc, crc_of(files[i]->data, files[i]->length), "input %zu", i);
        monfile_free(&out.bytes);
    }
    monfile_free(&plain);
    monfile_free(&packed);
}

Test(source, cannot_open)
{
    static const char *const names[] = {"/tmp", "/tmp/there/is/no/such/file", ""};
    struct mr_source *source;
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct mr_log log = {0};

        cr_expect_eq(mr_source_open(&source, names[i], &log), MR_FATAL, "%s", names[i]);
        cr_expect_null(source);
        cr_expect_eq(log.counts[MR_MSG_INPUT_OPEN], 1, "%s", names[i]);
        cr_expect_eq(log.code, 12);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* Other names to try where one is taken, by a leftover that could not be removed or by another run's. */
#define SERIAL_MAX 100

#define GZIP_LEVEL 1
#define GZIP_WINDOW (15 + 16) /* the largest window; with a gzip header */
#define GZIP_MEMORY 8
#define PACKED_PART 16384

#define WRITE_BACK ((uint64_t)4 * 1024 * 1024) /* bytes of a file that are asked for at a time */

/*
 * What goes out ends at a multiple of this in the file, the last of it excepted: to write parts of pages costs the
 * system half as much again.
 */
#define BLOCK ((size_t)4096)

_Static_assert(MR_OUTFILE_BUFFER >= MR_OUTFILE_RESERVE_MAX + BLOCK, "what is asked for, behind the rest of a block");

static int fail(struct mr_outfile *file, enum mr_message_id id, const char *detail)
{
    file->status = mr_outfolder_fail(file->folder, id, file->name, detail);
    return file->status;
}

/* O_EXCL also refuses a link, even one that leads nowhere. */
static int create_temporary(struct mr_outfile *file)
{
    for (unsigned serial = 0; serial < SERIAL_MAX; serial++) {
        mr_outfolder_temporary(file->temporary, file->name, serial);
        file->fd = openat(file->folder->fd, file->temporary,
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (file->fd >= 0)
            return MR_OK;
        if (errno != EEXIST)
            break;
    }
    return fail(file, MR_MSG_OUTPUT_OPEN, strerror(errno));
}

/* A folder of that name would let the very last step fail: better now than after the night's work. */
static int check_final_name(struct mr_outfile *file)
{
    struct stat st;

    if (fstatat(file->folder->fd, file->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
        return fail(file, MR_MSG_OUTPUT_OPEN, strerror(EISDIR));
    return MR_OK;
}

static int make_buffer(struct mr_outfile *file)
{
    file->buffer = malloc(MR_OUTFILE_BUFFER);
    if (file->buffer == NULL)
        return fail(file, MR_MSG_OUTPUT_MEMORY, "");
    file->at = file->buffer;
    file->limit = file->buffer + MR_OUTFILE_BUFFER;
    return MR_OK;
}

int mr_outfile_open(struct mr_outfile *file, struct mr_outfolder *folder, const char *name)
{
    *file = (struct mr_outfile){.fd = -1, .folder = folder};
    snprintf(file->name, sizeof file->name, "%s", name);
    if (!mr_outfolder_name_valid(name))
        return fail(file, MR_MSG_OUTPUT_OPEN, "not allowed as the name of a file");
    if (check_final_name(file) != MR_OK || make_buffer(file) != MR_OK || create_temporary(file) != MR_OK)
        return MR_FATAL;
    file->state = MR_OUTFILE_OPEN;
    return MR_OK;
}

int mr_outfile_open_apart(struct mr_outfile *file, struct mr_outfolder *folder, mr_outfile_taker *take, void *taker)
{
    *file = (struct mr_outfile){.fd = -1, .folder = folder, .take = take, .taker = taker};
    if (make_buffer(file) != MR_OK)
        return MR_FATAL;
    file->state = MR_OUTFILE_OPEN;
    return MR_OK;
}

/* write(2) may take less than it is given, and a signal may come first: go on until all is gone or an error comes. */
static int write_all(struct mr_outfile *file, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(file->fd, bytes, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail(file, MR_MSG_OUTPUT_WRITE, strerror(n < 0 ? errno : EIO));
        bytes += n;
        size -= (size_t)n;
    }
    return MR_OK;
}

int mr_outfile_compress(struct mr_outfile *file)
{
    z_stream *z = calloc(1, sizeof *z);

    /* A header without name and time: the same input gives the same bytes. */
    if (z == NULL || deflateInit2(z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(z);
        return fail(file, MR_MSG_OUTPUT_MEMORY, "");
    }
    file->packer = z;
    return MR_OK;
}

/* Compress and write; the last call is with Z_FINISH. */
static int write_packed(struct mr_outfile *file, char *bytes, size_t size, int how)
{
    z_stream *z = file->packer;
    char packed[PACKED_PART];

    z->next_in = (Bytef *)bytes;
    z->avail_in = (uInt)size;
    do {
        z->next_out = (Bytef *)packed;
        z->avail_out = sizeof packed;
        if (deflate(z, how) == Z_STREAM_ERROR)
            return fail(file, MR_MSG_OUTPUT_WRITE, "compression failed");
        if (write_all(file, packed, sizeof packed - z->avail_out) != MR_OK)
            return MR_FATAL;
    } while (z->avail_out == 0);
    return MR_OK;
}

/*
 * The disk begins with what is there while the rest is made: less is left to wait for at the end, when all files are made
 * safe.  It is advice; whether the bytes are safe is found out then.
 */
static void begin_write_back(struct mr_outfile *file)
{
    uint64_t size = file->written - file->on_its_way;

    if (size < WRITE_BACK)
        return;
    (void)sync_file_range(file->fd, (off_t)file->on_its_way, (off_t)size, SYNC_FILE_RANGE_WRITE);
    file->on_its_way = file->written;
}

/* After the first failure nothing is written any more. */
static int check(struct mr_outfile *file)
{
    if (file->state != MR_OUTFILE_OPEN || file->folder->failed)
        file->status = MR_FATAL;
    return file->status;
}

/* The first size bytes of the buffer go to the system; the others, fewer than a block, come forward. */
static int send(struct mr_outfile *file, size_t size)
{
    size_t rest = (size_t)(file->at - file->buffer) - size;

    file->at = file->buffer;
    if (check(file) != MR_OK)
        return MR_FATAL;
    file->written += size;
    if (file->packer != NULL)
        return write_packed(file, file->buffer, size, Z_NO_FLUSH);
    if (file->take != NULL) {
        file->status = file->take(file->taker, file->buffer, size);
        return file->status;
    }
    if (write_all(file, file->buffer, size) != MR_OK)
        return MR_FATAL;
    memmove(file->buffer, file->buffer + size, rest);
    file->at = file->buffer + rest;
    begin_write_back(file);
    return MR_OK;
}

int mr_outfile_flush(struct mr_outfile *file)
{
    return send(file, (size_t)(file->at - file->buffer));
}

/* written is a multiple of BLOCK as long as only whole blocks have been sent. */
int mr_outfile_make_room(struct mr_outfile *file)
{
    size_t size = (size_t)(file->at - file->buffer);

    return send(file, file->fd < 0 || file->packer != NULL ? size : size - size % BLOCK);
}

static void drop_packer(struct mr_outfile *file)
{
    if (file->packer != NULL)
        (void)deflateEnd(file->packer);
    free(file->packer);
    file->packer = NULL;
}

/* The buffer is empty: whole blocks of what is large need no copying. */
static size_t put_blocks(struct mr_outfile *file, const char *bytes, size_t size)
{
    size_t whole = size - size % BLOCK;

    if (check(file) != MR_OK || write_all(file, bytes, whole) != MR_OK)
        return size;
    file->written += whole;
    begin_write_back(file);
    return whole;
}

/* As much as is copied into the buffer: what is large only to the end of a block. */
static size_t put_part(struct mr_outfile *file, const char *bytes, size_t size, bool large)
{
    size_t room = (size_t)(file->limit - file->at);
    size_t part = size < room ? size : room;
    size_t open = BLOCK - (size_t)(file->at - file->buffer) % BLOCK;

    if (large && open < part)
        part = open;
    if (part > 0)
        memcpy(file->at, bytes, part);
    file->at += part;
    return part;
}

int mr_outfile_put(struct mr_outfile *file, const void *bytes, size_t size)
{
    const char *from = bytes;

    while (size > 0 && file->status == MR_OK) {
        bool large = size >= MR_OUTFILE_RESERVE_MAX + BLOCK && file->packer == NULL && file->fd >= 0;
        size_t part;

        if (large && file->at == file->buffer)
            part = put_blocks(file, from, size);
        else
            part = put_part(file, from, size, large);
        from += part;
        size -= part;
        if (size > 0 && (large || file->at == file->limit))
            (void)mr_outfile_make_room(file);
    }
    return file->status;
}

uint64_t mr_outfile_offset(const struct mr_outfile *file)
{
    return file->written + (uint64_t)(file->at - file->buffer);
}

static int sync_file(int fd)
{
    int rc;

    do
        rc = fsync(fd);
    while (rc != 0 && errno == EINTR);
    return rc;
}

int mr_outfile_seal(struct mr_outfile *file)
{
    int error;

    if (mr_outfile_flush(file) != MR_OK)
        return MR_FATAL;
    if (file->packer != NULL && write_packed(file, NULL, 0, Z_FINISH) != MR_OK)
        return MR_FATAL;
    drop_packer(file);
    if (!file->folder->scratch && sync_file(file->fd) != 0)
        return fail(file, MR_MSG_OUTPUT_WRITE, strerror(errno));
    /* The descriptor is gone whatever close() says, so it is not tried again. */
    error = close(file->fd) == 0 ? 0 : errno;
    file->fd = -1;
    file->state = MR_OUTFILE_SEALED;
    free(file->buffer);
    file->at = file->limit = file->buffer = NULL;
    if (error != 0 && error != EINTR)
        return fail(file, MR_MSG_OUTPUT_WRITE, strerror(error));
    return MR_OK;
}

int mr_outfile_place_as(struct mr_outfile *file, const char *name)
{
    int folder = file->folder->fd;

    if (file->state != MR_OUTFILE_SEALED || file->folder->failed)
        return MR_FATAL;
    if (renameat(folder, file->temporary, folder, name) != 0)
        return fail(file, MR_MSG_OUTPUT_PLACE, strerror(errno));
    file->state = MR_OUTFILE_PLACED;
    return MR_OK;
}

void mr_outfile_discard(struct mr_outfile *file)
{
    if (file->state == MR_OUTFILE_OPEN)
        close(file->fd);
    if (file->state == MR_OUTFILE_OPEN || file->state == MR_OUTFILE_SEALED)
        unlinkat(file->folder->fd, file->temporary, 0);
    drop_packer(file);
    free(file->buffer);
    *file = (struct mr_outfile){.fd = -1, .status = MR_FATAL};
}

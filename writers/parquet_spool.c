/* SPDX-License-Identifier: Apache-2.0 */
#include "writers/parquet.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define COPY_BYTES 16384
#define SERIAL_MIN 1000u /* temporary names of the file itself have lower ones */
#define SERIAL_MAX 1100u

/* The name is gone before anything is written. */
static int open_spool(struct mr_parquet_spool *spool, const struct mr_outfile *file)
{
    char name[MR_OUTFOLDER_TEMPORARY_MAX];

    for (unsigned serial = SERIAL_MIN; serial < SERIAL_MAX; serial++) {
        mr_outfolder_temporary(name, file->name, serial);
        spool->fd = openat(file->folder->fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (spool->fd >= 0)
            return unlinkat(file->folder->fd, name, 0) == 0 ? MR_OK : MR_FAILED;
        if (errno != EEXIST)
            break;
    }
    return MR_FAILED;
}

static int fail(const struct mr_outfile *file, enum mr_message_id id, int error)
{
    return mr_outfolder_fail(file->folder, id, file->name, strerror(error));
}

static int write_spool(struct mr_parquet_spool *spool, const struct mr_bytes *bytes)
{
    for (size_t done = 0; done < bytes->used;) {
        ssize_t n = pwrite(spool->fd, bytes->data + done, bytes->used - done, (off_t)spool->size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return MR_FAILED;
        done += (size_t)n;
        spool->size += (uint64_t)n;
    }
    return MR_OK;
}

int mr_parquet_spool(struct mr_parquet_spool *spool, struct mr_bytes *bytes, struct mr_outfile *file)
{
    bool is_open = spool->size > 0;

    if (!is_open && open_spool(spool, file) != MR_OK)
        return fail(file, MR_MSG_OUTPUT_OPEN, errno);
    if (write_spool(spool, bytes) != MR_OK) {
        int error = errno;

        if (spool->size == 0)
            close(spool->fd);
        return fail(file, MR_MSG_OUTPUT_WRITE, error);
    }
    bytes->used = 0;
    return MR_OK;
}

int mr_parquet_unspool(const struct mr_parquet_spool *spool, struct mr_outfile *file)
{
    char part[COPY_BYTES];

    for (uint64_t at = 0; at < spool->size;) {
        ssize_t n = pread(spool->fd, part, sizeof part, (off_t)at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail(file, MR_MSG_OUTPUT_WRITE, n < 0 ? errno : EIO);
        (void)mr_outfile_put(file, part, (size_t)n);
        at += (uint64_t)n;
    }
    return mr_outfile_status(file);
}

void mr_parquet_spool_close(struct mr_parquet_spool *spool)
{
    if (spool->size > 0)
        close(spool->fd);
    *spool = (struct mr_parquet_spool){.size = 0};
}

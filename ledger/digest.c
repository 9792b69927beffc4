/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER 131072

int mr_digest_file(const char *path, uint8_t digest[32], uint64_t *size)
{
    static uint8_t buffer[BUFFER];
    struct sha256_ctx sha;
    struct stat about;
    ssize_t n = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe that nobody writes to is none to wait for */

    *size = 0;
    if (fd < 0)
        return MR_FAILED;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        close(fd);
        errno = ESPIPE;
        return MR_FAILED;
    }
    sha256_init(&sha);
    while ((n = read(fd, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR)) {
        if (n < 0)
            continue;
        sha256_update(&sha, (size_t)n, buffer);
        *size += (uint64_t)n;
    }
    close(fd);
    if (n < 0)
        return MR_FAILED;
    sha256_digest(&sha, SHA256_DIGEST_SIZE, digest);
    return MR_OK;
}

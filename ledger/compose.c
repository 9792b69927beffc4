/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of the tables as the ranges say.  A file whose new rows all come behind its present ones is appended to;
 * another one is written beside its place.  The plan is made first, and looks at every file: one that somebody else
 * has changed is refused before anything is written.
 */
#include "ledger/private.h"

#include "base/grow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define BUFFER 65536
#define UNDO_MAX 65536 /* bytes at the end of a file that the journal can hold */
#define RANGES_MAX 100000000u
#define GZIP_WINDOW (15 + 16)

/* A range as it was and will be. */
struct range {
    int64_t rowid;
    uint64_t size;
    uint32_t crc;
    uint64_t offset;  /* in the present file, or in the source */
    char *source;     /* owned; NULL: the present file */
    uint64_t place;   /* in the new file */
};

struct file {
    int64_t id;
    char path[MR_LEDGER_PATH_MAX], temporary[MR_LEDGER_PATH_MAX];
    uint8_t *header; /* as it is stored, owned */
    size_t header_size;
    uint64_t size;     /* that the ledger knows, 0: a new file */
    int64_t modified;
    struct range *ranges;
    size_t count, room;
    size_t kept;       /* ranges from the first on that stay where they are */
    uint64_t end;      /* of these */
    bool append;
};

static int64_t modified_of(const struct stat *about)
{
    return (int64_t)about->st_mtim.tv_sec * 1000000000 + about->st_mtim.tv_nsec;
}

static uint32_t no_crc(void)
{
    return (uint32_t)crc32(0, NULL, 0);
}

static void free_file(struct file *file)
{
    for (size_t i = 0; i < file->count; i++)
        free(file->ranges[i].source);
    free(file->ranges);
    free(file->header);
    free(file);
}

/* The header line as a gzip member. */
static int pack_header(struct file *file)
{
    z_stream z = {0};
    uint8_t *packed;
    uLong bound;

    if (deflateInit2(&z, 1, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return MR_FATAL;
    bound = deflateBound(&z, (uLong)file->header_size) + 32;
    packed = malloc(bound);
    if (packed != NULL) {
        z.next_in = file->header;
        z.avail_in = (uInt)file->header_size;
        z.next_out = packed;
        z.avail_out = (uInt)bound;
        (void)deflate(&z, Z_FINISH);
        free(file->header);
        file->header = packed;
        file->header_size = z.total_out;
    }
    (void)deflateEnd(&z);
    return packed == NULL ? MR_FATAL : MR_OK;
}

static int read_ranges(struct mr_ledger *ledger, struct file *file)
{
    sqlite3_stmt *s = mr_sql(ledger, "SELECT ranges.rowid, ranges.size, ranges.crc, offset, source, source_offset FROM"
                                     " ranges JOIN segments ON segments.id=ranges.segment WHERE file=? ORDER BY part=2,"
                                     " segments.first, segments.id, part");
    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(s, 1, file->id);
    while (mr_sql_row(s)) {
        struct range *range;

        if (mr_grow(&file->ranges, &file->room, file->count + 1, sizeof *file->ranges, RANGES_MAX) != MR_OK) {
            sqlite3_finalize(s);
            return mr_ledger_fail(ledger, MR_MSG_LEDGER_DAMAGED, file->path, strerror(ENOMEM));
        }
        range = &file->ranges[file->count++];
        *range = (struct range){.rowid = sqlite3_column_int64(s, 0),
                                .size = (uint64_t)sqlite3_column_int64(s, 1),
                                .crc = (uint32_t)sqlite3_column_int64(s, 2),
                                .offset = (uint64_t)sqlite3_column_int64(s, 3)};
        if (sqlite3_column_type(s, 4) != SQLITE_NULL) {
            range->source = strdup((const char *)sqlite3_column_text(s, 4));
            range->offset = (uint64_t)sqlite3_column_int64(s, 5);
        }
    }
    return mr_sql_end(ledger, s);
}

/* The rows that the ledger knows in this file are gone with it. */
static int lose_file(struct mr_ledger *ledger, struct file *file)
{
    mr_ledger_fail(ledger, MR_MSG_LEDGER_GONE, file->path, "");
    if (mr_sql_do_number(ledger, "DELETE FROM ranges WHERE source IS NULL AND file=?", file->id) != MR_OK ||
        mr_sql_do_number(ledger, "UPDATE files SET size=0 WHERE id=?", file->id) != MR_OK)
        return MR_FATAL;
    for (size_t i = 0; i < file->count; i++)
        free(file->ranges[i].source);
    file->count = 0;
    file->size = 0;
    return read_ranges(ledger, file);
}

static int crc_of_file(const char *path, uint64_t size, uint32_t *crc)
{
    static uint8_t buffer[BUFFER];
    FILE *in = fopen(path, "re");
    size_t n;

    *crc = no_crc();
    if (in == NULL)
        return MR_FATAL;
    while (size > 0 && (n = fread(buffer, 1, size < sizeof buffer ? (size_t)size : sizeof buffer, in)) > 0) {
        *crc = (uint32_t)crc32(*crc, buffer, (uInt)n);
        size -= n;
    }
    fclose(in);
    return size == 0 ? MR_OK : MR_FATAL;
}

/* What the present file must add up to: kept with the file, because ranges that are dropped no longer tell. */
static int known_crc(struct mr_ledger *ledger, const struct file *file, uint32_t *crc)
{
    sqlite3_stmt *s = mr_sql(ledger, "SELECT crc FROM files WHERE id=?");

    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(s, 1, file->id);
    *crc = mr_sql_row(s) ? (uint32_t)sqlite3_column_int64(s, 0) : 0;
    return mr_sql_end(ledger, s);
}

/* Is the file as the last run left it?  Touched only is not changed: then its bytes are added up. */
static int check_file(struct mr_ledger *ledger, struct file *file)
{
    struct stat about;
    uint32_t crc, known;

    if (file->size == 0 && lstat(file->path, &about) == 0)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_TABLE, file->path, "it is none of the ledger's");
    if (file->size == 0)
        return MR_OK;
    if (lstat(file->path, &about) != 0)
        return errno == ENOENT ? lose_file(ledger, file)
                               : mr_ledger_fail(ledger, MR_MSG_LEDGER_TABLE, file->path, strerror(errno));
    if (!S_ISREG(about.st_mode) || (uint64_t)about.st_size != file->size)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_TABLE, file->path, "it has another size");
    if (modified_of(&about) == file->modified)
        return MR_OK;
    if (known_crc(ledger, file, &known) != MR_OK)
        return MR_FATAL;
    if (crc_of_file(file->path, file->size, &crc) != MR_OK || crc != known)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_TABLE, file->path, "it has another content");
    return MR_OK;
}

/* Which ranges stay, and whether the rest can go behind them in the same file. */
static void choose_way(struct file *file)
{
    uint64_t end = file->header_size;
    size_t i = 0;

    while (i < file->count && file->ranges[i].source == NULL && file->ranges[i].offset == end) {
        file->ranges[i].place = end;
        end += file->ranges[i++].size;
    }
    file->kept = i;
    file->end = end;
    for (; i < file->count; i++) {
        file->ranges[i].place = end;
        end += file->ranges[i].size;
    }
    file->append = file->size != 0 && file->count > 0 && file->size - file->end <= UNDO_MAX;
}

static int plan_failed(struct mr_ledger *ledger, const char *path)
{
    return mr_ledger_fail(ledger, MR_MSG_LEDGER_WRITE, path, strerror(errno));
}

/* The bytes that the journal must be able to put back. */
static int plan_append(struct mr_ledger *ledger, const struct file *file)
{
    uint8_t *cut = malloc(UNDO_MAX);
    struct mr_journal_step step = {.kind = MR_JOURNAL_APPEND,
                                   .path = (char *)file->path,
                                   .offset = file->end,
                                   .size = file->size,
                                   .cut = cut,
                                   .cut_size = (size_t)(file->size - file->end)};
    int fd = open(file->path, O_RDONLY | O_CLOEXEC), status = MR_FATAL;

    if (cut != NULL && fd >= 0 && pread(fd, cut, step.cut_size, (off_t)file->end) == (ssize_t)step.cut_size)
        status = mr_journal_add(&ledger->journal, &step);
    if (status != MR_OK)
        plan_failed(ledger, file->path);
    if (fd >= 0)
        close(fd);
    free(cut);
    return status;
}

/* .NAME.PID-0.mrtmp beside it, as all temporary files are called. */
static void name_temporary(const char *path, char *temporary)
{
    const char *slash = strrchr(path, '/');
    int before = slash == NULL ? 0 : (int)(slash - path) + 1;

    snprintf(temporary, MR_LEDGER_PATH_MAX, "%.*s.%s.%ld-0.mrtmp", before, path, path + before, (long)getpid());
}

static int plan_file(struct mr_ledger *ledger, struct file *file)
{
    struct mr_journal_step step = {.kind = MR_JOURNAL_PLACE, .path = file->path, .temporary = file->temporary};

    if (check_file(ledger, file) != MR_OK)
        return MR_FATAL;
    choose_way(file);
    if (file->count == 0) {
        step.kind = MR_JOURNAL_REMOVE;
        step.temporary = NULL;
        if (file->size == 0)
            return MR_OK;
    } else if (file->append) {
        return file->size == file->end && file->kept == file->count ? MR_OK : plan_append(ledger, file);
    }
    name_temporary(file->path, file->temporary);
    return mr_journal_add(&ledger->journal, &step) == MR_OK ? MR_OK : plan_failed(ledger, file->path);
}

/* Calls step for every file that changes. */
static int for_changed(struct mr_ledger *ledger, int (*step)(struct mr_ledger *, struct file *))
{
    int64_t last = 0;
    int status = MR_OK;

    while (status == MR_OK) {
        sqlite3_stmt *s = mr_sql(ledger, "SELECT id, path, header, size, packed, modified FROM files WHERE changed"
                                         " AND id>? ORDER BY id LIMIT 1");
        struct file *file = calloc(1, sizeof *file);
        bool packed = false;

        if (s == NULL || file == NULL) {
            sqlite3_finalize(s);
            free(file);
            return MR_FATAL;
        }
        sqlite3_bind_int64(s, 1, last);
        if (mr_sql_row(s)) {
            file->id = sqlite3_column_int64(s, 0);
            snprintf(file->path, sizeof file->path, "%s/%s", ledger->output, (const char *)sqlite3_column_text(s, 1));
            file->header_size = (size_t)sqlite3_column_bytes(s, 2);
            file->header = malloc(file->header_size + 1);
            if (file->header != NULL && file->header_size > 0)
                memcpy(file->header, sqlite3_column_blob(s, 2), file->header_size);
            file->size = (uint64_t)sqlite3_column_int64(s, 3);
            packed = sqlite3_column_int(s, 4) != 0;
            file->modified = sqlite3_column_int64(s, 5);
        }
        last = file->id;
        status = mr_sql_end(ledger, s);
        if (status == MR_OK && last != 0) {
            if (file->header == NULL || (packed && file->header_size > 0 && pack_header(file) != MR_OK))
                status = mr_ledger_fail(ledger, MR_MSG_LEDGER_WRITE, file->path, strerror(ENOMEM));
            if (status == MR_OK)
                status = read_ranges(ledger, file);
            if (status == MR_OK)
                status = step(ledger, file);
        }
        free_file(file);
        if (last == 0)
            break;
    }
    return status;
}

static void extra_path(const struct mr_ledger *ledger, const struct mr_ledger_extra *extra, char *path)
{
    snprintf(path, MR_LEDGER_PATH_MAX, "%s/%s", ledger->output, extra->name);
}

int mr_ledger_plan_files(struct mr_ledger *ledger)
{
    char path[MR_LEDGER_PATH_MAX], temporary[MR_LEDGER_PATH_MAX];

    if (for_changed(ledger, plan_file) != MR_OK)
        return MR_FATAL;
    for (const struct mr_ledger_extra *extra = ledger->extras; extra != NULL; extra = extra->next) {
        struct mr_journal_step step = {.kind = MR_JOURNAL_PLACE, .path = path, .temporary = temporary};

        extra_path(ledger, extra, path);
        name_temporary(path, temporary);
        if (mr_journal_add(&ledger->journal, &step) != MR_OK)
            return plan_failed(ledger, path);
    }
    return MR_OK;
}

static int write_all(int fd, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return MR_FATAL;
        bytes += n;
        size -= (size_t)n;
    }
    return MR_OK;
}

/* A range from where it is now to the end of fd. */
static int copy_range(const struct file *file, const struct range *range, int fd)
{
    static uint8_t buffer[BUFFER];
    int from = open(range->source == NULL ? file->path : range->source, O_RDONLY | O_CLOEXEC);
    uint64_t done = 0;
    int status = from < 0 ? MR_FATAL : MR_OK;

    while (status == MR_OK && done < range->size) {
        size_t want = range->size - done < sizeof buffer ? (size_t)(range->size - done) : sizeof buffer;
        ssize_t n = pread(from, buffer, want, (off_t)(range->offset + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            errno = n < 0 ? errno : EIO;
            status = MR_FATAL;
            break;
        }
        status = write_all(fd, buffer, (size_t)n);
        done += (uint64_t)n;
    }
    if (from >= 0)
        close(from);
    return status;
}

/* Ranges of the file's own end that stand behind new ones now: taken out before the end is cut off. */
static int save_end(const struct file *file, uint8_t **saved)
{
    size_t size = (size_t)(file->size - file->end);
    int fd = open(file->path, O_RDONLY | O_CLOEXEC), status = MR_OK;

    *saved = malloc(size + 1);
    if (fd < 0 || *saved == NULL || pread(fd, *saved, size, (off_t)file->end) != (ssize_t)size)
        status = MR_FATAL;
    if (fd >= 0)
        close(fd);
    return status;
}

static int append_ranges(const struct file *file, int fd)
{
    uint8_t *saved = NULL;
    int status = save_end(file, &saved);

    if (status == MR_OK && (ftruncate(fd, (off_t)file->end) != 0 || lseek(fd, 0, SEEK_END) != (off_t)file->end))
        status = MR_FATAL;
    for (size_t i = file->kept; i < file->count && status == MR_OK; i++) {
        const struct range *range = &file->ranges[i];

        if (range->source != NULL)
            status = copy_range(file, range, fd);
        else if (range->offset >= file->end && range->offset + range->size <= file->size)
            status = write_all(fd, saved + (range->offset - file->end), (size_t)range->size);
        else
            status = MR_FATAL;
    }
    free(saved);
    return status;
}

static int write_ranges(const struct file *file, int fd)
{
    int status = write_all(fd, file->header, file->header_size);

    for (size_t i = 0; i < file->count && status == MR_OK; i++)
        status = copy_range(file, &file->ranges[i], fd);
    return status;
}

static int make_folder_of(const char *path)
{
    char folder[MR_LEDGER_PATH_MAX];
    char *slash;

    snprintf(folder, sizeof folder, "%s", path);
    slash = strrchr(folder, '/');
    if (slash == NULL || slash == folder)
        return MR_OK;
    *slash = '\0';
    if (mkdir(folder, 0777) == 0)
        return mr_ledger_sync_folder_of(folder);
    return errno == EEXIST ? MR_OK : MR_FATAL;
}

static int open_file(const struct file *file)
{
    if (file->append)
        return open(file->path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (make_folder_of(file->path) != MR_OK)
        return -1;
    return open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
}

/* What the ledger knows of the file from now on. */
static int note_file(struct mr_ledger *ledger, const struct file *file, int64_t modified)
{
    uint32_t crc = (uint32_t)crc32(no_crc(), file->header, (uInt)file->header_size);
    uint64_t size = file->header_size;
    sqlite3_stmt *s;

    for (size_t i = 0; i < file->count; i++) {
        const struct range *range = &file->ranges[i];

        crc = (uint32_t)crc32_combine(crc, range->crc, (z_off_t)range->size);
        size += range->size;
        if (i < file->kept)
            continue;
        s = mr_sql(ledger, "UPDATE ranges SET offset=?, source=NULL, source_offset=0 WHERE rowid=?");
        if (s == NULL)
            return MR_FATAL;
        sqlite3_bind_int64(s, 1, (int64_t)range->place);
        sqlite3_bind_int64(s, 2, range->rowid);
        (void)mr_sql_row(s);
        if (mr_sql_end(ledger, s) != MR_OK)
            return MR_FATAL;
    }
    s = mr_sql(ledger, "UPDATE files SET size=?, crc=?, modified=?, changed=0 WHERE id=?");
    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(s, 1, (int64_t)size);
    sqlite3_bind_int64(s, 2, crc);
    sqlite3_bind_int64(s, 3, modified);
    sqlite3_bind_int64(s, 4, file->id);
    (void)mr_sql_row(s);
    return mr_sql_end(ledger, s);
}

static int write_file(struct mr_ledger *ledger, struct file *file)
{
    struct stat about;
    int fd, status;

    choose_way(file);
    if (file->count == 0)
        return mr_sql_do_number(ledger, "DELETE FROM files WHERE id=?", file->id);
    if (file->append && file->size == file->end && file->kept == file->count)
        return mr_sql_do_number(ledger, "UPDATE files SET changed=0 WHERE id=?", file->id);
    name_temporary(file->path, file->temporary);
    fd = open_file(file);
    status = fd < 0 ? MR_FATAL : file->append ? append_ranges(file, fd) : write_ranges(file, fd);
    if (status == MR_OK && (fsync(fd) != 0 || fstat(fd, &about) != 0))
        status = MR_FATAL;
    if (status != MR_OK)
        mr_ledger_fail(ledger, MR_MSG_LEDGER_WRITE, file->path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return status == MR_OK ? note_file(ledger, file, modified_of(&about)) : MR_FATAL;
}

static int write_extra(struct mr_ledger *ledger, const struct mr_ledger_extra *extra)
{
    char path[MR_LEDGER_PATH_MAX], temporary[MR_LEDGER_PATH_MAX];
    int fd, status;

    extra_path(ledger, extra, path);
    name_temporary(path, temporary);
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    status = fd < 0 ? MR_FATAL : write_all(fd, extra->bytes, extra->size);
    if (status == MR_OK && fsync(fd) != 0)
        status = MR_FATAL;
    if (status != MR_OK)
        mr_ledger_fail(ledger, MR_MSG_LEDGER_WRITE, path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return status;
}

int mr_ledger_write_files(struct mr_ledger *ledger)
{
    int status = for_changed(ledger, write_file);

    for (const struct mr_ledger_extra *extra = ledger->extras; extra != NULL && status == MR_OK; extra = extra->next)
        status = write_extra(ledger, extra);
    return status;
}

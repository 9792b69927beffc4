/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a part of a segment: from the files that a writer has made for it to ranges of the tables' files. */
#include "ledger/private.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define BUFFER 65536
#define HEADER_MAX (1024u * 1024u)
#define LEVEL 1
#define GZIP_WINDOW (15 + 16)

struct taking {
    struct mr_ledger *ledger;
    int64_t segment;
    enum mr_ledger_part part;
    bool header, gzip;
};

/* What a source file holds. */
struct content {
    uint8_t *header; /* owned */
    size_t header_size;
    uint64_t size; /* of the rows */
    uint32_t crc;
};

static uint32_t crc_of(const void *bytes, size_t size)
{
    return (uint32_t)crc32(crc32(0, NULL, 0), bytes, (uInt)size);
}

static int read_header(FILE *in, struct content *content)
{
    int c;

    content->header = malloc(HEADER_MAX);
    if (content->header == NULL)
        return MR_FATAL;
    while (content->header_size < HEADER_MAX && (c = getc(in)) != EOF) {
        content->header[content->header_size++] = (uint8_t)c;
        if (c == '\n')
            return MR_OK;
    }
    errno = EFBIG;
    return MR_FATAL;
}

static int look_into(const struct taking *taking, const char *path, struct content *content)
{
    static uint8_t buffer[BUFFER];
    FILE *in = fopen(path, "re");
    size_t n;
    int status = MR_OK;

    *content = (struct content){0};
    if (in == NULL)
        return MR_FATAL;
    if (taking->header)
        status = read_header(in, content);
    content->crc = crc_of(NULL, 0);
    while (status == MR_OK && (n = fread(buffer, 1, sizeof buffer, in)) > 0) {
        content->crc = (uint32_t)crc32(content->crc, buffer, (uInt)n);
        content->size += n;
    }
    if (ferror(in))
        status = MR_FATAL;
    fclose(in);
    return status;
}

/* One gzip member of bytes from in; without name and time, so that the same rows give the same bytes. */
static int pack_member(FILE *in, FILE *out, uint64_t *size, uint32_t *crc)
{
    static uint8_t buffer[BUFFER], packed[BUFFER];
    z_stream z = {0};
    int flush = Z_NO_FLUSH;

    *size = 0;
    *crc = crc_of(NULL, 0);
    if (deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        errno = ENOMEM;
        return MR_FATAL;
    }
    while (flush != Z_FINISH) {
        z.avail_in = (uInt)fread(buffer, 1, sizeof buffer, in);
        z.next_in = buffer;
        flush = z.avail_in == 0 ? Z_FINISH : Z_NO_FLUSH;
        do {
            size_t n;

            z.next_out = packed;
            z.avail_out = sizeof packed;
            (void)deflate(&z, flush);
            n = sizeof packed - z.avail_out;
            *crc = (uint32_t)crc32(*crc, packed, (uInt)n);
            *size += n;
            if (fwrite(packed, 1, n, out) != n) {
                (void)deflateEnd(&z);
                return MR_FATAL;
            }
        } while (z.avail_out == 0);
    }
    (void)deflateEnd(&z);
    return ferror(in) ? MR_FATAL : MR_OK;
}

/* The rows behind the header as a gzip member in a file beside the source. */
static int pack_rows(const char *path, size_t from, char *packed, uint64_t *size, uint32_t *crc)
{
    FILE *in = fopen(path, "re"), *out;
    int status = MR_FATAL;

    if (snprintf(packed, MR_LEDGER_PATH_MAX, "%s.gz", path) >= MR_LEDGER_PATH_MAX || in == NULL) {
        if (in != NULL)
            fclose(in);
        return MR_FATAL;
    }
    out = fopen(packed, "we");
    if (out != NULL && fseeko(in, (off_t)from, SEEK_SET) == 0)
        status = pack_member(in, out, size, crc);
    fclose(in);
    if (out != NULL && fclose(out) != 0)
        status = MR_FATAL;
    return status;
}

/* Other columns go into a file only where the one with the old ones is gone. */
static int begin_anew(struct mr_ledger *ledger, const char *path, const struct content *content, int64_t file)
{
    char full[MR_LEDGER_PATH_MAX];
    struct stat about;
    sqlite3_stmt *s;

    snprintf(full, sizeof full, "%.2000s/%.2000s", ledger->output, path);
    if (lstat(full, &about) == 0 || errno != ENOENT)
        return mr_ledger_fail(ledger, MR_MSG_LEDGER_COLUMNS, path, "");
    mr_ledger_fail(ledger, MR_MSG_LEDGER_GONE, full, "");
    if (mr_sql_do_number(ledger, "DELETE FROM ranges WHERE source IS NULL AND file=?", file) != MR_OK)
        return MR_FATAL;
    s = mr_sql(ledger, "UPDATE files SET header=?, size=0, changed=1 WHERE id=?");
    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_blob64(s, 1, content->header == NULL ? (const void *)"" : content->header, content->header_size,
                        SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, file);
    (void)mr_sql_row(s);
    return mr_sql_end(ledger, s);
}

/* The file of the ledger for a path, made if it is new.  A table whose header has changed is not touched. */
static int file_for(struct mr_ledger *ledger, const char *path, const struct content *content, bool gzip, int64_t *file)
{
    sqlite3_stmt *s = mr_sql(ledger, "SELECT id, header FROM files WHERE path=?");
    bool same = true;

    *file = 0;
    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_text(s, 1, path, -1, SQLITE_STATIC);
    if (mr_sql_row(s)) {
        *file = sqlite3_column_int64(s, 0);
        same = (size_t)sqlite3_column_bytes(s, 1) == content->header_size &&
               (content->header_size == 0 || memcmp(sqlite3_column_blob(s, 1), content->header, content->header_size) == 0);
    }
    if (mr_sql_end(ledger, s) != MR_OK)
        return MR_FATAL;
    if (!same)
        return begin_anew(ledger, path, content, *file);
    if (*file != 0)
        return MR_OK;
    s = mr_sql(ledger, "INSERT INTO files(path, header, size, packed, crc, modified, changed)"
                       " VALUES(?, ?, 0, ?, 0, 0, 1)");
    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_text(s, 1, path, -1, SQLITE_STATIC);
    sqlite3_bind_blob64(s, 2, content->header == NULL ? (const void *)"" : content->header, content->header_size,
                        SQLITE_STATIC);
    sqlite3_bind_int(s, 3, gzip);
    (void)mr_sql_row(s);
    *file = sqlite3_last_insert_rowid(ledger->db);
    return mr_sql_end(ledger, s);
}

/* Are these the very rows that the part has?  Then they stay where they are. */
static int is_there(struct taking *t, int64_t file, const struct content *content, bool *there)
{
    sqlite3_stmt *s = mr_sql(t->ledger, "SELECT 1 FROM ranges WHERE file=? AND segment=? AND part=? AND plain_size=?"
                                        " AND plain_crc=?");

    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(s, 1, file);
    sqlite3_bind_int64(s, 2, t->segment);
    sqlite3_bind_int(s, 3, (int)t->part);
    sqlite3_bind_int64(s, 4, (int64_t)content->size);
    sqlite3_bind_int64(s, 5, content->crc);
    *there = mr_sql_row(s);
    return mr_sql_end(t->ledger, s);
}

static int put_range(struct taking *t, int64_t file, const struct content *content, const char *source)
{
    char packed[MR_LEDGER_PATH_MAX];
    uint64_t size = content->size;
    uint32_t crc = content->crc;
    size_t from = content->header_size;
    sqlite3_stmt *s;

    if (t->gzip) {
        if (pack_rows(source, from, packed, &size, &crc) != MR_OK)
            return mr_ledger_fail(t->ledger, MR_MSG_LEDGER_WRITE, source, strerror(errno));
        source = packed;
        from = 0;
    }
    s = mr_sql(t->ledger, "INSERT OR REPLACE INTO ranges(file, segment, part, size, crc, plain_size, plain_crc, offset,"
                          " source, source_offset) VALUES(?, ?, ?, ?, ?, ?, ?, -1, ?, ?)");
    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(s, 1, file);
    sqlite3_bind_int64(s, 2, t->segment);
    sqlite3_bind_int(s, 3, (int)t->part);
    sqlite3_bind_int64(s, 4, (int64_t)size);
    sqlite3_bind_int64(s, 5, crc);
    sqlite3_bind_int64(s, 6, (int64_t)content->size);
    sqlite3_bind_int64(s, 7, content->crc);
    sqlite3_bind_text(s, 8, source, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 9, (int64_t)from);
    (void)mr_sql_row(s);
    if (mr_sql_end(t->ledger, s) != MR_OK)
        return MR_FATAL;
    return mr_sql_do_number(t->ledger, "UPDATE files SET changed=1 WHERE id=?", file);
}

/* One file: path is its name below the folder. */
static int take_file(struct taking *t, const char *folder, const char *path)
{
    char source[MR_LEDGER_PATH_MAX], name[MR_LEDGER_PATH_MAX];
    struct content content;
    int64_t file;
    bool there = false;
    int status;

    snprintf(source, sizeof source, "%.2000s/%.2000s", folder, path);
    snprintf(name, sizeof name, "%.2000s%s", path, t->gzip ? ".gz" : "");
    status = look_into(t, source, &content);
    if (status != MR_OK)
        status = mr_ledger_fail(t->ledger, MR_MSG_LEDGER_WRITE, source, strerror(errno));
    if (status == MR_OK && content.size > 0) {
        status = file_for(t->ledger, name, &content, t->gzip, &file);
        if (status == MR_OK)
            status = is_there(t, file, &content, &there);
        if (status == MR_OK && !there)
            status = put_range(t, file, &content, source);
        if (status == MR_OK) {
            sqlite3_stmt *s = mr_sql(t->ledger, "INSERT OR IGNORE INTO temp.kept(file) VALUES(?)");

            if (s != NULL) {
                sqlite3_bind_int64(s, 1, file);
                (void)mr_sql_row(s);
            }
            status = mr_sql_end(t->ledger, s);
        }
    }
    free(content.header);
    return status;
}

/* Files of a folder in the order of their names: the ledger is the same whatever order the folder has. */
static int take_folder(struct taking *t, const char *folder, const char *below)
{
    char path[MR_LEDGER_PATH_MAX], name[MR_LEDGER_PATH_MAX];
    struct dirent **list;
    int count, status = MR_OK;

    snprintf(path, sizeof path, "%.2000s%s%.2000s", folder, below[0] == '\0' ? "" : "/", below);
    count = scandir(path, &list, NULL, alphasort);
    if (count < 0)
        return mr_ledger_fail(t->ledger, MR_MSG_LEDGER_WRITE, path, strerror(errno));
    for (int i = 0; i < count; i++) {
        struct stat about;

        if (status == MR_OK && list[i]->d_name[0] != '.') {
            snprintf(name, sizeof name, "%.1000s%s%s", below, below[0] == '\0' ? "" : "/", list[i]->d_name);
            snprintf(path, sizeof path, "%.2000s/%.2000s", folder, name);
            if (stat(path, &about) != 0)
                status = mr_ledger_fail(t->ledger, MR_MSG_LEDGER_WRITE, path, strerror(errno));
            else if (S_ISDIR(about.st_mode))
                status = take_folder(t, folder, name);
            else
                status = take_file(t, folder, name);
        }
        free(list[i]);
    }
    free(list);
    return status;
}

/* Ranges of the part in files that it has no rows in any more. */
static int drop_others(struct taking *t)
{
    static const char *const texts[] = {
        "UPDATE files SET changed=1 WHERE id IN (SELECT file FROM ranges WHERE segment=?1 AND part=?2 AND file NOT IN"
        " (SELECT file FROM temp.kept))",
        "DELETE FROM ranges WHERE segment=?1 AND part=?2 AND file NOT IN (SELECT file FROM temp.kept)",
    };

    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
        sqlite3_stmt *s = mr_sql(t->ledger, texts[i]);

        if (s == NULL)
            return MR_FATAL;
        sqlite3_bind_int64(s, 1, t->segment);
        sqlite3_bind_int(s, 2, (int)t->part);
        (void)mr_sql_row(s);
        if (mr_sql_end(t->ledger, s) != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

int mr_ledger_take_rows(struct mr_ledger *ledger, int64_t segment, enum mr_ledger_part part, const char *folder,
                        bool header, bool gzip)
{
    struct taking t = {.ledger = ledger, .segment = segment, .part = part, .header = header, .gzip = gzip};
    sqlite3_stmt *s;

    if (mr_sql_do(ledger, "CREATE TEMP TABLE IF NOT EXISTS kept(file INTEGER PRIMARY KEY); DELETE FROM temp.kept") != MR_OK)
        return MR_FATAL;
    if (folder != NULL && take_folder(&t, folder, "") != MR_OK)
        return MR_FATAL;
    if (drop_others(&t) != MR_OK)
        return MR_FATAL;
    s = mr_sql(ledger, "DELETE FROM row_counts WHERE segment=? AND part=?");
    if (s == NULL)
        return MR_FATAL;
    sqlite3_bind_int64(s, 1, segment);
    sqlite3_bind_int(s, 2, (int)part);
    (void)mr_sql_row(s);
    return mr_sql_end(ledger, s);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cells of the present row.  What is set is remembered once for each call of a hook, so that a call that fails can be
 * taken back and a change can be shown.  Texts that are set live until the next row.
 */
#include "exits/private.h"
#include "writers/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES 65536u
#define MICROS 1e6

uint8_t *mr_exit_chunk_take(struct mr_exits *exits, size_t size)
{
    struct mr_exit_chunk *chunk = exits->chunks;

    if (chunk == NULL || chunk->room - chunk->used < size) {
        size_t room = size > CHUNK_BYTES ? size : CHUNK_BYTES;

        chunk = malloc(sizeof *chunk + room);
        if (chunk == NULL)
            return NULL;
        *chunk = (struct mr_exit_chunk){.next = exits->chunks, .room = room};
        exits->chunks = chunk;
    }
    chunk->used += size;
    return chunk->bytes + chunk->used - size;
}

void mr_exit_chunks_reset(struct mr_exits *exits)
{
    while (exits->chunks != NULL && exits->chunks->next != NULL) {
        struct mr_exit_chunk *next = exits->chunks->next;

        free(exits->chunks);
        exits->chunks = next;
    }
    if (exits->chunks != NULL)
        exits->chunks->used = 0;
}

void mr_exit_chunks_free(struct mr_exits *exits)
{
    mr_exit_chunks_reset(exits);
    free(exits->chunks);
    exits->chunks = NULL;
}

static bool is_bytes(enum mr_cell_type type)
{
    return type == MR_CELL_TEXT || type == MR_CELL_HEX || type == MR_CELL_DIGITS;
}

bool mr_exit_cells_differ(enum mr_cell_type type, const struct mr_cell *a, const struct mr_cell *b)
{
    if (!a->present || !b->present)
        return (a->present != 0) != (b->present != 0);
    if (is_bytes(type))
        return a->size != b->size || (a->size > 0 && memcmp(a->value.bytes, b->value.bytes, a->size) != 0);
    if (type == MR_CELL_REAL)
        return a->value.d < b->value.d || a->value.d > b->value.d;
    return a->value.u != b->value.u;
}

int mr_exit_read_uint(enum mr_cell_type type, const struct mr_cell *cell, uint64_t *value)
{
    bool bytes = type == MR_CELL_HEX && cell->size <= sizeof *value;

    if (type != MR_CELL_UINT && type != MR_CELL_INT && !bytes)
        return MR_EXIT_ETYPE;
    if (!cell->present)
        return MR_EXIT_MISSING;
    if (bytes) {
        *value = 0;
        for (size_t i = 0; i < cell->size; i++)
            *value = *value << 8 | cell->value.bytes[i];
        return MR_EXIT_OK;
    }
    if (type == MR_CELL_INT && cell->value.i < 0)
        return MR_EXIT_ETYPE;
    *value = cell->value.u;
    return MR_EXIT_OK;
}

int mr_exit_read_int(enum mr_cell_type type, const struct mr_cell *cell, int64_t *value)
{
    if (is_bytes(type) || type == MR_CELL_REAL)
        return MR_EXIT_ETYPE;
    if (!cell->present)
        return MR_EXIT_MISSING;
    if (type == MR_CELL_UINT && cell->value.u > INT64_MAX)
        return MR_EXIT_ETYPE;
    *value = cell->value.i;
    return MR_EXIT_OK;
}

int mr_exit_read_number(enum mr_cell_type type, const struct mr_cell *cell, double *value)
{
    if (is_bytes(type))
        return MR_EXIT_ETYPE;
    if (!cell->present)
        return MR_EXIT_MISSING;
    if (type == MR_CELL_REAL)
        *value = cell->value.d;
    else if (type == MR_CELL_UINT)
        *value = (double)cell->value.u;
    else if (type == MR_CELL_INT)
        *value = (double)cell->value.i;
    else
        *value = (double)cell->value.i / MICROS;
    return MR_EXIT_OK;
}

int mr_exit_read_bytes(enum mr_cell_type type, bool text, const struct mr_cell *cell, const uint8_t **bytes,
                       size_t *length)
{
    if (!is_bytes(type) || (type == MR_CELL_TEXT) != text)
        return MR_EXIT_ETYPE;
    if (!cell->present)
        return MR_EXIT_MISSING;
    *bytes = cell->value.bytes;
    *length = cell->size;
    return MR_EXIT_OK;
}

static const char *name_of(const struct mr_exit_host *host, int column)
{
    const char *name = host->column_name(host, column);

    return name[0] == '\0' ? "?" : name;
}

static struct mr_cell *no_cell(const struct mr_exit_host *host, int column)
{
    const struct mr_exit_row *row = &mr_exit_instance_of(host)->exits->row;

    if (row->plan == NULL)
        mr_exit_misuse(host, MR_EXIT_ESTATE, "a cell is used although no row hook is running");
    else
        mr_exit_misuse(host, MR_EXIT_EHANDLE, "column %s (handle %d) is none of table %s", name_of(host, column),
                       column, row->plan->table->name);
    return NULL;
}

/*
 * The cell of a handle in the present row; NULL after a note why not.  Handles of this table begin at row->first;
 * there are none of them (row->handles is 0) while no row hook is running.
 */
static inline struct mr_cell *cell_of(const struct mr_exit_host *host, const struct mr_exit_row *row, int column,
                                      enum mr_cell_type *type)
{
    unsigned index = (unsigned)column - row->first;

    *type = MR_CELL_UINT;
    if (row != &mr_exit_instance_of(host)->exits->row || index >= row->handles)
        return no_cell(host, column);
    *type = row->described[index].type;
    return &row->cells[index];
}

static int wrong_type(const struct mr_exit_host *host, const char *function, int column, int status)
{
    if (status == MR_EXIT_ETYPE)
        mr_exit_misuse(host, status, "%s() does not fit column %s or its value", function, name_of(host, column));
    return status;
}

static int get_uint(const struct mr_exit_host *host, struct mr_exit_row *row, int column, uint64_t *value)
{
    enum mr_cell_type type;
    const struct mr_cell *cell = cell_of(host, row, column, &type);

    return cell == NULL ? MR_EXIT_EHANDLE
                        : wrong_type(host, "get_uint", column, mr_exit_read_uint(type, cell, value));
}

static int get_int(const struct mr_exit_host *host, struct mr_exit_row *row, int column, int64_t *value)
{
    enum mr_cell_type type;
    const struct mr_cell *cell = cell_of(host, row, column, &type);

    return cell == NULL ? MR_EXIT_EHANDLE : wrong_type(host, "get_int", column, mr_exit_read_int(type, cell, value));
}

static int get_number(const struct mr_exit_host *host, struct mr_exit_row *row, int column, double *value)
{
    enum mr_cell_type type;
    const struct mr_cell *cell = cell_of(host, row, column, &type);
    int status = cell == NULL ? MR_EXIT_EHANDLE : mr_exit_read_number(type, cell, value);

    return status == MR_EXIT_ETYPE ? wrong_type(host, "get_number", column, status) : status;
}

static int get_text(const struct mr_exit_host *host, struct mr_exit_row *row, int column, const char **text,
                    size_t *length)
{
    enum mr_cell_type type;
    const struct mr_cell *cell = cell_of(host, row, column, &type);
    const uint8_t *bytes;
    int status;

    if (cell == NULL)
        return MR_EXIT_EHANDLE;
    status = mr_exit_read_bytes(type, true, cell, &bytes, length);
    if (status == MR_EXIT_OK)
        *text = (const char *)bytes;
    return wrong_type(host, "get_text", column, status);
}

static int get_bytes(const struct mr_exit_host *host, struct mr_exit_row *row, int column, const uint8_t **bytes,
                     size_t *length)
{
    enum mr_cell_type type;
    const struct mr_cell *cell = cell_of(host, row, column, &type);

    return cell == NULL
               ? MR_EXIT_EHANDLE
               : wrong_type(host, "get_bytes", column, mr_exit_read_bytes(type, false, cell, bytes, length));
}

/* As much of a text as fits; the length of all of it. */
static size_t put_text(char *buffer, size_t size, const char *text, size_t length)
{
    if (size > 0) {
        size_t n = length < size - 1 ? length : size - 1;

        if (n > 0)
            memcpy(buffer, text, n);
        buffer[n] = '\0';
    }
    return length;
}

static size_t put_hex(char *buffer, size_t size, const char *prefix, const uint8_t *bytes, size_t length)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t used = put_text(buffer, size, prefix, strlen(prefix));

    for (size_t i = 0; i < length; i++) {
        char pair[2] = {digits[bytes[i] >> 4], digits[bytes[i] & 15]};

        used += put_text(used < size ? buffer + used : NULL, used < size ? size - used : 0, pair, 2);
    }
    return used;
}

size_t mr_exit_show_cell(const struct mr_column *column, const struct mr_cell *cell, char *buffer, size_t size)
{
    char number[MR_NUMBER_MAX_TEXT];
    char *end = number;

    if (!cell->present)
        return put_text(buffer, size, "", 0);
    switch (column->type) {
    case MR_CELL_TEXT:
        return put_text(buffer, size, cell->value.text, cell->size);
    case MR_CELL_HEX:
        return put_hex(buffer, size, "0x", cell->value.bytes, cell->size);
    case MR_CELL_DIGITS:
        return put_hex(buffer, size, "", cell->value.bytes, cell->size);
    case MR_CELL_INT:
        end = mr_put_i64(number, cell->value.i);
        break;
    case MR_CELL_SECONDS:
        end = mr_put_seconds(number, cell->value.i);
        break;
    case MR_CELL_TIME:
        end = mr_put_time(number, cell->value.i);
        break;
    case MR_CELL_REAL:
        end = mr_put_real(number, cell->value.d);
        break;
    default:
        end = mr_put_u64(number, cell->value.u);
        break;
    }
    return put_text(buffer, size, number, (size_t)(end - number));
}

static int get_shown(const struct mr_exit_host *host, struct mr_exit_row *row, int column, char *buffer, size_t size)
{
    enum mr_cell_type type;
    const struct mr_cell *cell = cell_of(host, row, column, &type);

    if (cell == NULL)
        return MR_EXIT_EHANDLE;
    return (int)mr_exit_show_cell(&row->plan->columns[(unsigned)column & 0xFFFFu], cell, buffer, size);
}

/* Columns that the account of the run or the reader's trust in times rests on. */
static bool read_only(const struct mr_plan *plan, unsigned index)
{
    return (index >= MR_COL_VMCINTTS && index < MR_COL_COMMON) ||
           (index == MR_COL_COMMON && strcmp(plan->columns[index].name, "RECORD") == 0);
}

/* The cell to be set, its old value remembered; NULL with *status. */
static struct mr_cell *open_cell(const struct mr_exit_host *host, struct mr_exit_row *row, int column,
                                 enum mr_cell_type *type, int *status)
{
    struct mr_cell *cell = cell_of(host, row, column, type);
    unsigned index = (unsigned)column & 0xFFFFu;

    *status = MR_EXIT_EHANDLE;
    if (cell == NULL)
        return NULL;
    if (read_only(row->plan, index)) {
        *status = mr_exit_misuse(host, MR_EXIT_EREADONLY, "column %s cannot be set", name_of(host, column));
        return NULL;
    }
    if (row->seen[index] != row->call) {
        row->seen[index] = row->call;
        row->columns[row->count] = (uint16_t)index;
        row->before[row->count++] = *cell;
    }
    *status = MR_EXIT_OK;
    return cell;
}

static int set_uint(const struct mr_exit_host *host, struct mr_exit_row *row, int column, uint64_t value)
{
    enum mr_cell_type type;
    int status;
    struct mr_cell *cell = open_cell(host, row, column, &type, &status);

    if (cell == NULL)
        return status;
    if (type != MR_CELL_UINT && (type != MR_CELL_INT || value > INT64_MAX))
        return wrong_type(host, "set_uint", column, MR_EXIT_ETYPE);
    cell->value.u = value;
    cell->present = 1;
    return MR_EXIT_OK;
}

static int set_int(const struct mr_exit_host *host, struct mr_exit_row *row, int column, int64_t value)
{
    enum mr_cell_type type;
    int status;
    struct mr_cell *cell = open_cell(host, row, column, &type, &status);

    if (cell == NULL)
        return status;
    if (is_bytes(type) || type == MR_CELL_REAL || (type == MR_CELL_UINT && value < 0))
        return wrong_type(host, "set_int", column, MR_EXIT_ETYPE);
    cell->value.i = value;
    cell->present = 1;
    return MR_EXIT_OK;
}

static int set_number(const struct mr_exit_host *host, struct mr_exit_row *row, int column, double value)
{
    enum mr_cell_type type;
    int status;
    struct mr_cell *cell = open_cell(host, row, column, &type, &status);

    if (cell == NULL)
        return status;
    if (!isfinite(value) || (type == MR_CELL_SECONDS && fabs(value) >= 9e12) ||
        (type != MR_CELL_REAL && type != MR_CELL_SECONDS))
        return wrong_type(host, "set_number", column, MR_EXIT_ETYPE);
    if (type == MR_CELL_REAL)
        cell->value.d = value;
    else
        cell->value.i = (int64_t)llround(value * MICROS);
    cell->present = 1;
    return MR_EXIT_OK;
}

static int put_bytes(const struct mr_exit_host *host, struct mr_exit_row *row, int column, bool text,
                     const void *bytes, size_t length)
{
    enum mr_cell_type type;
    int status;
    struct mr_cell *cell = open_cell(host, row, column, &type, &status);
    uint32_t most;
    uint8_t *kept;

    if (cell == NULL)
        return status;
    if (!is_bytes(type) || (type == MR_CELL_TEXT) != text || (bytes == NULL && length > 0))
        return wrong_type(host, text ? "set_text" : "set_bytes", column, MR_EXIT_ETYPE);
    most = row->plan->columns[(unsigned)column & 0xFFFFu].size;
    if (most == 0 || most > MR_EXIT_TEXT_MAX)
        most = MR_EXIT_TEXT_MAX;
    if (length > most)
        return mr_exit_misuse(host, MR_EXIT_ELENGTH, "%zu bytes for column %s, which has at most %u", length,
                              name_of(host, column), most);
    kept = mr_exit_chunk_take(row->exits, length);
    if (kept == NULL)
        return MR_EXIT_EMEMORY;
    if (length > 0)
        memcpy(kept, bytes, length);
    cell->value.bytes = kept;
    cell->size = (uint32_t)length;
    cell->present = 1;
    return MR_EXIT_OK;
}

static int set_text(const struct mr_exit_host *host, struct mr_exit_row *row, int column, const char *text,
                    size_t length)
{
    return put_bytes(host, row, column, true, text, length);
}

static int set_bytes(const struct mr_exit_host *host, struct mr_exit_row *row, int column, const uint8_t *bytes,
                     size_t length)
{
    return put_bytes(host, row, column, false, bytes, length);
}

static int set_missing(const struct mr_exit_host *host, struct mr_exit_row *row, int column)
{
    enum mr_cell_type type;
    int status;
    struct mr_cell *cell = open_cell(host, row, column, &type, &status);

    if (cell != NULL)
        cell->present = 0;
    return status;
}

void mr_exit_cells_offer(struct mr_exit_host *host)
{
    host->get_uint = get_uint;
    host->get_int = get_int;
    host->get_number = get_number;
    host->get_text = get_text;
    host->get_bytes = get_bytes;
    host->get_shown = get_shown;
    host->set_uint = set_uint;
    host->set_int = set_int;
    host->set_number = set_number;
    host->set_text = set_text;
    host->set_bytes = set_bytes;
    host->set_missing = set_missing;
}

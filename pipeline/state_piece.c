/* SPDX-License-Identifier: Apache-2.0 */
/* Rows and blobs of segments that are being made. */
#include "pipeline/state.h"

#include "base/bytes.h"
#include "base/grow.h"
#include "reader/tod.h"

#include <stdlib.h>
#include <string.h>

int mr_state_no_memory(const struct mr_state_run *s)
{
    mr_report(s->options->log, MR_MSG_PROGRAM_MEMORY, MR_NOWHERE, "%s", "");
    return MR_FATAL;
}

#define OUT_OF_STEP_SECONDS 60u

static size_t plan_count(const struct mr_state_run *s)
{
    size_t count;

    (void)mr_engine_plans(s->run.workers[0].engine, &count);
    return count;
}

static int open_rows(struct mr_state_run *s, struct mr_rows *rows)
{
    struct mr_writer_options writer = s->options->output;

    if (mr_ledger_work_folder(s->ledger, rows->folder) != MR_OK)
        return MR_FATAL;
    writer.folder = rows->folder;
    writer.version = MR_VERSION;
    writer.gzip = false;
    writer.scratch = true;
    rows->tables = calloc(plan_count(s) + 1, sizeof(struct mr_writer_table *));
    if (rows->tables == NULL)
        return mr_state_no_memory(s);
    return mr_writer_open(&rows->writer, s->options->format, &writer, s->options->log);
}

struct mr_writer_table *mr_rows_table(struct mr_state_run *s, struct mr_rows *rows, const struct mr_plan *plan)
{
    struct mr_writer_table **table;

    if (rows->writer == NULL && open_rows(s, rows) != MR_OK)
        return NULL;
    table = &rows->tables[plan->number];
    if (*table == NULL && mr_writer_begin(rows->writer, &s->run.heads[plan->number], table) != MR_OK)
        return NULL;
    return *table;
}

static int put_row(struct mr_state_run *s, struct mr_rows *rows, struct mr_plan *plan, const struct mr_cell *cells)
{
    struct mr_writer_table *table = mr_rows_table(s, rows, plan);

    if (table == NULL)
        return MR_FATAL;
    if (s->options->output.times != MR_TIMES_UTC) {
        const struct mr_identity *identity = mr_engine_row_identity(s->run.workers[0].engine);

        mr_writer_zone(rows->writer, identity->zone_known, identity->zone_seconds);
    }
    return mr_writer_row(table, cells);
}

void mr_rows_drop(struct mr_rows *rows)
{
    mr_writer_abandon(rows->writer);
    free(rows->tables);
    rows->writer = NULL;
    rows->tables = NULL;
}

int mr_rows_take(struct mr_state_run *s, struct mr_rows *rows, int64_t segment, enum mr_ledger_part part, bool counted)
{
    size_t count;
    struct mr_plan *const *plans = mr_engine_plans(s->run.workers[0].engine, &count);
    uint64_t *written = calloc(count + 1, sizeof *written);
    bool any = rows->writer != NULL;
    int status = written == NULL ? mr_state_no_memory(s) : MR_OK;

    for (size_t p = 0; p < count && any && status == MR_OK; p++)
        written[p] = rows->tables[p] == NULL ? 0 : mr_writer_rows(rows->tables[p]);
    if (any && status == MR_OK) {
        status = mr_writer_finish(rows->writer);
        rows->writer = NULL;
    }
    if (status == MR_OK)
        status = mr_ledger_take_rows(s->ledger, segment, part, any ? rows->folder : NULL, s->header, s->gzip);
    for (size_t p = 0; p < count && status == MR_OK; p++) {
        if (written[p] == 0)
            continue;
        status = mr_ledger_count_rows(s->ledger, segment, part, plans[p]->table->name, written[p]);
        s->table_rows[p] += counted ? written[p] : 0;
    }
    mr_rows_drop(rows);
    free(written);
    return status;
}

static struct mr_piece *piece_of(struct mr_state_run *s, const struct mr_identity *identity)
{
    struct mr_piece *piece = s->last_piece;

    if (piece != NULL && strcmp(piece->identity.sysid, identity->sysid) == 0 &&
        strcmp(piece->identity.serial, identity->serial) == 0)
        return piece;
    for (size_t i = 0; i < s->piece_count; i++) {
        piece = &s->pieces[i];
        if (strcmp(piece->identity.sysid, identity->sysid) == 0 && strcmp(piece->identity.serial, identity->serial) == 0)
            return s->last_piece = piece;
    }
    if (mr_grow(&s->pieces, &s->piece_room, s->piece_count + 1, sizeof *s->pieces, MR_PIECES_MAX) != MR_OK)
        return NULL;
    piece = &s->pieces[s->piece_count++];
    *piece = (struct mr_piece){.identity = *identity};
    return s->last_piece = piece;
}

int mr_piece_begin(struct mr_state_run *s, const struct mr_identity *identity)
{
    const struct mr_engine *engine = s->run.workers[0].engine;
    struct mr_piece *piece = piece_of(s, identity);
    struct mr_system_account account;

    if (piece == NULL)
        return mr_state_no_memory(s);
    for (size_t i = 0; i < mr_engine_system_count(engine); i++) {
        mr_engine_system_account(engine, i, &account);
        if (strcmp(account.identity.sysid, identity->sysid) != 0 || strcmp(account.identity.serial, identity->serial) != 0)
            continue;
        piece->intervals = piece->end_intervals = account.intervals;
        piece->missing = piece->end_missing = account.missing_intervals;
        piece->restarts = piece->end_restarts = account.restarts;
    }
    return MR_OK;
}

int mr_state_row(void *context, struct mr_plan *plan, struct mr_cell *cells)
{
    struct mr_state_run *s = context;
    const struct mr_identity *identity = mr_engine_row_identity(s->run.workers[0].engine);
    struct mr_piece *piece;

    if (s->replayed != NULL) {
        /* Only the system that is replayed: another one that its records name has a head of its own. */
        if (strcmp(identity->sysid, s->replayed_identity->sysid) != 0 ||
            strcmp(identity->serial, s->replayed_identity->serial) != 0)
            return MR_OK;
        return put_row(s, s->replayed, plan, cells);
    }
    piece = piece_of(s, identity);
    if (piece == NULL)
        return mr_state_no_memory(s);
    return put_row(s, &piece->rows[piece->head_done ? MR_PART_REST : MR_PART_HEAD], plan, cells);
}

static void pack_record(struct mr_pack *pack, const struct mr_record *record)
{
    mr_pack_u8(pack, (unsigned char)record->kind);
    mr_pack_u16(pack, record->length);
    mr_pack_bytes(pack, record->data, record->length);
}

bool mr_state_unpack_record(struct mr_unpack *in, struct mr_record *record)
{
    unsigned kind = mr_unpack_u8(in), length = mr_unpack_u16(in);
    const uint8_t *data = mr_unpack_bytes(in, length);

    /* The header is believed as little as that of an input. */
    if (data == NULL || length < MR_HEADER_BYTES || (kind != 0 && kind != 'S' && kind != 'E'))
        return false;
    *record = (struct mr_record){0};
    if (mr_record_header(data, length, record) != MR_OK || record->length != length)
        return false;
    record->kind = (char)kind;
    return true;
}

/* Processors may be a little out of step; a time that is far before all others is that of a damaged record. */
static void take_first(struct mr_piece *piece, uint64_t tod)
{
    int64_t earlier = mr_tod_difference(piece->first, tod);

    if (piece->first == 0 || (earlier > 0 && earlier < (int64_t)(OUT_OF_STEP_SECONDS * MR_TOD_SECOND)))
        piece->first = tod;
}

int mr_state_used(void *context, const struct mr_system_account *account, const struct mr_identity *identity,
                  const struct mr_record *record, unsigned flags)
{
    struct mr_state_run *s = context;
    struct mr_piece *piece = piece_of(s, identity);

    if (piece == NULL)
        return mr_state_no_memory(s);
    piece->used = true;
    if (record->number == 0)
        return MR_OK; /* a foreign record: no row and no interval is made of it */
    if (!piece->head_done)
        pack_record(&piece->head, record);
    else if ((flags & MR_USED_BEGINS_SESSION) != 0)
        pack_record(&piece->sessions, record);
    if (piece->any_first == 0)
        piece->any_first = record->tod;
    if (record->domain != 1)
        take_first(piece, record->tod);
    piece->last = record->tod;
    piece->end_intervals = account->intervals;
    piece->end_missing = account->missing_intervals;
    piece->end_restarts = account->restarts;
    /* A sample whose end was lost ends with a record of the next one: only a 1/11 shows that all of it has come. */
    piece->samples += (flags & MR_USED_ENDS_SAMPLE) != 0 && record->domain == 1 && record->number == 11;
    if (!piece->head_done && (piece->samples == MR_HEAD_SAMPLES || piece->head.size > MR_HEAD_MAX)) {
        piece->head_done = true;
        piece->head_missing = account->missing_intervals;
        piece->head_restarts = account->restarts;
        piece->head_interval = mr_recall_interval(s->run.workers[0].engine, identity);
    }
    return piece->head.failed || piece->sessions.failed ? mr_state_no_memory(s) : MR_OK;
}

int mr_state_put_pack(struct mr_state_run *s, int64_t segment, enum mr_ledger_blob which, const struct mr_pack *pack)
{
    struct mr_pack closed;
    int status;

    if (pack->size == 0 && !pack->failed)
        return MR_OK;
    if (mr_pack_close(pack, &closed) != MR_OK)
        return mr_state_no_memory(s);
    status = mr_ledger_put_blob(s->ledger, segment, which, closed.bytes, closed.size);
    mr_pack_free(&closed);
    return status;
}

int mr_state_get_pack(struct mr_state_run *s, int64_t segment, enum mr_ledger_blob which, struct mr_pack *pack)
{
    struct mr_blob blob;
    int status;

    *pack = (struct mr_pack){0};
    if (mr_ledger_get_blob(s->ledger, segment, which, &blob) != MR_OK)
        return MR_FATAL;
    if (blob.bytes == NULL)
        return MR_OK;
    status = mr_pack_open(blob.bytes, blob.size, pack);
    free(blob.bytes);
    if (status == MR_FATAL)
        return mr_state_no_memory(s);
    if (status == MR_FAILED)
        mr_report(s->options->log, MR_MSG_STATE_DAMAGED, MR_NOWHERE, "%s", "");
    return MR_OK;
}

static int system_id(struct mr_state_run *s, const struct mr_identity *identity, int64_t *id)
{
    struct mr_ledger_system system = {0};

    memcpy(system.sysid, identity->sysid, sizeof system.sysid);
    memcpy(system.serial, identity->serial, sizeof system.serial);
    memcpy(system.orgsysid, identity->orgsysid, sizeof system.orgsysid);
    memcpy(system.cpumodel, identity->cpumodel, sizeof system.cpumodel);
    if (mr_ledger_find_system(s->ledger, &system) != MR_OK ||
        (system.id == 0 && mr_ledger_put_system(s->ledger, &system) != MR_OK))
        return MR_FATAL;
    *id = system.id;
    return MR_OK;
}

static int put_blobs(struct mr_state_run *s, const struct mr_piece *piece, int64_t segment)
{
    const struct mr_engine *engine = s->run.workers[0].engine;
    struct mr_pack state = {0}, coverage = {0};
    int status;

    mr_recall_save(engine, &piece->identity, MR_STATE_ALL, &state);
    mr_recall_save_coverage(engine, &piece->identity, &coverage);
    status = mr_state_put_pack(s, segment, MR_BLOB_STATE, &state);
    if (status == MR_OK)
        status = mr_state_put_pack(s, segment, MR_BLOB_COVERAGE, &coverage);
    if (status == MR_OK)
        status = mr_state_put_pack(s, segment, MR_BLOB_HEAD, &piece->head);
    if (status == MR_OK)
        status = mr_state_put_pack(s, segment, MR_BLOB_SESSIONS, &piece->sessions);
    mr_pack_free(&state);
    mr_pack_free(&coverage);
    return status;
}

static const struct mr_met *met_of(const struct mr_state_run *s, const struct mr_identity *identity)
{
    for (size_t i = 0; i < s->met_count; i++) {
        if (strcmp(s->met[i].identity.sysid, identity->sysid) == 0 &&
            strcmp(s->met[i].identity.serial, identity->serial) == 0)
            return &s->met[i];
    }
    return NULL;
}

static int finish_piece(struct mr_state_run *s, struct mr_piece *piece, int64_t input)
{
    const struct mr_met *met = met_of(s, &piece->identity);
    struct mr_ledger_segment segment = {.input = input,
                                        .base = met == NULL ? 0 : met->base,
                                        .first = piece->first != 0 ? piece->first : piece->any_first,
                                        .last = piece->last,
                                        .whole = !piece->head_done,
                                        .head_interval = piece->head_interval};

    if (!piece->head_done)
        piece->head_missing = piece->end_missing;
    segment.restarts = piece->head_done && piece->end_restarts > piece->head_restarts;
    segment.intervals = piece->end_intervals - piece->intervals;
    segment.missing_before = piece->head_missing - piece->missing;
    segment.missing_inside = piece->end_missing - piece->head_missing;
    if (system_id(s, &piece->identity, &segment.system) != MR_OK || mr_ledger_put_segment(s->ledger, &segment) != MR_OK ||
        put_blobs(s, piece, segment.id) != MR_OK ||
        mr_rows_take(s, &piece->rows[MR_PART_HEAD], segment.id, MR_PART_HEAD, true) != MR_OK)
        return MR_FATAL;
    return mr_rows_take(s, &piece->rows[MR_PART_REST], segment.id, MR_PART_REST, true);
}

int mr_pieces_finish(struct mr_state_run *s, int64_t input)
{
    int status = MR_OK;

    for (size_t i = 0; i < s->piece_count && status == MR_OK; i++) {
        if (s->pieces[i].used)
            status = finish_piece(s, &s->pieces[i], input);
        s->changed = true;
    }
    mr_pieces_drop(s);
    return status;
}

void mr_pieces_drop(struct mr_state_run *s)
{
    for (size_t i = 0; i < s->piece_count; i++) {
        mr_rows_drop(&s->pieces[i].rows[MR_PART_HEAD]);
        mr_rows_drop(&s->pieces[i].rows[MR_PART_REST]);
        mr_pack_free(&s->pieces[i].head);
        mr_pack_free(&s->pieces[i].sessions);
    }
    free(s->pieces);
    s->pieces = NULL;
    s->piece_count = s->piece_room = 0;
    s->last_piece = NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that are made in one writer and written by another. */
#include "writers/table.h"

#include <string.h>

bool mr_writer_can_append(const char *format, const struct mr_writer_options *options)
{
    const struct mr_writer_format *found = mr_writer_find_format(format);

    /* Compressing is most of the work, and one thread at a time would do it; the others look at rows one by one. */
    return found != NULL && (found->abilities & MR_CAN_APPEND) != 0 && !options->gzip && !options->spreadsheet &&
           !options->partition && options->split == MR_SPLIT_NONE && options->times == MR_TIMES_UTC;
}

int mr_writer_open_apart(struct mr_writer **out, const char *format, const struct mr_writer_options *options,
                         mr_rows_taker *take, void *taker, struct mr_log *log)
{
    struct mr_writer *writer = mr_writer_new(mr_writer_find_format(format), options, log);

    *out = writer;
    if (writer == NULL)
        return MR_FATAL;
    writer->take = take;
    writer->taker = taker;
    writer->folder.log = log;
    writer->folder.path = strdup(options->folder); /* for messages */
    if (writer->folder.path != NULL)
        return MR_OK;
    mr_report(log, MR_MSG_OUTPUT_MEMORY, MR_NOWHERE, "%s", "");
    mr_writer_abandon(writer);
    *out = NULL;
    return MR_FATAL;
}

static int take_text(void *context, const char *bytes, size_t size)
{
    struct mr_writer_table *table = context;
    uint64_t rows = table->rows - table->handed_rows;

    table->handed_rows = table->rows;
    if (size == 0 || table->rows == 0) /* the head of the file is written where the file is */
        return MR_OK;
    return table->writer->take(table->writer->taker, table->head, bytes, size, rows);
}

int mr_table_open_apart(struct mr_writer_table *table)
{
    return mr_outfile_open_apart(&table->file, &table->writer->folder, take_text, table);
}

int mr_writer_hand_over(struct mr_writer *writer)
{
    for (struct mr_writer_table *table = writer->tables.first; table != NULL; table = table->next) {
        if (mr_writer_settle(writer, mr_outfile_flush(&table->file)) != MR_OK)
            return MR_FATAL;
    }
    return MR_OK;
}

int mr_writer_append(struct mr_writer_table *table, const char *bytes, size_t size, uint64_t rows)
{
    if (table->writer->folder.failed)
        return MR_FATAL;
    table->rows += rows;
    table->file_rows += rows;
    return mr_writer_settle(table->writer, mr_outfile_put(&table->file, bytes, size));
}

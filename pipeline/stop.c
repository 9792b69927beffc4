/* SPDX-License-Identifier: Apache-2.0 */
/* Where a request to stop has ended the run, for its account. */
#include "pipeline/run.h"

#include "writers/number.h"

void mr_run_note_input(struct mr_run *run, const char *name, const struct mr_reader *reader)
{
    struct mr_interruption *interrupted = &run->account->interrupted;

    interrupted->input = name;
    interrupted->offset = reader == NULL ? 0 : mr_reader_counts(reader)->bytes;
    run->input_ended = reader != NULL && mr_reader_ended(reader);
}

void mr_run_note_stop(struct mr_run *run, size_t not_read)
{
    struct mr_interruption *interrupted = &run->account->interrupted;
    struct mr_place place = {.file = interrupted->input, .offset = interrupted->offset};
    char time[MR_NUMBER_MAX_TEXT];

    if (not_read == 0 && run->input_ended)
        return;
    interrupted->by = run->options->stop->number;
    interrupted->not_read = not_read;
    mr_report(run->options->log, MR_MSG_INTERRUPTED, &place, "%s%s%s; %zu inputs not begun",
              mr_interruption_signal(interrupted), interrupted->tod == 0 ? "" : " at ",
              mr_account_time(interrupted->tod, time), not_read);
}

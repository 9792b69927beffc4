/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_LAYOUT_H
#define MR_WRITERS_LAYOUT_H

/*
 * What earlier runs have left in the output folder, as far as rows would be read twice.  Private to writers/.
 *
 * Parts of a day beside parts of its hours, parts beside partitions, compressed beside plain ones: each set is whole,
 * together they are twice the data.  None of them can be removed safely, because they may be of many runs.
 */
#include "writers/format.h"

/*
 * mr_layout_check - look for parts of this format that this run would neither replace nor stand beside.
 * Returns MR_OK, or MR_FATAL after a message that names one of them.
 */
int mr_layout_check(struct mr_outfolder *folder, const struct mr_writer_format *format,
                    const struct mr_writer_options *options) MR_CHECK;

#endif

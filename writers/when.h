/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_WRITERS_WHEN_H
#define MR_WRITERS_WHEN_H

/* Times as people and tables write them, and the beginning of days and hours.  Any thread may call. */
#include "base/status.h"
#include "writers/writer.h"

#include <stdint.h>

/*
 * mr_when_parse - an instant, YYYY-MM-DD[(blank or T)HH[:MM[:SS[.ffffff]]]], as microseconds since 1970.
 *   end     as an end that does not belong to it: a day alone ends where the next one begins, a time of day is what it is
 * Returns MR_OK, or MR_FAILED where text is no such time.
 */
int mr_when_parse(const char *text, bool end, int64_t *micros) MR_CHECK;

/* The beginning of the day or hour that holds the instant; another way to split: of the second. */
int64_t mr_when_floor(int64_t micros, enum mr_split split);

/* YYYYMMDDTHHMMSS and a final zero, 16 bytes in all.  Years outside 0 to 9999 are shown as these. */
void mr_when_stamp(char *text, int64_t micros);

#endif

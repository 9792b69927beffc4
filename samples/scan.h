/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MS_SCAN_H
#define MS_SCAN_H

/* Reading the text of a scenario: one line at a time, comments and line ends never seen by the callers. */
#include "samples/scenario.h"

struct ms_scan {
    struct ms_scenario *scenario;
    struct ms_place place;
    const char *at;   /* next character of the line, never past its end */
    const char *next; /* the line after it */
    char *text;       /* the whole file */
    char line[8192];
};

/* Load a file; the cursor stands before the first line.  MR_OK or MR_FATAL after a message. */
int ms_scan_open(struct ms_scan *scan, struct ms_scenario *scenario, const char *path) MR_CHECK;
void ms_scan_close(struct ms_scan *scan);

/* A text that is no file: a value from the command line.  Must outlive the cursor; no ms_scan_close(). */
void ms_scan_text(struct ms_scan *scan, struct ms_scenario *scenario, const char *text);

/* Go to the next line that is not empty.  False at the end of the file. */
bool ms_scan_line(struct ms_scan *scan);

/* True when the next line goes on with assignments (begins with a capital or @); the cursor then stands in it. */
bool ms_scan_continued(struct ms_scan *scan);

/* Next character that is not a blank; 0 at the end of the line. */
char ms_scan_peek(struct ms_scan *scan);

/* Take a character or an operator if it is the next one. */
bool ms_scan_take(struct ms_scan *scan, const char *token);

/* Take a word of small letters and hyphens if it is the next one, whole. */
bool ms_scan_keyword(struct ms_scan *scan, const char *word);

/* A word up to a blank or one of the characters in stops; copied.  NULL at the end of the line. */
const char *ms_scan_word(struct ms_scan *scan, const char *stops);

/* True at the end of the line; otherwise a message. */
bool ms_scan_end(struct ms_scan *scan);

/* "2025-03-14 09:00:00[.ffffff]" at *text, moved behind it. */
bool ms_scan_date(const char **text, uint64_t *tod);

/* Say what is wrong and what to do.  Always returns MR_FATAL. */
int ms_fault(const struct ms_place *place, const char *format, ...) MR_PRINTF(2, 3);

#endif

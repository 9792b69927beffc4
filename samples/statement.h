/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MS_STATEMENT_H
#define MS_STATEMENT_H

#include "samples/scan.h"

/* A record statement at the cursor, with the lines that go on with it; NULL after a message. */
struct ms_statement *ms_statement_read(struct ms_scan *scan);

/* "4/3" at the cursor; false after a message. */
bool ms_record_name_read(struct ms_scan *scan, struct ms_record_name *name);

/* Index of a set, made when it is new and make is true; -1 after a message. */
int ms_set_index(struct ms_scan *scan, const char *name, bool make);

/* NAME,NAME,...: false after a message. */
bool ms_names_read(struct ms_scan *scan, const char ***names, size_t *count);

#endif

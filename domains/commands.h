/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_DOMAINS_COMMANDS_H
#define MR_DOMAINS_COMMANDS_H

/* MONITOR commands as CP reads them. */

/*
 * mr_command_interval - the sample interval that a MONITOR command sets.
 *   text   the command in upper case, words with blanks between
 * MONitor SAMPle ... INTerval n [MINutes|SEConds]: upper-case letters are the shortest form of a word, minutes the
 * default unit.  SUBINTerval is another word.  Returns seconds, 0 where the command sets no interval or none that is
 * possible (more than a day).
 */
unsigned long mr_command_interval(const char *text);

#endif

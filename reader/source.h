/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_READER_SOURCE_H
#define MR_READER_SOURCE_H

/*
 * Bytes of one input, uncompressed: a file, a pipe or standard input; gzip (several members too) told by its magic.
 * Zeros behind the last gzip member are padding; anything else there is reported and not used.
 * One pass, no seeking.  Look ahead with mr_source_peek(), then take with mr_source_consume().
 */
#include "base/message.h"
#include "base/status.h"
#include "base/stop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MR_SOURCE_PEEK_MAX (64u * 1024u) /* the most that one peek may ask for */

struct mr_source;

/*
 * Open path ("-" is standard input).  MR_OK, or MR_FATAL after a message.  log and path are borrowed; messages point to
 * path, also when the source has been closed.
 */
int mr_source_open(struct mr_source **out, const char *path, struct mr_log *log) MR_CHECK;

/*
 * mr_source_open_until - the same; stop (borrowed; NULL: none) is looked at while a pipe gives no bytes.  A request then
 * ends the input like a reading error, but without a message.
 */
int mr_source_open_until(struct mr_source **out, const char *path, const struct mr_stop *stop,
                         struct mr_log *log) MR_CHECK;

/* Did a request to stop end it? */
bool mr_source_stopped(const struct mr_source *source);

/*
 * mr_source_peek - look at the next bytes without taking them.
 *   want   bytes wanted, at most MR_SOURCE_PEEK_MAX
 *   data   start of the bytes; borrowed until the next peek
 *   got    how many there are: want or more, or fewer at the end of the input (0 at the very end)
 * Returns MR_OK, or MR_FATAL when reading failed (a message was given; what was read before stays readable: *got > 0
 * comes with MR_OK until the good bytes are used up).
 */
int mr_source_peek(struct mr_source *source, size_t want, const uint8_t **data, size_t *got) MR_CHECK;

/* Take bytes that the last peek showed. */
void mr_source_consume(struct mr_source *source, size_t bytes);

/* Offset of the next byte in the uncompressed input. */
uint64_t mr_source_offset(const struct mr_source *source);

/* Bytes read from the file itself so far; its size or 0; CRC-32 of those bytes. */
uint64_t mr_source_input_bytes(const struct mr_source *source);
uint64_t mr_source_input_size(const struct mr_source *source);
uint32_t mr_source_crc(const struct mr_source *source);

const char *mr_source_name(const struct mr_source *source);
void mr_source_close(struct mr_source *source);

#endif

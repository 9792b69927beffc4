/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_LEDGER_DIGEST_H
#define MR_LEDGER_DIGEST_H

/* What a file holds, in 32 bytes (SHA-256): by it an input is known again whatever its name is. */
#include "base/status.h"

#include <stdint.h>

/* MR_OK; MR_FAILED with errno set where the file cannot be read, or is none that can be read twice. */
int mr_digest_file(const char *path, uint8_t digest[32], uint64_t *size) MR_CHECK;

#endif

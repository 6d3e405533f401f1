/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "C", 32 bits as six and 64 bits as eleven base62 digits. Zeek drops leading zeros of either part
 * (14 to 18 characters); ours have a fixed length, so that different bits never give the same text.
 * Private to lib/record.
 */
#ifndef NT_RECORD_UID_H
#define NT_RECORD_UID_H

#include "text.h"

#define NT_UID_LEN 18

char *nt_uid_put(char *p, const uint64_t uid[2]);

#endif

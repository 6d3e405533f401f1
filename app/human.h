/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers and times as people read them. Each returns its buffer, ended by a NUL. Any thread. */
#ifndef HUMAN_H
#define HUMAN_H

#include <nt_base.h>

#define HUMAN_LEN 32

/* 1,234,567 */
const char *human_count(uint64_t n, char out[HUMAN_LEN]);
/* 999, 1.23 k, 45.6 M: three digits that count. */
const char *human_si(double v, char out[HUMAN_LEN]);
/* 999 B, 1.21 KiB */
const char *human_bytes(uint64_t n, char out[HUMAN_LEN]);
/* 850 us, 1.23 ms, 4.5 s */
const char *human_usec(uint64_t usec, char out[HUMAN_LEN]);
/* 3 d 04:05:06 */
const char *human_span(int64_t ns, char out[HUMAN_LEN]);
/* Local time: 2026-11-22 22:35:01 */
const char *human_time(int64_t ns, char out[HUMAN_LEN]);

#endif

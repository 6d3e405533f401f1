/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every file may use: compiler hints, sizes, time units.
 *
 * Time. Capture time is `int64_t` nanoseconds since the epoch (suffix `_ns`). A packet has two of
 * them: its own stamp (`ts_ns`, may run backwards) and the clock at its place in the stream
 * (`clock_ns`, the running maximum, never runs backwards). What came first is never decided by
 * time but by position: `uint64_t`, 1 for the first packet of the stream, 0 is "nothing yet".
 */
#ifndef NT_BASE_H
#define NT_BASE_H

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NT_CACHE_LINE	  64
#define NT_CACHE_ALIGNED  __attribute__((aligned(NT_CACHE_LINE)))
#define NT_ARRAY_SIZE(a)  (sizeof(a) / sizeof((a)[0]))
#define NT_MIN(a, b)	  ((a) < (b) ? (a) : (b))
#define NT_MAX(a, b)	  ((a) > (b) ? (a) : (b))
#define nt_likely(x)	  __builtin_expect(!!(x), 1)
#define nt_unlikely(x)	  __builtin_expect(!!(x), 0)
#define NT_PRINTF(fmt, a) __attribute__((format(printf, fmt, a)))
#define NT_UNUSED	  __attribute__((unused))

#define NT_NS_PER_USEC INT64_C(1000)
#define NT_NS_PER_SEC  INT64_C(1000000000)
#define NT_SEC(s)      ((int64_t)(s)*NT_NS_PER_SEC)

/* The position past every packet of the stream. */
#define NT_POSITION_END UINT64_MAX

/*
 * The empty asm is a side effect: without one, gcc 12 takes a function that only prefetches for
 * pure and drops calls to it.
 */
static inline void
nt_prefetch(const void *p)
{
	__builtin_prefetch(p, 0, 3);
	__asm__ volatile("");
}

static inline void
nt_prefetch_write(const void *p)
{
	__builtin_prefetch(p, 1, 3);
	__asm__ volatile("");
}

/* A message for people: one line, what and where and what to do. Filled by functions that fail. */
struct nt_error {
	char msg[320];
};

/* Write the message, cut to the room there is; err may be NULL. Returns code, for `return`. */
int nt_error_set(struct nt_error *err, int code, const char *fmt, ...) NT_PRINTF(3, 4);

#endif

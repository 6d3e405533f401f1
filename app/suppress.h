/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Notices that were told and are not to be told again for a time: per note, originator, responder,
 * its port and the protocol, and how often each would have been told meanwhile. Times never run
 * backwards, so the oldest period ends first. Fixed memory; each call does O(1) work.
 */
#ifndef SUPPRESS_H
#define SUPPRESS_H

#include <nt_addr.h>
#include <nt_hash.h>

struct suppress_key {
	struct nt_addr orig, resp;
	uint16_t port;
	uint8_t proto;
	uint8_t note; /* enum nt_notice */
};
static_assert(sizeof(struct suppress_key) == 44, "no padding: compared as bytes");

struct suppressed {
	struct suppress_key key;
	int64_t began_ns; /* of the clock: when it was told */
	int64_t last_ts_ns; /* capture time of the last one that was not told */
	uint64_t count; /* of those */
};

struct suppress;

/* max: periods at one time, 1 .. 2^24. NULL and errno. */
struct suppress *suppress_new(uint32_t max, int64_t for_ns, const struct nt_hash_key *key);
/* Memory that one takes when it is full. */
size_t suppress_bytes(uint32_t max);
void suppress_free(struct suppress *s); /* NULL is fine */

/*
 * Periods, also those that have begun, last so long from now on. Where that is shorter than before,
 * it counts once suppress_shorten, which takes out one of those that are over by it, returns false.
 */
void suppress_set_time(struct suppress *s, int64_t for_ns);
bool suppress_shorten(struct suppress *s, int64_t now_ns, struct suppressed *ret);

/*
 * The oldest period, if it is over at now_ns (INT64_MAX: whenever), is taken out: true. To be
 * called until false before suppress_tell with the same now_ns.
 */
bool suppress_over(struct suppress *s, int64_t now_ns, struct suppressed *ret);
/* There is no room for another period: the oldest one ends now. */
bool suppress_make_room(struct suppress *s, struct suppressed *ret);

/* Is it to be told? Then a period begins, for which there must be room; else it is counted. */
bool suppress_tell(
	struct suppress *s, const struct suppress_key *key, int64_t now_ns, int64_t ts_ns);

/* Periods that ended for want of room, since it was made. */
uint64_t suppress_forgotten(const struct suppress *s);

#endif

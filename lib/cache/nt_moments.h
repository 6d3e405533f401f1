/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When something happened to somebody: was there such a moment between two times? Told of the past
 * as it was, however much later it is asked. Owner: one worker; fed with the same sequence in all
 * of them. Fixed memory, no allocation after _new; any call's work is bounded.
 *
 * Time is cut into spans; kept are, of each kind, person and span, the first moment and the last.
 * Who asks about times that lie at least a span apart gets an exact answer: the two lie in
 * different spans, so the last moment decides in the one, the first in the other.
 */
#ifndef NT_MOMENTS_H
#define NT_MOMENTS_H

#include "nt_told.h"

struct nt_moments;

/* max_entries: as nt_told_new; span_ns: at least 1. NULL and errno. */
struct nt_moments *nt_moments_new(
	uint32_t max_entries, int64_t span_ns, const struct nt_hash_key *key);
/* Memory that one takes when it is full. */
size_t nt_moments_bytes(uint32_t max_entries);
void nt_moments_free(struct nt_moments *m); /* NULL is fine */
void nt_moments_clear(struct nt_moments *m);

/* at_ns never runs backwards. When there is no room, what was last long ago goes. */
void nt_moments_add(
	struct nt_moments *m, unsigned int kind, const struct nt_addr *whom, int64_t at_ns);

/* False: nothing was ever added. */
bool nt_moments_any(const struct nt_moments *m);
/* Was there one in from_ns .. until_ns, both included? until_ns - from_ns is a span, or up to two.
 */
bool nt_moments_within(const struct nt_moments *m, unsigned int kind, const struct nt_addr *whom,
	int64_t from_ns, int64_t until_ns);

/* The latest moment that was given up for want of room; INT64_MIN: none was. */
int64_t nt_moments_lost_ns(const struct nt_moments *m);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IP fragments to datagrams (RFC 791, RFC 8200 section 4.5; what Zeek does with overlaps). Owned by
 * whoever steers packets, one thread; fixed memory; bounds on datagrams, bytes and time, each with
 * a counter.
 */
#ifndef NT_DATAGRAM_H
#define NT_DATAGRAM_H

#include <nt_fragment.h>
#include <nt_hash.h>

struct nt_datagrams;

struct nt_datagrams_config {
	uint32_t max_datagrams; /* under way at once; the oldest goes first */
	uint32_t max_bytes; /* payload kept at once */
	int64_t timeout_ns; /* from the first fragment */
};

/* NULL and errno. */
struct nt_datagrams *nt_datagrams_new(
	const struct nt_datagrams_config *cfg, const struct nt_hash_key *key);
void nt_datagrams_free(struct nt_datagrams *d); /* NULL is fine */
void nt_datagrams_clear(struct nt_datagrams *d); /* forget all that is under way */

/* The longest a datagram can be with its link header, as nt_datagrams_add writes it. */
#define NT_DATAGRAM_MAX (65535 + 256)

/*
 * Take a fragment, seen at clock_ns (never runs backwards). 0: kept or refused, there is no
 * datagram yet. Else it completed one: its length, written to out (NT_DATAGRAM_MAX bytes of room):
 * the link header of this fragment, the first fragment's IP header with the length set and without
 * any trace of fragmentation (as Zeek has it), the payload.
 */
uint32_t nt_datagrams_add(
	struct nt_datagrams *d, const struct nt_fragment *f, int64_t clock_ns, uint8_t *out);

struct nt_datagrams_stats {
	uint64_t fragments, completed;
	uint64_t overlaps; /* fragments with bytes that were there already, and other ones */
	uint64_t repeats; /* ... the same ones */
	uint64_t timed_out, evicted; /* datagrams given up: by time; by a cap */
	uint64_t refused; /* fragments that can't be: beyond 65535, two different ends ... */
	uint64_t under_way;
};
void nt_datagrams_stats(const struct nt_datagrams *d, struct nt_datagrams_stats *ret);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IP fragments to datagrams (RFC 791, RFC 8200 section 4.5). Owned by whoever steers packets, one
 * thread; fixed memory, touched on first use; bounds on datagrams, bytes and time, each with a
 * counter.
 *
 * What counts is what Zeek makes of fragments, not what a certain host would:
 * - A datagram is (source, destination, id), be the protocol what it may.
 * - Bytes that came first stay. Offsets and lengths are taken as they are: a fragment with more to
 *   follow needs no multiple of 8, and may reach beyond 65535.
 * - The datagram ends where a fragment without more behind it does; the largest of different ends
 *   counts, and once there is one, any fragment that reaches further moves it. It is complete as
 *   soon as its bytes from the first on reach its end without a hole; what lies further on without
 *   a hole belongs to it. A fragment without payload can say where the end is, but never completes.
 * - Its header is that of the fragment that came first, whatever its offset. IPv6: the next header
 *   is that of the latest fragment with offset 0.
 * - Its length is what fits into 16 bits of the header: one of 65536 bytes and more is taken for as
 *   many as it has beyond them, and refused where that is less than its header.
 * - A fragment behind a complete datagram begins another one; what never completes is never seen.
 */
#ifndef NT_DATAGRAM_H
#define NT_DATAGRAM_H

#include <nt_fragment.h>
#include <nt_hash.h>

struct nt_datagrams;

struct nt_datagrams_config {
	uint32_t max_datagrams; /* under way at once; the oldest goes first. 1 to 2^20 */
	/*
	 * Payload kept at once, in pages of 2 KiB that each belong to one datagram: the oldest goes
	 * first. 128 KiB, what one datagram can take, is the least that is used.
	 */
	uint32_t max_bytes;
	int64_t timeout_ns; /* from the first fragment; 0: never, which is Zeek's default */
};

/* NULL and errno (EINVAL: a number out of its range). The key is copied. */
struct nt_datagrams *nt_datagrams_new(
	const struct nt_datagrams_config *cfg, const struct nt_hash_key *key);
/* Memory that they take when there is no room for more. */
size_t nt_datagrams_bytes(const struct nt_datagrams_config *cfg);
void nt_datagrams_free(struct nt_datagrams *d); /* NULL is fine */
void nt_datagrams_clear(struct nt_datagrams *d); /* forget all that is under way; not counted */

/* The longest a datagram can be with its link header, as nt_datagrams_add writes it. */
#define NT_DATAGRAM_MAX (65535 + 256)
/* An IPv6 datagram has up to 65535 bytes behind its fixed header of 40. */
#define NT_DATAGRAM_LINK_MAX (256 - 40)
/* IPv4 headers have 60 bytes at most; IPv6: with extension headers before the fragment header. */
#define NT_DATAGRAM_HEAD_MAX 256

/*
 * Take a fragment, seen at clock_ns (never runs backwards). 0: kept or refused, there is no
 * datagram yet. Else it completed one: its length, written to out (NT_DATAGRAM_MAX bytes of room):
 * the link header of this fragment, the datagram's IP header with the length set (and, IPv4, the
 * checksum) and without any trace of fragmentation, the payload. An IPv6 "atomic" fragment (offset
 * 0, no more) completes at once, unless others with its id are under way. One trace is left, where
 * IPv6 extension headers follow the fragment header: that stays, as an atomic one, which counts for
 * nothing; so a fragment header within the datagram is not taken for another fragment of it.
 *
 * Work is bounded by the fragment's length and, over its life, by the datagram's.
 */
uint32_t nt_datagrams_add(
	struct nt_datagrams *d, const struct nt_fragment *f, int64_t clock_ns, uint8_t *out);

struct nt_datagrams_stats {
	uint64_t fragments, completed;
	uint64_t overlaps; /* fragments with bytes that were there already, and other ones */
	uint64_t repeats; /* ... the same ones */
	uint64_t timed_out, evicted; /* datagrams given up: by time; by a cap */
	/*
	 * Fragments that can't be: of headers longer than the maxima above, or that end beyond
	 * 131072; and datagrams that are complete but whose length, cut to 16 bits, is less than
	 * their header.
	 */
	uint64_t refused;
	uint64_t under_way;
};
void nt_datagrams_stats(const struct nt_datagrams *d, struct nt_datagrams_stats *ret);

#endif

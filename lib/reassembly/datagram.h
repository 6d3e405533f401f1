/* SPDX-License-Identifier: BSD-3-Clause */
/* A datagram under way. Private to lib/reassembly. */
#ifndef NT_REASSEMBLY_DATAGRAM_H
#define NT_REASSEMBLY_DATAGRAM_H

#include "nt_datagram.h"
#include "payload.h"

struct datagram {
	struct nt_addr src, dst;
	uint32_t id;
	uint32_t chain; /* the next of its bucket, or free; 0: none */
	uint32_t older, newer; /* by their first fragments; 0: none */
	int64_t first_ns;
	uint32_t end; /* of its payload; 0: not known yet */
	uint16_t head_len;
	uint16_t next_at; /* IPv6: where the header announces the fragment header */
	uint8_t proto; /* IPv6: what takes its place */
	uint8_t head[NT_DATAGRAM_HEAD_MAX];
	struct payload payload;
};

/* Can it be kept? Lengths are the caller's word, but fixed memory depends on them. */
bool datagram_fragment_fits(const struct nt_fragment *f);

/* The header of the first fragment to come. */
void datagram_take_head(struct datagram *g, const struct nt_fragment *f);

/*
 * The datagram as one packet, with the link header of f, its last fragment. Its length, or 0 where
 * there can't be one.
 */
uint32_t datagram_write(const struct datagram *g, const struct page_pool *pool,
	const struct nt_fragment *f, uint8_t *out);

#endif

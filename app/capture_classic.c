/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Classic pcap (draft-ietf-opsawg-pcap): a 24-byte header, then records of 16 bytes and a packet,
 * in either byte order, micro- or nanoseconds. Read in large pieces into slabs; packets stay where
 * they were read to.
 */
#include <string.h>

#include <nt_packet.h>

#include "capture_priv.h"

#define FILE_HEADER   24
#define RECORD_HEADER 16
/* Less room than this is not worth a read(2): the slab is left. */
#define READ_MIN (16 * 1024)
/*
 * Read on when this much is used up: what was just copied is parsed while it is in the cache (L2,
 * with room for other things). Pieces of a quarter cost a tenth more system time.
 */
#define READ_MAX (128 * 1024)

#define MAGIC_USEC 0xa1b2c3d4u
#define MAGIC_NSEC 0xa1b23c4du

static inline uint32_t
field(const uint8_t *p, bool swapped)
{
	uint32_t v;
	memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap32(v) : v;
}

/* LINKTYPE_* of the file to DLT_*: they differ for a few. */
static int
link_of(uint32_t linktype)
{
	switch (linktype) {
	case 101: /* LINKTYPE_RAW */
	case 12: /* as some systems wrote it */
	case 14:
		return NT_LINK_RAW;
	default:
		return (int)linktype;
	}
}

bool
classic_recognize(struct capture *c, const uint8_t *header, size_t len)
{
	if (len < FILE_HEADER)
		return false;
	uint32_t magic;
	memcpy(&magic, header, sizeof(magic));
	c->swapped =
		magic == __builtin_bswap32(MAGIC_USEC) || magic == __builtin_bswap32(MAGIC_NSEC);
	magic = field(header, c->swapped);
	if (magic != MAGIC_USEC && magic != MAGIC_NSEC)
		return false;
	c->nanoseconds = magic == MAGIC_NSEC;
	c->snaplen = field(header + 16, c->swapped);
	if (c->snaplen == 0 || c->snaplen > CAPTURE_PACKET_MAX)
		c->snaplen = CAPTURE_PACKET_MAX;
	/* The upper half has the length of frame check sequences, which we never look at. */
	c->dlt = link_of(field(header + 20, c->swapped) & 0xffff);
	/* Version 2.4 since 1998; what came before had its fields in another order. */
	const uint32_t version = field(header + 4, c->swapped);
	return version == (c->swapped ? 0x00020004u : 0x00040002u);
}

/*
 * Have len bytes at c->at in one piece. 1; 0 where the input ends before; -errno.
 */
static int
have(struct capture *c, uint64_t last_position, size_t len)
{
	struct slabs *s = c->slabs;
	while ((size_t)(c->filled - c->at) < len) {
		const size_t got = (size_t)(c->filled - c->at);
		if (slabs_room(s) < NT_MAX(len - got, (size_t)READ_MIN)) {
			c->at = slabs_turn(s, last_position, c->at, got);
			if (c->at == NULL)
				return -ECANCELED;
		}
		const ssize_t n =
			input_read(c->input, s->at, NT_MIN(slabs_room(s), (size_t)READ_MAX));
		if (n < 0)
			return (int)n;
		s->at += n;
		c->filled = s->at;
		if (n == 0)
			return 0;
	}
	return 1;
}

int
classic_begin(struct capture *c, struct nt_error *err)
{
	/* The slab may hold packets of the capture before: go on behind them. */
	c->at = c->filled = c->slabs->at;
	uint8_t header[FILE_HEADER];
	size_t got = 0;
	while (got < sizeof(header)) {
		const ssize_t n = input_read(c->input, header + got, sizeof(header) - got);
		if (n <= 0)
			return nt_error_set(err, -EIO, "%s: its header can't be read", c->name);
		got += (size_t)n;
	}
	c->offset = FILE_HEADER;
	return 0;
}

static int
broken(const struct capture *c, int code, struct nt_error *err, const char *what)
{
	return nt_error_set(err, code, "%s: %s at byte %llu, after %llu packets", c->name, what,
		(unsigned long long)c->offset, (unsigned long long)c->packets);
}

/*
 * Have the next record in one piece; what its failure means. 1; 0 at a clean end; -errno and *err.
 */
static __attribute__((noinline)) int
fetch_record(struct capture *c, uint64_t last_position, struct nt_error *err)
{
	int n = have(c, last_position, RECORD_HEADER);
	if (n == 1) {
		const uint32_t cap_len = field(c->at + 8, c->swapped);
		if (cap_len > CAPTURE_PACKET_MAX)
			return broken(c, -EBADMSG, err, "corrupt: a packet longer than any can be");
		n = have(c, last_position, RECORD_HEADER + (size_t)cap_len);
	}
	if (n == 1 || n == -ECANCELED)
		return n;
	if (n < 0)
		return broken(c, n, err, input_reason(c->input, n));
	if (c->filled == c->at)
		return 0; /* a clean end */
	return broken(c, -ENODATA, err, "cut short in the middle of a packet");
}

/* Those that lie there whole, max at most. */
static inline __attribute__((always_inline)) unsigned int
take_whole(struct capture *c, struct capture_packet *ret, unsigned int max, bool swapped)
{
	const int64_t unit_ns = c->nanoseconds ? 1 : NT_NS_PER_USEC;
	const uint32_t snaplen = c->snaplen;
	const uint8_t *at = c->at, *const filled = c->filled;
	unsigned int n = 0;
	for (; n < max && (size_t)(filled - at) >= RECORD_HEADER; n++) {
		const uint8_t *data = at + RECORD_HEADER;
		const uint32_t cap_len = field(at + 8, swapped);
		if (nt_unlikely(cap_len > (size_t)(filled - data) || cap_len > CAPTURE_PACKET_MAX))
			break;
		/* it begins one line, and its transport header lies in the next */
		nt_prefetch(at + NT_CACHE_LINE);
		struct capture_packet *p = &ret[n];
		/* More than a second is nonsense; libpcap, and so Zeek, has a sign in it. */
		p->ts_ns = NT_SEC(field(at, swapped)) + (int32_t)field(at + 4, swapped) * unit_ns;
		p->data = data;
		p->cap_len = NT_MIN(cap_len, snaplen);
		p->wire_len = NT_MAX(field(at + 12, swapped), p->cap_len);
		at = data + cap_len;
	}
	c->offset += (uint64_t)(at - c->at);
	c->at = at;
	return n;
}

int
classic_burst(struct capture *c, uint64_t last_position, struct capture_packet *ret,
	unsigned int max, struct nt_error *err)
{
	for (;;) {
		const unsigned int n =
			c->swapped ? take_whole(c, ret, max, true) : take_whole(c, ret, max, false);
		if (nt_likely(n != 0))
			return (int)n;
		const int code = fetch_record(c, last_position, err);
		if (code != 1)
			return code;
	}
}

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

static uint32_t
field(const struct capture *c, const uint8_t *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof(v));
	return c->swapped ? __builtin_bswap32(v) : v;
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
	magic = field(c, header);
	if (magic != MAGIC_USEC && magic != MAGIC_NSEC)
		return false;
	c->nanoseconds = magic == MAGIC_NSEC;
	c->snaplen = field(c, header + 16);
	if (c->snaplen == 0 || c->snaplen > CAPTURE_PACKET_MAX)
		c->snaplen = CAPTURE_PACKET_MAX;
	/* The upper half has the length of frame check sequences, which we never look at. */
	c->dlt = link_of(field(c, header + 20) & 0xffff);
	/* Version 2.4 since 1998; what came before had its fields in another order. */
	const uint32_t version = field(c, header + 4);
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

/* have() for a record, with what its failure means. Once in some hundred packets. */
static __attribute__((noinline)) int
fetch_record(struct capture *c, uint64_t last_position, size_t len, struct nt_error *err)
{
	const int n = have(c, last_position, len);
	if (n == 1 || n == -ECANCELED)
		return n;
	if (n < 0)
		return broken(c, n, err, input_reason(c->input, n));
	if (c->filled == c->at)
		return 0; /* a clean end */
	return broken(c, -ENODATA, err, "cut short in the middle of a packet");
}

static inline int
have_record(struct capture *c, uint64_t last_position, size_t len, struct nt_error *err)
{
	return nt_likely((size_t)(c->filled - c->at) >= len)
		       ? 1
		       : fetch_record(c, last_position, len, err);
}

int
classic_next(
	struct capture *c, uint64_t last_position, struct capture_packet *ret, struct nt_error *err)
{
	int n = have_record(c, last_position, RECORD_HEADER, err);
	if (n != 1)
		return n;
	const uint32_t cap_len = field(c, c->at + 8);
	if (nt_unlikely(cap_len > CAPTURE_PACKET_MAX))
		return broken(c, -EBADMSG, err, "corrupt: a packet longer than any can be");
	n = have_record(c, last_position, RECORD_HEADER + (size_t)cap_len, err);
	if (n != 1)
		return n;
	/* More than a second is nonsense; libpcap, and so Zeek, has a sign in it. */
	const int64_t fraction = (int32_t)field(c, c->at + 4);
	ret->ts_ns =
		NT_SEC(field(c, c->at)) + (c->nanoseconds ? fraction : fraction * NT_NS_PER_USEC);
	ret->data = c->at + RECORD_HEADER;
	ret->cap_len = NT_MIN(cap_len, c->snaplen);
	ret->wire_len = NT_MAX(field(c, c->at + 12), ret->cap_len);
	c->at += RECORD_HEADER + (size_t)cap_len;
	c->offset += RECORD_HEADER + (uint64_t)cap_len;
	return 1;
}

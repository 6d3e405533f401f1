/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IP fragments, as records of eight bytes: which datagram (of 16) and flags, offset / 8 (2 bytes),
 * payload length (2 bytes), what the payload is filled with, how long the header is, how far the
 * clock moves. The first two bytes are caps. What comes out must be an IP packet of the length that
 * it was said to have.
 */
#include <stdlib.h>
#include <string.h>

#include <nt_datagram.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RECORD 8

enum {
	FLAG_MORE = 0x10,
	FLAG_V6 = 0x20,
	FLAG_OTHER = 0x40, /* other bytes than the next ones with this fill */
	FLAG_LINK = 0x80,
};

/* assert() is gone in a release build. */
static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
check(const uint8_t *out, uint32_t len, const struct nt_fragment *f)
{
	const uint8_t *h = out + f->link_len;
	uint32_t total = len - f->link_len;

	require(len <= NT_DATAGRAM_MAX && len > f->link_len);
	if (f->src.family == NT_FAMILY_IPV4) {
		require(total >= 20 && ((uint32_t)h[2] << 8 | h[3]) == total);
		require((h[6] & 0xbf) == 0 && h[7] == 0);
	} else {
		require(total >= 40 && ((uint32_t)h[4] << 8 | h[5]) == total - 40);
	}
}

static void
check_stats(const struct nt_datagrams *d, uint32_t max)
{
	struct nt_datagrams_stats s;

	nt_datagrams_stats(d, &s);
	require(s.under_way <= max);
	require(s.completed + s.refused + s.repeats + s.overlaps <= 2 * s.fragments);
}

/* Each in memory of its own size, so that a sanitizer sees the first byte read too many. */
static uint8_t *
filled(size_t len, uint8_t fill, bool other)
{
	static uint8_t rising[UINT8_MAX + UINT16_MAX];
	uint8_t *p = malloc(len ? len : 1);

	require(p != NULL && len <= UINT16_MAX);
	if (rising[1] == 0)
		for (size_t i = 0; i < sizeof(rising); i++)
			rising[i] = (uint8_t)i;
	if (other)
		memcpy(p, rising + fill, len);
	else
		memset(p, fill, len);
	return p;
}

static void
feed(struct nt_datagrams *d, const uint8_t *r, int64_t clock_ns, uint8_t *out)
{
	bool v6 = r[0] & FLAG_V6;
	struct nt_fragment f = { .id = r[0] & 15, .proto = 17, .more = r[0] & FLAG_MORE };
	uint8_t *link, *l3, *payload;
	uint32_t len;

	f.offset = ((uint32_t)r[1] << 8 | r[2]) * 8 & 0xffff;
	f.payload_len = (uint32_t)r[3] << 8 | r[4];
	f.link_len = r[0] & FLAG_LINK ? r[6] : 14;
	f.l3_len = v6 ? 40u + r[6] : 20u + r[6] % 48;
	f.next_at = v6 ? 6 : 0;
	link = filled(f.link_len, 0, false);
	l3 = filled(f.l3_len, v6 ? 0x60 : 0x45, true);
	payload = filled(f.payload_len, r[5], r[0] & FLAG_OTHER);
	f.link = link;
	f.l3 = l3;
	f.payload = payload;
	f.src.family = f.dst.family = v6 ? NT_FAMILY_IPV6 : NT_FAMILY_IPV4;
	len = nt_datagrams_add(d, &f, clock_ns, out);
	if (len > 0)
		check(out, len, &f);
	free(link);
	free(l3);
	free(payload);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nt_datagrams_config cfg = { 0, 0, NT_SEC(1) };
	struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_datagrams *d;
	int64_t clock_ns = 0;
	uint8_t *out;

	if (size < 2 || size > 4096)
		return 0;
	cfg.max_datagrams = 1 + data[0] % 20;
	cfg.max_bytes = (uint32_t)data[1] * 1024;
	d = nt_datagrams_new(&cfg, &key);
	out = malloc(NT_DATAGRAM_MAX);
	require(d != NULL && out != NULL);
	for (size_t at = 2; at + RECORD <= size; at += RECORD) {
		clock_ns += data[at + 7] * NT_SEC(1) / 100;
		feed(d, data + at, clock_ns, out);
		check_stats(d, cfg.max_datagrams);
	}
	free(out);
	nt_datagrams_free(d);
	return 0;
}

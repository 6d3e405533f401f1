/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Looks into tunnels and fragments, again and again on what is inside, as whoever steers does. The
 * first byte chooses the link type, the second how much more than was captured the wire had; the
 * rest is the packet.
 */
#include <stdlib.h>

#include <nt_encap.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int links[] = {
	NT_LINK_ETHERNET,
	NT_LINK_RAW,
	NT_LINK_LINUX_SLL,
	NT_LINK_LINUX_SLL2,
	NT_LINK_NULL,
	NT_LINK_PPP,
	NT_LINK_PPP_SERIAL,
	NT_LINK_FDDI,
	NT_LINK_NFLOG,
	NT_LINK_IEEE802_11,
	NT_LINK_IEEE802_11_RADIO,
	NT_LINK_AMSDU,
};

struct bytes {
	const uint8_t *at;
	uint32_t cap_len, wire_len;
	int link;
};

static struct nt_encap_config cfg;

/* assert() is gone in a release build. */
static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
require_inside(const uint8_t *p, uint32_t len, const struct bytes *b)
{
	require(p >= b->at && p <= b->at + b->cap_len);
	require(len <= (uint32_t)(b->at + b->cap_len - p));
}

static void
check_fragment(const struct nt_fragment *f, const struct bytes *b)
{
	require(f->link == b->at && f->l3 == f->link + f->link_len);
	require_inside(f->l3, f->l3_len, b);
	require_inside(f->payload, f->payload_len, b);
	require(f->payload >= f->l3 + f->l3_len);
	require(f->next_at < f->l3_len && f->l3_len >= 20);
	require(f->offset <= 65535 && f->offset % 8 == 0);
	require(f->more || f->offset > 0);
}

static void
check_inner(const struct nt_encap *e, const struct bytes *b)
{
	require_inside(e->inner, e->inner_cap_len, b);
	require(e->inner_cap_len <= e->inner_wire_len && e->inner_wire_len <= b->wire_len);
}

static void
check_look(const struct nt_encap *e, const struct bytes *b)
{
	struct nt_packet_ends ends;

	(void)nt_packet_find_ends(&ends, b->at, b->cap_len, b->link);
	require(nt_addr_equal(&ends.src, &e->src) && nt_addr_equal(&ends.dst, &e->dst));
	require(!nt_encap_plain(&cfg, b->at, b->cap_len, b->link) ||
		(e->kind == NT_ENCAP_NONE && !e->udp));
	require(e->kind != NT_ENCAP_TUNNEL ||
		(e->tunnel != NT_TUNNEL_NONE && e->inner_cap_len > 0));
	require(e->tunnel < NT_TUNNELS && (e->udp || e->verdict == NT_ENCAP_SILENT));
	if (e->kind == NT_ENCAP_FRAGMENT)
		check_fragment(&e->fragment, b);
	if (e->kind == NT_ENCAP_TUNNEL || e->kind == NT_ENCAP_AGGREGATE)
		check_inner(e, b);
	if (e->kind == NT_ENCAP_AGGREGATE)
		require_inside(e->rest, e->rest_cap_len, b);
}

/* One packet, as deep as it goes. Returns what is left of a frame of several. */
static struct bytes
go_down(struct bytes b)
{
	enum nt_tunnel parent = NT_TUNNEL_NONE;
	struct bytes rest = { 0 };
	unsigned int depth = 0;
	struct nt_encap e;

	while (depth <= NT_ENCAP_DEPTH_MAX) {
		(void)nt_encap_look(&e, &cfg, b.at, b.cap_len, b.wire_len, b.link);
		check_look(&e, &b);
		if (e.kind == NT_ENCAP_AGGREGATE && rest.cap_len == 0) {
			require(e.rest_cap_len < b.cap_len);
			rest = (struct bytes){ e.rest, e.rest_cap_len, e.rest_wire_len,
				NT_LINK_AMSDU };
		} else if (e.kind != NT_ENCAP_TUNNEL ||
			   !nt_encap_nests(depth, parent, (enum nt_tunnel)e.tunnel)) {
			break;
		}
		depth += e.kind == NT_ENCAP_TUNNEL;
		parent = (enum nt_tunnel)e.tunnel;
		b = (struct bytes){ e.inner, e.inner_cap_len, e.inner_wire_len, e.inner_link };
	}
	return rest;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b;

	if (size < 2 || size > 65536)
		return 0;
	if (cfg.nb_ports == 0)
		nt_encap_config_default(&cfg);
	b.link = links[data[0] % NT_ARRAY_SIZE(links)];
	b.at = data + 2;
	b.cap_len = (uint32_t)size - 2;
	b.wire_len = b.cap_len + data[1];
	do {
		b = go_down(b);
	} while (b.cap_len > 0);
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "look_packet.h"

/* A pointer into the copy becomes the same place of the original. */
static void
relocate(const uint8_t **p, const uint8_t *copy, uint32_t len, const struct pkt *b, uint32_t needs)
{
	assert_true(*p >= copy && *p <= copy + len && needs <= (uint32_t)(copy + len - *p));
	*p = b->bytes + (*p - copy);
}

static void
check_fragment(struct nt_fragment *f, const uint8_t *copy, uint32_t len, const struct pkt *b)
{
	assert_ptr_equal(f->link, copy);
	assert_ptr_equal(f->l3, copy + f->link_len);
	assert_true(f->next_at < f->l3_len);
	relocate(&f->payload, copy, len, b, f->payload_len);
	relocate(&f->l3, copy, len, b, f->l3_len);
	relocate(&f->link, copy, len, b, f->link_len);
	assert_true(f->payload >= f->l3 + f->l3_len);
}

enum nt_encap_kind
look_cut(struct nt_encap *ret, const struct pkt *b, uint32_t cap_len, uint32_t wire_len, int dlt)
{
	uint8_t *copy = malloc(cap_len ? cap_len : 1);
	struct nt_encap_config cfg;
	struct nt_packet_ends ends;
	enum nt_encap_kind kind;

	memcpy(copy, b->bytes, cap_len);
	memset(ret, 0xa5, sizeof(*ret));
	nt_encap_config_default(&cfg);
	kind = nt_encap_look(ret, &cfg, copy, cap_len, wire_len, dlt);
	assert_int_equal(ret->kind, kind);
	(void)nt_packet_find_ends(&ends, copy, cap_len, dlt);
	assert_true(nt_addr_equal(&ends.src, &ret->src));
	assert_true(nt_addr_equal(&ends.dst, &ret->dst));
	if (nt_encap_plain(&cfg, copy, cap_len, dlt))
		assert_true(kind == NT_ENCAP_NONE && !ret->udp);
	if (kind == NT_ENCAP_FRAGMENT)
		check_fragment(&ret->fragment, copy, cap_len, b);
	if (kind == NT_ENCAP_TUNNEL) {
		relocate(&ret->inner, copy, cap_len, b, ret->inner_cap_len);
		assert_in_range(ret->inner_cap_len, 1, ret->inner_wire_len);
		assert_int_not_equal(ret->tunnel, NT_TUNNEL_NONE);
	}
	if (kind == NT_ENCAP_AGGREGATE) {
		relocate(&ret->inner, copy, cap_len, b, ret->inner_cap_len);
		relocate(&ret->rest, copy, cap_len, b, ret->rest_cap_len);
		assert_true(ret->inner_cap_len <= ret->inner_wire_len);
		assert_true(ret->rest_cap_len <= ret->rest_wire_len);
	}
	free(copy);
	return kind;
}

enum nt_encap_kind
look(struct nt_encap *ret, const struct pkt *b, int dlt)
{
	return look_cut(ret, b, b->len, b->len, dlt);
}

void
look_every_cut(const struct pkt *b, int dlt)
{
	struct nt_encap e;

	for (uint32_t len = 0; len <= b->len; len++) {
		(void)look_cut(&e, b, len, b->len, dlt);
		(void)look_cut(&e, b, len, len, dlt);
	}
}

void
expect_inside(const struct pkt *b, int dlt, enum nt_tunnel t, uint32_t at, int link)
{
	struct nt_encap e;

	assert_int_equal(look(&e, b, dlt), NT_ENCAP_TUNNEL);
	assert_int_equal(e.tunnel, t);
	assert_ptr_equal(e.inner, b->bytes + at);
	assert_int_equal(e.inner_cap_len, b->len - at);
	assert_int_equal(e.inner_wire_len, b->len - at);
	assert_int_equal(e.inner_link, link);
	look_every_cut(b, dlt);
}

void
expect_nothing(const struct pkt *b, int dlt, enum nt_tunnel t)
{
	struct nt_encap e;

	assert_int_equal(look(&e, b, dlt), NT_ENCAP_NONE);
	assert_int_equal(e.tunnel, t);
	look_every_cut(b, dlt);
}

void
put_udp_frame(struct pkt *b, unsigned int sport, unsigned int dport, unsigned int len)
{
	put_ethernet(b, 0x0800);
	put_ipv4(b, 17, 8 + len);
	put16(b, sport);
	put16(b, dport);
	put16(b, 8 + len);
	put16(b, 0);
}

void
put_small_datagram(struct pkt *b)
{
	put_ipv4(b, 17, 8);
	put_udp(b, 8);
}

void
put_small_datagram6(struct pkt *b)
{
	put_ipv6(b, 17, 8);
	put_udp(b, 8);
}

void
put_small_frame(struct pkt *b)
{
	put_ethernet(b, 0x0800);
	put_small_datagram(b);
}

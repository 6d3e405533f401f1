/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets are made here, and what is handed to which worker is looked at. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "distribute.h"
#include "uid.h"

#define START	 NT_SEC(1700000000)
#define HANDLES	 64
#define VXLAN	 4789
#define IP_BYTES 20

struct handle {
	unsigned int worker;
	struct mbuf_meta m;
};

struct fixture {
	struct distribute d;
	struct nt_config config;
	struct nt_packet_meta at;
	struct handle handles[HANDLES];
	unsigned int count;
};

struct bytes {
	uint8_t b[2048];
	uint32_t len;
};

static void
take(void *arg, unsigned int worker, const struct mbuf_meta *m)
{
	struct fixture *x = arg;
	assert_in_range(x->count, 0, HANDLES - 1);
	x->handles[x->count++] = (struct handle){ .worker = worker, .m = *m };
}

static bool
never_waits(void *arg, uint64_t position)
{
	(void)arg;
	(void)position;
	return true;
}

static int
setup(void **state)
{
	static struct fixture x;
	memset(&x, 0, sizeof(x));
	nt_config_default(&x.config);
	const struct distribute_config cfg = {
		.config = &x.config,
		.workers = 8,
		.uid_key = nt_hash_key_fixed(),
		.send = take,
		.wait = never_waits,
		.arg = &x,
	};
	assert_int_equal(distribute_init(&x.d, &cfg), 0);
	x.at.clock_ns = x.at.ts_ns = START;
	*state = &x;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *x = *state;
	distribute_fini(&x->d);
	return 0;
}

/* An IPv4 header in front of what is there. */
static struct bytes
ip(uint8_t src, uint8_t dst, uint8_t proto, uint16_t frag, const struct bytes *in)
{
	struct bytes out = { .b = { 0x45 } };
	out.len = IP_BYTES + in->len;
	out.b[2] = (uint8_t)(out.len >> 8);
	out.b[3] = (uint8_t)out.len;
	out.b[5] = 77; /* id */
	out.b[6] = (uint8_t)(frag >> 8);
	out.b[7] = (uint8_t)frag;
	out.b[8] = 64;
	out.b[9] = proto;
	memcpy(out.b + 12, (const uint8_t[4]){ 10, 0, 0, src }, 4);
	memcpy(out.b + 16, (const uint8_t[4]){ 10, 0, 0, dst }, 4);
	memcpy(out.b + IP_BYTES, in->b, in->len);
	return out;
}

static struct bytes
udp(uint16_t sport, uint16_t dport, const struct bytes *in)
{
	struct bytes out = { .len = 8 + in->len };
	const uint16_t words[4] = { __builtin_bswap16(sport), __builtin_bswap16(dport),
		__builtin_bswap16((uint16_t)out.len), 0 };
	memcpy(out.b, words, sizeof(words));
	memcpy(out.b + 8, in->b, in->len);
	return out;
}

static struct bytes
text(const char *s)
{
	struct bytes out = { .len = (uint32_t)strlen(s) };
	memcpy(out.b, s, out.len);
	return out;
}

static struct bytes
plain(uint8_t src, uint8_t dst)
{
	const struct bytes t = text("something said"), u = udp(1000, 2000, &t);
	return ip(src, dst, IPPROTO_UDP, 0, &u);
}

static struct bytes
vxlan(uint8_t src, uint8_t dst, const struct bytes *in)
{
	struct bytes v = { .b = { 0x08 }, .len = 8 + 14 + in->len };
	v.b[8 + 12] = 0x08; /* ethertype: IPv4 */
	memcpy(v.b + 8 + 14, in->b, in->len);
	const struct bytes u = udp(5555, VXLAN, &v);
	return ip(src, dst, IPPROTO_UDP, 0, &u);
}

static void
distribute(struct fixture *x, const struct bytes *p)
{
	x->at.position++;
	x->count = 0;
	const struct mbuf_meta m = { .at = x->at,
		.data = p->b,
		.cap_len = p->len,
		.wire_len = p->len,
		.frame_len = p->len,
		.link = NT_LINK_RAW };
	distribute_packet(&x->d, &m);
	for (unsigned int i = 0; i < x->count; i++) {
		assert_int_equal(x->handles[i].m.at.position, x->at.position);
		assert_int_equal(x->handles[i].m.frame_len, p->len);
	}
}

static void
check(const struct fixture *x, unsigned int i, enum mbuf_kind kind, uint8_t src, uint8_t dst)
{
	const struct handle *h = &x->handles[i];
	const struct nt_addr a = nt_addr_v4((const uint8_t[4]){ 10, 0, 0, src });
	const struct nt_addr b = nt_addr_v4((const uint8_t[4]){ 10, 0, 0, dst });
	assert_in_range(i, 0, x->count - 1);
	assert_int_equal(h->m.kind, kind);
	assert_int_equal(h->worker, steer_ends(&x->d.steer, &a, &b));
	if (kind == MBUF_FRAGMENT)
		return;
	struct nt_packet p;
	assert_int_equal(nt_packet_decode(&p, h->m.data, h->m.cap_len, h->m.wire_len, h->m.link),
		NT_PACKET_OK);
	assert_true(nt_addr_equal(&p.src, &a));
	assert_true(nt_addr_equal(&p.dst, &b));
}

static uint64_t
uid_token_of(const struct fixture *x, const struct mbuf_meta *m, uint64_t first_position)
{
	struct nt_packet p;
	struct nt_flow_key key;
	nt_packet_decode(&p, m->data, m->cap_len, m->wire_len, m->link);
	nt_flow_key_of(&key, &p);
	return uid_token(&x->d.cfg.uid_key, &key, first_position);
}

static void
test_plain_goes_as_it_is(void **state)
{
	struct fixture *x = *state;
	const struct bytes p = plain(1, 2);
	distribute(x, &p);
	assert_int_equal(x->count, 1);
	check(x, 0, MBUF_PACKET, 1, 2);
	assert_ptr_equal(x->handles[0].m.data, p.b);
	assert_int_equal(x->handles[0].m.at.tunnel, 0);
}

/* No connection of its own: one handle, with a token that stays. */
static void
test_ip_in_ip(void **state)
{
	struct fixture *x = *state;
	const struct bytes in = plain(1, 2), out = ip(3, 4, IPPROTO_IPIP, 0, &in);
	distribute(x, &out);
	assert_int_equal(x->count, 1);
	check(x, 0, MBUF_PACKET, 1, 2);
	const uint64_t token = x->handles[0].m.at.tunnel;
	assert_int_not_equal(token, 0);
	const struct bytes back_in = plain(2, 1), back = ip(4, 3, IPPROTO_IPIP, 0, &back_in);
	distribute(x, &back);
	assert_int_equal(x->handles[0].m.at.tunnel, token);
}

static void
test_vxlan_has_a_connection(void **state)
{
	struct fixture *x = *state;
	const struct bytes in = plain(1, 2), out = vxlan(3, 4, &in);
	distribute(x, &out);
	assert_int_equal(x->count, 2);
	check(x, 0, MBUF_OUTER, 3, 4);
	check(x, 1, MBUF_PACKET, 1, 2);
	assert_int_equal(x->handles[0].m.at.tunnel, 0);
	assert_int_equal(x->handles[0].m.tunnel, NT_TUNNEL_VXLAN);
	assert_int_equal(
		x->handles[1].m.at.tunnel, uid_token_of(x, &x->handles[0].m, x->at.position));
}

/* A message of GTP: an echo request, or a packet. */
static struct bytes
gtp(uint8_t src, uint8_t dst, const struct bytes *in)
{
	struct bytes g = { .b = { 0x30, in != NULL ? 0xff : 1 }, .len = 8 };
	if (in != NULL) {
		g.b[2] = (uint8_t)(in->len >> 8);
		g.b[3] = (uint8_t)in->len;
		memcpy(g.b + 8, in->b, in->len);
		g.len += in->len;
	}
	const struct bytes u = udp(2152, 2152, &g);
	return ip(src, dst, IPPROTO_UDP, 0, &u);
}

/* What begins on a tunnel's port begins the tunnel's connection, with a packet inside or not. */
static void
test_connection_begins_with_its_first_packet(void **state)
{
	struct fixture *x = *state;
	const struct bytes first = gtp(3, 4, NULL), in = plain(1, 2), second = gtp(3, 4, &in);
	distribute(x, &first);
	assert_int_equal(x->count, 1);
	check(x, 0, MBUF_PACKET, 3, 4);
	distribute(x, &second);
	assert_int_equal(x->count, 2);
	check(x, 1, MBUF_PACKET, 1, 2);
	assert_int_equal(x->handles[1].m.at.tunnel, uid_token_of(x, &x->handles[0].m, 1));
}

/* What is no VXLAN makes its connection one like others. */
static void
test_given_up(void **state)
{
	struct fixture *x = *state;
	const struct bytes junk = text("?"), u = udp(5555, VXLAN, &junk),
			   first = ip(3, 4, IPPROTO_UDP, 0, &u), in = plain(1, 2),
			   second = vxlan(3, 4, &in);
	distribute(x, &first);
	distribute(x, &second);
	assert_int_equal(x->count, 1);
	check(x, 0, MBUF_PACKET, 3, 4);
}

static void
test_nested_up_to_the_bound(void **state)
{
	struct fixture *x = *state;
	x->config.tunnel.max_depth = 2;
	const struct bytes in = plain(1, 2), one = ip(3, 4, IPPROTO_IPIP, 0, &in),
			   two = vxlan(5, 6, &one), three = ip(7, 8, IPPROTO_IPIP, 0, &two);
	distribute(x, &two);
	assert_int_equal(x->count, 2);
	check(x, 0, MBUF_OUTER, 5, 6);
	check(x, 1, MBUF_PACKET, 1, 2);
	assert_int_equal(x->d.too_deep, 0);
	distribute(x, &three);
	assert_int_equal(x->count, 2);
	check(x, 0, MBUF_OUTER, 5, 6);
	assert_int_not_equal(x->handles[0].m.at.tunnel, 0);
	assert_int_equal(x->handles[1].m.kind, MBUF_PACKET);
	assert_int_equal(x->d.too_deep, 1);
}

/* Cut into two: the first part waits, the second brings the whole. */
static void
send_in_two(struct fixture *x, const struct bytes *whole, uint8_t proto)
{
	struct bytes a = { .len = 16 }, b = { .len = whole->len - IP_BYTES - 16 };
	memcpy(a.b, whole->b + IP_BYTES, a.len);
	memcpy(b.b, whole->b + IP_BYTES + 16, b.len);
	const uint8_t src = whole->b[15], dst = whole->b[19];
	const struct bytes first = ip(src, dst, proto, 0x2000, &a);
	const struct bytes second = ip(src, dst, proto, 2, &b);
	distribute(x, &first);
	assert_int_equal(x->count, 1);
	check(x, 0, MBUF_FRAGMENT, src, dst);
	distribute(x, &second);
}

static void
test_fragments(void **state)
{
	struct fixture *x = *state;
	const struct bytes p = plain(1, 2);
	send_in_two(x, &p, IPPROTO_UDP);
	assert_int_equal(x->count, 1);
	check(x, 0, MBUF_PACKET, 1, 2);
	assert_int_equal(x->handles[0].m.cap_len, p.len);
	assert_memory_equal(x->handles[0].m.data + IP_BYTES, p.b + IP_BYTES, p.len - IP_BYTES);
}

static void
test_fragments_of_a_tunnel(void **state)
{
	struct fixture *x = *state;
	const struct bytes in = plain(1, 2), out = vxlan(3, 4, &in);
	send_in_two(x, &out, IPPROTO_UDP);
	assert_int_equal(x->count, 2);
	check(x, 0, MBUF_OUTER, 3, 4);
	check(x, 1, MBUF_PACKET, 1, 2);
}

/* Only what was counted since the last time, and nothing where nothing was. */
static void
test_counts_are_told_once(void **state)
{
	struct fixture *x = *state;
	const struct bytes p = plain(1, 2);
	send_in_two(x, &p, IPPROTO_UDP);
	for (unsigned int round = 0; round < 2; round++) {
		x->count = 0;
		distribute_tell(&x->d, &x->at);
		assert_int_equal(x->count, 1 - round);
	}
	struct distribute_counts c;
	memcpy(&c, x->handles[0].m.data, sizeof(c));
	assert_int_equal(x->handles[0].m.kind, MBUF_COUNTS);
	assert_int_equal(x->handles[0].worker, 0);
	for (unsigned int i = 0; i < DISTRIBUTE_COUNTERS; i++)
		assert_int_equal(c.n[i], DISTRIBUTE_FIRST + i == NT_COUNTER_DATAGRAMS_COMPLETED);
}

static void
test_clear_forgets_fragments(void **state)
{
	struct fixture *x = *state;
	const struct bytes whole = plain(1, 2);
	struct bytes a = { .len = 16 };
	memcpy(a.b, whole.b + IP_BYTES, a.len);
	const struct bytes first = ip(1, 2, IPPROTO_UDP, 0x2000, &a);
	distribute(x, &first);
	distribute_clear(&x->d);
	struct bytes b = { .len = whole.len - IP_BYTES - 16 };
	memcpy(b.b, whole.b + IP_BYTES + 16, b.len);
	const struct bytes second = ip(1, 2, IPPROTO_UDP, 2, &b);
	distribute(x, &second);
	check(x, 0, MBUF_FRAGMENT, 1, 2);
}

/* Damaged headers in front: with verification it is not looked into, without it is. */
static void
test_damaged(void **state)
{
	struct fixture *x = *state;
	const struct bytes in = plain(1, 2), out = ip(3, 4, IPPROTO_IPIP, 0, &in);
	distribute(x, &out); /* the checksum is 0 */
	check(x, 0, MBUF_PACKET, 1, 2);
	x->config.checksums = NT_CONFIG_CHECKSUMS_VERIFY;
	distribute(x, &out);
	assert_int_equal(x->count, 1);
	assert_int_equal(x->handles[0].m.kind, MBUF_PACKET);
	assert_ptr_equal(x->handles[0].m.data, out.b);
	struct bytes piece = { .len = 16 };
	const struct bytes fragment = ip(1, 2, IPPROTO_UDP, 0x2000, &piece);
	distribute(x, &fragment);
	assert_int_equal(x->handles[0].m.kind, MBUF_PACKET);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_plain_goes_as_it_is, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ip_in_ip, setup, teardown),
		cmocka_unit_test_setup_teardown(test_vxlan_has_a_connection, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_connection_begins_with_its_first_packet, setup, teardown),
		cmocka_unit_test_setup_teardown(test_given_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nested_up_to_the_bound, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fragments, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fragments_of_a_tunnel, setup, teardown),
		cmocka_unit_test_setup_teardown(test_counts_are_told_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clear_forgets_fragments, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

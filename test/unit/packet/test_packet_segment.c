/* SPDX-License-Identifier: BSD-3-Clause */
/* The short way says what the long one says, or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <nt_segment.h>
#include <stdlib.h>

#include "build_packet.h"

static void
check_same(const struct nt_segment *s, const struct nt_flow_key *key, bool src_is_lo,
	const uint8_t *frame, uint32_t cap_len)
{
	struct nt_packet p;
	struct nt_flow_key want;

	assert_int_equal(
		nt_packet_decode(&p, frame, cap_len, cap_len, NT_LINK_ETHERNET), NT_PACKET_OK);
	assert_int_equal(p.proto, 6);
	assert_int_equal(p.flags & ~NT_PKT_BROADCAST_L2, 0);
	assert_ptr_equal(s->tcp, p.l4);
	assert_int_equal(s->ip_len, p.ip_len);
	assert_int_equal(s->payload_len, p.payload_len);
	assert_int_equal(p.payload_captured, p.payload_len);
	assert_int_equal(nt_segment_seq(s), p.seq);
	assert_int_equal(nt_segment_ack(s), p.ack);
	assert_int_equal(nt_segment_window(s), p.window);
	assert_int_equal(nt_segment_flags(s), p.tcp_flags);
	assert_int_equal(nt_flow_key_of(&want, &p), src_is_lo);
	assert_memory_equal(key, &want, sizeof(want));
}

/* At the end of a block, so that a sanitizer sees a byte too many. */
static bool
find(const uint8_t *bytes, uint32_t cap_len)
{
	uint8_t *frame = malloc(cap_len ? cap_len : 1);
	struct nt_segment s;
	struct nt_flow_key key;
	bool src_is_lo, found;

	assert_non_null(frame);
	memcpy(frame, bytes, cap_len);
	found = nt_segment_find(&s, &key, &src_is_lo, frame, cap_len);
	if (found)
		check_same(&s, &key, src_is_lo, frame, cap_len);
	free(frame);
	return found;
}

enum shape {
	IPV4,
	IPV4_TAGGED,
	IPV6,
	IPV6_TAGGED,
	SHAPES
};

static struct pkt
frame(enum shape shape, unsigned int tcp_len, unsigned int payload)
{
	const bool v6 = shape == IPV6 || shape == IPV6_TAGGED;
	const unsigned int type = v6 ? 0x86dd : 0x0800;
	struct pkt b = { .len = 0 };

	put_ethernet(&b, shape == IPV4 || shape == IPV6 ? type : 0x8100);
	if (shape == IPV4_TAGGED || shape == IPV6_TAGGED) {
		put16(&b, 0x2007);
		put16(&b, type);
	}
	if (v6)
		put_ipv6(&b, 6, tcp_len + payload);
	else
		put_ipv4(&b, 6, tcp_len + payload);
	put_tcp(&b, 0x18, tcp_len);
	put_zeros(&b, payload);
	return b;
}

static void
finds_every_shape_at_every_length(void **state)
{
	(void)state;
	for (enum shape shape = 0; shape < SHAPES; shape++) {
		const struct pkt b = frame(shape, 32, 9);

		for (uint32_t len = 0; len <= b.len; len++)
			assert_int_equal(find(b.bytes, len), len == b.len);
	}
}

static void
finds_the_shortest(void **state)
{
	const struct pkt v4 = frame(IPV4, 20, 0), tagged = frame(IPV4_TAGGED, 20, 0),
			 v6 = frame(IPV6, 20, 0);

	(void)state;
	assert_int_equal(v4.len, 54);
	assert_true(find(v4.bytes, v4.len));
	assert_true(find(tagged.bytes, tagged.len));
	assert_true(find(v6.bytes, v6.len));
}

/* A link's padding is not the packet's. */
static void
leaves_padding_out(void **state)
{
	struct pkt b = frame(IPV4, 20, 0);

	(void)state;
	put_zeros(&b, 6);
	assert_true(find(b.bytes, b.len));
}

static void
leaves_others_to_decode(void **state)
{
	static const struct {
		enum shape shape;
		uint8_t at, value;
	} cases[] = {
		{ IPV4, 12, 0x86 }, /* what link and IP say differs: decode believes IP */
		{ IPV4, 14, 0x46 }, /* options */
		{ IPV4, 14, 0x65 },
		{ IPV4, 20, 0x20 }, /* the first fragment */
		{ IPV4, 21, 0x01 }, /* a later one */
		{ IPV4, 23, 17 },
		{ IPV4, 46, 0x40 }, /* a TCP header that is none */
		{ IPV4, 46, 0xf0 },
		{ IPV4, 17, 30 }, /* an IP length that is too small */
		{ IPV4, 17, 255 }, /* ... too large */
		{ IPV6, 20, 0 }, /* an extension header */
		{ IPV6, 14, 0x45 },
		{ IPV6, 19, 19 },
		{ IPV4_TAGGED, 17, 0x06 },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct pkt b = frame(cases[i].shape, 20, 6);

		assert_true(find(b.bytes, b.len));
		b.bytes[cases[i].at] = cases[i].value;
		if (find(b.bytes, b.len))
			fail_msg("case %zu", i);
	}
}

/* Ends in any order, equal ones among them. */
static void
orders_ends_as_decode_does(void **state)
{
	(void)state;
	srand(7);
	for (unsigned int i = 0; i < 20000; i++) {
		struct pkt b = frame(i % 2 ? IPV4 : IPV6, 20, 0);
		const uint32_t ends = i % 2 ? 26 : 22, end_len = i % 2 ? 4 : 16;
		uint8_t *ports = b.bytes + ends + 2 * end_len;

		for (uint32_t k = 0; k < 2 * end_len + 4; k++)
			b.bytes[ends + k] = (uint8_t)(rand() & 1 ? rand() >> 8 : 3);
		if (rand() & 1)
			memcpy(b.bytes + ends, b.bytes + ends + end_len, end_len);
		if (rand() & 1)
			memcpy(ports, ports + 2, 2);
		assert_true(find(b.bytes, b.len));
	}
}

static void
agrees_on_spoilt_frames(void **state)
{
	unsigned int found = 0;

	(void)state;
	srand(11);
	for (unsigned int i = 0; i < 200000; i++) {
		struct pkt b = frame((enum shape)(rand() % SHAPES), 20 + 4 * (rand() % 11u),
			(unsigned int)rand() % 20);

		for (int k = rand() % 4; k > 0; k--)
			b.bytes[(unsigned int)rand() % b.len] = (uint8_t)(rand() >> 8);
		found += find(b.bytes, rand() % 4 ? b.len : (uint32_t)rand() % b.len);
	}
	assert_in_range(found, 50000, 199999);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_every_shape_at_every_length),
		cmocka_unit_test(finds_the_shortest),
		cmocka_unit_test(leaves_padding_out),
		cmocka_unit_test(leaves_others_to_decode),
		cmocka_unit_test(orders_ends_as_decode_does),
		cmocka_unit_test(agrees_on_spoilt_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "look_packet.h"

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(nt_tunnel_name(NT_TUNNEL_GTPV1), "gtpv1");
	assert_string_equal(nt_tunnel_name(NT_TUNNELS), "unknown");
	for (unsigned int t = 0; t < NT_TUNNELS; t++)
		assert_non_null(nt_tunnel_name((enum nt_tunnel)t));
}

static unsigned int
count_bits(const uint64_t *bits)
{
	unsigned int n = 0;

	for (size_t i = 0; i < 65536 / 64; i++)
		n += (unsigned int)__builtin_popcountll(bits[i]);
	return n;
}

static void
test_config(void **state)
{
	struct nt_encap_config cfg;
	uint16_t port = 10000;

	(void)state;
	nt_encap_config_default(&cfg);
	assert_int_equal(cfg.nb_ports, 7);
	assert_int_equal(count_bits(cfg.udp_ports), 7);
	assert_int_equal(nt_encap_config_add(&cfg, 4789, NT_TUNNEL_GENEVE), 0);
	assert_int_equal(cfg.nb_ports, 7);
	assert_int_equal(nt_encap_config_add(&cfg, 1, NT_TUNNEL_IP), -EINVAL);
	assert_int_equal(nt_encap_config_add(&cfg, 1, NT_TUNNEL_NONE), -EINVAL);
	assert_int_equal(nt_encap_config_add(&cfg, 1, NT_TUNNELS), -EINVAL);
	while (cfg.nb_ports < NT_ENCAP_PORTS_MAX)
		assert_int_equal(nt_encap_config_add(&cfg, port++, NT_TUNNEL_VXLAN), 0);
	assert_int_equal(nt_encap_config_add(&cfg, 1, NT_TUNNEL_VXLAN), -ENOSPC);
	assert_int_equal(nt_encap_config_add(&cfg, 65535, NT_TUNNEL_VXLAN), -ENOSPC);
	assert_int_equal(nt_encap_config_add(&cfg, 10000, NT_TUNNEL_GRE), 0);
	assert_int_equal(count_bits(cfg.udp_ports), NT_ENCAP_PORTS_MAX);
}

static void
test_nests(void **state)
{
	(void)state;
	assert_true(nt_encap_nests(0, NT_TUNNEL_NONE, NT_TUNNEL_GTPV1));
	assert_true(nt_encap_nests(3, NT_TUNNEL_IP, NT_TUNNEL_IP));
	assert_false(nt_encap_nests(4, NT_TUNNEL_IP, NT_TUNNEL_IP));
	assert_false(nt_encap_nests(1, NT_TUNNEL_GTPV1, NT_TUNNEL_GTPV1));
	assert_true(nt_encap_nests(2, NT_TUNNEL_VXLAN, NT_TUNNEL_GTPV1));
}

/* Plain or not, and whether a look agrees. */
static bool
is_plain(const struct pkt *b)
{
	struct nt_encap_config cfg;
	struct nt_encap e;

	nt_encap_config_default(&cfg);
	look_every_cut(b, NT_LINK_ETHERNET);
	assert_int_equal(look(&e, b, NT_LINK_ETHERNET), NT_ENCAP_NONE);
	return nt_encap_plain(&cfg, b->bytes, b->len, NT_LINK_ETHERNET);
}

static void
test_plain_tcp(void **state)
{
	struct nt_encap_config cfg;
	struct pkt b = { 0 }, c = { 0 };
	struct nt_encap e;

	(void)state;
	nt_encap_config_default(&cfg);
	put_ethernet(&b, 0x0800);
	put_ipv4(&b, 6, 20);
	put_tcp(&b, 2, 20);
	assert_true(is_plain(&b));
	assert_false(nt_encap_plain(&cfg, b.bytes, b.len, NT_LINK_RAW));
	assert_false(nt_encap_plain(&cfg, b.bytes, 44, NT_LINK_ETHERNET));
	b.bytes[20] = 0xc0; /* reserved, don't fragment */
	assert_true(is_plain(&b));
	b.bytes[20] = 0x20;
	assert_false(nt_encap_plain(&cfg, b.bytes, b.len, NT_LINK_ETHERNET));
	assert_int_equal(look(&e, &b, NT_LINK_ETHERNET), NT_ENCAP_FRAGMENT);
	b.bytes[20] = 0;
	b.bytes[21] = 1;
	assert_false(nt_encap_plain(&cfg, b.bytes, b.len, NT_LINK_ETHERNET));
	put_ethernet(&c, 0x86dd);
	put_ipv6(&c, 6, 20);
	put_tcp(&c, 2, 20);
	assert_true(is_plain(&c));
	c.bytes[20] = 44;
	assert_false(nt_encap_plain(&cfg, c.bytes, c.len, NT_LINK_ETHERNET));
}

static void
test_plain_udp(void **state)
{
	static const struct {
		uint16_t sport, dport;
		uint8_t first, second, third;
		bool plain;
	} cases[] = {
		{ 5353, 53, 1, 1, 0, true },
		{ 53, 4789, 1, 1, 0, false },
		{ 4789, 53, 1, 1, 0, false },
		{ 1, 2, 0x60, 1, 0, false },
		{ 1, 2, 0x60, 2, 0, true },
		{ 1, 2, 0x6f, 0, 0, false },
		{ 1, 2, 0x70, 1, 0, true },
		{ 1, 2, 0, 1, 0, false },
		{ 1, 2, 0, 2, 0, true },
		{ 1, 2, 1, 0x52, 0x11, false },
		{ 1, 2, 0x60, 0x52, 0x11, false },
		{ 1, 2, 1, 0x52, 0x12, true },
		{ 1, 2, 1, 0x53, 0x11, true },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct pkt b = { 0 }, c = { 0 };

		put_udp_frame(&b, cases[i].sport, cases[i].dport, 3);
		put8(&b, cases[i].first);
		put8(&b, cases[i].second);
		put8(&b, cases[i].third);
		assert_int_equal(is_plain(&b), cases[i].plain);
		put_ethernet(&c, 0x86dd);
		put_ipv6(&c, 17, 11);
		memcpy(c.bytes + c.len, b.bytes + 34, 11);
		c.len += 11;
		assert_int_equal(is_plain(&c), cases[i].plain);
	}
}

/* Payloads made of what is looked for, of every length: what is plain is no tunnel to a look. */
static void
test_plain_is_no_tunnel(void **state)
{
	static const uint8_t likely[] = { 0, 1, 2, 0x11, 0x20, 0x52, 0x60, 0x65 };
	static const uint8_t prefix[] = { 0x20, 1, 0, 0 };
	unsigned int plain = 0;

	(void)state;
	srandom(1);
	for (unsigned int i = 0; i < 20000; i++) {
		const uint16_t len = (uint16_t)(3 + (unsigned int)random() % 60);
		struct nt_encap_config cfg;
		struct pkt b = { 0 };
		struct nt_encap e;

		nt_encap_config_default(&cfg);
		put_udp_frame(&b, 1, 2, len);
		for (unsigned int n = 0; n < len; n++)
			put8(&b, likely[(size_t)random() % NT_ARRAY_SIZE(likely)]);
		for (unsigned int at = 8; at <= 24; at += 16)
			if (random() % 2 == 0 && len >= at + sizeof(prefix))
				memcpy(b.bytes + 42 + at, prefix, sizeof(prefix));
		(void)look(&e, &b, NT_LINK_ETHERNET);
		if (nt_encap_plain(&cfg, b.bytes, b.len, NT_LINK_ETHERNET)) {
			assert_false(e.udp);
			plain++;
		}
	}
	assert_in_range(plain, 5000, 19000);
}

/* The default; a port added; detection off. */
static void
test_config_decides(void **state)
{
	struct nt_encap_config cfg;
	struct pkt b = { 0 };
	struct nt_encap e;

	(void)state;
	put_udp_frame(&b, 50000, 8472, 8 + FRAME_LEN);
	put32(&b, 0x08000000);
	put32(&b, 0);
	put_small_frame(&b);
	nt_encap_config_default(&cfg);
	(void)nt_encap_look(&e, &cfg, b.bytes, b.len, b.len, NT_LINK_ETHERNET);
	assert_int_equal(e.tunnel, NT_TUNNEL_NONE);
	assert_int_equal(e.sport, 50000);
	assert_int_equal(e.dport, 8472);
	assert_int_equal(nt_encap_config_add(&cfg, 8472, NT_TUNNEL_VXLAN), 0);
	(void)nt_encap_look(&e, &cfg, b.bytes, b.len, b.len, NT_LINK_ETHERNET);
	assert_int_equal(e.kind, NT_ENCAP_TUNNEL);
	assert_int_equal(e.tunnel, NT_TUNNEL_VXLAN);
}

/* Neither: no IP, and IP that can't be, whose ends are still found. */
static void
test_nothing(void **state)
{
	struct pkt b = { 0 }, c = { 0 };
	struct nt_encap e;

	(void)state;
	put_ethernet(&b, 0x0806);
	put_zeros(&b, 46);
	assert_int_equal(look(&e, &b, NT_LINK_ETHERNET), NT_ENCAP_NONE);
	assert_int_equal(e.src.family, NT_FAMILY_NONE);
	put_ipv4(&c, 4, 100);
	put_small_datagram(&c);
	assert_int_equal(look(&e, &c, NT_LINK_RAW), NT_ENCAP_NONE);
	assert_int_equal(e.src.family, NT_FAMILY_IPV4);
	assert_int_equal(e.tunnel, NT_TUNNEL_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_nests),
		cmocka_unit_test(test_plain_tcp),
		cmocka_unit_test(test_plain_udp),
		cmocka_unit_test(test_plain_is_no_tunnel),
		cmocka_unit_test(test_config_decides),
		cmocka_unit_test(test_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

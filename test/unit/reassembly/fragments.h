/* SPDX-License-Identifier: BSD-3-Clause */
/* Fragments for tests: of one datagram between two hosts, whose payload is a pattern. */
#ifndef TEST_FRAGMENTS_H
#define TEST_FRAGMENTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <nt_datagram.h>
#include <string.h>

#define LINK_LEN    14
#define PATTERN_MAX 131072u
#define UDP	    17
#define TCP	    6

static const uint8_t link_header[LINK_LEN] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0 };
static const uint8_t ipv4_header[20] = { 0x45, 0, 0, 0, 0x12, 0x34, 0x20, 0, 64, UDP, 0xde, 0xad,
	192, 0, 2, 1, 192, 0, 2, 2 };
static uint8_t out[NT_DATAGRAM_MAX];
static uint8_t pattern[PATTERN_MAX];

/* Each byte is told from its neighbours near and far. */
static inline void
fill_pattern(void)
{
	for (uint32_t i = 0; i < PATTERN_MAX; i++)
		pattern[i] = (uint8_t)(i * 7 + (i >> 8) * 13 + (i >> 16));
}

static inline struct nt_fragment
fragment_of(const uint8_t *bytes, uint32_t off, uint32_t len, bool more)
{
	return (struct nt_fragment){
		.src = nt_addr_v4(ipv4_header + 12),
		.dst = nt_addr_v4(ipv4_header + 16),
		.id = 0x1234,
		.proto = UDP,
		.more = more,
		.offset = off,
		.payload = bytes,
		.payload_len = len,
		.link = link_header,
		.link_len = LINK_LEN,
		.l3 = ipv4_header,
		.l3_len = sizeof(ipv4_header),
	};
}

static inline struct nt_fragment
fragment(uint32_t off, uint32_t len, bool more)
{
	return fragment_of(pattern + off, off, len, more);
}

static inline struct nt_datagrams *
make_table(uint32_t datagrams, uint32_t bytes, int64_t timeout_ns)
{
	struct nt_datagrams_config cfg = { datagrams, bytes, timeout_ns };
	struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_datagrams *d;

	fill_pattern();
	d = nt_datagrams_new(&cfg, &key);
	assert_non_null(d);
	return d;
}

static inline struct nt_datagrams_stats
stats_of(const struct nt_datagrams *d)
{
	struct nt_datagrams_stats s;

	nt_datagrams_stats(d, &s);
	return s;
}

static inline uint32_t
add(struct nt_datagrams *d, struct nt_fragment f)
{
	return nt_datagrams_add(d, &f, 0, out);
}

/* A whole IPv4 datagram without options and with these bytes has come out. */
static inline void
assert_payload(uint32_t ret_len, const uint8_t *bytes, uint32_t len)
{
	assert_int_equal(ret_len, LINK_LEN + sizeof(ipv4_header) + len);
	assert_memory_equal(out + LINK_LEN + sizeof(ipv4_header), bytes, len);
}

#endif

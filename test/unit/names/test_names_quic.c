/* SPDX-License-Identifier: BSD-3-Clause */
/* QUIC's first flight: RFC 9001 and RFC 9369 appendix A, streams in pieces, and everything wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include <openssl/crypto.h>

#include <nt_quic.h>

#include "quic_seal.h"

#define DCID "\x83\x94\xc8\xf0\x3e\x51\x57\x08" /* RFC 9001 A.1 */
#define FLOW 7
#define NOW  INT64_C(1700000000000000000)

/* RFC 9001 A.2, the CRYPTO frame. */
static const char *const rfc_frame =
	"060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868"
	"04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578"
	"616d706c652e636f6dff01000100000a00080006001d00170018001000070005"
	"04616c706e000500050100000000003300260024001d00209370b2c9caa47fba"
	"baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400"
	"0d0010000e0403050306030203080408050806002d00020101001c0002400100"
	"3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000"
	"75300901100f088394c8f03e51570806048000ffff";
/* RFC 9001 A.3, the server's Initial. */
static const char *const rfc_server =
	"cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a"
	"5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3"
	"dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84"
	"022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc4"
	"2158407dd074ee";

static struct nt_quic *q;
static struct nt_quic_result r;
static uint8_t hello[NT_QUIC_HELLO_MAX + 64];
static size_t hello_len;

static size_t
unhex(const char *hex, uint8_t *ret)
{
	size_t n = 0;

	for (unsigned int b; sscanf(hex, "%2x", &b) == 1; hex += 2)
		ret[n++] = (uint8_t)b;
	return n;
}

static struct nt_quic *
make(uint32_t connections, uint64_t rate)
{
	const struct nt_quic_config cfg = { .connections = connections,
		.decryptions_per_sec = rate };
	const struct nt_hash_key key = { { 1, 2, 3, 4 } };
	struct nt_quic *ret = nt_quic_new(&cfg, &key);

	assert_non_null(ret);
	return ret;
}

static int
setup(void **state)
{
	(void)state;
	q = make(4, 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	nt_quic_free(q);
	return 0;
}

/* A ClientHello of len bytes, as far as this library looks at it. */
static void
make_hello(size_t len)
{
	hello_len = len;
	for (size_t i = 0; i < len && i < sizeof(hello); i++)
		hello[i] = (uint8_t)(i * 7 + 1);
	hello[0] = 1;
	hello[1] = (uint8_t)((len - 4) >> 16);
	hello[2] = (uint8_t)((len - 4) >> 8);
	hello[3] = (uint8_t)(len - 4);
}

static size_t
put_crypto(uint8_t *to, size_t at, size_t len)
{
	to[0] = 6;
	to[1] = (uint8_t)(0x40 | at >> 8);
	to[2] = (uint8_t)at;
	to[3] = (uint8_t)(0x40 | len >> 8);
	to[4] = (uint8_t)len;
	memcpy(to + 5, hello + at, len);
	return 5 + len;
}

/* A datagram of one packet, offered; its payload is filled up with PADDING. */
static enum nt_quic_verdict
offer_plain(const struct seal *s, uint64_t flow, uint8_t *plain, size_t len)
{
	uint8_t packet[SEAL_MAX];

	if (len < 1162) {
		memset(plain + len, 0, 1162 - len);
		len = 1162;
	}
	size_t n = seal_packet(s, plain, len, packet);
	return nt_quic_datagram(q, flow, 0, packet, n, NOW, &r);
}

static enum nt_quic_verdict
offer(const struct seal *s, size_t at, size_t len)
{
	uint8_t plain[SEAL_MAX];

	return offer_plain(s, FLOW, plain, put_crypto(plain, at, len));
}

static void
assert_hello(enum nt_quic_verdict v)
{
	assert_int_equal(v, NT_QUIC_DONE);
	assert_true(r.confirmed);
	assert_int_equal(r.hello_len, hello_len);
	assert_memory_equal(r.hello, hello, hello_len);
}

/*
 * What the RFC's plain bytes are sealed to begins and ends as the RFC's packet does; the end is the
 * tag over all of it.
 */
static void
rfc_packet(uint32_t version, const char *begins, const char *tag, uint8_t packet[1200])
{
	uint8_t plain[SEAL_MAX] = { 0 }, want[64];
	struct seal s = seal_with(version, DCID);

	s.number = 2;
	s.number_len = 4;
	unhex(rfc_frame, plain);
	assert_int_equal(seal_packet(&s, plain, 1162, packet), 1200);
	assert_memory_equal(packet, want, unhex(begins, want));
	assert_memory_equal(packet + 1200 - 16, want, unhex(tag, want));
}

static void
test_rfc(void **state)
{
	static const struct {
		uint32_t version;
		const char *begins, *tag;
	} cases[] = {
		{ SEAL_V1, "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11",
			"e221af44860018ab0856972e194cd934" },
		{ SEAL_V2, "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485",
			"a18b2faa745b6fe189cf772a9f84cbfc" },
	};
	uint8_t packet[SEAL_MAX];

	(void)state;
	hello_len = unhex(rfc_frame + 8, hello);
	assert_int_equal(hello_len, 0xf1);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		rfc_packet(cases[i].version, cases[i].begins, cases[i].tag, packet);
		assert_true(nt_quic_may_begin(packet, 1200));
		assert_hello(nt_quic_datagram(q, FLOW, 0, packet, 1200, NOW, &r));
		assert_int_equal(r.version, cases[i].version);
	}
}

static void
test_rfc_server(void **state)
{
	uint8_t packet[300];
	size_t n = unhex(rfc_server, packet);

	(void)state;
	assert_int_equal(nt_quic_datagram(q, FLOW, 1, packet, n, NOW, &r), NT_QUIC_MORE);
	assert_false(r.confirmed);
	assert_true(r.known);
	make_hello(300); /* it spoils nothing */
	struct seal s = seal_with(SEAL_V1, DCID);
	assert_hello(offer(&s, 0, 300));
}

/* Every bit counts: header, number, payload and tag. */
static void
test_not_authentic(void **state)
{
	uint8_t plain[1162] = { 0 }, packet[SEAL_MAX];
	struct seal s = seal_with(SEAL_V1, DCID);

	(void)state;
	make_hello(200);
	put_crypto(plain, 0, 200);
	size_t n = seal_packet(&s, plain, sizeof(plain), packet);
	for (size_t i = 0; i < n; i += i < 40 ? 1 : 97) {
		uint64_t flow = 100 + i;

		packet[i] ^= 0x10;
		enum nt_quic_verdict v = nt_quic_datagram(q, flow, 0, packet, n, NOW, &r);
		assert_int_not_equal(v, NT_QUIC_DONE);
		assert_false(r.confirmed);
		packet[i] ^= 0x10;
	}
	for (size_t len = 0; len < n; len++) {
		uint8_t *copy = malloc(len + 1);

		memcpy(copy, packet, len);
		nt_quic_forget(q, FLOW);
		enum nt_quic_verdict v = nt_quic_datagram(q, FLOW, 0, copy, len, NOW, &r);
		assert_int_equal(v, NT_QUIC_MORE);
		assert_false(r.confirmed);
		assert_false(nt_quic_may_begin(copy, NT_MIN(len, 1199)));
		free(copy);
	}
}

/* Where that is all that is wanted, the first authentic packet is enough. */
static void
test_confirm_only(void **state)
{
	const struct nt_quic_config cfg = { .connections = 4, .confirm_only = true };
	const struct nt_hash_key key = { { 1, 2, 3, 4 } };
	struct seal s = seal_with(SEAL_V1, DCID);
	struct nt_quic_stats stats;
	uint8_t packet[300];

	(void)state;
	nt_quic_free(q);
	q = nt_quic_new(&cfg, &key);
	assert_non_null(q);
	assert_int_equal(nt_quic_datagram(q, FLOW, 1, packet, unhex(rfc_server, packet), NOW, &r),
		NT_QUIC_MORE);
	assert_false(r.confirmed);
	make_hello(1800);
	assert_int_equal(offer(&s, 900, 900), NT_QUIC_DONE);
	assert_true(r.confirmed);
	assert_null(r.hello);
	nt_quic_stats(q, &stats);
	assert_int_equal(stats.decrypted, 1);
}

/* In small frames, backwards, over packets and datagrams, some twice and overlapping. */
static void
test_pieces(void **state)
{
	uint8_t plain[SEAL_MAX];
	struct seal s = seal_with(SEAL_V2, DCID);

	(void)state;
	make_hello(1800);
	size_t n = 0;
	for (size_t at = 1800; at > 900; at -= 60)
		n += put_crypto(plain + n, at - 60, 60);
	assert_int_equal(offer_plain(&s, FLOW, plain, n), NT_QUIC_MORE);
	assert_true(r.confirmed);
	s.number = 5;
	assert_int_equal(offer(&s, 700, 500), NT_QUIC_MORE);
	assert_int_equal(offer(&s, 1, 800), NT_QUIC_MORE);
	plain[0] = 1; /* PING, ACK with two ranges, ACK with counts */
	memcpy(plain + 1, "\x02\x40\x05\x00\x02\x01\x00\x00\x01\x01", 10);
	memcpy(plain + 11, "\x03\x05\x00\x00\x00\x01\x02\x03", 8);
	n = 19;
	n += put_crypto(plain + n, 0, 1);
	assert_hello(offer_plain(&s, FLOW, plain, n));
}

/* What came first stands: a repetition can't change it. */
static void
test_first_stands(void **state)
{
	uint8_t plain[SEAL_MAX];
	struct seal s = seal_with(SEAL_V1, DCID);

	(void)state;
	make_hello(500);
	assert_int_equal(offer(&s, 100, 400), NT_QUIC_MORE);
	size_t n = put_crypto(plain, 0, 300);
	memset(plain + 5 + 100, 0xee, 200);
	assert_hello(offer_plain(&s, FLOW, plain, n));
}

/* The client goes on to the server's connection ID under the same keys. */
static void
test_server_cid(void **state)
{
	struct seal s = seal_with(SEAL_V1, DCID);

	(void)state;
	make_hello(1500);
	assert_int_equal(offer(&s, 0, 1000), NT_QUIC_MORE);
	s.to = "server's own id";
	s.number = 300;
	s.number_len = 2;
	assert_hello(offer(&s, 1000, 500));
}

/* A Retry gives a token and another connection ID; all begins anew. */
static void
test_retry(void **state)
{
	struct seal s = seal_with(SEAL_V1, DCID);

	(void)state;
	make_hello(1500);
	assert_int_equal(offer(&s, 0, 1000), NT_QUIC_MORE);
	s = seal_with(SEAL_V1, "by the Retry");
	s.token_len = 100;
	assert_int_equal(offer(&s, 1000, 500), NT_QUIC_MORE);
	assert_hello(offer(&s, 0, 1000));
}

/* Another version after negotiation; a connection ID without bytes. */
static void
test_other_version(void **state)
{
	struct seal s = seal_with(SEAL_V1, DCID);

	(void)state;
	make_hello(1500);
	assert_int_equal(offer(&s, 0, 1000), NT_QUIC_MORE);
	s = seal_with(SEAL_V2, DCID);
	assert_int_equal(offer(&s, 1000, 500), NT_QUIC_MORE);
	assert_hello(offer(&s, 0, 1000));
	s = seal_with(SEAL_V1, "");
	make_hello(200);
	assert_hello(offer(&s, 0, 200));
}

static void
test_coalesced(void **state)
{
	uint8_t plain[600] = { 0 }, datagram[2 * SEAL_MAX];
	struct seal s = seal_with(SEAL_V1, DCID);
	size_t n;

	(void)state;
	make_hello(600);
	put_crypto(plain, 300, 300);
	n = seal_packet(&s, plain, sizeof(plain), datagram);
	memcpy(datagram + n, "\xd0\0\0\0\1\3abc\0\x40\x40", 12); /* 0-RTT of 64 bytes */
	n += 12 + 64;
	memset(plain, 0, sizeof(plain));
	put_crypto(plain, 0, 300);
	s.number = 1;
	n += seal_packet(&s, plain, sizeof(plain), datagram + n);
	assert_hello(nt_quic_datagram(q, FLOW, 0, datagram, n, NOW, &r));
}

static void
test_frames_wrong(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum nt_quic_verdict want;
	} cases[] = {
		{ "\x08\x00", 2, NT_QUIC_NOT }, /* STREAM has no place here */
		{ "\x40\x06", 2, NT_QUIC_NOT }, /* a type not in its shortest form */
		{ "\x06\x00\x48\x00", 4, NT_QUIC_NOT }, /* longer than the packet */
		{ "\x06\xff\xff\xff\xff\xff\xff\xff\xff\x00", 10, NT_QUIC_NOT },
		{ "\x06\x5f\xff\x02", 4, NT_QUIC_NOT }, /* one byte beyond the bound */
		{ "\x02\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\x00", 12, NT_QUIC_NOT },
		{ "\x1c\x00\x00\x00\x06", 5, NT_QUIC_MORE },
		{ "\x06\x00\x04\x02\x00\x00\x10", 7, NT_QUIC_NOT }, /* a ServerHello */
		{ "\x06\x00\x04\x01\x01\x00\x00", 7, NT_QUIC_NOT }, /* 64 KiB of ClientHello */
	};
	uint8_t plain[SEAL_MAX];
	struct seal s = seal_with(SEAL_V1, DCID);

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		memcpy(plain, cases[i].bytes, cases[i].len);
		assert_int_equal(offer_plain(&s, 50 + i, plain, cases[i].len), cases[i].want);
		assert_true(r.confirmed);
	}
	struct nt_quic_stats st;
	nt_quic_stats(q, &st);
	assert_int_equal(st.too_long, 3);
	assert_int_equal(st.failed, 0);
}

static void
test_not_quic(void **state)
{
	uint8_t b[1300] = { 0 };

	(void)state;
	assert_false(nt_quic_may_begin(b, sizeof(b)));
	memcpy(b, "\xc0\x00\x00\x00\x02\x08", 6); /* no such version */
	assert_false(nt_quic_may_begin(b, sizeof(b)));
	assert_int_equal(nt_quic_datagram(q, 1, 0, b, sizeof(b), NOW, &r), NT_QUIC_MORE);
	assert_false(r.known);
	memcpy(b, "\x80Q046", 5);
	assert_int_equal(nt_quic_datagram(q, 1, 0, b, sizeof(b), NOW, &r), NT_QUIC_MORE);
	assert_true(r.known);
	memcpy(b, "\xc0\x00\x00\x00\x01\x15", 6); /* 21 bytes of connection ID */
	assert_false(nt_quic_may_begin(b, sizeof(b)));
	memset(b, 0xff, sizeof(b));
	assert_int_equal(nt_quic_datagram(q, 1, 0, b, sizeof(b), NOW, &r), NT_QUIC_MORE);
	assert_true(nt_quic_version_known(0x1a2a3a4a));
	assert_true(nt_quic_version_known(0xff00001d));
	assert_false(nt_quic_version_known(0xff000023));
	assert_false(nt_quic_version_known(0x51303441)); /* Q04A */
}

static void
test_given_up(void **state)
{
	struct seal s = seal_with(SEAL_V1, DCID);

	(void)state;
	make_hello(1000);
	for (unsigned int i = 1; i <= NT_QUIC_DATAGRAMS_MAX; i++)
		assert_int_equal(offer(&s, 100, 100),
			i < NT_QUIC_DATAGRAMS_MAX ? NT_QUIC_MORE : NT_QUIC_NOT);
}

static void
test_pool(void **state)
{
	uint8_t plain[SEAL_MAX];
	struct seal s = seal_with(SEAL_V1, DCID);
	struct nt_quic_stats st;

	(void)state;
	make_hello(1000);
	for (uint64_t flow = 1; flow <= 5; flow++)
		assert_int_equal(
			offer_plain(&s, flow, plain, put_crypto(plain, 0, 500)), NT_QUIC_MORE);
	nt_quic_stats(q, &st);
	assert_int_equal(st.evicted, 1); /* the first */
	for (uint64_t flow = 2; flow <= 5; flow++)
		assert_hello(offer_plain(&s, flow, plain, put_crypto(plain, 500, 500)));
	assert_int_equal(offer_plain(&s, 1, plain, put_crypto(plain, 500, 500)), NT_QUIC_MORE);
	nt_quic_forget(q, 1);
	nt_quic_forget(q, 1);
	assert_int_equal(offer_plain(&s, 1, plain, put_crypto(plain, 0, 500)), NT_QUIC_MORE);
}

static void
test_rate(void **state)
{
	struct seal s = seal_with(SEAL_V1, DCID);
	struct nt_quic_stats st;
	uint8_t plain[SEAL_MAX], packet[SEAL_MAX];

	(void)state;
	nt_quic_free(q);
	q = make(16, 2);
	make_hello(100);
	memset(plain, 0, sizeof(plain));
	put_crypto(plain, 0, 100);
	size_t n = seal_packet(&s, plain, 1162, packet);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(nt_quic_datagram(q, i, 0, packet, n, NOW, &r),
			i < 2 ? NT_QUIC_DONE : NT_QUIC_MORE);
	nt_quic_stats(q, &st);
	assert_int_equal(st.over_rate, 2);
	assert_int_equal(st.decrypted, 2);
	assert_hello(nt_quic_datagram(q, 9, 0, packet, n, NOW + NT_SEC(1), &r));
}

static unsigned int allocations;

static void *
counting_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	allocations++;
	return malloc(n);
}

static void *
counting_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	allocations++;
	return realloc(p, n);
}

static void
plain_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

/* The crypto library gets its memory when the context is made, and none with a packet. */
static void
test_no_allocation(void **state)
{
	uint8_t plain[1162] = { 0 }, packet[SEAL_MAX], wrong[SEAL_MAX];
	struct seal s = seal_with(SEAL_V1, DCID);

	(void)state;
	make_hello(500);
	put_crypto(plain, 0, 500);
	size_t n = seal_packet(&s, plain, sizeof(plain), packet);
	memcpy(wrong, packet, n);
	wrong[n - 1] ^= 1;
	for (uint64_t flow = 1; flow < 100; flow++) {
		const unsigned int before = allocations;

		nt_quic_datagram(q, flow, 0, wrong, n, NOW, &r);
		assert_hello(nt_quic_datagram(q, flow, 0, packet, n, NOW, &r));
		if (flow > 1)
			assert_int_equal(allocations, before);
	}
	assert_true(allocations > 0);
}

static void
test_new_fails(void **state)
{
	const struct nt_quic_config cfg = { .connections = 0 };
	const struct nt_hash_key key = { { 0 } };

	(void)state;
	assert_null(nt_quic_new(&cfg, &key));
	assert_int_equal(errno, EINVAL);
	nt_quic_free(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rfc),
		TEST(test_rfc_server),
		TEST(test_not_authentic),
		TEST(test_confirm_only),
		TEST(test_pieces),
		TEST(test_first_stands),
		TEST(test_server_cid),
		TEST(test_retry),
		TEST(test_other_version),
		TEST(test_coalesced),
		TEST(test_frames_wrong),
		TEST(test_not_quic),
		TEST(test_given_up),
		TEST(test_pool),
		TEST(test_rate),
		TEST(test_no_allocation),
		cmocka_unit_test(test_new_fails),
	};

	if (CRYPTO_set_mem_functions(counting_malloc, counting_realloc, plain_free) != 1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

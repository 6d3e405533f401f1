/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "app_files.h"
#include "capture.h"

#define SLAB	((size_t)64 * 1024)
#define PACKETS 500

static bool
fine(void *arg, uint64_t position)
{
	(void)arg;
	(void)position;
	return true;
}

static void
put_block(struct bytes *b, uint32_t type, const void *body, uint32_t len)
{
	const uint32_t padded = (len + 3) & ~3u, total = padded + 12;
	bytes_add(b, &type, 4);
	bytes_add(b, &total, 4);
	bytes_add(b, body, len);
	bytes_zeros(b, padded - len);
	bytes_add(b, &total, 4);
}

/* A section and one interface; tsresol: its option's value, 6 is microseconds. */
static void
put_pcapng_header(struct bytes *b, uint16_t linktype, uint8_t tsresol)
{
	const uint32_t section[] = { 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff };
	const uint32_t interface[] = { linktype, 0, 9 | 1 << 16, tsresol, 0 };
	put_block(b, 0x0a0d0d0a, section, sizeof(section));
	put_block(b, 1, interface, sizeof(interface));
}

static void
put_pcapng_packet(
	struct bytes *b, uint64_t stamp, uint32_t cap_len, uint32_t len, unsigned int seed)
{
	static uint32_t body[5 + 20000 / 4];
	const uint32_t head[] = { 0, (uint32_t)(stamp >> 32), (uint32_t)stamp, cap_len, len };
	memcpy(body, head, sizeof(head));
	uint8_t *data = (uint8_t *)(body + 5);
	for (uint32_t i = 0; i < cap_len; i++)
		data[i] = packet_byte(seed, i);
	put_block(b, 6, body, (uint32_t)sizeof(head) + cap_len);
}

static void
test_pcapng(void **state)
{
	(void)state;
	for (unsigned int gzip = 0; gzip < 2; gzip++) {
		struct bytes b = { 0 }, packed = { 0 };
		struct slabs s;
		struct nt_error err;
		struct capture_packet p;
		put_pcapng_header(&b, 1, 6);
		for (unsigned int i = 1; i <= PACKETS; i++)
			put_pcapng_packet(
				&b, UINT64_C(1700000000000000) + i, i * 37, i * 37 + 1, i);
		bytes_gzip(&packed, b.at, b.len, 1);
		const struct bytes *file = gzip ? &packed : &b;
		assert_int_equal(slabs_init(&s, SLAB, 3, fine, NULL), 0);
		struct capture *c = capture_open(file_of(file->at, file->len), NULL, &s, &err);
		assert_non_null(c);
		for (unsigned int i = 1; i <= PACKETS; i++) {
			assert_int_equal(capture_next(c, i - 1, &p, &err), 1);
			assert_int_equal(p.ts_ns, NT_SEC(1700000000) + i * NT_NS_PER_USEC);
			assert_int_equal(p.cap_len, i * 37);
			assert_int_equal(p.wire_len, i * 37 + 1);
			assert_true(packet_is(p.data, p.cap_len, i));
			assert_true(p.data >= s.mem && p.data + p.cap_len <= s.mem + 3 * SLAB);
		}
		assert_int_equal(capture_next(c, PACKETS, &p, &err), 0);
		capture_close(c);
		slabs_fini(&s);
		bytes_free(&packed);
		bytes_free(&b);
	}
}

/* Any 64 bits in any unit: within what 32 bits of seconds can say. */
static void
test_absurd_stamps(void **state)
{
	(void)state;
	static const uint64_t stamps[] = { 0, 1, UINT64_MAX, UINT64_MAX / 2, UINT64_MAX / 2 + 1 };
	static const uint8_t units[] = { 0, 3, 9, 18, 19, 0x80, 0xbf };
	for (unsigned int u = 0; u < NT_ARRAY_SIZE(units); u++) {
		struct bytes b = { 0 };
		struct slabs s;
		struct nt_error err;
		struct capture_packet p;
		put_pcapng_header(&b, 1, units[u]);
		for (unsigned int i = 0; i < NT_ARRAY_SIZE(stamps); i++)
			put_pcapng_packet(&b, stamps[i], 60, 60, i);
		assert_int_equal(slabs_init(&s, SLAB, 2, fine, NULL), 0);
		struct capture *c = capture_open(file_of(b.at, b.len), NULL, &s, &err);
		/* libpcap refuses units finer than it can count */
		for (unsigned int i = 0; c != NULL && i < NT_ARRAY_SIZE(stamps); i++) {
			assert_int_equal(capture_next(c, i, &p, &err), 1);
			assert_in_range(p.ts_ns, 0, NT_SEC(UINT32_MAX) + NT_NS_PER_SEC - 1);
		}
		capture_close(c);
		slabs_fini(&s);
		bytes_free(&b);
	}
}

static void
test_cut_anywhere(void **state)
{
	(void)state;
	struct bytes b = { 0 };
	put_pcapng_header(&b, 1, 6);
	const size_t first = b.len;
	put_pcapng_packet(&b, 1, 33, 33, 1);
	const size_t second = b.len;
	put_pcapng_packet(&b, 2, 33, 33, 2);
	for (size_t cut = 0; cut <= b.len; cut++) {
		struct slabs s;
		struct nt_error err = { "" };
		struct capture_packet p;
		unsigned int n = 0;
		int end = -1;
		assert_int_equal(slabs_init(&s, SLAB, 2, fine, NULL), 0);
		struct capture *c = capture_open(file_of(b.at, cut), NULL, &s, &err);
		assert_int_equal(c != NULL, cut >= first);
		while (c != NULL && (end = capture_next(c, n, &p, &err)) == 1)
			n++;
		assert_int_equal(n, cut < second ? 0 : cut < b.len ? 1 : 2);
		assert_int_equal(end == 0, cut == first || cut == second || cut == b.len);
		assert_int_equal(err.msg[0] != '\0', end != 0);
		capture_close(c);
		slabs_fini(&s);
	}
	bytes_free(&b);
}

static void
test_filter(void **state)
{
	(void)state;
	const struct pcap_kind k = { .snaplen = 1000, .linktype = 1 };
	struct bytes b = { 0 };
	struct slabs s;
	struct nt_error err;
	struct capture_packet p;
	put_pcap_header(&b, &k);
	for (unsigned int i = 1; i <= 10; i++)
		put_pcap_packet(&b, &k, NT_SEC(i) + 1000, 60 + i, 60 + i, i);
	const char *path = file_of(b.at, b.len);
	assert_int_equal(slabs_init(&s, SLAB, 2, fine, NULL), 0);
	struct capture *c = capture_open(path, "greater 66", &s, &err);
	assert_non_null(c);
	for (unsigned int i = 6; i <= 10; i++) {
		assert_int_equal(capture_next(c, 0, &p, &err), 1);
		assert_int_equal(p.ts_ns, NT_SEC(i) + 1000);
		assert_true(packet_is(p.data, p.cap_len, i));
	}
	assert_int_equal(capture_next(c, 0, &p, &err), 0);
	capture_close(c);
	assert_null(capture_open(path, "greater than all", &s, &err));
	assert_non_null(strstr(err.msg, "--filter 'greater than all'"));
	slabs_fini(&s);
	bytes_free(&b);
}

static void
test_not_read(void **state)
{
	(void)state;
	struct slabs s;
	struct nt_error err = { "" };
	struct bytes b = { 0 };
	assert_int_equal(slabs_init(&s, SLAB, 2, fine, NULL), 0);
	assert_null(capture_open(file_of(NULL, 0), NULL, &s, &err));
	assert_non_null(strstr(err.msg, "empty, not a capture file"));
	const char text[] = "a text, and no capture whatever one may say of it";
	assert_null(capture_open(file_of((const uint8_t *)text, sizeof(text)), NULL, &s, &err));
	assert_non_null(strstr(err.msg, "not a capture file"));
	put_pcapng_header(&b, 104, 6);
	assert_null(capture_open(file_of(b.at, b.len), NULL, &s, &err));
	assert_non_null(strstr(err.msg, "link type 104 (C_HDLC)"));
	slabs_fini(&s);
	bytes_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcapng),
		cmocka_unit_test(test_absurd_stamps),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_not_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

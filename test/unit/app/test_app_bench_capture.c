/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <nt_packet.h>

#include "app_files.h"
#include "bench_capture.h"

#define IP_AT  14
#define UDP_AT (IP_AT + 20)
#define DNS_AT (UDP_AT + 8)

/* A response with these bytes behind the UDP header, from port 53. */
static uint32_t
response(uint8_t *p, const uint8_t *dns, size_t len)
{
	const uint8_t fixed[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0,
		(uint8_t)(28 + len), 0, 0, 0, 0, 64, 17, 0, 0, 198, 51, 100, 53, 10, 0, 0, 1, 0, 53,
		0x9c, 0x40, 0, (uint8_t)(8 + len), 0, 0 };
	assert_int_equal(sizeof(fixed), DNS_AT);
	memcpy(p, fixed, sizeof(fixed));
	memcpy(p + sizeof(fixed), dns, len);
	return (uint32_t)(sizeof(fixed) + len);
}

static void
load(struct bench_capture *c, const uint8_t *dns, size_t len, unsigned int times)
{
	static struct nt_config cfg;
	uint8_t packet[512];
	nt_config_default(&cfg);
	bench_capture_begin(c, NT_LINK_ETHERNET);
	const uint32_t n = response(packet, dns, len);
	for (unsigned int i = 0; i < times; i++)
		assert_int_equal(bench_capture_add(c, packet, n, n, NT_SEC(i)), 0);
	assert_int_equal(bench_capture_end(c, &cfg), 0);
}

static const uint8_t answers[] = { 0, 1, 0x81, 0x80, 0, 1, 0, 3, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1,
	/* CNAME b, A, and AAAA */
	0xc0, 12, 0, 5, 0, 1, 0, 0, 1, 0, 0, 3, 1, 'b', 0, 0xc0, 31, 0, 1, 0, 1, 0, 0, 1, 0, 0, 4,
	93, 1, 2, 3, 0xc0, 31, 0, 28, 0, 1, 0, 0, 1, 0, 0, 16, 0x2a, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 9 };

static void
test_answers_are_found(void **state)
{
	(void)state;
	struct bench_capture c;
	load(&c, answers, sizeof(answers), 10);
	assert_int_equal(c.count, 10);
	assert_int_equal(c.flows, 1);
	assert_true(c.open >= 0.99 && c.open <= 1.01);
	const struct bench_packet *p = &c.packets[7];
	assert_int_equal(p->addrs_at, IP_AT + 12);
	assert_int_equal(p->addr_bytes, 4);
	assert_true(p->has_macs);
	assert_int_equal(p->macs_at, 0);
	assert_int_equal(p->rdata_count, 2);
	const struct bench_rdata *r = &c.rdata[p->rdata];
	assert_int_equal(r[0].bytes, 4);
	assert_int_equal(p->data[r[0].at], 93);
	assert_int_equal(r[1].bytes, 16);
	assert_int_equal(p->data[r[1].at], 0x2a);
	assert_int_equal(p->data[r[1].at + 15], 9);
	bench_capture_free(&c);
}

/* Cut anywhere, and with lengths that lie: what is changed lies in the packet. */
static void
test_broken_answers(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(answers); len++)
		for (unsigned int lie = 0; lie < 2; lie++) {
			uint8_t dns[sizeof(answers)];
			struct bench_capture c;
			memcpy(dns, answers, sizeof(dns));
			if (lie)
				dns[len] = 0xff;
			load(&c, dns, lie ? sizeof(dns) : len, 1);
			const struct bench_packet *p = c.packets;
			for (unsigned int i = 0; i < p->rdata_count; i++)
				assert_true(c.rdata[i].at + c.rdata[i].bytes <= p->cap_len);
			bench_capture_free(&c);
		}
}

static void
test_files(void **state)
{
	(void)state;
	const struct pcap_kind kind = { .nanoseconds = true, .snaplen = 65535, .linktype = 1 };
	static struct nt_config cfg;
	struct bench_capture c;
	struct nt_error err;
	struct bytes b = { 0 };
	nt_config_default(&cfg);
	put_pcap_header(&b, &kind);
	assert_true(bench_capture_load(&c, file_of(b.at, b.len), &cfg, &err) < 0);
	for (unsigned int i = 0; i < 3000; i++)
		put_pcap_packet(&b, &kind, NT_SEC(i), 60 + i % 900, 2000, i);
	assert_int_equal(bench_capture_load(&c, file_of(b.at, b.len), &cfg, &err), 0);
	assert_int_equal(c.count, 3000);
	assert_int_equal(c.longest, 959);
	for (unsigned int i = 0; i < 3000; i++)
		assert_true(packet_is(c.packets[i].data, c.packets[i].cap_len, i));
	assert_int_equal(c.last_ns - c.first_ns, NT_SEC(2999));
	bench_capture_free(&c);
	assert_true(bench_capture_load(&c, file_of(b.at, b.len - 1), &cfg, &err) < 0);
	assert_true(bench_capture_load(&c, "/nonexistent", &cfg, &err) < 0);
	bytes_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers_are_found),
		cmocka_unit_test(test_broken_answers),
		cmocka_unit_test(test_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

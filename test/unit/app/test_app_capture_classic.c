/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app_files.h"
#include "capture.h"

#include <nt_packet.h>

#define SLAB	  ((size_t)64 * 1024)
#define PACKETS	  3000
#define BURST_MAX 32
#define T0	  NT_SEC(1700000000)

/* Packets that the workers have not passed yet: their bytes must stay as they are. */
struct held {
	const uint8_t *data[PACKETS + 1]; /* by position */
	uint32_t len[PACKETS + 1];
	uint64_t passed, last;
};

static void
check_held(const struct held *h)
{
	for (uint64_t p = h->passed + 1; p <= h->last; p++)
		assert_true(packet_is(h->data[p], h->len[p], (unsigned int)p));
}

static bool
pass(void *arg, uint64_t position)
{
	struct held *h = arg;
	assert_true(position <= h->last);
	check_held(h);
	h->passed = NT_MAX(h->passed, position);
	return true;
}

static uint32_t
length_of(unsigned int i)
{
	return i % 97 == 0 ? 20000 + i : i % 5 == 0 ? 1500 : i % 200;
}

static struct slabs *
new_slabs(unsigned int count, struct held *h)
{
	struct slabs *s = malloc(sizeof(*s));
	memset(h, 0, sizeof(*h));
	assert_int_equal(slabs_init(s, SLAB, count, pass, h), 0);
	return s;
}

static void
free_slabs(struct slabs *s)
{
	slabs_fini(s);
	free(s);
}

static void
read_them(const struct bytes *file, const struct pcap_kind *k, unsigned int slab_count,
	unsigned int burst)
{
	static struct held h;
	struct slabs *s = new_slabs(slab_count, &h);
	struct nt_error err;
	struct capture *c = capture_open(file_of(file->at, file->len), NULL, s, &err);
	assert_non_null(c);
	assert_int_equal(capture_link(c), NT_LINK_ETHERNET);
	struct capture_packet packets[BURST_MAX];
	int n;
	for (unsigned int i = 1; i <= PACKETS;) {
		n = capture_burst(c, h.last, packets, burst, &err);
		assert_in_range(n, 1, NT_MIN(burst, PACKETS + 1 - i));
		for (const struct capture_packet *p = packets; p < packets + n; p++, i++) {
			const int64_t ts_ns = T0 + i * INT64_C(1234567);
			assert_int_equal(p->ts_ns, k->nanoseconds ? ts_ns : ts_ns / 1000 * 1000);
			assert_int_equal(p->cap_len, length_of(i));
			assert_int_equal(p->wire_len, length_of(i) + i % 3);
			h.last = i;
			h.data[i] = p->data;
			h.len[i] = p->cap_len;
			assert_true(packet_is(p->data, p->cap_len, i));
		}
	}
	assert_int_equal(capture_burst(c, h.last, packets, burst, &err), 0);
	assert_int_equal(capture_next(c, h.last, packets, &err), 0);
	check_held(&h);
	assert_true(h.passed > PACKETS / 2);
	assert_int_equal(capture_taken(c), file->len);
	assert_int_equal(capture_size(c), file->len);
	capture_close(c);
	free_slabs(s);
}

static void
test_every_kind_over_small_slabs(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		const struct pcap_kind k = { i & 1, i & 2, 262144, 1 };
		struct bytes b = { 0 }, packed = { 0 };
		put_pcap_header(&b, &k);
		for (unsigned int n = 1; n <= PACKETS; n++)
			put_pcap_packet(&b, &k, T0 + n * INT64_C(1234567), length_of(n),
				length_of(n) + n % 3, n);
		bytes_gzip(&packed, b.at, b.len, 1);
		read_them(&b, &k, 1, BURST_MAX);
		read_them(&b, &k, 2, 1);
		read_them(&b, &k, 5, 7);
		read_them(&packed, &k, 3, BURST_MAX);
		bytes_free(&packed);
		bytes_free(&b);
	}
}

/* How many packets it gives, and what it says after them. */
static unsigned int
count_packets(const uint8_t *at, size_t len, struct nt_error *err, int *ret_end)
{
	static struct held h;
	struct slabs *s = new_slabs(2, &h);
	struct capture *c = capture_open(file_of(at, len), NULL, s, err);
	struct capture_packet p;
	unsigned int n = 0;
	*ret_end = -1000;
	if (c != NULL)
		while ((*ret_end = capture_next(c, n, &p, err)) == 1)
			assert_true(packet_is(p.data, p.cap_len, ++n));
	capture_close(c);
	free_slabs(s);
	return n;
}

static void
test_cut_anywhere(void **state)
{
	(void)state;
	const struct pcap_kind k = { .snaplen = 1000, .linktype = 1 };
	struct bytes b = { 0 };
	size_t ends[6];
	put_pcap_header(&b, &k);
	for (unsigned int i = 0; i < 6; i++) {
		if (i > 0)
			put_pcap_packet(&b, &k, T0, 7 * i - 7, 60, i);
		ends[i] = b.len;
	}
	for (size_t cut = 0; cut <= b.len; cut++) {
		struct nt_error err = { "" };
		int end;
		unsigned int whole = 0;
		while (whole < 5 && ends[whole + 1] <= cut)
			whole++;
		assert_int_equal(count_packets(b.at, cut, &err, &end), cut < 24 ? 0 : whole);
		if (cut < 24) {
			assert_int_equal(end, -1000);
			assert_string_not_equal(err.msg, "");
		} else if (cut == ends[whole]) {
			assert_int_equal(end, 0);
		} else {
			char want[100];
			snprintf(want, sizeof(want),
				"cut short in the middle of a packet at byte %zu, after %u packet",
				ends[whole], whole);
			assert_int_equal(end, -ENODATA);
			assert_non_null(strstr(err.msg, want));
		}
	}
	bytes_free(&b);
}

static void
test_absurd_lengths(void **state)
{
	(void)state;
	const uint32_t lengths[] = { 262145, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff };
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(lengths); i++) {
		const struct pcap_kind k = { .swapped = i % 2, .snaplen = 65535, .linktype = 1 };
		struct nt_error err = { "" };
		struct bytes b = { 0 };
		int end;
		put_pcap_header(&b, &k);
		put_pcap_packet(&b, &k, T0, 60, 60, 1);
		const size_t at = b.len;
		put_pcap_packet(&b, &k, T0, 60, 60, 2);
		const uint32_t v = k.swapped ? __builtin_bswap32(lengths[i]) : lengths[i];
		memcpy(b.at + at + 8, &v, 4);
		assert_int_equal(count_packets(b.at, b.len, &err, &end), 1);
		assert_int_equal(end, -EBADMSG);
		assert_non_null(strstr(err.msg, "corrupt"));
		assert_non_null(strstr(err.msg, "at byte 100, after 1 packet"));
		bytes_free(&b);
	}
}

/* More captured than the header allows: cut to it, as libpcap does. A wire length that lies. */
static void
test_lengths_that_disagree(void **state)
{
	(void)state;
	const struct pcap_kind k = { .snaplen = 50, .linktype = 1 };
	static struct held h;
	struct slabs *s = new_slabs(2, &h);
	struct nt_error err;
	struct capture_packet p;
	struct bytes b = { 0 };
	put_pcap_header(&b, &k);
	put_pcap_packet(&b, &k, T0, 60, 60, 1);
	put_pcap_packet(&b, &k, T0, 40, 10, 2);
	struct capture *c = capture_open(file_of(b.at, b.len), NULL, s, &err);
	assert_non_null(c);
	assert_int_equal(capture_next(c, 0, &p, &err), 1);
	assert_int_equal(p.cap_len, 50);
	assert_int_equal(p.wire_len, 60);
	assert_int_equal(capture_next(c, 0, &p, &err), 1);
	assert_int_equal(p.cap_len, 40);
	assert_int_equal(p.wire_len, 40);
	assert_true(packet_is(p.data, p.cap_len, 2));
	assert_int_equal(capture_next(c, 0, &p, &err), 0);
	capture_close(c);
	free_slabs(s);
	bytes_free(&b);
}

static void
test_links(void **state)
{
	(void)state;
	static const int links[][2] = { { 0, NT_LINK_NULL }, { 1, NT_LINK_ETHERNET },
		{ 12, NT_LINK_RAW }, { 14, NT_LINK_RAW }, { 101, NT_LINK_RAW },
		{ 108, NT_LINK_LOOP }, { 113, NT_LINK_LINUX_SLL }, { 228, NT_LINK_IPV4 },
		{ 229, NT_LINK_IPV6 }, { 276, NT_LINK_LINUX_SLL2 }, { 9, NT_LINK_PPP },
		{ 105, NT_LINK_IEEE802_11 }, { 239, NT_LINK_NFLOG }, { 104, -1 }, { 147, -1 },
		{ 0xffff, -1 } };
	static struct held h;
	struct slabs *s = new_slabs(2, &h);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(links); i++) {
		/* with and without what the upper bits tell of frame check sequences */
		const struct pcap_kind k = { .snaplen = 100,
			.linktype = (uint32_t)links[i][0] | (i % 2 ? 0x24000000u : 0) };
		struct nt_error err = { "" };
		struct bytes b = { 0 };
		put_pcap_header(&b, &k);
		struct capture *c = capture_open(file_of(b.at, b.len), NULL, s, &err);
		if (links[i][1] < 0) {
			assert_null(c);
			assert_non_null(strstr(err.msg, "link type"));
		} else {
			assert_non_null(c);
			assert_int_equal(capture_link(c), links[i][1]);
		}
		capture_close(c);
		bytes_free(&b);
	}
	free_slabs(s);
}

/* libpcap takes the fraction of a second for a number with a sign. */
static void
test_fraction_below_zero(void **state)
{
	(void)state;
	const struct pcap_kind k = { .snaplen = 262144, .linktype = 1 };
	struct bytes b = { 0 };
	static struct held h;
	struct slabs *s = new_slabs(2, &h);
	struct capture_packet p;
	struct nt_error err;
	put_pcap_header(&b, &k);
	const size_t fraction = b.len + 4;
	put_pcap_packet(&b, &k, T0, 60, 60, 1);
	memset(b.at + fraction, 0xff, 4);
	struct capture *c = capture_open(file_of(b.at, b.len), NULL, s, &err);
	assert_non_null(c);
	assert_int_equal(capture_next(c, 0, &p, &err), 1);
	assert_int_equal(p.ts_ns, T0 - NT_NS_PER_USEC);
	capture_close(c);
	free_slabs(s);
	bytes_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_over_small_slabs),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_absurd_lengths),
		cmocka_unit_test(test_lengths_that_disagree),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_fraction_below_zero),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

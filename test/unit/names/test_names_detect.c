/* SPDX-License-Identifier: BSD-3-Clause */
/* Services as Zeek gives them and takes them away. */
#include "hello_build.h"

#include <nt_detect.h>

static struct nt_detect d;
static uint64_t total;

static bool
say(int dir, const void *data, size_t len)
{
	total += len;
	return nt_detect_feed(&d, dir, data, len, total);
}

static bool
text(int dir, const char *s)
{
	return say(dir, s, strlen(s));
}

static bool
bytes(int dir, const struct bytes *b)
{
	return say(dir, b->at, b->len);
}

static void
begin(uint16_t port)
{
	total = 0;
	nt_detect_begin(&d, port);
}

static void
assert_name(const char *s)
{
	const struct nt_server_name *n = nt_detect_name(&d);

	assert_non_null(n);
	assert_int_equal(n->len, strlen(s));
	assert_memory_equal(n->text, s, n->len);
}

/* What nt_detect.host was told, each behind a comma. */
static char told[512];

static void
tell(void *arg, const struct nt_server_name *name)
{
	assert_ptr_equal(arg, told);
	const size_t at = strlen(told);

	assert_true(at + name->len + 1 < sizeof(told));
	told[at] = ',';
	memcpy(told + at + 1, name->text, name->len);
	told[at + 1 + name->len] = '\0';
}

static void
begin_hosts(void)
{
	begin(80);
	told[0] = '\0';
	d.host = tell;
	d.host_arg = told;
}

static const char requests[] = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
			       "POST / HTTP/1.1\r\nHost: b.example\r\nContent-Length: 24\r\n\r\n"
			       "Host: body.example\r\n\r\n\r\n"
			       "GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n"
			       "GET http://c.example/ HTTP/1.1\r\nHost: C.example:8080\r\n\r\n"
			       "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";

static void
test_hosts(void **state)
{
	(void)state;
	for (size_t piece = 1; piece <= sizeof(requests); piece++) {
		begin_hosts();
		for (size_t at = 0; at < sizeof(requests) - 1; at += piece)
			say(0, requests + at, NT_MIN(piece, sizeof(requests) - 1 - at));
		assert_name("a.example");
		assert_string_equal(told, ",b.example,c.example,a.example");
	}
	begin(80);
	text(0, requests); /* nobody wants to know */
	assert_name("a.example");
}

/* The services are the same. */
static void
test_no_names(void **state)
{
	struct bytes hello = { 0 };

	(void)state;
	for (size_t piece = 1; piece <= sizeof(requests); piece++) {
		begin_hosts();
		nt_detect_no_names(&d);
		for (size_t at = 0; at < sizeof(requests) - 1; at += piece)
			say(0, requests + at, NT_MIN(piece, sizeof(requests) - 1 - at));
		assert_int_equal(nt_detect_services(&d), NT_DETECT_HTTP);
		assert_null(nt_detect_name(&d));
		assert_string_equal(told, "");
	}
	put_client_hello(&hello, "www.example.com");
	begin(443);
	nt_detect_no_names(&d);
	bytes(0, &hello);
	assert_int_equal(nt_detect_services(&d), NT_DETECT_TLS);
	assert_null(nt_detect_name(&d));
}

/* Behind the bytes that decide only the originator is read. */
static void
test_hosts_after_decision(void **state)
{
	static const char first[] = "GET / HTTP/1.1\r\nHost: first.example\r\n\r\n";

	(void)state;
	for (size_t piece = 1; piece <= sizeof(requests); piece++) {
		begin_hosts();
		text(0, first);
		total = NT_DETECT_FIRM_BYTES;
		assert_false(text(1, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"));
		assert_true(nt_detect_wants_hosts(&d));
		for (size_t at = 0; at < sizeof(requests) - 1; at += piece)
			assert_true(nt_detect_feed_hosts(&d, (const uint8_t *)requests + at,
				NT_MIN(piece, sizeof(requests) - 1 - at)));
		assert_name("first.example");
		assert_string_equal(told, ",a.example,b.example,c.example,a.example");
		assert_int_equal(nt_detect_services(&d), NT_DETECT_HTTP);
	}
	/* What is no request ends it, and is no violation any more. */
	assert_false(nt_detect_feed_hosts(&d, (const uint8_t *)"\x81\x05hello\n", 8));
	assert_int_equal(nt_detect_services(&d), NT_DETECT_HTTP);
}

static void
test_hosts_end(void **state)
{
	static const char post[] =
		"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\n";
	static const char get[] = "GET / HTTP/1.1\r\nHost: b.example\r\n\r\n";
	static const char connect[] = "CONNECT c.example:443 HTTP/1.1\r\n\r\n";

	(void)state;
	begin_hosts();
	text(0, post);
	assert_true(nt_detect_gap(&d, 0, 9)); /* in a body: its end is known */
	assert_true(nt_detect_feed_hosts(&d, (const uint8_t *)get, sizeof(get) - 1));
	assert_string_equal(told, ",b.example");
	assert_false(nt_detect_feed_hosts(&d, (const uint8_t *)connect, sizeof(connect) - 1));
	begin_hosts();
	text(0, get);
	assert_false(nt_detect_gap(&d, 0, 1)); /* where a request would begin */
	assert_false(nt_detect_wants_hosts(&d));
	begin_hosts();
	text(0, "SSH-2.0-x\r\n");
	assert_false(nt_detect_wants_hosts(&d));
}

static void
test_http(void **state)
{
	(void)state;
	begin(80);
	assert_true(text(0, "FOO / HTTP/1.1\r\nHost: a.example\r\n\r\n"));
	assert_int_equal(nt_detect_services(&d), NT_DETECT_HTTP);
	assert_name("a.example");
	/* On other ports a known method is needed, or a reply. */
	begin(12345);
	text(0, "FOO / HTTP/1.1\r\n\r\n");
	assert_int_equal(nt_detect_services(&d), 0);
	text(1, "HTTP/1.1 200 OK\r\n\r\n");
	assert_int_equal(nt_detect_services(&d), NT_DETECT_HTTP);
	begin(12345);
	text(0, "GET / HTTP/1.1\r\n\r\n");
	assert_int_equal(nt_detect_services(&d), NT_DETECT_HTTP);
}

static void
test_violation_takes_it_away(void **state)
{
	(void)state;
	begin(80);
	text(0, "GET / HTTP/1.1\r\n\r\n");
	assert_false(text(1, "no status line\r\n"));
	assert_int_equal(nt_detect_services(&d), 0);
	/* ... but not when much has been said. */
	begin(80);
	text(0, "GET / HTTP/1.1\r\n\r\n");
	total = 20000;
	text(1, "no status line\r\n");
	assert_int_equal(nt_detect_services(&d), NT_DETECT_HTTP);
	/* What was violated is gone for good. */
	begin(80);
	text(1, "SSH-2.0-x\r\n");
	text(0, "GET / HTTP/1.1\r\n\r\n");
	assert_int_equal(nt_detect_services(&d), 0);
}

static void
test_tls(void **state)
{
	struct bytes c = { 0 }, s = { 0 };

	(void)state;
	put_client_hello(&c, "www.example.com");
	put_server_hello(&s, 0x0303);
	for (uint16_t port = 442; port <= 443; port++) {
		begin(port);
		assert_true(bytes(0, &c));
		assert_int_equal(nt_detect_services(&d), NT_DETECT_TLS);
		assert_name("www.example.com");
		assert_true(bytes(1, &s));
		assert_int_equal(nt_detect_services(&d), NT_DETECT_TLS);
	}
	begin(443);
	bytes(0, &c);
	assert_false(text(1, "HTTP/1.1 400 Bad Request\r\n"));
	assert_int_equal(nt_detect_services(&d), 0);
	assert_name("www.example.com"); /* which was said nevertheless */
	begin(443);
	bytes(1, &s);
	assert_int_equal(nt_detect_services(&d), 0); /* the server's half alone is not enough */
}

static void
test_behind_connect(void **state)
{
	struct bytes c = { 0 };

	(void)state;
	put_client_hello(&c, "inner.example.com");
	begin(3128);
	text(0, "CONNECT outer.example.com:443 HTTP/1.1\r\nHost: outer.example.com\r\n\r\n");
	assert_name("outer.example.com");
	assert_true(text(1, "HTTP/1.1 200 OK\r\n\r\n"));
	bytes(0, &c);
	assert_int_equal(nt_detect_services(&d), NT_DETECT_HTTP | NT_DETECT_TLS);
	assert_name("inner.example.com");
}

static void
test_starttls(void **state)
{
	struct bytes c = { 0 };

	(void)state;
	put_client_hello(&c, "mail.example.com");
	begin(25);
	assert_true(text(1, "220 mail.example.com ESMTP\r\n"));
	assert_true(text(0, "EHLO x\r\n"));
	assert_true(text(1, "250 STARTTLS\r\n"));
	assert_true(text(0, "STARTTLS\r\n"));
	assert_true(text(1, "220 go on\r\n"));
	bytes(0, &c);
	assert_int_equal(nt_detect_services(&d), NT_DETECT_TLS);
	assert_name("mail.example.com");
	/* Nobody in Zeek hands this one over. */
	begin(4444);
	assert_false(text(0, "\x01\x02\x03hello\r\n"));
}

/* What is gathered later, whole or not, leaves the first name alone. */
static void
test_first_name_stays(void **state)
{
	struct bytes c = { 0 };

	(void)state;
	begin(80);
	text(0, "GET / HTTP/1.1\r\nHost: a.example\r\n\r\nGET / HTTP/1.1\r\nHost: {b}.exam");
	assert_name("a.example");
	put_client_hello(&c, "www.example.com");
	const size_t one = c.len;
	put_client_hello(&c, "later.example.com");
	begin(443);
	for (size_t len = one; len < c.len; len++) {
		begin(443);
		say(0, c.at, len);
		assert_name("www.example.com");
	}
}

static void
test_gap(void **state)
{
	struct bytes c = { 0 };

	(void)state;
	put_client_hello(&c, "www.example.com");
	begin(443);
	c.len /= 2;
	assert_true(bytes(0, &c));
	nt_detect_gap(&d, 0, 10);
	bytes(0, &c);
	assert_int_equal(nt_detect_services(&d), 0);
}

static void
test_end(void **state)
{
	(void)state;
	begin(80);
	text(0, "GET / HTTP/1.0");
	assert_int_equal(nt_detect_services(&d), 0);
	nt_detect_end(&d, 0, total);
	assert_int_equal(nt_detect_services(&d), NT_DETECT_HTTP);
}

/* Bytes that matter to one of the parsers more often than others. */
static uint8_t
likely_byte(unsigned int *seed)
{
	static const uint8_t some[] = { 'G', 'E', 'T', ' ', '/', '\r', '\n', 'h', 't', 'p', '2',
		'0', 0, 1, 2, 3, 4, 5, 10, 20, 22, 23, 30, 31, 0x80, 0x81, 0x30 };

	*seed = *seed * 1103515245 + 12345;
	const unsigned int n = *seed >> 16;

	return n % 4 == 0 ? (uint8_t)(n >> 2) : some[n / 4 % sizeof(some)];
}

static size_t
likely_piece(uint8_t piece[8], unsigned int *seed)
{
	const size_t len = 1 + likely_byte(seed) % 8;

	for (size_t i = 0; i < len; i++)
		piece[i] = likely_byte(seed);
	return len;
}

/* What is said of first pieces is what the parsers would say of them. */
static void
test_first_pieces(void **state)
{
	unsigned int seed = 1, seen[3] = { 0 };
	uint8_t piece[8];

	(void)state;
	for (unsigned int i = 0; i < 200000; i++) {
		const int dir = (int)(i % 2);
		const size_t len = likely_piece(piece, &seed);
		const enum nt_detect_first first = nt_detect_first(dir, piece, len);

		begin(i % 3 == 0 ? 443 : 80);
		const bool more = say(dir, piece, len);

		seen[first]++;
		assert_true(first == NT_DETECT_FIRST_OPEN || nt_detect_services(&d) == 0);
		if (first == NT_DETECT_FIRST_NOTHING)
			assert_false(more);
		else if (first == NT_DETECT_FIRST_REPLY)
			assert_true(dir == 1 && more && d.live == NT_DETECT_HTTP);
	}
	assert_true(seen[0] > 1000 && seen[1] > 1000 && seen[2] > 1000);
}

/* After a reply that is none, whatever comes next. */
static void
test_first_reply(void **state)
{
	struct nt_detect kept;
	unsigned int seed = 7;
	uint8_t piece[8];

	(void)state;
	for (unsigned int i = 0; i < 100000; i++) {
		size_t len = likely_piece(piece, &seed);

		if (nt_detect_first(1, piece, len) != NT_DETECT_FIRST_REPLY)
			continue;
		begin(80);
		say(1, piece, len);
		nt_detect_resume(&kept, 80, (uint32_t)len, 1);
		assert_int_equal(kept.live, d.live);
		assert_int_equal(kept.attached, d.attached);
		assert_int_equal(kept.flags, d.flags);
		assert_int_equal(kept.bytes, d.bytes);
		assert_int_equal(kept.pieces, d.pieces);
		len = likely_piece(piece, &seed);
		const int dir = (int)(i / 2 % 2);
		const enum nt_detect_first next = dir == 0 ? nt_detect_first(dir, piece, len)
							   : nt_detect_first_more(piece, len);
		const bool more = say(dir, piece, len);

		assert_int_equal(nt_detect_feed(&kept, dir, piece, len, total), more);
		assert_int_equal(nt_detect_services(&kept), nt_detect_services(&d));
		assert_true(next != NT_DETECT_FIRST_NOTHING || !more);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_http),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_no_names),
		cmocka_unit_test(test_hosts_after_decision),
		cmocka_unit_test(test_hosts_end),
		cmocka_unit_test(test_violation_takes_it_away),
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_behind_connect),
		cmocka_unit_test(test_starttls),
		cmocka_unit_test(test_first_name_stays),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_first_pieces),
		cmocka_unit_test(test_first_reply),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

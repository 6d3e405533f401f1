/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <nt_http.h>

static struct nt_http h;
static struct nt_server_name name;
static unsigned int requests;

static unsigned int
feed(int dir, const char *text, size_t piece)
{
	const unsigned int stop = NT_HTTP_BAD | NT_HTTP_TUNNEL | NT_HTTP_OVER;
	const size_t len = strlen(text);
	unsigned int ret = 0;

	size_t taken;

	for (size_t at = 0; at < len && (ret & stop) == 0; at += taken) {
		const size_t n = NT_MIN(piece, len - at);
		uint8_t *copy = malloc(n);
		assert_non_null(copy);
		memcpy(copy, text + at, n);
		const unsigned int got = nt_http_feed(&h, dir, copy, n, &name, &taken);
		assert_true(taken <= n);
		requests += (got & NT_HTTP_REQUEST) != 0;
		ret |= got;
		free(copy);
	}
	return ret;
}

static void
begin(void)
{
	nt_http_begin(&h);
	nt_server_name_clear(&name);
	requests = 0;
}

static void
assert_name(const char *text)
{
	assert_int_equal(name.len, strlen(text));
	assert_memory_equal(name.text, text, name.len);
}

#define ALL 100000

/* RFC 9112 2.1, in pieces of every size, with every kind of line end. */
static void
test_request(void **state)
{
	static const char *const texts[] = {
		"GET /hello.txt HTTP/1.1\r\nUser-Agent: curl\r\nHost: www.Example.com\r\n\r\n",
		"GET /hello.txt HTTP/1.1\nhost:www.example.com:8080\n\n",
		"\r\nPOST / HTTP/1.0\r\nHOST: \t www.example.com. \r\nContent-Length: 0\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(texts); i++) {
		for (size_t piece = 1; piece < 100; piece++) {
			begin();
			assert_int_equal(feed(0, texts[i], piece),
				NT_HTTP_REQUEST | NT_HTTP_BEGINS | NT_HTTP_HOST);
			if (i == 2)
				assert_int_equal(name.len, 15);
			assert_name("www.example.com");
		}
	}
}

static void
test_hosts_that_are_none(void **state)
{
	static const char *const hosts[] = { "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]:80", "",
		"a b", "localhost:80:80", "xn--\xc3" };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(hosts); i++) {
		char text[200];
		snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", hosts[i]);
		begin();
		assert_int_equal(feed(0, text, 3), NT_HTTP_REQUEST | NT_HTTP_BEGINS);
		assert_int_equal(name.len, 0);
	}
}

static void
test_request_lines(void **state)
{
	static const struct {
		const char *line;
		unsigned int got;
	} lines[] = {
		{ "GET /\r\n", NT_HTTP_REQUEST | NT_HTTP_BEGINS }, /* HTTP/0.9 */
		{ "get / HTTP/1.1\r\n", NT_HTTP_REQUEST },
		{ "X / HTTP/1.1\r\n", NT_HTTP_REQUEST },
		{ "X /\r\n", NT_HTTP_BAD },
		{ "GET\r\n", NT_HTTP_BAD },
		{ "SSH-2.0-OpenSSH_9.0\r\n", NT_HTTP_BAD },
		{ "(GET) / HTTP/1.1\r\n", NT_HTTP_BAD },
		{ "\x16\x03\x01\r\n", NT_HTTP_BAD },
		{ "\r\n\r\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(lines); i++) {
		for (size_t piece = 1; piece < 8; piece++) {
			begin();
			assert_int_equal(feed(0, lines[i].line, piece), lines[i].got);
		}
	}
}

static void
test_reply_lines(void **state)
{
	static const struct {
		const char *line;
		unsigned int got;
	} lines[] = {
		{ "HTTP/1.1 200 OK\r\n", NT_HTTP_BEGINS },
		{ "http/1.0 404\r\n", NT_HTTP_BEGINS },
		{ "HTTP/1.1\r\n", NT_HTTP_BAD },
		{ "HTTP/1.1 20\r\n", NT_HTTP_BAD },
		{ "220 mail.example.com\r\n", NT_HTTP_BAD },
		{ "\r\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(lines); i++) {
		for (size_t piece = 1; piece < 8; piece++) {
			begin();
			assert_int_equal(feed(1, lines[i].line, piece), lines[i].got);
		}
	}
}

/* Bodies that look like messages do not count as such; what follows them does. */
static void
test_pipeline(void **state)
{
	static const char text[] = "POST /a HTTP/1.1\r\nContent-Length: 17\r\n\r\n"
				   "NOT A MESSAGE\r\n\r\n"
				   "POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
				   "5;x=y\r\n(((((\r\nA\r\n)))))\r\n)))\r\n0\r\nTrailer: x\r\n\r\n"
				   "GET /c HTTP/1.1\r\nHost: c.example.com\r\n\r\n";

	(void)state;
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		begin();
		assert_int_equal(feed(0, text, piece) & NT_HTTP_BAD, 0);
		assert_name("c.example.com");
		if (piece == 1)
			assert_int_equal(requests, 3);
	}
}

static void
test_replies_without_bodies(void **state)
{
	(void)state;
	begin();
	feed(0, "HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", ALL);
	assert_int_equal(feed(1,
				 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
				 "HTTP/1.1 100 Continue\r\n\r\n"
				 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n(((((",
				 1),
		NT_HTTP_BEGINS);
	assert_int_equal(feed(1, "rubbish\r\n", 1), NT_HTTP_BAD);
}

static void
test_reply_to_the_end(void **state)
{
	(void)state;
	begin();
	feed(0, "GET / HTTP/1.0\r\n\r\n", ALL);
	assert_int_equal(
		feed(1, "HTTP/1.0 200 OK\r\n\r\nanything\r\nat all\r\n", 1), NT_HTTP_BEGINS);
}

static void
test_old(void **state)
{
	(void)state;
	begin();
	feed(0, "GET /\r\n", ALL);
	assert_int_equal(feed(1, "<html>\r\nno status line\r\n", 1), 0);
}

static void
test_tunnel(void **state)
{
	static const char reply[] = "HTTP/1.1 200 Connection established\r\n\r\nXYZ";
	size_t taken;

	(void)state;
	begin();
	feed(0, "CONNECT www.example.com:443 HTTP/1.1\r\nHost: www.example.com:443\r\n\r\n", ALL);
	assert_name("www.example.com");
	assert_true(nt_http_feed(&h, 1, (const uint8_t *)reply, sizeof(reply) - 1, NULL, &taken) &
		    NT_HTTP_TUNNEL);
	assert_string_equal(reply + taken, "XYZ");
	begin();
	feed(0, "CONNECT www.example.com:443 HTTP/1.1\r\n\r\n", ALL);
	assert_int_equal(
		feed(1, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", ALL), NT_HTTP_BEGINS);
}

static void
test_upgrade(void **state)
{
	(void)state;
	begin();
	feed(0, "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", ALL);
	assert_true(
		feed(1,
			"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
			"\r\n\x81\x05",
			1) &
		NT_HTTP_OVER);
}

static void
test_gap(void **state)
{
	(void)state;
	begin();
	feed(0, "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nab", ALL);
	assert_int_equal(nt_http_gap(&h, 0, 8), 0);
	assert_true(feed(0, "GET / HTTP/1.1\r\n", ALL) & NT_HTTP_REQUEST);
	assert_int_equal(nt_http_gap(&h, 0, 1), NT_HTTP_OVER);
}

static void
test_end(void **state)
{
	(void)state;
	begin();
	assert_int_equal(feed(0, "GET / HTTP/1.0", 1), 0);
	assert_true(nt_http_end(&h, 0, &name) & NT_HTTP_REQUEST);
	begin();
	assert_int_equal(nt_http_end(&h, 0, &name), 0);
}

/* A server that is asked once may be told what it likes afterwards, if nothing keeps it. */
static void
test_only_request(void **state)
{
	(void)state;
	begin();
	assert_true(feed(0, "GET / HTTP/1.0\r\n\r\n", 1) & NT_HTTP_REQUEST);
	assert_int_equal(feed(0, "(rubbish\r\n", 1), 0);
	begin();
	assert_int_equal(feed(0, "PRI * HTTP/2.0\r\n\r\nSM\r\n", 1), NT_HTTP_REQUEST | NT_HTTP_BAD);
	begin();
	feed(0, "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", 1);
	assert_int_equal(feed(0, "(rubbish\r\n", 1), NT_HTTP_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_hosts_that_are_none),
		cmocka_unit_test(test_request_lines),
		cmocka_unit_test(test_reply_lines),
		cmocka_unit_test(test_pipeline),
		cmocka_unit_test(test_replies_without_bodies),
		cmocka_unit_test(test_reply_to_the_end),
		cmocka_unit_test(test_old),
		cmocka_unit_test(test_tunnel),
		cmocka_unit_test(test_upgrade),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_only_request),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Payload of TCP in order: what reads it is real (nt_detect), who is told is not. One connection
 * at a time, in a worker of which only that is there.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "worker_priv.h"

#define FLOWS	 16
#define ORIG_SEQ UINT32_C(0xfffffff0) /* wraps early */
#define RESP_SEQ 500000u
#define REQUEST	 "GET / HTTP/1.1\r\nHost: www.example.com\r\nAccept: */*\r\n\r\n"
#define RESPONSE "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

static struct worker w;
static struct nt_config config;
static struct nt_conn_config conn_config;
static struct nt_packet_meta at;
static uint32_t flow;
static uint16_t port;

/* What was told. */
static char names[512];
static unsigned int gaps, closed;
static char dns[2][512];
static size_t dns_len[2];

void
server_name_asserted(struct worker *worker, uint32_t idx, const struct nt_server_name *name,
	const struct nt_packet_meta *meta, bool behind_proxy)
{
	(void)worker, (void)meta, (void)behind_proxy;
	const size_t len = strlen(names);
	assert_int_equal(idx, flow);
	snprintf(names + len, sizeof(names) - len, "%.*s ", (int)name->len, name->text);
}

void
look_for_hidden_dns(struct worker *worker, const struct nt_flow *f,
	const struct nt_packet_meta *meta, const struct nt_server_name *name)
{
	(void)worker, (void)f, (void)meta, (void)name;
}

bool
dns_stream_wanted(const struct worker *worker, const struct nt_flow *f)
{
	(void)worker, (void)f;
	return port == 53;
}

void
dns_stream_data(struct worker *worker, uint32_t idx, int dir, const uint8_t *bytes, size_t len,
	const struct nt_packet_meta *meta)
{
	(void)worker, (void)idx, (void)meta;
	assert_true(dns_len[dir] + len < sizeof(dns[dir]));
	memcpy(dns[dir] + dns_len[dir], bytes, len);
	dns_len[dir] += len;
}

void
dns_stream_gap(struct worker *worker, uint32_t idx, int dir, const struct nt_packet_meta *meta)
{
	(void)worker, (void)idx, (void)dir, (void)meta;
	gaps++;
}

void
dns_stream_closed(struct worker *worker, uint32_t idx)
{
	(void)worker, (void)idx;
	closed++;
}

void
dns_stream_end(struct worker *worker, uint32_t idx)
{
	(void)worker, (void)idx;
}

static int
setup(void **state)
{
	(void)state;
	const struct nt_hash_key key = { { 1, 2 } };
	memset(&w, 0, sizeof(w));
	nt_config_default(&config);
	nt_conn_config_default(&conn_config);
	w.config = &config;
	w.flows = nt_flow_table_new(FLOWS, &key);
	w.conn = nt_conn_new(&conn_config, FLOWS);
	assert_non_null(w.flows);
	assert_non_null(w.conn);
	assert_int_equal(streams_init(&w.streams, FLOWS), 0);
	at = (struct nt_packet_meta){ .clock_ns = NT_SEC(1000), .ts_ns = NT_SEC(1000) };
	flow = NT_FLOW_NONE;
	port = 80;
	names[0] = '\0';
	gaps = closed = 0;
	dns_len[0] = dns_len[1] = 0;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	streams_fini(&w.streams);
	nt_conn_free(w.conn);
	nt_flow_table_free(w.flows);
	return 0;
}

/* As the worker does: the connection first, then what it carries. */
static void
take(struct nt_packet *p)
{
	struct nt_flow_key key;
	const bool lo = nt_flow_key_of(&key, p);
	const uint64_t hash = nt_flow_hash(w.flows, &key);
	at.position++;
	at.clock_ns = at.ts_ns += NT_NS_PER_SEC / 1000;
	if (flow == NT_FLOW_NONE) {
		flow = nt_flow_insert(w.flows, &key, hash);
		nt_conn_open(w.conn, nt_flow_at(w.flows, flow), nt_flow_cold_at(w.flows, flow), p,
			&at, lo);
	} else {
		nt_conn_packet(w.conn, nt_flow_at(w.flows, flow), nt_flow_cold_at(w.flows, flow), p,
			&at, lo);
	}
	if (p->payload_len == 0 && (p->tcp_flags & (TH_FIN | TH_RST)) == 0)
		return;
	const uint8_t stream = nt_flow_at(w.flows, flow)->stream;
	if ((stream & STREAM_CLOSED) == 0)
		streams_packet(&w, p, &at, flow, lo);
	else if (stream == STREAM_HOSTS)
		hosts_of_packet(&w, p, &at, flow, lo);
}

static uint32_t acked[2];

/* len bytes from `from` of the text that this end sends; acknowledges acked[dir] of the other's. */
static void
send_part(int dir, const char *text, size_t from, size_t len, unsigned int flags, uint8_t marks)
{
	static const uint8_t client[4] = { 10, 0, 0, 1 }, server[4] = { 198, 51, 100, 1 };
	static const uint32_t first[2] = { ORIG_SEQ, RESP_SEQ };
	static const uint8_t header[20] = { [12] = 0x50 };
	/* Of its own, to the byte: whoever reads beyond is found out. */
	uint8_t *copy = malloc(len + 1);
	memcpy(copy, text + from, len);
	struct nt_packet p = {
		.src = nt_addr_v4(dir == 0 ? client : server),
		.dst = nt_addr_v4(dir == 0 ? server : client),
		.sport = dir == 0 ? 40000 : port,
		.dport = dir == 0 ? port : 40000,
		.proto = IPPROTO_TCP,
		.flags = marks,
		.tcp_flags = (uint8_t)flags,
		.seq = first[dir] + ((flags & TH_SYN) == 0) + (uint32_t)from,
		.ack = (flags & TH_ACK) != 0 ? first[!dir] + 1 + acked[dir] : 0,
		.window = 1000,
		.ip_len = (uint32_t)(40 + len),
		.payload_len = (uint32_t)len,
		.payload_captured = (uint32_t)len,
		.payload = copy,
		.l4 = header,
	};
	take(&p);
	free(copy);
}

static void
handshake(void)
{
	acked[0] = acked[1] = 0;
	send_part(0, "", 0, 0, TH_SYN, 0);
	send_part(1, "", 0, 0, TH_SYN | TH_ACK, 0);
	send_part(0, "", 0, 0, TH_ACK, 0);
}

static void
send_text(int dir, const char *text, size_t from, size_t len)
{
	send_part(dir, text, from, len, TH_ACK, 0);
}

static void
expect_idle(void)
{
	assert_int_equal(w.streams.hold.used, 0);
	assert_int_equal(w.streams.pool.used, 0);
}

static unsigned int
service(void)
{
	return nt_flow_cold_at(w.flows, flow)->service;
}

static void
test_in_one_piece(void **state)
{
	(void)state;
	handshake();
	send_text(0, REQUEST, 0, strlen(REQUEST));
	assert_string_equal(names, "www.example.com ");
	send_text(1, RESPONSE, 0, strlen(RESPONSE));
	assert_int_equal(service() & NT_SERVICE_HTTP, NT_SERVICE_HTTP);
	stream_end(&w, flow);
	expect_idle();
}

/* Whatever pieces it comes in, in whatever order, some of them again: the same. */
static void
test_pieces_in_any_order(void **state)
{
	const size_t len = strlen(REQUEST);
	srand(11);
	for (unsigned int round = 0; round < 300; round++) {
		size_t from[16], to[16];
		unsigned int n = 1 + (unsigned int)rand() % 12;
		for (unsigned int i = 0; i < n; i++) {
			from[i] = len * i / n;
			to[i] = NT_MIN(len * (i + 1) / n + (size_t)rand() % 5, len);
		}
		for (unsigned int i = n; i-- > 1;) {
			const unsigned int j = (unsigned int)rand() % (i + 1);
			const size_t a = from[i], b = to[i];
			from[i] = from[j], to[i] = to[j];
			from[j] = a, to[j] = b;
		}
		handshake();
		for (unsigned int i = 0; i < n; i++) {
			send_text(0, REQUEST, from[i], to[i] - from[i]);
			if (rand() % 4 == 0)
				send_text(0, REQUEST, from[i], to[i] - from[i]);
		}
		if (strcmp(names, "www.example.com ") != 0)
			fail_msg("round %u, %u pieces: %s", round, n, names);
		assert_int_equal(w.streams.hold.used, 0);
		streams_end(&w, flow);
		expect_idle();
		teardown(state);
		setup(state);
	}
}

/* What came first stays, as in Zeek. */
static void
test_first_copy_counts(void **state)
{
	(void)state;
	handshake();
	send_text(0, REQUEST, 0, 20);
	send_text(0, "GET / HTTP/1.1\r\nHost: evil.example.org\r\n\r\n", 10, 20);
	send_text(0, REQUEST, 30, strlen(REQUEST) - 30);
	assert_string_equal(names, "evil.exaple.com ");
}

static void
test_acknowledged_and_not_seen(void **state)
{
	(void)state;
	port = 53;
	handshake();
	send_text(0, "one two", 0, 3);
	acked[1] = 3;
	send_text(1, "abcdef", 0, 2);
	acked[1] = 4; /* of "one two" a byte that was not seen */
	send_text(0, "one two", 4, 3);
	assert_int_equal(gaps, 0);
	send_text(1, "abcdef", 2, 2);
	assert_int_equal(gaps, 1);
	assert_int_equal(dns_len[0], 6);
	assert_memory_equal(dns[0], "onetwo", 6);
	assert_memory_equal(dns[1], "abcd", 4);
	send_part(0, "", 7, 0, TH_FIN | TH_ACK, 0);
	assert_true(closed >= 1);
	stream_end(&w, flow);
	expect_idle();
}

static void
test_too_much_out_of_order(void **state)
{
	(void)state;
	static const char zeros[64] = "";
	port = 53;
	handshake();
	for (size_t i = 0; i <= HOLD_MAX; i++)
		send_text(0, zeros, 1 + i, 1);
	assert_int_equal(nt_counter_read(&w.counters, NT_COUNTER_STREAMS_BROKEN), 1);
	assert_int_equal(gaps, 1);
	assert_int_equal(w.streams.hold.used, 0);
	send_text(0, "x", 0, 1);
	assert_int_equal(dns_len[0], 0);
	stream_end(&w, flow);
	expect_idle();
}

/* Most connections are neither: they never have a stream. */
static void
test_neither(void **state)
{
	(void)state;
	handshake();
	send_text(0, "\1\2\3\4\5\6\7\10", 0, 8);
	assert_int_equal(nt_flow_at(w.flows, flow)->stream, STREAM_CLOSED);
	assert_int_equal(w.streams.pool.fresh, 0);
	assert_int_equal(nt_counter_read(&w.counters, NT_COUNTER_STREAMS), 1);
	assert_string_equal(names, "");
}

/* The server speaks first, a line without end: no stream is needed; what the client says decides.
 */
static void
test_server_first(void **state)
{
	(void)state;
	static const char banner[] = "hello, you, who are you?";
	handshake();
	send_text(1, banner, 0, 11);
	assert_int_equal(nt_flow_at(w.flows, flow)->stream, STREAM_REPLIED);
	send_text(1, banner, 11, strlen(banner) - 11);
	assert_int_equal(w.streams.pool.used, 0);
	acked[0] = (uint32_t)strlen(banner);
	send_text(0, REQUEST, 0, strlen(REQUEST));
	assert_string_equal(names, "www.example.com ");
	streams_end(&w, flow);
	expect_idle();
}

static void
test_damaged_is_not_looked_at(void **state)
{
	(void)state;
	handshake();
	send_part(0, "GET / HTTP/1.1\r\nHost: evil.example.org\r\n\r\n", 0, 40, TH_ACK,
		NT_PKT_BAD_CHECKSUM);
	assert_string_equal(names, "");
	send_text(0, REQUEST, 0, strlen(REQUEST));
	assert_string_equal(names, "www.example.com ");
}

/* Joined in its middle: a name, but no service, as in Zeek. */
static void
test_joined(void **state)
{
	(void)state;
	acked[0] = acked[1] = 0;
	send_text(0, REQUEST, 0, strlen(REQUEST));
	send_text(1, RESPONSE, 0, strlen(RESPONSE));
	streams_end(&w, flow);
	assert_string_equal(names, "www.example.com ");
	assert_int_equal(service() & NT_SERVICE_HTTP, 0);
	expect_idle();
}

/* Each different one once, as far as names.max_hosts_per_connection. */
static void
test_further_hosts(void **state)
{
	(void)state;
	char text[2048];
	size_t len = 0;
	config.names.max_hosts_per_connection = 3;
	handshake();
	for (unsigned int i = 0; i < 10; i++) {
		const int n = snprintf(text + len, sizeof(text) - len,
			"GET / HTTP/1.1\r\nHost: h%u.example\r\n\r\n", i / 2);
		send_text(0, text, len, (size_t)n);
		len += (size_t)n;
	}
	assert_string_equal(names, "h0.example h1.example h2.example ");
	streams_end(&w, flow);
	expect_idle();
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_in_one_piece),
		TEST(test_pieces_in_any_order),
		TEST(test_first_copy_counts),
		TEST(test_acknowledged_and_not_seen),
		TEST(test_too_much_out_of_order),
		TEST(test_neither),
		TEST(test_server_first),
		TEST(test_damaged_is_not_looked_at),
		TEST(test_joined),
		TEST(test_further_hosts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

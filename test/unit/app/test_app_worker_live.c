/* SPDX-License-Identifier: BSD-3-Clause */
/* A live worker, with nobody who takes anything from it: it goes on, and all is accounted for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <rx.h>
#include <worker_priv.h>

#define RING_UNITS 512
#define T0_NS	   NT_SEC(1000)
#define FRAME_MAX  128

struct handle {
	struct rte_mbuf mbuf;
	struct mbuf_meta meta;
	uint8_t frame[FRAME_MAX];
} NT_CACHE_ALIGNED;

/* What the worker is given: one packet a burst, or none. */
struct feed {
	struct rx rx; /* first */
	struct handle handle;
	bool has; /* a packet for the next burst */
	struct nt_mark_value R;
};

static struct nt_config cfg;
static struct feed feed;
static struct nt_relay *relay;
static struct worker *w;
static struct nt_msg_reader records;
static _Atomic int64_t offset_ns, began_ns;
static const struct worker_live live = { .clock_offset_ns = &offset_ns };
static unsigned int facts[NT_FACT_ASKED + 1], dropped_told, mappings_got;

static unsigned int
burst(struct rx *rx, struct rte_mbuf **mbufs, struct nt_mark_value *ret_R)
{
	struct feed *f = (struct feed *)rx;
	*ret_R = f->R;
	mbufs[0] = &f->handle.mbuf;
	const bool had = f->has;
	f->has = false;
	return had;
}

static void
give_back(struct rx *rx, struct rte_mbuf **mbufs, unsigned int n)
{
	(void)rx;
	(void)mbufs;
	(void)n;
}

static void
idle(struct rx *rx)
{
	(void)rx;
}

static int
set_up(void **state)
{
	(void)state;
	const struct nt_relay_config rc = { .workers = 2,
		.pacing = NT_RELAY_PACED,
		.ring_units = RING_UNITS,
		.own_units = RING_UNITS };
	nt_config_default(&cfg);
	cfg.flow.max = 16384;
	cfg.names.max_mappings = cfg.names.max_addresses = cfg.names.max_names = 16384;
	cfg.notice.max_told = 16384;
	cfg.notice.warm_up_ns = 0;
	cfg.names.unsolicited = NT_CONFIG_UNSOLICITED_ACCEPT;
	relay = nt_relay_new(&rc);
	assert_non_null(relay);
	memset(&feed, 0, sizeof(feed));
	feed.rx = (struct rx){ .burst = burst, .give_back = give_back, .idle = idle };
	feed.R = (struct nt_mark_value){ .position = 1, .clock_ns = T0_NS };
	memset(facts, 0, sizeof(facts));
	dropped_told = mappings_got = 0;
	w = NULL;
	return 0;
}

static void
begin(void)
{
	const struct worker_config wc = {
		.config = &cfg, .rx = &feed.rx, .relay = relay, .live = &live, .began_ns = &began_ns
	};
	w = worker_new(&wc);
	assert_non_null(w);
	assert_int_equal(nt_msg_reader_init(&records, worker_records(w), RECORD_MSG_MAX), 0);
}

static int
tear_down(void **state)
{
	(void)state;
	nt_msg_reader_fini(&records);
	worker_free(w);
	nt_relay_free(relay);
	return 0;
}

static uint64_t
counted(enum nt_counter id)
{
	return nt_counter_read(worker_counters(w), id);
}

static void
put16(uint8_t *out, unsigned int v)
{
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)v;
}

/* A UDP packet 203.0.113.53:sport -> 10.0.0.1:dport. */
static void
feed_udp(unsigned int sport, unsigned int dport, const uint8_t *payload, unsigned int len)
{
	uint8_t *p = feed.handle.frame;
	memset(p, 0, FRAME_MAX);
	put16(p + 12, 0x0800);
	uint8_t *ip = p + 14;
	ip[0] = 0x45;
	put16(ip + 2, 28 + len);
	ip[8] = 64;
	ip[9] = 17;
	memcpy(ip + 12, (const uint8_t[]){ 203, 0, 113, 53, 10, 0, 0, 1 }, 8);
	put16(ip + 20, sport);
	put16(ip + 22, dport);
	put16(ip + 24, 8 + len);
	memcpy(ip + 28, payload, len);
	feed.R.position++;
	feed.R.clock_ns += 1000;
	feed.handle.meta = (struct mbuf_meta){
		.at = { .position = feed.R.position,
			.clock_ns = feed.R.clock_ns,
			.ts_ns = feed.R.clock_ns },
		.data = p,
		.cap_len = 42 + len,
		.wire_len = 42 + len,
		.frame_len = 42 + len,
		.link = 1, /* Ethernet */
		.kind = MBUF_PACKET,
	};
	feed.has = true;
	worker_poll(w);
	assert_false(feed.has);
}

/* "a.example is 192.0.2.x", x of 16 bits; nobody was seen to ask. */
static void
feed_answer(unsigned int x)
{
	uint8_t m[] = { 0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 1, 'a', 7, 'e', 'x', 'a', 'm',
		'p', 'l', 'e', 0, 0, 1, 0, 1, 0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 0, 0, 4, 192, 1, 0,
		0 };
	put16(m, x);
	put16(m + sizeof(m) - 2, x);
	feed_udp(53, 5000, m, sizeof(m));
}

static enum nt_name_added
take_mapping(void *arg, const struct nt_mapping *m, struct nt_relay_scratch *scratch)
{
	(void)arg;
	(void)scratch;
	(void)m;
	mappings_got++;
	return NT_NAME_NEW;
}

static void
take_fact(void *arg, enum nt_fact kind, const struct nt_mapping *m)
{
	(void)arg;
	facts[kind]++;
	dropped_told += kind == NT_FACT_LOST && m->source == NT_UNKNOWN_DROPPED &&
			m->client.family == NT_FAMILY_NONE;
}

/* Control has its turn, and the other worker, which is done with everything. */
static void
relay_all(void)
{
	const struct nt_relay_taker taker = { .mapping = take_mapping, .fact = take_fact };
	struct nt_relay_applied n = { 0 };
	nt_relay_release(nt_relay_worker(relay, 1), NT_POSITION_END, INT64_MAX);
	while (nt_relay_step(relay, 0) != 0)
		nt_relay_apply(nt_relay_worker(relay, 1), &taker, &n);
	nt_relay_apply(nt_relay_worker(relay, 1), &taker, &n);
}

static void
pass(int64_t ns)
{
	feed.R.position++;
	feed.R.clock_ns += ns;
	worker_poll(w);
}

/* The stream ends; now everything is waited for, and taken. */
static uint64_t
end(void)
{
	uint64_t written = 0;
	feed.R.position = NT_POSITION_END;
	for (unsigned int i = 0; i < 1000000; i++) {
		const struct nt_msg_head *m;
		worker_poll(w);
		relay_all();
		const bool over = worker_finish(w);
		while ((m = nt_msg_reader_peek(&records)) != NULL) {
			written += m->kind == RECORD_CONN;
			nt_msg_reader_pop(&records);
		}
		if (over)
			return written;
	}
	fail_msg("it does not end");
	return 0;
}

static void
expect_sums(uint64_t written)
{
	assert_int_equal(counted(NT_COUNTER_CONNS_WRITTEN), written);
	assert_int_equal(counted(NT_COUNTER_CONNS_MADE), written + counted(NT_COUNTER_CONNS_LOST));
	assert_int_equal(counted(NT_COUNTER_MAPPINGS_LEARNT),
		counted(NT_COUNTER_MAPPINGS_REPEATS) + counted(NT_COUNTER_MAPPINGS_SENT) +
			counted(NT_COUNTER_MAPPINGS_SHED_OUT));
	assert_int_equal(counted(NT_COUNTER_MAPPINGS_SENT), mappings_got);
	assert_int_equal(counted(NT_COUNTER_MAPPINGS_SENT),
		counted(NT_COUNTER_OWN_NEW) + counted(NT_COUNTER_OWN_REFRESHED) +
			counted(NT_COUNTER_OWN_REFUSED));
}

/* Nobody relays: what is new is sent until the ring is full, then it is shed, and that is told. */
static void
test_sheds_new(void **state NT_UNUSED)
{
	begin();
	for (unsigned int i = 0; i < 1000; i++)
		feed_answer(i);
	const uint64_t sent = counted(NT_COUNTER_MAPPINGS_SENT);
	assert_in_range(sent, (RING_UNITS - 80) / 2, RING_UNITS / 2);
	assert_int_equal(counted(NT_COUNTER_MAPPINGS_SHED_OUT), 1000 - sent);
	assert_int_equal(counted(NT_COUNTER_REFRESHES_SHED), 0);
	relay_all();
	assert_int_equal(mappings_got, sent);
	/* Within a millisecond: once. */
	assert_int_equal(dropped_told, 1);
	expect_sums(end());
}

/* What is known goes first, long before the ring is full, and changes no verdict. */
static void
test_sheds_refreshes(void **state NT_UNUSED)
{
	const unsigned int known = 10;
	begin();
	for (unsigned int i = 0; i < known; i++)
		feed_answer(i);
	relay_all();
	pass(1000);
	assert_int_equal(counted(NT_COUNTER_OWN_NEW), known);
	for (unsigned int i = 1000; nt_relay_room(w->relay) == NT_RELAY_ROOMY; i++)
		feed_answer(i);
	assert_int_equal(nt_relay_room(w->relay), NT_RELAY_CROWDED);
	assert_int_equal(counted(NT_COUNTER_MAPPINGS_SHED_OUT), 0);
	/* By another transaction, so that it is no repeat. */
	pass(NT_SEC(40));
	for (unsigned int i = 0; i < known; i++)
		feed_answer(i);
	feed_answer(999);
	assert_int_equal(counted(NT_COUNTER_REFRESHES_SHED), known);
	assert_int_equal(counted(NT_COUNTER_MAPPINGS_SHED_OUT), known);
	relay_all();
	assert_int_equal(dropped_told, 0);
	expect_sums(end());
}

/* Told again while it goes on; and what others lost, at the next packet or without one. */
static void
test_tells_losses(void **state NT_UNUSED)
{
	begin();
	worker_note_losses(w);
	feed_answer(1);
	relay_all();
	assert_int_equal(dropped_told, 1);
	worker_note_losses(w);
	pass(NT_SEC(1));
	relay_all();
	assert_int_equal(dropped_told, 2);
	/* Too early for another one: it is told later. */
	worker_note_losses(w);
	pass(1000);
	relay_all();
	assert_int_equal(dropped_told, 2);
	pass(NT_SEC(1));
	relay_all();
	assert_int_equal(dropped_told, 3);
	pass(NT_SEC(1));
	relay_all();
	assert_int_equal(dropped_told, 3);
	expect_sums(end());
}

/* Records that nobody takes: those that have no room are lost, and the worker goes on. */
static void
test_loses_records(void **state NT_UNUSED)
{
	const uint8_t payload[4] = { 0 };
	begin();
	for (unsigned int i = 0; i < 16000; i++)
		feed_udp(1024 + i, 1000, payload, sizeof(payload));
	relay_all();
	for (unsigned int i = 0; i < 2000; i++) {
		pass(NT_SEC(1) / 10);
		relay_all();
	}
	assert_int_equal(counted(NT_COUNTER_CONNS_MADE), 16000);
	assert_true(counted(NT_COUNTER_CONNS_LOST) > 1000);
	assert_int_equal(counted(NT_COUNTER_CONNS_WRITTEN) + counted(NT_COUNTER_CONNS_LOST), 16000);
	const uint64_t lost = counted(NT_COUNTER_CONNS_LOST);
	expect_sums(end());
	assert_int_equal(counted(NT_COUNTER_CONNS_LOST), lost);
}

/* A full table, and W does not move: what is nearest to its end is written early. */
static void
test_full_table(void **state NT_UNUSED)
{
	const uint8_t payload[4] = { 0 };
	cfg.flow.max = 64;
	cfg.relay.max_hold_ns = NT_SEC(3600);
	begin();
	for (unsigned int i = 0; i < 5000; i++)
		feed_udp(1024 + i, 1000, payload, sizeof(payload));
	assert_true(counted(NT_COUNTER_RELEASED_EARLY) > 1000);
	assert_int_equal(counted(NT_COUNTER_PACKETS), 5000);
	const uint64_t made = counted(NT_COUNTER_CONNS_MADE);
	assert_int_equal(made + counted(NT_COUNTER_CONNS_REFUSED), 5000);
	assert_int_equal(counted(NT_COUNTER_CONNS_LOST), 0);
	expect_sums(end());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sheds_new, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sheds_refreshes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tells_losses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_loses_records, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_full_table, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("worker_live", tests, NULL, NULL);
}

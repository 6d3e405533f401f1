/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random packets of random hosts, spread over 1 to 8 workers that lag behind one another: every
 * worker's table answers as a plain reading of the rule does, which sees every packet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nt_hosts.h"

enum {
	PACKETS = 3000,
	MACS = 6,
	ADDRS = 14, /* even: IPv4 */
	MAX_IPV4 = 2,
	MAX_IPV6 = 3,
	WORKERS_MAX = 8,
};
#define TTL  NT_SEC(10)
#define HOLD NT_SEC(5)

struct packet { /* position: its place, from 1 */
	int64_t clock_ns;
	uint8_t mac, addr;
	bool router;
};

static struct packet packets[PACKETS + 1];

static struct nt_addr
addr_of(uint8_t n)
{
	const uint8_t bytes[16] = { 10, 0, 0, (uint8_t)(n + 1) };
	return n % 2 == 0 ? nt_addr_v4(bytes) : nt_addr_v6(bytes);
}

static int64_t
slot_of(int64_t clock_ns)
{
	return clock_ns / TTL;
}

/* --- the plain reading --- */

static bool
is_crowded(uint8_t mac, unsigned int upto)
{
	const int64_t slot = slot_of(packets[upto].clock_ns);
	bool seen[ADDRS] = { false };
	unsigned int n[2] = { 0, 0 };
	for (unsigned int i = 1; i <= upto; i++) {
		const struct packet *p = &packets[i];
		if (p->mac != mac || p->router || slot_of(p->clock_ns) < slot - 1 || seen[p->addr])
			continue;
		seen[p->addr] = true;
		n[p->addr % 2]++;
	}
	return n[0] > MAX_IPV4 || n[1] > MAX_IPV6;
}

/* From which of its packets on has a MAC stopped, as of each position; 0: not. */
static unsigned int stopped_at[MACS][PACKETS + 1];

static void
find_stops(void)
{
	for (uint8_t mac = 0; mac < MACS; mac++) {
		unsigned int stopped = 0;
		int64_t last = -10;
		for (unsigned int i = 1; i <= PACKETS; i++) {
			const struct packet *p = &packets[i];
			if (p->mac == mac) {
				if (slot_of(p->clock_ns) > last + 1)
					stopped = 0;
				if (stopped == 0 && (p->router || is_crowded(mac, i)))
					stopped = i;
				last = slot_of(p->clock_ns);
			}
			stopped_at[mac][i] = stopped != 0 && stopped <= i;
		}
	}
}

static bool
counts(uint8_t mac, uint8_t addr, unsigned int position)
{
	const int64_t slot = slot_of(packets[position].clock_ns);
	for (unsigned int i = position; i >= 1; i--) {
		const struct packet *p = &packets[i];
		if (slot_of(p->clock_ns) < slot - 1)
			break;
		if (p->mac == mac && !p->router && p->addr == addr)
			return !stopped_at[mac][position];
	}
	return false;
}

static int
owner(uint8_t addr, unsigned int position)
{
	int found = -1;
	for (uint8_t mac = 0; mac < MACS; mac++) {
		if (!counts(mac, addr, position))
			continue;
		if (found >= 0)
			return -1;
		found = mac;
	}
	return found;
}

static unsigned int
expected(uint8_t addr, unsigned int position)
{
	const int mac = owner(addr, position);
	unsigned int set = 0;
	for (uint8_t b = 0; b < ADDRS && mac >= 0; b++)
		if (b != addr && owner(b, position) == mac)
			set |= 1u << b;
	return set;
}

/* --- the workers --- */

struct table {
	struct nt_hosts *hosts;
	struct nt_host_filter *filter;
	unsigned int applied; /* facts up to this position */
};

static bool told[PACKETS + 1];

/* The packet at the place goes to this worker. */
static void
process(struct table *t, unsigned int at)
{
	const struct packet *p = &packets[at];
	const struct nt_addr none = { .family = NT_FAMILY_NONE };
	const struct nt_addr addr = p->router ? none : addr_of(p->addr);
	told[at] = nt_host_filter_pass(t->filter, t->hosts, p->mac + 1u, &addr, p->clock_ns);
}

static void
apply(struct table *t, unsigned int upto)
{
	while (t->applied < upto) {
		const struct packet *p = &packets[++t->applied];
		const struct nt_addr addr = addr_of(p->addr);
		if (!told[t->applied])
			continue;
		if (p->router)
			nt_hosts_router(t->hosts, p->mac + 1u, t->applied, p->clock_ns);
		else
			nt_hosts_link(t->hosts, p->mac + 1u, &addr, t->applied, p->clock_ns);
	}
}

static unsigned int settled_count; /* answers that were said to stay */

static void
ask(struct table *t, unsigned int position)
{
	struct nt_addr ret[NT_HOST_ADDRS_MAX];
	const uint8_t n = (uint8_t)(rand() % ADDRS);
	const struct nt_addr addr = addr_of(n);
	const int64_t clock_ns = packets[position].clock_ns;
	bool settled;
	const unsigned int count = nt_hosts_others(
		t->hosts, &addr, position, clock_ns, ret, NT_HOST_ADDRS_MAX, &settled);
	if (settled) {
		struct nt_addr later[NT_HOST_ADDRS_MAX];
		assert_int_equal(nt_hosts_others(t->hosts, &addr, NT_POSITION_END - 1, clock_ns,
					 later, NT_HOST_ADDRS_MAX, &settled),
			count);
		assert_memory_equal(later, ret, count * sizeof(*ret));
		settled_count++;
	}
	unsigned int set = 0;
	for (uint8_t b = 0; b < ADDRS; b++) {
		const struct nt_addr other = addr_of(b);
		for (unsigned int i = 0; i < count; i++)
			set |= nt_addr_equal(&ret[i], &other) ? 1u << b : 0;
	}
	assert_int_equal(__builtin_popcount(set), count);
	assert_int_equal(set, expected(n, position));
}

/* A position that may still be asked about where everything up to `upto` has happened. */
static unsigned int
any_position(unsigned int upto)
{
	unsigned int least = upto;
	while (least > 1 && packets[least - 1].clock_ns + HOLD >= packets[upto].clock_ns)
		least--;
	return least + (unsigned int)rand() % (upto - least + 1);
}

static void
run(unsigned int workers, bool lag)
{
	struct table t[WORKERS_MAX];
	for (unsigned int i = 0; i < workers; i++) {
		struct nt_hash_key key;
		assert_int_equal(nt_hash_key_random(&key), 0);
		const struct nt_hosts_config cfg = { .max_links = 4096,
			.max_ipv4 = MAX_IPV4,
			.max_ipv6 = MAX_IPV6,
			.ttl_ns = TTL,
			.hold_ns = HOLD };
		t[i] = (struct table){ nt_hosts_new(&cfg, &key), nt_host_filter_new(&key), 0 };
		assert_non_null(t[i].hosts);
		assert_non_null(t[i].filter);
	}
	for (unsigned int at = 1; at <= PACKETS; at++) {
		process(&t[(unsigned int)rand() % workers], at);
		struct table *who = &t[(unsigned int)rand() % workers];
		if (lag && rand() % 20 != 0)
			continue;
		apply(who, who->applied + (unsigned int)rand() % (at - who->applied + 1));
		if (who->applied == 0)
			continue;
		ask(who, any_position(who->applied));
		nt_hosts_purge(who->hosts, packets[who->applied].clock_ns, 50);
		ask(who, any_position(who->applied));
	}
	for (unsigned int i = 0; i < workers; i++) {
		struct nt_hosts_stats s, first;
		apply(&t[i], PACKETS);
		nt_hosts_stats(t[i].hosts, &s);
		nt_hosts_stats(t[0].hosts, &first);
		assert_int_equal(s.stopped, first.stopped);
		assert_int_equal(s.evicted, 0);
		assert_int_equal(s.cut, 0);
		for (unsigned int k = 0; k < 20; k++)
			ask(&t[i], any_position(PACKETS));
		nt_host_filter_free(t[i].filter);
	}
	for (unsigned int i = 0; i < workers; i++)
		nt_hosts_free(t[i].hosts);
}

static void
make_packets(unsigned int seed)
{
	int64_t clock_ns = 0;
	srand(seed);
	memset(told, 0, sizeof(told));
	for (unsigned int i = 1; i <= PACKETS; i++) {
		const uint8_t mac = (uint8_t)(rand() % MACS);
		/* Some MACs have few addresses of their own, some all. */
		const int own = (int)(2 * mac + (uint8_t)(rand() % 2)) % ADDRS;
		const bool stray = rand() % 1000 < (mac < 4 ? 5 : 400);
		packets[i] = (struct packet){ .clock_ns = clock_ns,
			.mac = mac,
			.addr = (uint8_t)(stray ? rand() % ADDRS : own),
			.router = rand() % (mac < 4 ? 1000 : 50) == 0 };
		if (rand() % 4 == 0)
			clock_ns += rand() % (TTL / 20);
		if (rand() % 100 == 0)
			clock_ns += rand() % (3 * TTL);
	}
	find_stops();
}

static void
test_any_number_of_workers(void **state)
{
	(void)state;
	static const unsigned int workers[] = { 1, 2, 3, 8 };
	for (unsigned int seed = 1; seed <= 6; seed++) {
		make_packets(seed);
		unsigned int linked = 0;
		for (unsigned int i = 1; i <= PACKETS; i += 10)
			for (uint8_t n = 0; n < ADDRS; n++)
				linked += expected(n, i) != 0;
		assert_true(linked > PACKETS / 10); /* there is something to get wrong */
		for (unsigned int i = 0; i < NT_ARRAY_SIZE(workers); i++) {
			run(workers[i], false);
			run(workers[i], true);
		}
	}
	assert_true(settled_count > PACKETS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_number_of_workers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

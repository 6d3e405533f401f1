/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The relay's messages: the input is what three workers tell each other, and when each has its
 * turn, in records of one byte (who and what) and what that wants. Whatever is told comes to every
 * worker, once, whole, in one order of positions and not before W; nothing is stuck; and the tables
 * that take it, a name cache and links of hosts, hold out. Rings are so small that they fill.
 */
#include <stdlib.h>
#include <string.h>

#include <nt_hosts.h>
#include <nt_mapping_keys.h>
#include <nt_name_cache.h>
#include <nt_relay.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAC_BYTES  6
#define INPUT_MAX  4096
#define WORKERS	   3
#define RING_UNITS 64
#define TURNS_MAX  (4 * INPUT_MAX) /* to the end: far more than it takes */

enum action {
	TELL, /* a mapping */
	TELL_FACT,
	PROCESS, /* positions go on, T is published */
	APPLY,
	STEP, /* control's turn */
	ACTIONS
};

struct teller {
	uint64_t position; /* of its last message */
	uint64_t done; /* T */
	uint16_t index;
	uint64_t got_position, got_count, got_digest;
	struct nt_name_cache *cache;
	struct nt_hosts *hosts;
};

struct play {
	const uint8_t *at, *end;
	struct nt_relay *relay;
	struct nt_hash_key key;
	uint64_t position, told, digest;
	struct teller workers[WORKERS];
	unsigned int taker; /* whose apply it is */
	uint64_t applied_until;
};

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static uint8_t
byte(struct play *p)
{
	return p->at < p->end ? *p->at++ : 0;
}

/* Sums of these do not depend on order. */
static uint64_t
digest_of(const struct nt_mapping *m, unsigned int kind)
{
	uint64_t h = m->position * UINT64_C(0x9e3779b97f4a7c15) + m->index;
	h = (h ^ (uint64_t)m->seen_ns) * UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ (uint64_t)m->expires_ns ^ kind) * UINT64_C(0xc4ceb9fe1a85ec53);
	h ^= (uint64_t)m->source << 8 | m->flags;
	for (unsigned int i = 0; i < m->name_len; i++)
		h = (h ^ (uint8_t)m->name[i]) * UINT64_C(0x100000001b3);
	for (unsigned int i = 0; i < sizeof(m->addr.bytes); i++)
		h = (h ^ m->addr.bytes[i] ^ (uint64_t)m->client.bytes[i] << 8) *
		    UINT64_C(0x100000001b3);
	return h;
}

static struct nt_addr
address(struct play *p, unsigned int family)
{
	struct nt_addr a = { .family = (uint8_t)family };
	a.bytes[0] = a.bytes[3] = byte(p);
	return a;
}

static void
take(struct play *p, const struct nt_mapping *m, unsigned int kind)
{
	struct teller *t = &p->workers[p->taker];
	require(m->position >= t->got_position);
	require(m->name_len <= NT_MAPPING_NAME_MAX);
	t->got_position = m->position;
	t->got_count++;
	t->got_digest += digest_of(m, kind);
}

static enum nt_name_added
take_mapping(void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s)
{
	struct play *p = arg;
	take(p, m, NT_FACT_MAPPING);
	return nt_name_cache_add_keyed(p->workers[p->taker].cache, m, (const void *)s);
}

static void
look_ahead(void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s, unsigned int n)
{
	struct play *p = arg;
	struct nt_mapping_keys *keys[NT_RELAY_WINDOW];
	for (unsigned int i = 0; i < n; i++) {
		keys[i] = (void *)&s[i];
		nt_mapping_keys_of(&p->key, &m[i], keys[i]);
	}
	for (unsigned int step = 0; step < NT_NAME_CACHE_STEPS; step++)
		nt_name_cache_ahead(p->workers[p->taker].cache, keys, n, step);
}

static void
take_fact(void *arg, enum nt_fact kind, const struct nt_mapping *m)
{
	struct play *p = arg;
	struct nt_hosts *hosts = p->workers[p->taker].hosts;
	take(p, m, kind);
	if (kind != NT_FACT_HOST || m->name_len != MAC_BYTES)
		return;
	const uint64_t mac = nt_host_mac((const uint8_t *)m->name);
	if (m->addr.family == NT_FAMILY_NONE)
		nt_hosts_router(hosts, mac, m->position, m->seen_ns);
	else
		nt_hosts_link(hosts, mac, &m->addr, m->position, m->seen_ns);
}

static void
apply(struct play *p, unsigned int who)
{
	const struct nt_relay_taker taker = {
		.mapping = take_mapping, .ahead = look_ahead, .fact = take_fact, .arg = p
	};
	struct nt_relay_applied n = { 0 };
	p->taker = who;
	const struct nt_mark_value W = nt_relay_apply(nt_relay_worker(p->relay, who), &taker, &n);
	require(p->workers[who].got_position <= W.position);
	for (unsigned int i = 0; i < WORKERS; i++)
		require(W.position <= p->workers[i].done);
	require(n.received == n.received_new + n.received_refreshed + n.received_refused);
}

static void
publish(struct play *p, unsigned int who, uint64_t position)
{
	p->workers[who].done = position;
	nt_relay_release(nt_relay_worker(p->relay, who), position, (int64_t)p->position * 1000);
}

static void
tell(struct play *p, unsigned int who, bool fact)
{
	struct teller *t = &p->workers[who];
	char name[NT_MAPPING_NAME_MAX];
	struct nt_mapping m = { 0 };
	const unsigned int kind = fact ? NT_FACT_HOST + byte(p) % NT_FACT_ASKED : NT_FACT_MAPPING;
	if (p->position <= t->done)
		p->position = t->done + 1;
	/* A position is one worker's, and never comes back. */
	if (t->position != p->position)
		p->position++;
	m.index = t->position == p->position ? ++t->index : (t->index = 0);
	m.position = t->position = p->position;
	m.seen_ns = (int64_t)p->position * 1000;
	m.expires_ns = m.seen_ns + NT_SEC(1) * byte(p);
	m.addr = address(p, fact ? byte(p) % 3 : 1 + byte(p) % 2);
	m.client = address(p, byte(p) % 3);
	m.source = (uint8_t)(byte(p) % NT_SOURCES);
	m.flags = byte(p);
	m.name_len = fact ? MAC_BYTES : 1 + byte(p) % NT_MAPPING_NAME_MAX;
	memset(name, byte(p), m.name_len);
	name[0] = (char)byte(p);
	m.name = name;
	if (!nt_relay_tell(nt_relay_worker(p->relay, who), (enum nt_fact)kind, &m))
		return; /* there is no room just now, or it is too much of one packet */
	p->told++;
	p->digest += digest_of(&m, kind);
}

static void
turn(struct play *p)
{
	const uint8_t b = byte(p);
	const unsigned int who = (b >> 4) % WORKERS;
	switch ((enum action)((b & 15) % ACTIONS)) {
	case TELL:
	case TELL_FACT:
		tell(p, who, (b & 15) % ACTIONS == TELL_FACT);
		break;
	case PROCESS:
		publish(p, who, NT_MAX(p->position, p->workers[who].position));
		break;
	case APPLY:
		apply(p, who);
		break;
	default:
		(void)nt_relay_step(p->relay, (int64_t)p->position * 1000);
	}
}

static void
finish(struct play *p)
{
	for (unsigned int i = 0; i < WORKERS; i++)
		publish(p, i, NT_POSITION_END);
	for (unsigned int n = 0; nt_relay_watermark(p->relay).position != NT_POSITION_END; n++) {
		require(n < TURNS_MAX);
		(void)nt_relay_step(p->relay, INT64_MAX);
		for (unsigned int i = 0; i < WORKERS; i++)
			apply(p, i);
	}
	for (unsigned int i = 0; i < WORKERS; i++) {
		apply(p, i);
		require(p->workers[i].got_count == p->told);
		require(p->workers[i].got_digest == p->digest);
	}
}

static void
begin(struct play *p)
{
	const struct nt_relay_config relay = { .workers = WORKERS,
		.pacing = NT_RELAY_VIRTUAL,
		.rate = 1000,
		.burst = 10,
		.ring_units = RING_UNITS,
		.own_units = RING_UNITS };
	const struct nt_name_cache_config cache = { .max_mappings = 32,
		.max_addresses = 16,
		.max_names = 16,
		.max_name_bytes = 65536,
		.max_mappings_per_address = 4,
		.max_per_record = 8,
		.pin_after_ns = NT_SEC(60),
		.stale_for_ns = NT_SEC(60),
		.hold_ns = NT_SEC(60) };
	const struct nt_hosts_config hosts = { .max_links = 16,
		.max_ipv4 = 4,
		.max_ipv6 = 4,
		.ttl_ns = NT_SEC(60),
		.hold_ns = NT_SEC(60) };
	require(nt_hash_key_random(&p->key) == 0);
	p->relay = nt_relay_new(&relay);
	require(p->relay != NULL);
	for (unsigned int i = 0; i < WORKERS; i++) {
		p->workers[i].cache = nt_name_cache_new(&cache, &p->key);
		p->workers[i].hosts = nt_hosts_new(&hosts, &p->key);
		require(p->workers[i].cache != NULL && p->workers[i].hosts != NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct play p = { .at = data, .end = data + NT_MIN(size, (size_t)INPUT_MAX) };
	begin(&p);
	while (p.at < p.end)
		turn(&p);
	finish(&p);
	for (unsigned int i = 0; i < WORKERS; i++) {
		nt_name_cache_free(p.workers[i].cache);
		nt_hosts_free(p.workers[i].hosts);
	}
	nt_relay_free(p.relay);
	return 0;
}

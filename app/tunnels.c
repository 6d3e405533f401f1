/* SPDX-License-Identifier: BSD-3-Clause */
#include <netinet/in.h>

#include "tunnels.h"
#include "uid.h"

#define PAIR_TIMEOUT_NS NT_SEC(24 * 3600)
/* Looked at for every packet that begins a tunnel: more than can begin with it. */
#define EXPIRE_MAX 4

size_t
tunnels_bytes(uint32_t max)
{
	return nt_flow_table_bytes(max) + nt_conn_bytes(max);
}

int
tunnels_init(struct tunnels *t, uint32_t max, const struct nt_conn_config *conn,
	const struct nt_hash_key *uid_key)
{
	struct nt_hash_key key;
	const int err = nt_hash_key_random(&key);
	*t = (struct tunnels){ .uid_key = *uid_key };
	if (err != 0)
		return err;
	t->flows = nt_flow_table_new(max, &key);
	t->conn = nt_conn_new(conn, max);
	if (t->flows != NULL && t->conn != NULL)
		return 0;
	tunnels_fini(t);
	return -ENOMEM;
}

void
tunnels_fini(struct tunnels *t)
{
	nt_flow_table_free(t->flows);
	nt_conn_free(t->conn);
	t->flows = NULL;
	t->conn = NULL;
}

static void
forget(struct tunnels *t, uint32_t idx)
{
	nt_flow_unlink(t->flows, idx);
	nt_conn_close(t->conn, nt_flow_at(t->flows, idx), nt_flow_cold_at(t->flows, idx));
	nt_flow_release(t->flows, idx);
}

void
tunnels_clear(struct tunnels *t)
{
	uint32_t idx;
	while ((idx = nt_flow_any(t->flows)) != NT_FLOW_NONE)
		forget(t, idx);
}

static bool
is_over(struct tunnels *t, uint32_t idx, int64_t clock_ns)
{
	struct nt_flow *f = nt_flow_at(t->flows, idx);
	if (clock_ns < f->deadline_ns)
		return false;
	return f->key.proto != IPPROTO_UDP ||
	       nt_conn_timers(t->conn, f, nt_flow_cold_at(t->flows, idx), clock_ns) == NT_CONN_END;
}

static void
expire(struct tunnels *t, int64_t clock_ns)
{
	uint32_t due[EXPIRE_MAX];
	const unsigned int n = nt_flow_due(t->flows, clock_ns, due, EXPIRE_MAX);
	for (unsigned int i = 0; i < n; i++) {
		if (is_over(t, due[i], clock_ns))
			forget(t, due[i]);
		else
			nt_flow_schedule(
				t->flows, due[i], nt_flow_at(t->flows, due[i])->deadline_ns);
	}
}

static uint32_t
insert(struct tunnels *t, const struct nt_flow_key *key, uint64_t hash, int64_t clock_ns)
{
	uint32_t idx;
	expire(t, clock_ns);
	while ((idx = nt_flow_insert(t->flows, key, hash)) == NT_FLOW_NONE) {
		forget(t, nt_flow_victim(t->flows));
		t->evicted++;
	}
	return idx;
}

static uint64_t
token_of(const struct tunnels *t, uint32_t idx)
{
	return uid_token(&t->uid_key, &nt_flow_at(t->flows, idx)->key,
		nt_flow_cold_at(t->flows, idx)->first_position);
}

/* A known connection takes the packet, as in a worker; false where the packet begins another one.
 */
static bool
continue_udp(struct tunnels *t, uint32_t idx, const struct nt_packet *p,
	const struct nt_packet_meta *at, bool src_is_lo)
{
	if (!is_over(t, idx, at->clock_ns) &&
		nt_conn_packet(t->conn, nt_flow_at(t->flows, idx), nt_flow_cold_at(t->flows, idx),
			p, at, src_is_lo) == NT_CONN_KEEP)
		return true;
	forget(t, idx);
	return false;
}

/* What packets have said of a connection: in its cold part, where a worker has services. */
enum {
	SAID_HALF_0 = 1 << 0, /* one end, the other */
	SAID_HALF_1 = 1 << 1,
	SAID_HALVES = SAID_HALF_0 | SAID_HALF_1,
	SAID_CONFIRMED = 1 << 2,
	SAID_GIVEN_UP = 1 << 3,
};

static uint16_t
hear(uint16_t said, const struct nt_encap *e, bool src_is_lo)
{
	switch (e->verdict) {
	case NT_ENCAP_CONFIRMS:
		return said | SAID_CONFIRMED;
	case NT_ENCAP_CONFIRMS_HALF:
		said |= src_is_lo ? SAID_HALF_0 : SAID_HALF_1;
		return (said & SAID_HALVES) == SAID_HALVES ? said | SAID_CONFIRMED : said;
	case NT_ENCAP_VIOLATES:
		return nt_encap_gives_up((enum nt_tunnel)e->tunnel) ? said | SAID_GIVEN_UP : said;
	default:
		return said;
	}
}

struct tunnel_outer
tunnels_udp(struct tunnels *t, const struct nt_packet *p, const struct nt_packet_meta *at,
	const struct nt_encap *e)
{
	struct nt_flow_key key;
	const bool src_is_lo = nt_flow_key_of(&key, p);
	const uint64_t hash = nt_flow_hash(t->flows, &key);
	uint32_t idx = nt_flow_find(t->flows, &key, hash);
	if (idx == NT_FLOW_NONE || !continue_udp(t, idx, p, at, src_is_lo)) {
		idx = insert(t, &key, hash, at->clock_ns);
		struct nt_flow *f = nt_flow_at(t->flows, idx);
		nt_conn_open(t->conn, f, nt_flow_cold_at(t->flows, idx), p, at, src_is_lo);
		nt_flow_schedule(t->flows, idx, f->deadline_ns);
	}
	struct nt_flow_cold *cold = nt_flow_cold_at(t->flows, idx);
	if ((cold->service & SAID_GIVEN_UP) == 0)
		cold->service = hear(cold->service, e, src_is_lo);
	return (struct tunnel_outer){
		.token = token_of(t, idx),
		.confirmed = (cold->service & SAID_CONFIRMED) != 0,
		.given_up = (cold->service & SAID_GIVEN_UP) != 0,
	};
}

uint64_t
tunnels_pair(struct tunnels *t, const struct nt_addr *src, const struct nt_addr *dst, uint8_t proto,
	const struct nt_packet_meta *at)
{
	const struct nt_packet p = { .src = *src, .dst = *dst, .proto = proto };
	struct nt_flow_key key;
	nt_flow_key_of(&key, &p);
	const uint64_t hash = nt_flow_hash(t->flows, &key);
	uint32_t idx = nt_flow_find(t->flows, &key, hash);
	if (idx != NT_FLOW_NONE && is_over(t, idx, at->clock_ns)) {
		forget(t, idx);
		idx = NT_FLOW_NONE;
	}
	if (idx == NT_FLOW_NONE) {
		idx = insert(t, &key, hash, at->clock_ns);
		nt_flow_cold_at(t->flows, idx)->first_position = at->position;
	}
	nt_flow_at(t->flows, idx)->deadline_ns = at->clock_ns + PAIR_TIMEOUT_NS;
	if (nt_flow_scheduled_ns(t->flows, idx) == INT64_MAX)
		nt_flow_schedule(t->flows, idx, at->clock_ns + PAIR_TIMEOUT_NS);
	return token_of(t, idx);
}

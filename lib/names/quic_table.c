/* SPDX-License-Identifier: BSD-3-Clause */
#include <nt_mem.h>

#include "quic_table.h"

#define CONNECTIONS_MAX (UINT32_C(1) << 20) /* 16 GiB */

static size_t
conns_bytes(const struct quic_table *t)
{
	return ((size_t)t->mask + 1) * sizeof(*t->conns);
}

static size_t
buckets_bytes(const struct quic_table *t)
{
	return ((size_t)t->mask + 1) * sizeof(*t->buckets);
}

int
quic_table_init(struct quic_table *t, uint32_t connections, const struct nt_hash_key *key)
{
	if (connections == 0 || connections > CONNECTIONS_MAX)
		return -EINVAL;
	t->mask = connections == 1 ? 0 : (UINT32_C(1) << (32 - __builtin_clz(connections - 1))) - 1;
	t->key = *key;
	t->conns = nt_mem_map(conns_bytes(t));
	t->buckets = nt_mem_map(buckets_bytes(t));
	if (t->conns == NULL || t->buckets == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i <= t->mask; i++) {
		t->buckets[i] = QUIC_NONE;
		t->conns[i].next = i < t->mask ? i + 1 : QUIC_NONE;
	}
	t->free = 0;
	t->oldest = t->youngest = QUIC_NONE;
	return 0;
}

void
quic_table_fini(struct quic_table *t)
{
	nt_mem_unmap(t->conns, conns_bytes(t));
	nt_mem_unmap(t->buckets, buckets_bytes(t));
}

static uint32_t
bucket_of(const struct quic_table *t, uint64_t flow)
{
	return (uint32_t)nt_hash_words(&t->key, &flow, 1) & t->mask;
}

struct quic_conn *
quic_table_find(const struct quic_table *t, uint64_t flow)
{
	/* Ends: as many as there are connections. */
	for (uint32_t i = t->buckets[bucket_of(t, flow)]; i != QUIC_NONE; i = t->conns[i].next) {
		if (t->conns[i].flow == flow)
			return &t->conns[i];
	}
	return NULL;
}

static void
age_unlink(struct quic_table *t, struct quic_conn *c)
{
	*(c->older != QUIC_NONE ? &t->conns[c->older].younger : &t->oldest) = c->younger;
	*(c->younger != QUIC_NONE ? &t->conns[c->younger].older : &t->youngest) = c->older;
}

void
quic_table_remove(struct quic_table *t, struct quic_conn *c)
{
	const uint32_t idx = (uint32_t)(c - t->conns);
	uint32_t *link = &t->buckets[c->bucket];

	while (*link != idx)
		link = &t->conns[*link].next;
	*link = c->next;
	age_unlink(t, c);
	c->next = t->free;
	t->free = idx;
}

struct quic_conn *
quic_table_add(struct quic_table *t, uint64_t flow)
{
	if (t->free == QUIC_NONE) {
		quic_table_remove(t, &t->conns[t->oldest]);
		t->evicted++;
	}
	const uint32_t idx = t->free;
	struct quic_conn *c = &t->conns[idx];

	t->free = c->next;
	c->flow = flow;
	c->bucket = bucket_of(t, flow);
	c->next = t->buckets[c->bucket];
	t->buckets[c->bucket] = idx;
	c->older = t->youngest;
	c->younger = QUIC_NONE;
	*(t->youngest != QUIC_NONE ? &t->conns[t->youngest].younger : &t->oldest) = idx;
	t->youngest = idx;

	c->datagrams = 0;
	c->has_keys = false;
	quic_crypto_reset(&c->crypto);
	return c;
}

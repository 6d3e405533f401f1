/* SPDX-License-Identifier: BSD-3-Clause */
#include <nt_fault.h>
#include <nt_mem.h>

#include "quic_table.h"

#define CONNECTIONS_MAX (UINT32_C(1) << 20) /* 16 GiB */

static size_t
buckets_bytes(uint32_t mask)
{
	return ((size_t)mask + 1) * sizeof(uint32_t);
}

/* A power of two of connections. */
static uint32_t
mask_for(uint32_t connections)
{
	return connections == 1 ? 0 : (UINT32_C(1) << (32 - __builtin_clz(connections - 1))) - 1;
}

size_t
quic_table_bytes(uint32_t connections)
{
	const uint32_t mask = mask_for(connections);

	return nt_pool_needs(sizeof(struct quic_conn), mask + 1) +
	       nt_mem_mapped(buckets_bytes(mask));
}

int
quic_table_init(struct quic_table *t, uint32_t connections, const struct nt_hash_key *key)
{
	if (connections == 0 || connections > CONNECTIONS_MAX)
		return -EINVAL;
	t->mask = mask_for(connections);
	t->key = *key;
	const int err = nt_pool_init(&t->conns, sizeof(struct quic_conn), t->mask + 1);
	if (err != 0)
		return err;
	t->buckets = nt_mem_map(buckets_bytes(t->mask));
	if (t->buckets == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i <= t->mask; i++)
		t->buckets[i] = QUIC_NONE;
	t->oldest = t->youngest = QUIC_NONE;
	return 0;
}

void
quic_table_fini(struct quic_table *t)
{
	nt_pool_fini(&t->conns);
	nt_mem_unmap(t->buckets, buckets_bytes(t->mask));
}

static struct quic_conn *
conn_at(const struct quic_table *t, uint32_t i)
{
	return nt_pool_at(&t->conns, i);
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
	for (uint32_t i = t->buckets[bucket_of(t, flow)]; i != QUIC_NONE; i = conn_at(t, i)->next) {
		if (conn_at(t, i)->flow == flow)
			return conn_at(t, i);
	}
	return NULL;
}

static void
age_unlink(struct quic_table *t, struct quic_conn *c)
{
	*(c->older != QUIC_NONE ? &conn_at(t, c->older)->younger : &t->oldest) = c->younger;
	*(c->younger != QUIC_NONE ? &conn_at(t, c->younger)->older : &t->youngest) = c->older;
}

void
quic_table_remove(struct quic_table *t, struct quic_conn *c)
{
	const uint32_t idx = nt_pool_id(&t->conns, c);
	uint32_t *link = &t->buckets[c->bucket];

	while (*link != idx)
		link = &conn_at(t, *link)->next;
	*link = c->next;
	age_unlink(t, c);
	nt_pool_give(&t->conns, idx);
}

struct quic_conn *
quic_table_add(struct quic_table *t, uint64_t flow)
{
	if (t->oldest != QUIC_NONE && nt_fault(NT_FAULT_QUIC_SLOT)) {
		quic_table_remove(t, conn_at(t, t->oldest));
		t->evicted++;
	}
	uint32_t idx = nt_pool_take(&t->conns);

	if (idx == QUIC_NONE) {
		quic_table_remove(t, conn_at(t, t->oldest));
		t->evicted++;
		idx = nt_pool_take(&t->conns);
	}
	struct quic_conn *c = conn_at(t, idx);

	c->flow = flow;
	c->bucket = bucket_of(t, flow);
	c->next = t->buckets[c->bucket];
	t->buckets[c->bucket] = idx;
	c->older = t->youngest;
	c->younger = QUIC_NONE;
	*(t->youngest != QUIC_NONE ? &conn_at(t, t->youngest)->younger : &t->oldest) = idx;
	t->youngest = idx;

	c->datagrams = 0;
	c->has_keys = false;
	quic_crypto_reset(&c->crypto);
	return c;
}

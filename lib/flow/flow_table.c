/* SPDX-License-Identifier: BSD-3-Clause */
#include <nt_mem.h>

#include "flow_table_priv.h"

#define MAX_FLOWS_LIMIT (UINT32_C(1) << 31)

/* See the derivation above struct nt_flow_bucket. */
static uint32_t
buckets_chosen(uint32_t max_flows)
{
	return (max_flows + NT_FLOW_FLOWS_PER_BUCKET - 1) / NT_FLOW_FLOWS_PER_BUCKET;
}

static uint32_t
overflow_for(uint32_t max_flows)
{
	return NT_MIN((max_flows - 1) / NT_FLOW_BUCKET_SLOTS,
		max_flows / NT_FLOW_FLOWS_PER_OVERFLOW + NT_FLOW_OVERFLOW_LEAST);
}

static size_t
buckets_bytes(uint32_t max_flows)
{
	return (buckets_chosen(max_flows) + (size_t)overflow_for(max_flows)) *
	       sizeof(struct nt_flow_bucket);
}

size_t
nt_flow_table_bytes(uint32_t max_flows)
{
	return nt_mem_mapped(sizeof(struct nt_flow_table)) +
	       nt_mem_mapped(buckets_bytes(max_flows)) +
	       nt_mem_mapped(max_flows * sizeof(struct nt_flow)) +
	       nt_mem_mapped(max_flows * sizeof(struct nt_flow_cold));
}

static bool
table_map(struct nt_flow_table *t, uint32_t max_flows)
{
	t->max_flows = max_flows;
	t->limit = max_flows;
	t->buckets = nt_mem_map(buckets_bytes(max_flows));
	if (t->buckets == NULL)
		return false;
	t->hot = nt_mem_map(max_flows * sizeof(*t->hot));
	if (t->hot == NULL)
		return false;
	t->cold = nt_mem_map(max_flows * sizeof(*t->cold));
	return t->cold != NULL;
}

struct nt_flow_table *
nt_flow_table_new(uint32_t max_flows, const struct nt_hash_key *key)
{
	if (max_flows < 2 || max_flows > MAX_FLOWS_LIMIT) {
		errno = EINVAL;
		return NULL;
	}
	struct nt_flow_table *t = nt_mem_map(sizeof(*t));
	if (t == NULL)
		return NULL;
	if (!table_map(t, max_flows)) {
		const int err = errno;

		nt_flow_table_free(t);
		errno = err;
		return NULL;
	}
	t->hash_key = *key;
	t->chosen = buckets_chosen(max_flows);
	t->bucket_fresh = t->chosen;
	t->bucket_end = t->chosen + overflow_for(max_flows);
	t->in_the_way = NT_FLOW_NONE;
	t->entry_free = NT_FLOW_NONE;
	t->sifted = NT_FLOW_NONE;
	t->young = (struct nt_flow_list){ NT_FLOW_NONE, NT_FLOW_NONE };
	for (unsigned int i = 0; i < NT_FLOW_LISTS; i++)
		t->lists[i] = (struct nt_flow_list){ NT_FLOW_NONE, NT_FLOW_NONE };
	t->asked_ns = INT64_MIN;
	t->soon_ns = INT64_MAX;
	t->overdue_ns = INT64_MAX;
	return t;
}

void
nt_flow_table_free(struct nt_flow_table *t)
{
	if (t == NULL)
		return;
	nt_mem_unmap(t->cold, t->max_flows * sizeof(*t->cold));
	nt_mem_unmap(t->hot, t->max_flows * sizeof(*t->hot));
	nt_mem_unmap(t->buckets, buckets_bytes(t->max_flows));
	nt_mem_unmap(t, sizeof(*t));
}

void
nt_flow_table_set_limit(struct nt_flow_table *t, uint32_t max_flows)
{
	t->limit = NT_MIN(max_flows, t->max_flows);
}

/* Given back last, used first: its lines are the likeliest to be in the cache. */
static uint32_t
entry_take(struct nt_flow_table *t)
{
	uint32_t idx = t->entry_free;

	if (nt_unlikely(t->live + t->ended >= t->limit))
		return NT_FLOW_NONE;
	if (idx != NT_FLOW_NONE)
		t->entry_free = t->cold[idx].wheel_next;
	else
		idx = t->entry_fresh++;
	nt_flow_prefetch_insert(t);
	return idx;
}

static void
entry_give(struct nt_flow_table *t, uint32_t idx)
{
	t->cold[idx].wheel_slot = NT_FLOW_LIST_NONE;
	t->cold[idx].wheel_next = t->entry_free;
	t->entry_free = idx;
}

static void
young_append(struct nt_flow_table *t, uint32_t idx)
{
	struct nt_flow_cold *c = &t->cold[idx];

	c->young_prev = t->young.tail;
	c->young_next = NT_FLOW_NONE;
	if (t->young.tail != NT_FLOW_NONE)
		t->cold[t->young.tail].young_next = idx;
	else
		t->young.head = idx;
	t->young.tail = idx;
	t->unsifted++;
}

uint32_t
nt_flow_insert(struct nt_flow_table *t, const struct nt_flow_key *key, uint64_t hash)
{
	const uint32_t idx = entry_take(t);

	if (idx == NT_FLOW_NONE)
		return NT_FLOW_NONE;
	if (nt_unlikely(!nt_flow_bucket_put(t, idx, hash))) {
		entry_give(t, idx);
		return NT_FLOW_NONE;
	}
	t->hot[idx] = (struct nt_flow){ .key = *key };
	t->cold[idx] = (struct nt_flow_cold){
		.pins = NT_FLOW_NONE, .extra = NT_FLOW_NONE, .link = NT_FLOW_NONE
	};
	nt_flow_list_append(t, NT_FLOW_LIST_IDLE, idx);
	young_append(t, idx);
	t->live++;
	return idx;
}

void
nt_flow_unlink(struct nt_flow_table *t, uint32_t idx)
{
	nt_flow_unlink_hashed(t, idx, nt_flow_hash(t, &t->hot[idx].key));
}

void
nt_flow_unlink_hashed(struct nt_flow_table *t, uint32_t idx, uint64_t hash)
{
	const uint32_t next = t->cold[idx].wheel_next;

	assert(t->cold[idx].wheel_slot != NT_FLOW_LIST_ENDED);
	if (next != NT_FLOW_NONE)
		nt_flow_prefetch(t, next); /* a flood's next victim */
	nt_flow_bucket_remove(t, idx, hash);
	nt_flow_list_move(t, NT_FLOW_LIST_ENDED, idx);
	t->in_the_way = NT_FLOW_NONE;
	t->live--;
	t->ended++;
	t->unlinks++;
}

uint32_t
nt_flow_ended(const struct nt_flow_table *t)
{
	return t->lists[NT_FLOW_LIST_ENDED].head;
}

uint32_t
nt_flow_ended_next(const struct nt_flow_table *t, uint32_t idx)
{
	assert(t->cold[idx].wheel_slot == NT_FLOW_LIST_ENDED);
	return t->cold[idx].wheel_next;
}

void
nt_flow_release(struct nt_flow_table *t, uint32_t idx)
{
	assert(t->cold[idx].wheel_slot == NT_FLOW_LIST_ENDED);
	nt_flow_list_remove(t, idx);
	nt_flow_young_remove(t, idx);
	entry_give(t, idx);
	t->ended--;
}

uint32_t
nt_flow_young(const struct nt_flow_table *t)
{
	return t->young.head;
}

uint32_t
nt_flow_young_next(const struct nt_flow_table *t, uint32_t idx)
{
	return t->cold[idx].young_next;
}

void
nt_flow_young_remove(struct nt_flow_table *t, uint32_t idx)
{
	struct nt_flow_cold *c = &t->cold[idx];

	if (c->young_prev == NT_FLOW_NONE && t->young.head != idx)
		return;
	if (nt_unlikely(t->sifted == idx))
		t->sifted = c->young_prev;
	t->unsifted -= !c->sifted;
	if (c->young_prev != NT_FLOW_NONE)
		t->cold[c->young_prev].young_next = c->young_next;
	else
		t->young.head = c->young_next;
	if (c->young_next != NT_FLOW_NONE)
		t->cold[c->young_next].young_prev = c->young_prev;
	else
		t->young.tail = c->young_prev;
	c->young_prev = NT_FLOW_NONE;
	c->young_next = NT_FLOW_NONE;
}

uint32_t
nt_flow_sift(struct nt_flow_table *t)
{
	const uint32_t last = t->sifted;
	const uint32_t idx = last != NT_FLOW_NONE ? t->cold[last].young_next : t->young.head;

	if (t->unsifted <= t->limit / NT_FLOW_SIFT_SHARE || t->in_the_way != NT_FLOW_NONE)
		return NT_FLOW_NONE;
	t->sifted = idx;
	t->cold[idx].sifted = true;
	t->unsifted--;
	nt_prefetch(&t->cold[idx].young_next);
	return idx;
}

bool
nt_flow_is_live(const struct nt_flow_table *t, uint32_t idx)
{
	return t->cold[idx].wheel_slot != NT_FLOW_LIST_ENDED;
}

uint32_t
nt_flow_any(struct nt_flow_table *t)
{
	const uint32_t idx = nt_flow_victim(t);

	return idx != NT_FLOW_NONE ? idx : t->lists[NT_FLOW_LIST_IDLE].head;
}

void
nt_flow_table_stats(const struct nt_flow_table *t, struct nt_flow_table_stats *ret)
{
	ret->live = t->live;
	ret->ended = t->ended;
	ret->longest = t->longest;
	ret->crowded = t->crowded;
	ret->bytes = sizeof(*t) + buckets_bytes(t->max_flows) +
		     t->max_flows * (sizeof(*t->hot) + sizeof(*t->cold));
}

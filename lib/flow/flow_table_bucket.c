/* SPDX-License-Identifier: BSD-3-Clause */
#include "flow_table_priv.h"

/* Slots in use: they come first, so the first empty one tells. */
static unsigned int
bucket_used(const struct nt_flow_bucket *b)
{
	const unsigned int empty = nt_flow_bucket_match(b, 0);

	return empty != 0 ? (unsigned int)__builtin_ctz(empty) : NT_FLOW_BUCKET_SLOTS;
}

/* 0: there is none left. */
static uint32_t
overflow_take(struct nt_flow_table *t)
{
	const uint32_t at = t->bucket_free;

	if (at == 0)
		return t->bucket_fresh < t->bucket_end ? t->bucket_fresh++ : 0;
	t->bucket_free = t->buckets[at].next;
	t->buckets[at].next = 0;
	return at;
}

bool
nt_flow_bucket_put(struct nt_flow_table *t, uint32_t idx, uint64_t hash)
{
	struct nt_flow_bucket *b = &t->buckets[nt_flow_bucket_of(t, hash)];
	uint32_t length = 1;

	for (; b->next != 0; b = &t->buckets[b->next])
		length++;
	unsigned int slot = bucket_used(b);
	if (slot == NT_FLOW_BUCKET_SLOTS) {
		b->next = overflow_take(t);
		if (nt_unlikely(b->next == 0)) {
			t->in_the_way = b->idx[0];
			t->crowded++;
			return false;
		}
		b = &t->buckets[b->next];
		slot = 0;
		length++;
	}
	b->sig[slot] = nt_flow_signature(hash);
	b->idx[slot] = idx;
	t->longest = NT_MAX(t->longest, length);
	return true;
}

/* The slot of idx in this bucket, or NT_FLOW_BUCKET_SLOTS. */
static unsigned int
bucket_slot(const struct nt_flow_bucket *b, uint32_t idx, uint16_t sig)
{
	for (unsigned int mask = nt_flow_bucket_match(b, sig); mask != 0; mask &= mask - 1) {
		const unsigned int slot = (unsigned int)__builtin_ctz(mask);

		if (b->idx[slot] == idx)
			return slot;
	}
	return NT_FLOW_BUCKET_SLOTS;
}

void
nt_flow_bucket_remove(struct nt_flow_table *t, uint32_t idx, uint64_t hash)
{
	const uint16_t sig = nt_flow_signature(hash);
	struct nt_flow_bucket *b = &t->buckets[nt_flow_bucket_of(t, hash)];
	struct nt_flow_bucket *before = NULL;
	unsigned int slot;

	while ((slot = bucket_slot(b, idx, sig)) == NT_FLOW_BUCKET_SLOTS) {
		assert(b->next != 0);
		before = b;
		b = &t->buckets[b->next];
	}

	struct nt_flow_bucket *last = b;
	for (; last->next != 0; last = &t->buckets[last->next])
		before = last;
	const unsigned int end = bucket_used(last) - 1;
	b->sig[slot] = last->sig[end];
	b->idx[slot] = last->idx[end];
	last->sig[end] = 0;

	if (end == 0 && before != NULL) {
		last->next = t->bucket_free;
		t->bucket_free = before->next;
		before->next = 0;
	}
}

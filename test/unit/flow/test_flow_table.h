/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TEST_FLOW_TABLE_H
#define TEST_FLOW_TABLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <nt_flow_table.h>

/* Some capture's time: the wheel must not care where clocks start. */
#define EPOCH_NS (INT64_C(1700000000) * NT_NS_PER_SEC + 250000000)

static inline struct nt_flow_table *
table_new(uint32_t max_flows)
{
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_flow_table *t = nt_flow_table_new(max_flows, &key);

	assert_non_null(t);
	return t;
}

static inline struct nt_flow_key
key_number(uint32_t n)
{
	struct nt_flow_key key = {
		.lo_addr = { 10 },
		.hi_addr = { 192, 0, 2, 1 },
		.lo_port = 53,
		.hi_port = 443,
		.proto = 6,
		.family = NT_FAMILY_IPV4,
	};

	memcpy(key.lo_addr, &n, sizeof(n));
	return key;
}

static inline uint32_t
insert_key(struct nt_flow_table *t, const struct nt_flow_key *key)
{
	return nt_flow_insert(t, key, nt_flow_hash(t, key));
}

static inline uint32_t
find_key(const struct nt_flow_table *t, const struct nt_flow_key *key)
{
	struct nt_flow_lookup l = { .key = *key };

	nt_flow_hash_burst(t, &l, 1);
	assert_true(l.hash == nt_flow_hash(t, key));
	const uint32_t likely = nt_flow_prefetch_entry(t, l.hash);
	const uint32_t found = nt_flow_find(t, key, l.hash);
	if (likely != NT_FLOW_NONE && nt_flow_key_equal(&nt_flow_at(t, likely)->key, key))
		assert_int_equal(likely, found);
	return found;
}

static inline uint32_t
insert_number(struct nt_flow_table *t, uint32_t n)
{
	const struct nt_flow_key key = key_number(n);

	return insert_key(t, &key);
}

static inline uint32_t
find_number(const struct nt_flow_table *t, uint32_t n)
{
	const struct nt_flow_key key = key_number(n);

	return find_key(t, &key);
}

static inline struct nt_flow_table_stats
stats_of(const struct nt_flow_table *t)
{
	struct nt_flow_table_stats stats;

	nt_flow_table_stats(t, &stats);
	return stats;
}

static inline void
end_flow(struct nt_flow_table *t, uint32_t idx)
{
	nt_flow_unlink(t, idx);
	nt_flow_release(t, idx);
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/* Short ways to say what was told when, for tests one can read. Times in seconds. */
#ifndef CACHE_FIXTURE_H
#define CACHE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include <nt_name_cache.h>

#define T0 1000000 /* all times are after this */

static inline struct nt_name_cache_config
small_config(void)
{
	return (struct nt_name_cache_config){
		.max_mappings = 1000,
		.max_addresses = 1000,
		.max_names = 1000,
		.max_name_bytes = 65536,
		.max_mappings_per_address = 1000,
		.max_per_record = 3,
		.pin_after_ns = NT_SEC(60),
		.reuse_after_ns = INT64_MAX,
		.stale_for_ns = NT_SEC(600),
		.hold_ns = NT_SEC(300),
	};
}

static inline struct nt_name_cache *
cache_with(const struct nt_name_cache_config *cfg)
{
	struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_name_cache *c = nt_name_cache_new(cfg, &key);

	assert_non_null(c);
	return c;
}

static inline struct nt_addr
address(uint32_t n)
{
	uint8_t b[4] = { 203, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

	return nt_addr_v4(b);
}

/* Client 0 is nobody. */
static inline struct nt_addr
client(uint32_t n)
{
	uint8_t b[4] = { 10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

	return n ? nt_addr_v4(b) : (struct nt_addr){ 0 };
}

/* At this position and second. */
static inline enum nt_name_added
tell_as(struct nt_name_cache *c, enum nt_source source, uint64_t position, int64_t sec,
	uint32_t addr, uint32_t to, const char *name, int64_t ttl_sec)
{
	struct nt_mapping m = { .addr = address(addr),
		.client = client(to),
		.position = position,
		.seen_ns = NT_SEC(T0 + sec),
		.expires_ns = NT_SEC(T0 + sec + ttl_sec),
		.source = (uint8_t)source,
		.name_len = (uint16_t)strlen(name),
		.name = name };

	return nt_name_cache_add(c, &m);
}

static inline enum nt_name_added
tell(struct nt_name_cache *c, uint64_t position, int64_t sec, uint32_t addr, uint32_t to,
	const char *name, int64_t ttl_sec)
{
	return tell_as(c, NT_SOURCE_DNS_A, position, sec, addr, to, name, ttl_sec);
}

static inline struct nt_name_query
conn(uint32_t addr, uint32_t from, uint64_t start, int64_t start_sec, uint64_t end, int64_t end_sec)
{
	/* Tests have two queries at a time at most. */
	static struct nt_addr clients[4];
	static unsigned int next;
	struct nt_addr *one = &clients[next++ % 4];

	*one = client(from);
	return (struct nt_name_query){ .addr = address(addr),
		.clients = one,
		.client_count = 1,
		.start_position = start,
		.end_position = end,
		.start_clock_ns = NT_SEC(T0 + start_sec),
		.end_clock_ns = NT_SEC(T0 + end_sec) };
}

/* "match name name ... [+]", "none" */
static inline void
expect_result(const struct nt_name_cache *c, const struct nt_name_result *r, const char *want)
{
	char got[512] = "none";
	int n;

	if (r->match != NT_MATCH_NONE) {
		n = snprintf(got, sizeof(got), "%s", nt_match_label(r->match));
		for (unsigned int i = 0; i < r->count; i++) {
			uint16_t len;
			const char *text = nt_name_text(c, r->names[i], &len);

			n += snprintf(got + n, sizeof(got) - (size_t)n, " %.*s", len, text);
		}
		snprintf(got + n, sizeof(got) - (size_t)n, "%s", r->more ? " +" : "");
	}
	assert_string_equal(got, want);
}

static inline void
expect_names(struct nt_name_cache *c, struct nt_name_query q, bool final, const char *want)
{
	struct nt_name_result r;
	bool found = nt_name_cache_lookup(c, &q, final, &r);

	assert_int_equal(found, r.count > 0);
	expect_result(c, &r, want);
}

/* With this name preferred. */
static inline void
expect_preferred(struct nt_name_cache *c, struct nt_name_query q, bool final, const char *name,
	const char *want)
{
	struct nt_name_result r, first;

	nt_name_cache_lookup(c, &q, final, &r);
	if (nt_name_cache_lookup_name(c, &q, name, (uint16_t)strlen(name), final, &first))
		nt_name_result_prefer(&r, &first, 3);
	expect_result(c, &r, want);
}

/* "203.0.0.1 203.0.0.2 [+]", the last byte only: "1 2 +" */
static inline void
expect_addrs(struct nt_name_cache *c, struct nt_name_query q, const char *name, const char *want)
{
	struct nt_name_addrs r;
	char got[128] = "none";
	bool found = nt_name_cache_addrs(c, &q, name, (uint16_t)strlen(name), &r);
	int n = 0;

	assert_int_equal(found, r.count > 0);
	for (unsigned int i = 0; i < r.count; i++)
		n += snprintf(got + n, sizeof(got) - (size_t)n, "%s%u", i ? " " : "",
			r.addrs[i].bytes[3]);
	snprintf(got + (n ? n : 4), 8, "%s", r.more ? " +" : "");
	assert_string_equal(got, want);
}

static inline struct nt_name_cache_stats
stats_of(const struct nt_name_cache *c)
{
	struct nt_name_cache_stats s;

	nt_name_cache_stats(c, &s);
	return s;
}

#endif

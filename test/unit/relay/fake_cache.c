/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "fake_cache.h"

uint64_t
test_mapping_digest(uint64_t position, uint16_t index)
{
	uint64_t z = (position << 8) + index + UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	return z ^ (z >> 27);
}

struct nt_mapping
test_mapping(uint64_t position, uint16_t index, char name[NT_MAPPING_NAME_MAX])
{
	const uint64_t d = test_mapping_digest(position, index);
	const uint16_t len = (uint16_t)(1 + d % NT_MAPPING_NAME_MAX);
	uint8_t bytes[16];
	for (unsigned int i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(d >> (i % 8 * 8));
	memset(name, (char)('a' + d % 26), len);
	return (struct nt_mapping){
		.addr = d % 2 != 0 ? nt_addr_v4(bytes) : nt_addr_v6(bytes),
		.client = nt_addr_v4(bytes + 4),
		.position = position,
		.seen_ns = (int64_t)position * 1000,
		.expires_ns = (int64_t)position * 1000 + (int64_t)(d % 1000),
		.index = index,
		.source = (uint8_t)(1 + d % (NT_SOURCES - 1)),
		.flags = d % 3 == 0 ? NT_MAPPING_UNSOLICITED : 0,
		.name_len = len,
		.name = name,
	};
}

bool
test_mapping_is_sound(const struct nt_mapping *m)
{
	char name[NT_MAPPING_NAME_MAX];
	const struct nt_mapping want = test_mapping(m->position, m->index, name);
	return nt_addr_equal(&m->addr, &want.addr) && nt_addr_equal(&m->client, &want.client) &&
	       m->seen_ns == want.seen_ns && m->expires_ns == want.expires_ns &&
	       m->source == want.source && m->flags == want.flags && m->name_len == want.name_len &&
	       memcmp(m->name, name, m->name_len) == 0;
}

static void
look_ahead(void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s, unsigned int n)
{
	struct fake_cache *f = arg;
	f->ahead_amiss += n == 0 || n > NT_RELAY_WINDOW;
	for (unsigned int i = 0; i < n; i++)
		s[i].words[0] = test_mapping_digest(m[i].position, m[i].index);
}

static void
take(struct fake_cache *f, const struct nt_mapping *m)
{
	if (f->count != 0 &&
		(m->position < f->position || (m->position == f->position && m->index <= f->index)))
		f->out_of_order++;
	f->damaged += !test_mapping_is_sound(m);
	f->sum += test_mapping_digest(m->position, m->index);
	if (f->count < FAKE_CACHE_KEPT)
		f->kept[f->count] = m->position;
	f->count++;
	f->position = m->position;
	f->index = m->index;
}

static enum nt_name_added
take_mapping(void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s)
{
	struct fake_cache *f = arg;
	f->ahead_amiss += s->words[0] != test_mapping_digest(m->position, m->index);
	s->words[0] = 0; /* it stands for one mapping only */
	take(f, m);
	return f->answer;
}

static void
take_fact(void *arg, enum nt_fact kind, const struct nt_mapping *m)
{
	struct fake_cache *f = arg;
	f->facts[kind]++;
	take(f, m);
	f->count--;
}

struct nt_relay_taker
fake_taker(struct fake_cache *f)
{
	return (struct nt_relay_taker){
		.mapping = take_mapping, .ahead = look_ahead, .fact = take_fact, .arg = f
	};
}

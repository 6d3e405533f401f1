/* SPDX-License-Identifier: BSD-3-Clause */
#include "suppress.h"

#include <stdlib.h>
#include <string.h>

#include <nt_mem.h>

/* A period; they lie in a ring in the order of their beginnings. */
struct period {
	struct suppressed s;
	uint32_t next; /* in its bucket's chain */
};

struct suppress {
	struct nt_hash_key key;
	struct period *ring;
	uint32_t *buckets; /* a ring's index plus 1; 0: empty */
	uint32_t max, count, oldest, bucket_mask;
	int64_t for_ns; /* in effect, on its way to wanted_ns */
	int64_t wanted_ns;
	uint64_t forgotten;
};

static uint32_t
buckets_for(uint32_t max)
{
	uint32_t n = 1;
	while (n < max)
		n *= 2;
	return n;
}

size_t
suppress_bytes(uint32_t max)
{
	return sizeof(struct suppress) + nt_mem_mapped((size_t)max * sizeof(struct period)) +
	       nt_mem_mapped((size_t)buckets_for(max) * sizeof(uint32_t));
}

struct suppress *
suppress_new(uint32_t max, int64_t for_ns, const struct nt_hash_key *key)
{
	struct suppress *s;
	if (max < 1 || max > 1u << 24) {
		errno = EINVAL;
		return NULL;
	}
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return NULL;
	const uint32_t buckets = buckets_for(max);
	s->key = *key;
	s->max = max;
	s->for_ns = s->wanted_ns = for_ns;
	s->bucket_mask = buckets - 1;
	s->ring = nt_mem_map((size_t)max * sizeof(*s->ring));
	s->buckets = nt_mem_map((size_t)buckets * sizeof(*s->buckets));
	if (s->ring == NULL || s->buckets == NULL) {
		suppress_free(s);
		errno = ENOMEM;
		return NULL;
	}
	return s;
}

void
suppress_free(struct suppress *s)
{
	if (s == NULL)
		return;
	if (s->ring != NULL)
		nt_mem_unmap(s->ring, (size_t)s->max * sizeof(*s->ring));
	if (s->buckets != NULL)
		nt_mem_unmap(s->buckets, ((size_t)s->bucket_mask + 1) * sizeof(*s->buckets));
	free(s);
}

void
suppress_set_time(struct suppress *s, int64_t for_ns)
{
	s->wanted_ns = for_ns;
	s->for_ns = NT_MAX(s->for_ns, for_ns);
}

/* Where the number of the chain's first one stands. */
static uint32_t *
bucket_of(const struct suppress *s, const struct suppress_key *key)
{
	uint64_t words[6] = { 0 };
	memcpy(words, key, sizeof(*key));
	return &s->buckets[nt_hash_words(&s->key, words, NT_ARRAY_SIZE(words)) & s->bucket_mask];
}

static struct period *
find(const struct suppress *s, const struct suppress_key *key)
{
	for (uint32_t i = *bucket_of(s, key); i != 0; i = s->ring[i - 1].next)
		if (memcmp(&s->ring[i - 1].s.key, key, sizeof(*key)) == 0)
			return &s->ring[i - 1];
	return NULL;
}

static void
take_oldest(struct suppress *s, struct suppressed *ret)
{
	const struct period *p = &s->ring[s->oldest];
	uint32_t *link = bucket_of(s, &p->s.key);
	while (*link != s->oldest + 1)
		link = &s->ring[*link - 1].next;
	*link = p->next;
	*ret = p->s;
	s->oldest = s->oldest + 1 == s->max ? 0 : s->oldest + 1;
	s->count--;
}

bool
suppress_over(struct suppress *s, int64_t now_ns, struct suppressed *ret)
{
	if (s->count == 0 || now_ns - s->for_ns < s->ring[s->oldest].s.began_ns)
		return false;
	take_oldest(s, ret);
	return true;
}

bool
suppress_shorten(struct suppress *s, int64_t now_ns, struct suppressed *ret)
{
	if (s->for_ns == s->wanted_ns)
		return false;
	if (s->count == 0 || now_ns - s->wanted_ns < s->ring[s->oldest].s.began_ns) {
		s->for_ns = s->wanted_ns;
		return false;
	}
	take_oldest(s, ret);
	return true;
}

bool
suppress_make_room(struct suppress *s, struct suppressed *ret)
{
	if (s->count < s->max)
		return false;
	take_oldest(s, ret);
	s->forgotten++;
	return true;
}

bool
suppress_tell(struct suppress *s, const struct suppress_key *key, int64_t now_ns, int64_t ts_ns)
{
	struct period *p = find(s, key);
	if (p != NULL) {
		p->s.count++;
		p->s.last_ts_ns = ts_ns;
		return false;
	}
	const uint64_t end = (uint64_t)s->oldest + s->count++;
	const uint32_t at = (uint32_t)(end < s->max ? end : end - s->max);
	uint32_t *bucket = bucket_of(s, key);
	s->ring[at] = (struct period){ .s = { .key = *key, .began_ns = now_ns }, .next = *bucket };
	*bucket = at + 1;
	return true;
}

uint64_t
suppress_forgotten(const struct suppress *s)
{
	return s->forgotten;
}

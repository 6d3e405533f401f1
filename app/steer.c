/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "steer.h"

int
steer_init(struct steer *s, unsigned int workers)
{
	s->workers = workers;
	return nt_hash_key_random(&s->key);
}

static uint64_t
hash_pair(const struct steer *s, const struct nt_addr *a, const struct nt_addr *b)
{
	uint64_t words[4];
	const bool ordered = memcmp(a->bytes, b->bytes, sizeof(a->bytes)) <= 0;
	memcpy(words, ordered ? a->bytes : b->bytes, 16);
	memcpy(words + 2, ordered ? b->bytes : a->bytes, 16);
	return nt_hash_words(&s->key, words, 4);
}

unsigned int
steer_ends(const struct steer *s, const struct nt_addr *src, const struct nt_addr *dst)
{
	if (s->workers == 1 || src->family == NT_FAMILY_NONE)
		return 0;
	const uint64_t h = hash_pair(s, src, dst) >> 32;
	return (unsigned int)(h * s->workers >> 32);
}

unsigned int
steer_by_addresses(const struct steer *s, const uint8_t *data, uint32_t cap_len, int link)
{
	struct nt_packet_ends ends;
	if (!nt_packet_find_ends(&ends, data, cap_len, link))
		return 0;
	return steer_ends(s, &ends.src, &ends.dst);
}

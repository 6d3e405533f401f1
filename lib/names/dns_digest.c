/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <nt_dns.h>

/*
 * Digests tell repeats apart, nothing else: whoever makes two answers collide has his second one
 * taken for a repeat, and dropped, as it would have been for a contradiction. So no key is needed.
 */
#define MULTIPLIER UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / golden ratio, odd */

/* A bijection of 64 bits: nothing is lost before the sums below. */
static inline uint64_t
mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * MULTIPLIER;
	return h ^ h >> 29;
}

/* The last word may overlap the one before: with the length, no two texts are alike. */
static uint64_t
mix_text(uint64_t h, const char *text, size_t len)
{
	uint64_t word = 0;

	h = mix(h, len);
	for (size_t at = 0; at + 8 < len; at += 8) {
		memcpy(&word, text + at, 8);
		h = mix(h, word);
	}
	if (nt_likely(len >= 8))
		memcpy(&word, text + len - 8, 8);
	else
		memcpy(&word, text, len);
	return mix(h, word);
}

static uint64_t
answer_digest(const struct nt_dns_answer *a, uint64_t name)
{
	uint64_t words[2];

	memcpy(words, a->addr.bytes, sizeof(words));
	uint64_t h = mix(name, (uint64_t)a->type << 32 | a->addr.family);
	return mix(mix(h, words[0]), words[1]);
}

/* A sum: a server that rotates the records of a set gives the same answer. */
uint64_t
nt_dns_answers_digest(const struct nt_dns_message *m)
{
	const char *named = m->qname;
	uint64_t name = 0, sum = m->answer_count;

	for (unsigned int i = 0; i < m->answer_count; i++) {
		const struct nt_dns_answer *a = &m->answers[i];

		if (a->name != named)
			name = mix_text(0, a->name, a->name_len);
		named = a->name;
		sum += answer_digest(a, name);
	}
	return sum;
}

uint64_t
nt_dns_question_digest(const struct nt_dns_message *m)
{
	return mix(mix_text((uint64_t)m->qtype << 16 | m->qclass, m->qname, m->qname_len), 0);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <nt_dns.h>

#include "dns_name.h"

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

static uint64_t
mix_text(uint64_t h, const char *text, size_t len)
{
	uint64_t word;

	h = mix(h, len);
	for (; len >= 8; len -= 8, text += 8) {
		memcpy(&word, text, 8);
		h = mix(h, word);
	}
	word = 0;
	memcpy(&word, text, len);
	return mix(h, word);
}

static uint64_t
answer_digest(const struct nt_dns_answer *a, uint64_t name)
{
	uint64_t words[2];

	memcpy(words, a->addr.bytes, sizeof(words));
	uint64_t h = mix(name, (uint64_t)a->type << 32 | a->addr.family);
	return mix(mix(mix(h, words[0]), words[1]), 0);
}

/* A sum: a server that rotates the records of a set gives the same answer. */
uint64_t
nt_dns_answers_digest(const struct nt_dns_message *m)
{
	const char *named = NULL;
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

/* Behind the root's octet, or `len`. No pointer leads anywhere from a message's first name. */
static size_t
first_name_end(const uint8_t *msg, size_t len)
{
	const size_t end = NT_MIN(len, (size_t)DNS_HEADER_BYTES + DNS_NAME_WIRE_MAX);
	size_t at = DNS_HEADER_BYTES;

	while (at < end && msg[at] != 0)
		at += 1u + msg[at];
	return at < end ? at + 1 : len;
}

/* Octets of lengths are below 64, so what is done to letters leaves them as they are. */
uint64_t
nt_dns_question_ahead(const uint8_t *msg, size_t len)
{
	const size_t end = first_name_end(msg, len);
	size_t at = DNS_HEADER_BYTES;
	uint64_t h = 0, word;
	uint32_t type_and_class;

	if (len < sizeof(type_and_class) || end > len - sizeof(type_and_class))
		return 0;
	for (; end - at > 8; at += 8) {
		memcpy(&word, msg + at, 8);
		h = mix(h, dns_lower_bytes(word));
	}
	word = 0;
	memcpy(&word, msg + at, end - at);
	memcpy(&type_and_class, msg + end, sizeof(type_and_class));
	return mix(mix(h, dns_lower_bytes(word)), type_and_class);
}

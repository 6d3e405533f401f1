/* SPDX-License-Identifier: BSD-3-Clause */
#include <netinet/in.h>

#include "uid.h"

#define FLOW_WORDS (sizeof(struct nt_flow_key) / sizeof(uint64_t))

union identity {
	struct {
		struct nt_flow_key flow;
		uint64_t first_position;
	};
	uint64_t words[FLOW_WORDS + 1];
};
static_assert(sizeof(union identity) == sizeof(struct nt_flow_key) + sizeof(uint64_t),
	"no padding in what is hashed");

uint64_t
uid_token(const struct nt_hash_key *key, const struct nt_flow_key *flow, uint64_t first_position)
{
	const union identity in = { .flow = *flow, .first_position = first_position };
	const uint64_t token = nt_hash_words_sip(key, in.words, FLOW_WORDS + 1);
	return token != 0 ? token : 1;
}

/* All 64 bits of it, and 32 that follow from them: 2^64 divided by the golden ratio. */
void
uid_of_token(uint64_t token, uint64_t ret[2])
{
	ret[0] = token;
	ret[1] = token * UINT64_C(0x9e3779b97f4a7c15) >> 32;
}

void
uid_of_connection(const struct nt_hash_key *key, const struct nt_flow_key *flow,
	uint64_t first_position, uint64_t ret[2])
{
	const union identity in = { .flow = *flow, .first_position = first_position };
	if (flow->proto == IPPROTO_UDP)
		uid_of_token(uid_token(key, flow, first_position), ret);
	else
		nt_hash_words_sip128(key, in.words, FLOW_WORDS + 1, ret);
}

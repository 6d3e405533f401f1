/* SPDX-License-Identifier: BSD-3-Clause */
#include <netinet/in.h>

#include "uid.h"

struct identity {
	struct nt_flow_key flow;
	uint64_t first_position;
};
static_assert(sizeof(struct identity) == sizeof(struct nt_flow_key) + sizeof(uint64_t),
	"no padding in what is hashed");

uint64_t
uid_token(const struct nt_hash_key *key, const struct nt_flow_key *flow, uint64_t first_position)
{
	const struct identity in = { .flow = *flow, .first_position = first_position };
	const uint64_t token = nt_siphash64(key, &in, sizeof(in));
	return token != 0 ? token : 1;
}

void
uid_of_token(const struct nt_hash_key *key, uint64_t token, uint64_t ret[2])
{
	nt_siphash128(key, &token, sizeof(token), ret);
}

void
uid_of_connection(const struct nt_hash_key *key, const struct nt_flow_key *flow,
	uint64_t first_position, uint64_t ret[2])
{
	const struct identity in = { .flow = *flow, .first_position = first_position };
	if (flow->proto == IPPROTO_UDP)
		uid_of_token(key, uid_token(key, flow, first_position), ret);
	else
		nt_siphash128(key, &in, sizeof(in), ret);
}

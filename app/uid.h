/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a connection is called in the logs: 128 bits, of which 96 are written, from a keyed hash of
 * its five-tuple and the position of its first packet: the same in every lcore.
 *
 * What can be a tunnel goes by way of a token of 64 bits: a packet that came in a tunnel carries
 * the token of that tunnel, and whoever writes its connection makes the tunnel's uid of it. Two of
 * 2^32 such connections share a token with even odds; others have all 96 bits.
 *
 * SipHash-1-3, which is the same on every machine.
 */
#ifndef UID_H
#define UID_H

#include <nt_flow_key.h>
#include <nt_hash.h>

/* Never 0. */
uint64_t uid_token(
	const struct nt_hash_key *key, const struct nt_flow_key *flow, uint64_t first_position);
void uid_of_token(uint64_t token, uint64_t ret[2]);
void uid_of_connection(const struct nt_hash_key *key, const struct nt_flow_key *flow,
	uint64_t first_position, uint64_t ret[2]);

#endif

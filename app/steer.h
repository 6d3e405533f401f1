/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which worker gets a packet: a symmetric keyed hash of its two addresses only, so that fragments,
 * ICMP errors and all connections of one pair stay together. What has no addresses goes to worker
 * 0.
 */
#ifndef STEER_H
#define STEER_H

#include <nt_hash.h>
#include <nt_packet.h>

struct steer {
	struct nt_hash_key key;
	unsigned int workers;
};

int steer_init(struct steer *s, unsigned int workers);
/* Among several workers. */
unsigned int steer_by_addresses(
	const struct steer *s, const uint8_t *data, uint32_t cap_len, int link);

unsigned int steer_ends(
	const struct steer *s, const struct nt_addr *src, const struct nt_addr *dst);

static inline unsigned int
steer_packet(const struct steer *s, const uint8_t *data, uint32_t cap_len, int link)
{
	return s->workers == 1 ? 0 : steer_by_addresses(s, data, cap_len, link);
}

#endif

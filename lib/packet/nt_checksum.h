/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Internet checksum (RFC 1071), to be verified or made. Sums are of 16-bit words as they lie in
 * memory: their order of bytes does not matter until one is stored. No state, any thread.
 */
#ifndef NT_CHECKSUM_H
#define NT_CHECKSUM_H

#include <nt_addr.h>
#include <nt_base.h>

/* A longer sum: with len bytes more, which begin at an even offset of what is summed up. */
uint64_t nt_checksum_add(uint64_t sum, const void *data, size_t len);
/* With the pseudo header of a transport (RFC 9293 3.1, RFC 8200 8.1), len bytes with its header. */
uint64_t nt_checksum_add_pseudo(uint64_t sum, const struct nt_addr *src, const struct nt_addr *dst,
	uint8_t proto, uint32_t len);

/* In 16 bits; 0xffff where what was summed up has a good checksum in it. */
static inline uint16_t
nt_checksum_fold(uint64_t sum)
{
	sum = (sum & UINT32_MAX) + (sum >> 32);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	return (uint16_t)((sum & UINT16_MAX) + (sum >> 16));
}

/* Of an IPv4 header, whose length it says itself; all of it must be there. */
bool nt_checksum_ipv4_good(const uint8_t *header);
void nt_checksum_ipv4_set(uint8_t *header);

#endif

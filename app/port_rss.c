/* SPDX-License-Identifier: BSD-3-Clause */
#include <sys/random.h>

#include <rte_ethdev.h>

#include "port_rss.h"

#define TYPES_V4       (RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_FRAG_IPV4)
#define TYPES_V6       (RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_FRAG_IPV6 | RTE_ETH_RSS_IPV6_EX)
#define TYPES_OTHER    (RTE_ETH_RSS_NONFRAG_IPV4_OTHER | RTE_ETH_RSS_NONFRAG_IPV6_OTHER)
#define TYPES_OF_PORTS (RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP | RTE_ETH_RSS_SCTP)

int
port_rss_pattern(uint16_t *ret)
{
	uint16_t pattern;
	if (getrandom(&pattern, sizeof(pattern), 0) != (ssize_t)sizeof(pattern))
		return -errno;
	if (__builtin_popcount(pattern) % 2 == 0)
		pattern ^= 1;
	*ret = pattern;
	return 0;
}

void
port_rss_key(uint8_t *key, size_t len, uint16_t pattern)
{
	for (size_t i = 0; i < len; i++)
		key[i] = (uint8_t)(i % 2 == 0 ? pattern >> 8 : pattern);
}

uint64_t
port_rss_types(uint64_t offered, bool *by_ports)
{
	const uint64_t addresses = offered & (TYPES_V4 | TYPES_V6 | TYPES_OTHER);
	*by_ports = false;
	/* "IPv4" means all of it, whatever is inside. */
	if ((addresses & RTE_ETH_RSS_IPV4) != 0 && (addresses & RTE_ETH_RSS_IPV6) != 0)
		return addresses;
	const uint64_t all = addresses | (offered & TYPES_OF_PORTS);
	if ((all & RTE_ETH_RSS_NONFRAG_IPV4_TCP) == 0)
		return 0;
	*by_ports = true;
	return all;
}

uint16_t
port_rss_entry(uint16_t i, uint16_t least, uint16_t queues)
{
	return i % least % queues;
}

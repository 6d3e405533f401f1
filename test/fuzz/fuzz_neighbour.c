/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is an Ethernet frame, read as ARP or neighbour discovery. What must hold of whatever
 * comes out: a host's link address, a usable address unless it is a router, and nothing of what the
 * storage held before.
 */
#include <stdlib.h>
#include <string.h>

#include <nt_neighbour.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nt_neighbour n[2];
	struct nt_packet p;
	bool found[2];

	if (size > 65536)
		return 0;
	nt_packet_decode(&p, data, (uint32_t)size, (uint32_t)size, NT_LINK_ETHERNET);
	for (int i = 0; i < 2; i++) {
		memset(&n[i], i == 0 ? 0x00 : 0xff, sizeof(n[i]));
		found[i] = nt_neighbour_parse(&n[i], &p);
	}
	CHECK(found[0] == found[1]);
	if (!found[0])
		return 0;
	CHECK(memcmp(n[0].mac, n[1].mac, sizeof(n[0].mac)) == 0 && n[0].router == n[1].router);
	CHECK(nt_mac_is_host(n[0].mac));
	CHECK(nt_addr_equal(&n[0].addr, &n[1].addr));
	CHECK(n[0].router || !nt_addr_is_unusable(&n[0].addr));
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "bench_addr.h"

/* Odd factors: different numbers have different keys, as far as the bits go. */
#define LOCAL_FACTOR  UINT32_C(0x9e3779b1)
#define OTHER_FACTOR  UINT32_C(0x85ebca77)
#define SECOND_FACTOR UINT32_C(0xc2b2ae3d)

/* The low bits that may change. 0: a special address. */
static uint32_t
host_mask(const uint8_t a[4], bool *ret_local)
{
	*ret_local =
		a[0] == 10 || (a[0] == 172 && (a[1] & 0xf0) == 16) || (a[0] == 192 && a[1] == 168);
	if (a[0] == 0 || a[0] == 127 || a[0] >= 224 || (a[0] == 169 && a[1] == 254))
		return 0;
	if (a[0] == 192)
		return 0xffff;
	return a[0] == 172 ? 0xfffff : 0xffffff;
}

static void
xor_low(uint8_t *end, uint32_t key)
{
	for (int i = 1; key != 0; key >>= 8)
		end[-i++] ^= (uint8_t)key;
}

void
bench_addr_v4(uint8_t addr[4], uint32_t copy)
{
	bool local;
	const uint32_t mask = host_mask(addr, &local);
	xor_low(addr + 4, copy * (local ? LOCAL_FACTOR : OTHER_FACTOR) & mask);
}

void
bench_addr_v6(uint8_t addr[16], uint32_t copy)
{
	const bool special = addr[0] == 0xff || addr[0] == 0xfe || addr[0] == 0;
	const bool local = (addr[0] & 0xfe) == 0xfc;
	if (special)
		return;
	xor_low(addr + 16, copy * (local ? LOCAL_FACTOR : OTHER_FACTOR));
	xor_low(addr + 12, copy * SECOND_FACTOR);
}

/* Group addresses stay. */
void
bench_addr_mac(uint8_t mac[6], uint32_t copy)
{
	if ((mac[0] & 1) == 0)
		xor_low(mac + 6, copy * LOCAL_FACTOR & 0xffffff);
}

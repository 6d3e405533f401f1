/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns_name.h"

#define V4_ZONE	   ".in-addr.arpa"
#define V6_ZONE	   ".ip6.arpa"
#define V6_NIBBLES 32

/* One to three digits up to 255, no leading zero, before *at or a dot. Returns -1 if it is not. */
static int
decimal_octet(const char *text, size_t len, size_t *at)
{
	size_t start = *at;
	int v = 0;

	while (*at < len && *at - start < 3 && text[*at] >= '0' && text[*at] <= '9')
		v = v * 10 + (text[(*at)++] - '0');
	size_t digits = *at - start;
	return digits == 0 || v > 255 || (digits > 1 && text[start] == '0') ? -1 : v;
}

/* "4.3.2.1" is 1.2.3.4 */
static bool
reverse_v4(const char *text, size_t len, struct nt_addr *ret)
{
	uint8_t bytes[4];
	size_t at = 0;

	for (int i = 3; i >= 0; i--) {
		int v = decimal_octet(text, len, &at);

		if (v < 0)
			return false;
		bytes[i] = (uint8_t)v;
		if (i > 0 && (at >= len || text[at++] != '.'))
			return false;
	}
	if (at != len)
		return false;
	*ret = nt_addr_v4(bytes);
	return true;
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 32 nibbles, the last of the address first, dots between them. */
static bool
reverse_v6(const char *text, size_t len, struct nt_addr *ret)
{
	uint8_t bytes[16] = { 0 };

	if (len != 2 * V6_NIBBLES - 1)
		return false;
	for (unsigned int i = 0; i < V6_NIBBLES; i++) {
		unsigned int place = V6_NIBBLES - 1 - i;
		int v = nibble(text[2 * i]);

		if (v < 0 || (i > 0 && text[2 * i - 1] != '.'))
			return false;
		bytes[place / 2] |= (uint8_t)(place % 2 ? v : v << 4);
	}
	*ret = nt_addr_v6(bytes);
	return true;
}

static bool
ends_with(const char *text, size_t len, const char *zone, size_t zone_len)
{
	return len > zone_len && memcmp(text + len - zone_len, zone, zone_len) == 0;
}

bool
dns_name_reverse(const char *text, size_t len, struct nt_addr *ret)
{
	size_t v4 = sizeof(V4_ZONE) - 1, v6 = sizeof(V6_ZONE) - 1;

	if (ends_with(text, len, V4_ZONE, v4))
		return reverse_v4(text, len - v4, ret);
	if (ends_with(text, len, V6_ZONE, v6))
		return reverse_v6(text, len - v6, ret);
	return false;
}

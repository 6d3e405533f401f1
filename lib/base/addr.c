/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_addr.h"

#include <arpa/inet.h>

static char *
put_octet(char *p, uint8_t v)
{
	if (v >= 100)
		*p++ = (char)('0' + v / 100);
	if (v >= 10)
		*p++ = (char)('0' + v / 10 % 10);
	*p++ = (char)('0' + v % 10);
	return p;
}

static char *
put_ipv4(char *p, const uint8_t b[4])
{
	p = put_octet(p, b[0]);
	for (int i = 1; i < 4; i++) {
		*p++ = '.';
		p = put_octet(p, b[i]);
	}
	return p;
}

/* Without leading zeros; four bytes are written. */
static char *
put_group(char *p, uint32_t v)
{
	const uint32_t bytes = (v | v << 8) & 0x00ff00ff;
	const uint32_t nibbles = __builtin_bswap32((bytes | bytes << 4) & 0x0f0f0f0f);
	const uint32_t letters = (nibbles + 0x06060606) >> 4 & 0x01010101;
	/* bit 24 stands for the last digit, which stays even if it is 0 */
	const unsigned int skip = (unsigned int)__builtin_ctz(nibbles | 1 << 24) / 8;
	const uint32_t text = (nibbles + 0x30303030 + letters * ('a' - '9' - 1)) >> skip * 8;

	memcpy(p, &text, sizeof(text));
	return p + 4 - skip;
}

/* The groups that "::" stands for: the first of the longest runs of two or more (RFC 5952, 4.2). */
struct zero_run {
	int start, len;
};

static struct zero_run
longest_zero_run(const unsigned int groups[8])
{
	unsigned int starts = 0, first = 0;
	int len = 0;

	for (unsigned int i = 0; i < 8; i++)
		starts |= (unsigned int)(groups[i] == 0) << i;
	for (; starts != 0; starts &= starts >> 1, len++) /* of runs longer than len */
		first = starts;
	return len >= 2 ? (struct zero_run){ __builtin_ctz(first), len }
			: (struct zero_run){ -1, 0 };
}

static char *
put_ipv6(char *p, const uint8_t b[16])
{
	unsigned int groups[8];
	struct zero_run run;
	int last;

	for (int i = 0; i < 8; i++)
		groups[i] = (unsigned int)b[2 * i] << 8 | b[2 * i + 1];
	run = longest_zero_run(groups);
	/* IPv4-compatible ones (::192.0.2.1) end in dots, as inet_ntop and so Zeek writes them. */
	last = run.start == 0 && run.len == 6 ? 6 : 8;
	for (int i = 0; i < last; i++) {
		if (i == run.start) {
			*p++ = ':';
			i += run.len - 1;
			if (i == 7)
				*p++ = ':';
			continue;
		}
		if (i > 0)
			*p++ = ':';
		p = put_group(p, groups[i]);
	}
	if (last == 6) {
		*p++ = ':';
		p = put_ipv4(p, b + 12);
	}
	return p;
}

bool
nt_addr_is_mapped(const struct nt_addr *a)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return a->family == NT_FAMILY_IPV6 && memcmp(a->bytes, prefix, sizeof(prefix)) == 0;
}

size_t
nt_addr_format(const struct nt_addr *a, char out[NT_ADDR_STRLEN])
{
	char *p = out;

	if (a->family == NT_FAMILY_IPV4)
		p = put_ipv4(p, a->bytes);
	else if (nt_addr_is_mapped(a))
		p = put_ipv4(p, a->bytes + 12);
	else if (a->family == NT_FAMILY_IPV6)
		p = put_ipv6(p, a->bytes);
	else
		*p++ = '-';
	*p = '\0';
	return (size_t)(p - out);
}

int
nt_addr_parse(const char *text, struct nt_addr *ret)
{
	uint8_t bytes[16];

	if (inet_pton(AF_INET, text, bytes) == 1)
		*ret = nt_addr_v4(bytes);
	else if (inet_pton(AF_INET6, text, bytes) == 1)
		*ret = nt_addr_v6(bytes);
	else
		return -EINVAL;
	return 0;
}

static bool
ipv4_is_unusable(const uint8_t b[4])
{
	/* "This network" and loopback (RFC 1122, 3.2.1.3), multicast, reserved (RFC 1112, 4). */
	return b[0] == 0 || b[0] == 127 || b[0] >= 224;
}

static bool
ipv6_is_unusable(const uint8_t b[16])
{
	static const uint8_t unspecified[16], loopback[16] = { [15] = 1 };

	return b[0] == 0xff || memcmp(b, unspecified, 16) == 0 || memcmp(b, loopback, 16) == 0;
}

bool
nt_addr_is_unusable(const struct nt_addr *a)
{
	if (a->family == NT_FAMILY_IPV4)
		return ipv4_is_unusable(a->bytes);
	/* Mapped addresses are for programs, not for the wire (RFC 4291, 2.5.5.2). */
	return a->family != NT_FAMILY_IPV6 || nt_addr_is_mapped(a) || ipv6_is_unusable(a->bytes);
}

bool
nt_addr_is_multicast(const struct nt_addr *a)
{
	if (a->family == NT_FAMILY_IPV4)
		return (a->bytes[0] & 0xf0) == 0xe0;
	return a->family == NT_FAMILY_IPV6 && a->bytes[0] == 0xff;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_addr.h"

static unsigned int
addr_bits(const struct nt_addr *a)
{
	return a->family == NT_FAMILY_IPV4 ? 32 : 128;
}

/* Decimal digits to the end, at most max; -EINVAL for anything else. */
static int
parse_prefix_len(const char *text, unsigned int max)
{
	unsigned int v = 0;

	if (*text == '\0')
		return -EINVAL;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		v = v * 10 + (unsigned int)(*text - '0');
		if (v > max)
			return -EINVAL;
	}
	return (int)v;
}

static void
clear_host_bits(struct nt_addr *a, unsigned int prefix_len)
{
	unsigned int whole = prefix_len / 8;

	if (whole >= sizeof(a->bytes))
		return;
	a->bytes[whole] &= (uint8_t)(0xff00 >> prefix_len % 8);
	memset(a->bytes + whole + 1, 0, sizeof(a->bytes) - whole - 1);
}

static unsigned int
is_v6(const struct nt_addr *a)
{
	return a->family != NT_FAMILY_IPV4;
}

typedef unsigned __int128 number;

static uint64_t
word(const struct nt_addr *a, size_t at)
{
	uint64_t v;

	memcpy(&v, a->bytes + at, sizeof(v));
	return __builtin_bswap64(v);
}

static number
number_of(const struct nt_addr *a)
{
	return (number)word(a, 0) << 64 | word(a, 8);
}

static number
get(const struct nt_net_bound *b)
{
	return (number)b->high << 64 | b->low;
}

static struct nt_net_bound
bound(number n)
{
	return (struct nt_net_bound){ .high = (uint64_t)(n >> 64), .low = (uint64_t)n };
}

/* Ranges i .. j-1 become one, or a new one where there are none. */
static void
replace(struct nt_net_ranges *r, uint64_t i, uint64_t j, number first, number last)
{
	const uint64_t left = r->count - j, count = i + 1 + left;

	memmove(&r->first[i + 1], &r->first[j], left * sizeof(r->first[0]));
	memmove(&r->last[i + 1], &r->last[j], left * sizeof(r->last[0]));
	r->first[i] = bound(first);
	r->last[i] = bound(last);
	/* Sets of equal ranges are equal byte by byte. */
	for (uint64_t k = count; k < r->count; k++)
		r->first[k] = r->last[k] = bound(0);
	r->count = count;
}

/* Joined with what it overlaps or touches. */
static void
add_range(struct nt_net_ranges *r, number first, number last)
{
	uint64_t i = 0, j;

	while (i < r->count && get(&r->last[i]) < first && first - get(&r->last[i]) > 1)
		i++;
	for (j = i; j < r->count; j++) {
		if (get(&r->first[j]) > last && get(&r->first[j]) - last > 1)
			break;
		first = NT_MIN(first, get(&r->first[j]));
		last = NT_MAX(last, get(&r->last[j]));
	}
	replace(r, i, j, first, last);
}

enum {
	OF_BYTE_NONE, /* as fresh memory is */
	OF_BYTE_ALL,
	OF_BYTE_SOME,
};

/* Ranges do not overlap, and what lies between the bytes of its ends is all of one. */
static void
mark_bytes(struct nt_net_ranges *r, number first, number last)
{
	const unsigned int from = (unsigned int)(first >> 120), to = (unsigned int)(last >> 120);
	const bool whole_from = (first << 8) == 0 && (from < to || (last << 8) == ~(number)0 << 8);
	const bool whole_to = (last << 8) == ~(number)0 << 8;

	r->of_byte[from] = whole_from ? OF_BYTE_ALL : OF_BYTE_SOME;
	if (from == to)
		return;
	memset(r->of_byte + from + 1, OF_BYTE_ALL, to - from - 1);
	r->of_byte[to] = whole_to ? OF_BYTE_ALL : OF_BYTE_SOME;
}

static void
make_index(struct nt_net_ranges *r)
{
	memset(r->below, 0, sizeof(r->below));
	memset(r->high, 0, sizeof(r->high));
	memset(r->of_byte, OF_BYTE_NONE, sizeof(r->of_byte));
	for (uint64_t i = 0; i < r->count; i++) {
		r->high[i] = r->first[i].high;
		r->below[(r->high[i] >> 56) + 1]++;
		mark_bytes(r, get(&r->first[i]), get(&r->last[i]));
	}
	for (size_t b = 0; b < 256; b++)
		r->below[b + 1] = (uint16_t)(r->below[b] + r->below[b + 1]);
}

/* Behind an IPv4 address all ones follow in the end of a range: so ranges that touch are seen to.
 */
static void
add_network(struct nt_netset *set, const struct nt_net *net)
{
	const number hosts = net->prefix_len < 128 ? ~(number)0 >> net->prefix_len : 0;
	const number first = number_of(&net->addr);
	struct nt_net_ranges *r = &set->ranges[is_v6(&net->addr)];

	add_range(r, first, first | hosts);
	make_index(r);
}

int
nt_netset_add_net(struct nt_netset *set, const struct nt_addr *addr, unsigned int prefix_len)
{
	struct nt_net *net;

	if (set->count == NT_NETSET_MAX)
		return -ENOSPC;
	net = &set->nets[set->count++];
	*net = (struct nt_net){ .addr = *addr, .prefix_len = prefix_len };
	clear_host_bits(&net->addr, prefix_len);
	add_network(set, net);
	return !nt_addr_equal(&net->addr, addr);
}

int
nt_netset_add(struct nt_netset *set, const char *text)
{
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	char host[NT_ADDR_STRLEN];
	struct nt_addr addr;
	int prefix_len;

	if (len >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, len);
	host[len] = '\0';
	if (nt_addr_parse(host, &addr) < 0)
		return -EINVAL;
	prefix_len = slash ? parse_prefix_len(slash + 1, addr_bits(&addr)) : (int)addr_bits(&addr);
	if (prefix_len < 0)
		return prefix_len;
	return nt_netset_add_net(set, &addr, (unsigned int)prefix_len);
}

/*
 * The last range that begins at or before n, or the first. Only those that begin with n's first
 * byte and the one before them are searched, by their high words, in halves without branches (which
 * nobody could foresee); few ranges differ in their low words only.
 */
static uint64_t
find(const struct nt_net_ranges *r, number n)
{
	const uint64_t key = (uint64_t)(n >> 64), byte = key >> 56;
	uint64_t at = r->below[byte] - (uint64_t)(r->below[byte] != 0);
	uint64_t left = r->below[byte + 1] - at;
	const uint64_t *high = r->high + at;

	while (left > 1) {
		const uint64_t half = left / 2;

		high = high[half] <= key ? high + half : high;
		left -= half;
	}
	at = (uint64_t)(high - r->high);
	while (at > 0 && get(&r->first[at]) > n)
		at--;
	return at;
}
static bool
is_in_range(const struct nt_netset *set, const struct nt_addr *a)
{
	number n = number_of(a);
	unsigned int v6 = is_v6(a);
	const struct nt_net_ranges *r;
	uint64_t at;

	if (v6 && n >> 32 == 0xffff) { /* IPv4-mapped */
		n <<= 96;
		v6 = 0;
	}
	r = &set->ranges[v6];
	at = find(r, n);
	return at < r->count && get(&r->first[at]) <= n && n <= get(&r->last[at]);
}

bool
nt_netset_has(const struct nt_netset *set, const struct nt_addr *a)
{
	const uint8_t of = set->ranges[is_v6(a)].of_byte[a->bytes[0]];

	/* IPv4-mapped ones begin with 0 */
	if (nt_unlikely(of == OF_BYTE_SOME || (is_v6(a) && a->bytes[0] == 0)))
		return is_in_range(set, a);
	return of == OF_BYTE_ALL;
}

/* The same network as its 6to4 addresses have it: 2002::/16, then the IPv4 address (RFC 3056). */
static void
add_6to4(struct nt_netset *set, const struct nt_net *net)
{
	uint8_t bytes[16] = { 0x20, 0x02 };
	struct nt_addr addr;

	memcpy(bytes + 2, net->addr.bytes, 4);
	addr = nt_addr_v6(bytes);
	(void)nt_netset_add_net(set, &addr, 16 + net->prefix_len);
}

void
nt_netset_add_private(struct nt_netset *set)
{
	/* The IANA special-purpose registries, as Zeek takes them over. */
	static const char *const nets[] = {
		"0.0.0.0/8",
		"10.0.0.0/8",
		"100.64.0.0/10",
		"127.0.0.0/8",
		"169.254.0.0/16",
		"172.16.0.0/12",
		"192.0.0.0/24",
		"192.0.2.0/24",
		"192.168.0.0/16",
		"198.18.0.0/15",
		"198.51.100.0/24",
		"203.0.113.0/24",
		"224.0.0.0/24",
		"239.0.0.0/8",
		"240.0.0.0/4",
		"255.255.255.255/32",
		"::/128",
		"::1/128",
		"64:ff9b:1::/48",
		"100::/64",
		"2001::/23",
		"2001:db8::/32",
		"fc00::/7",
		"fe80::/10",
		"fec0::/10",
	};

	for (size_t i = 0; i < NT_ARRAY_SIZE(nets); i++) {
		if (nt_netset_add(set, nets[i]) >= 0 &&
			set->nets[set->count - 1].addr.family == NT_FAMILY_IPV4)
			add_6to4(set, &set->nets[set->count - 1]);
	}
}

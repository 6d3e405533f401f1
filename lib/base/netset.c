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

/* Most addresses are in no network of the set: one bit tells that of nearly all of them. */
static void
note_first_bytes(struct nt_netset *set, const struct nt_net *net)
{
	const unsigned int first = net->addr.bytes[0];
	const unsigned int last = net->prefix_len < 8 ? first | 0xffu >> net->prefix_len : first;

	for (unsigned int b = first; b <= last; b++)
		set->first[is_v6(&net->addr)][b / 64] |= UINT64_C(1) << b % 64;
}

static int
add_net(struct nt_netset *set, const struct nt_addr *addr, unsigned int prefix_len)
{
	struct nt_net *net;

	if (set->count == NT_NETSET_MAX)
		return -ENOSPC;
	net = &set->nets[set->count++];
	*net = (struct nt_net){ .addr = *addr, .prefix_len = prefix_len };
	clear_host_bits(&net->addr, prefix_len);
	note_first_bytes(set, net);
	return 0;
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
	return add_net(set, &addr, (unsigned int)prefix_len);
}

static bool
net_has(const struct nt_net *net, const struct nt_addr *a)
{
	unsigned int whole = net->prefix_len / 8, rest = net->prefix_len % 8;

	if (net->addr.family != a->family || memcmp(net->addr.bytes, a->bytes, whole) != 0)
		return false;
	return rest == 0 || ((net->addr.bytes[whole] ^ a->bytes[whole]) >> (8 - rest)) == 0;
}

bool
nt_netset_has(const struct nt_netset *set, const struct nt_addr *a)
{
	struct nt_addr inner;

	if (nt_addr_is_mapped(a)) {
		inner = nt_addr_v4(a->bytes + 12);
		a = &inner;
	}
	if ((set->first[is_v6(a)][a->bytes[0] / 64] >> a->bytes[0] % 64 & 1) == 0)
		return false;
	for (unsigned int i = 0; i < set->count; i++) {
		if (net_has(&set->nets[i], a))
			return true;
	}
	return false;
}

/* The same network as its 6to4 addresses have it: 2002::/16, then the IPv4 address (RFC 3056). */
static void
add_6to4(struct nt_netset *set, const struct nt_net *net)
{
	uint8_t bytes[16] = { 0x20, 0x02 };
	struct nt_addr addr;

	memcpy(bytes + 2, net->addr.bytes, 4);
	addr = nt_addr_v6(bytes);
	(void)add_net(set, &addr, 16 + net->prefix_len);
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
		if (nt_netset_add(set, nets[i]) == 0 &&
			set->nets[set->count - 1].addr.family == NT_FAMILY_IPV4)
			add_6to4(set, &set->nets[set->count - 1]);
	}
}

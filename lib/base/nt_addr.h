/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An IP address of either family. The family is part of the value: an IPv4 address and an IPv6
 * address of equal bytes never compare equal (CVE-2026-57222 is what happens otherwise). IPv4 takes
 * the first four bytes, the rest is zero; there is no padding, so memcmp and hashing are sound.
 */
#ifndef NT_ADDR_H
#define NT_ADDR_H

#include <string.h>

#include "nt_base.h"

enum nt_family {
	NT_FAMILY_NONE = 0,
	NT_FAMILY_IPV4 = 4,
	NT_FAMILY_IPV6 = 6,
};

struct nt_addr {
	union {
		uint8_t bytes[16]; /* network order */
		uint32_t words[4];
	};
	uint32_t family; /* enum nt_family */
};
static_assert(sizeof(struct nt_addr) == 20, "nt_addr has no padding");

/* Longest text form and its NUL ("ffff:...:255.255.255.255"). */
#define NT_ADDR_STRLEN 46

static inline struct nt_addr
nt_addr_v4(const uint8_t bytes[4])
{
	struct nt_addr a = { .family = NT_FAMILY_IPV4 };
	memcpy(a.bytes, bytes, 4);
	return a;
}

static inline struct nt_addr
nt_addr_v6(const uint8_t bytes[16])
{
	struct nt_addr a = { .family = NT_FAMILY_IPV6 };
	memcpy(a.bytes, bytes, 16);
	return a;
}

static inline bool
nt_addr_equal(const struct nt_addr *a, const struct nt_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* ::ffff:0:0/96. An address of its own, in keys too; only its text and its networks are IPv4's. */
bool nt_addr_is_mapped(const struct nt_addr *a);

/*
 * Text form as Zeek writes it: RFC 5952 for IPv6, but IPv4-mapped addresses as IPv4. Returns its
 * length without the NUL.
 */
size_t nt_addr_format(const struct nt_addr *a, char out[NT_ADDR_STRLEN]);

/* Parse either family; 0 or -EINVAL. */
int nt_addr_parse(const char *text, struct nt_addr *ret);

/* Unspecified, loopback, multicast, reserved or broadcast: no answer may name it. */
bool nt_addr_is_unusable(const struct nt_addr *a);
bool nt_addr_is_multicast(const struct nt_addr *a);

/*
 * A set of networks, for "is this address local?". Built once, then read by any thread.
 * Bounded: NT_NETSET_MAX networks.
 */
#define NT_NETSET_MAX 256

struct nt_net {
	struct nt_addr addr;
	unsigned int prefix_len;
};

/* What the networks of a family cover: ranges in order that neither overlap nor touch. */
struct nt_net_ranges {
	uint64_t count;
	struct nt_net_bound {
		uint64_t high, low; /* the 16 bytes of struct nt_addr as a number */
	} first[NT_NETSET_MAX], last[NT_NETSET_MAX];
	/* what lookups search: first[].high alone, and how many begin below each first byte */
	uint64_t high[NT_NETSET_MAX];
	uint16_t below[256 + 1];
	uint16_t zero[3];
	uint8_t of_byte[256]; /* by an address's first byte: none of them is in it, all, or some */
};

struct nt_netset {
	unsigned int count;
	struct nt_net nets[NT_NETSET_MAX]; /* as they were added */
	struct nt_net_ranges ranges[2]; /* [is IPv6] */
};

/*
 * "10.0.0.0/8", "fe80::/10", or a lone address. 0; 1 where bits behind the prefix were set, and
 * left out; -EINVAL; or -ENOSPC when the set is full.
 */
int nt_netset_add(struct nt_netset *set, const char *text);
/* The same of an address: 0, 1 where bits behind the prefix were left out, or -ENOSPC. */
int nt_netset_add_net(struct nt_netset *set, const struct nt_addr *addr, unsigned int prefix_len);
/* RFC 1918, CGNAT, link-local, loopback and their IPv6 kin: Zeek's Site::private_address_space. */
void nt_netset_add_private(struct nt_netset *set);
/* An IPv4-mapped address is in the networks of its IPv4 address, as in Zeek. */
bool nt_netset_has(const struct nt_netset *set, const struct nt_addr *a);

#endif

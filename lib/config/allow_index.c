/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_allow.h"

#include <stdlib.h>

#define PROTO_TCP 6
#define PROTO_UDP 17

/* Bits of of_port. */
enum {
	OF_TCP = 1 << 0,
	OF_UDP = 1 << 1,
	OF_OTHERS = 1 << 2,
	OF_ALL = OF_TCP | OF_UDP | OF_OTHERS
};

struct nt_allow_index {
	const struct nt_allow_list *list;
	struct nt_netset nets; /* of all entries that have one */
	uint8_t of_port[65536]; /* by the entries that are of any address */
};

static uint8_t
bit_of(uint8_t proto)
{
	return proto == PROTO_TCP ? OF_TCP : proto == PROTO_UDP ? OF_UDP : OF_OTHERS;
}

static void
add_ports(struct nt_allow_index *x, const struct nt_allow *a)
{
	const uint8_t bits = a->proto == 0 ? OF_ALL : bit_of(a->proto);
	const uint32_t first = a->port, last = a->port != 0 ? a->port : UINT16_MAX;

	for (uint32_t port = first; port <= last; port++)
		x->of_port[port] |= bits;
}

struct nt_allow_index *
nt_allow_index_new(const struct nt_allow_list *list)
{
	struct nt_allow_index *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	x->list = list;
	for (uint32_t i = 0; i < list->count; i++) {
		const struct nt_allow *a = &list->entries[i];

		if (a->net.addr.family == NT_FAMILY_NONE)
			add_ports(x, a);
		else /* there is room: NT_NETSET_MAX is as much as NT_ALLOW_MAX */
			(void)nt_netset_add_net(&x->nets, &a->net.addr, a->net.prefix_len);
	}
	return x;
}

static_assert(NT_NETSET_MAX >= NT_ALLOW_MAX, "all networks fit");

void
nt_allow_index_free(struct nt_allow_index *x)
{
	free(x);
}

size_t
nt_allow_index_bytes(void)
{
	return sizeof(struct nt_allow_index);
}

/* In none of the networks. IPv4-mapped addresses are others there (nt_netset_has). */
static bool
is_elsewhere(const struct nt_allow_index *x, const struct nt_addr *addr)
{
	return !nt_addr_is_mapped(addr) && !nt_netset_has(&x->nets, addr);
}

bool
nt_allow_index_has(
	const struct nt_allow_index *x, const struct nt_addr *addr, uint16_t port, uint8_t proto)
{
	if ((x->of_port[port] & bit_of(proto)) != 0)
		return true;
	return !is_elsewhere(x, addr) && nt_allow_list_has(x->list, addr, port, proto);
}

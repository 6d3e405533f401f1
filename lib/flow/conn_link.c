/* SPDX-License-Identifier: BSD-3-Clause */
/* The pool of what lies below IP: VLANs, link addresses, tunnels. Most connections have none. */
#include <nt_fault.h>

#include "conn_priv.h"

#define CHANGES_MAX 5 /* Zeek's Tunnel::max_changes_per_connection */

static struct nt_flow_link *
link_at(const struct nt_conn *c, const struct nt_flow_cold *cold)
{
	return cold->link == NT_FLOW_NONE ? NULL : nt_pool_at(&c->links, cold->link);
}

static struct nt_flow_link *
take(struct nt_conn *c, struct nt_flow_cold *cold)
{
	struct nt_flow_link *l = link_at(c, cold);

	if (l)
		return l;
	cold->link = nt_fault(NT_FAULT_LINK_SLOT) ? NT_POOL_NONE : nt_pool_take(&c->links);
	l = link_at(c, cold);
	if (!l) {
		c->stats.link_exhausted++;
		return NULL;
	}
	memset(l, 0, sizeof(*l));
	return l;
}

static void
note_link(struct nt_flow_link *l, const struct nt_packet *p, int dir)
{
	l->vlan = p->vlan;
	l->inner_vlan = p->inner_vlan;
	if (!p->mac)
		return;
	memcpy(l->l2_addr[dir], p->mac + 6, sizeof(l->l2_addr[dir]));
	if (!(p->flags & NT_PKT_L2_SENDER))
		memcpy(l->l2_addr[!dir], p->mac, sizeof(l->l2_addr[!dir]));
}

void
conn_link_open(struct nt_conn *c, struct nt_flow_cold *cold, const struct nt_packet *p,
	uint64_t tunnel, int dir)
{
	if (c->cfg.link_facts && (p->mac || p->vlan)) {
		struct nt_flow_link *l = take(c, cold);

		if (l)
			note_link(l, p, dir);
	}
	if (tunnel)
		conn_link_tunnel(c, cold, tunnel);
}

/* Often the two directions have a tunnel each. Zeek reports so many changes, and then an 'X'. */
static void
note_change(struct nt_conn *c, struct nt_flow_cold *cold, struct nt_flow_link *l, uint64_t tunnel)
{
	if (l->last != 0 && l->last != tunnel) {
		if (l->changes == CHANGES_MAX)
			history_unknown(c, cold);
		else
			l->changes++;
	}
	l->last = tunnel;
}

void
conn_link_tunnel(struct nt_conn *c, struct nt_flow_cold *cold, uint64_t tunnel)
{
	struct nt_flow_link *l = take(c, cold);

	if (!l)
		return;
	note_change(c, cold, l, tunnel);
	for (unsigned int i = 0; i < l->parent_count; i++)
		if (l->parents[i] == tunnel)
			return;
	if (l->parent_count < NT_FLOW_PARENTS)
		l->parents[l->parent_count++] = tunnel;
	else
		c->stats.parents_lost++;
}

void
conn_link_flip(struct nt_conn *c, struct nt_flow_cold *cold)
{
	struct nt_flow_link *l = link_at(c, cold);
	uint8_t addr[6];

	if (!l)
		return;
	memcpy(addr, l->l2_addr[0], sizeof(addr));
	memcpy(l->l2_addr[0], l->l2_addr[1], sizeof(addr));
	memcpy(l->l2_addr[1], addr, sizeof(addr));
}

void
conn_link_release(struct nt_conn *c, struct nt_flow_cold *cold)
{
	if (cold->link == NT_FLOW_NONE)
		return;
	nt_pool_give(&c->links, cold->link);
	cold->link = NT_FLOW_NONE;
}

void
conn_link_summarize(
	const struct nt_conn *c, const struct nt_flow_cold *cold, struct nt_conn_summary *ret)
{
	const struct nt_flow_link *l = link_at(c, cold);

	if (!l) {
		ret->vlan = ret->inner_vlan = 0;
		memset(ret->l2_addr, 0, sizeof(ret->l2_addr));
		ret->parent_count = 0;
		return;
	}
	ret->vlan = l->vlan;
	ret->inner_vlan = l->inner_vlan;
	memcpy(ret->l2_addr, l->l2_addr, sizeof(ret->l2_addr));
	ret->parent_count = l->parent_count;
	memcpy(ret->parents, l->parents, sizeof(ret->parents));
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* The pool of what lies below IP: VLANs, link addresses, tunnels. Most connections have none. */
#include <nt_mem.h>

#include "conn_priv.h"

#define CHANGES_MAX 5 /* Zeek's Tunnel::max_changes_per_connection */

int
conn_links_init(struct nt_conn *c, uint32_t max_flows)
{
	c->links_count = max_flows;
	c->links_bytes = (size_t)c->links_count * sizeof(*c->links);
	c->links = nt_mem_map(c->links_bytes);
	c->free_link = NT_FLOW_NONE;
	return c->links ? 0 : -ENOMEM;
}

void
conn_links_fini(struct nt_conn *c)
{
	nt_mem_unmap(c->links, c->links_bytes);
}

static struct nt_flow_link *
take(struct nt_conn *c, struct nt_flow_cold *cold)
{
	uint32_t idx = cold->link;

	if (idx != NT_FLOW_NONE)
		return &c->links[idx];
	if (c->free_link != NT_FLOW_NONE) {
		idx = c->free_link;
		c->free_link = c->links[idx].next_free;
	} else if (c->links_used < c->links_count) {
		idx = c->links_used++;
	} else {
		c->stats.link_exhausted++;
		return NULL;
	}
	c->stats.link_in_use++;
	cold->link = idx;
	memset(&c->links[idx], 0, sizeof(c->links[idx]));
	return &c->links[idx];
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
	struct nt_flow_link *l;
	uint8_t addr[6];

	if (cold->link == NT_FLOW_NONE)
		return;
	l = &c->links[cold->link];
	memcpy(addr, l->l2_addr[0], sizeof(addr));
	memcpy(l->l2_addr[0], l->l2_addr[1], sizeof(addr));
	memcpy(l->l2_addr[1], addr, sizeof(addr));
}

void
conn_link_release(struct nt_conn *c, struct nt_flow_cold *cold)
{
	if (cold->link == NT_FLOW_NONE)
		return;
	c->links[cold->link].next_free = c->free_link;
	c->free_link = cold->link;
	cold->link = NT_FLOW_NONE;
	c->stats.link_in_use--;
}

void
conn_link_summarize(
	const struct nt_conn *c, const struct nt_flow_cold *cold, struct nt_conn_summary *ret)
{
	const struct nt_flow_link *l;

	if (cold->link == NT_FLOW_NONE)
		return;
	l = &c->links[cold->link];
	ret->vlan = l->vlan;
	ret->inner_vlan = l->inner_vlan;
	memcpy(ret->l2_addr, l->l2_addr, sizeof(ret->l2_addr));
	ret->parent_count = l->parent_count;
	memcpy(ret->parents, l->parents, sizeof(ret->parents));
}

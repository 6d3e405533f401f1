/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which addresses are one host's (nt_hosts.h): learnt where a connection begins, and from ARP,
 * neighbour discovery and DHCP; told to all workers.
 */
#include <netinet/in.h>

#include <nt_neighbour.h>

#include "worker_priv.h"

static_assert(
	NT_NAME_CLIENTS_MAX == NT_HOST_ADDRS_MAX + 1, "all of a host's addresses can be asked for");

static const struct nt_addr no_addr = { .family = NT_FAMILY_NONE };

static struct nt_hosts_config
hosts_config(const struct nt_config *c, int64_t longest_timeout_ns)
{
	return (struct nt_hosts_config){
		.max_links = c->hosts.max_links,
		.max_ipv4 = c->hosts.max_ipv4,
		.max_ipv6 = c->hosts.max_ipv6,
		.ttl_ns = c->hosts.ttl_ns,
		/* as long as names, ends and verdicts may ask */
		.hold_ns = NT_MAX(
			c->names.pin_after_ns, NT_MAX(longest_timeout_ns, c->notice.grace_ns)),
	};
}

static bool
has_hosts(const struct nt_config *c)
{
	return c->hosts.enabled && c->names.enabled;
}

size_t
hosts_bytes(const struct nt_config *c)
{
	const struct nt_hosts_config hosts = hosts_config(c, 0);
	return has_hosts(c) ? nt_hosts_bytes(&hosts) + nt_host_filter_bytes() : 0;
}

int
hosts_init(struct worker *w, const struct nt_hash_key *key, int64_t longest_timeout_ns)
{
	const struct nt_config *c = w->config;
	const struct nt_hosts_config hosts = hosts_config(c, longest_timeout_ns);
	if (!has_hosts(c))
		return 0;
	w->hosts = nt_hosts_new(&hosts, key);
	w->host_filter = nt_host_filter_new(key);
	return w->hosts == NULL || w->host_filter == NULL ? -errno : 0;
}

void
hosts_fini(struct worker *w)
{
	nt_hosts_free(w->hosts);
	nt_host_filter_free(w->host_filter);
}

bool
hosts_lost(const struct worker *w)
{
	struct nt_hosts_stats s;
	if (w->hosts == NULL)
		return false;
	nt_hosts_stats(w->hosts, &s);
	return s.evicted != 0;
}

void
hosts_clear(struct worker *w)
{
	if (w->hosts == NULL)
		return;
	nt_hosts_clear(w->hosts);
	nt_host_filter_clear(w->host_filter);
}

/* addr of family NONE: it is a router's. */
static void
tell(struct worker *w, const struct nt_packet_meta *at, const uint8_t mac[NT_MAC_BYTES],
	const struct nt_addr *addr)
{
	struct nt_mapping m = {
		.addr = *addr,
		.name = (const char *)mac,
		.name_len = NT_MAC_BYTES,
	};
	if (!nt_host_filter_pass(w->host_filter, w->hosts, nt_host_mac(mac), addr, at->clock_ns))
		return;
	count(w, NT_COUNTER_HOST_LINKS, worker_tell(w, NT_FACT_HOST, at, &m));
}

void
hosts_fact(struct worker *w, const struct nt_mapping *m)
{
	const uint64_t mac = nt_host_mac((const uint8_t *)m->name);
	if (w->hosts == NULL)
		return;
	if (m->addr.family == NT_FAMILY_NONE)
		nt_hosts_router(w->hosts, mac, m->position, m->seen_ns);
	else
		nt_hosts_link(w->hosts, mac, &m->addr, m->position, m->seen_ns);
}

/*
 * What systems begin with. Anything else has been forwarded, or may have been, and then its link
 * address is not the source's.
 */
static bool
is_first_hop(const struct nt_packet *p)
{
	return p->ttl == 64 || p->ttl == 128 || p->ttl == 255;
}

void
hosts_ahead(const struct worker *w, const struct nt_packet *p)
{
	if (w->hosts != NULL && p->mac != NULL)
		nt_host_filter_ahead(w->host_filter, nt_host_mac(p->mac + NT_MAC_BYTES), &p->src);
}

void
hosts_begin(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at)
{
	const uint8_t *mac = p->mac + NT_MAC_BYTES;
	if (is_first_hop(p) && nt_mac_is_host(mac) && !nt_addr_is_unusable(&p->src) &&
		nt_netset_has(&w->config->local_nets, &p->src))
		tell(w, at, mac, &p->src);
}

void
hosts_neighbour(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at)
{
	struct nt_neighbour n;
	if (w->hosts == NULL || !nt_neighbour_parse(&n, p))
		return;
	count(w, NT_COUNTER_NEIGHBOURS, 1);
	tell(w, at, n.mac, n.router ? &no_addr : &n.addr);
}

void
hosts_lease(struct worker *w, const struct nt_packet_meta *at, const uint8_t mac[NT_MAC_BYTES],
	const struct nt_addr *addr)
{
	if (w->hosts != NULL && nt_mac_is_host(mac))
		tell(w, at, mac, addr);
}

unsigned int
host_addresses(struct worker *w, const struct nt_addr *addr, uint64_t position, int64_t clock_ns,
	struct nt_addr ret[NT_HOST_ADDRS_MAX + 1], bool *ret_settled)
{
	ret[0] = *addr;
	*ret_settled = true;
	if (w->hosts == NULL)
		return 1;
	return 1 + nt_hosts_others(w->hosts, addr, position, clock_ns, ret + 1, NT_HOST_ADDRS_MAX,
			   ret_settled);
}

bool
hosts_same_slot(const struct worker *w, int64_t a_ns, int64_t b_ns)
{
	return w->hosts == NULL || nt_hosts_slot(w->hosts, a_ns) == nt_hosts_slot(w->hosts, b_ns);
}

/* All tables say the same: one worker counts for all. */
void
hosts_observe(struct worker *w)
{
	struct nt_hosts_stats s;
	if (w->hosts == NULL || w->cfg.index != 0)
		return;
	nt_hosts_stats(w->hosts, &s);
	nt_counter_set(&w->counters, NT_COUNTER_HOSTS_STOPPED, s.stopped);
	nt_counter_set(&w->counters, NT_COUNTER_HOST_LINKS_EVICTED, s.evicted);
	nt_counter_set(&w->counters, NT_COUNTER_HOSTS_CUT, s.cut);
}

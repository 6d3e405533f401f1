/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Protocols of local networks that say who has which address: LLMNR, NetBIOS, DHCP. They answer on
 * other address pairs than they were asked on, so each message stands for itself: one that has both
 * name and address counts, and nobody in particular was told.
 */
#include "worker_priv.h"

/* Never said to end: as long as is allowed. */
#define TTL_FOREVER INT32_MAX

#define LLMNR_TENTATIVE 0x01 /* T, in the third octet: RFC 4795 2.1.1 */

static void
learn_one(struct worker *w, const struct nt_packet_meta *at, struct nt_mapping *m, uint32_t ttl_sec)
{
	count(w, NT_COUNTER_MAPPINGS_LEARNT, 1);
	names_learn(w, at, m, ttl_sec);
}

/* RFC 4795 2.1.1: who is not sure yet that a name is his says so, and is not listened to. */
static void
llmnr_packet(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at)
{
	struct nt_mapping m = { .source = NT_SOURCE_LLMNR };
	const enum nt_dns_reason reason =
		nt_dns_parse(&w->dns, p->payload, p->payload_captured, NT_DNS_UNICAST);
	count(w, (enum nt_counter)(NT_COUNTER_DNS_OK + reason), 1);
	if (reason != NT_DNS_OK || !w->dns.response)
		return;
	if ((p->payload[2] & LLMNR_TENTATIVE) != 0) {
		count(w, NT_COUNTER_LOCAL_REFUSED, w->dns.answer_count);
		return;
	}
	count(w, NT_COUNTER_LOCAL_REFUSED, w->dns.refused_unusable + w->dns.refused_limit);
	for (unsigned int i = 0; i < w->dns.answer_count; i++) {
		const struct nt_dns_answer *a = &w->dns.answers[i];
		m.addr = a->addr;
		m.name = a->name;
		m.name_len = a->name_len;
		learn_one(w, at, &m, a->ttl_sec);
	}
}

/* Who registers a name does it for himself; a response may come from a name server. */
static void
nbns_packet(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at)
{
	struct nt_nbns_message nb;
	const enum nt_nbns_reason reason = nt_nbns_parse(&nb, p->payload, p->payload_captured);
	if (reason > NT_NBNS_NOTHING)
		count(w, NT_COUNTER_NBNS_MALFORMED, 1);
	else
		count(w, NT_COUNTER_NBNS_READ, 1);
	if (reason != NT_NBNS_OK)
		return;
	struct nt_mapping m = {
		.source = NT_SOURCE_NBNS, .name = nb.name, .name_len = nb.name_len
	};
	const uint32_t ttl_sec = nb.ttl_sec == 0 ? TTL_FOREVER : nb.ttl_sec; /* RFC 1002 4.1.3 */
	count(w, NT_COUNTER_LOCAL_REFUSED, nb.refused);
	if (nb.from_sender && !nt_addr_is_unusable(&p->src)) {
		m.addr = p->src;
		learn_one(w, at, &m, TTL_FOREVER);
	}
	for (unsigned int i = 0; i < nb.addr_count; i++) {
		if (!nb.response && !nt_addr_equal(&nb.addrs[i], &p->src)) {
			count(w, NT_COUNTER_LOCAL_REFUSED, 1);
			continue;
		}
		m.addr = nb.addrs[i];
		learn_one(w, at, &m, ttl_sec);
	}
}

static void
dhcp_packet(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at,
	enum port_use use)
{
	struct nt_dhcp_message d;
	const enum nt_dhcp_reason reason =
		use == PORT_DHCP ? nt_dhcp_parse(&d, p->payload, p->payload_captured)
				 : nt_dhcp6_parse(&d, p->payload, p->payload_captured);
	if (reason > NT_DHCP_NOTHING)
		count(w, NT_COUNTER_DHCP_MALFORMED, 1);
	else
		count(w, NT_COUNTER_DHCP_READ, 1);
	if (reason != NT_DHCP_OK)
		return;
	struct nt_mapping m = { .source = NT_SOURCE_DHCP, .flags = d.asked ? NT_MAPPING_ASKED : 0 };
	const uint32_t ttl_sec = d.lease_sec == 0 ? TTL_FOREVER : d.lease_sec;
	count(w, NT_COUNTER_LOCAL_REFUSED, d.refused);
	if (d.has_mac)
		hosts_lease(w, at, d.mac, &d.addrs[0]);
	/* The longer name last: the latest is the best. */
	for (unsigned int i = 0; i < d.name_count; i++) {
		m.name = d.names[i].text;
		m.name_len = d.names[i].len;
		for (unsigned int k = 0; k < d.addr_count; k++) {
			m.addr = d.addrs[k];
			learn_one(w, at, &m, ttl_sec);
		}
	}
}

void
local_packet(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at,
	enum port_use use)
{
	switch (use) {
	case PORT_LLMNR:
		llmnr_packet(w, p, at);
		break;
	case PORT_NBNS:
		nbns_packet(w, p, at);
		break;
	case PORT_DHCP:
	case PORT_DHCP6:
		dhcp_packet(w, p, at, use);
		break;
	default:
		break;
	}
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "encap.h"

#include <errno.h>

static const char *const tunnel_names[] = {
	[NT_TUNNEL_NONE] = "none",
	[NT_TUNNEL_IP] = "ip",
	[NT_TUNNEL_GRE] = "gre",
	[NT_TUNNEL_TEREDO] = "teredo",
	[NT_TUNNEL_AYIYA] = "ayiya",
	[NT_TUNNEL_GTPV1] = "gtpv1",
	[NT_TUNNEL_VXLAN] = "vxlan",
	[NT_TUNNEL_GENEVE] = "geneve",
};
static_assert(NT_ARRAY_SIZE(tunnel_names) == NT_TUNNELS, "every tunnel has a name");

const char *
nt_tunnel_name(enum nt_tunnel t)
{
	return (unsigned int)t < NT_TUNNELS ? tunnel_names[t] : "unknown";
}

static const struct {
	uint16_t port;
	uint8_t tunnel;
} zeeks_ports[] = {
	{ 2123, NT_TUNNEL_GTPV1 },
	{ 2152, NT_TUNNEL_GTPV1 },
	{ 3544, NT_TUNNEL_TEREDO },
	{ 4754, NT_TUNNEL_GRE },
	{ 4789, NT_TUNNEL_VXLAN },
	{ 5072, NT_TUNNEL_AYIYA },
	{ 6081, NT_TUNNEL_GENEVE },
};
static_assert(NT_ARRAY_SIZE(zeeks_ports) <= NT_ENCAP_PORTS_MAX, "Zeek's ports fit");

void
nt_encap_config_default(struct nt_encap_config *ret)
{
	*ret = (struct nt_encap_config){ .detect = true };
	for (size_t i = 0; i < 1024 / 64; i++)
		ret->server_ports[i] = UINT64_MAX;
	for (size_t i = 0; i < NT_ARRAY_SIZE(zeeks_ports); i++)
		(void)nt_encap_config_add(
			ret, zeeks_ports[i].port, (enum nt_tunnel)zeeks_ports[i].tunnel);
}

int
nt_encap_config_add(struct nt_encap_config *cfg, uint16_t port, enum nt_tunnel t)
{
	uint32_t i = 0;

	if (t < NT_TUNNEL_GRE || t >= NT_TUNNELS)
		return -EINVAL;
	while (i < cfg->nb_ports && cfg->ports[i].port != port)
		i++;
	if (i == NT_ENCAP_PORTS_MAX)
		return -ENOSPC;
	cfg->nb_ports = NT_MAX(cfg->nb_ports, i + 1);
	cfg->ports[i].port = port;
	cfg->ports[i].tunnel = (uint8_t)t;
	cfg->udp_ports[port / 64] |= UINT64_C(1) << port % 64;
	return 0;
}

static void
look_inside(struct nt_encap *e, const struct nt_encap_config *cfg, const struct nt_layers *l)
{
	struct nt_encap_bytes b = { l->pos, l->left, l->wire_left - l->left };

	switch (e->proto) {
	case NT_IP_UDP:
		nt_encap_udp(e, cfg, l);
		break;
	case NT_IP_IPIP:
	case NT_IP_IPV6:
		nt_encap_ip(e, b);
		break;
	case NT_IP_GRE:
		nt_encap_gre(e, b);
		break;
	}
}

/* The ends are those of the first packet. */
static enum nt_encap_kind
look_at_aggregate(struct nt_encap *e, const struct nt_layers *l, const struct nt_packet_ends *ends,
	bool has_first)
{
	*e = (struct nt_encap){
		.kind = NT_ENCAP_AGGREGATE,
		.src = ends->src,
		.dst = ends->dst,
		.inner = l->pos,
		.inner_cap_len = has_first ? l->left : 0,
		.inner_wire_len = has_first ? l->wire_left : 0,
		.inner_link = NT_LINK_RAW,
		.rest = l->rest,
		.rest_cap_len = l->rest_left,
		.rest_wire_len = l->rest_wire,
	};
	return NT_ENCAP_AGGREGATE;
}

enum nt_encap_kind
nt_encap_look(struct nt_encap *ret, const struct nt_encap_config *cfg, const uint8_t *data,
	uint32_t cap_len, uint32_t wire_len, int dlt)
{
	struct nt_layers l = {
		.pos = data,
		.left = cap_len,
		.wire_left = NT_MAX(wire_len, cap_len),
	};
	struct nt_packet p = { 0 };
	struct nt_packet_ends ends;
	enum nt_packet_reason reason = nt_link_decode(&p, &l, dlt);

	if (l.rest != NULL) {
		(void)nt_packet_find_ends(&ends, data, cap_len, dlt);
		return look_at_aggregate(ret, &l, &ends, reason == NT_PACKET_OK);
	}
	if (reason == NT_PACKET_OK)
		reason = nt_ip_decode(&p, &l);
	p.reason = (uint8_t)reason;
	*ret = (struct nt_encap){ .proto = p.proto, .src = p.src, .dst = p.dst };
	if (nt_encap_fragment(&ret->fragment, &p, &l, data)) {
		ret->kind = NT_ENCAP_FRAGMENT;
	} else if (reason == NT_PACKET_OK) {
		look_inside(ret, cfg, &l);
	} else if (nt_packet_find_ends(&ends, data, cap_len, dlt)) {
		/* Of lengths that can't be, decode says no before it has read on to the ends. */
		ret->src = ends.src;
		ret->dst = ends.dst;
	}
	return (enum nt_encap_kind)ret->kind;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "flow_options.h"

static void
add_ports(struct nt_conn_ports *to, const struct nt_ports *ports)
{
	for (uint32_t i = 0; i < ports->count; i++)
		nt_conn_ports_add(to, ports->ports[i]);
}

void
flow_options(struct nt_conn_config *ret, const struct nt_config *c)
{
	nt_conn_config_default(ret);
	ret->tcp_inactivity_ns = c->flow.tcp_inactivity_ns;
	ret->udp_inactivity_ns = c->flow.udp_inactivity_ns;
	ret->icmp_inactivity_ns = c->flow.icmp_inactivity_ns;
	ret->unknown_ip_inactivity_ns = c->flow.unknown_ip_inactivity_ns;
	ret->tcp_SYN_timeout_ns = c->flow.tcp_SYN_timeout_ns;
	ret->tcp_attempt_delay_ns = c->flow.tcp_attempt_delay_ns;
	ret->tcp_close_delay_ns = c->flow.tcp_close_delay_ns;
	ret->tcp_session_timer_ns = c->flow.tcp_session_timer_ns;
	ret->tcp_connection_linger_ns = c->flow.tcp_connection_linger_ns;
	ret->dns_session_timeout_ns = c->flow.dns_session_timeout_ns;
	ret->interactive_inactivity_ns = c->flow.interactive_inactivity_ns;
	ret->link_facts = c->log.vlan || c->log.l2_addr;
	nt_conn_ports_of(&ret->likely_tcp, &c->flow.likely_server_ports, NT_PORT_TCP);
	nt_conn_ports_of(&ret->likely_udp, &c->flow.likely_server_ports, NT_PORT_UDP);
	ret->interactive_tcp = (struct nt_conn_ports){ { 0 } };
	add_ports(&ret->interactive_tcp, &c->flow.interactive_ports);
	add_ports(&ret->dns_udp, &c->names.dns_ports);
	add_ports(&ret->dns_udp, &c->names.mdns_ports);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Zeek's defaults, of init-bare.zeek and the protocol scripts. */
#include "conn_priv.h"

static const uint16_t dns[] = { 53, 137, 5353, 5355 };

void
nt_conn_ports_add(struct nt_conn_ports *p, uint16_t port)
{
	p->bits[port / 64] |= UINT64_C(1) << port % 64;
}

void
nt_conn_ports_of(struct nt_conn_ports *ret, const struct nt_port_list *list, uint8_t proto)
{
	*ret = (struct nt_conn_ports){ { 0 } };
	for (uint32_t i = 0; i < list->count; i++)
		if (list->ports[i].proto == proto)
			nt_conn_ports_add(ret, list->ports[i].port);
}

static void
add_all(struct nt_conn_ports *p, const uint16_t *ports, size_t n)
{
	for (size_t i = 0; i < n; i++)
		nt_conn_ports_add(p, ports[i]);
}

void
nt_conn_config_default(struct nt_conn_config *ret)
{
	*ret = (struct nt_conn_config){
		.tcp_inactivity_ns = NT_SEC(300),
		.udp_inactivity_ns = NT_SEC(60),
		.icmp_inactivity_ns = NT_SEC(60),
		.unknown_ip_inactivity_ns = NT_SEC(60),
		.interactive_inactivity_ns = NT_SEC(3600),
		.tcp_SYN_timeout_ns = NT_SEC(5),
		.tcp_attempt_delay_ns = NT_SEC(5),
		.tcp_close_delay_ns = NT_SEC(5),
		.tcp_session_timer_ns = NT_SEC(6),
		.tcp_connection_linger_ns = NT_SEC(5),
		.dns_session_timeout_ns = NT_SEC(10),
	};
	nt_conn_ports_of(&ret->likely_tcp, &nt_ports_likely_servers, NT_PORT_TCP);
	nt_conn_ports_of(&ret->likely_udp, &nt_ports_likely_servers, NT_PORT_UDP);
	nt_conn_ports_of(&ret->interactive_tcp, &nt_ports_interactive, NT_PORT_TCP);
	add_all(&ret->dns_udp, dns, NT_ARRAY_SIZE(dns));
}

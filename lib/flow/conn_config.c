/* SPDX-License-Identifier: BSD-3-Clause */
/* Zeek's defaults: init-bare.zeek, and likely_server_ports as the protocol scripts add to it. */
#include "conn_priv.h"

static const uint16_t likely_tcp[] = {
	21, 2811, /* FTP, GridFTP */
	22, /* SSH */
	25, 587, /* SMTP */
	53, /* DNS */
	80, 81, 631, 1080, 3128, 8000, 8080, 8888, /* HTTP, SOCKS */
	88, /* Kerberos */
	110, 143, /* POP3, IMAP */
	135, /* DCE-RPC */
	139, 445, /* SMB */
	443, 563, 585, 614, 636, 989, 990, 992, 993, 995, 5223, /* TLS */
	502, /* Modbus */
	1434, 3306, /* MySQL */
	1883, /* MQTT */
	3389, /* RDP */
	5222, 5269, /* XMPP */
	6666, 6667, 6668, 6669, /* IRC */
	20000, /* DNP3 */
};

static const uint16_t likely_udp[] = {
	53, 137, 5353, 5355, /* DNS, NBNS, mDNS, LLMNR */
	67, /* DHCP */
	88, /* Kerberos */
	123, /* NTP */
	161, 162, /* SNMP */
	443, /* DTLS */
	514, /* syslog */
	1812, /* RADIUS */
	2123, 2152, /* GTP */
	3389, /* RDP */
	3544, /* Teredo */
	4789, /* VXLAN */
	5060, /* SIP */
	5072, /* AYIYA */
	6081, /* Geneve */
	20000, /* DNP3 */
};

static const uint16_t interactive[] = { 21, 22, 23, 513 };
static const uint16_t dns[] = { 53, 137, 5353, 5355 };

void
nt_conn_ports_add(struct nt_conn_ports *p, uint16_t port)
{
	p->bits[port / 64] |= UINT64_C(1) << port % 64;
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
	add_all(&ret->likely_tcp, likely_tcp, NT_ARRAY_SIZE(likely_tcp));
	add_all(&ret->likely_udp, likely_udp, NT_ARRAY_SIZE(likely_udp));
	add_all(&ret->interactive_tcp, interactive, NT_ARRAY_SIZE(interactive));
	add_all(&ret->dns_udp, dns, NT_ARRAY_SIZE(dns));
}

int
nt_conn_config_likely(struct nt_conn_config *cfg, const char *port)
{
	uint32_t number = 0;
	const char *at = port;

	while (*at >= '0' && *at <= '9' && number <= UINT16_MAX)
		number = number * 10 + (uint32_t)(*at++ - '0');
	if (at == port || number > UINT16_MAX)
		return -EINVAL;
	if (strcmp(at, "/tcp") == 0)
		nt_conn_ports_add(&cfg->likely_tcp, (uint16_t)number);
	else if (strcmp(at, "/udp") == 0)
		nt_conn_ports_add(&cfg->likely_udp, (uint16_t)number);
	else
		return -EINVAL;
	return 0;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_port.h"

#include <string.h>

#define TCP(n)                                                                                     \
	{                                                                                          \
		.port = (n), .proto = NT_PORT_TCP                                                  \
	}
#define UDP(n)                                                                                     \
	{                                                                                          \
		.port = (n), .proto = NT_PORT_UDP                                                  \
	}

const struct nt_port_list nt_ports_likely_servers = {
	.count = 64,
	.ports = {
		TCP(21), TCP(2811), /* FTP, GridFTP */
		TCP(22), /* SSH */
		TCP(25), TCP(587), /* SMTP */
		TCP(53), /* DNS */
		TCP(80), TCP(81), TCP(631), TCP(1080), TCP(3128),
		TCP(8000), TCP(8080), TCP(8888), /* HTTP, SOCKS */
		TCP(88), /* Kerberos */
		TCP(110), TCP(143), /* POP3, IMAP */
		TCP(135), /* DCE-RPC */
		TCP(139), TCP(445), /* SMB */
		TCP(443), TCP(563), TCP(585), TCP(614), TCP(636), TCP(989),
		TCP(990), TCP(992), TCP(993), TCP(995), TCP(5223), /* TLS */
		TCP(502), /* Modbus */
		TCP(1434), TCP(3306), /* MySQL */
		TCP(1883), /* MQTT */
		TCP(3389), /* RDP */
		TCP(5222), TCP(5269), /* XMPP */
		TCP(6666), TCP(6667), TCP(6668), TCP(6669), /* IRC */
		TCP(20000), /* DNP3 */
		UDP(53), UDP(137), UDP(5353), UDP(5355), /* DNS, NBNS, mDNS, LLMNR */
		UDP(67), /* DHCP */
		UDP(88), /* Kerberos */
		UDP(123), /* NTP */
		UDP(161), UDP(162), /* SNMP */
		UDP(443), /* DTLS */
		UDP(514), /* syslog */
		UDP(1812), /* RADIUS */
		UDP(2123), UDP(2152), /* GTP */
		UDP(3389), /* RDP */
		UDP(3544), /* Teredo */
		UDP(4789), /* VXLAN */
		UDP(5060), /* SIP */
		UDP(5072), /* AYIYA */
		UDP(6081), /* Geneve */
		UDP(20000), /* DNP3 */
	},
};

const struct nt_port_list nt_ports_interactive = {
	.count = 4,
	.ports = { TCP(21), TCP(22), TCP(23), TCP(513) },
};

int
nt_port_parse(const char *text, struct nt_port *ret)
{
	uint32_t number = 0;
	uint8_t proto;

	if (*text == '0')
		return -EINVAL;
	for (; *text >= '0' && *text <= '9' && number <= UINT16_MAX; text++)
		number = number * 10 + (uint32_t)(*text - '0');
	if (number == 0 || number > UINT16_MAX)
		return -EINVAL;
	if (strcmp(text, "/tcp") == 0)
		proto = NT_PORT_TCP;
	else if (strcmp(text, "/udp") == 0)
		proto = NT_PORT_UDP;
	else
		return -EINVAL;
	*ret = (struct nt_port){ .port = (uint16_t)number, .proto = proto };
	return 0;
}

size_t
nt_port_format(const struct nt_port *p, char out[NT_PORT_STRLEN])
{
	char digits[5];
	size_t n = 0, len = 0;
	uint32_t left = p->port;

	do
		digits[n++] = (char)('0' + left % 10);
	while ((left /= 10) != 0);
	while (n > 0)
		out[len++] = digits[--n];
	memcpy(out + len, p->proto == NT_PORT_TCP ? "/tcp" : "/udp", 5);
	return len + 4;
}

bool
nt_port_list_has(const struct nt_port_list *list, const struct nt_port *p)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->ports[i].port == p->port && list->ports[i].proto == p->proto)
			return true;
	return false;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "presets.h"

#include <stddef.h>
#include <string.h>

const struct tg_preset tg_presets[TG_PRESETS] = {
	{
		"mixed",
		"everything in (the default)",
		{
			{ "tls-share", "0.95" },
			{ "http-share", "0.95" },
			{ "quic-share", "0.9" },
			{ "https-share", "0.3" },
			{ "dns-tcp-share", "0.05" },
			{ "local-naming-share", "0.5" },
			{ "encrypted-dns-share", "0.03" },
		},
	},
	{
		"enterprise",
		"570-byte packets in the mean, 0.05 mappings a packet",
		{
			{ "clients", "2000" },
			{ "servers", "3000" },
			{ "dns-share", "0.069" },
			{ "mean-packet-bytes", "570" },
			{ "tls-share", "0.95" },
			{ "http-share", "0.95" },
			{ "quic-share", "0.9" },
			{ "connection-packets", "40" },
		},
	},
	{
		"shared",
		"300 servers, up to 200 names an address, one address a client",
		{
			{ "clients", "1000" },
			{ "servers", "300" },
			{ "names-per-address", "200" },
			{ "ipv6-share", "0" },
			{ "dual-stack-share", "0" },
			{ "resolver-share", "0" },
			{ "connection-packets", "12" },
			{ "favourites", "6" },
			{ "favourite-share", "0.9" },
		},
	},
	{
		"shared-names",
		"the same network, with server names in sight",
		{
			{ "clients", "1000" },
			{ "servers", "300" },
			{ "names-per-address", "200" },
			{ "ipv6-share", "0" },
			{ "dual-stack-share", "0" },
			{ "resolver-share", "0" },
			{ "connection-packets", "12" },
			{ "favourites", "6" },
			{ "favourite-share", "0.9" },
			{ "tls-share", "1" },
			{ "http-share", "1" },
			{ "quic-share", "1" },
		},
	},
	{
		"dns-heavy",
		"30 % of the packets end a connection",
		{
			{ "clients", "2000" },
			{ "dns-share", "0.56" },
			{ "dual-stack-share", "0.2" },
			{ "connections-per-lookup", "1" },
			{ "resolver-share", "0.05" },
			{ "reset-share", "0.3" },
			{ "connection-packets", "7" },
			{ "scan-share", "0" },
			{ "icmp-share", "0" },
		},
	},
	{
		"flood64",
		"64-byte TCP packets over --flows flows",
		{
			{ "flood", NULL },
			{ "ipv6-share", "0" },
			{ "dual-stack-share", "0" },
			{ "clients", "4000" },
		},
	},
	{
		"dualstack",
		"clients with both versions: ask over one, connect over either",
		{
			{ "dual-stack-share", "1" },
			{ "ipv6-share", "0.5" },
			{ "resolver-share", "0" },
		},
	},
	{
		"no-lookup",
		"some 5 % of the connections go to what nobody looked up",
		{
			{ "clients", "500" },
			{ "no-lookup-share", "0.1" },
			{ "dual-stack-share", "0" },
			{ "ipv6-share", "0.1" },
			{ "https-share", "0.3" },
			{ "dns-tcp-share", "0.05" },
			{ "tls-share", "0.95" },
			{ "http-share", "0.95" },
			{ "quic-share", "0.9" },
		},
	},
	{
		"spoofed",
		"a tenth of the lookups and sessions with a forged answer",
		{
			{ "spoof-share", "0.1" },
			{ "tls-share", "0.5" },
			{ "http-share", "0.5" },
			{ "quic-share", "0.5" },
		},
	},
	{
		"encrypted-dns",
		"a quarter of the clients ask over TLS or QUIC",
		{
			{ "dual-stack-share", "0" },
			{ "encrypted-dns-share", "0.25" },
			{ "tls-share", "0.95" },
			{ "http-share", "0.95" },
			{ "quic-share", "0.9" },
		},
	},
	{
		"local-names",
		"all clients tell their names: mDNS, LLMNR, NetBIOS, DHCP",
		{
			{ "local-naming-share", "1" },
			{ "clients", "1000" },
			{ "resolver-share", "0.05" },
		},
	},
};

const struct tg_preset *
tg_preset_find(const char *name)
{
	for (unsigned i = 0; i < TG_PRESETS; i++)
		if (strcmp(tg_presets[i].name, name) == 0)
			return &tg_presets[i];
	return NULL;
}

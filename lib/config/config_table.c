/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_table.h"

#include <string.h>

/* Where a field lies; does not compile unless it is of the type that the code for it writes. */
#define FIELD(field, ctype)                                                                        \
	(offsetof(struct nt_config, field) +                                                       \
		0 * sizeof(char[__builtin_types_compatible_p(                                      \
					__typeof__(((struct nt_config *)0)->field), ctype)         \
					? 1                                                        \
					: -1]))

#define U32(field)	.type = CONFIG_U32, .offset = FIELD(field, uint32_t)
#define BOOL(field)	.type = CONFIG_BOOL, .offset = FIELD(field, bool), .max = 1
#define U64(field)	.type = CONFIG_U64, .offset = FIELD(field, uint64_t)
#define DURATION(field) .type = CONFIG_DURATION, .offset = FIELD(field, int64_t), .unit = "seconds"
#define WORDS(field, w)                                                                            \
	.type = CONFIG_ENUM, .offset = FIELD(field, uint32_t), .words = (w),                       \
	.max = NT_ARRAY_SIZE(w) - 1
#define TEXT(field) .type = CONFIG_TEXT, .offset = FIELD(field, struct nt_config_text)
#define LONG_TEXT(field)                                                                           \
	.type = CONFIG_LONG_TEXT, .offset = FIELD(field, struct nt_config_long_text),              \
	.max = NT_CONFIG_LONG_MAX
#define PORTS(field)                                                                               \
	.type = CONFIG_PORTS, .offset = FIELD(field, struct nt_ports), .max = NT_CONFIG_PORTS_MAX
#define PROTO_PORTS(field)                                                                         \
	.type = CONFIG_PROTO_PORTS, .offset = FIELD(field, struct nt_port_list),                   \
	.max = NT_PORT_LIST_MAX
#define NETS(field)                                                                                \
	.type = CONFIG_NETS, .offset = FIELD(field, struct nt_netset), .max = NT_CONFIG_NETS_MAX,  \
	.def = -1

#define ALLOW(field)                                                                               \
	.type = CONFIG_ALLOW, .offset = FIELD(field, struct nt_allow_list), .max = NT_ALLOW_MAX,   \
	.def = -1
#define HOSTS(field)                                                                               \
	.type = CONFIG_HOSTS, .offset = FIELD(field, struct nt_config_hosts),                      \
	.max = NT_CONFIG_HOSTS_MAX, .def = -1

#define DEVICES(field)                                                                             \
	.type = CONFIG_DEVICES, .offset = FIELD(field, struct nt_config_devices),                  \
	.max = NT_CONFIG_DEVICES_MAX, .def = -1

#define RELOADS .reload = CONFIG_RELOAD_ANY
#define LOWERS	.reload = CONFIG_RELOAD_LOWER

/* Timers: a tenth of a second, as the clock of expiry has whole ones and zero would mean "never".
 */
#define SEC_TENTH (NT_NS_PER_SEC / 10)
#define DAYS(n)	  NT_SEC((n)*INT64_C(86400))
/* The name cache keeps no expiry that is farther away. */
#define TTL_MAX_NS DAYS(49)
/* Entries that the name cache can count. */
#define CACHE_MAX (INT64_C(1) << 30)

static const char *const formats[] = { [NT_CONFIG_JSON] = "json", [NT_CONFIG_TSV] = "tsv" };
static const char *const unsolicited[] = {
	[NT_CONFIG_UNSOLICITED_AUTO] = "auto",
	[NT_CONFIG_UNSOLICITED_ACCEPT] = "accept",
	[NT_CONFIG_UNSOLICITED_REFUSE] = "refuse",
};
static const char *const spellings[] = {
	[NT_CONFIG_DOTTED] = "dotted",
	[NT_CONFIG_SHORT] = "short",
};

static const char *const timestamps[] = {
	[NT_CONFIG_TIMESTAMPS_AUTO] = "auto",
	[NT_CONFIG_TIMESTAMPS_OFF] = "off",
};

static const char *const distributor[] = {
	[NT_CONFIG_DISTRIBUTOR_AUTO] = "auto",
	[NT_CONFIG_DISTRIBUTOR_ON] = "on",
	[NT_CONFIG_DISTRIBUTOR_OFF] = "off",
};

static const char *const idle[] = {
	[NT_CONFIG_IDLE_POLL] = "poll",
	[NT_CONFIG_IDLE_PAUSE] = "pause",
	[NT_CONFIG_IDLE_SLEEP] = "sleep",
};

static const char *const checksums[] = {
	[NT_CONFIG_CHECKSUMS_IGNORE] = "ignore",
	[NT_CONFIG_CHECKSUMS_VERIFY] = "verify",
	[NT_CONFIG_CHECKSUMS_NIC] = "nic",
};

/* Services that are reached by their address: public resolvers, and protocols that look nothing up.
 */
static const char *const allowed[] = { "53/udp", "53/tcp", "853/tcp", "853/udp", /* DNS */
	"123/udp", /* NTP */
	"8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844", /* Google */
	"1.1.1.1", "1.0.0.1", "2606:4700:4700::1111", "2606:4700:4700::1001", /* Cloudflare */
	"9.9.9.9", "149.112.112.112", "2620:fe::fe", "2620:fe::9", /* Quad9 */
	"208.67.222.222", "208.67.220.220", "2620:119:35::35", "2620:119:53::53", /* OpenDNS */
	NULL };

/* Public DNS over HTTPS, as its operators announce it, and what browsers and systems ship. */
static const char *const doh_servers[] = { "dns.google", "dns64.dns.google",
	"8888.google", /* Google */
	"cloudflare-dns.com", "*.cloudflare-dns.com", "one.one.one.one",
	"1dot1dot1dot1.cloudflare-dns.com", "*.cloudflare-gateway.com", /* Cloudflare */
	"dns.quad9.net", "dns9.quad9.net", "dns10.quad9.net", "dns11.quad9.net", /* Quad9 */
	"doh.opendns.com", "dns.opendns.com", "doh.familyshield.opendns.com",
	"doh.sandbox.opendns.com", "doh.umbrella.com", /* Cisco */
	"dns.nextdns.io", "*.dns.nextdns.io", "firefox.dns.nextdns.io", "chromium.dns.nextdns.io",
	"anycast.dns.nextdns.io", "doh3.dns.nextdns.io", /* NextDNS */
	"dns.adguard.com", "dns.adguard-dns.com", "*.adguard-dns.com", "dns-family.adguard.com",
	"dns-unfiltered.adguard.com", /* AdGuard */
	"doh.cleanbrowsing.org", "doh.dns.sb", "dns.sb", "doh.sb", /* CleanBrowsing, DNS.SB */
	"dns.controld.com", "freedns.controld.com", "*.dns.controld.com", /* Control D */
	"doh.mullvad.net", "dns.mullvad.net", "*.dns.mullvad.net", /* Mullvad */
	"doh.libredns.gr", "dns.digitale-gesellschaft.ch", "doh.applied-privacy.net",
	"odoh.cloudflare-dns.com", "doh.xfinity.com", "dns.switch.ch", "doh.ffmuc.net",
	"dns.alidns.com", "doh.pub", "dns.pub", "doh.360.cn", "dns.twnic.tw", "public.dns.iij.jp",
	"dnsforge.de", "doh.dnslify.com", "ordns.he.net", "dns.aa.net.uk", "dns0.eu", "*.dns0.eu",
	"doh.dns4all.eu", "unfiltered.joindns4.eu", "protective.joindns4.eu", "dns.njal.la",
	"wikimedia-dns.org", "doh.tiar.app", "mozilla.cloudflare-dns.com",
	"chrome.cloudflare-dns.com", "doh.dns.apple.com", NULL };

/* RFC 9250 4.1.1; 784 and 8853 were its drafts'. */
static const struct nt_port_list doq_ports = {
	.count = 3,
	.ports = { { .port = 784, .proto = NT_PORT_UDP }, { .port = 853, .proto = NT_PORT_UDP },
		{ .port = 8853, .proto = NT_PORT_UDP } },
};

const struct config_group config_groups[] = {
	{ "port", "What `nametap run` receives from; the same for each of its `ports`." },
	{ "lcores", "CPUs and memory of `nametap run`." },
	{ "run", "The running sensor; `nametap read` makes nothing of it." },
	{ "log", "What the logs look like." },
	{ "flow", "Connections, and when they are over. Named as in Zeek." },
	{ "fragments", "IP datagrams in pieces." },
	{ "tunnel", "Packets in packets. Named as in Zeek." },
	{ "names", "What is learnt of names, how long it counts, and how much is kept. Caps are a "
		   "worker's." },
	{ "notice", "Connections that no lookup explains: resp_lookup and notice.log "
		    "([verdicts.md](verdicts.md)). Caps are a worker's." },
	{ "hosts", "Clients with several addresses: those seen with one link address are one "
		   "host's." },
	{ "relay", "What workers tell one another." },
	{ "stats", "The sensor about itself." },
	{ "read", "Reading captures." },
};
const size_t config_group_count = NT_ARRAY_SIZE(config_groups);

const struct config_key config_keys[] = {
	{ "workers", U32(workers), .min = 1, .max = NT_CONFIG_WORKERS_MAX, .def = 1,
		.unit = "lcores", .help = "Worker lcores that the packets are spread over." },
	{ "local_nets", NETS(local_nets), RELOADS,
		.help = "Networks that are local, beside the private ones, which always are." },
	{ "checksums", WORDS(checksums, checksums), .def = NT_CONFIG_CHECKSUMS_IGNORE,
		.help = "Of IPv4, TCP, UDP and ICMP: ignored, verified, or as the network card "
			"says "
			"(captures have nothing of it: then as \"ignore\")." },

	{ "ports", DEVICES(ports),
		.help = "Devices that `nametap run` receives from: PCI addresses, or DPDK's "
			"virtual devices with their arguments. All feed the same workers." },

	{ "port.descriptors", U32(port.descriptors), .min = 64, .max = 32768, .def = 4096,
		.unit = "packets",
		.help = "Packets that a receive queue of the port holds; a power of two." },
	{ "port.mtu", U32(port.mtu), .min = 0, .max = 16000, .def = 0, .unit = "bytes",
		.help = "MTU set on the port, 68 or more; 0 leaves it as it is." },
	{ "port.mbufs", U32(port.mbufs), .min = 0, .max = INT64_C(1) << 26, .def = 0,
		.unit = "packets",
		.help = "Buffers for packets of a port; 0: what its queues and the bursts in hand "
			"need." },
	{ "port.timestamps", WORDS(port.timestamps, timestamps), .def = NT_CONFIG_TIMESTAMPS_AUTO,
		.help = "The time of a packet: the port's where it tells it (auto), or always that "
			"of its reception (off)." },
	{ "port.distributor", WORDS(port.distributor, distributor),
		.def = NT_CONFIG_DISTRIBUTOR_AUTO,
		.help = "An lcore of its own that receives and steers: where a port can't spread "
			"both directions of a connection to one queue (auto), always, or never." },
	{ "port.promiscuous", BOOL(port.promiscuous), .def = true,
		.help = "Packets to other stations are received as well." },

	{ "lcores.cpus", LONG_TEXT(lcores.cpus), .chars = "0-9,-",
		.help = "CPUs as in `2-5,8`, an lcore each, in this order: control, the "
			"distributor if there is one, the workers; empty: any that the process may "
			"use." },
	{ "lcores.idle", WORDS(lcores.idle, idle), .def = NT_CONFIG_IDLE_SLEEP,
		.help = "An lcore without packets: polls on, pauses its CPU for a moment, or "
			"sleeps a little once it has been idle for long." },
	{ "lcores.huge", BOOL(lcores.huge), .def = true,
		.help = "2 MiB pages for packets and tables; else ordinary ones." },
	{ "lcores.memory", U32(lcores.memory_mb), .min = 0, .max = 1 << 20, .def = 0, .unit = "MiB",
		.help = "Memory of DPDK; 0: as much as its pools and rings need." },

	{ "run.dir", LONG_TEXT(run.dir), .min = 1, .def_text = "/var/log/nametap",
		.help = "The directory of the logs." },
	{ "run.prefix", TEXT(run.prefix), .min = 1, .max = 32, .def_text = "nametap",
		.chars = "A-Za-z0-9_-",
		.help = "The sensor's name among this machine's DPDK processes (file prefix)." },
	{ "run.snapshot", LONG_TEXT(run.snapshot),
		.help = "File that the name cache is kept in over a restart; empty: none." },
	{ "run.snapshot_interval", DURATION(run.snapshot_interval_ns), .min = 0, .max = DAYS(1),
		.def = NT_SEC(900),
		.help = "How often it is written beside at the end; 0: only then." },
	{ "run.stuck_after", DURATION(run.stuck_after_ns), RELOADS, .min = NT_SEC(1),
		.max = NT_SEC(3600), .def = NT_SEC(5),
		.help = "An lcore that makes no turn for so long is told." },
	{ "run.prefault", BOOL(run.prefault), .def = true,
		.help = "Take all memory of the tables at the start, each worker's where its CPU "
			"is: "
			"nothing grows afterwards. Else it is taken as tables fill." },

	{ "log.format", WORDS(log.format, formats), .def = NT_CONFIG_JSON,
		.help = "JSON lines, or tab-separated values with Zeek's header." },
	{ "log.name_fields", WORDS(log.names, spellings), .def = NT_CONFIG_DOTTED,
		.help = "How the fields of names are spelt: id.orig_h_name.src or "
			"id_orig_h_n.src." },
	{ "log.community_id", BOOL(log.community_id),
		.help = "Column community_id of conn.log: Community ID v1." },
	{ "log.community_id_seed", U32(log.community_id_seed), .min = 0, .max = UINT16_MAX,
		.def = 0, .help = "Its seed: the same in all tools of a site." },
	{ "log.vlan", BOOL(log.vlan), .help = "Columns vlan and inner_vlan of conn.log." },
	{ "log.l2_addr", BOOL(log.l2_addr),
		.help = "Columns orig_l2_addr and resp_l2_addr of conn.log." },
	{ "log.path_field", BOOL(log.path_field),
		.help = "JSON: each line begins with _path, the name of the log." },
	{ "log.sensor", TEXT(log.sensor), .max = NT_CONFIG_TEXT_MAX,
		.help = "JSON: each line has this name of the sensor as _system_name; empty: "
			"none." },
	{ "log.rotate_interval", DURATION(log.rotate_interval_ns), .min = 0, .max = DAYS(30),
		.def = 0,
		.help = "Logs are closed, and renamed, at multiples of this since midnight; 0 is "
			"never." },
	{ "log.rotate_bytes", U64(log.rotate_bytes), .min = 0, .max = INT64_C(1) << 50, .def = 0,
		.unit = "bytes",
		.help = "Logs are closed, and renamed, before they are larger than this; 0 is "
			"never." },

	{ "flow.max", U32(flow.max), LOWERS, .min = 16, .max = INT64_C(1) << 28, .def = 1 << 20,
		.unit = "connections",
		.help = "Connections that a worker holds; beyond, what has hardly begun is ended, "
			"or is over soonest." },
	{ "flow.tcp_inactivity_timeout", DURATION(flow.tcp_inactivity_ns), .min = SEC_TENTH,
		.max = DAYS(30), .def = NT_SEC(300),
		.help = "TCP connections without a packet for so long are over." },
	{ "flow.udp_inactivity_timeout", DURATION(flow.udp_inactivity_ns), .min = SEC_TENTH,
		.max = DAYS(30), .def = NT_SEC(60),
		.help = "UDP flows, and TCP before its handshake, without a packet for so long are "
			"over." },
	{ "flow.icmp_inactivity_timeout", DURATION(flow.icmp_inactivity_ns), .min = SEC_TENTH,
		.max = DAYS(30), .def = NT_SEC(60),
		.help = "ICMP flows without a packet for so long are over." },
	{ "flow.unknown_ip_inactivity_timeout", DURATION(flow.unknown_ip_inactivity_ns),
		.min = SEC_TENTH, .max = DAYS(30), .def = NT_SEC(60),
		.help = "Flows of other IP protocols without a packet for so long are over." },
	{ "flow.tcp_SYN_timeout", DURATION(flow.tcp_SYN_timeout_ns), .min = SEC_TENTH,
		.max = DAYS(1), .def = NT_SEC(5),
		.help = "When TCP connections that may be over (unanswered, half closed) are first "
			"looked at." },
	{ "flow.tcp_session_timer", DURATION(flow.tcp_session_timer_ns), .min = SEC_TENTH,
		.max = NT_SEC(3600), .def = NT_SEC(6),
		.help = "How often TCP connections that may be over are looked at from then on." },
	{ "flow.tcp_connection_linger", DURATION(flow.tcp_connection_linger_ns), .min = SEC_TENTH,
		.max = DAYS(1), .def = NT_SEC(5),
		.help = "How long TCP connections that may be over are kept after their last "
			"packet." },
	{ "flow.tcp_attempt_delay", DURATION(flow.tcp_attempt_delay_ns), .min = SEC_TENTH,
		.max = DAYS(1), .def = NT_SEC(5),
		.help = "How long an attempt that nobody answers is kept, from its first packet." },
	{ "flow.tcp_close_delay", DURATION(flow.tcp_close_delay_ns), .min = SEC_TENTH,
		.max = DAYS(1), .def = NT_SEC(5),
		.help = "How long a TCP connection that both ends closed, or one reset, waits for "
			"late packets." },
	{ "flow.dns_session_timeout", DURATION(flow.dns_session_timeout_ns), .min = NT_SEC(1),
		.max = DAYS(1), .def = NT_SEC(10),
		.help = "How often DNS exchanges are looked at: one that is found idle is over." },
	{ "flow.interactive_inactivity_timeout", DURATION(flow.interactive_inactivity_ns),
		.min = SEC_TENTH, .max = DAYS(30), .def = NT_SEC(3600),
		.help = "Inactivity timeout of interactive services: of TCP connections to "
			"interactive_ports." },
	{ "flow.interactive_ports", PORTS(flow.interactive_ports), .unit = "ports",
		.def_ports = &nt_ports_interactive,
		.help = "TCP ports of interactive services: those of Zeek's "
			"port_inactivity_timeouts." },
	{ "flow.likely_server_ports", PROTO_PORTS(flow.likely_server_ports), .unit = "ports",
		.def_ports = &nt_ports_likely_servers,
		.help = "Where only the first packet's source is one of these, its destination is "
			"taken for the originator." },

	{ "fragments.max_datagrams", U32(fragments.max_datagrams), .min = 16,
		.max = INT64_C(1) << 20, .def = 4096, .unit = "datagrams",
		.help = "Datagrams waiting for fragments; beyond, the oldest is given up." },
	{ "fragments.max_bytes", U32(fragments.max_bytes), .min = 1 << 20, .max = INT64_C(1) << 30,
		.def = 16 << 20, .unit = "bytes",
		.help = "Room for them; beyond, the oldest is given up." },
	{ "fragments.frag_timeout", DURATION(fragments.timeout_ns), .min = SEC_TENTH,
		.max = DAYS(1), .def = NT_SEC(30),
		.help = "How long a datagram waits for its fragments, from the first one." },

	{ "tunnel.max_depth", U32(tunnel.max_depth), .min = 0, .max = 4, .def = 4,
		.unit = "tunnels", .help = "Tunnels in tunnels that are opened; 0 opens none." },
	{ "tunnel.max", U32(tunnel.max), .min = 16, .max = INT64_C(1) << 24, .def = 16384,
		.unit = "tunnels",
		.help = "Tunnels known at once; beyond, one near its end is forgotten." },

	{ "names.enabled", BOOL(names.enabled), .def = true,
		.help = "Else there are no names and no notices: nothing is learnt, nobody is "
			"looked up, and payload is looked into only for `service` and `history`." },
	{ "names.dns_ports", PORTS(names.dns_ports), .def = 53, .unit = "ports",
		.help = "UDP ports of DNS servers. With none ([]), no names come from DNS." },
	{ "names.mdns_ports", PORTS(names.mdns_ports), .def = 5353, .unit = "ports",
		.help = "UDP ports of multicast DNS. With none ([]), no names come from it." },
	{ "names.llmnr_ports", PORTS(names.llmnr_ports), .def = 5355, .unit = "ports",
		.help = "UDP ports of LLMNR. With none ([]), no names come from it." },
	{ "names.nbns_ports", PORTS(names.nbns_ports), .def = 137, .unit = "ports",
		.help = "UDP ports of NetBIOS's name service. With none ([]), no names come from "
			"it." },
	{ "names.dhcp_ports", PORTS(names.dhcp_ports), .def = 67, .unit = "ports",
		.help = "UDP ports of DHCP servers. With none ([]), no names come from DHCP." },
	{ "names.dhcp6_ports", PORTS(names.dhcp6_ports), .def = 547, .unit = "ports",
		.help = "UDP ports of DHCPv6 servers. With none ([]), no names come from DHCPv6." },
	{ "names.ttl_min", DURATION(names.ttl_min_ns), RELOADS, .min = 0, .max = DAYS(1),
		.def = NT_SEC(60), .help = "Shorter times to live count as this." },
	{ "names.ttl_max", DURATION(names.ttl_max_ns), RELOADS, .min = NT_SEC(1), .max = TTL_MAX_NS,
		.def = DAYS(1), .help = "Longer times to live count as this." },
	{ "names.ttl_grace", DURATION(names.ttl_grace_ns), RELOADS, .min = 0, .max = DAYS(1),
		.def = NT_SEC(60), .help = "Added to each time to live: clients are late." },
	{ "names.stale_for", DURATION(names.stale_for_ns), .min = 0, .max = DAYS(30),
		.def = NT_SEC(3600), .help = "How long an expired name still counts, as stale." },
	{ "names.pin_after", DURATION(names.pin_after_ns), .min = 0, .max = DAYS(1),
		.def = NT_SEC(60),
		.help = "Connections that last longer have their names fixed at this age." },
	{ "names.reuse_after", DURATION(names.reuse_after_ns), .min = 0, .max = TTL_MAX_NS,
		.def = NT_SEC(10),
		.help = "A client that has looked nothing up for so long goes back to the name "
			"that it has known longest." },
	{ "names.unsolicited", WORDS(names.unsolicited, unsolicited), RELOADS,
		.def = NT_CONFIG_UNSOLICITED_AUTO,
		.help = "DNS answers on flows that showed no query: accept them, refuse them, or "
			"(auto) accept them until a query is seen, which says that the tap sees "
			"queries." },
	{ "names.query_life", DURATION(names.query_life_ns), .min = SEC_TENTH, .max = NT_SEC(3600),
		.def = NT_SEC(30), .help = "How long a query waits for its response." },
	{ "names.max_dns_streams", U32(names.max_dns_streams), .min = 1, .max = 65536, .def = 256,
		.unit = "messages",
		.help = "DNS messages over TCP that are put together at once." },
	{ "names.max_queries", U32(names.max_queries), .min = 16, .max = INT64_C(1) << 22,
		.def = 65536, .unit = "queries", .help = "Queries in flight." },
	{ "names.quic_max", U32(names.quic_max), .min = 1, .max = 1 << 16, .def = 1024,
		.unit = "connections",
		.help = "QUIC connections whose ClientHello is being put together (16 KiB each)." },
	{ "names.quic_rate", U64(names.quic_rate), RELOADS, .min = 0, .max = 1000000000,
		.def = 20000, .unit = "packets/s",
		.help = "QUIC Initial packets decrypted at most (some 4 microseconds each); 0 is "
			"unlimited." },
	{ "names.max_mappings", U32(names.max_mappings), LOWERS, .min = 16, .max = CACHE_MAX,
		.def = 1 << 20, .unit = "mappings", .help = "Mappings kept." },
	{ "names.max_addresses", U32(names.max_addresses), LOWERS, .min = 16, .max = CACHE_MAX,
		.def = 1 << 18, .unit = "addresses",
		.help = "Addresses with names kept, and clients that are not of IPv4." },
	{ "names.max_names", U32(names.max_names), LOWERS, .min = 16, .max = CACHE_MAX,
		.def = 1 << 18, .unit = "names", .help = "Different names kept." },
	{ "names.max_name_bytes", U64(names.max_name_bytes), .min = 65536, .max = INT64_C(1) << 33,
		.def = 32 << 20, .unit = "bytes", .help = "Room for the text of names." },
	{ "names.max_per_address", U32(names.max_per_address), LOWERS, .min = 1, .max = CACHE_MAX,
		.def = 65536, .unit = "mappings",
		.help = "Mappings of one address; beyond, the one told longest ago goes." },
	{ "names.asserted_ttl", DURATION(names.asserted_ttl_ns), RELOADS, .min = 0, .max = DAYS(1),
		.def = NT_SEC(300),
		.help = "How long a server name of TLS, QUIC or HTTP names the server's other "
			"connections." },
	{ "names.max_asserted", U32(names.max_asserted), LOWERS, .min = 16, .max = CACHE_MAX,
		.def = 1 << 16, .unit = "mappings", .help = "Mappings kept of such server names." },
	{ "names.max_hosts_per_connection", U32(names.max_hosts_per_connection), RELOADS, .min = 1,
		.max = 64, .def = 64, .unit = "names",
		.help = "Different Hosts learnt from the requests of one HTTP connection; 1: what "
			"follows is not read." },
	{ "names.max_per_record", U32(names.max_per_record), .min = 1, .max = 32, .def = 8,
		.unit = "names", .help = "Names in one field of a record." },

	{ "notice.grace", DURATION(notice.grace_ns), .min = 0, .max = NT_SEC(3600),
		.def = NT_SEC(1),
		.help = "A lookup seen so long after the start of a connection still explains "
			"it." },
	{ "notice.warm_up", DURATION(notice.warm_up_ns), RELOADS, .min = 0, .max = DAYS(30),
		.def = NT_SEC(300),
		.help = "For so long nothing is claimed: lookups were made before. For captures "
			"that are read 0 unless it is set." },
	{ "notice.look_back", DURATION(notice.look_back_ns), RELOADS, .min = 0, .max = DAYS(365),
		.def = DAYS(1),
		.help = "Where a lookup of the last so long was forgotten for want of room, "
			"nothing is claimed." },
	{ "notice.lost_for", DURATION(notice.lost_for_ns), .min = 0, .max = DAYS(30),
		.def = NT_SEC(60),
		.help = "After an answer that could not be read nothing is claimed of its client "
			"for so long." },
	{ "notice.hidden_for", DURATION(notice.hidden_for_ns), .min = 0, .max = DAYS(30),
		.def = NT_SEC(3600),
		.help = "Nor of a client that was seen to use encrypted DNS." },
	{ "notice.suppress_for", DURATION(notice.suppress_for_ns), RELOADS, .min = 0,
		.max = DAYS(30), .def = NT_SEC(3600),
		.help = "The same notice (originator, responder, its port and protocol) is told "
			"once in this time, and what it stood for at its end." },
	{ "notice.max_told", U32(notice.max_told), LOWERS, .min = 16, .max = INT64_C(1) << 28,
		.def = 1 << 20, .unit = "entries",
		.help = "Addresses that lookups returned, and addresses with their clients, "
			"remembered." },
	{ "notice.max_clients", U32(notice.max_clients), .min = 16, .max = INT64_C(1) << 28,
		.def = 65536, .unit = "entries",
		.help = "Clients remembered for lost answers, and for encrypted DNS." },
	{ "notice.max_suppressed", U32(notice.max_suppressed), .min = 16, .max = INT64_C(1) << 24,
		.def = 65536, .unit = "notices",
		.help = "Notices not to be told again; beyond, the oldest may be." },
	{ "notice.allow", ALLOW(notice.allow), RELOADS, .def_texts = allowed,
		.help = "Where connections go that need no lookup: addresses, networks, ports, "
			"protocols and combinations of these." },
	{ "notice.dot_ports", PORTS(notice.dot_ports), RELOADS, .def = 853, .unit = "ports",
		.help = "TCP ports on which TLS is DNS." },
	{ "notice.doq_ports", PORTS(notice.doq_ports), RELOADS, .unit = "ports",
		.def_ports = &doq_ports, .help = "UDP ports on which QUIC is DNS." },
	{ "notice.doh_servers", HOSTS(notice.doh_servers), RELOADS, .def_texts = doh_servers,
		.help = "Server names of DNS over HTTPS; `*.example.com` is all that lies below "
			"it." },

	{ "hosts.enabled", BOOL(hosts.enabled), .def = true,
		.help = "What any address of a host was told counts as told to the host; else each "
			"address is a client of its own." },
	{ "hosts.max_ipv4", U32(hosts.max_ipv4), .min = 1, .max = 16, .def = 4, .unit = "addresses",
		.help = "IPv4 addresses of one link address; more, and it is no host's (a "
			"router's)." },
	{ "hosts.max_ipv6", U32(hosts.max_ipv6), .min = 1, .max = 48, .def = 16,
		.unit = "addresses", .help = "The same for IPv6, temporary addresses included." },
	{ "hosts.ttl", DURATION(hosts.ttl_ns), .min = NT_SEC(1), .max = DAYS(30),
		.def = NT_SEC(3600),
		.help = "How long an address stays its host's since it was last seen; up to twice "
			"as long." },
	{ "hosts.max_links", U32(hosts.max_links), .min = 16, .max = INT64_C(1) << 28,
		.def = 1 << 17, .unit = "links",
		.help = "Addresses with their link addresses kept (64 bytes each); beyond, the "
			"oldest goes." },

	{ "relay.rate", U64(relay.rate), RELOADS, .min = 0, .max = 1000000000, .def = 10000,
		.unit = "mappings/s", .help = "Mappings sent to each worker; 0 is unlimited." },
	{ "relay.burst", U64(relay.burst), RELOADS, .min = 1, .max = 1000000000, .def = 1000,
		.unit = "mappings", .help = "Mappings that may go at once after a quiet time." },
	{ "relay.max_hold", DURATION(relay.max_hold_ns), RELOADS, .min = 0, .max = NT_SEC(3600),
		.def = NT_SEC(5),
		.help = "How long an ended connection may wait for mappings that pacing holds "
			"back." },

	{ "stats.interval", DURATION(stats.interval_ns), RELOADS, .min = NT_SEC(1), .max = DAYS(1),
		.def = NT_SEC(300), .help = "Time between two records of namecache.log." },

	{ "read.slab_bytes", U64(read.slab_bytes), .min = 512 << 10, .max = 16 << 20,
		.def = 512 << 10, .unit = "bytes",
		.help = "Bytes of a capture read at a time, where there are several workers." },
	{ "read.slabs", U32(read.slabs), .min = 4, .max = 1024, .def = 8, .unit = "slabs",
		.help = "Slabs in turn: how far the reader can be ahead of several workers." },
	{ "read.ring_size", U32(read.ring_size), .min = 256, .max = 32768, .def = 4096,
		.unit = "packets", .help = "Packets that a worker's queue holds; a power of two." },
};
const size_t config_key_count = NT_ARRAY_SIZE(config_keys);

const struct config_key *
config_key_find(const char *dotted)
{
	for (size_t i = 0; i < config_key_count; i++) {
		if (strcmp(config_keys[i].key, dotted) == 0)
			return &config_keys[i];
	}
	return NULL;
}

const struct config_group *
config_group_find(const char *name)
{
	for (size_t i = 0; i < config_group_count; i++) {
		if (strcmp(config_groups[i].name, name) == 0)
			return &config_groups[i];
	}
	return NULL;
}

const char *
config_key_leaf(const struct config_key *key)
{
	const char *dot = strrchr(key->key, '.');

	return dot != NULL ? dot + 1 : key->key;
}

size_t
config_key_group_len(const struct config_key *key)
{
	const char *dot = strrchr(key->key, '.');

	return dot != NULL ? (size_t)(dot - key->key) : 0;
}

const struct config_group *
config_key_group(const struct config_key *key)
{
	size_t len = config_key_group_len(key);

	for (size_t i = 0; i < config_group_count; i++) {
		const char *name = config_groups[i].name;

		if (strlen(name) == len && memcmp(name, key->key, len) == 0)
			return &config_groups[i];
	}
	return NULL;
}

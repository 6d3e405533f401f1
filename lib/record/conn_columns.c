/* SPDX-License-Identifier: BSD-3-Clause */
#include "columns.h"

#define L(s) COLUMN_LABEL_TEXT(s)

static const struct column_text protos[] = {
	[1] = L("icmp"),
	[6] = L("tcp"),
	[17] = L("udp"),
	[58] = L("icmp"),
};
static const struct column_text unknown_proto = L("unknown_transport");

/* By the number of the bit. */
static const struct column_text services[NT_ROW_SERVICES] = {
	L("ayiya"),
	L("dhcp"),
	L("dns"),
	L("dtls"),
	L("geneve"),
	L("gtpv1"),
	L("http"),
	L("quic"),
	L("ssl"),
	L("teredo"),
	L("vxlan"),
};

static const struct column_text states[NT_ROW_STATES] = {
	L("S0"),
	L("S1"),
	L("SF"),
	L("REJ"),
	L("S2"),
	L("S3"),
	L("RSTO"),
	L("RSTR"),
	L("RSTOS0"),
	L("RSTRH"),
	L("SH"),
	L("SHR"),
	L("OTH"),
};

const char *
nt_row_state_name(unsigned int state)
{
	return state < NT_ROW_STATES ? states[state].text : NULL;
}

/* nt_source_label and nt_match_label with their lengths; a test holds them together. */
const struct column_text nt_source_texts[NT_SOURCES] = {
	[NT_SOURCE_DNS_A] = L("DNS_A"),
	[NT_SOURCE_DNS_AAAA] = L("DNS_A"),
	[NT_SOURCE_DNS_HTTPS] = L("DNS_A"),
	[NT_SOURCE_DNS_PTR] = L("DNS_PTR"),
	[NT_SOURCE_MDNS] = L("MDNS"),
	[NT_SOURCE_LLMNR] = L("LLMNR"),
	[NT_SOURCE_NBNS] = L("NBNS"),
	[NT_SOURCE_DHCP] = L("DHCP"),
	[NT_SOURCE_SSL_SNI] = L("SSL_SNI"),
	[NT_SOURCE_HTTP_HOST] = L("HTTP_HOST"),
};

static const struct column_text matches[NT_MATCHES] = {
	[NT_MATCH_CLIENT] = L("client"),
	[NT_MATCH_OTHER] = L("other"),
	[NT_MATCH_STALE] = L("stale"),
	[NT_MATCH_LATE] = L("late"),
	[NT_MATCH_SELF] = L("self"),
	[NT_MATCH_REVERSE] = L("reverse"),
};

static const struct column_text lookups[NT_ROW_LOOKUPS] = {
	[1] = L("client"),
	[2] = L("other"),
	[3] = L("none"),
	[4] = L("unknown"),
};

#define AT(field)    .offset = offsetof(struct nt_conn_row, field)
#define LABELS(list) .labels = (list), .label_count = NT_ARRAY_SIZE(list)

/* Zeek 8's order, then what its policy scripts add, then ours. */
static const struct column columns[] = {
	{ COLUMN_NAMES_ONE("ts"), .help = "time of the first packet", .kind = COLUMN_TIME,
		AT(ts_ns) },
	{ COLUMN_NAMES_ONE("uid"), .help = "identifier of the connection", .kind = COLUMN_UID,
		AT(uid) },
	{ COLUMN_NAMES_ONE("id.orig_h"), .help = "originator's address", .kind = COLUMN_ADDR,
		AT(orig_h) },
	{ COLUMN_NAMES_ONE("id.orig_p"), .help = "originator's port, or ICMP type",
		.kind = COLUMN_PORT, AT(orig_p) },
	{ COLUMN_NAMES_ONE("id.resp_h"), .help = "responder's address", .kind = COLUMN_ADDR,
		AT(resp_h) },
	{ COLUMN_NAMES_ONE("id.resp_p"), .help = "responder's port, or ICMP counterpart or code",
		.kind = COLUMN_PORT, AT(resp_p) },
	{ COLUMN_NAMES_ONE("proto"), .help = "tcp, udp, icmp or unknown_transport",
		.kind = COLUMN_LABEL, .type = "enum", LABELS(protos), .fallback = &unknown_proto,
		AT(ip_proto) },
	{ COLUMN_NAMES_ONE("service"), .help = "protocols found in the payload, comma-separated",
		.kind = COLUMN_LABELS, LABELS(services), AT(service) },
	{ COLUMN_NAMES_ONE("duration"), .help = "from the first packet to the last",
		.kind = COLUMN_INTERVAL, .when = NT_ROW_DURATION, AT(duration_ns) },
	{ COLUMN_NAMES_ONE("orig_bytes"), .help = "payload bytes of the originator",
		.kind = COLUMN_COUNT, .when = NT_ROW_DURATION, AT(bytes[0]) },
	{ COLUMN_NAMES_ONE("resp_bytes"), .help = "payload bytes of the responder",
		.kind = COLUMN_COUNT, .when = NT_ROW_DURATION, AT(bytes[1]) },
	{ COLUMN_NAMES_ONE("conn_state"), .help = "how far it came (Zeek's states)",
		.kind = COLUMN_LABEL, LABELS(states), AT(conn_state) },
	{ COLUMN_NAMES_ONE("local_orig"), .help = "the originator is in a local network",
		.kind = COLUMN_BOOL, .arg = NT_ROW_LOCAL_ORIG },
	{ COLUMN_NAMES_ONE("local_resp"), .help = "the responder is in a local network",
		.kind = COLUMN_BOOL, .arg = NT_ROW_LOCAL_RESP },
	{ COLUMN_NAMES_ONE("missed_bytes"), .help = "payload bytes in gaps", .kind = COLUMN_COUNT,
		AT(missed_bytes) },
	{ COLUMN_NAMES_ONE("history"), .help = "what happened, a letter each (Zeek's)",
		.kind = COLUMN_HISTORY, AT(tail) },
	{ COLUMN_NAMES_ONE("orig_pkts"), .help = "packets of the originator", .kind = COLUMN_COUNT,
		AT(pkts[0]) },
	{ COLUMN_NAMES_ONE("orig_ip_bytes"), .help = "IP bytes of the originator",
		.kind = COLUMN_COUNT, AT(ip_bytes[0]) },
	{ COLUMN_NAMES_ONE("resp_pkts"), .help = "packets of the responder", .kind = COLUMN_COUNT,
		AT(pkts[1]) },
	{ COLUMN_NAMES_ONE("resp_ip_bytes"), .help = "IP bytes of the responder",
		.kind = COLUMN_COUNT, AT(ip_bytes[1]) },
	{ COLUMN_NAMES_ONE("tunnel_parents"), .help = "uids of the tunnels it came in",
		.kind = COLUMN_PARENTS },
	{ COLUMN_NAMES_ONE("ip_proto"), .help = "IP protocol number", .kind = COLUMN_COUNT8,
		AT(ip_proto) },
	{ COLUMN_NAMES_ONE("vlan"), .help = "outer VLAN (`log.vlan`)", .kind = COLUMN_VLAN,
		.option = NT_LOG_VLAN, AT(vlan) },
	{ COLUMN_NAMES_ONE("inner_vlan"), .help = "inner VLAN (`log.vlan`)", .kind = COLUMN_VLAN,
		.option = NT_LOG_VLAN, AT(inner_vlan) },
	{ COLUMN_NAMES_ONE("orig_l2_addr"), .help = "originator's link address (`log.l2_addr`)",
		.kind = COLUMN_MAC, .option = NT_LOG_L2_ADDR, .arg = 0 },
	{ COLUMN_NAMES_ONE("resp_l2_addr"), .help = "responder's link address (`log.l2_addr`)",
		.kind = COLUMN_MAC, .option = NT_LOG_L2_ADDR, .arg = 1 },
	{ COLUMN_NAMES_ONE("community_id"), .help = "community ID v1 (`log.community_id`)",
		.kind = COLUMN_COMMUNITY_ID, .option = NT_LOG_COMMUNITY_ID },
	{ COLUMN_NAMES_TWO("id.orig_h_name.src", "id_orig_h_n.src"),
		.help = "source of the originator's first name", .kind = COLUMN_LABEL,
		LABELS(nt_source_texts), AT(orig_source) },
	{ COLUMN_NAMES_TWO("id.orig_h_name.vals", "id_orig_h_n.vals"),
		.help = "names of the originator, best first", .kind = COLUMN_NAMES, .arg = 0,
		AT(orig_names) },
	{ COLUMN_NAMES_TWO("id.orig_h_name.more", "id_orig_h_n.more"),
		.help = "there were more than `names.max_per_record`; else not there",
		.kind = COLUMN_BOOL, .when = NT_ROW_ORIG_MORE, .arg = NT_ROW_ORIG_MORE },
	{ COLUMN_NAMES_TWO("id.resp_h_name.src", "id_resp_h_n.src"),
		.help = "source of the responder's first name", .kind = COLUMN_LABEL,
		LABELS(nt_source_texts), AT(resp_source) },
	{ COLUMN_NAMES_TWO("id.resp_h_name.vals", "id_resp_h_n.vals"),
		.help = "names of the responder, best first", .kind = COLUMN_NAMES, .arg = 1,
		AT(resp_names) },
	{ COLUMN_NAMES_TWO("id.resp_h_name.more", "id_resp_h_n.more"),
		.help = "there were more than `names.max_per_record`; else not there",
		.kind = COLUMN_BOOL, .when = NT_ROW_RESP_MORE, .arg = NT_ROW_RESP_MORE },
	{ COLUMN_NAMES_TWO("id.resp_h_name.match", "id_resp_h_n.match"),
		.help = "how they were found: client, other, stale, late, self or reverse",
		.kind = COLUMN_LABEL, LABELS(matches), AT(resp_match) },
	{ COLUMN_NAMES_TWO("id.resp_h_name.age", "id_resp_h_n.age"),
		.help = "from the lookup to the start of the connection; late ones are negative",
		.kind = COLUMN_INTERVAL, .when = NT_ROW_AGE, AT(resp_age_ns) },
	{ COLUMN_NAMES_ONE("server_name"),
		.help = "server that the originator asked for (TLS, QUIC, HTTP)",
		.kind = COLUMN_TAIL_NAME, .when = NT_ROW_SERVER_NAME },
	{ COLUMN_NAMES_ONE("server_name_addrs"),
		.help = "addresses that lookups had given for that name, the latest first",
		.kind = COLUMN_ADDRS, AT(server_addrs) },
	{ COLUMN_NAMES_ONE("ech"),
		.help = "it came with an encrypted ClientHello and may be for show; else not there",
		.kind = COLUMN_BOOL, .when = NT_ROW_ECH, .arg = NT_ROW_ECH },
	{ COLUMN_NAMES_ONE("resp_lookup"),
		.help = "outbound: did a lookup return the responder's address? client, other, "
			"none or unknown",
		.kind = COLUMN_LABEL, LABELS(lookups), AT(resp_lookup) },
};

const struct column_table nt_conn_columns = { "conn", columns, NT_ARRAY_SIZE(columns) };

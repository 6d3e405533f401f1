/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every counter of a worker, in one table: enum, name, unit, help. namecache.log, the summary,
 * telemetry and the documentation read it. Counters only grow; a monotonic copy is taken by whoever
 * wants differences.
 *
 * One block per lcore, written by that lcore only (relaxed load and store: no lock prefix), read by
 * any thread (relaxed): each number is whole, several of them need not be of one moment.
 */
#ifndef NT_COUNTERS_H
#define NT_COUNTERS_H

#include <nt_base.h>

/*
 * The blocks PACKETS_*, DNS_* and SRC_* follow the order of enum nt_packet_reason, enum
 * nt_dns_reason and enum nt_source: the id is the first one's plus the value. Where those enums are
 * known, assert NT_COUNTER_PACKET_REASONS and its like.
 */
/* clang-format off */
#define NT_COUNTERS(X) \
	/* packets */ \
	X(PACKETS, packets, "packets", "packets received") \
	X(PACKET_BYTES, packet_bytes, "bytes", "bytes of them on the wire") \
	X(PACKETS_OK, packets_ok, "packets", "packets that belong to a connection") \
	X(PACKETS_CUT_LINK, packets_cut_link, "packets", "shorter than their link header or VLAN tag") \
	X(PACKETS_NOT_IP, packets_not_ip, "packets", "without IP: ARP, LLDP and the like") \
	X(PACKETS_CUT_IP, packets_cut_ip, "packets", "shorter than their IP headers") \
	X(PACKETS_BAD_IP, packets_bad_ip, "packets", "with an impossible IP header") \
	X(PACKETS_BAD_CHECKSUM, packets_bad_checksum, "packets", "with a wrong checksum of the IPv4 header") \
	X(PACKETS_CUT_L4, packets_cut_l4, "packets", "captured without their whole transport header") \
	X(PACKETS_BAD_L4, packets_bad_l4, "packets", "too short for their transport header") \
	X(PACKETS_FRAGMENT, packets_fragment, "packets", "fragments that completed no datagram") \
	X(PACKETS_EXT_LIMIT, packets_ext_limit, "packets", "with too many extension headers or tags") \
	X(PACKETS_TUNNEL, packets_tunnel, "packets", "in tunnels that were not opened: too deep, or nothing valid inside") \
	X(PACKETS_NO_TRANSPORT, packets_no_transport, "packets", "without a transport that has connections") \
	X(TUNNELED, tunneled, "packets", "that came in a tunnel") \
	X(TUNNEL_COPIES, tunnel_copies, "packets", "counted once more for the connection of a tunnel") \
	X(TUNNELS_TOO_DEEP, tunnels_too_deep, "packets", "of these tunnels, not opened: tunnel.max_depth was reached") \
	X(TUNNELS_EVICTED, tunnels_evicted, "tunnels", "forgotten: tunnel.max was reached") \
	X(DATAGRAMS_COMPLETED, datagrams_completed, "datagrams", "put together from fragments") \
	X(DATAGRAMS_TIMED_OUT, datagrams_timed_out, "datagrams", "given up: fragments did not come in time") \
	X(DATAGRAMS_EVICTED, datagrams_evicted, "datagrams", "given up: a fragments.max_* was reached") \
	X(FRAGMENTS_OVERLAPPING, fragments_overlapping, "fragments", "with other bytes where some were already") \
	X(FRAGMENTS_REPEATED, fragments_repeated, "fragments", "with bytes that were there already") \
	X(FRAGMENTS_REFUSED, fragments_refused, "fragments", "that can't be part of a datagram") \
	X(EPOCHS, epochs, "epochs", "captures that began before the clock: everything written and forgotten") \
	X(RX_PACKETS, rx_packets, "packets", "handed over by the ports") \
	X(RX_DROPPED, rx_dropped, "packets", "dropped by the port or the ring before a worker") \
	X(RX_MISSED, rx_missed, "packets", "of these, by a port: its queue was full") \
	X(RX_NO_BUFFER, rx_no_buffer, "packets", "of these, by a port: no buffer was free") \
	X(RX_RING_FULL, rx_ring_full, "packets", "of these, by the distributor: the worker's ring was full") \
	X(RX_INCOMPLETE, rx_incomplete, "packets", "looked into in part only: no buffer for the rest of it, or for the tunnel that it came in") \
	X(RX_ERRORS, rx_errors, "packets", "damaged when a port received them") \
	X(SPLIT_CONNS, split_conns, "connections", "of a sample, seen by two workers: packets are split wrongly") \
	/* connections */ \
	X(CONNS_MADE, conns_made, "connections", "connections begun") \
	X(CONNS_WRITTEN, conns_written, "connections", "connections handed over to be written") \
	X(CONNS_EVICTED, conns_evicted, "connections", "of these, ended by the table's cap") \
	X(CONNS_REFUSED, conns_refused, "packets", "of connections not begun: the table was full of what the same packet began") \
	X(CONNS_CROWDED, conns_crowded, "connections", "begun where others had taken all room for such hashes") \
	X(RANGES_MERGED, ranges_merged, "times", "gaps not told apart: a connection had too many at once") \
	X(CONN_EXTRA_EXHAUSTED, conn_extra_exhausted, "times", "gaps or history not kept: too many connections out of order") \
	X(CONN_LINK_EXHAUSTED, conn_link_exhausted, "times", "tunnels, VLANs or link addresses of a connection not kept: no room") \
	X(CONNS_LOST, conns_lost, "connections", "records dropped for want of room") \
	X(NOTICES_LOST, notices_lost, "notices", "dropped for want of room") \
	X(LINES_LOST, lines_lost, "lines", "lines of logs, lost: their files could not be written") \
	X(CONN_LINES_LOST, conn_lines_lost, "lines", "of these, of conn.log") \
	X(NOTICE_LINES_LOST, notice_lines_lost, "lines", "of these, of notice.log") \
	X(LCORES_STUCK, lcores_stuck, "times", "an lcore made no turn for run.stuck_after") \
	X(LEFT_BEHIND, left_behind, "times", "the watermark went on without a worker that made no turn for relay.max_hold") \
	X(RELEASED_EARLY, released_early, "connections", "written before the watermark had passed them") \
	X(RECORDS_LATE_AT_RATE, records_late_at_rate, "connections", "that would have missed a name at the configured pacing rate") \
	/* TCP payload looked into */ \
	X(STREAMS, streams, "connections", "looked into for what they speak") \
	X(STREAMS_BROKEN, streams_broken, "directions", "given up: too much out of order") \
	/* DNS messages, by what reading them gave */ \
	X(DNS_QUERIES, dns_queries, "messages", "DNS queries read") \
	X(DNS_RESPONSES, dns_responses, "messages", "DNS responses read") \
	X(DNS_OK, dns_ok, "messages", "DNS messages without a fault") \
	X(DNS_SHORT, dns_short, "messages", "that end inside the header or a record") \
	X(DNS_NOT_QUERY, dns_not_query, "messages", "of another opcode") \
	X(DNS_QDCOUNT, dns_qdcount, "messages", "without exactly one question") \
	X(DNS_COUNTS, dns_counts, "messages", "with counts that they cannot hold") \
	X(DNS_POINTER, dns_pointer, "messages", "with pointers not strictly backward, or too many") \
	X(DNS_LABEL, dns_label, "messages", "with unknown label types") \
	X(DNS_NAME_LONG, dns_name_long, "messages", "with names of more than 255 octets") \
	X(DNS_RDLENGTH, dns_rdlength, "messages", "with record data of a wrong length") \
	X(DNS_CHAIN, dns_chain, "messages", "with CNAME chains too long, looping or branching") \
	X(DNS_WORK, dns_work, "messages", "that would have cost too much work") \
	X(DNS_TRUNCATED, dns_truncated, "messages", "truncated (TC)") \
	X(DNS_RCODE, dns_rcode, "messages", "responses that tell an error") \
	X(DNS_CLASS, dns_class, "messages", "of another class than IN") \
	/* DNS responses, by the query they belong to */ \
	X(DNS_MATCHED, dns_matched, "responses", "the first response to a query seen") \
	X(DNS_UNSOLICITED, dns_unsolicited, "responses", "on flows that showed no query") \
	X(DNS_UNMATCHED, dns_unmatched, "responses", "to no query in flight: refused") \
	X(DNS_REPEAT, dns_repeat, "responses", "retransmitted") \
	X(DNS_CONFLICT, dns_conflict, "responses", "another answer to the same query: refused") \
	X(DNS_REFUSED_CHAIN, dns_refused_chain, "answers", "not reached from the question") \
	X(DNS_REFUSED_UNUSABLE, dns_refused_unusable, "answers", "unusable addresses") \
	X(DNS_REFUSED_LIMIT, dns_refused_limit, "answers", "beyond the bound of a message") \
	X(DNS_REFUSED_SVCB, dns_refused_svcb, "records", "malformed HTTPS and SVCB records") \
	X(DNS_QUERIES_EVICTED, dns_queries_evicted, "queries", "forgotten because too many were in flight") \
	X(DNS_STREAM_REFUSED, dns_stream_refused, "messages", "over TCP, stepped over: too many were being put together") \
	/* messages of local naming protocols */ \
	X(NBNS_READ, nbns_read, "messages", "NetBIOS name service messages read") \
	X(NBNS_MALFORMED, nbns_malformed, "messages", "malformed NetBIOS name service messages") \
	X(DHCP_READ, dhcp_read, "messages", "DHCPv4 and DHCPv6 messages read") \
	X(DHCP_MALFORMED, dhcp_malformed, "messages", "malformed DHCPv4 and DHCPv6 messages") \
	X(LOCAL_FOREIGN, local_foreign, "messages", "of local protocols from elsewhere than local networks: not read") \
	X(LOCAL_REFUSED, local_refused, "mappings", "of local protocols: unusable addresses, others than the sender's, or too many") \
	/* hosts */ \
	X(NEIGHBOURS, neighbours, "messages", "of ARP and neighbour discovery that tell a link address") \
	X(HOST_LINKS, host_links, "links", "addresses and link addresses seen together, and routers, told to all workers") \
	X(HOSTS_STOPPED, hosts_stopped, "hosts", "link addresses that link no more: a router's, or too many addresses") \
	X(HOST_LINKS_EVICTED, host_links_evicted, "links", "forgotten: hosts.max_links was reached") \
	X(HOSTS_CUT, hosts_cut, "lookups", "of a host cut short: too many link addresses of one address") \
	/* QUIC */ \
	X(QUIC_CONNS, quic_conns, "connections", "QUIC: a client's Initial packet was authentic") \
	X(QUIC_HELLOS, quic_hellos, "connections", "of these, with a whole ClientHello") \
	X(QUIC_DECRYPTED, quic_decrypted, "packets", "QUIC Initial packets decrypted") \
	X(QUIC_FAILED, quic_failed, "packets", "QUIC Initial packets that are not authentic, or a server's") \
	X(QUIC_OVER_RATE, quic_over_rate, "packets", "QUIC Initial packets not decrypted: more than names.quic_rate") \
	X(QUIC_EVICTED, quic_evicted, "connections", "QUIC forgotten: more than names.quic_max at once") \
	X(QUIC_TOO_LONG, quic_too_long, "connections", "QUIC with a ClientHello longer than is kept") \
	X(GQUIC_NAMES, gquic_names, "connections", "QUIC before TLS (Google's) that names its server") \
	/* mappings learnt, by source */ \
	X(SRC_UNKNOWN, src_unknown, "mappings", "learnt from elsewhere") \
	X(SRC_DNS_A, src_dns_a, "mappings", "learnt from A answers") \
	X(SRC_DNS_AAAA, src_dns_aaaa, "mappings", "learnt from AAAA answers") \
	X(SRC_DNS_HTTPS, src_dns_https, "mappings", "learnt from HTTPS and SVCB answers") \
	X(SRC_DNS_PTR, src_dns_ptr, "mappings", "learnt from PTR answers") \
	X(SRC_MDNS, src_mdns, "mappings", "learnt from multicast DNS") \
	X(SRC_LLMNR, src_llmnr, "mappings", "learnt from LLMNR") \
	X(SRC_NBNS, src_nbns, "mappings", "learnt from NetBIOS") \
	X(SRC_DHCP, src_dhcp, "mappings", "learnt from DHCP") \
	X(SRC_SSL_SNI, src_ssl_sni, "mappings", "learnt from TLS and QUIC server names") \
	X(SRC_HTTP_HOST, src_http_host, "mappings", "learnt from HTTP Host headers") \
	X(SRC_DNS_A6, src_dns_a6, "mappings", "learnt from A6 answers (never)") \
	X(SRC_NTLM_AUTH, src_ntlm_auth, "mappings", "learnt from NTLM (never)") \
	/* the way of the mappings: learnt = repeats + sent + shed_out; \
	 * sent * (workers - 1) = received + shed_in; received = new + refreshed + refused */ \
	X(MAPPINGS_LEARNT, mappings_learnt, "mappings", "learnt by this worker") \
	X(MAPPINGS_REPEATS, mappings_repeats, "mappings", "of retransmitted responses: dropped") \
	X(MAPPINGS_SENT, mappings_sent, "mappings", "sent to the relay") \
	X(MAPPINGS_SHED_OUT, mappings_shed_out, "mappings", "shed before the relay") \
	X(REFRESHES_SHED, refreshes_shed, "mappings", "of these, known already: shed first") \
	X(FACTS_SHED, facts_shed, "messages", "other than mappings, shed before the relay") \
	X(MAPPINGS_RECEIVED, mappings_received, "mappings", "received from the relay") \
	X(MAPPINGS_SHED_IN, mappings_shed_in, "mappings", "shed between the relay and this worker") \
	X(MAPPINGS_NEW, mappings_new, "mappings", "received and new") \
	X(MAPPINGS_REFRESHED, mappings_refreshed, "mappings", "received and known already") \
	X(MAPPINGS_REFUSED, mappings_refused, "mappings", "received and refused: no room, or nobody asked") \
	X(OWN_NEW, own_new, "mappings", "learnt by this worker and new to its cache") \
	X(OWN_REFRESHED, own_refreshed, "mappings", "learnt by this worker and known already") \
	X(OWN_REFUSED, own_refused, "mappings", "learnt by this worker and refused: no room, or nobody asked") \
	X(MAPPINGS_EVICTED, mappings_evicted, "mappings", "given up before their time: a names.max_* was reached") \
	X(LOOKUPS_CUT, lookups_cut, "lookups", "cut short: too many mappings of one address") \
	X(MAPPINGS_DELETED, mappings_deleted, "mappings", "expired or evicted") \
	X(MESSAGES_SENT, messages_sent, "messages", "messages of mappings sent to the relay") \
	X(MESSAGES_RECEIVED, messages_received, "messages", "messages of mappings received from it") \
	/* names of written connections: ends asked, hits */ \
	X(LOOKUPS, lookups, "lookups", "names asked of the cache for connection ends") \
	X(NAMED_CONNS, named_conns, "connections", "with a name at either end") \
	X(NAMED_ORIG, named_orig, "connections", "with a name of the originator") \
	X(NAMED_RESP, named_resp, "connections", "with a name of the responder") \
	X(NAMED_ASSERTED, named_asserted, "connections", "of these, by what other connections asserted of the responder") \
	X(ENDS_LOCAL, ends_local, "ends", "local ends of written connections") \
	X(ENDS_LOCAL_NAMED, ends_local_named, "ends", "of these, named") \
	X(ENDS_EXTERNAL, ends_external, "ends", "non-local ends of written connections") \
	X(ENDS_EXTERNAL_NAMED, ends_external_named, "ends", "of these, named") \
	/* outbound connections, by what lookups returned: enum nt_verdict from CLIENT */ \
	X(LOOKUP_CLIENT, lookup_client, "connections", "outbound, to an address that a lookup of their client returned") \
	X(LOOKUP_OTHER, lookup_other, "connections", "outbound, to an address that a lookup of somebody else returned") \
	X(LOOKUP_NONE, lookup_none, "connections", "outbound, to an address that no lookup returned") \
	X(LOOKUP_UNKNOWN, lookup_unknown, "connections", "outbound, of which that can't be said") \
	/* of these, why: enum nt_unknown */ \
	X(UNKNOWN_JOINED, unknown_joined, "connections", "because their beginning was not seen") \
	X(UNKNOWN_WARM_UP, unknown_warm_up, "connections", "because of notice.warm_up") \
	X(UNKNOWN_EARLY, unknown_early, "connections", "because they had to be judged early: flow.max was reached, or relay.max_hold") \
	X(UNKNOWN_FORGOTTEN, unknown_forgotten, "connections", "because a notice.max_* was reached") \
	X(UNKNOWN_ENCRYPTED, unknown_encrypted, "connections", "because of encrypted DNS") \
	X(UNKNOWN_TRUNCATED, unknown_truncated, "connections", "because of a truncated answer") \
	X(UNKNOWN_FRAGMENTED, unknown_fragmented, "connections", "because of an answer with fragments missing") \
	X(UNKNOWN_MALFORMED, unknown_malformed, "connections", "because of a malformed answer") \
	X(UNKNOWN_REFUSED, unknown_refused, "connections", "because of a refused answer") \
	X(UNKNOWN_GAP, unknown_gap, "connections", "because of bytes missing in DNS over TCP") \
	X(UNKNOWN_DROPPED, unknown_dropped, "connections", "because something was dropped") \
	X(ANSWERS_LOST, answers_lost, "answers", "that were not read, or not whole, and may have told of any address") \
	X(DNS_HIDDEN, dns_hidden, "connections", "found to be encrypted DNS") \
	X(NAME_MISMATCHES, name_mismatches, "connections", "with a server name that lookups have at other addresses") \
	X(MISMATCHES_UNKNOWN, mismatches_unknown, "connections", "whose server name may be at other addresses, which can't be said") \
	X(NAMES_UNJUDGED, names_unjudged, "connections", "whose server names were not judged: flow.max was reached") \
	X(TOLD_EVICTED, told_evicted, "entries", "of lookups forgotten: notice.max_told was reached") \
	X(NOTICES, notices, "notices", "lines of notice.log") \
	X(NOTICES_SUPPRESSED, notices_suppressed, "notices", "not told again: counted in a line of their own") \
	X(NOTICES_FORGOTTEN, notices_forgotten, "notices", "that may have been told again too early: notice.max_suppressed was reached") \
	X(PROD_CONNS, prod_conns, "connections", "written, with payload in both directions") \
	X(PROD_NAMED_CONNS, prod_named_conns, "connections", "of these, with a name at either end") \
	X(PROD_NAMED_ORIG, prod_named_orig, "connections", "of these, with a name of the originator") \
	X(PROD_NAMED_RESP, prod_named_resp, "connections", "of these, with a name of the responder")
/* clang-format on */

enum nt_counter {
#define NT_COUNTERS_ID(id, name, unit, help) NT_COUNTER_##id,
	NT_COUNTERS(NT_COUNTERS_ID)
#undef NT_COUNTERS_ID
	NT_COUNTER_COUNT
};

/* How many values each block has room for. */
#define NT_COUNTER_PACKET_REASONS (NT_COUNTER_PACKETS_NO_TRANSPORT - NT_COUNTER_PACKETS_OK + 1)
#define NT_COUNTER_DNS_REASONS	  (NT_COUNTER_DNS_CLASS - NT_COUNTER_DNS_OK + 1)
#define NT_COUNTER_DNS_VERDICTS	  (NT_COUNTER_DNS_CONFLICT - NT_COUNTER_DNS_MATCHED + 1)
#define NT_COUNTER_SOURCES	  (NT_COUNTER_SRC_HTTP_HOST - NT_COUNTER_SRC_UNKNOWN + 1)

#define NT_COUNTER_UNKNOWN_REASONS (NT_COUNTER_UNKNOWN_DROPPED - NT_COUNTER_UNKNOWN_JOINED + 1)

struct nt_counter_info {
	const char *name, *unit, *help;
};
/* NULL past the last. */
const struct nt_counter_info *nt_counter_info(unsigned int id);

/* Counters that belong together, by the first of them: name, title. In the table's order. */
/* clang-format off */
#define NT_COUNTER_GROUPS(X) \
	X(PACKETS, packets, "Packets") \
	X(CONNS_MADE, connections, "Connections") \
	X(STREAMS, streams, "TCP payload looked into") \
	X(DNS_QUERIES, dns, "DNS messages") \
	X(NBNS_READ, local, "Local naming protocols") \
	X(NEIGHBOURS, hosts, "Hosts") \
	X(QUIC_CONNS, quic, "QUIC") \
	X(SRC_UNKNOWN, sources, "Mappings learnt, by source") \
	X(MAPPINGS_LEARNT, mappings, "The way of the mappings") \
	X(LOOKUPS, names, "Names of written connections") \
	X(LOOKUP_CLIENT, verdicts, "Outbound connections, by what lookups returned") \
	X(PROD_CONNS, productive, "Connections with payload in both directions")
/* clang-format on */

struct nt_counter_group {
	unsigned int first, count; /* of its counters */
	const char *name, *title;
};
/* False past the last; every counter is in one. */
bool nt_counter_group(unsigned int i, struct nt_counter_group *ret);

struct nt_counters {
	uint64_t n[NT_COUNTER_COUNT]; /* owner: rw, others: ro */
} NT_CACHE_ALIGNED;

/* Owner only. */
static inline void
nt_counter_add(struct nt_counters *c, enum nt_counter id, uint64_t n)
{
	__atomic_store_n(
		&c->n[id], __atomic_load_n(&c->n[id], __ATOMIC_RELAXED) + n, __ATOMIC_RELAXED);
}

/* Owner only: for what somebody else counts already (the cache, the port). */
static inline void
nt_counter_set(struct nt_counters *c, enum nt_counter id, uint64_t n)
{
	__atomic_store_n(&c->n[id], n, __ATOMIC_RELAXED);
}

/* Any thread. */
static inline uint64_t
nt_counter_read(const struct nt_counters *c, enum nt_counter id)
{
	return __atomic_load_n(&c->n[id], __ATOMIC_RELAXED);
}

/* dst = the sum of n blocks. Any thread; dst is the caller's. */
void nt_counters_sum(
	struct nt_counters *dst, const struct nt_counters *const workers[], unsigned int n);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One view of a packet: what decode found, with pointers into the packet's own bytes. Valid as long
 * as those are. Decoding never fails: what is no TCP, UDP, ICMP or other IP traffic that has
 * connections is given a reason, and each reason is a counter. No state, any thread.
 */
#ifndef NT_PACKET_H
#define NT_PACKET_H

#include <nt_addr.h>
#include <nt_base.h>

/* Link types as libpcap's DLT_* (values of pcap_datalink, not of the file header). */
#define NT_LINK_NULL		 0
#define NT_LINK_ETHERNET	 1
#define NT_LINK_PPP		 9
#define NT_LINK_FDDI		 10
#define NT_LINK_RAW		 12 /* DLT_RAW */
#define NT_LINK_PPP_SERIAL	 50
#define NT_LINK_IEEE802_11	 105
#define NT_LINK_LOOP		 108
#define NT_LINK_LINUX_SLL	 113
#define NT_LINK_IEEE802_11_RADIO 127
#define NT_LINK_IPV4		 228
#define NT_LINK_IPV6		 229
#define NT_LINK_NFLOG		 239
#define NT_LINK_LINUX_SLL2	 276
/* No capture has it: the parts of an IEEE 802.11 frame with several packets (nt_encap.h). */
#define NT_LINK_AMSDU 0x8001

bool nt_link_supported(int dlt);

/* Why a packet belongs to no connection. NT_PACKET_OK has a flow key, a first fragment too. */
enum nt_packet_reason {
	NT_PACKET_OK,
	NT_PACKET_CUT_LINK, /* shorter than its link header (or VLAN tag) */
	NT_PACKET_NOT_IP, /* ARP, LLDP, 802.3 LLC and whatever else has no IP in it */
	NT_PACKET_CUT_IP, /* shorter than its IP header(s) */
	NT_PACKET_BAD_IP, /* version, header length or total length that can't be */
	NT_PACKET_BAD_CHECKSUM, /* of the IPv4 header: set by nt_packet_verify */
	NT_PACKET_CUT_L4, /* captured bytes end before the transport header does */
	NT_PACKET_BAD_L4, /* the datagram itself is too short for its transport header */
	NT_PACKET_FRAGMENT, /* a later fragment: counted, no connection (reassembly comes later) */
	NT_PACKET_EXT_LIMIT, /* more extension headers, tags or labels than the bound */
	NT_PACKET_TUNNEL, /* IP in IP, 6in4, GRE: the inside is not looked at (yet) */
	NT_PACKET_NO_TRANSPORT, /* no next header, IPv6 ESP or mobility: no connection, as in Zeek
				 */
	NT_PACKET_REASONS
};

const char *nt_packet_reason_name(enum nt_packet_reason r);

/* Flags of struct nt_packet. */
enum {
	NT_PKT_FRAG_FIRST = 1 << 0, /* first fragment: keyed, its payload is not whole */
	NT_PKT_CUT = 1 << 1, /* captured less than the IP length says */
	NT_PKT_BROADCAST_L2 = 1 << 2,
	NT_PKT_ONE_WAY = 1 << 3, /* ICMP without a counterpart: its own connection per direction */
	/*
	 * A TCP header whose length does not fit: Zeek has a connection for it, but counts neither
	 * the packet nor its bytes, flags or history.
	 */
	NT_PKT_NO_COUNT = 1 << 4,
	NT_PKT_BAD_CHECKSUM = 1 << 6, /* of TCP, UDP or ICMP: set by nt_packet_verify */
	NT_PKT_L2_SENDER = 1 << 5, /* of mac, only the source is there */
};

struct nt_packet {
	struct nt_addr src, dst;
	uint16_t sport, dport; /* host order; ICMP: as Zeek keys it, see nt_icmp_ports */
	uint8_t proto; /* IP protocol number of the transport header found */
	uint8_t reason; /* enum nt_packet_reason */
	uint8_t flags; /* NT_PKT_* */
	uint8_t tcp_flags;
	uint32_t seq, ack; /* TCP, host order */
	uint16_t window; /* TCP, unscaled */
	uint8_t icmp_type, icmp_code;
	/*
	 * Bytes of the IP packet by its own header, what ip_bytes counts: 0 where that says 0
	 * (TSO); an IPv6 "atomic" fragment counts without its fragment header.
	 */
	uint32_t ip_len;
	/*
	 * Transport payload by the headers, even where the capture is cut: what *_bytes count. UDP:
	 * by the UDP header, be it more than IP carries. 0 for protocols without ports.
	 */
	uint32_t payload_len;
	uint32_t payload_captured; /* of these, bytes that are there */
	/* NULL where none was captured. NOT_IP: of ARP, the message (payload_len is 0) */
	const uint8_t *payload;
	const uint8_t *l3; /* the IP header */
	const uint8_t *l4; /* the transport header */
	const uint8_t *mac; /* 12 bytes: destination, source (NT_PKT_L2_SENDER); NULL: none */
	uint16_t vlan, inner_vlan; /* VLAN ids, 0 = none */
	uint8_t ttl;
	uint8_t tcp_header_len;
};

/*
 * Decode one captured packet: cap_len bytes at data, wire_len bytes on the wire (>= cap_len).
 * Fills *ret whole; ret->reason says whether it has a connection. Returns that reason.
 * Padding behind the IP length is ignored. A payload of length 0 by the IP header (TSO) is taken as
 * long as it was captured, as Zeek does.
 *
 * IP protocols other than TCP, UDP and ICMP are NT_PACKET_OK with ports 0 and no payload, tunnels
 * excepted. IPv6 ends are those of the routing header and the home address option, if there are.
 */
enum nt_packet_reason nt_packet_decode(
	struct nt_packet *ret, const uint8_t *data, uint32_t cap_len, uint32_t wire_len, int dlt);

/*
 * Check a decoded packet's checksums, where all of what they sum up was captured. A wrong one of
 * the IPv4 header changes the reason to NT_PACKET_BAD_CHECKSUM (an IPv4 length of 0 to BAD_IP), a
 * wrong one of the transport sets NT_PKT_BAD_CHECKSUM: such a packet still has a connection. The
 * pseudo header has the final destination of a routing header, as RFC 8200 8.1 says.
 */
void nt_packet_verify(struct nt_packet *p);
/* The same where somebody else, a network card, has looked. */
void nt_packet_verified(struct nt_packet *p, bool ip_good, bool transport_good);

/*
 * Only what steering needs: the two IP addresses, found without the transport header. False (and
 * *ret zeroed) for what has none: such packets go to the first worker.
 */
struct nt_packet_ends {
	struct nt_addr src, dst;
};
bool nt_packet_find_ends(
	struct nt_packet_ends *ret, const uint8_t *data, uint32_t cap_len, int dlt);

/*
 * ICMP as Zeek 8 keys it: port of the sender = type, port of the receiver = the counterpart's type
 * (echo 8/0, ICMPv6 128/129, ...), else the code and NT_PKT_ONE_WAY. A reply therefore has the
 * request's ports swapped.
 */
void nt_icmp_ports(struct nt_packet *p, bool v6);

#endif

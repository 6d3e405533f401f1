/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One line of conn.log before it is text: made by a worker when a connection has ended and its
 * names are resolved, carried by value to the control lcore, written there. Fixed part, then the
 * bytes of history, tunnels and names: nothing points anywhere, so it can be copied as it is.
 */
#ifndef NT_CONN_ROW_H
#define NT_CONN_ROW_H

#include <nt_addr.h>
#include <nt_mapping.h>

#include "nt_community_id.h"

#define NT_ROW_VALS_MAX		32
#define NT_ROW_PARENTS_MAX	4
#define NT_ROW_SERVER_ADDRS_MAX 8
#define NT_ROW_UID_BYTES	16 /* of a tunnel in the tail: uint64_t[2] */
#define NT_ROW_L2_BYTES		12 /* link addresses of originator and responder */
#define NT_ROW_TAIL_MAX                                                                            \
	(128 + NT_ROW_PARENTS_MAX * NT_ROW_UID_BYTES + NT_ROW_L2_BYTES + NT_COMMUNITY_ID_BYTES +   \
		(2 * NT_ROW_VALS_MAX + 1) * (NT_MAPPING_NAME_MAX + 1) +                            \
		NT_ROW_SERVER_ADDRS_MAX * sizeof(struct nt_addr))

enum {
	NT_ROW_DURATION = 1 << 0, /* duration_ns and bytes are set */
	NT_ROW_LOCAL_ORIG = 1 << 1,
	NT_ROW_LOCAL_RESP = 1 << 2,
	NT_ROW_AGE = 1 << 3, /* resp_age_ns is set */
	NT_ROW_ORIG_MORE = 1 << 4, /* more names than were kept */
	NT_ROW_RESP_MORE = 1 << 5,
	NT_ROW_L2 = 1 << 6, /* the tail has link addresses */
	NT_ROW_COMMUNITY_ID = 1 << 7, /* the tail has a community ID */
	NT_ROW_SERVER_NAME = 1 << 8, /* the tail has the server name */
	NT_ROW_ECH = 1 << 9, /* it is the outer name of an encrypted ClientHello */
};

/* Values of conn_state: Zeek's, in the order of the names that nt_row_state_name gives. */
#define NT_ROW_STATES 13
const char *nt_row_state_name(unsigned int state); /* NULL where there is none */

/* Bits of service, in the order of their names. */
enum {
	NT_ROW_SERVICE_AYIYA = 1 << 0,
	NT_ROW_SERVICE_DHCP = 1 << 1,
	NT_ROW_SERVICE_DNS = 1 << 2,
	NT_ROW_SERVICE_DTLS = 1 << 3,
	NT_ROW_SERVICE_GENEVE = 1 << 4,
	NT_ROW_SERVICE_GTPV1 = 1 << 5,
	NT_ROW_SERVICE_HTTP = 1 << 6,
	NT_ROW_SERVICE_QUIC = 1 << 7,
	NT_ROW_SERVICE_SSL = 1 << 8,
	NT_ROW_SERVICE_TEREDO = 1 << 9,
	NT_ROW_SERVICE_VXLAN = 1 << 10,
	NT_ROW_SERVICES = 11, /* bits */
};

/* Values of resp_lookup, as in enum nt_verdict of lib/cache. */
#define NT_ROW_LOOKUPS 5

struct nt_conn_row {
	int64_t ts_ns;
	int64_t duration_ns;
	uint64_t uid[2]; /* 96 bits are written: uid[0] and the low half of uid[1] */
	struct nt_addr orig_h, resp_h;
	uint16_t orig_p, resp_p;
	uint8_t ip_proto;
	uint8_t conn_state; /* below NT_ROW_STATES */
	uint16_t flags; /* NT_ROW_* */
	uint64_t bytes[2], pkts[2], ip_bytes[2], missed_bytes;
	uint32_t service; /* NT_ROW_SERVICE_* */
	uint16_t vlan, inner_vlan; /* 0: none */
	int64_t resp_age_ns;
	uint8_t orig_source, resp_source; /* enum nt_source */
	uint8_t resp_match; /* enum nt_match */
	uint8_t resp_lookup; /* enum nt_verdict, 0: none; NT_ROW_LOOKUPS values */
	uint8_t orig_names, resp_names; /* how many */
	uint8_t history_len;
	uint8_t tunnel_parents; /* how many */
	uint8_t server_addrs; /* how many */
	uint16_t tail_len;
	/*
	 * tail, in this order: history; uids of the tunnels; link addresses (NT_ROW_L2); community
	 * ID (NT_ROW_COMMUNITY_ID); orig names, then resp names, then the server name
	 * (NT_ROW_SERVER_NAME), each as one length byte and its text; its addresses (struct
	 * nt_addr)
	 */
	char tail[NT_ROW_TAIL_MAX];
};
#define NT_CONN_ROW_FIXED offsetof(struct nt_conn_row, tail)

/* Bytes of a row that count: fixed part and tail. */
static inline size_t
nt_conn_row_size(const struct nt_conn_row *r)
{
	return NT_CONN_ROW_FIXED + r->tail_len;
}

/* Append to the tail (in its order); false where it does not fit. */
static inline bool
nt_conn_row_tail(struct nt_conn_row *r, const void *bytes, size_t len)
{
	if (nt_unlikely(len > sizeof(r->tail) - r->tail_len))
		return false;
	memcpy(r->tail + r->tail_len, bytes, len);
	r->tail_len = (uint16_t)(r->tail_len + len);
	return true;
}

static inline bool
nt_conn_row_name(struct nt_conn_row *r, const char *name, size_t len)
{
	const uint8_t n = (uint8_t)len;
	if (nt_unlikely(len > NT_MAPPING_NAME_MAX || len + 1 > sizeof(r->tail) - r->tail_len))
		return false;
	return nt_conn_row_tail(r, &n, 1) && nt_conn_row_tail(r, name, len);
}

/* The name that the connection asserted; after all others. */
static inline bool
nt_conn_row_server_name(struct nt_conn_row *r, const char *name, size_t len)
{
	if (!nt_conn_row_name(r, name, len))
		return false;
	r->flags |= NT_ROW_SERVER_NAME;
	return true;
}

/* One of its addresses; after it. */
static inline bool
nt_conn_row_server_addr(struct nt_conn_row *r, const struct nt_addr *addr)
{
	if (r->server_addrs == NT_ROW_SERVER_ADDRS_MAX || !nt_conn_row_tail(r, addr, sizeof(*addr)))
		return false;
	r->server_addrs++;
	return true;
}

/* The tunnel that the connection came in, innermost first; after the history. */
static inline bool
nt_conn_row_parent(struct nt_conn_row *r, const uint64_t uid[2])
{
	if (r->tunnel_parents == NT_ROW_PARENTS_MAX || !nt_conn_row_tail(r, uid, NT_ROW_UID_BYTES))
		return false;
	r->tunnel_parents++;
	return true;
}

/* Link addresses, all zeros where one is not known; after the tunnels. */
static inline bool
nt_conn_row_l2(struct nt_conn_row *r, const uint8_t orig[6], const uint8_t resp[6])
{
	if (sizeof(r->tail) - r->tail_len < NT_ROW_L2_BYTES)
		return false;
	r->flags |= NT_ROW_L2;
	return nt_conn_row_tail(r, orig, 6) && nt_conn_row_tail(r, resp, 6);
}

/* After the link addresses. */
static inline bool
nt_conn_row_community_id(struct nt_conn_row *r, const uint8_t id[NT_COMMUNITY_ID_BYTES])
{
	if (!nt_conn_row_tail(r, id, NT_COMMUNITY_ID_BYTES))
		return false;
	r->flags |= NT_ROW_COMMUNITY_ID;
	return true;
}

#endif

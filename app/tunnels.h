/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of tunnels of whoever steers packets: which tunnel a packet came in, as the token that
 * its uid is made of. A tunnel over UDP is a connection that a worker keeps and writes; here it is
 * kept a second time, by the same code and from the same packets, so that both know the same first
 * position. Other tunnels are pairs of addresses, forgotten after a day of silence (Zeek's
 * Tunnel::ip_tunnel_timeout). One thread.
 */
#ifndef TUNNELS_H
#define TUNNELS_H

#include <nt_conn.h>
#include <nt_encap.h>
#include <nt_flow_table.h>

struct tunnels {
	struct nt_flow_table *flows;
	struct nt_conn *conn;
	struct nt_hash_key uid_key;
	uint64_t evicted; /* tunnels forgotten because there were too many */
};

int tunnels_init(struct tunnels *t, uint32_t max, const struct nt_conn_config *conn,
	const struct nt_hash_key *uid_key);
size_t tunnels_bytes(uint32_t max); /* memory that they take when there is no room for more */
void tunnels_fini(struct tunnels *t);
void tunnels_clear(struct tunnels *t);

/* The connection of a tunnel over UDP. */
struct tunnel_outer {
	uint64_t token;
	bool confirmed; /* it is what the tunnel's port says */
	bool given_up; /* a packet of it was none: it is not looked into any more */
};

/* The connection that a decoded UDP packet belongs to or begins, as of this packet, of which e
 * tells. */
struct tunnel_outer tunnels_udp(struct tunnels *t, const struct nt_packet *p,
	const struct nt_packet_meta *at, const struct nt_encap *e);
/* The pair of addresses that a packet of an IP protocol without connections goes between. */
uint64_t tunnels_pair(struct tunnels *t, const struct nt_addr *src, const struct nt_addr *dst,
	uint8_t proto, const struct nt_packet_meta *at);

#endif

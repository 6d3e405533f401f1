/* SPDX-License-Identifier: BSD-3-Clause */
/* Who is the originator: likely server ports, and turning a connection round. */
#include "conn_priv.h"

uint16_t
conn_port(const struct nt_flow *f, int dir)
{
	bool lo = (f->orig_is_lo != 0) == (dir == NT_FLOW_ORIG);

	return lo ? f->key.lo_port : f->key.hi_port;
}

void
conn_address(const struct nt_flow *f, int dir, struct nt_addr *ret)
{
	bool lo = (f->orig_is_lo != 0) == (dir == NT_FLOW_ORIG);

	memcpy(ret->bytes, lo ? f->key.lo_addr : f->key.hi_addr, sizeof(ret->bytes));
	ret->family = f->key.family;
}

/*
 * A connection that begins without its SYN: a likely server port sent the packet, so the other end
 * is the originator. Where both ports are likely, the lower one is the server, but a SYN-ACK is
 * left alone: a stealth scan looks like that.
 */
static bool
flips_tcp(const struct nt_conn *c, const struct nt_packet *p)
{
	bool syn = (p->tcp_flags & TCP_SYN) != 0;

	if (syn && !(p->tcp_flags & TCP_ACK))
		return false;
	if (!nt_conn_ports_has(&c->cfg.likely_tcp, p->sport))
		return false;
	if (nt_conn_ports_has(&c->cfg.likely_tcp, p->dport))
		return !syn && p->sport < p->dport;
	return true;
}

static bool
is_broadcast(const struct nt_addr *a)
{
	return a->family == NT_FAMILY_IPV4 && a->words[0] == UINT32_MAX;
}

bool
conn_flips_at_start(const struct nt_conn *c, const struct nt_packet *p)
{
	bool flips = false;

	if (p->proto == PROTO_TCP)
		flips = flips_tcp(c, p);
	else if (p->proto == PROTO_UDP)
		flips = nt_conn_ports_has(&c->cfg.likely_udp, p->sport) &&
			!nt_conn_ports_has(&c->cfg.likely_udp, p->dport);
	return flips && !is_broadcast(&p->dst);
}

#define SWAP(pair)                                                                                 \
	do {                                                                                       \
		__typeof__((pair)[0]) first = (pair)[0];                                           \
		(pair)[0] = (pair)[1];                                                             \
		(pair)[1] = first;                                                                 \
	} while (0)

static void
flip_tcp(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold)
{
	struct extra *x = conn_extra_get(c, cold);
	uint8_t fins = cold->cold_flags & (COLD_FIN_0 | COLD_FIN_1);
	uint8_t seen = f->tcp_flags & (TCPF_SEEN_0 | TCPF_SEEN_1);

	SWAP(f->tcp.last_seq);
	SWAP(f->tcp.last_ack);
	SWAP(f->state);
	SWAP(f->seq_wraps);
	SWAP(f->ack_wraps);
	SWAP(f->rst_mark);
	SWAP(cold->start_seq);
	SWAP(cold->fin_seq);
	if (fins == COLD_FIN_0 || fins == COLD_FIN_1)
		cold->cold_flags ^= COLD_FIN_0 | COLD_FIN_1;
	if (seen == TCPF_SEEN_0 || seen == TCPF_SEEN_1)
		f->tcp_flags ^= TCPF_SEEN_0 | TCPF_SEEN_1;
	f->tcp_flags &= (uint8_t)~TCPF_PARTIAL;
	if (!x)
		return;
	SWAP(x->syn_mark);
	SWAP(x->stream);
	for (unsigned int i = 0; i < TALLIES; i++) {
		uint32_t n = x->tally[0][i];

		x->tally[0][i] = x->tally[1][i];
		x->tally[1][i] = n;
	}
}

/*
 * The letters seen so far stay, and so do the marks of which were seen (they are the connection's,
 * not the end's); so do the payload bytes of datagrams, as Zeek 8 has it.
 */
void
conn_flip(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold)
{
	struct extra *x = conn_extra_get(c, cold);

	f->orig_is_lo = !f->orig_is_lo;
	SWAP(f->pkts);
	SWAP(f->ip_bytes);
	if (x)
		SWAP(x->pkts_high);
	conn_link_flip(c, cold);
	if (f->key.proto == PROTO_TCP)
		flip_tcp(c, f, cold);
}

void
conn_flip_here(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold)
{
	conn_flip(c, f, cold);
	history_add(c, cold, '^');
}

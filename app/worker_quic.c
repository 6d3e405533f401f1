/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * QUIC, found by its content on any UDP port: the first datagrams of a flow are looked at until it
 * is known whether it is QUIC and what its ClientHello, or Google's CHLO, says. What they show to
 * be DTLS or DHCP is noted on the way.
 */
#include <nt_client_hello.h>
#include <nt_conn.h>
#include <nt_dtls.h>
#include <nt_gquic.h>

#include "worker_priv.h"

/* nt_flow.stream of UDP: phase, and datagrams looked at in what is above. */
enum {
	WAITING = 1 << 2, /* nt_quic knows the flow */
	PASSED = 1 << 2 | QUIC_DECIDED, /* nothing comes of it */
	PHASE_BITS = 3,
};

/* The length stands in the handshake header. */
#define HANDSHAKE_HEADER 4

static bool
find_name(const struct nt_quic_result *r, struct nt_server_name *ret)
{
	struct nt_client_hello h;
	if (r->hello == NULL || r->hello_len < HANDSHAKE_HEADER)
		return false;
	const size_t len = r->hello_len - HANDSHAKE_HEADER;
	nt_server_name_clear(ret);
	nt_client_hello_begin(&h, (uint32_t)len);
	if (nt_client_hello_feed(&h, r->hello + HANDSHAKE_HEADER, len, ret) != NT_HELLO_DONE ||
		!h.named || !nt_hello_version_ok(h.version))
		return false;
	ret->flags |= NT_SERVER_NAME_TLS | (h.ech ? NT_SERVER_NAME_ECH : 0);
	return nt_server_name_finish(ret);
}

static void
decide(struct worker *w, uint32_t idx, const struct nt_quic_result *r,
	const struct nt_packet_meta *at)
{
	struct nt_server_name name;
	count(w, NT_COUNTER_QUIC_HELLOS, r->hello != NULL);
	nt_flow_at(w->flows, idx)->stream = PASSED;
	const bool named = find_name(r, &name);
	if (r->hello != NULL)
		look_for_hidden_dns(w, nt_flow_at(w->flows, idx), at, named ? &name : NULL);
	if (named)
		server_name_asserted(w, idx, &name, at, false);
}

/* Out of nothing only a client's Initial begins; what else comes before it is not kept. */
static void
offer(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at, uint32_t idx,
	bool src_is_lo)
{
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	const int dir = nt_conn_direction(f, src_is_lo);
	struct nt_quic_result r;
	const enum nt_quic_verdict v = nt_quic_datagram(w->quic, cold->first_position,
		(unsigned int)dir, p->payload, p->payload_captured, at->clock_ns, &r);
	if (r.confirmed && (cold->service & NT_SERVICE_QUIC) == 0) {
		nt_conn_service(cold, NT_SERVICE_QUIC);
		count(w, NT_COUNTER_QUIC_CONNS, 1);
	}
	if (v == NT_QUIC_MORE)
		f->stream |= WAITING;
	else
		decide(w, idx, &r, at);
}

static void
look_for_dtls(
	struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at, uint32_t idx)
{
	struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	struct nt_server_name name;
	if ((cold->service & NT_SERVICE_DTLS) != 0 ||
		!nt_dtls_hello(&name, p->payload, p->payload_captured))
		return;
	nt_conn_service(cold, NT_SERVICE_DTLS);
	if (name.len != 0)
		server_name_asserted(w, idx, &name, at, false);
}

/* Zeek has signatures for them, too: a first octet, and a cookie behind 236 octets. */
static void
look_for_others(
	struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at, uint32_t idx)
{
	if (nt_unlikely(p->payload[0] == NT_DTLS_HANDSHAKE))
		look_for_dtls(w, p, at, idx);
	else if (nt_unlikely(p->payload_captured >= NT_DHCP_BYTES_MIN))
		confirm_dhcp(nt_flow_cold_at(w->flows, idx), p);
}

/*
 * Google's own QUIC, before TLS. It is no service: Zeek doesn't know it, and nothing in it is
 * authentic.
 */
static bool
google_name(
	struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at, uint32_t idx)
{
	struct nt_server_name name;
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	if (!nt_gquic_server_name(p->payload, p->payload_captured, &name))
		return false;
	f->stream = PASSED;
	count(w, NT_COUNTER_GQUIC_NAMES, 1);
	look_for_hidden_dns(w, f, at, &name);
	server_name_asserted(w, idx, &name, at, false);
	return true;
}

void
quic_packet(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at,
	uint32_t idx, bool src_is_lo)
{
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	const unsigned int seen = (unsigned int)f->stream >> PHASE_BITS;
	if (p->payload_captured == 0 || (p->flags & (NT_PKT_BAD_CHECKSUM | NT_PKT_FRAG_FIRST)) != 0)
		return;
	f->stream = (uint8_t)((f->stream & WAITING) | (seen + 1) << PHASE_BITS);
	if ((f->stream & WAITING) != 0 || nt_quic_may_begin(p->payload, p->payload_captured))
		offer(w, p, at, idx, src_is_lo);
	else if (!google_name(w, p, at, idx))
		look_for_others(w, p, at, idx);
	if ((f->stream & (WAITING | QUIC_DECIDED)) == 0 && seen + 1 >= NT_QUIC_DATAGRAMS_MAX)
		f->stream = PASSED;
}

void
quic_end(struct worker *w, uint32_t idx)
{
	const struct nt_flow *f = nt_flow_at(w->flows, idx);
	if ((f->stream & (QUIC_DECIDED | WAITING)) == WAITING)
		nt_quic_forget(w->quic, nt_flow_cold_at(w->flows, idx)->first_position);
}

void
quic_observe(struct worker *w)
{
	struct nt_quic_stats s;
	nt_quic_stats(w->quic, &s);
	nt_counter_set(&w->counters, NT_COUNTER_QUIC_DECRYPTED, s.decrypted);
	nt_counter_set(&w->counters, NT_COUNTER_QUIC_FAILED, s.failed);
	nt_counter_set(&w->counters, NT_COUNTER_QUIC_OVER_RATE, s.over_rate);
	nt_counter_set(&w->counters, NT_COUNTER_QUIC_EVICTED, s.evicted);
	nt_counter_set(&w->counters, NT_COUNTER_QUIC_TOO_LONG, s.too_long);
}

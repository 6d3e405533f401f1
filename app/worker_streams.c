/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Payload of TCP connections in order, to whom it concerns: what the connection speaks (nt_detect).
 * Order, gaps and ends are Zeek's: what is acknowledged and was not seen is a gap, what comes when
 * it was acknowledged already is not looked at, what was cut off by the capture was not seen. Most
 * segments come in their turn and are looked at where they lie.
 */
#include <nt_conn.h>

#include "worker_priv.h"

enum {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
};

/* stream.flags, of direction 0; direction 1: shifted by one */
enum {
	BEGUN = 1 << 0, /* want is set */
	DNS = 1 << 4, /* of both: DNS may be spoken, and is read to the end */
	DECIDED = 1 << 5, /* nt_detect wants no more */
	TLS_SEEN = 1 << 6, /* a whole ClientHello */
	BROKEN = 1 << 2, /* more out of order than is kept: no more of it is looked at */
};

struct feed {
	struct worker *w;
	uint32_t idx;
	struct stream *s;
	const struct nt_flow *f;
	struct nt_flow_cold *cold;
	struct nt_conn_stream at[2]; /* how far Zeek would be */
	const struct nt_packet_meta *meta; /* the packet's; NULL at the connection's end */
	uint64_t total;
	bool wanted; /* by nt_detect */
};

static void
deliver(struct feed *d, int dir, const uint8_t *data, size_t len)
{
	d->s->want[dir] += (uint32_t)len;
	/* What is left at the end comes too late to be learnt: W may have passed it. */
	if ((d->s->flags & DNS) != 0 && d->meta != NULL)
		dns_stream_data(d->w, d->idx, dir, data, len, d->meta);
	if (d->wanted)
		d->wanted = nt_detect_feed(&d->s->detect, dir, data, len, d->total);
}

static void
skip_gap(struct feed *d, int dir, uint32_t len)
{
	d->s->want[dir] += len;
	if ((d->s->flags & DNS) != 0)
		dns_stream_gap(d->w, d->idx, dir, d->meta);
	if (d->wanted)
		d->wanted = nt_detect_gap(&d->s->detect, dir, len);
}

/* From seq on; what was delivered already is left out. */
static void
deliver_from(struct feed *d, int dir, uint32_t seq, const uint8_t *data, size_t len)
{
	const int32_t known = (int32_t)(d->s->want[dir] - seq);
	if (known < 0 || (size_t)known >= len)
		return;
	deliver(d, dir, data + known, len - (size_t)known);
}

/* What was kept and has its turn now. */
static void
deliver_held(struct feed *d, int dir)
{
	struct stream *s = d->s;
	struct hold_pool *pool = &d->w->streams.hold;
	while (s->held[dir] != HOLD_NONE) {
		const struct held *h = &pool->chunks[s->held[dir]];
		if ((int32_t)(h->seq - s->want[dir]) > 0)
			break;
		deliver_from(d, dir, h->seq, h->data, h->len);
		hold_drop(pool, &s->held[dir]);
	}
}

/* Acknowledged, and not seen: it does not come any more. */
static void
give_up_acked(struct feed *d, int dir)
{
	struct stream *s = d->s;
	int32_t missing;
	while ((missing = (int32_t)(d->at[dir].acked - s->want[dir])) > 0) {
		if (s->held[dir] != HOLD_NONE) {
			const uint32_t seq = d->w->streams.hold.chunks[s->held[dir]].seq;
			missing = NT_MIN(missing, (int32_t)(seq - s->want[dir]));
		}
		skip_gap(d, dir, (uint32_t)missing);
		deliver_held(d, dir);
	}
}

static void
take_segment(struct feed *d, int dir, const struct nt_packet *p)
{
	struct stream *s = d->s;
	const uint32_t seq = p->seq + ((p->tcp_flags & TCP_SYN) != 0);
	if (p->payload_len == 0 || p->payload_captured < p->payload_len ||
		(p->tcp_flags & TCP_RST) != 0 || (s->flags & BROKEN << dir) != 0)
		return;
	if ((int32_t)(seq - s->want[dir]) <= 0) {
		deliver_from(d, dir, seq, p->payload, p->payload_len);
		deliver_held(d, dir);
	} else if (!hold_add(&d->w->streams.hold, &s->held[dir], seq, p->payload, p->payload_len)) {
		s->flags |= (uint8_t)(BROKEN << dir);
		if ((s->flags & DNS) != 0)
			dns_stream_gap(d->w, d->idx, dir, d->meta);
		hold_drop_all(&d->w->streams.hold, &s->held[dir]);
		count(d->w, NT_COUNTER_STREAMS_BROKEN, 1);
	}
}

static void
begin_direction(struct feed *d, int dir)
{
	if ((d->s->flags & BEGUN << dir) != 0)
		return;
	d->s->flags |= (uint8_t)(BEGUN << dir);
	d->s->want[dir] = d->at[dir].start;
}

static void
load(struct feed *d, struct worker *w, uint32_t idx)
{
	d->w = w;
	d->idx = idx;
	d->f = nt_flow_at(w->flows, idx);
	d->cold = nt_flow_cold_at(w->flows, idx);
	d->s = &w->streams.streams[w->streams.of_flow[idx]];
	d->total = nt_conn_streams(d->f, d->cold, d->at);
	d->wanted = (d->s->flags & DECIDED) == 0;
}

static void
store_services(const struct feed *d)
{
	const unsigned int services = nt_detect_services(&d->s->detect);
	if (d->at[NT_FLOW_ORIG].partial)
		return; /* joined in its middle: it may have a name, but no service, as in Zeek */
	d->cold->service &= (uint16_t) ~(NT_SERVICE_HTTP | NT_SERVICE_SSL);
	nt_conn_service(d->cold, ((services & NT_DETECT_HTTP) != 0 ? NT_SERVICE_HTTP : 0) |
					 ((services & NT_DETECT_TLS) != 0 ? NT_SERVICE_SSL : 0));
}

static void
open_stream(struct worker *w, uint32_t idx)
{
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	struct stream *s = stream_open(&w->streams, idx);
	nt_detect_begin(&s->detect, f->orig_is_lo ? f->key.hi_port : f->key.lo_port);
	if (dns_stream_wanted(w, f))
		s->flags |= DNS;
	f->stream = STREAM_OPEN;
	count(w, NT_COUNTER_STREAMS, 1);
}

static void
close_stream(struct worker *w, uint32_t idx)
{
	stream_close(&w->streams, idx);
	nt_flow_at(w->flows, idx)->stream = STREAM_CLOSED;
}

/* A FIN whose turn has come, or a RST with nothing awaited before it. */
static bool
is_end(const struct feed *d, int dir, const struct nt_packet *p)
{
	if ((p->tcp_flags & TCP_RST) != 0)
		return d->s->held[dir] == HOLD_NONE;
	return (p->tcp_flags & TCP_FIN) != 0 && d->s->want[dir] == p->seq + p->payload_len;
}

/* A name that was not there before this packet. */
static void
take_name(const struct feed *d)
{
	struct stream *s = d->s;
	const struct nt_server_name *name = nt_detect_name(&s->detect);
	if (s->detect.named == s->named || name == NULL)
		return;
	s->named = s->detect.named;
	/* The Host of CONNECT is where the proxy goes, before anything has come from there. */
	if ((name->flags & NT_SERVER_NAME_TLS) != 0 || !s->detect.http.connect)
		server_name_asserted(d->w, d->idx, name, d->meta, s->detect.http.connect);
}

/* The ClientHello that confirms TLS has the name, if it has any. */
static void
note_tls(const struct feed *d)
{
	struct stream *s = d->s;
	if ((s->flags & TLS_SEEN) != 0 || (nt_detect_services(&s->detect) & NT_DETECT_TLS) == 0)
		return;
	s->flags |= TLS_SEEN;
	look_for_hidden_dns(d->w, d->f, d->meta, nt_detect_name(&s->detect));
}

void
streams_packet(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at,
	uint32_t idx, bool src_is_lo)
{
	struct feed d;
	if ((p->flags & (NT_PKT_BAD_CHECKSUM | NT_PKT_NO_COUNT)) != 0)
		return;
	if (nt_flow_at(w->flows, idx)->stream == STREAM_NEW) {
		if (p->payload_len == 0)
			return;
		open_stream(w, idx);
	}
	load(&d, w, idx);
	d.meta = at;
	const int dir = nt_conn_direction(d.f, src_is_lo);
	begin_direction(&d, dir);
	for (int i = 0; i < 2; i++)
		if ((d.s->flags & BEGUN << i) != 0)
			give_up_acked(&d, i);
	take_segment(&d, dir, p);
	if (d.wanted && is_end(&d, dir, p))
		d.wanted = nt_detect_end(&d.s->detect, dir, d.total);
	if ((d.s->flags & DNS) != 0 && (p->tcp_flags & (TCP_FIN | TCP_RST)) != 0)
		dns_stream_closed(w, idx);
	store_services(&d);
	take_name(&d);
	note_tls(&d);
	if (!d.wanted)
		d.s->flags |= DECIDED;
	if (!d.wanted && (d.s->flags & DNS) == 0)
		close_stream(w, idx);
}

void
stream_end(struct worker *w, uint32_t idx)
{
	struct feed d;
	load(&d, w, idx);
	d.meta = NULL;
	for (int i = 0; i < 2; i++)
		if ((d.s->flags & BEGUN << i) != 0)
			give_up_acked(&d, i);
	store_services(&d);
	take_name(&d);
	if ((d.s->flags & DNS) != 0)
		dns_stream_end(w, idx);
	close_stream(w, idx);
}

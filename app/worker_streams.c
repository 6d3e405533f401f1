/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Payload of TCP connections in order, to whom it concerns: what the connection speaks (nt_detect).
 * Order, gaps and ends are Zeek's: what is acknowledged and was not seen is a gap, what comes when
 * it was acknowledged already is not looked at, what was cut off by the capture was not seen. Most
 * segments come in their turn and are looked at where they lie; and most connections that are
 * neither HTTP nor TLS say so with their first bytes, and never have a struct stream.
 */
#include <string.h>

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

/* nt_flow.stream of STREAM_REPLIED: above, the pieces that followed the first one. */
#define REPLIED_PIECES	   3
#define REPLIED_PIECES_MAX (UINT8_MAX >> REPLIED_PIECES)
#define REPLIED_MASK	   ((1 << REPLIED_PIECES) - 1)

struct feed {
	struct worker *w;
	uint32_t idx;
	struct stream *s;
	const struct nt_flow *f;
	struct nt_flow_cold *cold;
	const struct nt_packet_meta *meta; /* the packet's; NULL at the connection's end */
	bool wanted; /* by nt_detect */
	bool hosts; /* ... for nothing but further Hosts */
};

/* Exact where it matters. */
static uint64_t
total(const struct feed *d)
{
	struct nt_conn_stream at[2];
	const uint64_t most = nt_conn_payload_most(d->f, d->cold);
	return most <= NT_DETECT_FIRM_BYTES ? most : nt_conn_streams(d->f, d->cold, at);
}

static void
deliver(struct feed *d, int dir, const uint8_t *data, size_t len)
{
	d->s->want[dir] += (uint32_t)len;
	/* What is left at the end comes too late to be learnt: W may have passed it. */
	if ((d->s->flags & DNS) != 0 && d->meta != NULL)
		dns_stream_data(d->w, d->idx, dir, data, len, d->meta);
	if (!d->wanted)
		return;
	d->wanted = d->hosts ? nt_detect_feed_hosts(&d->s->detect, data, len)
			     : nt_detect_feed(&d->s->detect, dir, data, len, total(d));
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
	struct nt_pool *pool = &d->w->streams.hold;
	while (s->held[dir] != HOLD_NONE) {
		const struct held *h = held_at(pool, s->held[dir]);
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
	struct nt_conn_stream at[2]; /* how far Zeek would be */
	int32_t missing;
	nt_conn_streams(d->f, d->cold, at);
	while ((missing = (int32_t)(at[dir].acked - s->want[dir])) > 0) {
		if (s->held[dir] != HOLD_NONE) {
			const uint32_t seq = held_at(&d->w->streams.hold, s->held[dir])->seq;
			missing = NT_MIN(missing, (int32_t)(seq - s->want[dir]));
		}
		skip_gap(d, dir, (uint32_t)missing);
		deliver_held(d, dir);
	}
}

static void
give_up(struct feed *d, int dir)
{
	if ((d->s->flags & BEGUN << dir) != 0 &&
		(int32_t)(d->f->tcp.last_ack[dir] - d->s->want[dir]) > 0)
		give_up_acked(d, dir);
}

static void
give_up_both(struct feed *d)
{
	give_up(d, NT_FLOW_ORIG);
	give_up(d, NT_FLOW_RESP);
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
	d->s->want[dir] = d->cold->start_seq[dir] + 1;
}

static void
load(struct feed *d, struct worker *w, uint32_t idx)
{
	d->w = w;
	d->idx = idx;
	d->f = nt_flow_at(w->flows, idx);
	d->cold = nt_flow_cold_at(w->flows, idx);
	d->s = stream_of(&w->streams, idx);
	d->wanted = (d->s->flags & DECIDED) == 0;
	d->hosts = false;
	d->s->detect.host_arg = d;
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

/* The name counts as one. */
static bool
has_room_for_hosts(const struct worker *w, const struct stream *s)
{
	return s->host_count + 1U < w->config->names.max_hosts_per_connection;
}

static bool
is_name(const struct stream *s, const struct nt_server_name *host)
{
	const struct nt_server_name *name = nt_detect_name(&s->detect);
	return name != NULL && name->len == host->len &&
	       memcmp(name->text, host->text, host->len) == 0;
}

/* Is it the first time that the connection says it? */
static bool
add_host(const struct worker *w, struct stream *s, const struct nt_server_name *host)
{
	const uint32_t digest = (uint32_t)nt_siphash64(&w->cfg.uid_key, host->text, host->len);
	for (unsigned int i = 0; i < s->host_count; i++)
		if (s->hosts[i] == digest)
			return false;
	s->hosts[s->host_count++] = digest;
	return true;
}

/* nt_detect.host: most say again what the first request said. */
static void
take_host(void *arg, const struct nt_server_name *host)
{
	const struct feed *d = arg;
	take_name(d); /* first */
	if (is_name(d->s, host) || d->s->detect.http.connect || !has_room_for_hosts(d->w, d->s))
		return;
	if (add_host(d->w, d->s, host))
		server_name_asserted(d->w, d->idx, host, d->meta, false);
}

/* Rarely more than once: at the first request or ClientHello, and where that is taken back. */
static void
store_services(struct feed *d)
{
	const unsigned int services = nt_detect_services(&d->s->detect);
	struct nt_conn_stream at[2];
	if (services == d->s->services)
		return;
	nt_conn_streams(d->f, d->cold, at);
	if (at[NT_FLOW_ORIG].partial)
		return; /* joined in its middle: it may have a name, but no service, as in Zeek */
	d->s->services = (uint8_t)services;
	d->cold->service &= (uint16_t) ~(NT_SERVICE_HTTP | NT_SERVICE_SSL);
	nt_conn_service(d->cold, ((services & NT_DETECT_HTTP) != 0 ? NT_SERVICE_HTTP : 0) |
					 ((services & NT_DETECT_TLS) != 0 ? NT_SERVICE_SSL : 0));
}

static bool
is_replied(const struct nt_flow *f)
{
	return (f->stream & REPLIED_MASK) == STREAM_REPLIED;
}

/* The responder spoke first: streams.of_flow has where it stands. */
static void
resume(struct worker *w, uint32_t idx, uint16_t port)
{
	const uint32_t want = w->streams.of_flow[idx];
	const uint32_t start = nt_flow_cold_at(w->flows, idx)->start_seq[NT_FLOW_RESP] + 1;
	const unsigned int pieces = 1 + (nt_flow_at(w->flows, idx)->stream >> REPLIED_PIECES);
	struct stream *s = stream_open(&w->streams, idx);
	nt_detect_resume(&s->detect, port, want - start, pieces);
	s->want[NT_FLOW_RESP] = want;
	s->flags |= BEGUN << NT_FLOW_RESP;
}

/* Either way there is one then. */
static void
open_stream(struct worker *w, uint32_t idx)
{
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	const uint16_t port = f->orig_is_lo ? f->key.hi_port : f->key.lo_port;
	if (is_replied(f)) {
		resume(w, idx, port);
	} else {
		struct stream *s = stream_open(&w->streams, idx);
		nt_detect_begin(&s->detect, port);
		if (dns_stream_wanted(w, f))
			s->flags |= DNS;
	}
	if (nt_likely(wants_names(w)))
		stream_of(&w->streams, idx)->detect.host = take_host;
	else
		nt_detect_no_names(&stream_of(&w->streams, idx)->detect);
	f->stream = STREAM_OPEN;
}

/* A segment in its turn, with nothing to be given up before it. */
static bool
is_plain(const struct nt_flow *f, int dir, const struct nt_packet *p, uint32_t want)
{
	return p->seq == want && (int32_t)(f->tcp.last_ack[dir] - want) <= 0 &&
	       p->payload_captured >= p->payload_len &&
	       (p->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST)) == 0;
}

static enum nt_detect_first
look_at_first(const struct worker *w, uint32_t idx, int dir, const struct nt_packet *p)
{
	const struct nt_flow *f = nt_flow_at(w->flows, idx);
	const bool more = f->stream != STREAM_NEW && dir == NT_FLOW_RESP;
	const uint32_t want =
		more ? w->streams.of_flow[idx] : nt_flow_cold_at(w->flows, idx)->start_seq[dir] + 1;
	if (!is_plain(f, dir, p, want) || dns_stream_wanted(w, f))
		return NT_DETECT_FIRST_OPEN;
	if (!more)
		return nt_detect_first(dir, p->payload, p->payload_len);
	if (f->stream >> REPLIED_PIECES == REPLIED_PIECES_MAX)
		return NT_DETECT_FIRST_OPEN;
	return nt_detect_first_more(p->payload, p->payload_len);
}

/* What has no stream gets one, if it needs one. */
static bool
begin_stream(struct worker *w, uint32_t idx, int dir, const struct nt_packet *p)
{
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	/* An end without payload: nothing for those who have said nothing yet. */
	if (p->payload_len == 0 && (f->stream == STREAM_NEW || dir == NT_FLOW_ORIG))
		return false;
	count(w, NT_COUNTER_STREAMS, f->stream == STREAM_NEW);
	switch (look_at_first(w, idx, dir, p)) {
	case NT_DETECT_FIRST_NOTHING:
		f->stream = STREAM_CLOSED;
		return false;
	case NT_DETECT_FIRST_REPLY:
		f->stream = f->stream == STREAM_NEW ? STREAM_REPLIED
						    : (uint8_t)(f->stream + (1 << REPLIED_PIECES));
		w->streams.of_flow[idx] = p->seq + p->payload_len;
		return false;
	case NT_DETECT_FIRST_OPEN:
		break;
	}
	open_stream(w, idx);
	return true;
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

/* It is known what the connection speaks. */
static void
decided(const struct feed *d)
{
	d->s->flags |= DECIDED;
	if ((d->s->flags & DNS) != 0)
		return;
	if (wants_names(d->w) && nt_detect_wants_hosts(&d->s->detect) &&
		has_room_for_hosts(d->w, d->s))
		nt_flow_at(d->w->flows, d->idx)->stream = STREAM_HOSTS;
	else
		close_stream(d->w, d->idx);
}

void
hosts_of_packet(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at,
	uint32_t idx, bool src_is_lo)
{
	const bool ends = (p->tcp_flags & (TCP_FIN | TCP_RST)) != 0;
	struct feed d;
	if ((p->flags & (NT_PKT_BAD_CHECKSUM | NT_PKT_NO_COUNT)) != 0)
		return;
	if (nt_conn_direction(nt_flow_at(w->flows, idx), src_is_lo) == NT_FLOW_ORIG) {
		load(&d, w, idx);
		d.wanted = d.hosts = true;
		d.meta = at;
		give_up(&d, NT_FLOW_ORIG);
		take_segment(&d, NT_FLOW_ORIG, p);
		if (d.wanted && !ends && (d.s->flags & BROKEN << NT_FLOW_ORIG) == 0 &&
			has_room_for_hosts(w, d.s))
			return;
	} else if (!ends) {
		return;
	}
	close_stream(w, idx);
}

void
streams_packet(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at,
	uint32_t idx, bool src_is_lo)
{
	const struct nt_flow *f = nt_flow_at(w->flows, idx);
	const int dir = nt_conn_direction(f, src_is_lo);
	struct feed d;
	if ((p->flags & (NT_PKT_BAD_CHECKSUM | NT_PKT_NO_COUNT)) != 0)
		return;
	if (f->stream != STREAM_OPEN && !begin_stream(w, idx, dir, p))
		return;
	load(&d, w, idx);
	d.meta = at;
	begin_direction(&d, dir);
	give_up_both(&d);
	take_segment(&d, dir, p);
	if (d.wanted && is_end(&d, dir, p))
		d.wanted = nt_detect_end(&d.s->detect, dir, total(&d));
	if ((d.s->flags & DNS) != 0 && (p->tcp_flags & (TCP_FIN | TCP_RST)) != 0)
		dns_stream_closed(w, idx);
	store_services(&d);
	take_name(&d);
	note_tls(&d);
	if (!d.wanted)
		decided(&d);
}

void
stream_end(struct worker *w, uint32_t idx)
{
	struct feed d;
	if (nt_flow_at(w->flows, idx)->stream == STREAM_HOSTS) {
		close_stream(w, idx);
		return;
	}
	load(&d, w, idx);
	d.meta = NULL;
	give_up_both(&d);
	store_services(&d);
	take_name(&d);
	if ((d.s->flags & DNS) != 0)
		dns_stream_end(w, idx);
	close_stream(w, idx);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"

/* DNS over TCP (RFC 7766): the queries of a lookup at once, the responses one after the other. */

enum {
	SYN,
	SYN_ACK,
	ACK,
	QUERIES,
	RESPONSES,
	REST,
	ACK_RESPONSES,
	FIN,
	FIN_BACK,
	LAST_ACK
};

#define PAUSE_NS UINT64_C(50000) /* of a host that answers at once */

/* Two responses of at most TG_DNS_MAX_BYTES, their lengths in front. */
#define STREAM_MAX (2 * (TG_DNS_MAX_BYTES + 2))

static void
send(struct tg_gen *g, struct tg_flow *f, unsigned dir, uint8_t flags, const uint8_t *data,
	size_t len)
{
	struct tg_dns_tcp_script *s = &f->dns_tcp;
	struct tg_tcp tcp = { s->seq[dir], flags & TG_TCP_ACK ? s->seq[!dir] : 0, flags };

	tg_send_tcp(g, f, dir, &tcp, data, len);
	f->payload[dir] += len;
	s->seq[dir] += (uint32_t)len + ((flags & (TG_TCP_SYN | TG_TCP_FIN)) != 0);
}

static size_t
stream(struct tg_gen *g, struct tg_flow *f, bool response, uint8_t out[STREAM_MAX])
{
	size_t len = 0;

	for (unsigned q = 0; q < (f->dns_tcp.dns.qtype[1] != 0 ? 2 : 1); q++)
		len += tg_dns_tcp_message(g, f, q, response, out + len);
	return len;
}

/* In two segments if they are cut or too long for one. */
static void
send_responses(struct tg_gen *g, struct tg_flow *f, bool rest)
{
	uint8_t data[STREAM_MAX];
	size_t len = stream(g, f, true, data), first = len;

	if (f->dns_tcp.cut || len > 1400)
		first = len / 2;
	if (!rest)
		send(g, f, 1, TG_TCP_ACK | TG_TCP_PSH, data, first);
	else if (first < len)
		send(g, f, 1, TG_TCP_ACK | TG_TCP_PSH, data + first, len - first);
	if (!rest)
		f->dns_tcp.cut = first < len;
}

static void
tell(struct tg_gen *g, struct tg_flow *f)
{
	for (unsigned q = 0; q < (f->dns_tcp.dns.qtype[1] != 0 ? 2 : 1); q++)
		tg_dns_tcp_tell(g, f, q);
}

static uint64_t
data_step(struct tg_gen *g, struct tg_flow *f)
{
	struct tg_dns_tcp_script *s = &f->dns_tcp;
	uint8_t data[STREAM_MAX];

	switch (s->phase++) {
	case QUERIES:
		send(g, f, 0, TG_TCP_ACK | TG_TCP_PSH, data, stream(g, f, false, data));
		return f->rtt_us * UINT64_C(1000);
	case RESPONSES:
		send_responses(g, f, false);
		if (s->cut)
			return PAUSE_NS;
		s->phase = ACK_RESPONSES;
		break;
	default:
		send_responses(g, f, true);
		break;
	}
	tell(g, f);
	return PAUSE_NS;
}

uint64_t
tg_dns_tcp_seen_ns(const struct tg_flow *f)
{
	return f->start_ns + 2 * f->rtt_us * UINT64_C(1000) + 3 * PAUSE_NS;
}

uint64_t
tg_dns_tcp_step(struct tg_gen *g, struct tg_flow *f)
{
	struct tg_dns_tcp_script *s = &f->dns_tcp;

	switch (s->phase) {
	case SYN:
		send(g, f, 0, TG_TCP_SYN, NULL, 0);
		s->phase = SYN_ACK;
		return f->rtt_us * UINT64_C(1000);
	case SYN_ACK:
		send(g, f, 1, TG_TCP_SYN | TG_TCP_ACK, NULL, 0);
		break;
	case ACK:
	case ACK_RESPONSES:
		send(g, f, 0, TG_TCP_ACK, NULL, 0);
		break;
	case FIN:
	case FIN_BACK:
		send(g, f, s->phase == FIN_BACK, TG_TCP_FIN | TG_TCP_ACK, NULL, 0);
		break;
	case LAST_ACK:
		send(g, f, 0, TG_TCP_ACK, NULL, 0);
		return TG_DONE;
	default:
		return data_step(g, f);
	}
	s->phase++;
	return PAUSE_NS;
}

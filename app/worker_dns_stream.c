/* SPDX-License-Identifier: BSD-3-Clause */
/* DNS over TCP: bytes in order to messages, and to the service as Zeek's analyzer confirms it. */
#include "worker_priv.h"

static void
confirm(struct worker *w, struct nt_flow *f, struct nt_flow_cold *cold, const uint8_t *msg,
	size_t len)
{
	switch (nt_dns_confirm(msg, len, false)) {
	case NT_DNS_CONFIRM_YES:
		nt_conn_service(cold, NT_SERVICE_DNS);
		break;
	case NT_DNS_CONFIRM_OPCODE:
		nt_conn_dns_unknown(w->conn, cold);
		break;
	case NT_DNS_CONFIRM_VIOLATION:
		nt_conn_dns_violation(w->conn, f, cold);
		break;
	case NT_DNS_CONFIRM_NO:
		break;
	}
}

bool
dns_stream_wanted(const struct worker *w, const struct nt_flow *f)
{
	return ((w->port_use[f->key.lo_port] | w->port_use[f->key.hi_port]) & PORT_DNS) != 0;
}

void
dns_stream_data(struct worker *w, uint32_t idx, int dir, const uint8_t *bytes, size_t len,
	const struct nt_packet_meta *at)
{
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	struct nt_dns_stream *s = &w->dns_streams[2 * (size_t)idx + (size_t)dir];
	struct nt_cursor in = nt_cursor_init(bytes, len);
	const bool to_lo = (dir == NT_FLOW_RESP) == (f->orig_is_lo != 0);
	const struct dns_place place = {
		.f = f,
		.cold = cold,
		.at = at,
		.from = key_addr(&f->key, !to_lo),
		.to = key_addr(&f->key, to_lo),
		.from_orig = dir == NT_FLOW_ORIG,
		.use = PORT_DNS,
	};
	const uint64_t refused = nt_dns_buffers_refused(w->dns_buffers);
	const uint8_t *msg;
	size_t msg_len;
	while (nt_dns_stream_next(s, w->dns_buffers, &in, &msg, &msg_len)) {
		confirm(w, f, cold, msg, msg_len);
		if (nt_likely(wants_names(w)))
			dns_message(w, &place, msg, msg_len);
	}
	if (nt_unlikely(nt_dns_buffers_refused(w->dns_buffers) != refused) && dir == NT_FLOW_RESP)
		answer_lost(w, at, NT_UNKNOWN_DROPPED, &place.to);
}

void
dns_stream_gap(struct worker *w, uint32_t idx, int dir, const struct nt_packet_meta *at)
{
	const struct nt_flow *f = nt_flow_at(w->flows, idx);
	const struct nt_addr client = key_addr(&f->key, f->orig_is_lo != 0);
	if (dir == NT_FLOW_RESP && at != NULL)
		answer_lost(w, at, NT_UNKNOWN_GAP, &client);
	nt_dns_stream_end(&w->dns_streams[2 * (size_t)idx + (size_t)dir], w->dns_buffers);
}

/* Zeek looks at what is left, of both sides, when one of them is closed; and only then. */
void
dns_stream_closed(struct worker *w, uint32_t idx)
{
	for (size_t dir = 0; dir < 2; dir++) {
		const struct nt_dns_stream *s = &w->dns_streams[2 * (size_t)idx + dir];
		size_t len;
		const uint8_t *rest = nt_dns_stream_partial(s, w->dns_buffers, &len);
		if (rest != NULL)
			confirm(w, nt_flow_at(w->flows, idx), nt_flow_cold_at(w->flows, idx), rest,
				len);
	}
}

void
dns_stream_end(struct worker *w, uint32_t idx)
{
	for (size_t dir = 0; dir < 2; dir++) {
		struct nt_dns_stream *s = &w->dns_streams[2 * (size_t)idx + dir];
		nt_dns_stream_end(s, w->dns_buffers);
		*s = (struct nt_dns_stream){ 0 };
	}
	nt_counter_set(&w->counters, NT_COUNTER_DNS_STREAM_REFUSED,
		nt_dns_buffers_refused(w->dns_buffers));
}

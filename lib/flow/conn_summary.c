/* SPDX-License-Identifier: BSD-3-Clause */
/* What conn.log says of a connection. */
#include "conn_priv.h"

const char *
nt_conn_state_name(enum nt_conn_state s)
{
	static const char *const names[NT_CONN_STATES] = {
		[NT_CONN_S0] = "S0",
		[NT_CONN_S1] = "S1",
		[NT_CONN_SF] = "SF",
		[NT_CONN_REJ] = "REJ",
		[NT_CONN_S2] = "S2",
		[NT_CONN_S3] = "S3",
		[NT_CONN_RSTO] = "RSTO",
		[NT_CONN_RSTR] = "RSTR",
		[NT_CONN_RSTOS0] = "RSTOS0",
		[NT_CONN_RSTRH] = "RSTRH",
		[NT_CONN_SH] = "SH",
		[NT_CONN_SHR] = "SHR",
		[NT_CONN_OTH] = "OTH",
	};

	return names[s];
}

/* The originator's SYN, then its RST, and nothing of it in between. */
static bool
is_syn_then_rst(const char *history, size_t len)
{
	size_t at = 0;

	if (len && history[0] == '^')
		at = 1;
	if (at == len || history[at] != 'S')
		return false;
	for (at++; at < len; at++) {
		if (history[at] == 'R')
			return true;
		if (strchr("HAFGIQ", history[at]))
			return false;
	}
	return false;
}

static enum nt_conn_state
tcp_reset_state(enum end_state o, enum end_state r, const struct nt_conn_summary *s)
{
	if (r == END_RESET) {
		if (o == END_SYN_SENT || o == END_SYN_ACK_SENT ||
			(o == END_RESET && s->bytes[0] == 0 && s->bytes[1] == 0))
			return NT_CONN_REJ;
		return o == END_INACTIVE || o == END_PARTIAL ? NT_CONN_RSTRH : NT_CONN_RSTR;
	}
	if (r != END_INACTIVE && r != END_PARTIAL)
		return NT_CONN_RSTO;
	return is_syn_then_rst(s->history, s->history_len) ? NT_CONN_RSTOS0 : NT_CONN_OTH;
}

static enum nt_conn_state
tcp_state(const struct nt_flow *f, const struct nt_conn_summary *s)
{
	enum end_state o = end_state(f, NT_FLOW_ORIG), r = end_state(f, NT_FLOW_RESP);

	if (o == END_RESET || r == END_RESET)
		return tcp_reset_state(o, r, s);
	if (o == END_CLOSED && r == END_CLOSED)
		return NT_CONN_SF;
	if (o == END_CLOSED)
		return r == END_INACTIVE || r == END_PARTIAL ? NT_CONN_SH : NT_CONN_S2;
	if (r == END_CLOSED)
		return o == END_INACTIVE || o == END_PARTIAL ? NT_CONN_SHR : NT_CONN_S3;
	if (o == END_SYN_SENT && r == END_INACTIVE)
		return NT_CONN_S0;
	if (o == END_ESTABLISHED && r == END_ESTABLISHED)
		return NT_CONN_S1;
	return NT_CONN_OTH;
}

static enum nt_conn_state
udp_state(const struct nt_flow *f)
{
	/* The bytes' side, which a turn leaves where it was. */
	if (f->state[NT_FLOW_ORIG])
		return f->state[NT_FLOW_RESP] ? NT_CONN_SF : NT_CONN_S0;
	return f->state[NT_FLOW_RESP] ? NT_CONN_SHR : NT_CONN_OTH;
}

static void
summarize_counts(const struct nt_conn *c, const struct nt_flow *f, const struct nt_flow_cold *cold,
	struct nt_conn_summary *ret)
{
	const struct extra *x = conn_extra_get(c, cold);

	for (int dir = 0; dir < 2; dir++) {
		ret->pkts[dir] = f->pkts[dir];
		if (x)
			ret->pkts[dir] += (uint64_t)x->pkts_high[dir] << 32;
		ret->ip_bytes[dir] = f->ip_bytes[dir];
		ret->bytes[dir] =
			f->key.proto == PROTO_TCP ? seq_size(f, cold, dir) : f->dgram.bytes[dir];
	}
	ret->missed_bytes = x ? x->missed_bytes : 0;
}

static enum nt_conn_state
conn_state(const struct nt_flow *f, const struct nt_conn_summary *s)
{
	if (f->key.proto == PROTO_TCP)
		return tcp_state(f, s);
	return f->key.proto == PROTO_UDP ? udp_state(f) : NT_CONN_OTH;
}

void
nt_conn_summarize(const struct nt_conn *c, const struct nt_flow *f, const struct nt_flow_cold *cold,
	struct nt_conn_summary *ret)
{
	conn_address(f, NT_FLOW_ORIG, &ret->orig_h);
	conn_address(f, NT_FLOW_RESP, &ret->resp_h);
	ret->orig_p = conn_port(f, NT_FLOW_ORIG);
	ret->resp_p = conn_port(f, NT_FLOW_RESP);
	ret->ip_proto = f->key.proto;
	ret->ts_ns = cold->first_ts_ns;
	ret->duration_ns = f->last_ts_ns - cold->first_ts_ns;
	ret->has_duration = ret->duration_ns > 0;
	ret->first_position = cold->first_position;
	ret->last_position = f->last_position;
	ret->first_clock_ns = cold->first_clock_ns;
	ret->last_clock_ns = f->last_clock_ns;
	ret->service = cold->service;
	if (cold->cold_flags & COLD_NO_DNS)
		ret->service &= ~(uint32_t)NT_SERVICE_DNS;
	conn_link_summarize(c, cold, ret);
	ret->history_len = (uint8_t)history_copy(c, cold, ret->history);
	summarize_counts(c, f, cold, ret);
	ret->state = (uint8_t)conn_state(f, ret);
}

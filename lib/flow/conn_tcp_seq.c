/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sequence numbers of a TCP stream in 64 bits, relative to its start: 0 is the SYN, data begins
 * at 1 (RFC 9293 3.4). A stream that was joined in its middle gets a start as if its first segment
 * followed a SYN.
 */
#include "conn_priv.h"

/* A jump of more than this in a SYN or RST is not believed; nor is an ACK of 0 that far away. */
#define JUMP_MAX (INT32_C(1) << 20)

static int32_t
seq_delta(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

static void
count_wrap(uint8_t *wraps)
{
	if (*wraps < UINT8_MAX)
		(*wraps)++;
}

/* `last` and `wraps`: where the stream is; seq is taken to be near it. */
uint64_t
seq_relative(const struct nt_flow_cold *cold, int dir, uint32_t seq, uint32_t last, uint8_t wraps,
	bool *ret_underflow)
{
	int32_t delta = seq_delta(seq, last);

	if (delta < 0 && wraps && seq > last)
		wraps--;
	else if (delta > 0 && seq < last)
		count_wrap(&wraps);
	if (wraps)
		return seq_full(seq, wraps) - cold->start_seq[dir];
	delta = seq_delta(seq, cold->start_seq[dir]);
	*ret_underflow = delta < 0;
	return (uint64_t)(int64_t)delta;
}

static void
seq_restart(struct nt_flow *f, struct nt_flow_cold *cold, int dir, uint32_t start, uint32_t last)
{
	cold->start_seq[dir] = start;
	f->tcp.last_ack[dir] = start;
	f->tcp.last_seq[dir] = last;
}

/* What a segment says about where its sender's numbers start. */
void
seq_begin(struct nt_flow *f, struct nt_flow_cold *cold, int dir, const struct nt_packet *p,
	uint32_t end)
{
	bool syn = (p->tcp_flags & TCP_SYN) != 0;

	switch (end_state(f, dir)) {
	case END_INACTIVE:
		if (syn)
			seq_restart(f, cold, dir, p->seq, end);
		else
			seq_restart(f, cold, dir, p->seq - 1, p->seq);
		break;
	case END_SYN_SENT:
	case END_SYN_ACK_SENT:
		if (syn && p->seq != cold->start_seq[dir])
			seq_restart(f, cold, dir, p->seq, end);
		break;
	case END_ESTABLISHED:
	case END_PARTIAL:
		if (syn)
			seq_restart(f, cold, dir, p->seq, end);
		break;
	case END_RESET:
		/* The RST that came before its SYN was probably forged. */
		if (syn && end_prev(f, dir) == END_INACTIVE)
			seq_restart(f, cold, dir, p->seq, end);
		break;
	default:
		break;
	}
}

/* The other end acknowledges what an end sent that was not seen at all. */
void
seq_begin_silent(struct nt_flow *f, struct nt_flow_cold *cold, int dir, uint32_t ack)
{
	seq_restart(f, cold, dir, ack - 1, ack - 1);
}

void
seq_acked(struct nt_flow *f, int dir, uint32_t ack)
{
	int32_t delta = seq_delta(ack, f->tcp.last_ack[dir]);

	if (delta <= 0 || (ack == 0 && delta > JUMP_MAX))
		return;
	if (ack < f->tcp.last_ack[dir])
		count_wrap(&f->ack_wraps[dir]);
	f->tcp.last_ack[dir] = ack;
}

static void
set_last(struct nt_flow *f, int dir, uint32_t end)
{
	if (end < f->tcp.last_seq[dir])
		count_wrap(&f->seq_wraps[dir]);
	f->tcp.last_seq[dir] = end;
}

bool
seq_advance(struct nt_flow *f, const struct nt_flow_cold *cold, int dir, uint32_t end,
	const struct nt_packet *p)
{
	int32_t delta = seq_delta(end, f->tcp.last_seq[dir]);

	if ((p->tcp_flags & (TCP_SYN | TCP_RST)) && (delta > JUMP_MAX || delta < -JUMP_MAX))
		return false;
	if ((p->tcp_flags & TCP_FIN) && f->tcp.last_seq[dir] == cold->start_seq[dir] + 1) {
		/* Nothing seen but SYN and FIN: it may be more than 2^31 away. */
		set_last(f, dir, end);
		return false;
	}
	if (end_state(f, dir) == END_RESET)
		return false;
	if (delta > 0) {
		set_last(f, dir, end);
		return false;
	}
	return p->payload_len > 0;
}

/* A single number, that of a SYN, may be acknowledged. */
bool
seq_none_acked(const struct nt_flow *f, const struct nt_flow_cold *cold, int dir)
{
	uint64_t ack = seq_full(f->tcp.last_ack[dir], f->ack_wraps[dir]);

	return ack - cold->start_seq[dir] <= 1;
}

/* Payload bytes: the furthest that was sent or acknowledged, less SYN and FIN. */
uint64_t
seq_size(const struct nt_flow *f, const struct nt_flow_cold *cold, int dir)
{
	uint64_t last = seq_full(f->tcp.last_seq[dir], f->seq_wraps[dir]);
	uint64_t ack = seq_full(f->tcp.last_ack[dir], f->ack_wraps[dir]);
	uint64_t size;

	/* A half-open connection found and aborted: the numbers are another connection's. */
	if (end_prev(f, dir) == END_SYN_SENT && end_state(f, dir) == END_RESET &&
		end_state(f, !dir) == END_INACTIVE && !seq_none_acked(f, cold, dir))
		return 0;
	size = NT_MAX(last, ack) - cold->start_seq[dir];
	if (size != 0)
		size--;
	if (size != 0 && fin_seen(cold, dir))
		size--;
	return size;
}

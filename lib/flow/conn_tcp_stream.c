/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What of each stream was seen and what was acknowledged without having been seen: a gap. Most
 * streams are in order all their life; then both follow from the sequence numbers and nothing is
 * stored. Others keep their ranges in the extra state until they are in step again.
 */
#include "conn_priv.h"

#define WINDOW_UNACKED                                                                             \
	16384 /* Zeek's tcp_max_initial_window, tcp_max_above_hole_without_any_acks */
#define EXCESS_UNACKED (10 << 20) /* Zeek's tcp_excessive_data_without_further_acks */

static uint64_t
relative_or_0(const struct nt_flow_cold *cold, int dir, uint32_t seq, uint8_t wraps)
{
	uint64_t full = seq_full(seq, wraps);

	return full > cold->start_seq[dir] ? full - cold->start_seq[dir] : 0;
}

static bool
fin_is_at(const struct nt_flow_cold *cold, int dir, uint64_t at)
{
	return fin_seen(cold, dir) && cold->fin_seq[dir] == (uint32_t)at;
}

/* Data that nobody acknowledges is not kept for long: the acknowledgements may go another way. */
static bool
is_unacked(const struct nt_flow *f, const struct nt_flow_cold *cold, int dir)
{
	return seq_none_acked(f, cold, dir) && seq_size(f, cold, dir) > WINDOW_UNACKED;
}

/* Where a stream in order stands. */
static uint64_t
next_in_order(const struct nt_flow *f, const struct nt_flow_cold *cold, int dir)
{
	uint64_t next;

	if (end_state(f, dir) == END_INACTIVE)
		return 1;
	next = relative_or_0(cold, dir, f->tcp.last_seq[dir], f->seq_wraps[dir]);
	if (fin_is_at(cold, dir, next))
		next--;
	return NT_MAX(next, 1);
}

/* What of it is kept no longer. */
static uint64_t
trimmed_in_order(const struct nt_flow *f, const struct nt_flow_cold *cold, int dir, uint64_t next)
{
	uint64_t acked;

	if (next == 1)
		return next;
	/* In order, a stream's size is less than next. */
	if (nt_unlikely(next > WINDOW_UNACKED) && is_unacked(f, cold, dir))
		return next;
	acked = relative_or_0(cold, dir, f->tcp.last_ack[dir], f->ack_wraps[dir]);
	return NT_MIN(next, NT_MAX(acked, 1));
}

void
streams_load(struct streams *s, struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold)
{
	const struct extra *x = conn_extra_get(c, cold);

	*s = (struct streams){ .c = c, .f = f, .cold = cold };
	for (int dir = 0; dir < 2; dir++) {
		if (x && x->stream[dir].tracked) {
			s->next[dir] = x->stream[dir].next;
			s->trimmed[dir] = x->stream[dir].trimmed;
			s->skip[dir] = x->stream[dir].skip;
		} else {
			s->next[dir] = next_in_order(f, cold, dir);
			s->trimmed[dir] = trimmed_in_order(f, cold, dir, s->next[dir]);
		}
	}
}

static struct stream *
stream_of(const struct streams *s, int dir)
{
	struct extra *x = conn_extra_get(s->c, s->cold);

	return x ? &x->stream[dir] : NULL;
}

static unsigned int
ranges_of(const struct streams *s, int dir)
{
	const struct stream *st = stream_of(s, dir);

	return st ? st->ranges : 0;
}

void
streams_store(struct streams *s)
{
	s->f->flags &= (uint8_t)~FLOW_EXTRA;
	for (int dir = 0; dir < 2; dir++) {
		struct stream *st = stream_of(s, dir);
		uint64_t next = next_in_order(s->f, s->cold, dir);

		if (s->next[dir] == next && !s->skip[dir] && ranges_of(s, dir) == 0) {
			if (st)
				st->tracked = false;
			continue;
		}
		if (!st && conn_extra(s->c, s->cold))
			st = stream_of(s, dir);
		if (!st)
			continue;
		st->tracked = true;
		st->next = s->next[dir];
		st->trimmed = s->trimmed[dir];
		st->skip = s->skip[dir];
		s->f->flags |= FLOW_EXTRA;
	}
}

/* For conn_flip, which has turned the stored halves already. */
void
streams_flip(struct streams *s)
{
	uint64_t next = s->next[0], trimmed = s->trimmed[0];
	bool skip = s->skip[0];

	s->next[0] = s->next[1];
	s->trimmed[0] = s->trimmed[1];
	s->skip[0] = s->skip[1];
	s->next[1] = next;
	s->trimmed[1] = trimmed;
	s->skip[1] = skip;
}

static uint64_t
range_from(const struct streams *s, int dir, const struct range *r)
{
	return s->next[dir] + (uint32_t)(r->from - (uint32_t)s->next[dir]);
}

/* What follows without a hole now. */
static void
take_ranges(struct streams *s, int dir)
{
	struct stream *st = stream_of(s, dir);
	unsigned int n = 0;

	if (!st)
		return;
	while (n < st->ranges && (int32_t)(st->range[n].from - (uint32_t)s->next[dir]) <= 0) {
		int32_t more = (int32_t)(st->range[n].to - (uint32_t)s->next[dir]);

		if (more > 0)
			s->next[dir] += (uint32_t)more;
		n++;
	}
	ranges_drop(st, 0, n);
}

static bool
is_clean(const struct nt_flow *f, int dir)
{
	return end_state(f, dir) == END_ESTABLISHED ||
	       (end_state(f, dir) == END_CLOSED && end_prev(f, dir) == END_ESTABLISHED);
}

/* Half-open, reset and joined connections have gaps that are none. */
static void
count_gap(struct streams *s, int dir, uint64_t len)
{
	struct extra *x;

	if (!is_clean(s->f, NT_FLOW_ORIG) || !is_clean(s->f, NT_FLOW_RESP))
		return;
	history_tally(s->c, s->cold, dir, TALLY_GAP);
	x = conn_extra(s->c, s->cold);
	if (x)
		x->missed_bytes += len;
}

static void
give_up_before(struct streams *s, int dir, uint64_t up_to)
{
	struct stream *st = stream_of(s, dir);

	/* The made-up start of a joined stream; a keep-alive is one byte before it. */
	if (up_to <= 2 && (s->f->tcp_flags & TCPF_PARTIAL))
		return;
	while (!s->skip[dir] && st && st->ranges) { /* at most RANGES_MAX times */
		uint64_t from = range_from(s, dir, &st->range[0]);

		if (from >= up_to)
			break;
		count_gap(s, dir, from - s->next[dir]);
		s->next[dir] = from;
		take_ranges(s, dir);
	}
	if (up_to <= s->next[dir])
		return;
	if (!s->skip[dir])
		count_gap(s, dir, up_to - s->next[dir]);
	s->next[dir] = up_to;
	take_ranges(s, dir);
}

void
stream_acked(struct streams *s, int dir, uint64_t ack)
{
	int32_t past_fin = (int32_t)((uint32_t)ack - s->cold->fin_seq[dir]);

	if (fin_seen(s->cold, dir) && past_fin >= 0)
		ack -= (uint32_t)past_fin + 1;
	if ((int64_t)ack <= (int64_t)s->trimmed[dir])
		return;
	if (ack > s->next[dir])
		give_up_before(s, dir, ack);
	s->trimmed[dir] = ack;
	tcp_check_eof(s, dir);
}

static void
skip_stream(struct streams *s, int dir)
{
	struct stream *st = stream_of(s, dir);

	if (st)
		st->ranges = 0;
	s->skip[dir] = true;
}

static uint64_t
kept_bytes(const struct streams *s, int dir)
{
	const struct stream *st = stream_of(s, dir);
	uint64_t kept = s->next[dir] > s->trimmed[dir] ? s->next[dir] - s->trimmed[dir] : 0;

	for (unsigned int i = 0; st && i < st->ranges; i++)
		kept += st->range[i].to - st->range[i].from;
	return kept;
}

static void
limit_kept(struct streams *s, int dir)
{
	const struct stream *st = stream_of(s, dir);

	if (st && st->ranges && seq_none_acked(s->f, s->cold, dir) &&
		st->range[st->ranges - 1].to - (uint32_t)s->next[dir] > WINDOW_UNACKED)
		skip_stream(s, dir);
	if (kept_bytes(s, dir) > EXCESS_UNACKED)
		skip_stream(s, dir);
}

static void
deliver(struct streams *s, int dir, uint64_t upper)
{
	if (upper <= s->next[dir])
		return;
	s->next[dir] = upper;
	take_ranges(s, dir);
	if (is_unacked(s->f, s->cold, dir)) {
		s->trimmed[dir] = s->next[dir];
		s->f->flags |= (uint8_t)(FLOW_UNACKED_0 << dir);
	}
}

void
stream_data(struct streams *s, int dir, uint64_t seq, uint32_t len)
{
	uint64_t upper = seq + len;
	uint64_t acked = relative_or_0(s->cold, dir, s->f->tcp.last_ack[dir], s->f->ack_wraps[dir]);
	struct extra *x;

	acked = NT_MAX(acked, s->trimmed[dir]);
	if (s->skip[dir] || upper <= acked)
		return;
	seq = NT_MAX(seq, acked);
	if (seq <= s->next[dir]) {
		deliver(s, dir, upper);
	} else {
		x = conn_extra(s->c, s->cold);
		if (x)
			s->c->stats.ranges_merged +=
				ranges_add(&x->stream[dir], (uint32_t)seq, (uint32_t)upper);
		else
			s->next[dir] = upper; /* can't be kept: counts as seen */
	}
	limit_kept(s, dir);
}

static bool
keeps_data(const struct streams *s, int dir)
{
	return !s->skip[dir] && (s->next[dir] > s->trimmed[dir] || ranges_of(s, dir) > 0);
}

bool
stream_pending(const struct streams *s, int dir)
{
	const struct nt_flow *f = s->f;
	uint64_t delivered = s->cold->start_seq[dir] + s->next[dir];
	uint64_t last = seq_full(f->tcp.last_seq[dir], f->seq_wraps[dir]);

	if (s->skip[dir] || last < delivered)
		return false;
	/* A FIN takes a number, a RST does not. */
	if (delivered != last && delivered != last - 1)
		return true;
	return end_state(f, dir) != END_RESET && keeps_data(s, !dir);
}

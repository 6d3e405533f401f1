/* SPDX-License-Identifier: BSD-3-Clause */
#include "worker_priv.h"

/* Capture time, as logs have it. */
static void
to_capture_time(const struct worker *w, struct nt_name_entry *e)
{
	e->first_seen_ns -= w->epoch_offset_ns;
	e->seen_ns -= w->epoch_offset_ns;
	e->expires_ns -= w->epoch_offset_ns;
}

static void
answer_entries(struct worker *w, const struct ask_question *q, struct ask_answer *a)
{
	const bool asserted = q->kind == ASK_ASSERTED || q->kind == ASK_ASSERTED_ADDRS;
	const struct nt_name_cache *c = asserted ? w->asserted : w->names;
	struct nt_name_entries r = { .entry = a->entries, .room = ASK_ENTRIES };
	a->cursor = q->from;
	if (q->kind == ASK_NAMES || q->kind == ASK_ASSERTED)
		nt_name_entries_of_addr(c, &q->addr, q->from, &r);
	else if (q->kind == ASK_ADDRS || q->kind == ASK_ASSERTED_ADDRS)
		nt_name_entries_of_name(c, q->name, q->name_len, q->from, &r);
	else
		nt_name_entries_walk(c, &a->cursor, &r);
	a->count = r.count;
	a->more = r.more;
	a->cut = r.cut;
	for (uint32_t i = 0; i < r.count; i++)
		to_capture_time(w, &a->entries[i]);
}

static void
answer_told(struct worker *w, const struct ask_question *q, struct ask_answer *a)
{
	const struct nt_told_table *t = nt_verdicts_told(w->judging.verdicts);
	a->cursor = q->from;
	a->count = nt_told_walk(t, &a->cursor, a->tolds, ASK_TOLDS);
	for (uint32_t i = 0; i < a->count; i++) {
		a->tolds[i].first_ns -= w->epoch_offset_ns;
		a->tolds[i].last_ns -= w->epoch_offset_ns;
	}
}

void
worker_answer(struct worker *w, const struct ask_question *q)
{
	struct ask_answer *a = &w->ask->answer;
	a->count = 0;
	a->more = a->cut = false;
	a->position = w->done.position;
	a->clock_ns =
		w->done.clock_ns == INT64_MIN ? INT64_MIN : w->done.clock_ns - w->epoch_offset_ns;
	if (q->kind == ASK_TOLD)
		answer_told(w, q, a);
	else
		answer_entries(w, q, a);
	ask_done(w->ask);
}

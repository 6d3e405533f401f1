/* SPDX-License-Identifier: BSD-3-Clause */
#include "backlog.h"

static enum backlog_news
not_well(struct backlog *b, bool stalled, uint64_t lost_before)
{
	const bool began = !b->on, told = b->stalled;
	if (began)
		b->lost_before = lost_before;
	b->on = true;
	b->stalled |= stalled;
	if (stalled && !told)
		return BACKLOG_STALLED;
	return began ? BACKLOG_SLOW : BACKLOG_NO_NEWS;
}

enum backlog_news
backlog_saw(struct backlog *b, int64_t now_ns, int64_t busy_ns, uint64_t lost)
{
	const uint64_t before = b->lost;
	const bool stalled = busy_ns >= BACKLOG_AFTER_NS;
	b->lost = lost;
	if (stalled || lost != before) {
		b->bad_ns = now_ns;
		return not_well(b, stalled, before);
	}
	if (!b->on || now_ns - b->bad_ns < BACKLOG_AFTER_NS)
		return BACKLOG_NO_NEWS;
	b->on = b->stalled = false;
	return BACKLOG_OVER;
}

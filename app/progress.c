/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include <nt_clock.h>

#include "percent.h"
#include "progress.h"

#define EVERY_NS (NT_NS_PER_SEC / 4)

void
progress_init(struct progress *p, bool wanted)
{
	*p = (struct progress){ .wanted = wanted };
	p->started_ns = p->last_ns = nt_clock_monotonic_ns();
}

bool
progress_due(struct progress *p)
{
	/* The clock is asked every 64th time only. */
	if (!p->wanted || ++p->calls % 64 != 0)
		return false;
	const int64_t now_ns = nt_clock_monotonic_ns();
	if (now_ns - p->last_ns < EVERY_NS)
		return false;
	p->last_ns = now_ns;
	return true;
}

void
progress_show(
	struct progress *p, const struct reader_progress *reader, const struct nt_counters *now)
{
	const uint64_t taken = atomic_load_explicit(&reader->taken, memory_order_relaxed);
	const uint64_t size = atomic_load_explicit(&reader->size, memory_order_relaxed);
	const uint64_t packets = nt_counter_read(now, NT_COUNTER_PACKETS);
	const double sec = (double)(p->last_ns - p->started_ns) / 1e9;
	char share[32] = "";
	if (size != 0)
		snprintf(share, sizeof(share), "%3.0f %%  ", percent(taken, size));
	fprintf(stderr,
		"\r%s%.2f M packets  %.2f M/s  %llu connections  %.1f %% of non-local ends named "
		"\033[K",
		share, (double)packets / 1e6, sec > 0 ? (double)packets / 1e6 / sec : 0,
		(unsigned long long)nt_counter_read(now, NT_COUNTER_CONNS_MADE),
		percent(nt_counter_read(now, NT_COUNTER_ENDS_EXTERNAL_NAMED),
			nt_counter_read(now, NT_COUNTER_ENDS_EXTERNAL)));
	p->shown = true;
}

void
progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}

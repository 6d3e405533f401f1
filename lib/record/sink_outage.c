/* SPDX-License-Identifier: BSD-3-Clause */
/* Logs that can't be written just now: writer thread, and whoever asks. */
#include <nt_clock.h>

#include "sink.h"

/* How often a log is tried again, and how long it has to be well. */
#define RETRY_NS NT_SEC(1)

static void
begin(struct nt_sink *s, struct sink_file *f, int code, const struct nt_error *err)
{
	struct nt_sink_outage *o = &s->outages[f->kind];

	f->failing = true;
	f->lost_before = atomic_load_explicit(&s->lost[f->kind], memory_order_relaxed);
	pthread_mutex_lock(&s->outage_lock);
	*o = (struct nt_sink_outage){ .number = o->number + 1, .code = code, .error = *err };
	pthread_mutex_unlock(&s->outage_lock);
}

void
sink_outage_fail(struct nt_sink *s, struct sink_file *f, int code, const struct nt_error *err)
{
	if (!f->failing)
		begin(s, f, code, err);
	f->well_ns = 0;
	f->retry_ns = nt_clock_monotonic_ns() + RETRY_NS;
}

bool
sink_outage_retry(struct sink_file *f)
{
	return f->failing && nt_clock_monotonic_ns() >= f->retry_ns;
}

void
sink_outage_wrote(struct sink_file *f)
{
	if (nt_unlikely(f->failing) && f->well_ns == 0)
		f->well_ns = nt_clock_monotonic_ns();
}

void
sink_outage_look(struct nt_sink *s, struct sink_file *f, bool at_end)
{
	struct nt_sink_outage *o = &s->outages[f->kind];

	if (nt_likely(!f->failing) || f->well_ns == 0 ||
		(!at_end && nt_clock_monotonic_ns() - f->well_ns < RETRY_NS))
		return;
	f->failing = false;
	pthread_mutex_lock(&s->outage_lock);
	o->over = true;
	o->lines_lost =
		atomic_load_explicit(&s->lost[f->kind], memory_order_relaxed) - f->lost_before;
	pthread_mutex_unlock(&s->outage_lock);
}

bool
nt_sink_outage(struct nt_sink *s, enum nt_log_kind kind, struct nt_sink_outage *ret)
{
	pthread_mutex_lock(&s->outage_lock);
	*ret = s->outages[kind];
	pthread_mutex_unlock(&s->outage_lock);
	return ret->number != 0;
}

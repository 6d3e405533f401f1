/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_mark.h"

void
nt_mark_init(struct nt_mark *m)
{
	atomic_init(&m->position, 0);
	atomic_init(&m->clock_ns, INT64_MIN);
}

void
nt_mark_release(struct nt_mark *m, uint64_t position, int64_t clock_ns)
{
	atomic_store_explicit(&m->position, position, memory_order_release);
	atomic_store_explicit(&m->clock_ns, clock_ns, memory_order_release);
}

struct nt_mark_value
nt_mark_acquire(const struct nt_mark *m)
{
	struct nt_mark_value v;
	v.clock_ns = atomic_load_explicit(&m->clock_ns, memory_order_acquire);
	v.position = atomic_load_explicit(&m->position, memory_order_acquire);
	return v;
}

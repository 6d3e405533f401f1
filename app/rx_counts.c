/* SPDX-License-Identifier: BSD-3-Clause */
#include "rx_counts.h"

static uint64_t
read_count(const _Atomic uint64_t *n)
{
	return n == NULL ? 0 : atomic_load_explicit(n, memory_order_relaxed);
}

void
rx_counts(struct ports *p, struct rx *const *rx, unsigned int workers, struct nt_counters *ret)
{
	struct port_stats sum = { 0 }, one;
	uint64_t full = 0, partly = 0;
	for (unsigned int i = 0; i < workers; i++) {
		full += read_count(rx[i]->lost);
		partly += read_count(rx[i]->incomplete);
	}
	for (unsigned int i = 0; i < p->count; i++) {
		ports_stats(p, i, &one);
		sum.packets += one.packets;
		sum.missed += one.missed;
		sum.no_mbuf += one.no_mbuf;
		sum.errors += one.errors;
	}
	nt_counter_set(ret, NT_COUNTER_RX_PACKETS, sum.packets);
	nt_counter_set(ret, NT_COUNTER_RX_DROPPED, sum.missed + sum.no_mbuf + full);
	nt_counter_set(ret, NT_COUNTER_RX_MISSED, sum.missed);
	nt_counter_set(ret, NT_COUNTER_RX_NO_BUFFER, sum.no_mbuf);
	nt_counter_set(ret, NT_COUNTER_RX_RING_FULL, full);
	nt_counter_set(ret, NT_COUNTER_RX_INCOMPLETE, partly);
	nt_counter_set(ret, NT_COUNTER_RX_ERRORS, sum.errors);
}

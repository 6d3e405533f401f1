/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a mapping costs on its way: learning it (own queue and out ring), the hop through control,
 * and applying it to a name cache. All ends run in one thread, in turn, so these are costs of
 * instructions and of memory, without those of lines that travel between cores. Needs no EAL.
 */
#ifndef BENCH_RELAY_H
#define BENCH_RELAY_H

#include <nt_base.h>

struct bench_relay_config {
	unsigned int workers; /* 2 and more: the hop is by receiver */
	unsigned int names; /* different ones, each with an address */
	unsigned int clients; /* that ask */
	unsigned int rounds; /* of 256 mappings; medians of them count */
};

/* Cycles a mapping; NAN where there is no such thing. */
struct bench_relay_result {
	double learn;
	double hop; /* a receiver's share of control's work */
	double own, received; /* applied by who learnt it; by a receiver */
};

/* 0, or -errno; -EPROTO: not all were relayed. */
int bench_relay_run(const struct bench_relay_config *cfg, struct bench_relay_result *ret);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The least that finding a connection costs on this machine: bursts of 32 packets of random flows,
 * each key hashed, looked up in buckets of one cache line with 16-bit signatures and compared, and
 * the two lines of its flow touched, everything prefetched a stage ahead. Nothing else, and nothing
 * of the sensor's own tables, so it stays what it is when those change: the unit that makes cycles
 * of different machines comparable. Needs no EAL. Owner: one thread.
 */
#ifndef BENCH_PROBE_H
#define BENCH_PROBE_H

#include <nt_base.h>

struct bench_probe;

/* Memory as the worker's tables have it (nt_mem_map). flows: 2 to 2^28. NULL and errno. */
struct bench_probe *bench_probe_new(uint32_t flows);
void bench_probe_free(struct bench_probe *p); /* NULL is fine */

/* TSC cycles a packet over so many bursts; drawing flows and making their keys is taken off. */
double bench_probe_run(struct bench_probe *p, unsigned int bursts);

#endif

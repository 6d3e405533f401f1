/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `nametap bench`: what the sensor costs on this machine, by running its real workers, as they run
 * live, and its real control lcore over a capture in memory (bench_source.h says how it is played),
 * and the probe (bench_probe.h) in alternation with them.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdio.h>

#include <nt_config.h>

#include "worker_timers.h"

struct bench_options {
	const struct nt_config *config; /* workers among it; borrowed */
	const char *path;
	uint32_t flows; /* to be open at once; 0: those of the capture */
	double seconds; /* of measuring */
	uint64_t packets; /* only so many and nothing else, for counts of instructions; 0: not */
};

/* NAN: was not measured. */
struct bench_result {
	double cycles_per_packet, mpps; /* mpps: of all workers, each with a core of its own */
	double probe_cycles; /* a packet */
	double ratio; /* of the two, the median of the rounds' */
	double stages[WORKER_STAGES]; /* cycles a packet */
	double records_per_sec; /* lines of the control lcore */
	double mapping_cycles; /* new ones, from the packet's payload to the cache */
	double refresh_cycles; /* the same for what is known */
	double hop_cycles, insert_cycles; /* a mapping and receiver */
	double relay_per_sec; /* mappings that control could relay */
	double bytes_per_flow, bytes_per_mapping;
	uint64_t flows; /* that were open */
	uint64_t packets, mappings, records; /* while it ran */
	bool hugetlb; /* EAL's memory, mbufs and rings */
	uint64_t transparent_mb; /* of tables on transparent huge pages */
	unsigned int relay_receivers;
	double tsc_hz;
};

/* 0, or -errno and *err. */
int bench_run(const struct bench_options *o, struct bench_result *ret, struct nt_error *err);

/* bench_mapping.c: DNS responses with two answers through a worker of their own; EAL runs. */
int bench_mapping_run(const struct nt_config *config, struct bench_result *ret);

/* bench_report.c */
void bench_print(FILE *out, const struct bench_options *o, const struct bench_result *r);
void bench_print_json(FILE *out, const struct bench_options *o, const struct bench_result *r);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a mapping costs on its way, by how many workers there are: cycles for learning it (own queue
 * and out ring), for the hop through control (in all, and by receiver), and for applying it to a
 * name cache (app/bench_relay.h). The last columns are what that makes of one core: mappings that
 * control can relay a second, and the share of a worker's core that receiving takes at so many
 * mappings a second of the whole sensor.
 *
 * Cycles are TSC ticks: on a shared core compare ratios within one run only.
 *
 *   relay_probe [WORKERS...]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <x86intrin.h>

#include "bench_relay.h"

#define ROUNDS	512
#define CLIENTS 16
/* What the last column is of: a link of some 1,000,000 packets/s with 0.05 mappings a packet. */
#define MAPPINGS_PER_SEC 50000

static double
tsc_hz(void)
{
	const struct timespec wait = { .tv_nsec = 100000000 };
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	const uint64_t begun = __rdtsc();
	nanosleep(&wait, NULL);
	const uint64_t took = __rdtsc() - begun;
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (double)took /
	       ((double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9);
}

static int
run(unsigned int workers, unsigned int names, double hz)
{
	const struct bench_relay_config cfg = {
		.workers = workers, .names = names, .clients = CLIENTS, .rounds = ROUNDS
	};
	struct bench_relay_result r;
	const int err = bench_relay_run(&cfg, &r);
	if (err != 0) {
		fprintf(stderr, "relay_probe: %s\n", strerror(-err));
		return 1;
	}
	printf("%7u %7u %7.0f %7.0f", workers, names, r.learn, r.own);
	if (workers > 1)
		printf(" %7.0f %7.0f %8.0f %9.2f %8.1f%%", r.hop * (workers - 1), r.hop, r.received,
			hz / (r.hop * (workers - 1)) / 1e6,
			100 * r.received * MAPPINGS_PER_SEC / hz);
	putchar('\n');
	return 0;
}

/* Names that stay in the core's cache, and names that do not. */
static int
run_both(unsigned int workers, double hz)
{
	return run(workers, 100, hz) | run(workers, 20000, hz);
}

int
main(int argc, char **argv)
{
	static const unsigned int counts[] = { 1, 2, 4, 8, 16, 32 };
	const double hz = tsc_hz();
	int failed = 0;
	puts("workers   names   learn     own     hop receiver received relay M/s  at 50k/s");
	for (int i = 1; i < argc; i++) {
		const int n = atoi(argv[i]);
		failed |= run_both(n > 0 ? (unsigned int)n : 0, hz);
	}
	for (unsigned int i = 0; argc == 1 && i < NT_ARRAY_SIZE(counts); i++)
		failed |= run_both(counts[i], hz);
	return failed;
}

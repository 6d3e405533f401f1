/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Figures of the same thing, measured again and again, on a machine that others use as well. What
 * was interrupted is left out by its measurer (bench_interruptions). Any thread.
 */
#ifndef BENCH_STATS_H
#define BENCH_STATS_H

#include <stddef.h>

struct bench_samples {
	double *values;
	size_t count, room;
};

/* One that there is no memory for is left out. */
void bench_samples_add(struct bench_samples *s, double value);
void bench_samples_free(struct bench_samples *s);

/* Sorts them; NAN where there are none. */
double bench_median(double *values, size_t n);
double bench_mean(const double *values, size_t n); /* NAN where there are none */

/*
 * How often something has come between so far: another thread got this one's core, or a page was
 * touched for the first time, which is over in a sensor that has run for a while.
 */
long bench_interruptions(void);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "bench_stats.h"

static int
compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double
bench_median(double *values, size_t n)
{
	if (n == 0)
		return NAN;
	qsort(values, n, sizeof(*values), compare);
	return n % 2 != 0 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double
bench_mean(const double *values, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += values[i];
	return n == 0 ? NAN : sum / (double)n;
}

void
bench_samples_add(struct bench_samples *s, double value)
{
	if (s->count == s->room) {
		const size_t room = s->room == 0 ? 1024 : s->room * 2;
		double *more = realloc(s->values, room * sizeof(*more));
		if (more == NULL)
			return;
		s->values = more;
		s->room = room;
	}
	s->values[s->count++] = value;
}

void
bench_samples_free(struct bench_samples *s)
{
	free(s->values);
	*s = (struct bench_samples){ 0 };
}

long
bench_interruptions(void)
{
	struct rusage u;
	getrusage(RUSAGE_THREAD, &u);
	return u.ru_nivcsw + u.ru_nvcsw + u.ru_minflt;
}

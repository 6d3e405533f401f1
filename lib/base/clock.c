/* SPDX-License-Identifier: BSD-3-Clause */
#include <time.h>

#include <nt_clock.h>

static int64_t
read_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return NT_SEC(ts.tv_sec) + ts.tv_nsec;
}

int64_t
nt_clock_wall_ns(void)
{
	return read_ns(CLOCK_REALTIME);
}

int64_t
nt_clock_monotonic_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

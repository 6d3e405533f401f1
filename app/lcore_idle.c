/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <stdint.h>
#include <time.h>

#include "lcore_idle.h"

static void
sleep_ns(long ns)
{
	const struct timespec ts = { .tv_nsec = ns };
	nanosleep(&ts, NULL);
}

void
lcore_idle(void)
{
	sleep_ns(LCORE_IDLE_NS);
}

void
lcore_rest(void)
{
	sleep_ns(LCORE_REST_NS);
}

#ifdef NT_PAUSES
/* One call in 32 sleeps up to 2 ms: long enough for every other lcore to run dry or full. */
void
lcore_pause(void)
{
	static __thread unsigned int seed;
	if (seed == 0)
		seed = (unsigned int)(uintptr_t)&seed ^ (unsigned int)time(NULL);
	if (rand_r(&seed) % 32 != 0)
		return;
	sleep_ns(rand_r(&seed) % 2000000);
}
#endif

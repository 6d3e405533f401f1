/* SPDX-License-Identifier: BSD-3-Clause */
#define ALLOW_EXPERIMENTAL_API /* rte_power_pause */
#include <stdlib.h>
#include <stdint.h>
#include <time.h>

#include <rte_cycles.h>
#include <rte_pause.h>
#include <rte_power_intrinsics.h>

#include <nt_base.h>

#include "lcore_idle.h"

void
lcore_sleep(long ns)
{
	const struct timespec ts = { .tv_nsec = ns };
	nanosleep(&ts, NULL);
}

void
lcore_idle(void)
{
	lcore_sleep(LCORE_IDLE_NS);
}

void
lcore_rest(void)
{
	lcore_sleep(LCORE_REST_NS);
}

/*
 * A queue of 1024 packets is full after 70 us at the line rate of 10 GbE with the smallest frames.
 */
#define PAUSE_NS 10000
#define SLEEP_NS 50000

/* A few hundred cycles at a time where the CPU has no better way to wait. */
static void
pause_lcore(void)
{
	const uint64_t until = rte_get_tsc_cycles() + rte_get_tsc_hz() * PAUSE_NS / NT_NS_PER_SEC;
	if (rte_power_pause(until) == 0)
		return;
	while (rte_get_tsc_cycles() < until)
		rte_pause();
}

void
lcore_idle_live(enum nt_config_idle how)
{
	if (how == NT_CONFIG_IDLE_POLL)
		rte_pause();
	else if (how == NT_CONFIG_IDLE_PAUSE)
		pause_lcore();
	else
		lcore_sleep(SLEEP_NS);
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
	lcore_sleep(rand_r(&seed) % 2000000);
}
#endif

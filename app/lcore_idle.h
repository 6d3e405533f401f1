/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an lcore does when it has nothing to do: more lcores than cores must work well, so it gives
 * its core away. Also the random pauses that tests inject (-Dpauses=true) to shake the order of
 * events.
 */
#ifndef LCORE_IDLE_H
#define LCORE_IDLE_H

#include <nt_config.h>

/*
 * Offline everybody waits for somebody: 400 us let about 1,000 packets gather at 2.5 M packets/s, a
 * quarter of a queue of 4096; shorter sleeps cost more in wake-ups than they gain.
 */
#define LCORE_IDLE_NS 400000

void lcore_idle(void);
/* For so long; below a second. */
void lcore_sleep(long ns);

/*
 * Live, what lcores.idle says. Poll: at once again, a core for itself. Pause: it saves power for a
 * moment, and nobody else gets it. Sleep: somebody else does.
 */
void lcore_idle_live(enum nt_config_idle how);

/*
 * The control lcore's: nobody waits for it before a ring is full, and each holds what comes in 10
 * ms and more; what it is woken for in vain costs as much as what it does.
 */
#define LCORE_REST_NS 1000000

void lcore_rest(void);

#ifdef NT_PAUSES
void lcore_pause(void);
#else
static inline void
lcore_pause(void)
{
}
#endif

#endif

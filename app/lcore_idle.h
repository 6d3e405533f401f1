/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an lcore does when it has nothing to do: more lcores than cores must work well, so it gives
 * its core away. Also the random pauses that tests inject (-Dpauses=true) to shake the order of
 * events.
 */
#ifndef LCORE_IDLE_H
#define LCORE_IDLE_H

/*
 * Offline everybody waits for somebody: 200 us let about 500 packets gather at 2.5 M packets/s, a
 * quarter of a queue of 2048; 50 us cost more in wake-ups than they gain.
 */
#define LCORE_IDLE_NS 400000

void lcore_idle(void);

#ifdef NT_PAUSES
void lcore_pause(void);
#else
static inline void
lcore_pause(void)
{
}
#endif

#endif

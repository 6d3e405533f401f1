/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory that captured packets lie in while workers look at them: a ring of large slabs, filled
 * in order, reused when every worker has passed the last position that lies in it. Mbufs point into
 * them, so no packet of a classic capture file is ever copied. Reader lcore only.
 */
#ifndef SLABS_H
#define SLABS_H

#include <nt_base.h>

/*
 * Wait until every worker has passed position (0: what has been read so far is sent on, and it
 * returns at once). False when asked to stop waiting.
 */
typedef bool slabs_wait(void *arg, uint64_t position);

struct slabs {
	uint8_t *mem;
	size_t slab_bytes;
	unsigned int count, current;
	uint8_t *at, *end; /* free room of the current slab */
	uint64_t *last_position; /* per slab, of its last packet */
	slabs_wait *wait;
	void *wait_arg;
};

int slabs_init(struct slabs *s, size_t slab_bytes, unsigned int count, slabs_wait *wait, void *arg);
void slabs_fini(struct slabs *s);

static inline size_t
slabs_room(const struct slabs *s)
{
	return (size_t)(s->end - s->at);
}

/*
 * Go to the next slab, taking the keep_len bytes at keep along to its front (they may lie in the
 * slab that is left). position: the last one whose packet lies in the slab that is left. Returns
 * where the kept bytes are now, room begins behind them; NULL when asked to stop.
 */
uint8_t *slabs_turn(struct slabs *s, uint64_t position, const uint8_t *keep, size_t keep_len);

#endif

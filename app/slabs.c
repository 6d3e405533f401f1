/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <nt_mem.h>

#include "slabs.h"

int
slabs_init(struct slabs *s, size_t slab_bytes, unsigned int count, slabs_wait *wait, void *arg)
{
	*s = (struct slabs){
		.slab_bytes = slab_bytes, .count = count, .wait = wait, .wait_arg = arg
	};
	s->last_position = calloc(count, sizeof(*s->last_position));
	s->mem = nt_mem_map(slab_bytes * count);
	if (s->mem == NULL || s->last_position == NULL) {
		slabs_fini(s);
		return -ENOMEM;
	}
	s->at = s->mem;
	s->end = s->mem + slab_bytes;
	return 0;
}

void
slabs_fini(struct slabs *s)
{
	nt_mem_unmap(s->mem, s->slab_bytes * s->count);
	free(s->last_position);
	s->mem = NULL;
	s->last_position = NULL;
}

uint8_t *
slabs_turn(struct slabs *s, uint64_t position, const uint8_t *keep, size_t keep_len)
{
	const unsigned int next = (s->current + 1) % s->count;
	s->last_position[s->current] = position;
	if (!s->wait(s->wait_arg, s->last_position[next]))
		return NULL;
	uint8_t *base = s->mem + next * s->slab_bytes;
	if (keep_len != 0)
		memmove(base, keep, keep_len); /* there may be one only */
	s->current = next;
	s->at = base + keep_len;
	s->end = base + s->slab_bytes;
	return base;
}

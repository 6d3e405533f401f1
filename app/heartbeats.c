/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "heartbeats.h"

void
heartbeats_add(struct heartbeats *h, const char *name, int64_t now_ns)
{
	struct heartbeat *b = &h->of[h->count++];
	*b = (struct heartbeat){ .since_ns = now_ns };
	snprintf(b->name, sizeof(b->name), "%s", name);
}

bool
heartbeats_saw(struct heartbeats *h, unsigned int i, uint64_t beats, int64_t now_ns)
{
	struct heartbeat *b = &h->of[i];
	const bool was_still = b->still;
	if (beats != b->beats) {
		b->beats = beats;
		b->since_ns = now_ns;
		b->still = false;
	} else if (now_ns - b->since_ns >= h->after_ns) {
		b->still = true;
	}
	return b->still != was_still;
}

bool
heartbeats_all_well(const struct heartbeats *h)
{
	for (unsigned int i = 0; i < h->count; i++)
		if (h->of[i].still)
			return false;
	return true;
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include "wheel.h"

#include <string.h>

#define WORDS NT_ARRAY_SIZE(((struct nt_wheel *)0)->busy)

void
nt_wheel_init(struct nt_wheel *w)
{
	w->now_tick = 0;
	w->started = false;
	memset(w->busy, 0, sizeof(w->busy));
	for (unsigned int i = 0; i < NT_WHEEL_SLOTS; i++)
		w->slot[i] = NT_LIST_NONE;
}

uint16_t
nt_wheel_put(struct nt_wheel *w, struct nt_list_view v, uint32_t id, int64_t time_ns)
{
	int64_t tick = NT_MAX(nt_wheel_tick(time_ns), w->now_tick);
	uint16_t slot;

	tick = NT_MIN(tick, w->now_tick + NT_WHEEL_SLOTS - 1);
	slot = (uint16_t)((uint64_t)tick % NT_WHEEL_SLOTS);
	nt_list_push_back(v, &w->slot[slot], id);
	w->busy[slot / 64] |= UINT64_C(1) << slot % 64;
	return slot;
}

void
nt_wheel_remove(struct nt_wheel *w, struct nt_list_view v, uint32_t id, uint16_t slot)
{
	nt_list_remove(v, &w->slot[slot], id);
	if (w->slot[slot] == NT_LIST_NONE)
		w->busy[slot / 64] &= ~(UINT64_C(1) << slot % 64);
}

uint32_t
nt_wheel_earliest(const struct nt_wheel *w, int64_t *ret_tick)
{
	unsigned int now = (unsigned int)((uint64_t)w->now_tick % NT_WHEEL_SLOTS);
	uint64_t mask = UINT64_MAX << now % 64;

	/* Once around, and the first word again for its slots before now. */
	for (unsigned int i = 0; i <= WORDS; i++, mask = UINT64_MAX) {
		unsigned int word = (now / 64 + i) % WORDS;
		uint64_t busy = w->busy[word] & mask;
		unsigned int slot;

		if (busy == 0)
			continue;
		slot = word * 64 + (unsigned int)__builtin_ctzll(busy);
		*ret_tick = w->now_tick + (slot - now + NT_WHEEL_SLOTS) % NT_WHEEL_SLOTS;
		return w->slot[slot];
	}
	return NT_LIST_NONE;
}

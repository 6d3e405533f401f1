/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_counters.h"

#include <string.h>

static const struct nt_counter_info infos[NT_COUNTER_COUNT] = {
#define INFO(id, name, unit, help) [NT_COUNTER_##id] = { #name, unit, help },
	NT_COUNTERS(INFO)
#undef INFO
};

const struct nt_counter_info *
nt_counter_info(unsigned int id)
{
	return id < NT_COUNTER_COUNT ? &infos[id] : NULL;
}

void
nt_counters_sum(struct nt_counters *dst, const struct nt_counters *const workers[], unsigned int n)
{
	memset(dst, 0, sizeof(*dst));
	for (unsigned int w = 0; w < n; w++)
		for (unsigned int id = 0; id < NT_COUNTER_COUNT; id++)
			dst->n[id] += nt_counter_read(workers[w], (enum nt_counter)id);
}

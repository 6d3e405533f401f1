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

/* count is set by who asks: the next one's first is where a group ends. */
static const struct nt_counter_group groups[] = {
#define GROUP(id, name, title) { NT_COUNTER_##id, 0, #name, title },
	NT_COUNTER_GROUPS(GROUP)
#undef GROUP
};

bool
nt_counter_group(unsigned int i, struct nt_counter_group *ret)
{
	if (i >= NT_ARRAY_SIZE(groups))
		return false;
	*ret = groups[i];
	ret->count = (i + 1 < NT_ARRAY_SIZE(groups) ? groups[i + 1].first : NT_COUNTER_COUNT) -
		     ret->first;
	return true;
}

void
nt_counters_sum(struct nt_counters *dst, const struct nt_counters *const workers[], unsigned int n)
{
	memset(dst, 0, sizeof(*dst));
	for (unsigned int w = 0; w < n; w++)
		for (unsigned int id = 0; id < NT_COUNTER_COUNT; id++)
			dst->n[id] += nt_counter_read(workers[w], (enum nt_counter)id);
}

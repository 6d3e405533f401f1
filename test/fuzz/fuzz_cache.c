/* SPDX-License-Identifier: BSD-3-Clause */
/* Histories of mappings, connections and purges against a model: see cache_play.h. */
#include "../unit/cache/cache_play.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size <= 8192)
		play(data, size);
	return 0;
}

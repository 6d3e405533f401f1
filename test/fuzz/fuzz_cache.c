/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Histories of mappings, connections and purges against a model: see cache_play.h. Histories are
 * short: what they cost is the square of their length, and twice as long tell hardly more.
 */
#define PLAY_MAX       512
#define PLAY_CHECKED   4
#define MODEL_VERSIONS (PLAY_MAX / 4) /* a mapping is four bytes */

#include "../unit/cache/cache_play.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	play(data, NT_MIN(size, (size_t)PLAY_MAX));
	return 0;
}

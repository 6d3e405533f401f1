/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stands in for a worker's tables: takes down what it is told, and checks that it comes in order.
 */
#ifndef FAKE_CACHE_H
#define FAKE_CACHE_H

#include <nt_relay.h>

#define FAKE_CACHE_KEPT 512

struct fake_cache {
	uint64_t count;
	uint64_t out_of_order; /* not after the one before by (position, index) */
	uint64_t ahead_amiss; /* each mapping was looked ahead for once, with its scratch */
	uint64_t damaged; /* not what test_mapping makes of (position, index) */
	uint64_t position, index; /* of the last one */
	uint64_t sum; /* of all (position, index), so that none can be missing or twice */
	uint64_t facts[NT_FACT_LOST + 1]; /* other than mappings, by kind */
	enum nt_name_added answer;
	uint64_t kept[FAKE_CACHE_KEPT]; /* the first positions */
};

struct nt_relay_taker fake_taker(struct fake_cache *f);

/* A mapping made from position and index: name (1 to 255 bytes), addresses and times. */
struct nt_mapping test_mapping(uint64_t position, uint16_t index, char name[NT_MAPPING_NAME_MAX]);
bool test_mapping_is_sound(const struct nt_mapping *m);
/* What a mapping adds to fake_cache.sum. */
uint64_t test_mapping_digest(uint64_t position, uint16_t index);

#endif

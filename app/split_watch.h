/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Are packets split over the workers as they should be, all of a pair of addresses to one? If not,
 * one connection gets a record of each of two workers. A sample of the pairs is remembered: who
 * wrote the last record of a five-tuple, whichever its direction. Fixed memory, O(1). Owner:
 * control.
 */
#ifndef SPLIT_WATCH_H
#define SPLIT_WATCH_H

#include <nt_conn_row.h>
#include <nt_hash.h>

/* One in SPLIT_WATCH_SAMPLE pairs of addresses; the last record that fell into each place. */
#define SPLIT_WATCH_SAMPLE 16
#define SPLIT_WATCH_PLACES 4096

struct split_place {
	uint64_t hash; /* of the five-tuple, ends in order; 0: none */
	uint32_t worker; /* who wrote its last record */
};

struct split_watch {
	struct nt_hash_key key;
	struct split_place places[SPLIT_WATCH_PLACES];
};

int split_watch_init(struct split_watch *s); /* 0 or -errno */

/* A worker's record; true where another worker had one of the same connection. */
bool split_watch_saw(struct split_watch *s, const struct nt_conn_row *row, unsigned int worker);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "split_watch.h"

#define ADDR_WORDS 3 /* sizeof(struct nt_addr), filled up */

/* The ends of a connection, the lesser one first: addresses, then ports and protocol. */
#define WORDS (2 * ADDR_WORDS + 1)
static_assert(sizeof(struct nt_addr) <= ADDR_WORDS * sizeof(uint64_t), "an address fits");

static void
words_of(const struct nt_conn_row *row, uint64_t ret[WORDS])
{
	const int order = memcmp(&row->orig_h, &row->resp_h, sizeof(row->orig_h));
	const bool turned = order > 0 || (order == 0 && row->orig_p > row->resp_p);
	const uint16_t first = turned ? row->resp_p : row->orig_p;
	const uint16_t second = turned ? row->orig_p : row->resp_p;
	memset(ret, 0, WORDS * sizeof(*ret));
	memcpy(&ret[turned ? ADDR_WORDS : 0], &row->orig_h, sizeof(row->orig_h));
	memcpy(&ret[turned ? 0 : ADDR_WORDS], &row->resp_h, sizeof(row->resp_h));
	ret[WORDS - 1] = (uint64_t)first << 32 | (uint64_t)second << 16 | row->ip_proto;
}

int
split_watch_init(struct split_watch *s)
{
	memset(s, 0, sizeof(*s));
	return nt_hash_key_random(&s->key);
}

bool
split_watch_saw(struct split_watch *s, const struct nt_conn_row *row, unsigned int worker)
{
	uint64_t words[WORDS];
	words_of(row, words);
	if (nt_hash_words(&s->key, words, 2 * ADDR_WORDS) % SPLIT_WATCH_SAMPLE != 0)
		return false;
	const uint64_t hash = nt_hash_words(&s->key, words, WORDS) | 1;
	struct split_place *place = &s->places[hash / 2 % SPLIT_WATCH_PLACES];
	const bool split = place->hash == hash && place->worker != worker;
	place->hash = hash;
	place->worker = worker;
	return split;
}

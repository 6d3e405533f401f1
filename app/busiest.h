/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The busiest of the destinations that have no name, by connections: counted with BUSIEST_ENTRIES
 * counters by the space-saving algorithm (Metwally, Agrawal, El Abbadi, 2005). An address without a
 * counter takes over the one that counts least and inherits its count, as its possible error. So
 * with n connections counted, no count is too small, none is too great by more than n /
 * BUSIEST_ENTRIES, and every address with more connections than that is among them.
 *
 * Owner: the control lcore, a bounded number of steps a connection. What it publishes may be read
 * by any thread. Counting begins anew every BUSIEST_WINDOW_NS, or what counts now would not show.
 */
#ifndef BUSIEST_H
#define BUSIEST_H

#include <nt_addr.h>
#include <nt_hash.h>

#define BUSIEST_ENTRIES	  512
#define BUSIEST_WINDOW_NS NT_SEC(86400)
#define BUSIEST_EVERY_NS  NT_SEC(1) /* how often it is published */

struct busiest_entry {
	struct nt_addr addr;
	uint32_t local; /* 1: in a local network */
	uint64_t conns; /* at most: exact, or greater than it is by no more than error */
	uint64_t error;
	uint64_t bytes; /* of both directions, since the address has this counter: at least */
	int64_t last_ns; /* when its last connection began */
};
static_assert(sizeof(struct busiest_entry) == 56, "copied as words");

struct busiest_view {
	uint64_t conns; /* without a name, counted since since_ns */
	int64_t since_ns; /* of the clock that busiest_publish is given */
	uint64_t count; /* entries, the busiest first */
	struct busiest_entry entry[BUSIEST_ENTRIES];
};

struct busiest;

struct busiest *busiest_new(const struct nt_hash_key *key); /* NULL and errno */
void busiest_free(struct busiest *b); /* NULL is fine */

/* Owner: a connection whose responder has no name. */
void busiest_add(
	struct busiest *b, const struct nt_addr *addr, bool local, uint64_t bytes, int64_t ts_ns);
/* Owner: at any time; does something once in BUSIEST_EVERY_NS. now_ns never runs backwards. */
void busiest_publish(struct busiest *b, int64_t now_ns);

/* Any thread: what was published last. */
void busiest_read(const struct busiest *b, struct busiest_view *ret);

#endif

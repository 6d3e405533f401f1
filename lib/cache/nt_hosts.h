/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which addresses are one host's: those seen with one link address (MAC), unless it is a router's.
 * A dual-stack client asks over one IP version and connects over the other. Owner: one worker; fed
 * with the facts of all workers in the order of positions, and purged as the name cache is
 * (nt_name_cache.h). Fixed memory, no allocation after _new, nothing sweeps.
 *
 * Time is cut into slots of `ttl`. A sighting (MAC, address, slot) stands at the position at which
 * the pair was first seen in that slot. The rule, for an address a as of position p in slot k:
 *   1. a sighting counts where its position is <= p and its slot is k or k - 1: a link lasts for
 *      ttl at least since the pair was seen, and less than two;
 *   2. a MAC stops linking where it has been seen, in a slot and the one before, with more than
 *      max_ipv4 or max_ipv6 addresses, or is said to be a router's; it is nobody's from that
 *      position on, until it has not been seen at all in a slot and the one after;
 *   3. an address is the host's whose MAC is the only one that counts for it. Where there are
 *      several (moved, spoofed, leased to another), it is nobody's. "The latest" would hand a
 *      host's lookups to whoever sends one packet in its name, and needs every change to be told;
 *   4. the other addresses of a's host are those with the same MAC, the one seen last first.
 *
 * The same answer with any number of workers. Each worker tells the first packet of its own in a
 * slot with a pair, and may leave out the others (nt_host_filter). So which facts are told depends
 * on who sees what, but the first one of (MAC, address, slot) over all workers is always among
 * them, with its position; whatever else is told of the same three is ignored. So the set of
 * sightings is the capture's own; 1, 3 and 4 depend on nothing else. So does 2: which addresses
 * were seen with a MAC in two slots up to a position follows from the sightings, a router's first
 * message in a slot is told likewise, and when it was last seen is asked in whole slots.
 * A MAC that stopped needs less: its sightings are not kept any more, only that it was seen in a
 * slot. So a worker which has told one fact of it in this slot may leave out all others, wherever
 * its own table has come to meanwhile: they would be ignored everywhere, for a MAC that stopped
 * does not start before a whole slot has gone by without it.
 * Nothing of that holds where a cap was reached (counted).
 */
#ifndef NT_HOSTS_H
#define NT_HOSTS_H

#include <nt_addr.h>
#include <nt_hash.h>

#define NT_HOST_IPV4_MAX  16 /* bound of max_ipv4 */
#define NT_HOST_IPV6_MAX  48
#define NT_HOST_ADDRS_MAX (NT_HOST_IPV4_MAX + NT_HOST_IPV6_MAX)

/* A link address as a number. */
static inline uint64_t
nt_host_mac(const uint8_t mac[6])
{
	return (uint64_t)mac[0] << 40 | (uint64_t)mac[1] << 32 | (uint64_t)mac[2] << 24 |
	       (uint64_t)mac[3] << 16 | (uint64_t)mac[4] << 8 | mac[5];
}

struct nt_hosts_config {
	uint32_t max_links; /* 16 .. 2^28: sightings kept, and stopped MACs */
	uint32_t max_ipv4, max_ipv6; /* 1 .. the bounds above */
	int64_t ttl_ns; /* a second at least */
	int64_t hold_ns; /* how long after it a query may still ask (nt_name_cache.h: the longer of
			  * pin_after and hold) */
};

struct nt_hosts;

/* NULL and errno. key is copied. */
struct nt_hosts *nt_hosts_new(const struct nt_hosts_config *cfg, const struct nt_hash_key *key);
/* Memory that one takes when it is full. */
size_t nt_hosts_bytes(const struct nt_hosts_config *cfg);
void nt_hosts_free(struct nt_hosts *h); /* NULL is fine */
void nt_hosts_clear(struct nt_hosts *h);

/* In the order of positions; clock_ns, the one at the position, never runs backwards. */
void nt_hosts_link(struct nt_hosts *h, uint64_t mac, const struct nt_addr *addr, uint64_t position,
	int64_t clock_ns);
void nt_hosts_router(struct nt_hosts *h, uint64_t mac, uint64_t position, int64_t clock_ns);

/* Drop, up to max steps of work, what no query can need once clock_ns has been reached by all. */
void nt_hosts_purge(struct nt_hosts *h, int64_t clock_ns, unsigned int max);

/*
 * The other addresses of addr's host as of a position and the clock there, at most max
 * (NT_HOST_ADDRS_MAX is always enough). Returns how many. *ret_settled: nothing was left out for
 * having come later, so the answer is the same for later positions while the clock is in the same
 * slot (nt_hosts_slot) and nothing is added.
 */
unsigned int nt_hosts_others(struct nt_hosts *h, const struct nt_addr *addr, uint64_t position,
	int64_t clock_ns, struct nt_addr *ret, unsigned int max, bool *ret_settled);
int64_t nt_hosts_slot(const struct nt_hosts *h, int64_t clock_ns);
/* Ask for what that wants from memory, soon. */
void nt_hosts_ahead(const struct nt_hosts *h, const struct nt_addr *addr);

struct nt_hosts_stats {
	uint32_t links, stopped_now; /* held now */
	uint64_t stopped; /* MACs that stopped linking */
	uint64_t evicted; /* links and stopped MACs forgotten by max_links */
	uint64_t cut; /* questions of whose an address is cut short: too many MACs */
};
void nt_hosts_stats(const struct nt_hosts *h, struct nt_hosts_stats *ret);

/*
 * What a worker need not tell: 64 bits of a keyed hash for each fact it told lately. One of them
 * for another is never the first of its kind left out, except with a probability of 2^-62.
 */
struct nt_host_filter;

struct nt_host_filter *nt_host_filter_new(const struct nt_hash_key *key); /* NULL and errno */
size_t nt_host_filter_bytes(void);
void nt_host_filter_free(struct nt_host_filter *f); /* NULL is fine */
/* Together with the table's. */
void nt_host_filter_clear(struct nt_host_filter *f);
/* Asked for soon: nt_host_filter_pass. */
void nt_host_filter_ahead(const struct nt_host_filter *f, uint64_t mac, const struct nt_addr *addr);
/*
 * Must it be told? Then it counts as told. addr of family NONE: that the MAC is a router's. h: the
 * worker's own table, as far as it has come.
 */
bool nt_host_filter_pass(struct nt_host_filter *f, const struct nt_hosts *h, uint64_t mac,
	const struct nt_addr *addr, int64_t clock_ns);

#endif

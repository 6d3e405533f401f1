/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include <nt_mem.h>

#include "hosts.h"

/* Each MAC has a sighting, or has stopped; and there is one that is about to have its first. */
#define MACS(max_links) (2 * (max_links) + 2)

#define MEMO_BYTES ((sizeof(struct nt_host_memo) * NT_HOST_MEMO_WAYS) << NT_HOST_MEMO_BITS)

static size_t
ring_bytes(uint32_t max_links)
{
	return (size_t)max_links * sizeof(struct nt_sighting);
}

size_t
nt_hosts_bytes(const struct nt_hosts_config *cfg)
{
	const uint32_t max = cfg->max_links;
	return sizeof(struct nt_hosts) + nt_pool_needs(sizeof(struct nt_host_mac), MACS(max)) +
	       nt_slots_needs(MACS(max)) + nt_slots_needs(max) + nt_mem_mapped(ring_bytes(max)) +
	       nt_mem_mapped(MEMO_BYTES);
}

static int
tables_init(struct nt_hosts *h)
{
	const uint32_t max = h->cfg.max_links;
	int failed = nt_pool_init(&h->macs, sizeof(struct nt_host_mac), MACS(max));
	if (failed == 0)
		failed = nt_slots_init(&h->by_mac, MACS(max));
	if (failed == 0)
		failed = nt_slots_init(&h->by_addr, max);
	if (failed != 0)
		return failed;
	h->ring = nt_mem_map(ring_bytes(h->cfg.max_links));
	h->memos = nt_mem_map(MEMO_BYTES);
	if (h->ring == NULL || h->memos == NULL)
		return -errno;
	h->stopped = NT_LIST_NONE;
	h->in_mac = NT_LIST_VIEW(h->ring, struct nt_sighting, in_mac);
	h->in_addr = NT_LIST_VIEW(h->ring, struct nt_sighting, in_addr);
	h->in_stopped = NT_LIST_VIEW(h->macs.mem, struct nt_host_mac, in_stopped);
	return 0;
}

struct nt_hosts *
nt_hosts_new(const struct nt_hosts_config *cfg, const struct nt_hash_key *key)
{
	if (cfg->max_links < 16 || cfg->max_links > 1u << 28 || cfg->max_ipv4 < 1 ||
		cfg->max_ipv4 > NT_HOST_IPV4_MAX || cfg->max_ipv6 < 1 ||
		cfg->max_ipv6 > NT_HOST_IPV6_MAX || cfg->ttl_ns < NT_SEC(1) || cfg->hold_ns < 0) {
		errno = EINVAL;
		return NULL;
	}
	struct nt_hosts *h = calloc(1, sizeof(*h));
	if (h == NULL)
		return NULL;
	h->cfg = *cfg;
	h->key = *key;
	const int failed = tables_init(h);
	if (failed != 0) {
		nt_hosts_free(h);
		errno = -failed;
		return NULL;
	}
	return h;
}

void
nt_hosts_free(struct nt_hosts *h)
{
	if (h == NULL)
		return;
	if (h->ring != NULL)
		nt_mem_unmap(h->ring, ring_bytes(h->cfg.max_links));
	nt_mem_unmap(h->memos, MEMO_BYTES);
	nt_slots_fini(&h->by_addr);
	nt_slots_fini(&h->by_mac);
	nt_pool_fini(&h->macs);
	free(h);
}

static uint32_t
mac_tag(const struct nt_hosts *h, uint64_t mac)
{
	return (uint32_t)nt_hash_words(&h->key, &mac, 1);
}

static uint32_t
addr_tag(const struct nt_hosts *h, const struct nt_addr *addr)
{
	return (uint32_t)nt_addr_key(&h->key, addr);
}

uint32_t
nt_host_find_mac(const struct nt_hosts *h, uint64_t mac)
{
	const uint32_t tag = mac_tag(h, mac);
	uint32_t at = nt_slots_home(&h->by_mac, tag), id;
	while ((id = nt_slots_match(&h->by_mac, tag, &at)) != NT_LIST_NONE)
		if (nt_host_mac_at(h, id)->mac == mac)
			break;
	return id;
}

uint32_t
nt_host_find_addr(const struct nt_hosts *h, const struct nt_addr *addr)
{
	const uint32_t tag = addr_tag(h, addr);
	uint32_t at = nt_slots_home(&h->by_addr, tag), id;
	while ((id = nt_slots_match(&h->by_addr, tag, &at)) != NT_LIST_NONE)
		if (nt_addr_equal(&h->ring[id].addr, addr))
			break;
	return id;
}

/* This address has come to a MAC's record, or gone from it. */
static void
note_change(struct nt_hosts *h, const struct nt_addr *addr, uint32_t mac)
{
	h->changes[nt_host_addr_place(addr)]++;
	h->changes[nt_host_mac_place(mac)]++;
}

static void
forget_mac(struct nt_hosts *h, uint32_t id)
{
	const struct nt_host_mac *m = nt_host_mac_at(h, id);
	if (m->stopped != NT_HOST_NEVER) {
		nt_list_remove(h->in_stopped, &h->stopped, id);
		h->stats.stopped_now--;
	}
	nt_slots_remove(&h->by_mac, mac_tag(h, m->mac), id); /* an older record is not in it */
	nt_pool_give(&h->macs, id);
}

/* Its place in the ring stays. */
static void
drop_sighting(struct nt_hosts *h, uint32_t id)
{
	struct nt_sighting *s = &h->ring[id];
	struct nt_host_mac *m = nt_host_mac_at(h, s->mac);
	const uint32_t tag = addr_tag(h, &s->addr), head = nt_host_find_addr(h, &s->addr);
	uint32_t left = head;
	note_change(h, &s->addr, s->mac);
	nt_list_remove(h->in_addr, &left, id);
	if (left == NT_LIST_NONE)
		nt_slots_remove(&h->by_addr, tag, head);
	else if (left != head)
		nt_slots_replace(&h->by_addr, tag, head, left);
	nt_list_remove(h->in_mac, &m->sightings, id);
	if (m->sightings == NT_LIST_NONE && m->stopped == NT_HOST_NEVER)
		forget_mac(h, s->mac);
	s->mac = NT_LIST_NONE;
}

static void
drop_oldest(struct nt_hosts *h)
{
	if (h->ring[h->oldest].mac != NT_LIST_NONE)
		drop_sighting(h, h->oldest);
	h->oldest = h->oldest + 1 == h->cfg.max_links ? 0 : h->oldest + 1;
	h->count--;
}

/* The sightings of a MAC are few: those up to which it did not stop, in as many slots as are kept.
 */
static void
drop_stopped(struct nt_hosts *h)
{
	const uint32_t id = h->stopped;
	struct nt_host_mac *m = nt_host_mac_at(h, id);
	while (m->sightings != NT_LIST_NONE)
		drop_sighting(h, m->sightings);
	forget_mac(h, id);
	h->stats.evicted++;
}

/* The record of a MAC that is seen in this slot. */
static uint32_t
present_mac(struct nt_hosts *h, uint64_t mac, int64_t slot)
{
	const uint32_t old = nt_host_find_mac(h, mac), tag = mac_tag(h, mac);
	if (old != NT_LIST_NONE && slot <= nt_host_mac_at(h, old)->last_slot + 1) {
		nt_host_mac_at(h, old)->last_slot = slot;
		return old;
	}
	const uint32_t id = nt_pool_take(&h->macs);
	*nt_host_mac_at(h, id) = (struct nt_host_mac){
		.mac = mac, .stopped = NT_HOST_NEVER, .last_slot = slot, .sightings = NT_LIST_NONE
	};
	if (old != NT_LIST_NONE)
		nt_slots_replace(&h->by_mac, tag, old, id);
	else
		nt_slots_insert(&h->by_mac, tag, id);
	return id;
}

/* A MAC that stopped is the one of them that was seen last. */
static void
touch_stopped(struct nt_hosts *h, uint32_t id)
{
	nt_list_remove(h->in_stopped, &h->stopped, id);
	nt_list_push_back(h->in_stopped, &h->stopped, id);
}

static void
stop(struct nt_hosts *h, uint32_t id, uint64_t position)
{
	struct nt_host_mac *m = nt_host_mac_at(h, id);
	m->stopped = position;
	for (uint32_t s = m->sightings; s != NT_LIST_NONE; s = nt_list_next(h->in_mac, s))
		note_change(h, &h->ring[s].addr, id);
	nt_list_push_back(h->in_stopped, &h->stopped, id);
	h->stats.stopped++;
	h->stats.stopped_now++;
	if (h->stats.stopped_now > h->cfg.max_links)
		drop_stopped(h);
}

/* What a MAC was seen with in this slot and the one before. */
struct seen {
	bool known; /* the address, in this slot */
	uint32_t before; /* the address in the slot before, or NT_LIST_NONE */
	unsigned int others; /* of its family */
};

static struct seen
look_back(const struct nt_hosts *h, uint32_t head, const struct nt_addr *addr, int64_t slot)
{
	struct seen ret = { .before = NT_LIST_NONE };
	for (uint32_t id = head; id != NT_LIST_NONE; id = nt_list_next(h->in_mac, id)) {
		const struct nt_sighting *s = &h->ring[id];
		if (s->slot < slot - 1 || ret.known)
			break;
		if (s->latest == 0)
			continue;
		if (!nt_addr_equal(&s->addr, addr))
			ret.others += s->addr.family == addr->family;
		else if (s->slot == slot)
			ret.known = true;
		else
			ret.before = id;
	}
	return ret;
}

static void
add_sighting(struct nt_hosts *h, const struct nt_sighting *s)
{
	const uint32_t at = (uint32_t)(((uint64_t)h->oldest + h->count) % h->cfg.max_links);
	const uint32_t tag = addr_tag(h, &s->addr), head = nt_host_find_addr(h, &s->addr);
	uint32_t list = head;
	note_change(h, &s->addr, s->mac);
	h->ring[at] = *s;
	h->count++;
	nt_list_push_front(h->in_mac, &nt_host_mac_at(h, s->mac)->sightings, at);
	nt_list_push_front(h->in_addr, &list, at);
	if (head == NT_LIST_NONE)
		nt_slots_insert(&h->by_addr, tag, at);
	else
		nt_slots_replace(&h->by_addr, tag, head, at);
}

void
nt_hosts_link(struct nt_hosts *h, uint64_t mac, const struct nt_addr *addr, uint64_t position,
	int64_t clock_ns)
{
	const int64_t slot = nt_host_slot(h, clock_ns);
	if (h->count == h->cfg.max_links) { /* first, for it may take a MAC's record with it */
		h->stats.evicted += h->ring[h->oldest].mac != NT_LIST_NONE;
		drop_oldest(h);
	}
	const uint32_t id = present_mac(h, mac, slot);
	const struct nt_host_mac *m = nt_host_mac_at(h, id);
	if (m->stopped != NT_HOST_NEVER) {
		touch_stopped(h, id);
		return;
	}
	const struct seen seen = look_back(h, m->sightings, addr, slot);
	if (seen.known)
		return;
	if (seen.others >= (addr->family == NT_FAMILY_IPV4 ? h->cfg.max_ipv4 : h->cfg.max_ipv6)) {
		stop(h, id, position);
		return;
	}
	if (seen.before != NT_LIST_NONE)
		h->ring[seen.before].latest = 0;
	add_sighting(h, &(struct nt_sighting){ .position = position,
				.slot = slot,
				.addr = *addr,
				.mac = id,
				.latest = 1 });
}

void
nt_hosts_router(struct nt_hosts *h, uint64_t mac, uint64_t position, int64_t clock_ns)
{
	const uint32_t id = present_mac(h, mac, nt_host_slot(h, clock_ns));
	if (nt_host_mac_at(h, id)->stopped != NT_HOST_NEVER)
		touch_stopped(h, id);
	else
		stop(h, id, position);
}

/* By the time that a query may ask about, what counts there is of that slot, or the one before. */
static bool
is_past(const struct nt_hosts *h, int64_t slot, int64_t clock_ns)
{
	const int64_t least_ns = INT64_MIN + h->cfg.hold_ns;
	return nt_host_slot(h, NT_MAX(clock_ns, least_ns) - h->cfg.hold_ns) > slot + 1;
}

void
nt_hosts_purge(struct nt_hosts *h, int64_t clock_ns, unsigned int max)
{
	for (; max != 0 && h->count != 0; max--) {
		if (!is_past(h, h->ring[h->oldest].slot, clock_ns))
			break;
		drop_oldest(h);
	}
	for (; max != 0 && h->stopped != NT_LIST_NONE; max--) {
		const struct nt_host_mac *m = nt_host_mac_at(h, h->stopped);
		if (!is_past(h, m->last_slot, clock_ns) || m->sightings != NT_LIST_NONE)
			break;
		forget_mac(h, h->stopped);
	}
}

void
nt_hosts_clear(struct nt_hosts *h)
{
	while (h->count != 0)
		drop_oldest(h);
	while (h->stopped != NT_LIST_NONE)
		forget_mac(h, h->stopped);
}

void
nt_hosts_stats(const struct nt_hosts *h, struct nt_hosts_stats *ret)
{
	*ret = h->stats;
	ret->links = h->count;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* Whose an address was, and which others were. */
#include "hosts.h"

/* Sightings of one address that are looked at: a host has two, who moves some more. */
#define STEPS_MAX 256

/* As of when; and whether what came after it was left out. */
struct moment {
	uint64_t position;
	int64_t slot;
	bool passed;
};

static bool
has_stopped(const struct nt_host_mac *m, struct moment *at)
{
	const bool by_then = m->stopped <= at->position;
	at->passed |= m->stopped != NT_HOST_NEVER && !by_then;
	return by_then;
}

/* The only MAC that counts for the address, or NT_LIST_NONE. */
static uint32_t
owner_of(struct nt_hosts *h, const struct nt_addr *addr, struct moment *at)
{
	const uint32_t head = nt_host_find_addr(h, addr);
	uint32_t found = NT_LIST_NONE;
	unsigned int steps = 0;
	for (uint32_t id = head; id != NT_LIST_NONE; id = nt_list_next(&h->in_addr, id)) {
		const struct nt_sighting *s = &h->ring[id];
		if (s->slot < at->slot - 1)
			break;
		if (++steps > STEPS_MAX) {
			h->stats.cut++;
			at->passed = true;
			return NT_LIST_NONE;
		}
		at->passed |= s->position > at->position;
		if (s->position > at->position || s->mac == found ||
			has_stopped(nt_host_mac_at(h, s->mac), at))
			continue;
		if (found != NT_LIST_NONE)
			return NT_LIST_NONE;
		found = s->mac;
	}
	return found;
}

static bool
is_among(const struct nt_addr *addrs, unsigned int count, const struct nt_addr *addr)
{
	for (unsigned int i = 0; i < count; i++)
		if (nt_addr_equal(&addrs[i], addr))
			return true;
	return false;
}

unsigned int
nt_hosts_others(struct nt_hosts *h, const struct nt_addr *addr, uint64_t position, int64_t clock_ns,
	struct nt_addr *ret, unsigned int max, bool *ret_settled)
{
	struct moment at = { position, nt_host_slot(h, clock_ns), false };
	const uint32_t mac = owner_of(h, addr, &at);
	unsigned int count = 0;
	*ret_settled = !at.passed;
	if (mac == NT_LIST_NONE)
		return 0;
	const uint32_t head = nt_host_mac_at(h, mac)->sightings;
	for (uint32_t id = head; id != NT_LIST_NONE && count < max;
		id = nt_list_next(&h->in_mac, id)) {
		const struct nt_sighting *s = &h->ring[id];
		if (s->slot < at.slot - 1)
			break;
		at.passed |= s->position > position;
		if (s->position > position || nt_addr_equal(&s->addr, addr) ||
			is_among(ret, count, &s->addr) || owner_of(h, &s->addr, &at) != mac)
			continue;
		ret[count++] = s->addr;
	}
	*ret_settled = !at.passed;
	return count;
}

int64_t
nt_hosts_slot(const struct nt_hosts *h, int64_t clock_ns)
{
	return nt_host_slot(h, clock_ns);
}

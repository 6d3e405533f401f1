/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whose an address was, and which others were. Links are learnt once in a slot, of which there is
 * one an hour, and asked for with each connection: so the answers for the addresses asked for last
 * are kept, each until a link changes that it was made of.
 */
#include <string.h>

#include "hosts.h"

/* Sightings of one address that are looked at: a host has two, who moves some more. */
#define STEPS_MAX 256

/* As of when; what the answer was made of. */
struct moment {
	uint64_t position;
	int64_t slot;
	bool passed; /* what came after it was left out */
	bool refused; /* an address of the MAC has another one, too */
	uint32_t owner;
	uint64_t since; /* the last position of what was not left out */
};

static bool
has_stopped(const struct nt_host_mac *m, struct moment *at)
{
	const bool by_then = m->stopped <= at->position;
	at->passed |= m->stopped != NT_HOST_NEVER && !by_then;
	if (by_then)
		at->since = NT_MAX(at->since, m->stopped);
	return by_then;
}

static void
look_at(const struct nt_sighting *s, struct moment *at)
{
	if (s->position > at->position)
		at->passed = true;
	else
		at->since = NT_MAX(at->since, s->position);
}

/* The only MAC that counts for the address, or NT_LIST_NONE. */
static uint32_t
owner_of(struct nt_hosts *h, const struct nt_addr *addr, struct moment *at)
{
	const uint32_t head = nt_host_find_addr(h, addr);
	uint32_t found = NT_LIST_NONE;
	unsigned int steps = 0;
	for (uint32_t id = head; id != NT_LIST_NONE; id = nt_list_next(h->in_addr, id)) {
		const struct nt_sighting *s = &h->ring[id];
		if (s->slot < at->slot - 1)
			break;
		if (++steps > STEPS_MAX) {
			h->stats.cut++;
			at->passed = true;
			return NT_LIST_NONE;
		}
		look_at(s, at);
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

static unsigned int
find_others(struct nt_hosts *h, const struct nt_addr *addr, struct moment *at, struct nt_addr *ret,
	unsigned int max)
{
	const uint32_t mac = owner_of(h, addr, at);
	unsigned int count = 0;
	at->owner = mac;
	if (mac == NT_LIST_NONE)
		return 0;
	const uint32_t head = nt_host_mac_at(h, mac)->sightings;
	for (uint32_t id = head; id != NT_LIST_NONE && count < max;
		id = nt_list_next(h->in_mac, id)) {
		const struct nt_sighting *s = &h->ring[id];
		if (s->slot < at->slot - 1)
			break;
		look_at(s, at);
		if (s->position > at->position || nt_addr_equal(&s->addr, addr) ||
			is_among(ret, count, &s->addr))
			continue;
		if (owner_of(h, &s->addr, at) == mac)
			ret[count++] = s->addr;
		else
			at->refused = true;
	}
	return count;
}

/* NT_HOST_MEMO_WAYS of them. */
static struct nt_host_memo *
memos_of(const struct nt_hosts *h, const struct nt_addr *addr)
{
	return &h->memos[(nt_host_addr_hash(addr) >> (64 - NT_HOST_MEMO_BITS)) * NT_HOST_MEMO_WAYS];
}

/* Counts only grow: the sum is the same where all of them are. */
static uint64_t
changes_of(const struct nt_hosts *h, const struct nt_host_memo *m)
{
	uint64_t sum = UINT64_C(1) + h->changes[nt_host_addr_place(&m->addr)];
	if (m->owner != NT_HOST_NO_OWNER)
		sum += h->changes[m->owner];
	for (unsigned int i = 0; i < m->count; i++)
		sum += h->changes[nt_host_addr_place(&m->others[i])];
	return sum;
}

/* What was found then holds as long as nothing of it has changed, from the last of it on. */
static bool
holds(const struct nt_hosts *h, const struct nt_host_memo *m, const struct nt_addr *addr,
	const struct moment *at)
{
	return m->changes != 0 && m->slot == at->slot && at->position >= m->since &&
	       nt_addr_equal(&m->addr, addr) && m->changes == changes_of(h, m);
}

/* The first that holds, or NULL. */
static const struct nt_host_memo *
find_memo(const struct nt_hosts *h, const struct nt_addr *addr, const struct moment *at)
{
	const struct nt_host_memo *m = memos_of(h, addr);
	for (unsigned int i = 0; i < NT_HOST_MEMO_WAYS; i++)
		if (holds(h, &m[i], addr, at))
			return &m[i];
	return NULL;
}

static void
keep(struct nt_hosts *h, const struct nt_addr *addr, const struct moment *at,
	const struct nt_addr *others, unsigned int count)
{
	struct nt_host_memo *m = memos_of(h, addr);
	if (at->passed || at->refused || count > NT_HOST_MEMO_ADDRS)
		return;
	if (!nt_addr_equal(&m->addr, addr))
		memmove(m + 1, m, (NT_HOST_MEMO_WAYS - 1) * sizeof(*m));
	m->slot = at->slot;
	m->since = at->since;
	m->addr = *addr;
	m->count = (uint16_t)count;
	m->owner = at->owner == NT_LIST_NONE ? NT_HOST_NO_OWNER
					     : (uint16_t)nt_host_mac_place(at->owner);
	memcpy(m->others, others, count * sizeof(*others));
	m->changes = changes_of(h, m);
}

unsigned int
nt_hosts_others(struct nt_hosts *h, const struct nt_addr *addr, uint64_t position, int64_t clock_ns,
	struct nt_addr *ret, unsigned int max, bool *ret_settled)
{
	struct moment at = { .position = position, .slot = nt_host_slot(h, clock_ns) };
	const struct nt_host_memo *m = find_memo(h, addr, &at);
	*ret_settled = true;
	if (m != NULL && m->count <= max) {
		memcpy(ret, m->others, m->count * sizeof(*ret));
		return m->count;
	}
	const unsigned int count = find_others(h, addr, &at, ret, max);
	*ret_settled = !at.passed;
	if (count < max)
		keep(h, addr, &at, ret, count);
	return count;
}

void
nt_hosts_ahead(const struct nt_hosts *h, const struct nt_addr *addr)
{
	const struct nt_host_memo *m = memos_of(h, addr);
	for (size_t at = 0; at < NT_HOST_MEMO_WAYS * sizeof(*m); at += NT_CACHE_LINE)
		nt_prefetch((const uint8_t *)m + at);
}

int64_t
nt_hosts_slot(const struct nt_hosts *h, int64_t clock_ns)
{
	return nt_host_slot(h, clock_ns);
}

/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include <nt_mem.h>

#include "hosts.h"

/*
 * 64 KiB: the hosts of a segment, some addresses each, in pairs, the one met last first: of 2,400
 * addresses one in 50 shares its pair with two others, and is told again and again.
 */
#define PAIRS_BITS 12
#define TOLD	   (2u << PAIRS_BITS)

struct nt_host_filter {
	struct nt_hash_key key;
	uint64_t *told;
};

size_t
nt_host_filter_bytes(void)
{
	return sizeof(struct nt_host_filter) + nt_mem_mapped(TOLD * sizeof(uint64_t));
}

struct nt_host_filter *
nt_host_filter_new(const struct nt_hash_key *key)
{
	struct nt_host_filter *f = calloc(1, sizeof(*f));
	if (f == NULL)
		return NULL;
	f->key = *key;
	f->told = nt_mem_map(TOLD * sizeof(*f->told));
	if (f->told == NULL) {
		free(f);
		return NULL;
	}
	return f;
}

void
nt_host_filter_free(struct nt_host_filter *f)
{
	if (f == NULL)
		return;
	nt_mem_unmap(f->told, TOLD * sizeof(*f->told));
	free(f);
}

void
nt_host_filter_clear(struct nt_host_filter *f)
{
	memset(f->told, 0, TOLD * sizeof(*f->told));
}

/* Not keyed, as nt_host_addr_hash. */
static uint64_t *
pair_of(const struct nt_host_filter *f, uint64_t mac, const struct nt_addr *addr)
{
	const uint64_t mixed = nt_host_addr_hash(addr) + mac * UINT64_C(0xc2b2ae3d27d4eb4f);
	return &f->told[mixed >> (64 - PAIRS_BITS) << 1];
}

void
nt_host_filter_ahead(const struct nt_host_filter *f, uint64_t mac, const struct nt_addr *addr)
{
	nt_prefetch(pair_of(f, mac, addr));
}

/* Was it told already? It is now. */
static bool
tell(struct nt_host_filter *f, uint64_t mac, const struct nt_addr *addr, int64_t slot)
{
	uint64_t words[4] = { mac | (uint64_t)addr->family << 48, 0, 0, (uint64_t)slot };
	memcpy(&words[1], addr->bytes, sizeof(addr->bytes));
	const uint64_t hash = nt_hash_words(&f->key, words, 4) | 1; /* fresh memory is 0 */
	uint64_t *told = pair_of(f, mac, addr);
	if (told[0] == hash)
		return true;
	const bool known = told[1] == hash;
	told[1] = told[0];
	told[0] = hash;
	return known;
}

static bool
has_stopped(const struct nt_hosts *h, uint64_t mac, int64_t slot)
{
	const uint32_t id = nt_host_find_mac(h, mac);
	const struct nt_host_mac *m;
	if (id == NT_LIST_NONE)
		return false;
	m = nt_host_mac_at(h, id);
	return m->stopped != NT_HOST_NEVER && slot <= m->last_slot + 1;
}

bool
nt_host_filter_pass(struct nt_host_filter *f, const struct nt_hosts *h, uint64_t mac,
	const struct nt_addr *addr, int64_t clock_ns)
{
	static const struct nt_addr none = { .family = NT_FAMILY_NONE };
	const int64_t slot = nt_host_slot(h, clock_ns);
	if (tell(f, mac, addr, slot))
		return false;
	return addr->family == NT_FAMILY_NONE || !has_stopped(h, mac, slot) ||
	       !tell(f, mac, &none, slot);
}
